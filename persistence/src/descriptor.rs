//! Descriptions of nouns without their types, and the forms in which a noun declares them.

pub(crate) use ::networks::mail::Gist;
use ::networks::notification::Subject;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use kernel::directory::{Email, GivenName, UsualName};
use kernel::notification::Reminder;
use kernel::{
    Actor, AffiliationId, InvitationId, MemberId, MembershipRequestId, NetworkId, NotificationLevel, Noun,
    OrganizationId,
};
use members::affiliation::Affiliation;
use members::hand_over::{OwnedItem, OwnedKind};
use uuid::Uuid;

use crate::error::Meaning;
use crate::moving::{Ledger, Resting};
use crate::verdict::Verdict;
use crate::writer::Writer;
use crate::{Result, Store};

/// Description of a noun without its type.
pub(crate) struct Descriptor {
    pub(crate) name: &'static str,
    pub(crate) constraints: &'static [(&'static str, Meaning)],
    pub(crate) private: &'static [&'static str],
    pub(crate) resting: &'static [Resting],
    pub(crate) ends: &'static [Ends],
    pub(crate) carried: Option<Carry>,
    pub(crate) admits: Option<Admits>,
    pub(crate) invites: Option<Invites>,
    pub(crate) known: Option<KnownTo>,
    pub(crate) people: &'static [Person],
    pub(crate) owned: Option<Owned>,
    pub(crate) told: Option<Told>,
    pub(crate) remind: Option<Remind>,
    /// What the rules say of an action on one, if it is one of its actions.
    pub(crate) check: Check,
}

/// What the rules say of an action on the object of an address, if it is an action on such an object.
pub(crate) type Check = fn(&mut Store<'_>, &str, &str) -> Result<Option<Verdict>>;

/// An affiliation that ends, and when.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Leaving {
    pub(crate) affiliation: AffiliationId,
    pub(crate) member: MemberId,
    pub(crate) organization: OrganizationId,
    pub(crate) at: DateTime<Utc>,
}

/// Carries what is held through an affiliation over to the one that goes on.
pub(crate) type Carry = fn(&mut Writer<'_>, &mut Ledger, AffiliationId, &Affiliation) -> Result<()>;

/// The identifiers of those that an actor may know of.
pub(crate) type KnownTo = fn(&mut PgConnection, &Actor) -> Result<Vec<Uuid>>;

/// Binds a request to a member and an affiliation, and has the member agree.
pub(crate) type Admit = fn(&mut Writer<'_>, Uuid, (MemberId, AffiliationId), Option<NotificationLevel>) -> Result<()>;

/// How a membership request is agreed to by the person who logs in by its invitation: locked first, then bound to the
/// member and agreed.
#[derive(Clone, Copy)]
pub(crate) struct Admits {
    pub(crate) lock: fn(Uuid, &mut PgConnection) -> Result<()>,
    pub(crate) admit: Admit,
}

/// How someone is invited for a request, and how that is taken back.
#[derive(Clone, Copy)]
pub(crate) struct Invites {
    pub(crate) invite:
        fn(&mut Writer<'_>, (NetworkId, MembershipRequestId), OrganizationId, &Called) -> Result<InvitationId>,
    pub(crate) revoke: fn(&mut Writer<'_>, MembershipRequestId) -> Result<()>,
}

/// What someone is called, and where they are written to.
pub(crate) type Called = (GivenName, UsualName, Email);

/// What ends with something else that does.
#[derive(Clone, Copy)]
pub(crate) enum Ends {
    /// What is held through an affiliation that ends.
    Affiliation(fn(&mut Writer<'_>, Leaving) -> Result<()>),
    /// What rests on an organization that closes.
    Organization(fn(&mut Writer<'_>, OrganizationId) -> Result<()>),
    /// What stands in a network that closes.
    Network(fn(&mut Writer<'_>, NetworkId) -> Result<()>),
    /// What a directory asked for a member whom it says to be there no more.
    Word(fn(&mut Writer<'_>, MemberId) -> Result<()>),
}

/// Where a person is named.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Person {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// What is held there, as the person is told.
    pub label: &'static str,
    /// How the person is named.
    pub how: Naming,
}

/// How a column names a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Naming {
    /// As a member who owns the row, and hands it over before leaving.
    Owns,
    /// As a member who did, said or is something.
    Names,
    /// In another way than by a reference to a member.
    Tells,
}

impl Person {
    const fn new(table: &'static str, column: &'static str, label: &'static str, how: Naming) -> Self {
        Self { table, column, label, how }
    }

    pub(crate) const fn owns(table: &'static str, column: &'static str, label: &'static str) -> Self {
        Self::new(table, column, label, Naming::Owns)
    }

    pub(crate) const fn names(table: &'static str, column: &'static str, label: &'static str) -> Self {
        Self::new(table, column, label, Naming::Names)
    }

    pub(crate) const fn tells(table: &'static str, column: &'static str, label: &'static str) -> Self {
        Self::new(table, column, label, Naming::Tells)
    }
}

/// How a member owns things of one kind: how what they own is found, and how it goes to another.
#[derive(Clone, Copy)]
pub(crate) struct Owned {
    pub(crate) kind: OwnedKind,
    pub(crate) list: fn(&mut PgConnection, MemberId) -> Result<Vec<OwnedItem>>,
    pub(crate) give: fn(&mut Writer<'_>, &Actor, Uuid, MemberId) -> Result<()>,
}

/// What objects say of themselves in notifications and e-mails, as far as their reader may read them.
pub(crate) type Told = fn(&mut PgConnection, &Actor, Vec<Uuid>) -> Result<Vec<(Uuid, Gist)>>;

/// What an object says of itself; its address is added here.
pub(crate) fn named<T: Noun>(it: &T, gist: Gist) -> (Uuid, Gist) {
    let path = format!("/{}/{}", T::COLLECTION, it.key());
    let href = Some(format!("/api/v1{path}"));
    (it.id(), Gist { subject: Subject { path: Some(path), href, ..gist.subject }, ..gist })
}

/// What an object says of itself that has a title.
pub(crate) fn titled(title: &impl ToString) -> Gist {
    Gist { subject: Subject { title: Some(title.to_string()), ..Subject::default() }, ..Gist::default() }
}

/// Reminds those whom an object waits for, or whom its end concerns. What is done already is not reminded of.
pub(crate) type Remind = fn(&mut Writer<'_>, Reminder, Uuid) -> Result<()>;
