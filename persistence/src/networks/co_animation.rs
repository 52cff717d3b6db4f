//! SQL of co-animations.

use ::networks::co_animation::{CoAnimation, CoAnimationPage, CoAnimationView, Create, End, Read, Void};
use ::networks::network::{Network, NetworkCode};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use kernel::directory::OrganizationLife;
use kernel::schema::co_animation;
use kernel::{
    AsOf, CoAnimationId, Grant, NetworkId, OrganizationId, PageQuery, Refusal, Validity, Version, VoidReason, Voided,
};
use members::affiliation::Ending;
use uuid::Uuid;

use super::carry::carry_co_animations;
use super::network::{locked, seen_by};
use crate::aftermath::Aftermath;
use crate::error::{Meaning, OVERLAP};
use crate::kept::{Ends, Kept as _, kept};
use crate::moving::Resting;
use crate::resting::resting_on;
use crate::stamps::born;
use crate::store::{Known, Writer, known};
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
        let mut query = CoAnimation::query()
            .filter(co_animation::network_id.eq(network.id))
            .filter(co_animation::valid.contains(AsOf::or_now(as_of)?))
            .into_boxed();
        if let Some(after) = page.key::<CoAnimationId>()? {
            query = query.filter(co_animation::id.gt(after));
        }
        let rows = query.order(co_animation::id).limit(page.probe()).load(conn)?;
        let found = page.cut(rows, |it: &CoAnimation| it.id);
        Ok(found.map(|it| self.seen(it)))
    }

    /// Records the co-animation that was granted.
    ///
    /// # Errors
    /// It stands already at that time; the organization does not exist.
    pub fn create_network_co_animation(&mut self, grant: Grant<Create>) -> Result<CoAnimationView> {
        let created = self.write(grant, |writer, _, Create((_, new)), (network, _)| {
            let id = CoAnimationId::fresh();
            let row = (
                co_animation::id.eq(id),
                co_animation::network_id.eq(network.id),
                co_animation::organization_id.eq(new.organization_id),
                co_animation::scope.eq(new.scope),
                co_animation::valid.eq(Validity::since(new.valid_from.unwrap_or(writer.at))),
                born!(co_animation, writer),
            );
            writer.create::<CoAnimation, _, _>(row)
        })?;
        Ok(self.seen(created))
    }

    /// Ends the co-animation that was granted.
    ///
    /// # Errors
    /// It is no longer as the caller saw it; the time lies in the past.
    pub fn end_co_animation(&mut self, grant: Grant<End>, seen: Version, ending: &Ending) -> Result<CoAnimationView> {
        let ended = self.write_on(grant, seen, |writer, _, _, before| {
            let at = ending.instant(writer.at)?;
            end(writer, &before, at)
        })?;
        Ok(self.seen(ended))
    }

    /// Voids the co-animation that was granted.
    ///
    /// # Errors
    /// It is no longer as the caller saw it.
    pub fn void_co_animation(&mut self, grant: Grant<Void>, seen: Version, reason: VoidReason) -> Result<Voided> {
        self.write_on(grant, seen, |writer, _, _, before| writer.void(&before, reason))
    }
}

pub(super) fn end(writer: &mut Writer<'_>, before: &CoAnimation, at: DateTime<Utc>) -> Result<CoAnimation> {
    writer.end(before, co_animation::valid.eq(before.valid.until(at)))
}

/// Ends the co-animations of a network that closes.
pub(super) fn end_co_animations_in(writer: &mut Writer<'_>, network: NetworkId) -> Result<()> {
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

impl Known for End {
    fn facts(&self, conn: &mut PgConnection) -> Result<CoAnimation> {
        let row = co_animation::table.find(self.0).select(co_animation::network_id);
        let network: NetworkId = row.first(conn).optional()?.ok_or(Refusal::NotFound)?;
        crate::locks::lock_networks(conn, &[network])?;
        CoAnimation::find(self.0.0, conn)
    }
}

impl Known for Void {
    fn facts(&self, conn: &mut PgConnection) -> Result<CoAnimation> {
        End(self.0).facts(conn)
    }
}

kept!(CoAnimation: co_animation {
    const ENDS: &'static [Ends] = &[Ends::WithOrganization(end_co_animations_of)];
    const RESTING: &'static [Resting] = &[
        Resting::moves("co_animation", "organization_id", carry_co_animations),
    ];
    const CONSTRAINTS: &'static [(&'static str, Meaning)] = &[
        ("co_animation_organization_id_fkey", || Error::Dangling("/organization_id")),
        ("co_animation_once_excl", OVERLAP),
    ];

    fn aftermath(before: Option<&Self>, after: Option<&Self>, follows: &mut Aftermath) {
        // What an organization co-animates is the scope of its co-leads.
        for it in before.into_iter().chain(after) {
            follows.rights_in(it.network_id, it.organization.id);
        }
    }
});
