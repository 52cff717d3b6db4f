//! What is wrong with one value of a request, and where it stands.

use std::borrow::Cow;
use std::fmt::Display;

use kernel::Label;
use kernel::codes::schema;
use kernel::text::WITHIN;
use serde::Serialize;
use serde_json::Value;
use serde_path_to_error::Segment;
use validator::{ValidationErrors, ValidationErrorsKind};

use super::Expected;

/// A sentence in both languages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// French, the default.
    pub fr: String,
    /// English.
    pub en: String,
}

impl From<Label> for Said {
    fn from(label: Label) -> Self {
        Self { fr: label.fr.into(), en: label.en.into() }
    }
}

/// Declares what can be wrong with a value: a code, and what people read of it.
macro_rules! field_codes {
    ($($variant:ident = $code:literal ($fr:literal, $en:literal),)+) => {
        /// What is wrong with a value.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
        pub enum FieldCode { $(#[doc = $en] #[serde(rename = $code)] $variant,)+ }

        impl FieldCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The code, as it is sent.
            #[must_use]
            pub const fn code(self) -> &'static str { match self { $(Self::$variant => $code),+ } }

            /// What people read.
            #[must_use]
            pub const fn label(self) -> Label { match self { $(Self::$variant => Label { fr: $fr, en: $en }),+ } }
        }
    };
}

field_codes! {
    Missing = "missing" ("Ce champ est obligatoire.", "This field is required."),
    Unknown = "unknown" ("Ce champ n’existe pas ici.", "There is no such field here."),
    Repeated = "repeated" ("Ce champ figure deux fois.", "This field is given twice."),
    Invalid = "invalid" ("Cette valeur n’est pas acceptable.", "This value is not acceptable."),
    Taken = "taken" ("Cette valeur est déjà prise.", "This value is already taken."),
    Dangling = "dangling" ("Cette référence ne correspond à aucun objet.", "This reference leads to nothing."),
    Held = "held" ("Ce champ est géré par une autre source.", "This field is held by another source."),
}

impl utoipa::PartialSchema for FieldCode {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        let rows: Vec<_> = Self::ALL.iter().map(|code| (code.code(), code.label())).collect();
        schema("What is wrong with a value, for programs.", &rows)
    }
}

impl utoipa::ToSchema for FieldCode {
    fn name() -> Cow<'static, str> {
        "FieldProblemCode".into()
    }
}

/// One error, without the value that caused it.
#[derive(Debug, Clone)]
pub struct FieldError {
    pub(super) pointer: String,
    pub(super) code: FieldCode,
    /// What is wrong in particular, where a rule says it.
    pub(super) why: Option<Said>,
    pub(super) expected: Option<Expected>,
}

/// More wrong values than a form shows; the others are told when these are right.
pub(crate) const MOST_ERRORS: usize = 100;
/// The longest pointer that is told.
const LONGEST_POINTER: usize = 500;

/// A name as a token of a JSON pointer (RFC 6901, section 3).
pub(crate) fn token(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

impl FieldError {
    pub(crate) fn new(pointer: &str, code: FieldCode) -> Self {
        let pointer = pointer.chars().take(LONGEST_POINTER).collect();
        Self { pointer, code, why: None, expected: None }
    }

    /// The same, for a reason.
    pub(crate) fn because(self, why: impl Into<Said>) -> Self {
        Self { why: Some(why.into()), ..self }
    }

    /// The same, with what the contract expects there, unless more is known already.
    pub(crate) fn expecting(self, expected: Option<Expected>) -> Self {
        let expected = self.expected.clone().or(expected).filter(|_| !self.is_unknown());
        Self { expected, ..self }
    }

    /// The same, about the value that was given.
    pub(crate) fn about(self, given: Option<&Value>) -> Self {
        let told = self.expected.as_ref().filter(|_| self.code == FieldCode::Invalid && self.why.is_none());
        match told.and_then(|it| it.about(given?)) {
            Some(why) => self.because(why),
            None => self,
        }
    }

    /// The same value, given more than once.
    pub(crate) fn repeated(self) -> Self {
        Self { code: FieldCode::Repeated, expected: None, ..self }
    }

    pub(crate) fn pointer(&self) -> &str {
        &self.pointer
    }

    pub(crate) fn is_unknown(&self) -> bool {
        self.code == FieldCode::Unknown
    }

    /// What people read of it.
    pub(super) fn said(&self) -> Said {
        match (&self.why, &self.expected, self.code) {
            (Some(why), _, _) => why.clone(),
            (None, Some(expected), FieldCode::Invalid) => expected.said(),
            _ => self.code.label().into(),
        }
    }

    /// Where serde stopped, and why.
    pub(crate) fn located<E: Display>(error: &serde_path_to_error::Error<E>) -> Self {
        let pointer = error.path().iter().map(|segment| match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => format!("/{}", token(key)),
            Segment::Enum { .. } | Segment::Unknown => String::new(),
        });
        let pointer: String = pointer.collect();
        let said = error.inner().to_string();
        // The field that serde names stands below where it stopped, unless it stopped at the field itself.
        let named = |after: &str| {
            let name = said.strip_prefix(after)?.split(if after == WITHIN { ':' } else { '`' }).next()?;
            let own = format!("/{}", token(name));
            Some(if pointer.ends_with(&own) { pointer.clone() } else { pointer.clone() + &own })
        };
        let by_name = [
            ("missing field `", FieldCode::Missing),
            ("unknown field `", FieldCode::Unknown),
            ("duplicate field `", FieldCode::Repeated),
            (WITHIN, FieldCode::Invalid),
        ];
        let found = by_name.into_iter().find_map(|(after, code)| Some((named(after)?, code)));
        let (pointer, code) = found.unwrap_or((pointer, FieldCode::Invalid));
        let format = said.strip_prefix(WITHIN).and_then(|it| it.split(": ").nth(1)?.split(' ').next());
        Self::new(&pointer, code).expecting(format.and_then(Expected::format))
    }

    /// Everything that validator found, below a pointer.
    pub(crate) fn all(errors: &ValidationErrors, below: &str) -> Vec<Self> {
        let each = errors.0.iter().flat_map(|(field, kind)| {
            let pointer = format!("{below}/{field}");
            match kind {
                ValidationErrorsKind::Field(_) => vec![Self::new(&pointer, FieldCode::Invalid)],
                ValidationErrorsKind::Struct(inner) => Self::all(inner, &pointer),
                ValidationErrorsKind::List(items) => {
                    items.iter().flat_map(|(index, inner)| Self::all(inner, &format!("{pointer}/{index}"))).collect()
                }
            }
        });
        let mut all: Vec<_> = each.collect();
        all.sort_by(|a, b| a.pointer.cmp(&b.pointer));
        all
    }
}
