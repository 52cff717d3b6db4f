//! The page of trends: every series as a small picture; on a narrow screen each row is a card, and on paper a page.

use std::sync::LazyLock;

use ::networks::indicator::{IndicatorMetric, IndicatorSeries, Indicators};
use askama::Template;
use chrono::NaiveDate;
use kernel::text::fold;

use super::picture::{capital, day, lang, say};
use super::sparkline::{DARK, within};

/// The style of the page and of the pictures in it.
pub(super) static STYLE: LazyLock<String> = LazyLock::new(|| format!("{}{DARK}", include_str!("trends.css")));

#[derive(Template)]
#[template(path = "page/trends.html")]
struct Page {
    english: bool,
    lang: &'static str,
    style: &'static str,
    group: &'static str,
    heading: String,
    from: String,
    to: String,
    metrics: Vec<String>,
    rows: Vec<Row>,
}

struct Row {
    label: String,
    /// A picture for each metric, none where there is no series.
    pictures: Vec<Option<String>>,
}

/// Writes the page: one row per series, one column per metric.
pub(super) fn write(
    indicators: &Indicators,
    from: NaiveDate,
    to: NaiveDate,
    english: bool,
) -> Result<String, askama::Error> {
    let mut metrics: Vec<IndicatorMetric> = indicators.series.iter().map(|it| it.metric).collect();
    metrics.sort_unstable();
    metrics.dedup();
    let mut keys: Vec<(&str, &str)> = indicators.series.iter().map(|it| (it.label.as_str(), it.key.as_str())).collect();
    keys.sort_by_cached_key(|(label, key)| (fold(label), *key));
    keys.dedup();
    let mut number = 0;
    let mut row = |(label, key): (&str, &str)| {
        let of = |metric: &IndicatorMetric| {
            indicators.series.iter().find(|it: &&IndicatorSeries| it.metric == *metric && it.key == key)
        };
        let pictures = metrics.iter().map(|metric| {
            number += 1;
            of(metric).map(|series| within(series, number, english))
        });
        Row { label: label.to_owned(), pictures: pictures.collect() }
    };
    let rows = keys.into_iter().map(&mut row).collect();
    let group = indicators.group_by.label();
    Page {
        english,
        lang: lang(english),
        style: &STYLE,
        group: say(english, group.fr, group.en),
        heading: capital(group, english),
        from: day(from, english),
        to: day(to, english),
        metrics: metrics.iter().map(|metric| capital(metric.label(), english)).collect(),
        rows,
    }
    .render()
}
