//! Text that is valid by construction: a bound is stated once, enforced on the way in, shown in the contract.

use std::ops::RangeInclusive;

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark, is_nfc};
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::openapi::{Ref, RefOr, Required};

use crate::Label;

/// The characters that a text may hold. Blanks around a text are dropped. No text holds what PostgreSQL or XML cannot
/// carry, nor a character that nobody sees: with one, a name can be made to look like another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alphabet {
    /// Lower-case letters, digits and hyphens: codes that stand in an address.
    Code,
    /// Digits, and nothing else: numbers that nobody counts with.
    Digits,
    /// Anything visible that fits on one line.
    Line,
    /// Lines and paragraphs.
    Prose,
}

impl Alphabet {
    /// The first character that a text may not hold, and how many come before it.
    #[must_use]
    pub fn stranger(self, text: &str) -> Option<(usize, char)> {
        let mut before = ' ';
        let mut all = text.chars().enumerate().peekable();
        while let Some((place, c)) = all.next() {
            let next = all.peek().map_or(' ', |(_, c)| *c);
            let seen = !c.is_control() && !is_unseen(c) || joins_emoji(before, c, next);
            let holds = match self {
                Self::Code => c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-',
                Self::Digits => c.is_ascii_digit(),
                Self::Line => seen,
                Self::Prose => seen || matches!(c, '\n' | '\r' | '\t'),
            };
            if !holds {
                return Some((place, c));
            }
            before = c;
        }
        None
    }

    /// The alphabet whose pattern a schema has.
    #[must_use]
    pub fn of_pattern(pattern: &str) -> Option<Self> {
        [Self::Code, Self::Digits, Self::Line, Self::Prose].into_iter().find(|it| it.pattern() == pattern)
    }

    /// What regular expressions of every language can say of it (RE2, PCRE, Java, ECMAScript): the rest is said in words.
    const fn pattern(self) -> &'static str {
        match self {
            Self::Code => "^[a-z0-9-]+$",
            Self::Digits => "^[0-9]+$",
            Self::Line => r"^[^\x00-\x1f\x7f]*$",
            Self::Prose => r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$",
        }
    }
}

/// What nobody sees, or XML 1.0 cannot carry: default ignorable code points (UAX 44), controls of writing direction,
/// line and paragraph separators, fillers, private use, non-characters, and the sign for what could not be read.
const fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
        | '\u{e000}'..='\u{f8ff}' | '\u{fdd0}'..='\u{fdef}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{ffff}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{10ffff}')
        || (c as u32) & 0xfffe == 0xfffe
}

/// Whether a character joins pictographs into one, or chooses how one is drawn (UTS 51): behind a sign that is drawn so.
fn joins_emoji(before: char, c: char, next: char) -> bool {
    let drawn = matches!(before, '\u{a9}' | '\u{ae}' | '\u{203c}' | '\u{2049}' | '\u{2122}' | '\u{2139}')
        || before >= '\u{2190}' && !before.is_alphanumeric();
    match c {
        '\u{fe0e}' | '\u{fe0f}' if next == '\u{20e3}' => before.is_ascii_digit() || matches!(before, '#' | '*'),
        '\u{fe0e}' | '\u{fe0f}' => drawn && !is_unseen(before),
        '\u{200d}' => before >= '\u{2190}' && !before.is_alphanumeric() && before != c && next >= '\u{2190}',
        _ => false,
    }
}

/// More marks on one letter than any language writes.
const MOST_MARKS: usize = 4;

fn is_overloaded(text: &str) -> bool {
    let mut marks = 0;
    text.chars().any(|c| {
        marks = if is_combining_mark(c) { marks + 1 } else { 0 };
        marks > MOST_MARKS
    })
}

/// Takes the text without the blanks around it, in composed form (NFC), if it keeps its bounds; the message never repeats it.
///
/// # Errors
/// The text is too short, too long, or holds a character that its alphabet does not.
pub fn checked(text: String, bounds: &RangeInclusive<usize>, alphabet: Alphabet) -> Result<String, &'static str> {
    let trimmed = text.trim();
    let text = if trimmed.len() == text.len() && is_nfc(&text) { text } else { bare(&text) };
    if !bounds.contains(&text.chars().count()) {
        return Err("length");
    }
    let holds = !is_overloaded(&text) && !text.starts_with(is_combining_mark) && alphabet.stranger(&text).is_none();
    holds.then_some(text).ok_or("characters")
}

/// A text as it is kept: without the blanks around it, in composed form (NFC).
#[must_use]
pub fn bare(text: &str) -> String {
    text.trim().nfc().collect()
}

/// The message that a field within what is parsed is wrong: the reader of the error points there.
#[must_use]
pub fn within(field: &str, expected: &str) -> String {
    format!("{WITHIN}{field}: {expected}")
}

/// How the message begins that a field within what is parsed is wrong; its name follows, up to a colon.
pub const WITHIN: &str = "wrong field ";

/// Case, accents, typographic apostrophes and blanks folded, to compare names.
#[must_use]
pub fn fold(text: &str) -> String {
    let plain = text.nfd().filter(|c| !is_combining_mark(*c)).map(|c| if c == '\u{2019}' { '\'' } else { c });
    let plain: String = plain.flat_map(char::to_lowercase).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a text of a format looks like, for people and in examples.
#[derive(Debug, Clone, Copy)]
pub struct Format {
    /// Its name in JSON Schema.
    pub name: &'static str,
    /// What people read, with its article.
    pub label: Label,
    /// One of its kind.
    pub example: &'static str,
}

/// Every format of the contract.
pub const FORMATS: &[Format] = &[
    format(
        "date",
        "une date du calendrier AAAA-MM-JJ, de 1900 à 2199",
        "a calendar date YYYY-MM-DD from 1900 to 2199",
        "2026-12-15",
    ),
    format(
        "date-time",
        "un instant AAAA-MM-JJThh:mm:ssZ (RFC 3339), de 1900 à 2199",
        "an instant YYYY-MM-DDThh:mm:ssZ (RFC 3339) from 1900 to 2199",
        "2026-12-15T09:00:00Z",
    ),
    format("email", "une adresse électronique", "an e-mail address", "camille.exemple@interieur.example"),
    format("hostname", "un nom de domaine", "a domain name", "interieur.example"),
    format("language", "un code de langue (BCP 47)", "a language code (BCP 47)", "fr"),
    format(
        "phone",
        "un numéro de téléphone français, ou international avec son indicatif",
        "a telephone number, French or international with its prefix",
        "+33123456789",
    ),
    format(
        "siren",
        "un numéro SIREN, texte de neuf chiffres dont la clé est juste",
        "a SIREN, a text of nine digits whose check digit is right",
        "130025265",
    ),
    format(
        "siret",
        "un numéro SIRET, texte de quatorze chiffres dont la clé est juste",
        "a SIRET, a text of fourteen digits whose check digit is right",
        "13002526500013",
    ),
    format("uri", "une adresse web http ou https", "a web address, http or https", "https://www.interieur.example/"),
    format("uuid", "un identifiant UUID", "a UUID", "01900000-0000-7000-8000-000000000002"),
];

const fn format(name: &'static str, fr: &'static str, en: &'static str, example: &'static str) -> Format {
    Format { name, label: Label { fr, en }, example }
}

/// The contract's view of the same bounds.
#[must_use]
pub fn schema(doc: &str, bounds: &RangeInclusive<usize>, alphabet: Alphabet, format: Option<&str>) -> RefOr<Schema> {
    let object = ObjectBuilder::new().schema_type(Type::String).description(Some(doc.trim()));
    let object = object.min_length(Some(*bounds.start())).max_length(Some(*bounds.end()));
    let known = FORMATS.iter().find(|known| Some(known.name) == format);
    let object = object.examples(known.map(|known| known.example));
    let format = format.map(|format| SchemaFormat::Custom(format.to_owned()));
    RefOr::T(object.pattern(Some(alphabet.pattern())).format(format).into())
}

/// The one path parameter whose schema is the component of that name.
#[must_use]
pub fn path_parameter(called: &str, schema: &str) -> Vec<Parameter> {
    let parameter = ParameterBuilder::new().name(called).parameter_in(ParameterIn::Path).required(Required::True);
    vec![parameter.schema(Some(Ref::from_schema_name(schema))).build()]
}

/// Declares a bounded text: parsed, not validated, wherever it comes from; in a path it is `{code}`.
///
/// A function may refine it further (`as "email", refine`): it takes the bounded text and gives its normal form.
#[macro_export]
macro_rules! text {
    ($(#[doc = $doc:literal])+ $name:ident, $bounds:expr, $alphabet:ident) => {
        $crate::text!(@ [$($doc)+] $name, $bounds, $alphabet, None, |text| Ok(text.to_owned()));
    };
    ($(#[doc = $doc:literal])+ $name:ident, $bounds:expr, $alphabet:ident, $refine:expr) => {
        $crate::text!(@ [$($doc)+] $name, $bounds, $alphabet, None, $refine);
    };
    ($(#[doc = $doc:literal])+ $name:ident, $bounds:expr, $alphabet:ident as $format:literal, $refine:expr) => {
        $crate::text!(@ [$($doc)+] $name, $bounds, $alphabet, Some($format), $refine);
    };
    (@ [$($doc:literal)+] $name:ident, $bounds:expr, $alphabet:ident, $format:expr, $refine:expr) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
        #[diesel(sql_type = diesel::sql_types::Text)]
        #[serde(try_from = "String")]
        pub struct $name(String);

        impl TryFrom<String> for $name {
            type Error = &'static str;
            fn try_from(text: String) -> Result<Self, Self::Error> {
                let text = $crate::text::checked(text, &$bounds, $crate::text::Alphabet::$alphabet)?;
                let refine: fn(&str) -> Result<String, &'static str> = $refine;
                // What a refinement makes of it keeps the same bounds.
                let text = refine(&text)?;
                if text.chars().count() > *(&$bounds).end() {
                    return Err("length");
                }
                Ok(Self(text))
            }
        }
        impl std::str::FromStr for $name {
            type Err = &'static str;
            fn from_str(text: &str) -> Result<Self, Self::Err> { Self::try_from(text.to_owned()) }
        }
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                $crate::text::schema(concat!($($doc),+), &$bounds, $crate::text::Alphabet::$alphabet, $format)
            }
        }
        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> { stringify!($name).into() }
        }
        $crate::path_parameter!($name, "code");
        $crate::stored_as_text!($name, |it| it.as_ref(), |text| Ok(Self(text)));
        impl AsRef<str> for $name { fn as_ref(&self) -> &str { &self.0 } }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(&self.0) }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_around_are_dropped_and_what_nobody_sees_is_refused() {
        let line = |text: &str| checked(text.to_owned(), &(1..=20), Alphabet::Line);
        for (given, kept) in [
            (" sig ", "sig"),
            ("\u{a0}sig\u{2009}", "sig"),
            ("e\u{301}", "é"),
            ("L’été : 5 €", "L’été : 5 €"),
            ("حوار", "حوار"),
        ] {
            assert_eq!(line(given).as_deref(), Ok(kept), "{given:?}");
        }
        for unseen in [
            '\u{0}',
            '\u{7f}',
            '\u{85}',
            '\u{ad}',
            '\u{34f}',
            '\u{200b}',
            '\u{200d}',
            '\u{200e}',
            '\u{2028}',
            '\u{202e}',
            '\u{2060}',
            '\u{2066}',
            '\u{2800}',
            '\u{3164}',
            '\u{e000}',
            '\u{fdd0}',
            '\u{fe0f}',
            '\u{feff}',
            '\u{ffa0}',
            '\u{fff9}',
            '\u{fffd}',
            '\u{fffe}',
            '\u{ffff}',
            '\u{1fffe}',
            '\u{e0041}',
            '\u{e0100}',
            '\u{f0000}',
            '\u{10ffff}',
        ] {
            for text in [format!("{unseen}"), format!("a{unseen}b")] {
                assert!(line(&text).is_err(), "{unseen:?} within a line");
            }
            assert!(checked(format!("a{unseen}b"), &(1..=20), Alphabet::Prose).is_err(), "{unseen:?} within prose");
        }
        assert!(line("   ").is_err() && line("\u{301}a").is_err() && line("a\nb").is_err());
        for prose in ["un\r\ndeux\ttrois", "✉\u{fe0f} Lettre", "👩\u{200d}💻 et moi"] {
            assert!(checked(prose.to_owned(), &(1..=20), Alphabet::Prose).is_ok(), "{prose}");
        }
    }
}
