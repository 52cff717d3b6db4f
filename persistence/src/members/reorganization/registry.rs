//! Every column that refers to an organization or an affiliation, and what a reorganization does with it.
//!
//! A test holds it against `pg_constraint`: a new noun that rests on an organization is not forgotten.

use std::sync::LazyLock;

use super::{Ledger, Moving};
use crate::Result;
use crate::nouns::NOUNS;
use crate::store::Writer;

/// What moves one kind of thing.
pub(crate) type Step = fn(&mut Writer<'_>, &Moving, &mut Ledger) -> Result<()>;

/// What happens to what refers to an organization that goes.
#[derive(Debug, Clone, Copy)]
pub enum Fate {
    /// It goes on in the successor: this moves it.
    Moves(Mover),
    /// What moves another column moves it too.
    Follows(&'static str),
    /// It repeats what its affiliation says.
    Repeats,
    /// It tells what was, and stays.
    History,
    /// It is computed from the rest, and computed anew.
    Derived,
}

/// A step, hidden from those who only read the table.
#[derive(Debug, Clone, Copy)]
pub struct Mover(pub(super) Step);

/// A column, and what happens to it.
#[derive(Debug, Clone, Copy)]
pub struct Resting {
    /// The table.
    pub table: &'static str,
    /// The column that refers to an organization or an affiliation.
    pub column: &'static str,
    /// What happens.
    pub fate: Fate,
}

impl Resting {
    pub(crate) const fn new(table: &'static str, column: &'static str, fate: Fate) -> Self {
        Self { table, column, fate }
    }

    pub(crate) const fn moves(table: &'static str, column: &'static str, step: Step) -> Self {
        Self::new(table, column, Fate::Moves(Mover(step)))
    }
}

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
