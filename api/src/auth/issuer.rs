//! The issuers that an operator trusts: how they are configured, and which configurations are refused.

use jsonwebtoken::Algorithm;

use super::development::DEVELOPMENT_ISSUER;
use super::introspection::Introspection;
use crate::addresses::shown_url;

/// An issuer whose tokens are accepted.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IssuerConfig {
    /// Its name (`iss`), compared character by character.
    pub issuer: String,
    /// The audience (`aud`) by which it names this service.
    pub audience: String,
    /// Address of its keys. Absent: its discovery document gives it.
    pub jwks_uri: Option<String>,
    /// The longest life of its tokens, in seconds.
    #[serde(default = "ten_minutes")]
    pub max_lifetime: i64,
    /// The clients whose tokens are accepted; without it, those of all its clients.
    pub clients: Option<Vec<String>>,
    /// The algorithms by which its tokens may be signed; without it, all those that we know. A key that is published for
    /// one algorithm is used for no other, and never for one of another type of key.
    pub algorithms: Option<Vec<SignedBy>>,
    /// The source (of imports) whose external identifiers its `uid` or `sub` are: a first login is known by them.
    pub source: Option<String>,
    /// How it is asked about tokens that say nothing by themselves. Absent: such tokens are not accepted.
    pub introspection: Option<Introspection>,
}

/// An algorithm that only its issuer can sign by: never a shared secret, never none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
pub enum SignedBy {
    /// RSA (PKCS #1, version 1.5) with SHA-256.
    RS256,
    /// RSA (PSS) with SHA-256.
    PS256,
    /// The curve P-256 with SHA-256.
    ES256,
    /// The curve P-384 with SHA-384.
    ES384,
    /// The curve Ed25519.
    EdDSA,
}

impl IssuerConfig {
    /// The issuer for the operator who reads the settings: its name, its audience, and where its keys are.
    pub(crate) fn shown(&self) -> String {
        let keys = self.jwks_uri.as_deref().map(|address| format!(", keys at {}", shown_url(address)));
        let asked = self.introspection.as_ref();
        let asked =
            asked.map(|how| format!(", asked about opaque tokens at {}{}", shown_url(&how.endpoint), how.shown()));
        let more = keys.into_iter().chain(asked).collect::<String>();
        format!("{} (audience {}{more})", shown_url(&self.issuer), self.audience)
    }

    /// The algorithms by which its tokens may be signed.
    pub(super) fn algorithms(&self) -> Vec<Algorithm> {
        let allowed = self.algorithms.as_deref().unwrap_or(&SignedBy::ALL);
        allowed.iter().copied().map(Algorithm::from).collect()
    }
}

impl SignedBy {
    /// All that we know.
    pub(super) const ALL: [Self; 5] = [Self::RS256, Self::PS256, Self::ES256, Self::ES384, Self::EdDSA];
}

impl From<SignedBy> for Algorithm {
    fn from(by: SignedBy) -> Self {
        match by {
            SignedBy::RS256 => Self::RS256,
            SignedBy::PS256 => Self::PS256,
            SignedBy::ES256 => Self::ES256,
            SignedBy::ES384 => Self::ES384,
            SignedBy::EdDSA => Self::EdDSA,
        }
    }
}

/// What is wrong with a setting, without the values that it holds: one of them may be a secret.
fn unsaid(error: &serde_json::Error) -> String {
    let said = error.to_string();
    if said.starts_with("invalid type") || said.starts_with("invalid value") {
        format!("a value is of the wrong type at line {} column {}", error.line(), error.column())
    } else {
        said
    }
}

/// Default longest life of a token, in seconds: a stolen token can be used for that long, since the issuer is not asked.
fn ten_minutes() -> i64 {
    600
}

/// The longest life that an operator may allow, in seconds.
const LONGEST_LIFE: i64 = 24 * 3600;

/// The issuers of a setting, as JSON; none where it is empty.
///
/// # Errors
/// They are not well formed, one stands twice or has no audience, or an address is neither https nor loopback.
pub fn issuers(json: &str) -> Result<Vec<IssuerConfig>, String> {
    if json.trim().is_empty() {
        return Ok(Vec::new());
    }
    let issuers: Vec<IssuerConfig> = serde_json::from_str(json)
        .map_err(|error| format!("DIAPASON_ISSUERS is not as expected: {}", unsaid(&error)))?;
    // An opaque token does not say whose it is.
    if issuers.iter().filter(|issuer| issuer.introspection.is_some()).count() > 1 {
        return Err("DIAPASON_ISSUERS: only one issuer may be asked about opaque tokens (introspection)".into());
    }
    for issuer in &issuers {
        let asked = issuer.introspection.as_ref();
        if asked.is_some_and(|how| how.client_id.is_empty() || how.client_secret.is_empty()) {
            return Err(format!(
                "DIAPASON_ISSUERS: {} has an introspection without client_id or secret",
                issuer.issuer
            ));
        }
        if issuer.issuer == DEVELOPMENT_ISSUER {
            return Err(format!("DIAPASON_ISSUERS: {} is the development issuer", issuer.issuer));
        }
        if issuer.audience.is_empty() {
            return Err(format!("DIAPASON_ISSUERS: {} has no audience", issuer.issuer));
        }
        if issuers.iter().filter(|other| other.issuer == issuer.issuer).count() > 1 {
            return Err(format!("DIAPASON_ISSUERS: {} stands twice", issuer.issuer));
        }
        if !(1..=LONGEST_LIFE).contains(&issuer.max_lifetime) {
            return Err(format!("DIAPASON_ISSUERS: max_lifetime of {} is not 1 to {LONGEST_LIFE} s", issuer.issuer));
        }
        if issuer.clients.as_ref().is_some_and(Vec::is_empty) {
            return Err(format!("DIAPASON_ISSUERS: {} has an empty list of clients", issuer.issuer));
        }
        if issuer.algorithms.as_ref().is_some_and(Vec::is_empty) {
            return Err(format!("DIAPASON_ISSUERS: {} has an empty list of algorithms", issuer.issuer));
        }
        let asked = issuer.introspection.as_ref().map(|how| &how.endpoint);
        for address in std::iter::once(&issuer.issuer).chain(&issuer.jwks_uri).chain(asked) {
            if !is_trustworthy(address) {
                let address = shown_url(address);
                return Err(format!("DIAPASON_ISSUERS: {address} is neither https nor a loopback address"));
            }
        }
    }
    Ok(issuers)
}

/// Https, or plain http that never leaves the machine.
pub(crate) fn is_trustworthy(address: &str) -> bool {
    let Ok(address) = url::Url::parse(address) else { return false };
    let local = match address.host() {
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    };
    address.scheme() == "https" || (address.scheme() == "http" && local)
}
