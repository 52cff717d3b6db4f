//! What a directory calls an object: one name each, which is free again when its holder is over.

use diesel::prelude::*;
use diesel::sql_types::Uuid as SqlUuid;
use kernel::directory::{Directory, ExternalId};
use kernel::schema::external_id::dsl;
use uuid::Uuid;

use crate::untold::tell;
use crate::writer::Writer;
use crate::{Error, Result};

/// Which kind of object is named, and how a caller speaks of its name.
pub(crate) struct Named {
    /// Kind of the object.
    pub noun: &'static str,
    /// Where a request says the name.
    pub pointer: &'static str,
    /// Whether an object of this kind is there still. $1 its identifier.
    pub lives: &'static str,
}

#[derive(QueryableByName)]
struct Lives {
    #[diesel(sql_type = diesel::sql_types::Bool)]
    lives: bool,
}

/// Keeps what a directory calls an object, and tells it in the audit log as part of an action. Whether it is new.
pub(crate) fn call(
    writer: &mut Writer<'_>,
    directory: &Directory,
    named: &Named,
    (id, name): (Uuid, Option<&ExternalId>),
    (action, request): (&str, Uuid),
) -> Result<bool> {
    let own = dsl::external_id.filter(dsl::noun.eq(named.noun).and(dsl::source_id.eq(directory.source)));
    let before: Vec<String> = own.filter(dsl::object_id.eq(id)).select(dsl::value).load(writer.conn)?;
    if before.iter().map(String::as_str).eq(name.iter().map(AsRef::as_ref)) {
        return Ok(false);
    }
    let mut renamed = vec![id];
    if let Some(name) = name {
        let holder: Option<Uuid> =
            own.filter(dsl::value.eq(name)).select(dsl::object_id).first(writer.conn).optional()?;
        if let Some(holder) = holder.filter(|holder| *holder != id) {
            let asked = diesel::sql_query(named.lives).bind::<SqlUuid, _>(holder);
            if asked.get_result::<Lives>(writer.conn)?.lives {
                return Err(Error::Taken(named.pointer));
            }
            diesel::delete(own.filter(dsl::object_id.eq(holder))).execute(writer.conn)?;
            renamed.push(holder);
        }
    }
    diesel::delete(own.filter(dsl::object_id.eq(id))).execute(writer.conn)?;
    if let Some(name) = name {
        let row =
            (dsl::noun.eq(named.noun), dsl::source_id.eq(directory.source), dsl::value.eq(name), dsl::object_id.eq(id));
        let new = diesel::insert_into(dsl::external_id).values(row).on_conflict_do_nothing().execute(writer.conn)?;
        if new == 0 {
            return Err(Error::Taken(named.pointer));
        }
    }
    tell(writer, request, (action, named.noun), renamed.into_iter().map(|id| (id, "external_id")))?;
    Ok(true)
}
