//! Who may do what to a shared contact, and when.

use diesel::BoxableExpression;
use diesel::expression::AsExpression;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable};
use kernel::policy::Target;
use kernel::schema::contact;
use kernel::{Actor, ContactId, Label, NetworkId, OrganizationId, Refusal, Ruling, action};

use super::{Contact, ContactInput, ContactSharing};

/// A condition on contacts; unknown, where a contact has no network, is no.
type Condition = Box<dyn BoxableExpression<contact::table, Pg, SqlType = Nullable<Bool>>>;

const KEEPERS: Label = Label {
    fr: "Réservé au SIG, à qui l'a créé tant qu'il y est rattaché, et à qui administre l'organisation qui le tient.",
    en: "For the SIG, who recorded it while he belongs there, and those who administer the organization that keeps it.",
};

impl Target for ContactInput {}

/// The organizations whose contacts a caller sees, however they are shared: those where a member belongs, and those that
/// his roles reach. A service account keeps members, and no contacts.
fn places(actor: &Actor) -> Vec<OrganizationId> {
    let member = actor.member().is_some();
    actor.organizations().chain(actor.reach(Actor::SCOPED)).filter(|_| member).collect()
}

action!(
    /// See a contact: its organization, those whose role reaches it, and with whom it is shared; never partners or observers.
    Read(ContactId) on Contact as "get_contact", Contact,
    |actor, it| {
        let shared = match it.sharing {
            ContactSharing::Organization => false,
            ContactSharing::Network => it.network_id.is_some_and(|id| actor.shared_networks().any(|mine| mine == id)),
            ContactSharing::AllMembers => true,
        };
        let seen = shared || places(actor).contains(&it.owner.0.id);
        Ruling::seen(actor.is_sig() || (actor.is_insider() && seen))
    }
);

/// What `Read` says one by one, for all.
#[must_use]
pub fn visible(actor: &Actor) -> Condition {
    if actor.is_sig() || !actor.is_insider() {
        return Box::new(<bool as AsExpression<Nullable<Bool>>>::as_expression(actor.is_sig()));
    }
    let networks: Vec<NetworkId> = actor.shared_networks().collect();
    let own = contact::owner_id.eq_any(places(actor));
    let all = contact::sharing.eq(ContactSharing::AllMembers);
    Box::new(own.or(all).or(contact::network_id.eq_any(networks)))
}

action!(
    /// Share a contact.
    Create(ContactInput) on Contact as "create_contact", (),
    |actor, ()| Ruling::Allow.and(actor.is_insider() && actor.member().is_some(), Label::INSIDERS)
);

fn keeps(actor: &Actor, it: &Contact) -> bool {
    let there = actor.organizations().any(|mine| mine == it.owner.0.id);
    (it.created_by == actor.id && there) || (actor.member().is_some() && actor.keeps(it.owner.0.id))
}

action!(
    /// Change a contact.
    Update(ContactId) on Contact as "update_contact", Contact,
    |actor, it| Read::rule(actor, it).and(keeps(actor, it), KEEPERS), in_use
);

action!(
    /// Put a contact away.
    Archive(ContactId) on Contact as "archive_contact", Contact,
    |actor, it| Read::rule(actor, it).and(keeps(actor, it), KEEPERS), in_use
);

fn in_use(it: &Contact) -> Result<(), Refusal> {
    if it.archived_at.is_some() { Err(Refusal::Illegal { allowed: Vec::new() }) } else { Ok(()) }
}
