//! Names beside identifiers: an expression that reads, in place of an identifier, the name of what it identifies.

use std::marker::PhantomData;

use diesel::deserialize::FromSql;
use diesel::expression::{AppearsOnTable, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Array, Nullable, SingleValue, SqlType, Text, Uuid, is_nullable};
use diesel::{Expression, QueryResult};

use crate::directory::{
    MemberReference, NetworkReference, OrganizationKind, OrganizationName, OrganizationReference, ShortName,
};
use crate::{MemberId, OrganizationId};

/// What can be named by its identifier.
pub trait Referred: FromSql<Self::Row, Pg> {
    /// The columns of its name, as one value.
    type Row: SqlType<IsNull = is_nullable::NotNull> + SingleValue;
    /// The query of all names; what its key equals follows.
    const ALL: &'static str;
    /// The order of several.
    const ORDER: &'static str;
}

/// Names a reference by the columns of its fields, in the order of its query: their types here and in SQL, the query of all
/// without its last value, and the order of several.
#[macro_export]
macro_rules! referred {
    ($Reference:ident { $($field:ident: $Type:ty as $Column:ty),+ }, $all:literal, $order:literal) => {
        impl $crate::named::Referred for $Reference {
            type Row = diesel::sql_types::Record<($($Column,)+)>;
            const ALL: &'static str = $all;
            const ORDER: &'static str = $order;
        }

        impl diesel::deserialize::FromSql<diesel::sql_types::Record<($($Column,)+)>, diesel::pg::Pg> for $Reference {
            fn from_sql(value: diesel::pg::PgValue<'_>) -> diesel::deserialize::Result<Self> {
                type Row = diesel::sql_types::Record<($($Column,)+)>;
                let ($($field,)+) = <($($Type,)+) as diesel::deserialize::FromSql<Row, diesel::pg::Pg>>::from_sql(value)?;
                Ok(Self { $($field),+ })
            }
        }

        impl diesel::deserialize::Queryable<diesel::sql_types::Record<($($Column,)+)>, diesel::pg::Pg> for $Reference {
            type Row = Self;

            fn build(row: Self) -> diesel::deserialize::Result<Self> {
                Ok(row)
            }
        }
    };
}

referred!(
    OrganizationReference {
        id: OrganizationId as Uuid,
        kind: OrganizationKind as Text,
        name: OrganizationName as Text,
        short_name: Option<ShortName> as Nullable<Text>
    },
    "SELECT ROW(it.id, it.kind, it.name, it.short_name) FROM organization it WHERE it.id",
    " ORDER BY it.name, it.id"
);
referred!(
    MemberReference { id: MemberId as Uuid, display_name: String as Text },
    "SELECT ROW(it.id, it.display_name) FROM member it WHERE it.id",
    " ORDER BY it.sort_name, it.id"
);
referred!(
    NetworkReference { code: String as Text, name: String as Text },
    "SELECT ROW(it.code, it.name) FROM network it WHERE it.id",
    " ORDER BY it.name, it.id"
);

macro_rules! expression {
    ($(#[$doc:meta])* $Named:ident as $Type:ty: $before:literal, $between:literal, $($after:expr),+) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub struct $Named<T, C>(C, PhantomData<T>);

        impl<T, C: Default> Default for $Named<T, C> {
            fn default() -> Self {
                Self(C::default(), PhantomData)
            }
        }

        impl<T: Referred, C> Expression for $Named<T, C> {
            type SqlType = $Type;
        }

        impl<QS, T: Referred, C: AppearsOnTable<QS>> AppearsOnTable<QS> for $Named<T, C> {}

        impl<QS, T: Referred, C: SelectableExpression<QS>> SelectableExpression<QS> for $Named<T, C> {}

        impl<T, C> ValidGrouping<()> for $Named<T, C> {
            type IsAggregate = is_aggregate::No;
        }

        impl<T: 'static, C: 'static> QueryId for $Named<T, C> {
            type QueryId = Self;
            const HAS_STATIC_QUERY_ID: bool = true;
        }

        impl<T: Referred, C: QueryFragment<Pg>> QueryFragment<Pg> for $Named<T, C> {
            fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
                out.push_sql($before);
                out.push_sql(T::ALL);
                out.push_sql($between);
                self.0.walk_ast(out.reborrow())?;
                $(out.push_sql($after);)+
                Ok(())
            }
        }
    };
}

expression!(
    /// The one that an identifier in a column names, which is always there.
    Named as T::Row: "(", " = ", ")"
);
expression!(
    /// The one that an identifier in a column names, if there is one.
    MaybeNamed as Nullable<T::Row>: "(", " = ", ")"
);
expression!(
    /// Those that the identifiers in a column name, by name.
    EachNamed as Array<T::Row>: "ARRAY(", " = ANY (", ")", T::ORDER, ")"
);
