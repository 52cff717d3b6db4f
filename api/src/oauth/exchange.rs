//! Token exchange (RFC 8693): a service holds the session of a person who logged in at a client that is registered on its account.

use actix_web::HttpRequest;
use chrono::{DateTime, Utc};
use kernel::{MemberId, Scope, clock};
use persistence::session::Client;

use super::error::{OAuthError, What};
use super::form::Form;
use crate::db::without_caller;
use crate::services::Services;

/// The grant, and the types of tokens: what is shown and what is given are both access tokens.
pub(super) const GRANT: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
pub(super) const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
const JWT: &str = "urn:ietf:params:oauth:token-type:jwt";

/// The person of the token that a client shows, and when that token ends.
pub(super) async fn subject(
    request: &HttpRequest,
    services: &Services,
    form: &Form,
    client: &Client,
) -> Result<(MemberId, DateTime<Utc>), OAuthError> {
    let wrong = |why| OAuthError::new(What::InvalidRequest, why);
    if !client.scopes.contains(&Scope::TokensExchange) {
        return Err(OAuthError::new(What::UnauthorizedClient, "the account does not have the scope tokens:exchange"));
    }
    let account = client.account;
    if !without_caller(services, false, move |database| database.holds_sessions(account)).await? {
        return Err(OAuthError::new(
            What::UnauthorizedClient,
            "nobody who works for the State answers for the account",
        ));
    }
    if form.get("scope").is_some() {
        return Err(OAuthError::new(What::InvalidScope, "a session has the rights of its person: send no scope"));
    }
    if form.get("requested_token_type").is_some_and(|kind| kind != ACCESS_TOKEN) {
        return Err(wrong("requested_token_type is an access token here"));
    }
    if form.get("actor_token").is_some() {
        return Err(wrong("the client itself acts: send no actor_token"));
    }
    let here = services.address.of(request);
    let elsewhere = |name: &str| form.get(name).is_some_and(|target| target.trim_end_matches('/') != here);
    if elsewhere("resource") || elsewhere("audience") {
        return Err(OAuthError::new(What::InvalidTarget, "tokens are given for this service alone"));
    }
    if !form.get("subject_token_type").is_some_and(|kind| [ACCESS_TOKEN, JWT].contains(&kind)) {
        return Err(wrong("subject_token_type is missing, or is no access token"));
    }
    let token = form.get("subject_token").ok_or(wrong("subject_token is missing"))?;
    let refused = "subject_token is not good now, or was not given to a client that is registered on the account";
    let subject = services.verifier.subject(token).ok_or(wrong(refused))?;
    let identity = subject.caller.identity;
    if subject.caller.machine || !client.subject_clients.have(&identity.issuer, &subject.client) {
        return Err(wrong(refused));
    }
    let found = without_caller(services, false, move |database| database.member_of(&identity)).await?;
    let member = found.ok_or(wrong("the person is not registered here, or is suspended"))?;
    let ends = subject.expires_at;
    if ends > clock::now() { Ok((member, ends)) } else { Err(wrong(refused)) }
}
