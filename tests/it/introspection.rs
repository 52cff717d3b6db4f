//! Opaque tokens: the issuer is asked (RFC 7662), by answers that are signed too (RFC 9701), and may be away.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::support::database::Database;
use crate::support::issuer::Key;
use crate::support::pace::until;
use crate::support::{Client, World};

/// What the provider answers when it is asked about a token: a status, a content type, a body; or nothing in time.
type Answer = Arc<dyn Fn(&str) -> (u16, &'static str, String) + Send + Sync>;

/// A provider of opaque tokens.
struct Provider {
    name: String,
    answer: Arc<Mutex<Answer>>,
    asked: Arc<AtomicU32>,
    fetched: Arc<AtomicU32>,
}

impl Provider {
    fn of(key: &Key) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let name = format!("http://{}", listener.local_addr().unwrap());
        let answer: Answer = Arc::new(|_| (500, "text/plain", String::new()));
        let answer = Arc::new(Mutex::new(answer));
        let [asked, fetched] = [0, 0].map(|none| Arc::new(AtomicU32::new(none)));
        let keys = json!({"keys": [key.public()]}).to_string();
        let document = json!({"issuer": name, "jwks_uri": format!("{name}/jwks")}).to_string();
        let (answers, counts) = (Arc::clone(&answer), [Arc::clone(&asked), Arc::clone(&fetched)]);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (answers, counts) = (Arc::clone(&answers), counts.clone());
                let (keys, document) = (keys.clone(), document.clone());
                thread::spawn(move || serve(stream.unwrap(), &answers, &counts, (keys, document)));
            }
        });
        Self { name, answer, asked, fetched }
    }

    fn says(&self, answer: impl Fn(&str) -> (u16, &'static str, String) + Send + Sync + 'static) {
        *self.answer.lock().unwrap() = Arc::new(answer);
    }

    fn asked(&self) -> u32 {
        self.asked.load(Ordering::SeqCst)
    }

    /// A server that has it asked about opaque tokens.
    fn world(&self, signed: bool) -> World {
        let how = json!({"endpoint": format!("{}/introspect", self.name), "client_id": "diapason", "client_secret": "s3cr:t", "signed": signed});
        let issuers = json!([{"issuer": self.name, "audience": "diapason", "introspection": how}]).to_string();
        let key = "0123456789012345678901234567890123";
        let settings = [("DIAPASON_ISSUERS", &*issuers), ("DIAPASON_SERVER_KEY", key)];
        let world = World::over(Database::demo(), &settings);
        world.register(&self.name, "somebody", "lead-edito");
        until(Duration::from_secs(10), "the keys are fetched", || self.fetched.load(Ordering::SeqCst) > 0);
        // And taken in a moment later.
        thread::sleep(Duration::from_millis(100));
        world
    }
}

fn serve(
    mut stream: TcpStream,
    answers: &Mutex<Answer>,
    [asks, fetches]: &[Arc<AtomicU32>; 2],
    (keys, document): (String, String),
) {
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let (mut asked, mut part) = (Vec::new(), [0; 4096]);
    let whole = |asked: &[u8]| {
        let text = String::from_utf8_lossy(asked).into_owned();
        let (head, body) = text.split_once("\r\n\r\n")?;
        let length = head
            .to_ascii_lowercase()
            .split("content-length: ")
            .nth(1)
            .map_or(0, |it| it.split("\r\n").next().unwrap().trim().parse::<usize>().unwrap());
        (body.len() >= length).then_some(text.clone())
    };
    let text = loop {
        if let Some(text) = whole(&asked) {
            break text;
        }
        match stream.read(&mut part) {
            Ok(0) | Err(_) => return,
            Ok(read) => asked.extend_from_slice(&part[..read]),
        }
    };
    let (status, kind, body) = if text.starts_with("GET /.well-known/") {
        (200, "application/json", document)
    } else if text.starts_with("GET /jwks") {
        fetches.fetch_add(1, Ordering::SeqCst);
        (200, "application/json", keys)
    } else {
        asks.fetch_add(1, Ordering::SeqCst);
        let answer = Arc::clone(&answers.lock().unwrap());
        answer(&text)
    };
    let head = format!(
        "HTTP/1.1 {status} It\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes()));
}

fn now() -> i64 {
    kernel::clock::now().timestamp()
}

fn active(name: &str) -> Value {
    json!({"active": true, "iss": name, "sub": "somebody", "aud": "diapason", "client_id": "intranet", "exp": now() + 300})
}

fn with(world: &World, token: &str) -> Client {
    Client::new(&world.base, Some(token.to_owned()))
}

const JSON: &str = "application/json";
const SIGNED: &str = "application/token-introspection+jwt";

#[test]
fn an_opaque_token_is_what_its_issuer_says_and_is_asked_about_once_a_minute() {
    let key = Key::ec();
    let provider = Provider::of(&key);
    let world = provider.world(false);
    let name = provider.name.clone();
    provider.says(move |asked| {
        let shown = STANDARD.encode("diapason:s3cr%3At");
        assert!(asked.starts_with("POST /introspect ") && asked.contains(&format!("Basic {shown}")), "{asked}");
        let good = asked.contains("token=opaque.good");
        (200, JSON, if good { active(&name) } else { json!({"active": false}) }.to_string())
    });
    let good = with(&world, "opaque.good");
    assert_eq!(good.get("/me").expect(200).str("/id"), world.member("lead-edito"));
    let before = provider.asked();
    for _ in 0..5 {
        good.get("/networks").expect(200);
    }
    assert_eq!(provider.asked(), before, "the answer is remembered");
    // All who show the same one meanwhile wait for the same answer.
    let crowd: Vec<_> = (0..24)
        .map(|_| {
            let client = with(&world, "opaque.good-for-many");
            thread::spawn(move || client.get("/me").status)
        })
        .collect();
    assert!(crowd.into_iter().all(|it| it.join().unwrap() == 200));
    assert_eq!(provider.asked(), before + 1);
    let before = provider.asked();
    let bad = with(&world, "opaque.bad");
    bad.get("/me").refused(401, "unauthenticated");
    bad.get("/me").refused(401, "unauthenticated");
    assert_eq!(provider.asked(), before + 1, "and so is a refusal");
    // 401 comes before what is wrong with the request.
    bad.raw("POST", "/members", &[("content-type", "application/json")], b"{".to_vec()).refused(401, "unauthenticated");
    // Who shows none, or one that is read here, is nobody's question.
    world.nobody().get("/me").refused(401, "unauthenticated");
    world.client("member").get("/me").expect(200);
    // Nor is a key of ours, or what says that it is another's.
    with(&world, &format!("dpn_{}", "0".repeat(60))).get("/me").refused(401, "unauthenticated");
    let foreign = Key::other()
        .token(&json!({"alg": "ES256", "typ": "JWT", "kid": "x"}), &json!({"iss": "https://elsewhere.example"}));
    with(&world, &foreign).get("/me").refused(401, "unauthenticated");
    assert_eq!(provider.asked(), before + 1);
}

#[test]
fn what_an_issuer_says_of_others_opens_nothing() {
    let provider = Provider::of(&Key::ec());
    let world = provider.world(false);
    let name = provider.name.clone();
    let changed = |field: &str, value: Value| {
        let mut said = active(&name);
        said[field] = value;
        said.to_string()
    };
    for (place, (body, status)) in [
        (changed("active", json!(false)), 401),
        (changed("iss", json!("https://elsewhere.example")), 401),
        (changed("aud", json!("elsewhere")), 401),
        (changed("aud", json!(["elsewhere", "diapason"])), 200),
        (changed("aud", Value::Null), 401),
        (changed("aud", json!("diapason")), 200),
        (changed("client_id", Value::Null), 401),
        (changed("token_type", json!("refresh_token")), 401),
        (changed("token_type", json!("Bearer")), 200),
        (changed("siret", json!(13_002_526_500_013_u64)), 200),
        (changed("siret", json!(["odd"])), 200),
        (changed("exp", json!(now() - 1)), 401),
        (changed("exp", Value::Null), 200),
        (changed("nbf", json!(now() + 120)), 401),
        (changed("sub", Value::Null), 401),
        (changed("sub", json!("")), 401),
        (changed("sub", json!("nobody here")), 200),
        (changed("active", json!("true")), 503),
        ("{}".to_owned(), 503),
        ("nonsense".to_owned(), 503),
    ]
    .into_iter()
    .enumerate()
    {
        let said = body.clone();
        provider.says(move |_| (200, JSON, said.clone()));
        assert_eq!(with(&world, &format!("opaque-{place}")).get("/me").status, status, "{body}");
    }
}

#[test]
fn an_issuer_that_is_away_or_hangs_is_told_as_such_and_holds_up_nobody_else() {
    let provider = Provider::of(&Key::ec());
    let world = provider.world(false);
    for (status, kind) in [(500, JSON), (302, JSON), (401, JSON), (200, "text/html")] {
        provider.says(move |_| (status, kind, "{}".to_owned()));
        let reply = with(&world, &format!("opaque-{status}-{}", kind.len())).get("/me").refused(503, "unavailable");
        assert_eq!(reply.header("retry-after"), "2");
    }
    provider.says(|_| {
        thread::sleep(Duration::from_secs(6));
        (200, JSON, "{}".to_owned())
    });
    let began = Instant::now();
    let hanging: Vec<_> = (0..24)
        .map(|number| {
            let client = with(&world, &format!("opaque-hangs-{number}"));
            thread::spawn(move || client.get("/me").status)
        })
        .collect();
    thread::sleep(Duration::from_millis(200));
    let other = Instant::now();
    world.client("member").get("/me").expect(200);
    assert!(other.elapsed() < Duration::from_secs(2), "a good token waits for those of others");
    assert!(hanging.into_iter().all(|it| it.join().unwrap() == 503));
    assert!(began.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_signed_answer_is_believed_if_its_issuer_made_it_for_us_just_now() {
    let key = Key::ec();
    let provider = Provider::of(&key);
    let world = provider.world(true);
    let head = |typ: &str| json!({"alg": "ES256", "kid": "ec", "typ": typ});
    let claims =
        json!({"iss": provider.name, "aud": "diapason", "iat": now(), "token_introspection": active(&provider.name)});
    let changed = |field: &str, value: Value| {
        let mut claims = claims.clone();
        claims[field] = value;
        key.token(&head("token-introspection+jwt"), &claims)
    };
    let good = key.token(&head("token-introspection+jwt"), &claims);
    let stranger = Key::other().called("ec");
    for (why, body, kind, status) in [
        ("signed", good.clone(), SIGNED, 200),
        ("not signed", active(&provider.name).to_string(), JSON, 503),
        ("of another type", key.token(&head("at+jwt"), &claims), SIGNED, 503),
        ("by another", stranger.token(&head("token-introspection+jwt"), &claims), SIGNED, 503),
        ("for another", changed("aud", json!("elsewhere")), SIGNED, 503),
        ("by another name", changed("iss", json!("https://elsewhere.example")), SIGNED, 503),
        ("long ago", changed("iat", json!(now() - 3600)), SIGNED, 503),
        ("not active", changed("token_introspection", json!({"active": false})), SIGNED, 401),
    ] {
        let said = body.clone();
        provider.says(move |asked| {
            assert!(asked.to_ascii_lowercase().contains(&format!("accept: {SIGNED}")), "{asked}");
            (200, kind, said.clone())
        });
        assert_eq!(with(&world, &format!("opaque {why}").replace(' ', "-")).get("/me").status, status, "{why}");
    }
}
