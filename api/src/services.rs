//! What every request stands on: the database, who vouches for callers, and how many may ask at once.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use actix_web::HttpRequest;
use persistence::Database;

use crate::auth::{Caller, Unverified, Verifier};
use crate::gate::Gate;
use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::problem::{Code, Problem};
use crate::public_address::PublicAddress;

/// What every request stands on.
#[derive(Clone)]
pub struct Services {
    /// Where things are.
    pub database: Database,
    /// Who vouches for callers.
    pub verifier: Verifier,
    /// How many may be reading.
    pub readers: Gate,
    /// How many may be writing.
    pub writers: Gate,
    /// How often one may ask.
    pub limits: Limits,
    /// Whether we are about to stop.
    pub draining: Arc<AtomicBool>,
    /// What is counted.
    pub metrics: Metrics,
    /// Where the service stands for those who call it.
    pub address: PublicAddress,
    /// Web origins that browsers may call from.
    pub cors_origins: Arc<Vec<String>>,
}

impl Services {
    /// The caller of a request, whose token is good and who did not ask too often.
    ///
    /// # Errors
    /// The request has no token or a bad one, or there were too many requests or too many bad tokens.
    pub(crate) fn caller(&self, request: &HttpRequest) -> Result<Caller, Problem> {
        let caller = self.verifier.caller(request).map_err(|why| match why {
            Unverified::NoToken => Problem::new(Code::Unauthenticated),
            Unverified::BadToken => self.limits.unauthenticated(request),
        })?;
        self.limits.admit(request, &caller.identity, caller.machine)?;
        Ok(caller)
    }
}
