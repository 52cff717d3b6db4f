//! Whether a caller may do something to an object that he names: asked of all nouns.

use kernel::{Label, Refusal};

use crate::nouns::NOUNS;
pub use crate::verdict::Verdict;
use crate::{Result, Store};

/// The answer to one question.
#[derive(Debug)]
pub struct Check {
    /// What the rules say.
    pub verdict: Verdict,
}

const UNKNOWN: Label = Label { fr: "Ce n'est pas une action sur un objet.", en: "This is no action on an object." };

impl Store<'_> {
    /// Whether the caller may do something to an object.
    ///
    /// # Errors
    /// There is no such action.
    pub fn check(&mut self, action: &str, object: &str) -> Result<Check> {
        for noun in NOUNS {
            if let Some(verdict) = (noun.check)(self, action, object)? {
                return Ok(Check { verdict });
            }
        }
        Err(Refusal::Invalid("/checks", UNKNOWN).into())
    }
}
