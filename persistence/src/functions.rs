//! The functions and triggers of `sql/`, each in one file: applied again when its file changed, dropped when it was
//! removed from its file.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::{Array, Text};
use sha2::{Digest as _, Sha256};

type Boxed = Box<dyn std::error::Error + Send + Sync>;

const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/sql_files.rs"));
const SERVES_FROM: &str = include_str!("../sql/SERVES_FROM");
const ON_EVERY_TABLE: &str = include_str!("on_every_table.sql");

/// The functions and triggers of one version of the program.
#[derive(Debug, Clone, Copy)]
pub struct Functions<'a> {
    /// Their files: name and text, in the order in which they are applied.
    pub files: &'a [(&'a str, &'a str)],
    /// The number of the newest migration that a binary must know to be served by them, below lines that are comments.
    pub serves_from: &'a str,
}

impl Functions<'static> {
    /// Those of this binary.
    #[must_use]
    pub const fn ours() -> Self {
        Self { files: FILES, serves_from: SERVES_FROM }
    }
}

/// What `migrate` remembers of a file.
#[derive(QueryableByName)]
struct Applied {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    digest: String,
    #[diesel(sql_type = Array<Text>)]
    makes: Vec<String>,
}

#[derive(QueryableByName)]
struct Object {
    /// What DROP calls it; without the names of its arguments, which are no part of what a function is.
    #[diesel(sql_type = Text)]
    called: String,
    /// The place of its row in the catalog, which is another one after CREATE OR REPLACE; or the statement that checks it.
    #[diesel(sql_type = Text)]
    place: String,
}

/// Names are written with their schema unless it is `public`, whatever the search path of the role is.
const PREPARE: &str = "SET LOCAL search_path = public;
    -- A function in SQL may name one that a later file makes: files need no order. All bodies are checked at the end.
    SET LOCAL check_function_bodies = off";
const BODIES: &str = "SELECT p.oid::regprocedure::text AS called,
        format('SELECT %s(%s)', v.oid::regproc, p.oid) AS place
    FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang JOIN pg_proc v ON v.oid = l.lanvalidator
    WHERE p.pronamespace = 'app'::regnamespace ORDER BY 1";
const OBJECTS: &str = "SELECT 'FUNCTION ' || oid::regprocedure AS called, ctid::text AS place FROM pg_proc
        WHERE pronamespace = 'app'::regnamespace
    UNION ALL SELECT format('TRIGGER %I ON %s', tgname, tgrelid::regclass), ctid::text FROM pg_trigger
        WHERE NOT tgisinternal";
const KEEP: &str = "INSERT INTO app.sql_file (name, digest, makes) VALUES ($1, $2, $3)
    ON CONFLICT (name) DO UPDATE SET digest = EXCLUDED.digest, makes = EXCLUDED.makes";
const KEEP_ALL: &str = "INSERT INTO app.sql_applied (digest, serves_from, at) VALUES ($1, $2, now())";

impl Functions<'_> {
    /// The number of the newest migration that a binary must know.
    #[must_use]
    pub fn serves_from(&self) -> &str {
        self.serves_from.lines().map(str::trim).rfind(|line| !line.is_empty() && !line.starts_with('#')).unwrap_or("")
    }

    /// The digest of all of it.
    #[must_use]
    pub fn digest(&self) -> String {
        let mut all = self.serves_from().to_owned();
        for (name, text) in self.files {
            let _ = write!(all, "\n{} {name}", digest(text));
        }
        let _ = write!(all, "\n{}", digest(ON_EVERY_TABLE));
        digest(&all)
    }

    /// Whether they stand in the database as they are here: one question.
    pub(crate) fn stand(&self, conn: &mut PgConnection) -> QueryResult<bool> {
        let applied: Vec<Applied> = diesel::sql_query(
            "SELECT name, digest, '{}'::text[] AS makes FROM app.sql_file UNION ALL
            SELECT '', digest, '{}' FROM app.sql_applied WHERE number = (SELECT max(number) FROM app.sql_applied)",
        )
        .load(conn)?;
        let applied: BTreeMap<_, _> = applied.into_iter().map(|file| (file.name, file.digest)).collect();
        let mut ours: BTreeMap<_, _> =
            self.files.iter().map(|(name, text)| ((*name).to_owned(), digest(text))).collect();
        ours.insert(String::new(), self.digest());
        Ok(applied == ours)
    }

    /// Applies what changed, drops what left, and computes anew what was kept of what changed. The caller's transaction
    /// holds it together.
    pub(crate) fn apply(&self, conn: &mut PgConnection) -> Result<(), Boxed> {
        conn.batch_execute(PREPARE)?;
        let before: Vec<Applied> = diesel::sql_query("SELECT name, digest, makes FROM app.sql_file").load(conn)?;
        let before: BTreeMap<_, _> = before.into_iter().map(|file| (file.name.clone(), file)).collect();
        let (mut stand, mut kept) = (BTreeSet::new(), Vec::new());
        let mut seen = objects(conn)?;
        for (name, text) in self.files {
            let known = before.get(*name);
            if let Some(known) = known.filter(|known| known.digest == digest(text)) {
                stand.extend(known.makes.iter().cloned());
                continue;
            }
            put(conn, text, known, &stand).map_err(|error| format!("persistence/sql/{name}: {error}"))?;
            let now = objects(conn)?;
            let makes: Vec<_> =
                now.iter().filter(|(it, place)| seen.get(*it) != Some(place)).map(|(it, _)| it).collect();
            diesel::sql_query(KEEP)
                .bind::<Text, _>(*name)
                .bind::<Text, _>(digest(text))
                .bind::<Array<Text>, _>(&makes)
                .execute(conn)?;
            stand.extend(makes.into_iter().cloned());
            seen = now;
            kept.extend(recomputing(text));
        }
        let gone: Vec<_> = before.values().flat_map(|file| &file.makes).filter(|it| !stand.contains(*it)).collect();
        drop_all(conn, &gone)?;
        conn.batch_execute(ON_EVERY_TABLE)?;
        let names: Vec<_> = self.files.iter().map(|(name, _)| *name).collect();
        diesel::sql_query("DELETE FROM app.sql_file WHERE name <> ALL ($1)")
            .bind::<Array<Text>, _>(names)
            .execute(conn)?;
        check_bodies(conn)?;
        // A database that had no functions keeps no result of any.
        if !before.is_empty() {
            recompute(conn, &kept)?;
        }
        diesel::sql_query(KEEP_ALL).bind::<Text, _>(self.digest()).bind::<Text, _>(self.serves_from()).execute(conn)?;
        Ok(())
    }
}

fn digest(text: &str) -> String {
    Sha256::digest(text).iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// The functions of ours and all triggers, each with the place of its row.
fn objects(conn: &mut PgConnection) -> QueryResult<BTreeMap<String, String>> {
    let objects: Vec<Object> = diesel::sql_query(OBJECTS).load(conn)?;
    Ok(objects.into_iter().map(|object| (object.called, object.place)).collect())
}

/// Replaces in place where PostgreSQL can, so that those who call the function at this moment find it. It cannot when what a
/// function returns changed or how its arguments are called: then what the file made before is dropped first, but for what
/// another file made of it meanwhile.
fn put(conn: &mut PgConnection, text: &str, known: Option<&Applied>, stand: &BTreeSet<String>) -> QueryResult<()> {
    let replaced = conn.transaction(|conn| conn.batch_execute(text));
    match (replaced, known) {
        (Err(_), Some(known)) => {
            drop_all(conn, &known.makes.iter().filter(|it| !stand.contains(*it)).collect::<Vec<_>>())?;
            conn.batch_execute(text)
        }
        (replaced, _) => replaced,
    }
}

/// Whether all functions, changed or not, fit the tables and each other, as far as PostgreSQL can say without calling them.
fn check_bodies(conn: &mut PgConnection) -> Result<(), Boxed> {
    conn.batch_execute("SET LOCAL check_function_bodies = on")?;
    for body in diesel::sql_query(BODIES).load::<Object>(conn)? {
        conn.batch_execute(&body.place).map_err(|error| format!("{}: {error}", body.called))?;
    }
    Ok(())
}

/// Triggers first: they rest on functions.
fn drop_all(conn: &mut PgConnection, objects: &[&String]) -> QueryResult<()> {
    for kind in ["TRIGGER ", "FUNCTION "] {
        for name in objects.iter().filter_map(|object| object.strip_prefix(kind)) {
            conn.batch_execute(&format!("DROP {kind}IF EXISTS {name}"))?;
        }
    }
    Ok(())
}

/// The statements that a file names as computing anew what is kept of its functions: a comment that begins with
/// `-- recompute:`, and goes on up to a semicolon at the end of a line.
fn recomputing(text: &str) -> Vec<String> {
    let (mut statements, mut open) = (Vec::new(), false);
    for line in text.lines() {
        let begun = line.strip_prefix("-- recompute:");
        let Some(part) = begun.or_else(|| line.strip_prefix("--").filter(|_| open)) else {
            open = false;
            continue;
        };
        match statements.last_mut().filter(|_| begun.is_none()) {
            Some(statement) => *statement = format!("{statement}\n{part}"),
            None => statements.push(part.trim_start().to_owned()),
        }
        open = !part.trim_end().ends_with(';');
    }
    statements
}

/// Each statement once, although several files name it: after the last of these.
fn recompute(conn: &mut PgConnection, statements: &[String]) -> QueryResult<()> {
    for (place, statement) in statements.iter().enumerate() {
        if !statements.iter().skip(place + 1).any(|later| later == statement) {
            tracing::info!(%statement, "recomputing the stored results of a changed function");
            conn.batch_execute(statement)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Functions, recomputing};

    #[test]
    fn statements_that_recompute_are_read_from_comments() {
        let text = "-- recompute: DELETE FROM a;\n-- recompute: SELECT f(\n--     x);\n-- Said.\nCREATE\n-- more";
        assert_eq!(recomputing(text), ["DELETE FROM a;", "SELECT f(\n     x);"]);
    }

    #[test]
    fn a_file_makes_functions_and_triggers_and_nothing_else() {
        for (name, text) in Functions::ours().files {
            assert!(text.lines().count() < 120, "{name} is too long");
            // A statement begins a line, what is within it is indented, or is a keyword of plpgsql.
            for word in ["CREATE ", "ALTER ", "DROP ", "GRANT ", "REVOKE ", "INSERT ", "UPDATE ", "DELETE "] {
                for line in text.lines().filter(|line| line.starts_with(word)) {
                    let may = ["CREATE OR REPLACE FUNCTION app.", "CREATE OR REPLACE TRIGGER "];
                    assert!(may.iter().any(|start| line.starts_with(start)), "{name}: {line}");
                }
            }
        }
    }
}
