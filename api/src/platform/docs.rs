//! The documentation page: Swagger UI, whose files are part of the program, with a page, a set-up and a style of our own.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::{Error, HttpResponse, web};
use askama::Template;

use super::page::Frame;
use crate::problem::Problem;

/// What the page may do: run and show what this server serves, and call this server.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

#[derive(Template)]
#[template(path = "page/docs.html")]
struct Docs {
    frame: Frame,
}

/// The files of the page that are not Swagger UI's.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/", web::get().to(docs))
        .route("/index.html", web::get().to(docs))
        .route("/diapason.js", web::get().to(async || file("text/javascript; charset=utf-8", include_str!("docs.js"))))
        .route("/diapason.css", web::get().to(async || file("text/css; charset=utf-8", include_str!("docs.css"))));
}

async fn docs() -> Result<HttpResponse, Problem> {
    // The contract is in English.
    let page = Docs { frame: Frame::english("/docs/", "Documentation") };
    let written = page.render().map_err(|error| Problem::fault(&error))?;
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_LANGUAGE, page.frame.lang()))
        .body(written))
}

fn file(kind: &'static str, text: &'static str) -> HttpResponse {
    HttpResponse::Ok().content_type(kind).body(text)
}

/// Middleware: the policy of the page and of its files.
pub(crate) async fn page_policy(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let mut response = next.call(request).await?;
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, header::HeaderValue::from_static(POLICY));
    Ok(response)
}
