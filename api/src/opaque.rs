//! Tokens that say nothing by themselves: whose they are is asked before anything else is done for the request, so that 401 comes
//! first. Their issuer is asked about opaque ones, the database about keys of service accounts.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::AUTHORIZATION;
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, web};
use kernel::{Identity, Session, Vouched};
use members::service_account::KeySecret;
use sha2::{Digest as _, Sha256};

use crate::auth::{Caller, Verdict};
use crate::db::without_caller;
use crate::services::Services;

/// Where a key is a token itself: the clients of directories know no other way.
const BY_KEY: &str = "/scim/v2";

/// Middleware: leaves what is said of the token in the request's extensions.
pub(crate) async fn ask_issuer<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let by_key = request.path().starts_with(BY_KEY);
    let ours = by_key || request.path().starts_with("/api/");
    let services = request.app_data::<web::Data<Services>>().filter(|_| ours).cloned();
    if let Some(services) = services {
        let verdict = match key_of(&request).filter(|_| by_key) {
            Some(key) => Some(of_key(&services, &request, key).await),
            None => of_issuer(&services, &request).await,
        };
        if let Some(verdict) = verdict {
            request.extensions_mut().insert(verdict);
        }
    }
    next.call(request).await
}

/// What the issuer says of an opaque token, if it is one.
async fn of_issuer(services: &Services, request: &ServiceRequest) -> Option<Verdict> {
    let (token, issuer) = services.verifier.opaque(request.headers())?;
    let token = token.to_owned();
    Some(if let Some(verdict) = issuer.remembered(&token) {
        verdict
    } else {
        match services.limits.may_ask(request.request()) {
            Ok(()) => issuer.ask(token).await,
            Err(wait) => Verdict::TooOften(wait),
        }
    })
}

/// The key that stands where a token does, alone.
fn key_of(request: &ServiceRequest) -> Option<KeySecret> {
    let mut all = request.headers().get_all(AUTHORIZATION);
    let (Some(header), None) = (all.next(), all.next()) else { return None };
    let (scheme, key) = header.to_str().ok()?.split_once(' ')?;
    KeySecret::read(key.trim()).filter(|_| scheme.eq_ignore_ascii_case("bearer"))
}

/// Whose a key is: asked once a minute, when it is noted that it was used. That it is in force still is asked with the rights.
async fn of_key(services: &Services, request: &ServiceRequest, key: KeySecret) -> Verdict {
    let digest: [u8; 32] = Sha256::digest(key.digest()).into();
    if let Some(caller) = services.keys.get(&digest) {
        return Verdict::Good(caller);
    }
    if let Err(wait) = services.limits.may_ask(request.request()) {
        return Verdict::TooOften(wait);
    }
    let known = without_caller(services, true, move |database| database.client_by_bearer(&key)).await;
    let client = match known {
        Ok(Some(client)) => client,
        Ok(None) => return Verdict::Bad,
        Err(_) => return Verdict::Away,
    };
    let session =
        Session { account: client.account, key: client.key, token: client.key.0, scopes: client.scopes, member: None };
    let issuer = services.address.of(request.request());
    let identity = Identity { issuer, subject: client.account.to_string(), session: Some(session) };
    let caller = std::sync::Arc::new(Caller { identity, vouched: Vouched::default(), machine: true });
    services.keys.insert(digest, std::sync::Arc::clone(&caller));
    Verdict::Good(caller)
}
