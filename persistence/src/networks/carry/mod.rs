//! What a reorganization carries into the successor: memberships, seats, co-animations, dossiers, actions, and the cells they count in.

mod co_animations;
mod dossiers;
mod memberships;
mod seats;

use diesel::prelude::*;
use kernel::schema::{membership, seat};
use kernel::{NetworkId, OrganizationId};

pub(crate) use co_animations::carry_co_animations;
pub(crate) use dossiers::{carry_actions, carry_invitations, carry_requests};
pub(crate) use memberships::carry_memberships;
pub(crate) use seats::carry_seats;

use super::tracking::refresh;
use crate::Result;

/// Rewrites every cell of organizations, those that begin among them; the networks are locked already.
pub(crate) fn refresh_cells_of(conn: &mut PgConnection, organizations: &[OrganizationId]) -> Result<()> {
    let seats = seat::table.filter(seat::organization_id.eq_any(organizations));
    let sits = membership::table.filter(membership::organization_id.eq_any(organizations));
    let cells = seats.select((seat::network_id, seat::organization_id));
    let cells = cells.union(sits.select((membership::network_id, membership::organization_id)));
    for (network, organization) in cells.load::<(NetworkId, OrganizationId)>(conn)? {
        refresh(conn, network, organization)?;
    }
    Ok(())
}
