//! Rules of the RFCs that no journey comes by: one by one, as `docs/scim.md` names them.

use serde_json::{Value, json};

use super::{CORE, Directory, GROUP, SCIM, ids, refused, someone};
use crate::support::World;

const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

#[test]
fn a_patch_is_done_in_its_order_and_whole_or_not_at_all() {
    let world = World::demo();
    let directory = Directory::of_a_ministry(&world);
    let path = format!("/Users/{}", directory.user("Ordre"));
    let set = |value: &str| json!({"op": "replace", "path": "title", "value": value});
    let last = directory.patch(&path, &json!([set("Un"), set("Deux")])).expect(200);
    assert_eq!(last.str("/title"), "Deux");
    let wrong = json!([set("Trois"), {"op": "replace", "path": "active", "value": "perhaps"}]);
    refused(&directory.patch(&path, &wrong), 400, "invalidValue");
    assert_eq!(directory.get(&path).expect(200).json(), last.json());
    refused(&directory.patch(&path, &json!([{"op": "add", "path": "title"}])), 400, "invalidValue");
    refused(&directory.patch(&path, &json!([{"op": "remove", "path": "name.familyName"}])), 400, "mutability");
    refused(&directory.patch(&path, &json!([{"op": "remove", "path": "emails[type eq \"work\"]"}])), 400, "mutability");
    // What is there already is no change.
    let same = directory.patch(&path, &json!([set("Deux")])).expect(200);
    assert_eq!(same.json()["meta"], last.json()["meta"]);
    let with = directory.with(
        "PATCH",
        &format!("{path}?attributes=title"),
        &[],
        &json!({"schemas": [PATCH], "Operations": [set("Quatre")]}),
    );
    assert_eq!(with.expect(200).json().as_object().unwrap().keys().collect::<Vec<_>>(), ["id", "schemas", "title"]);
}

#[test]
fn what_is_not_there_is_not_made_by_a_change() {
    let world = World::demo();
    let directory = Directory::of_a_ministry(&world);
    let nowhere = "/Users/01900000-0000-7000-8fff-ffffffffffff";
    refused(&directory.send("PUT", nowhere, &someone("Neuf")), 404, "");
    let path = format!("/Users/{}", directory.user("Parti"));
    directory.delete(&path).expect(204);
    refused(&directory.send("PUT", &path, &someone("Parti")), 404, "");
    refused(&directory.patch(&path, &json!([{"op": "add", "path": "title", "value": "x"}])), 404, "");
}

#[test]
fn a_resource_says_what_it_is_and_where_it_stands() {
    let world = World::demo();
    let directory = Directory::of_a_ministry(&world);
    let mut new = someone("Juste");
    new.as_object_mut().unwrap().remove("externalId");
    new["emails"] = json!([{"value": "b@travail.example"}, {"value": "a@travail.example", "primary": true}]);
    new["phoneNumbers"] = json!([{"value": "+33142758000"}, {"value": "01 42 75 80 00"}]);
    let made = directory.post("/Users?attributes=userName", &new).expect(201);
    let path = made.header("location").to_owned();
    assert!(path.ends_with(&made.str("/id")));
    let shown = directory.get(path.rsplit_once("/scim/v2").unwrap().1).expect(200);
    assert_eq!((shown.header("content-location"), shown.str("/meta/location")), (path.as_str(), path.clone()));
    assert!(shown.at("/externalId").is_null(), "no name is made up");
    assert_eq!(shown.at("/emails"), json!([{"value": "a@travail.example", "type": "work"}]));
    assert_eq!(shown.json()["phoneNumbers"].as_array().map(Vec::len), Some(1));
    assert_eq!(shown.str("/displayName"), "Annie Juste");
    let schemas: Vec<Value> = shown.json()["schemas"].as_array().unwrap().clone();
    assert_eq!(schemas.iter().collect::<std::collections::HashSet<_>>().len(), schemas.len());
    new["emails"] =
        json!([{"value": "b@travail.example", "primary": true}, {"value": "a@travail.example", "primary": true}]);
    new["userName"] = json!("autre");
    refused(&directory.post("/Users", &new), 400, "invalidValue");
    let other = directory.client.raw("PUT", "/scim/v2/Users", &[("content-type", SCIM)], b"{}".to_vec());
    assert_eq!((other.status, other.header("allow")), (405, "GET, POST"));
    // Only a digest of a key is kept.
    let secret = directory.key["secret"].as_str().unwrap();
    let kept = world.database.one(&format!(
        "SELECT row_to_json(k)::text AS it FROM service_account_key k WHERE service_account_id = '{}'",
        directory.account
    ));
    assert!(!kept.contains(&secret[15..58]), "{kept}");
}

#[test]
fn lists_keep_their_bounds_and_their_cursors() {
    let world = World::demo();
    let (directory, other) = (
        Directory::of_a_ministry(&world),
        Directory::new(&world, "MJ", "sig-admin", "annuaire-mj", &["directory:read", "directory:write"]),
    );
    for number in 0..4 {
        directory.user(&format!("Borne{number}"));
        other.user(&format!("Loin{number}"));
    }
    assert_eq!(directory.get("/Users?count=-5").expect(200).json()["Resources"], json!([]));
    let first = directory.get("/Users?count=2&cursor=").expect(200);
    let cursor = first.str("/nextCursor");
    assert!(cursor.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)));
    assert_eq!(first.at("/totalResults"), json!(4));
    // A cursor gives nobody more than they may see, and is none of another list.
    let theirs = other.get(&format!("/Users?count=2&cursor={cursor}"));
    assert!(theirs.status == 400 || ids(&theirs).iter().all(|id| other.get(&format!("/Users/{id}")).status == 200));
    refused(&directory.get(&format!("/Groups?cursor={cursor}")), 400, "invalidCursor");
    refused(&directory.get("/Groups?cursor=&sortBy=displayName"), 400, "invalidValue");
    let search =
        json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "count": 2, "cursor": cursor});
    let second = directory.post("/Users/.search", &search).expect(200);
    assert_eq!((ids(&second).len(), second.at("/nextCursor")), (2, Value::Null));
    // Without a value, last.
    let id = directory.user("Avec");
    directory.patch(&format!("/Users/{id}"), &json!([{"op": "add", "path": "title", "value": "Zèle"}])).expect(200);
    assert_eq!(ids(&directory.get("/Users?sortBy=title").expect(200))[0], id);
    directory.get("/Schemas?nothing=1").expect(200);
}

#[test]
fn a_bulk_answers_by_its_names() {
    let world = World::demo();
    let directory = Directory::of_a_ministry(&world);
    let network = super::groups::opened(&world, "edito", "automatic");
    let add =
        json!({"schemas": [PATCH], "Operations": [{"op": "add", "path": "members", "value": [{"value": "bulkId:a"}]}]});
    let remove =
        json!({"schemas": [PATCH], "Operations": [{"op": "remove", "path": "members[value eq \"bulkId:a\"]"}]});
    let done = directory.bulk(&json!([
        {"method": "POST", "path": "/Users", "bulkId": "a", "data": someone("Lot")},
        {"method": "PATCH", "path": format!("/Groups/{network}"), "data": add},
        {"method": "PATCH", "path": format!("/Groups/{network}"), "data": remove},
        {"method": "PATCH", "path": "/Users/bulkId:nobody", "data": {"schemas": [PATCH], "Operations": [{"op": "add", "path": "title", "value": "x"}]}},
    ]));
    let all = done.expect(200).json()["Operations"].as_array().unwrap().clone();
    let statuses: Vec<&str> = all.iter().map(|it| it["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["201", "200", "200", "409"]);
    assert_eq!(all[0]["bulkId"], json!("a"));
    assert!(all[3].get("location").is_none());
    assert!(directory.members(&network).is_empty(), "added, then removed");
    let wrong =
        json!({"schemas": [GROUP], "displayName": "x", "members": [{"value": directory.user("Typ"), "type": "Group"}]});
    refused(&directory.send("PUT", &format!("/Groups/{network}"), &wrong), 400, "invalidValue");
    refused(
        &directory.patch(&format!("/Groups/{network}"), &json!([{"op": "replace", "path": "members"}])),
        400,
        "invalidValue",
    );
    assert!(
        directory
            .post(
                "/Users",
                &json!({"schemas": [CORE, CORE], "userName": "double", "name": {"givenName": "A", "familyName": "B"}})
            )
            .status
            == 201
    );
}
