//! The token endpoint (RFC 6749, section 4.4) and the revocation endpoint (RFC 7009).

use actix_web::http::header;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use kernel::{Identity, MemberId, Scope, Session};
use persistence::session::Client;
use serde::Serialize;
use serde_with::skip_serializing_none;
use uuid::Uuid;

use super::client::client;
use super::error::{OAuthError, What};
use super::exchange;
use super::form::Form;
use crate::auth::Purpose;
use crate::call::unkeyed;
use crate::db::without_caller;
use crate::services::Services;

/// What a client is given (RFC 6749, section 5.1; RFC 8693, section 2.2.1).
#[skip_serializing_none]
#[derive(Serialize)]
struct Given {
    access_token: String,
    token_type: &'static str,
    expires_in: i64,
    issued_token_type: Option<&'static str>,
    scope: Option<String>,
}

/// A token for a client that shows who it is: for itself, or for the session of a person (RFC 8693).
pub(super) async fn issue(
    request: HttpRequest,
    services: Data<Services>,
    body: Result<Bytes, actix_web::Error>,
) -> Result<HttpResponse, OAuthError> {
    let form = Form::read(&request, body)?;
    let exchanges = match form.get("grant_type") {
        Some("client_credentials") => false,
        Some(exchange::GRANT) => true,
        Some(_) => return Err(OAuthError::new(What::UnsupportedGrantType, UNKNOWN_GRANT)),
        None => return Err(OAuthError::new(What::InvalidRequest, "grant_type is missing")),
    };
    let proven = client(&request, &services, &form).await?;
    let client = proven.client.clone();
    let (scopes, member) = if exchanges {
        (Vec::new(), Some(exchange::subject(&request, &services, &form, &client).await?))
    } else {
        (asked(&form, &client)?, None)
    };
    proven.spend(&services).await?;
    let here = services.address.of(&request);
    let fault = || OAuthError::new(What::Fault, "the token cannot be signed");
    let purpose = Purpose { scopes: &scopes, member };
    let issued = services.verifier.own().issue(&here, &client, &purpose).ok_or_else(fault)?;
    let call = unkeyed(&request, speaks_for(&here, &client, member.map(|(member, _)| member)));
    without_caller(&services, true, move |database| database.record_session(&call, &client)).await?;
    let said = Given {
        access_token: issued.token,
        token_type: "Bearer",
        expires_in: issued.expires_in,
        issued_token_type: exchanges.then_some(exchange::ACCESS_TOKEN),
        scope: (!exchanges).then(|| scopes.iter().map(|scope| scope.code()).collect::<Vec<_>>().join(" ")),
    };
    let mut answer = HttpResponse::Ok();
    answer.insert_header((header::CACHE_CONTROL, "no-store")).insert_header((header::PRAGMA, "no-cache"));
    Ok(answer.json(said))
}

const UNKNOWN_GRANT: &str = "grant_type is client_credentials or token exchange here";

/// Takes a token back. One that is none of ours, or is over, needs no taking back (RFC 7009, section 2.2).
pub(super) async fn revoke(
    request: HttpRequest,
    services: Data<Services>,
    body: Result<Bytes, actix_web::Error>,
) -> Result<HttpResponse, OAuthError> {
    let form = Form::read(&request, body)?;
    let proven = client(&request, &services, &form).await?;
    let token = form.get("token").ok_or(OAuthError::new(What::InvalidRequest, "token is missing"))?;
    let (here, client) = (services.address.of(&request), proven.client.clone());
    proven.spend(&services).await?;
    if let Some(shown) = services.verifier.own().read(&here, token) {
        if shown.session.account != client.account {
            return Err(OAuthError::new(What::UnauthorizedClient, "the token was given to another client"));
        }
        let call = unkeyed(&request, speaks_for(&here, &client, shown.session.member));
        let (token, until) = (shown.session.token, shown.expires_at);
        without_caller(&services, true, move |database| database.revoke_token(&call, &client, token, until)).await?;
    }
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).finish())
}

/// What a client asks for, of what it may do.
fn asked(form: &Form, client: &Client) -> Result<Vec<Scope>, OAuthError> {
    let Some(asked) = form.get("scope") else { return Ok(client.scopes.clone()) };
    let beyond = || OAuthError::new(What::InvalidScope, "the account does not have one of the scopes asked for");
    let has = |code: &str| client.scopes.iter().find(|scope| scope.code() == code).copied().ok_or_else(beyond);
    let mut scopes = asked.split(' ').map(has).collect::<Result<Vec<_>, _>>()?;
    scopes.sort_unstable();
    scopes.dedup();
    Ok(scopes)
}

/// Who the audit log says that acted, and on whose behalf.
fn speaks_for(issuer: &str, client: &Client, member: Option<MemberId>) -> Identity {
    let session = Session { account: client.account, key: client.key, token: Uuid::nil(), scopes: Vec::new(), member };
    Identity { issuer: issuer.to_owned(), subject: client.account.to_string(), session: Some(session) }
}
