//! The facts of the matrix (`MatrixFacts`), kept in memory as long as nothing in the database has changed.

use std::sync::{Arc, Mutex};

use ::networks::tracking::MatrixFacts;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable, Text, Timestamptz};

use crate::Result;

/// State of the database at an instant, as far as it tells whether anything was written since.
#[derive(QueryableByName)]
pub(super) struct Standing {
    #[diesel(sql_type = Timestamptz)]
    pub(super) at: DateTime<Utc>,
    /// Number of the next transaction that will write: as long as it stays the same, nothing was written.
    #[diesel(sql_type = Text)]
    mark: String,
    /// Whether no transaction is writing at this instant.
    #[diesel(sql_type = Bool)]
    quiet: bool,
}

const STANDING: &str = "SELECT app.clock() AS at, pg_snapshot_xmax(now)::text AS mark,
        pg_snapshot_xmin(now) = pg_snapshot_xmax(now) AS quiet FROM (SELECT pg_current_snapshot() AS now) it";

impl Standing {
    pub(super) fn of(conn: &mut PgConnection) -> Result<Self> {
        Ok(diesel::sql_query(STANDING).get_result(conn)?)
    }
}

/// The next time at which the facts change without a write: when a cell is due to change, or a link between
/// organizations begins or ends. In the past if a cell is overdue.
const NEXT: &str = "SELECT min(bound) AS bound FROM (
        SELECT next_change_at FROM tracking_cell WHERE next_change_at IS NOT NULL
        UNION ALL SELECT lower(valid) FROM organization_link WHERE lower(valid) > $1
        UNION ALL SELECT upper(valid) FROM organization_link WHERE upper(valid) > $1) it (bound)";

#[derive(QueryableByName)]
struct Next {
    #[diesel(sql_type = Nullable<Timestamptz>)]
    bound: Option<DateTime<Utc>>,
}

#[derive(Debug)]
struct Kept {
    mark: String,
    from: DateTime<Utc>,
    until: Option<DateTime<Utc>>,
    facts: Arc<MatrixFacts>,
}

/// The facts as they were last read: they answer every request until something is written.
#[derive(Debug, Clone, Default)]
pub(crate) struct KeptFacts(Arc<Mutex<Option<Kept>>>);

impl KeptFacts {
    /// The kept facts, if the database would give the same ones now.
    pub(super) fn get(&self, now: &Standing) -> Option<Arc<MatrixFacts>> {
        let kept = self.0.lock().ok()?;
        let kept = kept.as_ref()?;
        let holds = kept.mark == now.mark && kept.from <= now.at && kept.until.is_none_or(|until| now.at < until);
        holds.then(|| Arc::clone(&kept.facts))
    }

    /// Keeps facts that were read after `before`, unless something was written meanwhile or is being written.
    pub(super) fn keep(&self, before: &Standing, facts: &Arc<MatrixFacts>, conn: &mut PgConnection) -> Result<()> {
        let Next { bound } = diesel::sql_query(NEXT).bind::<Timestamptz, _>(before.at).get_result(conn)?;
        let after = Standing::of(conn)?;
        if before.quiet && after.quiet && before.mark == after.mark && bound.is_none_or(|bound| bound > after.at) {
            let kept = Kept { mark: after.mark, from: after.at, until: bound, facts: Arc::clone(facts) };
            if let Ok(mut place) = self.0.lock() {
                *place = Some(kept);
            }
        }
        Ok(())
    }
}
