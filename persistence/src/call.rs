//! A call: the caller, the request and its idempotency key.

use kernel::Identity;
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
}
