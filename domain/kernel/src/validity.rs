//! Valid time: from when until when a fact holds, half-open, as `tstzrange` in PostgreSQL.

use std::ops::Bound;

use chrono::{DateTime, Utc};
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::{Range, Timestamptz};
use serde::{Serialize, Serializer, ser::SerializeStruct as _};

/// From a time (included) until another (excluded), or without end. Shown as `valid_from` and `valid_to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Range<Timestamptz>)]
pub struct Validity {
    /// When it begins to hold (included).
    pub from: DateTime<Utc>,
    /// When it ceases to hold (excluded); without end if absent.
    pub to: Option<DateTime<Utc>>,
}

impl Validity {
    /// From a time on.
    #[must_use]
    pub const fn since(from: DateTime<Utc>) -> Self {
        Self { from, to: None }
    }

    /// Whether it holds at a time.
    #[must_use]
    pub fn holds(&self, at: DateTime<Utc>) -> bool {
        self.from <= at && self.to.is_none_or(|to| at < to)
    }

    /// Whether it is over at a time.
    #[must_use]
    pub fn ended_by(&self, at: DateTime<Utc>) -> bool {
        self.to.is_some_and(|to| to <= at)
    }

    /// The same, ended at a time: never later than it would have been, since nobody extends a fact by ending it. What
    /// begins later is ended at its first instant, since an empty range holds nothing.
    #[must_use]
    pub fn until(self, end: DateTime<Utc>) -> Self {
        let end = self.to.map_or(end, |to| to.min(end));
        Self { to: Some(end.max(self.from + chrono::TimeDelta::microseconds(1))), ..self }
    }
}

// Written by hand so that an absent end is absent, under `serde(flatten)`.
impl Serialize for Validity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Validity", 1 + usize::from(self.to.is_some()))?;
        fields.serialize_field("valid_from", &self.from)?;
        if let Some(to) = &self.to {
            fields.serialize_field("valid_to", to)?;
        }
        fields.end()
    }
}

impl utoipa::PartialSchema for Validity {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
        let time = |what| {
            let format = SchemaFormat::KnownFormat(KnownFormat::DateTime);
            ObjectBuilder::new().schema_type(Type::String).format(Some(format)).description(Some(what))
        };
        let object = ObjectBuilder::new()
            .property("valid_from", time("When it begins to hold (UTC)."))
            .required("valid_from")
            .property("valid_to", time("When it ceases to hold (UTC, excluded). Absent: no end is set."));
        utoipa::openapi::RefOr::T(object.into())
    }
}

impl utoipa::ToSchema for Validity {}

impl FromSql<Range<Timestamptz>, Pg> for Validity {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        match FromSql::<Range<Timestamptz>, Pg>::from_sql(value)? {
            (Bound::Included(from), Bound::Excluded(to)) => Ok(Self { from, to: Some(to) }),
            (Bound::Included(from), Bound::Unbounded) => Ok(Self { from, to: None }),
            (_, _) => Err("a valid time begins at a time and ends before another".into()),
        }
    }
}

impl ToSql<Range<Timestamptz>, Pg> for Validity {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        let bounds = (Bound::Included(self.from), self.to.map_or(Bound::Unbounded, Bound::Excluded));
        ToSql::<Range<Timestamptz>, Pg>::to_sql(&bounds, &mut out.reborrow())
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone as _;

    use super::*;

    #[test]
    fn an_end_never_extends() {
        let day = |day| Utc.with_ymd_and_hms(2026, 1, day, 0, 0, 0).unwrap();
        let limited = Validity { from: day(1), to: Some(day(10)) };
        assert_eq!(limited.until(day(5)).to, Some(day(5)));
        assert_eq!(limited.until(day(20)).to, Some(day(10)));
        let future = Validity::since(day(10));
        assert!(future.until(day(5)).to.is_some_and(|to| to > day(10)), "an empty range would hold nothing");
        assert!(limited.holds(day(1)) && !limited.holds(day(10)), "half-open");
    }
}
