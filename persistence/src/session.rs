//! Sessions of service accounts (OAuth 2.0): which key a client showed, what it is given, and what is taken back.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_types::Uuid as SqlUuid;
use kernel::schema::{identity, member, revoked_token, service_account, service_account_key, used_assertion};
use kernel::{Identity, MemberId, Noun as _, PrincipalId, Scope, ServiceAccountId, ServiceAccountKeyId, clock, sql};
use members::service_account::{
    KeySecret, PublicKey, ServiceAccount, ServiceAccountKey, ServiceAccountKeyStatus, ServiceAccountStatus,
    SubjectClients,
};
use uuid::Uuid;

use crate::audit::{self, Asked};
use crate::call::Call;
use crate::{Database, Result};

/// How exactly it is known when a key was last used.
const MINUTE: TimeDelta = TimeDelta::minutes(1);
/// How long what is over is kept, for clocks that differ.
const HOUR: TimeDelta = TimeDelta::hours(1);
/// How many rows whose time has passed are removed with each one that is added.
const SWEPT: i64 = 50;

/// A service account that showed a key of its own.
#[derive(Debug, Clone)]
pub struct Client {
    /// The account.
    pub account: ServiceAccountId,
    /// The key.
    pub key: ServiceAccountKeyId,
    /// What the account may do at most.
    pub scopes: Vec<Scope>,
    /// The clients whose tokens it may exchange.
    pub subject_clients: SubjectClients,
}

diesel::define_sql_function! {
    /// Takes the lock on the rights of a principal, for a transaction that changes them.
    #[sql_name = "app.change_rights"]
    fn change_rights(who: SqlUuid) -> diesel::sql_types::Nullable<diesel::sql_types::Text>;
}

diesel::define_sql_function! {
    /// Whether an account may hold sessions of people.
    #[sql_name = "app.holds_sessions"]
    fn holds_sessions(account: SqlUuid) -> diesel::sql_types::Bool;
}

impl Database {
    /// The account whose secret this is, if both are in force.
    ///
    /// # Errors
    /// The database does not answer.
    pub fn client_by_secret(&self, secret: &KeySecret) -> Result<Option<Client>> {
        let mut conn = self.watcher()?;
        let found = service_account_key::table.filter(service_account_key::name.eq(secret.name()));
        let found = found.filter(service_account_key::digest.eq(secret.digest())).select(service_account_key::id);
        let Some(id) = found.first::<ServiceAccountKeyId>(&mut conn).optional()? else { return Ok(None) };
        client(&mut conn, id)
    }

    /// The same for a secret that stands in the place of a token; that the key was used is noted.
    ///
    /// # Errors
    /// The database does not answer.
    pub fn client_by_bearer(&self, secret: &KeySecret) -> Result<Option<Client>> {
        let client = self.client_by_secret(secret)?;
        if let Some(client) = &client {
            used(&mut *self.writer()?, client.key)?;
        }
        Ok(client)
    }

    /// The public keys of an account that are in force.
    ///
    /// # Errors
    /// The database does not answer.
    pub fn public_keys(&self, account: ServiceAccountId) -> Result<Vec<(ServiceAccountKeyId, PublicKey)>> {
        let keys = service_account_key::table.filter(service_account_key::service_account_id.eq(account));
        let keys = keys.filter(service_account_key::revoked_at.is_null());
        let keys = keys.filter(service_account_key::expires_at.gt(sql::clock()));
        let keys = keys.filter(service_account_key::public_key.is_not_null());
        let keys = keys.select((service_account_key::id, service_account_key::public_key.assume_not_null()));
        Ok(keys.load(&mut *self.watcher()?)?)
    }

    /// The account of one of its public keys, if both are in force.
    ///
    /// # Errors
    /// The database does not answer.
    pub fn client_by_key(&self, key: ServiceAccountKeyId) -> Result<Option<Client>> {
        client(&mut *self.watcher()?, key)
    }

    /// Takes an assertion, which is good once: whether this is the first time that it is shown, to whichever instance.
    ///
    /// # Errors
    /// The database does not answer.
    pub fn take_assertion(&self, account: ServiceAccountId, jti: &str, expires_at: DateTime<Utc>) -> Result<bool> {
        let mut conn = self.writer()?;
        let row = (
            used_assertion::service_account_id.eq(account),
            used_assertion::jti.eq(jti),
            used_assertion::expires_at.eq(expires_at),
        );
        let taken =
            diesel::insert_into(used_assertion::table).values(row).on_conflict_do_nothing().execute(&mut conn)?;
        // An instance whose clock is behind may still accept what is over by the clock of the database.
        let long_over = clock::now() - HOUR;
        let over = used_assertion::table.filter(used_assertion::expires_at.lt(long_over)).limit(SWEPT);
        let over = over.select((used_assertion::service_account_id, used_assertion::jti));
        for (account, jti) in over.load::<(ServiceAccountId, String)>(&mut conn)? {
            diesel::delete(used_assertion::table.find((account, jti))).execute(&mut conn)?;
        }
        Ok(taken == 1)
    }

    /// Whether an account may hold sessions of people now.
    ///
    /// # Errors
    /// The database does not answer.
    pub fn holds_sessions(&self, account: ServiceAccountId) -> Result<bool> {
        Ok(diesel::select(holds_sessions(account)).get_result(&mut *self.watcher()?)?)
    }

    /// The member of an identity, if they are neither suspended nor departed.
    ///
    /// # Errors
    /// The database does not answer.
    pub fn member_of(&self, who: &Identity) -> Result<Option<MemberId>> {
        let mut conn = self.watcher()?;
        let present = member::departed_at.is_null().and(member::suspended_at.is_null());
        let found = identity::table.inner_join(member::table.on(member::id.eq(identity::principal_id)));
        let found = found.filter(identity::issuer.eq(&who.issuer).and(identity::subject.eq(&who.subject)));
        Ok(found.filter(present).select(member::id).first(&mut conn).optional()?)
    }

    /// Records that an account was given a token by a key: a line of the audit log, and when the key was last used.
    ///
    /// # Errors
    /// The database does not answer.
    pub fn record_session(&self, call: &Call, client: &Client) -> Result<()> {
        let mut conn = self.writer()?;
        conn.transaction(|conn| {
            used(conn, client.key)?;
            let object = Some(client.key.to_string());
            let asked = Asked { action: "issue_token", noun: ServiceAccountKey::NAME, object };
            audit::done(conn, call, who(call, client), &asked)
        })
    }

    /// Takes back a token of an account: it is good for nothing from now on, and everywhere within two seconds.
    ///
    /// # Errors
    /// The database does not answer.
    pub fn revoke_token(&self, call: &Call, client: &Client, token: Uuid, expires_at: DateTime<Utc>) -> Result<()> {
        let mut conn = self.writer()?;
        conn.transaction(|conn| {
            // A write with it that is under way is waited for.
            diesel::select(change_rights(client.account)).execute(conn)?;
            let row = (revoked_token::id.eq(token), revoked_token::expires_at.eq(expires_at));
            diesel::insert_into(revoked_token::table).values(row).on_conflict_do_nothing().execute(conn)?;
            let over = revoked_token::table.filter(revoked_token::expires_at.lt(clock::now() - HOUR)).limit(SWEPT);
            let over: Vec<Uuid> = over.select(revoked_token::id).load(conn)?;
            diesel::delete(revoked_token::table.filter(revoked_token::id.eq_any(over))).execute(conn)?;
            let object = Some(client.account.to_string());
            let asked = Asked { action: "revoke_token", noun: ServiceAccount::NAME, object };
            audit::done(conn, call, who(call, client), &asked)
        })
    }
}

/// Notes that a key was used, to the minute.
fn used(conn: &mut PgConnection, key: ServiceAccountKeyId) -> Result<()> {
    let before = clock::now() - MINUTE;
    let long_ago = service_account_key::last_used_at.is_null().or(service_account_key::last_used_at.lt(before));
    let key = service_account_key::table.find(key).filter(long_ago);
    let used = service_account_key::last_used_at.eq(sql::clock().nullable());
    diesel::update(key).set(used).execute(conn)?;
    Ok(())
}

/// For whom: the person whose session it is, or the account itself.
fn who(call: &Call, client: &Client) -> PrincipalId {
    let member = call.caller.session.as_ref().and_then(|session| session.member);
    member.map_or_else(|| client.account.into(), PrincipalId::from)
}

fn client(conn: &mut PgConnection, id: ServiceAccountKeyId) -> Result<Option<Client>> {
    let key = ServiceAccountKey::query().filter(service_account_key::id.eq(id)).first(conn).optional()?;
    let Some(key) = key.filter(|key| key.status == ServiceAccountKeyStatus::Active) else { return Ok(None) };
    let account = ServiceAccount::query().filter(service_account::id.eq(key.service_account_id)).first(conn)?;
    let good = account.status == ServiceAccountStatus::Active;
    Ok(good.then_some(Client {
        account: account.id,
        key: key.id,
        scopes: account.scopes,
        subject_clients: account.subject_clients,
    }))
}
