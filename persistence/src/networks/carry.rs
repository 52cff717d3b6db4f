//! What a reorganization carries into the successor: memberships, seats, co-animations, and the cells they count in.

use ::networks::co_animation::CoAnimation;
use ::networks::membership::{EndReason, Membership, MembershipStatus, NewMembership};
use ::networks::seat::Seat;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use kernel::directory::{OrganizationKind, Profession};
use kernel::schema::{co_animation, membership, organization, seat};
use kernel::{
    AffiliationId, CoAnimationId, CoAnimationScope, MembershipId, NetworkId, Noun as _, OrganizationId, SeatId,
    Validity,
};
use members::affiliation::Affiliation;
use members::reorganization::{ImpactEffect, JoinedMembership};

use super::membership::{close, find, insert, stamps};
use super::tracking::refresh;
use super::{co_animation as animations, seat as seats};
use crate::Result;
use crate::members::{Ledger, Moving, both, capped};
use crate::store::Writer;

/// Carries what is held through an affiliation over to the one that goes on; both may be the same, in another place.
pub(crate) fn carry_memberships(
    writer: &mut Writer<'_>,
    ledger: &mut Ledger,
    from: AffiliationId,
    to: &Affiliation,
) -> Result<()> {
    let held = Membership::query().filter(membership::affiliation_id.eq(from)).order(membership::id);
    let held: Vec<Membership> = held.load(writer.conn)?;
    let at = writer.at;
    for before in held.into_iter().filter(|it| !it.valid.ended_by(at)) {
        carry_membership(writer, ledger, &before, to)?;
    }
    Ok(())
}

fn carry_membership(writer: &mut Writer<'_>, ledger: &mut Ledger, before: &Membership, to: &Affiliation) -> Result<()> {
    let at = writer.at;
    let valid = capped(before.valid, at, to.valid.to);
    let rival = Membership::query()
        .filter(membership::affiliation_id.eq(to.id).and(membership::network_id.eq(before.network_id)))
        .filter(membership::valid.overlaps_with(valid).and(membership::id.ne(before.id)))
        .order(membership::id);
    let effect = match rival.first(writer.conn).optional()? {
        Some(rival) => {
            join(writer, ledger, before, &rival, valid)?;
            ImpactEffect::Joined
        }
        None if before.valid.from >= at => {
            repoint(writer, before, to)?;
            ImpactEffect::Repointed
        }
        None => {
            close(writer, before, at, EndReason::Reorganized)?;
            copy(writer, before, to.id, valid)?;
            ImpactEffect::Moved
        }
    };
    let name = format!("{} · {}", before.member.display_name, ledger.network(before.network_id));
    let place = ledger.organization(writer.conn, to.organization_id)?;
    ledger.tell(Membership::NAME, (writer.known(before.id.0, before.created_at), name), effect, Some(place));
    Ok(())
}

/// Of two memberships of one member in one network, the stronger stays: an active one before one that waits, then the
/// role that does more.
fn join(
    writer: &mut Writer<'_>,
    ledger: &mut Ledger,
    before: &Membership,
    rival: &Membership,
    valid: Validity,
) -> Result<()> {
    let at = writer.at;
    let weakness = |it: &Membership| (it.status == MembershipStatus::Suspended, it.role);
    let wins = weakness(before) < weakness(rival);
    let (stays, goes) = if wins { (before, rival) } else { (rival, before) };
    if before.valid.holds(at) && rival.valid.holds(at) {
        ledger.joins(JoinedMembership {
            member: before.member.clone(),
            network_id: before.network_id,
            kept_role: stays.role,
            given_up_role: goes.role,
        });
    }
    let whole = both(rival.valid, valid);
    close(writer, before, at, EndReason::Reorganized)?;
    if !wins {
        return date(writer, rival, whole, rival);
    }
    if rival.valid.from >= at {
        return date(writer, rival, whole, before);
    }
    close(writer, rival, at, EndReason::Reorganized)?;
    copy(writer, before, rival.affiliation_id, Validity { from: at, to: whole.to })
}

type Terms = (Option<DateTime<Utc>>, Option<DateTime<Utc>>, uuid::Uuid);

/// What of a membership its noun does not say, or says for itself alone.
fn terms(conn: &mut PgConnection, id: MembershipId) -> Result<Terms> {
    let row = membership::table.find(id);
    Ok(row.select((membership::suspended_at, membership::last_reviewed_at, membership::source_id)).first(conn)?)
}

/// The membership lasts as said, on the terms of the one that is stronger.
fn date(writer: &mut Writer<'_>, before: &Membership, valid: Validity, like: &Membership) -> Result<()> {
    if valid == before.valid && like.id == before.id {
        return Ok(());
    }
    let (suspended, reviewed, source) = terms(writer.conn, like.id)?;
    let change = (
        membership::valid.eq(valid),
        membership::role.eq(like.role),
        membership::interministerial.eq(like.interministerial),
        membership::suspended_at.eq(suspended),
        membership::last_reviewed_at.eq(reviewed),
        membership::source_id.eq(source),
        stamps(writer, before.version),
    );
    diesel::update(membership::table.find(before.id)).set(change).execute(writer.conn)?;
    let after = find(before.id, writer.conn)?;
    writer.updated(before, &after)
}

fn repoint(writer: &mut Writer<'_>, before: &Membership, to: &Affiliation) -> Result<()> {
    let kind = organization::table.find(to.organization_id).select(organization::kind);
    let kind: OrganizationKind = kind.first(writer.conn)?;
    let place = (
        membership::affiliation_id.eq(to.id),
        membership::organization_id.eq(to.organization_id),
        membership::organization_kind.eq(kind),
        stamps(writer, before.version),
    );
    diesel::update(membership::table.find(before.id)).set(place).execute(writer.conn)?;
    let after = find(before.id, writer.conn)?;
    writer.updated(before, &after)
}

fn copy(writer: &mut Writer<'_>, before: &Membership, through: AffiliationId, valid: Validity) -> Result<()> {
    let new = NewMembership {
        affiliation_id: through,
        role: before.role,
        interministerial: before.interministerial,
        valid_from: None,
        valid_to: None,
    };
    let id = MembershipId::fresh();
    insert(writer, before.network_id, id, &new, valid)?;
    let (suspended, reviewed, source) = terms(writer.conn, before.id)?;
    let terms = (
        membership::suspended_at.eq(suspended),
        membership::last_reviewed_at.eq(reviewed),
        membership::source_id.eq(source),
    );
    diesel::update(membership::table.find(id)).set(terms).execute(writer.conn)?;
    let created = find(id, writer.conn)?;
    writer.created(&created)
}

/// Carries the seats of what goes; two of one role in one network become one, wide enough for who sits there now.
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
                seats::end(writer, &before, at)?;
                join_seats(writer, &before, &rival, valid)?;
                ImpactEffect::Joined
            }
            None if before.valid.from >= at => {
                let place = (seat::organization_id.eq(to), seats::stamps(writer, before.version));
                diesel::update(seat::table.find(before.id)).set(place).execute(writer.conn)?;
                let after = seats::find(before.id, writer.conn)?;
                writer.updated(&before, &after)?;
                ImpactEffect::Repointed
            }
            None => {
                seats::end(writer, &before, at)?;
                expect(writer, &before, to, &Bounds::of(&before, valid))?;
                ImpactEffect::Moved
            }
        };
        let name = format!("{} · {}", ledger.network(before.network_id), before.role.code());
        let place = ledger.organization(writer.conn, to)?;
        ledger.tell(Seat::NAME, (writer.known(before.id.0, before.created_at), name), effect, Some(place));
    }
    Ok(())
}

/// What a seat asks.
#[derive(PartialEq)]
struct Bounds {
    min: i16,
    max: i16,
    professions: Vec<Profession>,
    interministerial: bool,
    valid: Validity,
}

impl Bounds {
    fn of(it: &Seat, valid: Validity) -> Self {
        let (professions, interministerial) = (it.professions.clone(), it.interministerial);
        Self { min: it.min, max: it.max, professions, interministerial, valid }
    }

    /// What asks for both: any métier where one asks for none.
    fn both(one: &Seat, other: &Seat, holders: i64, valid: Validity) -> Self {
        let mut professions = Vec::new();
        if !one.professions.is_empty() && !other.professions.is_empty() {
            professions = one.professions.iter().chain(&other.professions).copied().collect();
            professions.sort_unstable();
            professions.dedup();
        }
        let holders = i16::try_from(holders).unwrap_or(i16::MAX).min(MOST_HOLDERS);
        Self {
            min: one.min.max(other.min),
            max: one.max.max(other.max).max(holders),
            professions,
            interministerial: one.interministerial && other.interministerial,
            valid,
        }
    }
}

/// As many as a seat may have.
const MOST_HOLDERS: i16 = 100;

fn join_seats(writer: &mut Writer<'_>, before: &Seat, rival: &Seat, valid: Validity) -> Result<()> {
    let (at, to) = (writer.at, rival.organization.id);
    let holders = membership::table
        .filter(membership::network_id.eq(rival.network_id).and(membership::organization_id.eq(to)))
        .filter(membership::role.eq(rival.role).and(membership::valid.contains(at)))
        .count();
    let bounds = Bounds::both(before, rival, holders.get_result(writer.conn)?, both(rival.valid, valid));
    if bounds == Bounds::of(rival, rival.valid) {
        return Ok(());
    }
    if rival.valid.from < at {
        // What was expected so far stays as it was.
        seats::end(writer, rival, at)?;
        let valid = Validity { from: at, ..bounds.valid };
        return expect(writer, rival, to, &Bounds { valid, ..bounds });
    }
    let change = (
        seat::min.eq(bounds.min),
        seat::max.eq(bounds.max),
        seat::professions.eq(bounds.professions),
        seat::interministerial.eq(bounds.interministerial),
        seat::valid.eq(bounds.valid),
        seats::stamps(writer, rival.version),
    );
    diesel::update(seat::table.find(rival.id)).set(change).execute(writer.conn)?;
    let after = seats::find(rival.id, writer.conn)?;
    writer.updated(rival, &after)
}

fn expect(writer: &mut Writer<'_>, like: &Seat, of: OrganizationId, bounds: &Bounds) -> Result<()> {
    let id = SeatId::fresh();
    let row = (
        seat::id.eq(id),
        seat::network_id.eq(like.network_id),
        seat::organization_id.eq(of),
        seat::role.eq(like.role),
        seat::min.eq(bounds.min),
        seat::max.eq(bounds.max),
        seat::professions.eq(&bounds.professions),
        seat::interministerial.eq(bounds.interministerial),
        seat::valid.eq(bounds.valid),
        seat::created_at.eq(writer.at),
        seat::updated_at.eq(writer.at),
        seat::created_by.eq(writer.by),
        seat::updated_by.eq(writer.by),
    );
    diesel::insert_into(seat::table).values(row).execute(writer.conn)?;
    let created = seats::find(id, writer.conn)?;
    writer.created(&created)
}

/// Carries the co-animations of what goes; of two in one network, the wider stays.
pub(crate) fn carry_co_animations(writer: &mut Writer<'_>, moving: &Moving, ledger: &mut Ledger) -> Result<()> {
    let here = CoAnimation::query().filter(co_animation::organization_id.eq_any(moving.gone()));
    let here: Vec<CoAnimation> = here.order(co_animation::id).load(writer.conn)?;
    let at = writer.at;
    for before in here.into_iter().filter(|it| !it.valid.ended_by(at)) {
        let (to, valid) = (moving.heir(before.organization.id), capped(before.valid, at, None));
        let rival = CoAnimation::query()
            .filter(co_animation::network_id.eq(before.network_id).and(co_animation::organization_id.eq(to)))
            .filter(co_animation::valid.overlaps_with(valid))
            .order(co_animation::id);
        let effect = match rival.first(writer.conn).optional()? {
            Some(rival) => {
                animations::end(writer, &before, at)?;
                join_co_animations(writer, &before, &rival, both(rival.valid, valid))?;
                ImpactEffect::Joined
            }
            None if before.valid.from >= at => {
                let place = (co_animation::organization_id.eq(to), animations::stamps(writer, before.version));
                diesel::update(co_animation::table.find(before.id)).set(place).execute(writer.conn)?;
                let after = animations::find(before.id, writer.conn)?;
                writer.updated(&before, &after)?;
                ImpactEffect::Repointed
            }
            None => {
                animations::end(writer, &before, at)?;
                animate(writer, before.network_id, to, before.scope, valid)?;
                ImpactEffect::Moved
            }
        };
        let name = format!("{} · {}", ledger.network(before.network_id), before.scope.code());
        let place = ledger.organization(writer.conn, to)?;
        ledger.tell(CoAnimation::NAME, (writer.known(before.id.0, before.created_at), name), effect, Some(place));
    }
    Ok(())
}

fn join_co_animations(
    writer: &mut Writer<'_>,
    before: &CoAnimation,
    rival: &CoAnimation,
    valid: Validity,
) -> Result<()> {
    let at = writer.at;
    // The codes stand from the wider to the narrower.
    let scope = before.scope.min(rival.scope);
    if scope == rival.scope && valid == rival.valid {
        return Ok(());
    }
    if rival.valid.from < at {
        animations::end(writer, rival, at)?;
        let valid = Validity { from: at, ..valid };
        return animate(writer, rival.network_id, rival.organization.id, scope, valid);
    }
    let change =
        (co_animation::scope.eq(scope), co_animation::valid.eq(valid), animations::stamps(writer, rival.version));
    diesel::update(co_animation::table.find(rival.id)).set(change).execute(writer.conn)?;
    let after = animations::find(rival.id, writer.conn)?;
    writer.updated(rival, &after)
}

fn animate(
    writer: &mut Writer<'_>,
    network: NetworkId,
    by: OrganizationId,
    scope: CoAnimationScope,
    valid: Validity,
) -> Result<()> {
    let id = CoAnimationId::fresh();
    let row = (
        co_animation::id.eq(id),
        co_animation::network_id.eq(network),
        co_animation::organization_id.eq(by),
        co_animation::scope.eq(scope),
        co_animation::valid.eq(valid),
        co_animation::created_at.eq(writer.at),
        co_animation::updated_at.eq(writer.at),
        co_animation::created_by.eq(writer.by),
        co_animation::updated_by.eq(writer.by),
    );
    diesel::insert_into(co_animation::table).values(row).execute(writer.conn)?;
    let created = animations::find(id, writer.conn)?;
    writer.created(&created)
}

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
