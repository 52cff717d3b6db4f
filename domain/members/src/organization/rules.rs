//! Who may do what to an organization, and when.

use diesel::BoxableExpression;
use diesel::expression::AsExpression;
use diesel::pg::Pg;
use diesel::sql_types::Bool;
use kernel::directory::OrganizationLife;
use kernel::policy::Target;
use kernel::schema::organization;
use kernel::{Actor, Label, OrganizationId, Refusal, Role, Ruling, action};

use super::{Organization, OrganizationInput};

const SIG_OR_DIRECTOR: Label = Label {
    fr: "Réservé au SIG et au directeur de la communication qui en répond.",
    en: "For the SIG and the communication director who answers for it.",
};

impl Target for OrganizationInput {}

action!(
    /// See an organization: everyone may, insiders in full and the others by name.
    Read(OrganizationId) on Organization as "get_organization", Organization,
    |_, _| Ruling::Allow
);

/// What `Read` says one by one, for all: where every read starts.
#[must_use]
pub fn visible(_: &Actor) -> Box<dyn BoxableExpression<organization::table, Pg, SqlType = Bool>> {
    Box::new(<bool as AsExpression<Bool>>::as_expression(true))
}

action!(
    /// Record an organization, below one that lives.
    Create(OrganizationInput) on Organization as "create_organization", Option<OrganizationLife>,
    |actor, _| Ruling::Allow.for_sig(actor),
    |above| above.as_ref().map_or(Ok(()), OrganizationLife::alive)
);

action!(
    /// Change an organization.
    Update(OrganizationId) on Organization as "update_organization", Organization,
    |actor, _| Ruling::Allow.for_sig(actor), alive
);

action!(
    /// Say anew how to reach an organization.
    UpdateContacts(OrganizationId) on Organization as "update_organization_contacts", Organization,
    |actor, it| {
        let answers = actor.reaches(&[Role::DicomDirector], it.id);
        Ruling::Allow.and(actor.is_sig() || answers, SIG_OR_DIRECTOR)
    }, alive
);

action!(
    /// Close an organization for good: all that rests on it ends.
    Close(OrganizationId) on Organization as "close_organization", Organization,
    |actor, _| Ruling::Allow.for_sig(actor), alive
);

/// Nothing is written on what lives no more; what was merged or split says who lives on.
fn alive(organization: &Organization) -> Result<(), Refusal> {
    organization.life().alive()
}
