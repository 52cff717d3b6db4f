//! The one way an importer writes: of each object the fields that its source owns or nobody does, where they differ.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use kernel::schema::source;
use members::import::Wanted;
use serde_json::Value;
use uuid::Uuid;

use super::{Stop, Writing, Written};
use crate::Result;

/// A table that is imported into.
pub(crate) struct Table {
    /// The noun, and the table.
    pub(crate) noun: &'static str,
    /// Its columns that no history keeps.
    pub(crate) private: &'static [&'static str],
    /// Its fields that have owners.
    pub(crate) owned: &'static [&'static str],
    /// What is said once, when an object is created.
    pub(crate) fixed: &'static [&'static str],
    /// What stands in a new object where nothing is said: a JSON object.
    pub(crate) defaults: &'static str,
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = BigInt)]
    created: i64,
    #[diesel(sql_type = BigInt)]
    updated: i64,
    #[diesel(sql_type = BigInt)]
    meant: i64,
    #[diesel(sql_type = BigInt)]
    kept: i64,
}

impl Writing<'_> {
    /// Writes objects of one table, each with its history, change event and audit line.
    pub(crate) fn write<T>(&mut self, table: &Table, wanted: &[Wanted]) -> std::result::Result<Written, Stop<T>> {
        let ids: Vec<_> = wanted.iter().map(|it| it.id).collect();
        let seen: Vec<_> = wanted.iter().map(|it| it.seen.map(kernel::Version::number)).collect();
        let keeper = self.keeper(table)?;
        let fields: Vec<_> = wanted.iter().map(|it| fields(it, keeper)).collect();
        let (names, sources): (Vec<_>, Vec<_>) = wanted.iter().map(|it| self.said(table, it)).unzip();
        let query = diesel::sql_query(statement(table))
            .bind::<Array<SqlUuid>, _>(ids)
            .bind::<Array<Nullable<Integer>>, _>(seen)
            .bind::<Array<Jsonb>, _>(fields)
            .bind::<Text, _>(self.run.source)
            .bind::<Timestamptz, _>(self.at)
            .bind::<SqlUuid, _>(self.run.request)
            .bind::<Text, _>(self.run.action)
            .bind::<Array<Text>, _>(names)
            .bind::<Array<Jsonb>, _>(sources)
            .bind::<SqlUuid, _>(self.run.by);
        let counted: Counted = query.get_result(self.conn)?;
        if counted.meant != counted.updated {
            return Err(Stop::Stale);
        }
        self.name(table, wanted)?;
        let [created, updated, kept] =
            [counted.created, counted.updated, counted.kept].map(|count| usize::try_from(count).unwrap_or_default());
        Ok(Written { created, updated, unchanged: wanted.len().saturating_sub(created + updated), kept })
    }

    /// The source, where rows name the one that keeps them.
    fn keeper(&mut self, table: &Table) -> Result<Option<Uuid>> {
        if !table.fixed.contains(&"source_id") {
            return Ok(None);
        }
        let id = source::table.filter(source::code.eq(self.run.source)).select(source::id);
        Ok(id.first(self.conn).optional()?)
    }

    /// What a new object says, by the names of the fields, and whose those of its fields are that have owners.
    fn said(&self, table: &Table, wanted: &Wanted) -> (String, Value) {
        let owned = wanted.said().filter(|name| table.owned.contains(name));
        let sources = owned.map(|name| (name.to_owned(), self.run.source.into())).collect();
        (wanted.said().collect::<Vec<_>>().join(","), Value::Object(sources))
    }

    /// Keeps the names that the source has for the objects.
    fn name(&mut self, table: &Table, wanted: &[Wanted]) -> Result<()> {
        let names = wanted.iter().flat_map(|it| it.keys.iter().map(|key| (key.clone(), it.id)));
        let (values, objects): (Vec<_>, Vec<_>) = names.unzip();
        if values.is_empty() {
            return Ok(());
        }
        let insert = "INSERT INTO external_id (noun, source_id, value, object_id)
            SELECT $1, source.id, named.value, named.id FROM unnest($2, $3) AS named (value, id), source
            WHERE source.code = $4 ON CONFLICT DO NOTHING";
        let insert = diesel::sql_query(insert).bind::<Text, _>(table.noun).bind::<Array<Text>, _>(values);
        insert.bind::<Array<SqlUuid>, _>(objects).bind::<Text, _>(self.run.source).execute(self.conn)?;
        Ok(())
    }
}

/// What is said of an object, and who keeps a new one.
fn fields(wanted: &Wanted, keeper: Option<Uuid>) -> Value {
    let mut fields = wanted.fields.clone();
    if let Some(keeper) = keeper.filter(|_| wanted.seen.is_none()) {
        fields.insert("source_id".into(), keeper.to_string().into());
    }
    Value::Object(fields)
}

/// $1 ids, $2 versions seen, $3 fields, $4 source, $5 time, $6 request, $7 action; of new objects $8 what they say and $9 whose it is; $10 who writes.
///
/// `planned` says of each object what differs and may be written; an object that is no longer as it was seen is not
/// updated, so that `meant` and `updated` differ.
const STATEMENT: &str = "
WITH wanted AS (
    SELECT * FROM unnest($1, $2, $3, $8, $9) AS it (id, seen, fields, names, sources)
), planned AS MATERIALIZED (
    SELECT t.id, t.version, differing.said, differing.kept, {columns_of_described}
    FROM wanted JOIN {table} t ON t.id = wanted.id
        CROSS JOIN LATERAL (
            SELECT coalesce(jsonb_object_agg(key, value) FILTER (WHERE mine), '{}') AS said,
                count(*) FILTER (WHERE NOT mine AND app.is_said(value)) AS kept
            FROM (
                SELECT field.key, field.value, owner.code = $4 OR owner.code IS NULL AND app.is_said(field.value) AS mine
                FROM jsonb_each(wanted.fields) field CROSS JOIN to_jsonb(t) AS now
                    CROSS JOIN LATERAL (SELECT t.field_sources ->> field.key AS code) owner
                WHERE now -> field.key IS DISTINCT FROM field.value
            ) different
        ) differing
        CROSS JOIN LATERAL jsonb_populate_record(t, differing.said) described
    WHERE wanted.seen IS NOT NULL
), updated AS (
    UPDATE {table} t SET {assignments}, version = t.version + 1, updated_at = $5, updated_by = $10,
        field_sources = t.field_sources || (SELECT jsonb_object_agg(key, $4) FROM jsonb_object_keys(planned.said) key)
    FROM planned WHERE t.id = planned.id AND t.version = planned.version AND planned.said <> '{}'
    RETURNING t.*
), created AS (
    INSERT INTO {table} (id, {all}, field_sources, created_at, updated_at, created_by, updated_by)
    SELECT wanted.id, {all_of_described},
        wanted.sources, $5, $5, $10, $10
    FROM wanted CROSS JOIN LATERAL jsonb_populate_record(NULL::{table}, '{defaults}'::jsonb || wanted.fields) described
    WHERE wanted.seen IS NULL
    RETURNING *
), told AS (
    SELECT 'created' AS verb, created.id, created.version, to_jsonb(created) AS image, string_to_array(wanted.names, ',') AS names
    FROM created JOIN wanted ON wanted.id = created.id
    UNION ALL
    SELECT 'updated', updated.id, updated.version, to_jsonb(updated),
        ARRAY(SELECT key FROM jsonb_object_keys(planned.said) key ORDER BY key)
    FROM updated JOIN planned ON planned.id = updated.id
), event AS (
    INSERT INTO change (epoch, noun, object_id, object_version, verb, changed_fields, actor_id, at, image)
    SELECT (SELECT app.epoch()), '{table}', id, version, verb, names, $10, $5,
        jsonb_strip_nulls(image - '{{private}}'::text[]) FROM told
), line AS (
    INSERT INTO audit_event (at, principal_id, action, noun, object, object_version, outcome, changed_fields, request_id)
    SELECT $5, $10, $7, '{table}', id::text, version, 'done', names, $6 FROM told
)
SELECT (SELECT count(*) FROM created) AS created, (SELECT count(*) FROM updated) AS updated,
    (SELECT count(*) FROM planned WHERE said <> '{}') AS meant,
    (SELECT coalesce(sum(kept), 0)::bigint FROM planned) AS kept";

fn statement(table: &Table) -> String {
    let list = |names: &[&str], form: &dyn Fn(&str) -> String| {
        names.iter().map(|name| form(name)).collect::<Vec<_>>().join(", ")
    };
    let all: Vec<&str> = table.owned.iter().chain(table.fixed).copied().collect();
    let described = |name: &str| format!("described.{name}");
    STATEMENT
        .replace("{columns_of_described}", &list(table.owned, &described))
        .replace("{assignments}", &list(table.owned, &|name| format!("{name} = planned.{name}")))
        .replace("{all_of_described}", &list(&all, &described))
        .replace("{all}", &list(&all, &str::to_owned))
        .replace("{private}", &list(table.private, &str::to_owned))
        .replace("{defaults}", table.defaults)
        .replace("{table}", table.noun)
}
