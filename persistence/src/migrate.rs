//! Making a database, bringing it up to date, and whether this binary may serve it.

use std::time::Duration;

use diesel::connection::SimpleConnection as _;
use diesel::migration::{Migration, MigrationSource};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness as _, embed_migrations};

use self::remembered::{__diesel_schema_migrations, sql_applied};
use crate::functions::Functions;
use crate::pools::patient;
use crate::{Error, Result};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../migrations");

type Boxed = Box<dyn std::error::Error + Send + Sync>;

/// The number of the first migration of the baseline; lower ones belong to an unfinished version.
const BASELINE: u32 = 100;
const ANOTHER_FOUNDATION: &str = "this database was made by an earlier, unfinished version of Diapason and cannot be \
    carried over: move the data directory aside (or make a new database), and start again";
const NOT_UP_TO_DATE: &str = "the schema is not up to date: run `diapason migrate` as diapason_owner first";

/// What `migrate` remembers in the database.
mod remembered {
    diesel::table! { __diesel_schema_migrations (version) { version -> Text, } }
    diesel::table! { app.sql_applied (number) { number -> Integer, digest -> Text, serves_from -> Text, } }
    diesel::allow_tables_to_appear_in_same_query!(__diesel_schema_migrations, sql_applied);
}

/// What one version of the program makes of a database: its tables, and the functions that work on them.
#[derive(Debug, Clone, Copy)]
pub struct Foundation<'a, M> {
    /// The tables.
    pub migrations: M,
    /// The functions and triggers.
    pub functions: Functions<'a>,
}

impl Foundation<'static, EmbeddedMigrations> {
    /// That of this binary.
    #[must_use]
    pub const fn ours() -> Self {
        Self { migrations: MIGRATIONS, functions: Functions::ours() }
    }
}

/// Whether a binary can serve a database.
struct Standing {
    /// It was made by an earlier, unfinished version.
    is_foreign: bool,
    /// How many migrations of the binary it lacks.
    lacks: usize,
    /// Whether it was migrated by a later version.
    is_ahead: bool,
    /// The newest migration of the binary.
    newest: u32,
}

impl Standing {
    fn of(done: &[String], ours: &[Box<dyn Migration<Pg>>]) -> Self {
        let ours: Vec<_> = ours.iter().map(|migration| migration.name().version().to_string()).collect();
        let newest = ours.iter().filter_map(|version| number(version)).max().unwrap_or(0);
        let numbers: Vec<_> = done.iter().filter_map(|version| number(version)).collect();
        Self {
            is_foreign: numbers.iter().any(|number| *number < BASELINE),
            lacks: ours.iter().filter(|version| !done.contains(version)).count(),
            is_ahead: numbers.iter().any(|number| *number > newest),
            newest,
        }
    }
}

fn number(version: &str) -> Option<u32> {
    version.parse().ok()
}

/// What the database holds; diesel's own question would make a table.
fn done(conn: &mut PgConnection) -> Result<Vec<String>> {
    Ok(__diesel_schema_migrations::table.select(__diesel_schema_migrations::version).load(conn)?)
}

/// Whether it was made while the baseline was still being written.
fn is_of_a_draft(conn: &mut PgConnection, done: &[String]) -> Result<bool> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = diesel::sql_types::Bool)]
        there: bool,
    }
    if !done.iter().any(|version| number(version) == Some(BASELINE)) {
        return Ok(false);
    }
    let found = diesel::sql_query("SELECT to_regclass('public.change') IS NOT NULL AS there");
    Ok(!found.get_result::<Found>(conn)?.there)
}

/// The number of the newest migration that a binary must know for the functions of the database to serve it.
fn serves_from(conn: &mut PgConnection) -> Result<u32> {
    let standing = sql_applied::table.order(sql_applied::number.desc()).select(sql_applied::serves_from);
    let said: Option<String> = standing.first(conn).optional()?;
    Ok(said.and_then(|version| number(&version)).unwrap_or(0))
}

fn too_old(newest: u32, needed: u32) -> Boxed {
    format!(
        "this version knows the migrations up to {newest:04} and the functions of the database serve those that know \
        {needed:04}: install the version that migrated it"
    )
    .into()
}

impl<M: MigrationSource<Pg>> Foundation<'_, M> {
    /// Brings a database up to date, as its owner; one at a time, without waiting inside the database. Gives the number of
    /// migrations that were run.
    ///
    /// # Errors
    /// The database does not answer, another one is at it for too long, a migration or a function fails; it was made by an
    /// earlier foundation, or brought up to date by a later version that does not serve this one any more.
    pub fn migrate(&self, url: &str) -> std::result::Result<usize, Boxed> {
        let mut conn = PgConnection::establish(url)?;
        for _ in 0..600 {
            let free = diesel::select(try_lock(MIGRATION_LOCK)).get_result::<bool>(&mut conn)?;
            if free {
                return self.bring_up(&mut conn);
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Err("another process has been migrating for a minute".into())
    }

    fn bring_up(&self, conn: &mut PgConnection) -> std::result::Result<usize, Boxed> {
        let done: Vec<_> = conn.applied_migrations()?.iter().map(ToString::to_string).collect();
        let mut pending = self.migrations.migrations()?;
        let standing = Standing::of(&done, &pending);
        if standing.is_foreign || is_of_a_draft(conn, &done)? {
            return Err(ANOTHER_FOUNDATION.into());
        }
        if standing.is_ahead {
            let needed = serves_from(conn)?;
            // What a later version brought up to date is left alone by an earlier one.
            return if needed > standing.newest || standing.lacks > 0 {
                Err(too_old(standing.newest, needed))
            } else {
                Ok(0)
            };
        }
        pending.retain(|migration| !done.contains(&migration.name().version().to_string()));
        pending.sort_by_key(|migration| migration.name().version().to_string());
        let last = pending.iter().rposition(|migration| migration.metadata().run_in_transaction());
        for (place, migration) in pending.iter().enumerate() {
            self.run(conn, migration.as_ref(), Some(place) == last)?;
        }
        if last.is_none() && !self.functions.stand(conn)? {
            conn.transaction(|conn| self.put_functions(conn))?;
        }
        Ok(pending.len())
    }

    /// Runs a migration: in a transaction, with the functions where it is the last such one, so that a process killed in
    /// between leaves tables and functions that fit each other.
    fn run(
        &self,
        conn: &mut PgConnection,
        migration: &dyn Migration<Pg>,
        with_functions: bool,
    ) -> std::result::Result<(), Boxed> {
        if !migration.metadata().run_in_transaction() {
            // An index made concurrently keeps nobody waiting, and itself waits for all others.
            conn.batch_execute("SET lock_timeout = 0")?;
            drop_broken_indexes(conn)?;
            conn.run_migration(migration)?;
            return Ok(());
        }
        // A migration that waits for a lock makes all others wait behind it.
        conn.batch_execute("SET lock_timeout = '1s'")?;
        if !with_functions {
            conn.run_migration(migration)?;
            return Ok(());
        }
        conn.transaction(|conn| {
            conn.run_migration(migration)?;
            self.put_functions(conn)
        })
    }

    fn put_functions(&self, conn: &mut PgConnection) -> std::result::Result<(), Boxed> {
        conn.batch_execute(
            "SET LOCAL lock_timeout = '1s'; GRANT SELECT ON __diesel_schema_migrations TO diapason_app",
        )?;
        self.functions.apply(conn)
    }

    /// How a database stands, where this binary cannot serve it.
    fn refuses(&self, conn: &mut PgConnection) -> std::result::Result<(), Boxed> {
        // Where nothing was ever migrated, there is no table to ask.
        let done = done(conn).unwrap_or_default();
        let standing = Standing::of(&done, &self.migrations.migrations()?);
        if standing.is_foreign || is_of_a_draft(conn, &done)? {
            return Err(ANOTHER_FOUNDATION.into());
        }
        if standing.lacks > 0 {
            return Err(NOT_UP_TO_DATE.into());
        }
        let needed = serves_from(conn)?;
        if needed > standing.newest {
            return Err(too_old(standing.newest, needed));
        }
        // Functions that were replaced by later ones were applied once, and those that stand serve this binary too; of what
        // a later version did without ever having been this one, nothing is known but that they serve it.
        let applied = sql_applied::table.filter(sql_applied::digest.eq(self.functions.digest()));
        if !standing.is_ahead && applied.count().get_result::<i64>(conn)? == 0 {
            return Err(NOT_UP_TO_DATE.into());
        }
        Ok(())
    }
}

/// What an attempt to make an index concurrently left behind when it was cut short: a name that is taken, and no use.
fn drop_broken_indexes(conn: &mut PgConnection) -> QueryResult<()> {
    let broken = "SELECT i.indexrelid::regclass::text AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
        WHERE NOT i.indisvalid AND c.relkind = 'i' AND c.relnamespace = 'public'::regnamespace";
    for index in diesel::sql_query(broken).load::<Index>(conn)? {
        conn.batch_execute(&format!("DROP INDEX CONCURRENTLY IF EXISTS {}", index.name))?;
    }
    Ok(())
}

#[derive(QueryableByName)]
struct Index {
    #[diesel(sql_type = diesel::sql_types::Text)]
    name: String,
}

/// Brings the schema and its functions up to date; see [`Foundation::migrate`].
///
/// # Errors
/// Those of [`Foundation::migrate`].
pub fn migrate(url: &str) -> std::result::Result<usize, Boxed> {
    Foundation::ours().migrate(url)
}

/// Makes a database with its two roles, on a server where we are the superuser: the owner, who migrates, and the
/// application, which neither changes tables nor passes over a policy.
///
/// # Errors
/// The server does not answer.
pub fn create(superuser: &str, name: &str) -> std::result::Result<(), Boxed> {
    let mut conn = PgConnection::establish(superuser)?;
    conn.batch_execute(
        "DO $$ BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'diapason_owner') THEN
                CREATE ROLE diapason_owner LOGIN;
            END IF;
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'diapason_app') THEN
                CREATE ROLE diapason_app LOGIN;
            END IF;
        END $$",
    )?;
    let there = diesel::sql_query("SELECT count(*) AS number FROM pg_database WHERE datname = $1");
    let there: Count = there.bind::<diesel::sql_types::Text, _>(name).get_result(&mut conn)?;
    if there.number == 0 {
        // A name of ours, never a caller's.
        conn.batch_execute(&format!("CREATE DATABASE \"{name}\" OWNER diapason_owner"))?;
    }
    Ok(())
}

/// Whether the database holds every migration of this binary, and functions that serve it: one question, which is asked
/// several times a second.
pub(crate) fn serves(conn: &mut PgConnection) -> Result<bool> {
    let ours = MigrationSource::<Pg>::migrations(&MIGRATIONS).map_err(Error::Fault)?;
    let standing = sql_applied::table.order(sql_applied::number.desc()).select(sql_applied::serves_from);
    let rows: Vec<(String, Option<String>)> = __diesel_schema_migrations::table
        .select((__diesel_schema_migrations::version, standing.limit(1).single_value()))
        .load(conn)?;
    let needed = rows.first().and_then(|(_, version)| number(version.as_deref()?)).unwrap_or(0);
    let done: Vec<_> = rows.into_iter().map(|(version, _)| version).collect();
    let standing = Standing::of(&done, &ours);
    Ok(!standing.is_foreign && standing.lacks == 0 && needed <= standing.newest)
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    number: i64,
}

/// Refuses a database that this binary cannot serve: not migrated, migrated by a version that left this one behind, in a
/// language we do not read, or entered by a role that may do more than the application.
///
/// # Errors
/// One sentence for the operator.
pub fn check(url: &str) -> std::result::Result<(), Boxed> {
    let mut conn = PgConnection::establish(&patient(url))?;
    let over = "SELECT count(*) AS number FROM pg_roles WHERE rolname = current_user AND (rolsuper OR rolbypassrls)";
    if diesel::sql_query(over).get_result::<Count>(&mut conn)?.number > 0 {
        return Err("the database role is a superuser or passes over policies: use diapason_app".into());
    }
    let owns = "SELECT (SELECT count(*) FROM pg_database WHERE datname = current_database()
            AND pg_has_role(current_user, datdba, 'USAGE')) + (SELECT count(*) FROM pg_class
            WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
            AND pg_has_role(current_user, relowner, 'USAGE')) AS number";
    if diesel::sql_query(owns).get_result::<Count>(&mut conn)?.number > 0 {
        return Err(
            "the database role owns the database or its tables, and could change them: use diapason_app here, \
                    and the owner's role for `diapason migrate` alone"
                .into(),
        );
    }
    let odd = "SELECT count(*) AS number FROM pg_settings WHERE name = 'lc_messages' AND setting !~ '^(C|POSIX|en)'";
    if diesel::sql_query(odd).get_result::<Count>(&mut conn)?.number > 0 {
        return Err("set lc_messages to C on this database: its errors are read by their English words".into());
    }
    Foundation::ours().refuses(&mut conn)?;
    let missing =
        "SELECT (3 - count(*)) AS number FROM pg_extension WHERE extname IN ('btree_gist', 'pg_trgm', 'unaccent')";
    if diesel::sql_query(missing).get_result::<Count>(&mut conn)?.number > 0 {
        return Err(NOT_UP_TO_DATE.into());
    }
    Ok(())
}

const MIGRATION_LOCK: i64 = 0x6469_6170_6173_6f6e;

diesel::define_sql_function! {
    /// Takes a lock if it is free.
    #[sql_name = "pg_try_advisory_lock"]
    fn try_lock(key: diesel::sql_types::BigInt) -> diesel::sql_types::Bool;
}

#[cfg(test)]
mod tests {
    use diesel::migration::MigrationSource;
    use diesel::pg::Pg;

    use super::{BASELINE, Foundation, number};

    #[test]
    fn the_functions_name_a_migration_of_ours_as_what_they_serve_from() {
        let ours = Foundation::ours();
        let migrations = MigrationSource::<Pg>::migrations(&ours.migrations).unwrap();
        let versions: Vec<_> = migrations.iter().map(|migration| migration.name().version().to_string()).collect();
        let said = ours.functions.serves_from().to_owned();
        assert!(versions.contains(&said), "persistence/sql/SERVES_FROM says {said:?}");
        assert!(
            versions.iter().all(|version| number(version).is_some_and(|number| number >= BASELINE)),
            "{versions:?}"
        );
    }
}
