//! The scenario of tests/conformance/clients, with progenitor's client.
//!
//! It types the body of a refusal for `application/json` alone and leaves `application/problem+json` as bytes, which are
//! read as the type that it generated all the same. Its patches clear nothing: what is `None` is never sent.

#[allow(clippy::all, dead_code, unused)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/generated.rs"));
}

use std::collections::HashSet;
use std::fmt::Debug;
use std::num::NonZeroU32;

use futures::StreamExt as _;
use generated::types::{
    Cursor, Organization, OrganizationInput, OrganizationKind, OrganizationPatch, OrganizationView, Problem,
    ProblemCode,
};
use generated::{ByteStream, Client, Error, ResponseValue};
use serde_json::{Value, json};
use uuid::Uuid;

type Answer = Result<ResponseValue<OrganizationView>, Error<ByteStream>>;

/// A value whose type takes no other one than the contract allows.
fn of<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).expect("a value that the contract allows")
}

fn string(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().as_ref().and_then(Value::as_str).expect("a string").to_owned()
}

/// The full shape of the two that an organization has, with its entity tag.
fn whole(answer: Answer, status: u16) -> (Organization, String) {
    let answer = answer.expect("an organization");
    assert_eq!(answer.status().as_u16(), status);
    let etag = answer.headers()["ETag"].to_str().expect("an entity tag").to_owned();
    match answer.into_inner() {
        OrganizationView::Variant0(whole) => (whole, etag),
        OrganizationView::Variant1(name) => panic!("an organization in full expected, {name:?} found"),
    }
}

/// The problem that a call ends in.
async fn refused<T: Debug>(answer: Result<T, Error<ByteStream>>, status: u16, code: ProblemCode) -> Problem {
    match answer {
        Err(Error::ErrorResponse(refusal)) if refusal.status().as_u16() == status => {
            let mut body = Vec::new();
            let mut bytes = refusal.into_inner();
            while let Some(some) = bytes.next().await {
                body.extend(some.expect("the rest of the body"));
            }
            let problem: Problem = serde_json::from_slice(&body).expect("a problem");
            assert_eq!((i64::from(problem.status), problem.code), (status.into(), code), "the problem");
            problem
        }
        other => panic!("{status} expected, {other:?} found"),
    }
}

async fn page_to_the_end(api: &Client, count: usize) {
    let (mut found, mut ids, mut cursor) = (0, HashSet::new(), None::<Cursor>);
    loop {
        let limit = NonZeroU32::new(50);
        // In the order of their names, and more of them with each release that has some.
        let page = api.list_organizations(
            None, cursor.as_ref(), None, None, None, None, limit, None, None, None, None, None, None, None, None,
        );
        let page = page.await.expect("a page").into_inner();
        found += page.items.len();
        ids.extend(page.items.iter().map(|item| match item {
            OrganizationView::Variant0(whole) => string(&whole.id),
            OrganizationView::Variant1(name) => string(&name.id),
        }));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!((found, ids.len()), (count, count), "organizations, page by page");
}

async fn create(api: &Client) -> (Organization, String) {
    let name = format!("Agence d'essai {}", Uuid::new_v4());
    let body: OrganizationInput = of(json!({"kind": "operator", "name": name, "aliases": ["Un autre nom"]}));
    assert_eq!(body.kind, OrganizationKind::Operator);
    let key = of(json!(Uuid::new_v4()));
    let (made, etag) = whole(api.create_organization(Some(&key), &body).await, 201);
    assert_eq!((string(&made.name), string(&made.aliases[0])), (name, "Un autre nom".into()), "what was created");
    (made, etag)
}

async fn create_wrongly(api: &Client) {
    let body = json!({"kind": "operator", "name": "Essai", "siren": "123456789", "website": "ftp://exemple.fr"});
    let body: OrganizationInput = of(body);
    let problem = refused(api.create_organization(None, &body).await, 422, ProblemCode::Invalid).await;
    let mut found: Vec<_> = problem.errors.into_iter().map(|error| string(&error.pointer)).collect();
    found.sort();
    assert_eq!(found, ["/siren", "/website"], "the values refused");
}

async fn change(api: &Client, made: &Organization, etag: &str) {
    let patch = async |name: &str, seen: &str| {
        let body: OrganizationPatch = of(json!({"short_name": name}));
        api.update_organization(&made.id, &of(json!(seen)), &body).await
    };
    let (changed, _) = whole(patch("ACT", etag).await, 200);
    assert_eq!(string(&changed.short_name), "ACT", "change");
    let version: i64 = of(json!(changed.version));
    let (again, _) = whole(patch("AC", &format!("\"{version}\"")).await, 200);
    assert_eq!((string(&again.short_name), json!(again.version)), ("AC".into(), json!(version + 1)), "change again");
    refused(patch("ATC", etag).await, 412, ProblemCode::Stale).await;
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let said: Vec<String> = std::env::args().collect();
    let bearer = format!("Bearer {}", said[2]).parse().expect("a token");
    let headers = [(reqwest::header::AUTHORIZATION, bearer)].into_iter().collect();
    let client = reqwest::Client::builder().default_headers(headers).build().expect("a client");
    let api = Client::new_with_client(&said[1], client);
    page_to_the_end(&api, said[3].parse().expect("a number")).await;
    let (made, etag) = create(&api).await;
    create_wrongly(&api).await;
    change(&api, &made, &etag).await;
}
