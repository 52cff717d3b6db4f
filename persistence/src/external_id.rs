//! What a directory calls an object: one name each, which is free again when its holder is over.

use diesel::prelude::*;
use diesel::sql_types::{Array, Text, Timestamptz, Uuid as SqlUuid};
use kernel::directory::{Directory, ExternalId};
use kernel::schema::external_id::dsl;
use uuid::Uuid;

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

/// Keeps what a directory calls an object. Whether that is new.
pub(crate) fn call(
    writer: &mut Writer<'_>,
    directory: &Directory,
    named: &Named,
    id: Uuid,
    name: Option<&ExternalId>,
) -> Result<bool> {
    let own = dsl::external_id.filter(dsl::noun.eq(named.noun).and(dsl::source_id.eq(directory.source)));
    let before: Vec<String> = own.filter(dsl::object_id.eq(id)).select(dsl::value).load(writer.conn)?;
    if before.iter().map(String::as_str).eq(name.iter().map(AsRef::as_ref)) {
        return Ok(false);
    }
    if let Some(name) = name {
        let holder: Option<Uuid> =
            own.filter(dsl::value.eq(name)).select(dsl::object_id).first(writer.conn).optional()?;
        if let Some(holder) = holder.filter(|holder| *holder != id) {
            let asked = diesel::sql_query(named.lives).bind::<SqlUuid, _>(holder);
            if asked.get_result::<Lives>(writer.conn)?.lives {
                return Err(Error::Taken(named.pointer));
            }
            diesel::delete(own.filter(dsl::object_id.eq(holder))).execute(writer.conn)?;
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
    Ok(true)
}

/// Names that directories give are told in the audit log, beside what else was done: each object with the fields that name it.
pub(crate) fn tell(
    writer: &mut Writer<'_>,
    request: Uuid,
    (action, noun): (&str, &str),
    (ids, fields): (Vec<Uuid>, Vec<&str>),
) -> Result<()> {
    let lines = "INSERT INTO audit_event (at, principal_id, action, noun, object, outcome, changed_fields, request_id)
        SELECT $1, $2, $6, $7, it.id::text, 'done', array_agg(it.field ORDER BY it.field), $3
        FROM unnest($4, $5) AS it (id, field) GROUP BY it.id";
    let lines = diesel::sql_query(lines).bind::<Timestamptz, _>(writer.at).bind::<SqlUuid, _>(writer.by.0);
    let lines = lines.bind::<SqlUuid, _>(request).bind::<Array<SqlUuid>, _>(ids).bind::<Array<Text>, _>(fields);
    lines.bind::<Text, _>(action).bind::<Text, _>(noun).execute(writer.conn)?;
    Ok(())
}
