//! Values at the edge: bounded, in one form, or refused with what was expected.

use serde_json::{Value, json};

use crate::policy::{knock, rows};
use crate::support::contract::{Operation, operations, resolved};
use crate::support::{Client, World};

/// A value that a property's schema forbids, in the way that the schema offers first.
fn forbidden(schema: &Value) -> Value {
    let schema = resolved(schema);
    let kind =
        |name: &str| schema["type"] == name || schema["type"].as_array().is_some_and(|all| all.contains(&name.into()));
    let format = schema["format"].as_str().unwrap_or_default();
    let length = |name: &str| usize::try_from(schema[name].as_u64().unwrap()).unwrap();
    match format {
        _ if schema["enum"].is_array() => json!("not-a-value"),
        "date" => json!("0026-01-01"),
        "date-time" => json!("+12026-01-01T00:00:00Z"),
        "uuid" => json!("not-a-uuid"),
        _ if kind("string") && schema["maxLength"].is_u64() => json!("a".repeat(length("maxLength") + 1)),
        _ if kind("string") => json!(1),
        _ if kind("integer") || kind("number") => json!(schema["maximum"].as_f64().unwrap() + 1.0),
        _ if kind("boolean") => json!("yes"),
        _ if kind("array") && schema["maxItems"].is_u64() => json!(vec![Value::Null; length("maxItems") + 1]),
        _ => json!(1),
    }
}

/// The pointers of a problem.
fn pointers(problem: &Value) -> Vec<String> {
    let errors = problem["errors"].as_array().cloned().unwrap_or_default();
    errors.iter().map(|error| error["pointer"].as_str().unwrap().to_owned()).collect()
}

/// What every entry of `errors` has: a sentence in each language, and what is expected where the contract says it.
fn usable(operation: &Operation, problem: &Value) {
    for error in problem["errors"].as_array().unwrap() {
        let detail = error["detail"].as_str().unwrap();
        assert!(detail.ends_with('.') && detail.len() > 10, "{}: {error}", operation.id);
        if error["code"] == "invalid" && error["pointer"] != "" {
            assert!(error["expected"].is_object(), "{}: {error} does not say what is expected", operation.id);
        }
    }
}

#[test]
fn every_wrong_field_of_every_body_is_told_at_once() {
    let world = crate::policy::world();
    let sig = world.client("sig-admin");
    let before = world.database.digest();
    let (mut bodies, mut fields) = (0, 0);
    for row in rows() {
        let Some(body) = row.operation.body() else { continue };
        let properties = body["properties"].as_object().unwrap();
        let wrong: Value = properties
            .iter()
            .map(|(name, schema)| (name.clone(), forbidden(schema)))
            .collect::<serde_json::Map<_, _>>()
            .into();
        let address = knock(&world, &row).address;
        for (language, words) in
            [("fr", ["attendue", "possibles", "au plus"]), ("en", ["Expected", "Possible", "at most"])]
        {
            let headers = [("if-match", "*"), ("idempotency-key", "every-wrong-field"), ("accept-language", language)];
            let told =
                sig.send(&row.operation.method, &address, &headers, Some(wrong.clone())).refused(422, "invalid").json();
            for name in properties.keys() {
                let there =
                    |pointer: &String| *pointer == format!("/{name}") || pointer.starts_with(&format!("/{name}/"));
                assert!(pointers(&told).iter().any(there), "{} /{name}: {told}", row.operation.id);
            }
            usable(&row.operation, &told);
            let said = told["errors"].to_string();
            assert!(words.iter().any(|word| said.contains(word)), "{}: {said}", row.operation.id);
            let other = if language == "fr" { "xpected:" } else { "attendue" };
            assert!(!said.contains(other), "{}: {said}", row.operation.id);
        }
        // Each alone, which the reader might take.
        for name in properties.keys() {
            let headers = [("if-match", "*"), ("idempotency-key", "one-wrong-field")];
            let alone = json!({name: wrong[name]});
            let told = sig.send(&row.operation.method, &address, &headers, Some(alone)).refused(422, "invalid").json();
            let there = |pointer: &String| *pointer == format!("/{name}") || pointer.starts_with(&format!("/{name}/"));
            assert!(pointers(&told).iter().any(there), "{} /{name} alone: {told}", row.operation.id);
        }
        missed(&sig, &row.operation, &address, &body);
        bodies += 1;
        fields += properties.len();
    }
    assert_eq!(before, world.database.digest());
    println!("{fields} fields of {bodies} bodies");
    assert!(bodies > 60 && fields > 250, "{fields} fields of {bodies} bodies");
}

/// What must be there is missed by its name, all of it.
fn missed(sig: &Client, operation: &Operation, address: &str, body: &Value) {
    let required: Vec<String> =
        body["required"].as_array().into_iter().flatten().map(|it| format!("/{}", it.as_str().unwrap())).collect();
    if !required.is_empty() {
        let headers = [("if-match", "*"), ("idempotency-key", "every-missing-field")];
        let told = sig.send(&operation.method, address, &headers, Some(json!({}))).refused(422, "invalid").json();
        assert_eq!(
            pointers(&told).into_iter().collect::<std::collections::BTreeSet<_>>(),
            required.into_iter().collect(),
            "{}",
            operation.id
        );
        for error in told["errors"].as_array().unwrap() {
            assert_eq!((&error["code"], &error["detail"]), (&json!("missing"), &json!("Ce champ est obligatoire.")));
        }
    }
}

#[test]
fn every_wrong_parameter_of_every_query_is_told_at_once() {
    let world = crate::policy::world();
    let sig = world.client("sig-admin");
    let mut queries = 0;
    for row in rows().into_iter().filter(|row| row.operation.method == "GET") {
        let parameters = row.operation.spec["parameters"].as_array().cloned().unwrap_or_default();
        let names: Vec<_> = parameters.iter().filter(|it| it["in"] == "query" && it["name"] != "cursor").collect();
        let bare = knock(&world, &row).address;
        let bare = bare.split('?').next().unwrap();
        let each = names.iter().map(|it| {
            let wrong = match forbidden(&it["schema"]) {
                Value::String(text) => text,
                Value::Array(_) => "not-a-value".to_owned(),
                Value::Number(_) if resolved(&it["schema"])["type"] == "string" => "\u{200b}".to_owned(),
                other => other.to_string(),
            };
            form_urlencoded::Serializer::new(String::new()).append_pair(it["name"].as_str().unwrap(), &wrong).finish()
        });
        let each: Vec<_> = each.collect();
        for (name, wrong) in names.iter().map(|it| it["name"].as_str().unwrap()).zip(&each) {
            let told = sig.get(&format!("{bare}?{wrong}")).refused(422, "invalid").json();
            let there = |pointer: &String| *pointer == format!("/{name}") || pointer.starts_with(&format!("/{name}/"));
            assert!(pointers(&told).iter().any(there), "{} {name} alone: {told}", row.operation.id);
        }
        let query = each.join("&");
        if query.is_empty() || query.len() > 7_000 {
            continue;
        }
        let told = sig.get(&format!("{bare}?{query}&colour=red")).refused(422, "invalid").json();
        for name in names.iter().map(|it| it["name"].as_str().unwrap()).chain(["colour"]) {
            let there = |pointer: &String| *pointer == format!("/{name}") || pointer.starts_with(&format!("/{name}/"));
            assert!(pointers(&told).iter().any(there), "{} {name}: {told}", row.operation.id);
        }
        usable(&row.operation, &told);
        queries += 1;
    }
    assert!(queries > 40, "{queries}");
}

/// What an operation does not know is never taken for something that counts.
#[test]
fn a_parameter_that_no_operation_knows_is_refused_by_each() {
    let world = crate::policy::world();
    let sig = world.client("sig-admin");
    let before = world.database.digest();
    for row in rows() {
        let address = knock(&world, &row).address;
        let sign = if address.contains('?') { '&' } else { '?' };
        let headers = [("if-match", "*"), ("idempotency-key", "unknown-parameter")];
        let told =
            sig.send(&row.operation.method, &format!("{address}{sign}dry_run=true"), &headers, row.operation.example());
        let told = told.refused(422, "invalid").json();
        assert_eq!((pointers(&told), &told["errors"][0]["code"]), (vec!["/dry_run".to_owned()], &json!("unknown")));
    }
    assert_eq!(before, world.database.digest());
}

/// Every entry of a problem: its pointer, its code and what people read.
fn told(problem: &Value) -> Vec<(String, String, String)> {
    let text = |error: &Value, field: &str| error[field].as_str().unwrap().to_owned();
    let all = problem["errors"].as_array().unwrap().iter();
    all.map(|error| (text(error, "pointer"), text(error, "code"), text(error, "detail"))).collect()
}

/// A body of thousands of wrong names costs little to refuse, and is told of the first hundred.
#[test]
fn no_more_is_told_than_a_form_shows() {
    let world = World::shared();
    let sig = world.client("sig-admin");
    let began = std::time::Instant::now();
    let many: serde_json::Map<_, _> = (0..10_000).map(|number| (format!("champ{number}"), json!(0))).collect();
    let none: serde_json::Map<_, _> = (0..10_000).map(|number| (format!("champ{number}"), Value::Null)).collect();
    for body in [Value::from(many), Value::from(none)] {
        let told = sig.post("/members", body).refused(422, "invalid").json();
        assert_eq!(told["errors"].as_array().unwrap().len(), 100);
    }
    let query: Vec<_> = (0..4_000).map(|number| format!("champ{number}=0")).collect();
    for path in ["/members", "/enums"] {
        let told = sig.get(&format!("{path}?{}", query.join("&"))).refused(422, "invalid").json();
        assert_eq!(told["errors"].as_array().unwrap().len(), 100, "{path}");
    }
    assert!(began.elapsed() < crate::support::pace::promised(10), "{:?}", began.elapsed());
    let odd = sig.post("/members", json!({"name:fr": 1, "a/b": null, "": 1, "x".repeat(700): 1}));
    let at = pointers(&odd.refused(422, "invalid").json());
    for pointer in ["/name:fr", "/a~1b", "/"] {
        assert!(at.contains(&pointer.to_owned()), "{pointer}: {at:?}");
    }
    assert!(
        !at.iter().any(|it| it == "/name" || it.contains("expected")) && at.iter().all(|it| it.len() <= 500),
        "{at:?}"
    );
}

#[test]
fn a_form_is_told_what_would_do() {
    let world = World::shared();
    let sig = world.client("sig-admin");
    let points = |points: Value| {
        sig.patch(&format!("/organizations/{}", world.organization("SIG")), "*", json!({"contact_points": points}))
            .refused(422, "invalid")
            .json()
    };
    let said = told(&points(json!([
        {"kind": "email", "value": "a"},
        {"kind": "phone", "value": "b"},
        {"kind": "fax", "value": "https://www.exemple.example/"},
        {"kind": "form", "value": "javascript:alert(1)"},
        {"kind": "phone", "value": "01 23 45 67 89"},
    ])));
    let pointers: Vec<_> = said.iter().map(|it| it.0.as_str()).collect();
    let expected =
        ["/contact_points/0/value", "/contact_points/1/value", "/contact_points/2/kind", "/contact_points/3/value"];
    assert_eq!(pointers, expected);
    for (place, words) in [(0, "adresse électronique"), (1, "numéro de téléphone"), (2, "email, phone"), (3, "http")]
    {
        assert!(said[place].2.contains(words), "{:?}", said[place]);
    }
    let preview = |operation: Value| {
        let body = json!({"title": "Essai", "operations": [operation]});
        told(&sig.post("/reorganizations/preview", body).refused(422, "invalid").json())
    };
    let of_type = preview(json!({"type": "Rename"}));
    assert_eq!(of_type[0].0, "/operations/0/type");
    assert!(of_type[0].2.contains("merge, relink, rename, split"), "{of_type:?}");
    let id = world.organization("SIG");
    let into = preview(json!({"type": "merge", "organization_ids": [id], "into": {}}));
    assert_eq!(into[0].0, "/operations/0/into");
    assert!(into[0].2.contains("exactement un") && into[0].2.contains("organization_id"), "{into:?}");
    let network = |body: Value| told(&sig.post("/networks", body).refused(422, "invalid").json());
    let code = network(json!({"code": "Zz", "name": "a\u{ad}b", "purpose": "x".repeat(30_000)}));
    let detail = |pointer: &str| code.iter().find(|it| it.0 == pointer).map(|it| it.2.as_str()).unwrap_or_default();
    assert!(detail("/code").contains("lettres minuscules"), "{code:?}");
    assert_eq!(detail("/name"), "Le caractère U+00AD, à la position 2, n’est pas admis\u{a0}: supprimez-le.");
    assert!(detail("/purpose").starts_with("Ce texte compte 30000 caractères"), "{code:?}");
    for query in ["limit=5&limit=5", "q=a&q=b"] {
        let twice = told(&sig.get(&format!("/organizations?{query}")).refused(422, "invalid").json());
        assert_eq!((twice.len(), twice[0].1.as_str()), (1, "repeated"), "{twice:?}");
    }
}

#[test]
fn what_is_expected_is_said_for_people_and_programs() {
    let world = World::shared();
    let sig = world.client("sig-admin");
    let at = |body: Value| sig.post("/members", body).refused(422, "invalid").json();
    let told = at(
        json!({"given_name": "", "usual_name": "Exemple", "email": "nulle part", "phones": ["12"], "profile_visibility": "x",
        "affiliation": {"organization_id": "x", "profession": 3, "valid_from": "demain"}, "colour": "red", "languages": null}),
    );
    let expected = [
        (
            "/affiliation/organization_id",
            "invalid",
            "Valeur attendue\u{a0}: un identifiant UUID, par exemple 01900000-0000-7000-8000-000000000002.",
        ),
        (
            "/affiliation/valid_from",
            "invalid",
            "Valeur attendue\u{a0}: un instant AAAA-MM-JJThh:mm:ssZ (RFC 3339), de 1900 à 2199, par exemple 2026-12-15T09:00:00Z.",
        ),
        (
            "/email",
            "invalid",
            "Valeur attendue\u{a0}: une adresse électronique, par exemple camille.exemple@interieur.example.",
        ),
        ("/given_name", "invalid", "Valeur attendue\u{a0}: un texte de 1 à 100 caractères visibles, sur une ligne."),
        ("/languages", "invalid", "Valeur attendue\u{a0}: une liste de 0 à 10 éléments."),
        ("/profile_visibility", "invalid", "Valeurs possibles\u{a0}: all_members, networks, leads."),
        ("/colour", "unknown", "Ce champ n’existe pas ici."),
    ];
    for (pointer, code, detail) in expected {
        let found = told["errors"].as_array().unwrap().iter().find(|error| error["pointer"] == pointer);
        let found = found.unwrap_or_else(|| panic!("{pointer}: {told}"));
        assert_eq!((&found["code"], &found["detail"]), (&json!(code), &json!(detail)));
    }
    let phone = told["errors"].as_array().unwrap().iter().find(|error| error["pointer"] == "/phones/0").unwrap();
    assert!(phone["detail"].as_str().unwrap().contains("+33123456789"), "{phone}");
    let visibility =
        told["errors"].as_array().unwrap().iter().find(|error| error["pointer"] == "/profile_visibility").unwrap();
    assert_eq!(visibility["expected"]["values"], json!(["all_members", "networks", "leads"]));
    // Checksums are told beside what the schema says.
    let told = sig.post("/organizations", json!({"kind": "circus", "name": "Agence", "siren": "130025266", "sirets": ["13002526500013", "13002526500014"]}));
    assert_eq!(pointers(&told.refused(422, "invalid").json()), ["/kind", "/siren", "/sirets/1"]);
}

#[test]
fn broken_json_is_told_by_line_and_column() {
    let world = World::shared();
    let sig = world.client("sig-admin");
    let post = |body: &str| {
        sig.raw("POST", "/members", &[("content-type", "application/json")], body.into())
            .refused(400, "malformed")
            .json()
    };
    let told = post("{\n  \"given_name\": \"Camille\",\n  \"usual_name\": Exemple\n}");
    assert_eq!((&told["line"], &told["column"]), (&json!(3), &json!(17)));
    assert_eq!(told["detail"], "Le JSON est incorrect à la ligne 3, colonne 17.");
    assert_eq!(post("")["line"], 1);
    let deep = "{\"a\":".repeat(33) + "1" + &"}".repeat(33);
    assert!(post(&deep)["detail"].as_str().unwrap().contains("32"));
}

#[test]
fn an_answer_to_a_bad_value_never_repeats_it() {
    let world = World::shared();
    let secret = "s3cret-\u{200b}";
    let told = world
        .client("sig-admin")
        .post("/members", json!({"given_name": secret, "usual_name": secret, "affiliation": secret}));
    assert!(!told.refused(422, "invalid").text().contains("s3cret"));
}

/// Every schema and parameter of the contract has bounds: what has none lets anything pass.
#[test]
fn nothing_of_the_contract_is_without_bounds() {
    fn walk(value: &Value, at: &str, wrong: &mut Vec<String>) {
        if let Some(object) = value.as_object() {
            let kind = |name: &str| {
                object
                    .get("type")
                    .is_some_and(|it| it == name || it.as_array().is_some_and(|all| all.contains(&name.into())))
            };
            let has = |name: &str| object.contains_key(name);
            if kind("string") && !has("enum") && !has("const") && !has("maxLength") {
                wrong.push(format!("{at}: a string without maxLength"));
            }
            if kind("string")
                && object.get("format").is_some_and(|it| it == "date" || it == "date-time")
                && !has("pattern")
            {
                wrong.push(format!("{at}: a date without bounds"));
            }
            if (kind("integer") || kind("number")) && !(has("minimum") && has("maximum")) {
                wrong.push(format!("{at}: a number without bounds"));
            }
            if kind("array") && at.contains("Input") && !has("maxItems") {
                wrong.push(format!("{at}: a list without maxItems"));
            }
            for (name, inner) in
                object.iter().filter(|(name, _)| !["example", "examples", "enum"].contains(&name.as_str()))
            {
                walk(inner, &format!("{at}/{name}"), wrong);
            }
        }
        for inner in value.as_array().into_iter().flatten() {
            walk(inner, at, wrong);
        }
    }
    let (document, mut wrong) = (api::document(), Vec::new());
    walk(&document["components"]["schemas"], "", &mut wrong);
    for operation in operations() {
        walk(&operation.spec["parameters"], &operation.id, &mut wrong);
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

/// Patterns are read by RE2, PCRE, Java and ECMAScript alike: no `\\u`, no character beyond ASCII, no look-around.
#[test]
fn patterns_are_read_everywhere() {
    fn walk(value: &Value, found: &mut Vec<String>) {
        if let Some(pattern) = value.get("pattern").and_then(Value::as_str) {
            found.push(pattern.to_owned());
        }
        let inner = value.as_object().into_iter().flat_map(|object| object.values());
        inner.chain(value.as_array().into_iter().flatten()).for_each(|inner| walk(inner, found));
    }
    let mut found = Vec::new();
    walk(&api::document(), &mut found);
    assert!(!found.is_empty());
    for pattern in found {
        let plain = pattern.is_ascii() && !["\\u", "\\p", "(?"].iter().any(|odd| pattern.contains(odd));
        assert!(plain, "{pattern}");
    }
}

/// No operation has two kinds of success, and no two of a tag differ only by a word that generators drop.
#[test]
fn operations_are_told_apart_by_every_generator() {
    let mut seen = std::collections::BTreeMap::new();
    for operation in operations() {
        let successes: Vec<_> = operation.spec["responses"]
            .as_object()
            .unwrap()
            .keys()
            .filter(|status| status.starts_with('2'))
            .cloned()
            .collect();
        assert_eq!(successes.len(), 1, "{}: {successes:?}", operation.id);
        let tag = operation.spec["tags"][0].as_str().unwrap().trim_end_matches('s').to_owned();
        let singular = |word: &str| word.trim_end_matches('s').to_owned();
        let dropped = ["all", "my", "a", "the", "of", "one"];
        let words: Vec<_> = operation
            .id
            .split('_')
            .map(singular)
            .filter(|word| !dropped.contains(&word.as_str()) && *word != tag)
            .collect();
        if let Some(other) = seen.insert((tag, words.join("_")), operation.id.clone()) {
            panic!("{} and {other} are told apart by a word that generators drop", operation.id);
        }
    }
    let schemas = api::document()["components"]["schemas"].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    for name in &schemas {
        assert!(!name.strip_prefix("New").is_some_and(|rest| schemas.iter().any(|other| other == rest)), "{name}");
    }
}
