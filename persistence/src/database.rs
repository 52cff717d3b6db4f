//! The database as handlers use it: transactions, and the store in them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use diesel::prelude::*;
use kernel::{Actor, Identity, Refusal};
use moka::sync::Cache;

use uuid::Uuid;

use crate::actor::{TRUST, entering, looking};
use crate::aftermath::was_there;
use crate::audit::Asked;
use crate::call::Call;
use crate::memory::Memory;
pub use crate::pools::PoolUse;
use crate::pools::Pools;
use crate::pulse::Pulse;
use crate::writer::taken_back;
use crate::{Again, Error, Result, Shortfall, Store, audit, idempotency, nouns};

pub use crate::migrate::{check, create, migrate};

/// A read that failed sooner than this is tried again on another connection: a caller waits for one failure, not for two.
const SOON: Duration = Duration::from_millis(500);
/// How many times a work is tried that failed because of concurrent writers.
const TRIES: usize = 3;

/// The database, as handlers use it.
#[derive(Clone)]
pub struct Database {
    pools: Arc<Pools>,
    pulse: Arc<Pulse>,
    actors: Cache<Identity, Arc<Actor>>,
    memory: Memory,
}

impl Database {
    /// Opens the pools, and begins to ask how the database is; connections are made when first needed.
    #[must_use]
    pub fn new(url: &str, size: u32) -> Self {
        nouns::tell();
        let pools = Arc::new(Pools::open(url, size));
        let renewed = Arc::clone(&pools);
        let actors = Cache::builder().max_capacity(10_000).time_to_live(TRUST).build();
        Self { pools, pulse: Pulse::of(url, move || renewed.renew()), actors, memory: Memory::default() }
    }

    /// Whether the database answered just now: where not, asking it would only be waiting.
    #[must_use]
    pub fn is_here(&self) -> bool {
        self.pulse.is_here()
    }

    /// Grows each time that the database comes back: work begun before may hang on a dead connection.
    #[must_use]
    pub fn life(&self) -> usize {
        self.pulse.life()
    }

    /// Whether it answered, holds every migration of this binary, and has functions that serve it.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.pulse.is_ready()
    }

    /// Lets a caller read. A write in here is an error of the database; what the work shows that is confidential is on the
    /// record before the answer is given, or there is no answer.
    ///
    /// A connection that PostgreSQL closed meanwhile is found out by using it; a read is then tried once more.
    ///
    /// # Errors
    /// Those of the work; a caller who is not registered; a database that does not answer.
    pub fn read<T>(&self, call: &Call, work: impl Fn(&mut Store<'_>) -> Result<T>) -> Result<T> {
        let began = Instant::now();
        let done = match self.read_once(call, &work) {
            Err(Error::Away(_)) if began.elapsed() < SOON => self.read_once(call, &work),
            done => done,
        };
        self.heard(done)
    }

    /// An answer proves that the database is there.
    fn heard<T>(&self, done: Result<T>) -> Result<T> {
        if !matches!(done, Err(Error::Away(_) | Error::Unknown(_))) {
            self.pulse.hear();
        }
        done
    }

    fn read_once<T>(&self, call: &Call, work: &impl Fn(&mut Store<'_>) -> Result<T>) -> Result<T> {
        let mut conn = self.pools.reader()?;
        let actor = if let Some(actor) = self.actors.get(&call.caller) {
            actor
        } else {
            let actor = Arc::new(looking(&mut conn, &call.caller)?);
            self.actors.insert(call.caller.clone(), Arc::clone(&actor));
            actor
        };
        let (who, mut store) = (actor.id, Store::new(&mut conn, call, actor, &self.memory));
        let done = work(&mut store)?;
        let shown = std::mem::take(&mut store.shown);
        drop(conn);
        if !shown.is_empty() {
            audit::shown(&mut *self.pools.writer()?, call, who, &shown)?;
        }
        Ok(done)
    }

    /// Lets a caller write: all of the work, or nothing; once, however often it is sent with the same key.
    ///
    /// # Errors
    /// Those of the work; a caller who is not registered; a database that does not answer.
    pub fn write<T: Again>(&self, call: &Call, work: impl Fn(&mut Store<'_>) -> Result<T>) -> Result<Done<T>> {
        self.heard(again(|pardoned| self.write_once(call, &work, pardoned)))
    }

    /// The same for what carries no key by which it would be done once.
    ///
    /// # Errors
    /// Those of the work; a caller who is not registered; a database that does not answer.
    pub fn write_unkeyed<T>(&self, call: &Call, work: impl Fn(&mut Store<'_>) -> Result<T>) -> Result<T> {
        let call = Call { key: None, ..call.clone() };
        match self.write(&call, |store| work(store).map(Unkeyed))? {
            Done::Now(done) | Done::Before(done) => Ok(done.0),
        }
    }

    /// Lets someone write who may not be registered yet. Idempotency keys are not kept: what they do can be done only once.
    ///
    /// # Errors
    /// Those of the work; a caller who is suspended; a database that does not answer.
    pub fn write_unregistered<T>(&self, call: &Call, work: impl Fn(&mut Store<'_>) -> Result<T>) -> Result<T> {
        self.heard(again(|pardoned| {
            let mut conn = self.pools.writer()?;
            let done = conn.transaction(|conn| {
                let mut store = Store::new(conn, call, Arc::new(Actor::nobody()), &self.memory);
                store.pardoned.clone_from(pardoned);
                work(&mut store)
            });
            pardon(&mut conn, done, pardoned)
        }))
    }

    /// How the pools are used at this moment, each with its name.
    #[must_use]
    pub fn pools(&self) -> [(&'static str, PoolUse); 3] {
        self.pools.used()
    }

    /// A connection that reads, for those who watch.
    pub(crate) fn watcher(&self) -> Result<crate::pools::Pooled> {
        self.pools.reader()
    }

    /// A connection that writes, for who is no registered caller.
    pub(crate) fn writer(&self) -> Result<crate::pools::Pooled> {
        self.pools.writer()
    }

    /// A connection that writes, for the worker.
    pub(crate) fn worker(&self) -> Result<crate::pools::Pooled> {
        self.pools.worker()
    }

    fn write_once<T: Again>(
        &self,
        call: &Call,
        work: &impl Fn(&mut Store<'_>) -> Result<T>,
        pardoned: &mut Vec<Shortfall>,
    ) -> Result<Done<T>> {
        let mut conn = self.pools.writer()?;
        let (mut asked, mut committing) = (None, false);
        let done = conn.transaction(|conn| {
            let done = attempt(conn, call, &self.memory, work, (&mut asked, pardoned))?;
            committing = true;
            Ok(done)
        });
        let done = done.map_err(|error: Error| if committing { error.at_commit() } else { error });
        let done = pardon(&mut conn, done, pardoned);
        record_refused(&mut conn, call, &done, asked.as_ref())?;
        done
    }

    /// Lets a caller try a write: all of the work is done, then rolled back.
    ///
    /// # Errors
    /// Those of the work; a caller who is not registered; a database that does not answer.
    pub fn try_out<T>(&self, call: &Call, work: impl Fn(&mut Store<'_>) -> Result<T>) -> Result<T> {
        self.heard(again(|_| self.try_once(call, &work)))
    }

    fn try_once<T>(&self, call: &Call, work: &impl Fn(&mut Store<'_>) -> Result<T>) -> Result<T> {
        let mut conn = self.pools.writer()?;
        let mut asked = None;
        let done = taken_back(&mut conn, |conn| {
            let actor = looking(conn, &call.caller)?;
            let mut store = Store::new(conn, call, Arc::new(actor), &self.memory);
            let done = work(&mut store);
            asked = store.asked.take();
            done
        });
        record_refused(&mut conn, call, &done, asked.as_ref())?;
        done
    }

    /// Lets a caller read something whose reading is audited: the audit line is written before the answer is given.
    ///
    /// # Errors
    /// Those of the work; the line could not be written.
    pub fn read_on_record<T>(&self, call: &Call, work: impl Fn(&mut Store<'_>) -> Result<T>) -> Result<T> {
        let mut conn = self.pools.writer()?;
        let actor = looking(&mut conn, &call.caller)?;
        let mut store = Store::new(&mut conn, call, Arc::new(actor), &self.memory);
        let done = work(&mut store)?;
        let (who, asked) = (store.actor().id, store.asked.take());
        if let Some(asked) = asked {
            audit::read(&mut conn, call, who, &asked)?;
        }
        Ok(done)
    }

    /// The rights of a caller, as the cache of readers knows them.
    ///
    /// # Errors
    /// The caller is not registered; the database does not answer.
    pub fn rights(&self, call: &Call) -> Result<String> {
        self.read(call, |store| Ok(store.actor().rights.clone()))
    }

    /// Removes expired rows; called now and then.
    ///
    /// # Errors
    /// The database does not answer.
    pub fn tidy(&self) -> Result<usize> {
        idempotency::forget(&mut *self.worker()?)
    }

    /// Forgets every reader's rights: for tests that move the clock.
    pub fn forget_rights(&self) {
        self.actors.invalidate_all();
    }
}

/// Repeats a work that failed because of concurrent writers, or because of an invariant that was broken before it.
fn again<T>(mut once: impl FnMut(&mut Vec<Shortfall>) -> Result<T>) -> Result<T> {
    let (mut tries, mut pardoned) = (0, Vec::new());
    loop {
        tries += 1;
        match once(&mut pardoned) {
            Err(error) if error.is_retriable() && tries < TRIES => {}
            done => return done,
        }
    }
}

/// Finds out whether the invariant that a rolled-back work would break was broken before: if so, the work is repeated.
fn pardon<T>(conn: &mut PgConnection, done: Result<T>, pardoned: &mut Vec<Shortfall>) -> Result<T> {
    match done {
        Err(Error::Broken(short)) => {
            was_there(conn, &short)?;
            pardoned.extend(short);
            Err(Error::Again)
        }
        done => done,
    }
}

/// Writes the audit line of a refusal.
fn record_refused<T>(conn: &mut PgConnection, call: &Call, done: &Result<T>, asked: Option<&Asked>) -> Result<()> {
    match (done, asked) {
        (Err(Error::Refused(refusal @ (Refusal::Forbidden(_) | Refusal::NotFound))), Some(asked)) => {
            audit::refused(conn, call, asked, refusal)
        }
        // Fields of others are refused as what one may not.
        (Err(Error::Held(_)), Some(asked)) => {
            audit::refused(conn, call, asked, &Refusal::Forbidden(kernel::Label::NOT_YET))
        }
        _ => Ok(()),
    }
}

/// The work of one transaction, up to its end.
fn attempt<T: Again>(
    conn: &mut PgConnection,
    call: &Call,
    memory: &Memory,
    work: &impl Fn(&mut Store<'_>) -> Result<T>,
    (asked, pardoned): (&mut Option<Asked>, &[Shortfall]),
) -> Result<Done<T>> {
    let Some(key) = &call.key else {
        let mut store = Store::new(conn, call, Arc::new(Actor::nobody()), memory);
        store.pardoned = pardoned.to_vec();
        let done = work(&mut store);
        *asked = store.asked.take();
        return done.map(Done::Now);
    };
    let (actor, at) = entering(conn, &call.caller)?;
    let who = actor.id;
    let before = idempotency::take(conn, who, key, at)?;
    let mut store = Store::new(conn, call, Arc::new(actor), memory);
    if let Some(about) = before {
        let shown = T::again(&mut store, about)?;
        let lines = std::mem::take(&mut store.shown);
        // What it is now is read, and by reading alone: on the record, as where it is asked for.
        if !lines.is_empty() {
            audit::shown(conn, call, who, &lines)?;
        }
        return Ok(Done::Before(shown));
    }
    store.pardoned = pardoned.to_vec();
    let done = work(&mut store);
    *asked = store.asked.take();
    let done = done?;
    idempotency::keep(conn, who, key, done.about())?;
    Ok(Done::Now(done))
}

/// What is written without a key, and so never shown a second time.
struct Unkeyed<T>(T);

impl<T> Again for Unkeyed<T> {
    fn about(&self) -> Uuid {
        Uuid::nil()
    }

    fn again(_: &mut Store<'_>, _: Uuid) -> Result<Self> {
        Err(Refusal::NotFound.into())
    }
}

/// What was written, now or the first time it was asked.
#[derive(Debug)]
pub enum Done<T> {
    /// By this call.
    Now(T),
    /// By an earlier one with the same key.
    Before(T),
}
