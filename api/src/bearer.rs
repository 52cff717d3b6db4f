//! What a token calls the person who bears it: shown to those who confirm an invitation, and believed by nobody else.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpRequest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use kernel::Bearer;
use kernel::directory::Email;
use serde::Deserialize;
use serde_json::Value;

use crate::problem::Problem;

/// How much of a name is kept, in characters.
const LONGEST: usize = 200;

/// The bearer of the request's token, by what it says. Stands after `Db` among a handler's parameters: that one verifies the
/// token, and this one only reads it.
pub(crate) struct Named(pub(crate) Bearer);

impl FromRequest for Named {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let header = request.headers().get(AUTHORIZATION).and_then(|header| header.to_str().ok());
        let token = header.and_then(|header| header.split_whitespace().nth(1));
        ready(Ok(Self(token.and_then(claims).map(|said| bearer(&said)).unwrap_or_default())))
    }
}

/// The claims of `OpenID` Connect (Core 1.0, §5.1) and of `ProConnect` that name a person; others are no business of ours.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Claims {
    name: Value,
    given_name: Value,
    usual_name: Value,
    family_name: Value,
    email: Value,
}

fn claims(token: &str) -> Option<Claims> {
    let bytes = BASE64.decode(token.split('.').nth(1)?).ok()?;
    serde_json::from_slice(&bytes).ok()
}

fn bearer(said: &Claims) -> Bearer {
    let usual = line(&said.usual_name).or_else(|| line(&said.family_name));
    let parts: Vec<String> = line(&said.given_name).into_iter().chain(usual).collect();
    let parts = (!parts.is_empty()).then(|| parts.join(" ").chars().take(LONGEST).collect());
    let email = said.email.as_str().and_then(|email| email.parse::<Email>().ok());
    Bearer { name: line(&said.name).or(parts), email: email.map(|email| email.to_string()) }
}

/// What people see of a text: in one line, without signs that show nothing.
fn line(said: &Value) -> Option<String> {
    let unseen = |it: char| {
        it.is_control()
            || matches!(it, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{fff0}'..='\u{ffff}')
    };
    let shown: String = said.as_str()?.chars().filter(|it| !unseen(*it)).take(LONGEST).collect();
    let shown = shown.trim().to_owned();
    (!shown.is_empty()).then_some(shown)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Claims, bearer};

    #[test]
    fn a_name_is_read_as_it_is_said() {
        let said = |claims| bearer(&serde_json::from_value::<Claims>(claims).unwrap());
        let whole = said(json!({"name": "Noé\u{200b} Vidal", "email": "Noe@Travail.example"}));
        assert_eq!((whole.name.as_deref(), whole.email.as_deref()), (Some("Noé Vidal"), Some("noe@travail.example")));
        let parts =
            said(json!({"given_name": "Noé", "usual_name": "Vidal", "family_name": "Autre", "email": "nowhere"}));
        assert_eq!((parts.name.as_deref(), parts.email), (Some("Noé Vidal"), None));
        assert_eq!(said(json!({"name": 7, "email": null})).name, None);
    }
}
