//! My data: all that is held on the caller (GDPR, art. 15 and 20), and their objection to the publication of their
//! profile (art. 21).

use chrono::{DateTime, Utc};
use kernel::{Action, Actor, Label, MemberId, Noun as _, Refusal, Ruling, action};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::member::Member;

/// What is held on the caller in one place.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DataSection {
    /// Where it is held: the table, and the column that refers to the caller.
    #[schema(max_length = 80)]
    pub name: String,
    /// What it is, in French.
    #[schema(max_length = 120)]
    pub label: String,
    /// Records, as they are held.
    #[schema(value_type = Vec<Object>, max_items = 100_000)]
    pub records: Vec<Value>,
}

/// Everything that is held on the caller.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DataExport {
    /// When the export was made (UTC).
    pub at: DateTime<Utc>,
    /// Identifier of the caller as a member.
    pub member_id: MemberId,
    /// One section per place; it is empty if nothing is held there.
    #[schema(max_items = 100)]
    pub sections: Vec<DataSection>,
}

/// Why a service account may not.
pub const PEOPLE: Label = Label {
    fr: "Cette opération est réservée aux personnes : un compte de service ne peut pas l’effectuer.",
    en: "Only people may do this, no service account.",
};

/// Export all that is held on the caller, on the record.
#[derive(Debug, Clone)]
pub struct Export;

impl Action for Export {
    type Facts = ();
    const NAME: &'static str = "get_my_data_export";

    fn rule(actor: &Actor, (): &()) -> Ruling {
        Ruling::Allow.and(actor.member().is_some(), PEOPLE)
    }

    fn object(&self) -> (&'static str, Option<String>) {
        (Member::NAME, None)
    }
}

fn oneself(actor: &Actor, it: &Member) -> Ruling {
    Ruling::Allow.and(actor.member() == Some(it.id), PEOPLE)
}

action!(
    /// Object to the publication of the caller's own profile.
    Object(MemberId) on Member as "object_to_publication", Member,
    oneself, |it| if it.profile_objection_at.is_none() { Ok(()) } else { Err(illegal("withdraw_objection")) }
);

action!(
    /// Withdraw the caller's own objection.
    WithdrawObjection(MemberId) on Member as "withdraw_objection", Member,
    oneself, |it| if it.profile_objection_at.is_some() { Ok(()) } else { Err(illegal("object_to_publication")) }
);

fn illegal(allowed: &'static str) -> Refusal {
    Refusal::Illegal { allowed: vec![allowed] }
}
