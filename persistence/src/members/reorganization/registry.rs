//! Every column that refers to an organization or an affiliation, and what a reorganization does with it.
//!
//! A test holds it against `pg_constraint`: a new noun that rests on an organization is not forgotten.

use std::sync::LazyLock;

use crate::Result;
use crate::moving::{Fate, Ledger, Mover, Moving, Resting};
use crate::nouns::NOUNS;
use crate::writer::Writer;

/// All of them, in the order of the nouns, in which things move: who sits where before who is expected there.
pub static REGISTRY: LazyLock<Vec<Resting>> =
    LazyLock::new(|| NOUNS.iter().flat_map(|noun| noun.resting).copied().collect());

/// Moves all that rests on the organizations that go.
pub(super) fn carry_everything(writer: &mut Writer<'_>, moving: &Moving, ledger: &mut Ledger) -> Result<()> {
    for resting in REGISTRY.iter() {
        if let Fate::Moves(Mover(step)) = resting.fate {
            step(writer, moving, ledger)?;
        }
    }
    Ok(())
}

/// The kinds of things that move, each once.
pub(super) fn kinds() -> Vec<&'static str> {
    let moving = |it: &&Resting| matches!(it.fate, Fate::Moves(_) | Fate::Follows(_) | Fate::Repeats);
    let mut kinds: Vec<&str> = REGISTRY.iter().filter(moving).map(|it| it.table).collect();
    let mut seen = std::collections::BTreeSet::new();
    kinds.retain(|kind| seen.insert(*kind));
    kinds
}
