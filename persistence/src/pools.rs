//! The connections: a pool for reads, one for writes, and one for the worker; all are replaced when the database was away.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::r2d2::{ConnectionManager, CustomizeConnection, Pool, PooledConnection};
use kernel::clock;
use kernel::notification::Lane;

use crate::Result;

/// Long enough to connect, short enough to say that there is no database before the caller gives up.
const PATIENCE: Duration = Duration::from_secs(2);

/// How soon a line is given up on: to connect, to have what was sent acknowledged, and when nothing is said on it.
const LINE: &[(&str, &str)] = &[
    ("connect_timeout", "2"),
    ("tcp_user_timeout", "5000"),
    ("keepalives_idle", "5"),
    ("keepalives_interval", "2"),
    ("keepalives_count", "3"),
];

pub(crate) type Connections = Pool<ConnectionManager<PgConnection>>;
pub(crate) type Pooled = PooledConnection<ConnectionManager<PgConnection>>;

/// The address of a database, with limits in time where it sets none; as a URI or as keywords and values.
pub(crate) fn patient(url: &str) -> String {
    let uri = url.contains("://");
    LINE.iter().filter(|(name, _)| !url.contains(&format!("{name}="))).fold(url.to_owned(), |url, (name, value)| {
        let between = if !uri {
            ' '
        } else if url.contains('?') {
            '&'
        } else {
            '?'
        };
        format!("{url}{between}{name}={value}")
    })
}

/// The pools of one database.
pub(crate) struct Pools {
    url: String,
    size: u32,
    now: RwLock<Arc<All>>,
    /// How many wait for a connection that reads, for one that writes, and for one of the worker.
    waiting: [AtomicUsize; 3],
}

/// How one of the pools is used at this moment.
#[derive(Debug, Clone, Copy)]
pub struct PoolUse {
    /// How many connections it may have.
    pub size: u32,
    /// How many are open.
    pub open: u32,
    /// How many are in use.
    pub in_use: u32,
    /// How many wait for one.
    pub waiting: usize,
}

struct All {
    readers: Connections,
    writers: Connections,
    workers: Connections,
}

impl All {
    fn open(url: &str, size: u32) -> Self {
        let pool = |size, session| {
            // Asking each connection how it is before each use costs a fifth of the throughput.
            let builder = Pool::builder().max_size(size).min_idle(Some(0)).test_on_check_out(false);
            let builder = builder.connection_timeout(PATIENCE).connection_customizer(Box::new(session));
            builder.build_unchecked(ConnectionManager::new(url))
        };
        Self {
            readers: pool(size, Session::Read),
            writers: pool(size, Session::Write),
            workers: pool(workers(), Session::Write),
        }
    }
}

/// How many connections the worker needs: one for each lane, one for who renews the leases, one for who tidies up. Each of these
/// threads uses one at a time, so none of them ever waits for another, nor for requests.
fn workers() -> u32 {
    u32::try_from(Lane::ALL.len()).map_or(u32::MAX, |lanes| lanes.saturating_add(2))
}

impl Pools {
    /// Opens the pools; connections are made when first needed.
    pub(crate) fn open(url: &str, size: u32) -> Self {
        let url = patient(url);
        let now = RwLock::new(Arc::new(All::open(&url, size)));
        Self { url, size, now, waiting: [const { AtomicUsize::new(0) }; 3] }
    }

    /// Begins afresh: whatever still hangs on an old connection keeps nobody waiting.
    pub(crate) fn renew(&self) {
        *self.now.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(All::open(&self.url, self.size));
    }

    fn all(&self) -> Arc<All> {
        Arc::clone(&self.now.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// How each pool is used, with its name.
    pub(crate) fn used(&self) -> [(&'static str, PoolUse); 3] {
        let all = self.all();
        let [reads, writes, works] = &self.waiting;
        let of = |pool: &Connections, waiting: &AtomicUsize| {
            let state = pool.state();
            PoolUse {
                size: pool.max_size(),
                open: state.connections,
                in_use: state.connections.saturating_sub(state.idle_connections),
                waiting: waiting.load(Ordering::Relaxed),
            }
        };
        [("read", of(&all.readers, reads)), ("write", of(&all.writers, writes)), ("work", of(&all.workers, works))]
    }

    /// A connection that cannot write.
    pub(crate) fn reader(&self) -> Result<Pooled> {
        usable(&self.all().readers, &self.waiting[0])
    }

    /// A connection that can.
    pub(crate) fn writer(&self) -> Result<Pooled> {
        usable(&self.all().writers, &self.waiting[1])
    }

    /// A connection that can, for the worker.
    pub(crate) fn worker(&self) -> Result<Pooled> {
        usable(&self.all().workers, &self.waiting[2])
    }
}

/// A connection, its clock moved with ours when a test moved it.
fn usable(pool: &Connections, waiting: &AtomicUsize) -> Result<Pooled> {
    waiting.fetch_add(1, Ordering::Relaxed);
    let had = pool.get();
    waiting.fetch_sub(1, Ordering::Relaxed);
    let mut conn = had?;
    let shift = clock::shift();
    if !shift.is_zero() {
        let setting =
            format!("SET diapason.clock_shift = '{} microseconds'", shift.num_microseconds().unwrap_or_default());
        conn.batch_execute(&setting)?;
    }
    Ok(conn)
}

#[derive(Debug, Clone, Copy)]
enum Session {
    Read,
    Write,
}

/// Generic plans: diesel binds LIMIT, so PostgreSQL would plan a list anew each time. No parallel workers: to launch them
/// costs more than a page does, and others want the cores; nor compiled plans, for the same reason. A read out of turn costs little on an SSD: at the default of 4,
/// three hundred names were joined by reading all members. A transaction that waits for a row in a line of others waits twice, for its
/// turn and for the row: two lock timeouts must fit into what a caller is promised.
const SESSION: &str =
    "SET plan_cache_mode = force_generic_plan; SET max_parallel_workers_per_gather = 0; SET jit = off; SET random_page_cost = 1.1;
    SET statement_timeout = '5s'; SET lock_timeout = '1s'; SET idle_in_transaction_session_timeout = '10s'; SET default_transaction_read_only = ";

/// Asks what walks an index in its order, within a transaction. Where no statistics know of a new source yet, PostgreSQL takes any index that begins
/// with the source, and reads all of the source for each row; that the order is not to be made by sorting leaves one.
pub(crate) fn in_order<T>(conn: &mut PgConnection, work: impl FnOnce(&mut PgConnection) -> Result<T>) -> Result<T> {
    conn.batch_execute("SET LOCAL enable_sort = off")?;
    let done = work(conn)?;
    conn.batch_execute("SET LOCAL enable_sort = on")?;
    Ok(done)
}

/// Asks what is planned for the very values that it names, on a session that reads: how much lies in a range, a plan that is kept does not know.
pub(crate) fn for_these<T>(conn: &mut PgConnection, work: impl FnOnce(&mut PgConnection) -> Result<T>) -> Result<T> {
    conn.batch_execute("SET plan_cache_mode = force_custom_plan")?;
    let done = work(conn);
    conn.batch_execute("SET plan_cache_mode = force_generic_plan")?;
    done
}

impl CustomizeConnection<PgConnection, diesel::r2d2::Error> for Session {
    fn on_acquire(&self, conn: &mut PgConnection) -> std::result::Result<(), diesel::r2d2::Error> {
        let read_only = matches!(self, Self::Read);
        conn.batch_execute(&format!("{SESSION}{read_only}")).map_err(diesel::r2d2::Error::QueryError)
    }
}

#[cfg(test)]
mod tests {
    use super::patient;

    #[test]
    fn an_address_gets_the_limits_that_it_lacks() {
        assert_eq!(
            patient("postgres://a@db/d"),
            "postgres://a@db/d?connect_timeout=2&tcp_user_timeout=5000&keepalives_idle=5&keepalives_interval=2&keepalives_count=3"
        );
        assert!(patient("postgres://a@/d?host=%2Ftmp&connect_timeout=9").ends_with(
            "host=%2Ftmp&connect_timeout=9&tcp_user_timeout=5000&keepalives_idle=5&keepalives_interval=2&keepalives_count=3"
        ));
        assert!(patient("host=db dbname=d").starts_with("host=db dbname=d connect_timeout=2 tcp_user_timeout=5000 "));
    }
}
