//! Acronyms as people type them: `D.D.T.`, `D. D. T.`, `D·D·T` and `D-D-T` are the DDT.

/// How many letters with dots are an acronym among other words; two of them may as well be someone's initials.
const FEWEST: usize = 3;

/// What stands between the letters.
const SEPARATORS: [char; 5] = ['.', '·', '-', '\u{2010}', '\u{2011}'];

/// The same text, its letters with dots put together where they are an acronym: three or more in a row, or all there is.
#[must_use]
pub fn undotted(text: &str) -> String {
    let mut said = String::with_capacity(text.len());
    let mut rest = text;
    let mut within = false;
    while let Some(first) = rest.chars().next() {
        if !within && let Some((letters, number, after)) = dotted(rest) {
            let alone = said.trim().is_empty() && after.trim().is_empty();
            if number >= FEWEST || (number > 1 && alone) {
                said += &letters;
                // What follows at once is a word of its own.
                if after.starts_with(char::is_alphanumeric) {
                    said.push(' ');
                }
                rest = after;
                continue;
            }
        }
        within = first.is_alphanumeric();
        said.push(first);
        rest = rest.get(first.len_utf8()..).unwrap_or_default();
    }
    said
}

/// The letters with dots that a text begins with, how many they are, and what follows. The last may lack its dot where no
/// letter follows it.
fn dotted(text: &str) -> Option<(String, usize, &str)> {
    let (mut letters, mut number, mut after, mut hyphens) = (String::new(), 0, text, false);
    loop {
        let next = if number == 0 { after } else { after.trim_start() };
        let mut chars = next.chars();
        let Some(letter) = chars.next().filter(|letter| letter.is_alphabetic()) else { break };
        let behind = chars.as_str();
        let last = !behind.starts_with(|c: char| c.is_alphanumeric() || c == '\'' || c == '\u{2019}' || c == '-');
        let separated = behind.starts_with(SEPARATORS);
        if separated {
            hyphens |= !behind.starts_with(['.', '·']);
            after = behind.get(behind.chars().next().map_or(0, char::len_utf8)..).unwrap_or_default();
        } else if last && number > 0 && next.len() == after.len() {
            after = behind;
        } else {
            break;
        }
        letters.push(letter);
        number += 1;
        if !separated {
            break;
        }
    }
    // Two letters with a hyphen are rather a name, and letters before a word are words.
    let spelled = !hyphens || number >= FEWEST && !after.starts_with(char::is_alphabetic);
    (number > 0 && spelled).then_some((letters, number, after))
}

#[cfg(test)]
mod tests {
    use super::undotted;

    #[test]
    fn letters_with_dots_are_the_acronym_they_spell() {
        for (typed, meant) in [
            ("D.D.T.", "DDT"),
            ("D.D.T", "DDT"),
            ("d.d.t.", "ddt"),
            ("D. D. T.", "DDT"),
            ("D.R.E.A.L. Occitanie", "DREAL Occitanie"),
            ("D.R.E.A.L.Occitanie", "DREAL Occitanie"),
            ("la D.D.T. de l'Hérault", "la DDT de l'Hérault"),
            ("D.D.T.34", "DDT 34"),
            ("É.N.A.", "ÉNA"),
            ("S.G.", "SG"),
            (" M. I. ", " MI "),
            ("D.D.T.-D.R.E.A.L.", "DDT-DREAL"),
            ("D-D-T", "DDT"),
            ("D·D·T 34", "DDT 34"),
            ("D-D-T-34", "DDT 34"),
        ] {
            assert_eq!(undotted(typed), meant);
        }
        for same in [
            "DDT",
            "J.-P. Martin",
            "M. Dupont",
            "J. P. Martin",
            "1.2.3.",
            "a.b@c.example",
            "www.sig.gouv.fr",
            ".",
            "",
            "A.",
            "J-M",
            "e-mail",
            "Y-a-t-il",
        ] {
            assert_eq!(undotted(same), same);
        }
    }
}
