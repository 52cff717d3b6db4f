//! Expertise of a member: a term that the member masters, at a level, and whether they help others with it.

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
    /// Level at which a member masters a term of expertise, from the lowest to the highest.
    ExpertiseLevel {
        Awareness = "awareness" ("notions", "basic knowledge"),
        Practitioner = "practitioner" ("pratique courante", "regular practice"),
        Expert = "expert" ("expertise", "expert"),
        Reference = "reference" ("référence dans le domaine", "reference in the field"),
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

/// Expertise (compétence) of a member: a term of expertise that the member masters, at a level.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema, HasQuery)]
#[diesel(table_name = member_expertise, check_for_backend(Pg))]
#[diesel(base_query = member_expertise::table.inner_join(member::table).inner_join(expertise_term::table))]
pub struct MemberExpertise {
    /// Identifier of the expertise.
    pub id: MemberExpertiseId,
    /// The member who masters it.
    #[diesel(embed)]
    pub member: MemberReference,
    /// Term of expertise that the member masters.
    #[diesel(embed)]
    pub term: ExpertiseTermReference,
    /// Level at which the member masters it.
    pub level: ExpertiseLevel,
    /// Whether the member offers help to others with it. Always `false` while the member is suspended or departed.
    #[diesel(select_expression = member_expertise::available_to_help.and(member::suspended_at.is_null()).and(member::departed_at.is_null()))]
    pub available_to_help: bool,
    /// When the member last recorded, changed or confirmed it (UTC).
    pub last_confirmed_at: DateTime<Utc>,
    /// Number of colleagues who endorsed it.
    #[schema(minimum = 0)]
    pub endorsements: i32,
    /// The last 20 members who endorsed it, the latest first.
    #[diesel(select_expression = sql::endorsers_of(member_expertise::id))]
    pub endorsed_by: Persons,
    /// Time during which it holds.
    #[serde(flatten)]
    pub valid: Validity,
    /// The member’s card: who may read it may read the expertise. It is not shown here.
    #[diesel(embed)]
    #[serde(skip)]
    #[schema(ignore)]
    pub card: Member,
    /// Version of the expertise: 1 when it is created, one more with each change.
    pub version: Version,
    /// When the expertise was recorded (UTC).
    pub created_at: DateTime<Utc>,
    /// When the expertise last changed (UTC).
    pub updated_at: DateTime<Utc>,
    /// Identifier of the principal who recorded it (a member, a service account or the system).
    pub created_by: PrincipalId,
    /// Identifier of the principal who last changed it (a member, a service account or the system).
    pub updated_by: PrincipalId,
}

/// An expertise of a member to create.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema, Insertable)]
#[diesel(table_name = member_expertise, treat_none_as_default_value = false)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"term_code": "chatbot-vocal", "level": "expert", "available_to_help": true}))]
pub struct MemberExpertiseInput {
    /// Code of the term of expertise. The term must be `active`.
    #[diesel(skip_insertion)]
    pub term_code: TermCode,
    /// Level at which the member masters it.
    pub level: ExpertiseLevel,
    /// Whether the member offers help to others with it. Default: `false`.
    #[serde(default)]
    pub available_to_help: bool,
}

/// Fields of an expertise of a member to change (JSON merge patch, RFC 7396): a field left out stays as it is.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema, AsChangeset)]
#[diesel(table_name = member_expertise)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"level": "reference", "available_to_help": false}))]
pub struct MemberExpertisePatch {
    /// Level at which the member masters it.
    #[serde(default, deserialize_with = "replaceable")]
    pub level: Option<ExpertiseLevel>,
    /// Whether the member offers help to others with it.
    #[serde(default, deserialize_with = "replaceable")]
    pub available_to_help: Option<bool>,
}

impl MemberExpertisePatch {
    /// Whether anything of the expertise becomes different.
    #[must_use]
    pub fn changes(&self, before: &MemberExpertise) -> bool {
        let level = self.level.is_some_and(|level| level != before.level);
        level || self.available_to_help.is_some_and(|available| available != before.available_to_help)
    }
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
