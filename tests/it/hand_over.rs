//! Hand-over: what each may give of what a leaver holds, and to whom.

use serde_json::{Value, json};

use crate::support::{Client, World};

fn owned(client: &Client, member: &str) -> Vec<Value> {
    client.get(&format!("/members/{member}/hand-over")).expect(200).at("/items").as_array().unwrap().clone()
}

fn hand_over(client: &Client, member: &str, items: &[&Value], to: &str) -> crate::support::client::Reply {
    let address = format!("/members/{member}");
    let items = items.iter().map(|item| json!({"kind": item["kind"], "id": item["id"], "to_member_id": to}));
    let plan = json!({"items": items.collect::<Vec<_>>()});
    client.act(&format!("{address}/hand-over"), client.get(&address).expect(200).etag(), Some(plan))
}

/// A member of an organization who holds nothing, by number.
fn colleague(world: &World, organization: &str, number: usize) -> String {
    world.database.one(&format!(
        "SELECT m.id::text AS it FROM member m JOIN affiliation a ON a.member_id = m.id WHERE a.organization_id = '{organization}'
            AND a.is_primary AND upper_inf(a.valid) AND m.status = 'active' AND m.email LIKE 'agent%'
            AND NOT EXISTS (SELECT FROM membership s WHERE s.member_id = m.id AND s.role IN ('lead', 'co_lead', 'referent', 'deputy') AND upper_inf(s.valid))
            AND NOT EXISTS (SELECT FROM role_assignment r WHERE r.member_id = m.id)
        ORDER BY m.id OFFSET {number} LIMIT 1"
    ))
}

/// Someone new of an organization, who holds nothing yet.
fn newcomer(world: &World, organization: &str) -> String {
    let number = world.database.one("SELECT count(*)::text AS it FROM member");
    let new = json!({"given_name": "Noé", "usual_name": "Vernoux", "email": format!("noe.{number}@recrue.example"),
        "affiliation": {"organization_id": organization}});
    world.client("sig-admin").post("/members", new).expect(201).str("/id")
}

#[test]
fn the_seats_of_a_leaver_go_to_someone_of_his_organization_or_end_with_him() {
    let world = World::demo();
    let (admin, leaver) = (world.client("org-admin-34"), world.member("deputy-34"));
    world.database.run("UPDATE network SET visibility = 'hidden' WHERE code = 'crise'");
    let seats = owned(&admin, &leaver);
    let seat = seats.iter().find(|it| it["title"].as_str().unwrap().starts_with("prefectures")).unwrap();
    assert_eq!((&seat["kind"], &seat["required"]), (&json!("membership"), &json!(false)));
    assert!(
        seats.iter().all(|it| !it["title"].as_str().unwrap().is_empty()),
        "a hidden network is not told of: {seats:?}"
    );
    hand_over(&admin, &leaver, &[seat], &world.member("member")).refused(422, "invalid");
    // Nobody takes over what they hand over.
    hand_over(&admin, &leaver, &[seat], &world.member("org-admin-34")).refused(403, "forbidden");
    let taker = newcomer(&world, &world.organization("Préfecture de l'Hérault"));
    hand_over(&admin, &leaver, &[seat], &taker).expect(200);
    let sits = admin.walk("/networks/prefectures/memberships?role=deputy");
    assert!(sits.iter().any(|it| it["member"]["id"] == taker.as_str()), "{sits:?}");
    assert!(sits.iter().all(|it| it["member"]["id"] != leaver.as_str()));
    // A référent of an organization may leave all the same.
    let (director, leaver) = (world.client("org-admin-34"), format!("/members/{}", world.member("referent-34")));
    world.database.run(&format!(
        "UPDATE affiliation SET valid = tstzrange(lower(valid), now()) WHERE member_id = '{}' AND NOT is_primary",
        world.member("referent-34")
    ));
    assert!(owned(&director, &world.member("referent-34")).iter().any(|it| it["required"] == false));
    director.act(&format!("{leaver}/depart"), director.get(&leaver).expect(200).etag(), None).expect(200);
}

#[test]
fn who_appoints_no_leads_hands_over_the_rest_and_leaves_them_to_the_sig() {
    let world = World::demo();
    let (admin, sig, leaver) = (world.client("org-admin-34"), world.client("sig-admin"), world.member("deputy-34"));
    let prefecture = world.organization("Préfecture de l'Hérault");
    let taker = newcomer(&world, &prefecture);
    sig.post("/networks/edito/memberships", json!({"affiliation_id": world.affiliation("deputy-34"), "role": "lead"}))
        .expect(201);
    let action = json!({"title": "Relire", "owner_organization_id": prefecture, "owner_member_id": leaver, "due_on": "2026-12-24"});
    sig.post("/action-items", action).expect(201);
    let all = owned(&admin, &leaver);
    let lead = all.iter().find(|it| it["required"] == true && it["kind"] == "membership").unwrap();
    let duty = all.iter().find(|it| it["kind"] == "action_item").unwrap();
    hand_over(&admin, &leaver, &[lead, duty], &taker).refused(403, "forbidden");
    hand_over(&sig, &leaver, &[duty], &taker).refused(422, "invalid");
    hand_over(&admin, &leaver, &[duty], &taker).expect(200);
    let left = owned(&admin, &leaver);
    assert!(left.contains(lead) && !left.contains(duty), "{left:?}");
    let depart = |client: &Client| {
        let address = format!("/members/{leaver}");
        client.act(&format!("{address}/depart"), client.get(&address).expect(200).etag(), None)
    };
    depart(&admin).refused(409, "hand_over_required");
    hand_over(&sig, &leaver, &[lead], &taker).expect(200);
    depart(&admin).expect(200);
}

#[test]
fn a_script_is_handed_over_by_people_to_people_who_work_for_its_organization() {
    let world = World::demo();
    let (bot, sig) = (world.client("bot-mi"), world.client("sig-admin"));
    let ministry = world.organization("MI");
    let [owner, taker] = [0, 1].map(|number| colleague(&world, &ministry, number));
    let place = world.database.one(&format!(
        "SELECT id::text AS it FROM affiliation WHERE member_id = '{owner}' AND is_primary AND upper_inf(valid)"
    ));
    let role = json!({"affiliation_id": place, "role": "org_admin", "organization_id": ministry});
    sig.post("/role-assignments", role).expect(201);
    world.database.run(&format!(
        "UPDATE service_account SET owner_id = '{owner}' WHERE name = 'bot-mi';
        UPDATE affiliation SET valid = tstzrange(lower(valid), now()) WHERE member_id = '{owner}' AND NOT is_primary AND upper_inf(valid)"
    ));
    let all = owned(&sig, &owner);
    let account = all.iter().find(|it| it["kind"] == "service_account").unwrap();
    // Its own least of all.
    hand_over(&bot, &owner, &[account], &taker).refused(403, "forbidden");
    hand_over(&sig, &owner, &[account], &world.member("contributor-sociaux")).refused(422, "invalid");
    let whose = "SELECT owner_id::text AS it FROM service_account WHERE name = 'bot-mi'";
    assert_eq!(world.database.one(whose), owner);
    hand_over(&sig, &owner, &[account], &taker).expect(200);
    assert_eq!(world.database.one(whose), taker);
}

/// Fault R1: directors gave themselves a colleague's seat in a network that they could not join by themselves.
#[test]
fn a_seat_is_handed_over_by_those_who_could_give_it_and_to_nobody_who_hands_it_over() {
    let world = World::demo();
    let (director, sig) = (world.client("director-sociaux"), world.client("sig-admin"));
    let place = world.affiliation("contributor-sociaux");
    let leaver = world.member("contributor-sociaux");
    let dicom =
        world.database.one(&format!("SELECT organization_id::text AS it FROM affiliation WHERE id = '{place}'"));
    let mut holder = String::new();
    for network in ["edito", "crise"] {
        let new = json!({"affiliation_id": place, "role": "referent"});
        sig.post(&format!("/networks/{network}/memberships"), new).expect(201);
        let sits = |client: &Client| client.get(&format!("/networks/{network}/memberships?count=exact")).at("/count");
        let before = sits(&director);
        let all = owned(&director, &leaver);
        let seat = all.iter().find(|it| it["title"].as_str().unwrap().starts_with(network)).unwrap();
        hand_over(&director, &leaver, &[seat], &world.member("director-sociaux")).refused(403, "forbidden");
        let taker = newcomer(&world, &dicom);
        // The network decides who joins it.
        hand_over(&director, &leaver, &[seat], &taker).refused(403, "forbidden");
        assert_eq!(sits(&director), before);
        hand_over(&sig, &leaver, &[seat], &world.member("sig-admin")).refused(403, "forbidden");
        hand_over(&sig, &leaver, &[seat], &taker).expect(200);
        holder = taker;
    }
    // Nobody sits where their origin is not admitted, however they come there.
    world.database.run("UPDATE network SET eligible_origins = '{operator}' WHERE code = 'crise'");
    let all = owned(&sig, &holder);
    let seat = all.iter().find(|it| it["title"].as_str().unwrap().starts_with("crise")).unwrap();
    hand_over(&sig, &holder, &[seat], &newcomer(&world, &dicom)).refused(422, "invalid");
}

/// Fault R1: those who hand over a confidential action item show it to nobody, least of all to themselves.
#[test]
fn a_confidential_action_passes_without_being_shown() {
    let world = World::demo();
    let (admin, sig, leaver) = (world.client("org-admin-34"), world.client("sig-admin"), world.member("deputy-34"));
    let prefecture = world.organization("Préfecture de l'Hérault");
    let secret = json!({"axis": "organization", "organization_id": prefecture, "confidentiality": "confidential",
        "held_on": "2026-11-10", "health": "red", "summary": "À huis clos"});
    let secret = sig.post("/follow-ups", secret).expect(201).str("/id");
    let action = json!({"title": "Apaiser", "owner_organization_id": prefecture, "owner_member_id": leaver,
        "due_on": "2026-12-24", "follow_up_id": secret});
    let action = sig.post("/action-items", action).expect(201);
    let address = action.header("location").to_owned();
    let all = owned(&admin, &leaver);
    let duty = all.iter().find(|it| it["id"] == action.str("/id").as_str()).unwrap();
    assert_eq!(duty["title"], "action à mener");
    hand_over(&admin, &leaver, &[duty], &world.member("org-admin-34")).refused(403, "forbidden");
    let taker = newcomer(&world, &prefecture);
    let subject = world.client(&world.database.one(&format!("SELECT email AS it FROM member WHERE id = '{taker}'")));
    hand_over(&admin, &leaver, &[duty], &taker).expect(200);
    admin.get(&address).refused(404, "not_found");
    subject.get(&address).refused(404, "not_found");
    assert!(!owned(&admin, &leaver).contains(duty));
    // One who reads it says who does it.
    let seen = sig.get(&address).expect(200);
    assert!(seen.json().get("owner_member").is_none_or(Value::is_null));
    sig.patch(&address, seen.etag(), json!({"owner_member_id": taker})).expect(200);
    subject.get(&address).expect(200);
}
