//! What the other modules must know of a stored noun, declared once beside the noun's SQL.

use std::marker::PhantomData;

use chrono::{DateTime, Utc};
use diesel::expression::{ValidGrouping, is_aggregate};
use diesel::insertable::CanInsertInSingleQuery;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::Jsonb;
use kernel::{Action, Actor, Noun, PrincipalId, Ruling, Version};
use serde_json::Value;
use uuid::Uuid;

use crate::Result;
use crate::aftermath::Aftermath;
use crate::error::Meaning;
use crate::moving::Resting;

pub(crate) use crate::descriptor::{
    Admits, Called, Carry, Ends, Gist, Invites, KnownTo, Leaving, Naming, Owned, Person, Remind, Told, named, titled,
};

/// A noun stored in the table of its name. `kept!` implements what diesel needs; the rest has a default.
pub(crate) trait Kept: Noun {
    /// Its table.
    type Table: Table;
    /// What the constraints of its table mean to a caller who breaks them.
    const CONSTRAINTS: &'static [(&'static str, Meaning)] = &[];
    /// What refers to an organization or an affiliation, in its table and in those that go with it, and what a
    /// reorganization does with that.
    const RESTING: &'static [Resting] = &[];
    /// What of it ends when something else does.
    const ENDS: &'static [Ends] = &[];
    /// What a reorganization does with those held through an affiliation that goes on in another.
    const CARRIED: Option<Carry> = None;
    /// How a membership request is agreed to by the person who logs in by its invitation.
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
    /// Whom a due date of it concerns; absent where nobody is reminded of it.
    const REMIND: Option<Remind> = None;
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

    /// The object with what its rules look at beside its row: what it is to those who asks.
    ///
    /// # Errors
    /// The database failed.
    fn to(self, _who: PrincipalId, _conn: &mut PgConnection) -> Result<Self> {
        Ok(self)
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

    /// Changes a row, and gives the same; nothing where the changes change nothing (`app.keep_unchanged`).
    fn update<C>(
        before: &Self,
        stamps: Stamps,
        changes: C,
        conn: &mut PgConnection,
    ) -> Result<Option<(Value, Option<Self>)>>
    where
        C: AsChangeset<Target = T>,
        C::Changeset: QueryFragment<Pg>;
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

/// What objects of a noun say of themselves to a reader whom its rule lets read them.
pub(crate) fn told<T: Kept, Read: Action<Facts = T>>(
    conn: &mut PgConnection,
    actor: &Actor,
    ids: Vec<Uuid>,
    gist: impl Fn(&T) -> Gist,
) -> Result<Vec<(Uuid, Gist)>> {
    let all = T::find_all(ids, conn)?.into_iter();
    let read = all.filter(|it| Read::rule(actor, it) == Ruling::Allow);
    Ok(read.map(|it| named(&it, gist(&it))).collect())
}

/// Whether someone may take this action now.
pub(crate) fn could<A: Action>(actor: &Actor, facts: &A::Facts) -> bool {
    A::rule(actor, facts) == Ruling::Allow && A::moment_for(actor, facts).is_ok()
}

/// Says how a noun is kept: which of our types stands in which table, and what else there is to say. Of one that is `whole`,
/// the row is all: it is not read again after a write. One that is `unstamped` has a version, and no stamps.
macro_rules! kept {
    (@stamps $table:ident, $stamps:ident, unstamped) => {
        $table::version.eq($stamps.version)
    };
    (@written $Noun:ty, $row:ident, $conn:ident, whole) => {{
        let written = ($crate::kept::Image::<$Noun>::of(), <$Noun>::as_returning());
        let done: Option<(serde_json::Value, Self)> = $row.returning(written).get_result($conn).optional()?;
        Ok(done.map(|(image, it)| (image, Some(it))))
    }};
    (@written $Noun:ty, $row:ident, $conn:ident, $($how:ident)?) => {{
            let done: Option<serde_json::Value> =
                $row.returning($crate::kept::Image::<$Noun>::of()).get_result($conn).optional()?;
            Ok(done.map(|image| (image, None)))
    }};
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
                let done: $crate::Result<Option<_>> = $crate::kept::kept!(@written $Noun, row, conn, $($how)?);
                done?.ok_or_else(|| diesel::result::Error::NotFound.into())
            }

            fn update<C>(
                before: &Self,
                stamps: $crate::kept::Stamps,
                changes: C,
                conn: &mut diesel::PgConnection,
            ) -> $crate::Result<Option<(serde_json::Value, Option<Self>)>>
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
pub(crate) use {kept, known};
