//! What no version of an object shows, and the audit log tells all the same: names that directories give, fields that are given back.

use diesel::prelude::*;
use diesel::sql_types::{Array, Text, Timestamptz, Uuid as SqlUuid};
use kernel::FieldSources;
use uuid::Uuid;

use crate::Result;
use crate::writer::Writer;

/// Tells of each object the fields concerned.
pub(crate) fn tell<'a>(
    writer: &mut Writer<'_>,
    request: Uuid,
    (action, noun): (&str, &str),
    fields: impl IntoIterator<Item = (Uuid, &'a str)>,
) -> Result<()> {
    let (ids, fields): (Vec<Uuid>, Vec<&str>) = fields.into_iter().unzip();
    if ids.is_empty() {
        return Ok(());
    }
    let lines = "INSERT INTO audit_event (at, principal_id, on_behalf_of, action, noun, object, outcome, changed_fields, request_id)
        SELECT $1, coalesce(by.service, $2), CASE WHEN by.service IS NOT NULL THEN $2 END, $6, $7, it.id::text, 'done',
            array_agg(it.field ORDER BY it.field), $3
        FROM unnest($4, $5) AS it (id, field), (SELECT nullif(current_setting('diapason.acts_for', true), '')::uuid AS service) by
        GROUP BY it.id, by.service";
    let lines = diesel::sql_query(lines).bind::<Timestamptz, _>(writer.at).bind::<SqlUuid, _>(writer.by.0);
    let lines = lines.bind::<SqlUuid, _>(request).bind::<Array<SqlUuid>, _>(ids).bind::<Array<Text>, _>(fields);
    lines.bind::<Text, _>(action).bind::<Text, _>(noun).execute(writer.conn)?;
    Ok(())
}

/// The owners of fields when some are given back to their source, which is told.
pub(crate) fn released<'a>(
    writer: &mut Writer<'_>,
    request: Uuid,
    action_on: (&str, &str),
    (id, held): (Uuid, &FieldSources),
    fields: impl Iterator<Item = &'a str> + Clone,
) -> Result<FieldSources> {
    let given_back = fields.clone().filter(|field| held.has(field)).map(|field| (id, field));
    tell(writer, request, action_on, given_back)?;
    Ok(held.without(fields))
}
