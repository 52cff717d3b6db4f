//! The facts of the matrix, kept in memory for as long as nothing in the database has changed.

use std::sync::{Arc, Mutex};

use ::networks::tracking::MatrixFacts;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable, Text, Timestamptz};

use crate::Result;

/// How the database stands at an instant.
#[derive(QueryableByName)]
pub(super) struct Standing {
    #[diesel(sql_type = Timestamptz)]
    pub(super) at: DateTime<Utc>,
    /// The first transaction that has not begun: while it stays the same, nothing was written.
    #[diesel(sql_type = Text)]
    mark: String,
    /// No transaction is on its way.
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

/// When the facts change by themselves: a cell or a link whose time comes; at once where one is due already.
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

/// The facts as they were last read, for whoever asks before anything is written.
#[derive(Debug, Clone, Default)]
pub(crate) struct KeptFacts(Arc<Mutex<Option<Kept>>>);

impl KeptFacts {
    /// What was kept, if it is what the database would say now.
    pub(super) fn get(&self, now: &Standing) -> Option<Arc<MatrixFacts>> {
        let kept = self.0.lock().ok()?;
        let kept = kept.as_ref()?;
        let holds = kept.mark == now.mark && kept.from <= now.at && kept.until.is_none_or(|until| now.at < until);
        holds.then(|| Arc::clone(&kept.facts))
    }

    /// Keeps what was read since `before`, if nothing was written meanwhile or is on its way.
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
