//! Errors in the words of RFC 7644, section 3.12.

use std::fmt;

use ::scim::{ErrorType, MEDIA_TYPE, ScimError};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use kernel::Refusal;
use members::directory_user::Refused;
use persistence::Error;

use crate::problem::{Code, OfAnotherStandard, Problem};

/// An error of SCIM, and how long to wait where that helps.
#[derive(Debug, Clone)]
pub(crate) struct Fault {
    pub(super) error: ScimError,
    wait: Option<u64>,
}

/// The answer of a handler, or an error of SCIM.
pub(super) type Answered<T> = Result<T, Fault>;

impl From<ScimError> for Fault {
    fn from(error: ScimError) -> Self {
        Self { error, wait: None }
    }
}

impl From<Problem> for Fault {
    fn from(problem: Problem) -> Self {
        let status = problem.code.status().as_u16();
        let kind = match problem.code {
            Code::AlreadyExists => Some(ErrorType::Uniqueness),
            Code::InvalidCursor => Some(ErrorType::InvalidCursor),
            Code::Invalid => Some(ErrorType::InvalidValue),
            _ => None,
        };
        // What cannot be understood is 400 here.
        let status = if status == 422 { 400 } else { status };
        let waits = matches!(status, 429 | 503);
        let wait = problem.wait.or(waits.then_some(2));
        Self { error: ScimError { status, kind, detail: problem.sentence() }, wait }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Problem::from(error).into()
    }
}

impl From<Refused> for Fault {
    fn from(refused: Refused) -> Self {
        ScimError::from(Why(refused)).into()
    }
}

/// Why a directory's word was not taken.
pub(super) struct Why(pub(super) Refused);

impl From<Why> for ScimError {
    fn from(Why(refused): Why) -> Self {
        match refused {
            Refused::UserName => Self::taken("Another User of this directory has this userName."),
            Refused::ExternalId => {
                Self::taken("Another User of this directory has this externalId, or this one has another.")
            }
            Refused::Email => Self::taken("This e-mail address belongs to someone whom this directory does not keep."),
            Refused::Siret => Self::value("No organization that is active has this siret."),
            Refused::Place => Self::of(403, "This service account keeps no members in that organization."),
            Refused::NotFound => not_found(),
            Refused::Stale => Self::of(412, "The User changed meanwhile: read it again."),
            Refused::Later => Self::of(409, "Operations of this request exclude each other."),
            Refused::Rule(refusal) => Fault::from(Problem::from(refusal)).error,
        }
    }
}

/// There is no such resource, or not for this caller.
pub(super) fn not_found() -> ScimError {
    ScimError::of(404, "There is no such resource.")
}

/// The resource changed meanwhile.
pub(super) fn of_group(error: Error) -> Fault {
    match error {
        Error::Refused(Refusal::Invalid(_, why)) => ScimError::value(why.en).into(),
        error => error.into(),
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl ResponseError for Fault {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        response.insert_header((header::CACHE_CONTROL, "no-store"));
        if self.error.status == 401 {
            response.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
        }
        if let Some(wait) = self.wait {
            response.insert_header((header::RETRY_AFTER, wait));
        }
        let mut response = response.content_type(MEDIA_TYPE).body(self.error.body().to_string());
        response.extensions_mut().insert(OfAnotherStandard);
        response
    }
}

/// The methods that there are stand in `Allow` (RFC 9110, section 15.5.6).
pub(super) async fn no_method(methods: &'static str) -> HttpResponse {
    let fault = Fault::from(ScimError::of(405, format!("This address has other methods: {methods}.")));
    let mut response = fault.error_response();
    response.headers_mut().insert(header::ALLOW, header::HeaderValue::from_static(methods));
    response
}

pub(super) async fn no_resource() -> Answered<HttpResponse> {
    Err(not_found().into())
}
