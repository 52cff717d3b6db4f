//! The locks that come first: networks, in the one order in which everyone takes them.

use diesel::prelude::*;
use kernel::schema::{membership, network, tracking_cell};
use kernel::{MemberId, NetworkId, OrganizationId};

use crate::{Error, Result};

/// Locks networks in the one order in which everyone does.
pub(crate) fn lock_networks(conn: &mut PgConnection, networks: &[NetworkId]) -> Result<()> {
    let rows = network::table.filter(network::id.eq_any(networks)).order(network::id).select(network::id);
    rows.for_no_key_update().load::<NetworkId>(conn)?;
    Ok(())
}

fn networks_of(conn: &mut PgConnection, member: MemberId) -> Result<Vec<NetworkId>> {
    let sits = membership::table.filter(membership::member_id.eq(member)).select(membership::network_id).distinct();
    Ok(sits.load(conn)?)
}

/// Locks the networks that a member sits in, or will, or did.
pub(crate) fn lock_networks_of(conn: &mut PgConnection, member: MemberId) -> Result<Vec<NetworkId>> {
    let networks = networks_of(conn, member)?;
    lock_networks(conn, &networks)?;
    Ok(networks)
}

/// Checks that all networks of a member are locked. Once the member is locked too, nobody adds them to a network; if
/// someone did before, this work starts again.
pub(crate) fn still_all_networks_of(conn: &mut PgConnection, member: MemberId, locked: &[NetworkId]) -> Result<()> {
    let all = networks_of(conn, member)?.iter().all(|network| locked.contains(network));
    if all { Ok(()) } else { Err(Error::Again) }
}

/// Locks the networks in which organizations have a cell.
pub(crate) fn lock_networks_at(conn: &mut PgConnection, organizations: &[OrganizationId]) -> Result<()> {
    let cells = tracking_cell::table.filter(tracking_cell::organization_id.eq_any(organizations));
    let networks: Vec<NetworkId> = cells.select(tracking_cell::network_id).distinct().load(conn)?;
    lock_networks(conn, &networks)
}
