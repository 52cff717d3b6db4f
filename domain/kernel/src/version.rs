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

    /// The version in a strong entity tag of this service, or in a version alone, quoted. The rest of the tag depends on the
    /// reader, and is not checked.
    fn from_etag(etag: &str) -> Option<Self> {
        let opaque = etag.trim().strip_prefix('"')?.strip_suffix('"')?;
        let (version, tag) = opaque.split_once('-').unwrap_or((opaque, "000000000000"));
        let ours = tag.len() == 12 && tag.bytes().all(|digit| digit.is_ascii_hexdigit());
        let plain = version.bytes().all(|digit| digit.is_ascii_digit());
        (ours && plain).then(|| version.parse().ok().map(Self)).flatten()
    }
}

/// The versions of an object that a caller is willing to change (`If-Match`, RFC 9110, section 13.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Versions {
    /// Any version (`*`).
    Any,
    /// One of these; zero stands for an unused place.
    Among([i32; Self::MOST]),
}

impl Versions {
    /// Maximum number of versions that are read; callers name one or two.
    const MOST: usize = 8;

    /// Reads the field. Weak tags and tags that this service never made match no version.
    #[must_use]
    pub fn from_field(field: &str) -> Self {
        if field.trim() == "*" {
            return Self::Any;
        }
        let mut among = [0; Self::MOST];
        for (place, version) in among.iter_mut().zip(field.split(',').filter_map(Version::from_etag)) {
            *place = version.0;
        }
        Self::Among(among)
    }

    /// Whether a version is one of them.
    #[must_use]
    pub fn hold(&self, version: Version) -> bool {
        match self {
            Self::Any => true,
            Self::Among(among) => among.contains(&version.0),
        }
    }
}

impl From<Version> for Versions {
    fn from(version: Version) -> Self {
        let mut among = [0; Self::MOST];
        among[0] = version.0;
        Self::Among(among)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read_as_rfc_9110_says() {
        let third = Version(3);
        for good in ["*", " * ", "\"3-0c1d2e3f4a5b\"", "\"3\"", "\"1\", \"3-0c1d2e3f4a5b\"", "W/\"1\",\"3\""] {
            assert!(Versions::from_field(good).hold(third), "{good}");
        }
        for bad in [
            "",
            "3",
            "\"4\"",
            "W/\"3\"",
            "W/\"3-0c1d2e3f4a5b\"",
            "\"3-zz\"",
            "\"x\"",
            "\"-3\"",
            "\"+3\"",
            "\"\"",
            "\"**\"",
        ] {
            assert!(!Versions::from_field(bad).hold(third), "{bad}");
        }
    }
}
