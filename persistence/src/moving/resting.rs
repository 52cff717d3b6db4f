//! What refers to an organization that goes, and what happens to it.

use super::{Ledger, Moving};
use crate::Result;
use crate::writer::Writer;

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
pub struct Mover(pub(crate) Step);

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
