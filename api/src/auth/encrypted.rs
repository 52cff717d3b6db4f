//! Answers that are signed and then encrypted for this service (RFC 7516, compact; RFC 7518, section 4.6), to a key that every
//! instance derives from the server's key. Only the parts are put together here: the cryptography is that of the crates.

use aes_gcm::aead::consts::{U12, U16};
use aes_gcm::aead::{AeadInPlace, KeyInit};
use aes_gcm::{Aes128Gcm, Aes256Gcm};
use aes_kw::{KekAes128, KekAes256};
use base64::Engine as _;
use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
use p256::elliptic_curve::sec1::FromEncodedPoint as _;
use p256::{EncodedPoint, PublicKey, SecretKey, ecdh};
use serde::Deserialize;
use serde_json::Value;
use sha2::Sha256;

use super::token::{BASE64, Derived, members_of, private_key};

/// The longest answer that is looked at.
const LONGEST: usize = 64 * 1024;
/// Members of a head that ask for more than is done here, or bring a key of their own (RFC 7516, section 4.1).
const DEMANDS: [&str; 7] = ["b64", "crit", "jku", "jwk", "x5c", "x5u", "zip"];

/// Opens what is encrypted for this service.
pub(super) struct Opener {
    key: SecretKey,
    id: String,
    published: Value,
}

/// What the head of an encrypted answer says.
#[derive(Deserialize)]
struct Head {
    alg: String,
    enc: String,
    cty: String,
    typ: Option<String>,
    kid: Option<String>,
    epk: Point,
    #[serde(default)]
    apu: String,
    #[serde(default)]
    apv: String,
}

/// The public key that the sender made for this answer alone.
#[derive(Deserialize)]
struct Point {
    kty: String,
    crv: String,
    x: String,
    y: String,
}

impl Opener {
    /// By the key of this service. Other keys have other names: this one signs and verifies nothing.
    pub(super) fn new() -> Option<Self> {
        Self::of(private_key("opens encrypted answers")?)
    }

    fn of(Derived { key, mut members }: Derived) -> Option<Self> {
        members.remove("d");
        members.insert("use".to_owned(), "enc".into());
        let public: Jwk = serde_json::from_value(Value::Object(members.clone())).ok()?;
        // With another server key, the name is another too: who kept the old one is told apart.
        let id = public.thumbprint(ThumbprintHash::SHA256).ok()?;
        members.insert("kid".to_owned(), id.as_str().into());
        Some(Self { key, id, published: Value::Object(members) })
    }

    /// The public half (RFC 7517). It names no algorithm, since it is for all that are known here.
    pub(super) fn published(&self) -> &Value {
        &self.published
    }

    /// The signed answer within, if it was encrypted for this service by a way that is known here.
    pub(super) fn open(&self, text: &str) -> Option<String> {
        if text.len() > LONGEST {
            return None;
        }
        let mut parts = text.split('.');
        let first = parts.next()?;
        let rest: Vec<_> = parts.map(|part| BASE64.decode(part).ok()).collect::<Option<_>>()?;
        let [wrapped, nonce, content, tag] = <[Vec<u8>; 4]>::try_from(rest).ok()?;
        let members = members_of(first)?;
        if members.keys().any(|name| DEMANDS.contains(&name.as_str())) {
            return None;
        }
        let head: Head = serde_json::from_value(Value::Object(members)).ok()?;
        let ours = head.kid.as_ref().is_none_or(|id| *id == self.id);
        if !ours || !is_token(&head.cty) || !head.typ.as_deref().is_none_or(is_token) {
            return None;
        }
        let sealed = Sealed { head: first, nonce: nonce.try_into().ok()?, content, tag: tag.try_into().ok()? };
        let length = match head.enc.as_str() {
            "A128GCM" => 16,
            "A256GCM" => 32,
            _ => return None,
        };
        let key = self.content_key(&head, &wrapped, length)?;
        let bytes = if length == 16 { sealed.open::<Aes128Gcm>(&key) } else { sealed.open::<Aes256Gcm>(&key) };
        String::from_utf8(bytes?).ok()
    }

    /// The key of the content: the one that is agreed on, or one that came wrapped by it.
    fn content_key(&self, head: &Head, wrapped: &[u8], length: usize) -> Option<Vec<u8>> {
        let other = head.epk.read()?;
        let parties = [BASE64.decode(&head.apu).ok()?, BASE64.decode(&head.apv).ok()?];
        let agreed = |name, length| agreed(&self.key, &other, name, &parties, length);
        let mut key = vec![0; length];
        match head.alg.as_str() {
            "ECDH-ES" if wrapped.is_empty() => return agreed(&head.enc, length),
            "ECDH-ES+A128KW" => KekAes128::try_from(&*agreed(&head.alg, 16)?).ok()?.unwrap(wrapped, &mut key).ok()?,
            "ECDH-ES+A256KW" => KekAes256::try_from(&*agreed(&head.alg, 32)?).ok()?.unwrap(wrapped, &mut key).ok()?,
            _ => return None,
        }
        Some(key)
    }
}

impl Point {
    /// A point of the curve P-256: the crate refuses all others.
    fn read(&self) -> Option<PublicKey> {
        let number = |text: &str| <[u8; 32]>::try_from(BASE64.decode(text).ok()?).ok();
        let point = EncodedPoint::from_affine_coordinates(&number(&self.x)?.into(), &number(&self.y)?.into(), false);
        let known = self.kty == "EC" && self.crv == "P-256";
        known.then(|| Option::from(PublicKey::from_encoded_point(&point)))?
    }
}

/// An encrypted content, and what vouches for it.
struct Sealed<'a> {
    head: &'a str,
    nonce: [u8; 12],
    content: Vec<u8>,
    tag: [u8; 16],
}

impl Sealed<'_> {
    fn open<A: KeyInit + AeadInPlace<NonceSize = U12, TagSize = U16>>(mut self, key: &[u8]) -> Option<Vec<u8>> {
        let (nonce, tag) = (self.nonce.into(), self.tag.into());
        let cipher = A::new_from_slice(key).ok()?;
        cipher.decrypt_in_place_detached(&nonce, self.head.as_bytes(), &mut self.content, &tag).ok()?;
        Some(self.content)
    }
}

/// The key that two parties agree on for an algorithm (RFC 7518, section 4.6.2).
fn agreed(ours: &SecretKey, other: &PublicKey, name: &str, parties: &[Vec<u8>; 2], length: usize) -> Option<Vec<u8>> {
    let mut about = Vec::new();
    for part in [name.as_bytes()].into_iter().chain(parties.iter().map(Vec::as_slice)) {
        about.extend(u32::try_from(part.len()).ok()?.to_be_bytes());
        about.extend(part);
    }
    about.extend(u32::try_from(length * 8).ok()?.to_be_bytes());
    let shared = ecdh::diffie_hellman(ours.to_nonzero_scalar(), other.as_affine());
    let mut key = vec![0; length];
    concat_kdf::derive_key_into::<Sha256>(shared.raw_secret_bytes(), &about, &mut key).ok()?;
    Some(key)
}

/// Whether a type of a head says that a token is within (RFC 7519, section 5.2; RFC 9701, section 5).
fn is_token(kind: &str) -> bool {
    let kind = kind.to_ascii_lowercase();
    ["jwt", "token-introspection+jwt"].contains(&kind.strip_prefix("application/").unwrap_or(&kind))
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::{Algorithm, EncodingKey, crypto};
    use p256::pkcs8::EncodePrivateKey as _;
    use serde_json::json;

    use super::*;
    use crate::auth::Own;

    /// "within", encrypted by joserfc to the key of Bob (RFC 7518, appendix C), by each way of agreement.
    const MADE: [&str; 3] = [
        "eyJhbGciOiJFQ0RILUVTIiwiZW5jIjoiQTI1NkdDTSIsImN0eSI6IkpXVCIsImtpZCI6IlZ5NTdYckFyVXJXME5icEkxMnRFekRI\
         QUJ4TXdyVGg2SEhYUmVuU3BuQ28iLCJhcHUiOiJRV3hwWTJVIiwiYXB2IjoiUW05aSIsInR5cCI6InRva2VuLWludHJvc3BlY3Rp\
         b24rand0IiwiZXBrIjp7ImNydiI6IlAtMjU2IiwieCI6IlVhX21RWXVyYnRBaGlEQ05zT21laGNaNTB4LWNZSW8ycVJiS0swekNs\
         Q1EiLCJ5IjoiUTJVaDRVcHRFVXFpRXptbEJhcmYwbktjTlkyQTBNcDhEcFJtOU5zX0R5MCIsImt0eSI6IkVDIn19..unqtjsOhNA\
         P5eLyF.YE2_Lmsq.roNRx2F7TCeYcL1ZpwUAOg",
        "eyJhbGciOiJFQ0RILUVTK0ExMjhLVyIsImVuYyI6IkExMjhHQ00iLCJjdHkiOiJKV1QiLCJraWQiOiJWeTU3WHJBclVyVzBOYnBJ\
         MTJ0RXpESEFCeE13clRoNkhIWFJlblNwbkNvIiwiZXBrIjp7ImNydiI6IlAtMjU2IiwieCI6IktIbVpmNU95QjJlTFV3aXI3SmR0\
         anRrS29RNlVTdVVUVnZFSVdnUFVoZkkiLCJ5IjoiVFQ2QjNyY3BzWTBmd1pHaEVkWWtZRkpNdVBKNlBjM1FVSFY5U1QwZjJBUSIs\
         Imt0eSI6IkVDIn19.SC86KuqTZr7RX76HvBhRDJJ_jdwRtxuR.m7vq57i2wDOUsleU.PPvAvmGn.aA8JhQg_OwypjMRsKNozWg",
        "eyJhbGciOiJFQ0RILUVTK0EyNTZLVyIsImVuYyI6IkEyNTZHQ00iLCJjdHkiOiJKV1QiLCJraWQiOiJWeTU3WHJBclVyVzBOYnBJ\
         MTJ0RXpESEFCeE13clRoNkhIWFJlblNwbkNvIiwiZXBrIjp7ImNydiI6IlAtMjU2IiwieCI6IkRSOGFzLWNoQTJteVhDVTVmbmhR\
         ZnVqcDZzUjlHak1SczFmMlVtbWF6S28iLCJ5IjoiQ1k0OF9RV3NYZVV6T29Pakw5YWFoSzhjVWJsT3ZENDQ4d24yRnVBdDVldyIs\
         Imt0eSI6IkVDIn19.QO2ZO-C7upZCKUCcONboFQRN0rML_aRliTlIDzuC_h3c03kiY2q7Jw.y07YmX_fzoJPL9_J.W4KJUvOD.l3\
         KFJv4Iza7Steg5wOiblA",
    ];

    fn bob() -> Opener {
        let d = "VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw";
        let members = json!({"kty": "EC", "crv": "P-256", "x": "weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ",
            "y": "e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck", "d": d});
        let key = SecretKey::from_slice(&BASE64.decode(d).unwrap()).unwrap();
        Opener::of(Derived { key, members: members.as_object().unwrap().clone() }).unwrap()
    }

    fn alice() -> Point {
        let [x, y] = ["gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0", "SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps"];
        Point { kty: "EC".to_owned(), crv: "P-256".to_owned(), x: x.to_owned(), y: y.to_owned() }
    }

    #[test]
    fn two_parties_agree_on_the_key_of_rfc_7518_appendix_c() {
        let parties = [b"Alice".to_vec(), b"Bob".to_vec()];
        let key = agreed(&bob().key, &alice().read().unwrap(), "A128GCM", &parties, 16).unwrap();
        assert_eq!(BASE64.encode(key), "VqqN6vgjbSBcIijNcacQGg");
    }

    #[test]
    fn a_point_that_is_not_of_the_curve_is_refused() {
        let mut swapped = alice();
        std::mem::swap(&mut swapped.x, &mut swapped.y);
        let nowhere = BASE64.encode([0; 32]);
        let zero = Point { x: nowhere.clone(), y: nowhere, ..alice() };
        let large = Point { x: BASE64.encode([255; 32]), ..alice() };
        let long = Point { x: BASE64.encode([0; 33]), ..alice() };
        let short = Point { x: String::new(), ..alice() };
        let other = Point { crv: "P-384".to_owned(), ..alice() };
        assert!([swapped, zero, large, long, short, other].iter().all(|point| point.read().is_none()));
    }

    #[test]
    fn what_another_library_encrypted_is_read_and_nothing_that_was_changed() {
        let bob = bob();
        for text in MADE {
            assert_eq!(bob.open(text).as_deref(), Some("within"));
            assert_eq!(Opener::new().unwrap().open(text), None, "for another");
            let parts: Vec<_> = text.split('.').map(|part| BASE64.decode(part).unwrap()).collect();
            for part in 0..5 {
                let [mut longer, mut other, mut without] = [0; 3].map(|_| parts.clone());
                longer[part].push(0);
                other[part].last_mut().into_iter().for_each(|last| *last ^= 1);
                without[part].clear();
                for changed in [longer, other, without].into_iter().filter(|changed| *changed != parts) {
                    let text = changed.iter().map(|part| BASE64.encode(part)).collect::<Vec<_>>().join(".");
                    assert_eq!(bob.open(&text), None, "part {part}");
                }
            }
            for text in [text.replacen('.', "", 1), format!("{text}."), format!("{text}="), "A".repeat(LONGEST + 1)] {
                assert_eq!(bob.open(&text), None);
            }
        }
        for text in ["", "....", "e30....", "a.b.c"] {
            assert_eq!(bob.open(text), None, "{text}");
        }
    }

    #[test]
    fn the_key_is_published_for_encryption_and_signs_no_token() {
        let (opener, own) = (Opener::new().unwrap(), Own::default());
        let published = opener.published();
        assert_eq!(published, Opener::new().unwrap().published(), "of every instance");
        assert!(published["use"] == "enc" && published["kid"] == opener.id && published.get("d").is_none());
        let signed = |key: &SecretKey, id: &Value| {
            let (now, who) = (kernel::clock::now().timestamp(), kernel::clock::fresh_v4());
            let head = json!({"alg": "ES256", "typ": "at+jwt", "kid": id});
            let claims = json!({"iss": "here", "aud": "here", "sub": who, "client_id": who, "iat": now, "exp": now + 60,
                "jti": who, "scope": "", "key": who});
            let text = [head, claims].map(|part| BASE64.encode(part.to_string())).join(".");
            let signing = EncodingKey::from_ec_der(key.to_pkcs8_der().unwrap().as_bytes());
            let signature = crypto::sign(text.as_bytes(), &signing, Algorithm::ES256).unwrap();
            own.read("here", &format!("{text}.{signature}"))
        };
        for month in own.published().iter().map(|key| &key["kid"]) {
            let signing = private_key(&format!("signs tokens in {}", month.as_str().unwrap())).unwrap().key;
            assert!(signed(&signing, month).is_some() && signed(&signing, &published["kid"]).is_none());
            assert!(signed(&opener.key, month).is_none());
        }
        assert!(signed(&opener.key, &published["kid"]).is_none());
    }
}
