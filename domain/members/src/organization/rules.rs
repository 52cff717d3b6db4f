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
    fr: "Cette opération est réservée au SIG et à la personne qui dirige la communication et répond de cette organisation.",
    en: "Only the SIG and the communication director who answers for this organization may do this.",
};

impl Target for OrganizationInput {}

action!(
    /// See an organization: everyone may, insiders in full and the others by name.
    Read(OrganizationId) on Organization as "get_organization", Organization,
    |_, _| Ruling::Allow
);

/// The rule of `Read` as a condition of a query: every list starts from it.
#[must_use]
pub fn visible(_: &Actor) -> Box<dyn BoxableExpression<organization::table, Pg, SqlType = Bool>> {
    Box::new(<bool as AsExpression<Bool>>::as_expression(true))
}

action!(
    /// Create an organization, below an active one or on its own.
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
    /// Replace the contact points of an organization.
    UpdateContacts(OrganizationId) on Organization as "update_organization_contacts", Organization,
    |actor, it| {
        let answers = actor.reaches(&[Role::DicomDirector], it.id);
        Ruling::Allow.and(actor.is_sig() || answers, SIG_OR_DIRECTOR)
    }, alive
);

action!(
    /// Close an organization for good: affiliations, roles, seats and links that rest on it end.
    Close(OrganizationId) on Organization as "close_organization", Organization,
    |actor, _| Ruling::Allow.for_sig(actor), alive
);

/// Refuses to change an organization that is not active; the refusal names the successors, if there are any.
fn alive(organization: &Organization) -> Result<(), Refusal> {
    organization.life().alive()
}
