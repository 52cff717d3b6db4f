//! The worker: does tasks when they are due, in a thread of its own. Several instances may have one; each task is done once.

use std::io;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use kernel::clock;
use kernel::notification::{DeliveryStatus, TaskKind};
use persistence::task::Task;
use persistence::{Database, Error, published_day};

use crate::mail::{Post, Undelivered};
use crate::metrics::{Metrics, Outcome, Sending};

/// How often it checks whether a task is due.
const LOOK: Duration = Duration::from_millis(500);
/// How long the process waits for it to end.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often expired rows are removed.
const TIDY: Duration = Duration::from_mins(10);

/// Handle of the worker: it works until this is dropped.
pub(crate) struct Aside {
    until: Option<Sender<()>>,
    /// Carries no message: it closes when the worker has ended.
    ended: Receiver<()>,
}

impl Drop for Aside {
    fn drop(&mut self) {
        drop(self.until.take());
        // One that hangs on a database that does not answer is left behind: its task is taken again after its lease.
        let _ = self.ended.recv_timeout(PATIENCE);
    }
}

/// Starts the worker.
pub(crate) fn start(database: Database, post: Post, metrics: Metrics) -> io::Result<Aside> {
    let (until, over) = mpsc::channel::<()>();
    let (ends, ended) = mpsc::channel::<()>();
    let work = move || {
        let _ends = ends;
        let (mut tidied, mut digested, mut published) = (Instant::now(), None, clock::today());
        while over.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
            if !database.is_ready() {
                continue;
            }
            if let Err(error) = plan(&database, &mut digested).and_then(|()| round(&database, &post, &metrics)) {
                tracing::warn!(%error, "due tasks could not be done: they wait");
            }
            match database.draw_skeletons() {
                Ok(_) => {}
                Err(error) => tracing::warn!(%error, "names are not compared yet"),
            }
            if published != clock::today() || tidied.elapsed() > TIDY {
                published = clock::today();
                if let Err(error) = database.plan_publications() {
                    tracing::warn!(%error, "the next indicators could not be planned");
                }
            }
            if tidied.elapsed() > TIDY {
                tidied = Instant::now();
                if let Err(error) = database.tidy() {
                    tracing::warn!(%error, "expired rows could not be removed");
                }
            }
        }
    };
    thread::Builder::new().name("worker".into()).spawn(work)?;
    Ok(Aside { until: Some(until), ended })
}

/// Plans the digests, once for each time that it is eight o'clock in Paris.
fn plan(database: &Database, planned: &mut Option<DateTime<Utc>>) -> Result<(), Error> {
    let due = clock::last_digest(clock::now());
    if *planned != due
        && let Some(due) = due
    {
        database.plan_digests(due)?;
    }
    *planned = due;
    Ok(())
}

/// Does all tasks that are due.
fn round(database: &Database, post: &Post, metrics: &Metrics) -> Result<(), Error> {
    loop {
        let due = database.take_tasks()?;
        if due.is_empty() {
            return Ok(());
        }
        for task in due {
            match perform(&task, database, post, metrics) {
                Ok(()) => {
                    metrics.task(task.kind, Outcome::Done);
                    database.task_done(&task)?;
                }
                Err(why) => {
                    let again = database.task_failed(&task, &why)?;
                    metrics.task(task.kind, if again { Outcome::Failed } else { Outcome::GivenUp });
                    if task.kind == TaskKind::Send {
                        metrics.mail(if again { Sending::Retried } else { Sending::Failed });
                    }
                    if let (false, TaskKind::Send, Some(id)) = (again, task.kind, task.object_id) {
                        database.delivered(id, DeliveryStatus::Failed, Some(&why))?;
                    }
                    tracing::warn!(task = task.position, kind = task.kind.code(), again, error = why, "a task failed");
                }
            }
        }
    }
}

fn perform(task: &Task, database: &Database, post: &Post, metrics: &Metrics) -> Result<(), String> {
    let said = |error: Error| error.to_string();
    match (task.kind, task.object_id) {
        (TaskKind::Send, Some(id)) => {
            let Some(letter) = database.letter(id).map_err(said)? else { return database.not_sent(id).map_err(said) };
            match post.send(&letter) {
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
        (TaskKind::PublishIndicators, _) => {
            let day = published_day(&task.key).ok_or_else(|| format!("{} names no day", task.key))?;
            database.publish_indicators(day).map(drop).map_err(said)
        }
        (kind, None) => Err(format!("a task of kind {} is about nothing", kind.code())),
    }
}
