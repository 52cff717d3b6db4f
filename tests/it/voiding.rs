//! Facts that should never have been: gone from every day, kept in the history with the reason.

use serde_json::{Value, json};

use crate::support::client::Reply;
use crate::support::{Client, World};

const REASON: &str = "Saisie sur un homonyme.";

fn void(client: &Client, address: &str, key: &str) -> Reply {
    let etag = client.get(address).expect(200).etag().to_owned();
    let headers = [("if-match", etag.as_str()), ("idempotency-key", key)];
    client.send("POST", &format!("{address}/void"), &headers, Some(json!({"reason": REASON})))
}

/// What the history says of an object at its end.
fn last(world: &World, id: &str) -> Value {
    let image = "SELECT image::text AS it FROM history WHERE object_id = '";
    serde_json::from_str(&world.database.one(&format!("{image}{id}' ORDER BY object_version DESC LIMIT 1"))).unwrap()
}

#[test]
fn a_voided_membership_was_never_there() {
    let world = World::demo();
    let (lead, sig) = (world.client("lead-edito"), world.client("sig-coordinator"));
    let gap = lead.walk("/networks/edito/gaps?role=referent&gap=vacant").remove(0);
    let organization = gap["organization"]["id"].as_str().unwrap();
    let new = json!({"given_name": "Odile", "usual_name": "Essai", "affiliation": {"organization_id": organization, "profession": "editor", "valid_from": "2026-01-15T00:00:00Z"}});
    let affiliation = sig.post("/members", new).expect(201).str("/affiliations/0/id");
    let sits = json!({"affiliation_id": affiliation, "role": "referent", "valid_from": "2026-02-01T00:00:00Z"});
    let created = lead.post("/networks/edito/memberships", sits).expect(201);
    let (id, address) = (created.str("/id"), created.header("location").to_owned());
    let gaps = |as_of: &str| {
        let all = lead.walk(&format!("/networks/edito/gaps?gap=vacant{as_of}"));
        all.iter().any(|it| it["seat_id"] == gap["seat_id"])
    };
    assert!(!gaps("") && !gaps("&as_of=2026-03-01"));
    let matrix = sig.get("/tracking/matrix").expect(200).json();

    void(&lead, &address, "void-lead").refused(403, "forbidden");
    sig.act(&format!("{address}/void"), created.etag(), Some(json!({}))).refused(422, "invalid");
    assert_eq!(sig.get(&address).etag().split('-').next(), created.etag().split('-').next(), "nothing happened");
    assert!(sig.get(&address).actions().contains(&"void_membership".to_owned()));
    let etag = sig.get(&address).etag().to_owned();
    let headers = [("if-match", etag.as_str()), ("idempotency-key", "void-1")];
    let ask = || sig.send("POST", &format!("{address}/void"), &headers, Some(json!({"reason": REASON})));
    let done = ask().expect(200);
    assert_eq!((done.str("/id"), done.str("/reason"), done.at("/version")), (id.clone(), REASON.to_owned(), json!(2)));
    let again = ask().expect(200);
    assert_eq!((again.header("idempotency-replayed"), again.json()), ("true", done.json()));

    sig.get(&address).refused(404, "not_found");
    assert!(gaps("") && gaps("&as_of=2026-03-01"), "on no day did it fill the seat");
    assert_ne!(sig.get("/tracking/matrix").expect(200).json(), matrix);
    assert_eq!(
        (last(&world, &id)["void_reason"].as_str(), last(&world, &id)["role"].as_str()),
        (Some(REASON), Some("referent"))
    );
    let told =
        format!("SELECT string_agg(verb, ' ' ORDER BY position) AS it FROM change_event WHERE object_id = '{id}'");
    assert_eq!(world.database.one(&told), "created voided");
    let line = sig.get(&format!("/audit-events?object={id}&limit=1"));
    assert_eq!(line.status, 403, "a coordinator does not read the audit log");
    let line = world.client("sig-admin").get(&format!("/audit-events?object={id}&limit=1")).expect(200);
    assert_eq!(line.str("/items/0/action"), "void_membership");
    assert!(!line.text().contains(REASON), "the audit log holds no text");
}

#[test]
fn what_came_of_a_dossier_and_was_reviewed_is_voided_too() {
    let world = World::demo();
    let (lead, member, sig) = (world.client("lead-edito"), world.client("member"), world.client("sig-coordinator"));
    let affiliation = world.affiliation("member");
    let ask = json!({"kind": "request", "role": "member", "affiliation_id": affiliation, "notification_level": "none"});
    let dossier = member.post("/networks/edito/requests", ask).expect(201).header("location").to_owned();
    let joined = lead.act(&format!("{dossier}/accept"), lead.get(&dossier).etag(), Some(json!({}))).expect(200);
    let address = format!("/memberships/{}", joined.str("/membership_id"));
    let review = lead.post("/networks/edito/reviews", json!({"due_on": "2035-12-31"})).expect(201).str("/id");
    let keep = json!({"review_id": review, "outcome": "keep"});
    lead.act(&format!("{address}/review"), lead.get(&address).etag(), Some(keep)).expect(200);
    void(&sig, &address, "reviewed").expect(200);
    sig.get(&address).refused(404, "not_found");
    let left = lead.get(&dossier).expect(200);
    assert_eq!((left.str("/status"), left.at("/membership_id")), ("accepted".into(), Value::Null));
    // What was asked for through an affiliation rests on it.
    void(&sig, &format!("/affiliations/{affiliation}"), "asked").refused(409, "not_empty");
}

#[test]
fn what_others_rest_on_is_not_voided() {
    let world = World::demo();
    let sig = world.client("sig-admin");
    void(&sig, &format!("/memberships/{}", world.membership("lead-edito", "edito")), "lead").refused(409, "last_lead");
    void(&sig, &format!("/affiliations/{}", world.affiliation("lead-edito")), "held").refused(409, "not_empty");
    let admin = sig.walk(&format!("/role-assignments?member_id={}", world.member("sig-admin"))).remove(0);
    let admin = format!("/role-assignments/{}", admin["id"].as_str().unwrap());
    void(&sig, &admin, "admin").refused(409, "last_admin");
}

#[test]
fn a_voided_role_or_link_takes_its_rights_along_at_once() {
    let world = World::demo();
    let (sig, director) = (world.client("sig-admin"), world.client("director-sociaux"));
    let travail = format!("/organizations/{}", world.organization("MTRAV"));
    let says = |address: &str| {
        let etag = director.get(address).etag().to_owned();
        director.act(&format!("{address}/contact-points"), &etag, Some(json!({"contact_points": []}))).status
    };
    assert_eq!(says(&travail), 200);
    let dicom = world.organization("DICOM sociaux");
    let links = sig.walk(&format!("/organizations/{dicom}/links"));
    let link = links.iter().find(|it| travail.ends_with(it["to_id"].as_str().unwrap())).unwrap();
    void(&sig, &format!("/organization-links/{}", link["id"].as_str().unwrap()), "link").expect(200);
    assert_eq!(says(&travail), 403, "what is not served is not the director's");
    let own = format!("/organizations/{dicom}");
    assert_eq!(says(&own), 200);
    let role = sig.walk(&format!("/role-assignments?member_id={}", world.member("director-sociaux"))).remove(0);
    void(&sig, &format!("/role-assignments/{}", role["id"].as_str().unwrap()), "role").expect(200);
    assert_eq!(says(&own), 403);
}

#[test]
fn a_voided_place_gives_the_main_mark_to_the_other() {
    let world = World::demo();
    let sig = world.client("sig-admin");
    let (one, other) = (world.organization("MJ"), world.organization("MTRAV"));
    let new = json!({"given_name": "Odile", "usual_name": "Essai", "affiliation": {"organization_id": one}});
    let member = sig.post("/members", new).expect(201);
    let address = member.header("location").to_owned();
    sig.post(&format!("{address}/affiliations"), json!({"organization_id": other})).expect(201);
    void(&sig, &format!("/affiliations/{}", member.str("/affiliations/0/id")), "place").expect(200);
    let card = sig.get(&address).expect(200);
    assert_eq!(card.at("/affiliations").as_array().unwrap().len(), 1);
    assert_eq!(
        (card.str("/affiliations/0/organization/id"), card.at("/affiliations/0/is_primary")),
        (other, json!(true))
    );
    assert_eq!(sig.walk(&format!("{address}/affiliations")).len(), 1);
}

#[test]
fn what_was_voided_does_not_come_again_with_the_reference_data() {
    let world = World::demo();
    let sig = world.client("sig-admin");
    let shared = sig.walk("/networks/design/co-animations").remove(0);
    void(&sig, &format!("/co-animations/{}", shared["id"].as_str().unwrap()), "shared").expect(200);
    persistence::reference::load(&world.database.owner()).unwrap();
    assert!(sig.walk("/networks/design/co-animations").is_empty());
}
