//! Bulk: many operations in one request.

use serde_json::{Value, json};

use super::{Directory, GROUP, refused, someone};
use crate::support::World;

fn post(name: &str) -> Value {
    json!({"method": "POST", "path": "/Users", "bulkId": name, "data": someone(name)})
}

fn statuses(reply: &crate::support::client::Reply) -> Vec<String> {
    let all = reply.json()["Operations"].as_array().cloned().unwrap_or_default();
    all.iter().map(|it| it["status"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn people_and_their_group_are_made_in_one_request_and_again() {
    let world = World::demo();
    let sig = Directory::of_the_sig(&world);
    let mut operations: Vec<Value> = (0..500).map(|number| post(&format!("Masse{number:03}"))).collect();
    let members: Vec<Value> = (0..500).map(|number| json!({"value": format!("bulkId:Masse{number:03}")})).collect();
    // The group comes first: what it refers to is made before it.
    operations.insert(0, json!({"method": "POST", "path": "/Groups", "bulkId": "g", "data": {"schemas": [GROUP], "displayName": "Masse", "externalId": "masse", "members": members}}));
    let done = sig.bulk(&json!(operations)).expect(200);
    assert_eq!(statuses(&done), vec!["201"; 501]);
    let all = done.json();
    let group = all["Operations"][0]["location"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    assert_eq!(sig.members(&group).len(), 500);
    assert_eq!(all["Operations"][1]["version"], json!(r#"W/"1""#));
    let members = || world.database.one("SELECT count(*)::text AS it FROM member");
    let before = members();
    // Sent again without the group, whose name is taken: the same people, and nobody twice.
    let again = sig.bulk(&json!(operations[1..])).expect(200);
    assert_eq!(statuses(&again), vec!["201"; 500]);
    assert_eq!(again.json()["Operations"][0]["location"], all["Operations"][1]["location"]);
    assert_eq!(members(), before);
    // Each of them has its lines.
    let told = world
        .database
        .one("SELECT count(*)::text AS it FROM audit_event WHERE action = 'sync_user' AND noun = 'member'");
    assert_eq!(told, "500");
}

#[test]
fn what_is_wrong_stops_what_it_should_and_nothing_else() {
    let world = World::demo();
    let directory = Directory::of_a_ministry(&world);
    let bad = |name: &str| {
        let mut it = post(name);
        it["data"]["emails"] = json!([{"value": "nowhere"}]);
        it
    };
    let all = json!([post("A"), bad("B"), post("C"), bad("D"), post("E")]);
    assert_eq!(statuses(&directory.bulk(&all).expect(200)), ["201", "400", "201", "400", "201"]);
    let limited = |most: u64, all: &Value| {
        let body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "failOnErrors": most, "Operations": all});
        directory.post("/Bulk", &body).expect(200)
    };
    let all = json!([post("F"), bad("G"), post("H"), bad("I"), post("J")]);
    assert_eq!(statuses(&limited(1, &all)), ["201", "400"]);
    assert!(directory.found(r#"userName eq "h@travail.example""#).is_empty());
    assert_eq!(statuses(&limited(2, &all)), ["201", "400", "201", "400"]);
    // Those of the domain count too.
    let taken = json!({"method": "POST", "path": "/Users", "bulkId": "t", "data": {"schemas": [super::CORE], "userName": "f@travail.example",
        "externalId": "other", "name": {"givenName": "A", "familyName": "B"}}});
    let done = limited(1, &json!([post("K"), taken, post("L")]));
    assert_eq!(statuses(&done), ["201", "409"]);
    assert_eq!(done.json()["Operations"][1]["response"]["scimType"], json!("uniqueness"));
}

#[test]
fn references_lead_where_they_can() {
    let world = World::demo();
    let directory = Directory::of_a_ministry(&world);
    // One after the other about the same person.
    let rename = |value: &str| {
        json!({"method": "PATCH", "path": "/Users/bulkId:A", "data": {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "replace", "path": "title", "value": value}]}})
    };
    let done = directory
        .bulk(&json!([rename("Un"), post("A"), rename("Deux"), {"method": "DELETE", "path": "/Users/bulkId:A"}]))
        .expect(200);
    assert_eq!(statuses(&done), ["200", "201", "200", "204"]);
    // To nothing, to what failed, and in a circle.
    let group = |name: &str, member: &str| {
        json!({"method": "POST", "path": "/Groups", "bulkId": name,
        "data": {"schemas": [GROUP], "displayName": name, "members": [{"value": format!("bulkId:{member}")}]}})
    };
    let done = directory.bulk(&json!([group("x", "y"), group("y", "x"), group("z", "nothing"), post("B")])).expect(200);
    assert_eq!(statuses(&done), ["409", "409", "409", "201"]);
}

#[test]
fn a_bulk_that_is_none_is_refused_whole() {
    let world = World::demo();
    let directory = Directory::of_a_ministry(&world);
    let urn = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
    for (body, status, kind) in [
        (json!({"Operations": []}), 400, "invalidSyntax"),
        (json!({"schemas": [urn]}), 400, "invalidSyntax"),
        (json!({"schemas": [urn], "Operations": [{"method": "GET", "path": "/Users"}]}), 400, "invalidSyntax"),
        (json!({"schemas": [urn], "Operations": [{"method": "POST", "path": "/Users"}]}), 400, "invalidSyntax"),
        (json!({"schemas": [urn], "Operations": [post("A"), post("A")]}), 400, "invalidSyntax"),
        (json!({"schemas": [urn], "failOnErrors": 0, "Operations": []}), 400, "invalidSyntax"),
        (json!({"schemas": [urn], "Operations": vec![post("A"); 1001]}), 413, ""),
    ] {
        refused(&directory.post("/Bulk", &body), status, kind);
    }
    let large = json!({"schemas": [urn], "Operations": [], "padding": "a".repeat(4 * 1024 * 1024)});
    refused(&directory.post("/Bulk", &large), 413, "");
    let nowhere = directory
        .bulk(&json!([{"method": "DELETE", "path": "/Nowhere/1"}, {"method": "DELETE", "path": "/Users"},
        {"method": "PATCH", "path": "/Users/1/2", "data": {}}]))
        .expect(200);
    assert_eq!(statuses(&nowhere), ["404", "405", "400"]);
    let scope = Directory::new(&world, "MTRAV", "director-sociaux", "lecture", &["directory:read"]);
    assert_eq!(statuses(&scope.bulk(&json!([post("A"), post("B")])).expect(200)), ["403", "403"]);
}
