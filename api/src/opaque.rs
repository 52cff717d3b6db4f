//! Opaque tokens: their issuer is asked before anything else is done for the request, so that 401 comes first.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, web};

use crate::auth::Verdict;
use crate::services::Services;

/// Middleware: leaves what the issuer says of the token in the request's extensions.
pub(crate) async fn ask_issuer<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let services = request.app_data::<web::Data<Services>>().filter(|_| request.path().starts_with("/api/")).cloned();
    let opaque = services.as_ref().and_then(|services| services.verifier.opaque(request.headers()));
    let opaque = opaque.map(|(token, issuer)| (token.to_owned(), issuer));
    if let (Some(services), Some((token, issuer))) = (services, opaque) {
        let verdict = if let Some(verdict) = issuer.remembered(&token) {
            verdict
        } else {
            match services.limits.may_ask(request.request()) {
                Ok(()) => issuer.ask(token).await,
                Err(wait) => Verdict::TooOften(wait),
            }
        };
        request.extensions_mut().insert(verdict);
    }
    next.call(request).await
}
