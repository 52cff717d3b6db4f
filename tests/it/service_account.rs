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
