//! The worker: does tasks when they are due, in a thread for each lane, so that no lane waits for another. Several instances may have
//! one; each task is done once.

use std::io;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, TryRecvError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use kernel::clock;
use kernel::notification::{DeliveryStatus, Lane, TaskKind};
use persistence::task::{Fate, Task};
use persistence::{Database, Error, published_day};

use crate::mail::{Post, Undelivered};
use crate::metrics::{Metrics, Outcome, Sending};

/// How often it checks whether a task is due.
const LOOK: Duration = Duration::from_millis(500);
/// How long the process waits for it to end.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often expired rows are removed, and the next indicators planned.
const TIDY: Duration = Duration::from_mins(10);
/// How often a lease is renewed while it lasts: some of these may fail.
const RENEWALS: i32 = 6;

/// Handle of the worker: it works until this is dropped.
pub(crate) struct Aside {
    until: Vec<Sender<()>>,
    /// Carries no message: it closes when all threads have ended.
    ended: Receiver<()>,
}

impl Drop for Aside {
    fn drop(&mut self) {
        self.until.clear();
        // One that hangs, on a database or on a mail server, is left behind: its tasks are taken again after their leases.
        let _ = self.ended.recv_timeout(PATIENCE);
    }
}

/// What the threads of the worker share.
struct Worker {
    database: Database,
    post: Post,
    metrics: Metrics,
    /// How long a task is kept from others without a sign of life.
    lease: TimeDelta,
    /// The tasks that were taken and are not done: their leases are renewed.
    held: Mutex<Vec<(i64, i32)>>,
}

/// When a lane last planned what it does.
struct Planned {
    reminders: Option<DateTime<Utc>>,
    digests: Option<DateTime<Utc>>,
    publications: (NaiveDate, Instant),
}

/// Starts the worker: its lanes, what renews their leases, and what tidies up, for which no task waits.
pub(crate) fn start(database: Database, post: Post, metrics: Metrics, lease: TimeDelta) -> io::Result<Aside> {
    let worker = Arc::new(Worker { database, post, metrics, lease, held: Mutex::default() });
    let (ends, ended) = mpsc::channel();
    let mut aside = Aside { until: Vec::new(), ended };
    for lane in Lane::ALL {
        aside.until.push(spawn(lane.code(), &worker, &ends, |worker, over| worker.run(*lane, over))?);
    }
    aside.until.push(spawn("leases", &worker, &ends, Worker::renew)?);
    aside.until.push(spawn("tidy", &worker, &ends, Worker::tidy)?);
    Ok(aside)
}

/// Starts a thread, which works until what is returned is dropped, and holds `ends` for as long.
fn spawn(
    name: &str,
    worker: &Arc<Worker>,
    ends: &Sender<()>,
    work: impl FnOnce(&Worker, &Receiver<()>) + Send + 'static,
) -> io::Result<Sender<()>> {
    let (until, over) = mpsc::channel();
    let (worker, ends) = (Arc::clone(worker), ends.clone());
    let thread = thread::Builder::new().name(format!("worker-{name}"));
    thread.spawn(move || {
        let _ends = ends;
        work(&worker, &over);
    })?;
    Ok(until)
}

/// Whether it goes on after a while.
fn goes_on(over: &Receiver<()>, after: Duration) -> bool {
    over.recv_timeout(after) == Err(RecvTimeoutError::Timeout)
}

impl Worker {
    /// Does the tasks of a lane.
    fn run(&self, lane: Lane, over: &Receiver<()>) {
        let mut planned = Planned { reminders: None, digests: None, publications: (clock::today(), Instant::now()) };
        while goes_on(over, LOOK) {
            if !self.database.is_ready() {
                continue;
            }
            if let Err(error) = self.plan(lane, &mut planned) {
                tracing::warn!(lane = lane.code(), %error, "what comes next could not be planned");
            }
            if let Err(error) = self.round(lane, over) {
                tracing::warn!(lane = lane.code(), %error, "due tasks could not be done: they wait");
            }
        }
    }

    /// Plans what a lane does by itself: the indicators of a month; the reminders of each morning at seven o'clock in Paris, and the
    /// digests at eight, which have them.
    fn plan(&self, lane: Lane, planned: &mut Planned) -> Result<(), Error> {
        let now = clock::now();
        match lane {
            Lane::Clock => {
                let (day, at) = planned.publications;
                if day == clock::today() && at.elapsed() <= TIDY {
                    return Ok(());
                }
                planned.publications = (clock::today(), Instant::now());
                self.database.plan_publications()
            }
            Lane::Mail => {
                let database = &self.database;
                let remind = |due| database.plan_reminders(due).map(drop);
                at_each(clock::last_reminder(now), &mut planned.reminders, remind)?;
                let digest = |due| database.plan_digests(due).map(drop);
                at_each(clock::last_digest(now), &mut planned.digests, digest)
            }
        }
    }

    /// Does all tasks of a lane that are due.
    fn round(&self, lane: Lane, over: &Receiver<()>) -> Result<(), Error> {
        loop {
            let due = self.database.take_tasks(lane, self.lease)?;
            if due.is_empty() {
                return Ok(());
            }
            let taken: Vec<(i64, i32)> = due.iter().map(|task| (task.position, task.attempt)).collect();
            self.held().extend(&taken);
            let done = due.iter().try_for_each(|task| self.one(task, over));
            self.held().retain(|it| !taken.contains(it));
            match done {
                Ok(()) => {}
                Err(Some(error)) => return Err(error),
                // All is over: others may have at once what was not begun.
                Err(None) => return self.database.lease_tasks(&taken, None),
            }
        }
    }

    /// Does a task, unless another took it meanwhile. It fails where the tasks after it are left: with a reason, or since all is over.
    fn one(&self, task: &Task, over: &Receiver<()>) -> Result<(), Option<Error>> {
        if over.try_recv() != Err(TryRecvError::Empty) {
            return Err(None);
        }
        let done = if self.database.hold_task(task, self.lease)? { self.attempt(task)? } else { Fate::Lost };
        match done {
            Fate::Lost => tracing::warn!(task = task.position, kind = task.kind.code(), "another took a task over"),
            Fate::Done => self.metrics.task(task.kind, Outcome::Done),
            Fate::Again => self.metrics.task(task.kind, Outcome::Failed),
            Fate::GivenUp => self.metrics.task(task.kind, Outcome::GivenUp),
        }
        Ok(())
    }

    /// Does a task that is ours, and says what became of it.
    fn attempt(&self, task: &Task) -> Result<Fate, Error> {
        let Err(why) = self.perform(task) else { return self.database.task_done(task) };
        let fate = self.database.task_failed(task, &why)?;
        match (fate, task.kind, task.object_id) {
            (Fate::Again, TaskKind::Send, _) => self.metrics.mail(Sending::Retried),
            (Fate::GivenUp, TaskKind::Send, Some(id)) => {
                self.metrics.mail(Sending::Failed);
                self.database.delivered(id, DeliveryStatus::Failed, Some(&why))?;
            }
            _ => {}
        }
        let again = fate == Fate::Again;
        tracing::warn!(task = task.position, kind = task.kind.code(), again, error = why, "a task failed");
        Ok(fate)
    }

    fn perform(&self, task: &Task) -> Result<(), String> {
        let (database, metrics) = (&self.database, &self.metrics);
        let said = |error: Error| error.to_string();
        match (task.kind, task.object_id) {
            (TaskKind::Send, Some(id)) => {
                // Nothing is left to say, or it was said.
                let Some(mail) = database.mail(id).map_err(said)? else {
                    return database.delivered(id, DeliveryStatus::Muted, None).map_err(said);
                };
                match self.post.send(&mail) {
                    Ok(()) => {
                        metrics.mail(Sending::Sent);
                        database.delivered(id, DeliveryStatus::Sent, None).map_err(said)
                    }
                    Err(why @ Undelivered::Refused(_)) => {
                        metrics.mail(Sending::Bounced);
                        database.delivered(id, DeliveryStatus::Bounced, Some(&why.to_string())).map_err(said)
                    }
                    Err(why) => Err(why.to_string()),
                }
            }
            (TaskKind::EndRequest, Some(id)) => database.end_request(id).map_err(said),
            (TaskKind::Remind, Some(id)) => database.remind(task, id).map_err(said),
            (TaskKind::PublishIndicators, _) => {
                let day = published_day(&task.key).ok_or_else(|| format!("{} names no day", task.key))?;
                database.publish_indicators(day).map(drop).map_err(said)
            }
            (kind, None) => Err(format!("a task of kind {} is about nothing", kind.code())),
        }
    }

    /// Renews the leases on what the lanes do, and on what waits behind it in their hands.
    fn renew(&self, over: &Receiver<()>) {
        let every = (self.lease / RENEWALS).to_std().unwrap_or(LOOK);
        while goes_on(over, every) {
            let held = self.held().clone();
            let renewed = if held.is_empty() { Ok(()) } else { self.database.lease_tasks(&held, Some(self.lease)) };
            if let Err(error) = renewed {
                tracing::warn!(%error, "leases could not be renewed");
            }
        }
    }

    /// Does what no task waits for: draws the skeletons of names, removes expired rows.
    fn tidy(&self, over: &Receiver<()>) {
        let mut tidied = Instant::now();
        while goes_on(over, LOOK) {
            if !self.database.is_ready() {
                continue;
            }
            if let Err(error) = self.database.draw_skeletons() {
                tracing::warn!(%error, "names are not compared yet");
            }
            if tidied.elapsed() > TIDY {
                tidied = Instant::now();
                if let Err(error) = self.database.tidy() {
                    tracing::warn!(%error, "expired rows could not be removed");
                }
            }
        }
    }

    fn held(&self) -> MutexGuard<'_, Vec<(i64, i32)>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Does something once for each time that is due.
fn at_each(
    due: Option<DateTime<Utc>>,
    before: &mut Option<DateTime<Utc>>,
    work: impl FnOnce(DateTime<Utc>) -> Result<(), Error>,
) -> Result<(), Error> {
    if let Some(due) = due.filter(|due| *before != Some(*due)) {
        work(due)?;
        *before = Some(due);
    }
    Ok(())
}
