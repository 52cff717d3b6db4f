//! SQL of gaps: the seat requirements that are not met.

use ::networks::gap::{Gap, GapFilter, GapPage, GapRow};
use ::networks::network::NetworkCode;
use ::networks::tracking::{Reach, Track};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use kernel::directory::OrganizationName;
use kernel::{AsOf, OrganizationId, PageQuery, SeatId};

use super::network::seen_by;
use super::tracking::Row;
use crate::{Result, Store};

/// The gaps of a network, by name of the organization. A filter that is NULL keeps all.
const GAPS: &str = "
    SELECT seat.id AS seat_id, network.code AS network_code, network.name AS network_name, organization.id AS organization_id,
        organization.kind AS organization_kind, organization.name AS organization_name,
        organization.short_name AS organization_short_name, seat.role, seat.min, seat.max, state.filled,
        seat.professions, state.gaps
    FROM seat
        JOIN network ON network.id = seat.network_id
        JOIN organization ON organization.id = seat.organization_id,
        app.seat_state(seat, $2) state
    WHERE seat.network_id = $1 AND seat.valid @> $2 AND cardinality(state.gaps) > 0
        AND ($3 OR seat.organization_id = ANY ($4))
        AND ($5 IS NULL OR $5 = ANY (state.gaps)) AND ($6 IS NULL OR seat.organization_id = $6)
        AND ($7 IS NULL OR organization.kind = $7) AND ($8 IS NULL OR seat.role = $8)
        AND ($12 IS NULL OR (seat.organization_id = ANY ($12)) <> $13)
        AND ($9 IS NULL OR (organization.name, seat.id) > ($9 COLLATE \"und-x-icu\", $10))
    ORDER BY organization.name, seat.id LIMIT $11";

impl Store<'_> {
    /// The gaps of a network that the caller may read, by name of the organization, now or at the end of a past day.
    ///
    /// # Errors
    /// The caller may read no gap of it; there is no such network that the caller may see; the cursor is none of ours.
    pub fn network_gaps(&mut self, code: &NetworkCode, filter: &GapFilter, page: &PageQuery) -> Result<GapPage> {
        let (these, but) = match self.row(filter.dicom_id, filter.unserved, filter.as_of)? {
            Some(Row::Of(these)) => (Some(these), false),
            Some(Row::But(these)) => (Some(these), true),
            None => (None, false),
        };
        let (conn, actor) = self.reading();
        let network = seen_by(code, conn, actor)?;
        let reach = Track::reach(actor)?;
        let now: DateTime<Utc> = diesel::select(kernel::sql::clock()).get_result(conn)?;
        let at = filter.as_of.map_or(Ok(now), AsOf::instant)?;
        let (whole, organizations) = match reach {
            Reach::Everything => (true, Vec::new()),
            Reach::Part { networks, organizations } => {
                (networks.contains(&network.id), organizations.into_iter().collect::<Vec<OrganizationId>>())
            }
        };
        if !whole && organizations.is_empty() {
            return Err(Track::nothing().into());
        }
        let (name, seat) = page.key::<(OrganizationName, SeatId)>()?.unzip();
        let rows: Vec<GapRow> = diesel::sql_query(GAPS)
            .bind::<SqlUuid, _>(network.id)
            .bind::<Timestamptz, _>(at)
            .bind::<Bool, _>(whole)
            .bind::<Array<SqlUuid>, _>(organizations)
            .bind::<Nullable<Text>, _>(filter.gap)
            .bind::<Nullable<SqlUuid>, _>(filter.organization_id)
            .bind::<Nullable<Text>, _>(filter.organization_kind)
            .bind::<Nullable<Text>, _>(filter.role)
            .bind::<Nullable<Text>, _>(name)
            .bind::<Nullable<SqlUuid>, _>(seat)
            .bind::<BigInt, _>(page.probe())
            .bind::<Nullable<Array<SqlUuid>>, _>(these)
            .bind::<Bool, _>(but)
            .load(conn)?;
        Ok(page.cut(rows, |row| (row.organization_name.clone(), row.seat_id)).map(Gap::from))
    }
}
