//! Small lists that live in one JSON column, because nothing ever looks for one of them alone.

use diesel::deserialize::{FromSql, FromSqlRow, Result};
use diesel::pg::{Pg, PgValue};
use diesel::sql_types::Jsonb;
use serde::de::DeserializeOwned;

/// A value that a question answers as `jsonb`.
#[derive(Debug, FromSqlRow)]
pub struct Answered<T>(pub T);

impl<T: DeserializeOwned> FromSql<Jsonb, Pg> for Answered<T> {
    fn from_sql(value: PgValue<'_>) -> Result<Self> {
        read(&value).map(Self)
    }
}

/// Reads what is stored as `jsonb`, without a value in between.
///
/// # Errors
/// It is of another form.
pub fn read<T: DeserializeOwned>(value: &PgValue<'_>) -> Result<T> {
    // PostgreSQL sends the version of its form before the text.
    match value.as_bytes() {
        [1, text @ ..] => Ok(serde_json::from_slice(text)?),
        _ => Err("jsonb of a form that is not known".into()),
    }
}

/// Stores a serializable type in a `jsonb` column.
#[macro_export]
macro_rules! stored_as_json {
    ($name:ident) => {
        impl diesel::serialize::ToSql<diesel::sql_types::Jsonb, diesel::pg::Pg> for $name {
            fn to_sql<'b>(
                &'b self,
                out: &mut diesel::serialize::Output<'b, '_, diesel::pg::Pg>,
            ) -> diesel::serialize::Result {
                let value = serde_json::to_value(self)?;
                diesel::serialize::ToSql::<diesel::sql_types::Jsonb, diesel::pg::Pg>::to_sql(
                    &value,
                    &mut out.reborrow(),
                )
            }
        }
        impl diesel::deserialize::FromSql<diesel::sql_types::Jsonb, diesel::pg::Pg> for $name {
            fn from_sql(value: diesel::pg::PgValue<'_>) -> diesel::deserialize::Result<Self> {
                $crate::json::read(&value)
            }
        }
    };
}
