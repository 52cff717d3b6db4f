//! Imports: one at a time, planned against what is there, and written in one short transaction.
//!
//! Nothing is staged in the database: what is planned travels with the statements, and PostgreSQL gives the transaction
//! its number, which holds back the readers of changes, only when the first of them writes.

pub mod member;
pub mod organization;
pub(crate) mod write;

use chrono::{DateTime, Utc};
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::result::Error as Diesel;
use kernel::{PrincipalId, clock, sql};
use uuid::Uuid;

use crate::{Error, Result};

type Boxed = Box<dyn std::error::Error + Send + Sync>;

/// What an import did, or would do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Written {
    /// Objects that are new.
    pub created: usize,
    /// Objects that changed.
    pub updated: usize,
    /// Objects that are as the source wants them.
    pub unchanged: usize,
    /// Fields left as they are because another source, or a person, owns them.
    pub kept: usize,
}

/// How an import is run.
#[derive(Clone, Copy)]
pub struct Run<'a> {
    /// Do everything, and take it back.
    pub dry: bool,
    /// The source that speaks.
    pub source: &'a str,
    /// What the audit lines call it.
    pub action: &'static str,
    /// What all its audit lines share.
    pub request: Uuid,
    /// Who writes.
    pub by: PrincipalId,
    /// Told of each step.
    pub progress: &'a dyn Fn(&str),
}

impl<'a> Run<'a> {
    /// A run of its own.
    #[must_use]
    pub fn new(dry: bool, source: &'a str, action: &'static str, progress: &'a dyn Fn(&str)) -> Self {
        Self { dry, source, action, request: clock::fresh_v7(), by: PrincipalId::system(), progress }
    }
}

/// One connection that imports.
pub(crate) struct Importer<'a> {
    pub(crate) conn: PgConnection,
    pub(crate) run: Run<'a>,
}

/// One import at a time, in the whole database.
const LOCK: i64 = 0x6469_6170_696d_706f;
/// How often an import is planned anew when others were faster.
const TRIES: usize = 3;

diesel::define_sql_function! {
    /// Takes a lock if it is free.
    #[sql_name = "pg_try_advisory_lock"]
    fn try_lock(key: diesel::sql_types::BigInt) -> diesel::sql_types::Bool;
}

impl<'a> Importer<'a> {
    /// Connects, alone.
    pub(crate) fn open(url: &str, run: Run<'a>) -> std::result::Result<Self, Boxed> {
        crate::nouns::tell();
        let mut conn = PgConnection::establish(url)?;
        if !diesel::select(try_lock(LOCK)).get_result::<bool>(&mut conn)? {
            return Err("another import is running over this database".into());
        }
        // To compile a statement takes longer than it saves, even with ten thousand objects.
        conn.batch_execute("SET lock_timeout = '10s'; SET jit = off")?;
        Ok(Self { conn, run })
    }

    /// Plans and writes in one transaction each time, until nobody came between the two.
    pub(crate) fn write<P, T>(
        &mut self,
        mut plan: impl FnMut(&mut PgConnection) -> Result<P>,
        work: impl Fn(&mut Writing<'_>, &P) -> std::result::Result<T, Stop<T>>,
    ) -> std::result::Result<(P, T), Boxed> {
        for _ in 0..TRIES {
            (self.run.progress)("comparaison avec la base");
            let planned = plan(&mut self.conn)?;
            (self.run.progress)(if self.run.dry { "essai à blanc" } else { "écriture" });
            let run = self.run;
            let done = self.conn.transaction(|conn| {
                conn.batch_execute("SET LOCAL diapason.source = 'bulk'")?;
                let at = diesel::select(sql::clock()).get_result(conn)?;
                let done = work(&mut Writing { conn, run, at }, &planned)?;
                if run.dry { Err(Stop::Dry(done)) } else { Ok(done) }
            });
            match done {
                Ok(done) | Err(Stop::Dry(done)) => return Ok((planned, done)),
                Err(Stop::Stale) => {}
                Err(Stop::Failed(error)) if is_race(&error) => {}
                Err(Stop::Failed(error)) => return Err(error.into()),
            }
        }
        Err("others write the same objects: nothing was imported, try again".into())
    }
}

/// What the plan did not see because someone was faster.
fn is_race(error: &Error) -> bool {
    error.is_retriable() || matches!(error, Error::Taken(_) | Error::Refused(_))
}

/// A transaction at work.
pub(crate) struct Writing<'a> {
    pub(crate) conn: &'a mut PgConnection,
    pub(crate) run: Run<'a>,
    /// The time of all that it writes.
    pub(crate) at: DateTime<Utc>,
}

/// Why a transaction is taken back.
pub(crate) enum Stop<T> {
    /// It was for trying.
    Dry(T),
    /// Something is no longer as it was looked at.
    Stale,
    /// It cannot be.
    Failed(Error),
}

impl<T> From<Diesel> for Stop<T> {
    fn from(error: Diesel) -> Self {
        Self::Failed(error.into())
    }
}

impl<T> From<Error> for Stop<T> {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}
