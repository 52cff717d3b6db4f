//! For whom a service account speaks: the directory whose people it keeps.

use diesel::prelude::*;
use kernel::PrincipalId;
use kernel::directory::Directory;
use kernel::schema::{service_account, source};

use crate::Result;

/// The directory of a principal: none, but for a service account with a source.
pub(crate) fn speaker(who: PrincipalId, conn: &mut PgConnection) -> Result<Option<Directory>> {
    let row = service_account::table.inner_join(source::table).filter(service_account::id.eq(who));
    let row = row.select((service_account::id, source::id, source::code, service_account::organization_id));
    let found: Option<(_, _, _, _)> = row.first(conn).optional()?;
    Ok(found.map(|(account, source, code, organization)| Directory { account, source, code, organization }))
}
