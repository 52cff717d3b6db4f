//! Service accounts: what they keep is what their owner keeps of their organization, and only the fields that are theirs.

use serde_json::{Value, json};

use crate::support::{Client, World};

fn new(organization: &str) -> Value {
    json!({"given_name": "Odile", "usual_name": "Essai", "email": "odile@essai.example", "affiliation": {"organization_id": organization}})
}

fn patch(client: &Client, address: &str, body: Value) -> crate::support::client::Reply {
    client.patch(address, client.get(address).expect(200).etag(), body)
}

#[test]
fn a_service_account_keeps_the_members_of_its_organization_and_what_its_source_said() {
    let world = World::demo();
    let (bot, sig) = (world.client("bot-mi"), world.client("sig-admin"));
    let created = bot.post("/members", new(&world.organization("MI"))).expect(201);
    let address = created.header("location").to_owned();
    bot.post("/members", new(&world.organization("MJ"))).refused(403, "forbidden");
    patch(&bot, &address, json!({"usual_name": "Essai-Durand", "phones": ["+33140566000"]})).expect(200);
    let sources = format!("SELECT field_sources::text AS it FROM member WHERE id = '{}'", created.str("/id"));
    let owned: Value = serde_json::from_str(&world.database.one(&sources)).unwrap();
    assert_eq!((owned["usual_name"].as_str(), owned["phones"].as_str()), (Some("annuaire-mi"), Some("annuaire-mi")));

    // What a person says is a person's from then on; the rest stays the directory's.
    patch(&sig, &address, json!({"usual_name": "Essai-Martin"})).expect(200);
    let held =
        patch(&bot, &address, json!({"usual_name": "Essai", "languages": ["fr", "oc"]})).refused(403, "forbidden");
    assert_eq!(held.at("/errors").as_array().unwrap().len(), 1, "{}", held.text());
    assert_eq!((held.str("/errors/0/pointer"), held.str("/errors/0/code")), ("/usual_name".into(), "held".to_owned()));
    assert!(held.str("/detail").contains("autre source") && held.str("/errors/0/detail").contains("manual"));
    let card = sig.get(&address).expect(200);
    assert_eq!(
        (card.str("/usual_name"), card.at("/languages")),
        ("Essai-Martin".to_owned(), json!([])),
        "all or nothing"
    );
    patch(&bot, &address, json!({"usual_name": "Essai-Martin", "phones": []})).expect(200);
    let audit = world.audit();
    assert!(audit.iter().any(|line| line == "update_member refused forbidden"), "{audit:?}");
}

#[test]
fn a_service_account_has_no_more_than_its_scopes_its_owner_and_its_source() {
    let world = World::demo();
    let bot = world.client("bot-mi");
    let may = |expected: u16| {
        let organization = world.organization("MI");
        let reply = bot.post(
            "/members",
            json!({"given_name": "Odile", "usual_name": "Essai", "affiliation": {"organization_id": organization}}),
        );
        reply.expect(expected)
    };
    may(201);
    // Neither networks nor roles nor organizations are written by it, nor is the matrix read.
    bot.get("/tracking/matrix").refused(403, "forbidden");
    assert!(bot.walk("/role-assignments").is_empty());
    let account = "UPDATE service_account SET";
    world.database.run(&format!("{account} scopes = '{{directory:read,networks:read}}' WHERE name = 'bot-mi'"));
    may(403);
    world.database.run(&format!(
        "{account} scopes = '{{directory:read,directory:write}}', source_id = NULL WHERE name = 'bot-mi'"
    ));
    may(403);
    world.database.run(&format!(
        "{account} source_id = (SELECT id FROM source WHERE code = 'annuaire-mi') WHERE name = 'bot-mi'"
    ));
    may(201);
    world.database.run(&format!("{account} owner_id = '{}' WHERE name = 'bot-mi'", world.member("member")));
    may(403);
    world.database.run(&format!("{account} owner_id = '{}' WHERE name = 'bot-mi'", world.member("sig-coordinator")));
    may(201);
    // Even an owner who keeps everything lends it no more than its organization.
    bot.post("/members", new(&world.organization("MJ"))).refused(403, "forbidden");
}

/// Lets the account of the ministry describe organizations, its owner being the one named.
fn describing(world: &World, owner: &str) -> Client {
    let (bot, sig) = (world.client("bot-mi"), world.client("sig-admin"));
    let account = format!("/service-accounts/{}", bot.get("/me").expect(200).str("/id"));
    let scopes = json!(["directory:read", "organizations:write"]);
    patch(&sig, &account, json!({"scopes": scopes, "owner_id": world.member(owner)})).expect(200);
    bot
}

fn body_named(name: &str, above: &str, key: &str) -> Value {
    json!({"kind": "central_administration", "name": name, "parent_id": above, "external_id": key,
        "email_domains": ["essai.example"]})
}

#[test]
fn a_directory_of_the_sig_describes_the_organizations_below_its_own() {
    let world = World::demo();
    let (bot, sig) = (describing(&world, "sig-admin"), world.client("sig-admin"));
    let (own, other) = (world.organization("MI"), world.organization("MJ"));
    let created = bot.post("/organizations", body_named("Direction des essais", &own, "d-1")).expect(201);
    let id = created.str("/id");
    assert_eq!(created.at("/field_sources/name"), json!("annuaire-mi"));
    // A script knows it again, and only its own.
    let known = bot.get("/external-ids?noun=organization&value=d-1").expect(200).json();
    assert_eq!(
        (known["items"][0]["object_id"].as_str(), known["items"].as_array().map(Vec::len)),
        (Some(&*id), Some(1))
    );
    let twice =
        bot.post("/organizations", body_named("Direction des essais", &own, "d-1")).refused(409, "already_exists");
    assert_eq!(twice.str("/errors/0/pointer"), "/external_id");
    let office = bot.post("/organizations", body_named("Bureau des essais", &id, "d-2")).expect(201);
    let office_address = office.header("location").to_owned();
    // What lies elsewhere, stands at the top, or gives rights is the SIG's.
    bot.post("/organizations", body_named("Ailleurs", &other, "d-3")).refused(403, "forbidden");
    let top = json!({"kind": "operator", "name": "Sommet"});
    bot.post("/organizations", top).refused(403, "forbidden");
    for said in [
        json!({"origin_override": "observer"}),
        json!({"kind": "prime_minister_service"}),
        json!({"kind": "communication_directorate"}),
        json!({"kind": "prefecture", "prefecture_level": "department", "territory_code": "dep-34"}),
        json!({"siren": "552100554"}),
        json!({"sirets": ["55210055400013"]}),
    ] {
        let mut new = body_named("Passe-droit", &own, "d-3");
        new.as_object_mut().unwrap().extend(said.as_object().unwrap().clone());
        bot.post("/organizations", new).refused(403, "forbidden");
    }
    patch(&bot, &format!("/organizations/{other}"), json!({"website": "https://essai.example"}))
        .refused(403, "forbidden");
    for weighty in [
        json!({"kind": "operator"}),
        json!({"origin_override": "operator"}),
        json!({"parent_id": other}),
        json!({"parent_id": null}),
        json!({"siren": "552100554"}),
        json!({"sirets": ["55210055400013"]}),
    ] {
        patch(&bot, &office_address, weighty).refused(403, "forbidden");
    }
    patch(&bot, &format!("/organizations/{own}"), json!({"parent_id": null})).expect(200);
    bot.act(&format!("{office_address}/close"), office.etag(), None).refused(403, "forbidden");
    // It moves within what it describes; what it says again changes nothing.
    let moved = patch(
        &bot,
        &office_address,
        json!({"parent_id": own, "external_id": "d-2b", "kind": "central_administration"}),
    )
    .expect(200);
    assert_eq!(moved.str("/parent_id"), own);
    let again = patch(&bot, &office_address, json!({"parent_id": own, "external_id": "d-2b"})).expect(200);
    assert_eq!(again.at("/version"), moved.at("/version"));
    assert!(bot.get("/external-ids?noun=organization&value=d-2").expect(200).at("/items") == json!([]));
    let lines = "SELECT action || changed_fields::text AS it FROM audit_event WHERE object =";
    let lines = world.database.column(&format!("{lines} '{}'", office.str("/id")));
    assert!(lines.contains(&"update_organization{external_id}".to_owned()), "{lines:?}");
    // A name whose holder was closed is free.
    sig.act(&format!("{office_address}/close"), sig.get(&office_address).expect(200).etag(), None).expect(200);
    bot.post("/organizations", body_named("Bureau des épreuves", &id, "d-2b")).expect(201);
}

#[test]
fn what_people_say_of_an_organization_is_theirs_until_they_give_it_back() {
    let world = World::demo();
    let (bot, sig) = (describing(&world, "sig-admin"), world.client("sig-admin"));
    let new = body_named("Direction des essais", &world.organization("MI"), "d-1");
    let address = bot.post("/organizations", new).expect(201).header("location").to_owned();
    patch(&sig, &address, json!({"name": "Direction des épreuves"})).expect(200);
    let held =
        patch(&bot, &address, json!({"name": "Direction des essais", "short_name": "DE"})).refused(403, "forbidden");
    assert_eq!((held.str("/errors/0/pointer"), held.str("/errors/0/code")), ("/name".to_owned(), "held".to_owned()));
    let release = json!({"fields": ["name"]});
    let etag = || sig.get(&address).expect(200).etag().to_owned();
    bot.act(&format!("{address}/release-fields"), &etag(), Some(release.clone())).refused(403, "forbidden");
    sig.act(&format!("{address}/release-fields"), &etag(), Some(release)).expect(200);
    let renamed = patch(&bot, &address, json!({"name": "Direction des essais", "short_name": "DE"})).expect(200);
    assert_eq!(renamed.at("/field_sources/name"), json!("annuaire-mi"));
    assert_eq!(renamed.at("/field_sources/aliases"), json!("manual"));
    // People have no directory to speak for.
    let named = patch(&sig, &address, json!({"external_id": "d-9"})).refused(422, "invalid");
    assert_eq!(named.str("/errors/0/pointer"), "/external_id");
}

#[test]
fn a_directory_of_others_describes_no_organization() {
    let world = World::demo();
    let own = world.organization("MI");
    let bot = describing(&world, "director-sociaux");
    patch(&bot, &format!("/organizations/{own}"), json!({"website": "https://essai.example"}))
        .refused(403, "forbidden");
    bot.post("/organizations", json!({"kind": "operator", "name": "Essai", "parent_id": own}))
        .refused(403, "forbidden");
}
