//! Every column that refers to an organization or an affiliation, and what a reorganization does with it.
//!
//! A test holds it against `pg_constraint`: a new noun that rests on an organization is not forgotten.

use super::{Ledger, Moving};
use super::{affiliations, links, roles};
use crate::Result;
use crate::expertise::carry_contacts;
use crate::networks::{carry_actions, carry_co_animations, carry_invitations, carry_requests, carry_seats};
use crate::store::Writer;

/// What moves one kind of thing.
pub(super) type Step = fn(&mut Writer<'_>, &Moving, &mut Ledger) -> Result<()>;

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

const fn resting(table: &'static str, column: &'static str, fate: Fate) -> Resting {
    Resting { table, column, fate }
}

const fn moves(table: &'static str, column: &'static str, step: Step) -> Resting {
    resting(table, column, Fate::Moves(Mover(step)))
}

/// In the order in which things move: who sits where before who is expected there.
pub const REGISTRY: &[Resting] = &[
    moves("affiliation", "organization_id", affiliations::carry_all),
    resting("membership", "affiliation_id", Fate::Follows("affiliation.organization_id")),
    resting("membership", "organization_id", Fate::Repeats),
    resting("role_assignment", "affiliation_id", Fate::Follows("affiliation.organization_id")),
    moves("role_assignment", "organization_id", roles::carry_over),
    moves("co_animation", "organization_id", carry_co_animations),
    moves("seat", "organization_id", carry_seats),
    moves("organization_link", "from_id", links::carry_all),
    resting("organization_link", "to_id", Fate::Follows("organization_link.from_id")),
    moves("organization", "parent_id", links::carry_below),
    moves("service_account", "organization_id", links::carry_service_accounts),
    moves("membership_request", "organization_id", carry_requests),
    resting("membership_request", "affiliation_id", Fate::Follows("membership_request.organization_id")),
    moves("invitation", "organization_id", carry_invitations),
    moves("action_item", "owner_organization_id", carry_actions),
    moves("contact", "owner_id", carry_contacts),
    resting("contact", "organization_id", Fate::Follows("contact.owner_id")),
    resting("follow_up", "organization_id", Fate::History),
    resting("indicator_cell", "organization_id", Fate::History),
    resting("organization_period", "organization_id", Fate::History),
    resting("search_name", "organization_id", Fate::Derived),
    resting("tracking_cell", "organization_id", Fate::Derived),
];

/// Moves all that rests on the organizations that go.
pub(super) fn carry_everything(writer: &mut Writer<'_>, moving: &Moving, ledger: &mut Ledger) -> Result<()> {
    for resting in REGISTRY {
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
