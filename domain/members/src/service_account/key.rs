//! Key of a service account (clé d'un compte de service): a secret, or a public key whose private half never leaves its owner.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chrono::{DateTime, Utc};
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::pg::Pg;
use diesel::prelude::*;
use kernel::named::Named;
use kernel::schema::{service_account, service_account_key};
use kernel::sql::clock as now;
use kernel::{
    Instant, MemberId, Noun, Offer, Page, PrincipalId, Seen, ServiceAccountId, ServiceAccountKeyId, Version, clock,
    codes, stored_as_json, text,
};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use sha2::{Digest as _, Sha256};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::rules::{ReadKey, RevokeKey, RotateKey};
use super::{ServiceAccountReference, sql};

codes! {
    /// Kind of key of a service account.
    ServiceAccountKeyKind {
        Secret = "secret" ("secret", "secret"),
        PublicKey = "public_key" ("clé publique", "public key"),
    }
}

codes! {
    /// Status of a key of a service account.
    ServiceAccountKeyStatus {
        Active = "active" ("en service", "active"),
        Expired = "expired" ("expirée", "expired"),
        Revoked = "revoked" ("révoquée", "revoked"),
    }
}

codes! {
    /// Type of a public key (RFC 7518, section 6.1; RFC 8037).
    KeyType {
        Ec = "EC" ("courbe elliptique", "elliptic curve"),
        Okp = "OKP" ("courbe d’Edwards", "Edwards curve"),
        Rsa = "RSA" ("RSA, 2\u{202f}048 bits au moins", "RSA of 2,048 bits at least"),
    }
}

codes! {
    /// Curve of a public key (RFC 7518, section 6.2.1.1; RFC 8037).
    KeyCurve {
        P256 = "P-256" ("P-256", "P-256"),
        P384 = "P-384" ("P-384", "P-384"),
        Ed25519 = "Ed25519" ("Ed25519", "Ed25519"),
    }
}

codes! {
    /// Algorithm by which a key signs (RFC 7518, section 3.1; RFC 8037).
    KeyAlgorithm {
        Rs256 = "RS256" ("RSA PKCS #1 v1.5, SHA-256", "RSA PKCS #1 v1.5 with SHA-256"),
        Ps256 = "PS256" ("RSA PSS, SHA-256", "RSA PSS with SHA-256"),
        Es256 = "ES256" ("ECDSA P-256, SHA-256", "ECDSA P-256 with SHA-256"),
        Es384 = "ES384" ("ECDSA P-384, SHA-384", "ECDSA P-384 with SHA-384"),
        EdDsa = "EdDSA" ("Ed25519", "Ed25519"),
    }
}

codes! {
    /// What a public key is for (RFC 7517, section 4.2).
    KeyUse {
        Signature = "sig" ("signer", "signing"),
    }
}

text!(
    /// Number of a public key in base64url, without padding (RFC 7518, section 6).
    KeyPart, 1..=1400, Line
);
text!(
    /// Secret of a service account, of 64 characters: `dpn_`, ten characters that name the key, `_`, 43 characters, `_`
    /// and a check of five.
    KeySecret, 64..=64, Line
);

/// Public key of a script, as a JSON Web Key (RFC 7517): of a curve with `crv` and `x` (and `y`), of RSA with `n` and `e`. The
/// private key never leaves the script.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Jsonb)]
#[serde(deny_unknown_fields)]
pub struct PublicKey {
    /// Type of the key.
    pub kty: KeyType,
    /// Curve of the key. Required for `EC` and `OKP`.
    pub crv: Option<KeyCurve>,
    /// First coordinate. Required for `EC` and `OKP`.
    pub x: Option<KeyPart>,
    /// Second coordinate. Required for `EC`.
    pub y: Option<KeyPart>,
    /// Modulus. Required for `RSA`.
    pub n: Option<KeyPart>,
    /// Exponent. Required for `RSA`.
    pub e: Option<KeyPart>,
    /// The one algorithm that it signs by. Absent: any of its type.
    pub alg: Option<KeyAlgorithm>,
    /// What the key is called by the script. Absent: its thumbprint.
    #[schema(max_length = 255)]
    pub kid: Option<KeyPart>,
    /// What the key is for.
    #[serde(rename = "use")]
    pub purpose: Option<KeyUse>,
}

stored_as_json!(PublicKey);

#[expect(missing_docs, reason = "the type of the expression, which the attribute makes")]
mod standing {
    use super::sql::service_account_key_status;
    use super::{now, service_account, service_account_key};

    /// The status of a key, in a query that joins its account.
    #[must_use]
    #[diesel::dsl::auto_type]
    pub fn stands() -> _ {
        service_account_key_status(
            service_account_key::revoked_at,
            service_account_key::expires_at,
            service_account::revoked_at,
            service_account::expires_at,
            now(),
        )
    }
}
pub use standing::stands;

/// Key of a service account. Of a secret, the service keeps a digest alone.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema, HasQuery)]
#[diesel(table_name = service_account_key, check_for_backend(Pg))]
#[diesel(base_query = service_account_key::table.inner_join(service_account::table))]
pub struct ServiceAccountKey {
    /// Identifier of the key.
    pub id: ServiceAccountKeyId,
    /// Identifier of the service account.
    pub service_account_id: ServiceAccountId,
    /// Service account, by name.
    #[diesel(select_expression = Named::default(), select_expression_type = Named<ServiceAccountReference, service_account_key::service_account_id>)]
    pub service_account: ServiceAccountReference,
    /// The member who answers for the account.
    #[diesel(select_expression = service_account::owner_id)]
    #[serde(skip)]
    #[schema(ignore)]
    pub owner_id: MemberId,
    /// Kind of key.
    pub kind: ServiceAccountKeyKind,
    /// What tells it from others: of a secret the ten characters behind `dpn_`, of a public key its thumbprint (RFC 7638).
    #[schema(max_length = 43)]
    pub name: String,
    /// Public key. Absent: the key is a secret.
    pub public_key: Option<PublicKey>,
    /// The secret, in the answer that made it and never again: keep it where the script alone reads it.
    #[diesel(select_expression = sql::no_text())]
    pub secret: Option<KeySecret>,
    /// Status of the key.
    #[diesel(select_expression = stands())]
    pub status: ServiceAccountKeyStatus,
    /// When it expires (UTC). It ends with its account at the latest.
    pub expires_at: DateTime<Utc>,
    /// When it was revoked (UTC). Absent: it was not.
    pub revoked_at: Option<DateTime<Utc>>,
    /// When it was last used (UTC, to the minute). Absent: never.
    pub last_used_at: Option<DateTime<Utc>>,
    /// Version of the key: 1 when it is created, one more with each change.
    pub version: Version,
    /// When the key was created (UTC).
    pub created_at: DateTime<Utc>,
    /// When the key last changed (UTC).
    pub updated_at: DateTime<Utc>,
    /// Identifier of the principal who created it (a member, a service account or the system).
    pub created_by: PrincipalId,
    /// Identifier of the principal who last changed it (a member, a service account or the system).
    pub updated_by: PrincipalId,
}

/// A key to create: a secret that the service makes, or a public key of the script.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"expires_at": "2027-10-31T23:00:00Z"}))]
pub struct ServiceAccountKeyInput {
    /// Public key of the script. Absent: the service makes a secret, and shows it in the answer.
    pub public_key: Option<PublicKey>,
    /// When the key expires (UTC): in the future, within two years. Absent: in a year.
    pub expires_at: Option<Instant>,
}

/// How a secret is replaced by a new one.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"keep_until": "2026-12-24T12:00:00Z"}))]
pub struct ServiceAccountRotation {
    /// Until when the present secret is good beside the new one (UTC), thirty days at most. Absent: for one day.
    pub keep_until: Option<Instant>,
    /// When the new secret expires (UTC): in the future, within two years. Absent: in a year.
    pub expires_at: Option<Instant>,
}

/// Filters of the list of keys.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ServiceAccountKeyFilter {
    /// Keeps only keys with this status.
    pub status: Option<ServiceAccountKeyStatus>,
}

/// A key as the caller sees it.
pub type ServiceAccountKeyView = Seen<ServiceAccountKey>;
/// A page of keys.
pub type ServiceAccountKeyPage = Page<ServiceAccountKeyView>;

impl Noun for ServiceAccountKey {
    const NAME: &'static str = "service_account_key";
    const COLLECTION: &'static str = "service-account-keys";
    const OFFERS: &'static [Offer<Self>] =
        &[Offer::of::<ReadKey>(), Offer::of::<RotateKey>(), Offer::of::<RevokeKey>()];

    kernel::versioned!();
}

/// What every secret begins with, so that those who look for leaked ones know it.
const MARK: &str = "dpn_";
/// How many characters name the key, hold the secret, and check both.
const NAME: usize = 10;
const SECRET: usize = 43;
const CHECK: usize = 5;

impl KeySecret {
    /// A new secret of 256 bits, of which nothing tells another.
    ///
    /// # Errors
    /// None: the length is right.
    pub fn fresh() -> Result<Self, &'static str> {
        let name = clock::fresh_v4();
        // Three random UUIDs have 366 random bits, which are pressed into 256.
        let random = [clock::fresh_v4(), clock::fresh_v4(), clock::fresh_v4()];
        let pressed = random.iter().fold(Sha256::new(), Sha256::chain_update);
        let name: String = name.simple().to_string().chars().take(NAME).collect();
        let open = format!("{MARK}{name}_{}", BASE64.encode(pressed.finalize()));
        Self::try_from(format!("{open}_{}", check(&open)))
    }

    /// The secret that a client shows, if it has the form of one and its check is right: a typing error costs no look-up.
    #[must_use]
    pub fn read(shown: &str) -> Option<Self> {
        let (open, checked) = shown.split_at_checked(shown.len().checked_sub(CHECK + 1)?)?;
        let formed = shown.is_ascii() && open.starts_with(MARK) && open.len() == MARK.len() + NAME + 1 + SECRET;
        let right = formed && checked.strip_prefix('_') == Some(check(open).as_str());
        right.then(|| Self::try_from(shown.to_owned()).ok())?
    }

    /// What names the key.
    #[must_use]
    pub fn name(&self) -> String {
        self.0.chars().skip(MARK.len()).take(NAME).collect()
    }

    /// What is kept of it: it has 256 bits, so that a plain digest does.
    #[must_use]
    pub fn digest(&self) -> Vec<u8> {
        Sha256::digest(self.0.as_bytes()).to_vec()
    }
}

fn check(open: &str) -> String {
    let digest = Sha256::digest(open.as_bytes());
    let hex = digest.iter().take(CHECK.div_ceil(2)).fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    hex.chars().take(CHECK).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_known_by_its_form() {
        let secret = KeySecret::fresh().unwrap();
        assert_eq!(secret.0.len(), 64);
        assert_eq!(KeySecret::read(&secret.0).map(|it| it.digest()), Some(secret.digest()));
        assert!(secret.name().chars().all(|it| it.is_ascii_hexdigit()) && secret.name().len() == NAME);
        assert_ne!(KeySecret::fresh().unwrap().0, secret.0);
        for place in [0, 6, 20, 58, 63] {
            let mut other: Vec<char> = secret.0.chars().collect();
            other[place] = if other[place] == 'a' { 'b' } else { 'a' };
            let other: String = other.into_iter().collect();
            assert!(KeySecret::read(&other).is_none(), "{other}");
        }
        for nonsense in ["", "dpn_", "é", "dpn_0123456789_", &"dpn_".repeat(16), &"é".repeat(32)] {
            assert!(KeySecret::read(nonsense).is_none(), "{nonsense}");
        }
    }
}
