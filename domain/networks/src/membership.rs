//! Membership (adhésion): a member sits in a network, through an affiliation, in a role, for a time.

mod rules;

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use kernel::Instant;
use kernel::directory::{MemberReference, OrganizationKind, OrganizationReference};
use kernel::schema::{member, membership, network, organization};
use kernel::sql::clock;
use kernel::{
    AffiliationId, AsOf, Count, MemberId, MembershipId, NetworkId, NetworkRole, NotificationLevel, Noun, Offer,
    OrganizationId, Page, PrincipalId, Seen, Several, Sort, Validity, Version, codes,
};
pub use rules::{ANSWERS, LEADS, PROMOTION, hands_over};
pub use rules::{Candidate, ChangeRole, Create, End, Joined, Read, Void, anywhere, own, visible};
pub(crate) use rules::{INELIGIBLE, NOT_IN_FORCE, decides, in_force};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::membership_review::Review;
use crate::network::{NetworkCode, NetworkName, NetworkVisibility};

codes! {
    /// Status of a membership, computed from its dates. `suspended`: it is in force, and the membership or the member
    /// is suspended.
    MembershipStatus {
        Pending = "pending" ("à venir", "to come"),
        Active = "active" ("en cours", "active"),
        Suspended = "suspended" ("suspendue", "suspended"),
        Ended = "ended" ("terminée", "ended"),
    }
}

codes! {
    /// Why a membership ended.
    EndReason {
        Resigned = "resigned" ("retrait à la demande de la personne", "resigned"),
        Replaced = "replaced" ("remplacement", "replaced"),
        LeftOrg = "left_org" ("départ de l’organisation", "left the organization"),
        NetworkClosed = "network_closed" ("fermeture du réseau", "the network was closed"),
        Revoked = "revoked" ("retrait d’office", "revoked"),
        Reorganized = "reorganized" ("réorganisation", "reorganized"),
    }
}

/// SQL functions that a membership's queries call.
mod sql {
    use diesel::sql_types::{Nullable, Text, Timestamptz, Tstzrange, Uuid};

    diesel::define_sql_function! {
        #[sql_name = "app.membership_status"]
        fn membership_status(valid: Tstzrange, suspended: Nullable<Timestamptz>, member_suspended: Nullable<Timestamptz>, at: Timestamptz) -> Text;
    }
    diesel::define_sql_function! {
        #[sql_name = "app.code_of_source"]
        fn code_of_source(which: Uuid) -> Text;
    }
    diesel::define_sql_function! {
        #[sql_name = "app.is_last_lead"]
        fn is_last_lead(id: Uuid, network: Uuid, role: Text, valid: Tstzrange, at: Timestamptz) -> Bool;
    }
}

/// A membership (adhésion): a member sits in a network, through an affiliation, in a role, for a time.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema, HasQuery)]
#[diesel(table_name = membership, check_for_backend(Pg))]
#[diesel(base_query = membership::table.inner_join(member::table).inner_join(organization::table).inner_join(network::table))]
pub struct Membership {
    /// Identifier of the membership.
    pub id: MembershipId,
    /// Code of the network in which the member sits.
    #[diesel(select_expression = network::code)]
    pub network_code: NetworkCode,
    /// Name of the network, as people read it.
    #[diesel(select_expression = network::name)]
    pub network_name: NetworkName,
    /// Identifier of the network in which the member sits.
    pub network_id: NetworkId,
    /// The member who sits in the network.
    #[diesel(embed)]
    pub member: MemberReference,
    /// The organization for which the member sits there: the one of the affiliation.
    #[diesel(embed)]
    pub organization: OrganizationReference,
    /// Identifier of the affiliation through which the member sits there. The membership ends with it.
    pub affiliation_id: AffiliationId,
    /// Role of the member in the network.
    pub role: NetworkRole,
    /// Whether it concerns interministerial topics: a co-animation may be limited to these.
    pub interministerial: bool,
    /// Status of the membership now, computed from its dates.
    #[diesel(select_expression = sql::membership_status(membership::valid, membership::suspended_at, member::suspended_at, clock()))]
    pub status: MembershipStatus,
    /// When it holds.
    #[serde(flatten)]
    pub valid: Validity,
    /// How soon the member is notified of news of the network. Private: it is shown in the member's subscription only.
    #[serde(skip)]
    #[schema(ignore)]
    pub notification_level: NotificationLevel,
    /// Why the membership ended, or will end. Absent: no reason is recorded.
    pub end_reason: Option<EndReason>,
    /// When a review last kept the membership (UTC). Absent: never.
    pub last_reviewed_at: Option<DateTime<Utc>>,
    /// Code of the source that keeps the membership: `manual` for people, else a directory, which ends what it keeps and nothing
    /// else.
    #[diesel(select_expression = sql::code_of_source(membership::source_id))]
    #[schema(max_length = 60)]
    pub managed_by: String,
    /// Whether it is the only active lead of its network.
    #[diesel(select_expression = sql::is_last_lead(membership::id, membership::network_id, membership::role, membership::valid, clock()))]
    #[serde(skip)]
    #[schema(ignore)]
    pub is_last_lead: bool,
    /// Visibility of the network: decides who sees the membership.
    #[diesel(select_expression = network::visibility)]
    #[serde(skip)]
    #[schema(ignore)]
    pub network_visibility: NetworkVisibility,
    /// The name by which lists are sorted.
    #[serde(skip)]
    #[schema(ignore)]
    pub sort_name: String,
    /// Version of the membership: 1 when it is created, one more with each change.
    pub version: Version,
    /// When the membership was recorded (UTC).
    pub created_at: DateTime<Utc>,
    /// When the membership last changed (UTC).
    pub updated_at: DateTime<Utc>,
    /// Identifier of the principal who recorded it (a member, a service account or the system).
    pub created_by: PrincipalId,
    /// Identifier of the principal who last changed it (a member, a service account or the system).
    pub updated_by: PrincipalId,
}

/// A membership to create.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema, Insertable)]
#[diesel(table_name = membership)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"affiliation_id": "01900000-0000-7000-8000-000000000003", "role": "referent"}))]
pub struct MembershipInput {
    /// Identifier of the affiliation through which the member sits in the network.
    pub affiliation_id: AffiliationId,
    /// Role of the member in the network. SIG administrators alone give `lead` and `co_lead`.
    pub role: NetworkRole,
    /// Whether it concerns interministerial topics: a co-animation may be limited to these. Default: false.
    #[serde(default)]
    pub interministerial: bool,
    /// When the membership begins to hold (UTC). Default: now.
    #[diesel(skip_insertion)]
    pub valid_from: Option<Instant>,
    /// When the membership ceases to hold (UTC, excluded). Absent, or after the end of the affiliation: it ends with
    /// the affiliation.
    #[diesel(skip_insertion)]
    pub valid_to: Option<Instant>,
}

/// How a membership ends.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "resigned"}))]
pub struct MembershipEnding {
    /// Why the membership ends.
    pub reason: EndReason,
    /// When it ends (UTC), never in the past. Default: now.
    pub at: Option<Instant>,
}

/// Another role for a membership.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"role": "deputy"}))]
pub struct RoleChange {
    /// The role that the membership has from now on.
    pub role: NetworkRole,
}

codes! {
    /// What a list of memberships can bring along.
    MembershipInclude {
        Member = "member" ("les membres", "the members"),
    }
}

codes! {
    /// Field by which a list of memberships is counted.
    MembershipFacet {
        NetworkCode = "network_code" ("réseau", "network"),
        Role = "role" ("rôle", "role"),
        OrganizationKind = "organization_kind" ("catégorie d’organisation", "kind of organization"),
    }
}

/// Filters of the memberships of an organization.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct OrganizationMembershipFilter {
    /// Keeps only the memberships of this network (its code).
    #[param(inline)]
    pub network_code: Option<NetworkCode>,
    /// Keeps only the memberships in this role.
    pub role: Option<NetworkRole>,
    /// Keeps only the memberships of this member.
    pub member_id: Option<MemberId>,
    /// Keeps only the memberships that changed at this time (UTC) or later.
    pub updated_since: Option<Instant>,
    /// The list as it stood at the end of this day (Europe/Paris), today or earlier. Absent: now.
    #[param(inline)]
    pub as_of: Option<AsOf>,
    /// With `exact`, the page says how many items the whole list has. Absent: they are not counted.
    pub count: Option<Count>,
    /// Fields by which the whole list is counted, in `facets`. Repeat the parameter, or separate values by commas.
    /// Absent: none.
    #[serde(default)]
    #[param(value_type = Option<Vec<MembershipFacet>>, min_items = 1, max_items = 3)]
    pub facets: Several<MembershipFacet>,
    /// With `member`, the page also has the cards of the members, in `members`. Absent: it has none.
    pub include: Option<MembershipInclude>,
}

/// Filters of the memberships of a member.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct MemberMembershipFilter {
    /// Keeps only the memberships of this network (its code).
    #[param(inline)]
    pub network_code: Option<NetworkCode>,
    /// Keeps only the memberships in this role.
    pub role: Option<NetworkRole>,
    /// Keeps only the memberships for this organization.
    pub organization_id: Option<OrganizationId>,
    /// The list as it stood at the end of this day (Europe/Paris), today or earlier. Absent: now.
    #[param(inline)]
    pub as_of: Option<AsOf>,
    /// With `exact`, the page says how many items the whole list has. Absent: they are not counted.
    pub count: Option<Count>,
}

/// Filters of the memberships of a network.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct MembershipFilter {
    /// Keeps only these memberships, at most 100. Repeat the parameter, or separate values by commas.
    #[serde(default)]
    #[param(value_type = Option<Vec<MembershipId>>, min_items = 1, max_items = 100)]
    pub ids: Several<MembershipId>,
    /// Keeps only the memberships of this member.
    pub member_id: Option<MemberId>,
    /// Keeps only the memberships for the organizations that this DICOM serves, and for itself.
    pub dicom_id: Option<OrganizationId>,
    /// With `true`, keeps only the memberships of organizations that no DICOM serves: the last row of the matrix. Absent or
    /// `false`: of all.
    pub unserved: Option<bool>,
    /// Keeps only the memberships that changed at this time (UTC) or later.
    pub updated_since: Option<Instant>,
    /// Keeps only the memberships for this organization.
    pub organization_id: Option<OrganizationId>,
    /// Keeps only the memberships for organizations of this kind.
    pub organization_kind: Option<OrganizationKind>,
    /// Keeps only the memberships in this role.
    pub role: Option<NetworkRole>,
    /// The list as it stood at the end of this day (Europe/Paris), today or earlier. Absent: now.
    #[param(inline)]
    pub as_of: Option<AsOf>,
    /// Order of the list. Default: by usual name of the member.
    #[param(default = "name")]
    pub sort: Option<Sort>,
    /// With `exact`, the page says how many items the whole list has. Absent: they are not counted.
    pub count: Option<Count>,
    /// Fields by which the whole list is counted, in `facets`. Repeat the parameter, or separate values by commas.
    /// Absent: none.
    #[serde(default)]
    #[param(value_type = Option<Vec<MembershipFacet>>, min_items = 1, max_items = 3)]
    pub facets: Several<MembershipFacet>,
    /// With `member`, the page also has the cards of the members, in `members`. Absent: it has none.
    pub include: Option<MembershipInclude>,
}

/// What is kept of the memberships of an organization is what is kept of those of a network.
impl From<OrganizationMembershipFilter> for MembershipFilter {
    fn from(it: OrganizationMembershipFilter) -> Self {
        let OrganizationMembershipFilter { network_code: _, role, member_id, updated_since, as_of, count, .. } = it;
        let (facets, include) = (it.facets, it.include);
        Self { member_id, updated_since, role, as_of, count, facets, include, ..Self::default() }
    }
}

/// The same of those of a member.
impl From<MemberMembershipFilter> for MembershipFilter {
    fn from(it: MemberMembershipFilter) -> Self {
        let MemberMembershipFilter { network_code: _, role, organization_id, as_of, count } = it;
        Self { organization_id, role, as_of, count, ..Self::default() }
    }
}

/// A copy of a membership, to be recorded from now on.
impl From<&Membership> for MembershipInput {
    fn from(it: &Membership) -> Self {
        Self {
            affiliation_id: it.affiliation_id,
            role: it.role,
            interministerial: it.interministerial,
            valid_from: None,
            valid_to: None,
        }
    }
}

/// A membership as the caller sees it.
pub type MembershipView = Seen<Membership>;
/// One page of memberships.
pub type MembershipPage = Page<MembershipView>;

impl Noun for Membership {
    const NAME: &'static str = "membership";
    const COLLECTION: &'static str = "memberships";
    const OFFERS: &'static [Offer<Self>] = &[
        Offer::of::<Read>(),
        Offer::of::<ChangeRole>(),
        Offer::of::<Review>(),
        Offer::of::<End>(),
        Offer::of::<Void>(),
    ];

    kernel::versioned!();
}
