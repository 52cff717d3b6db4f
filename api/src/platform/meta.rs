//! Addresses beside the API: health, the contract, pages for people, discovery. All public.

use std::sync::atomic::Ordering;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

use super::{go, guide, home, problems};
use crate::problem::{Code, Problem};
use crate::services::Services;

pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/livez", web::get().to(livez))
        .route("/readyz", web::get().to(readyz))
        .route("/openapi.json", web::get().to(contract))
        .route("/openapi-3.0.json", web::get().to(contract_3_0))
        .route("/openapi-scim.json", web::get().to(contract_scim))
        .route("/.well-known/api-catalog", web::get().to(api_catalog))
        .route("/.well-known/oauth-protected-resource", web::get().to(protected_resource))
        .route("/.well-known/security.txt", web::get().to(security))
        .route("/docs", web::get().to(docs))
        .configure(crate::oauth::routes)
        .configure(go::routes)
        .configure(home::routes)
        .configure(guide::routes)
        .configure(problems::routes);
}

/// The contract, written out once.
pub(crate) struct Contract {
    current: String,
    older: String,
    scim: String,
}

impl Contract {
    pub(crate) fn of(contract: &Value, scim: &Value) -> Self {
        let older = openapi::down_convert(contract.clone()).to_string();
        Self { current: contract.to_string(), older, scim: scim.to_string() }
    }
}

/// The process lives.
async fn livez() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("ok\n")
}

/// The database answers, and holds every migration; and we are not about to stop.
async fn readyz(services: web::Data<Services>) -> Result<HttpResponse, Problem> {
    if services.draining.load(Ordering::Acquire) {
        return Err(Problem::new(Code::Draining));
    }
    if services.database.is_ready() {
        Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("ready\n"))
    } else {
        Err(Problem::new(Code::Unavailable))
    }
}

async fn contract(contract: web::Data<Contract>) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(contract.current.clone())
}

async fn contract_3_0(contract: web::Data<Contract>) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(contract.older.clone())
}

async fn contract_scim(contract: web::Data<Contract>) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(contract.scim.clone())
}

/// RFC 9727.
async fn api_catalog() -> HttpResponse {
    let described = json!([{"href": "/openapi.json", "type": "application/json"}]);
    let explained = json!([{"href": "/docs/", "type": "text/html"}, {"href": "/conventions", "type": "text/html"}]);
    let by_scim = json!([{"href": "/openapi-scim.json", "type": "application/json"}]);
    let set = json!({"linkset": [
        {"anchor": "/api/v1", "service-desc": described, "service-doc": explained, "status": [{"href": "/readyz"}]},
        {"anchor": "/scim/v2", "service-desc": by_scim},
    ]});
    HttpResponse::Ok().content_type("application/linkset+json").body(set.to_string())
}

/// RFC 9728: whose tokens are accepted here, and how they are shown.
async fn protected_resource(request: HttpRequest, services: web::Data<Services>) -> HttpResponse {
    let here = services.address.of(&request);
    // We give tokens to service accounts ourselves.
    let issuers: Vec<&str> = std::iter::once(here.as_str()).chain(services.verifier.names()).collect();
    HttpResponse::Ok().json(json!({
        "resource": here,
        "authorization_servers": issuers,
        "bearer_methods_supported": ["header"],
        "resource_documentation": format!("{here}/docs/"),
    }))
}

/// RFC 9116.
async fn security() -> HttpResponse {
    let text =
        "Contact: https://www.info.gouv.fr/contact\nPreferred-Languages: fr, en\nExpires: 2028-01-01T00:00:00Z\n";
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(text)
}

async fn docs() -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header((header::LOCATION, "/docs/")).finish()
}
