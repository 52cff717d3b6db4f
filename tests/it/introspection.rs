//! Opaque tokens: the issuer is asked (RFC 7662), by answers that are signed and encrypted too (RFC 9701), and may
//! be away.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use aes_gcm::aead::{AeadInPlace as _, KeyInit as _};
use aes_gcm::{Aes128Gcm, Aes256Gcm};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use p256::elliptic_curve::sec1::ToEncodedPoint as _;
use p256::{EncodedPoint, PublicKey, SecretKey, ecdh};
use serde_json::{Value, json};

use crate::support::database::Database;
use crate::support::issuer::{Key, encode};
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
        self.world_of(&json!({"signed": signed}))
    }

    fn world_of(&self, more: &Value) -> World {
        let mut how = json!({"endpoint": format!("{}/introspect", self.name), "client_id": "diapason", "client_secret": "s3cr:t"});
        how.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
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

/// What a JSON Web Key says that answers are encrypted for, by ECDH-ES alone: with these members of the head changed.
fn encrypted(text: &str, to: &Value, changed: &Value) -> String {
    let number = |name: &str| {
        let bytes = URL_SAFE_NO_PAD.decode(to[name].as_str().unwrap()).unwrap();
        <[u8; 32]>::try_from(bytes).unwrap()
    };
    let point = EncodedPoint::from_affine_coordinates(&number("x").into(), &number("y").into(), false);
    let to_key = PublicKey::from_sec1_bytes(point.as_bytes()).unwrap();
    let ours = SecretKey::from_slice(&[7; 32]).unwrap();
    let made = ours.public_key().to_encoded_point(false);
    let mut head = json!({"alg": "ECDH-ES", "enc": "A256GCM", "cty": "JWT", "kid": to["kid"],
        "epk": {"kty": "EC", "crv": "P-256", "x": encode(made.x().unwrap()), "y": encode(made.y().unwrap())}});
    head.as_object_mut().unwrap().extend(changed.as_object().unwrap().clone());
    head.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    let head_text = encode(head.to_string());
    let (name, length) = if head["enc"] == "A128GCM" { ("A128GCM", 16) } else { ("A256GCM", 32) };
    let sized = |bytes: &[u8]| [&u32::try_from(bytes.len()).unwrap().to_be_bytes(), bytes].concat();
    let bits = u32::try_from(length * 8).unwrap().to_be_bytes().to_vec();
    let about = [sized(name.as_bytes()), sized(b""), sized(b""), bits].concat();
    let shared = ecdh::diffie_hellman(ours.to_nonzero_scalar(), to_key.as_affine());
    let mut key = vec![0; length];
    concat_kdf::derive_key_into::<sha2::Sha256>(shared.raw_secret_bytes(), &about, &mut key).unwrap();
    let (nonce, mut content) = ([9; 12], text.as_bytes().to_vec());
    let tag = if length == 16 {
        let cipher = Aes128Gcm::new_from_slice(&key).unwrap();
        cipher.encrypt_in_place_detached(&nonce.into(), head_text.as_bytes(), &mut content)
    } else {
        let cipher = Aes256Gcm::new_from_slice(&key).unwrap();
        cipher.encrypt_in_place_detached(&nonce.into(), head_text.as_bytes(), &mut content)
    };
    format!("{head_text}..{}.{}.{}", encode(nonce), encode(content), encode(tag.unwrap()))
}

/// The key for which a server has answers encrypted.
fn encryption_key(world: &World) -> Value {
    let published = world.nobody().get("/jwks").expect(200).json();
    let mut keys = published["keys"].as_array().unwrap().iter().filter(|key| key["use"] == "enc");
    let key = keys.next().unwrap().clone();
    assert!(keys.next().is_none() && key.get("d").is_none(), "{published}");
    key
}

fn signed_answer(key: &Key, name: &str) -> String {
    let claims = json!({"iss": name, "aud": "diapason", "iat": now(), "token_introspection": active(name)});
    key.token(&json!({"alg": "ES256", "kid": "ec", "typ": "token-introspection+jwt"}), &claims)
}

#[test]
fn an_encrypted_answer_is_believed_if_it_is_for_us_and_signed_within() {
    let key = Key::ec();
    let provider = Provider::of(&key);
    let world = provider.world_of(&json!({"encrypted": true}));
    let ours = encryption_key(&world);
    let signed = signed_answer(&key, &provider.name);
    let good = encrypted(&signed, &ours, &json!({}));
    let with_head = |changed: Value| encrypted(&signed, &ours, &changed);
    let mut tampered = good.clone();
    let last = if tampered.pop() == Some('A') { 'Q' } else { 'A' };
    tampered.push(last);
    let mut elsewhere = Key::other().public();
    elsewhere["kid"] = ours["kid"].clone();
    for (why, body, kind, status) in [
        ("encrypted", good.clone(), SIGNED, 200),
        ("by a shorter key", with_head(json!({"enc": "A128GCM"})), SIGNED, 200),
        ("typed", with_head(json!({"typ": "token-introspection+jwt"})), SIGNED, 200),
        ("to no name", with_head(json!({"kid": null})), SIGNED, 200),
        ("to another name", with_head(json!({"kid": "2026-11"})), SIGNED, 503),
        ("to another key", encrypted(&signed, &elsewhere, &json!({})), SIGNED, 503),
        ("tampered with", tampered, SIGNED, 503),
        ("as JSON", good.clone(), JSON, 503),
        ("not encrypted", signed.clone(), SIGNED, 503),
        ("neither", active(&provider.name).to_string(), JSON, 503),
        ("not signed", encrypted(&active(&provider.name).to_string(), &ours, &json!({})), SIGNED, 503),
        ("twice", encrypted(&good, &ours, &json!({})), SIGNED, 503),
        ("by another", encrypted(&signed_answer(&Key::other(), &provider.name), &ours, &json!({})), SIGNED, 503),
        ("compressed", with_head(json!({"zip": "DEF"})), SIGNED, 503),
        ("critical", with_head(json!({"crit": ["exp"], "exp": 1})), SIGNED, 503),
        ("alg", with_head(json!({"alg": "dir"})), SIGNED, 503),
        ("key wrap without a key", with_head(json!({"alg": "ECDH-ES+A256KW"})), SIGNED, 503),
        ("enc", with_head(json!({"enc": "A256CBC-HS512"})), SIGNED, 503),
        ("another curve", with_head(json!({"epk": {"kty": "EC", "crv": "P-384", "x": "", "y": ""}})), SIGNED, 503),
        ("no content type", with_head(json!({"cty": null})), SIGNED, 503),
        ("another type", with_head(json!({"typ": "at+jwt"})), SIGNED, 503),
        ("large", encrypted(&"x".repeat(70_000), &ours, &json!({})), SIGNED, 503),
    ] {
        let said = body.clone();
        provider.says(move |_| (200, kind, said.clone()));
        assert_eq!(with(&world, &format!("opaque {why}").replace(' ', "-")).get("/me").status, status, "{why}");
    }
}

#[test]
fn an_encrypted_answer_is_refused_where_none_is_expected() {
    let key = Key::ec();
    let provider = Provider::of(&key);
    for signed in [true, false] {
        let world = provider.world(signed);
        let answer = encrypted(&signed_answer(&key, &provider.name), &encryption_key(&world), &json!({}));
        provider.says(move |_| (200, SIGNED, answer.clone()));
        with(&world, "opaque").get("/me").refused(503, "unavailable");
    }
}
