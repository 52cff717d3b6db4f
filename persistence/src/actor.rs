//! Loads the actor that rules look at from the identity of a token, in one query.

use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, Nullable, Text, Uuid as SqlUuid};
use kernel::schema::identity;
use kernel::{Actor, Identity, MemberId, PrincipalId, Session, seal};
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

diesel::define_sql_function! {
    #[sql_name = "app.look_by_key"]
    fn look_by_key(by_key: SqlUuid, by_token: SqlUuid, within: Array<Text>, for_member: Nullable<SqlUuid>) -> Nullable<Jsonb>;
}
diesel::define_sql_function! {
    #[sql_name = "app.enter_by_key"]
    fn enter_by_key(by_key: SqlUuid, by_token: SqlUuid, within: Array<Text>, for_member: Nullable<SqlUuid>) -> Jsonb;
}
diesel::define_sql_function! {
    #[sql_name = "app.key_holder"]
    fn key_holder(by_key: SqlUuid, by_token: SqlUuid) -> Nullable<SqlUuid>;
}

/// The caller's rights as they stand, for a read.
pub(crate) fn looking(conn: &mut PgConnection, caller: &Identity) -> Result<Actor> {
    match &caller.session {
        None => parse(diesel::select(look(&caller.issuer, &caller.subject)).get_result(conn)?),
        Some(it) => of_key(diesel::select(look_by_key(it.key, it.token, &it.scopes, it.member)).get_result(conn)?, it),
    }
}

/// Which principal a caller is, if they are registered.
pub(crate) fn principal_of(conn: &mut PgConnection, caller: &Identity) -> Result<Option<PrincipalId>> {
    if let Some(it) = &caller.session {
        let holder: Option<PrincipalId> = diesel::select(key_holder(it.key, it.token)).get_result(conn)?;
        let who = it.member.map(PrincipalId::from).or(holder);
        return holder.and(who).map(Some).ok_or(Error::Revoked);
    }
    let who = identity::table.find((&caller.issuer, &caller.subject)).select(identity::principal_id);
    Ok(who.first(conn).optional()?)
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
    principal_of(conn, caller)?.ok_or(Error::Stranger)?;
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
    if let Some(it) = &caller.session {
        let entered: Value = diesel::select(enter_by_key(it.key, it.token, &it.scopes, it.member)).get_result(conn)?;
        let Entered { at, actor } = serde_json::from_value(entered)?;
        return Ok((of_key(actor, it)?, at));
    }
    let entered = diesel::select(enter(&caller.issuer, &caller.subject)).get_result::<Value>(conn)?;
    let Entered { at, actor } = serde_json::from_value(entered)?;
    Ok((parse(actor)?, at))
}

/// The actor of a token of ours: nobody, once the token, its key or its account was revoked.
fn of_key(found: Option<Value>, session: &Session) -> Result<Actor> {
    let actor = found.map_or(Err(Error::Revoked), |found| parse(Some(found)))?;
    // What may be done is another thing by way of a service, and so is what is shown of it.
    let rights = if session.member.is_some() { seal::tag(&[actor.rights.as_bytes(), b"held"]) } else { actor.rights };
    Ok(Actor { rights, through: session.member.map(|_| session.account), ..actor })
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
