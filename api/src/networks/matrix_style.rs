//! The style of the matrix: what the dark, a narrow screen and paper change of it.
//!
//! Thirteen columns cannot shrink to the width of a telephone and stay legible, and a picture that is moved about loses the
//! names of its rows and columns. So where the picture is opened on a narrow upright screen, the same elements are put in
//! other places: the name of a row above its cells, the figures above the sign. As an image within a page (which is as wide
//! as it is tall, or wider) it keeps its layout.

use std::fmt::Write as _;

use super::matrix_look::Look;
use super::matrix_svg::{TEXT, WIDTH};

/// The geometry that the style starts from.
pub(super) struct Plan {
    pub(super) columns: usize,
    /// The width of a cell.
    pub(super) cell: usize,
    /// How many letters the longest heading of a column has.
    pub(super) heading: usize,
    /// For each row, how many characters its longest figures have.
    pub(super) rows: Vec<usize>,
    /// How many entries the legend has.
    pub(super) legend: usize,
}

/// How many rows fit on a sheet of A4 in landscape; with more, the sheet is A3 in portrait.
const SHEET: usize = 28;
/// How many characters of figures fit on one line of a cell on a narrow screen.
const FIGURES: usize = 5;
/// One pixel of a screen of 400 pixels is 3.6 units of the picture. Sizes below are in units.
const MARGIN: usize = 10;
const TOP: usize = 150;
const NAME: usize = 52;
const LINE: usize = 40;
const GAP: usize = 16;
const LEGEND_LINE: usize = 64;

impl Plan {
    /// The whole style.
    pub(super) fn style(&self) -> String {
        let sheet = if self.rows.len() > SHEET { "A3 portrait" } else { "A4 landscape" };
        let mut style = format!("@page{{size:{sheet};margin:10mm}}@media print{{.mx{{width:100%;height:auto}}}}");
        dark(&mut style);
        self.narrow(&mut style);
        style
    }

    fn narrow(&self, style: &mut String) {
        let wide = (WIDTH - 2 * MARGIN) / self.columns;
        let heads = TOP + self.heading * 23;
        let middle = wide / 2;
        let shift = |from: usize| i64::try_from(middle).unwrap_or(0) - i64::try_from(from).unwrap_or(0);
        let _ = write!(
            style,
            "@media screen and (max-width:640px) and (max-aspect-ratio:3/4){{.mx{{--h:{}px}}.mx .w{{--h:{}px}}#mk{{width:{}px;height:var(--h)}}\
             .mx .h{{font-size:54px;transform:translate(0,34px)}}.mx .d{{font-size:43px;transform:translate(0,78px)}}\
             .mx .q{{fill-opacity:0}}.mx [role=rowheader]{{font-size:43px;font-weight:700;transform:translate(0,24px)}}\
             .mx .g,.mx .s{{font-size:36px}}.mx .g{{transform:translate({}px,18px)}}.mx .s{{transform:translate({}px,58px)}}\
             .mx .u .s{{transform:translate({}px,18px)}}.mx .w .s{{transform:translate({}px,98px)}}\
             .mx .e{{font-size:36px;text-anchor:middle;transform:translate({}px,58px)}}.mx .w .g{{text-anchor:middle}}",
            2 * LINE + 4,
            3 * LINE + 4,
            wide - 3,
            shift(self.cell / 2 - 7),
            shift(self.cell - 12),
            shift(self.cell / 2),
            shift(self.cell - 12),
            shift(self.cell / 2 - 7),
        );
        for column in 0..self.columns {
            let x = MARGIN + column * wide;
            let _ = write!(
                style,
                ".mx .h{column}{{font-size:40px;transform:translate({}px,{}px) rotate(-90deg)}}.mx .c{column}{{transform:translate({x}px,{NAME}px)}}",
                x + middle + 14,
                heads - 14
            );
        }
        let mut y = heads;
        for (place, figures) in self.rows.iter().enumerate() {
            let _ = write!(style, ".mx .r{place}{{transform:translate(0,{y}px)}}");
            y += NAME + if Self::is_long(*figures) { 3 } else { 2 } * LINE + 4 + GAP;
        }
        y += GAP;
        for place in 0..self.legend {
            let _ = write!(style, ".mx .l{place}{{transform:translate({MARGIN}px,{y}px) scale(3.2)}}");
            y += LEGEND_LINE;
        }
        // In thousandths of the width.
        let _ = write!(style, ".mx{{width:100vw;height:calc(100vw*{}/1000)}}}}", y * 1000 / WIDTH);
    }

    /// Whether figures are so long that a narrow screen shows them on two lines.
    pub(super) const fn is_long(figures: usize) -> bool {
        figures > FIGURES
    }
}

fn dark(style: &mut String) {
    let text = TEXT.1;
    let ground = Look::Unread.shades().1;
    // Writing to a String never fails.
    let _ = write!(
        style,
        "@media screen and (prefers-color-scheme:dark){{.mx{{background:{ground};fill:{text}}}.mx .b{{fill:{ground}}}"
    );
    for look in Look::ALL {
        let _ = write!(style, ".mx .{} use{{fill:{}}}", look.class(), look.shades().1);
    }
    style.push('}');
}
