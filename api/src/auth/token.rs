//! The checks of a token before and after its signature is verified.

use base64::Engine as _;
pub(super) use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use kernel::{Identity, Vouched, seal};
use p256::SecretKey;
use p256::elliptic_curve::sec1::ToEncodedPoint as _;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::caller::Caller;

/// The type of an access token (RFC 9068, §2.1).
pub(super) const TYPE: &str = "at+jwt";

/// Members of a head that change how a token is read, or bring a key of its own (RFC 7515, §4.1; RFC 7797; RFC 7516).
const DEMANDS: [&str; 8] = ["b64", "crit", "enc", "jku", "jwk", "x5c", "x5u", "zip"];

/// Whether a content type says that the claims are a token again (RFC 7519, §5.2).
fn is_token(kind: &str) -> bool {
    let kind = kind.to_ascii_lowercase();
    kind.ends_with("jwt") || kind.ends_with("jwe")
}

/// How far clocks may differ, in seconds.
pub(super) const LEEWAY: i64 = 30;

/// The head of a token, before anything is believed.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) algorithm: String,
    pub(super) key: Option<String>,
    /// The issuer that the token names, to know whose keys to try.
    pub(super) issuer: String,
    pub(super) typ: Option<String>,
}

impl Head {
    /// Reads a head that asks for nothing that we would have to do: no key of its own, no critical extension, no
    /// compression, no token within, no repeated member. What else it says is ignored (RFC 7515, §4).
    pub(super) fn read(token: &str) -> Option<Self> {
        let it = Self::of(token)?;
        let typ = it.typ.as_deref()?;
        (typ == TYPE || typ == "application/at+jwt").then_some(it)
    }

    /// The same of a token of any type.
    pub(super) fn of(token: &str) -> Option<Self> {
        let mut parts = token.split('.');
        let (head, claims, Some(_), None) = (parts.next()?, parts.next()?, parts.next(), parts.next()) else {
            return None;
        };
        let (head, claims) = (members_of(head)?, members_of(claims)?);
        let nested = head.get("cty").is_some_and(|kind| kind.as_str().is_none_or(is_token));
        let usual = !nested && !head.keys().any(|name| DEMANDS.contains(&name.as_str()));
        let typ = match head.get("typ") {
            None => None,
            Some(typ) => Some(typ.as_str()?.to_ascii_lowercase()),
        };
        let key = match head.get("kid") {
            None => None,
            Some(key) => Some(key.as_str().filter(|key| key.len() <= 255)?.to_owned()),
        };
        let algorithm = head.get("alg")?.as_str()?.to_owned();
        let issuer = claims.get("iss")?.as_str()?.to_owned();
        usual.then_some(Self { algorithm, key, issuer, typ })
    }
}

/// The members of a JSON object in base64url, none of which stands twice.
pub(super) fn members_of(part: &str) -> Option<Map<String, Value>> {
    let bytes = BASE64.decode(part).ok()?;
    let Unique(members) = serde_json::from_slice(&bytes).ok()?;
    Some(members)
}

/// Refuses repeated members, of which one reader may take the first and another the last.
struct Unique(Map<String, Value>);

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Unique;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Unique, A::Error> {
                let mut members = Map::new();
                while let Some((name, value)) = map.next_entry::<String, Value>()? {
                    if members.insert(name, value).is_some() {
                        return Err(serde::de::Error::custom("repeated member"));
                    }
                }
                Ok(Unique(members))
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}

/// The claims that every access token has (RFC 9068, §2.2).
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Claims {
    pub(super) iss: String,
    pub(super) aud: Audience,
    pub(super) sub: String,
    #[serde(deserialize_with = "seconds")]
    pub(super) iat: i64,
    #[serde(deserialize_with = "seconds")]
    pub(super) exp: i64,
    #[serde(default, deserialize_with = "seconds_if_any", skip_serializing_if = "Option::is_none")]
    pub(super) nbf: Option<i64>,
    pub(super) jti: String,
    /// The client that the token was given to, and the name that `OpenID` has for the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) client_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) azp: Option<String>,
    /// Where the subject works, and what their directory calls them, as `ProConnect` names these claims.
    #[serde(default, deserialize_with = "digits::<_, 14>", skip_serializing_if = "Option::is_none")]
    pub(super) siret: Option<String>,
    #[serde(default, deserialize_with = "digits::<_, 9>", skip_serializing_if = "Option::is_none")]
    pub(super) siren: Option<String>,
    #[serde(default, deserialize_with = "digits::<_, 0>", skip_serializing_if = "Option::is_none")]
    pub(super) uid: Option<String>,
}

/// One audience, or several.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Audience {
    /// Whether it is one of them.
    pub(super) fn names(&self, who: &str) -> bool {
        match self {
            Self::One(one) => one == who,
            Self::Several(all) => all.iter().any(|one| one == who),
        }
    }
}

/// A time of RFC 7519, §2 (`NumericDate`): a number of seconds, which may have a fraction. The fraction is left out.
#[derive(Deserialize)]
#[serde(untagged)]
enum NumericDate {
    Whole(i64),
    Fraction(f64),
}

impl NumericDate {
    /// The largest number of seconds that a fraction may stand behind; far beyond any life that a token may have.
    const LARGEST: f64 = 1e15;

    fn whole(self) -> Option<i64> {
        match self {
            Self::Whole(seconds) => Some(seconds),
            // Exact, since it has no fraction any more and is small enough; by way of text, since a cast could cut off.
            Self::Fraction(seconds) if seconds.abs() <= Self::LARGEST => format!("{:.0}", seconds.floor()).parse().ok(),
            Self::Fraction(_) => None,
        }
    }
}

pub(super) fn seconds<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    let out_of_range = || serde::de::Error::custom("a time that no calendar has");
    NumericDate::deserialize(deserializer)?.whole().ok_or_else(out_of_range)
}

pub(super) fn seconds_if_any<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let out_of_range = || serde::de::Error::custom("a time that no calendar has");
    let date = Option::<NumericDate>::deserialize(deserializer)?;
    date.map(|date| date.whole().ok_or_else(out_of_range)).transpose()
}

/// An identifier that some issuers send as a number, which has lost the zeros that it begins with. What is neither text
/// nor a whole number identifies nothing.
pub(super) fn digits<'de, D: serde::Deserializer<'de>, const LENGTH: usize>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    Ok(match Option::<Value>::deserialize(deserializer)? {
        Some(Value::String(text)) => Some(text),
        Some(Value::Number(number)) => number.as_u64().map(|number| format!("{number:0LENGTH$}")),
        _ => None,
    })
}

impl Claims {
    /// The client that the token was given to: every access token names it, and by one name.
    pub(super) fn client(&self) -> Option<&str> {
        let both = self.client_id.as_deref().zip(self.azp.as_deref());
        let client = self.client_id.as_deref().or(self.azp.as_deref())?;
        (both.is_none_or(|(one, other)| one == other) && is_name(client)).then_some(client)
    }

    /// Whom the token speaks for: a client that is its own subject speaks for nobody else (RFC 9068, §2.2).
    pub(super) fn caller(self, source: Option<String>) -> Caller {
        let machine = self.client() == Some(&self.sub);
        let vouched = Vouched { siret: self.siret, siren: self.siren, uid: self.uid, source, machine };
        Caller { identity: Identity { issuer: self.iss, subject: self.sub, session: None }, vouched, machine }
    }

    /// Whether it names someone.
    pub(super) fn has_subject(&self) -> bool {
        is_name(&self.sub)
    }

    /// From when until when the token is good, if that makes sense, is not too long, and holds now.
    pub(super) fn times(&self, now: i64, longest: i64) -> Option<(i64, i64)> {
        let from = self.iat.max(self.nbf.unwrap_or(self.iat)).checked_sub(LEEWAY)?;
        let until = self.exp.checked_add(LEEWAY)?;
        let life = self.exp.checked_sub(self.iat)?;
        let good = is_name(&self.sub) && (1..=longest).contains(&life) && (from..until).contains(&now);
        good.then_some((from, until))
    }
}

/// A key of P-256 that every instance derives from the server's key: the key, and its members as a JSON Web Key, with `d`.
pub(super) struct Derived {
    pub(super) key: SecretKey,
    pub(super) members: Map<String, Value>,
}

/// The key of a name. Of 2^32 secrets one is no key; the next is taken then.
pub(super) fn private_key(name: &str) -> Option<Derived> {
    let key = (0_u8..8).find_map(|turn| SecretKey::from_slice(&seal::secret(&[name.as_bytes(), &[turn]])).ok())?;
    let point = key.public_key().to_encoded_point(false);
    let members = serde_json::json!({"kty": "EC", "crv": "P-256", "x": BASE64.encode(point.x()?),
        "y": BASE64.encode(point.y()?), "d": BASE64.encode(key.to_bytes())});
    let Value::Object(members) = members else { return None };
    Some(Derived { key, members })
}

fn is_name(text: &str) -> bool {
    (1..=255).contains(&text.len()) && !text.contains('\0')
}

/// What the library checks: the one algorithm, the issuer, the audience. Times are ours, by our clock.
pub(super) fn rules(algorithm: jsonwebtoken::Algorithm, issuer: &str, audience: &str) -> jsonwebtoken::Validation {
    let mut rules = jsonwebtoken::Validation::new(algorithm);
    rules.set_issuer(&[issuer]);
    rules.set_audience(&[audience]);
    // Without these, a token that lacks the claim would pass.
    rules.set_required_spec_claims(&["iss", "aud", "sub", "exp"]);
    rules.validate_exp = false;
    rules
}
