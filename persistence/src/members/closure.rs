//! The end of everything that depends on an organization, when it closes.

use diesel::prelude::*;
use kernel::schema::{affiliation, member, organization};
use kernel::{MemberId, OrganizationId, Refusal};
use members::organization::OrganizationStatus;

use crate::Result;
use crate::kept::Ends;
use crate::nouns::NOUNS;
use crate::writer::Writer;

/// Locks the members affiliated to an organization, in the order of their identifiers.
pub(super) fn lock_members_of(conn: &mut PgConnection, id: OrganizationId) -> Result<()> {
    let here = affiliation::table.filter(affiliation::organization_id.eq(id)).select(affiliation::member_id);
    let rows = member::table.filter(member::id.eq_any(here)).order(member::id).select(member::id);
    rows.for_no_key_update().load::<MemberId>(conn)?;
    Ok(())
}

/// Refuses to close an organization with active organizations below it.
pub(super) fn refuse_children(conn: &mut PgConnection, id: OrganizationId) -> Result<()> {
    let below = organization::table.filter(organization::parent_id.eq(id));
    let below = below.filter(organization::status.eq(OrganizationStatus::Active));
    let some: bool = diesel::select(diesel::dsl::exists(below)).get_result(conn)?;
    if some { Err(Refusal::NotEmpty.into()) } else { Ok(()) }
}

/// Ends everything that depends on an organization, except the links to its successors.
pub(super) fn end_all_of(writer: &mut Writer<'_>, id: OrganizationId) -> Result<()> {
    for ends in NOUNS.iter().flat_map(|noun| noun.ends) {
        if let Ends::Organization(end) = ends {
            end(writer, id)?;
        }
    }
    Ok(())
}
