//! What is confidential is read on the record, wherever it shows: a line for each who read it.

use serde_json::{Value, json};

use crate::support::{Client, World};

/// The lines of reading that a request leaves.
fn lines(world: &World, request: impl FnOnce() -> crate::support::client::Reply) -> (Vec<String>, Value) {
    let last = world.database.one("SELECT coalesce(max(position), 0)::text AS it FROM audit_event");
    let reply = request();
    assert!(reply.status < 300, "{}", reply.text());
    let read = format!(
        "SELECT concat_ws(' ', action, noun, object) AS it FROM audit_event WHERE position > {last} AND outcome = 'read' ORDER BY 1"
    );
    (world.database.column(&read), reply.json())
}

#[expect(clippy::needless_pass_by_value, reason = "bodies are written where it is called")]
fn follow_up(client: &Client, body: Value) -> String {
    let mut whole =
        json!({"held_on": "2026-11-02", "health": "red", "summary": "À huis clos", "confidentiality": "confidential"});
    whole.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
    client.post("/follow-ups", whole).expect(201).str("/id")
}

#[test]
fn the_titles_of_ones_tasks_are_on_the_record_where_they_are_confidential() {
    let world = World::demo();
    let (sig, sociaux) = (world.client("sig-admin"), world.organization("DICOM sociaux"));
    let secret = follow_up(&sig, json!({"axis": "organization", "organization_id": sociaux}));
    let action = json!({"title": "Remplacer le porte-parole", "owner_organization_id": sociaux, "due_on": "2026-12-24",
        "follow_up_id": secret, "owner_member_id": world.member("contributor-sociaux")});
    let id = sig.post("/action-items", action).expect(201).str("/id");
    let person = world.client("contributor-sociaux");
    let (read, tasks) = lines(&world, || person.get("/me/tasks"));
    assert!(tasks.to_string().contains("Remplacer le porte-parole"), "{tasks}");
    assert!(read.contains(&format!("list_my_tasks action_item {id}")), "{read:?}");
    assert!(read.iter().all(|line| line.ends_with(&id)), "what is not confidential leaves none: {read:?}");
}

#[test]
fn a_replay_shows_what_is_there_now_on_the_record() {
    let world = World::demo();
    let (sig, sociaux) = (world.client("sig-admin"), world.organization("DICOM sociaux"));
    let body = json!({"axis": "organization", "organization_id": sociaux, "held_on": "2026-11-02", "health": "red",
        "summary": "À huis clos", "confidentiality": "confidential"});
    let key = [("idempotency-key", "6b5c1a52-7c5e-4a39-9a5a-000000000001")];
    let send = || sig.send("POST", "/follow-ups", &key, Some(body.clone())).expect(201);
    let (read, first) = lines(&world, send);
    assert!(read.is_empty(), "who writes it knows it: {read:?}");
    let address = format!("/follow-ups/{}", first["id"].as_str().unwrap());
    let etag = sig.get(&address).etag().to_owned();
    sig.patch(&address, &etag, json!({"summary": "Tout autre chose"})).expect(200);
    let (read, again) = lines(&world, send);
    assert_eq!(again["summary"], "Tout autre chose");
    assert_eq!(read, [format!("get_follow_up follow_up {}", first["id"].as_str().unwrap())]);
}

#[test]
fn how_a_row_stands_is_on_the_record_where_a_confidential_follow_up_says_so() {
    let world = World::demo();
    let (sig, sociaux) = (world.client("sig-admin"), world.organization("DICOM sociaux"));
    let on_edito =
        json!({"axis": "network", "network_code": "edito", "organization_id": sociaux, "held_on": "2026-10-01"});
    let of_row = follow_up(&sig, on_edito);
    let of_network = follow_up(&sig, json!({"axis": "network", "network_code": "edito", "held_on": "2026-10-02"}));
    // Twenty later ones, of others: the page lists these alone.
    let justice = world.organization("MJ");
    for _ in 0..20 {
        let later = json!({"axis": "network", "network_code": "edito", "organization_id": justice, "confidentiality": "normal"});
        follow_up(&sig, later);
    }
    let (read, page) = lines(&world, || sig.get("/tracking/networks/edito?limit=200"));
    let listed = page["follow_ups"].as_array().unwrap();
    assert!(listed.len() == 20 && listed.iter().all(|it| it["id"] != of_row.as_str()), "{listed:?}");
    let row = page["rows"].as_array().unwrap().iter().find(|it| it["organization"]["id"] == sociaux.as_str()).unwrap();
    assert_eq!((&row["health"], &row["last_follow_up_on"]), (&json!("red"), &json!("2026-10-01")));
    for id in [&of_row, &of_network] {
        let line = format!("get_network_tracking follow_up {id}");
        assert_eq!(read.iter().filter(|it| **it == line).count(), 1, "{read:?}");
    }
    let (read, _) = lines(&world, || sig.get(&format!("/tracking/organizations/{sociaux}")));
    let line = format!("get_organization_tracking follow_up {of_row}");
    assert_eq!(read.iter().filter(|it| **it == line).count(), 1, "{read:?}");
}
