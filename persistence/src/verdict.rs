//! What the rules say of an action on an object, over facts loaded without locks.

use kernel::Label;

/// What the rules say.
#[derive(Debug, Clone, Copy)]
pub enum Verdict {
    /// The caller may, now.
    Allowed,
    /// The caller may not, or not now.
    Denied(Label),
    /// For the caller, the object does not exist.
    Hidden,
}
