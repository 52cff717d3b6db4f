//! Every operation of the contract is closed to those who are nobody, whatever else is right or wrong with the request.

use serde_json::json;

use crate::policy::{knock, rows, world};
use crate::support::exempt::Exempt;
use crate::support::world::PERSONAS;
use crate::support::{Client, World};

/// Who one is may be asked, and a code shown, by those who are nobody yet.
pub const OPEN_TO_STRANGERS: &[&str] = &["get_me", "accept_invitation"];
/// Outsiders learn that they may not before they learn that there is no such organization to link from.
const TOLD_BEFORE: &[&str] = &["create_organization_link"];

/// Callers who are nobody, with what they are told.
fn nobodies(world: &World) -> Vec<(&'static str, Client, u16, &'static str)> {
    let with = |token: &str| Client::new(&world.base, Some(token.to_owned()));
    let good = World::token(&world.member("sig-admin"));
    let (head, rest) = good.split_once('.').unwrap();
    let (claims, signature) = rest.split_once('.').unwrap();
    let cut = &signature[..signature.len() - 2];
    world.database.run(
        "UPDATE member SET suspended_at = '2026-01-01Z' WHERE email = 'agent20@agents.example';
        UPDATE member SET departed_at = '2026-01-01Z' WHERE email = 'agent21@agents.example'",
    );
    let id = |number: u32| {
        world.database.one(&format!("SELECT id::text AS it FROM member WHERE email = 'agent{number}@agents.example'"))
    };
    let registered = |number: u32| {
        let id = id(number);
        world
            .database
            .run(&format!("INSERT INTO identity VALUES ('{}', '{id}', '{id}', now())", api::auth::DEVELOPMENT_ISSUER));
        with(&World::token(&id))
    };
    world.database.run("UPDATE service_account SET expires_at = '2026-01-01Z' WHERE name = 'bot-mi'");
    vec![
        ("no token", world.nobody(), 401, "unauthenticated"),
        ("an empty token", with(""), 401, "unauthenticated"),
        ("no token at all", with("not.a.token"), 401, "unauthenticated"),
        ("no signature", with(&format!("{head}.{claims}.")), 401, "unauthenticated"),
        ("a cut signature", with(&format!("{head}.{claims}.{cut}")), 401, "unauthenticated"),
        (
            "another's claims",
            with(&format!("{head}.{}.{signature}", World::token("x").split('.').nth(1).unwrap())),
            401,
            "unauthenticated",
        ),
        ("a stranger", with(&World::token("stranger")), 403, "not_registered"),
        ("a suspended member", registered(20), 403, "suspended"),
        ("a member who left", registered(21), 403, "not_registered"),
        ("an expired service account", world.client("bot-mi"), 403, "suspended"),
    ]
}

#[test]
fn nobody_passes_any_door() {
    let world = world();
    let nobodies = nobodies(&world);
    let open = Exempt::of("open to strangers", OPEN_TO_STRANGERS, 2);
    let before = world.database.digest();
    let (mut cells, mut wrong) = (0, Vec::new());
    for row in rows() {
        let knock = knock(&world, &row);
        for (who, client, status, code) in &nobodies {
            for address in std::iter::once(&knock.address).chain(&knock.nowhere) {
                let reply = knock.by(client, address);
                cells += 1;
                let refused = reply.status == *status && reply.code() == *code;
                let exempt = !refused && *status == 403 && open.has(&row.operation.id);
                if !refused && !exempt {
                    wrong.push(format!("{who} at {} {address}: {} {}", row.operation.id, reply.status, reply.text()));
                }
            }
        }
        // Not even a request that is wrong in every other way learns more.
        let bare = world.nobody().send(&row.operation.method, &row.operation.address("%00"), &[], None);
        cells += 1;
        if bare.status != 401 {
            wrong.push(format!("{}: `Db` must be the first parameter ({})", row.operation.id, bare.status));
        }
    }
    println!("closed doors: {cells} cells of nobody, {} wrong", wrong.len());
    open.are_all_needed();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(before, world.database.digest(), "what was refused changed something");
}

#[test]
fn what_does_not_exist_does_not_exist_for_anyone() {
    let world = world();
    let clients: Vec<Client> = PERSONAS.iter().map(|persona| world.client(persona)).collect();
    let before = world.database.digest();
    let told_before = Exempt::of("told before", TOLD_BEFORE, 1);
    let mut cells = 0;
    for row in rows() {
        let knock = knock(&world, &row);
        let Some(nowhere) = &knock.nowhere else { continue };
        for (client, persona) in clients.iter().zip(PERSONAS) {
            let reply = knock.by(client, nowhere);
            cells += 1;
            let told = reply.status == 403 && told_before.has(&row.operation.id);
            assert!(told || reply.status == 404, "{persona} {} {nowhere}: {}", row.operation.id, reply.text());
        }
    }
    told_before.are_all_needed();
    assert_eq!(before, world.database.digest());
    println!("closed doors: {cells} cells of what does not exist, 0 wrong");
}

#[test]
fn other_methods_are_told_which_there_are() {
    let world = world();
    let client = world.client("sig-admin");
    for row in rows() {
        let address = knock(&world, &row).address;
        let address = address.split('?').next().unwrap();
        for method in ["PUT", "DELETE", "OPTIONS", "TRACE"] {
            let reply = client.send(method, address, &[], None);
            assert_eq!(
                (reply.status, reply.header("allow").is_empty()),
                (405, false),
                "{method} {address} {}",
                reply.text()
            );
        }
    }
}

#[test]
fn each_write_leaves_a_line_that_bears_its_name() {
    let world = world();
    let sig = world.client("sig-admin");
    let refused = sig.patch("/networks/ombre", "\"1-000000000000\"", json!({"cadence": "weekly"})).expect(200);
    assert_eq!(refused.str("/cadence"), "weekly");
    world
        .client("member")
        .patch("/networks/ombre", "\"1-000000000000\"", json!({"cadence": "weekly"}))
        .refused(404, "not_found");
    world
        .client("lead-edito")
        .patch("/networks/ombre", "\"1-000000000000\"", json!({"cadence": "weekly"}))
        .refused(403, "forbidden");
    let audit = world.audit();
    assert_eq!(
        audit[audit.len() - 3..],
        ["update_network done", "update_network refused hidden", "update_network refused forbidden"]
    );
    // The SIG reads them; to the auditor the hidden network does not exist, here either.
    let lines = |who: &str| world.client(who).get("/audit-events?object=ombre").expect(200).at("/items");
    assert_eq!(lines("auditor").as_array().unwrap().len(), 0);
    assert_eq!(lines("sig-admin").as_array().unwrap().len(), 3);
    assert_eq!(world.audit().last().unwrap(), "list_audit_events read", "reading the log is on the record");
}
