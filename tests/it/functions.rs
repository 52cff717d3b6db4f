//! Functions of a later version: what it changed, moved, gave another signature or took away, in one transaction with its
//! last migration.

use std::fs;
use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection};
use diesel_migrations::FileBasedMigrations;
use persistence::functions::Functions;
use persistence::migrate::Foundation;

use crate::support::database::{Database, directory};

/// The foundation of a later version: our migrations and more, in a folder.
pub(super) struct Later(PathBuf);

impl Later {
    pub(super) fn new(name: &str) -> Self {
        Self(directory().join(name)).and(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations"))
    }

    /// With those of another folder.
    pub(super) fn and(self, folder: &Path) -> Self {
        for entry in fs::read_dir(folder).unwrap().flatten().filter(|entry| entry.path().is_dir()) {
            let copy = self.0.join(entry.file_name());
            fs::create_dir_all(&copy).unwrap();
            for file in fs::read_dir(entry.path()).unwrap().flatten() {
                fs::copy(file.path(), copy.join(file.file_name())).unwrap();
            }
        }
        self
    }

    fn with(self, name: &str, up: &str) -> Self {
        let folder = self.0.join(name);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("up.sql"), up).unwrap();
        fs::write(folder.join("down.sql"), "SELECT 1;").unwrap();
        if up.contains("CONCURRENTLY") {
            fs::write(folder.join("metadata.toml"), "run_in_transaction = false\n").unwrap();
        }
        self
    }

    /// Brings a database up to date, with more files of functions than ours.
    pub(super) fn migrate(&self, database: &Database, more: &[(&str, &str)]) -> Result<usize, String> {
        let migrations = FileBasedMigrations::from_path(&self.0).unwrap();
        let files: Vec<_> = Functions::ours().files.iter().chain(more).copied().collect();
        let functions = Functions { files: &files, serves_from: "# Said.\n0110\n" };
        Foundation { migrations, functions }.migrate(&database.owner).map_err(|error| error.to_string())
    }
}

const COUNT: &str = "-- recompute: INSERT INTO ran DEFAULT VALUES;\n
    CREATE OR REPLACE FUNCTION app.sample(a integer) RETURNS integer LANGUAGE sql AS $$ SELECT a $$;";

fn samples(database: &Database) -> Vec<String> {
    database.column(
        "SELECT oid::regprocedure::text AS it FROM pg_proc WHERE pronamespace = 'app'::regnamespace AND proname LIKE 'sample%'
        UNION ALL SELECT tgname::text FROM pg_trigger WHERE tgname LIKE 'sample%' ORDER BY 1",
    )
}

#[test]
fn what_left_is_dropped_and_what_changed_its_signature_is_replaced() {
    let database = Database::empty();
    let later =
        Later::new("signatures").with("0200_ran", "CREATE TABLE ran (number integer GENERATED ALWAYS AS IDENTITY);");
    let ran = |times: &str| assert_eq!(database.one("SELECT count(*)::text AS it FROM ran"), times);
    later.migrate(&database, &[("sample/a.sql", COUNT)]).unwrap();
    // On a fresh database there is nothing to compute anew.
    ran("0");
    assert_eq!(samples(&database), ["app.sample(integer)"]);
    // The same arguments by other names, and another result: it cannot be replaced in place.
    let renamed = COUNT
        .replace("a integer", "b integer")
        .replace("RETURNS integer", "RETURNS bigint")
        .replace("SELECT a", "SELECT b");
    later.migrate(&database, &[("sample/a.sql", &renamed)]).unwrap();
    assert_eq!(samples(&database), ["app.sample(integer)"]);
    assert_eq!(database.one("SELECT pg_typeof(app.sample(1))::text AS it"), "bigint");
    ran("1");
    // Other arguments: the one before goes.
    let text = COUNT.replace("a integer", "a text, b text DEFAULT ''").replace("SELECT a", "SELECT a::integer");
    later.migrate(&database, &[("sample/a.sql", &text)]).unwrap();
    assert_eq!(samples(&database), ["app.sample(text,text)"]);
    // Moved to a file that is applied earlier, while what stays in its own cannot be replaced in place; two files name one
    // statement, which runs once.
    let trigger = "-- recompute: INSERT INTO ran DEFAULT VALUES;
        CREATE OR REPLACE FUNCTION app.sample_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
        CREATE OR REPLACE TRIGGER sample_trigger AFTER INSERT ON ran FOR EACH ROW EXECUTE FUNCTION app.sample_kept();";
    ran("2");
    let other = "CREATE OR REPLACE FUNCTION app.sample_kept() RETURNS integer LANGUAGE sql AS 'SELECT 1';";
    later.migrate(&database, &[("sample/a.sql", &format!("{text}\n{other}"))]).unwrap();
    ran("3");
    later.migrate(&database, &[("first/a.sql", &text), ("sample/a.sql", trigger)]).unwrap();
    assert_eq!(samples(&database), ["app.sample(text,text)", "app.sample_kept()", "sample_trigger"]);
    ran("4");
    // A trigger's function that cannot be replaced goes with its trigger, and both come back.
    let odd = trigger.replace("app.sample_kept()", "app.sample_again()");
    later.migrate(&database, &[("sample/a.sql", &odd)]).unwrap();
    assert_eq!(samples(&database), ["app.sample_again()", "sample_trigger"]);
    // Nothing is left.
    later.migrate(&database, &[]).unwrap();
    assert_eq!(samples(&database), [""; 0]);
    assert_eq!(database.one("SELECT count(*)::text AS it FROM app.sql_file WHERE name LIKE '%/a.sql'"), "0");
}

#[test]
fn a_function_that_fails_takes_its_migration_back() {
    let database = Database::demo();
    let wrong = "CREATE OR REPLACE FUNCTION app.sample() RETURNS integer LANGUAGE plpgsql AS $$ BEGIN RETURNS; $$;";
    let later = Later::new("failing")
        .with("0200_first", "CREATE TABLE first ();")
        .with("0201_second", "CREATE TABLE second ();");
    let says = |text: &str, word: &str| {
        let error = later.migrate(&database, &[("sample/a.sql", text)]).unwrap_err();
        assert!(error.contains(word), "{error}");
    };
    says(wrong, "app.sample()");
    says("CREATE FUNCTIONS;", "sample/a.sql");
    says(
        "CREATE OR REPLACE FUNCTION app.sample() RETURNS text LANGUAGE sql AS 'SELECT nothing FROM second';",
        "nothing",
    );
    let tables = "SELECT tablename::text AS it FROM pg_tables WHERE tablename IN ('first', 'second')";
    assert_eq!(database.column(tables), ["first"], "the last one goes with the functions");
    says(COUNT, "relation \"ran\" does not exist");
    assert_eq!(database.column(tables), ["first"]);
    assert_eq!(later.migrate(&database, &[]), Ok(1));
}

#[test]
fn an_index_made_concurrently_stands_alone_and_may_be_made_again() {
    let database = Database::demo();
    let index = "-- Why.\nCREATE INDEX CONCURRENTLY IF NOT EXISTS sample_idx ON member (created_at);";
    let later = Later::new("concurrently")
        .with("0201_table", "CREATE TABLE sample ();")
        .with("0202_index", index)
        .with("0203_another_index", &index.replace("sample_idx", "another_idx"));
    // What is left of an attempt that was cut short: an index of this name, not valid.
    let failing = "CREATE UNIQUE INDEX CONCURRENTLY sample_idx ON member (profile_visibility)";
    assert!(PgConnection::establish(&database.owner).unwrap().batch_execute(failing).is_err());
    let sample = COUNT.replace("INSERT INTO ran DEFAULT VALUES", "SELECT 1");
    assert_eq!(later.migrate(&database, &[("sample/a.sql", &sample)]), Ok(3));
    let made = || {
        database
            .column("SELECT indexdef AS it FROM pg_indexes WHERE indexname IN ('sample_idx', 'another_idx') ORDER BY 1")
    };
    assert_eq!(made().len(), 2);
    assert!(made().iter().all(|index| index.ends_with("(created_at)")), "{:?}", made());
    // As if it had been killed between the index and its line; the functions go along although no migration takes them.
    database.run("DELETE FROM __diesel_schema_migrations WHERE version = '0203'");
    assert_eq!(later.migrate(&database, &[]), Ok(1));
    assert_eq!(samples(&database), [""; 0]);
    assert_eq!(made().len(), 2);
}
