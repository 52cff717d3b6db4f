//! Journeys of a directory: a leaver (J13), a sync with its differences (J15).

use serde_json::{Value, json};

use super::{COMMUNICANT, Directory, encoded, refused, someone};
use crate::support::{Client, World};

fn stop() -> Value {
    json!([{"op": "replace", "path": "active", "value": "False"}])
}

#[test]
fn a_leaver_hands_over_before_the_departure_is_recorded() {
    let world = World::demo();
    let directory = Directory::of_a_ministry(&world);
    let (admin, director) = (world.client("sig-admin"), world.client("director-sociaux"));
    let (leaver, heir) = (directory.user("Sortante"), directory.user("Suivante"));
    let network = super::groups::opened(&world, "marque", "automatic");
    let add = json!([{"op": "add", "path": "members", "value": [{"value": leaver}, {"value": heir}]}]);
    directory.patch(&format!("/Groups/{network}"), &add).expect(204);
    // She leads the network, and owes an action.
    let sits = admin.get(&format!("/members/{leaver}/memberships")).expect(200).str("/items/0/id");
    let etag = admin.get(&format!("/memberships/{sits}")).expect(200).header("etag").to_owned();
    admin.act(&format!("/memberships/{sits}/change-role"), &etag, Some(json!({"role": "lead"}))).expect(200);
    let action = json!({"title": "Préparer la rentrée", "owner_organization_id": world.organization("MTRAV"), "owner_member_id": leaver,
        "due_on": "2027-01-15"});
    let action = admin.post("/action-items", action).expect(201).str("/id");
    directory.patch(&format!("/Users/{leaver}"), &stop()).expect(200);
    let member = format!("/members/{leaver}");
    assert_eq!(admin.get(&member).expect(200).str("/status"), "suspended");
    // Those who keep her find it among their tasks.
    let tasks = || director.get("/me/tasks").expect(200).json()["items"].as_array().unwrap().clone();
    let waits = |it: &Value| it["kind"] == json!("hand_over_member") && it["id"] == json!(leaver);
    assert!(tasks().iter().any(waits));
    let etag = || admin.get(&member).expect(200).header("etag").to_owned();
    director.act(&format!("{member}/depart"), &etag(), None).refused(409, "hand_over_required");
    let owned = admin.get(&format!("{member}/hand-over")).expect(200).json();
    let items: Vec<Value> = owned["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| json!({"kind": it["kind"], "id": it["id"], "to_member_id": heir}))
        .collect();
    assert_eq!(items.len(), 2, "{owned}");
    admin.act(&format!("{member}/hand-over"), &etag(), Some(json!({"items": items}))).expect(200);
    director.act(&format!("{member}/depart"), &etag(), None).expect(200);
    assert!(!tasks().iter().any(waits));
    assert_eq!(admin.get(&format!("/action-items/{action}")).expect(200).at("/owner_member/id"), json!(heir));
    // Who did what is said still, and the User is there no more than in use.
    assert_eq!(admin.get(&member).expect(200).str("/status"), "departed");
    let lines = world
        .database
        .column(&format!("SELECT action AS it FROM audit_event WHERE object = '{leaver}' ORDER BY position"));
    assert!(lines.contains(&"sync_user".to_owned()) && lines.contains(&"depart_member".to_owned()), "{lines:?}");
    assert_eq!(directory.get(&format!("/Users/{leaver}")).expect(200).at("/active"), json!(false));
}

/// What is reported of the directory of the ministry.
fn reports(client: &Client) -> Vec<Value> {
    client.get("/drift-reports?source_code=annuaire-travail").expect(200).json()["items"].as_array().unwrap().clone()
}

/// The same in short: what, of whom, the field with both values, the role.
fn told(client: &Client) -> Vec<String> {
    let of = |it: &Value| {
        json!([it["kind"], it["member"]["id"], it["field"], it["directory_value"], it["value"], it["role"]]).to_string()
    };
    let mut all: Vec<String> = reports(client).iter().map(of).collect();
    all.sort();
    all
}

/// The directory says that someone left whom people made a référente.
fn left_but_seated(world: &World, directory: &Directory, who: &str) {
    let admin = world.client("sig-admin");
    let network = super::groups::opened(world, "edito", "automatic");
    let add = json!([{"op": "add", "path": "members", "value": [{"value": who}]}]);
    directory.patch(&format!("/Groups/{network}"), &add).expect(204);
    let sits = admin.get(&format!("/members/{who}/memberships")).expect(200).str("/items/0/id");
    let etag = admin.get(&format!("/memberships/{sits}")).expect(200).header("etag").to_owned();
    admin.act(&format!("/memberships/{sits}/change-role"), &etag, Some(json!({"role": "referent"}))).expect(200);
    directory.patch(&format!("/Users/{who}"), &stop()).expect(200);
}

#[test]
fn a_directory_and_the_service_tell_where_they_differ() {
    let world = World::demo();
    let directory = Directory::of_a_ministry(&world);
    let (admin, director) = (world.client("sig-admin"), world.client("director-sociaux"));
    let (one, two) = (directory.user("Ecart"), directory.user("Partant"));
    assert!(reports(&admin).is_empty());
    // People correct a name and a function: from then on both are theirs.
    let member = format!("/members/{one}");
    let etag = || admin.get(&member).expect(200).header("etag").to_owned();
    admin.patch(&member, &etag(), json!({"usual_name": "Écart-Juste"})).expect(200);
    let place = admin.get(&format!("{member}/affiliations")).expect(200).str("/items/0/id");
    let place = format!("/affiliations/{place}");
    let place_etag = || admin.get(&place).expect(200).header("etag").to_owned();
    admin.patch(&place, &place_etag(), json!({"position": "Cheffe"})).expect(200);
    let mut said = someone("Ecart");
    said["title"] = json!("Adjointe");
    let synced = directory.send("PUT", &format!("/Users/{one}"), &said).expect(200).json();
    assert_eq!((&synced["name"]["familyName"], &synced["title"]), (&json!("Écart-Juste"), &json!("Cheffe")));
    assert_eq!(synced[COMMUNICANT]["lockedAttributes"], json!(["name.familyName", "title"]));
    left_but_seated(&world, &directory, &two);
    let mut expected = vec![
        json!(["field_differs", one, "usual_name", "Ecart", "Écart-Juste", null]).to_string(),
        json!(["field_differs", one, "position", "Adjointe", "Cheffe", null]).to_string(),
        json!(["left_but_seated", two, null, null, null, "referent"]).to_string(),
    ];
    expected.sort();
    for client in [&admin, &director] {
        assert_eq!(told(client), expected);
    }
    let page = admin.get("/drift-reports?source_code=annuaire-travail&limit=2").expect(200);
    let rest = admin
        .get(&format!("/drift-reports?source_code=annuaire-travail&limit=2&cursor={}", page.str("/next")))
        .expect(200);
    assert_eq!((rest.json()["items"].as_array().map(Vec::len), rest.at("/next")), (Some(1), Value::Null));
    assert!(reports(&world.client("org-admin-34")).is_empty(), "of members of others nothing is told");
    // Given back by one call, the field is the directory's again with the next sync.
    admin.act(&format!("{member}/release-fields"), &etag(), Some(json!({"fields": ["usual_name"]}))).expect(200);
    admin.act(&format!("{place}/release-fields"), &place_etag(), Some(json!({"fields": ["position"]}))).expect(200);
    assert_eq!(admin.get(&member).expect(200).at("/field_sources/usual_name"), Value::Null);
    let synced = directory.send("PUT", &format!("/Users/{one}"), &said).expect(200).json();
    assert_eq!(
        (&synced["name"]["familyName"], &synced["title"], &synced[COMMUNICANT]["lockedAttributes"]),
        (&json!("Ecart"), &json!("Adjointe"), &Value::Null)
    );
    assert_eq!(admin.get(&member).expect(200).at("/field_sources/usual_name"), json!("annuaire-travail"));
    assert_eq!(reports(&admin).len(), 1);
}

#[test]
fn what_directories_call_people_is_found_and_theirs_alone() {
    let world = World::demo();
    let (own, other) = (
        Directory::of_a_ministry(&world),
        Directory::new(&world, "MJ", "sig-admin", "annuaire-mj", &["directory:read", "directory:write"]),
    );
    let admin = world.client("sig-admin");
    let id = own.user("Nommee");
    let mut theirs = someone("Nommee");
    theirs["emails"] = json!([{"value": "autre@justice.example"}]);
    let far = other.post("/Users", &theirs).expect(201).str("/id");
    let found = |client: &Client, query: &str| {
        let list = client.get(&format!("/external-ids?{query}")).expect(200).json();
        list["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["object_id"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let mut both = found(&admin, "value=id-Nommee&noun=member");
    both.sort();
    let mut expected = vec![id.clone(), far];
    expected.sort();
    assert_eq!(both, expected);
    assert_eq!(found(&admin, "value=id-Nommee&source_code=annuaire-travail"), std::slice::from_ref(&id));
    assert_eq!(found(&admin, &format!("object_id={id}")), std::slice::from_ref(&id));
    assert_eq!(found(&world.client("director-sociaux"), "value=id-Nommee"), std::slice::from_ref(&id));
    // Renamed: one name at a time.
    let renamed = json!([{"op": "replace", "path": "externalId", "value": "id-Nouveau"}]);
    own.patch(&format!("/Users/{id}"), &renamed).expect(200);
    assert_eq!((found(&admin, &format!("object_id={id}")).len(), found(&admin, "value=id-Nouveau")), (1, vec![id]));
    refused(&own.get(&format!("/Users?filter={}", encoded("externalId xx \"a\""))), 400, "invalidFilter");
}
