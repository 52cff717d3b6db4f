//! What takes two: who sends something does not confirm it, and a right ends with its ground.

use std::time::Duration;

use serde_json::json;

use crate::joining::{code, nomination, show};
use crate::support::pace::until;
use crate::support::{Client, World};

/// Someone without an account whose code was shown by a login that must be confirmed: the address of the invitation.
fn claimed(world: &World, sender: &str, network: &str, kind: &str, email: &str) -> String {
    let mut body = nomination(world, email, "member");
    body["kind"] = kind.into();
    world.client(sender).post(&format!("/networks/{network}/requests"), body).expect(201);
    let shown = show(&world.subject(email, None), &code(email)).expect(200);
    assert_eq!(shown.str("/outcome"), "to_confirm");
    format!("/invitations/{}", shown.str("/invitation_id"))
}

fn confirm(client: &Client, invitation: &str) -> crate::support::client::Reply {
    let seen = client.get(invitation).expect(200);
    let offered = seen.actions().contains(&"confirm_invitation".to_owned());
    let done = client.act(&format!("{invitation}/confirm"), seen.etag(), None);
    assert_eq!(offered, done.status == 200, "what is offered can be done: {}", done.text());
    done
}

#[test]
fn whoever_sends_an_invitation_never_confirms_it() {
    let world = World::demo();
    // A lead invites an address of their own "of" a ministry, and shows the code.
    let puppet = claimed(&world, "lead-edito", "edito", "invitation", "marionnette@travail.example");
    confirm(&world.client("lead-edito"), &puppet).refused(403, "forbidden");
    confirm(&world.client("director-sociaux"), &puppet).expect(200);
    // A director who nominates keeps the organization, and sent it.
    let own = claimed(&world, "director-sociaux", "edito", "nomination", "pantin@travail.example");
    confirm(&world.client("director-sociaux"), &own).refused(403, "forbidden");
    confirm(&world.client("lead-edito"), &own).refused(403, "forbidden");
    // Whoever sends it once more has sent it too.
    let resent = |by: &str, email: &str| {
        let mut body = nomination(&world, email, "member");
        body["kind"] = "invitation".into();
        world.client("lead-edito").post("/networks/edito/requests", body).expect(201);
        let code = code(email);
        let sig = world.client("sig-admin");
        let id = sig.walk("/invitations").into_iter().find(|it| it["email"] == email).unwrap()["id"].clone();
        let it = format!("/invitations/{}", id.as_str().unwrap());
        until(Duration::from_secs(20), "the letter is sent", || sig.get(&it).str("/delivery_status") == "sent");
        let by = world.client(by);
        by.act(&format!("{it}/resend"), by.get(&it).expect(200).etag(), None).expect(200);
        show(&world.subject(email, None), &code).expect(200);
        it
    };
    let it = resent("director-sociaux", "renvoi@travail.example");
    confirm(&world.client("director-sociaux"), &it).refused(403, "forbidden");
    confirm(&world.client("sig-coordinator"), &it).expect(200);
    // And whoever recorded the person, whoever then invites them.
    let member = json!({"given_name": "Zoé", "usual_name": "Écran", "email": "ecran@herault.example",
        "affiliation": {"organization_id": world.organization("Préfecture de l'Hérault")}});
    let card = world.client("org-admin-34").post("/members", member).expect(201).header("location").to_owned();
    let sent = world.client("sig-admin").post(&format!("{card}/invite"), json!({})).expect(201);
    show(&world.subject("ecran", None), &code("ecran@herault.example")).expect(200);
    for sender in ["org-admin-34", "sig-admin"] {
        confirm(&world.client(sender), sent.header("location")).refused(403, "forbidden");
    }
    confirm(&world.client("sig-coordinator"), sent.header("location")).expect(200);
}

#[test]
fn nobody_decides_for_both_sides_of_a_membership() {
    let world = World::demo();
    world.database.run("UPDATE network SET join_policy = 'request' WHERE code = 'edito'");
    // A coordinator who asks for a seat does not agree for the network too.
    let mut asks = json!({"kind": "request", "role": "referent", "affiliation_id": world.affiliation("sig-coordinator"), "notification_level": "digest"});
    let coordinator = world.client("sig-coordinator");
    world.database.run(&format!("DELETE FROM membership WHERE affiliation_id = {}", asks["affiliation_id"].to_string().replace('"', "'")));
    let asked = coordinator.post("/networks/edito/requests", asks.clone()).expect(201);
    assert_eq!([asked.str("/status"), asked.str("/network_decision")], ["open", "pending"]);
    assert!(!asked.actions().contains(&"accept_membership_request".to_owned()), "{:?}", asked.actions());
    let request = format!("/membership-requests/{}", asked.str("/id"));
    coordinator.act(&format!("{request}/accept"), asked.etag(), Some(json!({}))).refused(409, "invalid_transition");
    let tasks = coordinator.get("/me/tasks").expect(200).text();
    assert!(!tasks.contains(&request), "{tasks}");
    let lead = world.client("lead-edito");
    let done = lead.act(&format!("{request}/accept"), lead.get(&request).etag(), Some(json!({}))).expect(200);
    assert_eq!(done.str("/status"), "accepted");
    // Nor does a lead: another seat of theirs is given by another.
    asks["affiliation_id"] = world.affiliation("lead-edito").into();
    let asked = lead.post("/networks/edito/requests", asks).expect(201);
    assert_eq!([asked.str("/status"), asked.str("/network_decision")], ["open", "pending"]);
    // Who nominates someone agrees for nobody but, perhaps, the network; who is nominated agrees for themselves alone.
    let nominee = json!({"kind": "nomination", "role": "member", "affiliation_id": world.affiliation("sig-admin")});
    world.database.run(&format!("DELETE FROM membership WHERE affiliation_id = {} AND network_id = (SELECT id FROM network WHERE code = 'edito')", nominee["affiliation_id"].to_string().replace('"', "'")));
    let own = world.client("sig-admin").post("/networks/edito/requests", nominee).expect(201);
    assert_eq!([own.str("/person_decision"), own.str("/network_decision")], ["pending", "pending"]);
}

#[test]
fn a_lead_who_invites_an_address_of_their_own_does_not_join_by_it() {
    let world = World::demo();
    let lead = world.client("lead-edito");
    let place = world.database.one(&format!("SELECT organization_id::text AS it FROM affiliation WHERE id = '{}'", world.affiliation("lead-edito")));
    let mut body = nomination(&world, "damien.bis@ecologie.example", "referent");
    body["kind"] = "invitation".into();
    body["invitee"]["organization_id"] = place.into();
    let opened = lead.post("/networks/edito/requests", body).expect(201);
    assert_eq!(opened.str("/network_decision"), "accepted");
    show(&lead, &code("damien.bis@ecologie.example")).refused(403, "forbidden");
    let request = lead.get(&format!("/membership-requests/{}", opened.str("/id"))).expect(200);
    assert_eq!(request.str("/status"), "open");
}

#[test]
fn a_right_ends_with_its_ground() {
    let world = World::demo();
    let (admin, sig) = (world.client("org-admin-34"), world.client("sig-admin"));
    let member = json!({"given_name": "Ana", "usual_name": "Reste", "email": "reste@herault.example",
        "affiliation": {"organization_id": world.organization("Préfecture de l'Hérault")}});
    let card = admin.post("/members", member).expect(201).header("location").to_owned();
    let sent = admin.post(&format!("{card}/invite"), json!({})).expect(201).header("location").to_owned();
    until(Duration::from_secs(20), "the letter is sent", || admin.get(&sent).str("/delivery_status") == "sent");
    // A référent nominates, and may withdraw it.
    let referent = world.client("referent-34");
    let of = json!({"kind": "nomination", "role": "member", "affiliation_id": world.affiliation("org-admin-34")});
    let opened = referent.post("/networks/prefectures/requests", of).expect(201);
    let request = format!("/membership-requests/{}", opened.str("/id"));
    assert!(opened.actions().contains(&"withdraw_membership_request".to_owned()));

    let roles = sig.walk(&format!("/role-assignments?member_id={}", world.member("org-admin-34")));
    for role in &roles {
        let role = format!("/role-assignments/{}", role["id"].as_str().unwrap());
        sig.act(&format!("{role}/end"), sig.get(&role).etag(), Some(json!({}))).expect(200);
    }
    let seat = format!("/memberships/{}", world.membership("referent-34", "prefectures"));
    sig.act(&format!("{seat}/end"), sig.get(&seat).etag(), Some(json!({"reason": "resigned"}))).expect(200);
    // Who sent it still reads what became of it, and may do no more.
    until(Duration::from_secs(10), "the role is over", || admin.get(&sent).actions() == ["get_invitation"]);
    let seen = admin.get(&sent).expect(200);
    let before = sig.get(&sent).str("/expires_at");
    for how in ["resend", "revoke"] {
        admin.act(&format!("{sent}/{how}"), seen.etag(), None).refused(403, "forbidden");
    }
    assert_eq!(sig.get(&sent).str("/expires_at"), before);
    until(Duration::from_secs(10), "the seat is over", || !referent.get(&request).actions().contains(&"withdraw_membership_request".to_owned()));
    referent.act(&format!("{request}/withdraw"), referent.get(&request).etag(), None).refused(403, "forbidden");
}
