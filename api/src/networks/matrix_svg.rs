//! The matrix as a heat map (SVG) for a width of 1,440 pixels. Its values are text in a table, and colour is never the only
//! sign. On a narrow screen the same elements stand in another place: each name above its cells, no text under 10 pixels.

use std::fmt::Write as _;

use ::networks::tracking::{Matrix, MatrixRow};
use kernel::PARIS;

use super::matrix_look::{Look, Read};
use super::matrix_style::Plan;
use super::picture::{Picture, day, escaped, fitted, lang, say};

/// The room for names at the left, at the top and (slanted ones) at the right, and the size of a cell.
const LEFT: usize = 330;
const TOP: usize = 150;
const RIGHT: usize = 60;
pub(super) const WIDTH: usize = 1440;
const CELL_HEIGHT: usize = 24;
/// How many characters of a name fit beside the cells, and above them.
const NAME: usize = 40;
const COLUMN_NAME: usize = 26;
/// Lines of the legend, and where its columns begin.
const LEGEND: [usize; 3] = [10, 400, 980];
/// Text in the light and in the dark.
pub(super) const TEXT: (&str, &str) = ("#161616", "#f6f6f6");

/// A row: its whole name, and its cells.
struct Line {
    name: String,
    cells: Vec<Read>,
}

/// Draws the matrix.
pub(super) fn draw(matrix: &Matrix, english: bool) -> Picture {
    let columns = matrix.columns.len().max(1);
    let lines = lines(matrix, english);
    let cell = (WIDTH - LEFT - RIGHT) / columns;
    let height = TOP + CELL_HEIGHT * lines.len() + 76;
    let names: Vec<_> = matrix.columns.iter().map(|column| headed(column.name.as_ref())).collect();
    let legend = legend(lines.iter().flat_map(|line| &line.cells).all(|cell| matches!(cell, Read::All(_))), english);
    let style = Plan {
        columns,
        cell,
        heading: names.iter().map(|name| name.chars().count().min(COLUMN_NAME)).max().unwrap_or_default(),
        rows: lines.iter().map(Line::longest).collect(),
        legend: legend.len(),
    }
    .style();
    let mut svg = String::with_capacity(96 * 1024);
    head(&mut svg, matrix, english, &style, height);
    let _ = write!(
        svg,
        "<defs><rect id=\"mk\" width=\"{}\" height=\"{}\"/><rect id=\"ms\" width=\"16\" height=\"16\"/></defs>",
        cell - 1,
        CELL_HEIGHT - 1
    );
    // Writing to a String never fails.
    let _ = write!(svg, "<g role=\"table\" aria-labelledby=\"mt\">");
    headings(&mut svg, &names, cell, english);
    for (place, line) in lines.iter().enumerate() {
        row(&mut svg, place, line, &names, cell, english);
    }
    svg.push_str("</g>");
    explain(&mut svg, height - 62, &legend);
    svg.push_str("</svg>");
    Picture { svg, style }
}

fn lines(matrix: &Matrix, english: bool) -> Vec<Line> {
    let rows = matrix.rows.iter().map(|row| Line { name: named(row), cells: row.cells.iter().map(Read::of).collect() });
    let total =
        Line { name: say(english, "Total", "Total").to_owned(), cells: matrix.totals.iter().map(Read::of).collect() };
    rows.chain([total]).collect()
}

impl Line {
    /// How many characters its longest figures have.
    fn longest(&self) -> usize {
        self.cells.iter().map(|cell| cell.figures().len()).max().unwrap_or_default()
    }
}

/// Title, description, style and the words at the top.
fn head(svg: &mut String, matrix: &Matrix, english: bool, style: &str, height: usize) {
    let title = say(english, "Réseaux × directions de la communication", "Networks × communication directorates");
    let on = day(matrix.at.with_timezone(&PARIS).date_naive(), english);
    let on = if english { format!("on {on}") } else { format!("au {on}") };
    let gaps: i64 = matrix.totals.iter().map(|cell| cell.tally.gaps).sum();
    let (networks, rows) = (matrix.columns.len(), matrix.rows.len());
    let told = if english {
        format!(
            "{networks} networks, {rows} rows, {gaps} gaps. Each cell: seats filled / seats expected, and a sign that the legend explains."
        )
    } else {
        format!(
            "{networks}\u{a0}réseaux, {rows}\u{a0}lignes, {gaps}\u{a0}manques. Chaque case\u{a0}: sièges pourvus / sièges attendus, et un signe que la légende explique."
        )
    };
    let _ = write!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" lang=\"{}\" class=\"mx\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" \
         height=\"{height}\" preserveAspectRatio=\"xMinYMin\" role=\"group\" aria-labelledby=\"mt\" aria-describedby=\"md\" fill=\"{}\" font-size=\"13\" \
         font-family=\"Marianne, Arial, sans-serif\"><title id=\"mt\">{title} {on}</title><desc id=\"md\">{told}</desc>\
         <style>{style}</style><rect class=\"b\" width=\"{WIDTH}\" height=\"{height}\" fill=\"#ffffff\"/>\
         <text class=\"h\" x=\"10\" y=\"26\" font-size=\"19\" font-weight=\"700\">{title}</text>\
         <text class=\"d\" x=\"10\" y=\"46\">{on}</text>",
        lang(english),
        TEXT.0,
    );
}

/// The name of a network as a heading.
fn headed(name: &str) -> String {
    name.trim_start_matches("Réseau ").trim_start_matches("des ").to_owned()
}

fn headings(svg: &mut String, names: &[String], cell: usize, english: bool) {
    let corner = say(english, "Direction de la communication", "Communication directorate");
    let y = TOP - 8;
    let _ = write!(
        svg,
        "<g role=\"row\"><text class=\"q\" role=\"columnheader\" x=\"10\" y=\"{y}\" font-weight=\"700\">{corner}</text>"
    );
    for (place, name) in names.iter().enumerate() {
        let x = LEFT + place * cell + cell / 2;
        let _ = write!(
            svg,
            "<text role=\"columnheader\" class=\"h{place}\" transform=\"translate({x} {y}) rotate(-40)\">{}</text>",
            fitted(name, COLUMN_NAME)
        );
    }
    svg.push_str("</g>");
}

fn named(row: &MatrixRow) -> String {
    row.dicom.as_ref().map_or_else(
        || "Sans DICOM".to_owned(),
        |dicom| {
            dicom
                .short_name
                .as_ref()
                .map_or_else(|| dicom.name.to_string(), |short| format!("{short} – {}", dicom.name))
        },
    )
}

fn row(svg: &mut String, place: usize, line: &Line, names: &[String], cell: usize, english: bool) {
    let y = TOP + place * CELL_HEIGHT;
    let _ = write!(
        svg,
        "<g role=\"row\" class=\"r{place}{}\" transform=\"translate(0 {y})\"><text role=\"rowheader\" x=\"10\" y=\"16\">{}</text>",
        if Plan::is_long(line.longest()) { " w" } else { "" },
        fitted(&line.name, NAME)
    );
    let short = line.name.split(" – ").next().unwrap_or_default();
    for (column, (read, network)) in line.cells.iter().zip(names).enumerate() {
        let look = read.look();
        let x = LEFT + column * cell;
        let _ = write!(
            svg,
            "<g role=\"cell\" class=\"c{column} {}\" transform=\"translate({x} 0)\"><title>{}, {}{} {}</title>\
             <use href=\"#mk\" fill=\"{}\"/>",
            look.class(),
            escaped(network),
            escaped(short),
            say(english, "\u{a0}:", ":"),
            read.told(english),
            look.shades().0,
        );
        if look != Look::Unexpected {
            written(svg, &read.figures(), look.sign(), cell, Plan::is_long(line.longest()));
        }
        svg.push_str("</g>");
    }
    svg.push_str("</g>");
}

/// Figures and sign. Long figures are two texts, which a narrow screen puts below each other.
fn written(svg: &mut String, figures: &str, sign: &str, cell: usize, long: bool) {
    let middle = cell / 2 - 7;
    let _ = match figures.split_once('/') {
        Some((filled, expected)) if long => write!(
            svg,
            "<text class=\"g\" x=\"{middle}\" y=\"16\" text-anchor=\"end\">{filled}</text><text class=\"e\" x=\"{middle}\" y=\"16\">/{expected}</text>"
        ),
        Some(_) => write!(svg, "<text class=\"g\" x=\"{middle}\" y=\"16\" text-anchor=\"middle\">{figures}</text>"),
        None => Ok(()),
    };
    let x = if figures.is_empty() { cell / 2 } else { cell - 12 };
    let _ = write!(svg, "<text class=\"s\" x=\"{x}\" y=\"16\" text-anchor=\"middle\">{sign}</text>");
}

/// The entries of the legend; where all is read, nothing is said of what is not.
fn legend(whole: bool, english: bool) -> Vec<(Look, String)> {
    let part = say(english, "( ) en partie dans votre périmètre", "( ) partly in your scope");
    let seen = |look: &&Look| !whole || **look != Look::Unread;
    let told = Look::ALL.iter().filter(seen).map(|look| (*look, format!("{} {}", look.sign(), look.meaning(english))));
    told.chain((!whole).then(|| (Look::Unread, part.to_owned()))).collect()
}

fn explain(svg: &mut String, top: usize, legend: &[(Look, String)]) {
    for (place, (look, text)) in legend.iter().enumerate() {
        let x = LEGEND.get(place % LEGEND.len()).copied().unwrap_or_default();
        let y = top + 22 * (place / LEGEND.len());
        let _ = write!(
            svg,
            "<g class=\"l{place} {}\" transform=\"translate({x} {y})\"><use href=\"#ms\" fill=\"{}\" stroke=\"#929292\"/>\
             <text x=\"24\" y=\"13\">{}</text></g>",
            look.class(),
            look.shades().0,
            text.trim(),
        );
    }
}

#[cfg(test)]
mod tests {
    use ::networks::tracking::{CellScope, MatrixCell, MatrixColumn, Tally};

    use super::*;

    fn matrix(rows: usize) -> Matrix {
        let code = |n: usize| format!("reseau-{n}").parse().unwrap();
        let figures = |n: usize| Tally {
            expected: 100 + i64::try_from(n).unwrap(),
            filled: 99,
            gaps: i64::try_from(n % 2).unwrap(),
            ..Tally::default()
        };
        let cells: Vec<_> =
            (0..13).map(|n| MatrixCell { network_code: code(n), scope: CellScope::All, tally: figures(n) }).collect();
        let columns = (0..13).map(|n| MatrixColumn {
            network_code: code(n),
            name: "Réseau des conseillers communication".parse().unwrap(),
        });
        let name = "Délégation à l'information et à la communication des ministères sociaux";
        let dicom = |n: usize| kernel::directory::OrganizationReference {
            id: kernel::OrganizationId::fresh(),
            kind: kernel::directory::OrganizationKind::CommunicationDirectorate,
            name: name.parse().unwrap(),
            short_name: Some(format!("DICOM <{n}>").parse().unwrap()),
        };
        let all =
            (0..rows).map(|n| MatrixRow { dicom: Some(dicom(n)), organizations: Vec::new(), cells: cells.clone() });
        Matrix { at: kernel::clock::now(), columns: columns.collect(), rows: all.collect(), totals: cells.clone() }
    }

    /// Each cell says itself in words, so that one may point at it, or hear it.
    #[test]
    fn sixty_rows_by_thirteen_columns_weigh_less_than_three_hundred_kilobytes() {
        let picture = draw(&matrix(60), false);
        assert!(picture.svg.len() <= 300_000, "{} bytes", picture.svg.len());
        assert!(picture.svg.contains("DICOM &lt;59&gt;") && !picture.svg.contains("DICOM <"));
        assert_eq!(picture.svg.matches("role=\"cell\"").count(), 61 * 13);
        assert!(picture.style.contains("A3 portrait"));
    }

    #[test]
    fn the_picture_is_a_table_that_carries_its_style() {
        let picture = draw(&matrix(2), true);
        assert!(picture.svg.contains(&format!("<style>{}</style>", picture.style)));
        for (role, times) in [("table", 1), ("row", 4), ("columnheader", 14), ("rowheader", 3), ("cell", 39)] {
            assert_eq!(picture.svg.matches(&format!("role=\"{role}\"")).count(), times, "{role}");
        }
        for part in ["lang=\"en\"", "99 of 101 seats filled, 1 gap<", "seats still to be filled", "fill=\"#fee7b4\""] {
            assert!(picture.svg.contains(part), "{part}");
        }
        for part in ["prefers-color-scheme:dark", "max-width:640px", "@page{size:A4 landscape"] {
            assert!(picture.style.contains(part), "{part}");
        }
    }

    /// All read: six entries less one, and each in its column.
    #[test]
    fn the_legend_fits() {
        for (whole, entries) in [(true, 5), (false, 7)] {
            for english in [false, true] {
                let legend = legend(whole, english);
                assert_eq!(legend.len(), entries);
                for (place, (_, text)) in legend.iter().enumerate() {
                    let column = place % LEGEND.len();
                    let end = LEGEND.get(column + 1).copied().unwrap_or(WIDTH);
                    assert!(LEGEND[column] + 24 + text.chars().count() * 7 < end, "{text}");
                }
            }
        }
    }
}
