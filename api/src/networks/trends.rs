//! The page of trends: every series as a small picture; it prints well.

use std::fmt::Write as _;

use ::networks::indicator::{IndicatorMetric, IndicatorSeries, Indicators};
use chrono::NaiveDate;
use kernel::text::fold;

use super::matrix_svg::escaped;
use super::sparkline::draw;

const STYLE: &str = "\
@page { size: A4 landscape; margin: 12mm }
* { box-sizing: border-box }
body { margin: 0 auto; padding: 24px; max-width: 1440px; font-family: Marianne, Arial, sans-serif; color: #161616; background: #fff }
h1 { font-size: 24px; margin: 0 0 4px }
p { margin: 0 0 20px; color: #3a3a3a }
table { border-collapse: collapse; width: 100% }
thead { display: table-header-group }
th { text-align: left; font-size: 14px; padding: 6px 10px; border-bottom: 2px solid #000091; vertical-align: bottom }
tbody th { width: 230px; font-weight: 700; border-bottom: 1px solid #ddd; vertical-align: middle }
td { padding: 6px 10px; border-bottom: 1px solid #ddd }
td svg { display: block; width: 100%; max-width: 240px; height: auto }
tr { break-inside: avoid }
@media print { body { padding: 0; max-width: none } p { margin-bottom: 10px } td, th { padding: 3px 6px } }";

/// Writes the page: one row per series, one column per metric.
pub(super) fn write(indicators: &Indicators, from: NaiveDate, to: NaiveDate) -> String {
    let mut metrics: Vec<IndicatorMetric> = indicators.series.iter().map(|it| it.metric).collect();
    metrics.sort_unstable();
    metrics.dedup();
    let mut rows: Vec<(&str, &str)> = indicators.series.iter().map(|it| (it.label.as_str(), it.key.as_str())).collect();
    rows.sort_by_cached_key(|(label, key)| (fold(label), *key));
    rows.dedup();
    let group = indicators.group_by.label().fr;
    let mut page = format!(
        "<!doctype html><html lang=\"fr\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>Diapason – tendances par {group}</title><style>{STYLE}</style></head><body><h1>Tendances par {group}</h1><p>Du {} au {}. Une courbe interrompue indique une date sans rien à mesurer.</p><table><thead><tr><th scope=\"col\">{group}</th>",
        from.format("%d/%m/%Y"),
        to.format("%d/%m/%Y"),
    );
    // Writing to a String never fails.
    for metric in &metrics {
        let _ = write!(page, "<th scope=\"col\">{}</th>", metric.label().fr);
    }
    page.push_str("</tr></thead><tbody>");
    for (label, key) in rows {
        let _ = write!(page, "<tr><th scope=\"row\">{}</th>", escaped(label));
        for metric in &metrics {
            let same = |it: &&IndicatorSeries| it.metric == *metric && it.key == key;
            let picture = indicators.series.iter().find(same).map_or_else(|| "–".to_owned(), draw);
            let _ = write!(page, "<td>{picture}</td>");
        }
        page.push_str("</tr>");
    }
    page.push_str("</tbody></table></body></html>");
    page
}
