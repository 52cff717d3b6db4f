//! Whether the database answers: a thread asks it several times a second, so that no caller has to wait to find out.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Weak};
use std::thread;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;

use crate::migrate::serves;
use crate::pools::patient;
use crate::{Error, Result};

/// How often the database is asked.
const BEAT: Duration = Duration::from_millis(250);
/// How long nobody may have heard of it before it counts as away.
const SILENCE: Duration = Duration::from_millis(1500);
/// How many askers may hang on a database that froze under them; each is let go when the system gives its line up.
const MOST_ASKERS: usize = 4;

/// The pulse of one database.
pub(crate) struct Pulse {
    url: String,
    began: Instant,
    /// What the last answer was; who serves has asked once before.
    here: AtomicBool,
    ready: AtomicBool,
    /// When anyone last heard of it, and when the asker last said anything, in milliseconds since we began.
    heard: AtomicU64,
    said: AtomicU64,
    /// Which asker counts: one that hangs is left behind.
    asker: AtomicUsize,
    askers: AtomicUsize,
    /// How often it came back.
    lives: AtomicUsize,
    /// Done when it is back, and when the asker's own line had to be laid anew.
    again: Box<dyn Fn() + Send + Sync>,
}

impl Pulse {
    /// Begins to ask, on threads of its own, for as long as someone holds the pulse.
    pub(crate) fn of(url: &str, again: impl Fn() + Send + Sync + 'static) -> Arc<Self> {
        let pulse = Arc::new(Self {
            url: patient(url),
            began: Instant::now(),
            here: AtomicBool::new(true),
            ready: AtomicBool::new(true),
            heard: AtomicU64::new(0),
            said: AtomicU64::new(0),
            asker: AtomicUsize::new(0),
            askers: AtomicUsize::new(0),
            lives: AtomicUsize::new(0),
            again: Box::new(again),
        });
        Self::ask(&pulse);
        let weak = Arc::downgrade(&pulse);
        spawn("pulse", move || {
            while let Some(pulse) = weak.upgrade() {
                if pulse.since(&pulse.said) > SILENCE && pulse.askers.load(Ordering::Acquire) < MOST_ASKERS {
                    Self::ask(&pulse);
                }
                drop(pulse);
                thread::sleep(BEAT);
            }
        });
        pulse
    }

    /// Whether the database answered just now.
    pub(crate) fn is_here(&self) -> bool {
        self.here.load(Ordering::Acquire) && self.since(&self.heard) <= SILENCE
    }

    /// Grows each time that the database comes back: work begun before may hang on a dead connection.
    pub(crate) fn life(&self) -> usize {
        self.lives.load(Ordering::Acquire)
    }

    /// Whether it answered, holds every migration of this binary, and has functions that serve it.
    pub(crate) fn is_ready(&self) -> bool {
        self.is_here() && self.ready.load(Ordering::Acquire)
    }

    /// Someone had an answer.
    pub(crate) fn hear(&self) {
        self.heard.store(self.now(), Ordering::Release);
    }

    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn since(&self, moment: &AtomicU64) -> Duration {
        Duration::from_millis(self.now().saturating_sub(moment.load(Ordering::Acquire)))
    }

    /// Sets another asker to work; the one before counts no more.
    fn ask(pulse: &Arc<Self>) {
        let number = pulse.asker.fetch_add(1, Ordering::AcqRel) + 1;
        pulse.askers.fetch_add(1, Ordering::AcqRel);
        pulse.said.store(pulse.now(), Ordering::Release);
        let weak = Arc::downgrade(pulse);
        spawn("pulse-asker", move || {
            asker(&weak, number);
            if let Some(pulse) = weak.upgrade() {
                pulse.askers.fetch_sub(1, Ordering::AcqRel);
            }
        });
    }

    fn told(&self, answer: &Result<bool>, anew: bool) {
        self.said.store(self.now(), Ordering::Release);
        let was_here = self.is_here();
        if let Err(error @ Error::Away(_)) = answer {
            if self.here.swap(false, Ordering::AcqRel) {
                tracing::warn!(%error, "the database is away");
            }
            return;
        }
        if anew || !was_here {
            (self.again)();
            self.lives.fetch_add(1, Ordering::AcqRel);
        }
        self.ready.store(matches!(answer, Ok(true)), Ordering::Release);
        self.hear();
        if !self.here.swap(true, Ordering::AcqRel) {
            tracing::info!("the database is back");
        }
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) {
    if let Err(error) = thread::Builder::new().name(name.to_owned()).spawn(work) {
        tracing::error!(%error, "the thread that watches the database could not be started");
    }
}

/// Asks again and again, on one line while it lasts.
fn asker(pulse: &Weak<Pulse>, number: usize) {
    let mut line = None;
    while let Some(pulse) = pulse.upgrade() {
        let had = line.is_some();
        let answer = beat(&mut line, &pulse.url);
        if pulse.asker.load(Ordering::Acquire) != number {
            return;
        }
        // Who replaces an asker that hangs has found a line that leads nowhere too, even where others were still heard of
        // a moment ago: the lines of the pools may lead as far, and nobody else would make them anew.
        let (lost, laid) = (had || number > 1, answer.1);
        pulse.told(&answer.0, lost && laid);
        drop(pulse);
        thread::sleep(BEAT);
    }
}

/// One question, on the line that there is, else on another; whether that one had to be laid.
fn beat(line: &mut Option<PgConnection>, url: &str) -> (Result<bool>, bool) {
    if let Some(conn) = line {
        let answer = serves(conn);
        if !matches!(answer, Err(Error::Away(_))) {
            return (answer, false);
        }
        *line = None;
    }
    let laid = PgConnection::establish(url).map_err(|error| Error::of_connecting(error.into()));
    let asked = laid.and_then(|mut conn| {
        conn.batch_execute("SET statement_timeout = '1s'; SET default_transaction_read_only = true")?;
        let serves = serves(&mut conn)?;
        *line = Some(conn);
        Ok(serves)
    });
    (asked, true)
}
