//! Small pictures of an indicator over time: a line between two labelled scales, with its values as text too.

use std::fmt::Write as _;

use ::networks::indicator::{IndicatorMetric, IndicatorPoint, IndicatorSeries};

use super::picture::{Picture, capital, day, escaped, fitted, lang, say, short_day};

/// What the dark changes; in the light, colours are attributes.
pub(super) const DARK: &str = "@media screen and (prefers-color-scheme:dark){.sp{background:#161616;fill:#f6f6f6}\
    .sp .bg{fill:#161616}.sp .ln{stroke:#9a9aff}.sp .pt{fill:#9a9aff}.sp .ax{stroke:#7c7c7c}}";

/// Room around the line: for the scale at the left, for the last value at the right, for the days below.
const LEFT: f64 = 42.0;
const RIGHT: f64 = 56.0;
const BELOW: f64 = 22.0;

/// The size of a picture, and the room above its line.
#[derive(Clone, Copy)]
struct Sheet {
    width: f64,
    height: f64,
    above: f64,
}

/// Within a table that says what it shows, and on its own, with its name in it.
const WITHIN: Sheet = Sheet { width: 240.0, height: 84.0, above: 10.0 };
const ALONE: Sheet = Sheet { width: 360.0, height: 150.0, above: 52.0 };

/// A value as people read it.
pub(super) fn said(metric: IndicatorMetric, value: f64, english: bool) -> String {
    match (metric.is_share(), english) {
        (true, false) => format!("{:.0}\u{a0}%", value * 100.0),
        (true, true) => format!("{:.0}%", value * 100.0),
        (false, false) => format!("{value:.1}\u{a0}j").replace('.', ","),
        (false, true) => format!("{value:.1}\u{a0}d"),
    }
}

/// A picture to be opened by its address: it names what it shows, and carries its style.
pub(super) fn alone(series: &IndicatorSeries, english: bool) -> Picture {
    let mut within = format!(
        "<style>{DARK}</style><rect class=\"bg\" width=\"{}\" height=\"{}\" fill=\"#ffffff\"/>",
        ALONE.width, ALONE.height
    );
    let metric = capital(series.metric.label(), english);
    // Writing to a String never fails.
    let _ = write!(
        within,
        "<text x=\"8\" y=\"18\" font-size=\"13\" font-weight=\"700\">{}</text><text x=\"8\" y=\"36\" font-size=\"13\">{}</text>",
        escaped(&metric),
        fitted(&series.label, 50)
    );
    Picture { svg: draw(series, ALONE, &within, 0, english), style: DARK.to_owned() }
}

/// A picture within a page, the one of that number; the page brings the style.
pub(super) fn within(series: &IndicatorSeries, number: usize, english: bool) -> String {
    draw(series, WITHIN, "", number, english)
}

/// Draws a series. The scale of a share is fixed, so that pictures compare; that of a mean begins at zero.
fn draw(series: &IndicatorSeries, sheet: Sheet, inside: &str, number: usize, english: bool) -> String {
    let metric = series.metric;
    let most = series.points.iter().filter_map(|point| point.value).fold(0.0_f64, f64::max);
    let top = if metric.is_share() { most.max(1.0) } else { most.max(1.0).ceil() };
    let Sheet { width, height, .. } = sheet;
    let nothing = say(english, "rien à mesurer", "nothing to measure");
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" lang=\"{}\" class=\"sp\" role=\"img\" aria-labelledby=\"t{number} d{number}\" viewBox=\"0 0 {width} {height}\" \
         width=\"{width}\" height=\"{height}\" fill=\"#161616\" font-family=\"Marianne, Arial, sans-serif\" font-size=\"11\">\
         <title id=\"t{number}\">{} – {}</title><desc id=\"d{number}\">{}</desc>{inside}",
        lang(english),
        escaped(&capital(metric.label(), english)),
        escaped(&series.label),
        escaped(&told(series, english).unwrap_or_else(|| nothing.to_owned())),
    );
    let last = series.points.iter().enumerate().rev().find_map(|(index, point)| Some((index, point.value?)));
    let Some((index, value)) = last else {
        let _ = write!(svg, "<text x=\"8\" y=\"{}\">{nothing}</text></svg>", height / 2.0 + 4.0);
        return svg;
    };
    scales(&mut svg, series, sheet, top, english);
    line(&mut svg, &series.points, sheet, top);
    let (x, y) = sheet.place(index, series.points.len(), value, top);
    let _ = write!(
        svg,
        "<circle class=\"pt\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.5\" fill=\"#000091\"/>\
         <text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\" font-size=\"14\" font-weight=\"700\">{}</text></svg>",
        width - 4.0,
        y + 5.0,
        said(metric, value, english)
    );
    svg
}

/// Every measured value in words, by day.
fn told(series: &IndicatorSeries, english: bool) -> Option<String> {
    let colon = say(english, "\u{a0}:", ":");
    let known = series.points.iter().filter_map(|point| {
        Some(format!("{}{colon} {}", day(point.on, english), said(series.metric, point.value?, english)))
    });
    let all: Vec<_> = known.collect();
    (!all.is_empty()).then(|| all.join(say(english, "\u{a0}; ", "; ")))
}

/// Zero and the top of the scale, the first day and the last.
fn scales(svg: &mut String, series: &IndicatorSeries, sheet: Sheet, top: f64, english: bool) {
    let (start, end) = (LEFT, sheet.width - RIGHT);
    for value in [0.0, top] {
        let (_, y) = sheet.place(0, 1, value, top);
        let mark = said(series.metric, value, english).replace(",0", "").replace(".0", "");
        let _ = write!(
            svg,
            "<path class=\"ax\" d=\"M{start} {y:.1}H{end}\" stroke=\"#929292\"/><text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{mark}</text>",
            start - 5.0,
            y + 4.0
        );
    }
    let y = sheet.height - 6.0;
    let days = [("start", start, series.points.first()), ("end", end, series.points.last())];
    for (anchor, x, point) in days.into_iter().skip(usize::from(series.points.len() < 2)) {
        let on = point.map(|point| short_day(point.on, english)).unwrap_or_default();
        let _ = write!(svg, "<text x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\">{on}</text>");
    }
}

impl Sheet {
    #[expect(clippy::cast_precision_loss, reason = "a handful of points")]
    fn place(self, index: usize, number: usize, value: f64, top: f64) -> (f64, f64) {
        let across = if number > 1 { index as f64 / (number - 1) as f64 } else { 1.0 };
        // Room for the dot of the last day.
        let x = LEFT + 4.0 + across * (self.width - RIGHT - LEFT - 8.0);
        let base = self.height - BELOW;
        (x, base - (value / top) * (base - self.above))
    }
}

/// One line for each run of measured days: a day that was not measured interrupts the line and is not drawn as zero. A
/// measured day between two others is a dot.
fn line(svg: &mut String, points: &[IndicatorPoint], sheet: Sheet, top: f64) {
    let placed: Vec<_> = points.iter().enumerate().collect();
    for run in placed.chunk_by(|(_, one), (_, next)| one.value.is_some() == next.value.is_some()) {
        let run = run.iter().filter_map(|(index, point)| Some(sheet.place(*index, points.len(), point.value?, top)));
        let run: Vec<_> = run.collect();
        match run.as_slice() {
            [] => {}
            [(x, y)] => {
                let _ = write!(svg, "<circle class=\"pt\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\" fill=\"#000091\"/>");
            }
            [(x, y), rest @ ..] => {
                let rest = rest.iter().fold(String::new(), |path, (x, y)| path + &format!("L{x:.1} {y:.1}"));
                let _ = write!(
                    svg,
                    "<path class=\"ln\" d=\"M{x:.1} {y:.1}{rest}\" fill=\"none\" stroke=\"#000091\" stroke-width=\"2\" stroke-linejoin=\"round\"/>"
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::{Days, NaiveDate};

    use super::*;

    fn series(metric: IndicatorMetric, values: &[Option<f64>]) -> IndicatorSeries {
        let first: NaiveDate = "2026-01-31".parse().unwrap();
        let points = values.iter().zip(0..).map(|(value, after)| {
            let on = first + Days::new(after);
            IndicatorPoint { on, numerator: 0.0, denominator: 1.0, value: *value }
        });
        let (key, label) = ("edito".to_owned(), "R & D <éditorial>".to_owned());
        IndicatorSeries { metric, key, label, points: points.collect() }
    }

    #[test]
    fn what_was_not_measured_is_a_gap_and_what_stands_alone_a_dot() {
        let picture = within(&series(IndicatorMetric::Coverage, &[Some(0.5), None, Some(0.7), Some(1.0)]), 7, false);
        assert_eq!(picture.matches("class=\"ln\"").count(), 1, "{picture}");
        // The first day, which stands alone, and the last.
        assert_eq!(picture.matches("class=\"pt\"").count(), 2, "{picture}");
        assert!(picture.contains("R &amp; D &lt;éditorial&gt;") && picture.contains("aria-labelledby=\"t7 d7\""));
        let alone = within(&series(IndicatorMetric::Coverage, &[None, Some(0.5), None]), 1, false);
        assert_eq!((alone.matches("class=\"ln\"").count(), alone.matches("class=\"pt\"").count()), (0, 2));
        let (x, _) = WITHIN.place(1, 3, 0.5, 1.0);
        assert_eq!(alone.matches(&format!("cx=\"{x:.1}\"")).count(), 2, "on its day, not on the last: {alone}");
    }

    #[test]
    fn the_scales_are_said() {
        let share = within(&series(IndicatorMetric::Coverage, &[Some(0.5), Some(0.75)]), 1, false);
        for part in [
            ">0\u{a0}%<",
            ">100\u{a0}%<",
            ">31/01/26<",
            ">01/02/26<",
            ">75\u{a0}%<",
            "31\u{a0}janvier\u{a0}2026\u{a0}: 50\u{a0}%\u{a0}; 1er\u{a0}février",
        ] {
            assert!(share.contains(part), "{part}: {share}");
        }
        let days = within(&series(IndicatorMetric::TimeToJoin, &[Some(3.25), Some(4.5)]), 1, true);
        for part in [">0\u{a0}d<", ">5\u{a0}d<", ">4.5\u{a0}d<", ">31\u{a0}Jan\u{a0}26<"] {
            assert!(days.contains(part), "{part}: {days}");
        }
    }

    #[test]
    fn a_picture_of_its_own_names_what_it_shows() {
        let picture = alone(&series(IndicatorMetric::Coverage, &[None]), false);
        assert!(picture.svg.contains(&format!("<style>{}</style>", picture.style)));
        assert!(
            picture.svg.contains(">Part des sièges pourvus</text>") && picture.svg.contains(">rien à mesurer</text>")
        );
        assert!(alone(&series(IndicatorMetric::Coverage, &[None]), true).svg.contains(">nothing to measure</text>"));
    }
}
