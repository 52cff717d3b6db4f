//! What the house must know of a noun that it keeps, said once beside the noun's SQL.

use kernel::Noun;

use crate::aftermath::Aftermath;

/// A noun that is kept in the database.
pub(crate) trait Kept: Noun {
    /// What follows from a change of it, whatever the door through which it came. `before` is absent where it was created,
    /// `after` where it was voided.
    fn aftermath(_before: Option<&Self>, _after: Option<&Self>, _follows: &mut Aftermath) {}
}
