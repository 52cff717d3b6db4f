//! The only way from a handler to the database: authentication, admission, a thread, a transaction, errors.

use std::future::{Ready, ready};
use std::time::{Duration, Instant};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use kernel::{Identity, Vouched};
use persistence::database::Done;
use persistence::{Again, Database, Result, Store};
use tokio::sync::oneshot;
use uuid::Uuid;

use crate::answer::{Answer, Looker, Reply, Represent};
use crate::call::call;
use crate::extract::refuse_query;
use crate::gate::Errand;
use crate::methods::mistaken;
use crate::problem::{Code, Problem, prefers_english};
use crate::services::Services;
use crate::telemetry::SPANS;

/// How long a request waits in line at most.
const LINE: Duration = Duration::from_millis(500);
/// How long a request is worked on after that before it matters whether the database is still there.
const PATIENCE: Duration = Duration::from_millis(1500);
/// How long a request is worked on at all.
const DEADLINE: Duration = Duration::from_secs(10);
/// How often a waiting request checks whether the database is still there.
const LOOK: Duration = Duration::from_millis(100);

/// What a request does with the database. Reads and writes have separate doors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    Read,
    /// A read that leaves a line in the audit log.
    ReadOnRecord,
    Write,
    /// A write that is rolled back.
    TryOut,
}

/// The database, for a caller whose token is good. First parameter of a handler, so that 401 comes first.
pub(crate) struct Db {
    services: web::Data<Services>,
    caller: Identity,
    vouched: Vouched,
    request: HttpRequest,
}

impl FromRequest for Db {
    type Error = Problem;
    type Future = Ready<std::result::Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let found = request.app_data::<web::Data<Services>>().cloned().ok_or(Problem::new(Code::Internal));
        ready(found.and_then(|services| {
            let caller = services.caller(request)?;
            refuse_query(request).map_err(|problem| mistaken(request).unwrap_or(problem))?;
            Ok(Self { services, caller: caller.identity, vouched: caller.vouched, request: request.clone() })
        }))
    }
}

impl Db {
    /// Reads, on a session that cannot write.
    pub(crate) async fn read<T, W>(self, work: W) -> Answer<T>
    where
        T: Represent,
        W: Fn(&mut Store<'_>) -> Result<T> + Send + 'static,
    {
        self.run(Wish::Read, move |database, call| {
            let done = database.read(call, |store| Ok((work(store)?, store.actor().rights.clone())))?;
            Ok((done, false))
        })
        .await
    }

    /// Reads something whose reading leaves a line in the audit log.
    pub(crate) async fn read_on_record<T, W>(self, work: W) -> Answer<T>
    where
        T: Represent,
        W: Fn(&mut Store<'_>) -> Result<T> + Send + 'static,
    {
        self.run(Wish::ReadOnRecord, move |database, call| {
            let done = database.read_on_record(call, |store| Ok((work(store)?, store.actor().rights.clone())))?;
            Ok((done, false))
        })
        .await
    }

    /// Carries out a write and rolls it back, to see its effects.
    pub(crate) async fn try_out<T, W>(self, work: W) -> Answer<T>
    where
        T: Represent,
        W: Fn(&mut Store<'_>) -> Result<T> + Send + 'static,
    {
        self.run(Wish::TryOut, move |database, call| {
            let done = database.try_out(call, |store| Ok((work(store)?, store.actor().rights.clone())))?;
            Ok((done, false))
        })
        .await
    }

    /// Writes all of the work, or nothing; once for each idempotency key.
    pub(crate) async fn write<T, W>(self, work: W) -> Answer<T>
    where
        T: Represent + Again,
        W: Fn(&mut Store<'_>) -> Result<T> + Send + 'static,
    {
        self.run(Wish::Write, move |database, call| {
            let done = database.write(call, |store| Ok(Shown(work(store)?, store.actor().rights.clone())))?;
            Ok(match done {
                Done::Now(Shown(it, rights)) => ((it, rights), false),
                Done::Before(Shown(it, rights)) => ((it, rights), true),
            })
        })
        .await
    }

    /// Writes something new, which the answer locates.
    pub(crate) async fn create<T, W>(self, work: W) -> Answer<T>
    where
        T: Represent + Again,
        W: Fn(&mut Store<'_>) -> Result<T> + Send + 'static,
    {
        self.write(work).await.map(Reply::created)
    }

    /// The same for an answer that is not JSON: the work gives what is to be rendered.
    pub(crate) async fn render<T, W>(self, work: W) -> std::result::Result<T, Problem>
    where
        T: Send + 'static,
        W: Fn(&mut Store<'_>) -> Result<T> + Send + 'static,
    {
        let call = call(&self.request, self.caller)?;
        work_on(&self.services, Wish::Read, move |database| Ok(database.read(&call, work)?)).await
    }

    /// The database without a store, for callers who may not be registered yet.
    pub(crate) async fn bare<T, W>(self, work: W) -> Answer<T>
    where
        T: Represent,
        W: FnOnce(&Database, &persistence::Call) -> Result<T> + Send + 'static,
    {
        self.run(Wish::Read, move |database, call| Ok(((work(database, call)?, String::new()), false))).await
    }

    /// Writes for someone who may not be registered yet: the work sees what their token says of them.
    pub(crate) async fn write_unregistered<T, W>(self, work: W) -> Answer<T>
    where
        T: Represent,
        W: Fn(&mut Store<'_>, &Identity, &Vouched) -> Result<T> + Send + 'static,
    {
        let vouched = self.vouched.clone();
        self.run(Wish::Write, move |database, call| {
            let done = database.write_unregistered(call, |store| work(store, &call.caller, &vouched))?;
            Ok(((done, String::new()), false))
        })
        .await
    }

    async fn run<T, W>(self, wish: Wish, work: W) -> Answer<T>
    where
        T: Represent,
        W: FnOnce(&Database, &persistence::Call) -> Result<((T, String), bool)> + Send + 'static,
    {
        let language = if prefers_english(&self.request) { "en" } else { "fr" };
        let looker = Looker { target: self.request.uri().to_string(), language };
        let call = call(&self.request, self.caller)?;
        work_on(&self.services, wish, move |database| {
            let ((shown, rights), again) = work(database, &call)?;
            // Written out here, on the database's thread, so that an event loop never spends its time on JSON.
            let reply = Reply::of(&shown, &rights, &looker)?;
            Ok(if again { reply.replayed() } else { reply })
        })
        .await
    }
}

/// Works for someone whom no token names.
pub(crate) async fn without_caller<T, W>(services: &Services, writes: bool, work: W) -> std::result::Result<T, Problem>
where
    T: Send + 'static,
    W: FnOnce(&Database) -> Result<T> + Send + 'static,
{
    work_on(services, if writes { Wish::Write } else { Wish::Read }, move |database| Ok(work(database)?)).await
}

/// Runs work on a thread of the database, and waits as long as an answer can be expected.
async fn work_on<T, W>(services: &Services, wish: Wish, work: W) -> std::result::Result<T, Problem>
where
    T: Send + 'static,
    W: FnOnce(&Database) -> std::result::Result<T, Problem> + Send + 'static,
{
    if !services.database.is_here() {
        return Err(Problem::new(Code::Unavailable));
    }
    let door = if wish == Wish::Read { &services.readers } else { &services.writers };
    let database = services.database.clone();
    let span =
        tracing::info_span!(target: SPANS, "database", otel.kind = "client", db.system.name = "postgresql", ?wish);
    let (tell, told) = oneshot::channel();
    let errand = door.enter(move || {
        // A caller who went away needs no answer.
        let _ = tell.send(span.in_scope(|| work(&database)));
    })?;
    tokio::select! {
        biased;
        done = told => done.map_err(|_| Problem::new(Code::Busy))?,
        began = lost(&services.database, &errand) => {
            if !began {
                return Err(errand.refuse());
            }
            errand.give_up();
            tracing::warn!(?wish, "the database did not answer in time");
            // What was to be written may still be.
            Err(Problem::new(if wish == Wish::Write { Code::OutcomeUnknown } else { Code::Unavailable }))
        }
    }
}

/// Waits until there is no sense in waiting: the line is long, the database is away, or it came back without this work.
/// Whether the work was begun; else it was taken out of the line.
async fn lost(database: &Database, errand: &Errand) -> bool {
    let (began, life) = (Instant::now(), database.life());
    tokio::time::sleep(LINE).await;
    if errand.leave() {
        return false;
    }
    tokio::time::sleep(PATIENCE).await;
    while database.is_here() && database.life() == life && began.elapsed() < DEADLINE {
        tokio::time::sleep(LOOK).await;
    }
    true
}

/// What is shown, with the rights under which.
struct Shown<T>(T, String);

impl<T: Again> Again for Shown<T> {
    fn about(&self) -> Uuid {
        self.0.about()
    }

    fn again(store: &mut Store<'_>, about: Uuid) -> Result<Self> {
        Ok(Self(T::again(store, about)?, store.actor().rights.clone()))
    }
}
