//! Small pictures of an indicator over time: a line, with its values as text too.

use std::fmt::Write as _;

use ::networks::indicator::{IndicatorMetric, IndicatorPoint, IndicatorSeries};

use super::matrix_svg::escaped;

const WIDTH: f64 = 240.0;
const HEIGHT: f64 = 56.0;
const MARGIN: f64 = 6.0;
/// Room for the last value, to the right of the line.
const VALUE: f64 = 58.0;

/// A value as people read it.
pub(super) fn said(metric: IndicatorMetric, value: f64) -> String {
    if metric.is_share() { format!("{:.0} %", value * 100.0) } else { format!("{value:.1} j").replace('.', ",") }
}

/// Draws a series. The scale of a share is fixed, so that pictures compare; that of a mean begins at zero.
pub(super) fn draw(series: &IndicatorSeries) -> String {
    let metric = series.metric;
    let most = series.points.iter().filter_map(|point| point.value).fold(0.0_f64, f64::max);
    let top = if metric.is_share() { most.max(1.0) } else { most.max(1.0) * 1.1 };
    let last = series.points.iter().rev().find_map(|point| point.value);
    let known = series
        .points
        .iter()
        .filter_map(|point| Some(format!("{} : {}", point.on.format("%d/%m/%Y"), said(metric, point.value?))));
    let said_all = known.collect::<Vec<_>>().join(" ; ");
    let title = format!("{} – {}", metric.label().fr, series.label);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" font-family=\"Marianne, Arial, sans-serif\"><title>{}</title><desc>{}</desc>",
        escaped(&title),
        escaped(if said_all.is_empty() { "rien à mesurer" } else { &said_all }),
    );
    let base = HEIGHT - MARGIN;
    // Writing to a String never fails.
    let _ = write!(svg, "<path d=\"M{MARGIN} {base}H{}\" stroke=\"#cecece\"/>", WIDTH - VALUE);
    for line in lines(&series.points, top) {
        let _ = write!(
            svg,
            "<path d=\"{line}\" fill=\"none\" stroke=\"#000091\" stroke-width=\"2\" stroke-linejoin=\"round\" stroke-linecap=\"round\"/>"
        );
    }
    if let Some(last) = last {
        let (x, y) = place(series.points.len().saturating_sub(1), series.points.len(), last, top);
        let _ = write!(svg, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\" fill=\"#000091\"/>");
    }
    let text = last.map_or_else(|| "–".to_owned(), |last| said(metric, last));
    let _ = write!(
        svg,
        "<text x=\"{}\" y=\"{}\" text-anchor=\"end\" font-size=\"15\" font-weight=\"700\" fill=\"#161616\">{text}</text></svg>",
        WIDTH - 2.0,
        HEIGHT / 2.0 + 5.0
    );
    svg
}

#[expect(clippy::cast_precision_loss, reason = "a handful of points")]
fn place(index: usize, number: usize, value: f64, top: f64) -> (f64, f64) {
    let across = if number > 1 { index as f64 / (number - 1) as f64 } else { 1.0 };
    let x = MARGIN + across * (WIDTH - VALUE - 2.0 * MARGIN);
    (x, HEIGHT - MARGIN - (value / top) * (HEIGHT - 2.0 * MARGIN))
}

/// One line for each run of measured days: a day that was not measured interrupts the line and is not drawn as zero.
fn lines(points: &[IndicatorPoint], top: f64) -> Vec<String> {
    let (mut lines, mut line) = (Vec::new(), String::new());
    for (index, point) in points.iter().enumerate() {
        match point.value {
            Some(value) => {
                let (x, y) = place(index, points.len(), value, top);
                let _ = write!(line, "{}{x:.1} {y:.1}", if line.is_empty() { 'M' } else { 'L' });
            }
            None => lines.push(std::mem::take(&mut line)),
        }
    }
    lines.push(line);
    // A day alone is a dot: a line of no length, with round ends.
    lines.retain(|line| !line.is_empty());
    lines.into_iter().map(|line| if line.contains('L') { line } else { format!("{line}h0") }).collect()
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;

    fn series(values: &[Option<f64>]) -> IndicatorSeries {
        let on = NaiveDate::default();
        let points = values.iter().map(|value| IndicatorPoint { on, numerator: 0.0, denominator: 1.0, value: *value });
        let (key, label) = ("edito".to_owned(), "R & D <éditorial>".to_owned());
        IndicatorSeries { metric: IndicatorMetric::Coverage, key, label, points: points.collect() }
    }

    #[test]
    fn what_was_not_measured_is_a_gap() {
        let picture = draw(&series(&[Some(0.5), None, Some(0.7), Some(1.0)]));
        assert_eq!(picture.matches("stroke=\"#000091\"").count(), 2, "{picture}");
        assert!(picture.contains("100 %") && picture.contains("R &amp; D &lt;éditorial&gt;"));
        assert!(draw(&series(&[None])).contains("rien à mesurer"));
    }
}
