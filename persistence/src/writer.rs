//! The writer: at the end of its work, what it wrote is recorded, and what follows from it is done.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Jsonb, Text, Timestamptz, Uuid as SqlUuid};
use kernel::PrincipalId;
use serde_json::Value;
use uuid::Uuid;

use crate::aftermath::{Aftermath, By, was_there};
use crate::{Error, Result};

/// The writer: the connection, the time of the transaction, and the principal.
pub(crate) struct Writer<'a> {
    pub(crate) conn: &'a mut PgConnection,
    pub(crate) at: DateTime<Utc>,
    pub(crate) by: PrincipalId,
    /// What is to be recorded when the work is done.
    pub(crate) changes: Vec<Value>,
    /// Whether a change turned out to change nothing.
    pub(crate) kept: bool,
    /// What follows from it.
    pub(crate) follows: Aftermath,
}

diesel::define_sql_function! {
    /// The one way mutations are recorded: a line of the changes each, and the audit line of the first.
    #[sql_name = "app.record"]
    fn record(actor: SqlUuid, happened: Timestamptz, request: SqlUuid, action: Text, changes: Jsonb) -> Nullable<Text>;
}

impl<'a> Writer<'a> {
    pub(crate) fn new(conn: &'a mut PgConnection, at: DateTime<Utc>, by: PrincipalId) -> Self {
        Self { conn, at, by, changes: Vec::new(), kept: false, follows: Aftermath::default() }
    }

    /// Does what follows from all that was written.
    pub(crate) fn settle(&mut self, by: By<'_>) -> Result<()> {
        std::mem::take(&mut self.follows).settle(self.conn, self.at, by)
    }

    /// Records all that was written, as one action.
    pub(crate) fn leave(self, request: Uuid, action: &'static str) -> Result<()> {
        if self.changes.is_empty() && self.kept {
            return Ok(());
        }
        if self.changes.is_empty() {
            return Err(Error::Fault(format!("{action} recorded nothing").into()));
        }
        let line = record(self.by, self.at, request, action, Value::Array(self.changes));
        diesel::select(line).execute(self.conn)?;
        Ok(())
    }

    /// Does all of a work, with what it records and what follows from it, then rolls it back.
    pub(crate) fn tried<T>(&mut self, work: impl Fn(&mut Writer<'_>) -> Result<T>) -> Result<T> {
        let (at, by, mut pardoned) = (self.at, self.by, Vec::new());
        loop {
            let done = taken_back(self.conn, |conn| {
                let mut trial = Writer::new(conn, at, by);
                let done = work(&mut trial)?;
                trial.settle(By { person: true, pardoned: &pardoned })?;
                if !trial.changes.is_empty() {
                    trial.leave(Uuid::nil(), "trial")?;
                }
                Ok(done)
            });
            let short = match done {
                Err(Error::Broken(short)) => short,
                done => return done,
            };
            was_there(self.conn, &short)?;
            pardoned.extend(short);
        }
    }

    /// The identifier of what was there before this work began: what is made on the way has none to be told.
    pub(crate) fn known(&self, id: Uuid, created: DateTime<Utc>) -> Option<Uuid> {
        (created < self.at).then_some(id)
    }

    /// What was recorded last is what the call is about: the audit log tells of it.
    pub(crate) fn tells_of_the_last(&mut self) {
        if !self.changes.is_empty() {
            self.changes.rotate_right(1);
        }
    }
}

/// Does a work in a transaction that is always rolled back.
pub(crate) fn taken_back<T>(conn: &mut PgConnection, work: impl FnOnce(&mut PgConnection) -> Result<T>) -> Result<T> {
    let mut done = None;
    let undone = conn.transaction(|conn| {
        done = Some(work(conn)?);
        Err::<(), Error>(diesel::result::Error::RollbackTransaction.into())
    });
    done.map_or_else(|| undone.and(Err(Error::Fault("a trial ended in nothing".into()))), Ok)
}
