//! Names beside identifiers: an expression that reads, in place of an identifier, the name of what it identifies.

use std::marker::PhantomData;

use diesel::deserialize::{self, FromSql, Queryable};
use diesel::expression::{AppearsOnTable, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::pg::{Pg, PgValue};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Array, Nullable, Record, SingleValue, SqlType, Text, Uuid, is_nullable};
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

type OrganizationRow = Record<(Uuid, Text, Text, Nullable<Text>)>;

impl Referred for OrganizationReference {
    type Row = OrganizationRow;
    const ALL: &'static str = "SELECT ROW(it.id, it.kind, it.name, it.short_name) FROM organization it WHERE it.id";
    const ORDER: &'static str = " ORDER BY it.name, it.id";
}

impl FromSql<OrganizationRow, Pg> for OrganizationReference {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        type Columns = (OrganizationId, OrganizationKind, OrganizationName, Option<ShortName>);
        let (id, kind, name, short_name) = <Columns as FromSql<OrganizationRow, Pg>>::from_sql(value)?;
        Ok(Self { id, kind, name, short_name })
    }
}

impl Queryable<OrganizationRow, Pg> for OrganizationReference {
    type Row = Self;

    fn build(row: Self) -> deserialize::Result<Self> {
        Ok(row)
    }
}

type MemberRow = Record<(Uuid, Text)>;

impl Referred for MemberReference {
    type Row = MemberRow;
    const ALL: &'static str = "SELECT ROW(it.id, it.display_name) FROM member it WHERE it.id";
    const ORDER: &'static str = " ORDER BY it.sort_name, it.id";
}

impl FromSql<MemberRow, Pg> for MemberReference {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        let (id, display_name) = <(MemberId, String) as FromSql<MemberRow, Pg>>::from_sql(value)?;
        Ok(Self { id, display_name })
    }
}

impl Queryable<MemberRow, Pg> for MemberReference {
    type Row = Self;

    fn build(row: Self) -> deserialize::Result<Self> {
        Ok(row)
    }
}

type NetworkRow = Record<(Text, Text)>;

impl Referred for NetworkReference {
    type Row = NetworkRow;
    const ALL: &'static str = "SELECT ROW(it.code, it.name) FROM network it WHERE it.id";
    const ORDER: &'static str = " ORDER BY it.name, it.id";
}

impl FromSql<NetworkRow, Pg> for NetworkReference {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        let (code, name) = <(String, String) as FromSql<NetworkRow, Pg>>::from_sql(value)?;
        Ok(Self { code, name })
    }
}

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
