//! Bad input gets a precise problem, changes nothing, and is never a fault of ours.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::{Value, json};

use crate::policy::{knock, rows};
use crate::support::World;
use crate::support::contract::{operations, schema};
use crate::support::promised;

#[test]
fn the_errors_of_the_framework_are_problems_too() {
    let world = World::shared();
    let lead = world.client("lead-edito");
    lead.get("/nowhere").refused(404, "not_found");
    lead.get("/networks/NOT-A-CODE").refused(404, "not_found");
    lead.get("/networks/a%00b").refused(404, "not_found");
    lead.get("/organizations/42").refused(404, "not_found");
    for limit in ["201", "0", "-1", "1e3", "99999999999999999999", "a"] {
        assert_eq!(
            lead.get(&format!("/networks?limit={limit}")).refused(422, "invalid").str("/errors/0/pointer"),
            "/limit",
            "{limit}"
        );
    }
    assert_eq!(lead.get("/networks?colour=red").refused(422, "invalid").str("/errors/0/code"), "unknown");
    lead.get("/networks?limit=1&limit=2").refused(422, "invalid");
    lead.get("/networks?cursor=").refused(400, "invalid_cursor");
    let put = lead.send("PUT", "/networks", &[], None).refused(405, "method_not_allowed");
    assert_eq!(put.header("allow"), "GET, HEAD, POST");
    // An address that stands where an identifier may is none.
    let preview = lead.get("/reorganizations/preview").refused(405, "method_not_allowed");
    assert_eq!(preview.header("allow"), "POST");
    let large = lead.patch("/networks/edito", "\"1-000000000000\"", json!({"purpose": "a".repeat(300_000)}));
    large.refused(413, "payload_too_large");
    lead.raw("POST", "/networks", &[("content-type", "application/json")], vec![b'a'; 10_000_000])
        .refused(413, "payload_too_large");
    // Names of media types are read whatever their case and parameters (RFC 9110, section 8.3.1).
    for kind in
        ["application/json", "APPLICATION/JSON", "Application/Json; charset=UTF-8", "application/json;charset=utf-8"]
    {
        lead.raw("POST", "/networks", &[("content-type", kind)], b"{}".to_vec()).refused(422, "invalid");
    }
    for kind in ["application/merge-patch+json", "APPLICATION/MERGE-PATCH+JSON", "application/json"] {
        let headers = [("content-type", kind), ("if-match", "\"999\"")];
        lead.raw("PATCH", "/networks/edito", &headers, b"{}".to_vec()).refused(412, "stale");
    }
    for kind in [
        "text/plain",
        "application/xml",
        "multipart/form-data; boundary=x",
        "application/merge-patch+json",
        "application/jsonx",
    ] {
        lead.raw("POST", "/networks", &[("content-type", kind)], b"{}".to_vec()).refused(415, "unsupported_media_type");
    }
    lead.raw("POST", "/networks", &[], Vec::new()).refused(415, "unsupported_media_type");
    lead.raw("POST", "/networks", &[("content-type", "application/json"), ("content-encoding", "gzip")], vec![31, 139])
        .refused(415, "unsupported_media_type");
    for tag in ["1", "\"999\"", "W/\"1-000000000000\"", "W/\"1\"", "\"x-000000000000\"", "\"1-zz\"", ""] {
        lead.send("PATCH", "/networks/edito", &[("if-match", tag)], Some(json!({}))).refused(412, "stale");
    }
}

#[test]
fn what_is_no_json_of_ours_is_malformed() {
    let world = World::demo();
    let lead = world.client("lead-edito");
    let before = world.database.digest();
    let deep = |open: &str, times: usize| open.repeat(times).into_bytes();
    let bodies: Vec<Vec<u8>> = vec![
        b"".to_vec(),
        b"{".to_vec(),
        b"nonsense".to_vec(),
        b"{\"a\":}".to_vec(),
        b"{\"name\":\"\xff\"}".to_vec(),
        b"\xef\xbb\xbf{}".to_vec(),
        br#"{"name":"\ud800"}"#.to_vec(),
        br#"{"name":"\udc00x"}"#.to_vec(),
        deep("[", 100_000),
        deep("{\"a\":", 40_000),
        b"{} {}".to_vec(),
        b"{\"name\":\"a\x00b\"}".to_vec(),
        b"{'name':1}".to_vec(),
        b"{\"a\":NaN}".to_vec(),
    ];
    for body in bodies {
        let shown = String::from_utf8_lossy(&body[..body.len().min(30)]).into_owned();
        let reply = lead.raw(
            "PATCH",
            "/networks/edito",
            &[("content-type", "application/merge-patch+json"), ("if-match", "\"1-000000000000\"")],
            body,
        );
        assert_eq!((reply.status, reply.code().as_str()), (400, "malformed"), "{shown}: {}", reply.text());
    }
    for body in ["[]", "1", "\"a\"", "true", "null"] {
        let reply = lead.raw(
            "PATCH",
            "/networks/edito",
            &[("content-type", "application/merge-patch+json"), ("if-match", "\"1-000000000000\"")],
            body.into(),
        );
        assert_eq!(reply.status, 422, "{body}: {}", reply.text());
    }
    let repeated = br#"{"cadence":"weekly","cadence":"monthly"}"#.to_vec();
    let reply = lead.raw(
        "PATCH",
        "/networks/edito",
        &[("content-type", "application/merge-patch+json"), ("if-match", "\"1-000000000000\"")],
        repeated,
    );
    assert_eq!(reply.status, 422, "{}", reply.text());
    assert_eq!(before, world.database.digest());
}

#[test]
fn odd_texts_are_refused_and_accents_are_composed() {
    let world = World::demo();
    let sig = world.client("sig-admin");
    let new = |name: &str| json!({"kind": "operator", "name": name});
    for odd in [
        "a\u{0}b",
        "a\u{202e}b",
        "a\nb",
        "   ",
        "",
        "\u{200b}",
        "Aline Vert\u{200b}val",
        "a\u{2060}b",
        "a\u{ad}b",
        "a\u{3164}b",
        "a\u{2028}b",
        "a\u{fffe}b",
        "a\u{fffd}b",
        "\u{7}",
        &"a\u{301}".repeat(400),
        "e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}",
    ] {
        let reply = sig.post("/organizations", new(odd)).refused(422, "invalid");
        assert_eq!(reply.str("/errors/0/pointer"), "/name", "{odd:?}");
    }
    let composed = sig.post("/organizations", new("Pre\u{301}fecture")).expect(201);
    assert_eq!(composed.str("/name"), "Préfecture");
    for (field, bad) in [
        ("siren", json!("130025266")),
        ("website", json!("javascript:alert(1)")),
        ("website", json!("https://a@b.example")),
        ("sirets", json!(["13002526500014"])),
        ("email_domains", json!(["not a domain"])),
        ("territory_code", json!("dep-00")),
        ("parent_id", json!("x")),
        ("kind", json!("circus")),
        ("aliases", json!(vec!["a"; 21])),
    ] {
        let mut body = new("Agence");
        body[field] = bad;
        let pointer = sig.post("/organizations", body).refused(422, "invalid").str("/errors/0/pointer");
        assert!(pointer.starts_with(&format!("/{field}")), "{field} {pointer}");
    }
}

#[test]
fn french_unless_english_is_preferred() {
    let world = World::shared();
    let nobody = world.nobody();
    for (asked, title) in [
        ("", "Une authentification valide est nécessaire."),
        ("en-GB,fr;q=0.5", "Valid authentication is required."),
        ("fr;q=0.1, en;q=0.9", "Valid authentication is required."),
        ("de, fr, en;q=0.4", "Une authentification valide est nécessaire."),
        ("en; q=0.9, fr; q=0.1", "Valid authentication is required."),
        ("fr ;q=0, *", "Valid authentication is required."),
        ("en;q=0, *", "Une authentification valide est nécessaire."),
        ("*", "Une authentification valide est nécessaire."),
    ] {
        let reply =
            nobody.send("GET", "/networks", &[("accept-language", asked)], None).refused(401, "unauthenticated");
        assert_eq!(reply.str("/title"), title, "{asked}");
        assert!(reply.str("/instance").ends_with(reply.header("x-request-id")));
        assert!(reply.header("www-authenticate").starts_with("Bearer "));
        assert_eq!(reply.header("cache-control"), "no-store");
        assert!(reply.header("vary").starts_with("Authorization, Accept-Language"), "{}", reply.header("vary"));
    }
    for code in ["not_found", "last_lead", "stale"] {
        let told = nobody.get(&format!("/problems/{code}")).expect(200);
        assert_eq!(told.str("/code"), code);
    }
    nobody.get("/problems/unheard").refused(404, "not_found");
}

/// Values just beyond what a property allows.
fn beyond(property: &Value) -> Vec<Value> {
    let target = property.get("$ref").map(schema);
    let schema = target.as_ref().unwrap_or(property);
    let mut wrong = vec![json!({"of": "another kind"})];
    let number = |name: &str| schema[name].as_i64();
    if let Some(longest) = number("maxLength") {
        wrong.extend([json!("a".repeat(usize::try_from(longest).unwrap() + 1)), json!("a\0b")]);
    }
    if let Some(most) = number("maxItems") {
        wrong.push(json!(vec!["a"; usize::try_from(most).unwrap() + 1]));
    }
    wrong.extend(number("minimum").map(|least| json!(least - 1)));
    wrong.extend(number("maximum").map(|most| json!(most + 1)));
    if schema["type"].is_string() {
        wrong.push(Value::Null);
    }
    wrong
}

#[test]
fn every_bound_that_the_contract_states_is_kept() {
    let world = crate::policy::world();
    let sig = world.client("sig-admin");
    let before = world.database.digest();
    let mut checked = 0;
    for row in rows() {
        let (Some(body), Some(example)) = (row.operation.body(), row.operation.example()) else { continue };
        let address = knock(&world, &row).address;
        for (field, property) in body["properties"].as_object().unwrap() {
            for wrong in beyond(property) {
                let mut sent = example.clone();
                sent[field] = wrong.clone();
                let reply =
                    sig.send(&row.operation.method, &address, &[("if-match", "\"1-000000000000\"")], Some(sent));
                let pointer = reply.at("/errors/0/pointer");
                let there = pointer.as_str().is_some_and(|pointer| pointer.starts_with(&format!("/{field}")));
                assert!(reply.status == 422 && there, "{} {field} {wrong}: {}", row.operation.id, reply.text());
                checked += 1;
            }
        }
        let mut sent = example.clone();
        sent["naem"] = json!("typo");
        let error = sig
            .send(&row.operation.method, &address, &[("if-match", "\"1-000000000000\"")], Some(sent))
            .refused(422, "invalid")
            .at("/errors/0");
        assert_eq!((&error["pointer"], &error["code"]), (&json!("/naem"), &json!("unknown")), "a typo is never lost");
    }
    assert_eq!(before, world.database.digest());
    println!("bounds: {checked} checked over {} operations", operations().len());
    assert!(checked > 150);
}

#[test]
fn answers_carry_the_headers_that_browsers_need() {
    let world = World::over(
        crate::support::database::Database::demo(),
        &[("DIAPASON_CORS_ORIGINS", "https://intranet.example")],
    );
    let client = world.client("member");
    let reply = client.get("/networks").expect(200);
    assert_eq!(
        (reply.header("x-content-type-options"), reply.header("cache-control")),
        ("nosniff", "private, no-cache")
    );
    assert_eq!(reply.header("content-security-policy"), "default-src 'none'; frame-ancestors 'none'");
    let ask = [
        ("origin", "https://intranet.example"),
        ("access-control-request-method", "PATCH"),
        ("access-control-request-headers", "authorization,if-match"),
    ];
    let answer = world.nobody().send("OPTIONS", "/networks/edito", &ask, None).expect(200);
    assert_eq!(answer.header("access-control-allow-origin"), "https://intranet.example");
    let foreign = client.send("GET", "/networks", &[("origin", "https://evil.example")], None);
    assert_eq!(foreign.header("access-control-allow-origin"), "", "{}", foreign.text());
}

#[test]
fn slow_and_odd_talkers_are_cut() {
    let world = World::shared();
    let address = world.base.trim_start_matches("http://").to_owned();
    let talk = move |first: &str| {
        let mut stream = TcpStream::connect(&address).unwrap();
        stream.write_all(first.as_bytes()).unwrap();
        stream.set_read_timeout(Some(promised(15))).unwrap();
        let (began, mut answer) = (std::time::Instant::now(), Vec::new());
        let _ = stream.read_to_end(&mut answer);
        (began.elapsed().as_secs(), String::from_utf8_lossy(&answer).into_owned())
    };
    let token = world.client("sig-admin").token.unwrap();
    let heads = [
        "GET /api/v1/networks HTTP/1.1\r\nHost: a\r\nX-Slow: ".to_owned(),
        format!(
            "POST /api/v1/networks HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{{"
        ),
    ];
    let hands: Vec<_> = heads
        .into_iter()
        .map(|head| {
            let talk = talk.clone();
            std::thread::spawn(move || talk(&head))
        })
        .collect();
    for hand in hands {
        let (seconds, answer) = hand.join().unwrap();
        assert!(seconds < promised(15).as_secs(), "cut only after {seconds} s: {answer}");
        assert!(answer.contains("408"), "{answer}");
    }
    for odd in ["GET / HTTP/9.9\r\n\r\n", "\0\0\0\0", "GET /%zz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"] {
        let (_, answer) = talk(odd);
        assert!(!answer.contains("HTTP/1.1 5"), "{odd:?}: {answer}");
    }
    world.nobody().get("/livez").expect(200);
}

/// Everything that may be read may be asked after without being sent (RFC 9110, section 9.3.2).
#[test]
fn head_says_what_get_would() {
    let world = World::shared();
    let sig = world.client("sig-admin");
    let named = |operation: &crate::support::contract::Operation| {
        operation.address(if operation.path.contains("{code}") {
            "edito"
        } else {
            "01900000-0000-7000-8000-0000000000ff"
        })
    };
    let reads =
        operations().into_iter().filter(|operation| operation.method == "GET").map(|operation| named(&operation));
    let meta = [
        "/livez",
        "/readyz",
        "/openapi.json",
        "/docs/",
        "/problems/not_found",
        "/.well-known/api-catalog",
        "/conventions",
    ];
    let mut found = 0;
    for path in reads.chain(meta.map(str::to_owned)) {
        let token = sig.token.as_deref().unwrap();
        let ask = |method: &str| {
            let head = format!(
                "{method} {path} HTTP/1.1\r\nhost: here\r\nconnection: close\r\nauthorization: Bearer {token}\r\n\r\n"
            );
            crate::support::issuer::wire(&world.base, head.as_bytes())
        };
        let ask_both = || (ask("GET"), ask("HEAD"));
        let (mut get, mut head) = ask_both();
        if head.header("content-length") != get.header("content-length") {
            // Some answers tell their own moment, and one time in a thousand has fewer digits than the next.
            (get, head) = ask_both();
        }
        let same = ["content-type", "content-length", "etag", "cache-control", "link"];
        assert_eq!(head.status, get.status, "{path}");
        assert!(head.bytes.is_empty() && !get.bytes.is_empty(), "{path}: {}", head.text());
        if path.ends_with("/audit-events") || path.ends_with("/data-export") {
            // To have read it is the next line of it.
            continue;
        }
        for name in
            same.into_iter().filter(|name| *name != "content-length" || get.header("transfer-encoding").is_empty())
        {
            assert_eq!(head.header(name), get.header(name), "{path}: {name}");
        }
        found += usize::from(get.status == 200);
    }
    assert!(found > 15, "{found}");
    let nobody = world.nobody();
    nobody.send("HEAD", "/networks", &[], None).expect(401);
    nobody.send("HEAD", "/nowhere", &[], None).expect(404);
}
