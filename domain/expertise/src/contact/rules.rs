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

/// A condition on contacts. For a contact without a network it may be unknown (NULL), which counts as false.
type Condition = Box<dyn BoxableExpression<contact::table, Pg, SqlType = Nullable<Bool>>>;

const KEEPERS: Label = Label {
    fr: "Cette opération est réservée au SIG, à la personne qui a créé le contact tant qu’elle est rattachée à l’organisation qui le gère, à la personne qui dirige la communication et à l’administration de cette organisation.",
    en: "Only these may do this: the SIG; the person who recorded the contact, while affiliated to the organization that keeps it; its communication director and its administrators.",
};

impl Target for ContactInput {}

/// The organizations whose contacts a caller sees, however they are shared: those where a member belongs, and those
/// that the member’s roles reach. None for a service account: it keeps members, and no contacts.
fn places(actor: &Actor) -> Vec<OrganizationId> {
    let member = actor.member().is_some();
    actor.organizations().chain(actor.reach(Actor::SCOPED)).filter(|_| member).collect()
}

action!(
    /// See a shared contact: the SIG; members of its organization and those whose role reaches it; those with whom it
    /// is shared. Partners and observers never do.
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

/// The contacts that `Read` allows, as a condition for lists.
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
    /// Create a shared contact.
    Create(ContactInput) on Contact as "create_contact", (),
    |actor, ()| Ruling::Allow.and(actor.is_insider() && actor.member().is_some(), Label::INSIDERS)
);

fn keeps(actor: &Actor, it: &Contact) -> bool {
    let there = actor.organizations().any(|mine| mine == it.owner.0.id);
    (it.created_by == actor.id && there) || (actor.member().is_some() && actor.keeps(it.owner.0.id))
}

action!(
    /// Update a shared contact.
    Update(ContactId) on Contact as "update_contact", Contact,
    |actor, it| Read::rule(actor, it).and(keeps(actor, it), KEEPERS), in_use
);

action!(
    /// Archive a shared contact.
    Archive(ContactId) on Contact as "archive_contact", Contact,
    |actor, it| Read::rule(actor, it).and(keeps(actor, it), KEEPERS), in_use
);

fn in_use(it: &Contact) -> Result<(), Refusal> {
    if it.archived_at.is_some() { Err(Refusal::Illegal { allowed: Vec::new() }) } else { Ok(()) }
}
