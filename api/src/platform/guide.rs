//! The documents of this repository as pages: the conventions, which the contract links to, and the glossary.

use std::sync::LazyLock;

use actix_web::{HttpResponse, web};
use askama::Template;
use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

use super::page::{Frame, answer};
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "page/guide.html")]
struct Guide {
    frame: Frame,
    /// Identifier and words of each chapter.
    chapters: Vec<(String, String)>,
    body: String,
}

static CONVENTIONS: LazyLock<Guide> =
    LazyLock::new(|| guide("/conventions", "Conventions of the API", include_str!("../../../docs/api-conventions.md")));

static GLOSSARY: LazyLock<Guide> =
    LazyLock::new(|| guide("/glossary", "Glossary", include_str!("../../../docs/glossary.md")));

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/conventions", web::get().to(async || shown(&CONVENTIONS)))
        .route("/glossary", web::get().to(async || shown(&GLOSSARY)));
}

fn shown(guide: &Guide) -> Result<HttpResponse, Problem> {
    answer(guide.frame.lang(), guide)
}

/// The whole document, with a link to each chapter.
fn guide(here: &'static str, title: &str, markdown: &str) -> Guide {
    let parsed: Vec<_> = Parser::new_ext(markdown, Options::ENABLE_TABLES).collect();
    let mut chapters = Vec::new();
    let named = parsed.iter().enumerate().map(|(place, event)| match (event, parsed.get(place + 1)) {
        (Event::Start(Tag::Heading { level, classes, attrs, .. }), Some(Event::Text(heading))) => {
            let id = slug(heading);
            if *level != HeadingLevel::H1 {
                chapters.push((id.clone(), heading.to_string()));
            }
            let id = Some(CowStr::from(id));
            Event::Start(Tag::Heading { level: *level, id, classes: classes.clone(), attrs: attrs.clone() })
        }
        // A wide table moves within its own frame, by the keyboard too.
        (Event::Start(Tag::Table(_)), _) => {
            Event::Html(format!("<div role=\"region\" aria-label=\"{title}\" tabindex=\"0\"><table>").into())
        }
        (Event::End(TagEnd::Table), _) => Event::Html("</tbody></table></div>".into()),
        _ => event.clone(),
    });
    let mut body = String::new();
    html::push_html(&mut body, named);
    Guide { frame: Frame::english(here, title), chapters, body }
}

/// The identifier of a heading: its words in lower case, with hyphens.
fn slug(heading: &str) -> String {
    heading.to_lowercase().replace(' ', "-")
}
