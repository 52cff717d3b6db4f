//! SQL of Users: members as the directory of a service account knows them.

mod query;
mod row;
mod sync;

use diesel::prelude::*;
use kernel::schema::{service_account, source};
use kernel::{MemberId, PrincipalId, Refusal};
use members::directory_user::{Directory, DirectoryUser, Read, Sync};

pub use query::{Found, Match, Narrow, UserOrder, UserQuery};
pub use sync::{UserOp, Wrong};

use crate::kept::known;
use crate::{Result, Store};

impl Store<'_> {
    /// For whom the caller speaks, if they may read Users.
    ///
    /// # Errors
    /// They may not.
    pub fn directory(&mut self) -> Result<Directory> {
        let who = self.actor().id;
        Ok(self.permit(Read(who))?.ok_or(Refusal::NotFound)?)
    }

    /// Users of members, in the order of their identifiers; those that there are none of are left out.
    ///
    /// # Errors
    /// The caller may not read Users.
    pub fn users_of(&mut self, ids: &[MemberId]) -> Result<Vec<DirectoryUser>> {
        let directory = self.directory()?;
        let (conn, actor) = self.reading();
        let known = row::load(conn, &directory, actor, ids)?;
        Ok(known.into_iter().filter_map(|it| it.user(actor, &directory)).collect())
    }

    /// One User.
    ///
    /// # Errors
    /// There is none, or the caller may not read Users.
    pub fn user(&mut self, id: MemberId) -> Result<DirectoryUser> {
        Ok(self.users_of(&[id])?.pop().ok_or(Refusal::NotFound)?)
    }
}

/// For whom an account speaks: nobody, but for a service account with a source.
fn spoken_for(who: PrincipalId, conn: &mut PgConnection) -> Result<Option<Directory>> {
    let row = service_account::table.inner_join(source::table).filter(service_account::id.eq(who));
    let row = row.select((service_account::id, source::id, source::code, service_account::organization_id));
    let found: Option<(_, _, _, _)> = row.first(conn).optional()?;
    Ok(found.map(|(account, source, code, organization)| Directory { account, source, code, organization }))
}

known!(it, conn => spoken_for(it.0, conn); Read, Sync);
