//! How a cell of the matrix looks and what it says: a shade, a sign, figures and a sentence.

use ::networks::tracking::{CellScope, MatrixCell, Tally};

use super::picture::say;

/// What the caller reads of a cell: nothing, the figures of some of its organizations, or those of all.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Read {
    Nothing,
    Part(Tally),
    All(Tally),
}

/// The looks: what a legend explains.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    Unread,
    Unexpected,
    Filled,
    Incomplete,
    Unfit,
    Vacant,
}

impl Look {
    /// In the order of the legend.
    pub(super) const ALL: [Self; 6] =
        [Self::Filled, Self::Unfit, Self::Vacant, Self::Incomplete, Self::Unexpected, Self::Unread];

    pub(super) const fn class(self) -> char {
        match self {
            Self::Unread => 'u',
            Self::Unexpected => 'n',
            Self::Filled => 'f',
            Self::Incomplete | Self::Unfit => 'p',
            Self::Vacant => 'v',
        }
    }

    /// Beside the figures: colour is never the only sign.
    pub(super) const fn sign(self) -> &'static str {
        match self {
            Self::Unread => "–",
            Self::Unexpected => "",
            Self::Filled => "✓",
            Self::Incomplete => "!",
            Self::Unfit => "≠",
            Self::Vacant => "✕",
        }
    }

    /// Shades in the light and in the dark.
    pub(super) const fn shades(self) -> (&'static str, &'static str) {
        match self {
            Self::Unread => ("#ffffff", "#161616"),
            Self::Unexpected => ("#f6f6f6", "#2a2a2a"),
            Self::Filled => ("#b8fec9", "#14522a"),
            Self::Incomplete | Self::Unfit => ("#fee7b4", "#64470a"),
            Self::Vacant => ("#ffbdbe", "#7a1f22"),
        }
    }

    pub(super) const fn meaning(self, english: bool) -> &'static str {
        match self {
            Self::Unread => say(english, "hors de votre périmètre", "outside your scope"),
            Self::Unexpected => say(english, "aucun siège attendu", "no seat expected"),
            Self::Filled => say(english, "tous les sièges sont pourvus", "all seats filled"),
            Self::Incomplete => say(english, "des sièges restent à pourvoir", "seats still to be filled"),
            Self::Unfit => say(
                english,
                "pourvus, mais en surnombre ou sans les conditions requises",
                "filled, but too many holders or some who do not qualify",
            ),
            Self::Vacant => say(english, "aucun siège pourvu", "no seat filled"),
        }
    }
}

impl Read {
    /// A part in which nothing is expected tells nothing of the rest.
    pub(super) fn of(cell: &MatrixCell) -> Self {
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

    pub(super) const fn look(self) -> Look {
        match self.tally() {
            None => Look::Unread,
            Some(Tally { expected: 0, gaps: 0, .. }) => Look::Unexpected,
            Some(Tally { gaps: 0, .. }) => Look::Filled,
            Some(Tally { filled: 0, expected: 1.., .. }) => Look::Vacant,
            Some(Tally { filled, expected, .. }) if filled < expected => Look::Incomplete,
            Some(_) => Look::Unfit,
        }
    }

    pub(super) fn figures(self) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Part(it) => format!("({}/{})", it.filled, it.expected),
            Self::All(it) => format!("{}/{}", it.filled, it.expected),
        }
    }

    /// The cell in words.
    pub(super) fn told(self, english: bool) -> String {
        let look = self.look();
        let Some(tally) = self.tally().filter(|_| look != Look::Unexpected) else {
            return look.meaning(english).to_owned();
        };
        let Tally { filled, expected, gaps, .. } = tally;
        let many = |number: i64| if number > 1 { "s" } else { "" };
        let some = if matches!(self, Self::Part(_)) {
            say(english, " (partie de votre périmètre)", " (the part in your scope)")
        } else {
            ""
        };
        let missing = match (look, english) {
            (Look::Unfit, _) => format!(", {}", look.meaning(english)),
            (Look::Filled, _) => String::new(),
            (_, false) => format!(", {gaps}\u{a0}manque{}", many(gaps)),
            (_, true) => format!(", {gaps} gap{}", if gaps == 1 { "" } else { "s" }),
        };
        if english {
            format!("{filled} of {expected} seat{} filled{missing}{some}", if expected == 1 { "" } else { "s" })
        } else {
            format!("{filled}\u{a0}siège{} sur {expected}{missing}{some}", many(filled))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luminance(colour: &str) -> f64 {
        let channel = |at: usize| {
            let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    #[test]
    fn text_stands_out_on_every_shade() {
        for look in Look::ALL {
            let (light, dark) = look.shades();
            for (shade, text) in [(light, super::super::matrix_svg::TEXT.0), (dark, super::super::matrix_svg::TEXT.1)] {
                let (one, other) = (luminance(shade) + 0.05, luminance(text) + 0.05);
                let contrast = one.max(other) / one.min(other);
                assert!(contrast >= 4.5, "{shade}: {contrast}");
            }
        }
    }

    #[test]
    fn a_cell_says_what_is_missing() {
        let tally = |expected, filled, gaps| Tally { expected, filled, gaps, ..Tally::default() };
        for (read, sign, told) in [
            (Read::All(tally(2, 2, 0)), "✓", "2\u{a0}sièges sur 2"),
            (Read::All(tally(3, 1, 2)), "!", "1\u{a0}siège sur 3, 2\u{a0}manques"),
            (Read::All(tally(2, 0, 1)), "✕", "0\u{a0}siège sur 2, 1\u{a0}manque"),
            (
                Read::All(tally(2, 2, 1)),
                "≠",
                "2\u{a0}sièges sur 2, pourvus, mais en surnombre ou sans les conditions requises",
            ),
            (
                Read::All(tally(0, 0, 1)),
                "≠",
                "0\u{a0}siège sur 0, pourvus, mais en surnombre ou sans les conditions requises",
            ),
            (Read::Part(tally(1, 1, 0)), "✓", "1\u{a0}siège sur 1 (partie de votre périmètre)"),
            (Read::All(tally(0, 0, 0)), "", "aucun siège attendu"),
            (Read::Nothing, "–", "hors de votre périmètre"),
        ] {
            assert_eq!((read.look().sign(), read.told(false).as_str()), (sign, told));
        }
        assert_eq!(Read::All(tally(3, 1, 2)).told(true), "1 of 3 seats filled, 2 gaps");
    }
}
