//! Traces reach a collector where one is set up, and one that is away or hangs is nobody's trouble. Metrics tell a person on
//! duty what happens, and what watches them (dashboard, alerts) names those that there are.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use std::{fs, thread};

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use kernel::notification::Lane;
use serde_json::{Value, json};

use crate::support::database::Database;
use crate::support::issuer::Sink;
use crate::support::pace::until;
use crate::support::promised;
use crate::support::smtp::Smtp;
use crate::support::{Client, World};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00f067aa0ba902b7";

/// Its head and its body.
type Post = (String, Vec<u8>);

/// A collector that keeps all that it is sent.
struct Collector {
    address: String,
    posts: Arc<Mutex<Vec<Post>>>,
}

impl Collector {
    fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let posts = Arc::<Mutex<Vec<Post>>>::default();
        let kept = Arc::clone(&posts);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let kept = Arc::clone(&kept);
                thread::spawn(move || {
                    while let Some(post) = post(stream.as_ref().unwrap()) {
                        kept.lock().unwrap().push(post);
                    }
                });
            }
        });
        Self { address, posts }
    }

    /// Which of these no post to the right place has in it.
    fn lacks<'a>(&self, parts: &[&'a [u8]]) -> Vec<&'a [u8]> {
        let posts = self.posts.lock().unwrap();
        let right = posts.iter().filter(|(head, _)| head.starts_with("POST /v1/traces HTTP/1.1"));
        let all: Vec<u8> = right.flat_map(|(_, body)| body).copied().collect();
        parts.iter().copied().filter(|part| !all.windows(part.len()).any(|there| there == *part)).collect()
    }

    /// Waits until all of these have come.
    fn receives(&self, parts: &[&[u8]]) {
        let arrived = Instant::now();
        while !self.lacks(parts).is_empty() {
            let lacks: Vec<_> = self.lacks(parts).into_iter().map(String::from_utf8_lossy).collect();
            assert!(arrived.elapsed() < promised(10), "not received: {lacks:?}");
            thread::sleep(Duration::from_millis(50));
        }
    }
}

/// One post, answered.
fn post(mut stream: &TcpStream) -> Option<Post> {
    let (mut bytes, mut part) = (Vec::new(), [0; 4096]);
    loop {
        let end = bytes.windows(4).position(|end| end == b"\r\n\r\n");
        let head = end.map(|end| String::from_utf8_lossy(&bytes[..end]).to_lowercase());
        let length = head.as_ref().map(|head| {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            length.unwrap().parse::<usize>().unwrap()
        });
        if let (Some(end), Some(length)) = (end, length)
            && bytes.len() >= end + 4 + length
        {
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").ok()?;
            return Some((String::from_utf8_lossy(&bytes[..end]).into_owned(), bytes.split_off(end + 4)));
        }
        match stream.read(&mut part) {
            Ok(read @ 1..) => bytes.extend_from_slice(&part[..read]),
            _ => return None,
        }
    }
}

fn world(collector: &str) -> World {
    let settings = [("OTEL_EXPORTER_OTLP_ENDPOINT", collector), ("OTEL_BSP_SCHEDULE_DELAY", "100")];
    World::over(Database::demo(), &settings)
}

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len() / 2).map(|at| u8::from_str_radix(&hex[at * 2..at * 2 + 2], 16).unwrap()).collect()
}

#[test]
fn a_request_is_part_of_its_callers_trace() {
    let collector = Collector::open();
    let world = world(&collector.address);
    let lead = world.client("lead-edito");
    let traced = [("traceparent", format!("00-{TRACE}-{PARENT}-01"))];
    let traced: Vec<_> = traced.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let reply = lead.send("GET", "/members?q=a-name-of-someone", &traced, None).expect(200);
    let id = reply.header("x-request-id").as_bytes();
    let expected = [
        &bytes(TRACE)[..],
        &bytes(PARENT),
        b"GET /api/v1/members",
        b"database",
        b"postgresql",
        b"service.name",
        b"diapason",
        id,
    ];
    collector.receives(&expected);
    // One that says nothing of a trace, or nonsense, begins one of its own.
    for nonsense in ["", "00-00000000000000000000000000000000-0000000000000000-01", "nonsense"] {
        let reply = lead.send("GET", "/networks/edito", &[("traceparent", nonsense)], None).expect(200);
        let id = reply.header("x-request-id").as_bytes().to_vec();
        collector.receives(&[&id, b"GET /api/v1/networks/{code}"]);
    }
    // Nothing of who asked and for whom.
    let token = lead.token.as_deref().unwrap();
    for secret in [token, token.rsplit('.').next().unwrap(), "a-name-of-someone", "/networks/edito"] {
        assert!(!collector.lacks(&[secret.as_bytes()]).is_empty(), "{secret} is in a trace");
    }
}

#[test]
fn a_collector_that_is_away_or_hangs_is_nobodys_trouble() {
    // The sink takes calls and never answers.
    let sink = Sink::open();
    for collector in ["http://127.0.0.1:9", &sink.base] {
        let mut world = world(collector);
        let lead = world.client("lead-edito");
        for _ in 0..100 {
            let asked = Instant::now();
            lead.get("/networks/edito").expect(200);
            assert!(asked.elapsed() < promised(3), "{collector}: {:?}", asked.elapsed());
        }
        let left = Instant::now();
        world.signal("-INT");
        until(Duration::from_secs(12), "it goes", || world.status().is_some());
        assert!(world.status().unwrap().success());
        println!("{collector}: gone after {:?}", left.elapsed());
    }
    assert!(sink.calls() > 0, "nobody called the one that hangs");
}

#[test]
fn traces_are_off_until_someone_wants_them() {
    let sink = Sink::open();
    // The standard's other settings alone turn nothing on.
    let world = World::over(
        Database::demo(),
        &[("OTEL_EXPORTER_OTLP_ENDPOINT", ""), ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", &sink.base)],
    );
    world.client("lead-edito").get("/networks/edito").expect(200);
    thread::sleep(Duration::from_secs(1));
    assert_eq!(sink.calls(), 0);
}

/// The metrics of a server, as Prometheus reads them.
fn metrics(world: &World) -> String {
    Client::new(&world.admin, None).raw("GET", "/metrics", &[], Vec::new()).expect(200).text()
}

/// The value of the series that has these labels, in whole numbers; the sum, where there are several.
fn value(text: &str, name: &str, labels: &[&str]) -> usize {
    let lines = text.lines().filter_map(|line| line.strip_prefix(name)?.rsplit_once(' '));
    let lines = lines.filter(|(has, _)| has.is_empty() || has.starts_with('{'));
    let found: Vec<usize> = lines
        .filter(|(has, _)| labels.iter().all(|label| has.contains(label)))
        .map(|(_, value)| value.split('.').next().unwrap().parse().unwrap())
        .collect();
    assert!(!found.is_empty(), "{name} {labels:?} is not exported");
    found.iter().sum()
}

#[test]
fn metrics_tell_requests_refusals_and_what_stands() {
    let settings = [("DIAPASON_RATE_LIMITS", "on"), ("DIAPASON_MEMBER_RATE", "1:8"), ("DIAPASON_CONNECTIONS", "3")];
    let world = World::over(Database::demo(), &settings);
    let (lead, member) = (world.client("lead-edito"), world.client("member"));
    let read = lead.get("/networks/edito").expect(200);
    lead.patch("/networks/edito", "\"stale\"", json!({"cadence": "weekly"})).refused(412, "stale");
    lead.patch("/networks/edito", read.etag(), json!({"cadence": "never"})).refused(422, "invalid");
    member.patch("/networks/edito", read.etag(), json!({"cadence": "weekly"})).refused(403, "forbidden");
    lead.get("/networks/none").refused(404, "not_found");
    world.nobody().get("/networks").refused(401, "unauthenticated");
    world.nobody().raw("MADEUP", "/api/v1/networks", &[], Vec::new());
    while member.get("/networks/edito").status != 429 {}
    let text = metrics(&world);
    let count = "diapason_http_request_duration_seconds_count";
    let here = ["operation=\"get_network\"", "route=\"/api/v1/networks/{code}\"", "method=\"GET\""];
    assert!(value(&text, count, &[here[0], here[1], here[2], "status=\"200\""]) >= 1);
    assert_eq!(value(&text, count, &["operation=\"update_network\"", "method=\"PATCH\"", "status=\"412\""]), 1);
    assert_eq!(value(&text, count, &["method=\"other\""]), 1, "made-up methods have one label");
    assert!(!text.contains("MADEUP"));
    for code in ["stale", "invalid", "forbidden", "not_found", "unauthenticated", "too_many_requests"] {
        let counted = value(&text, "diapason_problems_total", &[&format!("code=\"{code}\"")]);
        assert_eq!(counted, 1, "{code}");
    }
    assert_eq!(value(&text, "diapason_problems_total", &["code=\"busy\""]), 0, "what never happened is there");
    assert_eq!(value(&text, "diapason_state", &["ready"]), 1);
    assert_eq!(value(&text, "diapason_state", &["draining"]), 0);
    for pool in ["read", "write"] {
        let of = |state: &str| {
            value(&text, "diapason_pool_connections", &[&format!("pool=\"{pool}\""), &format!("state=\"{state}\"")])
        };
        assert!(of("max") == 3 && of("open") >= 1 && of("in_use") <= of("open"), "{text}");
        let door = format!("door=\"{pool}\"");
        assert_eq!(value(&text, "diapason_door_requests", &[&door, "state=\"max\""]), 3);
        assert_eq!(value(&text, "diapason_door_refused_total", &[&door]), 0);
    }
    // The worker has a connection for each of its threads, so that none waits for another: its lanes, what renews leases, what tidies.
    let work = ["pool=\"work\"", "state=\"max\""];
    assert_eq!(value(&text, "diapason_pool_connections", &work), Lane::ALL.len() + 2);
    assert!(value(&text, "diapason_http_connections", &["max"]) >= 16);
    assert!(value(&text, "diapason_http_connections", &["open"]) >= 1, "clients keep theirs open");
    assert_eq!(value(&text, "diapason_build_info", &[env!("CARGO_PKG_VERSION")]), 1);
    for name in ["resident_memory_bytes", "open_fds", "max_fds", "start_time_seconds", "threads"] {
        assert!(value(&text, &format!("process_{name}"), &[]) > 0, "{name}");
    }
    assert!(text.contains("process_cpu_seconds_total "));
    // Nothing of people and objects.
    for secret in [&world.member("lead-edito"), "edito", "@"] {
        assert!(!text.contains(secret), "{secret} is in the metrics");
    }
}

#[test]
fn metrics_tell_that_a_door_is_busy_and_that_the_database_is_not_ready() {
    let world = World::over(Database::demo(), &[("DIAPASON_CONNECTIONS", "1")]);
    let lead = world.client("lead-edito");
    let etag = lead.get("/networks/edito").expect(200).etag().to_owned();
    // The one thread that writes waits for a row, and so does the line behind it.
    let mut holder = PgConnection::establish(&world.database.owner()).unwrap();
    holder.batch_execute("BEGIN; SELECT 1 FROM network WHERE code = 'edito' FOR UPDATE").unwrap();
    let hand = |_| {
        let (lead, etag) = (lead.clone(), etag.clone());
        thread::spawn(move || lead.patch("/networks/edito", &etag, json!({"cadence": "weekly"})).status)
    };
    let writers: Vec<_> = (0..4).map(hand).collect();
    let refused = |door: &str| value(&metrics(&world), "diapason_door_refused_total", &[&format!("door=\"{door}\"")]);
    until(Duration::from_secs(10), "some are refused", || refused("write") >= 2);
    drop(holder);
    let busy = writers.into_iter().map(|it| it.join().unwrap()).filter(|status| *status == 503).count();
    let counted = value(&metrics(&world), "diapason_problems_total", &["code=\"busy\""]);
    assert_eq!((counted, refused("read")), (busy, 0));
    let ready = || value(&metrics(&world), "diapason_state", &["state=\"ready\""]);
    assert_eq!(ready(), 1);
    world.database.run(
        "INSERT INTO __diesel_schema_migrations (version) VALUES ('9001');
        INSERT INTO app.sql_applied (digest, serves_from, at) VALUES ('later', '9001', now())",
    );
    until(Duration::from_secs(5), "a database of a later version is seen", || ready() == 0);
}

/// Invites someone at an address, by an e-mail that is due since so many seconds.
fn invite(world: &World, address: &str, seconds: u32) {
    let sig = world.client("sig-admin");
    let place = json!({"organization_id": world.organization("SIG")});
    let new = json!({"given_name": "Louise", "usual_name": "Carnac", "email": address, "affiliation": place});
    let member = sig.post("/members", new).expect(201).str("/id");
    sig.post(&format!("/members/{member}/invite"), json!({})).expect(201);
    world.database.run(&format!(
        "UPDATE task SET due_at = now() - interval '{seconds} seconds'
        WHERE object_id = (SELECT id FROM delivery WHERE address = '{address}')"
    ));
}

#[test]
fn metrics_tell_what_waits_and_how_e_mails_end() {
    let smtp = Smtp::not_knowing("inconnue@metrics.example");
    let idle = World::over(Database::demo(), &[("DIAPASON_NO_WORKER", "1")]);
    invite(&idle, "connue@metrics.example", 3600);
    invite(&idle, "inconnue@metrics.example", 60);
    let send = ["kind=\"send\""];
    until(Duration::from_secs(15), "what waits is seen", || value(&metrics(&idle), "diapason_tasks_due", &send) == 2);
    let text = metrics(&idle);
    assert_eq!((value(&text, "diapason_tasks_open", &send), value(&text, "diapason_mail_queued", &[])), (2, 2));
    assert!((3600..4200).contains(&value(&text, "diapason_task_lag_seconds", &send)), "{text}");
    assert_eq!(value(&text, "diapason_tasks_total", &send), 0);
    let lane = |text: &str, lane: &str| value(text, "diapason_lane_lag_seconds", &[&format!("lane=\"{lane}\"")]);
    assert!((3600..4200).contains(&lane(&text, "mail")), "{text}");
    assert_eq!(lane(&text, "clock"), 0, "what waits in one lane does not wait in another");

    let works = World::over(idle.database.clone(), &[("DIAPASON_SMTP_URL", &smtp.url)]);
    let mail = |world: &World, outcome: &str| {
        value(&metrics(world), "diapason_mail_total", &[&format!("outcome=\"{outcome}\"")])
    };
    until(Duration::from_secs(20), "both are done", || mail(&works, "sent") == 1 && mail(&works, "bounced") == 1);
    until(Duration::from_secs(15), "nothing waits", || value(&metrics(&idle), "diapason_tasks_open", &send) == 0);
    assert_eq!(value(&metrics(&idle), "diapason_task_lag_seconds", &send), 0);
    assert_eq!(lane(&metrics(&idle), "mail"), 0);
    assert_eq!(value(&metrics(&works), "diapason_tasks_total", &["kind=\"send\"", "outcome=\"done\""]), 2);
    drop(works);

    // A relay that is away: it is tried again.
    let away = World::over(idle.database.clone(), &[("DIAPASON_SMTP_URL", "smtp://127.0.1:1")]);
    invite(&away, "encore@metrics.example", 0);
    until(Duration::from_secs(20), "it is tried", || mail(&away, "retried") == 1);
    assert_eq!(value(&metrics(&away), "diapason_tasks_total", &["kind=\"send\"", "outcome=\"failed\""]), 1);
    until(Duration::from_secs(15), "and waits", || value(&metrics(&away), "diapason_mail_queued", &[]) == 1);
}

fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

/// Every `expr` of a dashboard.
fn expressions(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            into.extend(fields.get("expr").and_then(Value::as_str).map(str::to_owned));
            fields.values().for_each(|it| expressions(it, into));
        }
        Value::Array(items) => items.iter().for_each(|it| expressions(it, into)),
        _ => {}
    }
}

/// The metrics that a text of queries names, each with the labels that it must have.
fn named(queries: &str) -> Vec<(String, Vec<String>)> {
    let mut all = Vec::new();
    for prefix in ["diapason_", "process_"] {
        for (at, _) in queries.match_indices(prefix) {
            let begins = !queries[..at].ends_with(|one: char| one.is_ascii_alphanumeric() || one == '_');
            let rest = &queries[at..];
            let end = rest.find(|one: char| !one.is_ascii_alphanumeric() && one != '_').unwrap_or(rest.len());
            let labels = rest[end..].strip_prefix('{').and_then(|it| it.split('}').next()).unwrap_or_default();
            let labels = labels.split(", ").filter(|it| it.contains("=\"") && !it.contains('$'));
            let labels =
                labels.filter(|it| !it.contains("!=") && !it.starts_with("job=") && !it.starts_with("instance="));
            if begins {
                all.push((rest[..end].to_owned(), labels.map(str::to_owned).collect()));
            }
        }
    }
    all
}

#[test]
fn dashboard_and_alerts_name_metrics_that_there_are_and_chapters_that_help() {
    let world = World::over(Database::demo(), &[]);
    world.client("lead-edito").get("/networks/edito").expect(200);
    let text = metrics(&world);
    let dashboard = fs::read_to_string(repository("ops/grafana/diapason.json")).unwrap();
    let dashboard: Value = serde_json::from_str(&dashboard).unwrap();
    let rules = fs::read_to_string(repository("ops/prometheus/diapason.rules.yml")).unwrap();
    let mut queries = Vec::new();
    expressions(&dashboard, &mut queries);
    assert!(queries.len() > 20, "{queries:?}");
    for (name, labels) in queries.iter().chain([&rules]).flat_map(|it| named(it)) {
        let lines = || text.lines().filter_map(|line| line.strip_prefix(name.as_str()));
        let has = |labels: &[String]| lines().any(|line| labels.iter().all(|label| line.contains(label.as_str())));
        assert!(has(&[]), "{name} is not exported");
        assert!(has(&labels), "{name} has no series with {labels:?}");
    }
    let panels = dashboard["panels"].as_array().unwrap().iter().filter(|panel| panel["type"] != "row");
    for panel in panels {
        assert!(panel["description"].as_str().is_some_and(|it| it.len() > 20), "{}", panel["title"]);
        assert!(panel["fieldConfig"]["defaults"]["unit"].is_string(), "{}", panel["title"]);
        assert_eq!(panel["datasource"]["uid"], "${datasource}", "{}", panel["title"]);
    }
    let operations = fs::read_to_string(repository("docs/operations.md")).unwrap();
    let chapters: Vec<_> = operations.lines().filter_map(|line| line.strip_prefix("### ")).collect();
    let tested = fs::read_to_string(repository("ops/prometheus/diapason.rules_test.yml")).unwrap();
    let alerts: Vec<_> = rules.lines().filter_map(|line| line.trim().strip_prefix("- alert: ")).collect();
    assert!(alerts.len() > 10);
    for alert in alerts {
        assert!(chapters.contains(&alert), "docs/operations.md has no chapter on {alert}");
        assert!(rules.contains(&format!("runbook: docs/operations.md#{}\n", alert.to_lowercase())), "{alert}");
        assert!(tested.contains(&format!("- alertname: {alert}\n")), "no test of {alert}");
    }
}
