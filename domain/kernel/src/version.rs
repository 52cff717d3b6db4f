//! The version of an object, which a change must repeat.

use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Integer;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Version of an object: 1 when it is created, one more with each change. It is the first part of its `ETag`, for
/// example `"7-0c1d2e3f4a5b"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, AsExpression, FromSqlRow)]
#[diesel(sql_type = Integer)]
#[schema(minimum = 1)]
pub struct Version(i32);

impl Version {
    /// The version of what was just created.
    pub const FIRST: Self = Self(1);

    /// The version after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// The number.
    #[must_use]
    pub const fn number(self) -> i32 {
        self.0
    }

    /// The strong entity tag of this version, as one reader sees it.
    #[must_use]
    pub fn etag(self, tag: &str) -> String {
        format!("\"{}-{tag}\"", self.0)
    }

    /// The version in an entity tag of this service; its second part depends on the reader, and is not checked.
    #[must_use]
    pub fn from_etag(etag: &str) -> Option<Self> {
        let (version, tag) = etag.trim().strip_prefix('"')?.strip_suffix('"')?.split_once('-')?;
        let ours = tag.len() == 12 && tag.bytes().all(|digit| digit.is_ascii_hexdigit());
        ours.then(|| version.parse().ok().map(Self)).flatten()
    }
}

impl FromSql<Integer, Pg> for Version {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        i32::from_sql(value).map(Self)
    }
}

impl ToSql<Integer, Pg> for Version {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        ToSql::<Integer, Pg>::to_sql(&self.0, out)
    }
}
