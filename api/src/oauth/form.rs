//! The parameters of a request for a token: a form, in which none stands twice (RFC 6749, section 3.2).

use std::collections::HashMap;

use actix_web::HttpRequest;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::Bytes;

use super::error::{OAuthError, What};

/// The largest form that is read.
const LARGEST: usize = 32 * 1024;

/// The parameters that were sent with a value; others count as omitted.
pub(super) struct Form(HashMap<String, String>);

impl Form {
    pub(super) fn read(request: &HttpRequest, body: Result<Bytes, actix_web::Error>) -> Result<Self, OAuthError> {
        let wrong = |why| OAuthError::new(What::InvalidRequest, why);
        let body = body.map_err(|_| wrong("the form cannot be read to its end, or is larger than 32 KiB"))?;
        let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err(wrong("send the parameters as application/x-www-form-urlencoded"));
        }
        if body.len() > LARGEST {
            return Err(wrong("the form is larger than 32 KiB"));
        }
        let mut all = HashMap::new();
        for (name, value) in form_urlencoded::parse(&body) {
            if value.contains('\0') {
                return Err(wrong("a parameter holds a NUL"));
            }
            if !value.is_empty() && all.insert(name.into_owned(), value.into_owned()).is_some() {
                return Err(wrong("a parameter is repeated"));
            }
        }
        Ok(Self(all))
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}
