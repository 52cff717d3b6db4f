//! Who calls: good tokens, a corpus of bad ones on every operation, keys that change, issuers that fail, rights taken back.

use std::thread;
use std::time::{Duration, Instant};

use api::auth::DEVELOPMENT_ISSUER;
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

use crate::closed_doors::OPEN_TO_STRANGERS;
use crate::support::client::Reply;
use crate::support::contract::{Operation, operations};
use crate::support::database::{Database, directory};
use crate::support::exempt::Exempt;
use crate::support::issuer::{EC_PUBLIC, Issuer, Key, Mode, RSA_PUBLIC, Sink, der, encode, now, wire};
use crate::support::pace::until;
use crate::support::promised;
use crate::support::world::BINARY;
use crate::support::{Client, World};

const SERVER_KEY: &str = "a key for tests that all instances share";
/// The subject whom the issuers of these tests call the SIG's administrator.
const SUBJECT: &str = "someone-of-the-sig";
const NOBODY: &str = "00000000-0000-7000-8000-0000000000ff";

/// The settings of a server that trusts these issuers, and lets one ask as often as one likes.
fn settings_of(issuers: &str) -> [(&str, &str); 3] {
    [("DIAPASON_ISSUERS", issuers), ("DIAPASON_SERVER_KEY", SERVER_KEY), ("DIAPASON_RATE_LIMITS", "off")]
}

/// A server that trusts these issuers, who all know the SIG's administrator.
fn world(issuers: &[&Issuer]) -> World {
    let settings: Vec<Value> = issuers.iter().map(|issuer| issuer.setting()).collect();
    let settings = Value::from(settings).to_string();
    let world = World::over(Database::demo(), &settings_of(&settings));
    for issuer in issuers {
        world.register(&issuer.name, SUBJECT, "sig-admin");
    }
    world
}

fn good(world: &World, token: &str) -> bool {
    asks(world, token).status == 200
}

fn asks(world: &World, token: &str) -> Reply {
    Client::new(&world.base, Some(token.to_owned())).get("/networks?limit=1")
}

/// Waits until the keys of an issuer are known.
#[track_caller]
fn known(world: &World, issuer: &Issuer, key: &Key) -> Duration {
    until(Duration::from_secs(10), "the keys are learnt", || good(world, &issuer.token(key, SUBJECT)))
}

/// Calls an operation as its contract wishes, with headers that a client would not send.
fn call(world: &World, operation: &Operation, headers: &[(&str, &str)], query: &str) -> Reply {
    let named = if operation.path.contains("{code}") { "edito" } else { NOBODY };
    let address = operation.address(named);
    let mut request = format!("{} {address}{query} HTTP/1.1\r\nhost: here\r\nconnection: close\r\n", operation.method);
    for (name, value) in headers {
        request.extend([name, ": ", value, "\r\n"]);
    }
    if operation.conditional() {
        request += "if-match: \"1-0c1d2e3f4a5b\"\r\n";
    }
    let kind = if operation.method == "PATCH" { "application/merge-patch+json" } else { "application/json" };
    let body = operation.example().map(|body| body.to_string()).unwrap_or_default();
    let length = body.len().to_string();
    request.extend(["content-type: ", kind, "\r\ncontent-length: ", &length, "\r\n\r\n", &body]);
    wire(&world.base, request.as_bytes())
}

/// One way to ask without a good token: headers, and what stands behind the address.
struct Bad {
    name: String,
    headers: Vec<(&'static str, String)>,
    query: String,
}

/// The corpus grows by name; each token is new, so that none is found in a cache.
struct Corpus<'a> {
    issuer: &'a Issuer,
    all: Vec<Bad>,
}

impl Corpus<'_> {
    fn bearer(&mut self, name: &str, token: impl std::fmt::Display) {
        self.sent(name, vec![("authorization", format!("Bearer {token}"))], "");
    }

    fn sent(&mut self, name: &str, headers: Vec<(&'static str, String)>, query: &str) {
        self.all.push(Bad { name: name.to_owned(), headers, query: query.to_owned() });
    }

    /// A token whose signature is good and whose claims are not.
    fn claims(&mut self, name: &str, change: impl FnOnce(&mut Value)) {
        let (key, mut claims) = (Key::ec(), self.issuer.claims(SUBJECT));
        change(&mut claims);
        self.bearer(name, key.token(&key.head(), &claims));
    }

    /// A token whose signature is good and whose head is not.
    fn head(&mut self, name: &str, change: impl FnOnce(&mut Value)) {
        let key = Key::ec();
        let mut head = key.head();
        change(&mut head);
        self.bearer(name, key.token(&head, &self.issuer.claims(SUBJECT)));
    }

    fn algorithms(&mut self) {
        for none in ["none", "None", "nOnE", "NONE", ""] {
            for signature in ["", "AAAA"] {
                let head = json!({"alg": none, "typ": "at+jwt", "kid": "ec"}).to_string();
                let claims = self.issuer.claims(SUBJECT).to_string();
                self.bearer(
                    &format!("alg {none:?} signed {signature:?}"),
                    format!("{}.{}.{signature}", encode(head), encode(claims)),
                );
            }
        }
        let jwk = |key: &Key| key.public().to_string().into_bytes();
        for (id, public, jwk) in [("rsa", RSA_PUBLIC, jwk(&Key::rsa())), ("ec", EC_PUBLIC, jwk(&Key::ec()))] {
            let trimmed = public.trim_end().as_bytes().to_vec();
            for (form, bytes) in [
                ("PEM", public.as_bytes().to_vec()),
                ("PEM without its end of line", trimmed),
                ("DER", der(public)),
                ("JWK", jwk),
            ] {
                let key = Key::secret(&bytes).called(id);
                self.bearer(&format!("HS256 by the public {id} key as {form}"), self.issuer.token(&key, SUBJECT));
                let mut head = key.head();
                head.as_object_mut().unwrap().remove("kid");
                self.bearer(
                    &format!("the same without kid: {id} as {form}"),
                    key.token(&head, &self.issuer.claims(SUBJECT)),
                );
            }
        }
    }

    fn signatures(&mut self) {
        let ec = Key::ec();
        let unsigned = format!("{}.{}", encode(ec.head().to_string()), encode(self.issuer.claims(SUBJECT).to_string()));
        self.bearer("ES256 with r = s = 0", format!("{unsigned}.{}", encode([0; 64])));
        self.bearer("ES256 with r = s = n", {
            let order = "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551".repeat(2);
            let bytes: Vec<u8> =
                (0..64).map(|at| u8::from_str_radix(&order[at * 2..at * 2 + 2], 16).unwrap()).collect();
            format!("{unsigned}.{}", encode(bytes))
        });
        self.bearer("ES256 with 63 bytes", format!("{unsigned}.{}", encode([1; 63])));
        self.bearer("ES256 with a DER signature", format!("{unsigned}.{}", encode([0x30, 6, 2, 1, 1, 2, 1, 1])));
        self.bearer("signature of nothing", format!("{unsigned}."));
        let rsa = Key::rsa();
        self.bearer("PS256 by the RS256 key", self.issuer.token(&rsa.by(Algorithm::PS256), SUBJECT));
        self.bearer("RS256 that is PS256", rsa.by(Algorithm::PS256).token(&rsa.head(), &self.issuer.claims(SUBJECT)));
        self.bearer("RS256 by the PS256 key", self.issuer.token(&rsa.called("pss"), SUBJECT));
        self.bearer("RS384 by the RS256 key", self.issuer.token(&rsa.by(Algorithm::RS384), SUBJECT));
        self.bearer("ES256 under the RSA kid", self.issuer.token(&ec.called("rsa"), SUBJECT));
        self.bearer("RS256 under the EC kid", self.issuer.token(&rsa.called("ec"), SUBJECT));
        self.bearer("EdDSA under the EC kid", self.issuer.token(&Key::ed().called("ec"), SUBJECT));
        self.bearer("another key under the EC kid", self.issuer.token(&Key::other().called("ec"), SUBJECT));
        self.head("alg in small letters", |head| head["alg"] = json!("es256"));
        self.head("alg a number", |head| head["alg"] = json!(256));
        self.head("alg missing", |head| drop(head.as_object_mut().unwrap().remove("alg")));
        self.head("alg an array", |head| head["alg"] = json!(["ES256"]));
    }

    fn heads(&mut self, sink: &Sink) {
        self.head("kid missing", |head| drop(head.as_object_mut().unwrap().remove("kid")));
        self.head("kid null", |head| head["kid"] = Value::Null);
        let long = "k".repeat(10 * 1024);
        for kid in
            ["unknown", "", "EC", &long, "../../../../dev/null", "/dev/null", "ec' OR '1'='1", "ec\0", "ec ", "*"]
        {
            self.head(&format!("kid {:.20}", kid.escape_debug()), |head| head["kid"] = json!(kid));
        }
        self.head("kid a number", |head| head["kid"] = json!(0));
        let attacker = Key::other().called("ec");
        for (name, value) in [
            ("jku", json!(format!("{}/jwks", sink.base))),
            ("x5u", json!(format!("{}/certificate", sink.base))),
            ("jwk", attacker.public()),
            ("x5c", json!(["MIIB"])),
            ("x5t", json!("AAAA")),
        ] {
            let mut head = attacker.head();
            head[name] = value.clone();
            self.bearer(&format!("a key of its own: {name}"), attacker.token(&head, &self.issuer.claims(SUBJECT)));
            // A fingerprint brings no key, and nobody looks at it.
            if name != "x5t" {
                self.head(&format!("{name} beside a good signature"), |head| head[name] = value);
            }
        }
        self.head("crit", |head| head["crit"] = json!(["exp"]));
        self.head("crit empty", |head| head["crit"] = json!([]));
        self.head("zip", |head| head["zip"] = json!("DEF"));
        self.head("cty of a nested token", |head| head["cty"] = json!("JWT"));
        self.head("b64 false", |head| {
            head["b64"] = json!(false);
            head["crit"] = json!(["b64"]);
        });
    }

    /// What is no signed token of three parts, or of another type.
    fn kinds(&mut self) {
        let ec = Key::ec();
        let mut head = ec.head();
        head["b64"] = json!(false);
        self.bearer(
            "b64 false, bare",
            ec.signed(&format!(
                "{}.{}",
                encode(head.to_string()),
                self.issuer.claims(SUBJECT).to_string().replace('.', "")
            )),
        );
        let inner = self.issuer.token(&ec, SUBJECT);
        self.bearer("a token in a token", ec.raw(ec.head().to_string().as_bytes(), inner.as_bytes()));
        self.bearer(
            "a token as a JSON string",
            ec.raw(ec.head().to_string().as_bytes(), json!(inner).to_string().as_bytes()),
        );
        let jwe = encode(json!({"alg": "RSA-OAEP", "enc": "A256GCM", "typ": "at+jwt", "kid": "rsa"}).to_string());
        self.bearer("JWE", format!("{jwe}.AAAA.AAAA.AAAA.AAAA"));
        self.bearer(
            "JSON serialization",
            json!({"protected": encode(ec.head().to_string()), "payload": "e30", "signature": "AA"}),
        );
        for typ in [
            "JWT",
            "id_token",
            "ID+JWT",
            "logout+jwt",
            "dpop+jwt",
            "token-introspection+jwt",
            "secevent+jwt",
            "rt+jwt",
            "at+jwt ",
            "",
        ] {
            self.head(&format!("typ {typ:?}"), |head| head["typ"] = json!(typ));
        }
        self.head("typ missing", |head| drop(head.as_object_mut().unwrap().remove("typ")));
        for (name, head) in [
            ("alg twice", r#"{"alg":"none","alg":"ES256","typ":"at+jwt","kid":"ec"}"#),
            ("kid twice", r#"{"alg":"ES256","typ":"at+jwt","kid":"other","kid":"ec"}"#),
            ("typ twice", r#"{"alg":"ES256","typ":"JWT","typ":"at+jwt","kid":"ec"}"#),
            ("typ twice, once escaped", r#"{"alg":"ES256","typ":"JWT","\u0074yp":"at+jwt","kid":"ec"}"#),
            ("no JSON", "{"),
            ("an array", r#"["ES256"]"#),
            ("more behind", r#"{"alg":"ES256","typ":"at+jwt","kid":"ec"}{}"#),
        ] {
            self.bearer(
                &format!("head: {name}"),
                ec.raw(head.as_bytes(), self.issuer.claims(SUBJECT).to_string().as_bytes()),
            );
        }
    }

    fn times(&mut self) {
        for claim in ["iss", "aud", "sub", "iat", "exp", "jti"] {
            self.claims(&format!("{claim} missing"), |claims| drop(claims.as_object_mut().unwrap().remove(claim)));
            self.claims(&format!("{claim} null"), |claims| claims[claim] = Value::Null);
        }
        let now = now();
        for (name, exp) in [
            ("a string", json!((now + 600).to_string())),
            ("a fraction beyond the longest life", json!(f64::from(i32::try_from(now).unwrap()) + 600.5)),
            ("a fraction that is past", json!(f64::from(i32::try_from(now).unwrap()) - 31.5)),
            ("a fraction as text", json!(format!("{}.5", now + 200))),
            ("1e308", json!(1e308)),
            ("1e30", json!(1e30)),
            ("negative", json!(-1)),
            ("zero", json!(0)),
            ("the smallest", json!(i64::MIN)),
            ("2^63 - 1", json!(i64::MAX)),
            ("2^63", json!(1_u64 << 63)),
            ("2^64 - 1", json!(u64::MAX)),
            ("past by 31 s", json!(now - 31)),
            ("past by a day", json!(now - 86_400)),
            ("after ten years", json!(now + 315_360_000)),
            ("true", json!(true)),
        ] {
            self.claims(&format!("exp {name}"), |claims| {
                claims["exp"] = exp;
                claims["iat"] = json!(now - 300);
            });
        }
        self.claims("exp before iat", |claims| claims["exp"] = json!(now - 10));
        self.claims("a life of ten minutes and a second", |claims| {
            claims["iat"] = json!(now - 1);
            claims["exp"] = json!(now + 600);
        });
        self.claims("nbf in the future", |claims| claims["nbf"] = json!(now + 1800));
        self.claims("nbf a string", |claims| claims["nbf"] = json!("0"));
        self.claims("nbf 2^63 - 1", |claims| claims["nbf"] = json!(i64::MAX));
        self.claims("iat in the future", |claims| claims["iat"] = json!(now + 1800));
        self.claims("iat the smallest", |claims| claims["iat"] = json!(i64::MIN));
        self.claims("iat a string", |claims| claims["iat"] = json!(now.to_string()));
    }

    fn names(&mut self) {
        for aud in [
            json!("another"),
            json!("diapaso"),
            json!("diapason2"),
            json!("Diapason"),
            json!("diapason "),
            json!(["another", "diapason/api"]),
            json!([]),
            json!([["diapason"]]),
            json!({"diapason": true}),
            json!(""),
            json!([1, "diapason"]),
        ] {
            self.claims(&format!("aud {aud}"), |claims| claims["aud"] = aud);
        }
        let name = self.issuer.name.clone();
        for iss in [
            json!(format!("{name}/")),
            json!(name.replace("http", "HTTP")),
            json!(name.replace("http", "https")),
            json!(format!("{name} ")),
            json!([name]),
            json!(""),
            json!("https://other.example"),
            json!(DEVELOPMENT_ISSUER),
        ] {
            self.claims(&format!("iss {iss}"), |claims| claims["iss"] = iss);
        }
        let long = "s".repeat(256);
        for sub in [json!(""), json!(long), json!("someone\0"), json!(1), json!([SUBJECT]), json!({"$ne": ""})] {
            self.claims(&format!("sub {:.20}", sub.to_string()), |claims| claims["sub"] = sub);
        }
        let (ec, claims) = (Key::ec(), self.issuer.claims(SUBJECT).to_string());
        for (name, first) in [
            ("sub", r#""sub":"x""#),
            ("iss", r#""iss":"x""#),
            ("aud", r#""aud":"x""#),
            ("exp", r#""exp":1"#),
            ("an unknown claim", r#""x":1,"x":2"#),
        ] {
            let twice = claims.replacen('{', &format!("{{{first},"), 1);
            self.bearer(&format!("{name} twice"), ec.raw(ec.head().to_string().as_bytes(), twice.as_bytes()));
        }
        self.bearer("a secret of the development issuer's algorithm", {
            let key = Key::secret(b"diapason");
            let mut claims = self.issuer.claims(SUBJECT);
            claims["iss"] = json!(DEVELOPMENT_ISSUER);
            key.token(&json!({"alg": "HS256", "typ": "at+jwt"}), &claims)
        });
    }

    /// Who has the token, under its two names.
    fn clients(&mut self) {
        let client = |claims: &mut Value, client: Value| {
            claims["client_id"] = client;
        };
        self.claims("client_id missing", |claims| drop(claims.as_object_mut().unwrap().remove("client_id")));
        for id in [
            json!(null),
            json!(""),
            json!(1),
            json!(["test"]),
            json!({"id": "test"}),
            json!("test\0"),
            json!("s".repeat(256)),
        ] {
            self.claims(&format!("client_id {:.20}", id.to_string()), |claims| client(claims, id));
        }
        self.claims("azp of another than client_id", |claims| claims["azp"] = json!("another"));
        self.claims("azp a number", |claims| claims["azp"] = json!(1));
        self.claims("azp alone, and empty", |claims| {
            client(claims, Value::Null);
            claims["azp"] = json!("");
        });
    }

    fn forms(&mut self) {
        let ec = Key::ec();
        let token = || self.issuer.token(&ec, SUBJECT);
        let (head, claims, signature) = {
            let token = token();
            let mut parts = token.split('.').map(str::to_owned);
            (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap())
        };
        let tampered = encode(json!({"iss": self.issuer.name, "aud": "diapason", "sub": "another", "iat": now(), "exp": now() + 600, "jti": "x"}).to_string());
        let flipped =
            if signature.starts_with('A') { signature.replacen('A', "B", 1) } else { format!("A{}", &signature[1..]) };
        let all = [
            ("empty".to_owned(), String::new()),
            ("dots alone".to_owned(), "..".to_owned()),
            ("one part".to_owned(), head.clone()),
            ("two parts".to_owned(), format!("{head}.{claims}")),
            ("four parts".to_owned(), format!("{head}.{claims}.{signature}.")),
            ("padding".to_owned(), format!("{head}==.{claims}.{signature}")),
            ("padding behind".to_owned(), format!("{head}.{claims}.{signature}==")),
            ("the other alphabet".to_owned(), format!("{head}.{claims}.+/{signature}")),
            ("no base64".to_owned(), format!("{head}.{claims}.!{}", &signature[1..])),
            ("a space within".to_owned(), format!("{head}. {claims}.{signature}")),
            ("a tab within".to_owned(), format!("{head}.\t{claims}.{signature}")),
            ("two spaces before".to_owned(), format!(" {}", token())),
            ("quoted".to_owned(), format!("\"{}\"", token())),
            ("a list".to_owned(), format!("{},x", token())),
            ("other claims, same signature".to_owned(), format!("{head}.{tampered}.{signature}")),
            ("a signature one bit off".to_owned(), format!("{head}.{claims}.{flipped}")),
            ("a signature cut short".to_owned(), format!("{head}.{claims}.{}", &signature[..40])),
            ("letters beyond ASCII".to_owned(), format!("{head}.é.{signature}")),
            ("10 KB".to_owned(), {
                let mut claims = self.issuer.claims(SUBJECT);
                claims["more"] = json!("m".repeat(10 * 1024));
                ec.token(&ec.head(), &claims)
            }),
        ];
        for (name, text) in all {
            self.bearer(&name, text);
        }
    }

    /// Good tokens, sent otherwise than in the one header.
    fn ways(&mut self) {
        let token = || self.issuer.token(&Key::ec(), SUBJECT);
        let (one, two, three, four, five, six) = (token(), token(), token(), token(), token(), token());
        self.sent("no header", vec![], "");
        self.sent("an empty header", vec![("authorization", String::new())], "");
        self.sent("the scheme alone", vec![("authorization", "Bearer".to_owned())], "");
        self.sent("no scheme", vec![("authorization", one.clone())], "");
        self.sent("Basic", vec![("authorization", "Basic c2lnLWFkbWluOnBhc3N3b3Jk".to_owned())], "");
        self.sent("Basic with a good token", vec![("authorization", format!("Basic {one}"))], "");
        self.sent("DPoP with a good token", vec![("authorization", format!("DPoP {one}"))], "");
        self.sent("a tab behind the scheme", vec![("authorization", format!("Bearer\t{one}"))], "");
        self.sent(
            "two good headers",
            vec![("authorization", format!("Bearer {two}")), ("authorization", format!("Bearer {three}"))],
            "",
        );
        self.sent(
            "a good header and Basic",
            vec![("authorization", format!("Bearer {two}")), ("authorization", "Basic eDp4".to_owned())],
            "",
        );
        self.sent("in the address", vec![], &format!("?access_token={four}"));
        self.sent("in a cookie", vec![("cookie", format!("access_token={five}"))], "");
        self.sent(
            "in other headers",
            vec![
                ("x-access-token", six.clone()),
                ("proxy-authorization", format!("Bearer {six}")),
                ("x-forwarded-user", SUBJECT.to_owned()),
            ],
            "",
        );
    }
}

fn published() -> Vec<Value> {
    let pss = Key::rsa().by(Algorithm::PS256).called("pss");
    vec![Key::rsa().public(), pss.public(), Key::ec().public(), Key::ed().public()]
}

#[test]
fn no_bad_token_opens_any_operation() {
    let (issuer, sink) = (Issuer::of(published()), Sink::open());
    let world = world(&[&issuer]);
    known(&world, &issuer, &Key::ec());
    let mut corpus = Corpus { issuer: &issuer, all: Vec::new() };
    corpus.algorithms();
    corpus.signatures();
    corpus.heads(&sink);
    corpus.kinds();
    corpus.times();
    corpus.names();
    corpus.clients();
    corpus.forms();
    corpus.ways();
    let (operations, before) = (operations(), world.database.digest());
    let methods: std::collections::BTreeSet<_> = operations.iter().map(|it| it.method.as_str()).collect();
    assert!(corpus.all.len() >= 60 && operations.len() >= 10 && methods.len() >= 3);
    // Each bad token meets operations of every method; together they meet all operations many times.
    let chosen = |at: usize| operations.iter().cycle().skip(at * 7 % operations.len()).take(10);
    let half = |parity: usize| {
        let mut failed = Vec::new();
        let mut cells = 0;
        for (at, bad) in corpus.all.iter().enumerate().filter(|(at, _)| at % 2 == parity) {
            let headers: Vec<_> = bad.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
            for operation in chosen(at) {
                let reply = call(&world, operation, &headers, &bad.query);
                cells += 1;
                let said = reply.status == 401
                    && reply.header("www-authenticate").starts_with("Bearer")
                    && reply.code() == "unauthenticated";
                if !said {
                    failed.push(format!("{} on {}: {} {}", bad.name, operation.id, reply.status, reply.text()));
                }
            }
        }
        (cells, failed)
    };
    let (one, other) = thread::scope(|scope| {
        let one = scope.spawn(|| half(0));
        let other = half(1);
        (one.join().unwrap(), other)
    });
    println!("{} bad tokens, {} operations, {} cells", corpus.all.len(), operations.len(), one.0 + other.0);
    let failed: Vec<_> = one.1.into_iter().chain(other.1).collect();
    assert!(failed.is_empty(), "{} are let in or refused otherwise:\n{}", failed.len(), failed.join("\n"));
    assert_eq!(world.database.digest(), before, "a bad token changed something");
    assert_eq!(sink.calls(), 0, "a token told us where to look for its key");
    assert!(good(&world, &issuer.token(&Key::ec(), SUBJECT)), "good tokens are still good");
}

#[test]
fn the_same_401_on_every_operation() {
    let issuer = Issuer::of(published());
    let world = world(&[&issuer]);
    known(&world, &issuer, &Key::ec());
    let expired = {
        let mut claims = issuer.claims(SUBJECT);
        claims["exp"] = json!(now() - 31);
        claims["iat"] = json!(now() - 300);
        format!("Bearer {}", Key::ec().token(&Key::ec().head(), &claims))
    };
    for operation in operations() {
        for headers in [&[][..], &[("authorization", expired.as_str())]] {
            let reply = call(&world, &operation, headers, "");
            assert_eq!(reply.status, 401, "{}: {}", operation.id, reply.text());
            let error = if headers.is_empty() { "" } else { "error=\"invalid_token\", " };
            // Not under the name that the request claims.
            let base = &world.base;
            let expected = format!("Bearer {error}resource_metadata=\"{base}/.well-known/oauth-protected-resource\"");
            assert_eq!(
                (reply.code().as_str(), reply.header("www-authenticate")),
                ("unauthenticated", expected.as_str()),
                "{}",
                operation.id
            );
        }
    }
}

#[test]
fn who_is_not_known_is_told_how_to_be() {
    let world = World::shared();
    let asked = |headers: &[(&str, &str)]| {
        let reply = world.nobody().send("GET", "/networks", headers, None).refused(401, "unauthenticated");
        reply.header("www-authenticate").to_owned()
    };
    let document = format!("{}/.well-known/oauth-protected-resource", world.base);
    let place = format!("resource_metadata=\"{document}\"");
    assert_eq!(asked(&[]), format!("Bearer {place}"));
    // Another scheme is no bad token (RFC 6750, section 3.1).
    assert_eq!(asked(&[("authorization", "Basic eDp4")]), format!("Bearer {place}"));
    for bad in ["Bearer x", "bearer", "BEARER a.b.c"] {
        assert_eq!(asked(&[("authorization", bad)]), format!("Bearer error=\"invalid_token\", {place}"), "{bad}");
    }
    for claimed in [
        ("host", "a\"b"),
        ("host", "evil.example"),
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-proto", "https"),
        ("forwarded", "host=evil.example;proto=https"),
    ] {
        assert_eq!(asked(&[claimed]), format!("Bearer {place}"), "a made-up name is not said back: {claimed:?}");
        let told = world.nobody().send("GET", "/.well-known/oauth-protected-resource", &[claimed], None).expect(200);
        assert_eq!(told.at("/resource"), json!(world.base), "{claimed:?}");
    }
    let told = world.nobody().get("/.well-known/oauth-protected-resource").expect(200);
    assert_eq!(told.at("/resource_documentation"), json!(format!("{}/docs/", world.base)));
    assert_eq!(told.at("/bearer_methods_supported"), json!(["header"]));
    assert_eq!(told.at("/authorization_servers"), json!([world.base, DEVELOPMENT_ISSUER]));
}

#[test]
fn the_service_stands_where_its_operator_says_or_a_proxy_of_ours() {
    let forwarded: [&[(&str, &str)]; 4] = [
        &[("x-forwarded-host", "comm.example"), ("x-forwarded-proto", "https")],
        &[("forwarded", "for=192.0.2.1;host=\"comm.example\";Proto=https")],
        &[("x-forwarded-host", "evil.example, comm.example"), ("x-forwarded-proto", "http, https")],
        &[("forwarded", "host=evil.example;proto=http, by=_p ; proto=HTTPS; host=comm.example")],
    ];
    let stands = |world: &World, headers: &[(&str, &str)]| {
        let told = world.nobody().send("GET", "/.well-known/oauth-protected-resource", headers, None).expect(200);
        let refused = world.nobody().send("GET", "/networks", headers, None).refused(401, "unauthenticated");
        let place = told.str("/resource");
        let expected = format!("Bearer resource_metadata=\"{place}/.well-known/oauth-protected-resource\"");
        assert_eq!(refused.header("www-authenticate"), expected);
        place
    };
    let set = World::over(
        Database::demo(),
        &[("DIAPASON_PUBLIC_URL", "https://diapason.example/"), ("DIAPASON_TRUSTED_PROXIES", "127.0.0.0/8")],
    );
    let behind = World::over(Database::demo(), &[("DIAPASON_TRUSTED_PROXIES", "127.0.0.0/8")]);
    assert_eq!(stands(&behind, &[("host", "evil.example")]), behind.base);
    for headers in forwarded {
        assert_eq!(stands(&behind, headers), "https://comm.example", "{headers:?}");
        assert_eq!(stands(&set, headers), "https://diapason.example", "{headers:?}");
        assert_eq!(stands(World::shared(), headers), World::shared().base, "no proxy of ours: {headers:?}");
    }
    for bad in ["a\"b", "evil.example/path", "user@evil.example", "a b", ""] {
        assert_eq!(stands(&behind, &[("x-forwarded-host", bad)]), behind.base, "{bad}");
    }
}

/// Microsoft Entra ID publishes its keys so; other issuers too.
#[test]
fn a_key_that_names_no_algorithm_is_for_those_of_its_type_that_its_issuer_may_use() {
    let bare = |key: &Key| {
        let mut jwk = key.public();
        let members = jwk.as_object_mut().unwrap();
        members.remove("alg");
        members.insert("x5t".to_owned(), json!("AAAA"));
        members.insert("issuer".to_owned(), json!("https://login.example/{tenantid}/v2.0"));
        jwk
    };
    let (rsa, ec, ed) = (Key::rsa(), Key::ec(), Key::ed());
    let pss = rsa.by(Algorithm::PS256);
    let keys = || vec![bare(&rsa), bare(&ec), bare(&ed), Key::weak().called("small").public(), json!({"kty": "EC"})];
    let (all, few) = (Issuer::of(keys()), Issuer::of(keys()));
    let mut setting = few.setting();
    setting["algorithms"] = json!(["RS256"]);
    let settings = json!([all.setting(), setting]).to_string();
    let log = directory().join("keys-left-out.log");
    let world = World::over(
        Database::demo(),
        &[
            ("DIAPASON_ISSUERS", &settings),
            ("DIAPASON_SERVER_KEY", SERVER_KEY),
            ("DIAPASON_RATE_LIMITS", "off"),
            ("STANDARD_ERROR", log.to_str().unwrap()),
        ],
    );
    world.register(&all.name, SUBJECT, "sig-admin");
    world.register(&few.name, SUBJECT, "sig-admin");
    for key in [&rsa, &pss, &ec, &ed] {
        known(&world, &all, key);
    }
    known(&world, &few, &rsa);
    for other in [&pss, &ec, &ed] {
        assert!(!good(&world, &few.token(other, SUBJECT)), "{:?} is not allowed to it", other.algorithm);
    }
    for wrong in [rsa.called("ec"), ec.called("rsa"), ed.called("ec"), Key::secret(&der(RSA_PUBLIC)).called("rsa")] {
        assert!(!good(&world, &all.token(&wrong, SUBJECT)), "{:?} by the key {}", wrong.algorithm, wrong.id);
    }
    // Asked again, it says nothing twice.
    let asked = all.fetches();
    asks(&world, &all.token(&ec.called("unknown"), SUBJECT)).refused(401, "unauthenticated");
    until(Duration::from_secs(20), "it is asked again", || all.fetches() > asked);
    known(&world, &all, &rsa);
    let said = std::fs::read_to_string(&log).unwrap();
    let lines = |issuer: &Issuer| said.lines().filter(|line| line.contains(&issuer.name)).count();
    assert_eq!((lines(&all), lines(&few)), (2, 4), "small and number 5; ec and ed as well: {said}");
}

#[test]
fn what_a_token_says_beyond_what_we_ask_keeps_nobody_out() {
    let issuer = Issuer::of(published());
    let world = world(&[&issuer]);
    let key = Key::ec();
    known(&world, &issuer, &key);
    let head = |name: &str, value: Value| {
        let mut head = key.head();
        head[name] = value;
        key.token(&head, &issuer.claims(SUBJECT))
    };
    for (name, value) in [
        ("x5t", json!("AAAA")),
        ("x5t#S256", json!("AAAA")),
        ("nonce", json!("n")),
        ("pi.atm", json!("1")),
        ("rh", json!({"a": [1]})),
        ("cty", json!("json")),
        ("more", json!(null)),
    ] {
        let reply = asks(&world, &head(name, value.clone()));
        assert_eq!(reply.status, 200, "{name} {value}: {}", reply.text());
    }
    let claims = |changes: &Value| {
        let mut claims = issuer.claims(SUBJECT);
        claims.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        key.token(&key.head(), &claims)
    };
    let whole = f64::from(i32::try_from(now()).unwrap());
    for changes in [
        json!({"exp": whole + 300.5}),
        json!({"exp": whole + 300.5, "iat": whole - 0.25, "nbf": whole - 0.75}),
        json!({"exp": whole + 300.0}),
        json!({"nbf": null}),
        json!({"siret": 13_002_526_500_013_i64, "siren": 130_025_265, "uid": 42}),
        json!({"siret": null, "uid": ["a"], "siren": {}}),
        json!({"roles": ["x"], "address": {"country": "FR"}, "acr": 1, "email_verified": true}),
    ] {
        let reply = asks(&world, &claims(&changes));
        assert_eq!(reply.status, 200, "{changes}: {}", reply.text());
    }
}

#[test]
fn an_issuer_has_its_own_clients_and_its_own_measure_of_time() {
    let (all, few) = (Issuer::of(published()), Issuer::of(published()));
    let mut setting = few.setting();
    setting["clients"] = json!(["portal", "desk"]);
    setting["max_lifetime"] = json!(3600);
    let settings = json!([all.setting(), setting]).to_string();
    let world = World::over(Database::demo(), &settings_of(&settings));
    world.register(&all.name, SUBJECT, "sig-admin");
    world.register(&few.name, SUBJECT, "sig-admin");
    let key = Key::ec();
    let of = |issuer: &Issuer, changes: Value| {
        let mut claims = issuer.claims(SUBJECT);
        for (name, value) in changes.as_object().unwrap() {
            claims[name] = value.clone();
        }
        key.token(&key.head(), &claims)
    };
    known(&world, &all, &key);
    until(Duration::from_secs(10), "the keys are learnt", || good(&world, &of(&few, json!({"client_id": "portal"}))));
    assert!(good(&world, &of(&few, json!({"client_id": "desk", "azp": "desk"}))));
    assert!(good(&world, &of(&few, json!({"client_id": null, "azp": "desk"}))), "OpenID's name of the same");
    for another in [json!({}), json!({"client_id": "Portal"}), json!({"client_id": "portal", "azp": "test"})] {
        assert!(!good(&world, &of(&few, another.clone())), "another client's token: {another}");
    }
    assert!(good(&world, &of(&all, json!({"client_id": "whoever"}))));
    let life = |seconds: i64| json!({"client_id": "portal", "iat": now() - 1, "exp": now() - 1 + seconds});
    for (issuer, longest) in [(&all, 600), (&few, 3600)] {
        assert!(good(&world, &of(issuer, life(longest))), "{longest}");
        assert!(!good(&world, &of(issuer, life(longest + 1))), "{longest}");
    }
}

/// What is refused before anyone reads it as a request has a status and no problem: the parser of HTTP says so, not we.
#[test]
fn what_is_no_request_is_refused_by_the_parser() {
    let issuer = Issuer::of(published());
    let world = world(&[&issuer]);
    known(&world, &issuer, &Key::ec());
    let token = || issuer.token(&Key::ec(), SUBJECT);
    let ask = |header: &[u8]| {
        let mut request = b"GET /api/v1/networks HTTP/1.1\r\nhost: here\r\nconnection: close\r\n".to_vec();
        request.extend_from_slice(header);
        request.extend_from_slice(b"\r\n\r\n");
        wire(&world.base, &request)
    };
    assert_eq!(ask(format!("authorization: Bearer {}", token()).as_bytes()).status, 200, "so it can be asked");
    let large = format!("authorization: Bearer {}", "A".repeat(1 << 20));
    let status = ask(large.as_bytes()).status;
    // 0: hung up in the middle of it, which is an answer as well.
    assert!((400..500).contains(&status) || status == 0, "1 MB: {status}");
    let cut = token();
    let (start, end) = cut.split_at(20);
    for between in [
        &b"\0"[..],
        b"\x01",
        b"\x7f",
        b"\x1b[0m",
        b"\r",
        b"\n",
        b"\r\n ",
        b"\xff\xfe",
        b"\r\nx: y\r\nauthorization: Bearer ",
    ] {
        let header = [b"authorization: Bearer ", start.as_bytes(), between, end.as_bytes()].concat();
        let reply = ask(&header);
        assert!((400..500).contains(&reply.status), "{between:?}: {} {}", reply.status, reply.text());
        if reply.status == 401 {
            assert_eq!(reply.code(), "unauthenticated");
        }
    }
    for name in ["authorization ", " authorization", "author\0ization"] {
        let status = ask(format!("{name}: Bearer {}", token()).as_bytes()).status;
        assert!((400..500).contains(&status), "{name:?}: {status}");
    }
    for folded in
        ["authorization: Bearer {}\r\nauthorization: Bearer {}", "Authorization: Bearer {}\r\nAUTHORIZATION: Bearer x"]
    {
        assert_eq!(ask(folded.replace("{}", &token()).as_bytes()).status, 401, "{folded}");
    }
    assert!(good(&world, &token()));
}

#[test]
fn good_tokens_of_every_algorithm_are_good() {
    let issuer = Issuer::of(published());
    let world = world(&[&issuer]);
    known(&world, &issuer, &Key::ec());
    for key in [Key::rsa(), Key::rsa().by(Algorithm::PS256).called("pss"), Key::ec(), Key::ed()] {
        let token = issuer.token(&key, SUBJECT);
        for _ in 0..2 {
            let me = Client::new(&world.base, Some(token.clone())).get("/me").expect(200);
            assert_eq!(
                (me.at("/registered"), me.str("/id")),
                (json!(true), world.member("sig-admin")),
                "{:?}",
                key.algorithm
            );
        }
    }
    let key = Key::ec();
    let changed = |name: &str, value: Value| {
        let mut claims = issuer.claims(SUBJECT);
        claims[name] = value;
        key.token(&key.head(), &claims)
    };
    assert!(good(&world, &changed("aud", json!(["another", "diapason"]))), "we are one of its audiences");
    assert!(good(&world, &changed("nbf", json!(now() + 20))), "nbf within the leeway");
    assert!(good(&world, &changed("iat", json!(now() + 20))), "iat within the leeway");
    assert!(good(&world, &changed("sub2", json!("a claim that we do not know"))));
    for typ in ["AT+JWT", "application/at+jwt"] {
        let mut head = key.head();
        head["typ"] = json!(typ);
        assert!(good(&world, &key.token(&head, &issuer.claims(SUBJECT))), "{typ}");
    }
    for scheme in ["bearer", "BEARER", "bEaReR"] {
        let header = format!("{scheme} {}", issuer.token(&key, SUBJECT));
        world.nobody().send("GET", "/networks", &[("authorization", &header)], None).expect(200);
    }
}

#[test]
fn an_expired_token_lives_as_long_as_clocks_may_differ_and_no_longer() {
    let issuer = Issuer::of(published());
    let world = world(&[&issuer]);
    known(&world, &issuer, &Key::ec());
    let key = Key::ec();
    let ended = |ago: i64| {
        let mut claims = issuer.claims(SUBJECT);
        claims["exp"] = json!(now() - ago);
        claims["iat"] = json!(now() - 300);
        key.token(&key.head(), &claims)
    };
    // What took longer than the second in which it began tells nothing: the token was older by one when it arrived.
    let shown = |ago: i64| {
        let mut shown = None;
        until(Duration::from_secs(20), "shown within a second", || {
            let (second, token) = (now(), ended(ago));
            let good = good(&world, &token);
            shown = Some((token, good));
            now() == second
        });
        shown.unwrap()
    };
    assert!(shown(29).1);
    assert!(!shown(30).1);
    // One that was found good and is remembered ends on time as well.
    let (remembered, found_good) = shown(27);
    assert!(found_good);
    let lived = until(Duration::from_secs(6), "a remembered token ends", || !good(&world, &remembered));
    assert!(lived > Duration::from_secs(1), "{lived:?}");
    asks(&world, &remembered).refused(401, "unauthenticated");
}

#[test]
fn a_stranger_is_told_so_everywhere_but_at_me() {
    let (issuer, other) = (Issuer::of(published()), Issuer::of(vec![Key::other().public()]));
    let world = world(&[&issuer]);
    known(&world, &issuer, &Key::ec());
    // A subject that another issuer vouches for, in this very spelling, is nobody here.
    world.register(&other.name, "of-another-issuer", "sig-admin");
    let before = world.database.digest();
    for subject in ["who-knows", "of-another-issuer", "SOMEONE-OF-THE-SIG", "sig-admin", &world.member("sig-admin")] {
        let me = Client::new(&world.base, Some(issuer.token(&Key::ec(), subject))).get("/me").expect(200);
        assert_eq!((me.at("/registered"), me.at("/id")), (json!(false), Value::Null), "{subject}");
        asks(&world, &issuer.token(&Key::ec(), subject)).refused(403, "not_registered");
    }
    let header = format!("Bearer {}", issuer.token(&Key::ec(), "who-knows"));
    let mut failed = Vec::new();
    let open = Exempt::of("open to strangers", OPEN_TO_STRANGERS, 2);
    for operation in &operations() {
        let parameters = operation.spec["parameters"].as_array().into_iter().flatten();
        let asked = parameters.filter(|it| it["in"] == "query" && it["required"] == true);
        let query: String = asked.map(|it| ["?", it["name"].as_str().unwrap(), "=edito"].concat()).collect();
        let headers = [("authorization", header.as_str()), ("idempotency-key", "a-stranger")];
        let reply = call(&world, operation, &headers, &query);
        let refused = reply.status == 403 && reply.code() == "not_registered";
        if !refused && !open.has(&operation.id) {
            failed.push(format!("{}: {}", operation.id, reply.text()));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    open.are_all_needed();
    assert_eq!(world.database.digest(), before);
    assert_eq!(asks(&world, &other.token(&Key::other(), SUBJECT)).status, 401, "an issuer that nobody set up");
}

#[test]
fn new_keys_are_learnt_at_once_and_old_ones_forgotten() {
    let issuer = Issuer::of(vec![Key::ec().public()]);
    let world = world(&[&issuer]);
    known(&world, &issuer, &Key::ec());
    let cached = issuer.token(&Key::ec(), SUBJECT);
    assert!(good(&world, &cached));
    assert_eq!(issuer.fetches(), 1);

    issuer.turn(Mode::Keys(vec![Key::rsa().public()]));
    assert!(good(&world, &cached), "nobody told us yet");
    let taken = known(&world, &issuer, &Key::rsa());
    println!("the new key was learnt in {taken:?}");
    assert!(taken < promised(5), "{taken:?}");
    assert_eq!(asks(&world, &cached).status, 401, "found good under a key that is gone");
    assert_eq!(asks(&world, &issuer.token(&Key::ec(), SUBJECT)).status, 401);
    assert_eq!(issuer.fetches(), 2);

    let start = Instant::now();
    for number in 0..200 {
        asks(&world, &issuer.token(&Key::ec().called(&format!("unknown-{number}")), SUBJECT))
            .refused(401, "unauthenticated");
    }
    assert!(start.elapsed() < promised(30), "an unknown key makes nobody wait");
    assert_eq!(issuer.fetches(), 2, "a flood of unknown keys makes us ask no more");
    assert!(good(&world, &issuer.token(&Key::rsa(), SUBJECT)));
}

#[test]
fn a_flood_of_unknown_keys_makes_us_ask_once() {
    let issuer = Issuer::of(published());
    let world = world(&[&issuer]);
    known(&world, &issuer, &Key::ec());
    for number in 0..200 {
        asks(&world, &issuer.token(&Key::ec().called(&format!("unknown-{number}")), SUBJECT))
            .refused(401, "unauthenticated");
    }
    assert_eq!(issuer.fetches(), 2, "one at boot, one for the first of them");
}

/// An issuer whose key was stolen may publish another under the same name.
#[test]
fn another_key_under_the_same_name_is_another_key() {
    let issuer = Issuer::of(vec![Key::ec().public()]);
    let world = world(&[&issuer]);
    known(&world, &issuer, &Key::ec());
    let (cached, new) = (issuer.token(&Key::ec(), SUBJECT), Key::other().called("ec"));
    assert!(good(&world, &cached));
    issuer.turn(Mode::Keys(vec![new.public()]));
    asks(&world, &issuer.token(&Key::ec().called("unknown"), SUBJECT)).refused(401, "unauthenticated");
    known(&world, &issuer, &new);
    assert_eq!(asks(&world, &cached).status, 401, "found good under the stolen key");
}

#[test]
#[expect(clippy::too_many_lines, reason = "one story from its beginning to its end")]
fn a_bad_key_takes_no_other_down() {
    let with = |key: &Key, name: &str, value: Value| {
        let mut jwk = key.public();
        jwk[name] = value;
        jwk
    };
    let without = |key: &Key, name: &str| {
        let mut jwk = key.public();
        jwk.as_object_mut().unwrap().remove(name);
        jwk
    };
    let secret = Key::secret(b"a secret that is published, so none");
    // Each is shown with a token that would be good, if the key were.
    let bad = [
        (with(&Key::ed().called("short"), "x", json!("AAAA")), Key::ed().called("short")),
        (with(&Key::ed().called("long"), "x", json!(encode([1; 64]))), Key::ed().called("long")),
        (with(&Key::ed().called("no-point"), "x", json!(encode([0xff; 32]))), Key::ed().called("no-point")),
        (with(&Key::ec().called("off-curve"), "y", json!(encode([7; 32]))), Key::ec().called("off-curve")),
        (with(&Key::ec().called("other-curve"), "crv", json!("P-384")), Key::ec().called("other-curve")),
        (with(&Key::ec().called("other-kind"), "alg", json!("RS256")), Key::ec().called("other-kind")),
        (with(&Key::ec().called("encrypts"), "use", json!("enc")), Key::ec().called("encrypts")),
        (with(&Key::ec().called("signs-only"), "key_ops", json!(["sign"])), Key::ec().called("signs-only")),
        (with(&Key::ec().called("private"), "d", json!(encode([7; 32]))), Key::ec().called("private")),
        // It says no algorithm: those of its type, and no other.
        (without(&Key::ec().called("any-alg"), "alg"), Key::ed().called("any-alg")),
        (without(&Key::rsa().called("any-rsa"), "alg"), Key::rsa().by(Algorithm::RS384).called("any-rsa")),
        (without(&Key::rsa().called("any-hs"), "alg"), Key::secret(&der(RSA_PUBLIC)).called("any-hs")),
        (without(&Key::weak().called("any-weak"), "alg"), Key::weak().called("any-weak")),
        (without(&secret.called("any-secret"), "alg"), secret.called("any-secret")),
        (without(&Key::ec().called("no-name"), "kid"), Key::ec().called("no-name")),
        (with(&Key::rsa().called("even"), "n", json!(encode([2; 256]))), Key::rsa().called("even")),
        (with(&Key::rsa().called("zero"), "n", json!("AA")), Key::rsa().called("zero")),
        (with(&Key::rsa().called("one"), "e", json!("AQ")), Key::rsa().called("one")),
        (with(&Key::rsa().called("hs"), "alg", json!("HS256")), Key::secret(&der(RSA_PUBLIC)).called("hs")),
        (Key::weak().public(), Key::weak()),
        (secret.public(), secret.clone()),
        // Under the name of a good one that stands before it.
        (with(&Key::ec(), "alg", json!("none")), Key::other().called("ec")),
        (Key::other().called("ec").public(), Key::other().called("ec")),
    ];
    // The point that is its own double: what nobody signed is signed by it.
    let mut neutral = [0; 32];
    neutral[0] = 1;
    let small = with(&Key::ed().called("small-order"), "x", json!(encode(neutral)));
    let odd = [
        small,
        json!(null),
        json!("a text"),
        json!([]),
        json!({}),
        json!({"kty": "EC"}),
        json!({"kty": "AKP", "kid": "future", "alg": "ML-DSA-65"}),
    ];
    let keys = published().into_iter().chain(bad.iter().map(|(jwk, _)| jwk.clone())).chain(odd).collect();
    let issuer = Issuer::of(keys);
    let world = world(&[&issuer]);
    known(&world, &issuer, &Key::ec());
    for (jwk, key) in &bad {
        let reply = asks(&world, &issuer.token(key, SUBJECT));
        assert_eq!(reply.status, 401, "{jwk}: {}", reply.text());
    }
    let head = Key::ed().called("small-order").head().to_string();
    let unsigned = format!("{}.{}", encode(head), encode(issuer.claims(SUBJECT).to_string()));
    let signature = [neutral, [0; 32]].concat();
    assert!(!good(&world, &format!("{unsigned}.{}", encode(signature))), "a key of small order");
    for key in [Key::rsa(), Key::ec(), Key::ed()] {
        assert!(good(&world, &issuer.token(&key, SUBJECT)), "{}", key.id);
    }
}

#[test]
fn an_issuer_that_fails_leaves_us_the_keys_we_have() {
    let other = Issuer::of(vec![Key::other().public()]);
    let good_set = json!({"keys": published()}).to_string();
    let faults = [
        ("an empty set", Mode::Keys(vec![])),
        ("no usable key", Mode::Keys(vec![Key::weak().public(), json!({})])),
        ("malformed JSON", Mode::Text(good_set[..good_set.len() - 20].to_owned())),
        ("no object", Mode::Text("[]".to_owned())),
        ("a page of HTML", Mode::Text("<html>Sorry</html>".to_owned())),
        ("too much", Mode::Text(format!("{}{}", json!({"keys": [Key::other().public()]}), " ".repeat(300 * 1024)))),
        ("500", Mode::Status(500, String::new())),
        ("503", Mode::Status(503, String::new())),
        ("204", Mode::Status(204, String::new())),
        ("a redirect", Mode::Status(302, format!("{}/jwks", other.name))),
        (
            "another's discovery",
            Mode::Discovery(json!({"issuer": other.name, "jwks_uri": format!("{}/jwks", other.name)})),
        ),
        ("no discovery", Mode::Discovery(json!({}))),
        ("slow", Mode::Slow(vec![Key::other().public()])),
    ];
    let issuers: Vec<_> = faults.iter().map(|_| Issuer::of(published())).collect();
    let mut gone = Issuer::of(published());
    let all: Vec<_> = issuers.iter().chain([&gone]).collect();
    let world = world(&all);
    for issuer in &all {
        known(&world, issuer, &Key::ec());
        assert_eq!(issuer.fetches(), 1);
    }
    gone.go();
    let all: Vec<_> = issuers.iter().chain([&gone]).collect();
    issuers.iter().zip(&faults).for_each(|(issuer, (_, mode))| issuer.turn(mode.clone()));
    for issuer in &all {
        asks(&world, &issuer.token(&Key::ec().called("unknown"), SUBJECT)).refused(401, "unauthenticated");
    }
    // It is asked, and asked again because that failed.
    for (issuer, (name, _)) in issuers.iter().zip(&faults) {
        until(Duration::from_secs(20), name, || issuer.fetches() >= 3);
    }
    for (issuer, name) in all.iter().zip(faults.iter().map(|(name, _)| *name).chain(["refused"])) {
        assert!(good(&world, &issuer.token(&Key::ec(), SUBJECT)), "{name}");
        assert!(!good(&world, &issuer.token(&Key::other(), SUBJECT)), "{name}");
    }
    assert_eq!(other.fetches(), 0, "a redirect is not followed");
    // And it is heard again when it is well.
    for issuer in &issuers {
        issuer.turn(Mode::Keys(vec![Key::other().public()]));
    }
    for (issuer, (name, _)) in issuers.iter().zip(&faults) {
        until(Duration::from_secs(30), name, || good(&world, &issuer.token(&Key::other(), SUBJECT)));
        assert!(!good(&world, &issuer.token(&Key::ec(), SUBJECT)), "{name}");
    }
}

#[test]
fn the_server_starts_without_its_issuer_and_hears_it_when_it_comes() {
    let mut issuer = Issuer::away(published());
    let start = Instant::now();
    let world = world(&[&issuer]);
    assert!(start.elapsed() < promised(20), "{:?}", start.elapsed());
    let early = issuer.token(&Key::ec(), SUBJECT);
    asks(&world, &early).refused(401, "unauthenticated");
    assert_eq!(world.client("sig-admin").get("/networks").status, 200, "the other issuer is not in its way");
    thread::sleep(Duration::from_secs(2));
    issuer.come();
    let taken = known(&world, &issuer, &Key::ec());
    println!("heard {taken:?} after it came");
    assert!(good(&world, &early), "a refusal is not remembered");
}

#[test]
fn what_is_taken_back_is_gone_at_the_next_write_and_soon_for_reads() {
    let issuer = Issuer::of(published());
    let world = world(&[&issuer]);
    known(&world, &issuer, &Key::ec());
    world.register(&issuer.name, "coordinator", "sig-coordinator");
    let (admin, key) = (world.client("sig-admin"), Key::ec());
    let coordinator = Client::new(&world.base, Some(issuer.token(&key, "coordinator")));
    let member = world.member("sig-coordinator");
    let soon = Duration::from_millis(2500);

    // The role.
    let organization = format!("/organizations/{}", world.organization("SIG"));
    let write = |website: &str| {
        let etag = admin.get(&organization).expect(200).etag().to_owned();
        // Read as the member: an entity tag belongs to the one who reads.
        let own = coordinator.get(&organization).etag().to_owned();
        coordinator.patch(&organization, if own.is_empty() { &etag } else { &own }, json!({"website": website}))
    };
    write("https://un.example").expect(200);
    let actions = || coordinator.get(&organization).actions();
    assert!(actions().contains(&"update_organization".to_owned()), "{:?}", actions());
    let roles = admin.walk(&format!("/role-assignments?member_id={member}"));
    assert!(!roles.is_empty());
    for role in &roles {
        let address = format!("/role-assignments/{}", role["id"].as_str().unwrap());
        let etag = admin.get(&address).expect(200).etag().to_owned();
        admin.act(&format!("{address}/end"), &etag, Some(json!({}))).expect(200);
    }
    let start = Instant::now();
    let refused = write("https://deux.example");
    assert_eq!(refused.status, 403, "at the next write, at once: {}", refused.text());
    let left = soon.saturating_sub(start.elapsed());
    until(left, "the role is gone for reads", || !actions().contains(&"update_organization".to_owned()));

    // The member.
    world.register(&issuer.name, "lead", "lead-edito");
    let lead = Client::new(&world.base, Some(issuer.token(&key, "lead")));
    let network = lead.get("/networks/edito").expect(200);
    let changed = lead.patch("/networks/edito", network.etag(), json!({"cadence": "weekly"})).expect(200);
    let address = format!("/members/{}", world.member("lead-edito"));
    let etag = admin.get(&address).expect(200).etag().to_owned();
    admin.act(&format!("{address}/suspend"), &etag, None).expect(200);
    let start = Instant::now();
    lead.patch("/networks/edito", changed.etag(), json!({"cadence": "monthly"})).refused(403, "suspended");
    let left = soon.saturating_sub(start.elapsed());
    until(left, "the member is gone for reads", || lead.get("/networks/edito").status == 403);
    lead.get("/networks/edito").refused(403, "suspended");
    let me = lead.get("/me").expect(200);
    assert_eq!((me.at("/suspended"), me.at("/id")), (json!(true), Value::Null));
}

#[test]
fn issuers_that_could_not_be_told_apart_or_trusted_are_refused_at_the_start() {
    let check = |issuers: Value, key: &str| {
        let mut command = std::process::Command::new(BINARY);
        command.arg("check-config").env("DIAPASON_ISSUERS", issuers.to_string()).env("DIAPASON_SERVER_KEY", key);
        let done = command.output().unwrap();
        (done.status.success(), String::from_utf8_lossy(&done.stderr).into_owned())
    };
    let of = |issuer: &str, audience: &str| json!({"issuer": issuer, "audience": audience});
    let (good, other) = (of("https://issuer.example", "diapason"), of("https://other.example", "diapason"));
    assert!(check(json!([good, other]), SERVER_KEY).0);
    for (name, issuers) in [
        ("twice", json!([good, of("https://issuer.example", "another")])),
        ("no audience", json!([of("https://issuer.example", "")])),
        ("in the open", json!([of("http://issuer.example", "diapason")])),
        ("a file", json!([of("file:///etc/passwd", "diapason")])),
        (
            "keys in the open",
            json!([{"issuer": "https://issuer.example", "audience": "diapason", "jwks_uri": "http://issuer.example/jwks"}]),
        ),
        (
            "an unknown member",
            json!([{"issuer": "https://issuer.example", "audience": "diapason", "algorithms": ["none"]}]),
        ),
        ("a life of nothing", json!([{"issuer": "https://issuer.example", "audience": "diapason", "max_lifetime": 0}])),
        (
            "a life of days",
            json!([{"issuer": "https://issuer.example", "audience": "diapason", "max_lifetime": 86_401}]),
        ),
        (
            "an algorithm of shared secrets",
            json!([{"issuer": "https://issuer.example", "audience": "diapason", "algorithms": ["HS256"]}]),
        ),
        (
            "no algorithm at all",
            json!([{"issuer": "https://issuer.example", "audience": "diapason", "algorithms": []}]),
        ),
        ("no client at all", json!([{"issuer": "https://issuer.example", "audience": "diapason", "clients": []}])),
        ("no list", good.clone()),
    ] {
        let (accepted, said) = check(issuers, SERVER_KEY);
        assert!(!accepted && said.contains("DIAPASON_ISSUERS"), "{name}: {said}");
    }
    assert!(!check(json!([good]), "short").0);
}
