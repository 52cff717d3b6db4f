//! Affiliations continue in the successor, with everything that is held through them.

use diesel::prelude::*;
use kernel::schema::affiliation;
use kernel::{AffiliationId, Noun as _, OrganizationId, Validity};
use members::affiliation::{Affiliation, AffiliationInput, AffiliationPatch};
use members::reorganization::ImpactEffect;
use serde_json::Value;
use uuid::Uuid;

use super::roles;
use crate::Result;
use crate::kept::Kept as _;
use crate::members::affiliation::promote;
use crate::moving::{Ledger, Moving};
use crate::moving::{both, capped};
use crate::nouns::NOUNS;
use crate::stamps::born;
use crate::writer::Writer;

/// Carries every affiliation that lasts: the main one of a member first, so that it is the one that others join.
pub(crate) fn carry_all(writer: &mut Writer<'_>, moving: &Moving, ledger: &mut Ledger) -> Result<()> {
    let here = affiliation::table.filter(affiliation::organization_id.eq_any(moving.gone()));
    let here = here.order((affiliation::is_primary.desc(), affiliation::id)).select(affiliation::id);
    for id in here.for_no_key_update().load::<AffiliationId>(writer.conn)? {
        let before = Affiliation::find(id.0, writer.conn)?;
        if !before.valid.ended_by(writer.at) {
            carry(writer, moving, ledger, &before)?;
        }
    }
    Ok(())
}

fn carry(writer: &mut Writer<'_>, moving: &Moving, ledger: &mut Ledger, before: &Affiliation) -> Result<()> {
    let (at, to) = (writer.at, moving.heir_of(before));
    let valid = capped(before.valid, at, None);
    let there = affiliation::table
        .filter(affiliation::member_id.eq(before.member_id).and(affiliation::organization_id.eq(to)))
        .filter(affiliation::valid.overlaps_with(valid))
        .order(affiliation::id);
    let there = there.select(Affiliation::as_select()).first(writer.conn).optional()?;
    let joins = there.is_some();
    let (after, effect) = match there {
        Some(there) => {
            end(writer, before)?;
            (widen(writer, &there, before, both(there.valid, valid))?, ImpactEffect::Joined)
        }
        None if before.valid.from >= at => (repoint(writer, before, to)?, ImpactEffect::Repointed),
        None => {
            end(writer, before)?;
            (copy(writer, before, to, valid)?, ImpactEffect::Moved)
        }
    };
    let name = ledger.member(writer.conn, before.member_id)?;
    let to = ledger.organization(writer.conn, to)?;
    ledger.concerns(before.member_id);
    ledger.tell(Affiliation::NAME, (writer.known(before.id.0, before.created_at), name), effect, Some(to));
    for carry in NOUNS.iter().filter_map(|noun| noun.carried) {
        carry(writer, ledger, before.id, &after)?;
    }
    roles::carry_held(writer, moving, ledger, before, &after)?;
    // A member whose main affiliation disappears keeps a main one: the affiliation that it joins.
    let after = Affiliation::find(after.id.0, writer.conn)?;
    if joins && before.is_primary && !after.is_primary {
        promote(writer, &after)?;
    }
    Ok(())
}

fn end(writer: &mut Writer<'_>, before: &Affiliation) -> Result<()> {
    writer.end(before, affiliation::valid.eq(before.valid.until(writer.at))).map(drop)
}

/// An affiliation that has not begun yet has no past to keep: it will begin in the successor.
fn repoint(writer: &mut Writer<'_>, before: &Affiliation, to: OrganizationId) -> Result<Affiliation> {
    writer.change(before, affiliation::organization_id.eq(to))
}

/// The same affiliation, in the successor: each field keeps its owner.
fn copy(writer: &mut Writer<'_>, before: &Affiliation, to: OrganizationId, valid: Validity) -> Result<Affiliation> {
    let whose = affiliation::table.find(before.id).select((affiliation::field_sources, affiliation::source_id));
    let (whose, keeper): (Value, Uuid) = whose.first(writer.conn)?;
    let row = (
        AffiliationInput { organization_id: to, ..AffiliationInput::from(before) },
        affiliation::id.eq(AffiliationId::fresh()),
        affiliation::member_id.eq(before.member_id),
        affiliation::field_sources.eq(whose),
        affiliation::source_id.eq(keeper),
        affiliation::valid.eq(valid),
        born!(affiliation, writer),
    );
    writer.create(row)
}

/// An affiliation that another one joins lasts as long as either, and takes the fields that it lacks from the other.
fn widen(writer: &mut Writer<'_>, there: &Affiliation, other: &Affiliation, valid: Validity) -> Result<Affiliation> {
    let said = AffiliationPatch::completing(there, other);
    if valid == there.valid && said.is_empty() {
        return Ok(there.clone());
    }
    writer.change(there, (said, affiliation::valid.eq(valid)))
}
