//! Who may what by SCIM: every operation of its contract, for every persona and for accounts of several directories, and for those
//! who are nobody.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Directory, GROUP, SCIM, ids, refused, someone};
use crate::support::client::Reply;
use crate::support::database::Database;
use crate::support::issuer::{Issuer, Key};
use crate::support::world::PERSONAS;
use crate::support::{Client, World};

/// A sign each for people, for bot-mi, and for accounts: of the directory that keeps the User, of another one, of the SIG with
/// `scim:networks`, and one that may only read the directory. `+` may, `-` 403, `.` 404.
const TABLE: &[(&str, &str)] = &[
    ("get_service_provider_config", "-+++++"),
    ("list_resource_types", "-+++++"),
    ("get_resource_type", "-+++++"),
    ("list_schemas", "-+++++"),
    ("get_schema", "-+++++"),
    ("get_own_user", "+....."),
    ("list_users", "-+++++"),
    ("search_users", "-+++++"),
    ("search_resources", "-+++++"),
    ("get_user", "-.+..."),
    ("list_groups", "-++++-"),
    ("search_groups", "-++++-"),
    ("get_group", "-++++-"),
    ("replace_user", "-.+..-"),
    ("patch_user", "-.+..-"),
    ("replace_group", "-++++-"),
    ("patch_group", "-++++-"),
    ("run_bulk", "-+++++"),
    ("create_user", "-++++-"),
    ("create_group", "----+-"),
    ("delete_group", "----+-"),
    ("delete_user", "-.+..-"),
];

const CONTRACT: &str = include_str!("../../../openapi/scim.json");

/// An operation of the contract.
pub struct Operation {
    pub id: String,
    method: String,
    path: String,
}

pub fn operations() -> Vec<Operation> {
    let contract: Value = serde_json::from_str(CONTRACT).unwrap();
    let paths = contract["paths"].as_object().unwrap().clone();
    let all = paths.into_iter().flat_map(|(path, item)| {
        let methods = item.as_object().unwrap().clone().into_iter();
        methods.map(move |(method, it)| Operation {
            id: it["operationId"].as_str().unwrap().to_owned(),
            method: method.to_uppercase(),
            path: path.clone(),
        })
    });
    all.collect()
}

/// A request of an operation about a User and a Group, different for each caller where it creates something.
fn request(it: &Operation, (user, group): (&str, &str), caller: usize) -> (String, Vec<u8>) {
    let id = if it.path.starts_with("/Groups") { group } else { user };
    let path = it.path.replace("{name}", "User");
    let path = if path.starts_with("/Schemas") { path.replace("{id}", super::CORE) } else { path.replace("{id}", id) };
    let search = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]});
    let change = |at: &str, value: Value| json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [{"op": "add", "path": at, "value": value}]});
    let body = match it.id.as_str() {
        "create_user" => someone(&format!("Porte{caller}")),
        "replace_user" => someone("Garde"),
        "patch_user" => change("title", json!("Titre")),
        "create_group" => json!({"schemas": [GROUP], "displayName": format!("Porte {caller}")}),
        "replace_group" => json!({"schemas": [GROUP], "displayName": "Réseau édito", "members": []}),
        "patch_group" => change("members", json!([])),
        "run_bulk" => json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": []}),
        id if id.starts_with("search") => search,
        _ => return (path, Vec::new()),
    };
    (path, body.to_string().into_bytes())
}

/// Asks an operation about a User and a Group.
pub fn knock(client: &Client, it: &Operation, at: (&str, &str), caller: usize) -> Reply {
    let (path, body) = request(it, at, caller);
    let headers: &[(&str, &str)] = if body.is_empty() { &[] } else { &[("content-type", SCIM)] };
    client.raw(&it.method, &format!("/scim/v2{path}"), headers, body)
}

struct Scene {
    accounts: Vec<Directory>,
    user: String,
    group: String,
}

/// What the table is about. The name of the Group is the one that it is replaced by.
fn scene(world: &World) -> Scene {
    let own = Directory::of_a_ministry(world);
    let read = ["directory:read", "directory:write", "networks:read"];
    let other = Directory::new(world, "MJ", "sig-admin", "annuaire-mj", &read);
    let reader = Directory::new(world, "MTRAV", "director-sociaux", "lecture", &["directory:read"]);
    let sig = Directory::of_the_sig(world);
    let user = own.user("Garde");
    let group = world.client("sig-admin").get("/networks/edito").expect(200);
    // That a key was used is noted once a minute: not in the midst of this.
    world.database.run(
        "UPDATE network SET name = 'Réseau édito' WHERE code = 'edito'; UPDATE service_account_key SET last_used_at = '2190-01-01Z'",
    );
    Scene { accounts: vec![own, other, sig, reader], user, group: group.str("/id") }
}

#[test]
fn the_table_names_every_operation() {
    let named: BTreeSet<String> = TABLE.iter().map(|(id, _)| (*id).to_owned()).collect();
    assert_eq!(named, operations().into_iter().map(|it| it.id).collect());
}

#[test]
fn the_table_of_scim_holds() {
    let world = World::over(Database::demo(), &[("DIAPASON_NO_WORKER", "1")]);
    let scene = scene(&world);
    let people: Vec<(&str, Client)> = PERSONAS.iter().map(|it| (*it, world.client(it))).collect();
    let at = (scene.user.as_str(), scene.group.as_str());
    let mut callers: Vec<(&str, &Client, usize)> =
        people.iter().map(|(name, client)| (*name, client, usize::from(*name == "bot-mi"))).collect();
    let names = ["own", "other", "sig", "reader"];
    callers.extend(
        names.iter().zip(&scene.accounts).enumerate().map(|(place, (name, it))| (*name, &it.client, place + 2)),
    );
    let all = operations();
    let (mut wrong, mut cells) = (Vec::new(), 0);
    // What is refused first: it changes nothing.
    for pass in [false, true] {
        let before = world.database.digest();
        for (id, signs) in TABLE {
            let it = all.iter().find(|it| it.id == *id).unwrap();
            for (number, (name, client, place)) in callers.iter().enumerate() {
                let sign = signs.chars().nth(*place).unwrap();
                if (sign == '+') != pass {
                    continue;
                }
                let reply = knock(client, it, at, number);
                cells += 1;
                let held = match sign {
                    '+' => reply.status < 300,
                    '-' => reply.status == 403,
                    _ => reply.status == 404,
                };
                if !held {
                    wrong.push(format!("{id} {name}: {sign} expected, {} {}", reply.status, reply.text()));
                }
            }
        }
        assert!(pass || before == world.database.digest(), "what was refused changed something");
    }
    println!("policy of SCIM: {cells} cells, {} wrong", wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nobody_passes_a_door_of_scim() {
    let world = World::over(Database::demo(), &[("DIAPASON_NO_WORKER", "1")]);
    let scene = scene(&world);
    let at = (scene.user.as_str(), scene.group.as_str());
    let with = |token: &str| Client::new(&world.base, Some(token.to_owned()));
    world.database.run("UPDATE service_account SET expires_at = '2026-01-01Z' WHERE name = 'bot-mi'");
    let key = scene.accounts[0].key["secret"].as_str().unwrap().to_owned();
    let forged = format!("{}{}", &key[..key.len() - 1], if key.ends_with('a') { 'b' } else { 'a' });
    let nobodies = [
        ("no token", world.nobody(), 401),
        ("an empty token", with(""), 401),
        ("no token at all", with("not.a.token"), 401),
        ("a key that is none", with(&forged), 401),
        ("a stranger", with(&World::token("stranger")), 403),
        ("an expired account", world.client("bot-mi"), 403),
    ];
    let before = world.database.digest();
    for it in operations() {
        for (who, client, status) in &nobodies {
            let reply = knock(client, &it, at, 0);
            assert_eq!(reply.status, *status, "{who} at {}: {}", it.id, reply.text());
            refused(&reply, *status, "");
        }
        // Nor is anything said of a request before it is known whose it is.
        let bare = world.nobody().raw(
            &it.method,
            &format!("/scim/v2{}", it.path.replace(['{', '}'], "%00")),
            &[],
            b"{".to_vec(),
        );
        assert_eq!(bare.status, 401, "{}", it.id);
    }
    assert_eq!(before, world.database.digest());
}

#[test]
fn lists_show_just_what_can_be_read_one_by_one() {
    let world = World::demo();
    let scene = scene(&world);
    let all: Vec<&Directory> = scene.accounts.iter().collect();
    for (number, directory) in all.iter().take(3).enumerate() {
        for at in 0..3 {
            directory.user(&format!("Isole{number}{at}"));
        }
    }
    let seen: Vec<Vec<String>> = all.iter().map(|it| ids(&it.get("/Users?count=200").expect(200))).collect();
    assert_eq!(seen.iter().map(Vec::len).collect::<Vec<_>>(), [4, 3, 3, 0]);
    for (place, directory) in all.iter().enumerate() {
        for (whose, users) in seen.iter().enumerate() {
            for id in users {
                let reply = directory.get(&format!("/Users/{id}"));
                assert_eq!(reply.status, if place == whose { 200 } else { 404 });
                let by_filter = ids(&directory.get(&format!("/Users?filter=id%20eq%20%22{id}%22")).expect(200));
                assert_eq!(by_filter.len(), usize::from(place == whose));
            }
        }
    }
    // Members whom no directory knows are no Users.
    refused(&all[0].get(&format!("/Users/{}", world.member("lead-edito"))), 404, "");
    for directory in all.iter().take(3) {
        for group in ids(&directory.get("/Groups?count=200&excludedAttributes=members").expect(200)) {
            directory.get(&format!("/Groups/{group}")).expect(200);
        }
    }
}

/// Words that stand in fields which a directory must not see: the words, a member of another directory, and one whom people know.
struct Canaries {
    words: Vec<String>,
    whose: String,
    stranger: String,
}

const HIDDEN: &str = "01900000-0000-7000-8f00-0000000000c1";

impl Canaries {
    fn plant(world: &World, other: &Directory) -> Self {
        let canary = |number: usize, what: &str| format!("canari{number:02}{what}");
        let names = ["reseau", "code", "nom", "login", "externe", "titre", "mail", "bureau", "prenom", "fonction"];
        let words: Vec<String> = names.iter().enumerate().map(|(number, what)| canary(number, what)).collect();
        let [network, code, name, login, external, title, mail, office, given, position] = &words[..] else {
            unreachable!()
        };
        world.database.run(&format!(
            "INSERT INTO network (id, code, name, audience, cadence, visibility, join_policy, eligible_origins, status, created_at, updated_at, created_by, updated_by)
                VALUES ('{HIDDEN}', '{code}', '{network}', 'Personne', 'ad_hoc', 'hidden', 'automatic', '{{}}', 'active', now(), now(), app.system(), app.system())"
        ));
        let mut theirs = someone(name);
        theirs["userName"] = json!(format!("{login}@justice.example"));
        theirs["externalId"] = json!(external);
        theirs["title"] = json!(title);
        theirs["emails"] = json!([{"value": format!("{mail}@justice.example")}]);
        theirs[super::ENTERPRISE] = json!({"department": office});
        let whose = other.post("/Users", &theirs).expect(201).str("/id");
        let stranger = world.member("lead-edito");
        world.database.run(&format!(
            "UPDATE member SET given_name = '{given}' WHERE id = '{stranger}'; UPDATE affiliation SET position = '{position}' WHERE member_id = '{stranger}'"
        ));
        Self { words, whose, stranger }
    }

    /// How many of them someone sees who is entitled to: the proof that they can be found.
    fn seen_by_the_entitled(&self, world: &World, other: &Directory) -> usize {
        let admin = world.client("sig-admin");
        let Self { whose, stranger, .. } = self;
        let paths = [
            "/networks?limit=200".to_owned(),
            format!("/members/{stranger}"),
            format!("/members/{stranger}/affiliations"),
            format!("/members/{whose}"),
            format!("/members/{whose}/affiliations"),
        ];
        let mut all: String = paths.iter().map(|path| admin.get(path).expect(200).text()).collect();
        all += &other.get(&format!("/Users/{whose}")).expect(200).text();
        self.words.iter().filter(|word| all.to_lowercase().contains(word.as_str())).count()
    }
}

#[test]
fn nothing_that_is_hidden_leaves_by_scim() {
    let world = World::demo();
    let scene = scene(&world);
    let canaries = Canaries::plant(&world, &scene.accounts[1]);
    let known = canaries.seen_by_the_entitled(&world, &scene.accounts[1]);
    assert_eq!(known, canaries.words.len());
    // Every operation, as every persona and as the accounts that may not see them.
    let clients: Vec<Client> = PERSONAS.iter().map(|it| world.client(it)).collect();
    let accounts = [&scene.accounts[0], &scene.accounts[2], &scene.accounts[3]];
    let objects = [
        (scene.user.as_str(), scene.group.as_str()),
        (canaries.whose.as_str(), HIDDEN),
        (canaries.stranger.as_str(), scene.group.as_str()),
    ];
    let mut said = 0;
    // The caller's own User is no leak; what closes a network would end the test.
    for it in operations().iter().filter(|it| it.id != "get_own_user" && it.id != "delete_group") {
        for (number, client) in clients.iter().chain(accounts.iter().map(|it| &it.client)).enumerate() {
            for at in objects {
                let reply = knock(client, it, at, number);
                let text = format!("{:?}{}", reply.headers, reply.text()).to_lowercase();
                said += text.len();
                let leak = canaries.words.iter().find(|word| text.contains(word.as_str()));
                assert!(leak.is_none(), "{leak:?} leaves by {} as caller {number}: {text}", it.id);
            }
        }
    }
    // And by conditions on what is hidden.
    for (filter, path) in [
        ("userName sw \"canari\"", "Users"),
        ("externalId sw \"canari\"", "Users"),
        ("emails co \"canari\"", "Users"),
        ("title co \"canari\"", "Users"),
        ("displayName co \"canari\"", "Groups"),
    ] {
        for directory in accounts.iter().take(2) {
            let found = directory.get(&format!("/{path}?filter={}", super::encoded(filter))).expect(200);
            assert_eq!(found.at("/totalResults"), json!(0), "{filter}");
        }
    }
    println!(
        "canaries: {} words planted, {known} seen by someone entitled, none in {said} bytes",
        canaries.words.len()
    );
}

/// By what a directory calls someone they may log in: it gives no such name to who holds more than the directory could give.
#[test]
fn no_directory_names_who_holds_more_than_it_could_give() {
    let world = World::demo();
    let directory = Directory::of_a_ministry(&world);
    let admin = world.client("sig-admin");
    let at = world.organization("MTRAV");
    let new = json!({"given_name": "Lise", "usual_name": "Puissante", "email": "puissante@travail.example",
        "affiliation": {"organization_id": at}});
    let member = admin.post("/members", new).expect(201).str("/id");
    let place = admin.get(&format!("/members/{member}/affiliations")).expect(200).str("/items/0/id");
    let role = json!({"affiliation_id": place, "role": "org_admin", "organization_id": at});
    admin.post("/role-assignments", role).expect(201);
    let adopted = directory.post("/Users", &someone("Puissante")).expect(201);
    assert_eq!(adopted.str("/id"), member);
    let body = adopted.json();
    assert_eq!(body["externalId"], Value::Null);
    assert!(body[super::COMMUNICANT]["lockedAttributes"].as_array().unwrap().contains(&json!("externalId")), "{body}");
    directory
        .patch(&format!("/Users/{member}"), &json!([{"op": "replace", "path": "externalId", "value": "autre"}]))
        .expect(200);
    let kept = format!("SELECT count(*)::text AS it FROM external_id WHERE object_id = '{member}'");
    assert_eq!(world.database.one(&kept), "0");
    // Who holds nothing is called as the directory says, and each change of a name is told.
    let plain = directory.user("Simple");
    directory
        .patch(&format!("/Users/{plain}"), &json!([{"op": "replace", "path": "externalId", "value": "autre"}]))
        .expect(200);
    assert_eq!(directory.get(&format!("/Users/{plain}")).expect(200).str("/externalId"), "autre");
    let told = format!(
        "SELECT count(*)::text AS it FROM audit_event WHERE object = '{plain}' AND 'external_id' = ANY (changed_fields)"
    );
    assert_eq!(world.database.one(&told), "1");
}

#[test]
fn a_text_that_no_database_takes_finds_nobody() {
    let world = World::demo();
    let directory = Directory::of_a_ministry(&world);
    directory.user("Premier");
    for filter in ["userName eq", "externalId sw", "emails.value eq", "emails eq", "name.familyName co"] {
        let list =
            directory.get(&format!("/Users?filter={}", super::encoded(&format!("{filter} \"a\\u0000b\"")))).expect(200);
        assert_eq!(ids(&list), Vec::<String>::new(), "{filter}");
    }
}

/// The word of a directory is enough for the first login of someone it keeps, and for no other.
#[test]
fn by_a_directorys_word_someone_new_logs_in_and_nobody_else_is_taken_over() {
    let issuer = Issuer::of(vec![Key::ec().public()]);
    let mut setting = issuer.setting();
    setting["source"] = json!("annuaire-travail");
    let settings = json!([setting]).to_string();
    let world = World::over(
        Database::demo(),
        &[("DIAPASON_ISSUERS", &settings), ("DIAPASON_SERVER_KEY", "a key of servers that is long enough for tests")],
    );
    let directory = Directory::of_a_ministry(&world);
    let bind =
        |subject: &str| Client::new(&world.base, Some(issuer.token(&Key::ec(), subject))).post("/me/bind", json!({}));
    // Who holds what the directory could not give is bound by no word of it.
    let mighty = directory.user("Chargee");
    let place = world.database.one(&format!("SELECT id::text AS it FROM affiliation WHERE member_id = '{mighty}'"));
    let role = json!({"affiliation_id": place, "role": "org_admin", "organization_id": world.organization("MTRAV")});
    world.client("sig-admin").post("/role-assignments", role).expect(201);
    let new = directory.user("Neuve");
    crate::support::pace::until(std::time::Duration::from_secs(10), "the keys are learnt", || {
        bind("id-Neuve").status == 200
    });
    assert_eq!(bind("id-Neuve").expect(200).str("/member_id"), new);
    assert_eq!(world.client("sig-admin").get(&format!("/members/{new}")).expect(200).str("/status"), "active");
    bind("id-Chargee").refused(403, "not_registered");
    bind("nobody").refused(403, "not_registered");
    // Nor does another name make a second login of someone who has one.
    directory
        .patch(&format!("/Users/{new}"), &json!([{"op": "replace", "path": "externalId", "value": "autre"}]))
        .expect(200);
    bind("autre").refused(403, "not_registered");
    assert_eq!(bind("id-Neuve").expect(200).str("/member_id"), new);
}
