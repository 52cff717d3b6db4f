//! Who may do what to a term of expertise, and when.

use diesel::BoxableExpression;
use diesel::expression::AsExpression;
use diesel::pg::Pg;
use diesel::sql_types::Bool;
use kernel::policy::Target;
use kernel::schema::expertise_term;
use kernel::{Actor, Refusal, Ruling, action};

use super::{ExpertiseTerm, ExpertiseTermInput, TermCode, TermStatus};

impl Target for ExpertiseTermInput {
    fn key(&self) -> Option<String> {
        Some(self.code.to_string())
    }
}

action!(
    /// See a term: callers who may know the networks.
    Read(TermCode) on ExpertiseTerm as "get_expertise_term", ExpertiseTerm,
    |actor, _| Ruling::seen(actor.knows_networks())
);

/// The terms that `Read` allows, as a condition for lists: all or none.
#[must_use]
pub fn visible(actor: &Actor) -> Box<dyn BoxableExpression<expertise_term::table, Pg, SqlType = Bool>> {
    Box::new(<bool as AsExpression<Bool>>::as_expression(actor.knows_networks()))
}

action!(
    /// Create a term.
    Create(ExpertiseTermInput) on ExpertiseTerm as "create_expertise_term", (),
    |actor, ()| Ruling::Allow.for_sig(actor)
);

action!(
    /// Update a term that is in use.
    Update(TermCode) on ExpertiseTerm as "update_expertise_term", ExpertiseTerm,
    |actor, it| Read::rule(actor, it).for_sig(actor), in_use
);

action!(
    /// Retire a term: members who master it keep it, and no one can choose it any more.
    Retire(TermCode) on ExpertiseTerm as "retire_expertise_term", ExpertiseTerm,
    |actor, it| Read::rule(actor, it).for_sig(actor), in_use
);

fn in_use(it: &ExpertiseTerm) -> Result<(), Refusal> {
    if it.status == TermStatus::Retired { Err(Refusal::Illegal { allowed: Vec::new() }) } else { Ok(()) }
}
