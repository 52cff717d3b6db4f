//! Indicator (indicateur): how the networks stood on past days, by network, DICOM, origin or territory, from the facts.

use chrono::{DateTime, Datelike as _, Days, Months, NaiveDate, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_types;
use kernel::text::fold;
use kernel::{Day, Label, Refusal, clock, codes, text};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::{IntoParams, ToSchema};

codes! {
    /// What is measured.
    IndicatorMetric {
        Coverage = "coverage" ("sièges pourvus", "seats filled"),
        ReferentRate = "referent_rate" ("sièges de référent pourvus", "référent seats filled"),
        TimeToJoin = "time_to_join" ("délai d'adhésion en jours", "days to join"),
        OverdueActions = "overdue_actions" ("actions en retard", "overdue actions"),
        ReviewsDone = "reviews_done" ("adhésions revues dans l'année", "memberships reviewed within a year"),
    }
}

codes! {
    /// By what an indicator is told apart.
    IndicatorGroup {
        Network = "network" ("réseau", "network"),
        Dicom = "dicom" ("DICOM", "DICOM"),
        Origin = "origin" ("origine", "origin"),
        Territory = "territory" ("territoire", "territory"),
    }
}

codes! {
    /// How far the days of an indicator stand apart.
    IndicatorStep {
        Week = "week" ("semaine", "week"),
        Month = "month" ("mois", "month"),
        Quarter = "quarter" ("trimestre", "quarter"),
    }
}

impl IndicatorMetric {
    /// Whether it is a share of its denominator, shown in per cent; else a mean.
    #[must_use]
    pub const fn is_share(self) -> bool {
        !matches!(self, Self::TimeToJoin)
    }
}

/// How many days one may ask of at a time.
pub const MOST_DAYS: usize = 30;

const BACKWARDS: Label = Label { fr: "La fin précède le début.", en: "The end comes before the beginning." };
const TOO_MANY: Label = Label { fr: "Pas plus de 30 jours à la fois.", en: "No more than 30 days at a time." };

text!(
    /// What tells a series apart: the code of a network, the identifier of a DICOM, an origin, the code of a territory.
    IndicatorKey, 1..=60, Line
);

/// Which indicators.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct IndicatorQuery {
    /// By what they are told apart; by network, unless asked.
    #[param(default = "network")]
    pub group_by: Option<IndicatorGroup>,
    /// What is measured; all, unless asked.
    pub metric: Option<IndicatorMetric>,
    /// The series of this key alone: a network's code, an identifier, an origin, a territory's code.
    #[param(inline)]
    pub key: Option<IndicatorKey>,
    /// From which day; a year before the last, unless asked (three months by week, three years by quarter).
    pub from: Option<Day>,
    /// Until which day, not later than today; today, unless asked.
    pub to: Option<Day>,
    /// How far the days stand apart; a month, unless asked.
    #[param(default = "month")]
    pub step: Option<IndicatorStep>,
}

/// A day, and the one before it.
pub type Span = (NaiveDate, NaiveDate);

impl IndicatorQuery {
    /// The days that are asked of: the ends of the steps (Sundays, ends of months or quarters), and the last day.
    ///
    /// # Errors
    /// They are too many, run backwards, or have not come yet.
    pub fn days(&self) -> Result<Vec<Span>, Refusal> {
        let today = clock::today();
        let to = self.to.map_or(today, |day| day.0);
        let step = self.step.unwrap_or(IndicatorStep::Month);
        let from = self.from.map(|day| day.0).or_else(|| to.checked_sub_months(Months::new(step.span()))).unwrap_or(to);
        if to > today {
            return Err(Refusal::Invalid("/to", Label::NOT_YET));
        }
        if from > to {
            return Err(Refusal::Invalid("/from", BACKWARDS));
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

    /// How many months one asks of, unless one says.
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

/// One day of an indicator.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct IndicatorPoint {
    /// The day, at whose end (Europe/Paris) it stood so.
    pub on: NaiveDate,
    /// How many, or how much in all.
    pub numerator: f64,
    /// Of how many.
    pub denominator: f64,
    /// The first over the second: a share between 0 and 1, or a mean; absent where there was nothing to measure.
    pub value: Option<f64>,
}

/// An indicator over time.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct IndicatorSeries {
    /// What is measured.
    pub metric: IndicatorMetric,
    /// Of what: a network's code, a DICOM's identifier, an origin, a territory's code.
    pub key: String,
    /// What people call that.
    pub label: String,
    /// One per day that was asked of.
    #[schema(max_items = 30)]
    pub points: Vec<IndicatorPoint>,
}

/// Indicators over time, as far as the caller reads the matrix.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Indicators {
    /// By what they are told apart.
    pub group_by: IndicatorGroup,
    /// By what is measured, then by what it is of.
    pub series: Vec<IndicatorSeries>,
    /// Which of the days stand as they were published; the others follow from the facts, as they are known now.
    #[schema(max_items = 30)]
    pub publications: Vec<IndicatorPublication>,
}

/// How the seats and members of a day were published.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema, Queryable)]
pub struct IndicatorPublication {
    /// The day.
    pub on: NaiveDate,
    /// The first time is 1; a correction of the past is another.
    #[schema(minimum = 1)]
    pub revision: i32,
    /// When it was computed.
    pub computed_at: DateTime<Utc>,
    /// Why it was computed again.
    pub reason: Option<String>,
}

impl IndicatorSeries {
    /// One of nothing.
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
                let (metric, key, label) = (row.metric, row.key.clone(), row.label.clone());
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
