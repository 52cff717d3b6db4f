//! What takes two: who sends something does not confirm it, and a right ends with its ground.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::joining::{code, nomination, show};
use crate::support::issuer::Key;
use crate::support::pace::until;
use crate::support::world::SECRET;
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
    // The person who sends it once more has sent it too.
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
    // And the person who recorded the person, the person who then invites them.
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
    world.database.run(&format!(
        "DELETE FROM membership WHERE affiliation_id = {}",
        asks["affiliation_id"].to_string().replace('"', "'")
    ));
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
    let place = world.database.one(&format!(
        "SELECT organization_id::text AS it FROM affiliation WHERE id = '{}'",
        world.affiliation("lead-edito")
    ));
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
    let chair = format!("/memberships/{}", world.membership("referent-34", "prefectures"));
    sig.act(&format!("{chair}/end"), sig.get(&chair).etag(), Some(json!({"reason": "resigned"}))).expect(200);
    // Who sent it still reads what became of it, and may do no more.
    until(Duration::from_secs(10), "the role is over", || admin.get(&sent).actions() == ["get_invitation"]);
    let seen = admin.get(&sent).expect(200);
    let before = sig.get(&sent).str("/expires_at");
    for how in ["resend", "revoke"] {
        admin.act(&format!("{sent}/{how}"), seen.etag(), None).refused(403, "forbidden");
    }
    assert_eq!(sig.get(&sent).str("/expires_at"), before);
    until(Duration::from_secs(10), "the seat is over", || {
        !referent.get(&request).actions().contains(&"withdraw_membership_request".to_owned())
    });
    referent.act(&format!("{request}/withdraw"), referent.get(&request).etag(), None).refused(403, "forbidden");
}

#[test]
fn whoever_is_added_directly_is_asked_no_more() {
    let world = World::demo();
    world.database.run("UPDATE network SET join_policy = 'request' WHERE code = 'edito'");
    let (lead, person) = (world.client("lead-edito"), world.client("member"));
    let mine = world.affiliation("member");
    world.database.run(&format!("DELETE FROM membership WHERE affiliation_id = '{mine}'"));
    let waits = |client: &Client, request: &str| client.get("/me/tasks").expect(200).text().contains(request);
    let add = |role: &str| lead.post("/networks/edito/memberships", json!({"affiliation_id": mine, "role": role}));
    let end = |membership: &str| {
        lead.act(&format!("{membership}/end"), lead.get(membership).etag(), Some(json!({"reason": "resigned"})))
            .expect(200);
    };

    // Invited, then added: what was asked is withdrawn, and leads to the membership.
    let invite = json!({"kind": "invitation", "role": "member", "affiliation_id": mine});
    let invited = lead.post("/networks/edito/requests", invite.clone()).expect(201);
    let request = format!("/membership-requests/{}", invited.str("/id"));
    assert!(waits(&person, &request));
    let added = add("member").expect(201);
    let seen = person.get(&request).expect(200);
    assert_eq!([seen.str("/status"), seen.str("/membership_id")], ["withdrawn".into(), added.str("/id")]);
    assert_eq!(seen.actions(), ["get_membership_request"]);
    assert!(!waits(&person, &request));
    end(added.header("location"));

    // Asked for it, then added: the network agreed by that.
    let ask = json!({"kind": "request", "role": "member", "affiliation_id": mine, "notification_level": "digest"});
    let asked = person.post("/networks/edito/requests", ask).expect(201);
    let request = format!("/membership-requests/{}", asked.str("/id"));
    assert!(waits(&lead, &request));
    let added = add("member").expect(201);
    let seen = lead.get(&request).expect(200);
    assert_eq!(
        [seen.str("/status"), seen.str("/network_decision"), seen.str("/membership_id")],
        ["accepted".into(), "accepted".into(), added.str("/id")]
    );
    assert!(!waits(&lead, &request));

    // Invited to another seat than the one they sit in: that can still be agreed to, until the role is theirs.
    let elsewhere = json!({"kind": "invitation", "role": "deputy", "affiliation_id": mine});
    let open = lead.post("/networks/edito/requests", elsewhere).expect(201);
    let request = format!("/membership-requests/{}", open.str("/id"));
    assert!(person.get(&request).actions().contains(&"accept_membership_request".to_owned()));
    let seat = added.header("location");
    lead.act(&format!("{seat}/change-role"), lead.get(seat).etag(), Some(json!({"role": "deputy"}))).expect(200);
    assert_eq!(person.get(&request).str("/status"), "withdrawn");
    end(seat);

    // Someone without an account is invited, and is recorded and added meanwhile: the code is good for nothing.
    let email = "noe.vidal.direct@travail.example";
    let mut body = nomination(&world, email, "member");
    body["kind"] = "invitation".into();
    let open = lead.post("/networks/edito/requests", body).expect(201);
    let code = code(email);
    let recorded = json!({"given_name": "Noé", "usual_name": "Vidal", "email": email, "affiliation": {"organization_id": world.organization("MTRAV")}});
    let created = world.client("sig-admin").post("/members", recorded).expect(201);
    let place = world
        .database
        .one(&format!("SELECT id::text AS it FROM affiliation WHERE member_id = '{}'", created.str("/id")));
    lead.post("/networks/edito/memberships", json!({"affiliation_id": place, "role": "member"})).expect(201);
    assert_eq!(lead.get(&format!("/membership-requests/{}", open.str("/id"))).str("/status"), "withdrawn");
    show(&world.subject("direct", None), &code).refused(409, "invitation_spent");
}

/// A login of the development issuer whose token says more of who bears it.
fn login(world: &World, subject: &str, more: &Value) -> Client {
    let token = world.subject(subject, None).token.unwrap();
    let mut claims: Value = serde_json::from_slice(&BASE64.decode(token.split('.').nth(1).unwrap()).unwrap()).unwrap();
    claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let head = json!({"alg": "HS256", "typ": "at+jwt"});
    Client::new(&world.base, Some(Key::secret(SECRET.as_bytes()).token(&head, &claims)))
}

#[test]
fn whoever_confirms_sees_who_showed_the_code_and_that_another_did() {
    let world = World::demo();
    let email = "noe.vidal.montre@travail.example";
    let (director, sig) = (world.client("director-sociaux"), world.client("sig-admin"));
    director.post("/networks/marque/requests", nomination(&world, email, "referent")).expect(201);
    let code = code(email);
    let named = json!({"given_name": "Noé", "usual_name": "Vidal\u{200b}", "email": "Noe.Vidal@travail.example"});
    let first = login(&world, "first-login", &named);
    let shown = show(&first, &code).expect(200);
    assert_eq!(shown.str("/outcome"), "to_confirm");
    let address = format!("/invitations/{}", shown.str("/invitation_id"));
    let seen = sig.get(&address).expect(200);
    assert_eq!([seen.str("/claimed_name"), seen.str("/claimed_email")], ["Noé Vidal", "noe.vidal@travail.example"]);
    assert!(seen.str("/claimed_issuer").starts_with("https://") && seen.at("/contested_at").is_null());
    let at = seen.str("/claimed_at");
    // The same login may show it again; another one does not take its place, and is seen to have tried.
    assert_eq!(show(&first, &code).expect(200).str("/outcome"), "to_confirm");
    let second = login(&world, "second-login", &json!({"name": "Quelqu’un d’autre"}));
    assert_eq!(show(&second, &code).expect(200).str("/outcome"), "contested");
    let seen = sig.get(&address).expect(200);
    assert_eq!((seen.str("/claimed_name"), seen.at("/contested_at").is_string()), ("Noé Vidal".into(), true));
    assert!(seen.str("/claimed_at") >= at);
    // The person who leads the network reads the invitation, and not who showed it.
    let read = world.client("lead-edito").get(&address);
    assert!(read.status == 404 || read.at("/claimed_name").is_null());
    sig.act(&format!("{address}/confirm"), seen.etag(), None).expect(200);
    assert_eq!(first.get("/me").expect(200).at("/registered"), true);
    assert_eq!(second.get("/me").expect(200).at("/registered"), false);
}

#[test]
fn look_alikes_are_named_to_those_who_invite_and_confirm() {
    let world = World::demo();
    let (admin, sig) = (world.client("org-admin-34"), world.client("sig-admin"));
    let known = sig.get(&format!("/members/{}", world.member("sig-admin"))).expect(200);
    let (given, usual) = (known.str("/given_name"), known.str("/usual_name"));
    // The same letters to the eye: Cyrillic for Latin, capitals, no accents.
    let alike = given.to_uppercase().replace('A', "\u{410}").replace('E', "\u{415}");
    let member = |given: &str, email: &str| {
        json!({"given_name": given, "usual_name": usual, "email": email,
        "affiliation": {"organization_id": world.organization("Préfecture de l'Hérault")}})
    };
    let created = admin.post("/members", member(&alike, "sosie@herault.example")).expect(201);
    assert_eq!(created.at("/look_alikes/0/id"), known.str("/id"));
    let card = created.header("location");
    assert_eq!(admin.get(card).expect(200).at("/look_alikes/0/display_name"), known.str("/display_name"));
    assert!(world.client("member").get(card).expect(200).at("/look_alikes").is_null(), "for those who may invite");
    assert!(admin.get(&format!("/members/{}", world.member("deputy-34"))).at("/look_alikes").is_null());
    let sent = admin.post(&format!("{card}/invite"), json!({})).expect(201);
    assert_eq!(sent.at("/look_alikes/0/id"), known.str("/id"));
    let listed = sig.walk("/invitations").into_iter().find(|it| it["email"] == "sosie@herault.example").unwrap();
    assert_eq!(listed["look_alikes"].as_array().unwrap().len(), 1);
    // A name that changes is compared anew, whatever door it changes by.
    let other =
        admin.patch(card, admin.get(card).etag(), json!({"given_name": "Tout", "usual_name": "Autrement"})).expect(200);
    assert!(other.at("/look_alikes").is_null());
    world.database.run(&format!(
        "UPDATE member SET given_name = '{given}', usual_name = '{usual}' WHERE id = '{}'",
        created.str("/id")
    ));
    until(Duration::from_secs(20), "it is compared", || {
        world.database.one(&format!("SELECT count(*)::text AS it FROM member m JOIN member k ON k.skeleton = m.skeleton WHERE m.id = '{}' AND k.id = '{}'", created.str("/id"), known.str("/id"))) == "1"
    });
    assert_eq!(admin.get(card).expect(200).at("/look_alikes/0/id"), known.str("/id"));
    assert_eq!(world.database.one("SELECT count(*)::text AS it FROM member WHERE skeleton IS NULL"), "0");
}

#[test]
fn those_concerned_are_told_once_that_a_request_ended_without_a_decision() {
    let world = World::timed();
    world.database.run("UPDATE network SET join_policy = 'request' WHERE code IN ('edito', 'marque'); UPDATE network SET eligible_origins = '{}' WHERE code IN ('edito', 'marque')");
    let mine = world.affiliation("member");
    world.database.run(&format!("DELETE FROM membership WHERE affiliation_id = '{mine}'"));
    let ask = json!({"kind": "request", "role": "member", "affiliation_id": mine, "notification_level": "digest"});
    let person = world.client("member");
    let closing = person.post("/networks/marque/requests", ask.clone()).expect(201).str("/id");
    let nominated =
        json!({"kind": "nomination", "role": "member", "affiliation_id": world.affiliation("contributor-sociaux")});
    world.database.run(&format!(
        "DELETE FROM membership WHERE affiliation_id = '{}' AND role = 'member'",
        world.affiliation("contributor-sociaux")
    ));
    let waiting = world.client("director-sociaux").post("/networks/edito/requests", nominated).expect(201).str("/id");
    let told = |request: &str| {
        let mut told = world.database.column(&format!(
            "SELECT n.member_id || ' ' || (SELECT count(*) FROM delivery d WHERE d.object_id = n.id) AS it
            FROM notification n WHERE n.object_id = '{request}' AND n.kind = 'membership_request_ended' ORDER BY 1"
        ));
        told.sort();
        told
    };
    let of = |personas: &[&str]| {
        let mut all: Vec<String> = personas.iter().map(|it| format!("{} 1", world.member(it))).collect();
        all.sort();
        all
    };
    // The network closes.
    let sig = world.client("sig-admin");
    sig.act("/networks/marque/close", sig.get("/networks/marque").etag(), None).expect(200);
    assert_eq!(told(&closing), of(&["member"]));
    let note = person.walk("/notifications").into_iter().find(|it| it["kind"] == "membership_request_ended").unwrap();
    assert_eq!(note["path"], format!("/membership-requests/{closing}").as_str());
    // Nobody decides in time.
    assert!(told(&waiting).is_empty());
    world.pass(TimeDelta::days(30) + TimeDelta::minutes(1));
    until(Duration::from_secs(20), "they are told", || !told(&waiting).is_empty());
    assert_eq!(told(&waiting), of(&["contributor-sociaux", "director-sociaux"]));
    // Done again, it is done once.
    world.database.run("UPDATE task SET done_at = NULL, lease_until = NULL WHERE kind = 'end_request'");
    until(Duration::from_secs(20), "it is done", || {
        world.database.one("SELECT count(*)::text AS it FROM task WHERE kind = 'end_request' AND done_at IS NULL AND due_at <= now() + interval '31 days'") == "0"
    });
    assert_eq!((told(&waiting), told(&closing)), (of(&["contributor-sociaux", "director-sociaux"]), of(&["member"])));
}
