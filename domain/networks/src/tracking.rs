//! Tracking (suivi): the matrix of networks and communication directorates, over the same facts.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types;
use kernel::directory::OrganizationReference;
use kernel::schema::network;
use kernel::{Action, Actor, AsOf, Label, NetworkId, OrganizationId, Refusal, Role, Ruling, codes};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::network::{NetworkCode, NetworkName, NetworkVisibility};

/// What of the matrix a caller reads: the SIG and the auditor all, those who animate or answer in a network its column,
/// a DICOM its rows, an administrator his organization.
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
    /// How many are expected at least.
    #[schema(minimum = 0)]
    pub expected: i64,
    /// How many of those expected sit there; never more, since who sits beyond is a gap, or optional.
    #[schema(minimum = 0)]
    pub filled: i64,
    /// How many active référents there are.
    #[schema(minimum = 0)]
    pub referents: i64,
    /// How many active members there are, whatever the role.
    #[schema(minimum = 0)]
    pub members: i64,
    /// How many gaps there are.
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

/// One network in one organization, as the database keeps it.
#[derive(Debug, Clone, QueryableByName)]
pub struct CellRow {
    /// The network.
    #[diesel(sql_type = sql_types::Uuid)]
    pub network_id: NetworkId,
    /// The organization.
    #[diesel(sql_type = sql_types::Uuid)]
    pub organization_id: OrganizationId,
    /// How many are expected at least.
    #[diesel(sql_type = sql_types::Integer)]
    pub expected: i32,
    /// How many of those expected sit there; never more, since who sits beyond is a gap, or optional.
    #[diesel(sql_type = sql_types::Integer)]
    pub filled: i32,
    /// How many active référents there are.
    #[diesel(sql_type = sql_types::Integer)]
    pub referents: i32,
    /// How many active members there are.
    #[diesel(sql_type = sql_types::Integer)]
    pub members: i32,
    /// How many gaps there are.
    #[diesel(sql_type = sql_types::Integer)]
    pub gaps: i32,
}

/// A network that may be a column, with who knows of it.
#[derive(Debug, Clone, HasQuery)]
#[diesel(table_name = network, check_for_backend(Pg))]
pub struct MatrixNetwork {
    /// The network.
    pub id: NetworkId,
    /// Who knows of it.
    pub visibility: NetworkVisibility,
    /// The column.
    #[diesel(embed)]
    pub column: MatrixColumn,
}

impl MatrixNetwork {
    /// Whether a caller who reads a cell knows who sits there: as memberships are seen one by one.
    #[must_use]
    pub fn names_members(&self, actor: &Actor, organization: OrganizationId) -> bool {
        let listed = self.visibility == NetworkVisibility::Listed && actor.is_insider();
        let dicom = self.visibility != NetworkVisibility::Hidden && actor.reaches(Actor::DICOM, organization);
        actor.is_sig() || actor.sits_in(self.id) || listed || dicom
    }
}

/// A column of the matrix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema, HasQuery)]
#[diesel(table_name = network, check_for_backend(Pg))]
pub struct MatrixColumn {
    /// The network's code.
    #[diesel(select_expression = network::code)]
    pub network_code: NetworkCode,
    /// The network's name.
    pub name: NetworkName,
}

codes! {
    /// How much of a row the caller reads in a network.
    CellScope {
        All = "all" ("toutes ses organisations", "all of its organizations"),
        Part = "part" ("une partie de ses organisations", "some of its organizations"),
        Nothing = "nothing" ("aucune de ses organisations", "none of its organizations"),
    }
}

/// One network in the organizations of one row.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MatrixCell {
    /// The network's code.
    pub network_code: NetworkCode,
    /// Of which organizations of the row the tally tells: one who reads nothing there knows nothing by its zeros.
    pub scope: CellScope,
    /// How its seats stand there.
    pub tally: Tally,
}

/// An organization of a row.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MatrixOrganization {
    /// The organization.
    pub organization: OrganizationReference,
    /// Whether another DICOM serves it too: it then counts in both rows, and once in the totals.
    pub shared: bool,
}

/// A row of the matrix: a DICOM with the organizations it serves, or those that none serves.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MatrixRow {
    /// The DICOM; absent in the row of those that none serves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dicom: Option<OrganizationReference>,
    /// The organizations that it adds up.
    pub organizations: Vec<MatrixOrganization>,
    /// One per column, in the same order.
    pub cells: Vec<MatrixCell>,
}

/// Networks × communication directorates: who is expected, who sits there, and where the gaps are.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Matrix {
    /// The instant it shows.
    pub at: DateTime<Utc>,
    /// The networks that the caller sees, by name.
    pub columns: Vec<MatrixColumn>,
    /// The DICOMs by short name, then those that none serves.
    pub rows: Vec<MatrixRow>,
    /// One per column; an organization in two rows counts once.
    pub totals: Vec<MatrixCell>,
}

/// One network in one organization: what a cell of the matrix adds up.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TrackingCell {
    /// The network's code.
    pub network_code: NetworkCode,
    /// The organization.
    pub organization: OrganizationReference,
    /// How the seats of the network stand there.
    pub tally: Tally,
}

/// The cells that a cell of the matrix adds up.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TrackingCells {
    /// By organization.
    pub items: Vec<TrackingCell>,
}

/// What a matrix is built from: what the database knows at an instant.
#[derive(Debug, Default)]
pub struct MatrixFacts {
    /// The networks that there are, by name.
    pub networks: Vec<MatrixNetwork>,
    /// The organizations, by short name where they have one.
    pub organizations: Vec<OrganizationReference>,
    /// Which DICOM follows which organization.
    pub served: Vec<(OrganizationId, OrganizationId)>,
    /// The cells that there are.
    pub cells: Vec<CellRow>,
}

impl MatrixFacts {
    /// The columns that a caller reads something of.
    pub fn columns<'a>(&'a self, actor: &'a Actor, reach: &'a Reach) -> impl Iterator<Item = &'a MatrixNetwork> {
        self.networks.iter().filter(|it| it.visibility.shows(it.id, actor) && reach.shows(it.id))
    }

    /// The column of a network, for a caller who reads something in it.
    #[must_use]
    pub fn column(&self, code: &NetworkCode, actor: &Actor, reach: &Reach) -> Option<NetworkId> {
        self.columns(actor, reach).find(|it| it.column.network_code == *code).map(|it| it.id)
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

/// What of the facts a caller reads, by organization.
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

/// Which matrix.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct MatrixQuery {
    /// As it stood at the end of this past day (Europe/Paris).
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
    /// The column.
    #[param(inline)]
    pub network_code: NetworkCode,
    /// The row; absent for the row of those that no DICOM serves.
    pub dicom_id: Option<OrganizationId>,
    /// As it stood at the end of this past day (Europe/Paris).
    #[param(inline)]
    pub as_of: Option<AsOf>,
}

const READERS: Label = Label {
    fr: "Réservé au SIG, à l'auditeur, aux animateurs et référents, aux DICOM et aux administrateurs d'organisation.",
    en: "For the SIG, the auditor, leads and référents, DICOMs and organization administrators.",
};

/// Follow the networks and the communication directorates.
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
    /// What of the matrix a caller reads.
    ///
    /// # Errors
    /// Nothing.
    pub fn reach(actor: &Actor) -> Result<Reach, Refusal> {
        Reach::of(actor).ok_or(Self::nothing())
    }

    /// There is nothing for this caller to read.
    #[must_use]
    pub const fn nothing() -> Refusal {
        Refusal::Forbidden(READERS)
    }
}
