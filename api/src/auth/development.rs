//! The development issuer: it signs tokens and verifies them with the same secret. It is never used on a public address.

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header};
use kernel::clock;

use super::token::{Audience, Claims, Head, TYPE, rules};

/// The development issuer's name.
pub const DEVELOPMENT_ISSUER: &str = "https://development.diapason.invalid";
const AUDIENCE: &str = "diapason";
const CLIENT: &str = "diapason-cli";
pub(super) const LIFE: TimeDelta = TimeDelta::hours(12);

/// An issuer that signs and verifies with one secret.
#[derive(Clone)]
pub struct Development {
    signing: EncodingKey,
    verifying: DecodingKey,
}

impl Development {
    /// The issuer of this secret.
    #[must_use]
    pub fn new(secret: &[u8]) -> Self {
        Self { signing: EncodingKey::from_secret(secret), verifying: DecodingKey::from_secret(secret) }
    }

    /// A token that is valid for half a day.
    ///
    /// # Errors
    /// The key does not sign.
    pub fn token(&self, subject: &str) -> jsonwebtoken::errors::Result<String> {
        self.token_at(subject, None, clock::now())
    }

    /// A token that is valid from a given time, with claims that say where the subject works.
    ///
    /// # Errors
    /// The key does not sign.
    pub fn token_at(
        &self,
        subject: &str,
        siret: Option<&str>,
        now: DateTime<Utc>,
    ) -> jsonwebtoken::errors::Result<String> {
        let header = Header { typ: Some(TYPE.to_owned()), ..Header::new(Algorithm::HS256) };
        let claims = Claims {
            iss: DEVELOPMENT_ISSUER.to_owned(),
            aud: Audience::One(AUDIENCE.to_owned()),
            sub: subject.to_owned(),
            iat: now.timestamp(),
            exp: (now + LIFE).timestamp(),
            nbf: None,
            jti: clock::fresh_v4().to_string(),
            client_id: Some(CLIENT.to_owned()),
            azp: None,
            siret: siret.map(str::to_owned),
            siren: None,
            uid: None,
        };
        jsonwebtoken::encode(&header, &claims, &self.signing)
    }

    pub(super) fn verify(&self, head: &Head, token: &str) -> Option<Claims> {
        let ours = head.algorithm == "HS256" && head.key.is_none();
        let rules = rules(Algorithm::HS256, DEVELOPMENT_ISSUER, AUDIENCE);
        let data = ours.then(|| jsonwebtoken::decode::<Claims>(token, &self.verifying, &rules).ok())??;
        Some(data.claims)
    }
}
