//! Traces reach a collector where one is set up, and one that is away or hangs is nobody's trouble.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use crate::support::World;
use crate::support::database::Database;
use crate::support::issuer::Sink;
use crate::support::pace::until;
use crate::support::promised;

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
