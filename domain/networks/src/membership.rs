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
    AffiliationId, AsOf, Count, MembershipId, NetworkId, NetworkRole, NotificationLevel, Noun, Offer, OrganizationId,
    Page, PrincipalId, Seen, Sort, Validity, Version, codes,
};
pub use rules::{ANSWERS, LEADS, PROMOTION, hands_over};
pub use rules::{Candidate, ChangeRole, Create, End, Joined, Read, Void, own, visible};
pub(crate) use rules::{INELIGIBLE, NOT_IN_FORCE, decides, in_force};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::membership_review::Review;
use crate::network::{NetworkCode, NetworkVisibility};

codes! {
    /// Where a membership stands, from its dates.
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
        Resigned = "resigned" ("démission", "resigned"),
        Replaced = "replaced" ("remplacement", "replaced"),
        LeftOrg = "left_org" ("départ de l'organisation", "left the organization"),
        NetworkClosed = "network_closed" ("fermeture du réseau", "network closed"),
        Revoked = "revoked" ("révocation", "revoked"),
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
        #[sql_name = "app.is_last_lead"]
        fn is_last_lead(id: Uuid, network: Uuid, role: Text, valid: Tstzrange, at: Timestamptz) -> Bool;
    }
}

/// A member sits in a network, through an affiliation, in a role, for a time.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema, HasQuery)]
#[diesel(table_name = membership, check_for_backend(Pg))]
#[diesel(base_query = membership::table.inner_join(member::table).inner_join(organization::table).inner_join(network::table))]
pub struct Membership {
    /// Its identifier.
    pub id: MembershipId,
    /// The network's code.
    #[diesel(select_expression = network::code)]
    pub network_code: NetworkCode,
    /// The network.
    pub network_id: NetworkId,
    /// Who sits there.
    #[diesel(embed)]
    pub member: MemberReference,
    /// For which organization.
    #[diesel(embed)]
    pub organization: OrganizationReference,
    /// Through which affiliation; it ends with it.
    pub affiliation_id: AffiliationId,
    /// As what.
    pub role: NetworkRole,
    /// Whether it belongs to the interministerial topics, on which a co-animation may be limited.
    pub interministerial: bool,
    /// Where it stands.
    #[diesel(select_expression = sql::membership_status(membership::valid, membership::suspended_at, member::suspended_at, clock()))]
    pub status: MembershipStatus,
    /// When it holds.
    #[serde(flatten)]
    pub valid: Validity,
    /// How soon the member hears of the network: his own business.
    #[serde(skip)]
    #[schema(ignore)]
    pub notification_level: NotificationLevel,
    /// Why it ended, or will.
    pub end_reason: Option<EndReason>,
    /// When it was last reviewed.
    pub last_reviewed_at: Option<DateTime<Utc>>,
    /// Whether it is the only active lead of its network.
    #[diesel(select_expression = sql::is_last_lead(membership::id, membership::network_id, membership::role, membership::valid, clock()))]
    #[serde(skip)]
    #[schema(ignore)]
    pub is_last_lead: bool,
    /// Who knows of its network.
    #[diesel(select_expression = network::visibility)]
    #[serde(skip)]
    #[schema(ignore)]
    pub network_visibility: NetworkVisibility,
    /// For the order of lists.
    #[serde(skip)]
    #[schema(ignore)]
    pub sort_name: String,
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

/// A membership to create.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema, Insertable)]
#[diesel(table_name = membership)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"affiliation_id": "01900000-0000-7000-8000-000000000003", "role": "referent"}))]
pub struct MembershipInput {
    /// The affiliation through which the member sits there.
    pub affiliation_id: AffiliationId,
    /// As what. Leads and co-leads are promoted by the SIG administrator alone.
    pub role: NetworkRole,
    /// Whether it belongs to the interministerial topics.
    #[serde(default)]
    pub interministerial: bool,
    /// From when it holds; from now on if absent.
    #[diesel(skip_insertion)]
    pub valid_from: Option<Instant>,
    /// Until when; without end if absent.
    #[diesel(skip_insertion)]
    pub valid_to: Option<Instant>,
}

/// How a membership ends.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "resigned"}))]
pub struct MembershipEnding {
    /// Why.
    pub reason: EndReason,
    /// When: now if absent, never before now.
    pub at: Option<Instant>,
}

/// The role that a membership takes.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"role": "deputy"}))]
pub struct RoleChange {
    /// As what, from now on.
    pub role: NetworkRole,
}

codes! {
    /// What comes along with a list of memberships.
    MembershipInclude {
        Member = "member" ("les communicants", "the members"),
    }
}

/// Which memberships of the list; those in force, unless asked.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct MembershipFilter {
    /// Of members of this organization.
    pub organization_id: Option<OrganizationId>,
    /// Of members of organizations of this kind.
    pub organization_kind: Option<OrganizationKind>,
    /// As this.
    pub role: Option<NetworkRole>,
    /// As they stood at the end of this past day (Europe/Paris).
    #[param(inline)]
    pub as_of: Option<AsOf>,
    /// In which order; by name, unless asked.
    #[param(default = "name")]
    pub sort: Option<Sort>,
    /// Whether to say how many there are in all.
    pub count: Option<Count>,
    /// What to bring along.
    pub include: Option<MembershipInclude>,
}

/// The same again, from now on.
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
/// A page of memberships.
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
