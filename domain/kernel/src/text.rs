//! Text that is valid by construction: a bound is stated once, enforced on the way in, shown in the contract.

use std::ops::RangeInclusive;

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark, is_nfc};
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::openapi::{Ref, RefOr, Required};

/// The characters a text may hold. None holds NUL, which PostgreSQL cannot store; none begins with a blank.
#[derive(Debug, Clone, Copy)]
pub enum Alphabet {
    /// Lower-case letters, digits and hyphens: codes that stand in an address.
    Code,
    /// Digits, and nothing else: numbers that nobody counts with.
    Digits,
    /// Anything that fits on one line.
    Line,
    /// Lines and paragraphs.
    Prose,
}

impl Alphabet {
    fn holds(self, c: char) -> bool {
        match self {
            Self::Code => c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-',
            Self::Digits => c.is_ascii_digit(),
            Self::Line => !c.is_control() && !turns(c),
            Self::Prose => (!c.is_control() || matches!(c, '\n' | '\r' | '\t')) && !turns(c),
        }
    }

    fn pattern(self) -> &'static str {
        match self {
            Self::Code => "^[a-z0-9-]+$",
            Self::Digits => "^[0-9]+$",
            Self::Line => {
                r"^[^\s\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069][^\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]*$"
            }
            Self::Prose => {
                r"^[^\s\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069][^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]*$"
            }
        }
    }
}

/// Controls of writing direction, with which a name can be made to read as another.
const fn turns(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
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

/// Takes the text, in composed form (NFC), if it keeps its bounds; the message never repeats it.
///
/// # Errors
/// The text is too short, too long, or holds a character that its alphabet does not.
pub fn checked(text: String, bounds: &RangeInclusive<usize>, alphabet: Alphabet) -> Result<String, &'static str> {
    let text = if is_nfc(&text) { text } else { text.nfc().collect() };
    if !bounds.contains(&text.chars().count()) {
        return Err("length");
    }
    let holds =
        !text.starts_with(char::is_whitespace) && !is_overloaded(&text) && text.chars().all(|c| alphabet.holds(c));
    holds.then_some(text).ok_or("characters")
}

/// Case, accents, typographic apostrophes and blanks folded, to compare names.
#[must_use]
pub fn fold(text: &str) -> String {
    let plain = text.nfd().filter(|c| !is_combining_mark(*c)).map(|c| if c == '\u{2019}' { '\'' } else { c });
    let plain: String = plain.flat_map(char::to_lowercase).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The contract's view of the same bounds.
#[must_use]
pub fn schema(doc: &str, bounds: &RangeInclusive<usize>, alphabet: Alphabet, format: Option<&str>) -> RefOr<Schema> {
    let object = ObjectBuilder::new().schema_type(Type::String).description(Some(doc.trim()));
    let object = object.min_length(Some(*bounds.start())).max_length(Some(*bounds.end()));
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
                refine(&text).map(Self)
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
