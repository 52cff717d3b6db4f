//! Hand-over (passation): what a leaving member owns goes to others, in one reviewed step, before the departure.

use chrono::NaiveDate;
use kernel::{Actor, Label, MemberId, NetworkId, OrganizationId, Refusal, Ruling, action, codes};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::member::{Depart, Member, Read};

codes! {
    /// Kind of object that a member can own.
    OwnedKind {
        Membership = "membership" ("adhésion à un réseau", "membership of a network"),
        ActionItem = "action_item" ("action à mener", "action item"),
        ServiceAccount = "service_account" ("compte de service", "service account"),
    }
}

/// An object that a member owns.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OwnedItem {
    /// Kind of object.
    pub kind: OwnedKind,
    /// Identifier of the object.
    pub id: Uuid,
    /// Name of the object. If the caller may not know it: the kind of object, or an empty text for a hidden network.
    #[schema(max_length = 500)]
    pub title: String,
    /// Day by which it is due, or on which the seat ends. Absent: no day is set.
    pub due_on: Option<NaiveDate>,
    /// Whether it must be handed over before the member leaves. If `false`, it may be handed over, or ends with the
    /// departure.
    pub required: bool,
    /// The hidden network that it belongs to: to those who may not know of that, it is not there.
    #[serde(skip)]
    #[schema(ignore)]
    pub hidden_in: Option<NetworkId>,
    /// Whether only the SIG administrator hands it over.
    #[serde(skip)]
    #[schema(ignore)]
    pub is_led: bool,
}

/// What a member owns: what must be handed over, and the seats that would fall vacant.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OwnedItems {
    /// Objects that the member owns.
    pub items: Vec<OwnedItem>,
}

/// An object and the member who takes it.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HandOverItem {
    /// Kind of object.
    pub kind: OwnedKind,
    /// Identifier of the object.
    pub id: Uuid,
    /// Identifier of the member who takes it.
    pub to_member_id: MemberId,
}

/// A hand-over (passation): who takes what, in one step. It must cover everything required; only SIG administrators
/// include leads.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"items": [{"kind": "membership", "id": "01900000-0000-7000-8000-000000000004", "to_member_id": "01900000-0000-7000-8000-000000000005"}]}))]
pub struct HandOverPlan {
    /// Objects, each with the member who takes it.
    #[validate(length(min = 1, max = 500), nested)]
    #[schema(min_items = 1, max_items = 500)]
    pub items: Vec<HandOverItem>,
}

/// Something is not handed over by the plan.
pub const MISSING: Label = Label {
    fr: "Le plan est incomplet : il doit porter sur tout ce que ce membre doit transmettre.",
    en: "The plan is incomplete: it must cover all that this member has to hand over.",
};
/// The plan names something that the member does not own.
pub const NOT_HIS: Label = Label {
    fr: "Ce membre ne détient pas cet objet : relisez la liste de ce qu’il détient.",
    en: "This member does not own this object: read again what they own.",
};
/// The member who is to take it cannot.
pub const NO_TAKER: Label = Label {
    fr: "Cette personne ne peut pas reprendre cet objet : elle doit être en activité et rattachée à l’organisation voulue.",
    en: "This person cannot take it: they must be active and affiliated to the right organization.",
};

/// The person who hands over takes nothing.
pub const ONESELF: Label = Label {
    fr: "Vous ne pouvez pas reprendre vous-même ce que vous transmettez : indiquez une autre personne.",
    en: "You cannot take what you hand over: name someone else.",
};

/// A service account is kept by the people who keep its organization.
pub const ACCOUNT: Label = Label {
    fr: "Seules les personnes qui gèrent les membres de l’organisation de ce compte de service peuvent le transmettre.",
    en: "Only the people who keep the members of its organization may hand over this service account.",
};

impl OwnedItem {
    /// Whether the caller may know that it is there.
    #[must_use]
    pub fn is_known_to(&self, actor: &Actor) -> bool {
        self.hidden_in.is_none_or(|network| actor.is_sig() || actor.sits_in(network))
    }

    /// Whether a plan of this caller must say who takes it: leads are left to the SIG administrator.
    #[must_use]
    pub fn is_due_from(&self, actor: &Actor) -> bool {
        self.required && (actor.is_sig_admin() || !self.is_led)
    }
}

/// Refuses a taker who is the person handing over: the caller, or the owner of the service account that calls.
///
/// # Errors
/// They are the same person.
pub fn takes(by: Option<MemberId>, to: MemberId) -> Result<(), Refusal> {
    Ruling::Allow.and(by != Some(to), ONESELF).pass()
}

/// Refuses to hand over a service account, unless the caller is a person who keeps its organization.
///
/// # Errors
/// The caller may not.
pub fn gives_account(actor: &Actor, organization: OrganizationId) -> Result<(), Refusal> {
    Ruling::Allow.and(actor.member().is_some() && actor.keeps(organization), ACCOUNT).pass()
}

action!(
    /// See what a member owns: everyone who may record their departure, and the member.
    ListOwned(MemberId) on Member as "get_member_hand_over", Member,
    |actor, it| {
        let own = actor.member() == Some(it.id) && actor.is_insider();
        if own { Read::rule(actor, it) } else { Depart::rule(actor, it) }
    }
);

action!(
    /// Hand over what a member owns: everyone who may record their departure.
    HandOver(MemberId) on Member as "hand_over_member", Member,
    |actor, it| Depart::rule(actor, it), Member::present
);
