//! Follow-up (point de suivi): what was said on a day with a network or an organization, and how things stand.

mod rules;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::deserialize::FromSqlRow;
use diesel::dsl::{IntoBoxed, LeftJoin, Select};
use diesel::expression::AsExpression;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::Jsonb;
use kernel::directory::{MemberReference, OrganizationReference};
use kernel::named::{EachNamed, MaybeNamed};
use kernel::patch::replaceable;
use kernel::schema::{follow_up, network, organization};
use kernel::{
    Actor, Count, FollowUpId, MemberId, NetworkId, Noun, Offer, OrganizationId, Page, PrincipalId, Seen, Version,
    codes, stored_as_json, text,
};
use kernel::{Day, Instant, Several};
pub use rules::{Create, Joined, Read, Subject, Update, reads, visible, writes};
pub(crate) use rules::{input, writing};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::network::{NetworkCode, NetworkName, NetworkVisibility};

text!(
    /// Summary of a follow-up: what was said.
    FollowUpSummary, 1..=8000, Prose
);

codes! {
    /// Axis of a follow-up: with a network, or with an organization (DICOM).
    FollowUpAxis {
        Network = "network" ("réseau", "network"),
        Organization = "organization" ("organisation (DICOM)", "organization (DICOM)"),
    }
}

codes! {
    /// How things stand, as a traffic light.
    Health {
        Green = "green" ("sans difficulté", "on track"),
        Amber = "amber" ("à surveiller", "at risk"),
        Red = "red" ("en difficulté", "in trouble"),
    }
}

codes! {
    /// Who may read a follow-up.
    FollowUpConfidentiality {
        Normal = "normal" ("pour les personnes qui suivent le réseau ou l’organisation", "for the people who follow the network or the organization"),
        Confidential = "confidential" ("pour les seules personnes concernées", "only for the people concerned"),
    }
}

/// What the rules of a follow-up look at: its axis, network, organization, confidentiality and people.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery)]
#[diesel(table_name = follow_up, check_for_backend(Pg))]
#[diesel(base_query = follow_up::table.left_join(network::table).left_join(organization::table))]
pub struct FollowUpScope {
    /// With a network or with an organization.
    pub axis: FollowUpAxis,
    /// Identifier of the network, if one is named.
    pub network_id: Option<NetworkId>,
    /// Identifier of the organization, if one is named.
    pub organization_id: Option<OrganizationId>,
    /// Whether it belongs to the interministerial topics.
    pub interministerial: bool,
    /// Who may read it.
    pub confidentiality: FollowUpConfidentiality,
    /// Identifiers of the members who attended.
    pub attendee_ids: Vec<MemberId>,
    /// Identifier of the principal who recorded it.
    pub created_by: PrincipalId,
    /// Visibility of its network.
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

/// Follow-up (point de suivi): what was said on a day with a network or an organization, and how things stand.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema, HasQuery)]
#[diesel(table_name = follow_up, check_for_backend(Pg))]
#[diesel(base_query = follow_up::table.left_join(network::table).left_join(organization::table))]
pub struct FollowUp {
    /// Identifier of the follow-up.
    pub id: FollowUpId,
    /// Whether it was with a network or with an organization.
    pub axis: FollowUpAxis,
    /// Code of the network that it was with or about. Absent: it is about no network in particular.
    #[diesel(select_expression = network::code.nullable())]
    pub network_code: Option<NetworkCode>,
    /// Name of that network. Absent: as for `network_code`.
    #[diesel(select_expression = network::name.nullable())]
    pub network_name: Option<NetworkName>,
    /// Organization that it was with or about. On the network axis: the organization whose référent it concerns.
    /// Absent: it is about the whole network.
    #[diesel(embed)]
    pub organization: Option<OrganizationReference>,
    /// Who answered for the organization in the network on that day, on the network axis: for those who may see who sits
    /// there.
    #[diesel(select_expression = sql::member_called(follow_up::referent_id))]
    pub referent: Option<Referent>,
    /// Whether it belongs to the interministerial topics. A co-lead limited to these topics works on these follow-ups
    /// only.
    pub interministerial: bool,
    /// Day on which it took place (Europe/Paris).
    pub held_on: NaiveDate,
    /// How things stood on that day.
    pub health: Health,
    /// What was said.
    pub summary: FollowUpSummary,
    /// Who may read it.
    pub confidentiality: FollowUpConfidentiality,
    /// Identifiers of the members who attended. They may read it, even if it is confidential.
    #[schema(max_items = 50)]
    pub attendee_ids: Vec<MemberId>,
    /// These members, by name.
    #[diesel(select_expression = EachNamed::default(), select_expression_type = EachNamed<MemberReference, follow_up::attendee_ids>)]
    pub attendees: Vec<MemberReference>,
    /// Member who recorded it, by name. Absent: it was not a member.
    #[diesel(select_expression = MaybeNamed::default(), select_expression_type = MaybeNamed<MemberReference, follow_up::created_by>)]
    pub author: Option<MemberReference>,
    /// What its rules look at.
    #[diesel(embed)]
    #[serde(skip)]
    #[schema(ignore)]
    pub scope: FollowUpScope,
    /// Version of the follow-up: 1 when it is created, one more with each change.
    pub version: Version,
    /// When the follow-up was recorded (UTC).
    pub created_at: DateTime<Utc>,
    /// When the follow-up last changed (UTC).
    pub updated_at: DateTime<Utc>,
    /// Identifier of the principal who recorded it (a member, a service account or the system).
    pub created_by: PrincipalId,
    /// Identifier of the principal who last changed it (a member, a service account or the system).
    pub updated_by: PrincipalId,
}

/// A follow-up to create. On the network axis `network_code` is required, on the organization axis `organization_id`.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema, Insertable)]
#[diesel(table_name = follow_up, treat_none_as_default_value = false)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"axis": "network", "network_code": "edito", "organization_id": "01900000-0000-7000-8000-000000000002",
    "held_on": "2026-11-20", "health": "amber", "summary": "Le plan éditorial attend la validation du cabinet."}))]
pub struct FollowUpInput {
    /// Whether it was with a network or with an organization.
    pub axis: FollowUpAxis,
    /// Code of the network that it was with or about. Required on the network axis. Absent: it is about no network in
    /// particular.
    #[diesel(skip_insertion)]
    pub network_code: Option<NetworkCode>,
    /// Identifier of the organization that it was with or about. Required on the organization axis. Absent: it is about
    /// the whole network.
    pub organization_id: Option<OrganizationId>,
    /// Whether it belongs to the interministerial topics. Default: `false`.
    #[serde(default)]
    pub interministerial: bool,
    /// Day on which it took place (Europe/Paris): today or in the past.
    pub held_on: Day,
    /// How things stood on that day.
    pub health: Health,
    /// What was said.
    pub summary: FollowUpSummary,
    /// Who may read it. Default: `normal`.
    #[diesel(skip_insertion)]
    pub confidentiality: Option<FollowUpConfidentiality>,
    /// Identifiers of the members who attended. Default: none.
    #[serde(default)]
    #[validate(length(max = 50))]
    #[schema(max_items = 50)]
    pub attendee_ids: Vec<MemberId>,
}

/// Fields of a follow-up to change (JSON merge patch, RFC 7396): a field left out stays as it is; `null` is refused.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema, AsChangeset)]
#[diesel(table_name = follow_up)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"health": "green"}))]
pub struct FollowUpPatch {
    /// Day on which it took place (Europe/Paris): today or in the past.
    #[serde(default, deserialize_with = "replaceable")]
    pub held_on: Option<Day>,
    /// How things stood on that day.
    #[serde(default, deserialize_with = "replaceable")]
    pub health: Option<Health>,
    /// What was said.
    #[serde(default, deserialize_with = "replaceable")]
    pub summary: Option<FollowUpSummary>,
    /// Who may read it.
    #[serde(default, deserialize_with = "replaceable")]
    pub confidentiality: Option<FollowUpConfidentiality>,
    /// Identifiers of the members who attended. The list replaces the former one.
    #[serde(default, deserialize_with = "replaceable")]
    #[validate(length(max = 50))]
    #[schema(max_items = 50)]
    pub attendee_ids: Option<Vec<MemberId>>,
}

codes! {
    /// Field by which a list of follow-ups is counted.
    FollowUpFacet {
        Health = "health" ("situation", "health"),
        Axis = "axis" ("axe", "axis"),
    }
}

/// Filters of the list of follow-ups.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct FollowUpFilter {
    /// Keeps only the follow-ups on this axis.
    pub axis: Option<FollowUpAxis>,
    /// Keeps only the follow-ups with or about this network (code of the network).
    #[param(inline)]
    pub network_code: Option<NetworkCode>,
    /// Keeps only the follow-ups with or about this organization, or organizations that were merged or split into it.
    pub organization_id: Option<OrganizationId>,
    /// Keeps only the follow-ups with or about this DICOM and the organizations that it serves. Those of their merged
    /// or split predecessors are kept too.
    pub dicom_id: Option<OrganizationId>,
    /// Keeps only the follow-ups where things stood like this.
    pub health: Option<Health>,
    /// Keeps only the follow-ups that took place on this day or later.
    pub held_from: Option<Day>,
    /// Keeps only the follow-ups that took place on this day or before.
    pub held_to: Option<Day>,
    /// Keeps only the follow-ups that changed at this time (UTC) or later.
    pub updated_since: Option<Instant>,
    /// `exact` also returns how many follow-ups there are in all, in `count`. Absent: they are not counted.
    pub count: Option<Count>,
    /// Fields by which the whole list is counted, in `facets`. Repeat the parameter, or separate values by commas.
    /// Absent: none.
    #[serde(default)]
    #[param(value_type = Option<Vec<FollowUpFacet>>, min_items = 1, max_items = 2)]
    pub facets: Several<FollowUpFacet>,
}

/// A follow-up as the caller sees it.
pub type FollowUpView = Seen<FollowUp>;
/// One page of follow-ups.
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

/// The tables that follow-ups are read from.
#[must_use]
#[diesel::dsl::auto_type(no_type_alias)]
pub fn joined() -> _ {
    follow_up::table.left_join(network::table).left_join(organization::table)
}

/// The identifiers of the follow-ups that a caller may read: decisions are filtered by them.
#[must_use]
pub fn seen_ids(actor: &Actor) -> SeenIds {
    joined().into_boxed().filter(visible(actor)).select(follow_up::id)
}

type SeenIds = IntoBoxed<
    'static,
    Select<LeftJoin<LeftJoin<follow_up::table, network::table>, organization::table>, follow_up::id>,
    Pg,
>;
