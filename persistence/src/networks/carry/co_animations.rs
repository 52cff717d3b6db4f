//! A reorganization carries the co-animations of an organization into its successor.

use ::networks::co_animation::{CoAnimation, CoAnimationInput};
use diesel::prelude::*;
use kernel::schema::co_animation;
use kernel::{Noun as _, Validity};
use members::reorganization::ImpactEffect;

use crate::Result;
use crate::moving::{Ledger, Moving, both, capped};
use crate::networks::co_animation::{end, insert};
use crate::writer::Writer;

/// Carries the co-animations of the organizations that end; of two in one network, the one with the wider scope stays.
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
                end(writer, &before, at)?;
                join_co_animations(writer, &before, &rival, both(rival.valid, valid))?;
                ImpactEffect::Joined
            }
            None if before.valid.from >= at => {
                writer.change(&before, co_animation::organization_id.eq(to))?;
                ImpactEffect::Repointed
            }
            None => {
                end(writer, &before, at)?;
                let new = CoAnimationInput { organization_id: to, ..CoAnimationInput::from(&before) };
                insert(writer, before.network_id, new, valid)?;
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
    // The variants of the enum are in order from the wider to the narrower scope.
    let scope = before.scope.min(rival.scope);
    if scope == rival.scope && valid == rival.valid {
        return Ok(());
    }
    if rival.valid.from < at {
        end(writer, rival, at)?;
        let valid = Validity { from: at, ..valid };
        let new = CoAnimationInput { scope, ..CoAnimationInput::from(rival) };
        return insert(writer, rival.network_id, new, valid).map(drop);
    }
    writer.change(rival, (co_animation::scope.eq(scope), co_animation::valid.eq(valid))).map(drop)
}
