//! An OIDC issuer that can be told to misbehave, the keys that it publishes, and tokens signed with any of them.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::{Value, json};

use super::client::Reply;

/// What an issuer answers.
#[derive(Debug, Clone)]
pub enum Mode {
    /// These keys.
    Keys(Vec<Value>),
    /// This text, with status 200.
    Text(String),
    /// This status, and no keys; with where to look instead.
    Status(u16, String),
    /// Good keys, later than anyone waits.
    Slow(Vec<Value>),
    /// This discovery document.
    Discovery(Value),
}

/// An issuer on a loopback address.
pub struct Issuer {
    pub name: String,
    address: SocketAddr,
    state: Arc<State>,
    thread: Option<JoinHandle<()>>,
}

struct State {
    mode: Mutex<Mode>,
    fetches: AtomicU32,
    open: Mutex<bool>,
}

impl Issuer {
    /// An issuer that publishes these keys.
    pub fn of(keys: Vec<Value>) -> Self {
        let mut issuer = Self::away(keys);
        issuer.come();
        issuer
    }

    /// An issuer that refuses connections until it comes.
    pub fn away(keys: Vec<Value>) -> Self {
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let state = State { mode: Mutex::new(Mode::Keys(keys)), fetches: AtomicU32::new(0), open: Mutex::new(false) };
        Self { name: format!("http://{address}"), address, state: Arc::new(state), thread: None }
    }

    /// Answers from now on.
    pub fn come(&mut self) {
        let listener = TcpListener::bind(self.address).unwrap();
        *self.state.open.lock().unwrap() = true;
        let (state, name) = (Arc::clone(&self.state), self.name.clone());
        let serve = move || {
            for stream in listener.incoming() {
                if !*state.open.lock().unwrap() {
                    return;
                }
                let (state, name) = (Arc::clone(&state), name.clone());
                thread::spawn(move || state.answer(&name, stream.unwrap()));
            }
        };
        self.thread = Some(thread::spawn(serve));
    }

    /// Refuses connections from now on.
    pub fn go(&mut self) {
        *self.state.open.lock().unwrap() = false;
        let _ = TcpStream::connect(self.address);
        self.thread.take().into_iter().for_each(|thread| thread.join().unwrap());
    }

    pub fn turn(&self, mode: Mode) {
        *self.state.mode.lock().unwrap() = mode;
    }

    /// How often its keys were asked for.
    pub fn fetches(&self) -> u32 {
        self.state.fetches.load(Ordering::SeqCst)
    }

    /// Its part of `DIAPASON_ISSUERS`.
    pub fn setting(&self) -> Value {
        json!({"issuer": self.name, "audience": "diapason"})
    }

    /// The claims of a good token.
    pub fn claims(&self, subject: &str) -> Value {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let (now, number) = (now(), NUMBER.fetch_add(1, Ordering::Relaxed));
        json!({"iss": self.name, "aud": "diapason", "sub": subject, "client_id": "test", "iat": now - 5, "exp": now + 500,
            "jti": format!("token-{number}")})
    }

    /// A good token, never seen before.
    pub fn token(&self, key: &Key, subject: &str) -> String {
        key.token(&key.head(), &self.claims(subject))
    }
}

impl State {
    fn answer(&self, name: &str, mut stream: TcpStream) {
        stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        let mut asked = Vec::new();
        let mut part = [0; 4096];
        while !asked.windows(4).any(|end| end == b"\r\n\r\n") {
            match stream.read(&mut part) {
                Ok(0) | Err(_) => return,
                Ok(read) => asked.extend_from_slice(&part[..read]),
            }
        }
        let mode = self.mode.lock().unwrap().clone();
        let (status, location, body) = if let Mode::Discovery(document) = &mode {
            self.fetches.fetch_add(1, Ordering::SeqCst);
            (200, String::new(), document.to_string())
        } else if asked.starts_with(b"GET /.well-known/openid-configuration ") {
            (200, String::new(), json!({"issuer": name, "jwks_uri": format!("{name}/jwks")}).to_string())
        } else {
            let set = |keys: Vec<Value>| json!({"keys": keys}).to_string();
            let answer = match mode {
                Mode::Keys(keys) => (200, String::new(), set(keys)),
                Mode::Text(text) => (200, String::new(), text),
                Mode::Status(status, location) => (status, location, String::new()),
                Mode::Discovery(_) => unreachable!(),
                Mode::Slow(keys) => {
                    thread::sleep(Duration::from_secs(7));
                    (200, String::new(), set(keys))
                }
            };
            self.fetches.fetch_add(1, Ordering::SeqCst);
            answer
        };
        let length = body.len();
        let head = format!(
            "HTTP/1.1 {status} It\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nlocation: {location}\r\nconnection: close\r\n\r\n"
        );
        let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes()));
    }
}

impl Drop for Issuer {
    fn drop(&mut self) {
        self.go();
    }
}

/// A place that nobody may ever call.
pub struct Sink {
    pub base: String,
    calls: Arc<AtomicU32>,
}

impl Sink {
    pub fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let calls = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&calls);
        thread::spawn(move || {
            // Kept open: it takes calls, and says nothing.
            let mut calls = Vec::new();
            for call in listener.incoming() {
                counted.fetch_add(1, Ordering::SeqCst);
                calls.push(call);
            }
        });
        Self { base, calls }
    }

    pub fn calls(&self) -> u32 {
        self.calls.load(Ordering::SeqCst)
    }
}

/// A key pair, by the name under which it is published.
#[derive(Clone)]
pub struct Key {
    pub id: String,
    pub algorithm: Algorithm,
    private: EncodingKey,
}

pub const RSA_PUBLIC: &str = include_str!("keys/rsa.pub.pem");
pub const EC_PUBLIC: &str = include_str!("keys/ec.pub.pem");

impl Key {
    pub fn rsa() -> Self {
        Self::new("rsa", Algorithm::RS256, EncodingKey::from_rsa_der(&der(include_str!("keys/rsa.pem"))))
    }

    /// Of 1,024 bits.
    pub fn weak() -> Self {
        Self::new("weak", Algorithm::RS256, EncodingKey::from_rsa_der(&der(include_str!("keys/rsa-weak.pem"))))
    }

    pub fn ec() -> Self {
        Self::new("ec", Algorithm::ES256, EncodingKey::from_ec_der(&der(include_str!("keys/ec.pem"))))
    }

    /// Another of the same kind.
    pub fn other() -> Self {
        Self::new("other", Algorithm::ES256, EncodingKey::from_ec_der(&der(include_str!("keys/other.pem"))))
    }

    pub fn ed() -> Self {
        Self::new("ed", Algorithm::EdDSA, EncodingKey::from_ed_der(&der(include_str!("keys/ed.pem"))))
    }

    /// A shared secret.
    pub fn secret(secret: &[u8]) -> Self {
        Self::new("secret", Algorithm::HS256, EncodingKey::from_secret(secret))
    }

    fn new(id: &str, algorithm: Algorithm, private: EncodingKey) -> Self {
        Self { id: id.to_owned(), algorithm, private }
    }

    /// The same under another name.
    pub fn called(&self, id: &str) -> Self {
        Self { id: id.to_owned(), ..self.clone() }
    }

    /// The same for another algorithm.
    pub fn by(&self, algorithm: Algorithm) -> Self {
        Self { algorithm, ..self.clone() }
    }

    /// What is published of it.
    pub fn public(&self) -> Value {
        let mut jwk = serde_json::to_value(Jwk::from_encoding_key(&self.private, self.algorithm).unwrap()).unwrap();
        jwk["kid"] = json!(self.id);
        jwk["use"] = json!("sig");
        jwk
    }

    /// The head of a good token.
    pub fn head(&self) -> Value {
        json!({"alg": format!("{:?}", self.algorithm), "typ": "at+jwt", "kid": self.id})
    }

    /// A token, whatever its head and claims say.
    pub fn token(&self, head: &Value, claims: &Value) -> String {
        self.raw(head.to_string().as_bytes(), claims.to_string().as_bytes())
    }

    /// A token of these bytes.
    pub fn raw(&self, head: &[u8], claims: &[u8]) -> String {
        self.signed(&format!("{}.{}", encode(head), encode(claims)))
    }

    /// This text with its signature.
    pub fn signed(&self, text: &str) -> String {
        format!("{text}.{}", crypto::sign(text.as_bytes(), &self.private, self.algorithm).unwrap())
    }
}

/// The bytes between the lines of a PEM file.
pub fn der(pem: &str) -> Vec<u8> {
    let lines: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    STANDARD.decode(lines).unwrap()
}

pub fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub fn now() -> i64 {
    kernel::clock::now().timestamp()
}

/// Sends bytes that no client would, and reads what comes back until the server hangs up; status 0 when it says nothing.
pub fn wire(base: &str, request: &[u8]) -> Reply {
    let mut stream = TcpStream::connect(base.trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    // The server may hang up before it has read all of it, with its answer on the way.
    let (mut writing, request) = (stream.try_clone().unwrap(), request.to_vec());
    let writer = thread::spawn(move || writing.write_all(&request));
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    let _ = writer.join().unwrap();
    let end = bytes.windows(4).position(|end| end == b"\r\n\r\n").unwrap_or(bytes.len());
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.lines();
    let status =
        lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|code| code.parse().ok()).unwrap_or_default();
    let header = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()));
    Reply { status, headers: lines.filter_map(header).collect(), bytes: bytes.split_off((end + 4).min(bytes.len())) }
}
