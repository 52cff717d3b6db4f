//! A change that changes nothing: the version stays, and nothing is recorded.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::policy::{knock, rows, world};
use crate::support::contract::operations;
use crate::support::world::PERSONAS;
use crate::support::{Client, World};

/// All that stands in the database, and how often something was done.
fn recorded(world: &World) -> (String, String) {
    let done = "SELECT count(*)::text AS it FROM audit_event WHERE outcome = 'done'";
    (world.database.digest(), world.database.one(done))
}

struct Seen {
    etag: String,
    body: Value,
}

/// Sends changes that must change nothing.
fn kept(client: &Client, path: &str, seen: &Seen, bodies: &[Value]) {
    for body in bodies {
        let answer = client.patch(path, &seen.etag, body.clone()).expect(200);
        assert_eq!((answer.etag(), answer.json()), (seen.etag.as_str(), seen.body.clone()), "{path} {body}");
    }
}

#[test]
fn a_change_that_changes_nothing_keeps_every_object_as_it_is() {
    let world = world();
    let mut tried = BTreeSet::new();
    // Everyone has logged in once.
    for persona in PERSONAS {
        world.client(persona).get("/me").expect(200);
    }
    let before = recorded(&world);
    for row in rows().into_iter().filter(|row| row.operation.method == "PATCH") {
        let Some(place) = row.signs.iter().position(|sign| *sign == '+') else { continue };
        let client = world.client(PERSONAS[place]);
        let path = knock(&world, &row).address;
        // What it is now, whatever its version.
        let now = client.patch(&path, "*", json!({})).expect(200);
        let seen = Seen { etag: now.etag().to_owned(), body: now.json() };
        // Nothing, then each field as it is, alone and with the others.
        let fields = row.operation.body().unwrap()["properties"].as_object().unwrap().clone();
        let same: Map<String, Value> =
            fields.keys().filter_map(|name| Some((name.clone(), seen.body.get(name)?.clone()))).collect();
        let alone = same.iter().map(|(name, value)| json!({name: value}));
        let bodies: Vec<_> = [json!({})].into_iter().chain(alone).chain([Value::from(same.clone())]).collect();
        kept(&client, &path, &seen, &bodies);
        tried.insert(row.operation.id);
    }
    let all: BTreeSet<_> = operations()
        .into_iter()
        .filter(|operation| operation.method == "PATCH")
        .map(|operation| operation.id)
        .collect();
    assert_eq!(tried, all);
    assert_eq!(recorded(&world), before);
}

/// A value written in another way is the same value.
#[test]
fn another_spelling_of_the_same_value_changes_nothing() {
    let world = World::demo();
    let sig = world.client("sig-admin");
    let path = format!("/members/{}", world.member("lead-edito"));
    let plain = json!({"phones": ["+33123456789"], "email": "agnes@xn--9ca.example", "given_name": "Agnès"});
    let now = sig.patch(&path, "*", plain).expect(200);
    let seen = Seen { etag: now.etag().to_owned(), body: now.json() };
    let again = [
        json!({"phones": ["01 23 45 67 89"]}),
        json!({"phones": [" +33 (0)1.23.45.67.89 "]}),
        json!({"email": " agnes@É.example "}),
        json!({"given_name": " Agne\u{300}s"}),
    ];
    let before = recorded(&world);
    kept(&sig, &path, &seen, &again);
    assert_eq!(recorded(&world), before);
}
