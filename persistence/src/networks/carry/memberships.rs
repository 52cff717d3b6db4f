//! A reorganization carries the memberships held for an organization into its successor.

use ::networks::membership::{EndReason, Membership, MembershipInput, MembershipStatus};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use kernel::directory::OrganizationKind;
use kernel::schema::{membership, organization};
use kernel::{AffiliationId, MembershipId, Noun as _, Validity};
use members::affiliation::Affiliation;
use members::reorganization::{ImpactEffect, JoinedMembership};

use crate::Result;
use crate::moving::{Ledger, both, capped};
use crate::networks::membership::{end, sitting};
use crate::stamps::born;
use crate::writer::Writer;

/// Carries the memberships held through an affiliation over to the one that succeeds it. Both may be the same
/// affiliation, moved to another organization.
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
            end(writer, before, at, EndReason::Reorganized)?;
            copy(writer, before, to.id, valid)?;
            ImpactEffect::Moved
        }
    };
    let name = format!("{} · {}", before.member.display_name, ledger.network(before.network_id));
    let place = ledger.organization(writer.conn, to.organization_id)?;
    ledger.tell(Membership::NAME, (writer.known(before.id.0, before.created_at), name), effect, Some(place));
    Ok(())
}

/// Joins two memberships of one member in one network. The stronger stays: one that is not suspended before one that
/// is, then the one whose role may do more.
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
    end(writer, before, at, EndReason::Reorganized)?;
    if !wins {
        return date(writer, rival, whole, rival);
    }
    if rival.valid.from >= at {
        return date(writer, rival, whole, before);
    }
    end(writer, rival, at, EndReason::Reorganized)?;
    copy(writer, before, rival.affiliation_id, Validity { from: at, to: whole.to })
}

type Terms = (Option<DateTime<Utc>>, Option<DateTime<Utc>>, uuid::Uuid);

/// The columns of a membership that a copy takes over, and that `MembershipInput` does not have.
fn terms(conn: &mut PgConnection, id: MembershipId) -> Result<Terms> {
    let row = membership::table.find(id);
    Ok(row.select((membership::suspended_at, membership::last_reviewed_at, membership::source_id)).first(conn)?)
}

/// Gives a membership these dates, and the role and other terms of the stronger one (`like`).
fn date(writer: &mut Writer<'_>, before: &Membership, valid: Validity, like: &Membership) -> Result<()> {
    if valid == before.valid && like.id == before.id {
        return Ok(());
    }
    let (suspended, reviewed, source) = terms(writer.conn, like.id)?;
    writer
        .change(
            before,
            (
                membership::valid.eq(valid),
                membership::role.eq(like.role),
                membership::interministerial.eq(like.interministerial),
                membership::suspended_at.eq(suspended),
                membership::last_reviewed_at.eq(reviewed),
                membership::source_id.eq(source),
                membership::notification_level.eq(like.notification_level),
            ),
        )
        .map(drop)
}

fn repoint(writer: &mut Writer<'_>, before: &Membership, to: &Affiliation) -> Result<()> {
    let kind = organization::table.find(to.organization_id).select(organization::kind);
    let kind: OrganizationKind = kind.first(writer.conn)?;
    writer
        .change(
            before,
            (
                membership::affiliation_id.eq(to.id),
                membership::organization_id.eq(to.organization_id),
                membership::organization_kind.eq(kind),
            ),
        )
        .map(drop)
}

fn copy(writer: &mut Writer<'_>, before: &Membership, through: AffiliationId, valid: Validity) -> Result<()> {
    let new = MembershipInput { affiliation_id: through, ..MembershipInput::from(before) };
    let (suspended, reviewed, source) = terms(writer.conn, before.id)?;
    let terms = (
        membership::suspended_at.eq(suspended),
        membership::last_reviewed_at.eq(reviewed),
        membership::source_id.eq(source),
        membership::notification_level.eq(before.notification_level),
    );
    let row = (sitting(before.network_id, &new, valid), terms, born!(membership, writer));
    writer.create::<Membership, _, _>(row).map(drop)
}
