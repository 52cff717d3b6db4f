//! The matrix as a heat map (SVG), legible at a width of 1,440 pixels. Its values are text, and colour is never the
//! only sign.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use ::networks::tracking::{CellScope, Matrix, MatrixCell, MatrixRow, Tally};

/// The room for names at the left and at the top, and the size of a cell.
const LEFT: usize = 330;
const TOP: usize = 150;
const WIDTH: usize = 1440;
const CELL_HEIGHT: usize = 24;
/// How many characters of a name fit beside the cells.
const NAME: usize = 38;
const COLUMN_NAME: usize = 26;

/// What a cell shows: a shade, and a sign beside the figures.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Look {
    class: char,
    sign: &'static str,
}

/// What the caller reads of a cell: nothing, the figures of some of its organizations, or those of all.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Read {
    Nothing,
    Part(Tally),
    All(Tally),
}

impl Read {
    /// A part in which nothing is expected tells nothing of the rest.
    fn of(cell: &MatrixCell) -> Self {
        match cell.scope {
            CellScope::All => Self::All(cell.tally),
            CellScope::Part if cell.tally.expected + cell.tally.gaps > 0 => Self::Part(cell.tally),
            CellScope::Part | CellScope::Nothing => Self::Nothing,
        }
    }

    const fn tally(self) -> Option<Tally> {
        match self {
            Self::Nothing => None,
            Self::Part(tally) | Self::All(tally) => Some(tally),
        }
    }

    fn figures(self) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Part(it) => format!("({}/{})", it.filled, it.expected),
            Self::All(it) => format!("{}/{}", it.filled, it.expected),
        }
    }
}

/// The looks, in this order: not read, nothing expected, all filled, nobody there, some gaps.
const fn look(read: Read) -> Look {
    match read.tally() {
        None => Look { class: 'u', sign: "–" },
        Some(Tally { expected: 0, gaps: 0, .. }) => Look { class: 'n', sign: "" },
        Some(Tally { gaps: 0, .. }) => Look { class: 'f', sign: "✓" },
        Some(Tally { filled: 0, .. }) => Look { class: 'v', sign: "✕" },
        Some(_) => Look { class: 'p', sign: "!" },
    }
}

/// Draws the matrix.
pub(super) fn draw(matrix: &Matrix) -> String {
    let columns = matrix.columns.len().max(1);
    let cell = (WIDTH - LEFT - 10) / columns;
    let height = TOP + CELL_HEIGHT * (matrix.rows.len() + 1) + 46;
    let gaps: i64 = matrix.totals.iter().map(|cell| cell.tally.gaps).sum();
    let day = matrix.at.format("%d/%m/%Y");
    let mut svg = String::with_capacity(32 * 1024);
    // Writing to a String never fails.
    let _ = write!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" \
         role=\"img\" aria-labelledby=\"t d\"><title id=\"t\">Réseaux × directions de la communication au {day}</title>\
         <desc id=\"d\">{} réseaux, {} lignes, {gaps} manques. Chaque case : sièges pourvus / sièges attendus ; ✓ complet, ! incomplet, en surnombre ou mal pourvu, \
         ✕ aucun siège pourvu, – hors de votre périmètre, ( ) en partie dans votre périmètre, aucun signe : aucun siège attendu.</desc><style>{STYLE}</style><rect width=\"{WIDTH}\" height=\"{height}\" \
         fill=\"#fff\"/><text x=\"10\" y=\"26\" class=\"h\">Réseaux × directions de la communication</text>\
         <text x=\"10\" y=\"46\">au {day}</text>",
        matrix.columns.len(),
        matrix.rows.len(),
    );
    for (place, column) in matrix.columns.iter().enumerate() {
        let x = LEFT + place * cell + cell / 2;
        let name =
            escaped(&short(column.name.as_ref().trim_start_matches("Réseau ").trim_start_matches("des "), COLUMN_NAME));
        let _ = write!(svg, "<text transform=\"translate({x} {}) rotate(-40)\">{name}</text>", TOP - 8);
    }
    let tallies = |cells: &[MatrixCell]| cells.iter().map(Read::of).collect::<Vec<_>>();
    let mut lines: Vec<_> = matrix.rows.iter().map(|row| (named(row), tallies(&row.cells))).collect();
    lines.push(("Total".to_owned(), tallies(&matrix.totals)));
    rows(&mut svg, cell, &lines);
    grid(&mut svg, columns, cell, matrix.rows.len() + 1);
    let whole = lines.iter().flat_map(|(_, cells)| cells).all(|cell| matches!(cell, Read::All(_)));
    legend(&mut svg, height - 14, whole);
    svg.push_str("</svg>");
    svg
}

/// The shades; the text on them has a contrast of at least 4.5:1. Cells are strokes as thick as a row.
const STYLE: &str = "text{font:13px Marianne,Arial,sans-serif;fill:#161616}.h{font-size:19px;font-weight:700}\
    tspan{text-anchor:middle}path{stroke-width:23}.u{stroke:#fff}.n{stroke:#f6f6f6}.f{stroke:#b8fec9}.p{stroke:#fee7b4}.v{stroke:#ffbdbe}\
    .w{stroke:#fff;stroke-width:1}";

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

/// The rows of the picture: the shades of all first, one path for each, then a text for each row.
fn rows(svg: &mut String, cell: usize, rows: &[(String, Vec<Read>)]) {
    // For each shade its strokes, and where the last one ended: within a row, the next one is said from there.
    let mut shades: BTreeMap<char, (String, (usize, usize))> = BTreeMap::new();
    for (place, (_, tallies)) in rows.iter().enumerate() {
        let (y, mut x) = (TOP + place * CELL_HEIGHT + 12, LEFT);
        for run in tallies.chunk_by(|one: &Read, next: &Read| look(*one).class == look(*next).class) {
            let class = run.first().map_or('n', |tally| look(*tally).class);
            let width = run.len() * cell;
            let (strokes, (end, row)) = shades.entry(class).or_default();
            let _ = if *row == y {
                write!(strokes, "m{} 0h{width}", x - *end)
            } else {
                write!(strokes, "M{x} {y}h{width}")
            };
            x += width;
            (*end, *row) = (x, y);
        }
    }
    for (class, (strokes, _)) in shades {
        let _ = write!(svg, "<path class=\"{class}\" d=\"{strokes}\"/>");
    }
    for (place, (name, tallies)) in rows.iter().enumerate() {
        let y = TOP + place * CELL_HEIGHT + 17;
        let _ = write!(svg, "<text x=\"10\" y=\"{y}\">{}", escaped(&short(name, NAME)));
        for (column, tally) in tallies.iter().enumerate() {
            let Look { class, sign } = look(*tally);
            let middle = LEFT + column * cell + cell / 2;
            if class != 'n' {
                let _ = write!(svg, "<tspan x=\"{middle}\">{}{sign}</tspan>", tally.figures());
            }
        }
        svg.push_str("</text>");
    }
}

/// White lines between the columns.
fn grid(svg: &mut String, columns: usize, cell: usize, rows: usize) {
    let lines: String = (1..columns).fold(String::new(), |lines, column| {
        lines + &format!("M{} {TOP}v{}", LEFT + column * cell, rows * CELL_HEIGHT)
    });
    let _ = write!(svg, "<path class=\"w\" d=\"{lines}\"/>");
}

fn legend(svg: &mut String, y: usize, whole: bool) {
    let told = [
        ('f', "✓ complet"),
        ('p', "! incomplet, en surnombre ou mal pourvu"),
        ('v', "✕ aucun siège pourvu"),
        ('n', "aucun siège attendu"),
    ];
    let beyond = [('u', "– hors de votre périmètre"), ('u', "( ) en partie dans votre périmètre")];
    let mut x = LEFT;
    for (class, text) in told.iter().chain(beyond.iter().filter(|_| !whole)) {
        let _ = write!(
            svg,
            "<path class=\"{class}\" d=\"M{x} {}h16\"/><text x=\"{}\" y=\"{y}\">{text}</text>",
            y - 5,
            x + 22
        );
        x += 60 + text.chars().count() * 8;
    }
}

/// A name cut where the room ends.
fn short(name: &str, room: usize) -> String {
    if name.chars().count() <= room {
        return name.to_owned();
    }
    name.chars().take(room - 1).chain(['…']).collect()
}

/// A text that is no markup.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luminance(colour: &str) -> f64 {
        let channel = |at: usize| {
            let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(0) + 0.7152 * channel(2) + 0.0722 * channel(4)
    }

    #[test]
    fn text_stands_out_on_every_shade() {
        let text = luminance("161616");
        for shade in ["f6f6f6", "b8fec9", "fee7b4", "ffbdbe", "ffffff"] {
            assert!(STYLE.contains(shade) || shade == "ffffff");
            let contrast = (luminance(shade) + 0.05) / (text + 0.05);
            assert!(contrast >= 4.5, "{shade}: {contrast}");
        }
    }

    #[test]
    fn sixty_rows_by_thirteen_columns_weigh_less_than_forty_kilobytes() {
        use ::networks::tracking::MatrixColumn;
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
        let rows =
            (0..60).map(|n| MatrixRow { dicom: Some(dicom(n)), organizations: Vec::new(), cells: cells.clone() });
        let matrix = Matrix {
            at: kernel::clock::now(),
            columns: columns.collect(),
            rows: rows.collect(),
            totals: cells.clone(),
        };
        let svg = draw(&matrix);
        assert!(svg.len() <= 40_000, "{} bytes", svg.len());
        assert!(svg.contains("DICOM &lt;59&gt;") && !svg.contains("DICOM <"));
    }
}
