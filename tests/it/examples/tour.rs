//! A tour of the operations: each is called over the demo data, and what it answers is kept, small and without what changes
//! from run to run.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::client::Reply;
use crate::support::contract::{Operation, operations};
use crate::support::database::Database;
use crate::support::{Client, World};

/// The time of the tour.
const NOON: &str = "2026-12-01T09:00:00Z";
/// A page that has a next one names it so.
pub const CURSOR: &str = "bGlzdDowMTkwMDAwMC0wMDAwLTcwMDAtODAwMC0wMDAwMDAwMDAwMDE";
/// How long an example may be, in bytes.
pub const LONGEST: usize = 4500;

/// A world under way, and what its operations answered so far.
pub struct Tour {
    pub world: World,
    operations: BTreeMap<String, Operation>,
    clients: BTreeMap<String, Client>,
    began: DateTime<Utc>,
    keys: usize,
    pub taken: BTreeMap<String, Value>,
    pub failed: Vec<String>,
}

impl Tour {
    pub fn over(settings: &[(&str, &str)]) -> Self {
        let began = kernel::clock::now() - TimeDelta::minutes(10);
        let settings: Vec<_> = settings.iter().copied().chain([("DIAPASON_TEST_CLOCK", "1")]).collect();
        let world = World::over(Database::demo(), &settings);
        world.at(NOON.parse().unwrap());
        let operations = operations().into_iter().map(|operation| (operation.id.clone(), operation)).collect();
        let (clients, taken, failed) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
        Self { world, operations, clients, began, keys: 0, taken, failed }
    }

    pub fn client(&mut self, who: &str) -> Client {
        if !self.clients.contains_key(who) {
            self.clients.insert(who.to_owned(), self.world.client(who));
        }
        self.clients[who].clone()
    }

    /// Reads, and keeps what is answered: `object` stands in the address, `query` behind it.
    pub fn read(&mut self, who: &str, id: &str, object: &str, query: &str) -> Reply {
        let client = self.client(who);
        self.keep(&client, id, object, query, Value::Null)
    }

    /// Writes, and keeps what is answered. Without a body where there is none.
    pub fn write(&mut self, who: &str, id: &str, object: &str, body: Value) -> Reply {
        let client = self.client(who);
        self.keep(&client, id, object, "", body)
    }

    /// Writes to set the stage: what is answered is not kept.
    pub fn ask(&mut self, who: &str, id: &str, object: &str, body: Value) -> Reply {
        let client = self.client(who);
        self.call(&client, id, object, "", body)
    }

    pub fn keep(&mut self, client: &Client, id: &str, object: &str, query: &str, body: Value) -> Reply {
        let reply = self.call(client, id, object, query, body);
        let kind = reply.header("content-type").to_owned();
        let mut answer = if kind.starts_with("application/json") { reply.json() } else { text(&kind, &reply.text()) };
        if self.operations[id].takes("cursor") {
            point_on(&mut answer);
        }
        let answer = small(&answer, self.began);
        if self.taken.insert(id.to_owned(), answer).is_some() {
            self.failed.push(format!("{id} is taken twice"));
        }
        reply
    }

    fn call(&mut self, client: &Client, id: &str, object: &str, query: &str, body: Value) -> Reply {
        let operation = self.operations.get(id).unwrap_or_else(|| panic!("no operation {id}"));
        let key = format!("example-{}", self.keys);
        self.keys += 1;
        let mut headers = if operation.conditional() { vec![("if-match", "*")] } else { Vec::new() };
        if operation.keyed() {
            headers.push(("idempotency-key", &key));
        }
        let address = format!("{}{query}", operation.address(object));
        let body = (!body.is_null()).then_some(body);
        let reply = client.send(&operation.method, &address, &headers, body);
        let expected = operation.spec["responses"].as_object().unwrap().contains_key(&reply.status.to_string());
        if reply.status >= 300 || !expected {
            self.failed.push(format!("{id} {address}: {} {}", reply.status, reply.text()));
        }
        reply
    }

    /// An identifier of the answer: none where it failed, which is told at the end.
    pub fn id(reply: &Reply) -> String {
        reply.at("/id").as_str().unwrap_or("00000000-0000-4000-8000-000000000000").to_owned()
    }
}

/// What is no JSON, as a short text: the first lines of a table, a picture or page with its title alone.
fn text(kind: &str, whole: &str) -> Value {
    let short: String = match kind.split(';').next().unwrap() {
        "text/csv" => whole.split_inclusive('\n').take(3).collect(),
        "text/vcard" => whole.to_owned(),
        "image/svg+xml" => ended(whole, "</title>", "</svg>"),
        "text/html" => ended(whole, "</title>", "</head><body>…</body></html>"),
        other => format!("what is {other}?"),
    };
    Value::String(short)
}

fn ended(whole: &str, last: &str, end: &str) -> String {
    whole.split_once(last).map_or_else(|| whole.to_owned(), |(before, _)| format!("{before}{last}{end}"))
}

/// Of a page of several items one is shown: it has a next one.
fn point_on(page: &mut Value) {
    let several = page.get("items").and_then(Value::as_array).is_some_and(|items| items.len() > 1);
    if let (true, Some(page)) = (several || page.get("next").is_some(), page.as_object_mut()) {
        page.insert("next".into(), CURSOR.into());
    }
}

/// One item of a list, two of what is within it, or one where that is too long; the same in each run.
fn small(whole: &Value, began: DateTime<Utc>) -> Value {
    let settled = |most| {
        let mut answer = whole.clone();
        shorten(&mut answer, 0, most);
        Stable { began, fresh: Vec::new() }.settle(&mut answer);
        answer
    };
    let two = settled(2);
    if two.to_string().len() <= LONGEST { two } else { settled(1) }
}

fn shorten(value: &mut Value, depth: usize, most: usize) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                // What may be done is told as a whole.
                if name != "available_actions" {
                    shorten(field, if name == "items" { depth } else { depth + 1 }, most);
                }
            }
        }
        Value::Array(items) => {
            let kept = if depth == 0 { 1 } else { most };
            let mut best: Vec<usize> = (0..items.len()).collect();
            best.sort_by_key(|at| std::cmp::Reverse(richness(&items[*at])));
            best.truncate(kept);
            best.sort_unstable();
            *items = best.into_iter().map(|at| items[at].clone()).collect();
            for item in items {
                shorten(item, depth + 1, most);
            }
        }
        _ => {}
    }
}

/// How much it tells, of lists by their first two: a figure of nothing tells little.
fn richness(value: &Value) -> usize {
    match value {
        Value::Object(fields) => fields.values().map(richness).sum(),
        Value::Array(items) => items.iter().take(2).map(richness).sum(),
        value => usize::from(value.as_f64() != Some(0.0)),
    }
}

/// Of a secret, ten hexadecimal digits tell it from others.
fn is_name_of_a_secret(text: &str) -> bool {
    text.len() == 10 && text.chars().all(|it| it.is_ascii_hexdigit())
}

/// What puts values that change from run to run into a form that does not.
struct Stable {
    began: DateTime<Utc>,
    /// The identifiers made by this run, in the order in which they appear.
    fresh: Vec<Uuid>,
}

impl Stable {
    fn settle(&mut self, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.said(text),
            Value::Array(items) => items.iter_mut().for_each(|item| self.settle(item)),
            Value::Object(fields) => {
                for (name, field) in fields {
                    // Where a line stands in the log depends on all that was done before.
                    if name == "position" && field.is_number() {
                        *field = json!(4207);
                    }
                    // A secret is another one each time.
                    match name.as_str() {
                        "secret" => *field = json!("dpn_4f7a2c91d0_un-secret-d-exemple-que-personne-n-utilise-_3e9c1"),
                        "name" if field.as_str().is_some_and(is_name_of_a_secret) => *field = json!("4f7a2c91d0"),
                        _ => {}
                    }
                    self.settle(field);
                }
            }
            _ => {}
        }
    }

    fn said(&mut self, text: &str) -> String {
        if let Ok(at) = DateTime::parse_from_rfc3339(text) {
            return self.at(at.to_utc()).unwrap_or_else(|| text.to_owned());
        }
        let lines = text.split_inclusive('\n');
        lines
            .map(|line| if line.starts_with("REV:") { "REV:20261201T090000Z\r\n".into() } else { self.named(line) })
            .collect()
    }

    /// A time of this run, by either clock, as that of the tour; days later as days later.
    fn at(&self, at: DateTime<Utc>) -> Option<String> {
        let noon: DateTime<Utc> = NOON.parse().unwrap();
        let after = if (self.began..=kernel::clock::now()).contains(&at) { TimeDelta::zero() } else { at - noon };
        let (days, seconds) = (after.num_seconds().div_euclid(86_400), after.num_seconds().rem_euclid(86_400));
        let time = noon + TimeDelta::days(days);
        (seconds < 600).then(|| time.format("%Y-%m-%dT%H:%M:%SZ").to_string())
    }

    /// The times and identifiers in a text: identifiers of the demo are the same in each run, the others are numbered.
    fn named(&mut self, text: &str) -> String {
        let (mut said, mut rest) = (String::new(), text);
        while let Some(first) = rest.chars().next() {
            let id = rest.get(..36).filter(|it| it.as_bytes()[8] == b'-').and_then(|it| Uuid::try_parse(it).ok());
            let word = rest.split([',', '\r', '\n']).next().unwrap();
            let at = (word.len() > 19 && first == '2').then(|| DateTime::parse_from_rfc3339(word).ok()).flatten();
            let (length, instead) = match (id, at.and_then(|at| self.at(at.to_utc()))) {
                (Some(id), _) => (36, self.numbered(id)),
                (None, Some(at)) => (word.len(), at),
                (None, None) => (first.len_utf8(), first.to_string()),
            };
            said.push_str(&instead);
            rest = &rest[length..];
        }
        said
    }

    fn numbered(&mut self, id: Uuid) -> String {
        let text = id.to_string();
        if text.starts_with("01900000-0000-") || text.starts_with("00000000-0000-") {
            return text;
        }
        let number = self.fresh.iter().position(|known| *known == id).unwrap_or_else(|| {
            self.fresh.push(id);
            self.fresh.len() - 1
        });
        format!("01900000-0000-7000-8e00-{:012}", number + 1)
    }
}
