//! Who may what: every row of policy.tsv over HTTP, for every persona, and for those who are nobody.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::support::client::Reply;
use crate::support::contract::{Operation, operations};
use crate::support::database::Database;
use crate::support::world::PERSONAS;
use crate::support::{Client, World};

const TABLE: &str = include_str!("../policy.tsv");
/// A version that no object has: a caller who passes the door is told that it is stale, and nothing changes.
const STALE: &str = "\"999-000000000000\"";
const NOWHERE: &str = "01900000-0000-7000-8fff-ffffffffffff";

/// A row of the table.
pub struct Row {
    pub operation: Operation,
    pub object: &'static str,
    pub signs: Vec<char>,
}

pub fn rows() -> Vec<Row> {
    let all: BTreeMap<_, _> = operations().into_iter().map(|operation| (operation.id.clone(), operation)).collect();
    let lines = TABLE.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines
        .map(|line| {
            let fields: Vec<&str> = line.split('\t').collect();
            let [id, object, signs] = fields[..] else { panic!("{line}") };
            let operation = all.get(id).unwrap_or_else(|| panic!("no operation {id}")).clone();
            assert_eq!(signs.len(), PERSONAS.len(), "{line}");
            Row { operation, object, signs: signs.chars().collect() }
        })
        .collect()
}

/// A world with a hidden network, in which lead-edito sits as a member and the SIG leads.
pub fn world() -> World {
    // What the worker does by itself would look like a change.
    world_over(&[("DIAPASON_NO_WORKER", "1")])
}

/// The same, with settings of the server.
pub fn world_over(settings: &[(&str, &str)]) -> World {
    let world = World::over(Database::demo(), settings);
    let member = |persona: &str, role: &str, id: u32| {
        format!(
            "INSERT INTO membership (id, network_id, affiliation_id, member_id, organization_id, organization_kind, sort_name, role, valid, created_at, updated_at, created_by, updated_by)
             VALUES ('01900000-0000-7000-8f00-00000000000{id}', '01900000-0000-7000-8f00-000000000001', '{}', app.system(), app.system(), '', '', '{role}', tstzrange('2025-01-01Z', NULL), '2025-01-01Z', '2025-01-01Z', app.system(), app.system());",
            world.affiliation(persona)
        )
    };
    let network = "INSERT INTO network (id, code, name, audience, cadence, visibility, join_policy, eligible_origins, status, created_at, updated_at, created_by, updated_by)
        VALUES ('01900000-0000-7000-8f00-000000000001', 'ombre', 'Réseau ombre', 'Personne', 'ad_hoc', 'hidden', 'invitation', '{}', 'active', '2025-01-01Z', '2025-01-01Z', app.system(), app.system());";
    let seat = format!(
        "INSERT INTO seat (id, network_id, organization_id, role, min, max, valid, created_at, updated_at, created_by, updated_by)
         VALUES ('01900000-0000-7000-8f00-000000000004', '01900000-0000-7000-8f00-000000000001', '{}', 'lead', 1, 1, tstzrange('2025-01-01Z', NULL), '2025-01-01Z', '2025-01-01Z', app.system(), app.system());",
        world.organization("SIG")
    );
    // A reshuffle in preparation.
    let reshuffle = format!(
        r#"INSERT INTO reorganization (id, title, operations, created_at, updated_at, created_by, updated_by)
         VALUES ('01900000-0000-4000-8f00-000000000005', 'Remaniement', '[{{"type": "rename", "organization_id": "{}", "name": "Ministère du Travail et de l''Emploi"}}]', '2026-01-01Z', '2026-01-01Z', app.system(), app.system());"#,
        world.organization("MTRAV")
    );
    world.database.run(&format!(
        "{network}{}{}{seat}{reshuffle}",
        member("sig-admin", "lead", 2),
        member("lead-edito", "member", 3)
    ));
    joining(&world);
    following(&world);
    announcing(&world);
    scripting(&world);
    world
}

/// Service accounts with a key each: that of a directory, and one that the lead of the réseau édito answers for.
fn scripting(world: &World) {
    let admin = world.client("sig-admin");
    let script = json!({"name": "edito-script", "organization_id": world.organization("MTRAV"),
        "owner_id": world.member("lead-edito"), "scopes": ["networks:read"], "expires_at": "2035-01-01T00:00:00Z"});
    let script = admin.post("/service-accounts", script).expect(201).str("/id");
    for account in [world.member("bot-mi"), script] {
        admin.post(&format!("/service-accounts/{account}/keys"), json!({})).expect(201);
    }
}

/// Membership requests, an invitation and reviews, in a listed network and in the hidden one.
fn joining(world: &World) {
    world.database.run("UPDATE network SET join_policy = 'request' WHERE code = 'edito'");
    let open = |by: &str, network: &str, body: Value| {
        world.client(by).post(&format!("/networks/{network}/requests"), body).expect(201);
    };
    let of = |kind: &str, persona: &str| json!({"kind": kind, "role": "referent", "affiliation_id": world.affiliation(persona), "notification_level": "digest"});
    open("member", "edito", of("request", "member"));
    open("director-sociaux", "edito", of("nomination", "contributor-sociaux"));
    open("sig-admin", "ombre", of("invitation", "sig-coordinator"));
    let invitee = json!({"given_name": "Éva", "usual_name": "Exemple", "email": "eva@travail.example", "organization_id": world.organization("MTRAV")});
    open("sig-coordinator", "edito", json!({"kind": "invitation", "role": "member", "invitee": invitee}));
    for network in ["edito", "ombre"] {
        world
            .client("sig-admin")
            .post(&format!("/networks/{network}/reviews"), json!({"due_on": "2027-01-31"}))
            .expect(201);
    }
}

/// Follow-ups of each kind, with what came of them: their summaries and titles name them.
fn following(world: &World) {
    let [sociaux, prefecture, sig] =
        ["DICOM sociaux", "Préfecture de l'Hérault", "SIG"].map(|at| world.organization(at));
    let follow_up = |by: &str, name: &str, mut body: Value| {
        body["held_on"] = "2026-11-02".into();
        body["health"] = "amber".into();
        body["summary"] = name.into();
        world.client(by).post("/follow-ups", body).expect(201).str("/id")
    };
    let on_network = |network: &str| json!({"axis": "network", "network_code": network});
    let with = |mut body: Value, field: &str, value: &Value| {
        body[field] = value.clone();
        body
    };
    let edito = with(on_network("edito"), "organization_id", &json!(sociaux));
    let edito = follow_up("lead-edito", "edito-sociaux", edito);
    let dicom = json!({"axis": "organization", "organization_id": sociaux, "network_code": "edito"});
    follow_up("sig-coordinator", "dicom-sociaux", dicom.clone());
    let secret = follow_up("sig-admin", "secret-sociaux", with(dicom, "confidentiality", &json!("confidential")));
    let prefectures = with(on_network("prefectures"), "organization_id", &json!(prefecture));
    follow_up("colead-interieur", "prefectures-34", with(prefectures, "interministerial", &json!(true)));
    follow_up("sig-admin", "ombre", on_network("ombre"));
    let action = |by: &str, name: &str, network: &str, owner: &str, more: Value| {
        let body =
            json!({"title": name, "network_code": network, "owner_organization_id": owner, "due_on": "2026-12-24"});
        let more = more.as_object().unwrap().clone();
        let mut body: serde_json::Map<_, _> = body.as_object().unwrap().clone().into_iter().chain(more).collect();
        body.retain(|_, value| !value.is_null());
        world.client(by).post("/action-items", body.into()).expect(201);
    };
    action("lead-edito", "edito-sociaux", "edito", &sociaux, json!({"follow_up_id": edito}));
    let person = world.member("contributor-sociaux");
    let more = json!({"follow_up_id": secret, "owner_member_id": person});
    action("sig-admin", "secret-sociaux", "edito", &sociaux, more);
    action("sig-admin", "ombre", "ombre", &sig, json!({}));
    action("sig-admin", "prefectures-34", "prefectures", &prefecture, json!({}));
    action("sig-admin", "of-prefecture-34", "prefectures", &prefecture, json!({"network_code": null}));
    for (by, id, name) in [("lead-edito", &edito, "edito-sociaux"), ("sig-admin", &secret, "secret-sociaux")] {
        let body = json!({"body": name, "decided_on": "2026-11-02"});
        world.client(by).post(&format!("/follow-ups/{id}/decisions"), body).expect(201);
    }
}

/// Announcements to networks and to an audience: their titles name them.
fn announcing(world: &World) {
    let write = |by: &str, name: &str, to: Value, published: bool| {
        let mut body = json!({"title": name, "body": "…"});
        body.as_object_mut().unwrap().extend(to.as_object().unwrap().clone());
        let client = world.client(by);
        let written = client.post("/announcements", body).expect(201);
        if published {
            let headers = [("if-match", written.etag()), ("idempotency-key", name)];
            client.send("POST", &format!("{}/publish", written.header("location")), &headers, None).expect(200);
        }
    };
    write("lead-edito", "edito-draft", json!({"network_code": "edito"}), false);
    write("lead-edito", "edito-published", json!({"network_code": "edito"}), true);
    write("sig-admin", "edito-mandatory", json!({"network_code": "edito", "class": "mandatory"}), false);
    write("sig-admin", "ombre-published", json!({"network_code": "ombre"}), true);
    write("sig-coordinator", "to-prefectures", json!({"organization_kinds": ["prefecture"]}), true);
}

/// The identifier of an object of the table, by the type that stands in the address.
pub fn object(world: &World, kind: &str, name: &str) -> String {
    let organization = |name: &str| match name {
        "sig" => world.organization("SIG"),
        "prefecture-34" => world.organization("Préfecture de l'Hérault"),
        "dicom-sociaux" => world.organization("DICOM sociaux"),
        "travail" => world.organization("MTRAV"),
        "justice" => world.organization("MJ"),
        other => panic!("no organization is called {other}"),
    };
    let one = |sql: String| world.database.one(&sql);
    let network = name.split('-').next().unwrap();
    let in_network = |table: &str, condition: String| {
        one(format!(
            "SELECT t.id::text AS it FROM {table} t JOIN network n ON n.id = t.network_id WHERE n.code = '{network}' AND upper_inf(t.valid) AND {condition} ORDER BY t.id LIMIT 1"
        ))
    };
    let at = |name: &str| format!("t.organization_id = '{}'", organization(name));
    match (kind, name) {
        ("NetworkCode" | "TermCode", name) => name.split(' ').next().unwrap().to_owned(),
        ("OrganizationId", name) => organization(name),
        ("MemberId", name) => world.member(name.split(' ').next().unwrap()),
        ("AffiliationId", name) => world.affiliation(name),
        ("OrganizationLinkId", _) => one(format!(
            "SELECT id::text AS it FROM organization_link WHERE from_id = '{}' AND to_id = '{}'",
            organization("dicom-sociaux"),
            organization("travail")
        )),
        ("RoleAssignmentId", name) => {
            one(format!("SELECT id::text AS it FROM role_assignment WHERE member_id = '{}'", world.member(name)))
        }
        ("ServiceAccountId", name) => one(format!("SELECT id::text AS it FROM service_account WHERE name = '{name}'")),
        ("ServiceAccountKeyId", name) => one(format!(
            "SELECT k.id::text AS it FROM service_account_key k JOIN service_account a ON a.id = k.service_account_id WHERE a.name = '{name}' ORDER BY k.id LIMIT 1"
        )),
        ("ReorganizationId", _) => {
            one("SELECT id::text AS it FROM reorganization WHERE title = 'Remaniement' AND status = 'draft'".into())
        }
        ("CoAnimationId", _) => one("SELECT id::text AS it FROM co_animation WHERE scope = 'all'".into()),
        ("SeatId", "edito-sociaux") => in_network("seat", at("dicom-sociaux")),
        ("SeatId", "prefectures-34") => in_network("seat", format!("{} AND t.role = 'referent'", at("prefecture-34"))),
        ("SeatId", _) => in_network("seat", "true".into()),
        ("MembershipId", "edito-lead") => world.membership("lead-edito", "edito"),
        ("MembershipId", "prefectures-34") => world.membership("referent-34", "prefectures"),
        ("MembershipId", "ombre-lead-edito") => world.membership("lead-edito", "ombre"),
        ("MembershipId", "edito-member") => in_network("membership", "t.role = 'member'".into()),
        ("MembershipId", "crise-justice") => in_network("membership", at("justice")),
        ("MembershipId", "crise-sociaux") => in_network("membership", at("dicom-sociaux")),
        (kind, name) => object_of_networks(world, kind, name),
    }
}

/// The same for what happens in the life of networks.
fn object_of_networks(world: &World, kind: &str, name: &str) -> String {
    let one = |sql: String| world.database.one(&sql);
    match (kind, name) {
        ("MemberExpertiseId", name) => {
            one(format!("SELECT id::text AS it FROM member_expertise WHERE member_id = '{}'", world.member(name)))
        }
        ("ContactId", name) => one(format!(
            "SELECT id::text AS it FROM contact WHERE created_by = '{}' ORDER BY id LIMIT 1",
            world.member(name)
        )),
        ("ExpertiseRequestId", name) => {
            let (asker, expert) = name.split_once(" to ").unwrap();
            one(format!(
                "SELECT id::text AS it FROM expertise_request WHERE asker_id = '{}' AND expert_id = '{}'",
                world.member(asker),
                world.member(expert)
            ))
        }
        ("CriterionCode", name) => name.to_owned(),
        ("FollowUpId", name) => one(format!("SELECT id::text AS it FROM follow_up WHERE summary = '{name}'")),
        ("DecisionId", name) => one(format!("SELECT id::text AS it FROM decision WHERE body = '{name}'")),
        ("ActionItemId", name) => {
            one(format!("SELECT id::text AS it FROM action_item WHERE title = '{name}' ORDER BY id LIMIT 1"))
        }
        ("AnnouncementId", name) => {
            one(format!("SELECT id::text AS it FROM announcement WHERE title = '{name}' ORDER BY id LIMIT 1"))
        }
        ("NotificationId", name) => one(format!(
            "SELECT id::text AS it FROM notification WHERE member_id = '{}' AND kind = 'announcement_published' ORDER BY id LIMIT 1",
            world.member(name)
        )),
        ("InvitationId", _) => one("SELECT id::text AS it FROM invitation ORDER BY id LIMIT 1".into()),
        ("MembershipRequestId", "edito-member") => one(dossier(&world.member("member"))),
        ("MembershipRequestId", "edito-contributor") => one(dossier(&world.member("contributor-sociaux"))),
        ("MembershipRequestId", _) => one(dossier(&world.member("sig-coordinator"))),
        ("MembershipReviewId", name) => one(format!(
            "SELECT r.id::text AS it FROM membership_review r JOIN network n ON n.id = r.network_id WHERE n.code = '{name}'"
        )),
        (kind, name) => panic!("no {kind} is called {name}"),
    }
}

fn dossier(member: &str) -> String {
    format!("SELECT id::text AS it FROM membership_request WHERE member_id = '{member}'")
}

/// The body that a row sends: the contract's example, told apart by what the row says of it.
fn body(world: &World, row: &Row) -> Option<Value> {
    let mut body = row.operation.example()?;
    let organization = |name: &str| Value::from(object(world, "OrganizationId", name));
    let last = row.object.rsplit(' ').next().unwrap();
    match row.operation.id.as_str() {
        "create_reorganization" | "preview_reorganization" => {
            body["operations"] =
                json!([{"type": "rename", "organization_id": organization("travail"), "name": "Autre nom"}]);
        }
        "create_organization_link" => body["to_id"] = organization("justice"),
        "create_member" => body["affiliation"]["organization_id"] = organization(last),
        "create_member_affiliation" => body["organization_id"] = organization(last),
        "create_role_assignment" => {
            body["affiliation_id"] = world.affiliation("contributor-sociaux").into();
            body["role"] = row.object.split(' ').next().unwrap().into();
            body.as_object_mut().unwrap().remove("organization_id");
            if row.object.contains(" of ") {
                body["organization_id"] = organization(last);
            }
        }
        "create_service_account" => {
            body["organization_id"] = organization("travail");
            body["owner_id"] = world.member("lead-edito").into();
        }
        "create_network_co_animation" => body["organization_id"] = organization("travail"),
        "create_network_seat" => {
            body["organization_id"] = organization("sig");
            body["interministerial"] = row.object.contains("interministerial").into();
        }
        "create_network_membership" => {
            body["affiliation_id"] = world.affiliation("org-admin-34").into();
            body["interministerial"] = row.object.contains("interministerial").into();
            body["role"] = if row.object.ends_with("lead") { "lead" } else { "member" }.into();
        }
        "check_permissions" => body = json!({"checks": [{"action": "update_network", "object": "edito"}]}),
        _ => body_of_networks(world, row, &mut body),
    }
    Some(body)
}

/// The same for what happens in the life of networks.
fn body_of_networks(world: &World, row: &Row, body: &mut Value) {
    let organization = |name: &str| Value::from(object(world, "OrganizationId", name));
    let last = row.object.rsplit(' ').next().unwrap();
    match row.operation.id.as_str() {
        "create_membership_request" => {
            let kind = row.object.split(' ').nth(1).unwrap();
            body["kind"] = kind.into();
            if kind == "request" {
                body.as_object_mut().unwrap().remove("invitee");
                body["affiliation_id"] = world.affiliation(last).into();
                body["role"] = "member".into();
                body["notification_level"] = "digest".into();
            } else {
                body["invitee"]["organization_id"] = organization(last);
                body["invitee"]["email"] = format!("{}@exemple.example", row.object.replace(' ', "-")).into();
            }
        }
        "create_follow_up" => {
            let about = row.object.split(' ').next().unwrap();
            body.as_object_mut().unwrap().remove("organization_id");
            if last == "organization" {
                body.as_object_mut().unwrap().remove("network_code");
                body["axis"] = "organization".into();
                body["organization_id"] = organization(about);
            } else {
                body["network_code"] = about.into();
                body["interministerial"] = (last == "interministerial").into();
            }
        }
        "create_action_item" => {
            body["network_code"] = row.object.split(' ').next().unwrap().into();
            body["owner_organization_id"] = organization(last);
        }
        "create_expertise_request" => {
            body["expert_id"] = world.member(last).into();
            body.as_object_mut().unwrap().remove("term_code");
        }
        "create_announcement" => address_to(body, row.object),
        _ => {}
    }
}

/// To whom a row's announcement goes, and in which class.
fn address_to(body: &mut Value, object: &str) {
    let (network, last) = (object.split(' ').next().unwrap(), object.rsplit(' ').next().unwrap());
    if last == "audience" {
        body.as_object_mut().unwrap().remove("network_code");
        body["origins"] = json!(["prefecture"]);
    } else {
        body["network_code"] = network.into();
        body["interministerial"] = (last == "interministerial").into();
        body["class"] = if last == "mandatory" { last } else { "normal" }.into();
    }
}

/// A request of a row, and the same on what does not exist.
pub struct Knock {
    method: String,
    pub address: String,
    pub nowhere: Option<String>,
    headers: Vec<(&'static str, &'static str)>,
    body: Option<Value>,
}

pub fn knock(world: &World, row: &Row) -> Knock {
    let operation = &row.operation;
    let (mut address, mut nowhere) = (operation.path.clone(), None);
    if let Some(kind) = operation.target() {
        address = operation.address(&object(world, &kind, row.object));
        nowhere = Some(operation.address(if kind.ends_with("Code") { "nowhere" } else { NOWHERE }));
    }
    if operation.id == "list_tracking_cells" {
        let network = row.object.split(' ').next().unwrap();
        let dicom = object(world, "OrganizationId", row.object.rsplit(' ').next().unwrap());
        address = format!("{address}?network_code={network}&dicom_id={dicom}");
    }
    if operation.id == "match_expertise" {
        address = format!("{address}?need=chatbot");
    }
    if ["search_directory", "suggest_names"].contains(&operation.id.as_str()) {
        address = format!("{address}?q=prefecture");
    }
    let mut headers = if operation.conditional() { vec![("if-match", STALE)] } else { Vec::new() };
    if operation.keyed() {
        headers.push(("idempotency-key", "policy"));
    }
    Knock { method: operation.method.clone(), address, nowhere, headers, body: body(world, row) }
}

impl Knock {
    pub fn by(&self, client: &Client, address: &str) -> Reply {
        client.send(&self.method, address, &self.headers, self.body.clone())
    }
}

#[test]
fn every_operation_and_every_persona_is_in_the_table() {
    let rows: BTreeSet<String> = rows().into_iter().map(|row| row.operation.id).collect();
    let all: BTreeSet<String> = operations().into_iter().map(|operation| operation.id).collect();
    assert_eq!(rows, all);
}

/// In how many parts the table is walked, side by side, each over a world of its own.
const PARTS: usize = 5;

/// The rows of one part, in the order of the table: what hides from others (at its end) comes last.
fn part(number: usize) -> Vec<Row> {
    let all = rows();
    let (from, to) = (all.len() * number / PARTS, all.len() * (number + 1) / PARTS);
    all.into_iter().skip(from).take(to - from).collect()
}

#[test]
fn the_parts_together_are_the_whole_table_each_row_once() {
    let told = |rows: Vec<Row>| -> Vec<(String, &str, Vec<char>)> {
        rows.into_iter().map(|row| (row.operation.id, row.object, row.signs)).collect()
    };
    let parts: Vec<_> = (0..PARTS).flat_map(|number| told(part(number))).collect();
    assert_eq!(parts, told(rows()));
    let walked = include_str!("policy.rs").matches("\n    walk(").count();
    assert_eq!(walked, PARTS, "each part has a test that walks it");
}

#[test]
fn the_table_holds_over_http_part_1() {
    walk(0);
}

#[test]
fn the_table_holds_over_http_part_2() {
    walk(1);
}

#[test]
fn the_table_holds_over_http_part_3() {
    walk(2);
}

#[test]
fn the_table_holds_over_http_part_4() {
    walk(3);
}

#[test]
fn the_table_holds_over_http_part_5() {
    walk(4);
}

/// What came of the cells of a part.
#[derive(Default)]
struct Cells {
    all: usize,
    wrong: Vec<String>,
}

impl Cells {
    fn check(&mut self, row: &Row, persona: &str, sign: char, reply: &Reply) {
        let held = match sign {
            '+' => ![401, 403, 404].contains(&reply.status) && reply.status < 500,
            '-' => reply.status == 403 && reply.code() == "forbidden",
            '.' => reply.status == 404 && reply.code() == "not_found",
            other => panic!("what is {other}?"),
        };
        self.all += 1;
        if !held {
            let (id, object) = (&row.operation.id, row.object);
            self.wrong.push(format!("{id} {object} {persona}: {sign} expected, {} {}", reply.status, reply.text()));
        }
    }
}

/// Every cell of a part, and that what is refused changes nothing.
fn walk(number: usize) {
    let world = world();
    let clients: Vec<(Client, &str)> = PERSONAS.iter().map(|persona| (world.client(persona), *persona)).collect();
    let rows: Vec<(Row, Knock)> = part(number)
        .into_iter()
        .map(|row| {
            let knock = knock(&world, &row);
            (row, knock)
        })
        .collect();
    let mut cells = Cells::default();
    let before = world.database.digest();
    for (row, knock) in &rows {
        for ((client, persona), sign) in clients.iter().zip(&row.signs).filter(|(_, sign)| **sign != '+') {
            let reply = knock.by(client, &knock.address);
            cells.check(row, persona, *sign, &reply);
            // What is hidden answers as what does not exist, byte for byte but for the number of the request.
            if let ('.', Some(nowhere)) = (sign, &knock.nowhere) {
                assert_eq!(reply.said(), knock.by(client, nowhere).said(), "{} tells that it exists", row.operation.id);
            }
        }
    }
    assert_eq!(before, world.database.digest(), "what was refused changed something");
    // Callers who may pass do so: reads and conditional writes first (they change nothing), then what creates.
    let creates = |row: &Row| row.operation.writes() && !row.operation.conditional();
    for pass in [false, true] {
        for (row, knock) in rows.iter().filter(|(row, _)| creates(row) == pass) {
            for ((client, persona), sign) in clients.iter().zip(&row.signs).filter(|(_, sign)| **sign == '+') {
                cells.check(row, persona, *sign, &knock.by(client, &knock.address));
            }
        }
        if !pass {
            assert_eq!(before, world.database.digest(), "a stale version changed something");
        }
    }
    let Cells { all, wrong } = cells;
    println!("policy, part {} of {PARTS}: {all} cells, {} wrong", number + 1, wrong.len());
    assert!(wrong.is_empty(), "{} of {all} cells:\n{}", wrong.len(), wrong.join("\n"));
}
