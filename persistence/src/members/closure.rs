//! The end of all that rests on an organization, when it closes.

use diesel::prelude::*;
use kernel::schema::{affiliation, member, organization, organization_link, role_assignment};
use kernel::{MemberId, OrganizationId, Refusal};
use members::affiliation::Affiliation;
use members::organization::OrganizationStatus;
use members::organization_link::{LinkKind, OrganizationLink};
use members::role_assignment::RoleAssignment;

use super::affiliation::{end_affiliations, settle_main};
use crate::Result;
use crate::networks::{end_co_animations_of, end_seats_of};
use crate::store::Writer;

/// Locks the members who sit in an organization, in one order.
pub(super) fn lock_members_of(conn: &mut PgConnection, id: OrganizationId) -> Result<()> {
    let here = affiliation::table.filter(affiliation::organization_id.eq(id)).select(affiliation::member_id);
    let rows = member::table.filter(member::id.eq_any(here)).order(member::id).select(member::id);
    rows.for_no_key_update().load::<MemberId>(conn)?;
    Ok(())
}

/// Nothing alive stands below what closes.
pub(super) fn refuse_children(conn: &mut PgConnection, id: OrganizationId) -> Result<()> {
    let below = organization::table.filter(organization::parent_id.eq(id));
    let below = below.filter(organization::status.eq(OrganizationStatus::Active));
    let some: bool = diesel::select(diesel::dsl::exists(below)).get_result(conn)?;
    if some { Err(Refusal::NotEmpty.into()) } else { Ok(()) }
}

/// Ends the affiliations to an organization with all that is held through them, the roles over it, its links, its
/// seats and its co-animations; what succeeds it is kept.
pub(super) fn end_all_of(writer: &mut Writer<'_>, id: OrganizationId) -> Result<()> {
    let at = writer.at;
    let here = affiliation::table.filter(affiliation::organization_id.eq(id)).order(affiliation::id);
    let here: Vec<Affiliation> = here.select(Affiliation::as_select()).load(writer.conn)?;
    let here: Vec<_> = here.into_iter().filter(|it| !it.valid.ended_by(at)).collect();
    let whose: Vec<_> = here.iter().map(|it| it.member_id).collect();
    end_affiliations(writer, here, at)?;
    for member in whose {
        settle_main(writer, member, at)?;
    }
    let over = role_assignment::table.filter(role_assignment::organization_id.eq(id)).order(role_assignment::id);
    let over: Vec<RoleAssignment> = over.select(RoleAssignment::as_select()).load(writer.conn)?;
    for before in over.into_iter().filter(|it| !it.valid.ended_by(at)) {
        super::role_assignment::end(writer, &before, at)?;
    }
    let links = organization_link::table
        .filter(organization_link::from_id.eq(id).or(organization_link::to_id.eq(id)))
        .filter(organization_link::kind.ne(LinkKind::Succeeds))
        .order(organization_link::id)
        .select(OrganizationLink::as_select());
    let links: Vec<OrganizationLink> = links.load(writer.conn)?;
    for before in links.into_iter().filter(|it| !it.valid.ended_by(at)) {
        super::organization_link::end(writer, &before, at)?;
    }
    end_co_animations_of(writer, id)?;
    end_seats_of(writer, id)
}
