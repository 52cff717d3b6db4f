//! What a first login rests on: a code is worth no more than what it was sent for, and nobody takes more by it than its
//! sender could give.

use std::time::Duration;

use serde_json::{Value, json};

use crate::joining::{SIRET, code, known_by_siret, nomination, show};
use crate::support::pace;
use crate::support::{Client, World};

/// An organization's invitations, by the address that each was sent to.
fn invitation(client: &Client, email: &str) -> Value {
    let all = client.walk("/invitations");
    all.into_iter().find(|it| it["email"] == email).unwrap_or_else(|| panic!("no invitation to {email}"))
}

fn address(invitation: &Value) -> String {
    format!("/invitations/{}", invitation["id"].as_str().unwrap())
}

#[test]
fn a_code_is_worth_no_more_than_its_dossier() {
    let world = World::demo();
    known_by_siret(&world);
    let (director, lead) = (world.client("director-sociaux"), world.client("sig-coordinator"));
    let open = |email: &str| {
        let opened = director.post("/networks/marque/requests", nomination(&world, email, "referent")).expect(201);
        (format!("/membership-requests/{}", opened.str("/id")), code(email))
    };
    let end = |client: &Client, dossier: &str, how: &str, body: Option<Value>| {
        let seen = client.get(dossier).expect(200);
        client.act(&format!("{dossier}/{how}"), seen.etag(), body).expect(200)
    };
    let newcomer = world.subject("too-late", Some(SIRET));
    let nobody = |code: &str| {
        show(&newcomer, code).refused(409, "invitation_spent");
        assert_eq!(newcomer.get("/me").expect(200).at("/registered"), false);
    };

    // Withdrawn before anyone showed the code.
    let (dossier, withdrawn) = open("retrait@travail.example");
    end(&director, &dossier, "withdraw", None);
    nobody(&withdrawn);
    let revoked = invitation(&director, "retrait@travail.example");
    assert_eq!(revoked["status"], "revoked");
    let verb = format!(
        "SELECT verb AS it FROM change_event WHERE object_id = '{}' ORDER BY object_version",
        revoked["id"].as_str().unwrap()
    );
    assert_eq!(world.database.column(&verb), ["created", "ended"]);

    // Withdrawn after someone showed it who must be confirmed.
    let (dossier, claimed) = open("trop-tard@travail.example");
    let stranger = world.subject("elsewhere", Some("11000201100044"));
    let shown = show(&stranger, &claimed).expect(200);
    assert_eq!(shown.str("/outcome"), "to_confirm");
    let seen = director.get(&format!("/invitations/{}", shown.str("/invitation_id"))).expect(200);
    end(&director, &dossier, "withdraw", None);
    let confirm = format!("/invitations/{}/confirm", shown.str("/invitation_id"));
    director.act(&confirm, seen.etag(), None).refused(403, "forbidden");
    let sig = world.client("sig-admin");
    let seen = sig.get(&format!("/invitations/{}", shown.str("/invitation_id"))).expect(200);
    sig.act(&confirm, seen.etag(), None).refused(409, "invitation_spent");
    assert_eq!(stranger.get("/me").expect(200).at("/registered"), false);

    // Refused by the network.
    let (dossier, refused) = open("refus@travail.example");
    end(&lead, &dossier, "refuse", Some(json!({"reason": "Le siège est pourvu."})));
    nobody(&refused);

    // Even where the invitation itself still stands.
    let (dossier, left) = open("oubli@travail.example");
    let id = dossier.rsplit('/').next().unwrap();
    world.database.run(&format!("UPDATE membership_request SET withdrawn_at = now() WHERE id = '{id}'"));
    nobody(&left);
    let seats = "SELECT count(*)::text AS it FROM membership m JOIN member p ON p.id = m.member_id WHERE p.email LIKE '%@travail.example'";
    assert_eq!(world.database.one(seats), "0");
}

#[test]
fn a_network_that_closed_or_admits_others_takes_in_nobody() {
    let world = World::demo();
    known_by_siret(&world);
    let (director, sig) = (world.client("director-sociaux"), world.client("sig-admin"));
    let email = "noe.vidal.clos@travail.example";
    let ask = |persona: &str| {
        let of = json!({"kind": "nomination", "role": "deputy", "affiliation_id": world.affiliation(persona)});
        let opened = director.post("/networks/marque/requests", of).expect(201);
        format!("/membership-requests/{}", opened.str("/id"))
    };
    director.post("/networks/marque/requests", nomination(&world, email, "referent")).expect(201);
    let code = code(email);
    let dossier = ask("contributor-sociaux");
    let (person, accept) = (world.client("contributor-sociaux"), json!({"notification_level": "digest"}));
    person.act(&format!("{dossier}/accept"), person.get(&dossier).etag(), Some(accept)).expect(200);
    // Whom it admits is asked when the membership begins, as where it is written directly.
    let network = sig.get("/networks/marque").expect(200);
    let admits = json!({"eligible_origins": ["prefecture"]});
    let network = sig.patch("/networks/marque", network.etag(), admits).expect(200);
    let accept =
        |client: &Client| client.act(&format!("{dossier}/accept"), client.get(&dossier).etag(), Some(json!({})));
    accept(&sig).refused(422, "invalid");
    // The guard alone, where the membership request stays open.
    world.database.run("UPDATE network SET eligible_origins = '{}', status = 'closed' WHERE code = 'marque'");
    accept(&sig).refused(409, "invalid_transition");
    world.database.run("UPDATE network SET status = 'active' WHERE code = 'marque'");
    let _ = network;
    let now = sig.get("/networks/marque").expect(200);
    sig.act("/networks/marque/close", now.etag(), None).expect(200);
    assert_eq!(sig.get(&dossier).expect(200).str("/status"), "withdrawn");
    assert_eq!(sig.walk("/membership-requests?network_code=marque&status=open").len(), 0);
    assert_eq!(invitation(&sig, email)["status"], "revoked");
    show(&world.subject("closed-out", Some(SIRET)), &code).refused(409, "invitation_spent");
}

#[test]
fn nobody_confirms_himself_nor_affiliates_whom_others_keep() {
    let world = World::demo();
    let (lead, director) = (world.client("lead-edito"), world.client("director-sociaux"));
    let invite = |email: &str| {
        let mut body = nomination(&world, email, "member");
        body["kind"] = "invitation".into();
        lead.post("/networks/edito/requests", body).expect(201);
        code(email)
    };
    // The caller's own second mailbox, at an organization that they do not belong to.
    let own = "damien.bis@travail.example";
    assert_eq!(show(&lead, &invite(own)).expect(200).str("/outcome"), "to_confirm");
    let it = address(&invitation(&lead, own));
    let claimed = lead.get(&it).expect(200);
    assert_eq!(claimed.str("/claimed_member_id"), world.member("lead-edito"));
    assert!(!claimed.actions().contains(&"confirm_invitation".to_owned()));
    lead.act(&format!("{it}/confirm"), claimed.etag(), None).refused(403, "forbidden");
    // Someone known is affiliated by those who keep the organization's members.
    let friend = "loic.bis@travail.example";
    assert_eq!(show(&world.client("member"), &invite(friend)).expect(200).str("/outcome"), "to_confirm");
    let it = address(&invitation(&lead, friend));
    lead.act(&format!("{it}/confirm"), lead.get(&it).etag(), None).refused(403, "forbidden");
    let places = format!("/members/{}/affiliations", world.member("member"));
    assert_eq!(director.walk(&places).len(), 1);
    director.act(&format!("{it}/confirm"), director.get(&it).expect(200).etag(), None).expect(200);
    assert_eq!(director.walk(&places).len(), 2);
}

#[test]
fn who_keeps_someone_invited_takes_no_more_by_his_account_than_he_could_give() {
    let world = World::demo();
    let (admin, sig) = (world.client("org-admin-34"), world.client("sig-admin"));
    let prefecture = world.organization("Préfecture de l'Hérault");
    let (email, moved) = ("lea.faure@herault.example", "lea.faure.bis@herault.example");
    let created = admin
        .post(
            "/members",
            json!({"given_name": "Léa", "usual_name": "Faure", "email": email, "affiliation": {"organization_id": prefecture}}),
        )
        .expect(201);
    let card = created.header("location").to_owned();
    let (invite, id) = (format!("{card}/invite"), created.str("/id"));
    let patch = |client: &Client, body: Value| client.patch(&card, client.get(&card).etag(), body);
    // A code is good for the address that it was sent to.
    let first = admin.post(&invite, json!({})).expect(201);
    let old = code(email);
    patch(&admin, json!({"email": moved})).expect(200);
    assert_eq!(admin.get(first.header("location")).expect(200).str("/status"), "revoked");
    let newcomer = world.subject("lea", None);
    show(&newcomer, &old).refused(409, "invitation_spent");
    // From here on she holds what the administrator of the prefecture could not give.
    let place = world.database.one(&format!("SELECT id::text AS it FROM affiliation WHERE member_id = '{id}'"));
    let role = json!({"affiliation_id": place, "role": "org_admin", "organization_id": prefecture});
    sig.post("/role-assignments", role).expect(201);
    assert!(!admin.get(&card).expect(200).actions().contains(&"invite_member".to_owned()));
    patch(&admin, json!({"phones": ["+33467000000"]})).expect(200);
    patch(&admin, json!({"email": email})).refused(403, "forbidden");
    patch(&admin, json!({"email": null})).refused(403, "forbidden");
    admin.post(&invite, json!({})).refused(403, "forbidden");
    let sent = sig.post(&invite, json!({})).expect(201).header("location").to_owned();
    let good = code(moved);
    assert_eq!(show(&newcomer, &good).expect(200).str("/outcome"), "to_confirm");
    let claimed = admin.get(&sent).expect(200);
    assert!(!claimed.actions().contains(&"confirm_invitation".to_owned()));
    admin.act(&format!("{sent}/confirm"), claimed.etag(), None).refused(403, "forbidden");
    assert_eq!(newcomer.get("/me").expect(200).at("/registered"), false);
    // Nor does the person who sent the code; it takes a second SIG administrator.
    sig.act(&format!("{sent}/confirm"), sig.get(&sent).etag(), None).refused(403, "forbidden");
    let second = json!({"affiliation_id": world.affiliation("sig-coordinator"), "role": "sig_admin"});
    sig.post("/role-assignments", second).expect(201);
    let sig = world.client("sig-coordinator");
    // Who logged in by another way meanwhile becomes nobody else.
    world.register("urn:elsewhere", "lea-herself", "org-admin-34");
    world.database.run(&format!("UPDATE identity SET principal_id = '{id}' WHERE subject = 'lea-herself'"));
    sig.act(&format!("{sent}/confirm"), sig.get(&sent).etag(), None).refused(409, "invitation_spent");
    world.database.run("DELETE FROM identity WHERE subject = 'lea-herself'");
    sig.act(&format!("{sent}/confirm"), sig.get(&sent).etag(), None).expect(200);
    assert_eq!(newcomer.get("/me").expect(200).str("/id"), id);
}

#[test]
fn an_invitation_does_not_name_a_network_that_is_hidden() {
    let world = World::demo();
    world.database.run("UPDATE network SET visibility = 'hidden' WHERE code = 'edito'");
    let (sig, director) = (world.client("sig-admin"), world.client("director-sociaux"));
    let email = "cachee@travail.example";
    let mut body = nomination(&world, email, "member");
    body["kind"] = "invitation".into();
    world.client("lead-edito").post("/networks/edito/requests", body).expect(201);
    assert!(invitation(&sig, email)["network_id"].is_string());
    let seen = invitation(&director, email);
    assert_eq!((seen.get("network_id"), seen.get("request_id")), (None, None), "{seen}");
    let one = director.get(&address(&seen)).expect(200);
    assert_eq!((one.at("/network_id"), one.at("/request_id")), (Value::Null, Value::Null));
    let revoked = director.act(&format!("{}/revoke", address(&seen)), one.etag(), None).expect(200);
    assert_eq!((revoked.at("/network_id"), revoked.at("/request_id")), (Value::Null, Value::Null));
    // Who sent it and left the network reads no more of it either.
    sig.post("/networks/edito/memberships", json!({"affiliation_id": world.affiliation("sig-admin"), "role": "lead"}))
        .expect(201);
    let seat = format!("/memberships/{}", world.membership("lead-edito", "edito"));
    sig.act(&format!("{seat}/end"), sig.get(&seat).etag(), Some(json!({"reason": "resigned"}))).expect(200);
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(invitation(&world.client("lead-edito"), email).get("network_id"), None);
}

#[test]
fn a_letter_that_came_back_is_sent_again() {
    let world = World::demo();
    let (admin, director) = (world.client("org-admin-34"), world.client("director-sociaux"));
    let email = "rebond@herault.example";
    let member = json!({"given_name": "Ana", "usual_name": "Rebond", "email": email,
        "affiliation": {"organization_id": world.organization("Préfecture de l'Hérault")}});
    let created = admin.post("/members", member).expect(201);
    let it = admin
        .post(&format!("{}/invite", created.header("location")), json!({}))
        .expect(201)
        .header("location")
        .to_owned();
    let first = code(email);
    let until = |status: &str| {
        pace::until(Duration::from_secs(20), status, || admin.get(&it).expect(200).str("/delivery_status") == status);
        admin.get(&it).expect(200)
    };
    until("sent");
    let becomes = |status: &str| {
        let id = it.rsplit('/').next().unwrap();
        world.database.run(&format!("UPDATE delivery SET status = '{status}' WHERE object_id = '{id}'"));
        until(status)
    };
    let resend = format!("{it}/resend");
    // While an e-mail waits, no second one is planned.
    let waits = becomes("queued");
    assert!(!waits.actions().contains(&"resend_invitation".to_owned()));
    let told = admin.act(&resend, waits.etag(), None).refused(409, "invalid_transition");
    assert_eq!(told.at("/allowed"), json!(["revoke_invitation"]));
    let bounced = becomes("bounced");
    assert!(bounced.actions().contains(&"resend_invitation".to_owned()));
    director.act(&resend, bounced.etag(), None).refused(404, "not_found");
    admin.act(&resend, "\"999-000000000000\"", None).refused(412, "stale");
    let again = admin.act(&resend, bounced.etag(), None).expect(200);
    assert_eq!([again.str("/status"), again.str("/delivery_status")], ["sent", "queued"]);
    assert_eq!(World::letters(email, 2).len(), 2);
    let good = code(email);
    assert_eq!(good, first, "the same code");
    until("sent");
    assert_eq!(show(&world.subject("rebond", None), &good).expect(200).str("/outcome"), "to_confirm");
    admin.act(&resend, admin.get(&it).etag(), None).refused(409, "invalid_transition");
}
