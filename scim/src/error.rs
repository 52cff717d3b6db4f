//! Errors in the words of RFC 7644, section 3.12.

use std::fmt;

use serde_json::{Value, json};

/// What is wrong with a request, for programs (RFC 7644, table 9; RFC 9865, section 2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorType {
    /// The filter cannot be read, or asks for what cannot be asked.
    InvalidFilter,
    /// More would have to be looked at than is looked at.
    TooMany,
    /// A value is taken already.
    Uniqueness,
    /// An attribute cannot be changed.
    Mutability,
    /// The body is not what it should be.
    InvalidSyntax,
    /// A path names nothing that there may be.
    InvalidPath,
    /// A path names nothing that there is.
    NoTarget,
    /// A value is missing or cannot be.
    InvalidValue,
    /// The version of the protocol is another one.
    InvalidVers,
    /// It would show in an address what must not stand there.
    Sensitive,
    /// The cursor is not one of this list.
    InvalidCursor,
    /// The cursor is too old.
    ExpiredCursor,
    /// The count is out of bounds.
    InvalidCount,
}

impl ErrorType {
    /// Its name.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::InvalidFilter => "invalidFilter",
            Self::TooMany => "tooMany",
            Self::Uniqueness => "uniqueness",
            Self::Mutability => "mutability",
            Self::InvalidSyntax => "invalidSyntax",
            Self::InvalidPath => "invalidPath",
            Self::NoTarget => "noTarget",
            Self::InvalidValue => "invalidValue",
            Self::InvalidVers => "invalidVers",
            Self::Sensitive => "sensitive",
            Self::InvalidCursor => "invalidCursor",
            Self::ExpiredCursor => "expiredCursor",
            Self::InvalidCount => "invalidCount",
        }
    }
}

/// An error: the status, what is wrong, and a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScimError {
    /// The HTTP status.
    pub status: u16,
    /// What is wrong, for programs.
    pub kind: Option<ErrorType>,
    /// What is wrong, for people.
    pub detail: String,
}

impl ScimError {
    /// An error of a status alone.
    pub fn of(status: u16, detail: impl Into<String>) -> Self {
        Self { status, kind: None, detail: detail.into() }
    }

    /// A bad request.
    pub fn bad(kind: ErrorType, detail: impl Into<String>) -> Self {
        Self { status: 400, kind: Some(kind), detail: detail.into() }
    }

    /// A value that cannot be.
    pub fn value(detail: impl Into<String>) -> Self {
        Self::bad(ErrorType::InvalidValue, detail)
    }

    /// A value that is taken.
    pub fn taken(detail: impl Into<String>) -> Self {
        Self { status: 409, kind: Some(ErrorType::Uniqueness), detail: detail.into() }
    }

    /// Its body.
    #[must_use]
    pub fn body(&self) -> Value {
        let mut body = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": self.status.to_string(), "detail": self.detail,
        });
        if let (Some(kind), Some(fields)) = (self.kind, body.as_object_mut()) {
            fields.insert("scimType".into(), kind.code().into());
        }
        body
    }
}

impl fmt::Display for ScimError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl std::error::Error for ScimError {}
