//! The store: code reaches the connection for a write only with a grant, and what it wrote is recorded here.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use kernel::{Action, Actor, Grant, Noun, PrincipalId, Seen, Versions, policy, sql};
use uuid::Uuid;

use crate::actor::{entering, is_somebody, looking, principal_of};
use crate::aftermath::{By, Shortfall};
use crate::audit::Asked;
use crate::call::Call;
use crate::memory::Memory;
use crate::writer::Writer;
use crate::{Error, Result, audit};

/// One caller at work in one transaction (to write) or on one read-only session (to read).
pub struct Store<'a> {
    conn: &'a mut PgConnection,
    call: &'a Call,
    actor: Arc<Actor>,
    memory: &'a Memory,
    /// The time of the transaction, once the caller entered it to write.
    at: DateTime<Utc>,
    /// Invariants that did not hold before this work either.
    pub(crate) pardoned: Vec<Shortfall>,
    /// What was last asked for, so that a refusal can be audited.
    pub(crate) asked: Option<Asked>,
    /// Objects shown by a read whose reading is audited.
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

impl<'a> Store<'a> {
    pub(crate) fn new(conn: &'a mut PgConnection, call: &'a Call, actor: Arc<Actor>, memory: &'a Memory) -> Self {
        call.principal.is(actor.id);
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
    /// is locked first, then the rights. Callers who are not registered, or may in no case, are told before anything is
    /// locked.
    ///
    /// # Errors
    /// The caller may not, or not now, or there is no such object.
    pub fn authorize<A: Known>(&mut self, action: A) -> Result<Grant<A>> {
        let (noun, object) = action.object();
        self.asked = Some(Asked { action: A::NAME, noun, object });
        match A::THRESHOLD {
            Some(threshold) => {
                let actor = looking(self.conn, &self.call.caller)?;
                self.call.principal.is(actor.id);
                threshold(&actor).pass()?;
            }
            None => is_somebody(self.conn, &self.call.caller, self.memory)?,
        }
        let facts = match action.facts(self.conn) {
            Err(error) if !error.is_answer() => return Err(error),
            facts => facts,
        };
        let (actor, at) = entering(self.conn, &self.call.caller)?;
        self.call.principal.is(actor.id);
        (self.actor, self.at) = (Arc::new(actor), at);
        Ok(Grant::ask(&self.actor, action, facts?)?)
    }

    /// The caller, if they are registered already.
    pub(crate) fn registered(&mut self) -> Result<Option<Actor>> {
        match looking(self.conn, &self.call.caller) {
            Err(Error::Stranger) => Ok(None),
            actor => actor.map(Some),
        }
    }

    /// The same for callers who may not be registered yet: what they show (a code, a token) gives them the right, and
    /// what they do is done in the name of `fresh`.
    pub(crate) fn authorize_stranger<A: Known>(&mut self, action: A, fresh: PrincipalId) -> Result<Grant<A>> {
        let facts = action.facts(self.conn)?;
        let (actor, at) = match entering(self.conn, &self.call.caller) {
            Err(Error::Stranger) => {
                let at = diesel::select(kernel::sql::clock()).get_result(self.conn)?;
                (Actor { id: fresh, ..Actor::nobody() }, at)
            }
            entered => entered?,
        };
        self.call.principal.is(actor.id);
        (self.actor, self.at) = (Arc::new(actor), at);
        Ok(Grant::ask(&self.actor, action, facts)?)
    }

    /// Asks whether the caller may read something, without a lock.
    ///
    /// # Errors
    /// The caller may not, or there is no such object.
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
        writer.settle(By { person, pardoned: &self.pardoned, actor: Some(&self.actor) })?;
        writer.leave(self.call.request, A::NAME)?;
        Ok(done)
    }

    /// The same for an object that exists, of which the caller must have seen the last version.
    pub(crate) fn write_on<A, T>(
        &mut self,
        grant: Grant<A>,
        seen: Versions,
        work: impl FnOnce(&mut Writer<'_>, &Actor, A, A::Facts) -> Result<T>,
    ) -> Result<T>
    where
        A: Action<Facts: Noun>,
    {
        policy::unchanged(grant.facts().version(), seen)?;
        self.write(grant, work)
    }

    /// Does all of a work, then rolls it back: only its result is left.
    pub(crate) fn trial<T>(&mut self, work: impl Fn(&mut Writer<'_>) -> Result<T>) -> Result<T> {
        let at = diesel::select(sql::clock()).get_result(self.conn)?;
        let by = self.actor.id;
        Writer::new(self.conn, at, by).tried(work)
    }

    /// Spends a grant on something that concerns the caller alone, such as marking a notification as read. It changes no
    /// fact of the service, so that its audit line is all that it leaves.
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

    /// Principal of the caller's token, before their rights are known. The nil identifier if they are not registered.
    ///
    /// # Errors
    /// The database failed.
    pub fn caller(&mut self) -> Result<PrincipalId> {
        Ok(principal_of(self.conn, &self.call.caller)?.unwrap_or(PrincipalId(Uuid::nil())))
    }

    /// Whether the caller is a person whose session a service holds.
    pub(crate) fn is_held_by_a_service(&self) -> bool {
        self.call.caller.session.as_ref().is_some_and(|session| session.member.is_some())
    }

    /// The identifier of the request.
    pub(crate) fn request(&self) -> uuid::Uuid {
        self.call.request
    }

    /// The connection, for a read that starts from what this actor may see.
    pub(crate) fn reading(&mut self) -> (&mut PgConnection, &Actor) {
        (self.conn, &self.actor)
    }

    /// A service account describes what it just created, as it will be read from the next request on.
    pub(crate) fn knows(&mut self, new: kernel::OrganizationId) {
        Arc::make_mut(&mut self.actor).describes_too(new);
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
