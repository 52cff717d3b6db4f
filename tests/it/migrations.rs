//! `diapason migrate` over the real binary: whatever happens to it, tables and functions fit each other; and which
//! databases this binary serves, which it refuses.

use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use api::embedded::{Embedded, Keep};
use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection};
use persistence::functions::Functions;
use persistence::migrate;
use serde_json::json;

use crate::functions::Later;
use crate::support::World;
use crate::support::database::{Database, directory};
use crate::support::import::sample;
use crate::support::pace::until;
use crate::support::world::BINARY;

/// The number of the last migration that a database ran.
fn newest(database: &Database) -> String {
    database.one("SELECT max(version)::text AS it FROM __diesel_schema_migrations")
}

fn diapason(word: &str, url: &str) -> Command {
    let mut command = Command::new(BINARY);
    command.arg(word).env("DATABASE_URL", url).env("DIAPASON_DATA_DIR", directory()).env("DIAPASON_LOG", "warn");
    command.env("DIAPASON_LISTEN", "127.0.0.1:0").env("DIAPASON_ADMIN_LISTEN", "127.0.0.1:0");
    command.env("DIAPASON_DEV_ISSUER", "1").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn migrating(database: &Database) -> Child {
    diapason("migrate", &database.owner).spawn().unwrap()
}

fn migrated(database: &Database) -> String {
    let Output { status, stdout, stderr } = diapason("migrate", &database.owner).output().unwrap();
    assert!(status.success(), "{}", String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).unwrap()
}

/// What a command that must fail says.
fn refused(mut command: Command) -> String {
    let output = command.output().unwrap();
    assert!(!output.status.success(), "{command:?} should have refused");
    String::from_utf8(output.stderr).unwrap()
}

/// All that `migrate` makes, as text.
fn shape(database: &Database) -> String {
    let parts = [
        "SELECT format('%s.%s %s %s %s', table_schema, table_name, ordinal_position, column_name, data_type) AS it
            FROM information_schema.columns WHERE table_schema IN ('public', 'app') ORDER BY 1",
        "SELECT pg_get_functiondef(oid) || coalesce(proacl::text, '') AS it FROM pg_proc
            WHERE pronamespace = 'app'::regnamespace ORDER BY 1",
        "SELECT pg_get_triggerdef(oid) AS it FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1",
        "SELECT conrelid::regclass || pg_get_constraintdef(oid) AS it FROM pg_constraint
            WHERE connamespace IN ('public'::regnamespace, 'app'::regnamespace) ORDER BY 1",
        "SELECT indexdef AS it FROM pg_indexes WHERE schemaname IN ('public', 'app') ORDER BY 1",
        "SELECT format('%s %s', oid::regclass, relacl) AS it FROM pg_class
            WHERE relkind = 'r' AND relnamespace IN ('public'::regnamespace, 'app'::regnamespace) ORDER BY 1",
        "SELECT version::text AS it FROM __diesel_schema_migrations ORDER BY 1",
        "SELECT format('%s %s %s', name, digest, makes) AS it FROM app.sql_file ORDER BY 1",
    ];
    parts.iter().map(|sql| database.column(sql).join("\n")).collect::<Vec<_>>().join("\n\n")
}

#[test]
fn a_fresh_database_has_each_function_once() {
    let database = Database::empty();
    let said = migrated(&database);
    assert!(said.starts_with(&database.one("SELECT count(*)::text AS it FROM __diesel_schema_migrations")), "{said}");
    let clean = shape(&database);
    assert_eq!(clean, shape(&Database::demo()));
    let twice = "SELECT it FROM app.sql_file, unnest(makes) it GROUP BY it HAVING count(*) > 1";
    assert_eq!(database.column(twice), [""; 0], "made by two files");
    // The few that indexes, defaults and generated columns rest on stand in migrations.
    let others = "SELECT proname::text AS it FROM pg_proc WHERE pronamespace = 'app'::regnamespace
        AND NOT EXISTS (SELECT FROM app.sql_file WHERE 'FUNCTION ' || pg_proc.oid::regprocedure = ANY (makes)) ORDER BY 1";
    let rested_on =
        ["epoch", "fold", "origin", "search_deletes", "search_terms", "search_text", "search_vector", "term_names"];
    assert_eq!(database.column(others), rested_on);
    // Each file is right by itself, with the bodies of SQL functions checked, and may be applied again.
    for (name, text) in Functions::ours().files {
        let done = PgConnection::establish(&database.owner).unwrap().batch_execute(text);
        assert!(done.is_ok(), "{name}: {done:?}");
    }
    assert!(migrated(&database).contains("0 migration(s) run"));
    assert_eq!(shape(&database), clean);
    assert_eq!(database.one("SELECT count(*)::text AS it FROM app.sql_applied"), "1", "nothing had changed");
}

/// What is made for every table is made for those of later migrations too, and stands after each.
#[test]
fn a_change_that_changes_nothing_is_kept_on_tables_to_come() {
    let database = Database::empty();
    migrated(&database);
    let kept = "SELECT tgrelid::regclass::text AS it FROM pg_trigger WHERE tgname = 'unchanged_is_kept' ORDER BY 1";
    let before = database.column(kept);
    assert!(before.len() > 20 && before.contains(&"member".to_owned()), "{before:?}");
    // One that has a transaction and may run again is the one to come, with a table.
    database.run(
        "CREATE TABLE zone (id uuid PRIMARY KEY, version integer NOT NULL, updated_at timestamptz, updated_by uuid)",
    );
    database.run("DELETE FROM __diesel_schema_migrations WHERE version = '0139'");
    assert!(migrated(&database).starts_with('1'));
    assert_eq!(database.column(kept), [before, vec!["zone".to_owned()]].concat());
}

#[test]
fn killed_at_any_moment_and_run_again_tables_and_functions_fit() {
    let database = Database::empty();
    let began = Instant::now();
    migrated(&database);
    let (took, clean) = (began.elapsed(), shape(&database));
    let newest = newest(&database);
    let there = "SELECT coalesce(to_regclass('app.sql_applied')::text, '') AS it";
    let fits = format!(
        "SELECT (EXISTS (SELECT FROM __diesel_schema_migrations WHERE version = '{newest}')
            = EXISTS (SELECT FROM app.sql_applied))::text AS it"
    );
    for part in 0..14 {
        let database = Database::empty();
        let mut child = migrating(&database);
        thread::sleep(took * part / 12);
        // It may have ended already.
        let _ = child.kill();
        child.wait().unwrap();
        let fits = database.one(there).is_empty() || database.one(&fits) == "true";
        assert!(fits, "the last migration without the functions, killed after {part} parts of 12");
        migrated(&database);
        assert_eq!(shape(&database), clean, "killed after {part} parts of 12");
    }
}

#[test]
fn killed_while_functions_change_it_did_all_or_nothing() {
    let began = Instant::now();
    let reference = spoilt();
    let want = kept(&Database::demo());
    migrated(&reference);
    let took = began.elapsed();
    for part in 1..8 {
        let database = spoilt();
        let before = kept(&database);
        let mut child = migrating(&database);
        thread::sleep(took * part / 8);
        let _ = child.kill();
        child.wait().unwrap();
        let now = database.one(
            "SELECT format('%s %s', (SELECT count(*) FROM app.sql_applied), (SELECT count(*) FROM app.sql_file WHERE digest = 'x')) AS it",
        );
        let files = Functions::ours().files.len();
        assert!(now == format!("1 {files}") || now == "2 0", "half of it: {now}");
        if now.starts_with('1') {
            // Nothing can have been committed later than what was seen first.
            let seen = kept(&database);
            assert!(seen == before || seen == want, "half of it");
        }
        migrated(&database);
        assert!(kept(&database) == want);
    }
}

/// All that is kept of what functions computed.
fn kept(database: &Database) -> String {
    let digest = |rows: &str| {
        database.one(&format!("SELECT coalesce(string_agg(t::text, ' ' ORDER BY t::text), '') AS it FROM ({rows}) t"))
    };
    [
        "SELECT * FROM tracking_cell",
        "SELECT * FROM search_name",
        "SELECT * FROM search_word",
        "SELECT id, member_id, organization_id, organization_kind, sort_name FROM membership",
        "SELECT app.today() = (now() AT TIME ZONE 'Europe/Paris')::date",
    ]
    .map(digest)
    .join("\n")
}

/// A database whose functions look changed, and where what they computed is wrong; so is one of them.
fn spoilt() -> Database {
    let database = Database::demo();
    database.run(
        "UPDATE app.sql_file SET digest = 'x';
        CREATE OR REPLACE FUNCTION app.today() RETURNS date LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT date '2001-01-01' $$;
        UPDATE tracking_cell SET filled = filled + 7;
        DELETE FROM tracking_cell WHERE network_id = (SELECT min(network_id::text)::uuid FROM tracking_cell);
        DELETE FROM search_name WHERE kind = 'initials';
        UPDATE search_name SET for_insiders = NOT for_insiders;
        INSERT INTO search_word VALUES ('member', 'nobodyscalledthis');
        DELETE FROM search_word WHERE word < 'd';
        UPDATE membership SET sort_name = 'wrong', organization_kind = 'observer' WHERE role = 'referent'",
    );
    database
}

#[test]
fn what_changed_is_applied_again_and_what_it_had_computed_is_computed_anew() {
    let want = kept(&Database::demo());
    let database = spoilt();
    assert_ne!(kept(&database), want);
    assert!(migrated(&database).contains("0 migration(s) run"));
    assert_eq!(kept(&database), want);
    assert_eq!(shape(&database), shape(&Database::demo()));
    // Only what its own file names.
    database.run(
        "UPDATE app.sql_file SET digest = 'x' WHERE name = 'search/words.sql'; UPDATE tracking_cell SET filled = 99",
    );
    migrated(&database);
    assert_eq!(database.one("SELECT string_agg(DISTINCT filled::text, ' ') AS it FROM tracking_cell"), "99");
}

#[test]
fn two_at_once_do_it_once() {
    let database = Database::empty();
    let both = [migrating(&database), migrating(&database)];
    let said = both.map(|child| {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    });
    assert_eq!(said.iter().filter(|said| said.starts_with("0 ")).count(), 1, "{said:?}");
    assert_eq!(shape(&database), shape(&Database::demo()));
}

/// What the first eighteen migrations left, as far as anyone looks.
const ANOTHER_FOUNDATION: &str = "CREATE TABLE __diesel_schema_migrations (version varchar PRIMARY KEY, run_on timestamp DEFAULT now());
    GRANT SELECT ON __diesel_schema_migrations TO diapason_app;
    INSERT INTO __diesel_schema_migrations (version) SELECT to_char(number, 'FM0000') FROM generate_series(1, 18) number";

#[test]
fn a_database_of_the_earlier_foundation_is_recognised() {
    let database = Database::empty();
    database.run(ANOTHER_FOUNDATION);
    let told = |said: &str| {
        assert!(said.contains("move the data directory aside"), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    };
    told(&refused(diapason("migrate", &database.owner)));
    told(&refused(diapason("serve", &database.app)));
    told(&migrate::check(&database.app).unwrap_err().to_string());
    // One made while the baseline was still being written.
    let draft = Database::empty();
    migrate::migrate(&draft.owner).unwrap();
    draft.run("DROP TABLE change CASCADE");
    told(&refused(diapason("migrate", &draft.owner)));
    told(&refused(diapason("serve", &draft.app)));
    // The same in a data directory.
    let folder = directory().join("earlier-foundation");
    let private = Embedded::start(&folder, Keep::Data).unwrap();
    migrate::create(&private.url("postgres", "postgres"), "diapason").unwrap();
    let owner = private.url("diapason_owner", "diapason");
    PgConnection::establish(&owner).unwrap().batch_execute(ANOTHER_FOUNDATION).unwrap();
    drop(private);
    for word in ["migrate", "serve"] {
        let mut command = diapason(word, "");
        command.env_remove("DATABASE_URL").env("DIAPASON_DATA_DIR", &folder);
        told(&refused(command));
    }
}

#[test]
fn a_binary_that_the_functions_do_not_serve_any_more_refuses() {
    let world = World::demo();
    let ready = |status| {
        until(Duration::from_mins(1), "readiness", || world.nobody().get("/readyz").status == status);
    };
    ready(200);
    let database = &world.database;
    let newest = newest(database);
    database.run(
        "INSERT INTO __diesel_schema_migrations (version) VALUES ('9001');
        INSERT INTO app.sql_applied (digest, serves_from, at) VALUES ('later', '9001', now())",
    );
    ready(503);
    for said in [
        refused(diapason("serve", &database.app)),
        refused(diapason("migrate", &database.owner)),
        migrate::check(&database.app).unwrap_err().to_string(),
    ] {
        assert!(
            said.contains(&format!("up to {newest}")) && said.contains("9001") && said.lines().count() == 1,
            "{said}"
        );
    }
    // A later version that still serves this one.
    database.run(&format!("UPDATE app.sql_applied SET serves_from = '{newest}' WHERE digest = 'later'"));
    ready(200);
    migrate::check(&database.app).unwrap();
}

#[test]
fn functions_older_than_the_binary_are_refused_and_later_ones_that_serve_it_are_not() {
    let database = Database::demo();
    let newest = newest(&database);
    database.run(&format!("INSERT INTO app.sql_applied (digest, serves_from, at) VALUES ('later', '{newest}', now())"));
    migrate::check(&database.app).unwrap();
    database.run("DELETE FROM app.sql_applied WHERE digest <> 'later'");
    let said = migrate::check(&database.app).unwrap_err().to_string();
    assert!(said.contains("diapason migrate"), "{said}");
    assert!(migrate::check(&Database::empty().app).unwrap_err().to_string().contains("diapason migrate"));
}

#[test]
fn a_sample_expansion_of_the_tables_is_served() {
    let database = Database::demo();
    let before = shape(&database);
    let later = Later::new("expansion").and(Path::new(&sample("expansion")));
    assert_eq!(later.migrate(&database, &[]), Ok(3));
    let world = World::over(database, &[]);
    assert_eq!(world.nobody().get("/readyz").status, 200);
    let admin = world.client("sig-admin");
    let body = json!({"code": "expanded", "name": "Réseau", "audience": "Tous", "cadence": "ad_hoc", "visibility": "listed",
        "join_policy": "request"});
    let made = admin.send("POST", "/networks", &[("idempotency-key", "expanded")], Some(body)).expect(201);
    let changed = admin.patch("/networks/expanded", made.etag(), json!({"name": "Réseau élargi"})).expect(200);
    assert_eq!(changed.str("/name"), "Réseau élargi");
    assert_eq!(admin.get("/networks/expanded").expect(200).str("/name"), "Réseau élargi");
    for path in ["/networks", "/members?limit=5", "/tracking/matrix", "/networks/edito/memberships"] {
        admin.get(path).expect(200);
    }
    // Its `migrate` leaves alone what a later version did.
    assert!(migrated(&world.database).contains("0 migration(s) run"));
    let functions =
        |shape: &str| shape.lines().filter(|line| line.contains("FUNCTION")).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(functions(&shape(&world.database)), functions(&before));
}
