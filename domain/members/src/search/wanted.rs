//! How well a name fits what is looked for: one rule, over words that the database normalized (`app.search_text`).

use strsim::osa_distance;

use super::NameKind;

/// Maximum number of spellings tried for a word that no name contains.
pub const NEAREST: usize = 8;
/// How many words are looked for; what follows is not looked at.
const MOST_TERMS: usize = 8;
/// Maximum number of words that select a person; the ranking looks at the others.
const MOST_TELLING: usize = 3;
/// The lowest score of an answer.
const LEAST: f64 = 0.45;

/// What is looked for, in the database's own spelling.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// All of it, as names of members begin.
    pub text: String,
    /// Its words, without the little ones, as names of organizations are kept.
    pub terms: Vec<String>,
}

impl Wanted {
    /// From a text, and the same without little words.
    #[must_use]
    pub fn new(text: String, terms: &str) -> Self {
        Self { text, terms: terms.split_whitespace().take(MOST_TERMS).map(str::to_owned).collect() }
    }

    /// The words that tell most among very many names, in their order: the longest; of those begun only, which are not
    /// `known`, from four letters on, and from three the last one, which is still being typed.
    #[must_use]
    pub fn telling(&self, known: &[String]) -> Vec<&String> {
        let last = self.terms.len().saturating_sub(1);
        let tells = |(at, term): &(usize, &String)| {
            let letters = term.chars().count();
            letters > 3 || (letters == 3 && (*at == last || known.contains(term)))
        };
        let mut longest: Vec<(usize, &String)> = self.terms.iter().enumerate().filter(tells).collect();
        longest.sort_by_key(|(_, term)| std::cmp::Reverse(term.chars().count()));
        longest.truncate(MOST_TELLING);
        longest.sort_by_key(|(at, _)| *at);
        longest.into_iter().map(|(_, term)| term).collect()
    }

    /// How well a name fits, from 0 to 1, if it does: the mean over the words looked for, each by its length, a little
    /// less for what the name says beyond them, and for a name that is not the one in use.
    #[must_use]
    pub fn fits(&self, name: &str, kind: NameKind) -> Option<f64> {
        let mut words: Vec<&str> = name.split_whitespace().collect();
        let all: f64 = words.iter().map(|word| size(word)).sum();
        let (mut reached, mut typed, mut covered, mut missed) = (0.0, 0.0, 0.0, 0);
        for term in &self.terms {
            typed += size(term);
            let best = words.iter().enumerate().map(|(at, word)| (at, likeness(term, word)));
            match best.max_by(|a, b| a.1.total_cmp(&b.1)) {
                Some((at, like)) if like > 0.0 => {
                    covered += size(words.swap_remove(at));
                    reached += like * size(term);
                }
                _ => missed += 1,
            }
        }
        if typed == 0.0 || all == 0.0 {
            return None;
        }
        let whole = if missed == 0 { 1.0 } else { 0.8 };
        let score = reached / typed * whole * (0.8 + 0.2 * covered / all) * weight(kind);
        (score >= LEAST).then_some(score)
    }

    /// The known words that one of the words looked for may have been meant to be, the nearest first.
    #[must_use]
    pub fn nearest(term: &str, known: Vec<String>) -> Vec<String> {
        let likely = |word: String| Some(likeness(term, &word)).filter(|like| *like > 0.0).map(|like| (like, word));
        let mut near: Vec<(f64, String)> = known.into_iter().filter_map(likely).collect();
        near.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        near.truncate(NEAREST);
        near.into_iter().map(|(_, word)| word).collect()
    }
}

const fn weight(kind: NameKind) -> f64 {
    match kind {
        NameKind::Name | NameKind::ShortName => 1.0,
        NameKind::Territory => 0.97,
        NameKind::Initials => 0.95,
        NameKind::Former => 0.93,
    }
}

fn size(word: &str) -> f64 {
    u16::try_from(word.chars().count()).map_or(f64::from(u16::MAX), f64::from)
}

/// How many typing errors are tolerated in a word: none in a number, since another number means something else.
fn forgiven(term: &str) -> usize {
    match term.chars().count() {
        _ if term.chars().any(|c| c.is_ascii_digit()) => 0,
        0..=3 => 0,
        4..=5 => 1,
        _ => 2,
    }
}

/// How much a word looked for is like one of a name: 1 is the same, 0 is another one.
fn likeness(term: &str, word: &str) -> f64 {
    if term == word {
        return 1.0;
    }
    if word.starts_with(term) {
        return 0.7 + 0.25 * size(term) / size(word);
    }
    let allowed = forgiven(term);
    if allowed == 0 {
        return 0.0;
    }
    let far = |distance: usize| u8::try_from(distance).map_or(1.0, |distance| 1.1 * f64::from(distance) / size(term));
    let distance = osa_distance(term, word);
    if distance <= allowed {
        return 0.95 - far(distance);
    }
    let length = term.chars().count();
    let begun = (length.saturating_sub(1)..=length + 1).map(|end| word.chars().take(end).collect::<String>());
    match begun.map(|start| osa_distance(term, &start)).min() {
        Some(distance) if distance <= allowed.min(1) => 0.8 - far(distance),
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::{NameKind, Wanted, likeness};

    fn wanted(terms: &str) -> Wanted {
        Wanted::new(terms.to_owned(), terms)
    }

    #[test]
    fn the_nearer_a_word_the_higher() {
        let like = |word: &str| likeness("prefecture", word);
        let falling = ["prefecture", "prefectures", "prefectrue", "perfectrue", "prefet"].map(like);
        assert!(falling.windows(2).all(|pair| pair[0] > pair[1]), "{falling:?}");
        assert!((falling[4]).abs() < f64::EPSILON);
        assert!(likeness("herlt", "herault").abs() < f64::EPSILON, "two typos are one too many in five letters");
        assert!(likeness("1234", "1235").abs() < f64::EPSILON, "another number is another thing");
        assert!(likeness("prefctu", "prefecture") > 0.5, "a word begun may have its typo too");
    }

    #[test]
    fn the_whole_name_beats_the_longer_one_and_the_former_one() {
        let all = wanted("direction jeunesse");
        let score = |name, kind| all.fits(name, kind).unwrap_or_default();
        assert!((score("direction jeunesse", NameKind::Name) - 1.0).abs() < f64::EPSILON);
        assert!(
            score("direction jeunesse", NameKind::Former) > score("direction jeunesse sports", NameKind::Name) - 0.1
        );
        assert!(score("direction jeunesse sports", NameKind::Name) > score("direction generale", NameKind::Name));
        assert!((score("jeunesse direction", NameKind::Name) - 1.0).abs() < f64::EPSILON, "in any order");
        assert_eq!(all.fits("observatoire mobilites", NameKind::Name), None);
        assert_eq!(wanted("").fits("observatoire", NameKind::Name), None);
    }

    #[test]
    fn one_word_of_a_name_answers_for_one_word_alone() {
        let twice = wanted("jean jean");
        assert!(twice.fits("jean martin", NameKind::Name) < twice.fits("jean jeannin", NameKind::Name));
    }

    #[test]
    fn the_longest_words_tell_most() {
        let telling = |terms: &str, known: &[&str]| {
            let known: Vec<String> = known.iter().map(|word| (*word).to_owned()).collect();
            wanted(terms).telling(&known).into_iter().cloned().collect::<Vec<_>>().join(" ")
        };
        assert_eq!(telling("marie dup", &[]), "marie dup");
        assert_eq!(telling("dup marie", &[]), "marie");
        assert_eq!(telling("lea marie", &["lea"]), "lea marie");
        assert_eq!(telling("m dupont marie claire chargee", &[]), "dupont claire chargee");
        assert_eq!(telling("mi", &[]), "");
    }

    #[test]
    fn spellings_come_nearest_first() {
        let known = ["perault", "heraults", "gard", "herault"].map(str::to_owned).to_vec();
        assert_eq!(Wanted::nearest("herualt", known), ["herault", "heraults", "perault"]);
    }
}
