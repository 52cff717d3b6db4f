//! SQL of the matrix: the kept cells for now, and the aggregate of the facts for past days.

use std::collections::HashSet;
use std::sync::Arc;

use ::networks::network::NetworkStatus;
use ::networks::tracking::{
    CellQuery, CellRow, Matrix, MatrixColumn, MatrixFacts, MatrixNetwork, Tally, Track, TrackingCell, TrackingCells,
};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Timestamptz, Uuid as SqlUuid};
use kernel::directory::OrganizationReference;
use kernel::schema::{network, organization};
use kernel::{AsOf, OrganizationId, Refusal};

use super::kept_facts::{KeptFacts, Standing};
use crate::page::fold;
use crate::{Result, Store};

diesel::define_sql_function! {
    /// The short name of an organization or, without one, its name.
    #[sql_name = "coalesce"]
    fn label(short: diesel::sql_types::Nullable<diesel::sql_types::Text>, name: diesel::sql_types::Text) -> diesel::sql_types::Text;
}

/// The kept cells that are not empty. A cell that has changed by the passing of time (a date that was reached) is
/// computed anew for this read, without being kept.
const KEPT: &str = "SELECT network_id, organization_id, expected, filled, referents, members, gaps
        FROM tracking_cell WHERE (next_change_at IS NULL OR next_change_at > $1) AND expected + members + gaps > 0
    UNION ALL SELECT t.network_id, t.organization_id, c.expected, c.filled, c.referents, c.members, c.gaps
        FROM tracking_cell t, app.cell(t.network_id, t.organization_id, $1) c
        WHERE t.next_change_at <= $1 AND c.expected + c.members + c.gaps > 0";

/// The same from the facts, for a past day.
const AGGREGATE: &str = "SELECT p.network_id, p.organization_id, c.expected, c.filled, c.referents, c.members, c.gaps
    FROM (SELECT network_id, organization_id FROM seat WHERE valid @> $1
          UNION SELECT network_id, organization_id FROM membership WHERE valid @> $1) p,
        app.cell(p.network_id, p.organization_id, $1) c
    WHERE c.expected + c.members + c.gaps > 0";

#[derive(QueryableByName)]
struct Served {
    #[diesel(sql_type = SqlUuid)]
    dicom_id: OrganizationId,
    #[diesel(sql_type = SqlUuid)]
    organization_id: OrganizationId,
}

/// The organizations of one row of the matrix.
#[derive(Debug, Clone)]
pub(super) enum Row {
    /// These.
    Of(Vec<OrganizationId>),
    /// All but these, which a DICOM serves.
    But(Vec<OrganizationId>),
}

impl Store<'_> {
    /// The matrix that the caller reads, now or at the end of a past day.
    ///
    /// # Errors
    /// The caller reads nothing of it; the day is in the future.
    pub fn matrix(&mut self, as_of: Option<AsOf>) -> Result<Matrix> {
        let reach = Track::reach(self.actor())?;
        let (at, facts) = self.matrix_facts(as_of)?;
        Ok(Matrix::build(at, &facts, self.actor(), &reach))
    }

    pub(super) fn matrix_facts(&mut self, as_of: Option<AsOf>) -> Result<(DateTime<Utc>, Arc<MatrixFacts>)> {
        let kept = self.memory().of::<KeptFacts>();
        let (conn, _) = self.reading();
        if let Some(day) = as_of {
            let at = day.instant()?;
            return Ok((at, Arc::new(read_facts(conn, at, AGGREGATE)?)));
        }
        let now = Standing::of(conn)?;
        if let Some(facts) = kept.get(&now) {
            return Ok((now.at, facts));
        }
        let facts = Arc::new(read_facts(conn, now.at, KEPT)?);
        kept.keep(&now, &facts, conn)?;
        Ok((now.at, facts))
    }

    /// A DICOM with the organizations that it serves, now or at the end of a past day.
    pub(crate) fn served_by(&mut self, dicom: OrganizationId, as_of: Option<AsOf>) -> Result<Vec<OrganizationId>> {
        let served = self.served(as_of)?.into_iter().filter(|(by, _)| *by == dicom).map(|(_, served)| served);
        Ok(std::iter::once(dicom).chain(served).collect())
    }

    /// Each DICOM with each organization that it serves.
    fn served(&mut self, as_of: Option<AsOf>) -> Result<Vec<(OrganizationId, OrganizationId)>> {
        match as_of {
            Some(day) => {
                let at = day.instant()?;
                served_at(self.reading().0, at)
            }
            None => Ok(self.matrix_facts(None)?.1.served.clone()),
        }
    }

    /// A DICOM with the organizations that it serves, as a filter of a list: none of them for callers who may not see
    /// which DICOM serves whom.
    pub(crate) fn limited_to(
        &mut self,
        dicom: Option<OrganizationId>,
        as_of: Option<AsOf>,
    ) -> Result<Option<Vec<OrganizationId>>> {
        match dicom {
            Some(_) if !self.actor().is_insider() => Ok(Some(Vec::new())),
            dicom => dicom.map(|dicom| self.served_by(dicom, as_of)).transpose(),
        }
    }

    /// The row of the matrix that a list is limited to, if it is to one.
    pub(super) fn row(
        &mut self,
        dicom: Option<OrganizationId>,
        unserved: Option<bool>,
        as_of: Option<AsOf>,
    ) -> Result<Option<Row>> {
        Ok(match (dicom, unserved.unwrap_or_default()) {
            (None, false) => None,
            (Some(_), false) => self.limited_to(dicom, as_of)?.map(Row::Of),
            (None, true) if !self.actor().is_insider() => Some(Row::Of(Vec::new())),
            (None, true) => Some(Row::But(self.served(as_of)?.into_iter().map(|(_, served)| served).collect())),
            // No DICOM serves what none serves.
            (Some(_), true) => Some(Row::Of(Vec::new())),
        })
    }

    /// The DICOMs that serve an organization now, by short name.
    ///
    /// # Errors
    /// The database failed.
    pub fn dicoms_of(&mut self, organization: OrganizationId) -> Result<Vec<OrganizationReference>> {
        let (_, facts) = self.matrix_facts(None)?;
        let by = facts.served.iter().filter(|(_, served)| *served == organization).map(|(dicom, _)| *dicom);
        let by: HashSet<OrganizationId> = by.collect();
        Ok(facts.organizations.iter().filter(|it| by.contains(&it.id)).cloned().collect())
    }

    /// The cells that one cell of the matrix adds up, by organization.
    ///
    /// # Errors
    /// The caller reads nothing of the matrix; there is no such column or row for them; the day is in the future.
    pub fn matrix_cells(&mut self, query: &CellQuery) -> Result<TrackingCells> {
        let reach = Track::reach(self.actor())?;
        let (at, facts) = self.matrix_facts(query.as_of)?;
        let network = facts.column(&query.network_code, self.actor(), &reach).ok_or(Refusal::NotFound)?;
        let matrix = Matrix::build(at, &facts, self.actor(), &reach);
        let row = matrix.rows.iter().find(|row| row.dicom.as_ref().map(|dicom| dicom.id) == query.dicom_id);
        let row = row.ok_or(Refusal::NotFound)?;
        let mut whole = Tally::default();
        let members = row.organizations.iter();
        let members = members.filter(|member| reach.holds(network.id, member.organization.id));
        let items = members.map(|member| {
            let mut tally = Tally::default();
            let here =
                |cell: &&CellRow| cell.network_id == network.id && cell.organization_id == member.organization.id;
            for cell in facts.cells.iter().filter(here) {
                tally += cell;
                whole += cell;
            }
            TrackingCell {
                network_code: network.column.network_code.clone(),
                network_name: network.column.name.clone(),
                organization: member.organization.clone(),
                tally,
            }
        });
        let items = items.collect();
        let MatrixColumn { network_code, name: network_name } = network.column.clone();
        Ok(TrackingCells { network_code, network_name, dicom: row.dicom.clone(), tally: whole, items })
    }
}

fn served_at(conn: &mut PgConnection, at: DateTime<Utc>) -> Result<Vec<(OrganizationId, OrganizationId)>> {
    let served = diesel::sql_query("SELECT dicom_id, organization_id FROM app.served(NULL, $1)");
    let served = served.bind::<Timestamptz, _>(at).load::<Served>(conn)?;
    Ok(served.into_iter().map(|row| (row.dicom_id, row.organization_id)).collect())
}

/// The facts from which the matrix is built, the same for every caller.
fn read_facts(conn: &mut PgConnection, at: DateTime<Utc>, cells: &str) -> Result<MatrixFacts> {
    let columns = MatrixNetwork::query().filter(network::status.ne(NetworkStatus::Closed));
    let networks = columns.order((network::name, network::id)).load(conn)?;
    let cells = diesel::sql_query(cells).bind::<Timestamptz, _>(at).load::<CellRow>(conn)?;
    let served = served_at(conn, at)?;
    let needed = served.iter().map(|(_, id)| *id).chain(cells.iter().map(|cell| cell.organization_id));
    let mut needed: Vec<OrganizationId> = needed.collect();
    needed.sort_unstable();
    needed.dedup();
    let organizations = organization::table.filter(organization::id.eq_any(needed));
    let organizations =
        organizations.order((fold(label(organization::short_name, organization::name)), organization::id));
    let organizations = organizations.select(OrganizationReference::as_select()).load(conn)?;
    Ok(MatrixFacts { networks, organizations, served, cells })
}
