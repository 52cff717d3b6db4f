//! Reminders: what falls due or expires is planned once for each due date, and told to those whom the noun names.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Date, Timestamptz};
use kernel::notification::Reminder;
use kernel::schema::task;
use kernel::{PrincipalId, Refusal, clock, sql};
use uuid::Uuid;

use crate::nouns::NOUNS;
use crate::task::{Task, theirs};
use crate::writer::Writer;
use crate::{Database, Error, Result};

diesel::define_sql_function! {
    /// Plans a reminder of everything that falls due, once for each due date, even if several instances plan it.
    #[sql_name = "app.plan_reminders"]
    fn plan_reminders(at: Timestamptz, today: Date) -> BigInt;
}

impl Database {
    /// Plans the reminders of a morning: how many are new.
    ///
    /// # Errors
    /// The database does not answer.
    pub fn plan_reminders(&self, at: DateTime<Utc>) -> Result<i64> {
        Ok(diesel::select(plan_reminders(at, clock::day_of(at))).get_result(&mut *self.worker()?)?)
    }

    /// Reminds of what a task says. It is done in the transaction that tells people, so that nobody is told twice; where
    /// another took the task meanwhile, it is theirs.
    ///
    /// # Errors
    /// The task names nothing that people are reminded of; the database does not answer.
    pub fn remind(&self, it: &Task, object: Uuid) -> Result<()> {
        let what = it.key.split(':').nth(1).and_then(|code| Reminder::ALL.iter().find(|what| what.code() == code));
        let unknown = || Error::Fault(format!("{} is no reminder", it.key).into());
        let what = *what.ok_or_else(unknown)?;
        let remind = NOUNS.iter().find(|noun| noun.name == what.noun()).and_then(|noun| noun.remind);
        let remind = remind.ok_or_else(unknown)?;
        let mut conn = self.worker()?;
        conn.transaction(|conn| {
            let open = theirs(it).filter(task::done_at.is_null());
            if open.select(task::position).for_update().first::<i64>(conn).optional()?.is_none() {
                return Ok(());
            }
            let at = diesel::select(sql::clock()).get_result(conn)?;
            match remind(&mut Writer::new(conn, at, PrincipalId::system()), what, object) {
                // It was voided meanwhile.
                Err(Error::Refused(Refusal::NotFound)) => {}
                done => done?,
            }
            let done = task::done_at.eq(sql::clock().nullable());
            diesel::update(theirs(it)).set(done).execute(conn)?;
            Ok(())
        })
    }
}
