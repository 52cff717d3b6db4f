//! A call: who asks, in which request, with which word that makes it happen once.

use kernel::Identity;
use uuid::Uuid;

use crate::Key;

/// One call: who asks, in which request.
#[derive(Debug, Clone)]
pub struct Call {
    /// Who asks, as his token says.
    pub caller: Identity,
    /// The request, for the audit log.
    pub request: Uuid,
    /// The client's word that makes the call happen once.
    pub key: Option<Key>,
}
