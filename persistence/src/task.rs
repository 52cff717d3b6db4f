//! Scheduled tasks. Several instances may take them; each task is done once, by its key.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_types;
use kernel::notification::TaskKind;
use kernel::schema::task;
use kernel::sql;
use uuid::Uuid;

use crate::{Database, Result};

/// How long a worker may keep a task before another may take it.
const LEASE: TimeDelta = TimeDelta::minutes(2);
/// How many are taken at a time.
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
    /// How often it was taken before.
    #[diesel(sql_type = sql_types::Integer)]
    pub attempt: i32,
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

impl Database {
    /// Takes tasks whose time has come, for a while.
    ///
    /// # Errors
    /// The database does not answer.
    pub fn take_tasks(&self) -> Result<Vec<Task>> {
        let taken = diesel::sql_query(
            "UPDATE task SET lease_until = app.clock() + $1, attempt = attempt + 1
            WHERE position IN (SELECT position FROM task WHERE done_at IS NULL AND due_at <= app.clock()
                AND (lease_until IS NULL OR lease_until <= app.clock())
                ORDER BY due_at, position LIMIT $2 FOR UPDATE SKIP LOCKED)
            RETURNING position, kind, key, object_id, due_at, attempt - 1 AS attempt",
        );
        let taken = taken.bind::<sql_types::Interval, _>(LEASE).bind::<sql_types::BigInt, _>(BATCH);
        Ok(taken.load(&mut *self.worker()?)?)
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

    /// Says that a task is done.
    ///
    /// # Errors
    /// The database does not answer.
    pub fn task_done(&self, it: &Task) -> Result<()> {
        let done = diesel::update(task::table.find(it.position)).set(task::done_at.eq(sql::clock().nullable()));
        done.execute(&mut *self.worker()?)?;
        Ok(())
    }

    /// Says that a task failed; whether it will be tried again.
    ///
    /// # Errors
    /// The database does not answer.
    pub fn task_failed(&self, it: &Task, why: &str) -> Result<bool> {
        let mut conn = self.worker()?;
        let failure = task::failure.eq(why.chars().take(500).collect::<String>());
        let row = diesel::update(task::table.find(it.position));
        let Some(wait) = usize::try_from(it.attempt).ok().and_then(|attempt| RETRIES.get(attempt)) else {
            row.set((failure, task::done_at.eq(sql::clock().nullable()))).execute(&mut conn)?;
            return Ok(false);
        };
        let now: DateTime<Utc> = diesel::select(sql::clock()).get_result(&mut conn)?;
        let later = (task::due_at.eq(now + *wait), task::lease_until.eq(None::<DateTime<Utc>>));
        row.set((failure, later)).execute(&mut conn)?;
        Ok(true)
    }
}
