//! Expertise of a member: a term that he masters, at a level, and whether he helps others with it.

mod rules;

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use kernel::directory::MemberReference;
use kernel::patch::replaceable;
use kernel::schema::{expertise_term, member, member_expertise};
use kernel::{MemberExpertiseId, Noun, Offer, Page, PrincipalId, Seen, Validity, Version, codes};
use members::member::Member;
pub use rules::{Confirm, Create, End, Endorse, List, Read, Update};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;
use validator::Validate;

use crate::person::Persons;
use crate::term::{ExpertiseTermReference, TermCode};

codes! {
    /// How well a member masters something.
    ExpertiseLevel {
        Awareness = "awareness" ("notions", "awareness"),
        Practitioner = "practitioner" ("praticien", "practitioner"),
        Expert = "expert" ("expert", "expert"),
        Reference = "reference" ("référence", "reference"),
    }
}

/// SQL functions that its queries call.
mod sql {
    use diesel::sql_types::Uuid;

    diesel::define_sql_function! {
        #[sql_name = "app.endorsers_of"]
        fn endorsers_of(expertise: Uuid) -> Jsonb;
    }
}

/// A term that a member masters.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema, HasQuery)]
#[diesel(table_name = member_expertise, check_for_backend(Pg))]
#[diesel(base_query = member_expertise::table.inner_join(member::table).inner_join(expertise_term::table))]
pub struct MemberExpertise {
    /// Its identifier.
    pub id: MemberExpertiseId,
    /// Who masters it.
    #[diesel(embed)]
    pub member: MemberReference,
    /// What.
    #[diesel(embed)]
    pub term: ExpertiseTermReference,
    /// How well.
    pub level: ExpertiseLevel,
    /// Whether he helps others with it; never while he is suspended or when he has left.
    #[diesel(select_expression = member_expertise::available_to_help.and(member::suspended_at.is_null()).and(member::departed_at.is_null()))]
    pub available_to_help: bool,
    /// When he last said that it is still so.
    pub last_confirmed_at: DateTime<Utc>,
    /// How many colleagues endorse it.
    #[schema(minimum = 0)]
    pub endorsements: i32,
    /// Those who endorsed it last.
    #[diesel(select_expression = sql::endorsers_of(member_expertise::id))]
    pub endorsed_by: Persons,
    /// When it holds.
    #[serde(flatten)]
    pub valid: Validity,
    /// His card, with which it is shown.
    #[diesel(embed)]
    #[serde(skip)]
    #[schema(ignore)]
    pub card: Member,
    /// Grows at each change.
    pub version: Version,
    /// When it was recorded.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// Who recorded it.
    pub created_by: PrincipalId,
    /// Who last changed it.
    pub updated_by: PrincipalId,
}

/// A term that the caller masters.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema, Insertable)]
#[diesel(table_name = member_expertise, treat_none_as_default_value = false)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"term_code": "chatbot-vocal", "level": "expert", "available_to_help": true}))]
pub struct MemberExpertiseInput {
    /// What; a term in use.
    #[diesel(skip_insertion)]
    pub term_code: TermCode,
    /// How well.
    pub level: ExpertiseLevel,
    /// Whether he helps others with it.
    #[serde(default)]
    pub available_to_help: bool,
}

/// What to change of an expertise: absent keeps.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema, AsChangeset)]
#[diesel(table_name = member_expertise)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"level": "reference", "available_to_help": false}))]
pub struct MemberExpertisePatch {
    /// How well.
    #[serde(default, deserialize_with = "replaceable")]
    pub level: Option<ExpertiseLevel>,
    /// Whether he helps others with it.
    #[serde(default, deserialize_with = "replaceable")]
    pub available_to_help: Option<bool>,
}

/// An expertise as the caller sees it.
pub type MemberExpertiseView = Seen<MemberExpertise>;
/// A page of expertise.
pub type MemberExpertisePage = Page<MemberExpertiseView>;

impl Noun for MemberExpertise {
    const NAME: &'static str = "member_expertise";
    const COLLECTION: &'static str = "member-expertise";
    const OFFERS: &'static [Offer<Self>] = &[
        Offer::of::<Read>(),
        Offer::of::<Update>(),
        Offer::of::<Confirm>(),
        Offer::of::<Endorse>(),
        Offer::of::<End>(),
    ];

    kernel::versioned!();
}
