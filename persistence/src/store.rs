//! The gate: a query file reaches the connection to write only by showing a grant, and what it did is recorded here.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use diesel::insertable::CanInsertInSingleQuery;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{QueryFragment, QueryId};
use diesel::sql_types::{Jsonb, Text, Timestamptz, Uuid as SqlUuid};
use kernel::schema::identity;
use kernel::{
    Action, Actor, Grant, Identity, Noun, PrincipalId, Refusal, Seen, Version, VoidReason, Voided, policy, sql,
};
use serde_json::Value;
use uuid::Uuid;

use crate::actor::{entering, is_somebody, looking};
use crate::aftermath::{Aftermath, By, Shortfall, was_there};
use crate::audit::Asked;
use crate::call::Call;
use crate::kept::{Kept, KeptIn, Stamps};
use crate::memory::Memory;
use crate::{Error, Result, audit};

/// One caller at work in one transaction (to write) or on one read-only session (to read).
pub struct Store<'a> {
    conn: &'a mut PgConnection,
    call: &'a Call,
    actor: Arc<Actor>,
    memory: &'a Memory,
    /// The time of the transaction, once the caller entered it to write.
    at: DateTime<Utc>,
    /// What must hold and did not before this work either.
    pub(crate) pardoned: Vec<Shortfall>,
    /// What was last asked for, so that a refusal can be audited.
    pub(crate) asked: Option<Asked>,
    /// What a read shows that may be shown on the record alone.
    pub(crate) shown: Vec<Asked>,
}

/// An action whose facts the database knows.
pub trait Known: Action {
    /// Loads the facts and locks those that the action will change.
    ///
    /// # Errors
    /// The object does not exist, or the database failed.
    fn facts(&self, conn: &mut PgConnection) -> Result<Self::Facts>;
}

/// Says what the facts of actions are: the object, read as it is or locked for the change that follows; nothing; or what is
/// found by what the action says.
macro_rules! known {
    (read $Noun:ty: $($action:ty),+) => { known!(it, conn => <$Noun as $crate::kept::Kept>::find(it.0.0, conn); $($action),+); };
    (lock $Noun:ty: $($action:ty),+) => { known!(it, conn => <$Noun as $crate::kept::Kept>::lock(it.0.0, conn); $($action),+); };
    (nothing: $($action:ty),+) => { known!(_it, _conn => Ok(()); $($action),+); };
    ($it:ident, $conn:ident => $facts:expr; $($action:ty),+) => {
        $(impl $crate::store::Known for $action {
            fn facts(&self, $conn: &mut diesel::PgConnection) -> $crate::Result<<Self as kernel::Action>::Facts> {
                let $it = self;
                $facts
            }
        })+
    };
}
pub(crate) use known;

impl<'a> Store<'a> {
    pub(crate) fn new(conn: &'a mut PgConnection, call: &'a Call, actor: Arc<Actor>, memory: &'a Memory) -> Self {
        Self {
            conn,
            call,
            actor,
            memory,
            at: DateTime::UNIX_EPOCH,
            pardoned: Vec::new(),
            asked: None,
            shown: Vec::new(),
        }
    }

    /// What is kept in memory between requests.
    pub(crate) fn memory(&self) -> &Memory {
        self.memory
    }

    /// Asks whether the caller may, over facts and rights that stay true until the end of the transaction: the object
    /// is locked first, then the rights. Who is nobody here, or may in no case, is told before anything is locked.
    ///
    /// # Errors
    /// He may not, or not now, or there is no such object.
    pub fn authorize<A: Known>(&mut self, action: A) -> Result<Grant<A>> {
        let (noun, object) = action.object();
        self.asked = Some(Asked { action: A::NAME, noun, object });
        match A::THRESHOLD {
            Some(threshold) => threshold(&looking(self.conn, &self.call.caller)?).pass()?,
            None => is_somebody(self.conn, &self.call.caller, self.memory)?,
        }
        let facts = match action.facts(self.conn) {
            Err(error) if !error.is_answer() => return Err(error),
            facts => facts,
        };
        let (actor, at) = entering(self.conn, &self.call.caller)?;
        (self.actor, self.at) = (Arc::new(actor), at);
        Ok(Grant::ask(&self.actor, action, facts?)?)
    }

    /// Who calls, if he is somebody already.
    pub(crate) fn registered(&mut self) -> Result<Option<Actor>> {
        match looking(self.conn, &self.call.caller) {
            Err(Error::Stranger) => Ok(None),
            actor => actor.map(Some),
        }
    }

    /// The same for who may not be registered yet: what he shows speaks for him, and what he does is done by `fresh`.
    pub(crate) fn authorize_stranger<A: Known>(&mut self, action: A, fresh: PrincipalId) -> Result<Grant<A>> {
        let facts = action.facts(self.conn)?;
        let (actor, at) = match entering(self.conn, &self.call.caller) {
            Err(Error::Stranger) => {
                let at = diesel::select(kernel::sql::clock()).get_result(self.conn)?;
                (Actor { id: fresh, ..Actor::nobody() }, at)
            }
            entered => entered?,
        };
        (self.actor, self.at) = (Arc::new(actor), at);
        Ok(Grant::ask(&self.actor, action, facts)?)
    }

    /// Asks whether the caller may read what is no object of its own, without a lock.
    ///
    /// # Errors
    /// He may not, or there is no such object.
    pub fn permit<A: Known>(&mut self, action: A) -> Result<A::Facts> {
        let facts = action.facts(self.conn)?;
        Ok(Grant::ask(&self.actor, action, facts)?.spend().1)
    }

    /// The same for what is read on the record: the line is written before the answer is given.
    pub(crate) fn permit_on_record<A: Known>(&mut self, action: A) -> Result<A::Facts> {
        let (noun, object) = action.object();
        self.asked = Some(Asked { action: A::NAME, noun, object });
        self.permit(action)
    }

    /// Notes that an operation shows confidential objects: a line each is written before the answer is given, so that the
    /// log tells of each who read it.
    pub(crate) fn shows<T: Noun>(&mut self, action: &'static str, objects: impl IntoIterator<Item = Uuid>) {
        let line = |id: Uuid| Asked { action, noun: T::NAME, object: Some(id.to_string()) };
        self.shown.extend(objects.into_iter().map(line));
    }

    /// Notes that an operation gives something away as a file: its line is written before the answer is given.
    pub fn exports(&mut self, action: &'static str, noun: &'static str) {
        self.shown.push(Asked { action, noun, object: None });
    }

    /// Spends a grant: the work writes, tells what it changed, and leaves its audit line, history and change events.
    pub(crate) fn write<A: Action, T>(
        &mut self,
        grant: Grant<A>,
        work: impl FnOnce(&mut Writer<'_>, &Actor, A, A::Facts) -> Result<T>,
    ) -> Result<T> {
        let (at, by) = (self.at, self.actor.id);
        let person = self.actor.member().is_some();
        let mut writer = Writer::new(self.conn, at, by);
        let (action, facts) = grant.spend();
        let done = work(&mut writer, &self.actor, action, facts)?;
        writer.settle(By { person, pardoned: &self.pardoned })?;
        let (changes, by) = (writer.changes, writer.by);
        if changes.is_empty() {
            return Err(Error::Fault(format!("{} recorded nothing", A::NAME).into()));
        }
        let line = record(by, at, self.call.request, A::NAME, Value::Array(changes));
        diesel::select(line).execute(self.conn)?;
        Ok(done)
    }

    /// The same for an object that exists, of which the caller must have seen the last version.
    pub(crate) fn write_on<A, T>(
        &mut self,
        grant: Grant<A>,
        seen: Version,
        work: impl FnOnce(&mut Writer<'_>, &Actor, A, A::Facts) -> Result<T>,
    ) -> Result<T>
    where
        A: Action<Facts: Noun>,
    {
        policy::unchanged(grant.facts().version(), seen)?;
        self.write(grant, work)
    }

    /// Does a work whole, and takes it back: what it tells is all that is left of it.
    pub(crate) fn trial<T>(&mut self, work: impl Fn(&mut Writer<'_>) -> Result<T>) -> Result<T> {
        let at = diesel::select(sql::clock()).get_result(self.conn)?;
        let by = self.actor.id;
        Writer::new(self.conn, at, by).tried(work)
    }

    /// Spends a grant on what is the caller's own business, as what he has read: it changes no fact of the service, so
    /// that its audit line is all that it leaves.
    pub(crate) fn mark<A: Action, T>(
        &mut self,
        grant: Grant<A>,
        work: impl FnOnce(&mut PgConnection, DateTime<Utc>, &Actor, A::Facts) -> Result<T>,
    ) -> Result<T> {
        let (action, facts) = grant.spend();
        let done = work(self.conn, self.at, &self.actor, facts)?;
        let (noun, object) = action.object();
        let asked = Asked { action: A::NAME, noun, object };
        audit::done(self.conn, self.call, self.actor.id, &asked)?;
        Ok(done)
    }

    /// Who the token says the caller is, before his rights are known; nobody, if he is none of ours.
    ///
    /// # Errors
    /// The database failed.
    pub fn caller(&mut self) -> Result<PrincipalId> {
        let Identity { issuer, subject } = &self.call.caller;
        let who = identity::table.find((issuer, subject)).select(identity::principal_id);
        Ok(who.first(self.conn).optional()?.unwrap_or(PrincipalId(Uuid::nil())))
    }

    /// The connection, for a read that starts from what this actor may see.
    pub(crate) fn reading(&mut self) -> (&mut PgConnection, &Actor) {
        (self.conn, &self.actor)
    }

    /// The caller.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    pub(crate) fn seen<T: Noun>(&self, noun: T) -> Seen<T> {
        Seen::by(&self.actor, noun)
    }
}

/// The hand that writes: the connection, the time of the transaction, and who did it.
pub(crate) struct Writer<'a> {
    pub(crate) conn: &'a mut PgConnection,
    pub(crate) at: DateTime<Utc>,
    pub(crate) by: PrincipalId,
    /// What is to be recorded when the work is done.
    changes: Vec<Value>,
    /// What follows from it.
    follows: Aftermath,
}

diesel::define_sql_function! {
    /// The one way mutations are recorded: a row image and a change event each, and the audit line of the first.
    #[sql_name = "app.record"]
    fn record(actor: SqlUuid, happened: Timestamptz, request: SqlUuid, action: Text, changes: Jsonb) -> Nullable<Text>;
}
impl<'a> Writer<'a> {
    fn new(conn: &'a mut PgConnection, at: DateTime<Utc>, by: PrincipalId) -> Self {
        Self { conn, at, by, changes: Vec::new(), follows: Aftermath::default() }
    }
}

impl Writer<'_> {
    /// Does what follows from all that was written.
    fn settle(&mut self, by: By<'_>) -> Result<()> {
        std::mem::take(&mut self.follows).settle(self.conn, self.at, by)
    }

    /// Inserts a row, and records what was created.
    pub(crate) fn create<K, T, V>(&mut self, row: V) -> Result<K>
    where
        T: Table,
        K: KeptIn<T>,
        V: Insertable<T>,
        V::Values: QueryFragment<Pg> + QueryId + CanInsertInSingleQuery<Pg>,
    {
        let written = K::insert(row, self.conn)?;
        self.created(written)
    }

    /// Records what was created, by the image of its row.
    pub(crate) fn created<K: Kept>(&mut self, (image, created): (Value, Option<K>)) -> Result<K> {
        let id = image.get("id").and_then(Value::as_str).and_then(|id| id.parse().ok());
        let created = match created {
            Some(created) => created,
            None => K::find(id.ok_or(Refusal::NotFound)?, self.conn)?,
        };
        K::aftermath(None, Some(&created), &mut self.follows);
        self.record(&created, created.version(), "created", &image);
        Ok(created)
    }

    /// Changes a row, and records it.
    pub(crate) fn change<K, T, C>(&mut self, before: &K, changes: C) -> Result<K>
    where
        T: Table,
        K: KeptIn<T>,
        C: AsChangeset<Target = T>,
        C::Changeset: QueryFragment<Pg>,
    {
        self.alter("updated", before, changes)
    }

    /// Changes a row so that its object ends, and records it.
    pub(crate) fn end<K, T, C>(&mut self, before: &K, changes: C) -> Result<K>
    where
        T: Table,
        K: KeptIn<T>,
        C: AsChangeset<Target = T>,
        C::Changeset: QueryFragment<Pg>,
    {
        self.alter("ended", before, changes)
    }

    fn alter<K, T, C>(&mut self, verb: &str, before: &K, changes: C) -> Result<K>
    where
        T: Table,
        K: KeptIn<T>,
        C: AsChangeset<Target = T>,
        C::Changeset: QueryFragment<Pg>,
    {
        let stamps = Stamps { version: before.version().next(), at: self.at, by: self.by };
        let (image, after) = K::update(before, stamps, changes, self.conn)?;
        let after = match after {
            Some(after) => after,
            None => K::find(before.id(), self.conn)?,
        };
        K::aftermath(Some(before), Some(&after), &mut self.follows);
        self.record(&after, after.version(), verb, &image);
        Ok(after)
    }

    /// Takes a row out of its table, since the fact should never have been: its last image is kept with the reason.
    pub(crate) fn void<K: Kept>(&mut self, row: &K, reason: VoidReason) -> Result<Voided> {
        let mut image = K::delete(row.id(), self.conn)?;
        K::aftermath(Some(row), None, &mut self.follows);
        if let Some(image) = image.as_object_mut() {
            image.insert("void_reason".into(), reason.as_ref().into());
        }
        let version = row.version().next();
        self.record(row, version, "voided", &image);
        Ok(Voided { id: row.id(), version, voided_at: self.at, reason })
    }

    /// Does a work whole, with all that it records and all that follows, and takes it back.
    pub(crate) fn tried<T>(&mut self, work: impl Fn(&mut Writer<'_>) -> Result<T>) -> Result<T> {
        let (at, by, mut pardoned) = (self.at, self.by, Vec::new());
        loop {
            let done = taken_back(self.conn, |conn| {
                let mut trial = Writer::new(conn, at, by);
                let done = work(&mut trial)?;
                trial.settle(By { person: true, pardoned: &pardoned })?;
                let changes = Value::Array(trial.changes);
                diesel::select(record(by, at, uuid::Uuid::nil(), "trial", changes)).execute(trial.conn)?;
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
    pub(crate) fn known(&self, id: uuid::Uuid, created: DateTime<Utc>) -> Option<uuid::Uuid> {
        (created < self.at).then_some(id)
    }

    /// What was recorded last is what the call is about: the audit log tells of it.
    pub(crate) fn tells_of_the_last(&mut self) {
        if !self.changes.is_empty() {
            self.changes.rotate_right(1);
        }
    }

    fn record<T: Noun>(&mut self, row: &T, version: Version, verb: &str, image: &Value) {
        self.changes.push(serde_json::json!({
            "noun": T::NAME, "key": row.key(), "id": row.id(), "version": version.number(), "verb": verb, "image": image,
        }));
    }
}

/// Does a work in a transaction that is always taken back.
pub(crate) fn taken_back<T>(conn: &mut PgConnection, work: impl FnOnce(&mut PgConnection) -> Result<T>) -> Result<T> {
    let mut done = None;
    let undone = conn.transaction(|conn| {
        done = Some(work(conn)?);
        Err::<(), Error>(diesel::result::Error::RollbackTransaction.into())
    });
    done.map_or_else(|| undone.and(Err(Error::Fault("a trial ended in nothing".into()))), Ok)
}
