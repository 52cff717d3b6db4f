//! What is wrong with one value of a request, and where it stands.

use std::fmt::Display;

use kernel::Label;
use serde::Serialize;
use serde_path_to_error::Segment;
use utoipa::ToSchema;
use validator::{ValidationErrors, ValidationErrorsKind};

/// What is wrong with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FieldCode {
    /// A field that must be there is not.
    Missing,
    /// There is no field of this name.
    Unknown,
    /// Out of its bounds, or not of its kind.
    Invalid,
    /// Someone else has it.
    Taken,
    /// It refers to nothing.
    Dangling,
}

impl FieldCode {
    /// Every code.
    pub const ALL: &'static [Self] = &[Self::Missing, Self::Unknown, Self::Invalid, Self::Taken, Self::Dangling];

    /// The code, as it is sent.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Unknown => "unknown",
            Self::Invalid => "invalid",
            Self::Taken => "taken",
            Self::Dangling => "dangling",
        }
    }

    pub(crate) const fn label(self) -> Label {
        match self {
            Self::Missing => Label { fr: "Un champ manque ici.", en: "A field is missing here." },
            Self::Unknown => Label { fr: "Un champ est inconnu ici.", en: "A field is unknown here." },
            Self::Invalid => Label { fr: "Valeur hors de ses limites.", en: "Value out of its bounds." },
            Self::Taken => Label { fr: "Déjà pris.", en: "Taken." },
            Self::Dangling => Label { fr: "Ne désigne rien.", en: "Refers to nothing." },
        }
    }
}

/// One error, without the value that caused it.
#[derive(Debug, Clone)]
pub struct FieldError {
    pub(super) pointer: String,
    pub(super) code: FieldCode,
}

impl FieldError {
    pub(crate) fn new(pointer: &str, code: FieldCode) -> Self {
        Self { pointer: pointer.to_owned(), code }
    }

    /// Where serde stopped.
    pub(crate) fn located<E: Display>(error: &serde_path_to_error::Error<E>) -> Self {
        let pointer = error.path().iter().map(|segment| match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
            Segment::Enum { .. } | Segment::Unknown => String::new(),
        });
        let said = error.inner().to_string();
        let code = match said.split(' ').next() {
            Some("missing") => FieldCode::Missing,
            Some("unknown") if said.starts_with("unknown field") => FieldCode::Unknown,
            _ => FieldCode::Invalid,
        };
        Self { pointer: pointer.collect(), code }
    }

    /// Everything that validator found, below a pointer.
    pub(crate) fn all(errors: &ValidationErrors, below: &str) -> Vec<Self> {
        let each = errors.0.iter().flat_map(|(field, kind)| {
            let pointer = format!("{below}/{field}");
            match kind {
                ValidationErrorsKind::Field(_) => vec![Self { pointer, code: FieldCode::Invalid }],
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
