//! SQL of Users: members as the directory of a service account knows them.

mod query;
mod row;
mod sync;

use kernel::directory::Directory;
use kernel::{MemberId, Refusal};
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

    /// One User.
    ///
    /// # Errors
    /// There is none, or the caller may not read Users.
    pub fn user(&mut self, id: MemberId) -> Result<DirectoryUser> {
        Ok(self.users_of(&[id])?.pop().ok_or(Refusal::NotFound)?)
    }
}

known!(it, conn => speaker(it.0, conn); Read, Write);
