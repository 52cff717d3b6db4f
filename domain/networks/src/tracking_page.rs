//! The two tracking pages, over the same facts: one network by organization, one organization by network.

use chrono::{DateTime, Months, NaiveDate, TimeDelta, Utc};
use kernel::directory::{MemberReference, OrganizationReference};
use kernel::{Actor, Cursor, OrganizationId};
use serde::Serialize;
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use crate::action_item::ActionItemView;
use crate::decision::DecisionView;
use crate::follow_up::{FollowUpView, Health};
use crate::network::{Cadence, NetworkCode, NetworkName};
use crate::tracking::{Reach, Tally};

/// How many follow-ups a page shows; the others are in the list of follow-ups.
pub const FOLLOW_UPS: i64 = 20;
/// How many decisions a page shows; the others are in the list of decisions.
pub const DECISIONS: i64 = 20;
/// How many action items a page shows; the others are in the list of action items.
pub const ACTION_ITEMS: usize = 200;

/// Row of a tracking page: how one network stands in one organization.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TrackingRow {
    /// Code of the network, such as `edito`.
    pub network_code: NetworkCode,
    /// Name of the network, as people read it.
    pub network_name: NetworkName,
    /// The organization, by identifier and name.
    pub organization: OrganizationReference,
    /// How the seats of the network stand in the organization.
    pub tally: Tally,
    /// Référents of the organization in the network, by name. Empty also where the caller may not know who sits there.
    pub referents: Vec<MemberReference>,
    /// Number of open action items of the organization for the network, of those that the caller may read.
    #[schema(minimum = 0)]
    pub open_actions: i64,
    /// Number of these open action items whose due date is past (Europe/Paris).
    #[schema(minimum = 0)]
    pub overdue_actions: i64,
    /// How things stood at the latest follow-up of this row that the caller may read. Absent: there is none.
    pub health: Option<Health>,
    /// Day of that follow-up (Europe/Paris). Absent: there is none.
    pub last_follow_up_on: Option<NaiveDate>,
}

/// Tracking page of one network, by organization.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NetworkTracking {
    /// Instant that the page shows (UTC).
    pub at: DateTime<Utc>,
    /// Code of the network, such as `edito`.
    pub network_code: NetworkCode,
    /// Name of the network, to show as the title.
    pub name: NetworkName,
    /// How often the network should be followed up.
    pub cadence: Cadence,
    /// How the seats stand in all rows together.
    pub tally: Tally,
    /// How things stood at the latest follow-up with the whole network (no organization named) that the caller may
    /// read. Absent: there is none.
    pub health: Option<Health>,
    /// Day of that follow-up (Europe/Paris). Absent: there is none.
    pub last_follow_up_on: Option<NaiveDate>,
    /// Day by which the next follow-up is due, by the cadence of the network. Absent: there was none yet, or the
    /// cadence sets no day.
    pub next_follow_up_due_on: Option<NaiveDate>,
    /// One row per organization that the caller reads in the network, by short name: those of this page.
    #[schema(max_items = 200)]
    pub rows: Vec<TrackingRow>,
    /// Cursor of the next page of rows. Absent on the last page. Later pages have rows alone: their other lists are
    /// empty.
    pub next: Option<Cursor>,
    /// Latest follow-ups with or about the network, on both axes, that the caller may read: the latest first, at most
    /// 20.
    #[schema(max_items = 20)]
    pub follow_ups: Vec<FollowUpView>,
    /// Latest decisions taken in follow-ups with or about the network that the caller may read: the latest first, at
    /// most 20.
    #[schema(max_items = 20, required = false)]
    pub decisions: Vec<DecisionView>,
    /// Open action items of the network that the caller may read: by due date, at most 200.
    #[schema(max_items = 200)]
    pub action_items: Vec<ActionItemView>,
}

/// Tracking page of one organization, by network. For a DICOM: with the organizations that it serves.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OrganizationTracking {
    /// Instant that the page shows (UTC).
    pub at: DateTime<Utc>,
    /// The organization, by identifier and name.
    pub organization: OrganizationReference,
    /// Identifiers of the organizations into which it was merged or split. Absent: it was neither merged nor split.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub successor_ids: Vec<OrganizationId>,
    /// These organizations, by name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub successors: Vec<OrganizationReference>,
    /// Organizations that the page adds up, by name: itself and, for a DICOM, those that it serves.
    pub organizations: Vec<OrganizationReference>,
    /// How the seats stand in all rows together.
    pub tally: Tally,
    /// How things stood at the latest follow-up with the whole organization (no network named) that the caller may
    /// read. Absent: there is none.
    pub health: Option<Health>,
    /// Day of that follow-up (Europe/Paris). Absent: there is none.
    pub last_follow_up_on: Option<NaiveDate>,
    /// One row per network and organization that the caller reads: by name of the network, then by short name of the
    /// organization. Those of this page.
    #[schema(max_items = 200)]
    pub rows: Vec<TrackingRow>,
    /// Cursor of the next page of rows. Absent on the last page. Later pages have rows alone: their other lists are
    /// empty.
    pub next: Option<Cursor>,
    /// Latest follow-ups with or about these organizations, on both axes, that the caller may read: the latest first,
    /// at most 20. Those of merged or split predecessors are among them.
    #[schema(max_items = 20)]
    pub follow_ups: Vec<FollowUpView>,
    /// Latest decisions taken in these follow-ups that the caller may read: the latest first, at most 20.
    #[schema(max_items = 20, required = false)]
    pub decisions: Vec<DecisionView>,
    /// Open action items of these organizations that the caller may read: by due date, at most 200.
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
    /// What a caller reads of the tracking pages: the same as of the matrix.
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
