//! What the house must know of a noun that it keeps, said once beside the noun's SQL.

use std::marker::PhantomData;

use ::networks::notification::Subject;
use chrono::{DateTime, Utc};
use diesel::expression::{ValidGrouping, is_aggregate};
use diesel::insertable::CanInsertInSingleQuery;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::Jsonb;
use kernel::directory::{Email, GivenName, UsualName};
use kernel::{
    Action, Actor, AffiliationId, InvitationId, MemberId, MembershipRequestId, NetworkId, NotificationLevel, Noun,
    OrganizationId, PrincipalId, Ruling, Version,
};
use members::affiliation::Affiliation;
use members::hand_over::{OwnedItem, OwnedKind};
use serde_json::Value;
use uuid::Uuid;

use crate::aftermath::Aftermath;
use crate::error::Meaning;
use crate::moving::{Ledger, Resting};
use crate::permission::{Verdict, check};
use crate::store::Writer;
use crate::{Result, Store};

/// A noun that is kept in the table of its name. `kept!` says what diesel must be told; the rest has a default.
pub(crate) trait Kept: Noun {
    /// Its table.
    type Table: Table;
    /// What the constraints of its table mean to whoever breaks them.
    const CONSTRAINTS: &'static [(&'static str, Meaning)] = &[];
    /// What refers to an organization or an affiliation, in its table and in those that go with it, and what a
    /// reorganization does with that.
    const RESTING: &'static [Resting] = &[];
    /// What of it ends when something else does.
    const ENDS: &'static [Ends] = &[];
    /// What a reorganization does with those held through an affiliation that goes on in another.
    const CARRIED: Option<Carry> = None;
    /// How a request to sit somewhere is agreed to by whoever logs in by its invitation.
    const ADMITS: Option<Admits> = None;
    /// How someone is invited to log in.
    const INVITES: Option<Invites> = None;
    /// Which of them an actor may know of, where they show through other nouns.
    const KNOWN: Option<KnownTo> = None;
    /// Where a person is named, in its table and in those that go with it.
    const PEOPLE: &'static [Person] = &[];
    /// How a person owns one.
    const OWNED: Option<Owned> = None;
    /// How a notification names it; absent where nobody is told of it.
    const TOLD: Option<Told> = None;
    /// The columns that no history keeps: what is only computed, and what is secret.
    const PRIVATE: &'static [&'static str] = &[];

    /// The object of an identifier.
    ///
    /// # Errors
    /// There is none.
    fn find(id: Uuid, conn: &mut PgConnection) -> Result<Self>;

    /// The objects of identifiers.
    ///
    /// # Errors
    /// The database failed.
    fn find_all(ids: Vec<Uuid>, conn: &mut PgConnection) -> Result<Vec<Self>>;

    /// The object of an address, if there is one.
    ///
    /// # Errors
    /// The database failed.
    fn of_key(key: &str, conn: &mut PgConnection) -> Result<Option<Self>> {
        let id = Uuid::parse_str(key).unwrap_or_default();
        Ok(Self::find_all(vec![id], conn)?.pop())
    }

    /// Keeps the row of an identifier for the change that follows.
    ///
    /// # Errors
    /// There is none.
    fn hold(id: Uuid, conn: &mut PgConnection) -> Result<()>;

    /// The object of an identifier, kept for the change that follows, after all that must be locked before.
    ///
    /// # Errors
    /// There is none.
    fn lock(id: Uuid, conn: &mut PgConnection) -> Result<Self> {
        Self::hold(id, conn)?;
        Self::find(id, conn)
    }

    /// Takes a row out of its table, and gives its last image.
    fn delete(id: Uuid, conn: &mut PgConnection) -> Result<Value>;

    /// What follows from a change of it, whatever the door through which it came. `before` is absent where it was created,
    /// `after` where it was voided.
    fn aftermath(_before: Option<&Self>, _after: Option<&Self>, _follows: &mut Aftermath) {}
}

/// The same noun with its table named, as diesel's bounds want it.
pub(crate) trait KeptIn<T: Table>: Kept<Table = T> {
    /// Inserts a row, and gives its image, and the object where the row is all of it.
    fn insert<V>(values: V, conn: &mut PgConnection) -> Result<(Value, Option<Self>)>
    where
        V: Insertable<T>,
        V::Values: QueryFragment<Pg> + QueryId + CanInsertInSingleQuery<Pg>;

    /// Changes a row, and gives the same.
    fn update<C>(before: &Self, stamps: Stamps, changes: C, conn: &mut PgConnection) -> Result<(Value, Option<Self>)>
    where
        C: AsChangeset<Target = T>,
        C::Changeset: QueryFragment<Pg>;
}

/// What is known of a noun without its type.
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

/// How a request is agreed to by whoever logs in by its invitation: locked first, then bound to the member and agreed.
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

/// What ends when something else does.
#[derive(Clone, Copy)]
pub(crate) enum Ends {
    /// What is held through an affiliation that ends.
    WithAffiliation(fn(&mut Writer<'_>, Leaving) -> Result<()>),
    /// What rests on an organization that closes.
    WithOrganization(fn(&mut Writer<'_>, OrganizationId) -> Result<()>),
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

/// How notifications name objects, as far as their reader may read them: identifier, title and address.
pub(crate) type Told = fn(&mut PgConnection, &Actor, Vec<Uuid>) -> Result<Vec<(Uuid, Subject)>>;

/// The same for a noun that is read where its rule says so.
pub(crate) fn told<T: Kept, Read: Action<Facts = T>>(
    conn: &mut PgConnection,
    actor: &Actor,
    ids: Vec<Uuid>,
    title: impl Fn(&T) -> Option<String>,
) -> Result<Vec<(Uuid, Subject)>> {
    let all = T::find_all(ids, conn)?.into_iter();
    let read = all.filter(|it| Read::rule(actor, it) == Ruling::Allow);
    Ok(read.map(|it| named(&it, title(&it))).collect())
}

/// An object as a notification names it.
pub(crate) fn named<T: Noun>(it: &T, title: Option<String>) -> (Uuid, Subject) {
    (it.id(), Subject { title, path: Some(format!("/{}/{}", T::COLLECTION, it.key())) })
}

impl Descriptor {
    pub(crate) const fn of<T: Kept>() -> Self {
        Self {
            name: T::NAME,
            constraints: T::CONSTRAINTS,
            private: T::PRIVATE,
            resting: T::RESTING,
            ends: T::ENDS,
            carried: T::CARRIED,
            admits: T::ADMITS,
            invites: T::INVITES,
            known: T::KNOWN,
            people: T::PEOPLE,
            owned: T::OWNED,
            told: T::TOLD,
            check: check::<T>,
        }
    }
}

/// When a row changed, and by whom.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stamps {
    pub(crate) version: Version,
    pub(crate) at: DateTime<Utc>,
    pub(crate) by: PrincipalId,
}

/// The image of a row: its columns but the private ones and those that hold nothing.
#[derive(Debug)]
pub(crate) struct Image<T>(PhantomData<T>);

impl<T> Image<T> {
    pub(crate) const fn of() -> Self {
        Self(PhantomData)
    }
}

impl<T: Kept> Expression for Image<T> {
    type SqlType = Jsonb;
}

impl<T: Kept> AppearsOnTable<T::Table> for Image<T> {}

impl<T: Kept> SelectableExpression<T::Table> for Image<T> {}

impl<T: Kept> ValidGrouping<()> for Image<T> {
    type IsAggregate = is_aggregate::No;
}

impl<T: Kept> QueryId for Image<T> {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<T: Kept> QueryFragment<Pg> for Image<T> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("jsonb_strip_nulls(to_jsonb(");
        out.push_identifier(T::NAME)?;
        out.push_sql(".*) - '{");
        // Names of ours, never a caller's.
        out.push_sql(&T::PRIVATE.join(","));
        out.push_sql("}'::text[])");
        Ok(())
    }
}

/// Says how a noun is kept: which of our types stands in which table, and what else there is to say. Of one that is `whole`,
/// the row is all: it is not read again after a write. One that is `unstamped` has a version, and no stamps.
macro_rules! kept {
    (@stamps $table:ident, $stamps:ident, unstamped) => {
        $table::version.eq($stamps.version)
    };
    (@written $Noun:ty, $row:ident, $conn:ident, whole) => {{
        let written = ($crate::kept::Image::<$Noun>::of(), <$Noun>::as_returning());
        let (image, it) = $row.returning(written).get_result($conn)?;
        Ok((image, Some(it)))
    }};
    (@written $Noun:ty, $row:ident, $conn:ident, $($how:ident)?) => {
        Ok(($row.returning($crate::kept::Image::<$Noun>::of()).get_result($conn)?, None))
    };
    (@stamps $table:ident, $stamps:ident, $(whole)?) => {
        (
            $table::version.eq($stamps.version),
            $table::updated_at.eq($stamps.at),
            $table::updated_by.eq($stamps.by),
        )
    };
    ($Noun:ty: $table:ident $($how:ident)? { $($own:tt)* }) => {
        impl $crate::kept::Kept for $Noun {
            type Table = kernel::schema::$table::table;

            fn find(id: uuid::Uuid, conn: &mut diesel::PgConnection) -> $crate::Result<Self> {
                use kernel::schema::$table;
                let found = <$Noun>::query().filter($table::id.eq(id)).first(conn).optional()?;
                Ok(found.ok_or(kernel::Refusal::NotFound)?)
            }

            fn find_all(ids: Vec<uuid::Uuid>, conn: &mut diesel::PgConnection) -> $crate::Result<Vec<Self>> {
                use kernel::schema::$table;
                Ok(<$Noun>::query().filter($table::id.eq_any(ids)).load(conn)?)
            }

            fn hold(id: uuid::Uuid, conn: &mut diesel::PgConnection) -> $crate::Result<()> {
                use kernel::schema::$table;
                let row = $table::table.filter($table::id.eq(id)).select($table::id).for_no_key_update();
                row.first::<uuid::Uuid>(conn).optional()?.ok_or(kernel::Refusal::NotFound)?;
                Ok(())
            }

            fn delete(id: uuid::Uuid, conn: &mut diesel::PgConnection) -> $crate::Result<serde_json::Value> {
                use kernel::schema::$table;
                let row = diesel::delete($table::table.filter($table::id.eq(id)));
                Ok(row.returning($crate::kept::Image::<Self>::of()).get_result(conn)?)
            }

            $($own)*
        }

        impl $crate::kept::KeptIn<kernel::schema::$table::table> for $Noun {
            fn insert<V>(
                values: V,
                conn: &mut diesel::PgConnection,
            ) -> $crate::Result<(serde_json::Value, Option<Self>)>
            where
                V: diesel::Insertable<kernel::schema::$table::table>,
                V::Values: diesel::query_builder::QueryFragment<diesel::pg::Pg>
                    + diesel::query_builder::QueryId
                    + diesel::insertable::CanInsertInSingleQuery<diesel::pg::Pg>,
            {
                use kernel::schema::$table;
                let row = diesel::insert_into($table::table).values(values);
                $crate::kept::kept!(@written $Noun, row, conn, $($how)?)
            }

            fn update<C>(
                before: &Self,
                stamps: $crate::kept::Stamps,
                changes: C,
                conn: &mut diesel::PgConnection,
            ) -> $crate::Result<(serde_json::Value, Option<Self>)>
            where
                C: diesel::AsChangeset<Target = kernel::schema::$table::table>,
                C::Changeset: diesel::query_builder::QueryFragment<diesel::pg::Pg>,
            {
                use kernel::schema::$table;
                let row = $table::table.filter($table::id.eq(kernel::Noun::id(before)));
                let row = diesel::update(row).set((changes, $crate::kept::kept!(@stamps $table, stamps, $($how)?)));
                $crate::kept::kept!(@written $Noun, row, conn, $($how)?)
            }
        }
    };
}
pub(crate) use kept;
