//! SQL of seats.

use ::networks::network::{Network, NetworkCode};
use ::networks::seat::{
    Create, End, List, ListOf, OrganizationSeatFilter, Read, Seat, SeatFilter, SeatInput, SeatPage, SeatPatch,
    SeatView, Update, Void, visible,
};
use diesel::prelude::*;
use kernel::directory::OrganizationLife;
use kernel::schema::{network, seat};
use kernel::{
    AsOf, Grant, Label, NetworkId, OrganizationId, PageQuery, Refusal, SeatId, Validity, Versions, VoidReason, Voided,
};
use members::affiliation::Ending;
use uuid::Uuid;

use super::carry::carry_seats;
use super::network::{find as find_network, locked as locked_network};
use super::tracking::Row;
use crate::aftermath::Aftermath;
use crate::error::{Meaning, OVERLAP};
use crate::kept::{Ends, kept, known};
use crate::locks::lock_networks;
use crate::moving::Resting;
use crate::page::{UP, counted, keyset};
use crate::resting::resting_on;
use crate::stamps::born;
use crate::store::Known;
use crate::writer::Writer;
use crate::{Again, Error, Result, Store};

impl Store<'_> {
    /// The seat requirements of a network, now or at the end of a past day.
    ///
    /// # Errors
    /// There is no such network that the caller may see; the cursor is none of ours.
    pub fn network_seats(&mut self, code: NetworkCode, filter: &SeatFilter, page: &PageQuery) -> Result<SeatPage> {
        let network = self.permit(List(code))?;
        let at = AsOf::or_now(filter.as_of)?;
        let row = self.row(filter.dicom_id, filter.unserved, filter.as_of)?;
        let all = || {
            let query = Seat::query().filter(seat::network_id.eq(network.id));
            let mut query = query.filter(seat::valid.contains(at)).into_boxed();
            if let Some(organization) = filter.organization_id {
                query = query.filter(seat::organization_id.eq(organization));
            }
            query = match &row {
                Some(Row::Of(these)) => query.filter(seat::organization_id.eq_any(these)),
                Some(Row::But(these)) => query.filter(seat::organization_id.ne_all(these)),
                None => query,
            };
            if let Some(since) = filter.updated_since {
                query = query.filter(seat::updated_at.ge(since.0));
            }
            if let Some(role) = filter.role {
                query = query.filter(seat::role.eq(role));
            }
            query
        };
        let conn = self.reading().0;
        let count = counted(conn, filter.count, all())?;
        let found = keyset!(conn, all(), page, UP, |it: &Seat| it.id => seat::id);
        Ok(found.counted(count).map(|it| self.seen(it)))
    }

    /// The seat requirements of an organization, of the networks that the caller may see, now or at the end of a past day.
    ///
    /// # Errors
    /// There is no such organization; the caller may not see seats; the cursor is none of ours.
    pub fn organization_seats(
        &mut self,
        id: OrganizationId,
        filter: &OrganizationSeatFilter,
        page: &PageQuery,
    ) -> Result<SeatPage> {
        self.organization(id, None)?;
        self.permit(ListOf(id))?;
        let at = AsOf::or_now(filter.as_of)?;
        let (conn, actor) = self.reading();
        let all = || {
            let query = Seat::query().filter(seat::organization_id.eq(id)).filter(seat::valid.contains(at));
            let mut query = query.filter(visible(actor)).into_boxed();
            if let Some(code) = &filter.network_code {
                query = query.filter(network::code.eq(code));
            }
            if let Some(role) = filter.role {
                query = query.filter(seat::role.eq(role));
            }
            query
        };
        let count = counted(conn, filter.count, all())?;
        let found = keyset!(conn, all(), page, UP, |it: &Seat| it.id => seat::id);
        Ok(found.counted(count).map(|it| self.seen(it)))
    }

    /// Creates the seat requirement that was granted.
    ///
    /// # Errors
    /// The organization has one for this role at that time already; the organization does not exist.
    pub fn create_network_seat(&mut self, grant: Grant<Create>) -> Result<SeatView> {
        let created = self.write(grant, |writer, _, Create((_, new)), (network, ..)| {
            let valid = Validity::since(new.valid_from.map_or(writer.at, |it| it.0));
            insert(writer, network.id, new, valid)
        })?;
        Ok(self.seen(created))
    }

    /// Changes the seat requirement that was granted.
    ///
    /// # Errors
    /// It is no longer as the caller saw it; `min` would exceed `max`.
    pub fn update_seat(&mut self, grant: Grant<Update>, seen: Versions, patch: SeatPatch) -> Result<SeatView> {
        let changed = self.write_on(grant, seen, |writer, _, _, before| {
            // Told on the bound that was sent.
            if patch.max.is_none() && patch.min.is_some_and(|min| min > before.max) {
                return Err(Refusal::Invalid("/min", BELOW_MIN).into());
            }
            writer.change(&before, patch)
        })?;
        Ok(self.seen(changed))
    }

    /// Ends the seat requirement that was granted.
    ///
    /// # Errors
    /// It is no longer as the caller saw it; the time lies in the past.
    pub fn end_seat(&mut self, grant: Grant<End>, seen: Versions, ending: &Ending) -> Result<SeatView> {
        let ended = self.write_on(grant, seen, |writer, _, _, before| {
            let at = ending.instant(writer.at, before.valid)?;
            let after = end(writer, &before, at)?;
            Ok(after)
        })?;
        Ok(self.seen(ended))
    }

    /// Voids the seat requirement that was granted.
    ///
    /// # Errors
    /// It is no longer as the caller saw it.
    pub fn void_seat(&mut self, grant: Grant<Void>, seen: Versions, reason: VoidReason) -> Result<Voided> {
        self.write_on(grant, seen, |writer, _, _, before| writer.void(&before, reason))
    }
}

/// Inserts a seat of a network.
pub(super) fn insert(writer: &mut Writer<'_>, network: NetworkId, new: SeatInput, valid: Validity) -> Result<Seat> {
    let place = (seat::id.eq(SeatId::fresh()), seat::network_id.eq(network));
    writer.create((new, place, seat::valid.eq(valid), born!(seat, writer)))
}

pub(super) fn end(writer: &mut Writer<'_>, before: &Seat, at: chrono::DateTime<chrono::Utc>) -> Result<Seat> {
    writer.end(before, seat::valid.eq(before.valid.until(at)))
}

/// Ends every seat of an organization that closes; the networks are locked already.
fn end_seats_of(writer: &mut Writer<'_>, organization: OrganizationId) -> Result<()> {
    let all: Vec<Seat> =
        Seat::query().filter(seat::organization_id.eq(organization)).order(seat::id).load(writer.conn)?;
    let at = writer.at;
    for before in all.into_iter().filter(|it| !it.valid.ended_by(at)) {
        end(writer, &before, at)?;
    }
    Ok(())
}

/// Ends every seat of a network that closes; its cells are rewritten afterwards, once each.
fn end_seats(writer: &mut Writer<'_>, network: NetworkId) -> Result<()> {
    let all: Vec<Seat> = Seat::query().filter(seat::network_id.eq(network)).order(seat::id).load(writer.conn)?;
    let at = writer.at;
    for before in all.into_iter().filter(|it| !it.valid.ended_by(at)) {
        end(writer, &before, at)?;
    }
    Ok(())
}

impl Again for SeatView {
    fn about(&self) -> Uuid {
        self.noun.id.0
    }

    fn again(store: &mut Store<'_>, about: Uuid) -> Result<Self> {
        let it = store.permit(Read(SeatId(about)))?;
        Ok(store.seen(it))
    }
}

known!(read Seat: Read);

known!(it, conn => find_network(&it.0, conn); List);

known!(nothing: ListOf);

impl Known for Create {
    fn facts(&self, conn: &mut PgConnection) -> Result<(Network, bool, Option<OrganizationLife>)> {
        let (code, new) = &self.0;
        Ok((locked_network(code, conn)?, new.interministerial, resting_on(conn, new.organization_id)?))
    }
}

known!(lock Seat: Update, End, Void);

const BELOW_MIN: Label = Label { fr: "Le maximum est inférieur au minimum.", en: "The maximum is below the minimum." };

kept!(Seat: seat {
    const ENDS: &'static [Ends] = &[Ends::Organization(end_seats_of), Ends::Network(end_seats)];
    const RESTING: &'static [Resting] = &[
        Resting::moves("seat", "organization_id", carry_seats),
    ];
    const CONSTRAINTS: &'static [(&'static str, Meaning)] = &[
        ("seat_organization_id_fkey", || Error::Dangling("/organization_id")),
        ("seat_bounds_check", || Refusal::Invalid("/max", BELOW_MIN).into()),
        ("seat_once_excl", OVERLAP),
    ];

    // The network is locked first, since its seats are counted under its lock.
    fn lock(id: Uuid, conn: &mut PgConnection) -> Result<Self> {
        let network = seat::table.find(id).select(seat::network_id).first(conn).optional()?;
        lock_networks(conn, &[network.ok_or(Refusal::NotFound)?])?;
        Self::find(id, conn)
    }

    fn aftermath(before: Option<&Self>, after: Option<&Self>, follows: &mut Aftermath) {
        for it in before.into_iter().chain(after) {
            follows.cell(it.network_id, it.organization.id);
        }
    }
});
