//! A reorganization carries the seat requirements of an organization into its successor.

use ::networks::seat::{Seat, SeatInput};
use diesel::prelude::*;
use kernel::schema::{membership, seat};
use kernel::{Noun as _, Validity};
use members::reorganization::ImpactEffect;

use crate::Result;
use crate::moving::{Ledger, Moving, both, capped};
use crate::networks::seat::{end, insert};
use crate::writer::Writer;

/// Carries the seats of the organizations that end. Two for one role in one network become one, whose `max` has room
/// for all who hold it now.
pub(crate) fn carry_seats(writer: &mut Writer<'_>, moving: &Moving, ledger: &mut Ledger) -> Result<()> {
    let here = Seat::query().filter(seat::organization_id.eq_any(moving.gone())).order(seat::id);
    let here: Vec<Seat> = here.load(writer.conn)?;
    let at = writer.at;
    for before in here.into_iter().filter(|it| !it.valid.ended_by(at)) {
        let (to, valid) = (moving.heir(before.organization.id), capped(before.valid, at, None));
        let rival = Seat::query()
            .filter(seat::network_id.eq(before.network_id).and(seat::organization_id.eq(to)))
            .filter(seat::role.eq(before.role).and(seat::valid.overlaps_with(valid)))
            .order(seat::id);
        let effect = match rival.first(writer.conn).optional()? {
            Some(rival) => {
                end(writer, &before, at)?;
                join_seats(writer, &before, &rival, valid)?;
                ImpactEffect::Joined
            }
            None if before.valid.from >= at => {
                writer.change(&before, seat::organization_id.eq(to))?;
                ImpactEffect::Repointed
            }
            None => {
                end(writer, &before, at)?;
                let new = SeatInput { organization_id: to, ..SeatInput::from(&before) };
                insert(writer, before.network_id, new, valid)?;
                ImpactEffect::Moved
            }
        };
        let name = format!("{} · {}", ledger.network(before.network_id), before.role.code());
        let place = ledger.organization(writer.conn, to)?;
        ledger.tell(Seat::NAME, (writer.known(before.id.0, before.created_at), name), effect, Some(place));
    }
    Ok(())
}

/// One seat in place of two: the larger bounds, and the professions of both, or any where one of them takes any.
fn asked_of_both(one: &Seat, other: &Seat, holders: i64) -> SeatInput {
    let mut professions = Vec::new();
    if !one.professions.is_empty() && !other.professions.is_empty() {
        professions = one.professions.iter().chain(&other.professions).copied().collect();
        professions.sort_unstable();
        professions.dedup();
    }
    let holders = i16::try_from(holders).unwrap_or(i16::MAX).min(MOST_HOLDERS);
    SeatInput {
        min: one.min.max(other.min),
        max: one.max.max(other.max).max(holders),
        professions,
        interministerial: one.interministerial && other.interministerial,
        ..SeatInput::from(other)
    }
}

/// The largest `max` that a seat may have.
const MOST_HOLDERS: i16 = 100;

fn join_seats(writer: &mut Writer<'_>, before: &Seat, rival: &Seat, valid: Validity) -> Result<()> {
    let (at, to) = (writer.at, rival.organization.id);
    let holders = membership::table
        .filter(membership::network_id.eq(rival.network_id).and(membership::organization_id.eq(to)))
        .filter(membership::role.eq(rival.role).and(membership::valid.contains(at)))
        .count();
    let asked = asked_of_both(before, rival, holders.get_result(writer.conn)?);
    let valid = both(rival.valid, valid);
    if asked == SeatInput::from(rival) && valid == rival.valid {
        return Ok(());
    }
    if rival.valid.from < at {
        // The past of the seat stays as it was.
        end(writer, rival, at)?;
        return insert(writer, rival.network_id, asked, Validity { from: at, ..valid }).map(drop);
    }
    writer.change(rival, (asked, seat::valid.eq(valid))).map(drop)
}
