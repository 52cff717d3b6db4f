//! Indicator (indicateur): how the networks stood on past days, by network, DICOM, origin or territory.

use chrono::{DateTime, Datelike as _, Days, Months, NaiveDate, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_types;
use kernel::text::fold;
use kernel::{Day, Label, MemberOrigin, Refusal, clock, codes, text};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::{IntoParams, ToSchema};

use crate::tracking::CsvDialect;

codes! {
    /// What an indicator measures.
    IndicatorMetric {
        Coverage = "coverage" ("part des sièges pourvus", "share of seats filled"),
        ReferentRate = "referent_rate" ("part des sièges de référent ou référente pourvus", "share of référent seats filled"),
        TimeToJoin = "time_to_join" ("délai d’adhésion en jours", "days to join"),
        OverdueActions = "overdue_actions" ("part des actions en retard", "share of overdue actions"),
        ReviewsDone = "reviews_done" ("part des adhésions revues depuis moins d’un an", "share of memberships reviewed within a year"),
    }
}

codes! {
    /// What the series of an indicator stand for: one series per network, DICOM, origin or territory.
    IndicatorGroup {
        Network = "network" ("réseau", "network"),
        Dicom = "dicom" ("DICOM", "DICOM"),
        Origin = "origin" ("origine administrative", "origin"),
        Territory = "territory" ("territoire", "territory"),
    }
}

codes! {
    /// Interval between two days of an indicator.
    IndicatorStep {
        Week = "week" ("semaine", "week"),
        Month = "month" ("mois", "month"),
        Quarter = "quarter" ("trimestre", "quarter"),
    }
}

impl IndicatorMetric {
    /// Whether it is a share, shown in per cent; otherwise it is a mean in days.
    #[must_use]
    pub const fn is_share(self) -> bool {
        !matches!(self, Self::TimeToJoin)
    }
}

/// How many days may be asked for at once.
pub const MOST_DAYS: usize = 30;

const TOO_MANY: Label = Label {
    fr: "La période comporte plus de 30 dates de mesure. Raccourcissez-la ou choisissez un pas plus long.",
    en: "The period holds more than 30 days to measure. Shorten it, or choose a longer step.",
};

text!(
    /// Key of a series: the code of a network, the identifier of a DICOM, an origin, or the code of a territory.
    IndicatorKey, 1..=60, Line
);

/// Which indicators to compute.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct IndicatorQuery {
    /// What the series stand for. Default: `network`, one series per network.
    #[param(default = "network")]
    pub group_by: Option<IndicatorGroup>,
    /// Keeps only the series of this metric. Absent: all metrics.
    pub metric: Option<IndicatorMetric>,
    /// Keeps only the series of this key: the code of a network, the identifier of a DICOM, an origin, or the code of a
    /// territory.
    #[param(inline)]
    pub key: Option<IndicatorKey>,
    /// First day of the period. Default: 12 months before `to`; 3 months with `step=week`, 36 months with
    /// `step=quarter`.
    pub from: Option<Day>,
    /// Last day of the period, not later than today (Europe/Paris). Default: today.
    pub to: Option<Day>,
    /// Interval between two days. Default: `month`.
    #[param(default = "month")]
    pub step: Option<IndicatorStep>,
}

/// Which indicators, and in which dialect of CSV.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct IndicatorCsvQuery {
    /// What the series stand for. Default: `network`, one series per network.
    #[param(default = "network")]
    pub group_by: Option<IndicatorGroup>,
    /// Keeps only the series of this metric. Absent: all metrics.
    pub metric: Option<IndicatorMetric>,
    /// Keeps only the series of this key: the code of a network, the identifier of a DICOM, an origin, or the code of a
    /// territory.
    #[param(inline)]
    pub key: Option<IndicatorKey>,
    /// First day of the period. Default: 12 months before `to`; 3 months with `step=week`, 36 months with
    /// `step=quarter`.
    pub from: Option<Day>,
    /// Last day of the period, not later than today (Europe/Paris). Default: today.
    pub to: Option<Day>,
    /// Interval between two days. Default: `month`.
    #[param(default = "month")]
    pub step: Option<IndicatorStep>,
    /// Dialect of the file. Default: `excel-fr` where `Accept-Language` prefers French, else `rfc4180`.
    pub dialect: Option<CsvDialect>,
}

impl From<IndicatorCsvQuery> for IndicatorQuery {
    fn from(query: IndicatorCsvQuery) -> Self {
        let IndicatorCsvQuery { group_by, metric, key, from, to, step, dialect: _ } = query;
        Self { group_by, metric, key, from, to, step }
    }
}

/// The last day before a step, and the last day of the step.
pub type Span = (NaiveDate, NaiveDate);

impl IndicatorQuery {
    /// The days to measure: the ends of the steps (Sundays, ends of months or quarters), and the last day of the
    /// period.
    ///
    /// # Errors
    /// They are more than 30, the end comes before the beginning, or the end is in the future.
    pub fn days(&self) -> Result<Vec<Span>, Refusal> {
        let today = clock::today();
        let to = self.to.map_or(today, |day| day.0);
        let step = self.step.unwrap_or(IndicatorStep::Month);
        let from = self.from.map(|day| day.0).or_else(|| to.checked_sub_months(Months::new(step.span()))).unwrap_or(to);
        if to > today {
            return Err(Refusal::Invalid("/to", Label::NOT_YET));
        }
        if from > to {
            return Err(Refusal::Invalid("/from", Label::BACKWARDS));
        }
        let mut days = Vec::new();
        let mut before = step.before(from);
        let mut day = step.end(from);
        while day < to {
            days.push((before, day));
            if days.len() >= MOST_DAYS {
                return Err(Refusal::Invalid("/from", TOO_MANY));
            }
            before = day;
            day = step.end(day + TimeDelta::days(1));
        }
        days.push((before, to));
        Ok(days)
    }
}

impl IndicatorStep {
    /// The last day of the step that holds a day.
    #[must_use]
    pub fn end(self, day: NaiveDate) -> NaiveDate {
        let months = |months: u32| {
            let first = day.with_day(1).unwrap_or(day);
            let first = first.with_month((day.month0() / months) * months + 1).unwrap_or(first);
            first.checked_add_months(Months::new(months)).and_then(|next| next.pred_opt()).unwrap_or(day)
        };
        match self {
            Self::Week => {
                day.checked_add_days(Days::new(u64::from(6 - day.weekday().num_days_from_monday()))).unwrap_or(day)
            }
            Self::Month => months(1),
            Self::Quarter => months(3),
        }
    }

    /// How many months the period lasts by default.
    const fn span(self) -> u32 {
        match self {
            Self::Week => 3,
            Self::Month => 12,
            Self::Quarter => 36,
        }
    }

    /// The last day before the step that holds a day.
    fn before(self, day: NaiveDate) -> NaiveDate {
        let end = self.end(day);
        let start = match self {
            Self::Week => end.checked_sub_days(Days::new(7)),
            Self::Month => end.with_day(1).and_then(|first| first.pred_opt()),
            Self::Quarter => end
                .with_day(1)
                .and_then(|first| first.checked_sub_months(Months::new(2)))
                .and_then(|first| first.pred_opt()),
        };
        start.unwrap_or(day)
    }
}

/// One number of one series, as the database adds it up.
#[derive(Debug, Clone, QueryableByName)]
pub struct IndicatorRow {
    /// What is measured.
    #[diesel(sql_type = sql_types::Text)]
    pub metric: IndicatorMetric,
    /// Of what.
    #[diesel(sql_type = sql_types::Text)]
    pub key: String,
    /// What people call that.
    #[diesel(sql_type = sql_types::Text)]
    pub label: String,
    /// On which day.
    #[diesel(sql_type = sql_types::Date)]
    pub day: NaiveDate,
    /// How many, or how much in all.
    #[diesel(sql_type = sql_types::Double)]
    pub numerator: f64,
    /// Of how many.
    #[diesel(sql_type = sql_types::Double)]
    pub denominator: f64,
}

/// Value of an indicator at the end of one day.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct IndicatorPoint {
    /// Day that was measured, at its end (Europe/Paris).
    pub on: NaiveDate,
    /// Number counted (seats filled, memberships reviewed, overdue action items) or total of the days to join.
    pub numerator: f64,
    /// Number that the value relates to: seats expected, active memberships, open action items, or memberships that
    /// began.
    pub denominator: f64,
    /// Numerator divided by denominator: a share between 0 and 1, or for `time_to_join` a mean in days. Absent: there
    /// was nothing to measure.
    pub value: Option<f64>,
}

/// Series of an indicator over time, for one network, DICOM, origin or territory.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct IndicatorSeries {
    /// What is measured.
    pub metric: IndicatorMetric,
    /// What the series is for: the code of a network, the identifier of a DICOM, an origin, or the code of a territory.
    /// `unserved` and `none` stand for organizations without a DICOM or a territory.
    #[schema(max_length = 60)]
    pub key: String,
    /// Name to show for the key, in French. For an origin it is the code: `GET /enums` has its label.
    #[schema(max_length = 300)]
    pub label: String,
    /// One point per day of the period, in order.
    #[schema(max_items = 30)]
    pub points: Vec<IndicatorPoint>,
}

/// Indicators over time, for the networks and organizations that the caller reads in the matrix.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Indicators {
    /// What the series stand for.
    pub group_by: IndicatorGroup,
    /// Series by metric, then by label.
    pub series: Vec<IndicatorSeries>,
    /// Days whose seats and members stand as they were published. The other days are computed from today’s records.
    #[schema(max_items = 30)]
    pub publications: Vec<IndicatorPublication>,
}

/// Publication of the seats and members of one day: what was counted then stays, until a correction of the past is
/// published.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema, Queryable)]
pub struct IndicatorPublication {
    /// Day that was published.
    pub on: NaiveDate,
    /// Number of the publication: 1 for the first, one more with each correction of the past.
    #[schema(minimum = 1)]
    pub revision: i32,
    /// When this revision was computed (UTC).
    pub computed_at: DateTime<Utc>,
    /// Why the day was published again. Absent: it is the first publication.
    #[schema(max_length = 500)]
    pub reason: Option<String>,
}

impl IndicatorSeries {
    /// An empty series, drawn where the caller has none.
    #[must_use]
    pub fn nothing() -> Self {
        let (key, label, points) = (String::new(), String::new(), Vec::new());
        Self { metric: IndicatorMetric::Coverage, key, label, points }
    }
}

impl Indicators {
    /// Gathers rows into series, each with every day.
    #[must_use]
    pub fn gather(
        group_by: IndicatorGroup,
        days: &[Span],
        rows: Vec<IndicatorRow>,
        publications: Vec<IndicatorPublication>,
    ) -> Self {
        let mut series: Vec<IndicatorSeries> = Vec::new();
        for row in rows {
            let same = |it: &IndicatorSeries| it.metric == row.metric && it.key == row.key;
            if !series.last().is_some_and(same) {
                let points = days.iter().map(|(_, day)| IndicatorPoint::nothing(*day)).collect();
                let named = |it: &&MemberOrigin| group_by == IndicatorGroup::Origin && it.code() == row.key;
                let origin = MemberOrigin::ALL.iter().find(named).map(|origin| origin.label().fr.to_owned());
                let (metric, key) = (row.metric, row.key.clone());
                let label = origin.unwrap_or_else(|| row.label.clone());
                series.push(IndicatorSeries { metric, key, label, points });
            }
            let point = series.last_mut().and_then(|it| it.points.iter_mut().find(|point| point.on == row.day));
            if let Some(point) = point {
                *point = IndicatorPoint::of(row.day, row.numerator, row.denominator);
            }
        }
        series.sort_by_cached_key(|it| (it.metric, fold(&it.label), it.key.clone()));
        Self { group_by, series, publications }
    }
}

impl IndicatorPoint {
    const fn nothing(on: NaiveDate) -> Self {
        Self { on, numerator: 0.0, denominator: 0.0, value: None }
    }

    fn of(on: NaiveDate, numerator: f64, denominator: f64) -> Self {
        Self { on, numerator, denominator, value: (denominator > 0.0).then(|| numerator / denominator) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn steps_end_where_their_calendar_does() {
        assert_eq!(IndicatorStep::Month.end(day("2024-02-10")), day("2024-02-29"));
        assert_eq!(IndicatorStep::Quarter.end(day("2026-11-30")), day("2026-12-31"));
        assert_eq!(IndicatorStep::Week.end(day("2026-11-26")), day("2026-11-29"));
        assert_eq!(IndicatorStep::Quarter.before(day("2026-11-30")), day("2026-09-30"));
        assert_eq!(IndicatorStep::Month.before(day("2026-03-31")), day("2026-02-28"));
        assert_eq!(IndicatorStep::Week.before(day("2026-11-26")), day("2026-11-22"));
    }

    #[test]
    fn the_last_day_is_always_one_of_them() {
        let query =
            |from, to| IndicatorQuery { from: Some(Day(day(from))), to: Some(Day(day(to))), ..Default::default() };
        let days = query("2026-01-15", "2026-03-10").days().unwrap();
        let days: Vec<_> = days.into_iter().map(|(_, day)| day.to_string()).collect();
        assert_eq!(days, ["2026-01-31", "2026-02-28", "2026-03-10"]);
        assert!(query("2010-01-01", "2026-01-01").days().is_err(), "too many");
        assert!(query("2026-02-01", "2026-01-01").days().is_err(), "backwards");
        assert!(query("2026-02-01", "2999-01-01").days().is_err(), "not yet");
    }
}
