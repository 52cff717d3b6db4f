//! A PostgreSQL of one test file's own, to be stopped, frozen and killed without disturbing other tests.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::{env, fs, process};

use api::embedded::{Embedded, Keep};
use persistence::{database, reference, seed};

use super::database::Database;

/// A PostgreSQL that is there, or for the moment not.
pub struct Cluster {
    directory: PathBuf,
    running: Mutex<Option<Embedded>>,
}

/// Removes the data when the tests end, however they end, and PostgreSQL has ended with them.
const JANITOR: &str = r#"read x; i=0
while [ -e "$0/postgres/pg/postmaster.pid" ] && [ $i -lt 100 ]; do sleep 0.1; i=$((i + 1)); done; rm -rf "$0""#;

impl Cluster {
    /// The one of this run, for one test at a time.
    pub fn alone() -> (&'static Self, MutexGuard<'static, ()>) {
        static CLUSTER: OnceLock<Cluster> = OnceLock::new();
        static ALONE: Mutex<()> = Mutex::new(());
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let cluster = CLUSTER.get_or_init(Self::make);
        cluster.start();
        (cluster, alone)
    }

    fn make() -> Self {
        Self::within(env::temp_dir().join(format!("diapason-faults-{}", process::id())))
    }

    /// One more, with the demo data, in a directory of its own.
    pub fn within(directory: PathBuf) -> Self {
        fs::create_dir_all(&directory).unwrap();
        let janitor = Command::new("/bin/sh").args(["-c", JANITOR]).arg(&directory).stdin(Stdio::piped()).spawn();
        // Its pipe closes with this process.
        std::mem::forget(janitor.unwrap());
        let cluster = Self { directory, running: Mutex::default() };
        cluster.start();
        database::create(&cluster.url("postgres", "postgres"), "demo").unwrap();
        let owner = cluster.url("diapason_owner", "demo");
        database::migrate(&owner).unwrap();
        reference::load(&owner).unwrap();
        seed::demo(&owner).unwrap();
        cluster
    }

    fn url(&self, user: &str, database: &str) -> String {
        self.running.lock().unwrap().as_ref().unwrap().url(user, database)
    }

    /// Where its socket is.
    pub fn socket(&self) -> PathBuf {
        self.directory.join("postgres")
    }

    /// The demo data, the same for all tests of the file.
    pub fn demo(&self) -> Database {
        Database::of("demo", self.url("diapason_owner", "demo"), self.url("diapason_app", "demo"))
    }

    pub fn start(&self) {
        let mut running = self.running.lock().unwrap();
        if running.is_none() {
            *running = Some(Embedded::start(&self.directory, Keep::Data).unwrap());
        }
    }

    /// Stops it in good order: connections at work are closed.
    pub fn stop(&self) {
        drop(self.running.lock().unwrap().take());
    }

    /// Ends its master without a word; what watches over it starts it again.
    pub fn kill(&self) {
        signal("-KILL", &[self.master()]);
    }

    /// Freezes all of it until what is returned is dropped: it neither accepts nor refuses.
    pub fn freeze(&self) -> Frozen {
        let master = self.master();
        signal("-STOP", &[master]);
        let all: Vec<_> = [master].into_iter().chain(children(master)).collect();
        signal("-STOP", &all);
        Frozen(all)
    }

    fn master(&self) -> u32 {
        let file = fs::read_to_string(self.socket().join("pg/postmaster.pid")).unwrap();
        file.lines().next().unwrap().parse().unwrap()
    }
}

/// A PostgreSQL that stands still.
pub struct Frozen(Vec<u32>);

impl Drop for Frozen {
    fn drop(&mut self) {
        signal("-CONT", &self.0);
    }
}

fn signal(name: &str, processes: &[u32]) {
    // One that ended meanwhile needs no signal.
    let _ = Command::new("kill").arg(name).args(processes.iter().map(u32::to_string)).stderr(Stdio::null()).status();
}

/// The processes of a process.
pub fn children(parent: u32) -> Vec<u32> {
    let parent_of = |process: u32| {
        let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
        stat.rsplit(')').next()?.split_whitespace().nth(1)?.parse::<u32>().ok()
    };
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let processes = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    processes.filter(|process| parent_of(*process) == Some(parent)).collect()
}
