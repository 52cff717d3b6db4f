//! Joining and leaving a network: membership requests with two decisions, invitations that bind a first login, reviews, hand-over.

use std::thread;

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::{Client, World};

pub const SIRET: &str = "13001748600015";

/// The director of the DICOM of the ministères sociaux nominates someone without an account at the Travail.
pub fn nomination(world: &World, email: &str, role: &str) -> Value {
    json!({"kind": "nomination", "role": role, "justification": "Pilote la marque depuis janvier.",
        "invitee": {"given_name": "Noé", "usual_name": "Vidal", "email": email, "organization_id": world.organization("MTRAV")}})
}

/// The issuer says that who works at the Travail has this SIRET.
pub fn known_by_siret(world: &World) {
    let (sig, address) = (world.client("sig-admin"), format!("/organizations/{}", world.organization("MTRAV")));
    sig.patch(&address, sig.get(&address).etag(), json!({"sirets": [SIRET]})).expect(200);
}

/// The code of the last e-mail to an address.
pub fn code(email: &str) -> String {
    let letters = World::letters(email, 1);
    code_of(letters.last().unwrap())
}

/// The code that the text of an e-mail shows, in groups of four.
pub fn code_of(text: &str) -> String {
    let groups = |line: &&str| line.split(' ').filter(|group| group.len() == 4).count() == 16;
    text.lines().find(groups).unwrap_or_else(|| panic!("no code in {text}")).replace(' ', "")
}

pub fn show(client: &Client, code: &str) -> crate::support::client::Reply {
    client.post("/me/invitations/accept", json!({"code": code, "notification_level": "digest"}))
}

fn gaps(client: &Client, network: &str, organization: &str) -> usize {
    client.walk(&format!("/networks/{network}/gaps?role=referent&organization_id={organization}")).len()
}

/// A référent of an organization is expected in the réseau marque, and there is none.
fn expect_referent(world: &World, organization: &str) {
    world.database.run(&format!(
        "UPDATE membership SET valid = tstzrange(lower(valid), now()) WHERE role = 'referent' AND upper_inf(valid)
            AND organization_id = '{organization}' AND network_id = (SELECT id FROM network WHERE code = 'marque');
        DELETE FROM seat WHERE organization_id = '{organization}' AND network_id = (SELECT id FROM network WHERE code = 'marque')"
    ));
    world
        .client("sig-coordinator")
        .post(
            "/networks/marque/seats",
            json!({"organization_id": organization, "role": "referent", "min": 1, "max": 1}),
        )
        .expect(201);
}

/// Journey J3.
#[test]
fn a_director_nominates_someone_without_an_account_who_logs_in_and_fills_the_gap() {
    let world = World::timed();
    let email = "noe.vidal.j3@travail.example";
    let (director, lead) = (world.client("director-sociaux"), world.client("sig-coordinator"));
    let organization = world.organization("MTRAV");
    expect_referent(&world, &organization);
    known_by_siret(&world);
    assert_eq!(gaps(&director, "marque", &organization), 1);
    let opened = director.post("/networks/marque/requests", nomination(&world, email, "referent")).expect(201);
    assert_eq!(
        [opened.str("/status"), opened.str("/person_decision"), opened.str("/network_decision")],
        ["open", "pending", "pending"]
    );
    // Someone who is nominated twice has one membership request.
    director.post("/networks/marque/requests", nomination(&world, email, "referent")).refused(409, "already_requested");
    director
        .post("/networks/marque/requests", nomination(&world, &email.to_uppercase(), "deputy"))
        .refused(409, "already_requested");
    let dossier = format!("/membership-requests/{}", opened.str("/id"));
    assert!(!opened.actions().contains(&"accept_membership_request".to_owned()), "not for the one who nominates");
    director.act(&format!("{dossier}/accept"), opened.etag(), Some(json!({}))).refused(403, "forbidden");
    let seen = lead.get(&dossier).expect(200);
    lead.act(&format!("{dossier}/refuse"), seen.etag(), Some(json!({}))).refused(422, "invalid");
    let empty =
        lead.act(&format!("{dossier}/refuse"), seen.etag(), Some(json!({"reason": ""}))).refused(422, "invalid");
    assert_eq!(empty.str("/errors/0/pointer"), "/reason");
    let accepted = lead.act(&format!("{dossier}/accept"), seen.etag(), Some(json!({}))).expect(200);
    assert_eq!([accepted.str("/status"), accepted.str("/network_decision")], ["open", "accepted"]);
    assert_eq!(gaps(&director, "marque", &organization), 1, "both must agree");
    // The first login: the issuer says where the person works, the code says that it is the one invited.
    let newcomer = world.subject("proconnect-noe", Some(SIRET));
    assert_eq!(newcomer.get("/me").expect(200).at("/registered"), false);
    newcomer.get("/networks").refused(403, "not_registered");
    let code = code(email);
    let missing = newcomer.post("/me/invitations/accept", json!({"code": code})).refused(422, "invalid");
    assert_eq!(missing.str("/errors/0/pointer"), "/notification_level");
    let bound = show(&newcomer, &code).expect(200);
    assert_eq!(bound.str("/outcome"), "bound");
    let me = newcomer.get("/me").expect(200);
    assert_eq!((me.at("/registered"), me.str("/id")), (json!(true), bound.str("/member_id")));
    let card = newcomer.get(&format!("/members/{}", bound.str("/member_id"))).expect(200);
    assert_eq!([card.str("/status"), card.str("/display_name"), card.str("/email")], ["active", "Noé Vidal", email]);
    let ended = director.get(&dossier).expect(200);
    assert_eq!([ended.str("/status"), ended.str("/person_decision")], ["accepted", "accepted"]);
    let membership = newcomer.get(&format!("/memberships/{}", ended.str("/membership_id"))).expect(200);
    assert_eq!([membership.str("/status"), membership.str("/role")], ["active", "referent"]);
    assert_eq!(gaps(&director, "marque", &organization), 0);
    let level = format!("SELECT notification_level AS it FROM membership WHERE id = '{}'", membership.str("/id"));
    assert_eq!(world.database.one(&level), "digest");
    // What happened is on record, by whom it was done.
    let events = world.database.column(&format!(
        "SELECT action AS it FROM audit_event WHERE principal_id = '{}' ORDER BY position",
        bound.str("/member_id")
    ));
    assert_eq!(events, ["accept_invitation"]);
    // A member who sits there already is not asked again.
    let again = json!({"kind": "nomination", "role": "referent", "affiliation_id": membership.str("/affiliation_id")});
    director.post("/networks/marque/requests", again).refused(409, "overlap");
}

#[test]
fn a_code_serves_once_and_for_thirty_days() {
    let world = World::timed();
    known_by_siret(&world);
    let director = world.client("director-sociaux");
    let email = "noe.vidal.once@travail.example";
    director.post("/networks/marque/requests", nomination(&world, email, "referent")).expect(201);
    let code = code(email);
    // Several at once: one is bound.
    let all: Vec<Client> = (0..6).map(|i| world.subject(&format!("one-of-{i}"), Some(SIRET))).collect();
    let shown: Vec<_> = thread::scope(|scope| {
        let each = all.iter().map(|client| scope.spawn(|| show(client, &code)));
        each.collect::<Vec<_>>().into_iter().map(|done| done.join().unwrap()).collect()
    });
    assert_eq!(shown.iter().filter(|reply| reply.status == 200).count(), 1);
    for other in shown.into_iter().filter(|reply| reply.status != 200) {
        other.refused(409, "invitation_spent");
    }
    show(&all[0], &code).refused(409, "invitation_spent");
    // One that nobody gave, and one that was changed.
    let mut forged = code.clone().into_bytes();
    forged[50] = if forged[50] == b'A' { b'B' } else { b'A' };
    show(&all[0], &String::from_utf8(forged).unwrap()).refused(409, "invitation_spent");
    show(&all[0], "court").refused(422, "invalid");
    // After thirty days neither the code nor the membership request is good.
    let late = "noe.vidal.late@travail.example";
    let opened = director.post("/networks/marque/requests", nomination(&world, late, "deputy")).expect(201);
    let code = self::code(late);
    world.pass(TimeDelta::days(30) + TimeDelta::minutes(1));
    show(&world.subject("late", Some(SIRET)), &code).refused(409, "invitation_spent");
    let (director, lead) = (world.client("director-sociaux"), world.client("sig-coordinator"));
    let dossier = format!("/membership-requests/{}", opened.str("/id"));
    let expired = lead.get(&dossier).expect(200);
    assert_eq!(expired.str("/status"), "expired");
    assert_eq!(expired.actions(), ["get_membership_request"]);
    lead.act(&format!("{dossier}/accept"), expired.etag(), Some(json!({}))).refused(409, "invalid_transition");
    assert_eq!(
        director.walk("/membership-requests?status=expired").len(),
        2,
        "the first was decided by one side alone"
    );
    // It stands in nobody's way.
    director.post("/networks/marque/requests", nomination(&world, late, "deputy")).expect(201);
}

#[test]
fn who_works_elsewhere_by_his_token_waits_to_be_confirmed() {
    let world = World::demo();
    known_by_siret(&world);
    let director = world.client("director-sociaux");
    let email = "noe.vidal.elsewhere@travail.example";
    let opened = director.post("/networks/marque/requests", nomination(&world, email, "referent")).expect(201);
    let stranger = world.subject("elsewhere", Some("11000201100044"));
    let shown = show(&stranger, &code(email)).expect(200);
    assert_eq!(shown.str("/outcome"), "to_confirm");
    assert_eq!(stranger.get("/me").expect(200).at("/registered"), false);
    let address = format!("/invitations/{}", shown.str("/invitation_id"));
    let claimed = director.get(&address).expect(200);
    assert_eq!(claimed.str("/status"), "claimed");
    assert!(!claimed.text().contains("elsewhere\""), "the subject is nobody's business");
    world.client("lead-edito").get(&address).refused(404, "not_found");
    // The person who sent it is not the one who confirms.
    assert!(!claimed.actions().contains(&"confirm_invitation".to_owned()));
    director.act(&format!("{address}/confirm"), claimed.etag(), None).refused(403, "forbidden");
    let sig = world.client("sig-admin");
    let seen = sig.get(&address).expect(200);
    let used = sig.act(&format!("{address}/confirm"), seen.etag(), None).expect(200);
    assert_eq!(used.str("/status"), "used");
    assert_eq!(stranger.get("/me").expect(200).at("/registered"), true);
    let dossier = director.get(&format!("/membership-requests/{}", opened.str("/id"))).expect(200);
    assert_eq!([dossier.str("/status"), dossier.str("/person_decision")], ["open", "accepted"]);
    assert_eq!(dossier.str("/member/display_name"), "Noé Vidal");
    sig.act(&format!("{address}/confirm"), used.etag(), None).refused(409, "invitation_spent");
}

#[test]
fn a_member_who_never_logged_in_is_invited_by_those_who_keep_him() {
    let world = World::demo();
    let admin = world.client("org-admin-34");
    let email = "ana.roux@herault.example";
    let created = admin
        .post(
            "/members",
            json!({"given_name": "Ana", "usual_name": "Roux", "email": email,
            "affiliation": {"organization_id": world.organization("Préfecture de l'Hérault")}}),
        )
        .expect(201);
    let invite = format!("{}/invite", created.header("location"));
    world.client("director-sociaux").post(&invite, json!({})).refused(403, "forbidden");
    let first = admin.post(&invite, json!({})).expect(201);
    let spent = code(email);
    let second = admin.post(&invite, json!({})).expect(201);
    assert_eq!(admin.get(first.header("location")).expect(200).str("/status"), "revoked");
    let letters = World::letters(email, 2);
    let codes = letters.iter().map(|text| code_of(text));
    let good = codes.into_iter().find(|code| *code != spent).unwrap();
    let newcomer = world.subject("ana", None);
    show(&newcomer, &spent).refused(409, "invitation_spent");
    // The prefecture has no SIRET here: someone else than her administrator, who sent the code, knows her.
    assert_eq!(show(&newcomer, &good).expect(200).str("/outcome"), "to_confirm");
    let second = admin.get(second.header("location")).expect(200);
    let confirm = format!("/invitations/{}/confirm", second.str("/id"));
    admin.act(&confirm, second.etag(), None).refused(403, "forbidden");
    let sig = world.client("sig-coordinator");
    let seen = sig.get(&format!("/invitations/{}", second.str("/id"))).expect(200);
    sig.act(&confirm, seen.etag(), None).expect(200);
    assert_eq!(newcomer.get("/me").expect(200).str("/id"), created.str("/id"));
    assert_eq!(admin.get(created.header("location")).expect(200).str("/status"), "active");
    admin.post(&invite, json!({})).refused(409, "invalid_transition");
}

#[test]
fn everyone_asks_for_himself_and_says_how_he_is_kept_informed() {
    let world = World::demo();
    let (member, lead) = (world.client("member"), world.client("lead-edito"));
    let mine = world.affiliation("member");
    world.database.run(&format!("UPDATE network SET join_policy = 'request' WHERE code = 'edito'; UPDATE network SET join_policy = 'automatic', eligible_origins = '{{}}' WHERE code = 'veille'; DELETE FROM membership WHERE affiliation_id = '{mine}'"));
    let ask = |level: Value| {
        let mut body = json!({"kind": "request", "role": "member", "affiliation_id": mine});
        if level.is_string() {
            body["notification_level"] = level;
        }
        body
    };
    let missing = member.post("/networks/edito/requests", ask(Value::Null)).refused(422, "invalid");
    assert_eq!(missing.str("/errors/0/pointer"), "/notification_level");
    lead.post("/networks/edito/requests", ask("digest".into())).refused(403, "forbidden");
    let by_invitation = member.post("/networks/crise/requests", ask("none".into())).refused(422, "invalid");
    assert_eq!(by_invitation.str("/errors/0/pointer"), "/kind");
    let opened = member.post("/networks/edito/requests", ask("immediate".into())).expect(201);
    assert_eq!([opened.str("/person_decision"), opened.str("/network_decision")], ["accepted", "pending"]);
    assert_eq!(opened.actions(), ["get_membership_request", "withdraw_membership_request"]);
    let dossier = format!("/membership-requests/{}", opened.str("/id"));
    world.client("referent-34").get(&dossier).refused(404, "not_found");
    let seen = lead.get(&dossier).expect(200);
    // Two leads decide at once: one decision stands, the other is told.
    let sig = world.client("sig-admin");
    let etag = sig.get(&dossier).expect(200).etag().to_owned();
    let both: Vec<_> = thread::scope(|scope| {
        let accept = scope.spawn(|| lead.act(&format!("{dossier}/accept"), seen.etag(), Some(json!({}))));
        let reason = json!({"reason": "Le réseau est complet."});
        let refuse = scope.spawn(|| sig.act(&format!("{dossier}/refuse"), &etag, Some(reason)));
        vec![accept.join().unwrap(), refuse.join().unwrap()]
    });
    assert_eq!(both.iter().filter(|reply| reply.status == 200).count(), 1, "{both:?}");
    let done = both.iter().find(|reply| reply.status == 200).unwrap().str("/status");
    let way_out = if done == "accepted" { "end_membership" } else { "create_membership_request" };
    let other = both.into_iter().find(|reply| reply.status != 200).unwrap().refused(409, "invalid_transition");
    assert_eq!(other.at("/allowed"), json!([way_out]), "with a way out");
    // By right: one who asks sits there at once.
    let joined = member.post("/networks/veille/requests", ask("none".into())).expect(201);
    assert_eq!(joined.str("/status"), "accepted");
    member.get(&format!("/memberships/{}", joined.str("/membership_id"))).expect(200);
    // Partners and observers ask for nothing.
    let observer = json!({"kind": "request", "role": "member", "affiliation_id": world.affiliation("observer"), "notification_level": "digest"});
    world.client("observer").post("/networks/veille/requests", observer).refused(403, "forbidden");
}

#[test]
fn a_lead_is_proposed_by_anyone_and_appointed_by_the_sig_administrator() {
    let world = World::demo();
    let (lead, admin) = (world.client("lead-edito"), world.client("sig-admin"));
    let there = "SELECT m.affiliation_id::text AS it FROM membership m JOIN network n ON n.id = m.network_id WHERE n.code = 'edito' AND m.role = 'member' AND m.valid @> now() AND m.suspended_at IS NULL ORDER BY m.id LIMIT 1";
    let affiliation = world.database.one(there);
    let opened = lead
        .post(
            "/networks/edito/requests",
            json!({"kind": "invitation", "role": "co_lead", "affiliation_id": affiliation}),
        )
        .expect(201);
    assert_eq!(opened.str("/network_decision"), "pending", "a lead proposes");
    let dossier = format!("/membership-requests/{}", opened.str("/id"));
    lead.act(&format!("{dossier}/accept"), opened.etag(), Some(json!({}))).refused(403, "forbidden");
    let coordinator = world.client("sig-coordinator");
    let seen = coordinator.get(&dossier).expect(200);
    coordinator.act(&format!("{dossier}/accept"), seen.etag(), Some(json!({}))).refused(403, "forbidden");
    let seen = admin.get(&dossier).expect(200);
    let accepted = admin.act(&format!("{dossier}/accept"), seen.etag(), Some(json!({}))).expect(200);
    // Who decided once decides no second time.
    let twice =
        admin.act(&format!("{dossier}/accept"), accepted.etag(), Some(json!({}))).refused(409, "invalid_transition");
    assert_eq!(twice.at("/allowed"), json!(["withdraw_membership_request"]));
    let member = world.database.one(&format!(
        "SELECT m.email AS it FROM member m JOIN affiliation a ON a.member_id = m.id WHERE a.id = '{affiliation}'"
    ));
    let person = world.client(&member);
    let seen = person.get(&dossier).expect(200);
    let agreed = person
        .act(&format!("{dossier}/accept"), seen.etag(), Some(json!({"notification_level": "immediate"})))
        .expect(200);
    assert_eq!(agreed.str("/status"), "accepted");
    assert_eq!(
        person.get(&format!("/memberships/{}", agreed.str("/membership_id"))).expect(200).str("/role"),
        "co_lead"
    );
}

#[test]
fn of_two_leads_who_leave_at_once_one_stays() {
    let world = World::demo();
    let sig = world.client("sig-admin");
    let second = json!({"affiliation_id": world.affiliation("sig-coordinator"), "role": "lead"});
    let first = format!("/memberships/{}", world.membership("lead-edito", "edito"));
    world.database.run(&format!("DELETE FROM membership WHERE affiliation_id = '{}' AND network_id = (SELECT id FROM network WHERE code = 'edito')", world.affiliation("sig-coordinator")));
    let second = sig.post("/networks/edito/memberships", second).expect(201).header("location").to_owned();
    let leaving = |address: &str, client: Client| {
        let etag = client.get(address).expect(200).etag().to_owned();
        let address = format!("{address}/end");
        move || client.act(&address, &etag, Some(json!({"reason": "resigned"})))
    };
    let (one, other) = (leaving(&first, world.client("lead-edito")), leaving(&second, world.client("sig-coordinator")));
    let both: Vec<_> = thread::scope(|scope| {
        let (one, other) = (scope.spawn(one), scope.spawn(other));
        vec![one.join().unwrap(), other.join().unwrap()]
    });
    assert_eq!(both.iter().filter(|reply| reply.status == 200).count(), 1);
    let stays = both.into_iter().find(|reply| reply.status != 200).unwrap().refused(409, "last_lead");
    assert!(!stays.at("/allowed").as_array().unwrap().is_empty(), "with ways out");
}

#[test]
fn a_review_asks_of_each_whether_he_still_sits_there() {
    let world = World::demo();
    let lead = world.client("lead-edito");
    world
        .client("referent-34")
        .post("/networks/edito/reviews", json!({"due_on": "2027-01-31"}))
        .refused(403, "forbidden");
    let review = lead.post("/networks/edito/reviews", json!({"due_on": "2027-01-31"})).expect(201);
    lead.post("/networks/edito/reviews", json!({"due_on": "2027-02-28"})).refused(409, "overlap");
    let total = review.at("/total").as_i64().unwrap();
    assert!(total > 20 && review.at("/answered") == 0, "{}", review.text());
    let members = lead.walk("/networks/edito/memberships?role=member&limit=200");
    let answer = |outcome: &str| json!({"review_id": review.str("/id"), "outcome": outcome});
    let address = |member: &Value| format!("/memberships/{}", member["id"].as_str().unwrap());
    let keep = address(&members[0]);
    let kept = lead.act(&format!("{keep}/review"), lead.get(&keep).etag(), Some(answer("keep"))).expect(200);
    assert!(kept.at("/last_reviewed_at").is_string());
    lead.act(&format!("{keep}/review"), kept.etag(), Some(answer("keep"))).refused(409, "overlap");
    let end = address(&members[1]);
    let ended = lead.act(&format!("{end}/review"), lead.get(&end).etag(), Some(answer("end"))).expect(200);
    assert_eq!([ended.str("/status"), ended.str("/end_reason")], ["ended", "revoked"]);
    // A lead ends no leadership by a review either, and the last lead stays; nobody answers for themselves.
    let own = format!("/memberships/{}", world.membership("lead-edito", "edito"));
    let sig = world.client("sig-admin");
    for outcome in ["keep", "end"] {
        lead.act(&format!("{own}/review"), lead.get(&own).etag(), Some(answer(outcome))).refused(403, "forbidden");
    }
    let items = lead.walk(&format!("/membership-reviews/{}/items?limit=200", review.str("/id")));
    assert!(!items.is_empty() && items.iter().all(|it| !own.ends_with(it["membership_id"].as_str().unwrap())));
    sig.act(&format!("{own}/review"), sig.get(&own).etag(), Some(answer("end"))).refused(409, "last_lead");
    let now = lead.get(review.header("location")).expect(200);
    assert_eq!((now.at("/total"), now.at("/answered")), (json!(total), json!(2)));
    // Closed while it is answered: the answer is in it, or it is told.
    let third = address(&members[2]);
    let (etag, review_etag) = (lead.get(&third).etag().to_owned(), now.etag().to_owned());
    let (answered, closed) = thread::scope(|scope| {
        let answered = scope.spawn(|| lead.act(&format!("{third}/review"), &etag, Some(answer("keep"))));
        let closed = scope.spawn(|| lead.act(&format!("{}/close", review.header("location")), &review_etag, None));
        (answered.join().unwrap(), closed.join().unwrap())
    });
    closed.expect(200);
    let last = lead.get(review.header("location")).expect(200);
    let in_it = last.at("/answered") == 3;
    assert_eq!(answered.status == 200, in_it);
    if !in_it {
        answered.refused(409, "invalid_transition");
    }
    lead.act(&format!("{}/close", review.header("location")), last.etag(), None).refused(409, "invalid_transition");
}

#[test]
fn what_a_leaver_owns_is_handed_over_in_one_step() {
    let world = World::demo();
    let (sig, edito) = (world.client("sig-admin"), world.member("lead-edito"));
    let address = format!("/members/{edito}");
    let owned = sig.get(&format!("{address}/hand-over")).expect(200).at("/items");
    let owned = owned.as_array().unwrap().clone();
    assert!(owned.iter().any(|item| item["kind"] == "membership"), "{owned:?}");
    world.client("referent-34").get(&format!("{address}/hand-over")).refused(403, "forbidden");
    let refused =
        sig.act(&format!("{address}/depart"), sig.get(&address).etag(), None).refused(409, "hand_over_required");
    assert_eq!(refused.at("/allowed"), json!(["hand_over_member"]));
    let to = world.member("sig-coordinator");
    let plan = |to: &str| {
        let items = owned.iter().map(|item| json!({"kind": item["kind"], "id": item["id"], "to_member_id": to}));
        json!({"items": items.collect::<Vec<_>>()})
    };
    let etag = sig.get(&address).etag().to_owned();
    let coordinator = world.client("sig-coordinator");
    let own_etag = coordinator.get(&address).etag().to_owned();
    coordinator.act(&format!("{address}/hand-over"), &own_etag, Some(plan(&to))).refused(403, "forbidden");
    sig.act(&format!("{address}/hand-over"), &etag, Some(plan(&edito))).refused(422, "invalid");
    let foreign = json!({"items": [{"kind": "membership", "id": world.membership("referent-34", "prefectures"), "to_member_id": to}]});
    sig.act(&format!("{address}/hand-over"), &etag, Some(foreign)).refused(422, "invalid");
    let before = world.database.one("SELECT count(*)::text AS it FROM change_event");
    sig.act(&format!("{address}/hand-over"), &etag, Some(plan(&to))).expect(200);
    assert_ne!(world.database.one("SELECT count(*)::text AS it FROM change_event"), before);
    assert_eq!(sig.get(&format!("{address}/hand-over")).expect(200).at("/items"), json!([]));
    let leads = sig.walk("/networks/edito/memberships?role=lead");
    assert!(leads.iter().any(|lead| lead["member"]["id"] == to.as_str()), "{leads:?}");
    assert!(leads.iter().all(|lead| lead["member"]["id"] != edito.as_str()));
    sig.act(&format!("{address}/depart"), sig.get(&address).etag(), None).expect(200);
    // The history still says who led.
    let past = format!(
        "SELECT image->>'role' AS it FROM history WHERE noun = 'membership' AND image->>'member_id' = '{edito}' AND image->>'network_id' = (SELECT id::text FROM network WHERE code = 'edito') ORDER BY object_version DESC LIMIT 1"
    );
    assert_eq!(world.database.one(&past), "lead");
}

#[test]
fn every_column_that_names_an_owner_is_registered() {
    let world = World::shared();
    let columns = world.database.column(
        "SELECT c.conrelid::regclass || '.' || a.attname AS it FROM pg_constraint c
            JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
        WHERE c.contype = 'f' AND c.confrelid = 'member'::regclass ORDER BY 1",
    );
    let owned = persistence::OWNED.iter().copied();
    let known = owned.chain(persistence::NOT_OWNED.iter().copied()).map(|(table, column)| format!("{table}.{column}"));
    let mut known: Vec<String> = known.collect();
    known.sort();
    assert_eq!(columns, known, "a column that names a member is owned, or said not to be (persistence::OWNED)");
    // A member who is named as a principal made or changed something; nothing is owned that way.
    let others = world.database.column(
        "SELECT DISTINCT a.attname::text AS it FROM pg_constraint c
            JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
        WHERE c.contype = 'f' AND c.confrelid = 'principal'::regclass ORDER BY 1",
    );
    let expected =
        ["answered_by", "created_by", "granted_by", "id", "network_decided_by", "principal_id", "updated_by"];
    assert_eq!(others, expected);
}
