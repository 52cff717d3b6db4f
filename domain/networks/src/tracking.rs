//! Tracking (suivi): the matrix of networks and communication directorates.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types;
use kernel::directory::OrganizationReference;
use kernel::schema::network;
use kernel::{Action, Actor, AsOf, Label, NetworkId, OrganizationId, Refusal, Role, Ruling, codes};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::{IntoParams, ToSchema};

use crate::network::{NetworkCode, NetworkName, NetworkVisibility};

/// What a caller reads of the matrix: the SIG and the auditor all; leads, co-leads and référents the column of their
/// network; a DICOM its rows; an organization administrator their organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// All.
    Everything,
    /// These columns, and these organizations.
    Part {
        /// Columns read whole.
        networks: BTreeSet<NetworkId>,
        /// Organizations read in every column that the caller sees.
        organizations: BTreeSet<OrganizationId>,
    },
}

impl Reach {
    /// What a caller reads; nothing is `None`.
    #[must_use]
    pub fn of(actor: &Actor) -> Option<Self> {
        if actor.is_sig() || actor.is_auditor() {
            return Some(Self::Everything);
        }
        let networks: BTreeSet<_> = actor.animated().collect();
        let organizations: BTreeSet<_> =
            actor.reach(&[Role::DicomDirector, Role::DicomContributor, Role::OrgAdmin]).collect();
        let nothing = networks.is_empty() && organizations.is_empty();
        (!nothing).then_some(Self::Part { networks, organizations })
    }

    /// Whether a column has anything to read.
    #[must_use]
    pub fn shows(&self, network: NetworkId) -> bool {
        match self {
            Self::Everything => true,
            Self::Part { networks, organizations } => !organizations.is_empty() || networks.contains(&network),
        }
    }

    /// Whether an organization has anything to read.
    #[must_use]
    pub fn names(&self, organization: OrganizationId) -> bool {
        match self {
            Self::Everything => true,
            Self::Part { networks, organizations } => !networks.is_empty() || organizations.contains(&organization),
        }
    }

    /// Whether a cell is read.
    #[must_use]
    pub fn holds(&self, network: NetworkId, organization: OrganizationId) -> bool {
        match self {
            Self::Everything => true,
            Self::Part { networks, organizations } => {
                networks.contains(&network) || organizations.contains(&organization)
            }
        }
    }
}

/// How the seats of one network stand in one or several organizations.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Tally {
    /// Number of seats expected: the sum of the minimums of the seat requirements.
    #[schema(minimum = 0)]
    pub expected: i64,
    /// Number of expected seats that are filled. Never more than `expected`: people beyond the minimum are not counted
    /// here.
    #[schema(minimum = 0)]
    pub filled: i64,
    /// Number of active référents.
    #[schema(minimum = 0)]
    pub referents: i64,
    /// Number of active memberships, in any role.
    #[schema(minimum = 0)]
    pub members: i64,
    /// Number of gaps: each kind of gap of each seat requirement counts once.
    #[schema(minimum = 0)]
    pub gaps: i64,
}

impl std::ops::AddAssign<&CellRow> for Tally {
    fn add_assign(&mut self, row: &CellRow) {
        self.expected += i64::from(row.expected);
        self.filled += i64::from(row.filled);
        self.referents += i64::from(row.referents);
        self.members += i64::from(row.members);
        self.gaps += i64::from(row.gaps);
    }
}

/// The figures of one network in one organization, as the database keeps them.
#[derive(Debug, Clone, QueryableByName)]
pub struct CellRow {
    /// The network.
    #[diesel(sql_type = sql_types::Uuid)]
    pub network_id: NetworkId,
    /// The organization.
    #[diesel(sql_type = sql_types::Uuid)]
    pub organization_id: OrganizationId,
    /// Number of seats expected: the sum of the minimums of the seat requirements.
    #[diesel(sql_type = sql_types::Integer)]
    pub expected: i32,
    /// Number of expected seats that are filled, never more than expected.
    #[diesel(sql_type = sql_types::Integer)]
    pub filled: i32,
    /// Number of active référents.
    #[diesel(sql_type = sql_types::Integer)]
    pub referents: i32,
    /// Number of active memberships.
    #[diesel(sql_type = sql_types::Integer)]
    pub members: i32,
    /// Number of gaps.
    #[diesel(sql_type = sql_types::Integer)]
    pub gaps: i32,
}

/// A network that may be a column, with its visibility.
#[derive(Debug, Clone, HasQuery)]
#[diesel(table_name = network, check_for_backend(Pg))]
pub struct MatrixNetwork {
    /// The network.
    pub id: NetworkId,
    /// Who may know of it.
    pub visibility: NetworkVisibility,
    /// The column as it is shown.
    #[diesel(embed)]
    pub column: MatrixColumn,
}

impl MatrixNetwork {
    /// Whether a caller who reads a cell may also know who sits there, by the rules of memberships.
    #[must_use]
    pub fn names_members(&self, actor: &Actor, organization: OrganizationId) -> bool {
        let listed = self.visibility == NetworkVisibility::Listed && actor.is_insider();
        let dicom = self.visibility != NetworkVisibility::Hidden && actor.reaches(Actor::DICOM, organization);
        actor.is_sig() || actor.sits_in(self.id) || listed || dicom
    }
}

/// Column of the matrix: one network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema, HasQuery)]
#[diesel(table_name = network, check_for_backend(Pg))]
pub struct MatrixColumn {
    /// Code of the network, such as `edito`.
    #[diesel(select_expression = network::code)]
    pub network_code: NetworkCode,
    /// Name of the network, to show as the heading.
    pub name: NetworkName,
}

codes! {
    /// How many organizations of a row the caller reads in a network.
    CellScope {
        All = "all" ("toutes ses organisations", "all of its organizations"),
        Part = "part" ("une partie de ses organisations", "some of its organizations"),
        Nothing = "nothing" ("aucune de ses organisations", "none of its organizations"),
    }
}

/// Cell of the matrix: one network in the organizations of one row.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MatrixCell {
    /// Code of the network, such as `edito`.
    pub network_code: NetworkCode,
    /// Which organizations of the row the tally covers. With `part` or `nothing`, a zero may only mean that the caller
    /// reads nothing there.
    pub scope: CellScope,
    /// How the seats of the network stand in these organizations.
    pub tally: Tally,
}

/// Organization that a row of the matrix adds up.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MatrixOrganization {
    /// The organization, by identifier and name.
    pub organization: OrganizationReference,
    /// Whether several DICOMs serve it. It then counts in each of their rows, and once in the totals.
    pub shared: bool,
}

/// Row of the matrix: a DICOM with the organizations that it serves, or the organizations that no DICOM serves.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MatrixRow {
    /// The DICOM. Absent: this is the row of the organizations that no DICOM serves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dicom: Option<OrganizationReference>,
    /// Organizations that the row adds up, as far as the caller reads them.
    pub organizations: Vec<MatrixOrganization>,
    /// One cell per column, in the same order.
    pub cells: Vec<MatrixCell>,
}

/// Matrix (matrice de suivi) of networks and communication directorates: who is expected, who sits there, and where the
/// gaps are.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Matrix {
    /// Instant that the matrix shows (UTC): now, or the end of the day in `as_of`.
    pub at: DateTime<Utc>,
    /// Networks that the caller reads, by name. Closed networks are left out.
    pub columns: Vec<MatrixColumn>,
    /// One row per DICOM, by short name, then the row of the organizations that no DICOM serves.
    pub rows: Vec<MatrixRow>,
    /// One cell per column, for all organizations together. An organization in two rows counts once.
    pub totals: Vec<MatrixCell>,
}

/// Figures of one network in one organization: what a cell of the matrix adds up.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TrackingCell {
    /// Code of the network, such as `edito`.
    pub network_code: NetworkCode,
    /// Name of the network, as people read it.
    pub network_name: NetworkName,
    /// The organization, by identifier and name.
    pub organization: OrganizationReference,
    /// How the seats of the network stand in the organization.
    pub tally: Tally,
}

/// Figures of each organization that one cell of the matrix adds up.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TrackingCells {
    /// Code of the network: the column of the cell.
    pub network_code: NetworkCode,
    /// Name of the network, as people read it.
    pub network_name: NetworkName,
    /// The DICOM: the row of the cell. Absent: the row of the organizations that no DICOM serves.
    pub dicom: Option<OrganizationReference>,
    /// How the seats stand in all items together.
    pub tally: Tally,
    /// One item per organization that the caller reads, by short name.
    pub items: Vec<TrackingCell>,
}

/// The facts at one instant from which the matrix is built.
#[derive(Debug, Default)]
pub struct MatrixFacts {
    /// All networks that are not closed, by name.
    pub networks: Vec<MatrixNetwork>,
    /// The organizations, by short name where they have one.
    pub organizations: Vec<OrganizationReference>,
    /// Pairs of a DICOM and an organization that it serves.
    pub served: Vec<(OrganizationId, OrganizationId)>,
    /// The cells that hold any figure.
    pub cells: Vec<CellRow>,
}

impl MatrixFacts {
    /// The columns that a caller reads something of.
    pub fn columns<'a>(&'a self, actor: &'a Actor, reach: &'a Reach) -> impl Iterator<Item = &'a MatrixNetwork> {
        self.networks.iter().filter(|it| it.visibility.shows(it.id, actor) && reach.shows(it.id))
    }

    /// The column of a network, for a caller who reads something in it.
    #[must_use]
    pub fn column<'a>(&'a self, code: &NetworkCode, actor: &'a Actor, reach: &'a Reach) -> Option<&'a MatrixNetwork> {
        self.columns(actor, reach).find(|it| it.column.network_code == *code)
    }
}

impl Matrix {
    /// Builds the part of the matrix that a caller reads.
    #[must_use]
    pub fn build(at: DateTime<Utc>, facts: &MatrixFacts, actor: &Actor, reach: &Reach) -> Self {
        let shown = Part::of(facts, actor, reach);
        let mut followed: HashMap<OrganizationId, BTreeSet<OrganizationId>> = HashMap::new();
        for (dicom, organization) in &facts.served {
            followed.entry(*dicom).or_default().insert(*organization);
        }
        let row = |dicom: &OrganizationReference| {
            let here = followed.get(&dicom.id)?;
            let row = shown.row(Some(dicom), |organization| here.contains(&organization.id));
            (!row.organizations.is_empty()).then_some(row)
        };
        let mut rows: Vec<MatrixRow> = facts.organizations.iter().filter_map(row).collect();
        let alone = shown.row(None, |it| !shown.followers.contains_key(&it.id) && shown.cells.contains_key(&it.id));
        rows.extend((!alone.organizations.is_empty()).then_some(alone));
        let totals = shown.row(None, |_| true).cells;
        let columns = shown.networks.iter().map(|it| it.column.clone()).collect();
        Self { at, columns, rows, totals }
    }
}

/// The part of the facts that a caller reads, by organization.
struct Part<'a> {
    reach: &'a Reach,
    networks: Vec<&'a MatrixNetwork>,
    organizations: Vec<&'a OrganizationReference>,
    cells: HashMap<OrganizationId, Vec<&'a CellRow>>,
    /// How many DICOMs follow an organization.
    followers: HashMap<OrganizationId, usize>,
}

impl<'a> Part<'a> {
    fn of(facts: &'a MatrixFacts, actor: &'a Actor, reach: &'a Reach) -> Self {
        let networks: Vec<&MatrixNetwork> = facts.columns(actor, reach).collect();
        let shown: HashSet<NetworkId> = networks.iter().map(|network| network.id).collect();
        let mut cells: HashMap<OrganizationId, Vec<&CellRow>> = HashMap::new();
        let read =
            |cell: &&CellRow| shown.contains(&cell.network_id) && reach.holds(cell.network_id, cell.organization_id);
        for cell in facts.cells.iter().filter(read) {
            cells.entry(cell.organization_id).or_default().push(cell);
        }
        let mut followers: HashMap<OrganizationId, usize> = HashMap::new();
        for (_, organization) in &facts.served {
            *followers.entry(*organization).or_default() += 1;
        }
        let organizations = facts.organizations.iter().filter(|organization| reach.names(organization.id)).collect();
        Self { reach, networks, organizations, cells, followers }
    }

    fn row(
        &self,
        dicom: Option<&OrganizationReference>,
        belongs: impl Fn(&OrganizationReference) -> bool,
    ) -> MatrixRow {
        let here: Vec<&OrganizationReference> = self.organizations.iter().copied().filter(|it| belongs(it)).collect();
        let organizations = here.iter().map(|organization| MatrixOrganization {
            organization: OrganizationReference::clone(organization),
            shared: self.followers.get(&organization.id).is_some_and(|by| *by > 1),
        });
        MatrixRow { dicom: dicom.cloned(), organizations: organizations.collect(), cells: self.add_up(&here) }
    }

    fn scope(&self, network: NetworkId, organizations: &[&OrganizationReference]) -> CellScope {
        match organizations.iter().filter(|organization| self.reach.holds(network, organization.id)).count() {
            0 if !organizations.is_empty() => CellScope::Nothing,
            read if read < organizations.len() => CellScope::Part,
            _ => CellScope::All,
        }
    }

    fn add_up(&self, organizations: &[&OrganizationReference]) -> Vec<MatrixCell> {
        let mut tallies: HashMap<NetworkId, Tally> = HashMap::new();
        for cell in organizations.iter().flat_map(|organization| self.cells.get(&organization.id).into_iter().flatten())
        {
            *tallies.entry(cell.network_id).or_default() += *cell;
        }
        let cell = |it: &&MatrixNetwork| MatrixCell {
            network_code: it.column.network_code.clone(),
            scope: self.scope(it.id, organizations),
            tally: tallies.get(&it.id).copied().unwrap_or_default(),
        };
        self.networks.iter().map(cell).collect()
    }
}

/// Day of the matrix.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct MatrixQuery {
    /// Shows the state at the end of this day (Europe/Paris), today or in the past. Absent: now.
    #[param(inline)]
    pub as_of: Option<AsOf>,
}

codes! {
    /// How a CSV file is written.
    CsvDialect {
        Rfc4180 = "rfc4180" ("virgules et points décimaux (RFC 4180)", "commas and decimal points (RFC 4180)"),
        ExcelFr = "excel-fr" ("points-virgules et virgules décimales (Excel en français)", "semicolons and decimal commas (French Excel)"),
    }
}

/// Which matrix, and how it is written.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct MatrixCsvQuery {
    /// As it stood at the end of this past day (Europe/Paris).
    #[param(inline)]
    pub as_of: Option<AsOf>,
    /// How the file is written. Without it, `excel-fr` where `Accept-Language` prefers French, else `rfc4180`.
    pub dialect: Option<CsvDialect>,
}

/// Which cell of the matrix to open.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct CellQuery {
    /// Code of the network: the column of the cell.
    #[param(inline)]
    pub network_code: NetworkCode,
    /// Identifier of the DICOM: the row of the cell. Absent: the row of the organizations that no DICOM serves.
    pub dicom_id: Option<OrganizationId>,
    /// Shows the state at the end of this day (Europe/Paris), today or in the past. Absent: now.
    #[param(inline)]
    pub as_of: Option<AsOf>,
}

const READERS: Label = Label {
    fr: "Le suivi est réservé au SIG, aux DICOM et aux personnes chargées de l’audit, qui animent un réseau, y sont référentes ou administrent une organisation. Demandez l’un de ces rôles au SIG.",
    en: "Tracking is only for the SIG, auditors, leads, co-leads and référents, DICOMs and organization administrators. Ask the SIG for one of these roles.",
};

/// Read the tracking of networks and communication directorates.
#[derive(Debug, Clone)]
pub struct Track;

impl Action for Track {
    type Facts = ();
    const NAME: &'static str = "get_tracking_matrix";

    fn rule(actor: &Actor, (): &()) -> Ruling {
        Ruling::Allow.and(Reach::of(actor).is_some(), READERS)
    }

    fn object(&self) -> (&'static str, Option<String>) {
        ("tracking", None)
    }
}

impl Track {
    /// What a caller reads of the matrix.
    ///
    /// # Errors
    /// The caller reads nothing of it.
    pub fn reach(actor: &Actor) -> Result<Reach, Refusal> {
        Reach::of(actor).ok_or(Self::nothing())
    }

    /// The refusal of a caller who reads nothing of it.
    #[must_use]
    pub const fn nothing() -> Refusal {
        Refusal::Forbidden(READERS)
    }
}
