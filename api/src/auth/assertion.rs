//! How a script shows who it is by a key of its own: the public keys that it may register, and the assertions that it signs
//! (RFC 7523, section 3; `private_key_jwt` of `OpenID` Connect).

use std::str::FromStr as _;

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::Algorithm;
use jsonwebtoken::jwk::ThumbprintHash;
use kernel::{ServiceAccountId, clock};
use members::service_account::PublicKey;
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use super::issuer::SignedBy;
use super::jwks::{Key, read};
use super::token::{Audience, Head, LEEWAY, rules, seconds, seconds_if_any};

/// How long an assertion is good, at most.
const LIFE: TimeDelta = TimeDelta::minutes(5);

/// What an assertion says.
#[derive(Debug, Deserialize)]
struct Claims {
    sub: String,
    aud: Audience,
    #[serde(deserialize_with = "seconds")]
    exp: i64,
    #[serde(default, deserialize_with = "seconds_if_any")]
    iat: Option<i64>,
    #[serde(default, deserialize_with = "seconds_if_any")]
    nbf: Option<i64>,
    jti: String,
}

/// An assertion, before anything of it is believed: it names the account whose keys to try.
pub(crate) struct Assertion {
    head: Head,
    text: String,
    pub(crate) account: ServiceAccountId,
}

/// An assertion that its account signed: by this name it is good once.
#[derive(Debug, Clone)]
pub(crate) struct Signed {
    pub(crate) jti: String,
    pub(crate) expires_at: DateTime<Utc>,
}

/// The thumbprint of a public key (RFC 7638), if it is one that verifies signatures as we accept them.
///
/// # Errors
/// It is not: why.
pub(crate) fn thumbprint(key: &PublicKey) -> Result<String, &'static str> {
    usable(key)?.published.thumbprint(ThumbprintHash::SHA256).map_err(|_| "it cannot be read")
}

fn usable(key: &PublicKey) -> Result<Key, &'static str> {
    let mut value = serde_json::to_value(key).map_err(|_| "it cannot be read")?;
    if value.get("kid").is_none()
        && let Some(members) = value.as_object_mut()
    {
        members.insert("kid".to_owned(), Value::from("of its account"));
    }
    Ok(read(&value, &SignedBy::ALL.map(Algorithm::from))?.1)
}

impl Assertion {
    pub(crate) fn read(text: String) -> Option<Self> {
        let head = Head::of(&text)?;
        let account = ServiceAccountId(Uuid::parse_str(&head.issuer).ok()?);
        Some(Self { head, text, account })
    }

    /// What it says, if this key signed it for us alone, a short while ago.
    pub(crate) fn verify(&self, key: &PublicKey, issuer: &str) -> Option<Signed> {
        let key = usable(key).ok()?;
        let algorithm = Algorithm::from_str(&self.head.algorithm).ok()?;
        if !key.algorithms.contains(&algorithm) {
            return None;
        }
        let rules = rules(algorithm, &self.head.issuer, issuer);
        let claims = jsonwebtoken::decode::<Claims>(&self.text, &key.verifying, &rules).ok()?.claims;
        let now = clock::now().timestamp();
        let alone = match &claims.aud {
            Audience::One(one) => one == issuer,
            Audience::Several(all) => all.len() == 1 && all.iter().all(|one| one == issuer),
        };
        // Where it does not say from when on, our clock is the measure.
        let latest = now + LIFE.num_seconds() + if claims.iat.is_some() { LEEWAY } else { 0 };
        let begun = claims.nbf.into_iter().chain(claims.iat).all(|from| from <= now + LEEWAY);
        let short = claims.iat.is_none_or(|from| claims.exp.saturating_sub(from) <= LIFE.num_seconds());
        let timely = begun && short && claims.exp.saturating_add(LEEWAY) > now && claims.exp <= latest;
        let named = (1..=255).contains(&claims.jti.len()) && !claims.jti.contains('\0');
        let expires_at = DateTime::from_timestamp(claims.exp.saturating_add(LEEWAY), 0)?;
        let good = alone && timely && named && claims.sub == self.head.issuer;
        good.then_some(Signed { jti: claims.jti, expires_at })
    }
}
