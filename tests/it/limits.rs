//! How often one may ask: on with a production issuer, off with the development one; bad tokens are counted everywhere.

use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::client::Reply;
use crate::support::database::Database;
use crate::support::issuer::{Issuer, Key};
use crate::support::pace::until;
use crate::support::world::BINARY;
use crate::support::{Client, World};

const SERVER_KEY: &str = "a key for tests that all instances share";
const ADDRESS: &str = "/networks/edito";

/// A server as in production: no development issuer.
fn production(issuer: &Issuer, settings: &[(&str, &str)]) -> World {
    let issuers = Value::from(vec![issuer.setting()]).to_string();
    let basic = [("DIAPASON_DEV_ISSUER", "0"), ("DIAPASON_ISSUERS", &issuers), ("DIAPASON_SERVER_KEY", SERVER_KEY)];
    let world = World::over(Database::demo(), &[&basic, settings].concat());
    for (subject, persona) in [("waits", "member"), ("lead", "lead-edito"), ("member", "member"), ("test", "bot-mi")] {
        world.register(&issuer.name, subject, persona);
    }
    let waits = client(&world, issuer, "waits");
    until(Duration::from_secs(10), "the keys are learnt", || waits.get(ADDRESS).status == 200);
    world
}

fn client(world: &World, issuer: &Issuer, subject: &str) -> Client {
    Client::new(&world.base, Some(issuer.token(&Key::ec(), subject)))
}

fn issuer() -> Issuer {
    Issuer::of(vec![Key::ec().public()])
}

/// Asks until that is too often; how often it was not.
fn exhaust(ask: impl Fn() -> Reply) -> (u64, Reply) {
    let refused = (0..50).map(|times| (times, ask())).find(|(_, reply)| reply.status == 429);
    refused.unwrap_or_else(|| panic!("never refused"))
}

#[test]
fn who_asks_too_often_waits_and_nobody_else() {
    let issuer = issuer();
    let world = production(&issuer, &[("DIAPASON_MEMBER_RATE", "1:6"), ("DIAPASON_SERVICE_RATE", "1:12")]);
    let lead = client(&world, &issuer, "lead");
    let first = lead.get(ADDRESS).expect(200);
    assert_eq!(
        (first.header("ratelimit-policy"), first.header("ratelimit")),
        ("\"member\";q=6;w=6", "\"member\";r=5;t=1")
    );
    let before = world.database.digest();
    let began = Instant::now();
    let (times, refused) = exhaust(|| lead.get(ADDRESS));
    // Each second gives one more.
    assert!((5..=7 + began.elapsed().as_secs()).contains(&times), "{times}");
    let refused = refused.refused(429, "too_many_requests");
    assert_eq!((refused.header("retry-after"), refused.header("ratelimit")), ("1", "\"member\";r=0;t=6"));
    // Of what is asked for, nothing is said, and nothing is done.
    for path in ["/networks/no-such-thing", "/me", "/members?limit=0"] {
        assert_eq!(exhaust(|| lead.get(path)).1.said(), refused.said(), "{path}");
    }
    exhaust(|| lead.patch(ADDRESS, "\"9-000000000000\"", json!({"cadence": "weekly"})));
    // Another token of the same principal is no other allowance; another principal has one of their own.
    let began = Instant::now();
    let (times, _) = exhaust(|| client(&world, &issuer, "lead").get(ADDRESS));
    assert!(times <= 2 + began.elapsed().as_secs(), "{times}");
    assert_eq!(world.database.digest(), before);
    client(&world, &issuer, "member").get(ADDRESS).expect(200);
    // A client that speaks for itself is a service account.
    let machine = client(&world, &issuer, "test").get(ADDRESS);
    assert_eq!(machine.header("ratelimit-policy"), "\"service\";q=12;w=12", "{}", machine.text());
    for _ in 0..3 {
        thread::sleep(Duration::from_secs(1));
        lead.get(ADDRESS).expect(200);
    }
    // What everyone may read is not counted, nor are those who show nothing.
    for _ in 0..30 {
        world.nobody().get("/livez").expect(200);
        world.nobody().get(ADDRESS).refused(401, "unauthenticated");
    }
}

#[test]
fn limits_are_on_in_production_and_off_in_development() {
    let issuer = issuer();
    let world = production(&issuer, &[]);
    let lead = client(&world, &issuer, "lead");
    assert_eq!(lead.get(ADDRESS).expect(200).header("ratelimit-policy"), "\"member\";q=60;w=3");
    let lead = World::shared().client("lead-edito");
    for _ in 0..100 {
        assert_eq!(lead.get(ADDRESS).expect(200).header("ratelimit-policy"), "");
    }
    let forced = World::over(Database::demo(), &[("DIAPASON_RATE_LIMITS", "on"), ("DIAPASON_MEMBER_RATE", "1:3")]);
    let lead = forced.client("lead-edito");
    exhaust(|| lead.get(ADDRESS)).1.refused(429, "too_many_requests");
    let free = production(&issuer, &[("DIAPASON_RATE_LIMITS", "off")]);
    assert_eq!(client(&free, &issuer, "lead").get(ADDRESS).expect(200).header("ratelimit"), "");
}

/// Shows a bad token, by way of these addresses.
fn bad(world: &World, way: &str) -> Reply {
    let headers = [("authorization", "Bearer bad"), ("x-forwarded-for", way)];
    world.nobody().send("GET", ADDRESS, &headers[..if way.is_empty() { 1 } else { 2 }], None)
}

fn until_refused(world: &World, way: &str) -> (u64, Reply) {
    let all = (0..50).map(|_| bad(world, way)).collect::<Vec<_>>();
    let times = all.iter().take_while(|reply| reply.status == 401).count() as u64;
    let refused = all.into_iter().find(|reply| reply.status != 401);
    (times, refused.unwrap_or_else(|| panic!("{way}: never refused")))
}

/// Whether a bad token more is refused: at once, or after the one that came free just now.
fn is_refused(world: &World, way: &str) -> bool {
    (0..2).any(|_| bad(world, way).status == 429)
}

#[test]
fn an_address_may_show_twenty_bad_tokens_in_a_minute() {
    let issuer = issuer();
    let world = production(&issuer, &[]);
    // Nobody in front is trusted, so what it says of others is not heard: the keys were learnt with some already.
    let began = Instant::now();
    let (times, refused) = until_refused(&world, "");
    assert!((1..=21 + began.elapsed().as_secs() / 3).contains(&times), "{times}");
    let refused = refused.refused(429, "too_many_requests");
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=3).contains(&wait), "{wait}");
    assert_eq!(refused.header("ratelimit-policy"), "\"bad-tokens\";q=20;w=60");
    assert!(is_refused(&world, "203.0.113.9"));
    // A caller who shows a good one, or none, is not refused for them.
    client(&world, &issuer, "lead").get(ADDRESS).expect(200);
    world.nobody().get(ADDRESS).refused(401, "unauthenticated");
    // One more after at most so long; what was shown meanwhile may have used one up.
    thread::sleep(Duration::from_secs(wait.max(3)));
    bad(&world, "").refused(401, "unauthenticated");
}

#[test]
fn behind_a_trusted_proxy_the_client_is_whom_it_names() {
    let proxies = ("DIAPASON_TRUSTED_PROXIES", "127.0.0.1,10.0.0.0/8");
    let world = World::over(Database::demo(), &[proxies, ("DIAPASON_BAD_TOKENS", "5")]);
    // In development too; and whatever the client itself wrote in front of it.
    for (one, same, other) in [
        ("203.0.113.1", "198.51.100.7, 203.0.113.1, 10.1.2.3", "203.0.113.2"),
        ("::ffff:203.0.113.3", "203.0.113.3", "203.0.113.4"),
        ("2001:db8::1", "2001:db8:0:0:9::2", "2001:db8:0:1::1"),
    ] {
        let began = Instant::now();
        let (times, refused) = until_refused(&world, one);
        assert!((5..=6 + began.elapsed().as_secs() / 12).contains(&times), "{one}: {times}");
        refused.refused(429, "too_many_requests");
        assert!(is_refused(&world, same), "{same} is {one}");
        assert_eq!(bad(&world, other).status, 401, "{other} is not {one}");
    }
    // Our own machine is exempt with the development issuer, and what is no address is not looked behind.
    for _ in 0..20 {
        assert_eq!(bad(&world, "").status, 401);
        assert_eq!(bad(&world, "203.0.113.1, nonsense").status, 401);
    }
}

#[test]
fn limits_that_make_no_sense_are_refused_at_the_start() {
    for (name, value) in [
        ("DIAPASON_MEMBER_RATE", "0:10"),
        ("DIAPASON_MEMBER_RATE", "ten"),
        ("DIAPASON_SERVICE_RATE", "10"),
        ("DIAPASON_BAD_TOKENS", "0"),
        ("DIAPASON_RATE_LIMITS", "maybe"),
        ("DIAPASON_TRUSTED_PROXIES", "10.0.0.0/33"),
    ] {
        let output = std::process::Command::new(BINARY).arg("check-config").env(name, value).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains(value), "{name}={value}: {said}");
    }
}
