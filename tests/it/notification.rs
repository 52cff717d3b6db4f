//! Who is told what, how soon, and what became of the e-mail.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::thread;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::support::database::{Database, directory};
use crate::support::pace::until;
use crate::support::smtp::Smtp;
use crate::support::{Client, World};

/// A network of just so many members, led by lead-edito, all of whom hear of it at the same level; no other persona is in it.
pub fn network_of(database: &Database, members: usize, level: &str) {
    database.run(&format!(
        "INSERT INTO network (id, code, name, audience, cadence, visibility, join_policy, eligible_origins, status, created_at, updated_at, created_by, updated_by)
            VALUES ('01900000-0000-7000-8f00-000000000009', 'large', 'Grand réseau', 'Tous', 'ad_hoc', 'listed', 'request', '{{}}', 'active', '2025-01-01Z', '2025-01-01Z', app.system(), app.system());
        INSERT INTO membership (id, network_id, affiliation_id, member_id, organization_id, organization_kind, sort_name, role, notification_level, valid, created_at, updated_at, created_by, updated_by)
            SELECT gen_random_uuid(), '01900000-0000-7000-8f00-000000000009', id, member_id, organization_id, '', '', CASE WHEN leads THEN 'lead' ELSE 'member' END,
                '{level}', tstzrange('2025-01-01Z', NULL), '2025-01-01Z', '2025-01-01Z', app.system(), app.system()
            FROM (SELECT DISTINCT ON (a.member_id) a.*, a.member_id = x.object_id AS leads
                FROM affiliation a JOIN member m ON m.id = a.member_id JOIN organization o ON o.id = a.organization_id
                    JOIN external_id x ON x.noun = 'persona' AND x.value = 'lead-edito'
                WHERE upper_inf(a.valid) AND a.is_primary AND m.suspended_at IS NULL AND m.departed_at IS NULL AND m.email IS NOT NULL
                    AND (a.member_id = x.object_id OR NOT EXISTS (SELECT FROM external_id p WHERE p.noun = 'persona' AND p.object_id = a.member_id))
                    AND o.origin NOT IN ('government_partner', 'observer')) one
            ORDER BY leads DESC, id LIMIT {members}"
    ));
}

/// Names a member's address, which no other test writes to.
pub fn reach(database: &Database, member: &str, address: &str) {
    database.run(&format!("UPDATE member SET email = '{address}' WHERE id = '{member}'"));
}

fn write(client: &Client, network: &str, more: &Value) -> String {
    let mut body = json!({"title": "Titre secret", "body": "Le **corps**.", "network_code": network});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    client.post("/announcements", body).expect(201).header("location").to_owned()
}

pub fn publish(client: &Client, address: &str, key: &str) -> crate::support::client::Reply {
    let etag = client.get(address).expect(200).etag().to_owned();
    client.send("POST", &format!("{address}/publish"), &[("if-match", &etag), ("idempotency-key", key)], None)
}

/// Whether so many letters come to an address, and no more where the worker had time to send more.
fn letters(address: &str, number: usize) -> usize {
    World::letters(address, number);
    thread::sleep(Duration::from_secs(2));
    World::letters(address, 0).len()
}

fn without_worker() -> World {
    World::over(Database::demo(), &[("DIAPASON_NO_WORKER", "1")])
}

pub fn level(client: &Client, world: &World, persona: &str, network: &str, level: &str) {
    let membership = world.membership(persona, network);
    let etag = client.get(&format!("/memberships/{membership}")).expect(200).etag().to_owned();
    let address = format!("/me/subscriptions/{membership}");
    let changed = client.patch(&address, &etag, json!({"notification_level": level})).expect(200);
    assert_eq!(changed.str("/notification_level"), level);
}

#[test]
fn a_network_of_three_hundred_has_a_ledger_of_three_hundred_lines() {
    let world = without_worker();
    network_of(&world.database, 300, "digest");
    let lead = world.client("lead-edito");
    let address = write(&lead, "large", &json!({}));
    let etag = lead.get(&address).expect(200).etag().to_owned();
    lead.act(&format!("{address}/publish"), &etag, None).refused(400, "idempotency_key_required");
    let published = publish(&lead, &address, "large-1").expect(200);
    assert_eq!(published.str("/status"), "published");
    assert_eq!(published.at("/tally"), json!({"recipients": 300, "sent": 0, "bounced": 0, "read": 0}));
    let ledger = lead.walk(&format!("{address}/deliveries?limit=200"));
    assert_eq!(ledger.len(), 300);
    assert!(ledger.iter().all(|line| line["status"] == "queued" && line["channel"] == "email"));
    assert!(!ledger.iter().any(|line| line.to_string().contains('@')), "addresses are not shown");
    let count = |table: &str| world.database.one(&format!("SELECT count(*)::text AS it FROM {table}"));
    let before = [count("notification"), count("delivery"), count("task")];
    assert_eq!(before[..2], ["300", "300"]);
    // Sent again with its key, nothing is sent twice.
    let headers = [("if-match", etag.as_str()), ("idempotency-key", "large-1")];
    let again = lead.send("POST", &format!("{address}/publish"), &headers, None).expect(200);
    assert_eq!(again.header("idempotency-replayed"), "true");
    // Nor is it with another key.
    publish(&lead, &address, "large-2").refused(409, "invalid_transition");
    // An edit is silent, unless it is said that it is not.
    let edited = lead.patch(&address, again.etag(), json!({"title": "Titre corrigé"})).expect(200);
    assert_eq!([count("notification"), count("delivery"), count("task")], before);
    lead.patch(&address, edited.etag(), json!({"class": "mandatory"})).refused(422, "invalid");
    // Of nothing new nobody is told, however often it is asked for.
    lead.patch(&address, edited.etag(), json!({"class": "normal", "notify": true})).expect(200);
    assert_eq!([count("notification"), count("delivery"), count("task")], before);
    lead.patch(&address, edited.etag(), json!({"body": "Autre.", "notify": true})).expect(200);
    assert_eq!(count("notification"), "600");
    assert_eq!(lead.walk(&format!("{address}/deliveries?limit=200")).len(), 600);
    assert_eq!(lead.get(&address).expect(200).at("/tally/recipients"), 300);
}

#[test]
fn who_suspended_or_left_or_only_observes_is_not_addressed() {
    let world = without_worker();
    network_of(&world.database, 10, "digest");
    world.database.run(
        "UPDATE member SET suspended_at = now() WHERE id = (SELECT member_id FROM membership WHERE network_id = '01900000-0000-7000-8f00-000000000009' AND role = 'member' ORDER BY id LIMIT 1);
        UPDATE membership SET valid = tstzrange(lower(valid), now()) WHERE id = (SELECT id FROM membership WHERE network_id = '01900000-0000-7000-8f00-000000000009' AND role = 'member' ORDER BY id DESC LIMIT 1)",
    );
    let (lead, sig) = (world.client("lead-edito"), world.client("sig-admin"));
    let address = write(&lead, "large", &json!({}));
    assert_eq!(publish(&lead, &address, "k").expect(200).at("/tally/recipients"), 8);
    // To organizations by kind and origin: the SIG alone, one audience, which capped standings never reach.
    let to = json!({"title": "À tous", "body": "…", "organization_kinds": ["prefecture"], "origins": ["prefecture"]});
    lead.post("/announcements", to.clone()).refused(403, "forbidden");
    let address = sig.post("/announcements", to).expect(201).header("location").to_owned();
    let expected = "SELECT count(DISTINCT a.member_id)::text AS it FROM affiliation a JOIN organization o ON o.id = a.organization_id JOIN member m ON m.id = a.member_id
        WHERE a.valid @> now() AND o.kind = 'prefecture' AND m.suspended_at IS NULL AND m.departed_at IS NULL";
    let expected: i64 = world.database.one(expected).parse().unwrap();
    assert!(expected > 0);
    assert_eq!(publish(&sig, &address, "k").expect(200).at("/tally/recipients"), expected);
    world.client("referent-34").get(&address).expect(200);
    world.client("director-sociaux").get(&address).refused(404, "not_found");
    let capped = json!({"title": "À tous", "body": "…", "origins": ["observer", "government_partner"]});
    let address = sig.post("/announcements", capped).expect(201).header("location").to_owned();
    assert_eq!(publish(&sig, &address, "l").expect(200).at("/tally/recipients"), 0);
    for (wrong, pointer) in [
        (json!({"title": "A", "body": "B"}), "/network_code"),
        (json!({"title": "A", "body": "B", "network_code": "edito", "origins": ["prefecture"]}), "/network_code"),
        (json!({"title": "A", "body": "B", "network_code": "personne"}), "/network_code"),
    ] {
        assert_eq!(sig.post("/announcements", wrong).refused(422, "invalid").str("/errors/0/pointer"), pointer);
    }
    lead.post("/announcements", json!({"title": "A", "body": "B", "network_code": "edito", "class": "mandatory"}))
        .refused(403, "forbidden");
}

#[test]
fn each_hears_as_soon_as_he_chose_and_of_what_is_mandatory_at_once() {
    let world = World::demo();
    network_of(&world.database, 3, "none");
    let lead = world.client("lead-edito");
    let all = world.database.column(
        "SELECT member_id::text AS it FROM membership WHERE network_id = '01900000-0000-7000-8f00-000000000009' ORDER BY role, id",
    );
    let addresses: Vec<String> = (0..3).map(|i| format!("niveau{i}@lettres.example")).collect();
    for (member, address) in all.iter().zip(&addresses) {
        reach(&world.database, member, address);
    }
    level(&lead, &world, "lead-edito", "large", "immediate");
    let first = write(&lead, "large", &json!({}));
    publish(&lead, &first, "a").expect(200);
    let letter = World::letters(&addresses[0], 1).remove(0);
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let outbox = directory().join("outbox");
    assert_eq!(mode(&outbox), 0o700, "codes are in there");
    for file in std::fs::read_dir(&outbox).unwrap() {
        assert_eq!(mode(&file.unwrap().path()), 0o600);
    }
    assert!(letter.contains("Titre secret") && letter.contains("Grand réseau"), "{letter}");
    assert_eq!(letters(&addresses[1], 0), 0, "who wants no letter has none");
    let ledger = lead.walk(&format!("{first}/deliveries"));
    assert_eq!(ledger.iter().filter(|line| line["status"] == "unsent").count(), 2);
    assert_eq!(lead.get(&first).expect(200).at("/tally"), json!({"recipients": 3, "sent": 1, "bounced": 0, "read": 0}));
    let unread = lead.walk("/notifications?unread=true");
    assert_eq!(unread.iter().filter(|it| it["kind"] == "announcement_published").count(), 1);
    // What is mandatory ignores it.
    let sig = world.client("sig-admin");
    let second = write(&sig, "large", &json!({"class": "mandatory"}));
    publish(&sig, &second, "b").expect(200);
    for (address, number) in addresses.iter().zip([2, 1, 1]) {
        assert_eq!(World::letters(address, number).len(), number);
    }
    lead.get(&second).expect(200);
    lead.patch(&second, lead.get(&second).etag(), json!({"title": "Moi"})).refused(403, "forbidden");
}

#[test]
fn reading_is_ones_own_and_the_announcement_and_its_notification_are_read_as_one() {
    let world = without_worker();
    let (lead, sig) = (world.client("lead-edito"), world.client("sig-admin"));
    let address = write(&sig, "edito", &json!({}));
    lead.get(&address).expect(200);
    publish(&sig, &address, "a").expect(200);
    let outsider = world.client("partner");
    outsider.get(&address).refused(404, "not_found");
    let mine = lead.walk("/notifications?unread=true").into_iter().find(|it| it["noun"] == "announcement").unwrap();
    assert!(address.ends_with(mine["object_id"].as_str().unwrap()));
    let note = format!("/notifications/{}", mine["id"].as_str().unwrap());
    sig.get(&note).refused(404, "not_found");
    sig.post(&format!("{note}/read"), json!({})).refused(404, "not_found");
    let read = lead.send("POST", &format!("{address}/read"), &[], None).expect(200);
    let at = read.str("/read_at");
    assert_eq!(read.at("/tally/read"), 1);
    assert_eq!(lead.get(&note).expect(200).str("/read_at"), at);
    assert_eq!(
        lead.send("POST", &format!("{note}/read"), &[], None).expect(200).str("/read_at"),
        at,
        "the first counts"
    );
    assert!(lead.walk("/notifications?unread=true").iter().all(|it| it["id"] != mine["id"]));
    let line = sig.walk(&format!("{address}/deliveries"));
    assert_eq!(line.iter().filter(|line| line["read_at"].is_string()).count(), 1);
    let second = write(&lead, "edito", &json!({}));
    publish(&lead, &second, "b").expect(200);
    assert!(lead.send("POST", "/me/notifications/read-all", &[], None).expect(200).at("/read").as_i64().unwrap() >= 1);
    assert_eq!(lead.walk("/notifications?unread=true"), Vec::<Value>::new());
    // What is withdrawn is gone from whom it was addressed to, and its letters are not sent.
    let etag = lead.get(&second).expect(200).etag().to_owned();
    lead.act(&format!("{second}/withdraw"), &etag, None).expect(200);
    let id = second.rsplit('/').next().unwrap();
    assert!(lead.walk("/notifications").iter().all(|it| it["object_id"] != id));
    let queued = format!(
        "SELECT count(*)::text AS it FROM delivery d JOIN notification n ON n.id = d.object_id WHERE n.object_id = '{id}' AND d.status = 'queued'"
    );
    assert_eq!(world.database.one(&queued), "0");
    let history = format!(
        "SELECT string_agg(image::text, ' ') AS it FROM history WHERE noun = 'announcement' AND object_id = '{id}'"
    );
    let history = world.database.one(&history);
    assert!(!history.contains("tally") && !history.contains("read_at"), "{history}");
}

#[test]
fn a_members_level_is_seen_by_nobody_else() {
    let world = without_worker();
    let lead = world.client("lead-edito");
    level(&lead, &world, "lead-edito", "edito", "none");
    let mine = lead.walk("/me/subscriptions").into_iter().find(|it| it["network_code"] == "edito").unwrap();
    assert_eq!(mine["notification_level"], "none");
    let membership = world.membership("lead-edito", "edito");
    let sig = world.client("sig-admin");
    assert!(sig.walk("/me/subscriptions").iter().all(|it| it["membership_id"] != membership.as_str()));
    let seen = sig.get(&format!("/memberships/{membership}")).expect(200);
    assert!(!seen.text().contains("notification_level"));
    let change = json!({"notification_level": "digest"});
    sig.patch(&format!("/me/subscriptions/{membership}"), seen.etag(), change.clone()).refused(404, "not_found");
    lead.patch(&format!("/me/subscriptions/{membership}"), "\"1-000000000000\"", change).refused(412, "stale");
    let kept = format!(
        "SELECT string_agg(image::text, '') AS it FROM history WHERE object_id = '{membership}' AND object_version > 1"
    );
    assert!(!world.database.one(&kept).contains("notification_level"), "nor by the history");
}

/// The clock before, just before and at eight in Paris, on the mornings around a change.
fn digests_around(name: &str, eve: &str, mornings: [&str; 3]) {
    let world = World::timed();
    let time = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
    network_of(&world.database, 2, "digest");
    let all = world.database.column(
        "SELECT member_id::text AS it FROM membership WHERE network_id = '01900000-0000-7000-8f00-000000000009' ORDER BY role, id",
    );
    let addresses: Vec<String> = (0..2).map(|i| format!("{name}{i}@lettres.example")).collect();
    for (member, address) in all.iter().zip(&addresses) {
        reach(&world.database, member, address);
    }
    let announce = |key: &str| {
        let lead = world.client("lead-edito");
        let address = write(&lead, "large", &json!({}));
        publish(&lead, &address, key).expect(200);
        address
    };
    world.at(time(eve));
    let first = announce("a");
    announce("b");
    world.at(time(mornings[0]) - TimeDelta::seconds(30));
    assert_eq!(letters(&addresses[0], 0), 0, "not before eight");
    world.at(time(mornings[0]));
    for address in &addresses {
        assert!(World::letters(address, 1).remove(0).contains("2 nouveautés"));
    }
    assert_eq!(letters(&addresses[0], 1), 1, "one a day");
    assert_eq!(world.client("lead-edito").get(&first).expect(200).at("/tally/sent"), 2);
    announce("c");
    world.at(time(mornings[1]) - TimeDelta::seconds(30));
    assert_eq!(letters(&addresses[1], 1), 1, "the next at the next eight o'clock");
    world.at(time(mornings[1]));
    for address in &addresses {
        World::letters(address, 2);
    }
    world.at(time(mornings[2]) + TimeDelta::hours(1));
    assert_eq!(letters(&addresses[0], 2), 2, "none on a day with nothing");
    let of = |member: &String| format!("SELECT key AS it FROM task WHERE key LIKE 'digest:{member}:%'");
    let keys: Vec<String> = all.iter().flat_map(|member| world.database.column(&of(member))).collect();
    assert_eq!(keys.len(), 4, "{keys:?}");
}

#[test]
fn a_digest_a_day_at_eight_in_paris_when_summer_time_begins() {
    let mornings = ["2027-03-27T07:00:00Z", "2027-03-28T06:00:00Z", "2027-03-29T06:00:00Z"];
    digests_around("mars", "2027-03-26T12:00:00Z", mornings);
}

#[test]
fn a_digest_a_day_at_eight_in_paris_when_summer_time_ends() {
    let mornings = ["2027-10-30T06:00:00Z", "2027-10-31T07:00:00Z", "2027-11-01T07:00:00Z"];
    digests_around("octobre", "2027-10-29T12:00:00Z", mornings);
}

#[test]
fn an_address_that_bounces_is_told_to_the_lead() {
    let bad = "inconnu@lettres.example";
    let smtp = Smtp::not_knowing(bad);
    let world = World::over(Database::demo(), &[("DIAPASON_SMTP_URL", &smtp.url)]);
    network_of(&world.database, 3, "immediate");
    let member = world.database.one("SELECT member_id::text AS it FROM membership WHERE network_id = '01900000-0000-7000-8f00-000000000009' AND role = 'member' ORDER BY id LIMIT 1");
    reach(&world.database, &member, bad);
    let lead = world.client("lead-edito");
    let address = write(&lead, "large", &json!({}));
    publish(&lead, &address, "a").expect(200);
    let expected = json!({"recipients": 3, "sent": 2, "bounced": 1, "read": 0});
    until(Duration::from_secs(20), "all were sent", || lead.get(&address).expect(200).at("/tally") == expected);
    let ledger = lead.walk(&format!("{address}/deliveries"));
    let bounced: Vec<_> = ledger.iter().filter(|line| line["status"] == "bounced").collect();
    assert_eq!((bounced.len(), &bounced[0]["member"]["id"]), (1, &json!(member)));
    assert_eq!(smtp.taken().len(), 2);
    world.client("partner").get(&format!("{address}/deliveries")).refused(404, "not_found");
}

#[test]
fn of_two_workers_each_letter_is_sent_by_one_and_a_crash_is_made_good() {
    let smtp = Smtp::not_knowing("nobody");
    let idle = without_worker();
    network_of(&idle.database, 40, "immediate");
    let lead = idle.client("lead-edito");
    let address = write(&lead, "large", &json!({}));
    publish(&lead, &address, "a").expect(200);
    thread::sleep(Duration::from_secs(2));
    assert_eq!(lead.get(&address).expect(200).at("/tally/sent"), 0, "without a worker nothing is sent");
    // One took a task and crashed before it did it.
    idle.database.run("UPDATE task SET lease_until = now() + interval '2 minutes', attempt = 1 WHERE position = (SELECT min(position) FROM task)");
    let settings = [("DIAPASON_SMTP_URL", smtp.url.as_str()), ("DIAPASON_TEST_CLOCK", "1")];
    let workers = [0, 1].map(|_| World::over(idle.database.clone(), &settings));
    let sent = |number: usize| {
        until(Duration::from_secs(20), "all are taken", || smtp.taken().len() >= number);
        thread::sleep(Duration::from_secs(1));
        let mut taken = smtp.taken();
        assert_eq!(taken.len(), number);
        taken.sort();
        taken.dedup();
        assert_eq!(taken.len(), number, "each once");
    };
    sent(39);
    workers[0].pass(TimeDelta::minutes(3));
    sent(40);
    assert_eq!(lead.get(&address).expect(200).at("/tally/sent"), 40);
}

#[test]
fn decisions_and_actions_are_told_to_whom_they_wait_for() {
    let world = without_worker();
    world.database.run("UPDATE network SET join_policy = 'request' WHERE code = 'edito'");
    let kinds = |client: &Client| -> Vec<String> {
        client.walk("/notifications").iter().map(|it| it["kind"].as_str().unwrap().to_owned()).collect()
    };
    let (member, lead) = (world.client("member"), world.client("lead-edito"));
    world.database.run(&format!("DELETE FROM membership WHERE affiliation_id = '{}'", world.affiliation("member")));
    let ask = json!({"kind": "request", "role": "member", "affiliation_id": world.affiliation("member"), "notification_level": "none"});
    let opened = member.post("/networks/edito/requests", ask).expect(201);
    assert_eq!(kinds(&lead), ["membership_request_waits"]);
    assert_eq!(kinds(&member), Vec::<String>::new());
    let address = format!("/membership-requests/{}", opened.str("/id"));
    lead.act(&format!("{address}/accept"), lead.get(&address).etag(), Some(json!({}))).expect(200);
    assert_eq!(kinds(&member), ["membership_request_decided"]);
    assert_eq!(kinds(&lead), ["membership_request_waits"], "who decided knows");
    // People who are invited hear at once, whatever they chose.
    let invited = world.client("contributor-sociaux");
    let invite =
        json!({"kind": "invitation", "role": "deputy", "affiliation_id": world.affiliation("contributor-sociaux")});
    lead.post("/networks/edito/requests", invite).expect(201);
    assert_eq!(kinds(&invited), ["membership_request_waits"]);
    let line = format!(
        "SELECT t.kind AS it FROM task t JOIN delivery d ON d.id = t.object_id WHERE d.member_id = '{}'",
        world.member("contributor-sociaux")
    );
    assert_eq!(world.database.column(&line), ["send"]);
    let action = json!({"title": "Transmettre", "network_code": "edito", "owner_organization_id": world.organization("DICOM sociaux"),
        "owner_member_id": world.member("contributor-sociaux"), "due_on": "2026-12-24"});
    lead.post("/action-items", action).expect(201);
    assert_eq!(kinds(&invited), ["action_item_given", "membership_request_waits"]);
}

#[test]
fn who_co_leads_no_more_is_not_asked_to_decide() {
    let world = World::demo();
    let (sig, lead) = (world.client("sig-admin"), world.client("colead-dinum"));
    let propose = |persona: &str| {
        let body = json!({"kind": "nomination", "role": "member", "affiliation_id": world.affiliation(persona), "interministerial": true});
        world.client("director-sociaux").post("/networks/design/requests", body).expect(201);
    };
    let waiting = || lead.walk("/notifications").iter().filter(|it| it["kind"] == "membership_request_waits").count();
    propose("contributor-sociaux");
    assert_eq!(waiting(), 1);
    let animation = world.database.one("SELECT id::text AS it FROM co_animation WHERE scope = 'all'");
    let animation = format!("/co-animations/{animation}");
    sig.act(&format!("{animation}/end"), sig.get(&animation).expect(200).etag(), Some(json!({}))).expect(200);
    propose("director-sociaux");
    assert_eq!(waiting(), 1, "the co-animation ended");
}

#[test]
fn who_left_a_hidden_network_reads_no_more_of_it() {
    let world = World::demo();
    world.database.run("UPDATE network SET visibility = 'hidden' WHERE code = 'edito'");
    let (sig, affiliation) = (world.client("sig-admin"), world.affiliation("contributor-sociaux"));
    let joined =
        sig.post("/networks/edito/memberships", json!({"affiliation_id": affiliation, "role": "member"})).expect(201);
    let address = write(&sig, "edito", &json!({}));
    publish(&sig, &address, "hidden").expect(200);
    let reader = world.client("contributor-sociaux");
    reader.get(&address).expect(200);
    sig.act(&format!("{}/end", joined.header("location")), joined.etag(), Some(json!({"reason": "resigned"})))
        .expect(200);
    let reader = || world.client("contributor-sociaux").get(&address);
    until(Duration::from_secs(3), "rights are gone within two seconds", || reader().status == 404);
    assert_eq!(world.client("contributor-sociaux").walk("/announcements").len(), 0);
}

#[test]
fn a_ledger_does_not_tell_who_wants_no_letter_and_is_for_those_who_lead_now() {
    let world = without_worker();
    network_of(&world.database, 3, "none");
    let all = world.database.column("SELECT member_id::text AS it FROM membership WHERE network_id = '01900000-0000-7000-8f00-000000000009' ORDER BY role, id");
    world.database.run(&format!("UPDATE member SET email = NULL WHERE id = '{}'", all[1]));
    let author = world.client("lead-edito");
    let address = write(&author, "large", &json!({}));
    publish(&author, &address, "a").expect(200);
    let ledger = author.walk(&format!("{address}/deliveries"));
    assert_eq!(ledger.iter().map(|line| line["status"].as_str().unwrap()).collect::<Vec<_>>(), ["unsent"; 3]);
    let stored = "SELECT string_agg(DISTINCT status, ' ') AS it FROM delivery";
    assert_eq!(world.database.one(stored), "muted");
    author.get(&address).expect(200).at("/tally/recipients");
    // A former lead reads what they wrote, and not what became of it.
    world.database.run("UPDATE membership SET role = 'member' WHERE network_id = '01900000-0000-7000-8f00-000000000009' AND role = 'lead'");
    let gone = || author.get(&format!("{address}/deliveries")).status == 403;
    until(Duration::from_secs(3), "rights are gone within two seconds", gone);
    let seen = author.get(&address).expect(200);
    assert!(seen.json().get("tally").is_none(), "{}", seen.text());
    assert_eq!(world.client("sig-admin").walk(&format!("{address}/deliveries")).len(), 3);
}

#[test]
fn what_was_read_before_eight_is_in_no_digest() {
    let world = World::timed();
    network_of(&world.database, 2, "digest");
    let all = world.database.column("SELECT member_id::text AS it FROM membership WHERE network_id = '01900000-0000-7000-8f00-000000000009' ORDER BY role, id");
    let addresses = ["lu@lettres.example", "nonlu@lettres.example"];
    for (member, address) in all.iter().zip(addresses) {
        reach(&world.database, member, address);
    }
    world.at("2027-01-11T12:00:00Z".parse().unwrap());
    let lead = world.client("lead-edito");
    let address = write(&lead, "large", &json!({}));
    publish(&lead, &address, "a").expect(200);
    lead.send("POST", &format!("{address}/read"), &[], None).expect(200);
    world.at("2027-01-12T07:00:00Z".parse().unwrap());
    assert!(World::letters(addresses[1], 1).remove(0).contains("Voici la nouveauté"));
    assert_eq!(letters(addresses[0], 0), 0, "the recipient has read it already");
    let ledger = world.client("lead-edito").walk(&format!("{address}/deliveries"));
    let of = |member: &str| ledger.iter().find(|line| line["member"]["id"] == member).unwrap()["status"].clone();
    assert_eq!((of(&all[0]), of(&all[1])), (json!("unsent"), json!("sent")));
}

/// Only the refusal of a recipient's server writes the recipient off: what is wrong with ourselves is put right one day.
#[test]
fn a_password_a_sender_or_a_server_that_is_wrong_writes_nobody_off() {
    let refusals = [
        ("AUTH", "", "535 5.7.8 authentication failed"),
        ("MAIL", "", "550 5.1.8 not from here"),
        ("MAIL", "", "553 Sender rejected"),
        ("RCPT", "", "554 5.7.1 relay access denied"),
        ("", "", "554 no mail here"),
    ];
    for (command, words, answer) in refusals {
        let smtp = Smtp::refusing(command, words, answer);
        let url = smtp.url.replace("smtp://", "smtp://diapason:secret@");
        let world = World::over(Database::demo(), &[("DIAPASON_SMTP_URL", &url)]);
        network_of(&world.database, 1, "immediate");
        let lead = world.client("lead-edito");
        let address = write(&lead, "large", &json!({}));
        publish(&lead, &address, "a").expect(200);
        let tried = "SELECT max(attempt)::text AS it FROM task WHERE kind = 'send'";
        until(Duration::from_secs(20), &format!("{answer}: it is tried"), || world.database.one(tried) != "0");
        thread::sleep(Duration::from_secs(1));
        let line = lead.walk(&format!("{address}/deliveries")).remove(0);
        assert_eq!(line["status"], "queued", "{answer}");
        assert_eq!(
            world.database.one("SELECT count(*)::text AS it FROM task WHERE kind = 'send' AND failure IS NOT NULL"),
            "1",
            "{answer}"
        );
    }
}

#[test]
fn an_action_that_names_nobody_is_told_to_whoever_answers_for_the_organization() {
    let world = without_worker();
    let sig = world.client("sig-admin");
    let give = |network: &str, to: &str| {
        let body = json!({"title": "Transmettre le plan", "network_code": network, "owner_organization_id": world.organization(to), "due_on": "2026-12-24"});
        sig.post("/action-items", body).expect(201).str("/id")
    };
    let told = |persona: &str| -> Vec<String> {
        let all = world.client(persona).walk("/notifications");
        let given = all.iter().filter(|it| it["kind"] == "action_item_given");
        given.map(|it| it["object_id"].as_str().unwrap().to_owned()).collect()
    };
    let served = give("edito", "MTRAV");
    assert_eq!(told("director-sociaux"), [served.as_str()]);
    assert!(told("contributor-sociaux").is_empty());
    let note = world.client("director-sociaux").walk("/notifications").remove(0);
    assert_eq!((&note["title"], &note["network_code"]), (&json!("Transmettre le plan"), &json!("edito")));
    assert_eq!(note["path"], format!("/action-items/{served}"));
    // Where no director answers for it, its référents in that network.
    world.database.run("UPDATE role_assignment SET valid = tstzrange(lower(valid), now()) WHERE role = 'dicom_director' AND upper_inf(valid)");
    let directed = give("prefectures", "Préfecture de l'Hérault");
    assert_eq!(told("referent-34"), [directed.as_str()]);
    assert_eq!(told("director-sociaux"), [served.as_str()]);
}

#[test]
fn whoever_is_asked_for_help_is_told_and_so_is_who_asked_of_the_answer() {
    let world = without_worker();
    let (asker, expert) = (world.client("member"), world.client("lead-edito"));
    let me = world.member("lead-edito");
    world.database.run(&format!(
        "INSERT INTO member_expertise (id, member_id, term_id, level, available_to_help, last_confirmed_at, valid, created_at, updated_at, created_by, updated_by)
        SELECT gen_random_uuid(), '{me}', id, 'expert', true, '2026-01-01Z', tstzrange('2025-01-01Z', NULL), '2025-01-01Z', '2025-01-01Z', app.system(), app.system()
        FROM expertise_term WHERE code = 'chatbot-vocal' AND NOT EXISTS (SELECT FROM member_expertise WHERE member_id = '{me}' AND term_id = expertise_term.id)"
    ));
    let body = json!({"expert_id": me, "term_code": "chatbot-vocal", "need": "Un besoin très secret."});
    let address = asker.post("/expertise-requests", body).expect(201).header("location").to_owned();
    let of = |client: &Client| {
        let all = client.walk("/notifications").into_iter();
        all.filter(|it| it["noun"] == "expertise_request").collect::<Vec<_>>()
    };
    let told = of(&expert);
    assert_eq!((told.len(), &told[0]["kind"]), (1, &json!("expertise_requested")));
    assert_eq!(format!("/api/v1{}", told[0]["path"].as_str().unwrap()), address);
    assert!(told[0]["title"].is_string() && !told[0].to_string().contains("secret"), "{}", told[0]);
    let waits = || {
        let tasks = expert.get("/me/tasks").expect(200).at("/items");
        tasks
            .as_array()
            .unwrap()
            .iter()
            .any(|it| it["kind"] == "answer_expertise_request" && it["href"] == address.as_str())
    };
    assert!(waits() && of(&asker).is_empty());
    expert.act(&format!("{address}/accept"), expert.get(&address).etag(), None).expect(200);
    assert!(!waits());
    assert_eq!(
        of(&asker).iter().map(|it| it["kind"].as_str().unwrap()).collect::<Vec<_>>(),
        ["expertise_request_decided"]
    );
    world.client("sig-admin").get(&address).refused(404, "not_found");
}

#[test]
fn a_review_that_opens_is_told_to_those_whom_it_asks() {
    let world = without_worker();
    let opened =
        world.client("sig-admin").post("/networks/prefectures/reviews", json!({"due_on": "2027-01-31"})).expect(201);
    let of = |persona: &str| {
        let all = world.client(persona).walk("/notifications").into_iter();
        all.filter(|it| it["kind"] == "membership_review_opened").collect::<Vec<_>>()
    };
    let told = of("referent-34");
    assert_eq!((told.len(), &told[0]["network_code"]), (1, &json!("prefectures")));
    assert_eq!(told[0]["path"], format!("/membership-reviews/{}", opened.str("/id")));
    assert!(told[0]["title"].is_string() && of("member").is_empty() && of("sig-admin").is_empty());
}
