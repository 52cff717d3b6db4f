//! Tokens for service accounts: the token and revocation endpoints of OAuth 2.0, the metadata that names them, our public
//! keys. Errors have the bodies of RFC 6749, section 5.2.

mod client;
mod error;
mod exchange;
mod form;
mod token;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use kernel::Scope;
use serde_json::json;

use crate::problem::Problem;
use crate::services::Services;

pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/oauth/token").route(web::post().to(token::issue)).default_service(web::to(post_alone)))
        .service(
            web::resource("/oauth/revoke").route(web::post().to(token::revoke)).default_service(web::to(post_alone)),
        )
        .route("/jwks", web::get().to(jwks))
        .route("/.well-known/oauth-authorization-server", web::get().to(metadata));
}

async fn post_alone() -> Result<HttpResponse, Problem> {
    Err(Problem::method_not_allowed(vec!["POST".to_owned()]))
}

/// RFC 8414.
async fn metadata(request: HttpRequest, services: web::Data<Services>) -> HttpResponse {
    let here = services.address.of(&request);
    let methods = json!(["client_secret_basic", "client_secret_post", "private_key_jwt"]);
    let algorithms = json!(["RS256", "PS256", "ES256", "ES384", "EdDSA"]);
    HttpResponse::Ok().json(json!({
        "issuer": here,
        "token_endpoint": format!("{here}/oauth/token"),
        "revocation_endpoint": format!("{here}/oauth/revoke"),
        "jwks_uri": format!("{here}/jwks"),
        "response_types_supported": [],
        "grant_types_supported": ["client_credentials", exchange::GRANT],
        "scopes_supported": Scope::ALL.iter().map(|scope| scope.code()).collect::<Vec<_>>(),
        "token_endpoint_auth_methods_supported": methods,
        "token_endpoint_auth_signing_alg_values_supported": algorithms,
        "revocation_endpoint_auth_methods_supported": methods,
        "revocation_endpoint_auth_signing_alg_values_supported": algorithms,
        "service_documentation": format!("{here}/conventions"),
    }))
}

/// RFC 7517. The next key stands there a month before it signs; one has answers of issuers encrypted.
async fn jwks(services: web::Data<Services>) -> HttpResponse {
    let cached = (header::CACHE_CONTROL, "public, max-age=3600");
    let keys = services.verifier.published();
    let keys = json!({"keys": keys}).to_string();
    HttpResponse::Ok().insert_header(cached).content_type("application/jwk-set+json").body(keys)
}
