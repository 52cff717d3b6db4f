//! What a reorganization moves, and where to: shared by whoever's objects rest on organizations.

mod heirs;
mod ledger;
mod resting;

pub(crate) use heirs::{Moving, both, capped};
pub(crate) use ledger::Ledger;
pub(crate) use resting::{Fate, Mover, Resting};
