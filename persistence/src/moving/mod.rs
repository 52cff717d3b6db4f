//! What a reorganization moves, and where to: shared by the modules whose objects refer to organizations.

mod heirs;
mod ledger;
mod resting;

pub(crate) use heirs::{Moving, both, capped};
pub(crate) use ledger::Ledger;
pub(crate) use resting::{Fate, Mover, Resting};
