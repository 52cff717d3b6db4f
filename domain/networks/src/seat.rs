//! Seat (siège attendu): how many members of a role a network expects from an organization.

use chrono::{DateTime, Utc};
use diesel::BoxableExpression;
use diesel::expression::AsExpression;
use diesel::helper_types::InnerJoinQuerySource;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use kernel::Instant;
use kernel::directory::{OrganizationLife, OrganizationReference, Profession};
use kernel::patch::replaceable;
use kernel::schema::{network as network_table, organization, seat};
use kernel::{
    Actor, AsOf, Count, NetworkId, NetworkRole, Noun, Offer, OrganizationId, Page, PrincipalId, Refusal, Ruling,
    SeatId, Seen, Validity, Version, action, clock,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::network::{self, Network, NetworkCode, NetworkName, NetworkVisibility};

/// A seat requirement (siège attendu): how many members of one role a network expects from an organization, for a
/// time.
#[derive(Debug, Clone, Serialize, ToSchema, HasQuery)]
#[diesel(table_name = seat, check_for_backend(Pg))]
#[diesel(base_query = seat::table.inner_join(organization::table).inner_join(network_table::table))]
pub struct Seat {
    /// Identifier of the seat requirement.
    pub id: SeatId,
    /// Identifier of the network that expects the members.
    pub network_id: NetworkId,
    /// Code of the network that expects the members.
    #[diesel(select_expression = network_table::code)]
    pub network_code: NetworkCode,
    /// Name of the network, as people read it.
    #[diesel(select_expression = network_table::name)]
    pub network_name: NetworkName,
    /// The organization from which they are expected.
    #[diesel(embed)]
    pub organization: OrganizationReference,
    /// The role in the network that is expected.
    pub role: NetworkRole,
    /// The smallest number of active holders: fewer is a gap.
    #[schema(minimum = 0, maximum = 100)]
    pub min: i16,
    /// The largest number of active holders: more is a gap.
    #[schema(minimum = 1, maximum = 100)]
    pub max: i16,
    /// The professions that a holder may have. Empty: any profession.
    #[schema(max_items = 20)]
    pub professions: Vec<Profession>,
    /// Whether it concerns interministerial topics: a co-animation may be limited to these.
    pub interministerial: bool,
    /// When it holds.
    #[serde(flatten)]
    pub valid: Validity,
    /// Visibility of the network: decides who sees the seat requirement.
    #[diesel(select_expression = network_table::visibility)]
    #[serde(skip)]
    #[schema(ignore)]
    pub network_visibility: NetworkVisibility,
    /// Version of the seat requirement: 1 when it is created, one more with each change.
    pub version: Version,
    /// When the seat requirement was recorded (UTC).
    pub created_at: DateTime<Utc>,
    /// When the seat requirement last changed (UTC).
    pub updated_at: DateTime<Utc>,
    /// Identifier of the principal who recorded it (a member, a service account or the system).
    pub created_by: PrincipalId,
    /// Identifier of the principal who last changed it (a member, a service account or the system).
    pub updated_by: PrincipalId,
}

/// A seat requirement to create.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Validate, ToSchema, Insertable, AsChangeset)]
#[diesel(table_name = seat)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"organization_id": "01900000-0000-7000-8000-000000000002", "role": "referent", "min": 1, "max": 1}))]
pub struct SeatInput {
    /// Identifier of the organization from which members are expected.
    pub organization_id: OrganizationId,
    /// The role in the network that is expected.
    pub role: NetworkRole,
    /// The smallest number of active holders: fewer is a gap.
    #[validate(range(min = 0, max = 100))]
    #[schema(minimum = 0, maximum = 100)]
    pub min: i16,
    /// The largest number of active holders: more is a gap. It is never less than `min`.
    #[validate(range(min = 1, max = 100))]
    #[schema(minimum = 1, maximum = 100)]
    pub max: i16,
    /// The professions that a holder may have. Empty or absent: any profession.
    #[serde(default)]
    #[validate(length(max = 20))]
    #[schema(max_items = 20)]
    pub professions: Vec<Profession>,
    /// Whether it concerns interministerial topics: a co-animation may be limited to these. Default: false.
    #[serde(default)]
    pub interministerial: bool,
    /// When the requirement begins to hold (UTC). Default: now.
    #[diesel(skip_insertion, skip_update)]
    pub valid_from: Option<Instant>,
}

/// A copy of a seat requirement, to be recorded from now on.
impl From<&Seat> for SeatInput {
    fn from(it: &Seat) -> Self {
        Self {
            organization_id: it.organization.id,
            role: it.role,
            min: it.min,
            max: it.max,
            professions: it.professions.clone(),
            interministerial: it.interministerial,
            valid_from: None,
        }
    }
}

/// Fields of a seat requirement to change (JSON merge patch, RFC 7396): a field left out stays as it is, `null` clears
/// it.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema, AsChangeset)]
#[diesel(table_name = seat)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"max": 2}))]
pub struct SeatPatch {
    /// The smallest number of active holders: fewer is a gap.
    #[serde(default, deserialize_with = "replaceable")]
    #[validate(range(min = 0, max = 100))]
    #[schema(minimum = 0, maximum = 100)]
    pub min: Option<i16>,
    /// The largest number of active holders: more is a gap. It is never less than `min`.
    #[serde(default, deserialize_with = "replaceable")]
    #[validate(range(min = 1, max = 100))]
    #[schema(minimum = 1, maximum = 100)]
    pub max: Option<i16>,
    /// The professions that a holder may have. Empty: any profession. The whole list replaces the former one.
    #[serde(default, deserialize_with = "replaceable")]
    #[validate(length(max = 20))]
    #[schema(max_items = 20)]
    pub professions: Option<Vec<Profession>>,
}

/// Filters of the list of seat requirements.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct SeatFilter {
    /// Keeps only the seat requirements of this organization.
    pub organization_id: Option<OrganizationId>,
    /// Keeps only the seat requirements of the organizations that this DICOM serves, and of itself.
    pub dicom_id: Option<OrganizationId>,
    /// With `true`, keeps only the seat requirements of organizations that no DICOM serves: the last row of the matrix. Absent or
    /// `false`: of all.
    pub unserved: Option<bool>,
    /// Keeps only the seat requirements that changed at this time (UTC) or later.
    pub updated_since: Option<Instant>,
    /// Keeps only the seat requirements for this role.
    pub role: Option<NetworkRole>,
    /// The list as it stood at the end of this day (Europe/Paris), today or earlier. Absent: now.
    #[param(inline)]
    pub as_of: Option<AsOf>,
    /// With `exact`, the page says how many items the whole list has. Absent: they are not counted.
    pub count: Option<Count>,
}

/// Filters of the seat requirements of an organization.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct OrganizationSeatFilter {
    /// Keeps only the seat requirements of this network (its code).
    #[param(inline)]
    pub network_code: Option<NetworkCode>,
    /// Keeps only the seat requirements for this role.
    pub role: Option<NetworkRole>,
    /// The list as it stood at the end of this day (Europe/Paris), today or earlier. Absent: now.
    #[param(inline)]
    pub as_of: Option<AsOf>,
    /// With `exact`, the page says how many items the whole list has. Absent: they are not counted.
    pub count: Option<Count>,
}

/// A seat requirement as the caller sees it.
pub type SeatView = Seen<Seat>;
/// One page of seat requirements.
pub type SeatPage = Page<SeatView>;

impl Noun for Seat {
    const NAME: &'static str = "seat";
    const COLLECTION: &'static str = "seats";
    const OFFERS: &'static [Offer<Self>] =
        &[Offer::of::<Read>(), Offer::of::<Update>(), Offer::of::<End>(), Offer::of::<Void>()];

    kernel::versioned!();
}

/// What a seat requirement is read from.
pub type Joined = InnerJoinQuerySource<InnerJoinQuerySource<seat::table, organization::table>, network_table::table>;

fn expects(actor: &Actor, network: NetworkId, interministerial: bool) -> bool {
    actor.is_sig() || actor.leads_on(network, interministerial)
}

fn seen(actor: &Actor, it: &Seat) -> Ruling {
    let known = it.network_visibility != NetworkVisibility::Hidden && actor.is_insider() && actor.knows_networks();
    Ruling::seen(known || actor.is_sig() || actor.sits_in(it.network_id))
}

/// The rule of `Read` as a condition of SQL, for seat requirements of any network.
#[must_use]
pub fn visible(actor: &Actor) -> Box<dyn BoxableExpression<Joined, Pg, SqlType = Bool>> {
    if actor.is_sig() {
        return Box::new(<bool as AsExpression<Bool>>::as_expression(true));
    }
    let sits = seat::network_id.eq_any(actor.networks().collect::<Vec<NetworkId>>());
    if actor.is_insider() && actor.knows_networks() {
        return Box::new(sits.or(network_table::visibility.ne(NetworkVisibility::Hidden)));
    }
    Box::new(sits)
}

action!(
    /// See the seat requirements of an organization: insiders, each those of the networks that they may see.
    ListOf(OrganizationId) on Seat as "list_organization_seats", (),
    |actor, ()| Ruling::Allow.for_insiders(actor)
);

action!(
    /// See the seat requirements of a network.
    List(NetworkCode) on Seat as "list_network_seats", Network,
    |actor, it| network::Read::rule(actor, it).for_insiders(actor)
);

action!(
    /// See a seat requirement.
    Read(SeatId) on Seat as "get_seat", Seat, seen
);

action!(
    /// Create a seat requirement.
    Create((NetworkCode, SeatInput)) on Seat as "create_network_seat", (Network, bool, Option<OrganizationLife>),
    |actor, (network, interministerial, _)| {
        network::Read::rule(actor, network).and(expects(actor, network.id, *interministerial), Network::ITS_LEADS)
    },
    |(network, _, life)| network.open().and_then(|()| life.as_ref().map_or(Ok(()), OrganizationLife::alive))
);

action!(
    /// Change a seat requirement.
    Update(SeatId) on Seat as "update_seat", Seat,
    |actor, it| seen(actor, it).and(expects(actor, it.network_id, it.interministerial), Network::ITS_LEADS), in_force
);

action!(
    /// Void a seat requirement that should never have been recorded.
    Void(SeatId) on Seat as "void_seat", Seat,
    |actor, it| seen(actor, it).for_sig(actor)
);

action!(
    /// End a seat requirement.
    End(SeatId) on Seat as "end_seat", Seat,
    |actor, it| seen(actor, it).and(expects(actor, it.network_id, it.interministerial), Network::ITS_LEADS), in_force
);

fn in_force(it: &Seat) -> Result<(), Refusal> {
    if it.valid.ended_by(clock::now()) { Err(Refusal::Illegal { allowed: Vec::new() }) } else { Ok(()) }
}
