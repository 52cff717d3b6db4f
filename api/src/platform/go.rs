//! Pages that e-mails lead to where no frontend is set up: they explain where the object is opened, and tell nothing of it.

use actix_web::{HttpRequest, HttpResponse, web};
use kernel::Noun;
use uuid::Uuid;

use super::page::{Frame, answer};
use crate::frontend::{ACCEPT, INBOX, PREFERENCES};
use crate::problem::{Code, Problem};

pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config.route("/go/{page}", web::get().to(place)).route("/go/{noun}/{id}", web::get().to(object));
}

/// What a page explains.
enum Page {
    /// How an invitation is accepted.
    Invitation,
    /// Where a member says how soon they hear of each network.
    Preferences,
    /// Where the notifications of a member are.
    Inbox,
    /// How an object is opened, with its address below `/api/v1`.
    Object(String),
}

#[derive(askama::Template)]
#[template(path = "page/go.html")]
struct Go<'a> {
    frame: Frame,
    page: &'a Page,
    id: String,
}

/// The nouns that e-mails are about: name, collection, and what the page is called in French and English.
const NOUNS: &[(&str, &str, [&str; 2])] = &[
    named::<networks::announcement::Announcement>(["Une annonce", "An announcement"]),
    named::<networks::action_item::ActionItem>(["Une action", "An action item"]),
    named::<expertise::request::ExpertiseRequest>(["Une sollicitation d’expertise", "An expertise request"]),
    named::<members::invitation::Invitation>(["Une invitation", "An invitation"]),
    named::<networks::membership::Membership>(["Une adhésion", "A membership"]),
    named::<networks::membership_request::MembershipRequest>(["Une demande d’adhésion", "A membership request"]),
    named::<networks::membership_review::MembershipReview>(["Une revue des adhésions", "A review of memberships"]),
    named::<members::service_account::ServiceAccount>(["Un compte de service", "A service account"]),
    named::<members::service_account::ServiceAccountKey>([
        "Une clé d’un compte de service",
        "A key of a service account",
    ]),
];

const fn named<T: Noun>(titles: [&'static str; 2]) -> (&'static str, &'static str, [&'static str; 2]) {
    (T::NAME, T::COLLECTION, titles)
}

async fn place(request: HttpRequest, page: web::Path<String>) -> Result<HttpResponse, Problem> {
    match page.as_str() {
        INBOX => shown(&request, &Page::Inbox, ["Vos notifications", "Your notifications"], None),
        PREFERENCES => {
            shown(&request, &Page::Preferences, ["Vos réglages de notification", "Your notification settings"], None)
        }
        _ => Err(Problem::new(Code::NotFound)),
    }
}

async fn object(request: HttpRequest, path: web::Path<(String, Uuid)>) -> Result<HttpResponse, Problem> {
    let (noun, id) = path.into_inner();
    if noun == ACCEPT {
        let titles = ["Une invitation à rejoindre Diapason", "An invitation to join Diapason"];
        return shown(&request, &Page::Invitation, titles, Some(id));
    }
    let known = NOUNS.iter().find(|(name, _, _)| *name == noun).ok_or(Problem::new(Code::NotFound))?;
    let (_, collection, titles) = known;
    shown(&request, &Page::Object(format!("/{collection}/{id}")), *titles, Some(id))
}

fn shown(request: &HttpRequest, page: &Page, titles: [&str; 2], id: Option<Uuid>) -> Result<HttpResponse, Problem> {
    let [french, english] = titles;
    let frame = Frame::spoken(request, "/go", french, english);
    let id = id.map(|id| id.to_string()).unwrap_or_default();
    answer(frame.lang(), &Go { frame, page, id })
}
