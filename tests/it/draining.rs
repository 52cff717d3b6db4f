//! On SIGTERM new callers are sent elsewhere at once, what is under way is brought to its end, and then we go.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::database::Database;
use crate::support::pace::until;
use crate::support::promised;
use crate::support::world::World;

const SOON: Duration = Duration::from_secs(3);

fn leaving(delay: &str) -> World {
    let world = World::over(Database::demo(), &[("DIAPASON_DRAIN_DELAY", delay)]);
    world.client("sig-admin").get("/networks/edito").expect(200);
    world
}

/// Begins a request and leaves the rest of its body for later.
fn begin(world: &World, code: &str) -> (TcpStream, String) {
    let token = world.client("sig-admin").token.unwrap();
    let body = json!({"code": code, "name": "Réseau", "audience": "Tous", "cadence": "ad_hoc", "visibility": "listed",
        "join_policy": "request"});
    let body = body.to_string();
    let mut stream = TcpStream::connect(world.base.trim_start_matches("http://")).unwrap();
    let head = format!(
        "POST /api/v1/networks HTTP/1.1\r\nhost: here\r\nauthorization: Bearer {token}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    let (first, rest) = body.split_at(10);
    stream.write_all(first.as_bytes()).unwrap();
    (stream, rest.to_owned())
}

#[test]
fn what_is_under_way_is_brought_to_its_end() {
    let mut world = leaving("5");
    let idle = TcpStream::connect(world.base.trim_start_matches("http://")).unwrap();
    let (mut slow, rest) = begin(&world, "tardif");
    let (began, client) = (Instant::now(), world.client("sig-admin"));
    world.signal("-TERM");
    until(Duration::from_millis(500), "/readyz says so", || world.nobody().get("/readyz").status == 503);
    let told = world.nobody().get("/readyz").refused(503, "draining");
    assert_eq!(told.header("retry-after"), "1");
    while began.elapsed() < Duration::from_millis(1500) {
        client.get("/networks/edito").expect(200);
        world.nobody().get("/livez").expect(200);
    }
    let address = world.base.trim_start_matches("http://").to_owned();
    until(Duration::from_secs(8), "nobody is let in any more", || TcpStream::connect(&address).is_err());
    assert!(began.elapsed() >= Duration::from_secs(5), "gone after {:?}", began.elapsed());
    thread::sleep(Duration::from_millis(500));
    assert!(world.status().is_none(), "one request is under way");
    slow.write_all(rest.as_bytes()).unwrap();
    let mut answer = String::new();
    slow.set_read_timeout(Some(promised(3))).unwrap();
    let _ = slow.read_to_string(&mut answer);
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
    until(SOON, "it goes", || world.status().is_some());
    assert!(world.status().unwrap().success(), "{:?}", world.status());
    assert_eq!(world.database.one("SELECT count(*)::text AS it FROM network WHERE code = 'tardif'"), "1");
    drop(idle);
}

#[test]
fn a_second_signal_and_ctrl_c_do_not_wait() {
    for signals in [&["-TERM", "-TERM"][..], &["-TERM", "-INT"], &["-INT"]] {
        let mut world = leaving("60");
        for signal in signals {
            world.signal(signal);
            thread::sleep(Duration::from_millis(300));
        }
        until(SOON, "it goes", || world.status().is_some());
        assert!(world.status().unwrap().success(), "{signals:?}: {:?}", world.status());
    }
}
