//! A private PostgreSQL, for development and tests: found on the machine, run unprivileged, and ended with this process.

mod place;
mod programs;
mod user;

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use std::{fs, io, thread};

use place::Place;
use user::User;

const STEP: Duration = Duration::from_millis(10);
const STEPS: u32 = 6000;
/// How often we look whether PostgreSQL still lives.
const WATCH: Duration = Duration::from_millis(250);

/// Holds our pipe open: when we end, however we end, `read` returns and PostgreSQL gets a fast shutdown.
/// A directory named by `THROWAWAY` goes with it.
const SUPERVISOR: &str = r#"exec 3<&0; "$@" <&- 3<&- & p=$!
{ read x <&3; kill -INT $p 2>/dev/null; } & w=$!
exec 3<&-; wait $p; kill $w 2>/dev/null
[ -z "$THROWAWAY" ] || rm -rf "$THROWAWAY""#;

/// Whether the data must outlive a power cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// Development: the data stay.
    Data,
    /// Tests: fast, and gone at the end.
    Nothing,
}

/// A running PostgreSQL; dropping it stops it, unless another process of ours runs it.
#[derive(Debug)]
pub struct Embedded {
    place: Arc<Place>,
    /// Absent when another process runs it.
    supervisor: Option<Arc<Mutex<Option<Child>>>>,
}

impl Embedded {
    /// Runs PostgreSQL over this directory, making the cluster if there is none; joins one that runs there already.
    ///
    /// # Errors
    /// PostgreSQL is not on this machine, or does not start.
    pub fn start(directory: &Path, keep: Keep) -> io::Result<Self> {
        let place = Arc::new(Place::prepare(directory, User::unprivileged()?)?);
        if place.is_alive() {
            return Ok(Self { place, supervisor: None });
        }
        Self::run(place, keep)
    }

    /// The same, but never joins: waits until the one that runs there for a subcommand has ended.
    ///
    /// # Errors
    /// PostgreSQL is not on this machine, or does not start, or the other one does not end.
    pub fn start_own(directory: &Path, keep: Keep) -> io::Result<Self> {
        let place = Arc::new(Place::prepare(directory, User::unprivileged()?)?);
        for _ in 0..STEPS {
            if !place.is_alive() {
                return Self::run(place, keep);
            }
            thread::sleep(STEP);
        }
        Err(io::Error::other("another PostgreSQL has been running over these data for a minute"))
    }

    fn run(place: Arc<Place>, keep: Keep) -> io::Result<Self> {
        let programs = programs::find().ok_or_else(|| io::Error::other(MISSING))?;
        if !place.data.join("PG_VERSION").exists() {
            initialize(&programs, &place)?;
        }
        let child = Arc::new(Mutex::new(Some(run(&programs, &place, keep)?)));
        if keep == Keep::Data {
            let (child, place) = (Arc::clone(&child), Arc::clone(&place));
            thread::Builder::new().name("postgres-watch".into()).spawn(move || watch(&child, &programs, &place))?;
        }
        Ok(Self { place, supervisor: Some(child) })
    }

    /// Whether a private database was made for this data directory already; makes nothing.
    #[must_use]
    pub fn was_made(directory: &Path) -> bool {
        place::has_database(directory)
    }

    /// The folder that it stands in.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.place.directory
    }

    /// The address of one of its databases, for one of its users.
    #[must_use]
    pub fn url(&self, user: &str, database: &str) -> String {
        let socket = self.place.socket.display().to_string().replace('/', "%2F");
        format!("postgres://{user}@/{database}?host={socket}")
    }
}

const MISSING: &str = "PostgreSQL was not found: install it (Debian: apt install postgresql), or say where its programs \
                       are in PG_BINDIR, or give a database in DATABASE_URL";

impl Drop for Embedded {
    fn drop(&mut self) {
        let Some(supervisor) = &self.supervisor else { return };
        let Ok(mut child) = supervisor.lock() else { return };
        if let Some(mut child) = child.take() {
            drop(child.stdin.take());
            // Nothing can be done about a supervisor that cannot be waited for.
            let _ = child.wait();
        }
    }
}

/// Starts PostgreSQL again when it died without us; ends when we end it.
fn watch(child: &Mutex<Option<Child>>, programs: &Path, place: &Place) {
    loop {
        thread::sleep(WATCH);
        let Ok(mut held) = child.lock() else { return };
        let Some(running) = held.as_mut() else { return };
        if matches!(running.try_wait(), Ok(Some(_))) {
            tracing::warn!("the embedded PostgreSQL ended by itself; starting it again");
            match run(programs, place, Keep::Data) {
                Ok(again) => *held = Some(again),
                Err(error) => tracing::error!(%error, "the embedded PostgreSQL does not start again; trying on"),
            }
        }
    }
}

/// Starts the server and waits until it answers.
fn run(programs: &Path, place: &Place, keep: Keep) -> io::Result<Child> {
    let ready = place.data.join("postmaster.pid");
    let before = fs::read_to_string(&ready).unwrap_or_default();
    let mut child = supervise(programs, place, keep)?;
    for _ in 0..STEPS {
        let now = fs::read_to_string(&ready).unwrap_or_default();
        // Line 8 says when; what stood there before the start was left by a crash.
        if now != before && now.lines().nth(7).is_some_and(|line| line.trim() == "ready") {
            return Ok(child);
        }
        if child.try_wait()?.is_some() {
            break;
        }
        thread::sleep(STEP);
    }
    let said = fs::read_to_string(&place.log).unwrap_or_default();
    Err(io::Error::other(format!("PostgreSQL does not start: {} ({})", first_fault(&said), place.log.display())))
}

/// A program run as the user, in its own group, so that Ctrl-C reaches us first.
fn command(program: &Path, place: &Place) -> Command {
    let mut command = Command::new(program);
    command.current_dir(&place.directory).env_remove("PGDATA").stdin(Stdio::null()).process_group(0);
    if let Some(User { uid, gid }) = place.user {
        command.uid(uid).gid(gid);
    }
    command
}

/// Made beside and then renamed, so that a half-made cluster never looks finished.
fn initialize(programs: &Path, place: &Place) -> io::Result<()> {
    let unfinished: PathBuf = place.directory.join("pg.new");
    let mut said = String::new();
    for locale in ["C.UTF-8", "C"] {
        if unfinished.exists() {
            fs::remove_dir_all(&unfinished)?;
        }
        let mut initdb = command(&programs.join("initdb"), place);
        initdb
            .args(["-U", "postgres", "-A", "trust", "-E", "UTF8", &format!("--locale={locale}"), "-D"])
            .arg(&unfinished);
        let output = initdb.output()?;
        if output.status.success() {
            return fs::rename(unfinished, &place.data);
        }
        said = String::from_utf8_lossy(&output.stderr).into_owned();
    }
    Err(io::Error::other(format!(
        "PostgreSQL cannot be set up in {}: {}",
        place.directory.display(),
        first_fault(&said)
    )))
}

/// The line that says first what is wrong, of all that a program of PostgreSQL said.
fn first_fault(said: &str) -> &str {
    let lines = || said.lines().map(str::trim).filter(|line| !line.is_empty());
    let wrong = |line: &&str| ["error:", "FATAL:", "PANIC:"].iter().any(|word| line.contains(word));
    lines().find(wrong).or_else(|| lines().next_back()).unwrap_or("it does not say why")
}

fn supervise(programs: &Path, place: &Place, keep: Keep) -> io::Result<Child> {
    let mut sh = command(Path::new("/bin/sh"), place);
    sh.args(["-c", SUPERVISOR, "diapason-postgres"]).arg(programs.join("postgres"));
    sh.arg("-D").arg(&place.data).arg("-k").arg(&place.socket).args(["-c", "listen_addresses="]);
    sh.args(["-c", "max_connections=100", "-c", "shared_buffers=256MB", "-c", "client_connection_check_interval=2s"]);
    if keep == Keep::Nothing {
        sh.args(["-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off"]);
        sh.env("THROWAWAY", &place.directory);
    }
    sh.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(fs::File::create(&place.log)?).spawn()
}
