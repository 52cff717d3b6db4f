//! Authentication of callers: bearer access tokens (RFC 9068), verified for exactly one issuer, one audience, one algorithm per key.

mod assertion;
mod caller;
mod development;
mod encrypted;
mod introspection;
mod issuer;
mod jwks;
mod own;
mod token;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use actix_web::{HttpMessage as _, HttpRequest};
use chrono::{DateTime, Utc};
use kernel::clock;
use moka::sync::Cache;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

pub(crate) use assertion::{Assertion, Signed, thumbprint};
pub(crate) use caller::Caller;
pub use development::{DEVELOPMENT_ISSUER, Development};
use encrypted::Opener;
pub use introspection::Introspection;
use introspection::Introspector;
pub(crate) use introspection::Verdict;
pub(crate) use issuer::is_trustworthy;
pub use issuer::{IssuerConfig, issuers};
pub use jwks::Jwks;
pub use own::Own;
pub(crate) use own::Purpose;
use token::Claims;

use crate::public_address::PublicAddress;

/// The longest token that is looked at.
const LONGEST: usize = 8 * 1024;
/// How long a verified token is remembered at most.
const REMEMBERED: Duration = Duration::from_mins(5);

/// Verifies tokens, and remembers for a while those it found good.
#[derive(Clone)]
pub struct Verifier {
    issuers: Arc<Vec<Issuer>>,
    own: Own,
    opener: Option<Arc<Opener>>,
    introspector: Option<Arc<Introspector>>,
    good: Cache<[u8; 32], Good>,
}

/// Why a caller could not be identified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unverified {
    /// The request shows no token.
    NoToken,
    /// It shows one that is not good now.
    BadToken,
    /// It shows one about which its issuer cannot be asked now.
    NotAsked,
    /// Its address shows too many of them: how many seconds to wait.
    AskedTooOften(u64),
}

/// Whom a token of another issuer speaks for.
pub(crate) struct Subject {
    pub(crate) caller: Caller,
    pub(crate) client: String,
    pub(crate) expires_at: DateTime<Utc>,
}

/// A token that was found good, until when, under which keys.
#[derive(Clone)]
struct Good {
    caller: Caller,
    from: i64,
    until: i64,
    /// Absent for ourselves, whose keys do not change under a token.
    issuer: Option<usize>,
    keys: u64,
}

/// Who vouches for callers.
pub enum Issuer {
    /// This process, for development.
    Development(Development),
    /// An OIDC issuer, by its published keys.
    Oidc(Arc<Jwks>),
}

impl Issuer {
    /// Grows when the keys change, so that what was found good under others is looked at again.
    fn generation(&self) -> u64 {
        match self {
            Self::Development(_) => 0,
            Self::Oidc(jwks) => jwks.generation.load(Ordering::Acquire),
        }
    }

    fn verify(&self, head: &token::Head, token: &str) -> Option<Claims> {
        match self {
            Self::Development(issuer) => issuer.verify(head, token),
            Self::Oidc(jwks) => jwks.verify(head, token),
        }
    }

    /// How long a token of this issuer may live, in seconds. `None` if it may not have given one to this client.
    fn terms(&self, client: &str) -> Option<i64> {
        match self {
            Self::Development(_) => Some(development::LIFE.num_seconds()),
            Self::Oidc(jwks) => {
                let expected = jwks.config.clients.as_ref().is_none_or(|known| known.iter().any(|one| one == client));
                expected.then_some(jwks.config.max_lifetime)
            }
        }
    }

    /// The source whose external identifiers it speaks of.
    fn source(&self) -> Option<String> {
        match self {
            Self::Development(_) => None,
            Self::Oidc(jwks) => jwks.config.source.clone(),
        }
    }

    fn name(&self) -> &str {
        match self {
            Self::Development(_) => DEVELOPMENT_ISSUER,
            Self::Oidc(jwks) => &jwks.config.issuer,
        }
    }
}

/// The token of a request: the one header, of the one scheme that there may be.
fn shown(headers: &HeaderMap) -> Option<&str> {
    let mut all = headers.get_all(AUTHORIZATION);
    let (Some(header), None) = (all.next(), all.next()) else { return None };
    let (scheme, token) = header.to_str().ok()?.split_once(' ')?;
    (scheme.eq_ignore_ascii_case("bearer") && token.len() <= LONGEST).then_some(token)
}

impl Verifier {
    /// Verifies tokens of these issuers. The server's key is set by then.
    #[must_use]
    pub fn new(issuers: &[IssuerConfig], development: Option<Development>) -> Self {
        let opener = Opener::new().map(Arc::new);
        let watched: Vec<_> = issuers.iter().map(|config| Jwks::watch(config.clone())).collect();
        let asked = watched.iter().find_map(|jwks| Some((Arc::clone(jwks), jwks.config.introspection.clone()?)));
        let introspector = asked.map(|(jwks, how)| Arc::new(Introspector::new(jwks, how, opener.clone())));
        let oidc = watched.into_iter().map(Issuer::Oidc);
        let issuers = oidc.chain(development.map(Issuer::Development)).collect();
        Self {
            issuers: Arc::new(issuers),
            own: Own::default(),
            opener,
            introspector,
            good: Cache::builder().max_capacity(20_000).time_to_live(REMEMBERED).build(),
        }
    }

    /// Who signs our own tokens.
    pub(crate) fn own(&self) -> &Own {
        &self.own
    }

    /// Our public keys (RFC 7517): those that verify our tokens, and the one for which answers are encrypted.
    pub(crate) fn published(&self) -> Vec<Value> {
        let opener = self.opener.iter().map(|opener| opener.published().clone());
        self.own.published().into_iter().chain(opener).collect()
    }

    /// The issuers whose tokens are accepted, beside ourselves.
    pub(crate) fn names(&self) -> Vec<&str> {
        self.issuers.iter().map(Issuer::name).collect()
    }

    /// The caller of a request, to a service that stands here.
    ///
    /// # Errors
    /// It has no token, or one that is not good now.
    pub(crate) fn caller(&self, request: &HttpRequest, here: &PublicAddress) -> Result<Caller, Unverified> {
        if !request.headers().contains_key(AUTHORIZATION) {
            return Err(Unverified::NoToken);
        }
        match request.extensions().get::<Verdict>() {
            Some(Verdict::Good(caller)) => Ok(Caller::clone(caller)),
            Some(Verdict::Bad) => Err(Unverified::BadToken),
            Some(Verdict::Away) => Err(Unverified::NotAsked),
            Some(Verdict::TooOften(wait)) => Err(Unverified::AskedTooOften(*wait)),
            None => self.known(request, here).ok_or(Unverified::BadToken),
        }
    }

    fn known(&self, request: &HttpRequest, here: &PublicAddress) -> Option<Caller> {
        self.verified(shown(request.headers())?, || here.of(request))
    }

    /// The opaque token of a request, and who is asked about it, if anyone is.
    pub(crate) fn opaque<'a>(&self, headers: &'a HeaderMap) -> Option<(&'a str, Arc<Introspector>)> {
        let introspector = self.introspector.as_ref()?;
        let token = shown(headers)?;
        // Neither a key of ours, nor what says that it is another issuer's, nor what is read here.
        let foreign = token::Head::of(token).is_some_and(|head| head.issuer != introspector.issuer());
        let told = token.starts_with("dpn_") || foreign || token::Head::read(token).is_some();
        (!told).then(|| (token, Arc::clone(introspector)))
    }

    /// Whom a token of another issuer speaks for, if it is good now: the person, the client that it was given to, and when it
    /// ends.
    pub(crate) fn subject(&self, token: &str) -> Option<Subject> {
        let head = token::Head::read(token).filter(|_| token.len() <= LONGEST)?;
        let issuer = self.issuers.iter().find(|issuer| issuer.name() == head.issuer)?;
        let claims = issuer.verify(&head, token)?;
        let client = claims.client()?.to_owned();
        let (_, until) = claims.times(clock::now().timestamp(), issuer.terms(&client)?)?;
        let caller = claims.caller(issuer.source());
        let expires_at = DateTime::from_timestamp(until - token::LEEWAY, 0)?;
        Some(Subject { caller, client, expires_at })
    }

    fn verified(&self, token: &str, here: impl FnOnce() -> String) -> Option<Caller> {
        let now = clock::now().timestamp();
        let digest: [u8; 32] = Sha256::digest(token.as_bytes()).into();
        if let Some(good) = self.good.get(&digest)
            && good.issuer.is_none_or(|at| self.issuers.get(at).is_some_and(|issuer| issuer.generation() == good.keys))
        {
            return (good.from..good.until).contains(&now).then_some(good.caller);
        }
        let head = token::Head::read(token)?;
        let known = self.issuers.iter().enumerate().find(|(_, issuer)| issuer.name() == head.issuer);
        let Some((place, issuer)) = known else {
            let here = here();
            let (caller, from, until) = self.own.verify(&here, &head, token)?.caller(&here);
            self.good.insert(digest, Good { caller: caller.clone(), from, until, issuer: None, keys: 0 });
            return Some(caller);
        };
        let keys = issuer.generation();
        let claims = issuer.verify(&head, token)?;
        let (from, until) = claims.times(now, issuer.terms(claims.client()?)?)?;
        let caller = claims.caller(issuer.source());
        self.good.insert(digest, Good { caller: caller.clone(), from, until, issuer: Some(place), keys });
        Some(caller)
    }
}
