//! Errors of OAuth 2.0 (RFC 6749, section 5.2; RFC 7009, section 2.2.1).

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use serde_json::json;

use crate::problem::{Code, OfAnotherStandard, Problem};

/// What is wrong with a request for a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    InvalidRequest,
    InvalidClient,
    UnauthorizedClient,
    UnsupportedGrantType,
    InvalidScope,
    InvalidTarget,
    TooMany,
    Unavailable,
    Fault,
}

impl What {
    const fn said(self) -> (StatusCode, &'static str) {
        match self {
            Self::InvalidRequest => (StatusCode::BAD_REQUEST, "invalid_request"),
            Self::InvalidClient => (StatusCode::UNAUTHORIZED, "invalid_client"),
            Self::UnauthorizedClient => (StatusCode::BAD_REQUEST, "unauthorized_client"),
            Self::UnsupportedGrantType => (StatusCode::BAD_REQUEST, "unsupported_grant_type"),
            Self::InvalidScope => (StatusCode::BAD_REQUEST, "invalid_scope"),
            Self::InvalidTarget => (StatusCode::BAD_REQUEST, "invalid_target"),
            Self::TooMany => (StatusCode::TOO_MANY_REQUESTS, "temporarily_unavailable"),
            Self::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable"),
            Self::Fault => (StatusCode::INTERNAL_SERVER_ERROR, "server_error"),
        }
    }
}

/// An error of the token endpoint: its code for programs, a sentence for people.
#[derive(Debug, thiserror::Error)]
#[error("{why}")]
pub(super) struct OAuthError {
    pub(super) what: What,
    why: &'static str,
    /// How many seconds to wait, where that helps.
    wait: Option<u64>,
}

impl OAuthError {
    pub(super) const fn new(what: What, why: &'static str) -> Self {
        Self { what, why, wait: None }
    }
}

/// What the database or the limits say, in the words of OAuth.
impl From<Problem> for OAuthError {
    fn from(problem: Problem) -> Self {
        match problem.code {
            Code::TooManyRequests => {
                let why = "too many attempts from this address: wait as many seconds as Retry-After says";
                Self { wait: problem.wait, ..Self::new(What::TooMany, why) }
            }
            Code::Busy | Code::Unavailable | Code::Draining | Code::OutcomeUnknown => {
                Self { wait: Some(2), ..Self::new(What::Unavailable, "try again in a moment") }
            }
            _ => Self::new(What::Fault, "an error occurred in the service"),
        }
    }
}

impl ResponseError for OAuthError {
    fn status_code(&self) -> StatusCode {
        self.what.said().0
    }

    fn error_response(&self) -> HttpResponse {
        let (status, code) = self.what.said();
        let mut response = HttpResponse::build(status);
        response.insert_header((header::CACHE_CONTROL, "no-store"));
        if self.what == What::InvalidClient {
            response.insert_header((header::WWW_AUTHENTICATE, r#"Basic realm="diapason", charset="UTF-8""#));
        }
        if let Some(wait) = self.wait {
            response.insert_header((header::RETRY_AFTER, wait));
        }
        let mut response = response.json(json!({"error": code, "error_description": self.why}));
        response.extensions_mut().insert(OfAnotherStandard);
        response
    }
}
