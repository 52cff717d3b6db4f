//! SQL of reorganizations: drafts, trials, and the one transaction that applies them.

mod affiliations;
mod apply;
mod links;
mod lock;
pub mod registry;
mod roles;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use kernel::schema::reorganization;
use kernel::{Grant, NetworkId, PageQuery, ReorganizationId, Versions};
use members::reorganization::{
    Apply, Create, List, Preview, Read, Reorganization, ReorganizationFilter, ReorganizationImpact, ReorganizationPage,
    ReorganizationStatus, ReorganizationView, Withdraw, visible,
};

pub(crate) use affiliations::carry_all as carry_affiliations;
use apply::carry_out;
pub(crate) use links::{carry_all as carry_links, carry_below, carry_service_accounts};
pub(crate) use roles::carry_over as carry_roles;

use crate::idempotency::again;
use crate::kept::{Kept as _, kept, known};
use crate::nouns::NOUNS;
use crate::page::{DOWN, keyset};
use crate::stamps::born;
use crate::store::Known;
use crate::writer::Writer;
use crate::{Result, Store};

impl Store<'_> {
    /// The reorganizations, the latest draft first.
    ///
    /// # Errors
    /// The caller may not know of them; the cursor is not valid for this list.
    pub fn reorganizations(&mut self, filter: ReorganizationFilter, page: &PageQuery) -> Result<ReorganizationPage> {
        self.permit(List)?;
        let (conn, actor) = self.reading();
        let mut query = Reorganization::query().filter(visible(actor)).into_boxed();
        if let Some(status) = filter.status {
            query = query.filter(reorganization::status.eq(status));
        }
        let key = |it: &Reorganization| (it.created_at, it.id);
        let mut found = keyset!(conn, query, page, DOWN, key => reorganization::created_at, reorganization::id);
        for it in &mut found.items {
            self.veil(it)?;
        }
        Ok(found.map(|it| self.seen(it)))
    }

    /// One reorganization; a draft with what it would do now, if it could be done.
    ///
    /// # Errors
    /// There is none that the caller may see.
    pub fn reorganization(&mut self, id: ReorganizationId) -> Result<ReorganizationView> {
        let mut it = self.permit(Read(id))?;
        if it.status == ReorganizationStatus::Draft {
            let tried = self.trial(|writer| {
                lock::all(writer.conn, &it.operations.0)?;
                carry_out(writer, &it.operations.0)
            });
            it.impact = match tried {
                Ok(impact) => Some(impact),
                Err(error) if error.is_answer() => None,
                Err(error) => return Err(error),
            };
        }
        self.veil(&mut it)?;
        Ok(self.seen(it))
    }

    /// Removes from an impact what the caller may not know.
    fn veil(&mut self, it: &mut Reorganization) -> Result<()> {
        let (conn, actor) = self.reading();
        if let (false, Some(impact)) = (actor.is_sig(), &it.impact) {
            let mut known = Vec::new();
            for of in NOUNS.iter().filter_map(|noun| noun.known) {
                known.extend(of(conn, actor)?.into_iter().map(NetworkId));
            }
            it.impact = Some(impact.figures_of(&known));
        }
        Ok(())
    }

    /// What the reorganization that was granted would do: it is done, and taken back.
    ///
    /// # Errors
    /// The plan contradicts itself, or what is recorded.
    pub fn preview_reorganization(&mut self, grant: Grant<Preview>) -> Result<ReorganizationImpact> {
        let (Preview(new), ()) = grant.spend();
        self.trial(|writer| carry_out(writer, &new.operations))
    }

    /// Drafts the reorganization that was granted, which could be done now.
    ///
    /// # Errors
    /// The plan contradicts itself, or what is recorded.
    pub fn create_reorganization(&mut self, grant: Grant<Create>) -> Result<ReorganizationView> {
        let (created, impact) = self.write(grant, |writer, _, Create(new), ()| {
            let impact = writer.tried(|trial| carry_out(trial, &new.operations))?;
            let id = reorganization::id.eq(ReorganizationId::fresh());
            let created: Reorganization = writer.create((new, id, born!(reorganization, writer)))?;
            Ok((created, impact))
        })?;
        Ok(self.seen(Reorganization { impact: Some(impact), ..created }))
    }

    /// Applies the reorganization that was granted: all of it, at this instant.
    ///
    /// # Errors
    /// It is no longer as the caller saw it; it can no longer be done.
    pub fn apply_reorganization(&mut self, grant: Grant<Apply>, seen: Versions) -> Result<ReorganizationView> {
        let (applied, impact) = self.write_on(grant, seen, |writer, _, _, before| {
            let impact = carry_out(writer, &before.operations.0)?;
            let done = End { applied_at: Some(writer.at), impact: Some(impact.figures()), ..End::default() };
            let applied = close(writer, &before, done)?;
            writer.tells_of_the_last();
            Ok((applied, impact))
        })?;
        Ok(self.seen(Reorganization { impact: Some(impact), ..applied }))
    }

    /// Withdraws the draft that was granted.
    ///
    /// # Errors
    /// It is no longer as the caller saw it.
    pub fn withdraw_reorganization(&mut self, grant: Grant<Withdraw>, seen: Versions) -> Result<ReorganizationView> {
        let withdrawn = self.write_on(grant, seen, |writer, _, _, before| {
            let done = End { withdrawn_at: Some(writer.at), ..End::default() };
            close(writer, &before, done)
        })?;
        Ok(self.seen(withdrawn))
    }
}

/// How a draft ends.
#[derive(Default, AsChangeset)]
#[diesel(table_name = reorganization)]
struct End {
    applied_at: Option<DateTime<Utc>>,
    withdrawn_at: Option<DateTime<Utc>>,
    impact: Option<ReorganizationImpact>,
}

fn close(writer: &mut Writer<'_>, before: &Reorganization, end: End) -> Result<Reorganization> {
    writer.change(before, end)
}

again!(ReorganizationView as ReorganizationId => reorganization);

known!(nothing: List);

known!(read Reorganization: Read);

impl Known for Create {
    fn facts(&self, conn: &mut PgConnection) -> Result<()> {
        lock::all(conn, &self.0.operations)
    }
}

impl Known for Preview {
    fn facts(&self, conn: &mut PgConnection) -> Result<()> {
        lock::all(conn, &self.0.operations)
    }
}

impl Known for Apply {
    fn facts(&self, conn: &mut PgConnection) -> Result<Reorganization> {
        let it = Reorganization::lock(self.0.0, conn)?;
        // One that is no longer a draft needs no further locks.
        if it.status == ReorganizationStatus::Draft {
            lock::all(conn, &it.operations.0)?;
        }
        Ok(it)
    }
}

known!(lock Reorganization: Withdraw);

kept!(Reorganization: reorganization {});
