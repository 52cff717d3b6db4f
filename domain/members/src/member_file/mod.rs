//! Members in a CSV file (one row for each affiliation of each person): reads it, reports every error in French, and plans
//! the changes of members and affiliations.

mod organization;
mod people;
mod plan;
mod read;
mod sheet;

use kernel::directory::ExternalId;
use kernel::text;

pub use organization::Organizations;
pub use people::{Person, Place, people};
pub use plan::{KnownAffiliation, KnownMember, KnownPeople, Plan, plan};
pub use read::{COLUMNS, File, Unreadable, read};

text!(
    /// The code of a source.
    SourceCode, 1..=40, Code
);

/// An error in one cell, or in one row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The line of the file; the header is line 1.
    pub line: u64,
    /// The column; empty if the error concerns the whole row.
    pub column: &'static str,
    /// The message, in French.
    pub said: String,
}

impl Fault {
    pub(super) fn new(line: u64, column: &'static str, said: impl Into<String>) -> Self {
        Self { line, column, said: said.into() }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.column.is_empty() {
            return write!(f, "ligne {} : {}", self.line, self.said);
        }
        write!(f, "ligne {}, colonne « {} » : {}", self.line, self.column, self.said)
    }
}
