//! SQL of co-animations.

use ::networks::co_animation::{
    CoAnimation, CoAnimationInput, CoAnimationPage, CoAnimationView, Create, End, Read, Void,
};
use ::networks::network::{Network, NetworkCode};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use kernel::directory::OrganizationLife;
use kernel::schema::co_animation;
use kernel::{
    AsOf, CoAnimationId, Grant, NetworkId, OrganizationId, PageQuery, Refusal, Validity, Versions, VoidReason, Voided,
};
use members::affiliation::Ending;
use uuid::Uuid;

use super::carry::carry_co_animations;
use super::network::{locked, seen_by};
use crate::aftermath::Aftermath;
use crate::error::{Meaning, OVERLAP};
use crate::kept::{Ends, kept, known};
use crate::moving::Resting;
use crate::page::{UP, keyset};
use crate::resting::resting_on;
use crate::stamps::born;
use crate::store::Known;
use crate::writer::Writer;
use crate::{Again, Error, Result, Store};

impl Store<'_> {
    /// The co-animations of a network, in force now or at the end of a past day.
    ///
    /// # Errors
    /// There is no such network that the caller may see; the cursor is none of ours.
    pub fn network_co_animations(
        &mut self,
        code: &NetworkCode,
        as_of: Option<AsOf>,
        page: &PageQuery,
    ) -> Result<CoAnimationPage> {
        let (conn, actor) = self.reading();
        let network = seen_by(code, conn, actor)?;
        let query = CoAnimation::query()
            .filter(co_animation::network_id.eq(network.id))
            .filter(co_animation::valid.contains(AsOf::or_now(as_of)?))
            .into_boxed();
        let found = keyset!(conn, query, page, UP, |it: &CoAnimation| it.id => co_animation::id);
        Ok(found.map(|it| self.seen(it)))
    }

    /// Records the co-animation that was granted.
    ///
    /// # Errors
    /// It stands already at that time; the organization does not exist.
    pub fn create_network_co_animation(&mut self, grant: Grant<Create>) -> Result<CoAnimationView> {
        let created = self.write(grant, |writer, _, Create((_, new)), (network, _)| {
            let valid = Validity::since(new.valid_from.map_or(writer.at, |it| it.0));
            insert(writer, network.id, new, valid)
        })?;
        Ok(self.seen(created))
    }

    /// Ends the co-animation that was granted.
    ///
    /// # Errors
    /// It is no longer as the caller saw it; the time lies in the past.
    pub fn end_co_animation(&mut self, grant: Grant<End>, seen: Versions, ending: &Ending) -> Result<CoAnimationView> {
        let ended = self.write_on(grant, seen, |writer, _, _, before| {
            let at = ending.instant(writer.at, before.valid)?;
            end(writer, &before, at)
        })?;
        Ok(self.seen(ended))
    }

    /// Voids the co-animation that was granted.
    ///
    /// # Errors
    /// It is no longer as the caller saw it.
    pub fn void_co_animation(&mut self, grant: Grant<Void>, seen: Versions, reason: VoidReason) -> Result<Voided> {
        self.write_on(grant, seen, |writer, _, _, before| writer.void(&before, reason))
    }
}

/// Inserts a co-animation of a network.
pub(super) fn insert(
    writer: &mut Writer<'_>,
    network: NetworkId,
    new: CoAnimationInput,
    valid: Validity,
) -> Result<CoAnimation> {
    let place = (co_animation::id.eq(CoAnimationId::fresh()), co_animation::network_id.eq(network));
    writer.create((new, place, co_animation::valid.eq(valid), born!(co_animation, writer)))
}

pub(super) fn end(writer: &mut Writer<'_>, before: &CoAnimation, at: DateTime<Utc>) -> Result<CoAnimation> {
    writer.end(before, co_animation::valid.eq(before.valid.until(at)))
}

/// Ends the co-animations of a network that closes.
fn end_co_animations_in(writer: &mut Writer<'_>, network: NetworkId) -> Result<()> {
    let all = CoAnimation::query().filter(co_animation::network_id.eq(network)).order(co_animation::id);
    let all = all.load(writer.conn)?;
    end_each(writer, all)
}

/// Ends the co-animations by an organization that closes.
fn end_co_animations_of(writer: &mut Writer<'_>, organization: OrganizationId) -> Result<()> {
    let all = CoAnimation::query().filter(co_animation::organization_id.eq(organization)).order(co_animation::id);
    let all = all.load(writer.conn)?;
    end_each(writer, all)
}

fn end_each(writer: &mut Writer<'_>, all: Vec<CoAnimation>) -> Result<()> {
    let at = writer.at;
    for before in all.into_iter().filter(|it| !it.valid.ended_by(at)) {
        end(writer, &before, at)?;
    }
    Ok(())
}

impl Again for CoAnimationView {
    fn about(&self) -> Uuid {
        self.noun.id.0
    }

    fn again(store: &mut Store<'_>, about: Uuid) -> Result<Self> {
        let it = store.permit(Read(CoAnimationId(about)))?;
        Ok(store.seen(it))
    }
}

known!(read CoAnimation: Read);

impl Known for Create {
    fn facts(&self, conn: &mut PgConnection) -> Result<(Network, Option<OrganizationLife>)> {
        let (code, new) = &self.0;
        Ok((locked(code, conn)?, resting_on(conn, new.organization_id)?))
    }
}

known!(lock CoAnimation: End, Void);

kept!(CoAnimation: co_animation {
    const ENDS: &'static [Ends] = &[Ends::Organization(end_co_animations_of), Ends::Network(end_co_animations_in)];
    const RESTING: &'static [Resting] = &[
        Resting::moves("co_animation", "organization_id", carry_co_animations),
    ];
    const CONSTRAINTS: &'static [(&'static str, Meaning)] = &[
        ("co_animation_organization_id_fkey", || Error::Dangling("/organization_id")),
        ("co_animation_once_excl", OVERLAP),
    ];

    // The network is locked first, as for every change in it.
    fn lock(id: Uuid, conn: &mut PgConnection) -> Result<Self> {
        let network = co_animation::table.find(id).select(co_animation::network_id).first(conn).optional()?;
        crate::locks::lock_networks(conn, &[network.ok_or(Refusal::NotFound)?])?;
        Self::find(id, conn)
    }

    fn aftermath(before: Option<&Self>, after: Option<&Self>, follows: &mut Aftermath) {
        // The co-animation of an organization decides what its co-leads may do, so their rights are computed anew.
        for it in before.into_iter().chain(after) {
            follows.rights_in(it.network_id, it.organization.id);
        }
    }
});
