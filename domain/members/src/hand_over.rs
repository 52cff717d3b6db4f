//! Hand-over (passation): what a member who leaves owns goes to others, in one reviewed step, before he goes.

use chrono::NaiveDate;
use kernel::{Label, MemberId, action, codes};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::member::{Depart, Member, Read};

codes! {
    /// What can be owned, and must be handed over.
    OwnedKind {
        Membership = "membership" ("animation d'un réseau", "lead of a network"),
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
}

/// What a member owns, and must hand over before he leaves.
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

/// Who takes what: all that the member owns, in one step.
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
    fr: "Le plan doit porter sur tout ce que ce communicant détient.",
    en: "The plan must cover all that this member owns.",
};
/// Something of the plan is not his.
pub const NOT_HIS: Label =
    Label { fr: "Ce communicant ne détient pas cet objet.", en: "This member does not own this object." };
/// Who would take it cannot.
pub const NO_TAKER: Label = Label {
    fr: "Cette personne ne peut pas le reprendre : elle doit être en activité et rattachée.",
    en: "This person cannot take it: she must be present and affiliated.",
};

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
