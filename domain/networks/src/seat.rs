//! Seat (siège attendu): how many of a role a network expects from an organization.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
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
use validator::{Validate, ValidationError};

use crate::network::{self, Network, NetworkCode, NetworkVisibility};

/// How many of a role a network expects from an organization, for a time.
#[derive(Debug, Clone, Serialize, ToSchema, HasQuery)]
#[diesel(table_name = seat, check_for_backend(Pg))]
#[diesel(base_query = seat::table.inner_join(organization::table).inner_join(network_table::table))]
pub struct Seat {
    /// Its identifier.
    pub id: SeatId,
    /// The network.
    pub network_id: NetworkId,
    /// The organization.
    #[diesel(embed)]
    pub organization: OrganizationReference,
    /// As what.
    pub role: NetworkRole,
    /// How many at least: fewer is a gap.
    #[schema(minimum = 0, maximum = 100)]
    pub min: i16,
    /// How many at most: more is a gap.
    #[schema(minimum = 1, maximum = 100)]
    pub max: i16,
    /// The métiers of those who may hold it; any, if there is none.
    #[schema(max_items = 20)]
    pub professions: Vec<Profession>,
    /// Whether it belongs to the interministerial topics, on which a co-animation may be limited.
    pub interministerial: bool,
    /// When it holds.
    #[serde(flatten)]
    pub valid: Validity,
    /// Who knows of its network.
    #[diesel(select_expression = network_table::visibility)]
    #[serde(skip)]
    #[schema(ignore)]
    pub network_visibility: NetworkVisibility,
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

/// A seat to expect.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Validate, ToSchema, Insertable, AsChangeset)]
#[diesel(table_name = seat)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = "bounded"))]
#[schema(example = json!({"organization_id": "01900000-0000-7000-8000-000000000002", "role": "referent", "min": 1, "max": 1}))]
pub struct SeatInput {
    /// The organization.
    pub organization_id: OrganizationId,
    /// As what.
    pub role: NetworkRole,
    /// How many at least.
    #[validate(range(min = 0, max = 100))]
    #[schema(minimum = 0, maximum = 100)]
    pub min: i16,
    /// How many at most; never less than `min`.
    #[validate(range(min = 1, max = 100))]
    #[schema(minimum = 1, maximum = 100)]
    pub max: i16,
    /// The métiers of those who may hold it; any, if there is none.
    #[serde(default)]
    #[validate(length(max = 20))]
    #[schema(max_items = 20)]
    pub professions: Vec<Profession>,
    /// Whether it belongs to the interministerial topics.
    #[serde(default)]
    pub interministerial: bool,
    /// From when it holds; from now on if absent.
    #[diesel(skip_insertion, skip_update)]
    pub valid_from: Option<Instant>,
}

/// The same again, from now on.
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

fn bounded(new: &SeatInput) -> Result<(), ValidationError> {
    if new.min <= new.max { Ok(()) } else { Err(ValidationError::new("max")) }
}

/// What to change of a seat.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema, AsChangeset)]
#[diesel(table_name = seat)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"max": 2}))]
pub struct SeatPatch {
    /// How many at least.
    #[serde(default, deserialize_with = "replaceable")]
    #[validate(range(min = 0, max = 100))]
    #[schema(minimum = 0, maximum = 100)]
    pub min: Option<i16>,
    /// How many at most; never less than `min`.
    #[serde(default, deserialize_with = "replaceable")]
    #[validate(range(min = 1, max = 100))]
    #[schema(minimum = 1, maximum = 100)]
    pub max: Option<i16>,
    /// The métiers of those who may hold it; any, if there is none.
    #[serde(default, deserialize_with = "replaceable")]
    #[validate(length(max = 20))]
    #[schema(max_items = 20)]
    pub professions: Option<Vec<Profession>>,
}

/// Which seats of the list; those in force.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct SeatFilter {
    /// Of this organization.
    pub organization_id: Option<OrganizationId>,
    /// As this.
    pub role: Option<NetworkRole>,
    /// As they stood at the end of this past day (Europe/Paris).
    #[param(inline)]
    pub as_of: Option<AsOf>,
    /// Whether to say how many there are in all.
    pub count: Option<Count>,
}

/// A seat as the caller sees it.
pub type SeatView = Seen<Seat>;
/// A page of seats.
pub type SeatPage = Page<SeatView>;

impl Noun for Seat {
    const NAME: &'static str = "seat";
    const COLLECTION: &'static str = "seats";
    const OFFERS: &'static [Offer<Self>] =
        &[Offer::of::<Read>(), Offer::of::<Update>(), Offer::of::<End>(), Offer::of::<Void>()];

    kernel::versioned!();
}

fn expects(actor: &Actor, network: NetworkId, interministerial: bool) -> bool {
    actor.is_sig() || actor.leads_on(network, interministerial)
}

fn seen(actor: &Actor, it: &Seat) -> Ruling {
    let known = it.network_visibility != NetworkVisibility::Hidden && actor.is_insider() && actor.knows_networks();
    Ruling::seen(known || actor.is_sig() || actor.sits_in(it.network_id))
}

action!(
    /// See the seats that a network expects.
    List(NetworkCode) on Seat as "list_network_seats", Network,
    |actor, it| network::Read::rule(actor, it).for_insiders(actor)
);

action!(
    /// See a seat.
    Read(SeatId) on Seat as "get_seat", Seat, seen
);

action!(
    /// Expect a seat.
    Create((NetworkCode, SeatInput)) on Seat as "create_network_seat", (Network, bool, Option<OrganizationLife>),
    |actor, (network, interministerial, _)| {
        network::Read::rule(actor, network).and(expects(actor, network.id, *interministerial), Network::ITS_LEADS)
    },
    |(network, _, life)| network.open().and_then(|()| life.as_ref().map_or(Ok(()), OrganizationLife::alive))
);

action!(
    /// Change a seat.
    Update(SeatId) on Seat as "update_seat", Seat,
    |actor, it| seen(actor, it).and(expects(actor, it.network_id, it.interministerial), Network::ITS_LEADS), in_force
);

action!(
    /// Void a seat that should never have been expected.
    Void(SeatId) on Seat as "void_seat", Seat,
    |actor, it| seen(actor, it).for_sig(actor)
);

action!(
    /// Expect a seat no longer.
    End(SeatId) on Seat as "end_seat", Seat,
    |actor, it| seen(actor, it).and(expects(actor, it.network_id, it.interministerial), Network::ITS_LEADS), in_force
);

fn in_force(it: &Seat) -> Result<(), Refusal> {
    if it.valid.ended_by(clock::now()) { Err(Refusal::Illegal { allowed: Vec::new() }) } else { Ok(()) }
}
