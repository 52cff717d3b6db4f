//! Tokens for scripts: how a service account shows who it is, what it is given, and how soon what is taken back is gone.

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use p256::SecretKey;
use p256::elliptic_curve::sec1::ToEncodedPoint as _;
use p256::pkcs8::EncodePrivateKey as _;
use serde_json::{Value, json};

use crate::mail::morning;
use crate::support::client::Reply;
use crate::support::database::Database;
use crate::support::pace::until;
use crate::support::{Client, World};

const FORM: &str = "application/x-www-form-urlencoded";
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A service account of the ministère du Travail, for which its director answers, with a secret.
struct Script {
    account: String,
    key: Reply,
}

impl Script {
    fn new(world: &World, scopes: &[&str]) -> Self {
        let admin = world.client("sig-admin");
        let new = json!({"name": "Annuaire du Travail", "organization_id": world.organization("MTRAV"), "scopes": scopes,
            "owner_id": world.member("director-sociaux"), "source_code": "annuaire-travail", "expires_at": "2190-01-01T00:00:00Z"});
        let account = admin.post("/service-accounts", new).expect(201).str("/id");
        let key = admin.post(&format!("/service-accounts/{account}/keys"), json!({})).expect(201);
        Self { account, key }
    }

    fn secret(&self) -> String {
        self.key.str("/secret")
    }

    /// A client with a token for all of its scopes.
    fn client(&self, world: &World) -> Client {
        let token = ask(world, &self.basic(), "grant_type=client_credentials").expect(200).str("/access_token");
        Client::new(&world.base, Some(token))
    }

    fn basic(&self) -> String {
        basic(&self.account, &self.secret())
    }
}

fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
}

/// Asks for a token, with the header `Authorization` where it is not empty.
fn ask(world: &World, authorization: &str, form: &str) -> Reply {
    to("/oauth/token", world, authorization, form)
}

fn to(endpoint: &str, world: &World, authorization: &str, form: &str) -> Reply {
    let mut headers = vec![("content-type", FORM)];
    if !authorization.is_empty() {
        headers.push(("authorization", authorization));
    }
    world.nobody().raw("POST", endpoint, &headers, form.as_bytes().to_vec())
}

fn new_member(world: &World, organization: &str) -> Value {
    json!({"given_name": "Odile", "usual_name": "Essai", "affiliation": {"organization_id": world.organization(organization)}})
}

/// Waits until a read is refused; no longer than rights are remembered.
fn gone(client: &Client) {
    let began = Instant::now();
    while client.get("/me").status == 200 {
        assert!(began.elapsed() < Duration::from_millis(2500), "rights that were taken back are remembered");
        std::thread::sleep(Duration::from_millis(50));
    }
    client.get("/me").refused(401, "unauthenticated");
}

#[test]
fn a_script_shows_its_secret_and_writes_within_its_scopes_and_its_owners_rights() {
    let world = World::demo();
    let script = Script::new(&world, &["directory:read", "directory:write"]);
    let secret = script.secret();
    assert!(secret.starts_with("dpn_") && secret.len() == 64, "{secret}");
    let given = ask(&world, &script.basic(), "grant_type=client_credentials").expect(200);
    assert_eq!((given.str("/token_type"), given.at("/expires_in")), ("Bearer".into(), json!(600)));
    assert_eq!(given.str("/scope"), "directory:read directory:write");
    assert_eq!(given.header("cache-control"), "no-store");
    let client = Client::new(&world.base, Some(given.str("/access_token")));
    assert_eq!(client.get("/me").expect(200).str("/id"), script.account);
    let created = client.post("/members", new_member(&world, "MTRAV")).expect(201);
    client.post("/members", new_member(&world, "MJ")).refused(403, "forbidden");
    let sources = format!("SELECT field_sources::text AS it FROM member WHERE id = '{}'", created.str("/id"));
    assert!(world.database.one(&sources).contains("annuaire-travail"));
    // In the form too, and for less than all.
    let form = format!(
        "grant_type=client_credentials&client_id={}&client_secret={secret}&scope=directory%3Aread",
        script.account
    );
    let less = ask(&world, "", &form).expect(200);
    assert_eq!(less.str("/scope"), "directory:read");
    let reader = Client::new(&world.base, Some(less.str("/access_token")));
    reader.get("/members").expect(200);
    reader.post("/members", new_member(&world, "MTRAV")).refused(403, "forbidden");
    // Who answers for it sees that it was used, and the log by which key.
    let director = world.client("director-sociaux");
    let key = director.get(&format!("/service-account-keys/{}", script.key.str("/id"))).expect(200);
    assert!(key.at("/last_used_at").is_string() && key.at("/secret").is_null(), "{}", key.text());
    assert!(director.get(&format!("/service-accounts/{}", script.account)).expect(200).at("/last_used_at").is_string());
    assert_eq!(world.audit().iter().filter(|line| *line == "issue_token done").count(), 2);
    // Neither the secret nor a trace of it is kept.
    let kept = "SELECT count(*)::text AS it FROM (SELECT to_jsonb(k)::text AS line FROM service_account_key k UNION ALL SELECT to_jsonb(h)::text FROM history h UNION ALL SELECT to_jsonb(d)::text FROM idempotency_key d) l WHERE line LIKE '%@%'";
    assert_eq!(world.database.one(&kept.replace('@', &secret[15..58])), "0");
}

#[test]
fn what_is_revoked_is_gone_at_the_next_write_and_within_two_seconds_for_reads() {
    let world = World::demo();
    let admin = world.client("sig-admin");
    let revoke = |kind: &str, id: &str| {
        let address = format!("/{kind}/{id}");
        admin.act(&format!("{address}/revoke"), admin.get(&address).expect(200).etag(), None).expect(200)
    };
    // A token alone.
    let script = Script::new(&world, &["directory:read", "directory:write"]);
    let (one, other) = (script.client(&world), script.client(&world));
    one.get("/me").expect(200);
    let form = format!("token={}&token_type_hint=access_token", one.token.as_ref().unwrap());
    assert!(to("/oauth/revoke", &world, &script.basic(), &form).expect(200).bytes.is_empty());
    one.post("/members", new_member(&world, "MTRAV")).refused(401, "unauthenticated");
    gone(&one);
    other.post("/members", new_member(&world, "MTRAV")).expect(201);
    // That again, and what is no token of ours, needs no revoking.
    to("/oauth/revoke", &world, &script.basic(), &form).expect(200);
    to("/oauth/revoke", &world, &script.basic(), "token=nonsense").expect(200);
    let another = Script::new(&world, &["directory:read"]);
    let foreign = to("/oauth/revoke", &world, &another.basic(), &format!("token={}", other.token.as_ref().unwrap()));
    assert_eq!((foreign.status, foreign.str("/error")), (400, "unauthorized_client".into()));
    // A key, with what it opened.
    assert_eq!(revoke("service-account-keys", &script.key.str("/id")).str("/status"), "revoked");
    other.post("/members", new_member(&world, "MTRAV")).refused(401, "unauthenticated");
    gone(&other);
    assert_eq!(
        ask(&world, &script.basic(), "grant_type=client_credentials").expect(401).str("/error"),
        "invalid_client"
    );
    // The account.
    let client = another.client(&world);
    client.get("/me").expect(200);
    assert_eq!(revoke("service-accounts", &another.account).str("/status"), "revoked");
    gone(&client);
    admin.post(&format!("/service-accounts/{}/keys", another.account), json!({})).refused(409, "invalid_transition");
    ask(&world, &another.basic(), "grant_type=client_credentials").expect(401);
}

#[test]
fn a_script_has_no_more_than_its_owner_has_left() {
    let world = World::demo();
    let admin = world.client("sig-admin");
    let script = Script::new(&world, &["directory:read", "directory:write"]);
    let client = script.client(&world);
    client.post("/members", new_member(&world, "MTRAV")).expect(201);
    // A scope that is taken away is gone from tokens that exist.
    let address = format!("/service-accounts/{}", script.account);
    let patch = |body: Value| admin.patch(&address, admin.get(&address).expect(200).etag(), body).expect(200);
    patch(json!({"scopes": ["directory:read"]}));
    client.post("/members", new_member(&world, "MTRAV")).refused(403, "forbidden");
    patch(json!({"scopes": ["directory:read", "directory:write"]}));
    client.post("/members", new_member(&world, "MTRAV")).expect(201);
    // The owner loses the role over the ministry.
    let role = format!("/role-assignments?member_id={}", world.member("director-sociaux"));
    for held in admin.walk(&role) {
        let held = format!("/role-assignments/{}", held["id"].as_str().unwrap());
        admin.act(&format!("{held}/end"), admin.get(&held).etag(), Some(json!({}))).expect(200);
    }
    client.post("/members", new_member(&world, "MTRAV")).refused(403, "forbidden");
    client.get("/members").expect(200);
    // The owner is suspended: so is the script, and it gets no token any more.
    let member = format!("/members/{}", world.member("director-sociaux"));
    admin.act(&format!("{member}/suspend"), admin.get(&member).etag(), None).expect(200);
    client.post("/members", new_member(&world, "MTRAV")).refused(403, "suspended");
    assert_eq!(admin.get(&address).expect(200).str("/status"), "suspended");
    ask(&world, &script.basic(), "grant_type=client_credentials").expect(401);
}

#[test]
fn a_secret_is_replaced_while_both_are_good_and_a_third_key_is_one_too_many() {
    let world = World::timed();
    let script = Script::new(&world, &["directory:read"]);
    let director = world.client("director-sociaux");
    let keys = format!("/service-accounts/{}/keys", script.account);
    let address = format!("/service-account-keys/{}", script.key.str("/id"));
    let seen = director.get(&address).expect(200);
    let rotated = director.act(&format!("{address}/rotate"), seen.etag(), Some(json!({}))).expect(200);
    let fresh = rotated.str("/secret");
    assert_ne!((rotated.str("/id"), &fresh), (script.key.str("/id"), &script.secret()));
    let good = |secret: &str| ask(&world, &basic(&script.account, secret), "grant_type=client_credentials").status;
    assert_eq!((good(&script.secret()), good(&fresh)), (200, 200));
    director.post(&keys, json!({})).refused(409, "quota_full");
    let newer = format!("/service-account-keys/{}", rotated.str("/id"));
    director.act(&format!("{newer}/rotate"), director.get(&newer).etag(), Some(json!({}))).refused(409, "quota_full");
    assert_eq!(director.walk(&keys).len(), 2);
    world.pass(chrono::TimeDelta::hours(25));
    assert_eq!((good(&script.secret()), good(&fresh)), (401, 200));
    let director = world.client("director-sociaux");
    // Sent again by accident, it shows no secret and makes no second key.
    let once = |body: Value| {
        let headers = [("idempotency-key", "once")];
        director.send("POST", &keys, &headers, Some(body))
    };
    let made = once(json!({})).expect(201);
    let again = once(json!({})).expect(201);
    assert_eq!(made.str("/id"), again.str("/id"));
    assert!(made.at("/secret").is_string() && again.at("/secret").is_null());
    for (body, pointer) in [
        (json!({"expires_at": "2020-01-01T00:00:00Z"}), "/expires_at"),
        (json!({"expires_at": "2099-01-01T00:00:00Z"}), "/expires_at"),
        (json!({"keep_until": "2020-01-01T00:00:00Z"}), "/keep_until"),
        (json!({"keep_until": "2099-01-01T00:00:00Z"}), "/keep_until"),
    ] {
        let another = made.str("/id");
        let another = format!("/service-account-keys/{another}");
        // One of the two has to go first: what is wrong is told then.
        let left = director.walk(&format!("{keys}?status=active"));
        for key in left.iter().filter(|key| key["id"] != made.str("/id").as_str()) {
            let key = format!("/service-account-keys/{}", key["id"].as_str().unwrap());
            director.act(&format!("{key}/revoke"), director.get(&key).etag(), None).expect(200);
        }
        let refused = director.act(&format!("{another}/rotate"), director.get(&another).etag(), Some(body));
        assert_eq!(refused.refused(422, "invalid").str("/errors/0/pointer"), pointer);
    }
}

#[test]
fn the_token_endpoint_says_what_is_wrong_in_the_words_of_rfc_6749() {
    let world = World::demo();
    let script = Script::new(&world, &["directory:read"]);
    let (id, secret, right) = (script.account.clone(), script.secret(), script.basic());
    let wrong_secret = format!("{}{}", &secret[..58], "_00000");
    let other = Script::new(&world, &["directory:read"]);
    let grant = "grant_type=client_credentials";
    for (authorization, form, status, error) in [
        ("", grant.to_owned(), 401, "invalid_client"),
        ("Basic nonsense", grant.to_owned(), 401, "invalid_client"),
        ("Bearer nonsense", grant.to_owned(), 401, "invalid_client"),
        (&basic(&id, &wrong_secret), grant.to_owned(), 401, "invalid_client"),
        (&basic(&id, ""), grant.to_owned(), 401, "invalid_client"),
        (&basic(&id, &"x".repeat(10_000)), grant.to_owned(), 401, "invalid_client"),
        (&basic(&other.account, &secret), grant.to_owned(), 401, "invalid_client"),
        (&basic("nobody", &secret), grant.to_owned(), 401, "invalid_client"),
        (&right, format!("{grant}&client_id={id}&client_secret={secret}"), 400, "invalid_request"),
        (&right, format!("{grant}&client_id={}", other.account), 400, "invalid_request"),
        (&right, format!("{grant}&client_assertion=x"), 400, "invalid_request"),
        (&right, format!("{grant}&{grant}"), 400, "invalid_request"),
        (&right, String::new(), 400, "invalid_request"),
        (&right, "grant_type=".into(), 400, "invalid_request"),
        (&right, format!("{grant}&scope=%00"), 400, "invalid_request"),
        (&right, "a=".to_owned() + &"x".repeat(40_000), 400, "invalid_request"),
        (&right, "grant_type=password&username=a&password=b".into(), 400, "unsupported_grant_type"),
        (&right, format!("{grant}&scope=directory:write"), 400, "invalid_scope"),
        (&right, format!("{grant}&scope=everything"), 400, "invalid_scope"),
        (&right, format!("{grant}&scope=directory:read%20%20directory:read"), 400, "invalid_scope"),
    ] {
        let reply = ask(&world, authorization, &form);
        let short: String = form.chars().take(80).collect();
        assert_eq!(
            (reply.status, reply.at("/error")),
            (status, json!(error)),
            "{authorization} {short}: {}",
            reply.text()
        );
        assert!(reply.at("/error_description").is_string() && reply.header("cache-control") == "no-store");
        assert_eq!(reply.header("www-authenticate").starts_with("Basic "), status == 401);
    }
    let json = world.nobody().raw("POST", "/oauth/token", &[("content-type", "application/json")], b"{}".to_vec());
    assert_eq!((json.status, json.str("/error")), (400, "invalid_request".into()));
    assert_eq!(world.nobody().get("/oauth/token").status, 405);
    // A parameter without a value counts as omitted, one that is unknown is ignored, the secret may be percent-encoded.
    let encoded = format!("Basic {}", STANDARD.encode(format!("{id}:{}", secret.replace('_', "%5F"))));
    ask(&world, &encoded, &format!("{grant}&scope=&resource=https%3A%2F%2Felsewhere.example")).expect(200);
}

/// A key of a script: its private half, and what is registered of it.
fn key(seed: u8) -> (EncodingKey, Value) {
    let secret = SecretKey::from_slice(&[seed; 32]).unwrap();
    let point = secret.public_key().to_encoded_point(false);
    let part = |part: Option<&p256::FieldBytes>| URL_SAFE_NO_PAD.encode(part.unwrap());
    let public = json!({"kty": "EC", "crv": "P-256", "x": part(point.x()), "y": part(point.y())});
    (EncodingKey::from_ec_der(secret.to_pkcs8_der().unwrap().as_bytes()), public)
}

fn with_assertion(world: &World, assertion: &str) -> Reply {
    let form = format!("grant_type=client_credentials&client_assertion_type={JWT_BEARER}&client_assertion={assertion}");
    ask(world, "", &form)
}

#[test]
fn a_script_that_signs_for_itself_is_believed_once_for_a_short_while_and_for_us_alone() {
    let database = Database::demo();
    let settings = [
        ("DIAPASON_SERVER_KEY", "0123456789012345678901234567890123"),
        ("DIAPASON_PUBLIC_URL", "https://diapason.example"),
    ];
    let worlds = [0, 1].map(|_| World::over(database.clone(), &settings));
    let world = &worlds[0];
    let script = Script::new(world, &["directory:read"]);
    let (private, public) = key(7);
    let keys = format!("/service-accounts/{}/keys", script.account);
    let director = world.client("director-sociaux");
    let registered = director.post(&keys, json!({"public_key": public})).expect(201);
    assert_eq!((registered.str("/kind"), registered.str("/name").len()), ("public_key".into(), 43));
    let issuer = "https://diapason.example";
    let now = kernel::clock::now().timestamp();
    let claims = |jti: &str| json!({"iss": script.account, "sub": script.account, "aud": issuer, "jti": jti, "iat": now, "exp": now + 60});
    let sign =
        |claims: &Value, by: &EncodingKey| jsonwebtoken::encode(&Header::new(Algorithm::ES256), claims, by).unwrap();
    let good = sign(&claims("once"), &private);
    let given = with_assertion(world, &good).expect(200);
    // The other instance neither takes it a second time, nor needs to be told of the token.
    assert_eq!(with_assertion(&worlds[1], &good).expect(401).str("/error"), "invalid_client");
    assert_eq!(with_assertion(world, &good).expect(401).str("/error"), "invalid_client");
    let token = given.str("/access_token");
    let elsewhere = Client::new(&worlds[1].base, Some(token.clone()));
    assert_eq!(elsewhere.get("/me").expect(200).str("/id"), script.account);
    let changed = |field: &str, value: Value| {
        let mut claims = claims(&format!("{field}-{value}"));
        claims[field] = value;
        sign(&claims, &private)
    };
    let (stranger, _) = key(9);
    for (why, assertion) in [
        ("another key", sign(&claims("stranger"), &stranger)),
        ("for another", changed("aud", json!("https://elsewhere.example"))),
        ("for us and another", changed("aud", json!([issuer, "https://elsewhere.example"]))),
        ("for the endpoint", changed("aud", json!(format!("{issuer}/oauth/token")))),
        ("expired", changed("exp", json!(now - 60))),
        ("too long", changed("exp", json!(now + 900))),
        ("long ago", changed("iat", json!(now - 900))),
        ("not yet", changed("nbf", json!(now + 120))),
        ("of another subject", changed("sub", json!("someone"))),
        ("without a name", changed("jti", json!(""))),
        ("nonsense", "a.b.c".to_owned()),
    ] {
        let reply = with_assertion(world, &assertion);
        assert_eq!((reply.status, reply.at("/error")), (401, json!("invalid_client")), "{why}: {}", reply.text());
    }
    with_assertion(world, &changed("aud", json!([issuer]))).expect(200);
}

#[test]
fn what_verifies_no_signature_is_no_key() {
    let world = World::demo();
    let script = Script::new(&world, &["directory:read"]);
    let (_, public) = key(7);
    let keys = format!("/service-accounts/{}/keys", script.account);
    let director = world.client("director-sociaux");
    for wrong in [
        json!({"kty": "EC"}),
        json!({"kty": "EC", "crv": "P-256", "x": "AAAA", "y": "AAAA"}),
        json!({"kty": "RSA", "n": "AQAB", "e": "AQAB"}),
    ] {
        let refused = director.post(&keys, json!({"public_key": wrong})).refused(422, "invalid");
        assert_eq!(refused.str("/errors/0/pointer"), "/public_key");
    }
    let private = json!({"kty": "EC", "crv": "P-256", "x": public["x"], "y": public["y"], "d": "AAAA"});
    director.post(&keys, json!({"public_key": private})).refused(422, "invalid");
    director.post(&keys, json!({"public_key": public})).expect(201);
    // Once on an account, until it is revoked; it may serve another account too.
    let first = format!("/service-account-keys/{}", script.key.str("/id"));
    director.act(&format!("{first}/revoke"), director.get(&first).etag(), None).expect(200);
    let refused = director.post(&keys, json!({"public_key": public})).refused(409, "already_exists");
    assert_eq!(refused.str("/errors/0/pointer"), "/public_key");
    let known = director.walk(&format!("{keys}?status=active"));
    let known = format!("/service-account-keys/{}", known[0]["id"].as_str().unwrap());
    director.act(&format!("{known}/revoke"), director.get(&known).etag(), None).expect(200);
    director.post(&keys, json!({"public_key": public})).expect(201);
    let other = Script::new(&world, &["directory:read"]);
    director.post(&format!("/service-accounts/{}/keys", other.account), json!({"public_key": public})).expect(201);
}

#[test]
fn our_tokens_are_verified_by_what_we_publish() {
    let world = World::demo();
    let script = Script::new(&world, &["directory:read"]);
    let metadata = world.nobody().get("/.well-known/oauth-authorization-server").expect(200);
    assert_eq!(metadata.str("/issuer"), world.base);
    assert_eq!(metadata.str("/token_endpoint"), format!("{}/oauth/token", world.base));
    let published = world.nobody().get("/jwks").expect(200);
    assert_eq!(published.header("content-type"), "application/jwk-set+json");
    let keys: JwkSet = serde_json::from_value(published.json()).unwrap();
    let token = script.client(&world).token.unwrap();
    let head = jsonwebtoken::decode_header(&token).unwrap();
    assert_eq!(head.typ.as_deref(), Some("at+jwt"));
    let key = DecodingKey::from_jwk(keys.find(&head.kid.unwrap()).unwrap()).unwrap();
    let mut rules = Validation::new(Algorithm::ES256);
    rules.set_audience(&[&world.base]);
    rules.set_issuer(&[&world.base]);
    let claims = jsonwebtoken::decode::<Value>(&token, &key, &rules).unwrap().claims;
    assert_eq!(
        (claims["sub"].as_str(), claims["client_id"].as_str()),
        (Some(&*script.account), Some(&*script.account))
    );
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 600);
    // What another server signed for the same account is nobody's.
    let other = World::over(Database::demo(), &[("DIAPASON_SERVER_KEY", "another key that is long enough for it")]);
    let foreign = Client::new(&other.base, Some(token));
    foreign.get("/me").refused(401, "unauthenticated");
}

#[test]
fn who_answers_for_a_script_hears_of_what_is_done_to_it_and_of_its_end() {
    let world = World::timed();
    world.at("2027-03-01T10:00:00Z".parse().unwrap());
    let admin = world.client("sig-admin");
    let new = json!({"name": "Annuaire", "organization_id": world.organization("MTRAV"), "scopes": ["directory:read"],
        "owner_id": world.member("director-sociaux"), "expires_at": "2027-05-31T10:00:00Z"});
    let account = admin.post("/service-accounts", new).expect(201).str("/id");
    let keys = format!("/service-accounts/{account}/keys");
    let key = admin.post(&keys, json!({"expires_at": "2027-04-01T10:00:00Z"})).expect(201).str("/id");
    let told = |kind: &str, object: &str| {
        let director = world.client("director-sociaux");
        director.walk("/notifications").iter().filter(|it| it["kind"] == kind && it["object_id"] == object).count()
    };
    assert_eq!(told("service_account_changed", &account), 2, "it was created, and given a key");
    let reason = "parce que vous répondez de ce compte de service";
    until(Duration::from_secs(20), "the owner is written to", || {
        World::letters("director-sociaux@diapason.example", 1).iter().any(|it| it.contains(reason))
    });
    for (day, expected) in [
        ("2027-03-17", (0, 0)),
        ("2027-03-18", (1, 0)),
        ("2027-03-19", (1, 0)),
        ("2027-05-16", (1, 0)),
        ("2027-05-17", (1, 1)),
    ] {
        morning(&[&world], &format!("{day}T12:00:00Z"));
        let reminded = (told("service_account_expires", &key), told("service_account_expires", &account));
        assert_eq!(reminded, expected, "{day}");
    }
}

const EXCHANGE: &str = "grant_type=urn:ietf:params:oauth:grant-type:token-exchange&subject_token_type=urn:ietf:params:oauth:token-type:access_token";

/// A service at which people log in, and that holds their sessions.
fn intranet(world: &World, client: &str) -> Script {
    let admin = world.client("sig-admin");
    let new = json!({"name": "Intranet du Travail", "organization_id": world.organization("MTRAV"), "scopes": ["tokens:exchange"],
        "owner_id": world.member("director-sociaux"), "expires_at": "2190-01-01T00:00:00Z",
        "subject_clients": [{"issuer": api::auth::DEVELOPMENT_ISSUER, "client": client}]});
    let account = admin.post("/service-accounts", new).expect(201).str("/id");
    let key = admin.post(&format!("/service-accounts/{account}/keys"), json!({})).expect(201);
    Script { account, key }
}

#[test]
fn a_service_holds_the_session_of_a_person_for_ten_minutes_and_the_log_names_both() {
    let world = World::demo();
    let intranet = intranet(&world, "diapason-cli");
    let person = world.client("org-admin-34");
    let exchanged =
        |script: &Script, token: &str| ask(&world, &script.basic(), &format!("{EXCHANGE}&subject_token={token}"));
    let given = exchanged(&intranet, person.token.as_ref().unwrap()).expect(200);
    assert_eq!(given.str("/issued_token_type"), "urn:ietf:params:oauth:token-type:access_token");
    assert!(given.at("/expires_in") == json!(600) && given.at("/refresh_token").is_null(), "{}", given.text());
    let token = given.str("/access_token");
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    let member = world.member("org-admin-34");
    assert_eq!((claims["sub"].as_str(), claims["act"]["sub"].as_str()), (Some(&*member), Some(&*intranet.account)));
    // The rights are the person's, neither more nor less.
    let session = Client::new(&world.base, Some(token.clone()));
    assert_eq!(session.get("/me").expect(200).str("/id"), member);
    let created = session.post("/members", new_member(&world, "Préfecture de l'Hérault")).expect(201);
    assert_eq!(created.str("/created_by"), member);
    session.post("/members", new_member(&world, "MTRAV")).refused(403, "forbidden");
    let lines = world.client("sig-admin").walk(&format!("/audit-events?principal_id={member}&action=create_member"));
    assert_eq!(lines.len(), 2, "done, and refused");
    for line in lines {
        assert_eq!(line["principal_id"], intranet.account.as_str());
        assert_eq!(line["on_behalf_of"]["id"], member.as_str(), "{line}");
    }
    // What it holds is not exchanged again, nor is a token of a script, of a client that is not registered, or of nobody.
    let other = self::intranet(&world, "another-client");
    let stranger = World::token("stranger");
    let script = world.client("bot-mi").token.unwrap();
    for (who, shown) in [
        (&intranet, token.as_str()),
        (&intranet, "nonsense"),
        (&intranet, stranger.as_str()),
        (&other, person.token.as_ref().unwrap()),
    ] {
        let refused = exchanged(who, shown);
        assert_eq!((refused.status, refused.str("/error")), (400, "invalid_request".into()), "{}", refused.text());
    }
    assert_eq!(exchanged(&intranet, &script).status, 400);
    let plain = Script::new(&world, &["directory:read"]);
    assert_eq!(exchanged(&plain, person.token.as_ref().unwrap()).str("/error"), "unauthorized_client");
    for (more, error) in [
        ("&resource=https%3A%2F%2Felsewhere.example", "invalid_target"),
        ("&requested_token_type=urn:ietf:params:oauth:token-type:refresh_token", "invalid_request"),
        ("&actor_token=x", "invalid_request"),
        ("&scope=directory:read", "invalid_scope"),
    ] {
        let form = format!("{EXCHANGE}&subject_token={}{more}", person.token.as_ref().unwrap());
        assert_eq!(ask(&world, &intranet.basic(), &form).expect(400).str("/error"), error);
    }
}

#[test]
fn a_session_ends_with_the_right_to_hold_it_and_with_the_person() {
    let world = World::demo();
    let admin = world.client("sig-admin");
    let intranet = intranet(&world, "diapason-cli");
    let session = |persona: &str| {
        let form = format!("{EXCHANGE}&subject_token={}", world.client(persona).token.unwrap());
        Client::new(&world.base, Some(ask(&world, &intranet.basic(), &form).expect(200).str("/access_token")))
    };
    let (one, other) = (session("org-admin-34"), session("member"));
    let write = |who: &Client| who.post("/members", new_member(&world, "Préfecture de l'Hérault"));
    write(&one).expect(201);
    // The person loses the role: so does the session, at the next write.
    for held in admin.walk(&format!("/role-assignments?member_id={}", world.member("org-admin-34"))) {
        let held = format!("/role-assignments/{}", held["id"].as_str().unwrap());
        admin.act(&format!("{held}/end"), admin.get(&held).etag(), Some(json!({}))).expect(200);
    }
    write(&one).refused(403, "forbidden");
    let member = format!("/members/{}", world.member("org-admin-34"));
    admin.act(&format!("{member}/suspend"), admin.get(&member).etag(), None).expect(200);
    write(&one).refused(403, "suspended");
    // The account may hold no sessions any more.
    other.get("/me").expect(200);
    let address = format!("/service-accounts/{}", intranet.account);
    admin.patch(&address, admin.get(&address).etag(), json!({"scopes": ["networks:read"]})).expect(200);
    other.post("/members", new_member(&world, "MTRAV")).refused(401, "unauthenticated");
    gone(&other);
}

#[test]
fn who_reads_less_than_a_scope_gives_answers_for_no_script() {
    let world = World::demo();
    let admin = world.client("sig-admin");
    let new = |organization: &str, owner: &str, source: &str| {
        admin.post(
            "/service-accounts",
            json!({"name": "Script", "organization_id": world.organization(organization), "owner_id": world.member(owner),
                "source_code": source, "scopes": ["directory:read", "directory:write"], "expires_at": "2190-01-01T00:00:00Z"}),
        )
    };
    for owner in ["partner", "observer"] {
        assert_eq!(new("MTRAV", owner, "annuaire").refused(422, "invalid").str("/errors/0/pointer"), "/owner_id");
    }
    // Nor does one speak for those who load data, nor for people.
    for source in ["bulk", "manual", "dila"] {
        let refused = new("MTRAV", "director-sociaux", source).refused(422, "invalid");
        assert_eq!(refused.str("/errors/0/pointer"), "/source_code", "{source}");
    }
    // An owner who is moved to a partner takes the scopes along.
    let script = Script::new(&world, &["directory:read", "directory:write"]);
    let client = script.client(&world);
    let member = world.member("director-sociaux");
    assert_eq!(client.get(&format!("/members/{member}")).expect(200).str("/view"), "full");
    let partner =
        world.database.one("SELECT id::text AS it FROM organization WHERE origin = 'government_partner' LIMIT 1");
    world.database.run(&format!("UPDATE affiliation SET organization_id = '{partner}' WHERE member_id = '{member}'"));
    client.post("/members", new_member(&world, "MTRAV")).refused(403, "forbidden");
    std::thread::sleep(Duration::from_millis(2100));
    assert_eq!(client.get(&format!("/members/{member}")).status, 404);
}

#[test]
fn a_refusal_spends_nothing_and_an_account_has_one_allowance() {
    let settings = [("DIAPASON_RATE_LIMITS", "on"), ("DIAPASON_SERVICE_RATE", "1:8")];
    let world = World::over(Database::demo(), &settings);
    let script = Script::new(&world, &["directory:read"]);
    let (private, public) = key(11);
    let keys = format!("/service-accounts/{}/keys", script.account);
    world.client("director-sociaux").post(&keys, json!({"public_key": public})).expect(201);
    let now = kernel::clock::now().timestamp();
    let claims =
        json!({"iss": script.account, "sub": script.account, "aud": world.base, "jti": "once", "exp": now + 60});
    let assertion = jsonwebtoken::encode(&Header::new(Algorithm::ES256), &claims, &private).unwrap();
    let form = |more: &str| {
        format!("grant_type=client_credentials&client_assertion_type={JWT_BEARER}&client_assertion={assertion}{more}")
    };
    assert_eq!(ask(&world, "", &form("&scope=networks:read")).expect(400).str("/error"), "invalid_scope");
    let long = "x".repeat(300);
    let headers = [("content-type", FORM), ("idempotency-key", long.as_str())];
    world.nobody().raw("POST", "/oauth/token", &headers, form("").into_bytes()).expect(200);
    assert_eq!(ask(&world, "", &form("")).expect(401).str("/error"), "invalid_client");
    let flood: Vec<_> = (0..12).map(|_| ask(&world, &script.basic(), "grant_type=client_credentials")).collect();
    let refused = flood.iter().find(|reply| reply.status == 429).expect("an account asks as often as it likes");
    assert_eq!(refused.str("/error"), "temporarily_unavailable");
    assert!(!refused.header("retry-after").is_empty());
}

#[test]
fn what_ends_takes_its_keys_along_and_an_owner_who_leaves_tells_the_next() {
    let world = World::demo();
    let admin = world.client("sig-admin");
    let script = Script::new(&world, &["directory:read"]);
    let address = format!("/service-accounts/{}", script.account);
    let seen = admin.get(&address).expect(200);
    let patch = json!({"owner_id": world.member("sig-coordinator")});
    admin.patch(&address, seen.etag(), patch).expect(200);
    for persona in ["director-sociaux", "sig-coordinator"] {
        let told = world.client(persona).walk("/notifications");
        assert!(told.iter().any(|it| it["kind"] == "service_account_changed"), "{persona}");
    }
    let owner = world.client("sig-coordinator");
    owner.act(&format!("{address}/revoke"), owner.get(&address).etag(), None).expect(200);
    let key = format!("/service-account-keys/{}", script.key.str("/id"));
    let ended = owner.get(&key).expect(200);
    assert_eq!(ended.str("/status"), "revoked");
    owner.act(&format!("{key}/rotate"), ended.etag(), Some(json!({}))).refused(409, "invalid_transition");
}

#[test]
fn a_service_that_holds_a_session_neither_makes_keys_nor_logs_in_for_the_person() {
    let world = World::demo();
    let intranet = intranet(&world, "diapason-cli");
    let session = |persona: &str| {
        let form = format!("{EXCHANGE}&subject_token={}", world.client(persona).token.unwrap());
        Client::new(&world.base, Some(ask(&world, &intranet.basic(), &form).expect(200).str("/access_token")))
    };
    let (owner, admin) = (session("director-sociaux"), session("sig-admin"));
    let address = format!("/service-accounts/{}", intranet.account);
    owner.post(&format!("{address}/keys"), json!({})).refused(403, "forbidden");
    let key = format!("/service-account-keys/{}", intranet.key.str("/id"));
    owner.act(&format!("{key}/rotate"), owner.get(&key).expect(200).etag(), Some(json!({}))).refused(403, "forbidden");
    let seen = admin.get(&address).expect(200);
    let actions = seen.at("/available_actions");
    assert!(!actions.as_array().unwrap().contains(&json!("update_service_account")), "{actions}");
    let wider = json!({"scopes": ["tokens:exchange", "directory:write"]});
    admin.patch(&address, seen.etag(), wider).refused(403, "forbidden");
    let new = json!({"name": "Autre", "organization_id": world.organization("MTRAV"), "scopes": ["directory:read"],
        "owner_id": world.member("director-sociaux"), "expires_at": "2190-01-01T00:00:00Z"});
    admin.post("/service-accounts", new).refused(403, "forbidden");
    let code = "AZAAAAAAcACAAAAAAAAAAf0Y2nCq2Vb1Qm0cW3r8S7tYkL5xPzH4uJdG9eRfTaBw";
    owner.post("/me/invitations/accept", json!({"code": code})).refused(403, "forbidden");
    owner.post("/me/bind", json!({})).refused(403, "forbidden");
    // What was done in their name is among what is held on a person.
    let export = world.client("director-sociaux").get("/me/data-export").expect(200);
    let held = export.at("/sections");
    let held: Vec<_> = held.as_array().unwrap().iter().filter(|it| it["name"] == "audit_event.on_behalf_of").collect();
    assert!(held.len() == 1 && held[0].to_string().contains("issue_token"), "{held:?}");
    // An idempotency key of the service is none of the person's own.
    let once = |client: &Client, name: &str| {
        let mut body = new_member(&world, "MTRAV");
        body["usual_name"] = name.into();
        client.send("POST", "/members", &[("idempotency-key", "mine")], Some(body))
    };
    let made = once(&owner, "Essai").expect(201).str("/id");
    assert_ne!(once(&world.client("director-sociaux"), "Autre").expect(201).str("/id"), made);
    assert_eq!(once(&owner, "Essai").expect(201).str("/id"), made, "sent again by the service, it is the same");
    // The session may be ended, and the account revoked, by way of the service itself.
    owner.act(&format!("{address}/revoke"), owner.get(&address).etag(), None).expect(200);
    gone(&admin);
}
