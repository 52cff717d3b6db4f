//! Users: whom a directory sees, what it may say of them, and what it leaves as others say it.

use serde_json::{Value, json};

use super::{COMMUNICANT, CORE, Directory, ENTERPRISE, encoded, refused, someone};
use crate::support::World;
use crate::support::pace::{promised, until};

fn replace(path: &str, value: &Value) -> Value {
    json!([{"op": "replace", "path": path, "value": value}])
}

#[test]
fn a_user_is_made_found_changed_and_removed() {
    let world = World::demo();
    let directory = Directory::of_a_ministry(&world);
    let made = directory.post("/Users", &someone("Alba")).expect(201);
    let (id, body) = (made.str("/id"), made.json());
    let location = format!("{}/scim/v2/Users/{id}", world.base);
    assert_eq!((made.header("location"), made.header("etag")), (location.as_str(), r#"W/"1""#));
    assert_eq!(
        body["meta"],
        json!({"resourceType": "User", "location": location, "version": r#"W/"1""#,
        "created": body["meta"]["created"], "lastModified": body["meta"]["created"]})
    );
    assert_eq!(body["emails"], json!([{"value": "alba@travail.example", "type": "work"}]));
    assert_eq!(directory.get(&format!("/Users/{id}")).expect(200).json(), body);
    // The member stands in the API, invited, in the organization of the account.
    let admin = world.client("sig-admin");
    let member = admin.get(&format!("/members/{id}")).expect(200).json();
    assert_eq!((&member["status"], &member["field_sources"]["email"]), (&json!("invited"), &json!("annuaire-travail")));
    assert_eq!(member["affiliations"][0]["organization"]["id"], json!(world.organization("MTRAV")));
    let places = admin.get(&format!("/members/{id}/affiliations")).expect(200).json();
    assert_eq!(places["items"][0]["managed_by"], json!("annuaire-travail"));
    // All of it in its place.
    let mut whole = someone("Alba");
    whole["title"] = json!("Cheffe de bureau");
    whole[ENTERPRISE] = json!({"department": "Bureau de presse"});
    whole[COMMUNICANT] = json!({"profession": "press_officer"});
    whole["phoneNumbers"] = json!([{"value": "01 42 75 80 00", "type": "work"}, {"value": "poste 3412"}]);
    let put = directory.send("PUT", &format!("/Users/{id}"), &whole).expect(200).json();
    assert_eq!(
        (&put["title"], &put[COMMUNICANT]),
        (&json!("Cheffe de bureau"), &json!({"position": "Cheffe de bureau", "profession": "press_officer"}))
    );
    assert_eq!(put["phoneNumbers"], json!([{"value": "+33142758000", "type": "work"}]));
    // The same again changes nothing.
    let again = directory.send("PUT", &format!("/Users/{id}"), &whole).expect(200).json();
    assert_eq!(again, put);
    let less = directory.patch(&format!("/Users/{id}"), &json!([{"op": "remove", "path": "title"}])).expect(200).json();
    assert_eq!((&less["title"], &less[COMMUNICANT]["position"]), (&Value::Null, &Value::Null));
    directory.delete(&format!("/Users/{id}")).expect(204);
    refused(&directory.get(&format!("/Users/{id}")), 404, "");
    refused(&directory.delete(&format!("/Users/{id}")), 404, "");
    assert_eq!(admin.get(&format!("/members/{id}")).expect(200).str("/status"), "suspended");
    assert!(directory.found(r#"userName eq "alba@travail.example""#).is_empty());
    // The name is free; who comes back is the same member.
    let back = directory.post("/Users", &someone("Alba")).expect(201);
    assert_eq!((back.str("/id"), back.at("/active")), (id.clone(), json!(true)));
    assert_eq!(admin.get(&format!("/members/{id}")).expect(200).str("/status"), "invited");
}

#[test]
fn a_leaver_is_suspended_at_once_with_their_tokens() {
    let world = World::demo();
    let directory =
        Directory::new(&world, "MTRAV", "director-sociaux", "annuaire", &["directory:read", "directory:write"]);
    let id = directory.user("Leaver");
    world.database.run(&format!(
        "INSERT INTO identity (issuer, subject, principal_id, created_at) VALUES ('urn:diapason:development', '{id}', '{id}', app.clock());
         UPDATE member SET activated_at = app.clock() WHERE id = '{id}'"
    ));
    let person = world.client("Leaver@travail.example");
    person.get("/members").expect(200);
    // Text, as Entra sends it.
    let left = directory
        .patch(&format!("/Users/{id}"), &json!([{"op": "Replace", "path": "active", "value": "False"}]))
        .expect(200);
    assert_eq!(left.at("/active"), json!(false));
    until(promised(3), "the token of a leaver", || person.get("/members").status == 403);
    let admin = world.client("sig-admin");
    assert_eq!(admin.get(&format!("/members/{id}")).expect(200).str("/status"), "suspended");
    directory.patch(&format!("/Users/{id}"), &replace("active", &json!(true))).expect(200);
    assert_eq!(admin.get(&format!("/members/{id}")).expect(200).str("/status"), "active");
    // Whom the SIG suspended, the directory does not bring back: it is told so.
    let member = admin.get(&format!("/members/{id}")).expect(200);
    admin.act(&format!("/members/{id}/suspend"), member.header("etag"), None).expect(200);
    let still = directory.patch(&format!("/Users/{id}"), &replace("active", &json!(true))).expect(200);
    assert_eq!(
        (still.at("/active"), &still.json()[COMMUNICANT]["lockedAttributes"]),
        (json!(false), &json!(["active"]))
    );
}

#[test]
fn what_others_keep_stays_and_is_named() {
    let world = World::demo();
    let directory = Directory::of_a_ministry(&world);
    let admin = world.client("sig-admin");
    let new = json!({"given_name": "Lise", "usual_name": "Ancienne", "email": "lise@travail.example",
        "affiliation": {"organization_id": world.organization("MTRAV"), "position": "Chargée de mission"}});
    let member = admin.post("/members", new).expect(201).str("/id");
    // The organization keeps her already: she is adopted, and what people said of her stays.
    let mut said = someone("Lise");
    said["title"] = json!("Autre fonction");
    let adopted = directory.post("/Users", &said).expect(201);
    assert_eq!(adopted.str("/id"), member);
    let body = adopted.json();
    assert_eq!((&body["name"]["familyName"], &body["title"]), (&json!("Ancienne"), &json!("Chargée de mission")));
    let locked: Vec<&str> =
        body[COMMUNICANT]["lockedAttributes"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert_eq!(locked, ["name.givenName", "name.familyName", "emails", "title"]);
    // What nobody said is the directory's from now on.
    let phones = replace("phoneNumbers", &json!([{"value": "+33142758000"}]));
    directory.patch(&format!("/Users/{member}"), &phones).expect(200);
    let shown = admin.get(&format!("/members/{member}")).expect(200);
    assert_eq!(
        (shown.at("/phones"), shown.at("/field_sources/phones")),
        (json!(["+33142758000"]), json!("annuaire-travail"))
    );
    assert_eq!(shown.at("/field_sources/usual_name"), json!("manual"));
    // From the adoption on it says whether she works there.
    directory.patch(&format!("/Users/{member}"), &replace("active", &json!(false))).expect(200);
    assert_eq!(admin.get(&format!("/members/{member}")).expect(200).str("/status"), "suspended");
}

#[test]
fn names_that_are_taken_are_refused_without_a_word_about_their_holders() {
    let world = World::demo();
    let (own, other) = (
        Directory::of_a_ministry(&world),
        Directory::new(&world, "MJ", "sig-admin", "annuaire-mj", &["directory:read", "directory:write"]),
    );
    let id = own.user("Premier");
    // Sent again, it is the same; with another identifier, or another name, it is not.
    assert_eq!(own.post("/Users", &someone("Premier")).expect(201).str("/id"), id);
    let with = |field: &str, value: &str| {
        let mut it = someone("Premier");
        it[field] = json!(value);
        it["emails"] = json!([{"value": "neuf@travail.example"}]);
        it
    };
    refused(&own.post("/Users", &with("externalId", "autre")), 409, "uniqueness");
    refused(&own.post("/Users", &with("userName", "autre")), 409, "uniqueness");
    let mut without = someone("premier");
    without.as_object_mut().unwrap().remove("externalId");
    refused(&own.post("/Users", &without), 409, "uniqueness");
    // Another directory has names of its own, and no word over addresses of others.
    let mut same = someone("Premier");
    refused(&other.post("/Users", &same), 409, "uniqueness");
    same["emails"] = json!([{"value": "second@justice.example"}]);
    let second = other.post("/Users", &same).expect(201).str("/id");
    assert_ne!(second, id);
    refused(&other.get(&format!("/Users/{id}")), 404, "");
    refused(&other.patch(&format!("/Users/{id}"), &replace("title", &json!("x"))), 404, "");
    refused(&other.delete(&format!("/Users/{id}")), 404, "");
    refused(
        &other.patch(&format!("/Users/{second}"), &replace("emails", &json!([{"value": "premier@travail.example"}]))),
        409,
        "uniqueness",
    );
    let third = own.user("Troisieme");
    refused(
        &own.patch(&format!("/Users/{third}"), &replace("userName", &json!("PREMIER@travail.example"))),
        409,
        "uniqueness",
    );
    refused(&own.patch(&format!("/Users/{third}"), &replace("externalId", &json!("id-Premier"))), 409, "uniqueness");
}

#[test]
fn another_establishment_moves_the_member() {
    let world = World::demo();
    let admin = world.client("sig-admin");
    let below = admin
        .get(&format!("/organizations?kind=central_administration&parent_id={}", world.organization("MTRAV")))
        .expect(200);
    let (below, siret) = (below.str("/items/0/id"), "13002526500013");
    let etag = admin.get(&format!("/organizations/{below}")).expect(200).header("etag").to_owned();
    admin.patch(&format!("/organizations/{below}"), &etag, json!({"sirets": [siret]})).expect(200);
    let directory = Directory::of_a_ministry(&world);
    let id = directory.user("Mobile");
    let elsewhere = replace(&format!("{COMMUNICANT}:siret"), &json!(siret));
    let moved = directory.patch(&format!("/Users/{id}"), &elsewhere).expect(200).json();
    assert_eq!(moved[COMMUNICANT]["siret"], json!(siret));
    let all = directory.get(&format!("/Users/{id}?attributes={}", encoded(COMMUNICANT))).expect(200).json();
    assert_eq!(all[COMMUNICANT]["affiliations"][0]["value"], json!(below));
    assert_eq!(all[COMMUNICANT]["affiliations"][0]["managedBy"], json!("annuaire-travail"));
    let places = admin.get(&format!("/members/{id}/affiliations")).expect(200).json();
    let held: Vec<bool> = places["items"].as_array().unwrap().iter().map(|it| it.get("valid_to").is_none()).collect();
    assert_eq!(held, [true, false], "the former place ended");
    // The same again moves nobody; where the account keeps nobody, nobody is moved.
    assert_eq!(directory.patch(&format!("/Users/{id}"), &elsewhere).expect(200).json()["meta"], moved["meta"]);
    let schema = directory.get(&format!("/Schemas/{COMMUNICANT}")).expect(200).json();
    assert_eq!(schema["attributes"][0]["canonicalValues"], json!([siret]));
    refused(
        &directory.patch(&format!("/Users/{id}"), &replace("siret", &json!("35600000000048"))),
        400,
        "invalidValue",
    );
    let far = format!("/organizations/{}", world.organization("MJ"));
    let etag = admin.get(&far).expect(200).header("etag").to_owned();
    admin.patch(&far, &etag, json!({"sirets": ["35600000000048"]})).expect(200);
    refused(&directory.patch(&format!("/Users/{id}"), &replace("siret", &json!("35600000000048"))), 403, "");
}

#[test]
fn what_is_not_a_user_is_refused_and_changes_nothing() {
    let world = World::demo();
    let directory = Directory::of_a_ministry(&world);
    let count = || world.database.one("SELECT count(*)::text AS it FROM change");
    let before = count();
    let with = |field: &str, value: Value| {
        let mut it = someone("Faux");
        it[field] = value;
        it
    };
    for (body, kind) in [
        (json!({}), "invalidSyntax"),
        (json!({"schemas": [CORE]}), "invalidValue"),
        (with("schemas", json!(["urn:ietf:params:scim:schemas:core:2.0:Group"])), "invalidSyntax"),
        (with("usrName", json!("x")), "invalidSyntax"),
        (with("userName", json!("")), "invalidValue"),
        (with("userName", json!("a\u{0}b")), "invalidValue"),
        (with("userName", json!("a".repeat(255))), "invalidValue"),
        (with("name", json!({"givenName": "A"})), "invalidValue"),
        (with("name", json!({"givenName": "A\u{202e}", "familyName": "B"})), "invalidValue"),
        (with("emails", json!([{"value": "no address"}])), "invalidValue"),
        (with("active", json!("perhaps")), "invalidValue"),
        (with("preferredLanguage", json!("français")), "invalidValue"),
        (with(COMMUNICANT, json!({"siret": "12345678901234"})), "invalidValue"),
        (with(COMMUNICANT, json!({"profession": "wizard"})), "invalidValue"),
    ] {
        refused(&directory.post("/Users", &body), 400, kind);
    }
    let raw = |kind: &str, body: &str| {
        directory.client.raw("POST", "/scim/v2/Users", &[("content-type", kind)], body.as_bytes().to_vec())
    };
    refused(&raw("application/scim+json", "{"), 400, "invalidSyntax");
    refused(&raw("application/scim+json", &"[".repeat(10_000)), 400, "invalidSyntax");
    refused(&raw("text/plain", "{}"), 415, "");
    refused(&raw("application/json", &format!("\"{}\"", "a".repeat(300_000))), 413, "");
    refused(&directory.get("/Users/nobody"), 404, "");
    refused(&directory.get("/Nothing"), 404, "");
    refused(&directory.client.raw("PUT", "/scim/v2/Users", &[], Vec::new()), 405, "");
    let nobody = world.nobody().get("/scim/v2/Users");
    refused(&nobody, 401, "");
    assert!(nobody.header("www-authenticate").starts_with("Bearer"));
    assert_eq!(count(), before);
}

#[test]
fn versions_are_compared_where_the_client_asks_for_it() {
    let world = World::demo();
    let directory = Directory::of_a_ministry(&world);
    let path = format!("/Users/{}", directory.user("Version"));
    let change = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": replace("title", &json!("A"))});
    let first = directory.get(&path).expect(200);
    let tag = first.header("etag").to_owned();
    let known = directory.client.raw("GET", &format!("/scim/v2{path}"), &[("if-none-match", &tag)], Vec::new());
    assert_eq!((known.status, known.bytes.len(), known.header("etag")), (304, 0, tag.as_str()));
    let second = directory.with("PATCH", &path, &[("if-match", &tag)], &change).expect(200);
    assert_ne!(second.header("etag"), tag);
    refused(&directory.with("PATCH", &path, &[("if-match", &tag)], &change), 412, "");
    refused(&directory.with("PUT", &path, &[("if-match", r#""nonsense""#)], &someone("Version")), 412, "");
    directory.with("PATCH", &path, &[("if-match", "*")], &change).expect(200);
    refused(&directory.client.raw("DELETE", &format!("/scim/v2{path}"), &[("if-match", &tag)], Vec::new()), 412, "");
    // What people change is another version too.
    let now = directory.get(&path).expect(200);
    let id = now.str("/id");
    let admin = world.client("sig-admin");
    let etag = admin.get(&format!("/members/{id}")).expect(200).header("etag").to_owned();
    admin.patch(&format!("/members/{id}"), &etag, json!({"profile_visibility": "leads"})).expect(200);
    assert_ne!(directory.get(&path).expect(200).header("etag"), now.header("etag"));
}

#[test]
fn a_key_opens_scim_alone_and_no_longer_than_it_is_in_force() {
    let world = World::demo();
    let directory = Directory::of_a_ministry(&world);
    directory.get("/Users").expect(200);
    directory.client.get("/members").refused(401, "unauthenticated");
    let used = world.database.one(&format!(
        "SELECT (last_used_at IS NOT NULL)::text AS it FROM service_account_key WHERE service_account_id = '{}'",
        directory.account
    ));
    assert_eq!(used, "true");
    let secret = directory.key["secret"].as_str().unwrap();
    let wrong = crate::support::Client::new(&world.base, Some(secret.replace("dpn_", "dpn-")));
    refused(&wrong.get("/scim/v2/Users"), 401, "");
    let admin = world.client("sig-admin");
    let key = format!("/service-account-keys/{}", directory.key["id"].as_str().unwrap());
    let etag = admin.get(&key).expect(200).header("etag").to_owned();
    admin.act(&format!("{key}/revoke"), &etag, None).expect(200);
    refused(&directory.post("/Users", &someone("Trop-tard")), 401, "");
    until(promised(3), "a revoked key", || directory.get("/Users").status == 401);
}

#[test]
fn scim_is_for_service_accounts_with_a_directory() {
    let world = World::demo();
    for persona in ["sig-admin", "director-sociaux", "observer"] {
        let client = world.client(persona);
        refused(&client.get("/scim/v2/Users"), 403, "");
        refused(&client.get("/scim/v2/Schemas"), 403, "");
        let me = client.get("/scim/v2/Me").expect(200);
        assert_eq!(me.str("/id"), client.get("/me").expect(200).str("/id"));
        assert_eq!(me.str("/meta/resourceType"), "User");
    }
    let reader = Directory::new(&world, "MTRAV", "director-sociaux", "lecture", &["directory:read"]);
    reader.get("/Users").expect(200);
    refused(&reader.get("/Groups"), 403, "");
    refused(&reader.post("/Users", &someone("Refus")), 403, "");
    refused(&reader.get("/Me"), 404, "");
    // The owner's rights are the account's: where they keep nobody, nor does it.
    let weak = Directory::new(&world, "MTRAV", "member", "faible", &["directory:read", "directory:write"]);
    refused(&weak.post("/Users", &someone("Refus")), 403, "");
}
