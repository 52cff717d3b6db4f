//! The two tracking pages: one network row by row, one organization network by network, over the same facts.

use chrono::{DateTime, Months, NaiveDate, TimeDelta, Utc};
use kernel::directory::{MemberReference, OrganizationReference};
use kernel::{Actor, OrganizationId};
use serde::Serialize;
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use crate::action_item::ActionItemView;
use crate::decision::DecisionView;
use crate::follow_up::{FollowUpView, Health};
use crate::network::{Cadence, NetworkCode, NetworkName};
use crate::tracking::{Reach, Tally};

/// How many follow-ups a page shows; the others are in the list.
pub const FOLLOW_UPS: i64 = 20;
/// How many decisions a page shows; the others are in the list.
pub const DECISIONS: i64 = 20;
/// How many actions a page shows; the others are in the list.
pub const ACTION_ITEMS: usize = 200;

/// How one network stands in one organization.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TrackingRow {
    /// The network's code.
    pub network_code: NetworkCode,
    /// The organization.
    pub organization: OrganizationReference,
    /// How the seats of the network stand there.
    pub tally: Tally,
    /// Who answers for the organization in the network.
    pub referents: Vec<MemberReference>,
    /// How many actions the organization has yet to do for the network, of those that the caller sees.
    #[schema(minimum = 0)]
    pub open_actions: i64,
    /// How many of them are past their day.
    #[schema(minimum = 0)]
    pub overdue_actions: i64,
    /// How things stood at the last follow-up of the row that the caller sees.
    pub health: Option<Health>,
    /// On which day that was.
    pub last_follow_up_on: Option<NaiveDate>,
}

/// One network, followed row by row.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NetworkTracking {
    /// The instant it shows.
    pub at: DateTime<Utc>,
    /// The network's code.
    pub network_code: NetworkCode,
    /// The network's name.
    pub name: NetworkName,
    /// How often it should be followed up.
    pub cadence: Cadence,
    /// How its seats stand in all the rows together.
    pub tally: Tally,
    /// How things stood at the last follow-up with the network as a whole that the caller sees.
    pub health: Option<Health>,
    /// On which day that was.
    pub last_follow_up_on: Option<NaiveDate>,
    /// The day by which the next one is due, by its cadence.
    pub next_follow_up_due_on: Option<NaiveDate>,
    /// One per organization that the caller reads there, by name.
    pub rows: Vec<TrackingRow>,
    /// The latest follow-ups on the network, on both axes, that the caller sees.
    #[schema(max_items = 20)]
    pub follow_ups: Vec<FollowUpView>,
    /// The latest decisions taken in follow-ups on the network that the caller sees.
    #[schema(max_items = 20, required = false)]
    pub decisions: Vec<DecisionView>,
    /// The actions yet to be done for the network that the caller sees, by their day.
    #[schema(max_items = 200)]
    pub action_items: Vec<ActionItemView>,
}

/// One organization, followed network by network: a DICOM with the organizations that it serves.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OrganizationTracking {
    /// The instant it shows.
    pub at: DateTime<Utc>,
    /// The organization.
    pub organization: OrganizationReference,
    /// Those that it was merged or split into, where it was.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub successor_ids: Vec<OrganizationId>,
    /// The organizations that it adds up: itself and, for a DICOM, those that it serves.
    pub organizations: Vec<OrganizationReference>,
    /// How the seats stand in all the rows together.
    pub tally: Tally,
    /// How things stood at the last follow-up with the organization as a whole (no network named) that the caller sees.
    pub health: Option<Health>,
    /// On which day that was.
    pub last_follow_up_on: Option<NaiveDate>,
    /// One per network and organization that the caller reads, by network and by organization.
    pub rows: Vec<TrackingRow>,
    /// The latest follow-ups on these organizations and those that went into them, on both axes, that the caller sees.
    #[schema(max_items = 20)]
    pub follow_ups: Vec<FollowUpView>,
    /// The latest decisions taken in follow-ups on these organizations that the caller sees.
    #[schema(max_items = 20, required = false)]
    pub decisions: Vec<DecisionView>,
    /// The actions that these organizations have yet to do that the caller sees, by their day.
    #[schema(max_items = 200)]
    pub action_items: Vec<ActionItemView>,
}

impl Cadence {
    /// The day by which a network is to be followed up again; nothing where that is as needed.
    #[must_use]
    pub fn next(self, last: NaiveDate) -> Option<NaiveDate> {
        let months = |months| last.checked_add_months(Months::new(months));
        match self {
            Self::Weekly => last.checked_add_signed(TimeDelta::weeks(1)),
            Self::Monthly => months(1),
            Self::Bimonthly => months(2),
            Self::Quarterly => months(3),
            Self::AdHoc => None,
        }
    }
}

impl Reach {
    /// What of the tracking pages a caller reads: what he reads of the matrix.
    #[must_use]
    pub fn of_organization(actor: &Actor, organizations: &[OrganizationId]) -> Option<Self> {
        let reach = Self::of(actor)?;
        let some = match &reach {
            Self::Everything => true,
            Self::Part { organizations: mine, networks } => {
                let own = |it: &OrganizationId| mine.contains(it) || actor.reaches_back(Actor::SCOPED, *it);
                !networks.is_empty() || organizations.iter().any(own)
            }
        };
        some.then_some(reach)
    }
}
