//! What e-mails say, to whom, where their links lead, and what they never say; what people are reminded of, once each.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::follow_up::record;
use crate::joining::{SIRET, code_of, known_by_siret, nomination, show};
use crate::notification::{level, network_of, publish, reach};
use crate::support::client::Reply;
use crate::support::database::Database;
use crate::support::mail::Mail;
use crate::support::pace::until;
use crate::support::smtp::Smtp;
use crate::support::{Client, World};

const FRONTEND: &str = r#"{"base": "https://intranet.example", "announcement": "/annonces/{id}",
    "accept_invitation": "/invitation#code={code}", "inbox": "/notifications", "preferences": "/reglages"}"#;

/// The last e-mail to an address, once there are so many: sound, and with links that are answered where they lead here.
fn mail(world: &World, address: &str, number: usize) -> Mail {
    let mail = World::mails(address, number).pop().unwrap();
    mail.is_sound();
    for link in mail.links().iter().filter_map(|link| link.strip_prefix(&world.base)) {
        let page = Client::new(&world.base, None).raw("GET", link, &[], Vec::new());
        assert_eq!(page.status, 200, "{link}");
        assert!(page.text().contains("<html lang=\"fr\">"), "{link}");
    }
    assert!(!mail.links().is_empty(), "{}", mail.text);
    mail
}

fn announce(client: &Client, network: &str, more: &Value, key: &str) -> String {
    let mut body = json!({"title": "Charte graphique : la nouvelle version", "body": "Le **corps** du texte.", "network_code": network});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let address = client.post("/announcements", body).expect(201).header("location").to_owned();
    publish(client, &address, key).expect(200);
    address
}

fn id(address: &str) -> &str {
    address.rsplit('/').next().unwrap()
}

fn name_of(world: &World, persona: &str) -> String {
    let member = world.member(persona);
    world.database.one(&format!("SELECT display_name AS it FROM member WHERE id = '{member}'"))
}

#[test]
fn an_announcement_says_what_by_whom_for_which_network_why_and_how_to_change_that() {
    let world = World::demo();
    let (sig, lead) = (world.client("sig-admin"), world.client("lead-edito"));
    let to = "annonce@lettres.example";
    reach(&world.database, &world.member("lead-edito"), to);
    level(&lead, &world, "lead-edito", "edito", "immediate");
    let address = announce(&sig, "edito", &json!({}), "a");
    let told = mail(&world, to, 1);
    assert_eq!(told.subject, "[Diapason · Réseau édito] Annonce\u{a0}: Charte graphique : la nouvelle version");
    for said in [
        "Annonce\u{a0}: Charte graphique : la nouvelle version",
        "Réseau\u{a0}: Réseau édito",
        &format!("De\u{a0}: {} (SIG)", name_of(&world, "sig-admin")),
        "parce que vous êtes membre du «\u{a0}Réseau édito\u{a0}» et que votre réglage de notification pour ce réseau est «\u{a0}immédiatement\u{a0}»",
    ] {
        assert!(told.text.contains(said), "{said}: {}", told.text);
    }
    assert!(!told.all().contains("corps"), "the text itself stays in the service");
    let links = [format!("{}/go/announcement/{}", world.base, id(&address)), format!("{}/go/preferences", world.base)];
    assert_eq!(told.links(), links);
    assert_eq!(told.header("List-Id"), Some("<edito.reseaux.diapason.invalid>"));
    assert_eq!(told.header("List-Unsubscribe"), Some(format!("<{}>", links[1]).as_str()));
    let thread = format!("<announcement.{}@diapason.invalid>", id(&address));
    assert_eq!((told.header("In-Reply-To"), told.header("References")), (Some(&*thread), Some(&*thread)));
    // What is mandatory says so, and offers no way out. It is in the same thread as what is said of it later.
    let second = announce(&sig, "edito", &json!({"class": "mandatory", "title": "É".repeat(150)}), "b");
    let told = mail(&world, to, 2);
    assert!(told.subject.ends_with("ÉÉ…") && told.subject.chars().count() == 78, "{}", told.subject);
    assert!(told.text.contains("obligatoire") && told.text.contains("ne peut pas être désactivée"), "{}", told.text);
    assert_eq!(told.header("List-Unsubscribe"), None);
    let etag = sig.get(&second).expect(200).etag().to_owned();
    sig.patch(&second, &etag, json!({"title": "Autre <b>titre</b> & \"guillemets\"", "notify": true})).expect(200);
    let changed = mail(&world, to, 3);
    assert!(
        changed.subject.ends_with("Annonce modifiée\u{a0}: Autre <b>titre</b> & \"guillemets\""),
        "{}",
        changed.subject
    );
    assert!(!changed.html.contains("<b>"), "a title is no markup");
    assert_eq!(changed.header("References"), told.header("References"));
    assert_ne!(changed.header("Message-ID"), told.header("Message-ID"));
    // No title brings a header along.
    let forged = json!({"title": "Titre\r\nBcc: tous@lettres.example", "body": "…", "network_code": "edito"});
    sig.post("/announcements", forged).refused(422, "invalid");
}

#[test]
fn links_lead_to_the_frontend_that_is_set_up() {
    let settings = [("DIAPASON_FRONTEND", FRONTEND), ("DIAPASON_PUBLIC_URL", "https://diapason.example")];
    let world = World::over(Database::demo(), &settings);
    let to = "frontal@lettres.example";
    reach(&world.database, &world.member("lead-edito"), to);
    let (sig, lead) = (world.client("sig-admin"), world.client("lead-edito"));
    let address = announce(&sig, "edito", &json!({"class": "mandatory"}), "a");
    let links = World::mails(to, 1).remove(0).links();
    assert_eq!(
        links,
        [format!("https://intranet.example/annonces/{}", id(&address)), "https://intranet.example/reglages".into()]
    );
    // A page that it does not have is one of ours.
    level(&lead, &world, "lead-edito", "edito", "immediate");
    let given = give(&sig, &world, "lead-edito", &json!({"network_code": "edito"}));
    let links = World::mails(to, 2).pop().unwrap().links();
    assert_eq!(links[0], format!("https://diapason.example/go/action_item/{}", given.str("/id")));
    // The code is in the link, behind the sign that no server sees, and can be typed.
    known_by_siret(&world);
    let invited = "noe.vidal.frontal@travail.example";
    world
        .client("director-sociaux")
        .post("/networks/marque/requests", nomination(&world, invited, "referent"))
        .expect(201);
    let mail = World::mails(invited, 1).remove(0);
    assert_eq!(mail.links(), [format!("https://intranet.example/invitation#code={}", code_of(&mail.text))]);
}

fn give(client: &Client, world: &World, to: &str, more: &Value) -> Reply {
    let place = format!("SELECT organization_id::text AS it FROM affiliation WHERE id = '{}'", world.affiliation(to));
    let mut body = json!({"title": "Transmettre le plan éditorial", "owner_organization_id": world.database.one(&place),
        "owner_member_id": world.member(to), "due_on": "2027-12-24"});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    client.post("/action-items", body).expect(201)
}

#[test]
fn nothing_of_a_network_that_is_not_listed_or_of_what_is_confidential_leaves() {
    for visibility in ["hidden", "members"] {
        let world = World::demo();
        world.database.run(&format!("UPDATE network SET visibility = '{visibility}' WHERE code = 'edito'"));
        let (sig, lead) = (world.client("sig-admin"), world.client("lead-edito"));
        let to = format!("cache.{visibility}@lettres.example");
        reach(&world.database, &world.member("lead-edito"), &to);
        level(&lead, &world, "lead-edito", "edito", "immediate");
        announce(&sig, "edito", &json!({"title": "Titre secret"}), "a");
        give(&sig, &world, "lead-edito", &json!({"network_code": "edito", "title": "Titre secret"}));
        let author = name_of(&world, "sig-admin");
        for mail in World::mails(&to, 2) {
            mail.is_sound();
            for secret in ["Titre secret", "édito", "edito", "SIG)", author.as_str()] {
                assert!(!mail.all().contains(secret), "{visibility}, {secret}: {}", mail.all());
            }
            assert!(mail.subject.starts_with("[Diapason] Une a"), "{}", mail.subject);
            assert_eq!(mail.header("List-Id"), Some("<diapason.diapason.invalid>"));
        }
        // Nor does an invitation to it.
        known_by_siret(&world);
        let invited = format!("noe.vidal.{visibility}@travail.example");
        let body = json!({"kind": "invitation", "role": "referent", "invitee": nomination(&world, &invited, "referent")["invitee"]});
        lead.post("/networks/edito/requests", body).expect(201);
        let mail = mail(&world, &invited, 1);
        assert!(!mail.all().contains("édito") && mail.text.contains("un réseau métier"), "{}", mail.text);
    }
    let world = World::demo();
    let sig = world.client("sig-admin");
    let to = "confidentiel@lettres.example";
    reach(&world.database, &world.member("lead-edito"), to);
    level(&world.client("lead-edito"), &world, "lead-edito", "edito", "immediate");
    let follow_up = record(&sig, "network", Some("edito"), None, "Point confidentiel", true);
    give(&sig, &world, "lead-edito", &json!({"follow_up_id": follow_up, "title": "Titre secret"}));
    let mail = mail(&world, to, 1);
    assert_eq!(mail.subject, "[Diapason] Une action vous est confiée");
    for secret in ["secret", "édito", "edito", &name_of(&world, "sig-admin")] {
        assert!(!mail.all().contains(secret), "{secret}: {}", mail.all());
    }
    assert!(mail.text.contains("Échéance\u{a0}: 24 décembre 2027"), "{}", mail.text);
}

#[test]
fn an_attempt_that_is_repeated_has_the_same_message_id() {
    let smtp = Smtp::forgetful();
    let world = World::over(Database::demo(), &[("DIAPASON_SMTP_URL", &smtp.url), ("DIAPASON_TEST_CLOCK", "1")]);
    network_of(&world.database, 1, "immediate");
    announce(&world.client("sig-admin"), "large", &json!({}), "a");
    // The demo data has other things of which people are reminded.
    let line = "SELECT d.id::text AS it FROM delivery d JOIN notification n ON n.id = d.object_id
        WHERE n.kind = 'announcement_published'";
    let line = world.database.one(line);
    let ours = format!("<{line}@diapason.invalid>");
    let sent = || smtp.messages().iter().filter(|it| it.header("Message-ID") == Some(ours.as_str())).count();
    until(Duration::from_secs(20), "it was sent", || sent() == 1);
    let failed = format!("SELECT count(*)::text AS it FROM task WHERE object_id = '{line}' AND failure IS NOT NULL");
    until(Duration::from_secs(20), "the failure is known", || world.database.one(&failed) == "1");
    world.pass(TimeDelta::minutes(1));
    until(Duration::from_secs(20), "it was sent again, under the same identifier", || sent() == 2);
}

/// The kinds of mail that the other tests do not look at.
#[test]
fn each_kind_of_e_mail_says_what_is_expected_of_whom() {
    let world = World::demo();
    world.database.run("UPDATE network SET join_policy = 'request' WHERE code = 'edito'");
    world.database.run(&format!("DELETE FROM membership WHERE affiliation_id = '{}'", world.affiliation("member")));
    let (sig, lead, member) = (world.client("sig-admin"), world.client("lead-edito"), world.client("member"));
    let [to_lead, to_member, to_invited] =
        ["anim", "demandeur", "sollicite"].map(|name| format!("{name}@lettres.example"));
    reach(&world.database, &world.member("lead-edito"), &to_lead);
    reach(&world.database, &world.member("member"), &to_member);
    reach(&world.database, &world.member("contributor-sociaux"), &to_invited);
    level(&lead, &world, "lead-edito", "edito", "immediate");
    let who = name_of(&world, "member");
    let ask = json!({"kind": "request", "role": "member", "affiliation_id": world.affiliation("member"), "notification_level": "immediate"});
    let opened = member.post("/networks/edito/requests", ask).expect(201);
    let asked = mail(&world, &to_lead, 1);
    assert_eq!(asked.subject, format!("[Diapason · Réseau édito] Demande d’adhésion à examiner\u{a0}: {who}"));
    assert!(asked.text.contains(&format!("attend votre décision\u{a0}: {who}, en tant que membre.")), "{}", asked.text);
    assert!(asked.text.contains("Réponse attendue jusqu’au"), "{}", asked.text);
    let address = format!("/membership-requests/{}", opened.str("/id"));
    lead.act(&format!("{address}/accept"), lead.get(&address).etag(), Some(json!({}))).expect(200);
    let decided = mail(&world, &to_member, 1);
    assert_eq!(decided.subject, format!("[Diapason · Réseau édito] Demande d’adhésion acceptée\u{a0}: {who}"));
    assert_eq!(decided.header("References"), asked.header("References"));
    // One who is asked to join hears at once, and why.
    let invite =
        json!({"kind": "invitation", "role": "deputy", "affiliation_id": world.affiliation("contributor-sociaux")});
    lead.post("/networks/edito/requests", invite).expect(201);
    let proposed = mail(&world, &to_invited, 1);
    assert_eq!(proposed.subject, "[Diapason · Réseau édito] Votre accord est attendu pour rejoindre un réseau");
    assert!(proposed.text.contains("en tant que suppléant ou suppléante"), "{}", proposed.text);
    assert!(proposed.text.contains("vous concerne personnellement"), "{}", proposed.text);
    assert_eq!(proposed.header("List-Unsubscribe"), None);
    // A review, and an action item with its day.
    sig.post("/networks/edito/reviews", json!({"due_on": "2027-01-31"})).expect(201);
    let review = mail(&world, &to_lead, 2);
    assert!(review.subject.ends_with("Revue des adhésions\u{a0}: vos réponses sont attendues"), "{}", review.subject);
    assert!(review.text.contains("Réponse attendue jusqu’au 31 janvier 2027"), "{}", review.text);
    give(&sig, &world, "lead-edito", &json!({"network_code": "edito", "due_on": "2027-06-01"}));
    let given = mail(&world, &to_lead, 3);
    assert_eq!(given.subject, "[Diapason · Réseau édito] Action confiée\u{a0}: Transmettre le plan éditorial");
    assert!(given.text.contains("Échéance\u{a0}: 1er juin 2027"), "{}", given.text);
}

#[test]
fn a_digest_lists_each_news_with_its_link_and_leaves_out_what_was_done() {
    let world = World::timed();
    let to = "resume@lettres.example";
    reach(&world.database, &world.member("contributor-sociaux"), to);
    world.at("2027-01-11T12:00:00Z".parse().unwrap());
    let sig = world.client("sig-admin");
    let give =
        |title: &str, due: &str| give(&sig, &world, "contributor-sociaux", &json!({"title": title, "due_on": due}));
    let (first, second, third) =
        (give("La première", "2027-02-01"), give("La deuxième", "2027-02-02"), give("La troisième", "2027-02-03"));
    sig.act(&format!("/action-items/{}/complete", second.str("/id")), second.etag(), None).expect(200);
    world.at("2027-01-12T07:00:00Z".parse().unwrap());
    let digest = mail(&world, to, 1);
    assert_eq!(digest.subject, "[Diapason] Résumé quotidien\u{a0}: 2 nouveautés");
    let at = |given: &Reply| format!("{}/go/action_item/{}", world.base, given.str("/id"));
    assert_eq!(digest.links()[..2], [at(&first), at(&third)]);
    assert_eq!(digest.links()[2..], [format!("{}/go/inbox", world.base), format!("{}/go/preferences", world.base)]);
    assert!(
        digest.text.contains("1. Action confiée\u{a0}: La première")
            && digest.text.contains("2. Action confiée\u{a0}: La troisième")
    );
    assert!(
        digest.text.contains("Échéance\u{a0}: 3 février 2027") && !digest.text.contains("deuxième"),
        "{}",
        digest.text
    );
    assert!(digest.header("List-Unsubscribe").is_some() && digest.header("References").is_none());
}

#[test]
fn an_invitation_says_by_whom_until_when_and_what_happens_otherwise_and_reminds_once() {
    let world = World::timed();
    let began: DateTime<Utc> = "2027-03-01T10:00:00Z".parse().unwrap();
    world.at(began);
    known_by_siret(&world);
    let (director, admin) = (world.client("director-sociaux"), world.client("org-admin-34"));
    let to = "noe.vidal.rappel@travail.example";
    director.post("/networks/marque/requests", nomination(&world, to, "referent")).expect(201);
    let invited = mail(&world, to, 1);
    let sender = name_of(&world, "director-sociaux");
    assert_eq!(invited.subject, format!("[Diapason] {sender} vous invite à ouvrir votre compte"));
    for said in [
        &*format!("{sender} ("),
        "vous invite à ouvrir votre compte Diapason au titre de l’organisation",
        "en tant que référent ou référente",
        "valable jusqu’au 31 mars 2027 à 12\u{a0}h\u{a0}00 (heure de Paris)",
        "Si vous ne faites rien, l’invitation expire et aucun compte n’est ouvert",
    ] {
        assert!(invited.text.contains(said), "{said}: {}", invited.text);
    }
    assert!(!invited.links()[0].contains(&code_of(&invited.text)), "our own page needs no code");
    // A member whom their organization recorded is told so.
    let recorded = "ana.roux.rappel@herault.example";
    let created = admin
        .post(
            "/members",
            json!({"given_name": "Ana", "usual_name": "Roux", "email": recorded,
        "affiliation": {"organization_id": world.organization("Préfecture de l'Hérault")}}),
        )
        .expect(201);
    admin.post(&format!("{}/invite", created.header("location")), json!({})).expect(201);
    assert!(mail(&world, recorded, 1).text.contains("La fiche que votre organisation a enregistrée"));
    morning(&[&world], "2027-03-23T10:30:00Z");
    assert_eq!(World::mails(to, 1).len(), 1, "not before seven days");
    morning(&[&world], "2027-03-24T06:30:00Z");
    morning(&[&world], "2027-03-25T10:30:00Z");
    let reminder = mail(&world, to, 2);
    assert_eq!(reminder.subject, "[Diapason] Rappel\u{a0}: votre invitation expire le 31 mars 2027");
    assert_eq!(code_of(&reminder.text), code_of(&invited.text), "the same code");
    assert_eq!(reminder.header("References"), invited.header("References"));
    mail(&world, recorded, 2);
    // The code is taken as it stands there, with its blanks.
    let shown = code_of(&reminder.text)
        .as_bytes()
        .chunks(4)
        .map(|group| std::str::from_utf8(group).unwrap())
        .collect::<Vec<_>>()
        .join(" ");
    assert!(reminder.text.contains(&shown));
    let newcomer = world.subject("proconnect-noe-rappel", Some(SIRET));
    assert_eq!(show(&newcomer, &format!(" {shown} ")).expect(200).str("/outcome"), "bound");
    // Who sent the other one hears that it expired, once.
    world.at("2027-04-01T10:00:00Z".parse().unwrap());
    let expired = || {
        let all = world.client("org-admin-34").walk("/notifications");
        all.into_iter().filter(|it| it["kind"] == "invitation_expired").collect::<Vec<_>>()
    };
    until(Duration::from_secs(20), "the inviter is told", || expired().len() == 1);
    assert_eq!(expired()[0]["title"], "Ana Roux");
    morning(&[&world], "2027-04-03T10:00:00Z");
    let invitations = |to: &str| World::mails(to, 2).iter().filter(|it| it.subject.contains("invit")).count();
    assert_eq!((expired().len(), invitations(to), invitations(recorded)), (1, 2, 2), "once each");
}

/// Moves the clocks of servers over one database past another seven o'clock in Paris, and waits until everything that
/// was due then is done: an action item that is overdue since the day before shows that the reminders were planned.
pub fn morning(worlds: &[&World], time: &str) {
    let (time, database) = (time.parse::<DateTime<Utc>>().unwrap(), &worlds[0].database);
    let day = kernel::clock::day_of(kernel::clock::last_reminder(time).unwrap());
    let witness = database.one(&format!(
        "INSERT INTO action_item (id, title, owner_organization_id, due_on, created_at, updated_at, created_by, updated_by)
            SELECT gen_random_uuid(), 'Témoin', id, date '{day}' - 1, '2020-01-01Z', '2020-01-01Z', app.system(), app.system()
            FROM organization ORDER BY id LIMIT 1 RETURNING id::text AS it"
    ));
    for world in worlds {
        world.at(time);
    }
    let done = format!(
        "SELECT (count(*) FILTER (WHERE key LIKE 'remind:action_item_overdue:{witness}:%') = 1
            AND count(*) FILTER (WHERE done_at IS NULL AND due_at <= '{time}') = 0)::text AS it FROM task"
    );
    until(Duration::from_secs(20), "what was due is done", || database.one(&done) == "true");
}

/// How many notifications of a kind about an object there are.
fn reminded(world: &World, kind: &str, object: &str) -> usize {
    let count =
        format!("SELECT count(*)::text AS it FROM notification WHERE kind = '{kind}' AND object_id = '{object}'");
    world.database.one(&count).parse().unwrap()
}

#[test]
fn an_action_item_is_reminded_of_once_for_each_due_date_while_it_is_open() {
    let database = Database::demo();
    let settings = [("DIAPASON_TEST_CLOCK", "1")];
    let worlds = [0, 1].map(|_| World::over(database.clone(), &settings));
    let world = &worlds[0];
    let at = |time: &str| morning(&[&worlds[0], &worlds[1]], time);
    at("2027-01-04T12:00:00Z");
    let to = "echeance@lettres.example";
    reach(&database, &world.member("contributor-sociaux"), to);
    let sig = world.client("sig-admin");
    let give =
        |title: &str, due: &str| give(&sig, world, "contributor-sociaux", &json!({"title": title, "due_on": due}));
    let (first, moved, done) =
        (give("Reste ouverte", "2027-01-15"), give("Est déplacée", "2027-01-15"), give("Est terminée", "2027-01-15"));
    let late = give("Donnée au dernier moment", "2027-01-05");
    let unnamed = json!({"title": "À quelqu’un de l’organisation", "owner_organization_id": world.organization("MTRAV"), "due_on": "2027-01-15"});
    let unnamed = sig.post("/action-items", unnamed).expect(201).str("/id");
    let [first, moved_id, done_id, late] = [&first, &moved, &done, &late].map(|given| given.str("/id"));
    sig.patch(&format!("/action-items/{moved_id}"), moved.etag(), json!({"due_on": "2027-01-20"})).expect(200);
    sig.act(&format!("/action-items/{done_id}/complete"), done.etag(), None).expect(200);
    at("2027-01-05T12:00:00Z");
    assert_eq!(reminded(world, "action_item_due", &late), 0, "who was just given it knows");
    at("2027-01-11T12:00:00Z");
    assert_eq!(reminded(world, "action_item_due", &first), 0, "not before three days");
    at("2027-01-12T06:30:00Z");
    world.at("2027-01-12T12:00:00Z".parse().unwrap());
    at("2027-01-13T12:00:00Z");
    let due = [&first, &moved_id, &done_id, &unnamed].map(|id| reminded(world, "action_item_due", id));
    assert_eq!(due, [1, 0, 0, 1]);
    let told = world.client("director-sociaux").walk("/notifications");
    assert!(
        told.iter().any(|it| it["kind"] == "action_item_due" && it["object_id"] == unnamed.as_str()),
        "the director answers for it"
    );
    // The digest of that morning has the reminder, made an hour before.
    let digest = World::mails(to, 1).into_iter().find(|mail| mail.text.contains("Rappel\u{a0}: Reste ouverte"));
    digest.expect("a digest with the reminder").is_sound();
    at("2027-01-16T12:00:00Z");
    at("2027-01-18T12:00:00Z");
    let overdue = [&first, &moved_id, &done_id, &late].map(|id| reminded(world, "action_item_overdue", id));
    assert_eq!(overdue, [1, 0, 0, 1]);
    assert_eq!(reminded(world, "action_item_due", &moved_id), 1, "by its new day");
    at("2027-01-21T12:00:00Z");
    assert_eq!(
        [reminded(world, "action_item_overdue", &moved_id), reminded(world, "action_item_overdue", &first)],
        [1, 1]
    );
}

#[test]
fn requests_and_reviews_are_reminded_of_until_they_are_answered_and_only_those_who_are_here() {
    let world = World::timed();
    world.at("2027-02-01T12:00:00Z".parse().unwrap());
    world.database.run("UPDATE network SET join_policy = 'request' WHERE code = 'edito'");
    world.database.run(&format!("DELETE FROM membership WHERE affiliation_id = '{}'", world.affiliation("member")));
    let ask = json!({"kind": "request", "role": "member", "affiliation_id": world.affiliation("member"), "notification_level": "immediate"});
    let opened = world.client("member").post("/networks/edito/requests", ask).expect(201).str("/id");
    let invite =
        json!({"kind": "invitation", "role": "deputy", "affiliation_id": world.affiliation("contributor-sociaux")});
    let proposed = world.client("lead-edito").post("/networks/edito/requests", invite).expect(201).str("/id");
    let review = json!({"due_on": "2027-02-28"});
    let review = world.client("sig-admin").post("/networks/prefectures/reviews", review).expect(201).str("/id");
    let recipients = |kind: &str, object: &str| {
        world.database.column(&format!(
            "SELECT member_id::text AS it FROM notification WHERE kind = '{kind}' AND object_id = '{object}' ORDER BY 1"
        ))
    };
    let asked = recipients("membership_review_opened", &review);
    assert!(asked.contains(&world.member("referent-34")), "{asked:?}");
    world
        .database
        .run(&format!("UPDATE member SET suspended_at = '2027-02-02Z' WHERE id = '{}'", world.member("referent-34")));
    for day in ["2027-02-25T12:00:00Z", "2027-02-26T12:00:00Z", "2027-02-27T12:00:00Z"] {
        morning(&[&world], day);
    }
    assert_eq!(recipients("membership_request_expires", &opened), [world.member("lead-edito")]);
    assert_eq!(recipients("membership_request_expires", &proposed), [world.member("contributor-sociaux")]);
    let due = recipients("membership_review_due", &review);
    assert!(!due.contains(&world.member("referent-34")) && due.iter().all(|member| asked.contains(member)), "{due:?}");
    let lead = world.client("lead-edito");
    let note = lead.walk("/notifications").into_iter().find(|it| it["kind"] == "membership_request_expires").unwrap();
    assert_eq!(note["path"], format!("/membership-requests/{opened}"));
}

#[test]
fn pages_that_e_mails_lead_to_explain_and_tell_nothing() {
    let world = World::shared();
    let get = |path: &str, language: &str| {
        Client::new(&world.base, None).raw("GET", path, &[("accept-language", language)], Vec::new())
    };
    let some = "01900000-0000-7000-8000-000000000004";
    let page = get(&format!("/go/action_item/{some}"), "fr-FR,fr;q=0.9,en;q=0.5");
    assert_eq!((page.status, page.header("content-language")), (200, "fr"));
    assert!(page.header("content-security-policy").contains("style-src 'sha256-"));
    assert!(
        page.text().contains(some) && page.text().contains(&format!("GET /api/v1/action-items/{some}")),
        "{}",
        page.text()
    );
    let page = get(&format!("/go/action_item/{some}"), "en");
    assert!(page.header("content-language") == "en" && page.text().contains("<html lang=\"en\">"), "{}", page.text());
    for path in ["/go/inbox", "/go/preferences", &format!("/go/accept_invitation/{some}")] {
        for (language, word) in [("fr", "intranet de votre"), ("en", "intranet of your")] {
            let page = get(path, language);
            assert!(page.status == 200 && page.text().contains(word), "{path}: {}", page.text());
        }
    }
    for nowhere in [
        "/go/member/01900000-0000-7000-8000-000000000004",
        "/go/action_item/%3Cb%3E",
        "/go/action_item/1",
        "/go/",
        "/go/elsewhere",
    ] {
        assert_eq!(get(nowhere, "fr").status, 404, "{nowhere}");
    }
}
