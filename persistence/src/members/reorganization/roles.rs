//! Roles held through affiliations that move, or over organizations that disappear, continue in the successor.

use diesel::prelude::*;
use kernel::schema::{organization, role_assignment};
use kernel::{AffiliationId, Noun as _, OrganizationId, Refusal, Validity};
use members::affiliation::Affiliation;
use members::reorganization::ImpactEffect;
use members::role_assignment::{NOT_ONESELF, RoleAssignment, RoleAssignmentInput};

use crate::Result;
use crate::kept::Kept as _;
use crate::members::role_assignment::{end, insert};
use crate::moving::{Ledger, Moving};
use crate::moving::{both, capped};
use crate::writer::Writer;

/// Carries the roles held through an affiliation. A role over the organization of that affiliation follows its holder.
pub(super) fn carry_held(
    writer: &mut Writer<'_>,
    moving: &Moving,
    ledger: &mut Ledger,
    before: &Affiliation,
    after: &Affiliation,
) -> Result<()> {
    let held = role_assignment::table.filter(role_assignment::affiliation_id.eq(before.id)).order(role_assignment::id);
    let held = held.select(RoleAssignment::as_select()).for_no_key_update().load(writer.conn)?;
    for role in held {
        let over = role
            .organization_id
            .map(|over| if over == before.organization_id { after.organization_id } else { moving.heir(over) });
        carry(writer, ledger, &role, after, over)?;
    }
    Ok(())
}

/// Carries the roles over organizations that disappear, if they are held through affiliations elsewhere.
pub(crate) fn carry_over(writer: &mut Writer<'_>, moving: &Moving, ledger: &mut Ledger) -> Result<()> {
    let over = role_assignment::organization_id.assume_not_null().eq_any(moving.gone());
    let over = role_assignment::table.filter(over).order(role_assignment::id).select(RoleAssignment::as_select());
    for role in over.for_no_key_update().load::<RoleAssignment>(writer.conn)? {
        let through = Affiliation::find(role.affiliation_id.0, writer.conn)?;
        let heir = role.organization_id.map(|over| moving.heir(over));
        carry(writer, ledger, &role, &through, heir)?;
    }
    Ok(())
}

fn carry(
    writer: &mut Writer<'_>,
    ledger: &mut Ledger,
    before: &RoleAssignment,
    through: &Affiliation,
    over: Option<OrganizationId>,
) -> Result<()> {
    let at = writer.at;
    if before.valid.ended_by(at) || (before.affiliation_id == through.id && before.organization_id == over) {
        return Ok(());
    }
    refuse_gift_to_oneself(writer, before, over)?;
    let valid = capped(before.valid, at, through.valid.to);
    let rival = role_assignment::table
        .filter(role_assignment::affiliation_id.eq(through.id).and(role_assignment::role.eq(before.role)))
        .filter(role_assignment::organization_id.is_not_distinct_from(over))
        .filter(role_assignment::valid.overlaps_with(valid).and(role_assignment::id.ne(before.id)))
        .order(role_assignment::id);
    let rival = rival.select(RoleAssignment::as_select()).first(writer.conn).optional()?;
    let effect = match rival {
        Some(rival) => {
            widen(writer, &rival, both(rival.valid, valid))?;
            end(writer, before, at)?;
            ImpactEffect::Joined
        }
        None if before.valid.from >= at => {
            repoint(writer, before, through.id, over)?;
            ImpactEffect::Repointed
        }
        None => {
            copy(writer, before, through.id, over, valid)?;
            end(writer, before, at)?;
            ImpactEffect::Moved
        }
    };
    let name = format!("{} · {}", ledger.member(writer.conn, before.member_id)?, before.role.code());
    let to = ledger.organization(writer.conn, over.unwrap_or(through.organization_id))?;
    ledger.concerns(before.member_id);
    ledger.tell(RoleAssignment::NAME, (writer.known(before.id.0, before.created_at), name), effect, Some(to));
    Ok(())
}

/// Refuses a reorganization by which a role of the caller would reach an existing organization that it did not reach.
fn refuse_gift_to_oneself(writer: &mut Writer<'_>, it: &RoleAssignment, over: Option<OrganizationId>) -> Result<()> {
    let Some(over) = over.filter(|over| it.member_id.0 == writer.by.0 && Some(*over) != it.organization_id) else {
        return Ok(());
    };
    let there = organization::table.find(over).filter(organization::created_at.lt(writer.at));
    let there: bool = diesel::select(diesel::dsl::exists(there)).get_result(writer.conn)?;
    if there { Err(Refusal::Forbidden(NOT_ONESELF).into()) } else { Ok(()) }
}

fn widen(writer: &mut Writer<'_>, before: &RoleAssignment, valid: Validity) -> Result<()> {
    if valid == before.valid {
        return Ok(());
    }
    writer.change(before, role_assignment::valid.eq(valid)).map(drop)
}

fn repoint(
    writer: &mut Writer<'_>,
    before: &RoleAssignment,
    through: AffiliationId,
    over: Option<OrganizationId>,
) -> Result<()> {
    let place = (role_assignment::affiliation_id.eq(through), role_assignment::organization_id.eq(over));
    writer.change(before, place).map(drop)
}

fn copy(
    writer: &mut Writer<'_>,
    before: &RoleAssignment,
    through: AffiliationId,
    over: Option<OrganizationId>,
    valid: Validity,
) -> Result<()> {
    let new =
        RoleAssignmentInput { affiliation_id: through, organization_id: over, ..RoleAssignmentInput::from(before) };
    insert(writer, new, (before.member_id, before.granted_by), valid).map(drop)
}
