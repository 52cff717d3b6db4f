//! My data: all that is held on the caller (GDPR, art. 15 and 20), and his objection to the publication of his profile
//! (art. 21).

use chrono::{DateTime, Utc};
use kernel::{Action, Actor, Label, MemberId, Noun as _, Refusal, Ruling, action};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::member::Member;

/// What is held on the caller in one place.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DataSection {
    /// Where it is held, and by what it is known to be his: table and column.
    #[schema(max_length = 80)]
    pub name: String,
    /// What it is, in French.
    #[schema(max_length = 120)]
    pub label: String,
    /// Each record, as it is held.
    #[schema(value_type = Vec<Object>, max_items = 100_000)]
    pub records: Vec<Value>,
}

/// All that is held on the caller.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DataExport {
    /// When it was gathered.
    pub at: DateTime<Utc>,
    /// Whose it is.
    pub member_id: MemberId,
    /// Place by place; one where nothing is held is empty.
    #[schema(max_items = 100)]
    pub sections: Vec<DataSection>,
}

/// What machines are told.
pub const PEOPLE: Label = Label { fr: "Réservé aux personnes.", en: "For people only." };

/// Take away all that is held on oneself: on the record.
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
    /// Object to the publication of one's profile.
    Object(MemberId) on Member as "object_to_publication", Member,
    oneself, |it| if it.profile_objection_at.is_none() { Ok(()) } else { Err(illegal("withdraw_objection")) }
);

action!(
    /// Take one's objection back.
    WithdrawObjection(MemberId) on Member as "withdraw_objection", Member,
    oneself, |it| if it.profile_objection_at.is_some() { Ok(()) } else { Err(illegal("object_to_publication")) }
);

fn illegal(allowed: &'static str) -> Refusal {
    Refusal::Illegal { allowed: vec![allowed] }
}
