//! What every request needs: the database, the issuers of tokens, the rate limits and the doors.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use actix_web::HttpRequest;
use moka::sync::Cache;
use persistence::Database;

use crate::auth::{Caller, Unverified, Verifier};
use crate::gate::Gate;
use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::problem::{Code, Problem};
use crate::public_address::PublicAddress;

/// Keys that were found good, by their digests, and whose they are.
#[derive(Clone)]
pub struct BearerKeys(Cache<[u8; 32], Arc<Caller>>);

impl Default for BearerKeys {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(10_000).time_to_live(Duration::from_mins(1)).build())
    }
}

impl BearerKeys {
    pub(crate) fn get(&self, key: &[u8; 32]) -> Option<Arc<Caller>> {
        self.0.get(key)
    }

    pub(crate) fn insert(&self, key: [u8; 32], caller: Arc<Caller>) {
        self.0.insert(key, caller);
    }
}

/// The services that every request needs.
#[derive(Clone)]
pub struct Services {
    /// The database.
    pub database: Database,
    /// The issuers whose tokens are accepted.
    pub verifier: Verifier,
    /// The door for requests that read.
    pub readers: Gate,
    /// The door for requests that write.
    pub writers: Gate,
    /// Keys of service accounts that were shown in the place of tokens, and whose they are.
    pub keys: BearerKeys,
    /// The rate limits.
    pub limits: Limits,
    /// Whether the process is about to stop.
    pub draining: Arc<AtomicBool>,
    /// The metrics.
    pub metrics: Metrics,
    /// The address of the service, as clients are told it.
    pub address: PublicAddress,
    /// Web origins from which browsers may call.
    pub cors_origins: Arc<Vec<String>>,
}

impl Services {
    /// The caller of a request, if their token is good and they did not send too many requests.
    ///
    /// # Errors
    /// The request has no token or a bad one, or there were too many requests or too many bad tokens.
    pub(crate) fn caller(&self, request: &HttpRequest) -> Result<Caller, Problem> {
        let caller = self.verifier.caller(request, &self.address).map_err(|why| match why {
            Unverified::NoToken => Problem::new(Code::Unauthenticated),
            Unverified::BadToken => self.limits.unauthenticated(request),
            Unverified::NotAsked => Problem::new(Code::Unavailable),
            Unverified::AskedTooOften(wait) => Problem::too_many(wait),
        })?;
        self.limits.admit(request, &caller.identity, caller.machine)?;
        Ok(caller)
    }
}
