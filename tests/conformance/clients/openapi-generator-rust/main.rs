//! The scenario of tests/conformance/clients, with openapi-generator's client for Rust.
//!
//! It shows no header of an answer: an `If-Match` is the version that the body says, quoted.

use std::collections::HashSet;
use std::fmt::Debug;

use client::apis::Error;
use client::apis::configuration::Configuration;
use client::apis::organizations_api::{
    CreateOrganizationError, UpdateOrganizationError, create_organization, list_organizations, update_organization,
};
use client::models::{
    Organization, OrganizationInput, OrganizationKind, OrganizationPatch, OrganizationView, Problem, ProblemCode,
};

/// The full shape of the two that an organization has.
fn whole(view: OrganizationView) -> Organization {
    match view {
        OrganizationView::Full(whole) => *whole,
        OrganizationView::Name(name) => panic!("an organization in full expected, {name:?} found"),
    }
}

/// The answer that a call ends in when it is refused.
fn refused<T: Debug, E: Debug>(answer: Result<T, Error<E>>, status: u16) -> E {
    match answer {
        Err(Error::ResponseError(refusal)) if refusal.status.as_u16() == status => refusal.entity.expect("a problem"),
        other => panic!("{status} expected, {other:?} found"),
    }
}

async fn page_to_the_end(api: &Configuration, count: usize) {
    let (mut found, mut ids, mut cursor) = (0, HashSet::new(), None::<String>);
    loop {
        // The filters come before the page, and more of them with each release that has some.
        let page = list_organizations(
            api, None, None, None, None, None, None, None, None, None, None, None, None, None, Some(50),
            cursor.as_deref(),
        );
        let page = page.await.expect("a page");
        found += page.items.len();
        ids.extend(page.items.iter().map(|item| match item {
            OrganizationView::Full(whole) => whole.id,
            OrganizationView::Name(name) => name.id,
        }));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!((found, ids.len()), (count, count), "organizations, page by page");
}

async fn create(api: &Configuration) -> Organization {
    let name = format!("Agence d'essai {}", uuid::Uuid::new_v4());
    let mut body = OrganizationInput::new(OrganizationKind::Operator, name.clone());
    body.aliases = Some(vec!["Un autre nom".into()]);
    let key = uuid::Uuid::new_v4().to_string();
    let made = whole(create_organization(api, body, Some(&key)).await.expect("created"));
    assert_eq!((made.name.clone(), made.aliases.clone()), (name, vec!["Un autre nom".to_owned()]), "what was created");
    made
}

async fn create_wrongly(api: &Configuration) {
    let mut body = OrganizationInput::new(OrganizationKind::Operator, "Essai".into());
    body.siren = Some("123456789".into());
    body.website = Some("ftp://exemple.fr".into());
    // An answer is read as the first that fits: the statuses of a problem all look alike.
    let problem: Problem = match refused(create_organization(api, body, None).await, 422) {
        CreateOrganizationError::Status400(problem) | CreateOrganizationError::Status422(problem) => problem,
        other => panic!("a problem expected, {other:?} found"),
    };
    assert_eq!((problem.status, problem.code), (422, ProblemCode::Invalid), "the problem");
    let mut found: Vec<_> = problem.errors.unwrap_or_default().into_iter().map(|error| error.pointer).collect();
    found.sort();
    assert_eq!(found, ["/siren", "/website"], "the values refused");
}

async fn change(api: &Configuration, made: &Organization) {
    let id = made.id.to_string();
    let patch = async |name: Option<&str>, version: i32| {
        let body = OrganizationPatch { short_name: Some(name.map(str::to_owned)), ..OrganizationPatch::new() };
        update_organization(api, &id, &format!("\"{version}\""), body).await
    };
    let changed = whole(patch(Some("ACT"), made.version).await.expect("changed"));
    assert_eq!((changed.short_name.as_deref(), changed.version), (Some("ACT"), made.version + 1), "change");
    let cleared = whole(patch(None, changed.version).await.expect("cleared"));
    assert_eq!((cleared.short_name, cleared.version), (None, changed.version + 1), "clear");
    let problem: Problem = match refused(patch(Some("ATC"), made.version).await, 412) {
        UpdateOrganizationError::Status400(problem) | UpdateOrganizationError::Status412(problem) => problem,
        other => panic!("a problem expected, {other:?} found"),
    };
    assert_eq!((problem.status, problem.code), (412, ProblemCode::Stale), "the problem of a stale version");
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let said: Vec<String> = std::env::args().collect();
    let api = Configuration {
        base_path: said[1].clone(),
        bearer_access_token: Some(said[2].clone()),
        ..Configuration::default()
    };
    page_to_the_end(&api, said[3].parse().expect("a number")).await;
    let made = create(&api).await;
    create_wrongly(&api).await;
    change(&api, &made).await;
}
