//! Loads the actor that rules look at from the identity of a token, in one query.

use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::Text;
use kernel::schema::identity;
use kernel::{Actor, Identity, MemberId, seal};
use moka::sync::Cache;
use serde::Deserialize;
use serde_json::Value;

use crate::memory::Memory;
use crate::{Error, Result};

/// How long a reader's rights are trusted: a right taken back is gone everywhere after this.
pub(crate) const TRUST: Duration = Duration::from_secs(2);

diesel::define_sql_function! {
    #[sql_name = "app.look"]
    fn look(issuer: Text, subject: Text) -> Nullable<Jsonb>;
}
diesel::define_sql_function! {
    #[sql_name = "app.enter"]
    fn enter(issuer: Text, subject: Text) -> Jsonb;
}
diesel::define_sql_function! {
    #[sql_name = "app.actor"]
    fn rights(who: diesel::sql_types::Uuid) -> Nullable<Jsonb>;
}

/// The caller's rights as they stand, for a read.
pub(crate) fn looking(conn: &mut PgConnection, caller: &Identity) -> Result<Actor> {
    parse(diesel::select(look(&caller.issuer, &caller.subject)).get_result(conn)?)
}

/// The rights of a member, for what is written to them; none if they are suspended, departed or unknown.
pub(crate) fn of_member(conn: &mut PgConnection, member: MemberId) -> Result<Option<Actor>> {
    match parse(diesel::select(rights(member)).get_result(conn)?) {
        Err(Error::Stranger | Error::Suspended) => Ok(None),
        found => found.map(Some),
    }
}

/// Identities that were found to be registered a moment ago.
struct Found(Cache<Identity, ()>);

impl Default for Found {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(10_000).time_to_live(TRUST).build())
    }
}

/// Whether the caller is registered. The answer is remembered for a while.
///
/// # Errors
/// The caller is not registered.
pub(crate) fn is_somebody(conn: &mut PgConnection, caller: &Identity, memory: &Memory) -> Result<()> {
    let found = memory.of::<Found>();
    if found.0.contains_key(caller) {
        return Ok(());
    }
    let logins = identity::table.find((&caller.issuer, &caller.subject));
    let known: bool = diesel::select(diesel::dsl::exists(logins)).get_result(conn)?;
    if !known {
        return Err(Error::Stranger);
    }
    found.0.insert(caller.clone(), ());
    Ok(())
}

/// The actor of a transaction that writes, and its time.
#[derive(Deserialize)]
struct Entered {
    at: DateTime<Utc>,
    actor: Option<Value>,
}

/// The caller's rights, locked until the end of the transaction, for a write; and the transaction's time.
pub(crate) fn entering(conn: &mut PgConnection, caller: &Identity) -> Result<(Actor, DateTime<Utc>)> {
    let entered = diesel::select(enter(&caller.issuer, &caller.subject)).get_result::<Value>(conn)?;
    let Entered { at, actor } = serde_json::from_value(entered)?;
    Ok((parse(actor)?, at))
}

fn parse(found: Option<Value>) -> Result<Actor> {
    let found = found.ok_or(Error::Stranger)?;
    let rights = seal::tag(&[found.to_string().as_bytes()]);
    let actor: Actor = serde_json::from_value(found)?;
    match &actor {
        Actor { departed: true, .. } => Err(Error::Stranger),
        Actor { suspended: true, .. } | Actor { expired: true, .. } => Err(Error::Suspended),
        _ => Ok(Actor { rights, ..actor }),
    }
}
