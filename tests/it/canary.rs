//! What is hidden leaves by no door: a word of its own stands in every field that not all may read, every operation is asked by
//! every persona, and each answer, e-mail and line of the log is looked through for words that are not for its reader.
//!
//! Who may read a word is said by people: it is the row of `policy.tsv` that reads its object, or a row written here.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::{Value, json};

use crate::policy::{Knock, Row, knock, object, rows, world_over};
use crate::scim::{self, Directory};
use crate::support::client::Reply;
use crate::support::contract::{Operation, operations, resolved};
use crate::support::database::directory;
use crate::support::world::PERSONAS;
use crate::support::{Client, World};

/// Where words stand: the row that says who may read them, the table, and its columns. `:mail`, `:web`, `:list` and `:phone` say the
/// form of a column.
const PLANTED: &[(&str, &str, &str, &str)] = &[
    ("get_network", "ombre", "network", "name audience purpose scope_note annual_objectives:list"),
    ("list_organization_links", "dicom-sociaux", "organization", "website:web aliases:list"),
    ("get_follow_up", "edito-sociaux", "follow_up", "summary"),
    ("get_follow_up", "dicom-sociaux", "follow_up", "summary"),
    ("get_follow_up", "secret-sociaux", "follow_up", "summary"),
    ("get_follow_up", "prefectures-34", "follow_up", "summary"),
    ("get_follow_up", "ombre", "follow_up", "summary"),
    ("get_decision", "edito-sociaux", "decision", "body"),
    ("get_decision", "secret-sociaux", "decision", "body"),
    ("get_action_item", "edito-sociaux", "action_item", "title detail"),
    ("get_action_item", "secret-sociaux", "action_item", "title detail"),
    ("get_action_item", "ombre", "action_item", "title detail"),
    ("get_action_item", "prefectures-34", "action_item", "title detail"),
    ("get_action_item", "of-prefecture-34", "action_item", "title detail"),
    ("get_announcement", "edito-draft", "announcement", "title body"),
    ("get_announcement", "edito-mandatory", "announcement", "title body"),
    ("get_announcement", "ombre-published", "announcement", "title body"),
    ("get_announcement", "to-prefectures", "announcement", "title body"),
    ("get_membership_request", "edito-member", "membership_request", "justification"),
    ("get_membership_request", "edito-contributor", "membership_request", "justification"),
    ("get_membership_request", "ombre-coordinator", "membership_request", "justification"),
    ("get_reorganization", "draft", "reorganization", "title"),
    ("get_invitation", "edito-travail", "invitation", "given_name usual_name email:mail"),
    ("get_expertise_request", "member to colead-dinum", "expertise_request", "need"),
    (
        "get_contact",
        "contributor-sociaux",
        "contact",
        "name organization_name role_title email:mail website:web note phones:phone",
    ),
    (
        "get_contact",
        "lead-edito",
        "contact",
        "name organization_name role_title email:mail website:web note phones:phone",
    ),
    ("get_service_account", "bot-mi", "service_account", "name"),
    ("get_service_account", "edito-script", "service_account", "name"),
    ("get_service_account_key", "bot-mi", "service_account_key", "name"),
];

/// A member who shows the card to the leads of networks, and who sits in none: it is for the SIG and for those who keep the ministry.
const CARD: (&str, &str) = ("agent30@agents.example", "++-------------");

/// A word, and who may read it: a sign for each persona.
struct Canary {
    place: String,
    signs: Vec<char>,
}

/// All words of a world, the objects in which they stand by the type of their address, and what each persona has seen.
struct Aviary {
    all: Vec<Canary>,
    objects: BTreeMap<String, BTreeSet<String>>,
    seen: Vec<bool>,
    leaks: BTreeSet<String>,
    answers: usize,
    bytes: usize,
    /// E-mails, and searches by which someone entitled found a word.
    letters: usize,
    found: usize,
}

fn word(number: usize) -> String {
    format!("canari{number:03}")
}

/// The words in a text, each by its number.
fn words(text: &str) -> impl Iterator<Item = usize> + '_ {
    let digits = |at: usize| text.get(at..at + 3).and_then(|it| it.parse().ok());
    let plain = text.match_indices("canari").filter_map(move |(at, _)| digits(at + 6));
    plain.chain(text.match_indices("+33199000").filter_map(move |(at, _)| digits(at + 9)))
}

impl Aviary {
    /// Puts a word into each field of each object.
    fn plant(world: &World) -> Self {
        let mut it = Self {
            all: Vec::new(),
            objects: BTreeMap::new(),
            seen: Vec::new(),
            leaks: BTreeSet::new(),
            answers: 0,
            bytes: 0,
            letters: 0,
            found: 0,
        };
        let rows = rows();
        // All are found by their names before these become words.
        let found: Vec<_> = PLANTED
            .iter()
            .map(|(operation, name, table, columns)| {
                let row = rows.iter().find(|row| row.operation.id == *operation && row.object == *name);
                let row = row.unwrap_or_else(|| panic!("no row {operation} {name}"));
                let kind = row.operation.target().unwrap();
                (object(world, &kind, name), kind, row.signs.clone(), *table, *columns, *name)
            })
            .collect();
        for (id, kind, signs, table, columns, name) in found {
            let key = if kind == "NetworkCode" { "code" } else { "id" };
            it.write(world, (table, &format!("{key} = '{id}'"), name), columns, &signs);
            it.objects.entry(kind).or_default().insert(id);
        }
        it.commented(world);
        it.carded(world);
        it.named(world);
        it.seen = vec![false; it.all.len()];
        it
    }

    /// Comments on what not all may read.
    fn commented(&mut self, world: &World) {
        for at in (0..self.all.len()).filter(|at| self.all[*at].place.starts_with("follow_up")).collect::<Vec<_>>() {
            let follow_up = format!("SELECT id::text AS it FROM follow_up WHERE summary = '{}'", word(at));
            let follow_up = world.database.one(&follow_up);
            let body = json!({"body": word(self.all.len())});
            world.client("sig-admin").post(&format!("/follow-ups/{follow_up}/comments"), body).expect(201);
            let signs = self.all[at].signs.clone();
            self.all.push(Canary { place: format!("comment on {}", self.all[at].place), signs });
        }
    }

    /// The card of a member, and what they do where they work.
    fn carded(&mut self, world: &World) {
        let (email, signs) = CARD;
        let signs: Vec<char> = signs.chars().collect();
        let member = world.database.one(&format!("SELECT id::text AS it FROM member WHERE email = '{email}'"));
        world.database.run(&format!(
            "UPDATE member SET profile_visibility = 'leads' WHERE id = '{member}';
            DELETE FROM membership WHERE member_id = '{member}'"
        ));
        self.write(world, ("member", &format!("id = '{member}'"), "card"), "email:mail phones:phone", &signs);
        self.write(world, ("affiliation", &format!("member_id = '{member}'"), "card"), "position service", &signs);
        self.objects.entry("MemberId".into()).or_default().insert(member);
    }

    /// By what someone logs in, and what a directory calls them.
    fn named(&mut self, world: &World) {
        let lead = world.member("lead-edito");
        // Logins and names of a person stand in the export of their own data, and nowhere else.
        let own: Vec<char> = "...+...........".chars().collect();
        world.database.run(&format!(
            "INSERT INTO identity VALUES ('https://{}.example', '{}', '{lead}', app.clock())",
            word(self.all.len()),
            word(self.all.len() + 1)
        ));
        self.all.push(Canary { place: "issuer of a login".into(), signs: own.clone() });
        self.all.push(Canary { place: "subject of a login".into(), signs: own });
        let keepers: Vec<char> = "++-+-----------".chars().collect();
        world.database.run(&format!(
            "INSERT INTO external_id (noun, source_id, value, object_id) SELECT 'member', s.id, '{}', '{lead}' FROM source s WHERE s.code = 'csv' LIMIT 1",
            word(self.all.len())
        ));
        self.all.push(Canary { place: "external identifier".into(), signs: keepers });
        let keepers: Vec<char> = "++------+-+----".chars().collect();
        world.database.run(&format!(
            "INSERT INTO external_id (noun, source_id, value, object_id) SELECT 'organization', s.id, '{}', '{}' FROM source s WHERE s.code = 'csv' LIMIT 1",
            word(self.all.len()), world.organization("MTRAV")
        ));
        self.all.push(Canary { place: "external identifier of an organization".into(), signs: keepers });
    }

    fn write(&mut self, world: &World, (table, which, name): (&str, &str, &str), columns: &str, signs: &[char]) {
        let values: Vec<String> = columns
            .split(' ')
            .map(|column| {
                let bird = word(self.all.len());
                self.all.push(Canary { place: format!("{table} {name} {column}"), signs: signs.to_vec() });
                let (column, form) = column.split_once(':').unwrap_or((column, ""));
                let value = match form {
                    "mail" => format!("'{bird}@canari.example'"),
                    "web" => format!("'https://{bird}.example'"),
                    "list" => format!("ARRAY['{bird}']"),
                    "phone" => format!("ARRAY['+33199000{}']", bird.trim_start_matches("canari")),
                    _ => format!("'{bird}'"),
                };
                format!("{column} = {value}")
            })
            .collect();
        world.database.run(&format!("UPDATE {table} SET {} WHERE {which}", values.join(", ")));
    }

    fn may(&self, persona: usize, number: usize) -> bool {
        self.all.get(number).is_none_or(|it| it.signs.get(persona) == Some(&'+'))
    }

    /// Looks through what someone was told; who is no persona may read nothing of it.
    fn hear(&mut self, persona: Option<usize>, how: &str, text: &str) {
        self.answers += 1;
        self.bytes += text.len();
        for number in words(&text.to_lowercase()).collect::<BTreeSet<_>>() {
            let may = persona.is_some_and(|persona| self.may(persona, number));
            if may && let Some(seen) = self.seen.get_mut(number) {
                *seen = true;
            } else if !may && let Some(it) = self.all.get(number) {
                let who = persona.map_or("nobody in particular", |at| PERSONAS[at]);
                self.leaks.insert(format!("{} leaves to {who} by {how}", it.place));
            }
        }
    }

    fn told(&mut self, persona: Option<usize>, how: &str, reply: &Reply) {
        assert!(reply.status < 500, "{how}: {} {}", reply.status, reply.text());
        self.hear(persona, how, &format!("{:?}{}", reply.headers, reply.text()));
    }
}

/// The forms in which a list or an object may be asked for: all that it brings along, each order and status.
fn forms(operation: &Operation) -> Vec<String> {
    let parameters = operation.spec["parameters"].as_array().cloned().unwrap_or_default();
    let codes = |name: &str| -> Vec<String> {
        let parameter = parameters.iter().find(|it| it["name"] == name && it["in"] == "query");
        let Some(parameter) = parameter else { return Vec::new() };
        let schema = resolved(&parameter["schema"]);
        let schema = if schema["type"] == "array" { resolved(&schema["items"]) } else { schema };
        let all = schema["enum"].as_array().cloned().unwrap_or_default();
        all.iter().filter_map(|it| Some(it.as_str()?.to_owned())).collect()
    };
    let mut whole: Vec<String> = Vec::new();
    for name in ["include", "facets"] {
        let codes = codes(name);
        if !codes.is_empty() {
            whole.push(format!("{name}={}", codes.join(",")));
        }
    }
    if operation.takes("count") {
        whole.push("count=exact".into());
    }
    if operation.takes("limit") {
        whole.push("limit=200".into());
    }
    let mut all = vec![String::new(), whole.join("&")];
    for name in ["sort", "status", "kind", "noun", "confidentiality"] {
        all.extend(codes(name).into_iter().map(|code| format!("{name}={code}")));
    }
    all.retain(|it| !it.is_empty());
    all.insert(0, String::new());
    all
}

fn asked(address: &str, form: &str) -> String {
    match form {
        "" => address.to_owned(),
        form if address.contains('?') => format!("{address}&{form}"),
        form => format!("{address}?{form}"),
    }
}

/// Whether one of many alike is asked this time: all are with `DIAPASON_CANARY=full`, and each by someone else without it.
fn chosen(number: usize, one_in: usize) -> bool {
    number.is_multiple_of(one_in) || std::env::var("DIAPASON_CANARY").is_ok_and(|it| it == "full")
}

/// What gives rights is asked by those alone who are refused: else they would read more from then on.
const GIVES_RIGHTS: &[&str] = &["create_role_assignment", "create_network_membership", "create_network_co_animation"];

/// Every read in all its forms, and every write with a version that is stale, about each object in which words stand.
fn all_doors(aviary: &mut Aviary, clients: &[Client]) {
    for operation in operations().iter().filter(|it| it.method == "GET" || it.conditional()) {
        let targets: Vec<String> = match operation.target() {
            None => vec![operation.path.clone()],
            Some(kind) => {
                let objects = aviary.objects.get(&kind).cloned().unwrap_or_default();
                objects.iter().map(|id| operation.address(id)).collect()
            }
        };
        let forms = if operation.method == "GET" { forms(operation) } else { vec![String::new()] };
        for (persona, client) in clients.iter().enumerate() {
            for address in &targets {
                for (number, form) in forms.iter().enumerate() {
                    if number > 1 && !chosen(number + persona, 5) {
                        continue;
                    }
                    let reply = if operation.method == "GET" {
                        client.get(&asked(address, form))
                    } else {
                        let stale = [("if-match", "\"999-000000000000\""), ("idempotency-key", "canari")];
                        client.send(&operation.method, address, &stale, operation.example())
                    };
                    aviary.told(Some(persona), &format!("{} {form}", operation.id), &reply);
                }
            }
        }
    }
}

/// What the table is about, with bodies of its own; what creates comes last, since it changes the world.
fn all_rows(aviary: &mut Aviary, clients: &[Client], knocks: &[(Knock, Row)]) {
    for creates in [false, true] {
        for (number, (knock, row)) in knocks
            .iter()
            .enumerate()
            .filter(|(_, (_, row))| (row.operation.writes() && !row.operation.conditional()) == creates)
        {
            for (persona, client) in clients.iter().enumerate() {
                let refused = row.signs[persona] != '+';
                if chosen(number + persona, 3) && (refused || !GIVES_RIGHTS.contains(&row.operation.id.as_str())) {
                    aviary.told(Some(persona), &row.operation.id, &knock.by(client, &knock.address));
                }
            }
        }
    }
}

/// Who may not read a word finds by it what they find by a word that stands nowhere.
fn all_searches(aviary: &mut Aviary, clients: &[Client]) {
    let asked = [
        "/contacts?count=exact&q=",
        "/expertise-terms?q=",
        "/expertise/match?need=",
        "/external-ids?value=",
        "/members?count=exact&q=",
        "/members?email=",
        "/networks?count=exact&q=",
        "/organizations?count=exact&q=",
        "/search?q=",
        "/suggest?q=",
    ];
    for path in asked {
        for (persona, client) in clients.iter().enumerate() {
            let form = if path.contains("email") { "@canari.example" } else { "" };
            let nowhere = format!("canari999{form}");
            let none = client.get(&format!("{path}{nowhere}"));
            for number in (0..aviary.all.len()).filter(|number| chosen(number + persona, 7)) {
                let there = format!("{}{form}", word(number));
                let found = client.get(&format!("{path}{there}"));
                let said = found.said().to_string().replace(&there, &nowhere);
                aviary.answers += 1;
                let finds = (found.status, said) != (none.status, none.said().to_string());
                if aviary.may(persona, number) {
                    aviary.found += usize::from(finds);
                } else if finds {
                    let place = &aviary.all[number].place;
                    aviary.leaks.insert(format!("{place} is found by {} at {path}", PERSONAS[persona]));
                }
            }
        }
    }
}

/// Directories, by SCIM: they read Users and networks, and no word of these.
fn all_of_scim(world: &World, aviary: &mut Aviary, clients: &[Client]) {
    let network = world.database.one("SELECT id::text AS it FROM network WHERE code = 'ombre'");
    let user = aviary.objects["MemberId"].first().unwrap().clone();
    let scopes = ["directory:read", "directory:write", "networks:read"];
    let directories =
        [Directory::of_a_ministry(world), Directory::new(world, "MJ", "sig-admin", "annuaire-mj", &scopes)];
    let keys = directories.iter().map(|it| (None, it.client()));
    let people = clients.iter().enumerate().map(|(persona, client)| (Some(persona), client));
    for (caller, (persona, client)) in keys.chain(people).enumerate() {
        for it in scim::doors::operations().iter().filter(|it| it.id != "delete_group") {
            let reply = scim::doors::knock(client, it, (&user, &network), caller);
            aviary.told(persona, &it.id, &reply);
        }
    }
}

/// What is sent, logged and counted.
fn all_that_is_sent(world: &World, aviary: &mut Aviary, log: &std::path::Path) {
    let secret: Vec<usize> = (0..aviary.all.len())
        .filter(|at| ["ombre", "secret"].iter().any(|it| aviary.all[*at].place.contains(it)))
        .collect();
    // To each persona the e-mails of their own: that some were sent is seen by the words in them.
    for (persona, name) in PERSONAS.iter().enumerate().filter(|(_, name)| **name != "bot-mi") {
        let address =
            world.database.one(&format!("SELECT email AS it FROM member WHERE id = '{}'", world.member(name)));
        for mail in World::mails(&address, 0) {
            aviary.letters += 1;
            let text = format!("{mail:?}").to_lowercase();
            aviary.hear(Some(persona), "an e-mail", &text);
            let told = words(&text).filter(|number| secret.contains(number));
            aviary.leaks.extend(
                told.map(|number| format!("{} leaves by an e-mail", aviary.all[number].place)).collect::<Vec<_>>(),
            );
        }
    }
    let log = fs::read_to_string(log).unwrap();
    assert!(!log.is_empty(), "nothing was logged");
    aviary.hear(None, "the log", &log);
    aviary.hear(None, "metrics", &Client::new(&world.admin, None).get("/metrics").expect(200).text());
    for path in ["/openapi.json", "/openapi-scim.json", "/conventions", "/glossary", "/readyz", "/jwks"] {
        aviary.hear(None, path, &world.nobody().get(path).text());
    }
}

#[test]
fn no_word_leaves_to_who_may_not_read_it() {
    let log = directory().join("canary.log");
    let settings = [("STANDARD_ERROR", log.to_str().unwrap()), ("DIAPASON_LOG", "info")];
    let world = world_over(&settings);
    let clients: Vec<Client> = PERSONAS.iter().map(|it| world.client(it)).collect();
    // The table finds its objects by their names, which become words.
    let knocks: Vec<(Knock, Row)> = rows().into_iter().map(|row| (knock(&world, &row), row)).collect();
    let mut aviary = Aviary::plant(&world);
    all_doors(&mut aviary, &clients);
    all_searches(&mut aviary, &clients);
    all_of_scim(&world, &mut aviary, &clients);
    all_rows(&mut aviary, &clients, &knocks);
    all_that_is_sent(&world, &mut aviary, &log);
    let Aviary { all, seen, leaks, answers, bytes, letters, found, .. } = aviary;
    let readable = |at: &usize| all[*at].signs.contains(&'+');
    let unseen: Vec<&str> =
        (0..all.len()).filter(readable).filter(|at| !seen[*at]).map(|at| all[at].place.as_str()).collect();
    let proofs = seen.iter().filter(|it| **it).count();
    println!(
        "canary: {} words planted, {proofs} seen by someone entitled, {answers} answers, {bytes} bytes, {} leaks",
        all.len(),
        leaks.len()
    );
    assert!(letters > 0 && found > 3, "{letters} e-mails, {found} words found by someone entitled");
    assert!(unseen.is_empty(), "nobody saw what they may read: {unseen:?}");
    assert!(leaks.is_empty(), "{}", leaks.into_iter().collect::<Vec<_>>().join("\n"));
}

#[test]
fn a_word_is_found_wherever_it_stands() {
    let found: Vec<usize> = words("a canari007@canari.example, tel:+33199000012 canari").collect();
    assert_eq!(found, [7, 12]);
    let none: Value = json!({"canari": "canarix"});
    assert_eq!(words(&none.to_string()).count(), 0);
}
