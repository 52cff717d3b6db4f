//! What the rules say of an action on an object, over facts loaded without locks.

use kernel::Label;

/// What the rules say.
#[derive(Debug, Clone, Copy)]
pub enum Verdict {
    /// He may, now.
    Allowed,
    /// He may not, or not now.
    Denied(Label),
    /// For him, it does not exist.
    Hidden,
}
