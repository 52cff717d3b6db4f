//! The import subcommands, as an operator runs them.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use super::database::{Database, directory};
use super::world::BINARY;

/// What a run said.
pub struct Ran {
    pub ok: bool,
    pub out: String,
    pub err: String,
}

/// The command, ready to run over a database.
pub fn command(database: &Database, arguments: &[&str]) -> Command {
    let mut command = Command::new(BINARY);
    command.arg("import").args(arguments).env("DATABASE_URL", database.app()).env("DIAPASON_DATA_DIR", directory());
    command.env("DIAPASON_LOG", "warn").stdin(Stdio::null());
    command
}

/// Runs it to its end.
pub fn import(database: &Database, arguments: &[&str]) -> Ran {
    let Output { status, stdout, stderr } = command(database, arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { ok: status.success(), out: text(stdout), err: text(stderr) }
}

/// A file of this run.
pub fn file(name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let path = directory().join(name);
    std::fs::write(&path, content).unwrap();
    path
}

/// A file kept with the tests.
pub fn sample(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data").join(name);
    path.to_str().unwrap().to_owned()
}

/// Everything that the database holds, audit lines too: to say that nothing changed.
pub fn everything(database: &Database) -> String {
    let audit = "SELECT coalesce(md5(string_agg(t::text, '' ORDER BY position)), '') AS it FROM audit_event t";
    database.digest() + &database.one(audit)
}

/// Every row of every table, as text: to say what stands in none.
pub fn dump(database: &Database) -> String {
    let tables = database.column(
        "SELECT format('%I.%I', schemaname, tablename) AS it FROM pg_tables WHERE schemaname IN ('public', 'app')",
    );
    let rows =
        |table: &String| database.one(&format!("SELECT coalesce(string_agg(t::text, ' '), '') AS it FROM {table} t"));
    tables.iter().map(rows).collect()
}
