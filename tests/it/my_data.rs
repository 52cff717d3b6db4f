//! My data: all that is held on the caller, and their objection to the publication of their profile.

use std::collections::BTreeSet;

use persistence::{NOT_PERSONAL, PERSONAL};
use serde_json::json;

use crate::support::World;

#[test]
fn the_export_is_complete_against_the_schema() {
    let world = World::shared();
    let named = world.database.column(
        "SELECT c.conrelid::regclass || '.' || a.attname AS it FROM pg_constraint c
            JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
        WHERE c.contype = 'f' AND c.confrelid IN ('member'::regclass, 'principal'::regclass)
        UNION SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public'
            AND column_name IN ('principal_id', 'member_id', 'actor_id', 'claimed_subject', 'attendee_ids')",
    );
    let held: BTreeSet<String> = PERSONAL.iter().map(|(table, column, _)| format!("{table}.{column}")).collect();
    let told = |it: &&String| NOT_PERSONAL.contains(&it.split('.').nth(1).unwrap());
    let own_row = |it: &&String| ["member.id", "service_account.id"].contains(&it.as_str());
    let forgotten: Vec<_> = named.iter().filter(|it| !held.contains(*it) && !told(it) && !own_row(it)).collect();
    assert!(forgotten.is_empty(), "what names a person is exported, or said not to be personal: {forgotten:?}");
    let columns: BTreeSet<String> = world
        .database
        .column("SELECT table_name || '.' || column_name AS it FROM information_schema.columns WHERE table_schema = 'public'")
        .into_iter()
        .collect();
    assert!(held.is_subset(&columns), "{:?}", held.difference(&columns).collect::<Vec<_>>());
}

#[test]
fn everyone_takes_away_his_own_and_nobody_elses() {
    let world = World::demo();
    let (referent, lead) = (world.client("referent-34"), world.client("lead-edito"));
    let mine = world.member("referent-34");
    let secret = json!({"axis": "network", "network_code": "edito", "held_on": "2026-11-10", "health": "red", "summary": "À huis clos",
        "confidentiality": "confidential", "attendee_ids": [mine]});
    lead.post("/follow-ups", secret).expect(201);
    // Someone else used an invitation sent to the caller: who they are is not about the caller.
    world.database.run(&format!(
        "INSERT INTO invitation (id, organization_id, member_id, given_name, usual_name, email, expires_at, claimed_at, claimed_issuer, claimed_subject, created_at, updated_at, created_by, updated_by)
        SELECT gen_random_uuid(), organization_id, member_id, 'A', 'B', 'a@b.example', now() + interval '1 day', now(), 'issuer', 'sujet-d-un-autre', now(), now(), app.system(), app.system()
        FROM affiliation WHERE id = '{}'", world.affiliation("referent-34")
    ));
    let export = referent.get("/me/data-export").expect(200);
    assert!(!export.text().contains("sujet-d-un-autre") && export.text().contains("a@b.example"));
    let records = |name: &str| {
        let all = export.at("/sections");
        let section = all.as_array().unwrap().iter().find(|it| it["name"] == name).unwrap();
        section["records"].as_array().unwrap().clone()
    };
    assert_eq!(records("member.id")[0]["email"], "referent-34@diapason.example");
    let held = |table: &str| {
        world.database.one(&format!("SELECT count(*)::text AS it FROM {table} WHERE member_id = '{mine}'"))
    };
    for table in ["affiliation", "membership", "role_assignment"] {
        assert_eq!(records(&format!("{table}.member_id")).len().to_string(), held(table), "{table}");
    }
    assert_eq!(records("follow_up.attendee_ids").len(), 1);
    assert!(!export.text().contains("À huis clos"), "what was said is not about the caller");
    let others = world
        .database
        .column(&format!("SELECT email AS it FROM member WHERE id <> '{mine}' AND email IS NOT NULL LIMIT 500"));
    assert!(others.iter().all(|email| !export.text().contains(email.as_str())));
    assert_eq!(world.audit().last().unwrap(), "get_my_data_export read", "an export is on the record");
}

#[test]
fn who_objects_is_shown_to_those_alone_who_must_know_him_whoever_writes() {
    let world = World::demo();
    let (member, stranger, sig) = (world.client("member"), world.client("referent-34"), world.client("sig-admin"));
    let address = format!("/members/{}", world.member("member"));
    assert_eq!(stranger.get(&address).expect(200).str("/view"), "full");
    let objects = member.post("/me/objection", json!({})).expect(200);
    assert_eq!(objects.str("/profile_visibility"), "leads");
    assert!(objects.at("/profile_objection_at").is_string());
    assert_eq!(stranger.get(&address).expect(200).str("/view"), "name");
    member.post("/me/objection", json!({})).refused(409, "invalid_transition");
    let opened = json!({"profile_visibility": "all_members"});
    sig.patch(&address, sig.get(&address).etag(), opened.clone()).refused(403, "forbidden");
    // An import that says otherwise does not win either.
    world
        .database
        .run(&format!("UPDATE member SET profile_visibility = 'all_members' WHERE id = '{}'", world.member("member")));
    assert_eq!(stranger.get(&address).expect(200).str("/view"), "name");
    member.post("/me/objection/withdraw", json!({})).expect(200);
    assert_eq!(stranger.get(&address).expect(200).str("/view"), "name", "until it is opened again");
    sig.patch(&address, sig.get(&address).etag(), opened).expect(200);
    assert_eq!(stranger.get(&address).expect(200).str("/view"), "full");
}
