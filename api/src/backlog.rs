//! Asks now and then what waits for the worker, for the metrics: in every instance, also where no worker runs.

use std::io;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use persistence::Database;

use crate::metrics::Metrics;

/// How often it asks.
const LOOK: Duration = Duration::from_secs(5);

/// Asks until what is returned is dropped.
pub(crate) fn watch(database: Database, metrics: Metrics) -> io::Result<Sender<()>> {
    let (until, over) = mpsc::channel::<()>();
    let work = move || loop {
        // One that is away is told elsewhere, and what waited before still waits.
        if database.is_ready() {
            match database.backlog() {
                Ok(waits) => metrics.tell_backlog(&waits),
                Err(error) => tracing::debug!(%error, "what waits for the worker is not known"),
            }
        }
        if over.recv_timeout(LOOK) != Err(RecvTimeoutError::Timeout) {
            return;
        }
    };
    thread::Builder::new().name("backlog".into()).spawn(work)?;
    Ok(until)
}
