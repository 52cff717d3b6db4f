//! What identifies a call beside its caller: its request, its body, the client's idempotency key.

use actix_web::http::Method;
use actix_web::{HttpMessage as _, HttpRequest};
use kernel::Identity;
use persistence::{Call, Key, Principal};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::problem::{Code, Problem, RequestId};

/// Digest of the body of a request. The extractor that read the body leaves it here.
#[derive(Debug, Clone)]
pub(crate) struct BodyDigest(pub(crate) Vec<u8>);

/// The header of the idempotency key.
pub(crate) const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// The call that a request is.
pub(crate) fn call(request: &HttpRequest, caller: Identity) -> Result<Call, Problem> {
    let id = request.extensions().get::<RequestId>().map_or_else(Uuid::nil, |id| id.0);
    let key = if request.method() == Method::POST { key(request)? } else { None };
    let key = key.map(|it| of_service(it, &caller));
    let principal = Principal::default();
    // The access log reads it when the answer is there.
    request.extensions_mut().insert(principal.clone());
    Ok(Call { caller, request: id, key, principal })
}

/// The key of a service that acts for a person is none of the person's own, nor of another service's.
fn of_service(it: Key, caller: &Identity) -> Key {
    let Some(session) = caller.session.as_ref().filter(|session| session.member.is_some()) else { return it };
    let digest = Sha256::new().chain_update(session.account.0).chain_update(it.key.as_bytes()).finalize();
    Key { key: format!("{digest:x}"), ..it }
}

/// The call that a request is which may be sent again without one: a token is given for each.
pub(crate) fn unkeyed(request: &HttpRequest, caller: Identity) -> Call {
    let id = request.extensions().get::<RequestId>().map_or_else(Uuid::nil, |id| id.0);
    Call { caller, request: id, key: None, principal: Principal::default() }
}

fn key(request: &HttpRequest) -> Result<Option<Key>, Problem> {
    let mut sent = request.headers().get_all(IDEMPOTENCY_KEY);
    let Some(first) = sent.next() else { return Ok(None) };
    let key = first.to_str().ok().map(|key| key.trim_matches('"')).filter(|key| (1..=255).contains(&key.len()));
    let (Some(key), None) = (key, sent.next()) else { return Err(Problem::new(Code::InvalidIdempotencyKey)) };
    let mut digest = Sha256::new();
    digest.update(request.method().as_str());
    digest.update([0]);
    digest.update(request.uri().to_string());
    digest.update([0]);
    if let Some(BodyDigest(body)) = request.extensions().get() {
        digest.update(body);
    }
    Ok(Some(Key { key: key.to_owned(), digest: digest.finalize().to_vec() }))
}
