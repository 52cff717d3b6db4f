//! What a reorganization moves, and where to: shared by all nouns whose objects rest on organizations.

mod heirs;
mod ledger;
mod resting;

pub(crate) use heirs::{Moving, both, capped};
pub(crate) use ledger::Ledger;
pub(crate) use resting::{Fate, Mover, Resting};
