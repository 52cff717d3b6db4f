//! Pages for people: HTML in French or English, without scripts, in one frame of head, links and main part.

use std::sync::LazyLock;

use actix_web::http::header::{self, Accept, Header as _, Quality, QualityItem};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::content_policy::own_style;
use crate::problem::{Problem, prefers_english};

/// The style of every page.
pub(super) const STYLE: &str = include_str!("page.css");

static POLICY: LazyLock<String> = LazyLock::new(|| own_style(STYLE));

/// Where the links at the head of each page lead, in French and English.
const LINKS: [(&str, &str, &str); 5] = [
    ("/", "Diapason", "Diapason"),
    ("/docs/", "Documentation", "Documentation"),
    ("/conventions", "Conventions", "Conventions"),
    ("/glossary", "Glossaire", "Glossary"),
    ("/problems", "Erreurs", "Errors"),
];

/// What is around the content of a page.
pub(super) struct Frame {
    pub(super) english: bool,
    pub(super) title: String,
    /// The address of the page.
    pub(super) here: &'static str,
}

impl Frame {
    /// A page in the caller's language; its title in French and English.
    pub(super) fn spoken(request: &HttpRequest, here: &'static str, fr: &str, en: &str) -> Self {
        let english = prefers_english(request);
        Self { english, title: if english { en } else { fr }.to_owned(), here }
    }

    /// A page that there is in English alone.
    pub(super) fn english(here: &'static str, title: &str) -> Self {
        Self { english: true, title: title.to_owned(), here }
    }

    pub(super) const fn lang(&self) -> &'static str {
        if self.english { "en" } else { "fr" }
    }

    pub(super) const fn say(&self, fr: &'static str, en: &'static str) -> &'static str {
        if self.english { en } else { fr }
    }

    /// The links at the head: where to, what it says, and whether it is this page.
    pub(super) fn links(&self) -> impl Iterator<Item = (&'static str, &'static str, bool)> {
        LINKS.iter().map(|(address, fr, en)| (*address, self.say(fr, en), *address == self.here))
    }
}

/// A page as it is answered. The frame says its language.
pub(super) fn answer(frame_language: &'static str, page: &impl Template) -> Result<HttpResponse, Problem> {
    let written = page.render().map_err(|error| Problem::fault(&error))?;
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_LANGUAGE, frame_language))
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY.as_str()))
        .insert_header((header::VARY, "Accept, Accept-Language"))
        .body(written))
}

/// Whether a page is preferred to JSON (RFC 9110, section 12.5.1), as browsers do. Those who take anything get JSON.
pub(super) fn wants_page(request: &HttpRequest) -> bool {
    let asked = Accept::parse(request).map(|accept| accept.0).unwrap_or_default();
    let welcome = |kind: &str, subtype: &str| {
        let fits = |item: &&QualityItem<_>| precision(item, kind, subtype) > 0;
        asked
            .iter()
            .filter(fits)
            .max_by_key(|item| precision(item, kind, subtype))
            .map_or(Quality::ZERO, |item| item.quality)
    };
    welcome("text", "html") > welcome("application", "json")
}

/// How closely a media range names a type: 0 not at all, 3 by its name.
fn precision(range: &QualityItem<actix_web::mime::Mime>, kind: &str, subtype: &str) -> u8 {
    match (range.item.type_().as_str(), range.item.subtype().as_str()) {
        ("*", _) => 1,
        (one, "*") if one == kind => 2,
        (one, other) if one == kind && other == subtype => 3,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::wants_page;

    #[test]
    fn a_page_is_for_those_who_prefer_one() {
        let asks =
            |accept: &str| wants_page(&TestRequest::default().insert_header(("accept", accept)).to_http_request());
        for page in [
            "text/html",
            "text/*",
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "application/json;q=0.5, text/html",
            "TEXT/HTML;q=0.9, */*;q=0.1",
        ] {
            assert!(asks(page), "{page}");
        }
        for json in [
            "",
            "*/*",
            "application/json",
            "application/*, text/html;q=0.9",
            "text/html;q=0",
            "text/plain",
            "a",
            "text/html, application/json",
        ] {
            assert!(!asks(json), "{json}");
        }
        assert!(!wants_page(&TestRequest::default().to_http_request()));
    }
}
