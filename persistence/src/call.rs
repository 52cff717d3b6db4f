//! A call: the caller, the request and its idempotency key.

use std::sync::{Arc, OnceLock};

use kernel::{Identity, PrincipalId};
use uuid::Uuid;

use crate::Key;

/// One call: the caller and the request.
#[derive(Debug, Clone)]
pub struct Call {
    /// The caller, as their token says.
    pub caller: Identity,
    /// The request, for the audit log.
    pub request: Uuid,
    /// The client's idempotency key, by which the call is done once.
    pub key: Option<Key>,
    /// Which principal the caller turned out to be.
    pub principal: Principal,
}

/// Which principal a caller turned out to be, for the access log: known only once the database said so.
#[derive(Debug, Clone, Default)]
pub struct Principal(Arc<OnceLock<PrincipalId>>);

impl Principal {
    /// Notes who it is; nobody, whose identifier is nil, is not noted.
    pub(crate) fn is(&self, id: PrincipalId) {
        if !id.0.is_nil() {
            // It is the same for all of a call.
            let _ = self.0.set(id);
        }
    }

    /// The identifier, if it is known.
    #[must_use]
    pub fn id(&self) -> Option<Uuid> {
        self.0.get().map(|id| id.0)
    }
}
