//! What a caller may do to an object that he names: the rules, over facts loaded without locks.

use kernel::{Label, Refusal, Ruling};

use crate::kept::Kept;
use crate::nouns::NOUNS;
use crate::{Result, Store};

/// The answer to one question.
#[derive(Debug)]
pub struct Check {
    /// What the rules say.
    pub verdict: Verdict,
}

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

const NOT_NOW: Label = Label { fr: "Son état ne le permet pas.", en: "Its state does not allow it." };

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

/// What the rules say of an action on the object of an address, if it is an action on such an object.
pub(crate) fn check<T: Kept>(store: &mut Store<'_>, action: &str, object: &str) -> Result<Option<Verdict>> {
    let Some(offer) = T::OFFERS.iter().find(|offer| offer.name == action) else { return Ok(None) };
    let Some(found) = T::of_key(object, store.reading().0)? else { return Ok(Some(Verdict::Hidden)) };
    Ok(Some(match (offer.rule)(store.actor(), &found) {
        Ruling::Hide => Verdict::Hidden,
        Ruling::Deny(why) => Verdict::Denied(why),
        Ruling::Allow if offer.stands(store.actor(), &found) => Verdict::Allowed,
        Ruling::Allow => Verdict::Denied(NOT_NOW),
    }))
}
