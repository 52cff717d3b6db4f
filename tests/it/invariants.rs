//! What must hold over several rows holds whatever the door: a SIG administrator, a lead of each network, no circle.

use std::thread;

use serde_json::{Value, json};

use crate::support::client::Reply;
use crate::support::{Client, World};

fn act(client: &Client, address: &str, what: &str, body: Value) -> Reply {
    client.act(&format!("{address}/{what}"), client.get(address).expect(200).etag(), Some(body))
}

fn change(client: &Client, address: &str, body: Value) -> Reply {
    client.patch(address, client.get(address).expect(200).etag(), body)
}

fn organization_of(world: &World, persona: &str) -> String {
    let place = world.affiliation(persona);
    let id = world.database.one(&format!("SELECT organization_id::text AS it FROM affiliation WHERE id = '{place}'"));
    format!("/organizations/{id}")
}

/// Every door by which the only administrator could be lost; each refused, and nothing of it done.
fn only_one_administers(world: &World) {
    let (sig, coordinator) = (world.client("sig-admin"), world.client("sig-coordinator"));
    let member = format!("/members/{}", world.member("sig-admin"));
    let place = format!("/affiliations/{}", world.affiliation("sig-admin"));
    let office = organization_of(world, "sig-admin");
    let before = world.database.one("SELECT count(*)::text AS it FROM history");
    for client in [&sig, &coordinator] {
        act(client, &member, "suspend", json!({})).refused(409, "last_admin");
        act(client, &member, "depart", json!({})).refused(409, "last_admin");
        act(client, &place, "end", json!({})).refused(409, "last_admin");
        act(client, &place, "end", json!({"at": "2027-06-30T00:00:00Z"})).refused(409, "last_admin");
        for origin in ["observer", "government_partner"] {
            change(client, &office, json!({"origin_override": origin})).refused(409, "last_admin");
        }
        for kind in ["observer", "government_partner"] {
            change(client, &office, json!({"kind": kind})).refused(409, "last_admin");
        }
    }
    let observer = world.database.one("SELECT id::text AS it FROM organization WHERE kind = 'observer' LIMIT 1");
    let merge = json!({"type": "merge", "organization_ids": [&office["/organizations/".len()..]],
        "into": {"organization_id": observer}});
    let plan = json!({"title": "Fusion", "operations": [merge]});
    sig.post("/reorganizations", plan).refused(409, "last_admin");
    assert_eq!(before, world.database.one("SELECT count(*)::text AS it FROM history"));
}

#[test]
fn the_only_administrator_stays_whatever_the_door() {
    let world = World::demo();
    let (sig, coordinator) = (world.client("sig-admin"), world.client("sig-coordinator"));
    only_one_administers(&world);
    // One who never logged in administers nothing.
    let office = organization_of(&world, "sig-admin");
    let new = json!({"given_name": "Odile", "usual_name": "Marchemont", "email": "odile.marchemont@sig.example",
        "affiliation": {"organization_id": &office["/organizations/".len()..]}});
    let second = sig.post("/members", new).expect(201).str("/id");
    let place = sig.get(&format!("/members/{second}/affiliations")).expect(200).str("/items/0/id");
    sig.post("/role-assignments", json!({"affiliation_id": place, "role": "sig_admin"})).expect(201);
    only_one_administers(&world);
    // One who logged in does.
    let role = json!({"affiliation_id": world.affiliation("sig-coordinator"), "role": "sig_admin"});
    sig.post("/role-assignments", role).expect(201);
    act(&coordinator, &format!("/members/{}", world.member("sig-admin")), "suspend", json!({})).expect(200);
    act(&coordinator, &format!("/members/{}", world.member("sig-coordinator")), "suspend", json!({}))
        .refused(409, "last_admin");
}

#[test]
fn an_administrator_for_a_time_is_not_cut_short() {
    let world = World::demo();
    let sig = world.client("sig-admin");
    let until = "tstzrange(lower(valid), '2027-06-30T00:00:00Z')";
    world.database.run(&format!("UPDATE role_assignment SET valid = {until} WHERE role = 'sig_admin'"));
    let role = sig.get(&format!("/role-assignments?role=sig_admin&member_id={}", world.member("sig-admin")));
    let role = format!("/role-assignments/{}", role.expect(200).str("/items/0/id"));
    let place = format!("/affiliations/{}", world.affiliation("sig-admin"));
    let soon = json!({"at": (kernel::clock::now() + chrono::TimeDelta::minutes(1)).to_rfc3339()});
    for address in [&role, &place] {
        act(&sig, address, "end", soon.clone()).refused(409, "last_admin");
        act(&sig, address, "end", json!({})).refused(409, "last_admin");
    }
}

#[test]
fn where_nobody_administers_the_rest_may_be_changed() {
    let world = World::demo();
    let coordinator = world.client("sig-coordinator");
    let (member, place) = (world.member("sig-admin"), world.affiliation("sig-admin"));
    world.database.run(&format!("UPDATE member SET suspended_at = now() WHERE id = '{member}'"));
    act(&coordinator, &format!("/affiliations/{place}"), "end", json!({})).expect(200);
    change(&coordinator, &organization_of(&world, "lead-edito"), json!({"short_name": "DICOM"})).expect(200);
}

#[test]
fn two_administrators_who_leave_at_once_do_not_each_rest_on_the_other() {
    for _ in 0..5 {
        let world = World::demo();
        let role = json!({"affiliation_id": world.affiliation("sig-coordinator"), "role": "sig_admin"});
        world.client("sig-admin").post("/role-assignments", role).expect(201);
        let hands = ["sig-admin", "sig-coordinator"].map(|persona| {
            let (client, member) = (world.client(persona), format!("/members/{}", world.member(persona)));
            thread::spawn(move || act(&client, &member, "suspend", json!({})).status)
        });
        let mut all = hands.map(|hand| hand.join().unwrap());
        all.sort_unstable();
        assert_eq!(all, [200, 409]);
    }
}

#[test]
fn the_only_lead_of_a_network_stays_whatever_the_door() {
    let world = World::demo();
    let sig = world.client("sig-admin");
    let office = organization_of(&world, "lead-edito");
    let member = format!("/members/{}", world.member("lead-edito"));
    let place = format!("/affiliations/{}", world.affiliation("lead-edito"));
    for origin in ["observer", "government_partner"] {
        change(&sig, &office, json!({"origin_override": origin})).refused(409, "last_lead");
    }
    change(&sig, &office, json!({"kind": "observer"})).refused(409, "last_lead");
    act(&sig, &office, "close", json!({})).refused(409, "last_lead");
    act(&sig, &place, "end", json!({})).refused(409, "last_lead");
    let sits = format!("/memberships/{}", world.membership("lead-edito", "edito"));
    act(&sig, &sits, "end", json!({"reason": "resigned"})).refused(409, "last_lead");
    act(&sig, &sits, "change-role", json!({"role": "member"})).refused(409, "last_lead");
    act(&sig, &sits, "void", json!({"reason": "erreur de saisie"})).refused(409, "last_lead");
    // A suspension does not wait: the gap shows. But the seat stays, and is not taken away meanwhile.
    act(&sig, &member, "suspend", json!({})).expect(200);
    change(&sig, &office, json!({"origin_override": "observer"})).refused(409, "last_lead");
    act(&sig, &office, "close", json!({})).refused(409, "last_lead");
    act(&sig, &place, "end", json!({})).refused(409, "last_lead");
    act(&sig, &sits, "end", json!({"reason": "resigned"})).refused(409, "last_lead");
    assert!(!sig.get(&sits).expect(200).actions().contains(&"end_membership".to_owned()), "nor is it offered");
    // Nothing else is held up by it.
    change(&sig, &office, json!({"short_name": "EDITO"})).expect(200);
    act(&sig, &member, "restore", json!({})).expect(200);
    act(&sig, &place, "end", json!({})).refused(409, "last_lead");
}

#[test]
fn two_changes_at_once_make_no_circle() {
    let world = World::demo();
    let sig = world.client("sig-admin");
    let [one, other] = ["Une", "Autre"].map(|name| {
        let new = json!({"kind": "operator", "name": format!("{name} agence")});
        sig.post("/organizations", new).expect(201).str("/id")
    });
    for _ in 0..10 {
        let hands = [(&one, &other), (&other, &one)].map(|(below, above)| {
            let (sig, address, above) = (sig.clone(), format!("/organizations/{below}"), above.clone());
            let seen = sig.get(&address).expect(200).etag().to_owned();
            thread::spawn(move || sig.patch(&address, &seen, json!({"parent_id": above})))
        });
        let all = hands.map(|hand| hand.join().unwrap());
        let mut statuses = all.each_ref().map(|reply| reply.status);
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 422], "{all:?}");
        for id in [&one, &other] {
            change(&sig, &format!("/organizations/{id}"), json!({"parent_id": null})).expect(200);
        }
    }
}
