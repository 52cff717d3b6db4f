//! The lanes of the worker: none waits for another, each task is done once, and one that is ours no more is left alone.

use std::fs;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use kernel::notification::Lane;
use persistence::task::{Fate, Task};
use serde_json::json;

use crate::notification::{network_of, publish};
use crate::support::World;
use crate::support::database::{Database, directory};
use crate::support::pace::until;
use crate::support::smtp::Smtp;

/// Longer than a process of ours stands still on a busy machine, short enough to wait for.
const LEASE: (&str, &str) = ("DIAPASON_TASK_LEASE", "8");
const LONG: Duration = Duration::from_secs(30);

/// A database in which so many e-mails wait to be sent.
fn with_mail(number: usize) -> Database {
    let idle = World::over(Database::demo(), &[("DIAPASON_NO_WORKER", "1")]);
    network_of(&idle.database, number, "immediate");
    let lead = idle.client("lead-edito");
    let body = json!({"title": "Titre", "body": "Texte", "network_code": "large"});
    let address = lead.post("/announcements", body).expect(201).header("location").to_owned();
    publish(&lead, &address, "a").expect(200);
    idle.database.clone()
}

fn with(database: &Database, smtp: &Smtp, more: &[(&str, &str)]) -> World {
    World::over(database.clone(), &[&[("DIAPASON_SMTP_URL", smtp.url.as_str()), LEASE], more].concat())
}

fn number(database: &Database, what: &str) -> usize {
    database.one(&format!("SELECT count(*)::text AS it FROM {what}")).parse().unwrap()
}

/// Waits until nothing is due. What people are reminded of at the start makes e-mails of its own.
fn all_done(database: &Database) {
    let due = "task WHERE done_at IS NULL AND due_at <= now()";
    until(LONG, "all is done", || number(database, due) == 0);
}

/// The e-mails that a server took, each by its identifier, in order.
fn identifiers(smtp: &Smtp) -> Vec<String> {
    let id = |header: &str| header.trim_matches(['<', '>']).split('@').next().unwrap().to_owned();
    let mut all: Vec<_> = smtp.messages().iter().map(|it| id(it.header("Message-ID").unwrap())).collect();
    all.sort();
    all
}

fn each_once(mut all: Vec<String>) -> usize {
    let number = all.len();
    all.dedup();
    assert_eq!(all.len(), number, "each once");
    number
}

fn time(database: &Database, sql: &str) -> DateTime<Utc> {
    database
        .one(&format!("SELECT to_char({sql} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') AS it"))
        .parse()
        .unwrap()
}

#[test]
fn a_request_ends_on_time_while_a_mail_server_says_nothing() {
    let smtp = Smtp::holding("", "220 here");
    let database = with_mail(3);
    let world = World::over(database, &[("DIAPASON_SMTP_URL", &smtp.url)]);
    let database = &world.database;
    let hangs = "task WHERE kind = 'send' AND attempt = 1 AND done_at IS NULL AND failure IS NULL";
    until(LONG, "e-mails are taken", || number(database, hangs) >= 3);
    database.run("UPDATE network SET join_policy = 'request', eligible_origins = '{}' WHERE code = 'marque'");
    let mine = world.affiliation("member");
    database.run(&format!("DELETE FROM membership WHERE affiliation_id = '{mine}'"));
    let ask = json!({"kind": "request", "role": "member", "affiliation_id": mine, "notification_level": "digest"});
    let request = world.client("member").post("/networks/marque/requests", ask).expect(201).str("/id");
    let told = format!("notification WHERE object_id = '{request}' AND kind = 'membership_request_ended'");
    assert_eq!(number(database, &told), 0);
    database.run(&format!(
        "UPDATE membership_request SET expires_at = now() WHERE id = '{request}';
        UPDATE task SET due_at = now() WHERE object_id = '{request}' AND kind = 'end_request'"
    ));
    until(Duration::from_secs(2), "it ended", || number(database, &told) > 0);
    assert!(number(database, hangs) >= 1, "e-mails still wait");
}

#[test]
fn a_worker_that_hangs_on_a_mail_server_is_left_behind() {
    let smtp = Smtp::holding("", "220 here");
    let mut world = World::over(with_mail(1), &[("DIAPASON_SMTP_URL", &smtp.url), ("DIAPASON_DRAIN_DELAY", "0")]);
    let hangs = "task WHERE kind = 'send' AND attempt = 1";
    until(LONG, "it is taken", || number(&world.database, hangs) >= 1);
    world.signal("-TERM");
    let mut status = None;
    // Two seconds for its lanes; the mail server would have kept it for a minute.
    until(Duration::from_secs(10), "it ended", || {
        status = world.status();
        status.is_some()
    });
    assert!(status.unwrap().success());
}

#[test]
fn of_two_instances_one_does_each_of_two_hundred_tasks() {
    let smtp = Smtp::not_knowing("nobody");
    let database = with_mail(200);
    let workers = [0, 1].map(|_| World::over(database.clone(), &[("DIAPASON_SMTP_URL", smtp.url.as_str())]));
    until(Duration::from_mins(1), "they are sent", || smtp.taken().len() >= 200);
    all_done(&database);
    assert!(each_once(identifiers(&smtp)) >= 200);
    assert_eq!(number(&database, "task WHERE attempt > 1"), 0);
    assert_eq!(number(&database, "delivery WHERE status = 'sent' AND attempts = 1"), identifiers(&smtp).len());
    drop(workers);
}

#[test]
fn a_task_that_takes_longer_than_its_lease_is_done_once() {
    let smtp = Smtp::slow();
    let database = with_mail(25);
    let workers = [0, 1].map(|_| with(&database, &smtp, &[]));
    until(LONG, "both are at work", || smtp.taken().len() >= 2);
    let ends = time(&database, "(SELECT max(lease_until) FROM task WHERE done_at IS NULL)");
    until(LONG, "the leases would have ended", || time(&database, "now()") > ends + TimeDelta::seconds(2));
    // Also of those that wait behind it.
    assert_eq!(number(&database, "task WHERE done_at IS NULL AND attempt = 1 AND lease_until <= now()"), 0);
    smtp.answer();
    all_done(&database);
    assert!(each_once(identifiers(&smtp)) >= 25);
    assert_eq!(number(&database, "task WHERE attempt > 1"), 0);
    drop(workers);
}

#[test]
fn the_tasks_of_an_instance_that_died_are_taken_over_after_their_lease() {
    let (hangs, good) = (Smtp::holding("MAIL", "250 ok"), Smtp::not_knowing("nobody"));
    let database = with_mail(3);
    let dies = with(&database, &hangs, &[]);
    let taken = "task WHERE attempt = 1 AND kind = 'send' AND done_at IS NULL";
    until(LONG, "it took some", || number(&database, taken) >= 3);
    dies.signal("-KILL");
    let ours = "(SELECT min(lease_until) FROM task WHERE attempt = 1 AND kind = 'send' AND done_at IS NULL)";
    let ends = time(&database, ours);
    let other = with(&database, &good, &[]);
    all_done(&database);
    assert!(each_once(identifiers(&good)) >= 3);
    assert!(number(&database, "task WHERE attempt = 2 AND kind = 'send'") >= 3);
    assert!(time(&database, "(SELECT min(done_at) FROM task WHERE attempt = 2)") >= ends, "not before");
    assert!(identifiers(&hangs).is_empty());
    drop(other);
}

#[test]
fn an_instance_that_was_stopped_for_longer_than_its_lease_leaves_its_tasks_to_whom_took_them() {
    let (hangs, good) = (Smtp::holding("MAIL", "451 not now"), Smtp::not_knowing("nobody"));
    let database = with_mail(3);
    let log = directory().join("stopped.log");
    let stopped = with(&database, &hangs, &[("STANDARD_ERROR", log.to_str().unwrap())]);
    let taken = "task WHERE attempt = 1 AND kind = 'send' AND done_at IS NULL";
    until(LONG, "it took some", || number(&database, taken) >= 3);
    let held = number(&database, taken);
    stopped.signal("-STOP");
    let other = with(&database, &good, &[]);
    all_done(&database);
    let sent = identifiers(&good);
    hangs.answer();
    stopped.signal("-CONT");
    let left = || fs::read_to_string(&log).unwrap().matches("another took a task over").count();
    until(LONG, "it finds out, of each", || left() >= held);
    assert_eq!(each_once(sent.clone()), identifiers(&good).len(), "nothing is sent again");
    assert_eq!(number(&database, "task WHERE failure IS NOT NULL OR (done_at IS NULL AND due_at <= now())"), 0);
    assert_eq!(number(&database, "delivery WHERE status = 'sent' AND attempts = 1"), sent.len());
    drop((stopped, other));
}

#[test]
fn a_kind_that_only_a_later_version_knows_is_left_to_it() {
    let smtp = Smtp::not_knowing("nobody");
    let database = with_mail(2);
    database.run(
        "ALTER TABLE task DROP CONSTRAINT task_kind_check;
        INSERT INTO task (kind, key, due_at) VALUES ('of_later', 'of_later:1', now() - interval '1 day')",
    );
    let world = World::over(database.clone(), &[("DIAPASON_SMTP_URL", &smtp.url)]);
    until(LONG, "the others are done", || {
        number(&database, "task WHERE kind <> 'of_later' AND done_at IS NULL AND due_at <= now()") == 0
    });
    assert!(each_once(identifiers(&smtp)) >= 2);
    let left = "task WHERE kind = 'of_later' AND attempt = 0 AND lease_until IS NULL AND done_at IS NULL";
    assert_eq!(number(&database, left), 1);
    drop(world);
}

#[test]
fn who_has_a_task_no_more_says_nothing_of_it() {
    let database = with_mail(2);
    let [one, other] = [0, 1].map(|_| persistence::Database::new(&database.app(), 1));
    let lease = TimeDelta::minutes(2);
    let take = |by: &persistence::Database| by.take_tasks(Lane::Mail, lease).unwrap();
    let mine = take(&one);
    assert_eq!((mine.len(), mine[0].attempt, take(&other).len()), (2, 1, 0));
    assert!(one.take_tasks(Lane::Clock, lease).unwrap().is_empty(), "each lane has its own");
    assert!(one.hold_task(&mine[0], lease).unwrap());
    // What is given back is another's at once.
    let held = |tasks: &[Task]| tasks.iter().map(|it| (it.position, it.attempt)).collect::<Vec<_>>();
    one.lease_tasks(&held(&mine), None).unwrap();
    let theirs = take(&other);
    assert_eq!((theirs.len(), theirs[0].attempt), (2, 2));
    assert!(!one.hold_task(&mine[0], lease).unwrap());
    assert_eq!(one.task_done(&mine[0]).unwrap(), Fate::Lost);
    assert_eq!(one.task_failed(&mine[1], "too late").unwrap(), Fate::Lost);
    one.lease_tasks(&held(&mine), None).unwrap();
    assert!(take(&one).is_empty());
    // Who has it says what becomes of it; a lease that is renewed too late prolongs nothing.
    assert_eq!(other.task_failed(&theirs[0], "later").unwrap(), Fate::Again);
    assert_eq!(other.task_done(&theirs[1]).unwrap(), Fate::Done);
    other.lease_tasks(&held(&theirs), Some(lease)).unwrap();
    assert_eq!(number(&database, "task WHERE done_at IS NULL AND lease_until IS NOT NULL"), 0);
    assert!(!other.hold_task(&theirs[1], lease).unwrap(), "it is done");
}
