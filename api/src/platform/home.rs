//! The root: what this service is, and where to go from here, for people and for programs.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde_json::json;

use super::page::{Frame, answer, wants_page};
use crate::problem::Problem;

/// Where programs find what describes the service (RFC 8288, RFC 8631, RFC 9727).
const LINKS: &str = "</.well-known/api-catalog>; rel=\"api-catalog\", </openapi.json>; rel=\"service-desc\", \
                     </docs/>; rel=\"service-doc\", </readyz>; rel=\"status\"";

#[derive(Template)]
#[template(path = "page/home.html")]
struct Home {
    frame: Frame,
    version: &'static str,
}

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config.route("/", web::get().to(home));
}

async fn home(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let version = env!("CARGO_PKG_VERSION");
    let mut response = if wants_page(&request) {
        let frame = Frame::spoken(&request, "/", "Accueil", "Home");
        answer(frame.lang(), &Home { frame, version })?
    } else {
        let described = json!({
            "name": "Diapason",
            "version": version,
            "description": "Coordination of the French State's communicators: the API is at /api/v1.",
            "links": {
                "api": "/api/v1",
                "contract": "/openapi.json",
                "contract_3_0": "/openapi-3.0.json",
                "documentation": "/docs/",
                "conventions": "/conventions",
                "glossary": "/glossary",
                "problems": "/problems",
                "health": "/readyz",
                "security": "/.well-known/security.txt",
            },
        });
        HttpResponse::Ok().insert_header((header::VARY, "Accept, Accept-Language")).json(described)
    };
    response.headers_mut().insert(header::LINK, header::HeaderValue::from_static(LINKS));
    Ok(response)
}
