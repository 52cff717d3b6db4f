//! Days and instants as callers give them: four-digit years from 1900 to 2199, which every client and every database reads.

use std::ops::{Deref, RangeInclusive};

use chrono::{DateTime, Datelike as _, NaiveDate, Timelike as _, Utc};
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::{Date, Timestamptz};
use serde::{Deserialize, Serialize};

use crate::{Label, Refusal, clock};

/// The years that a day or an instant may lie in.
pub const YEARS: RangeInclusive<i32> = 1900..=2199;

macro_rules! bounded {
    ($(#[doc = $doc:literal])+ $name:ident($inner:ty) as $sql:ty, $format:ident, |$text:ident| $parse:expr) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[derive(AsExpression, FromSqlRow)]
        #[diesel(sql_type = $sql)]
        #[serde(try_from = "String")]
        pub struct $name(pub $inner);

        impl TryFrom<String> for $name {
            type Error = &'static str;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                let $text = text.trim();
                let parsed: Option<$inner> = $parse;
                parsed.filter(|it| YEARS.contains(&it.year())).map(Self).ok_or("year, form")
            }
        }

        impl Deref for $name {
            type Target = $inner;

            fn deref(&self) -> &$inner {
                &self.0
            }
        }

        impl FromSql<$sql, Pg> for $name {
            fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
                <$inner as FromSql<$sql, Pg>>::from_sql(value).map(Self)
            }
        }

        impl ToSql<$sql, Pg> for $name {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
                ToSql::<$sql, Pg>::to_sql(&self.0, out)
            }
        }

        // As of every other day of the contract: their bounds are said once, where it is finished.
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
                let object = ObjectBuilder::new().schema_type(Type::String).description(Some(concat!($($doc),+).trim()));
                object.format(Some(SchemaFormat::KnownFormat(KnownFormat::$format))).into()
            }
        }

        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
        }
    };
}

bounded!(
    /// A day that a caller gives, as `YYYY-MM-DD`.
    Day(NaiveDate) as Date, Date, |text| (text.len() == 10).then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()).flatten()
);
bounded!(
    /// An instant that a caller gives (RFC 3339).
    Instant(DateTime<Utc>) as Timestamptz, DateTime, |text| {
        let separated = text.as_bytes().get(10).is_some_and(|sign| sign.eq_ignore_ascii_case(&b'T'));
        let read = separated.then(|| DateTime::parse_from_rfc3339(text).ok()).flatten();
        // A leap second is no time that could be kept.
        read.filter(|it| it.nanosecond() < 1_000_000_000).map(|it| it.to_utc())
    }
);

impl Day {
    /// Checks that the day is today or in the past (Europe/Paris).
    ///
    /// # Errors
    /// It has not come yet.
    pub fn has_come(self, field: &'static str) -> Result<(), Refusal> {
        if self.0 <= clock::today() { Ok(()) } else { Err(Refusal::Invalid(field, Label::NOT_YET)) }
    }

    /// Checks that the day is today or to come (Europe/Paris).
    ///
    /// # Errors
    /// It is over.
    pub fn is_to_come(self, field: &'static str) -> Result<(), Refusal> {
        if self.0 >= clock::today() { Ok(()) } else { Err(Refusal::Invalid(field, Label::OVER)) }
    }
}

/// Checks that a period, as a filter gives it, does not end before it begins.
///
/// # Errors
/// It does; the field is that of its end.
pub fn in_order(from: Option<Day>, to: Option<Day>, field: &'static str) -> Result<(), Refusal> {
    let backwards = from.zip(to).is_some_and(|(from, to)| from > to);
    if backwards { Err(Refusal::Invalid(field, Label::BACKWARDS)) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_have_four_digits_between_1900_and_2199() {
        let day = |text: &str| Day::try_from(text.to_owned());
        for good in ["1900-01-01", "2026-12-15", "2199-12-31", "2028-02-29"] {
            assert_eq!(day(good).map(|it| it.to_string()), Ok(good.to_owned()));
        }
        for bad in [
            "1899-12-31",
            "2200-01-01",
            "-0001-01-01",
            "0026-01-01",
            "+12026-01-01",
            "2026-1-05",
            "2026-02-30",
            "20261215",
            "",
        ] {
            assert!(day(bad).is_err(), "{bad}");
        }
        let instant = |text: &str| Instant::try_from(text.to_owned());
        for good in ["2026-12-15T09:00:00Z", "2026-12-15T11:00:00+02:00", "2026-12-15T09:00:00.123456Z"] {
            assert!(instant(good).is_ok(), "{good}");
        }
        for bad in [
            "2026-12-15 09:00:00Z",
            "0026-12-15T09:00:00Z",
            "+12026-12-15T09:00:00Z",
            "2200-01-01T00:00:00Z",
            "2026-12-15",
            "2026-12-15T09:00:00",
            "2026-12-15T09:00:60Z",
        ] {
            assert!(instant(bad).is_err(), "{bad}");
        }
        assert!(instant("1900-01-01T00:30:00+01:00").is_err(), "in UTC, that was in 1899");
    }
}
