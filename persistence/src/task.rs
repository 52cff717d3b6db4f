//! Scheduled tasks. Several instances may take them; each task is done once, by its key.
//!
//! A worker that takes a task has it for a lease, which it renews while it lives. The number of the attempt tells whose it is: one that was
//! stopped for longer than its lease finds another number there, and says nothing of the task any more.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::dsl::auto_type;
use diesel::prelude::*;
use diesel::sql_types;
use kernel::notification::{Lane, TaskKind};
use kernel::schema::task;
use kernel::sql;
use uuid::Uuid;

use crate::{Database, Result};

/// How many of a lane are taken at a time: what one worker takes, another cannot do meanwhile.
const BATCH: i64 = 20;
/// How long after a failure a task is tried again: the first, the second, and so on. After the last it is given up.
const RETRIES: &[TimeDelta] = &[
    TimeDelta::seconds(30),
    TimeDelta::minutes(5),
    TimeDelta::minutes(30),
    TimeDelta::hours(2),
    TimeDelta::hours(6),
    TimeDelta::hours(20),
];

/// A task that was taken.
#[derive(Debug, Clone, QueryableByName)]
pub struct Task {
    /// Its place in the queue.
    #[diesel(sql_type = sql_types::BigInt)]
    pub position: i64,
    /// What is to be done.
    #[diesel(sql_type = sql_types::Text)]
    pub kind: TaskKind,
    /// What makes it one.
    #[diesel(sql_type = sql_types::Text)]
    pub key: String,
    /// With what.
    #[diesel(sql_type = sql_types::Nullable<sql_types::Uuid>)]
    pub object_id: Option<Uuid>,
    /// When it was due.
    #[diesel(sql_type = sql_types::Timestamptz)]
    pub due_at: DateTime<Utc>,
    /// How often it was taken, this time among them. Once the row has another number, it is another's.
    #[diesel(sql_type = sql_types::Integer)]
    pub attempt: i32,
}

/// What becomes of a task that was tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is done.
    Done,
    /// It is tried again.
    Again,
    /// It failed for the last time.
    GivenUp,
    /// Another took it meanwhile, and says what becomes of it.
    Lost,
}

/// The tasks of a kind that are not done.
#[derive(Debug, Clone, QueryableByName)]
pub struct Backlog {
    /// Of which kind, which a later version may know alone.
    #[diesel(sql_type = sql_types::Text)]
    pub kind: String,
    /// How many wait, for their time or for a worker.
    #[diesel(sql_type = sql_types::BigInt)]
    pub open: i64,
    /// How many of them should have been done by now.
    #[diesel(sql_type = sql_types::BigInt)]
    pub due: i64,
    /// How many seconds ago the oldest of these was due.
    #[diesel(sql_type = sql_types::Double)]
    pub lag: f64,
}

/// Plans a task, once for its key.
pub(crate) fn plan(
    conn: &mut PgConnection,
    kind: TaskKind,
    key: &str,
    object: Option<Uuid>,
    due: DateTime<Utc>,
) -> Result<()> {
    let row = (task::kind.eq(kind), task::key.eq(key), task::object_id.eq(object), task::due_at.eq(due));
    diesel::insert_into(task::table).values(row).on_conflict_do_nothing().execute(conn)?;
    Ok(())
}

/// The row of a task, while it is theirs who took it.
#[auto_type(no_type_alias)]
pub(crate) fn theirs(it: &Task) -> _ {
    let (position, attempt): (i64, i32) = (it.position, it.attempt);
    task::table.filter(task::position.eq(position)).filter(task::attempt.eq(attempt))
}

impl Database {
    /// Takes tasks of a lane whose time has come, for a while; the one that was due first comes first. Kinds that only a later version
    /// knows are left to it.
    ///
    /// # Errors
    /// The database does not answer.
    pub fn take_tasks(&self, lane: Lane, lease: TimeDelta) -> Result<Vec<Task>> {
        // Kind by kind, for the index has them in this order: a hundred thousand e-mails are not read to find a request.
        let taken = diesel::sql_query(
            "WITH due AS MATERIALIZED (
                SELECT due.position FROM unnest($1) AS lane (kind) CROSS JOIN LATERAL (
                    SELECT t.position, t.due_at FROM task t
                    WHERE t.kind = lane.kind AND t.done_at IS NULL AND t.due_at <= app.clock()
                        AND (t.lease_until IS NULL OR t.lease_until <= app.clock())
                    ORDER BY t.due_at, t.position LIMIT $2 FOR UPDATE SKIP LOCKED
                ) AS due ORDER BY due.due_at, due.position LIMIT $2
            )
            UPDATE task SET lease_until = app.clock() + $3, attempt = attempt + 1 FROM due WHERE task.position = due.position
            RETURNING task.position, kind, key, object_id, due_at, attempt",
        );
        let kinds: Vec<&str> = lane.kinds().map(TaskKind::code).collect();
        let taken = taken.bind::<sql_types::Array<sql_types::Text>, _>(kinds).bind::<sql_types::BigInt, _>(BATCH);
        let mut taken: Vec<Task> = taken.bind::<sql_types::Interval, _>(lease).load(&mut *self.worker()?)?;
        taken.sort_by_key(|it| (it.due_at, it.position));
        Ok(taken)
    }

    /// Takes a task for a while more, before it is begun; whether it is still theirs who took it.
    ///
    /// # Errors
    /// The database does not answer.
    pub fn hold_task(&self, it: &Task, lease: TimeDelta) -> Result<bool> {
        let until = diesel::dsl::sql::<sql_types::Nullable<sql_types::Timestamptz>>("app.clock() + ");
        let until = task::lease_until.eq(until.bind::<sql_types::Interval, _>(lease));
        let held = diesel::update(theirs(it).filter(task::done_at.is_null())).set(until);
        Ok(held.execute(&mut *self.worker()?)? == 1)
    }

    /// Takes tasks for a while more; without a while, gives them back. Those that are done, that failed or that are another's stay as
    /// they are, and so does one that is just being written, whose writer has it.
    ///
    /// # Errors
    /// The database does not answer.
    pub fn lease_tasks(&self, held: &[(i64, i32)], lease: Option<TimeDelta>) -> Result<()> {
        let (positions, attempts): (Vec<i64>, Vec<i32>) = held.iter().copied().unzip();
        let leased = diesel::sql_query(
            "UPDATE task SET lease_until = app.clock() + $1 WHERE position IN (
                SELECT t.position FROM task t JOIN unnest($2, $3) AS held (position, attempt) USING (position, attempt)
                WHERE t.done_at IS NULL AND t.lease_until IS NOT NULL FOR UPDATE OF t SKIP LOCKED)",
        );
        let leased = leased.bind::<sql_types::Nullable<sql_types::Interval>, _>(lease);
        let leased = leased.bind::<sql_types::Array<sql_types::BigInt>, _>(positions);
        leased.bind::<sql_types::Array<sql_types::Integer>, _>(attempts).execute(&mut *self.worker()?)?;
        Ok(())
    }

    /// What waits to be done, by kind; kinds of which nothing waits are left out.
    ///
    /// # Errors
    /// The database does not answer.
    pub fn backlog(&self) -> Result<Vec<Backlog>> {
        let open = diesel::sql_query(
            "SELECT kind, count(*) AS open, count(*) FILTER (WHERE due_at <= app.clock()) AS due,
                greatest(extract(epoch FROM app.clock() - min(due_at)), 0)::float8 AS lag
            FROM task WHERE done_at IS NULL GROUP BY kind",
        );
        Ok(open.load(&mut *self.watcher()?)?)
    }

    /// Says that a task is done, unless it is theirs no more who took it.
    ///
    /// # Errors
    /// The database does not answer.
    pub fn task_done(&self, it: &Task) -> Result<Fate> {
        let done = diesel::update(theirs(it)).set(task::done_at.eq(sql::clock().nullable()));
        let done = done.execute(&mut *self.worker()?)?;
        Ok(if done == 1 { Fate::Done } else { Fate::Lost })
    }

    /// Says that a task failed, and what becomes of it.
    ///
    /// # Errors
    /// The database does not answer.
    pub fn task_failed(&self, it: &Task, why: &str) -> Result<Fate> {
        let mut conn = self.worker()?;
        let failure = task::failure.eq(why.chars().take(500).collect::<String>());
        let row = diesel::update(theirs(it));
        let before = usize::try_from(it.attempt).ok().and_then(|attempt| attempt.checked_sub(1));
        let (fate, written) = if let Some(wait) = before.and_then(|before| RETRIES.get(before)) {
            let now: DateTime<Utc> = diesel::select(sql::clock()).get_result(&mut conn)?;
            let later = (task::due_at.eq(now + *wait), task::lease_until.eq(None::<DateTime<Utc>>));
            (Fate::Again, row.set((failure, later)).execute(&mut conn)?)
        } else {
            let done = task::done_at.eq(sql::clock().nullable());
            (Fate::GivenUp, row.set((failure, done)).execute(&mut conn)?)
        };
        Ok(if written == 1 { fate } else { Fate::Lost })
    }
}
