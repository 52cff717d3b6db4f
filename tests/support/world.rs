//! A world: the started binary, over a database of its own.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Once, OnceLock};
use std::time::{Duration, Instant};

use api::auth::{DEVELOPMENT_ISSUER, Development};
use chrono::{DateTime, TimeDelta, Utc};
use persistence::seed;
pub use persistence::seed::PERSONAS;

use super::client::Client;
use super::cluster::children;
use super::database::{Database, directory};
use super::mail::Mail;
use super::pace;

/// The binary just built.
pub const BINARY: &str = env!("CARGO_BIN_EXE_diapason");
/// The secret of the development issuer, for all servers of this run.
pub const SECRET: &str = "a secret for tests, of no other use than that";

/// Ends the server when our pipe closes: when the world is dropped, and when the tests end, however they end. Ends with
/// the server's status when that ends by itself.
const GUARD: &str = r#"exec 3<&0; [ -z "$STANDARD_ERROR" ] || exec 2>"$STANDARD_ERROR"; "$@" <&- 3<&- & p=$!; exec 2>/dev/null
{ read x <&3; kill -9 $p; } & w=$!; exec 3<&-; wait $p; s=$?; kill $w; exit $s"#;

/// A running server.
pub struct World {
    pub database: Database,
    pub base: String,
    pub admin: String,
    pub server: Child,
    /// How far its clock was moved, in seconds.
    shift: AtomicI64,
}

impl World {
    /// A server over the demo data.
    pub fn demo() -> Self {
        Self::over(Database::demo(), &[])
    }

    /// One server that tests share which change nothing.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<World> = OnceLock::new();
        SHARED.get_or_init(Self::demo)
    }

    /// A server over a database, with settings; what it logs goes to the file `STANDARD_ERROR`, if that is one of them.
    pub fn over(database: Database, settings: &[(&str, &str)]) -> Self {
        // Once, for a server that starts beside this one would read a file that is half written.
        static KEY: Once = Once::new();
        pace::watch();
        KEY.call_once(|| fs::write(directory().join("development.key"), SECRET).unwrap());
        let mut command = Command::new("/bin/sh");
        command.args(["-c", GUARD, "guard", BINARY]).stdin(Stdio::piped());
        command.env("DATABASE_URL", database.app()).env("DIAPASON_DATA_DIR", directory());
        command.env("DIAPASON_LISTEN", "127.0.0.1:0").env("DIAPASON_ADMIN_LISTEN", "127.0.0.1:0");
        command.env("DIAPASON_DEV_ISSUER", "1").env("DIAPASON_LOG", "warn").envs(settings.iter().copied());
        let mut server = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
        let mut address = || {
            let line = lines.next().unwrap().unwrap();
            let at = line.find("http://").unwrap();
            line[at..].split([' ', ')']).next().unwrap().trim_end_matches("/metrics").to_owned()
        };
        let (base, admin) = (address(), address());
        Self { database, base, admin, server, shift: AtomicI64::new(0) }
    }

    /// Signals the server.
    pub fn signal(&self, name: &str) {
        let ours =
            |process: &u32| fs::read_link(format!("/proc/{process}/exe")).is_ok_and(|it| it == Path::new(BINARY));
        let server = children(self.server.id()).into_iter().find(ours).unwrap();
        assert!(Command::new("kill").args([name, &server.to_string()]).status().unwrap().success());
    }

    /// How the server ended, if it did.
    pub fn status(&mut self) -> Option<ExitStatus> {
        self.server.try_wait().unwrap()
    }

    /// A client that speaks for a persona, or for a member by their e-mail address.
    pub fn client(&self, persona: &str) -> Client {
        let subject = seed::subject(&self.database.owner(), DEVELOPMENT_ISSUER, persona).unwrap();
        self.subject(&subject, None)
    }

    /// A client that speaks for a subject, of whom the issuer says perhaps where they work.
    pub fn subject(&self, subject: &str, siret: Option<&str>) -> Client {
        let now = kernel::clock::now() + TimeDelta::seconds(self.shift.load(Ordering::Relaxed));
        Client::new(&self.base, Some(Development::new(SECRET.as_bytes()).token_at(subject, siret, now).unwrap()))
    }

    /// A server over the demo data whose clock can be moved.
    pub fn timed() -> Self {
        Self::over(Database::demo(), &[("DIAPASON_TEST_CLOCK", "1")])
    }

    /// Moves the clock on. Who speaks afterwards needs a new client.
    pub fn pass(&self, time: TimeDelta) {
        let shift = self.shift.fetch_add(time.num_seconds(), Ordering::Relaxed) + time.num_seconds();
        self.at(kernel::clock::now() + TimeDelta::seconds(shift));
    }

    /// Moves the clock to a time. Who speaks afterwards needs a new client.
    pub fn at(&self, now: DateTime<Utc>) {
        self.shift.store((now - kernel::clock::now()).num_seconds(), Ordering::Relaxed);
        let body = serde_json::json!({ "now": now }).to_string().into_bytes();
        let put =
            Client::new(&self.admin, None).raw("PUT", "/test/clock", &[("content-type", "application/json")], body);
        put.expect(204);
    }

    /// The text of the letters that were sent to an address, once there are so many.
    pub fn letters(address: &str, number: usize) -> Vec<String> {
        Self::mails(address, number).into_iter().map(|mail| mail.text).collect()
    }

    /// The e-mails that were sent to an address, in order, once there are so many.
    pub fn mails(address: &str, number: usize) -> Vec<Mail> {
        let began = Instant::now();
        loop {
            let files = fs::read_dir(directory().join("outbox")).into_iter().flatten();
            let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
            files.sort();
            let all = files.into_iter().filter_map(|file| fs::read_to_string(file).ok());
            let to = format!("To: {address}\r\n");
            // One that is being written has no end yet.
            let found: Vec<_> = all.filter(|text| text.contains(&to) && text.trim_end().ends_with("--")).collect();
            if found.len() >= number {
                return found.iter().map(|raw| Mail::parse(raw)).collect();
            }
            assert!(began.elapsed() < pace::promised(20), "{} of {number} letters to {address}", found.len());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// A token for a subject.
    pub fn token(subject: &str) -> String {
        Development::new(SECRET.as_bytes()).token(subject).unwrap()
    }

    /// A client that speaks for nobody.
    pub fn nobody(&self) -> Client {
        Client::new(&self.base, None)
    }

    /// An organization's identifier, by its name or short name.
    pub fn organization(&self, name: &str) -> String {
        let name = name.replace('\'', "''");
        let sql = "SELECT id::text AS it FROM organization WHERE name = '@' OR short_name = '@' ORDER BY id LIMIT 1";
        self.database.one(&sql.replace('@', &name))
    }

    /// A persona's member identifier.
    pub fn member(&self, persona: &str) -> String {
        let sql = "SELECT object_id::text AS it FROM external_id WHERE noun = 'persona' AND value = '@'";
        self.database.one(&sql.replace('@', persona))
    }

    /// Has an issuer's subject be a persona.
    pub fn register(&self, issuer: &str, subject: &str, persona: &str) {
        let member = self.member(persona);
        self.database.run(&format!("INSERT INTO identity VALUES ('{issuer}', '{subject}', '{member}', app.clock())"));
    }

    /// A persona's main affiliation.
    pub fn affiliation(&self, persona: &str) -> String {
        let sql = "SELECT id::text AS it FROM affiliation WHERE member_id = '@' AND is_primary AND upper_inf(valid)";
        self.database.one(&sql.replace('@', &self.member(persona)))
    }

    /// A persona's membership of a network.
    pub fn membership(&self, persona: &str, network: &str) -> String {
        let sql = "SELECT m.id::text AS it FROM membership m JOIN network n ON n.id = m.network_id \
                   WHERE m.member_id = '@' AND n.code = '#' AND upper_inf(m.valid)";
        self.database.one(&sql.replace('@', &self.member(persona)).replace('#', network))
    }

    /// The audit lines since a position: action, object and outcome.
    pub fn audit(&self) -> Vec<String> {
        self.database.column("SELECT concat_ws(' ', action, outcome, reason) AS it FROM audit_event ORDER BY position")
    }
}

impl Drop for World {
    fn drop(&mut self) {
        drop(self.server.stdin.take());
        let _ = self.server.wait();
    }
}
