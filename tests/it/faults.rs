//! The database stops, freezes, is killed or cut off: every answer comes within three seconds, is 503 with
//! `Retry-After` if it is not the right one, and all is well within two seconds of its return, without a restart.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection};
use serde_json::{Value, json};

use crate::support::client::Reply;
use crate::support::cluster::Cluster;
use crate::support::disk::Disk;
use crate::support::pace::until;
use crate::support::proxy::{Mode, Proxy};
use crate::support::{Client, World, promised};

/// The longest that anyone waits for an answer, whatever is wrong.
fn answer() -> Duration {
    promised(3)
}

/// How soon those who watch are told, and all is well after the database is back.
const TOLD: Duration = Duration::from_secs(3);
const WELL_AGAIN: Duration = Duration::from_secs(2);

const READERS: usize = 8;
const WRITERS: usize = 6;
/// What it has to say of faults that it was told to expect drowns what it has to say of others.
const QUIET: &[(&str, &str)] = &[("DIAPASON_LOG", "error,r2d2=off,api::problem=off")];

/// One answer, and how long it took.
struct Seen {
    took: Duration,
    reply: Reply,
    /// What was to be created, if anything was.
    created: Option<String>,
}

fn network(code: &str) -> Value {
    json!({"code": code, "name": "Réseau", "audience": "Tous", "cadence": "ad_hoc", "visibility": "listed", "join_policy": "request"})
}

fn create(client: &Client, code: &str) -> Reply {
    client.send("POST", "/networks", &[("idempotency-key", code)], Some(network(code)))
}

fn timed(created: Option<String>, ask: impl FnOnce(Option<&str>) -> Reply) -> Seen {
    let asked = Instant::now();
    let reply = ask(created.as_deref());
    Seen { took: asked.elapsed(), reply, created }
}

/// A new name in each call.
fn fresh() -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    format!("fault-{}", NUMBER.fetch_add(1, Ordering::Relaxed))
}

/// Ends the asking, even when what happened failed.
struct Done<'a>(&'a AtomicBool);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Readers and writers ask without a pause while something happens; all that they were answered.
fn while_asked(world: &World, happens: impl FnOnce()) -> Vec<Seen> {
    let sig = world.client("sig-admin");
    let (over, answers) = (AtomicBool::new(false), AtomicUsize::new(0));
    let reads = ["/networks/edito", "/networks?limit=5", "/me", "/organizations?limit=5"];
    thread::scope(|scope| {
        let ask = |hand: usize| {
            let (sig, over, answers) = (sig.clone(), &over, &answers);
            move || {
                let mut seen = Vec::new();
                while !over.load(Ordering::Relaxed) {
                    seen.push(if hand < READERS {
                        timed(None, |_| sig.get(reads[hand % reads.len()]))
                    } else {
                        timed(Some(fresh()), |code| create(&sig, code.unwrap()))
                    });
                    answers.fetch_add(1, Ordering::Relaxed);
                    // People and programs wait when they are told to, if not as long.
                    thread::sleep(Duration::from_millis(if seen.last().unwrap().reply.status == 503 { 50 } else { 5 }));
                }
                seen
            }
        };
        let hands: Vec<_> = (0..READERS + WRITERS).map(|hand| scope.spawn(ask(hand))).collect();
        let lives = scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                let asked = Instant::now();
                world.nobody().get("/livez").expect(200);
                assert!(asked.elapsed() < promised(1), "/livez took {:?}", asked.elapsed());
                thread::sleep(Duration::from_millis(50));
            }
        });
        until(Duration::from_secs(10), "everyone is at work", || answers.load(Ordering::Relaxed) > 10 * READERS);
        let done = Done(&over);
        happens();
        drop(done);
        lives.join().unwrap();
        hands.into_iter().flat_map(|hand| hand.join().unwrap()).collect()
    })
}

/// What each answer must be; how many there were of each kind.
fn judge(name: &str, seen: &[Seen]) -> BTreeMap<String, usize> {
    let mut kinds = BTreeMap::new();
    for Seen { took, reply, created, .. } in seen {
        assert!(*took < answer(), "{name}: an answer took {took:?}: {}", reply.text());
        let kind = if reply.status < 300 { reply.status.to_string() } else { reply.code() };
        let expected: &[&str] = match created {
            Some(_) => &["201", "busy", "unavailable", "outcome_unknown"],
            None => &["200", "busy", "unavailable"],
        };
        assert!(expected.contains(&kind.as_str()), "{name}: {} {}", reply.status, reply.text());
        assert!(
            reply.status < 300 || (reply.status == 503 && !reply.header("retry-after").is_empty()),
            "{name}: {} without Retry-After",
            reply.status
        );
        *kinds.entry(kind).or_default() += 1;
    }
    let longest = seen.iter().map(|seen| seen.took).max().unwrap();
    println!("{name}: {kinds:?}, the longest took {longest:?}");
    kinds
}

/// What was said to be done is done, what was said not to be done is not, and what is not known is settled by asking
/// again; each thing done once, with its audit line, its history and its change event.
fn settle(world: &World, seen: &[Seen]) {
    let sig = world.client("sig-admin");
    let all = || world.database.column("SELECT code::text AS it FROM network WHERE code LIKE 'fault-%'");
    let there: BTreeSet<_> = all().into_iter().collect();
    for Seen { reply, created, .. } in seen {
        let Some(code) = created else { continue };
        let outcome = if reply.status == 201 { "done".to_owned() } else { reply.code() };
        match outcome.as_str() {
            "done" => assert!(there.contains(code), "{code} was acknowledged"),
            "outcome_unknown" => drop(create(&sig, code).expect(201)),
            _ => assert!(!there.contains(code), "{code} was refused: {}", reply.text()),
        }
    }
    agree(world);
}

/// Every created network has exactly one line, one row image, one event, and one key.
fn agree(world: &World) {
    let count = |from: &str| world.database.one(&format!("SELECT count(*)::text AS it FROM {from}"));
    let networks = count("network WHERE code LIKE 'fault-%'");
    let of = "JOIN network n ON n.id = it.object_id AND n.code LIKE 'fault-%'";
    for from in [
        "audit_event WHERE outcome = 'done' AND object LIKE 'fault-%' AND action = 'create_network'".to_owned(),
        format!("change_event it {of} WHERE it.verb = 'created'"),
        format!("history it {of} WHERE it.object_version = 1"),
        format!("idempotency_key it {of}"),
    ] {
        assert_eq!(count(&from), networks, "{from}");
    }
    let torn = "change_event c FULL JOIN history h USING (object_id, object_version) \
                WHERE c.position IS NULL OR h.at IS NULL";
    assert_eq!(count(torn), "0", "history and change events differ");
}

/// Waits until all is well; not longer than promised.
fn healthy(world: &World, name: &str) {
    let since = Instant::now();
    let sig = world.client("sig-admin");
    let well = || {
        world.nobody().get("/readyz").status == 200
            && sig.get("/networks/edito").status == 200
            && create(&sig, &fresh()).status == 201
    };
    until(WELL_AGAIN, &format!("{name}: all is well"), well);
    println!("{name}: well {:?} after the database was back", since.elapsed());
    // And it stays so, for a caller who comes back when told that it is busy, as others ask all the time.
    for _ in 0..10 {
        let code = fresh();
        let asked = || [sig.get("/networks/edito"), create(&sig, &code)];
        until(WELL_AGAIN, &format!("{name}: it stays well"), || {
            let told = asked();
            assert!(
                told.iter().all(|reply| reply.status < 300 || reply.code() == "busy"),
                "{name}: {}",
                told[1].text()
            );
            told.iter().all(|reply| reply.status < 300)
        });
    }
    world.nobody().get("/readyz").expect(200);
}

/// While the database is away, those who watch the service are told.
fn told_not_ready(world: &World, name: &str) {
    until(TOLD, &format!("{name}: /readyz says so"), || world.nobody().get("/readyz").status == 503);
    let reply = world.nobody().get("/readyz").refused(503, "unavailable");
    assert!(!reply.header("retry-after").is_empty());
}

/// The whole course of one fault: it comes, it lasts, it goes.
fn endure<G: FnOnce()>(world: &World, name: &str, lasts: Duration, comes: impl FnOnce() -> G) {
    let seen = while_asked(world, || {
        let goes = comes();
        let came = Instant::now();
        told_not_ready(world, name);
        thread::sleep(lasts.saturating_sub(came.elapsed()));
        goes();
        healthy(world, name);
    });
    let kinds = judge(name, &seen);
    assert!(kinds.contains_key("unavailable"), "{name}: nothing happened");
    // A caller who asks while it is known to be away does not wait at all.
    let quick = seen.iter().filter(|seen| seen.reply.status == 503 && seen.took < Duration::from_millis(300)).count();
    assert!(quick > 0, "{name}: everyone waited");
    settle(world, &seen);
}

#[test]
fn the_database_stops_freezes_and_is_killed() {
    let (cluster, _alone) = Cluster::alone();
    let world = World::over(cluster.demo(), QUIET);
    endure(&world, "stopped", Duration::from_secs(3), || {
        cluster.stop();
        || cluster.start()
    });
    endure(&world, "frozen", Duration::from_secs(5), || {
        let frozen = cluster.freeze();
        move || drop(frozen)
    });
    let seen = while_asked(&world, || {
        cluster.kill();
        // What watches over it starts it again by itself.
        until(Duration::from_secs(10), "it is started again", || {
            PgConnection::establish(&world.database.app()).is_ok()
        });
        healthy(&world, "killed");
    });
    judge("killed", &seen);
    settle(&world, &seen);
}

#[test]
fn a_full_disk_keeps_what_was_said_to_be_done_and_is_no_fault() {
    let Some(disk) = Disk::mount(512) else {
        println!("full: not tried, for only root may mount a small disk");
        return;
    };
    let cluster = Cluster::within(disk.path().join("data"));
    let world = World::over(cluster.demo(), QUIET);
    let seen = while_asked(&world, || {
        let full = disk.fill();
        let sig = world.client("sig-admin");
        until(Duration::from_secs(20), "a write finds no room", || create(&sig, &fresh()).status == 503);
        thread::sleep(Duration::from_secs(3));
        drop(full);
        healthy(&world, "full");
    });
    assert!(judge("full", &seen).contains_key("unavailable"), "nobody found it full");
    settle(&world, &seen);
    drop(world);
    cluster.stop();
}

#[test]
fn a_server_over_a_frozen_database_still_ends_when_told_to() {
    let (cluster, _alone) = Cluster::alone();
    let mut world = World::over(cluster.demo(), &[QUIET, &[("DIAPASON_DRAIN_DELAY", "3")]].concat());
    create(&world.client("sig-admin"), &fresh()).expect(201);
    let sig = world.client("sig-admin");
    let frozen = cluster.freeze();
    let hands: Vec<_> = (0..8)
        .map(|_| {
            let sig = sig.clone();
            thread::spawn(move || timed(None, |_| sig.get("/networks/edito")))
        })
        .collect();
    thread::sleep(Duration::from_millis(200));
    world.signal("-TERM");
    let seen: Vec<_> = hands.into_iter().map(|hand| hand.join().unwrap()).collect();
    judge("frozen, and told to end", &seen);
    until(Duration::from_secs(8), "it goes", || world.status().is_some());
    assert!(world.status().unwrap().success(), "{:?}", world.status());
    drop(frozen);
}

#[test]
fn the_wire_is_cut_stalled_and_left_half_open() {
    let (cluster, _alone) = Cluster::alone();
    let proxy = Proxy::to(&cluster.socket());
    let world = World::over(cluster.demo().by_way_of(&proxy), QUIET);
    // The far ends are gone, nobody says so, and the database itself takes new calls all the time.
    let seen = while_asked(&world, || {
        proxy.forget();
        let back =
            until(TOLD + WELL_AGAIN, "half open", || world.client("sig-admin").get("/networks/edito").status == 200);
        println!("half open: found out within {back:?}");
        healthy(&world, "half open");
    });
    judge("half open", &seen);
    settle(&world, &seen);
    let turn = |mode| {
        proxy.turn(mode);
        || proxy.turn(Mode::Open)
    };
    endure(&world, "cut", Duration::from_secs(3), || turn(Mode::Cut));
    endure(&world, "stalled", Duration::from_secs(5), || turn(Mode::Stalled));
}

#[test]
fn a_connection_that_dies_at_commit_leaves_the_outcome_unknown_until_it_is_asked_again() {
    let (cluster, _alone) = Cluster::alone();
    let proxy = Proxy::to(&cluster.socket());
    // The worker commits too, whenever it looks for work: the next commit must be the one that is asked for.
    let settings: Vec<_> = QUIET.iter().copied().chain([("DIAPASON_NO_WORKER", "1")]).collect();
    let world = World::over(cluster.demo().by_way_of(&proxy), &settings);
    let sig = world.client("sig-admin");
    create(&sig, &fresh()).expect(201);
    for (mode, done) in [(Mode::CommitNotSent, "0"), (Mode::CommitNotAnswered, "1")] {
        let code = fresh();
        proxy.turn(mode);
        let reply = create(&sig, &code).refused(503, "outcome_unknown");
        assert_eq!(reply.header("retry-after"), "1");
        let there = format!("SELECT count(*)::text AS it FROM network WHERE code = '{code}'");
        until(TOLD, "the server lets go", || world.database.one(&there) == done);
        let again = create(&sig, &code).expect(201);
        assert_eq!(again.header("idempotency-replayed"), if done == "1" { "true" } else { "" }, "{mode:?}");
        assert_eq!(world.database.one(&there), "1", "{mode:?}");
    }
    // A change tells by its version whether it was made.
    let before = sig.get("/networks/edito").expect(200);
    proxy.turn(Mode::CommitNotAnswered);
    sig.patch("/networks/edito", before.etag(), json!({"cadence": "weekly"})).refused(503, "outcome_unknown");
    sig.patch("/networks/edito", before.etag(), json!({"cadence": "weekly"})).refused(412, "stale");
    assert_eq!(sig.get("/networks/edito").expect(200).str("/cadence"), "weekly");
    agree(&world);
}

#[test]
fn a_backend_that_is_ended_at_any_moment_of_a_write_leaves_all_or_nothing() {
    let (cluster, _alone) = Cluster::alone();
    let world = World::over(cluster.demo(), QUIET);
    let sig = world.client("sig-admin");
    create(&sig, &fresh()).expect(201);
    world.database.run(
        "CREATE FUNCTION app.die() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$",
    );
    let tables = ["network", "change", "audit_event", "idempotency_key"];
    let moments = [("", "unavailable"), ("DEFERRABLE INITIALLY DEFERRED", "outcome_unknown")];
    for (table, (deferred, expected)) in tables.iter().flat_map(|table| moments.map(|moment| (table, moment))) {
        let rows = || tables.map(|table| world.database.one(&format!("SELECT count(*)::text AS it FROM {table}")));
        let before = rows();
        let kind = if deferred.is_empty() { "" } else { "CONSTRAINT" };
        world.database.run(&format!(
            "CREATE {kind} TRIGGER die AFTER INSERT ON {table} {deferred} FOR EACH ROW EXECUTE FUNCTION app.die()"
        ));
        let code = fresh();
        let reply = create(&sig, &code).refused(503, expected);
        assert!(!reply.header("retry-after").is_empty(), "{table}");
        world.database.run(&format!("DROP TRIGGER die ON {table}"));
        assert_eq!(rows(), before, "{table}, {expected}: something of it was kept");
        let again = create(&sig, &code).expect(201);
        assert_eq!(again.header("idempotency-replayed"), "", "{table}, {expected}");
    }
    agree(&world);
}

#[test]
fn long_lock_waits_hold_up_neither_readers_nor_the_whole_server() {
    let (cluster, _alone) = Cluster::alone();
    let world = World::over(cluster.demo(), QUIET);
    let held = |sql: &str| {
        let mut conn = PgConnection::establish(&world.database.owner()).unwrap();
        conn.batch_execute(&format!("BEGIN; {sql}")).unwrap();
        conn
    };
    // A row that all writers want: they are told to come back, and readers notice nothing.
    let edito = "SELECT 1 FROM network WHERE code = 'edito' FOR UPDATE";
    let sig = world.client("sig-admin");
    let etag = sig.get("/networks/edito").expect(200).etag().to_owned();
    let holding = held(edito);
    let hands: Vec<_> = (0..24)
        .map(|_| {
            let (sig, etag) = (sig.clone(), etag.clone());
            thread::spawn(move || timed(None, |_| sig.patch("/networks/edito", &etag, json!({"cadence": "weekly"}))))
        })
        .collect();
    let mut slowest = Duration::ZERO;
    while hands.iter().any(|hand| !hand.is_finished()) {
        let seen = timed(None, |_| sig.get("/networks/edito"));
        assert_eq!(seen.reply.status, 200, "a reader is held up: {}", seen.reply.text());
        slowest = slowest.max(seen.took);
    }
    println!("a row is locked: the slowest reader took {slowest:?}");
    assert!(slowest < promised(1), "{slowest:?}");
    let seen: Vec<_> = hands.into_iter().map(|hand| hand.join().unwrap()).collect();
    assert_eq!(judge("a row is locked", &seen).keys().collect::<Vec<_>>(), ["busy"]);
    drop(holding);
    sig.patch("/networks/edito", &etag, json!({"cadence": "monthly"})).expect(200);

    // A table that everyone wants: nobody waits longer than promised, and health is told all the time.
    let holding = held("LOCK TABLE network IN ACCESS EXCLUSIVE MODE");
    let seen = while_asked(&world, || {
        thread::sleep(Duration::from_secs(4));
        drop(holding);
        healthy(&world, "a table is locked");
    });
    assert!(judge("a table is locked", &seen).contains_key("busy"));
    settle(&world, &seen);
}
