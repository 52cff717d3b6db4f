//! Groups: networks, with the members that a directory placed there and nobody else.

use std::thread;

use serde_json::{Value, json};

use super::{Directory, GROUP, encoded, refused};
use crate::support::World;

fn add(ids: &[&String]) -> Value {
    let value: Vec<Value> = ids.iter().map(|id| json!({"value": id})).collect();
    json!([{"op": "add", "path": "members", "value": value}])
}

/// Opens a network to all who ask, and gives its identifier.
pub fn opened(world: &World, code: &str, policy: &str) -> String {
    let admin = world.client("sig-admin");
    let network = admin.get(&format!("/networks/{code}")).expect(200);
    let body = json!({"join_policy": policy, "eligible_origins": []});
    admin.patch(&format!("/networks/{code}"), network.header("etag"), body).expect(200).str("/id")
}

#[test]
fn members_are_placed_where_all_may_join_and_proposed_elsewhere_once() {
    let world = World::demo();
    let directory = Directory::of_a_ministry(&world);
    let (open, closed) = (opened(&world, "edito", "automatic"), opened(&world, "marque", "request"));
    let (one, two) = (directory.user("Un"), directory.user("Deux"));
    directory.patch(&format!("/Groups/{open}"), &add(&[&one, &two])).expect(204);
    assert_eq!(directory.members(&open), sorted(&[&one, &two]));
    let admin = world.client("sig-admin");
    let sits = admin.get(&format!("/members/{one}/memberships")).expect(200);
    assert_eq!(
        (sits.str("/items/0/role"), sits.str("/items/0/managed_by")),
        ("member".into(), "annuaire-travail".into())
    );
    assert_eq!(directory.get(&format!("/Users/{one}")).expect(200).at("/groups/0/value"), json!(open));
    // Elsewhere the network and the member decide: they are asked once.
    for _ in 0..2 {
        directory.patch(&format!("/Groups/{closed}"), &add(&[&one])).expect(204);
    }
    assert!(directory.members(&closed).is_empty());
    let asked = admin.get("/membership-requests?network_code=marque&status=open&limit=200").expect(200).json();
    let asked: Vec<&Value> =
        asked["items"].as_array().unwrap().iter().filter(|it| it["member"]["id"] == json!(one)).collect();
    assert_eq!(asked.len(), 1);
    assert_eq!(
        (&asked[0]["kind"], &asked[0]["role"], &asked[0]["created_by"]),
        (&json!("nomination"), &json!("member"), &json!(directory.account))
    );
    // Taken away again, it is asked no more.
    directory
        .patch(&format!("/Groups/{closed}"), &json!([{"op": "remove", "path": format!("members[value eq \"{one}\"]")}]))
        .expect(204);
    let asked = admin.get("/membership-requests?network_code=marque&status=open&limit=200").expect(200).json();
    assert!(asked["items"].as_array().unwrap().iter().all(|it| it["member"]["id"] != json!(one)));
}

fn sorted(ids: &[&String]) -> Vec<String> {
    let mut ids: Vec<String> = ids.iter().map(|id| (*id).clone()).collect();
    ids.sort();
    ids
}

#[test]
fn what_others_gave_is_neither_seen_nor_taken() {
    let world = World::demo();
    let directory = Directory::of_a_ministry(&world);
    let open = opened(&world, "edito", "automatic");
    let before = world.database.one(&format!(
        "SELECT count(*)::text AS it FROM membership WHERE network_id = '{open}' AND valid @> app.clock()"
    ));
    assert!(before.parse::<usize>().unwrap() > 3);
    assert!(directory.members(&open).is_empty());
    let mine = directory.user("Mien");
    directory.patch(&format!("/Groups/{open}"), &add(&[&mine])).expect(204);
    for operations in [
        json!([{"op": "remove", "path": "members"}]),
        json!([{"op": "replace", "path": "members", "value": []}]),
        json!([{"op": "remove", "path": "members[type eq \"User\"]"}]),
    ] {
        directory.patch(&format!("/Groups/{open}"), &add(&[&mine])).expect(204);
        assert_eq!(directory.members(&open), vec![mine.clone()]);
        directory.patch(&format!("/Groups/{open}"), &operations).expect(204);
        assert!(directory.members(&open).is_empty(), "{operations}");
        let now = world.database.one(&format!(
            "SELECT count(*)::text AS it FROM membership WHERE network_id = '{open}' AND valid @> app.clock()"
        ));
        assert_eq!(now, before, "{operations}");
    }
    // Of whom people made more than a member, the directory has no word any more.
    directory.patch(&format!("/Groups/{open}"), &add(&[&mine])).expect(204);
    let admin = world.client("sig-admin");
    let sits = admin.get(&format!("/members/{mine}/memberships")).expect(200).str("/items/0/id");
    let etag = admin.get(&format!("/memberships/{sits}")).expect(200).header("etag").to_owned();
    admin.act(&format!("/memberships/{sits}/change-role"), &etag, Some(json!({"role": "referent"}))).expect(200);
    directory.patch(&format!("/Groups/{open}"), &json!([{"op": "remove", "path": "members"}])).expect(204);
    assert_eq!(admin.get(&format!("/memberships/{sits}")).expect(200).str("/status"), "active");
    // Whom it does not know it cannot place, and whom another knows neither.
    let stranger = world.member("member");
    refused(&directory.patch(&format!("/Groups/{open}"), &add(&[&stranger])), 400, "invalidValue");
    refused(
        &directory.patch(&format!("/Groups/{open}"), &json!([{"op": "add", "path": "members", "value": "nobody"}])),
        400,
        "invalidValue",
    );
}

#[test]
fn networks_that_are_hidden_are_no_groups() {
    let world = World::demo();
    let directory = Directory::of_a_ministry(&world);
    let admin = world.client("sig-admin");
    let id = opened(&world, "marque", "automatic");
    let mine = directory.user("Cache");
    directory.patch(&format!("/Groups/{id}"), &add(&[&mine])).expect(204);
    let network = admin.get("/networks/marque").expect(200);
    admin.patch("/networks/marque", network.header("etag"), json!({"visibility": "hidden"})).expect(200);
    refused(&directory.get(&format!("/Groups/{id}")), 404, "");
    refused(&directory.patch(&format!("/Groups/{id}"), &add(&[&mine])), 404, "");
    let all = directory.get("/Groups?excludedAttributes=members").expect(200).json();
    assert!(all["Resources"].as_array().unwrap().iter().all(|it| it["id"] != json!(id)));
    assert_eq!(directory.get(&format!("/Users/{mine}")).expect(200).at("/groups"), Value::Null);
}

#[test]
fn fifty_clients_at_once_lose_nobody_and_double_nobody() {
    let world = World::demo();
    let directory = Directory::of_a_ministry(&world);
    let open = opened(&world, "edito", "automatic");
    let people: Vec<String> = (0..50).map(|number| directory.user(&format!("Foule{number}"))).collect();
    thread::scope(|scope| {
        for id in &people {
            let (directory, open) = (&directory, &open);
            scope.spawn(move || {
                // Who must wait too long is told so, and asks again.
                while directory.patch(&format!("/Groups/{open}"), &add(&[id])).status == 503 {
                    thread::sleep(std::time::Duration::from_millis(100));
                }
            });
        }
    });
    let mut all = people.clone();
    all.sort();
    assert_eq!(directory.members(&open), all);
    let rows = world.database.one(&format!(
        "SELECT count(*)::text AS it FROM membership m JOIN source s ON s.id = m.source_id WHERE m.network_id = '{open}' AND s.code = 'annuaire-travail'"
    ));
    assert_eq!(rows, "50");
    thread::scope(|scope| {
        for id in &people[..25] {
            let (directory, open) = (&directory, &open);
            scope.spawn(move || {
                let removes = json!([{"op": "remove", "path": format!("members[value eq \"{id}\"]")}]);
                while directory.patch(&format!("/Groups/{open}"), &removes).status == 503 {
                    thread::sleep(std::time::Duration::from_millis(100));
                }
            });
        }
    });
    assert_eq!(directory.members(&open).len(), 25);
}

#[test]
fn only_the_sigs_own_account_makes_and_closes_networks() {
    let world = World::demo();
    let (sig, ministry) = (Directory::of_the_sig(&world), Directory::of_a_ministry(&world));
    let new = json!({"schemas": [GROUP], "displayName": "Réseau des podcasts", "externalId": "g1"});
    refused(&ministry.post("/Groups", &new), 403, "");
    // The scope is worth nothing to an owner who is not of the SIG.
    let eager = Directory::new(
        &world,
        "MTRAV",
        "director-sociaux",
        "zele",
        &["directory:read", "directory:write", "networks:read", "scim:networks"],
    );
    refused(&eager.post("/Groups", &new), 403, "");
    let group = sig.post("/Groups", &new).expect(201);
    let id = group.str("/id");
    let admin = world.client("sig-admin");
    let network = admin.get("/networks/reseau-des-podcasts").expect(200);
    assert_eq!((network.str("/id"), network.str("/status")), (id.clone(), "preparing".into()));
    refused(&sig.post("/Groups", &new), 409, "uniqueness");
    let path = format!("/Groups/{id}");
    refused(&ministry.patch(&path, &json!([{"op": "replace", "path": "displayName", "value": "Autre"}])), 403, "");
    ministry
        .patch(&path, &json!([{"op": "replace", "path": "displayName", "value": "Réseau des podcasts"}]))
        .expect(204);
    sig.patch(&path, &json!([{"op": "replace", "path": "displayName", "value": "Réseau audio"}])).expect(204);
    assert_eq!(admin.get("/networks/reseau-des-podcasts").expect(200).str("/name"), "Réseau audio");
    // Each directory has names of its own for it.
    ministry.patch(&path, &json!([{"op": "add", "path": "externalId", "value": "ici"}])).expect(204);
    let found = |filter: &str| super::ids(&ministry.get(&format!("/Groups?filter={}", encoded(filter))).expect(200));
    assert_eq!((found(r#"externalId eq "ici""#), found(r#"externalId eq "g1""#).len()), (vec![id.clone()], 0));
    refused(&ministry.delete(&path), 403, "");
    sig.delete(&path).expect(204);
    refused(&sig.get(&path), 404, "");
    assert_eq!(admin.get("/networks/reseau-des-podcasts").expect(200).str("/status"), "closed");
}

#[test]
fn groups_are_found_by_name_and_by_member() {
    let world = World::demo();
    let directory = Directory::of_a_ministry(&world);
    let (one, two) = (opened(&world, "edito", "automatic"), opened(&world, "numerique", "automatic"));
    let (a, b) = (directory.user("Aa"), directory.user("Bb"));
    directory.patch(&format!("/Groups/{one}"), &add(&[&a, &b])).expect(204);
    directory.patch(&format!("/Groups/{two}"), &add(&[&b])).expect(204);
    let found = |filter: &str| {
        super::ids(
            &directory.get(&format!("/Groups?excludedAttributes=members&filter={}", encoded(filter))).expect(200),
        )
    };
    let both = sorted(&[&one, &two]);
    assert_eq!(found(&format!("members.value eq \"{b}\"")), both);
    assert_eq!(found(&format!("members[value eq \"{a}\"]")), vec![one.clone()]);
    assert_eq!(found("members pr"), both);
    assert!(found(&format!("members eq \"{}\"", world.member("lead-edito"))).is_empty());
    let name = directory.get(&format!("/Groups/{one}?excludedAttributes=members")).expect(200);
    assert_eq!(name.at("/members"), Value::Null);
    let by_name = format!("displayName eq \"{}\"", name.str("/displayName").to_uppercase());
    assert_eq!(found(&by_name), vec![one.clone()]);
    let by = directory.get(&format!("/Users?filter={}", encoded(&format!("groups.value eq \"{one}\"")))).expect(200);
    assert_eq!(super::ids(&by), sorted(&[&a, &b]));
    let whole = json!({"schemas": [GROUP], "displayName": name.str("/displayName"), "members": [{"value": a}]});
    let put = directory.send("PUT", &format!("/Groups/{one}"), &whole).expect(200);
    assert_eq!(put.json()["members"].as_array().map(Vec::len), Some(1));
    let without = json!({"schemas": [GROUP], "displayName": name.str("/displayName")});
    directory.send("PUT", &format!("/Groups/{one}"), &without).expect(200);
    assert_eq!(directory.members(&one), vec![a]);
}

#[test]
fn what_was_asked_is_asked_no_more_when_the_word_is_taken_back() {
    let world = World::demo();
    let directory = Directory::of_a_ministry(&world);
    let admin = world.client("sig-admin");
    let network = opened(&world, "marque", "request");
    let open = |member: &str| {
        let list = admin.get("/membership-requests?network_code=marque&status=open&limit=200").expect(200).json();
        let all = list["items"].as_array().unwrap().clone();
        all.into_iter().filter(|it| it["member"]["id"] == json!(member)).collect::<Vec<_>>()
    };
    let (one, two, gone) = (directory.user("Une"), directory.user("Deux"), directory.user("Partie"));
    let stop = json!([{"op": "replace", "path": "active", "value": false}]);
    directory.patch(&format!("/Users/{gone}"), &stop).expect(200);
    // Who is suspended holds up nobody, and is asked for later.
    directory.patch(&format!("/Groups/{network}"), &add(&[&one, &two, &gone])).expect(204);
    assert_eq!((open(&one).len(), open(&two).len(), open(&gone).len()), (1, 1, 0));
    directory
        .patch(&format!("/Groups/{network}"), &json!([{"op": "replace", "path": "members", "value": [{"value": two}]}]))
        .expect(204);
    assert_eq!((open(&one).len(), open(&two).len()), (0, 1));
    directory.delete(&format!("/Users/{two}")).expect(204);
    assert!(open(&two).is_empty());
    // What the network answered is not asked again.
    directory.patch(&format!("/Groups/{network}"), &add(&[&one])).expect(204);
    let asked = open(&one).remove(0)["id"].as_str().unwrap().to_owned();
    let path = format!("/membership-requests/{asked}");
    let etag = admin.get(&path).expect(200).header("etag").to_owned();
    admin.act(&format!("{path}/refuse"), &etag, Some(json!({"reason": "Plus tard."}))).expect(200);
    directory.patch(&format!("/Groups/{network}"), &add(&[&one])).expect(204);
    assert!(open(&one).is_empty());
}
