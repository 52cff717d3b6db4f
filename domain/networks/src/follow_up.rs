//! Follow-up (point de suivi): what was said, on a day, with a network or with an organization, and how things stand.

mod rules;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::deserialize::FromSqlRow;
use diesel::dsl::{IntoBoxed, LeftJoin, Select};
use diesel::expression::AsExpression;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::Jsonb;
use kernel::directory::{MemberReference, OrganizationReference};
use kernel::patch::replaceable;
use kernel::schema::{follow_up, network, organization};
use kernel::{
    Actor, Count, FollowUpId, MemberId, NetworkId, Noun, Offer, OrganizationId, Page, PrincipalId, Seen, Version,
    codes, stored_as_json, text,
};
pub use rules::{Create, Joined, Read, Subject, Update, past, reads, visible, writes};
pub(crate) use rules::{input, writing};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::network::{NetworkCode, NetworkVisibility};

text!(
    /// What was said.
    FollowUpSummary, 1..=8000, Prose
);

codes! {
    /// With whom one follows up: the two levels of the brief.
    FollowUpAxis {
        Network = "network" ("réseau", "network"),
        Organization = "organization" ("organisation (DICOM)", "organization (DICOM)"),
    }
}

codes! {
    /// How things stand.
    Health {
        Green = "green" ("tout va bien", "on track"),
        Amber = "amber" ("à surveiller", "at risk"),
        Red = "red" ("en difficulté", "in trouble"),
    }
}

codes! {
    /// For whom it is.
    FollowUpConfidentiality {
        Normal = "normal" ("pour ceux qui suivent le réseau ou l'organisation", "for those who follow the network or the organization"),
        Confidential = "confidential" ("pour ceux qu'il concerne", "for those whom it concerns"),
    }
}

/// With whom a follow-up was, and for whom it is: all that its rules look at.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery)]
#[diesel(table_name = follow_up, check_for_backend(Pg))]
#[diesel(base_query = follow_up::table.left_join(network::table).left_join(organization::table))]
pub struct FollowUpScope {
    /// On which axis.
    pub axis: FollowUpAxis,
    /// With or about which network.
    pub network_id: Option<NetworkId>,
    /// With or about which organization.
    pub organization_id: Option<OrganizationId>,
    /// Whether it belongs to the interministerial topics.
    pub interministerial: bool,
    /// For whom it is.
    pub confidentiality: FollowUpConfidentiality,
    /// Who was there.
    pub attendee_ids: Vec<MemberId>,
    /// Who wrote it.
    pub created_by: PrincipalId,
    /// Who knows of its network.
    #[diesel(select_expression = network::visibility.nullable())]
    pub network_visibility: Option<NetworkVisibility>,
}

/// SQL functions that a follow-up's queries call.
mod sql {
    use diesel::sql_types::{Nullable, Uuid};

    diesel::define_sql_function! {
        /// A member by name.
        #[sql_name = "app.member_called"]
        fn member_called(who: Nullable<Uuid>) -> Nullable<Jsonb>;
    }
}

/// Who answered for an organization, by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, AsExpression, FromSqlRow)]
#[diesel(sql_type = Jsonb)]
#[serde(transparent)]
#[schema(value_type = MemberReference)]
pub struct Referent(pub MemberReference);

stored_as_json!(Referent);

/// What was said, on a day, with a network or with an organization, and how things stand.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema, HasQuery)]
#[diesel(table_name = follow_up, check_for_backend(Pg))]
#[diesel(base_query = follow_up::table.left_join(network::table).left_join(organization::table))]
pub struct FollowUp {
    /// Its identifier.
    pub id: FollowUpId,
    /// With whom.
    pub axis: FollowUpAxis,
    /// With or about which network.
    #[diesel(select_expression = network::code.nullable())]
    pub network_code: Option<NetworkCode>,
    /// With or about which organization: on the network axis, the one whose référent it concerns.
    #[diesel(embed)]
    pub organization: Option<OrganizationReference>,
    /// Who answered for the organization in the network on that day, on the network axis: for those who may see who sits
    /// there.
    #[diesel(select_expression = sql::member_called(follow_up::referent_id))]
    pub referent: Option<Referent>,
    /// Whether it belongs to the interministerial topics, on which a co-animation may be limited.
    pub interministerial: bool,
    /// On which day.
    pub held_on: NaiveDate,
    /// How things stand.
    pub health: Health,
    /// What was said.
    pub summary: FollowUpSummary,
    /// For whom it is.
    pub confidentiality: FollowUpConfidentiality,
    /// Who was there.
    #[schema(max_items = 50)]
    pub attendee_ids: Vec<MemberId>,
    /// What its rules look at.
    #[diesel(embed)]
    #[serde(skip)]
    #[schema(ignore)]
    pub scope: FollowUpScope,
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

/// A follow-up to record: on the network axis a network is needed, on the organization axis an organization.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema, Insertable)]
#[diesel(table_name = follow_up, treat_none_as_default_value = false)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"axis": "network", "network_code": "edito", "organization_id": "01900000-0000-7000-8000-000000000002",
    "held_on": "2026-11-20", "health": "amber", "summary": "Le plan éditorial attend la validation du cabinet."}))]
pub struct FollowUpInput {
    /// With whom.
    pub axis: FollowUpAxis,
    /// With or about which network.
    #[diesel(skip_insertion)]
    pub network_code: Option<NetworkCode>,
    /// With or about which organization.
    pub organization_id: Option<OrganizationId>,
    /// Whether it belongs to the interministerial topics.
    #[serde(default)]
    pub interministerial: bool,
    /// On which day, not later than today.
    pub held_on: NaiveDate,
    /// How things stand.
    pub health: Health,
    /// What was said.
    pub summary: FollowUpSummary,
    /// For whom it is; for those who follow, unless said.
    #[diesel(skip_insertion)]
    pub confidentiality: Option<FollowUpConfidentiality>,
    /// Who was there.
    #[serde(default)]
    #[validate(length(max = 50))]
    #[schema(max_items = 50)]
    pub attendee_ids: Vec<MemberId>,
}

/// What to change of a follow-up: absent keeps.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema, AsChangeset)]
#[diesel(table_name = follow_up)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"health": "green"}))]
pub struct FollowUpPatch {
    /// On which day.
    #[serde(default, deserialize_with = "replaceable")]
    pub held_on: Option<NaiveDate>,
    /// How things stand.
    #[serde(default, deserialize_with = "replaceable")]
    pub health: Option<Health>,
    /// What was said.
    #[serde(default, deserialize_with = "replaceable")]
    pub summary: Option<FollowUpSummary>,
    /// For whom it is.
    #[serde(default, deserialize_with = "replaceable")]
    pub confidentiality: Option<FollowUpConfidentiality>,
    /// Who was there.
    #[serde(default, deserialize_with = "replaceable")]
    #[validate(length(max = 50))]
    #[schema(max_items = 50)]
    pub attendee_ids: Option<Vec<MemberId>>,
}

/// Which follow-ups of the list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct FollowUpFilter {
    /// On this axis.
    pub axis: Option<FollowUpAxis>,
    /// With or about this network.
    #[param(inline)]
    pub network_code: Option<NetworkCode>,
    /// With or about this organization, or one that went into it.
    pub organization_id: Option<OrganizationId>,
    /// With or about this DICOM, one of those that it serves, or one that went into these.
    pub dicom_id: Option<OrganizationId>,
    /// Where things stood so.
    pub health: Option<Health>,
    /// Held on this day or later.
    pub held_from: Option<NaiveDate>,
    /// Held on this day or before.
    pub held_to: Option<NaiveDate>,
    /// Whether to say how many there are in all.
    pub count: Option<Count>,
}

/// A follow-up as the caller sees it.
pub type FollowUpView = Seen<FollowUp>;
/// A page of follow-ups.
pub type FollowUpPage = Page<FollowUpView>;

impl FollowUp {
    /// The follow-up as a caller may know it: without who answered for the organization, where they may not see who sits
    /// there.
    #[must_use]
    pub fn known_to(self, actor: &Actor) -> Self {
        let named = self.referent.as_ref().is_some_and(|it| self.scope.names(&it.0, actor));
        Self { referent: self.referent.filter(|_| named), ..self }
    }
}

impl Noun for FollowUp {
    const NAME: &'static str = "follow_up";
    const COLLECTION: &'static str = "follow-ups";
    const OFFERS: &'static [Offer<Self>] = &[
        Offer::of::<Read>(),
        Offer::of::<Update>(),
        Offer::of::<crate::follow_up_comment::Create>(),
        Offer::of::<crate::decision::Create>(),
    ];

    kernel::versioned!();
}

/// What follow-ups are read from.
#[must_use]
#[diesel::dsl::auto_type(no_type_alias)]
pub fn joined() -> _ {
    follow_up::table.left_join(network::table).left_join(organization::table)
}

/// The follow-ups that a caller sees, by what is recorded in them.
#[must_use]
pub fn seen_ids(actor: &Actor) -> SeenIds {
    joined().into_boxed().filter(visible(actor)).select(follow_up::id)
}

type SeenIds = IntoBoxed<
    'static,
    Select<LeftJoin<LeftJoin<follow_up::table, network::table>, organization::table>, follow_up::id>,
    Pg,
>;
