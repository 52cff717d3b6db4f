//! All that a reorganization will change is locked before anything is changed, in the one order of everyone.

use std::collections::BTreeSet;

use diesel::prelude::*;
use kernel::schema::{affiliation, co_animation, member, membership, organization, seat, tracking_cell};
use kernel::{MemberId, NetworkId, OrganizationId};
use members::reorganization::{Operation, Place, plan};

use crate::locks::lock_networks;
use crate::{Error, Result};

/// The organizations that operations name.
pub(super) fn named(operations: &[Operation]) -> Vec<OrganizationId> {
    let existing = plan::mentions(operations).into_iter().filter_map(|mention| match mention.place {
        Place::Existing(id) => Some(id),
        Place::Created(_) => None,
    });
    existing.collect::<BTreeSet<_>>().into_iter().collect()
}

/// The networks in which organizations are expected, sit, sat or animate.
pub(super) fn networks_of(conn: &mut PgConnection, organizations: &[OrganizationId]) -> Result<Vec<NetworkId>> {
    let cells = tracking_cell::table.filter(tracking_cell::organization_id.eq_any(organizations));
    let seats = seat::table.filter(seat::organization_id.eq_any(organizations));
    let sitting = membership::table.filter(membership::organization_id.eq_any(organizations));
    let animated = co_animation::table.filter(co_animation::organization_id.eq_any(organizations));
    let all = cells.select(tracking_cell::network_id).union(seats.select(seat::network_id));
    let all = all.union(sitting.select(membership::network_id)).union(animated.select(co_animation::network_id));
    let all: BTreeSet<NetworkId> = all.load(conn)?.into_iter().collect();
    Ok(all.into_iter().collect())
}

/// Locks the networks, the members affiliated to the organizations that disappear, the organizations and those below.
pub(super) fn all(conn: &mut PgConnection, operations: &[Operation]) -> Result<()> {
    let (named, gone) = (named(operations), plan::gone(operations));
    let networks = networks_of(conn, &named)?;
    lock_networks(conn, &networks)?;
    let here = affiliation::table.filter(affiliation::organization_id.eq_any(&gone)).select(affiliation::member_id);
    let members = member::table.filter(member::id.eq_any(here)).order(member::id).select(member::id);
    members.for_no_key_update().load::<MemberId>(conn)?;
    let below = organization::parent_id.assume_not_null().eq_any(&gone);
    let organizations = organization::table.filter(organization::id.eq_any(&named).or(below));
    let organizations = organizations.order(organization::id).select(organization::id);
    organizations.for_no_key_update().load::<OrganizationId>(conn)?;
    // Another transaction added a network meanwhile: begin again.
    let all = networks_of(conn, &named)?.iter().all(|network| networks.contains(network));
    if all { Ok(()) } else { Err(Error::Again) }
}
