//! A POST that is sent twice with one key is done once.

use std::sync::{Arc, Barrier};

use serde_json::{Value, json};

use crate::support::World;

fn network(code: &str) -> Value {
    json!({"code": code, "name": "Réseau", "audience": "Tous", "cadence": "ad_hoc", "visibility": "listed", "join_policy": "request"})
}

#[test]
fn the_same_request_again_is_answered_again_and_done_once() {
    let world = World::demo();
    let sig = world.client("sig-admin");
    let key = [("idempotency-key", "3b5c1a52-7c5e-4a39-9a5a-000000000001")];
    let first = sig.send("POST", "/networks", &key, Some(network("un"))).expect(201);
    assert_eq!(first.header("idempotency-replayed"), "");
    let again = sig.send("POST", "/networks", &key, Some(network("un"))).expect(201);
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(
        (again.json(), again.header("location"), again.etag()),
        (first.json(), first.header("location"), first.etag())
    );
    sig.send("POST", "/networks", &key, Some(network("deux"))).refused(422, "idempotency_key_reused");
    let moved = sig.act("/networks/un/activate", first.etag(), None).expect(200);
    let later = sig.send("POST", "/networks", &key, Some(network("un"))).expect(201);
    assert_eq!(later.etag(), moved.etag(), "rendered again, as it is now");
    // Another principal's key is another key.
    world.client("sig-coordinator").send("POST", "/networks", &key, Some(network("trois"))).expect(201);
    for bad in ["", &"a".repeat(256)] {
        sig.send("POST", "/networks", &[("idempotency-key", bad)], Some(network("quatre")))
            .refused(400, "invalid_idempotency_key");
    }
    // A refused request leaves nothing behind: its key serves again.
    let key = [("idempotency-key", "refused")];
    world.client("member").send("POST", "/networks", &key, Some(network("cinq"))).refused(403, "forbidden");
    assert_eq!(world.database.one("SELECT count(*)::text AS it FROM idempotency_key WHERE key = 'refused'"), "0");
}

#[test]
fn a_replay_shows_nothing_to_one_who_may_no_longer_see() {
    let world = World::demo();
    let (director, sig) = (world.client("director-sociaux"), world.client("sig-admin"));
    let key = [("idempotency-key", "membre")];
    let new = json!({"given_name": "A", "usual_name": "B", "profile_visibility": "leads", "affiliation": {"organization_id": world.organization("MTRAV")}});
    let first = director.send("POST", "/members", &key, Some(new.clone())).expect(201);
    assert_eq!(first.str("/view"), "full");
    let role = world.database.one(&format!(
        "SELECT id::text AS it FROM role_assignment WHERE member_id = '{}'",
        world.member("director-sociaux")
    ));
    sig.act(
        &format!("/role-assignments/{role}/end"),
        sig.get(&format!("/role-assignments/{role}")).etag(),
        Some(json!({})),
    )
    .expect(200);
    let again = director.send("POST", "/members", &key, Some(new)).expect(201);
    assert_eq!(again.str("/view"), "name");
}

#[test]
fn of_many_at_once_one_is_done() {
    let world = World::demo();
    let sig = world.client("sig-admin");
    for round in 0..5 {
        let barrier = Arc::new(Barrier::new(8));
        let hands: Vec<_> = (0..8)
            .map(|_| {
                let (barrier, sig, key) = (Arc::clone(&barrier), sig.clone(), format!("round-{round}"));
                std::thread::spawn(move || {
                    barrier.wait();
                    sig.send("POST", "/networks", &[("idempotency-key", &key)], Some(network(&format!("n{round}"))))
                        .status
                })
            })
            .collect();
        let statuses: Vec<u16> = hands.into_iter().map(|hand| hand.join().unwrap()).collect();
        assert!(statuses.iter().all(|status| [201, 409, 503].contains(status)), "{statuses:?}");
        assert!(statuses.contains(&201));
    }
    assert_eq!(world.database.one("SELECT count(*)::text AS it FROM network WHERE code LIKE 'n_'"), "5");
    assert_eq!(world.database.one("SELECT count(*)::text AS it FROM audit_event WHERE action = 'create_network'"), "5");
}
