//! A hidden network exists for its members and the SIG alone: through nothing that tells of something else does it show.

use std::time::Duration;

use serde_json::{Value, json};

use crate::policy::world;
use crate::support::pace::until;
use crate::support::{Client, World};

/// Rights are gone within two seconds.
fn soon(what: &str, holds: impl Fn() -> bool) {
    until(Duration::from_secs(10), what, holds);
}

/// Invites a persona to the hidden network; the address of the membership request.
fn invited(world: &World, persona: &str) -> String {
    let body = json!({"kind": "invitation", "role": "member", "affiliation_id": world.affiliation(persona)});
    let opened = world.client("sig-admin").post("/networks/ombre/requests", body).expect(201);
    format!("/membership-requests/{}", opened.str("/id"))
}

fn told_of(client: &Client, noun: &str) -> Vec<Value> {
    client.walk("/notifications").into_iter().filter(|it| it["noun"] == noun).collect()
}

fn announced(world: &World, key: &str) -> String {
    let sig = world.client("sig-admin");
    let body = json!({"title": "Cellule du soir", "body": "…", "network_code": "ombre"});
    let written = sig.post("/announcements", body).expect(201);
    let address = written.header("location").to_owned();
    let headers = [("if-match", written.etag()), ("idempotency-key", key)];
    sig.send("POST", &format!("{address}/publish"), &headers, None).expect(200);
    address
}

#[test]
fn whoever_is_invited_to_a_hidden_network_reads_and_decides_his_dossier() {
    let world = world();
    let address = invited(&world, "contributor-sociaux");
    let person = world.client("contributor-sociaux");
    let told = told_of(&person, "membership_request");
    let note = told.iter().find(|it| it["path"] == address.as_str()).unwrap_or_else(|| panic!("{told:?}"));
    assert_eq!((&note["kind"], &note["title"]), (&json!("membership_request_waits"), &json!("Réseau ombre")));
    assert!(note.get("network_id").is_none() && note.get("network_code").is_none(), "{note}");
    person.get("/networks/ombre").refused(404, "not_found");
    assert_eq!(person.get(&address).expect(200).str("/network_code"), "ombre");
    assert!(person.walk("/membership-requests").iter().any(|it| address.ends_with(it["id"].as_str().unwrap())));
    let tasks = person.get("/me/tasks").expect(200).text();
    assert!(tasks.contains(&address), "{tasks}");
    // The director of the member knows nothing of it.
    world.client("director-sociaux").get(&address).refused(404, "not_found");
    let accept = Some(json!({"notification_level": "none"}));
    person.act(&format!("{address}/accept"), person.get(&address).etag(), accept).expect(200);
    soon("the member sits there", || world.client("contributor-sociaux").get("/networks/ombre").status == 200);
    let mut told = told_of(&person, "membership_request").into_iter();
    let note = told.find(|it| it["path"] == address.as_str()).unwrap();
    assert_eq!(note["network_code"], "ombre");
    // Who refuses still reads how it ended.
    let address = invited(&world, "director-sociaux");
    let director = world.client("director-sociaux");
    let refusal = Some(json!({"reason": "Pas cette année."}));
    director.act(&format!("{address}/refuse"), director.get(&address).etag(), refusal).expect(200);
    assert_eq!(director.get(&address).expect(200).str("/status"), "refused");
}

#[test]
fn who_left_a_hidden_network_is_told_no_more_of_it() {
    let world = world();
    let sig = world.client("sig-admin");
    let affiliation = world.affiliation("contributor-sociaux");
    let joined =
        sig.post("/networks/ombre/memberships", json!({"affiliation_id": affiliation, "role": "member"})).expect(201);
    let member = world.client("contributor-sociaux");
    let given = told_of(&member, "membership");
    assert_eq!((&given[0]["kind"], &given[0]["title"]), (&json!("membership_given"), &json!("Réseau ombre")));
    member.get(given[0]["path"].as_str().unwrap()).expect(200);
    let address = announced(&world, "a");
    soon("the member is told", || told_of(&member, "announcement").len() == 1);
    let note = told_of(&member, "announcement").remove(0);
    assert_eq!(note["title"], "Cellule du soir");
    assert_eq!(format!("/api/v1{}", note["path"].as_str().unwrap()), address);
    assert_eq!(note["network_code"], "ombre");
    let note = format!("/notifications/{}", note["id"].as_str().unwrap());
    member.get(&note).expect(200);

    sig.act(&format!("{}/end", joined.header("location")), joined.etag(), Some(json!({"reason": "resigned"})))
        .expect(200);
    soon("it is gone", || member.get(&note).status == 404);
    assert!(told_of(&member, "announcement").is_empty() && told_of(&member, "membership").is_empty());
    assert_eq!(member.post(&format!("{note}/read"), json!({})).status, 404);
    let export = member.get("/me/data-export").expect(200).text();
    let id = address.rsplit('/').next().unwrap();
    assert!(!export.contains(id), "the export names no more than what is about the caller");
    assert!(export.contains("membership_given"), "and all that is about the caller");
    // Nor is the member told of a change.
    let lines = || {
        world.database.column(&format!("SELECT n.member_id::text AS it FROM notification n WHERE n.object_id = '{id}' AND n.kind = 'announcement_changed' ORDER BY 1"))
    };
    let change = json!({"title": "Cellule de nuit", "notify": true});
    sig.patch(&address, sig.get(&address).etag(), change).expect(200);
    let mut expected = [world.member("sig-admin"), world.member("lead-edito")];
    expected.sort();
    assert_eq!(lines(), expected);
}

#[test]
fn whoever_is_to_do_something_for_a_hidden_network_reads_it_without_its_name_until_it_is_done() {
    let world = world();
    let sig = world.client("sig-admin");
    let person = world.member("contributor-sociaux");
    let action = json!({"title": "Préparer la cellule", "network_code": "ombre", "owner_organization_id": world.organization("DICOM sociaux"),
        "owner_member_id": person, "due_on": "2026-12-24"});
    let address = sig.post("/action-items", action).expect(201).header("location").to_owned();
    let owner = world.client("contributor-sociaux");
    let seen = owner.get(&address).expect(200);
    assert_eq!((seen.str("/title"), seen.at("/network_code")), ("Préparer la cellule".into(), Value::Null));
    for list in ["/action-items", "/me/tasks", "/notifications"] {
        let text =
            owner.get(&format!("{list}{}", if list == "/me/tasks" { "" } else { "?limit=200" })).expect(200).text();
        assert!(text.contains("Préparer la cellule") && !text.contains("ombre"), "{list}: {text}");
    }
    assert!(owner.walk("/action-items?network_code=ombre").is_empty());
    world.client("director-sociaux").get(&address).refused(404, "not_found");
    // Those who let the member leave read that there is something, not what.
    let items = sig.get(&format!("/members/{person}/hand-over")).expect(200).at("/items");
    let id = address.rsplit('/').next().unwrap();
    let item = items.as_array().unwrap().iter().find(|it| it["id"] == id).unwrap().clone();
    assert_eq!(item["title"], "action à mener");
    owner.act(&format!("{address}/complete"), seen.etag(), None).expect(200);
    owner.get(&address).refused(404, "not_found");
    assert!(!owner.get("/notifications?limit=200").expect(200).text().contains(id));
    assert_eq!(sig.get(&address).expect(200).str("/network_code"), "ombre");
}

#[test]
fn an_impact_is_figures_to_whoever_is_not_of_the_sig() {
    let world = world();
    let (sig, auditor) = (world.client("sig-admin"), world.client("auditor"));
    let (justice, travail) = (world.organization("MJ"), world.organization("MTRAV"));
    let seat = json!({"organization_id": justice, "role": "referent", "min": 1, "max": 2});
    sig.post("/networks/ombre/seats", seat).expect(201);
    let private = json!({"axis": "organization", "organization_id": justice, "held_on": "2026-11-02", "health": "red", "summary": "À huis clos", "confidentiality": "confidential"});
    let follow_up = sig.post("/follow-ups", private).expect(201).str("/id");
    let action = json!({"title": "Remplacer le porte-parole", "owner_organization_id": justice, "due_on": "2026-12-24", "follow_up_id": follow_up});
    sig.post("/action-items", action).expect(201);
    let plan = json!({"title": "Fusion", "operations": [{"type": "merge", "organization_ids": [justice, travail],
        "into": {"new": {"ref": "jt", "name": "Ministère du Droit du travail", "kind": "ministry"}}}]});
    let drafted = sig.post("/reorganizations", plan).expect(201);
    let address = drafted.header("location");
    let secrets = ["ombre", "Remplacer le porte-parole", "\"objects\"", "\"joined\":["];
    let whole = sig.get(address).expect(200);
    assert!(secrets[..3].iter().all(|secret| whole.text().contains(secret)), "{}", whole.text());
    let figures = auditor.get(address).expect(200);
    assert!(secrets.iter().all(|secret| !figures.text().contains(secret)), "{}", figures.text());
    let count = |reply: &crate::support::client::Reply, noun: &str| {
        let kinds = reply.at("/impact/kinds");
        kinds.as_array().unwrap().iter().find(|it| it["noun"] == noun).unwrap()["count"].clone()
    };
    for noun in ["seat", "action_item", "contact"] {
        assert_eq!(count(&whole, noun), count(&figures, noun));
    }
    sig.act(&format!("{address}/apply"), whole.etag(), None).expect(200);
    for place in [address, "/reorganizations"] {
        assert!(sig.get(place).expect(200).text().contains("Réseau ombre"));
        let text = auditor.get(place).expect(200).text();
        assert!(secrets.iter().all(|secret| !text.contains(secret)), "{text}");
    }
}

#[test]
fn what_someone_holds_in_a_hidden_network_does_not_show_when_they_leave() {
    let world = world();
    let (sig, admin) = (world.client("sig-admin"), world.client("org-admin-34"));
    let herault = world.organization("Préfecture de l'Hérault");
    let member = json!({"given_name": "Zoé", "usual_name": "Ombrelle", "email": "ombrelle@herault.example", "affiliation": {"organization_id": herault}});
    let created = sig.post("/members", member).expect(201);
    let (card, id) = (created.header("location").to_owned(), created.str("/id"));
    let place = world.database.one(&format!("SELECT id::text AS it FROM affiliation WHERE member_id = '{id}'"));
    let lead = sig.post("/networks/ombre/memberships", json!({"affiliation_id": place, "role": "lead"})).expect(201);
    // They alone lead it.
    world.database.run(&format!("UPDATE membership SET valid = tstzrange(lower(valid), now()) WHERE role = 'lead' AND network_id = (SELECT id FROM network WHERE code = 'ombre') AND member_id <> '{id}'"));
    let told = admin.get(&format!("{card}/hand-over")).expect(200);
    assert_eq!(told.at("/items"), json!([]));
    let to_sig = sig.get(&format!("{card}/hand-over")).expect(200);
    assert_eq!(to_sig.at("/items/0/id"), lead.str("/id"));
    assert!(to_sig.str("/items/0/title").starts_with("ombre"));
    // To those who may not know, there is nothing in the way; the SIG has the gap among its tasks.
    let plan =
        json!({"items": [{"kind": "membership", "id": lead.str("/id"), "to_member_id": world.member("deputy-34")}]});
    admin.act(&format!("{card}/hand-over"), admin.get(&card).etag(), Some(plan)).refused(422, "invalid");
    admin.act(&format!("{card}/depart"), admin.get(&card).etag(), None).expect(200);
    assert_eq!(sig.get(lead.header("location")).expect(200).str("/end_reason"), "left_org");
    let tasks = sig.get("/me/tasks").expect(200).at("/items");
    let gap = |it: &&Value| it["kind"] == "appoint_lead" && it["network_code"] == "ombre";
    assert!(tasks.as_array().unwrap().iter().any(|it| gap(&it)), "{tasks}");
}

#[test]
fn that_another_ministry_was_invited_to_a_hidden_network_is_not_told() {
    let world = world();
    let (sig, director) = (world.client("sig-admin"), world.client("director-sociaux"));
    let seat = json!({"affiliation_id": world.affiliation("director-sociaux"), "role": "referent"});
    sig.post("/networks/ombre/memberships", seat).expect(201);
    let invitee = |at: &str| json!({"given_name": "Éva", "usual_name": "Exemple", "email": "eva.exemple@justice.example", "organization_id": world.organization(at)});
    let of = |kind: &str, at: &str| json!({"kind": kind, "role": "member", "invitee": invitee(at)});
    sig.post("/networks/ombre/requests", of("invitation", "MJ")).expect(201);
    soon("the director sits there", || director.get("/networks/ombre").status == 200);
    let told = director.post("/networks/ombre/requests", of("nomination", "MTRAV")).refused(422, "invalid");
    assert_eq!(told.str("/errors/0/pointer"), "/invitee/email");
    sig.post("/networks/ombre/requests", of("invitation", "MJ")).refused(409, "already_requested");
}

#[test]
fn the_audit_log_names_no_hidden_network_to_whoever_may_not_know_of_it() {
    let world = world();
    let (sig, auditor) = (world.client("sig-admin"), world.client("auditor"));
    let seen = sig.get("/networks/ombre").expect(200);
    sig.patch("/networks/ombre", seen.etag(), json!({"cadence": "monthly"})).expect(200);
    world
        .client("member")
        .patch("/networks/ombre", seen.etag(), json!({"cadence": "weekly"}))
        .refused(404, "not_found");
    let all = auditor.walk("/audit-events?limit=200");
    assert!(all.iter().all(|it| it["object"] != "ombre"), "{all:?}");
    assert!(
        all.iter().any(|it| it["action"] == "update_network" && it.get("object").is_none()),
        "that something was done stands there"
    );
    assert!(auditor.walk("/audit-events?object=ombre").is_empty());
    assert_eq!(sig.walk("/audit-events?object=ombre").len(), 2);
    assert!(!auditor.walk("/audit-events?limit=200&object=edito").iter().any(|it| it["object"] != "edito"));
}
