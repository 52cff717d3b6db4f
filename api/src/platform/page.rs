//! Pages for people: documents of this repository, shown as HTML without scripts.

use std::fmt::Write as _;
use std::sync::LazyLock;

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, html};
use sha2::{Digest as _, Sha256};

/// The style of all pages.
pub(super) const STYLE: &str = include_str!("page.css");

/// Conventions of the API: the contract links to them.
static CONVENTIONS: LazyLock<String> =
    LazyLock::new(|| page("Conventions of the API", include_str!("../../../docs/api-conventions.md")));

/// The terms of the contract, in English and French.
static GLOSSARY: LazyLock<String> = LazyLock::new(|| page("Glossary", include_str!("../../../docs/glossary.md")));

/// Its own style, and nothing else.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let style = BASE64.encode(Sha256::digest(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
});

pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/conventions", web::get().to(async || shown(&CONVENTIONS)))
        .route("/glossary", web::get().to(async || shown(&GLOSSARY)));
}

fn shown(page: &'static str) -> HttpResponse {
    page_response(page)
}

/// A page that may use its own style, and nothing else.
pub(super) fn page_response(page: impl actix_web::body::MessageBody + 'static) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY.as_str()))
        .body(page)
}

/// The whole page, with a link to each chapter.
fn page(title: &str, markdown: &str) -> String {
    let parsed: Vec<_> = Parser::new_ext(markdown, Options::ENABLE_TABLES).collect();
    let mut chapters = String::new();
    let named = parsed.iter().enumerate().map(|(place, event)| match (event, parsed.get(place + 1)) {
        (Event::Start(Tag::Heading { level, classes, attrs, .. }), Some(Event::Text(heading))) => {
            let id = slug(heading);
            // Writing to a String never fails.
            let _ = write!(chapters, "<li><a href=\"#{id}\">{heading}</a></li>");
            let id = Some(CowStr::from(id));
            Event::Start(Tag::Heading { level: *level, id, classes: classes.clone(), attrs: attrs.clone() })
        }
        _ => event.clone(),
    });
    let mut body = String::new();
    html::push_html(&mut body, named);
    format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title} · Diapason</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><style>{STYLE}</style></head>\
         <body><nav aria-label=\"Chapters\"><ul>{chapters}</ul></nav><main>{body}</main></body></html>\n"
    )
}

/// The identifier of a heading: its words in lower case, with hyphens.
fn slug(heading: &str) -> String {
    heading.to_lowercase().replace(' ', "-")
}
