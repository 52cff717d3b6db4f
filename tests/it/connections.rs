//! Connections that their clients never finish: the server closes them, and answers everybody else meanwhile.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use nix::sys::resource::{Resource, getrlimit, setrlimit};

use crate::support::World;
use crate::support::database::Database;
use crate::support::pace::promised;

/// How many are held open.
const MANY: usize = 1_100;
/// How soon each is closed, in seconds.
const CLOSED: u64 = 15;
/// How soon one who asks for health is answered, in seconds.
const ANSWERED: u64 = 5;

const WHOLE: &str = "GET /livez HTTP/1.1\r\nhost: here\r\n\r\n";

/// Opens many connections that say the same and then nothing; asks for health; waits until all are closed. What one of
/// them was answered is given back.
fn hold(said: impl Fn(&str) -> String) -> String {
    // A connection is a descriptor here too.
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    setrlimit(Resource::RLIMIT_NOFILE, hard, hard).unwrap();
    let world = World::over(Database::demo(), &[]);
    let said = said(&world.client("sig-admin").token.unwrap());
    let address = world.base.trim_start_matches("http://");
    let open = |_| {
        let mut socket = TcpStream::connect(address).unwrap();
        socket.write_all(said.as_bytes()).unwrap();
        socket
    };
    let mut sockets: Vec<TcpStream> = (0..MANY).map(open).collect();
    let began = Instant::now();
    world.nobody().get("/livez").expect(200);
    assert!(began.elapsed() < promised(ANSWERED), "health was told after {:?}", began.elapsed());
    let mut answer = Vec::new();
    for (number, socket) in sockets.iter_mut().enumerate() {
        socket.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
        let mut bytes = Vec::new();
        loop {
            match socket.read_to_end(&mut bytes) {
                Ok(_) => break,
                Err(error) if error.kind() == ErrorKind::ConnectionReset => break,
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                Err(error) => panic!("connection {number}: {error}"),
            }
            assert!(began.elapsed() < promised(CLOSED), "connection {number} is open still");
        }
        answer = bytes;
    }
    world.nobody().get("/livez").expect(200);
    String::from_utf8(answer).unwrap()
}

fn chunked(token: Option<&str>) -> String {
    let token = token.map(|token| format!("authorization: Bearer {token}\r\n")).unwrap_or_default();
    format!(
        "POST /api/v1/networks HTTP/1.1\r\nhost: here\r\n{token}content-type: application/json\r\n\
         transfer-encoding: chunked\r\n\r\n5\r\n{{"
    )
}

#[test]
fn a_body_that_is_never_finished_without_a_token() {
    let heard = hold(|_| chunked(None));
    assert!(
        heard.starts_with("HTTP/1.1 401 ") && heard.to_lowercase().contains("\r\nconnection: close\r\n"),
        "{heard}"
    );
}

#[test]
fn a_body_that_is_never_finished_with_a_token() {
    let heard = hold(|token| chunked(Some(token)));
    assert!(
        heard.starts_with("HTTP/1.1 408 ") && heard.to_lowercase().contains("\r\nconnection: close\r\n"),
        "{heard}"
    );
}

#[test]
fn a_body_of_known_length_that_never_comes() {
    let unsent =
        "POST /api/v1/networks HTTP/1.1\r\nhost: here\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n";
    let heard = hold(|_| unsent.to_owned());
    assert!(
        heard.starts_with("HTTP/1.1 401 ") && heard.to_lowercase().contains("\r\nconnection: close\r\n"),
        "{heard}"
    );
}

#[test]
fn a_second_head_that_is_never_finished() {
    let heard = hold(|_| format!("{WHOLE}GET /livez HTTP/1.1\r\nhost:"));
    assert!(heard.starts_with("HTTP/1.1 200 "), "{heard}");
}

#[test]
fn a_first_head_that_is_never_finished() {
    let heard = hold(|_| "GET /livez HTTP/1.1\r\nhost:".to_owned());
    assert!(heard.starts_with("HTTP/1.1 408 "), "{heard}");
}

#[test]
fn a_connection_on_which_nothing_is_said_and_one_that_says_no_more() {
    assert!(hold(|_| String::new()).starts_with("HTTP/1.1 408 "));
    assert!(hold(|_| WHOLE.to_owned()).starts_with("HTTP/1.1 200 "));
}

#[test]
fn a_body_that_is_read_leaves_the_connection_open_for_the_next_request() {
    let world = World::shared();
    let token = world.client("sig-admin").token.unwrap();
    let mut socket = TcpStream::connect(world.base.trim_start_matches("http://")).unwrap();
    let body = r#"{"code":"x"}"#;
    for _ in 0..2 {
        let head = format!(
            "POST /api/v1/networks HTTP/1.1\r\nhost: here\r\nauthorization: Bearer {token}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        socket.write_all(head.as_bytes()).unwrap();
        let mut answer = [0; 4096];
        let length = socket.read(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer[..length]).to_lowercase();
        assert!(answer.starts_with("http/1.1 422 ") && !answer.contains("connection: close"), "{answer}");
    }
}

/// Java's client asks so with its first request on each connection.
#[test]
fn a_request_for_another_protocol_is_answered_in_this_one_and_told_that_the_connection_closes() {
    let world = World::shared();
    let token = world.client("sig-admin").token.unwrap();
    for request in ["GET /livez", "GET /api/v1/me", "POST /api/v1/permissions/check"] {
        let mut socket = TcpStream::connect(world.base.trim_start_matches("http://")).unwrap();
        let body = if request.starts_with("POST") { r#"{"checks":[]}"# } else { "" };
        let head = format!(
            "{request} HTTP/1.1\r\nhost: here\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\n\
             connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        );
        socket.write_all(head.as_bytes()).unwrap();
        socket.set_read_timeout(Some(promised(5))).unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).unwrap();
        let head = answer.split("\r\n\r\n").next().unwrap().to_lowercase();
        assert!(head.contains("\r\nconnection: close") && !head.contains("connection: upgrade"), "{request}: {head}");
        assert!(!head.starts_with("http/1.1 101") && !head.starts_with("http/1.1 5"), "{request}: {head}");
    }
}
