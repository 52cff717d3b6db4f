//! Whether a caller may do something to an object that they name: each noun is asked in turn.

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

const UNKNOWN: Label = Label {
    fr: "Cette action n’existe pas sur un objet : indiquez une action de `available_actions`.",
    en: "No object has this action: give one of those in `available_actions`.",
};

impl Store<'_> {
    /// Whether the caller may do something to an object: a question at its place among others.
    ///
    /// # Errors
    /// There is no such action.
    pub fn check(&mut self, place: usize, action: &str, object: &str) -> Result<Check> {
        for noun in NOUNS {
            if let Some(verdict) = (noun.check)(self, action, object)? {
                return Ok(Check { verdict });
            }
        }
        Err(Refusal::InvalidAt(format!("/checks/{place}/action"), UNKNOWN).into())
    }
}
