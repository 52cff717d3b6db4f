//! For whom a service account speaks: the directory whose people it keeps; and what callers may know beside it.

use diesel::prelude::*;
use kernel::directory::Directory;
use kernel::schema::{service_account, source};
use kernel::{Actor, PrincipalId};

use uuid::Uuid;

use crate::Result;
use crate::nouns::NOUNS;

/// The directory of a principal: none, but for a service account with a source.
pub(crate) fn speaker(who: PrincipalId, conn: &mut PgConnection) -> Result<Option<Directory>> {
    let row = service_account::table.inner_join(source::table).filter(service_account::id.eq(who));
    let row = row.select((service_account::id, source::id, source::code, service_account::organization_id));
    let found: Option<(_, _, _, _)> = row.first(conn).optional()?;
    Ok(found.map(|(account, source, code, organization)| Directory { account, source, code, organization }))
}

/// The networks that a caller may know of.
pub(crate) fn known_networks(conn: &mut PgConnection, actor: &Actor) -> Result<Vec<Uuid>> {
    let mut networks = Vec::new();
    for known in NOUNS.iter().filter(|noun| noun.name == "network").filter_map(|noun| noun.known) {
        networks.extend(known(conn, actor)?);
    }
    Ok(networks)
}
