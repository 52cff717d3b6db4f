//! One question has one answer: `permissions/check` says of an object what reading it says, and what the table of rights says.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::policy::{object, rows, world};
use crate::support::world::PERSONAS;
use crate::support::{Client, World};

/// What `permissions/check` says, by the signs of the table; nothing where it is no action on an object.
fn checked(client: &Client, action: &str, object: &str) -> Option<(char, Value)> {
    let reply = client.post("/permissions/check", json!({"checks": [{"action": action, "object": object}]}));
    if reply.status == 422 {
        return None;
    }
    let answer = reply.expect(200).at("/checks/0");
    let sign = match (answer["allowed"].as_bool().unwrap(), answer.get("reason")) {
        (true, _) => '+',
        // Who may, and not now: that is no question of rights.
        (false, Some(why)) if why == "L’état actuel de l’objet ne permet pas cette opération." => '+',
        (false, Some(_)) => '-',
        (false, None) => '.',
    };
    Some((sign, answer))
}

/// The objects of the table by their noun's own key, and of each kind some that no row names.
fn more(world: &World, action: &str) -> Vec<String> {
    let sample = match action {
        "get_announcement" => "SELECT id::text AS it FROM announcement",
        "get_notification" => "SELECT id::text AS it FROM notification ORDER BY md5(id::text) LIMIT 40",
        "get_membership_request" => "SELECT id::text AS it FROM membership_request",
        "get_invitation" => "SELECT id::text AS it FROM invitation",
        "get_follow_up" => "SELECT id::text AS it FROM follow_up",
        "get_decision" => "SELECT id::text AS it FROM decision",
        "get_action_item" => "SELECT id::text AS it FROM action_item",
        "get_network" => "SELECT code AS it FROM network",
        "get_contact" => "SELECT id::text AS it FROM contact ORDER BY md5(id::text) LIMIT 10",
        "get_expertise_request" => "SELECT id::text AS it FROM expertise_request ORDER BY md5(id::text) LIMIT 10",
        "get_role_assignment" => "SELECT id::text AS it FROM role_assignment ORDER BY md5(id::text) LIMIT 10",
        "get_membership" => "SELECT id::text AS it FROM membership ORDER BY md5(id::text) LIMIT 10",
        "get_member" => "SELECT id::text AS it FROM member ORDER BY md5(id::text) LIMIT 10",
        _ => return Vec::new(),
    };
    world.database.column(sample)
}

#[test]
fn what_may_be_done_is_answered_as_it_is_done() {
    let world = world();
    let clients: Vec<(Client, &str)> = PERSONAS.iter().map(|persona| (world.client(persona), *persona)).collect();
    let (mut wrong, mut compared, mut unasked) = (Vec::new(), 0, BTreeSet::new());
    let mut sampled = BTreeSet::new();
    for row in rows() {
        let Some(kind) = row.operation.target() else { continue };
        let action = row.operation.id.as_str();
        // What is created within an object is no action on it.
        if row.object == "*" || row.object.contains(' ') && !row.object.contains(" to ") {
            continue;
        }
        let mut objects = vec![object(&world, &kind, row.object)];
        if sampled.insert(action.to_owned()) {
            objects.extend(more(&world, action));
        }
        for (place, id) in objects.iter().enumerate() {
            for ((client, persona), sign) in clients.iter().zip(&row.signs) {
                let Some((said, answer)) = checked(client, action, id) else {
                    unasked.insert(action.to_owned());
                    break;
                };
                let mut expected = *sign;
                if row.operation.method == "GET" {
                    let read = client.get(&row.operation.address(id).replace("/api/v1", ""));
                    expected = match read.status {
                        200 => '+',
                        403 => '-',
                        404 => '.',
                        other => panic!("{other} {}", read.text()),
                    };
                } else if place > 0 {
                    continue;
                }
                compared += 1;
                if said != expected {
                    wrong.push(format!("{action} {id} {persona}: {expected} is done, {answer} is said"));
                }
            }
        }
    }
    println!("permissions: {compared} compared; no actions on an object: {unasked:?}");
    assert!(wrong.is_empty(), "{} of {compared}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(compared > 2500, "{compared}");
    // An announcement that was addressed to someone, and not withdrawn, is theirs to read.
    let announcement = object(&world, "AnnouncementId", "to-prefectures");
    for action in ["get_announcement", "mark_announcement_as_read"] {
        assert_eq!(checked(&world.client("referent-34"), action, &announcement).unwrap().0, '+');
    }
}
