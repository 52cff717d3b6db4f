//! The caller, once their token is verified.

use kernel::{Identity, Vouched};

/// The caller, as their token says.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) identity: Identity,
    /// What else the issuer says of the caller.
    pub(crate) vouched: Vouched,
    /// Whether the caller is a client that acts for itself, not for a person.
    pub(crate) machine: bool,
}
