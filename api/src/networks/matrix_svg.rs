//! The matrix as a heat map (SVG): legible at 1,440 pixels, its values as text, colour never the only sign.

use std::fmt::Write as _;

use ::networks::tracking::{Matrix, MatrixRow, Tally};

/// The room for names at the left and at the top, and the size of a cell.
const LEFT: usize = 330;
const TOP: usize = 150;
const WIDTH: usize = 1440;
const CELL_HEIGHT: usize = 24;
/// How many characters of a name fit beside the cells.
const NAME: usize = 44;
const COLUMN_NAME: usize = 22;

/// What a cell shows: a shade, the colour of its text (contrast of at least 4.5:1), and a sign beside the figures.
struct Look {
    class: &'static str,
    sign: &'static str,
}

/// Nothing expected, all filled, some gaps, no one there.
fn look(tally: Tally) -> Look {
    match tally {
        Tally { expected: 0, gaps: 0, .. } => Look { class: "n", sign: "" },
        Tally { gaps: 0, .. } => Look { class: "f", sign: " ✓" },
        Tally { filled: 0, .. } => Look { class: "v", sign: " ✕" },
        _ => Look { class: "p", sign: " !" },
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
         <desc id=\"d\">{} réseaux, {} lignes, {gaps} manques. Chaque case : pourvus / attendus ; ✓ complet, ! incomplet, \
         ✕ personne, rien d'attendu sans signe.</desc><style>{STYLE}</style><rect width=\"{WIDTH}\" height=\"{height}\" \
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
    for (place, row) in matrix.rows.iter().enumerate() {
        line(&mut svg, place, cell, &named(row), row.cells.iter().map(|cell| cell.tally));
    }
    line(&mut svg, matrix.rows.len(), cell, "Total", matrix.totals.iter().map(|cell| cell.tally));
    legend(&mut svg, height - 14);
    svg.push_str("</svg>");
    svg
}

const STYLE: &str = "text{font:13px Marianne,Arial,sans-serif;fill:#161616}.h{font-size:19px;font-weight:700}\
    .c{text-anchor:middle}.n{fill:#f6f6f6}.f{fill:#b8fec9}.p{fill:#fee7b4}.v{fill:#ffbdbe}";

fn named(row: &MatrixRow) -> String {
    row.dicom.as_ref().map_or_else(
        || "Sans direction de la communication".to_owned(),
        |dicom| {
            dicom
                .short_name
                .as_ref()
                .map_or_else(|| dicom.name.to_string(), |short| format!("{short} – {}", dicom.name))
        },
    )
}

/// One row of cells.
fn line(svg: &mut String, place: usize, cell: usize, name: &str, tallies: impl Iterator<Item = Tally>) {
    let y = TOP + place * CELL_HEIGHT;
    let _ = write!(svg, "<text x=\"10\" y=\"{}\">{}</text>", y + 17, escaped(&short(name, NAME)));
    for (column, tally) in tallies.enumerate() {
        let (x, Look { class, sign }) = (LEFT + column * cell, look(tally));
        let (width, tall) = (cell - 1, CELL_HEIGHT - 1);
        let _ = write!(svg, "<path class=\"{class}\" d=\"M{x} {y}h{width}v{tall}h-{width}z\"/>");
        if class != "n" {
            let figures = format!("{}/{}", tally.filled, tally.expected);
            let _ = write!(svg, "<text class=\"c\" x=\"{}\" y=\"{}\">{figures}{sign}</text>", x + cell / 2, y + 17);
        }
    }
}

fn legend(svg: &mut String, y: usize) {
    let told = [("f", "✓ complet"), ("p", "! incomplet ou en surnombre"), ("v", "✕ personne"), ("n", "rien d'attendu")];
    let mut x = LEFT;
    for (class, text) in told {
        let _ = write!(
            svg,
            "<path class=\"{class}\" d=\"M{x} {}h16v14h-16z\"/><text x=\"{}\" y=\"{y}\">{text}</text>",
            y - 12,
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
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
