//! Explanations of problems: each code is an address, a page for people and JSON for programs.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use kernel::Label;
use pulldown_cmark::{Parser, html};
use serde_json::{Value, json};

use super::page::{Frame, answer, wants_page};
use crate::problem::{Code, Problem, prefers_english};

/// What is said of one code.
struct Told {
    code: &'static str,
    status: u16,
    title: &'static str,
    when: String,
    help: String,
}

impl Told {
    /// The code, which a narrow column may break after each of its words.
    fn breakable(&self) -> String {
        self.code.replace('_', "_<wbr>")
    }
}

#[derive(Template)]
#[template(path = "page/problem.html")]
struct Page {
    frame: Frame,
    told: Told,
    example: String,
}

#[derive(Template)]
#[template(path = "page/problems.html")]
struct Index {
    frame: Frame,
    all: Vec<Told>,
}

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config.route("/problems", web::get().to(index)).route("/problems/{code}", web::get().to(problem));
}

/// What a problem means, and what to do about it.
async fn problem(code: web::Path<String>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let code = Code::ALL.iter().find(|known| known.code() == code.as_str()).ok_or(Problem::new(Code::NotFound))?;
    if !wants_page(&request) {
        return Ok(described(&json_of(*code, prefers_english(&request))));
    }
    let title = code.title();
    let mut frame = Frame::spoken(&request, "/problems/", title.fr, title.en);
    frame.title = format!("{}, {}", code.code(), frame.title.trim_end_matches('.'));
    let example = Problem::example(*code, frame.english);
    let example = serde_json::to_string_pretty(&example).map_err(|error| Problem::fault(&error))?;
    let told = told(*code, frame.english);
    answer(frame.lang(), &Page { frame, told, example })
}

/// Every code.
async fn index(request: HttpRequest) -> Result<HttpResponse, Problem> {
    if !wants_page(&request) {
        let english = prefers_english(&request);
        let all: Vec<_> = Code::ALL.iter().map(|code| json_of(*code, english)).collect();
        return Ok(described(&json!({"items": all})));
    }
    let frame = Frame::spoken(&request, "/problems", "Erreurs", "Errors");
    let all = Code::ALL.iter().map(|code| told(*code, frame.english)).collect();
    answer(frame.lang(), &Index { frame, all })
}

fn described(what: &Value) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::VARY, "Accept, Accept-Language")).json(what)
}

fn json_of(code: Code, english: bool) -> Value {
    let title = said(code.title(), english);
    json!({"code": code.code(), "status": code.status().as_u16(), "title": title, "help": code.help().en})
}

fn told(code: Code, english: bool) -> Told {
    let marked = |label: Label| {
        let mut written = String::new();
        html::push_html(&mut written, Parser::new(said(label, english)));
        written
    };
    let (title, when, help) = (said(code.title(), english), marked(code.when()), marked(code.help()));
    Told { code: code.code(), status: code.status().as_u16(), title, when, help }
}

const fn said(label: Label, english: bool) -> &'static str {
    if english { label.en } else { label.fr }
}
