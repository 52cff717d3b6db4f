//! All stored nouns, a line each: the registries of the other modules are derived from this list.

use std::sync::LazyLock;

use kernel::{Label, Ruling};

use crate::descriptor::Descriptor;
use crate::error::{Meaning, learn};
use crate::kept::Kept;
use crate::verdict::Verdict;
use crate::{Result, Store};

/// Every noun that is kept, in the order in which a reorganization moves what rests on organizations, and in which people
/// are told what is held on them.
pub(crate) static NOUNS: &[Descriptor] = &[
    Descriptor::of::<::members::member::Member>(),
    Descriptor::of::<::members::affiliation::Affiliation>(),
    Descriptor::of::<::members::role_assignment::RoleAssignment>(),
    Descriptor::of::<::networks::co_animation::CoAnimation>(),
    Descriptor::of::<::networks::seat::Seat>(),
    Descriptor::of::<::members::organization_link::OrganizationLink>(),
    Descriptor::of::<::members::organization::Organization>(),
    Descriptor::of::<::networks::membership::Membership>(),
    Descriptor::of::<::networks::membership_request::MembershipRequest>(),
    Descriptor::of::<::members::invitation::Invitation>(),
    Descriptor::of::<::networks::membership_review::MembershipReview>(),
    Descriptor::of::<::networks::notification::Notification>(),
    Descriptor::of::<::networks::action_item::ActionItem>(),
    Descriptor::of::<::expertise::member_expertise::MemberExpertise>(),
    Descriptor::of::<::expertise::request::ExpertiseRequest>(),
    Descriptor::of::<::members::service_account::ServiceAccount>(),
    Descriptor::of::<::members::service_account::ServiceAccountKey>(),
    Descriptor::of::<::networks::follow_up::FollowUp>(),
    Descriptor::of::<::networks::follow_up_comment::FollowUpComment>(),
    Descriptor::of::<::networks::decision::Decision>(),
    Descriptor::of::<::networks::announcement::Announcement>(),
    Descriptor::of::<::networks::network::Network>(),
    Descriptor::of::<::networks::standard::NetworkCriterion>(),
    Descriptor::of::<::expertise::term::ExpertiseTerm>(),
    Descriptor::of::<::expertise::contact::Contact>(),
    Descriptor::of::<::members::reorganization::Reorganization>(),
];

/// What each constraint that a caller can break means to that caller. A test compares the list with `pg_constraint`.
pub static CONSTRAINTS: LazyLock<Vec<(&'static str, Meaning)>> =
    LazyLock::new(|| NOUNS.iter().flat_map(|noun| noun.constraints).copied().collect());

/// Tells the error type what constraints mean. It is called when the database is opened, before the first write.
pub(crate) fn tell() {
    learn(&CONSTRAINTS);
}

impl Descriptor {
    pub(crate) const fn of<T: Kept>() -> Self {
        Self {
            name: T::NAME,
            constraints: T::CONSTRAINTS,
            private: T::PRIVATE,
            resting: T::RESTING,
            ends: T::ENDS,
            carried: T::CARRIED,
            admits: T::ADMITS,
            invites: T::INVITES,
            known: T::KNOWN,
            people: T::PEOPLE,
            owned: T::OWNED,
            told: T::TOLD,
            remind: T::REMIND,
            check: check::<T>,
        }
    }
}

const NOT_NOW: Label = Label {
    fr: "L’état actuel de l’objet ne permet pas cette opération.",
    en: "The current state of the object does not allow this operation.",
};

/// What the rules say of an action on the object of an address, if it is an action on such an object.
pub(crate) fn check<T: Kept>(store: &mut Store<'_>, action: &str, object: &str) -> Result<Option<Verdict>> {
    let Some(offer) = T::OFFERS.iter().find(|offer| offer.name == action) else { return Ok(None) };
    let Some(found) = T::of_key(object, store.reading().0)? else { return Ok(Some(Verdict::Hidden)) };
    let who = store.actor().id;
    let found = found.to(who, store.reading().0)?;
    Ok(Some(match (offer.rule)(store.actor(), &found) {
        Ruling::Hide => Verdict::Hidden,
        Ruling::Deny(why) => Verdict::Denied(why),
        Ruling::Allow if offer.stands(store.actor(), &found) => Verdict::Allowed,
        Ruling::Allow => Verdict::Denied(NOT_NOW),
    }))
}
