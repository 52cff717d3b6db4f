//! SQL of Users: members as the directory of a service account knows them.

mod names;
mod query;
mod row;
mod sync;

use diesel::prelude::*;
use kernel::directory::Directory;
use kernel::schema::{directory_user, organization};
use kernel::{MemberId, OrganizationId, Refusal};
use members::directory_user::{DirectoryUser, Read, Write};

pub use query::{Found, Match, Narrow, UserOrder, UserQuery};
pub use sync::{Change, UserOp, Wrong};

use crate::directory::speaker;
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

    /// The versions of Users.
    ///
    /// # Errors
    /// The caller may not read Users.
    pub fn user_versions(&mut self, ids: &[MemberId]) -> Result<Vec<(MemberId, i32)>> {
        let source = self.directory()?.source;
        let rows = directory_user::table.filter(directory_user::source_id.eq(source));
        let rows = rows.filter(directory_user::member_id.eq_any(ids));
        Ok(rows.select((directory_user::member_id, directory_user::version)).load(self.reading().0)?)
    }

    /// Some establishments (SIRET) of the organizations whose members the caller keeps.
    ///
    /// # Errors
    /// The caller may not read Users.
    pub fn own_sirets(&mut self) -> Result<Vec<String>> {
        self.directory()?;
        let (conn, actor) = self.reading();
        let kept: Vec<OrganizationId> = actor.kept().collect();
        let rows = organization::table.filter(organization::id.eq_any(kept)).filter(organization::status.eq("active"));
        let rows = rows.filter(organization::sirets.ne(Vec::<String>::new())).order(organization::id).limit(50);
        let sirets: Vec<Vec<String>> = rows.select(organization::sirets).load(conn)?;
        Ok(sirets.into_iter().flatten().take(50).collect())
    }

    /// One User.
    ///
    /// # Errors
    /// There is none, or the caller may not read Users.
    pub fn user(&mut self, id: MemberId) -> Result<DirectoryUser> {
        Ok(self.users_of(&[id])?.pop().ok_or(Refusal::NotFound)?)
    }
}

known!(it, conn => speaker(it.0, conn); Read, Write);
