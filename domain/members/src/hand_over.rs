//! Hand-over (passation): what a member who leaves owns goes to others, in one reviewed step, before he goes.

use chrono::NaiveDate;
use kernel::{Actor, Label, MemberId, NetworkId, OrganizationId, Refusal, Ruling, action, codes};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::member::{Depart, Member, Read};

codes! {
    /// What can be owned, and must be handed over.
    OwnedKind {
        Membership = "membership" ("place dans un réseau", "seat in a network"),
        ActionItem = "action_item" ("action à mener", "action to be done"),
        ServiceAccount = "service_account" ("compte de service", "service account"),
    }
}

/// Something that a member owns.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OwnedItem {
    /// What it is.
    pub kind: OwnedKind,
    /// Its identifier.
    pub id: Uuid,
    /// What it is called, as far as whoever hands it over may read it; else no more than what kind of thing it is.
    pub title: String,
    /// The day by which it is due.
    pub due_on: Option<NaiveDate>,
    /// Whether he may not leave before it is handed over; what is not may be given to someone, or ends with him.
    pub required: bool,
    /// The hidden network that it belongs to: to whoever may not know of that, it is not there.
    #[serde(skip)]
    #[schema(ignore)]
    pub hidden_in: Option<NetworkId>,
    /// Whether the SIG administrator alone gives it to someone.
    #[serde(skip)]
    #[schema(ignore)]
    pub is_led: bool,
}

/// What a member owns: what he must hand over before he leaves, and the seats that would fall vacant.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OwnedItems {
    /// Each of them.
    pub items: Vec<OwnedItem>,
}

/// One thing goes to someone.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HandOverItem {
    /// What it is.
    pub kind: OwnedKind,
    /// Its identifier.
    pub id: Uuid,
    /// Who takes it.
    pub to_member_id: MemberId,
}

/// Who takes what, in one step: all that the member must hand over, but for leads where the caller appoints none.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"items": [{"kind": "membership", "id": "01900000-0000-7000-8000-000000000004", "to_member_id": "01900000-0000-7000-8000-000000000005"}]}))]
pub struct HandOverPlan {
    /// Each thing with who takes it.
    #[validate(length(min = 1, max = 500), nested)]
    #[schema(min_items = 1, max_items = 500)]
    pub items: Vec<HandOverItem>,
}

/// Something is not handed over by the plan.
pub const MISSING: Label = Label {
    fr: "Le plan doit porter sur tout ce que ce communicant doit transmettre.",
    en: "The plan must cover all that this member has to hand over.",
};
/// Something of the plan is not his.
pub const NOT_HIS: Label =
    Label { fr: "Ce communicant ne détient pas cet objet.", en: "This member does not own this object." };
/// Who would take it cannot.
pub const NO_TAKER: Label = Label {
    fr: "Cette personne ne peut pas le reprendre : elle doit être en activité et rattachée.",
    en: "This person cannot take it: she must be present and affiliated.",
};

/// Whoever hands over takes nothing.
pub const ONESELF: Label = Label {
    fr: "Nul ne se transmet à soi-même ce qu'une autre personne détient.",
    en: "Nobody hands over to themselves what someone else holds.",
};

/// A script is answered for by those who keep its organization.
pub const ACCOUNT: Label = Label {
    fr: "Réservé aux personnes qui tiennent l'organisation de ce compte de service.",
    en: "For the people who keep the organization of this service account.",
};

impl OwnedItem {
    /// Whether the caller may know that it is there.
    #[must_use]
    pub fn is_known_to(&self, actor: &Actor) -> bool {
        self.hidden_in.is_none_or(|network| actor.is_sig() || actor.sits_in(network))
    }

    /// Whether a plan of this caller must say who takes it: he leaves to the SIG administrator what that one alone gives.
    #[must_use]
    pub fn is_due_from(&self, actor: &Actor) -> bool {
        self.required && (actor.is_sig_admin() || !self.is_led)
    }
}

/// Who takes what is handed over is someone else than whoever hands it over: the caller, or who answers for the script that
/// calls.
///
/// # Errors
/// It is the same.
pub fn takes(by: Option<MemberId>, to: MemberId) -> Result<(), Refusal> {
    Ruling::Allow.and(by != Some(to), ONESELF).pass()
}

/// Who may give a script to someone else: a person who keeps its organization.
///
/// # Errors
/// The caller may not.
pub fn gives_account(actor: &Actor, organization: OrganizationId) -> Result<(), Refusal> {
    Ruling::Allow.and(actor.member().is_some() && actor.keeps(organization), ACCOUNT).pass()
}

action!(
    /// See what a member owns: who may let him depart, and himself.
    ListOwned(MemberId) on Member as "get_member_hand_over", Member,
    |actor, it| {
        let own = actor.member() == Some(it.id) && actor.is_insider();
        if own { Read::rule(actor, it) } else { Depart::rule(actor, it) }
    }
);

action!(
    /// Hand over what a member owns: who may let him depart.
    HandOver(MemberId) on Member as "hand_over_member", Member,
    |actor, it| Depart::rule(actor, it), Member::present
);
