//! Problems (RFC 9457): the only place that knows which status an error of the domain has.

mod code;
mod expected;
mod field;
mod speak;

use actix_web::ResponseError;
use actix_web::http::StatusCode;
use kernel::{Label, OrganizationId, Refusal};
use persistence::Error;

pub use code::Code;
pub use expected::Expected;
pub use field::{FieldCode, FieldError, Said};
pub(crate) use field::{MOST_ERRORS, token};
pub use speak::{Body, FieldBody};
pub(crate) use speak::{OfAnotherStandard, RequestId, asks_for_french, prefers_english, speak};

/// What went wrong, before it is said in the caller's language.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{code:?}")]
pub struct Problem {
    pub(crate) code: Code,
    why: Option<Box<Said>>,
    /// Where reading stopped: a line and a column, both from one on.
    stopped: Option<Box<(usize, usize)>>,
    errors: Vec<FieldError>,
    allowed: Vec<String>,
    /// Who lives on, where someone does.
    successors: Option<Box<[OrganizationId]>>,
    /// Seconds to wait, where it matters how many.
    pub(crate) wait: Option<u64>,
}

impl Problem {
    pub(crate) const fn new(code: Code) -> Self {
        Self { code, why: None, stopped: None, errors: Vec::new(), allowed: Vec::new(), successors: None, wait: None }
    }

    pub(crate) fn invalid(mut errors: Vec<FieldError>) -> Self {
        errors.truncate(MOST_ERRORS);
        Self { errors, ..Self::new(Code::Invalid) }
    }

    /// Why a body is no JSON, and where.
    pub(crate) fn no_json(error: &serde_json::Error, body: &[u8]) -> Self {
        let line = error.line().max(1);
        // The reader counts bytes, an editor characters.
        let read = body.split(|byte| *byte == b'\n').nth(line - 1).unwrap_or_default();
        let read = read.get(..error.column().saturating_sub(1)).unwrap_or(read);
        let column = String::from_utf8_lossy(read).chars().count() + 1;
        let why = Said {
            fr: format!("Le JSON est incorrect à la ligne {line}, colonne {column}."),
            en: format!("The JSON is broken at line {line}, column {column}."),
        };
        Self { why: Some(Box::new(why)), stopped: Some(Box::new((line, column))), ..Self::new(Code::Malformed) }
    }

    /// What is wrong with the whole request.
    pub(crate) fn because(self, why: impl Into<Said>) -> Self {
        Self { why: Some(Box::new(why.into())), ..self }
    }

    /// Someone asked too often, and may ask again after so many seconds.
    pub(crate) fn too_many(wait: u64) -> Self {
        Self { wait: Some(wait), ..Self::new(Code::TooManyRequests) }
    }

    /// Logs a fault once, with all its causes, and tells the caller nothing of it.
    pub(crate) fn fault(error: &dyn std::error::Error) -> Self {
        tracing::error!(chain = chain(error), "fault");
        Self::new(Code::Internal)
    }

    pub(crate) fn method_not_allowed(allowed: Vec<String>) -> Self {
        Self { allowed, ..Self::new(Code::MethodNotAllowed) }
    }
}

const ANOTHER_LEAD: Label = Label {
    fr: "Faites d’abord désigner une autre personne par l’administration du SIG, ou fermez le réseau.",
    en: "Have a SIG administrator appoint another lead first, or close the network.",
};
const ANOTHER_ADMIN: Label = Label {
    fr: "Attribuez d’abord ce rôle à une autre personne, et attendez sa première connexion.",
    en: "Give this role to another person first, and wait until they have logged in once.",
};

const HELD_ELSEWHERE: Label = Label {
    fr: "Des champs sont gérés par une autre source\u{a0}: ils sont énumérés dans `errors`. Rien n’a été modifié.",
    en: "Fields are held by another source: `errors` says which. Nothing was changed.",
};

/// A field that belongs to another source.
fn held(field: &str, source: &str) -> FieldError {
    FieldError::new(&format!("/{field}"), FieldCode::Held).because(Said {
        fr: format!("Ce champ est géré par la source «\u{a0}{source}\u{a0}»."),
        en: format!("This field is held by the source “{source}”."),
    })
}

fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.code.status()
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Forbidden(why) => Self::new(Code::Forbidden).because(why),
            Refusal::NotFound => Self::new(Code::NotFound),
            Refusal::Stale => Self::new(Code::Stale),
            Refusal::BadCursor => Self::new(Code::InvalidCursor),
            Refusal::Overlap => Self::new(Code::Overlap),
            Refusal::LastLead => {
                let allowed = ["create_network_membership", "close_network"].map(str::to_owned).to_vec();
                Self { allowed, ..Self::new(Code::LastLead) }.because(ANOTHER_LEAD)
            }
            Refusal::AlreadyRequested => Self::new(Code::AlreadyRequested),
            Refusal::InvitationSpent => Self::new(Code::InvitationSpent),
            Refusal::HandOverRequired => {
                Self { allowed: vec!["hand_over_member".to_owned()], ..Self::new(Code::HandOverRequired) }
            }
            Refusal::LastAdmin => Self::new(Code::LastAdmin).because(ANOTHER_ADMIN),
            Refusal::QuotaFull => Self::new(Code::QuotaFull),
            Refusal::NotEmpty => Self::new(Code::NotEmpty),
            Refusal::Superseded(heirs) => Self { successors: Some(heirs.into()), ..Self::new(Code::Superseded) },
            Refusal::Invalid(pointer, why) => {
                Self::invalid(vec![FieldError::new(pointer, FieldCode::Invalid).because(why)]).because(why)
            }
            Refusal::InvalidAt(pointer, why) => {
                Self::invalid(vec![FieldError::new(&pointer, FieldCode::Invalid).because(why)]).because(why)
            }
            Refusal::Illegal { allowed } => {
                let allowed = allowed.into_iter().map(str::to_owned).collect();
                Self { allowed, ..Self::new(Code::InvalidTransition) }
            }
        }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(refusal) => refusal.into(),
            Error::Stranger => Self::new(Code::NotRegistered),
            Error::Revoked => Self::new(Code::Unauthenticated),
            Error::Suspended => Self::new(Code::Suspended),
            Error::Taken(pointer) => {
                let errors = vec![FieldError::new(pointer, FieldCode::Taken)];
                Self { errors, ..Self::new(Code::AlreadyExists) }
            }
            Error::DanglingAt(pointers) => {
                Self::invalid(pointers.iter().map(|at| FieldError::new(at, FieldCode::Dangling)).collect())
            }
            Error::Dangling(pointer) => Self::invalid(vec![FieldError::new(pointer, FieldCode::Dangling)]),
            Error::Held(fields) => Self {
                errors: fields.iter().map(|(field, source)| held(field, source)).collect(),
                ..Self::new(Code::Forbidden).because(HELD_ELSEWHERE)
            },
            Error::InFlight => Self::new(Code::InFlight),
            Error::KeyReused => Self::new(Code::IdempotencyKeyReused),
            Error::Busy(_) | Error::Again | Error::Broken(_) => {
                tracing::warn!(chain = chain(&error), "busy");
                Self::new(Code::Busy)
            }
            Error::Away(_) => {
                tracing::warn!(chain = chain(&error), "the database is away");
                Self::new(Code::Unavailable)
            }
            Error::Unknown(_) => {
                tracing::error!(chain = chain(&error), "the outcome is unknown");
                Self::new(Code::OutcomeUnknown)
            }
            Error::Fault(_) => Self::fault(&error),
        }
    }
}
