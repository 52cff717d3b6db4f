//! Who calls, once the token is verified.

use kernel::{Identity, Vouched};

/// Who calls, as his token says.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) identity: Identity,
    /// What else the issuer says of him.
    pub(crate) vouched: Vouched,
    /// A client that speaks for itself.
    pub(crate) machine: bool,
}
