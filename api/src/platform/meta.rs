//! Addresses beside the API: health, the contract, explanations of problems, discovery. All public.

use std::sync::atomic::Ordering;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::{Error, HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

use super::{go, page};
use crate::problem::{Code, Problem, prefers_english};
use crate::services::Services;

pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/livez", web::get().to(livez))
        .route("/readyz", web::get().to(readyz))
        .route("/openapi.json", web::get().to(contract))
        .route("/openapi-3.0.json", web::get().to(contract_3_0))
        .route("/problems/{code}", web::get().to(problem))
        .route("/.well-known/api-catalog", web::get().to(api_catalog))
        .route("/.well-known/oauth-protected-resource", web::get().to(protected_resource))
        .route("/.well-known/security.txt", web::get().to(security))
        .route("/docs", web::get().to(docs))
        .configure(page::routes)
        .configure(go::routes);
}

/// The contract, written out once.
pub(crate) struct Contract {
    current: String,
    older: String,
}

impl Contract {
    pub(crate) fn of(contract: &Value) -> Self {
        Self { current: contract.to_string(), older: openapi::down_convert(contract.clone()).to_string() }
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

/// What a problem means, and what to do about it.
async fn problem(code: web::Path<String>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let code = Code::ALL.iter().find(|known| known.code() == code.as_str()).ok_or(Problem::new(Code::NotFound))?;
    let title = if prefers_english(&request) { code.title().en } else { code.title().fr };
    let status = code.status().as_u16();
    Ok(HttpResponse::Ok().json(json!({"code": code.code(), "status": status, "title": title, "help": code.help()})))
}

/// RFC 9727.
async fn api_catalog() -> HttpResponse {
    let described = json!([{"href": "/openapi.json", "type": "application/json"}]);
    let explained = json!([{"href": "/docs/", "type": "text/html"}, {"href": "/conventions", "type": "text/html"}]);
    let set = json!({"linkset": [{"anchor": "/api/v1", "service-desc": described, "service-doc": explained,
        "status": [{"href": "/readyz"}]}]});
    HttpResponse::Ok().content_type("application/linkset+json").body(set.to_string())
}

/// RFC 9728: whose tokens are accepted here, and how they are shown.
async fn protected_resource(request: HttpRequest, services: web::Data<Services>) -> HttpResponse {
    let here = services.address.of(&request);
    HttpResponse::Ok().json(json!({
        "resource": here,
        "authorization_servers": services.verifier.names(),
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

/// Middleware: the documentation page runs its own scripts and styles, and calls this API alone.
pub(crate) async fn page_policy(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let mut response = next.call(request).await?;
    let policy = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
                  img-src 'self' data:; frame-ancestors 'none'";
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, header::HeaderValue::from_static(policy));
    Ok(response)
}
