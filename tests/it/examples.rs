//! An example of the answer of each operation: what the demo data answers, kept in `openapi/examples` and shown by the contract.

mod stages;
mod tour;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::{env, fs, thread};

use jsonschema::Validator;
use serde_json::{Map, Value, json};

use self::tour::{CURSOR, LONGEST};
use crate::support::contract::{Operation, operations};

const HOW: &str = "run `DIAPASON_REFRESH=1 cargo test -p api --test it every_example_is_what_the_demo_answers`, then `scripts/dev contract`, and commit both";

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../openapi/examples")
}

/// The tag of each operation.
fn tags() -> BTreeMap<String, String> {
    let tag = |operation: &Operation| operation.spec["tags"][0].as_str().unwrap().to_owned();
    operations().into_iter().map(|operation| (operation.id.clone(), tag(&operation))).collect()
}

/// The examples as they are committed, by the tag in whose file they stand.
fn committed() -> BTreeMap<String, Map<String, Value>> {
    let files = fs::read_dir(folder()).unwrap().map(|file| file.unwrap().path());
    let read = |path: PathBuf| {
        let tag = path.file_stem().unwrap().to_str().unwrap().to_owned();
        (tag, serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap())
    };
    files.map(read).collect()
}

/// Everything that the demo answers, by operation.
fn answered() -> BTreeMap<String, Value> {
    let mut taken = BTreeMap::new();
    let mut failed = Vec::new();
    let tours = thread::scope(|scope| {
        let other = scope.spawn(stages::first_logins);
        [stages::without_worker(), other.join().unwrap()]
    });
    for tour in tours {
        failed.extend(tour.failed);
        taken.extend(tour.taken);
    }
    assert!(failed.is_empty(), "{} calls failed:\n{}", failed.len(), failed.join("\n"));
    let all: BTreeSet<_> = tags().into_keys().collect();
    let missing: Vec<_> = all.iter().filter(|id| !taken.contains_key(*id)).collect();
    assert!(missing.is_empty(), "tests/it/examples/stages.rs and beside it: no call of {missing:?}");
    taken
}

fn write(taken: &BTreeMap<String, Value>) {
    let (tags, mut files) = (tags(), BTreeMap::<String, BTreeMap<_, _>>::new());
    for (id, example) in taken {
        files.entry(tags[id].clone()).or_default().insert(id, example);
    }
    for (tag, examples) in files {
        let text = serde_json::to_string_pretty(&examples).unwrap() + "\n";
        fs::write(folder().join(format!("{tag}.json")), text).unwrap();
    }
}

#[test]
fn every_example_is_what_the_demo_answers() {
    let taken = answered();
    let refreshes = env::var_os("DIAPASON_REFRESH").is_some();
    if refreshes {
        write(&taken);
    }
    let schemas = Schemas::new();
    let operations = operations();
    let of = |operation: &Operation| (operation.id.clone(), schemas.faults(answer(operation), &taken[&operation.id]));
    let wrong: Vec<_> = operations.iter().map(of).filter(|(_, faults)| !faults.is_empty()).collect();
    assert!(wrong.is_empty(), "answers that the contract does not describe: {wrong:#?}");
    if refreshes {
        return;
    }
    let committed: BTreeMap<String, Value> = committed().into_values().flatten().collect();
    let mut other = Vec::new();
    for (id, example) in &taken {
        match committed.get(id) {
            Some(known) => compare(id, known, example, &mut other),
            None => other.push(format!("{id} has no example")),
        }
    }
    assert!(other.is_empty(), "{}\n{HOW}", other.join("\n"));
}

/// Where a committed example and an answer differ in shape: names of fields, kinds of values.
fn compare(at: &str, known: &Value, now: &Value, other: &mut Vec<String>) {
    match (known, now) {
        (Value::Object(known), Value::Object(now)) => {
            let names: BTreeSet<_> = known.keys().chain(now.keys()).collect();
            for name in names {
                match (known.get(name), now.get(name)) {
                    (Some(known), Some(now)) => compare(&format!("{at}/{name}"), known, now, other),
                    (known, _) => {
                        let which = if known.is_some() { "example" } else { "answer" };
                        other.push(format!("{at}/{name} stands in the {which} alone"));
                    }
                }
            }
        }
        (Value::Array(known), Value::Array(now)) => {
            if known.is_empty() != now.is_empty() {
                other.push(format!("{at} is empty in one of both"));
            }
            known.iter().zip(now).for_each(|(known, now)| compare(&format!("{at}/0"), known, now, other));
        }
        (known, now) if std::mem::discriminant(known) != std::mem::discriminant(now) => {
            other.push(format!("{at}: {now} instead of {known}"));
        }
        _ => {}
    }
}

#[test]
fn every_operation_has_one_example_in_the_file_of_its_tag() {
    let (tags, committed) = (tags(), committed());
    let of = |tag: &String, id: &String| tags.get(id) == Some(tag);
    let stray: Vec<_> = committed.iter().flat_map(|(tag, all)| all.keys().filter(move |id| !of(tag, id))).collect();
    assert!(stray.is_empty(), "{stray:?} stand in another file than their tag's: {HOW}");
    for operation in operations() {
        let id = &operation.id;
        let example = committed.get(&tags[id]).and_then(|file| file.get(id)).unwrap_or_else(|| panic!("{id}: {HOW}"));
        assert!(example.to_string().len() <= LONGEST, "{id}: an example of {} bytes", example.to_string().len());
        let text = example.to_string().replace(CURSOR, "");
        let long = text.split(|it: char| !it.is_ascii_alphanumeric()).find(|word| word.len() > 30);
        assert_eq!(long, None, "{id}: it looks like a secret");
        let shown = &answer(&operation)["example"];
        assert_eq!(shown, example, "{id} is not shown so: see openapi/src/examples.rs, then {HOW}");
    }
}

#[test]
fn every_example_is_what_its_schema_says() {
    let (schemas, tags, committed) = (Schemas::new(), tags(), committed());
    for operation in operations() {
        let id = &operation.id;
        let example = committed.get(&tags[id]).and_then(|file| file.get(id)).unwrap_or_else(|| panic!("{id}: {HOW}"));
        let faults = schemas.faults(answer(&operation), example);
        assert!(faults.is_empty(), "{id}: {faults:#?}");
        for content in operation.spec["requestBody"]["content"].as_object().into_iter().flat_map(Map::values) {
            let faults = schemas.faults(content, &operation.example().unwrap());
            assert!(faults.is_empty(), "the body of {id}: {faults:#?}");
        }
    }
}

/// The content of the one answer that an operation gives when it succeeds.
fn answer(operation: &Operation) -> &Value {
    let responses = operation.spec["responses"].as_object().unwrap();
    let done: Vec<_> = responses.iter().filter(|(status, _)| status.starts_with('2')).collect();
    assert_eq!(done.len(), 1, "{} succeeds in one way", operation.id);
    let contents = done[0].1["content"].as_object().unwrap();
    assert_eq!(contents.len(), 1, "{} answers in one format", operation.id);
    contents.values().next().unwrap()
}

/// The named schemas of the contract, as JSON Schema and stricter: what is not described is wrong.
struct Schemas(Value);

impl Schemas {
    fn new() -> Self {
        Self(plain(api::document()["components"]["schemas"].take()))
    }

    fn faults(&self, content: &Value, example: &Value) -> Vec<String> {
        let mut whole = plain(content["schema"].clone());
        whole["components"] = json!({"schemas": self.0});
        let validator: Validator = jsonschema::options().should_validate_formats(true).build(&whole).unwrap();
        validator.iter_errors(example).map(|error| format!("{}: {error}", error.instance_path())).collect()
    }
}

/// A choice by a discriminator in the words of JSON Schema, and objects that have no other fields than those described.
fn plain(schema: Value) -> Value {
    match schema {
        Value::Array(items) => items.into_iter().map(plain).collect(),
        Value::Object(fields) => {
            if let Some(told) = fields.get("discriminator") {
                let name = &told["propertyName"];
                let branch = |(tag, target): (&String, &Value)| json!({"if": {"properties": {name.as_str().unwrap(): {"const": tag}}}, "then": {"$ref": target}});
                let branches: Vec<_> = told["mapping"].as_object().unwrap().iter().map(branch).collect();
                return json!({"type": "object", "required": [name], "allOf": branches});
            }
            let mut plain: Map<_, _> = fields.into_iter().map(|(name, field)| (name, plain(field))).collect();
            if plain.get("properties").is_some_and(Value::is_object)
                && plain.get("type").is_some_and(|it| it == "object")
            {
                plain.entry("additionalProperties").or_insert(json!(false));
            }
            Value::Object(plain)
        }
        other => other,
    }
}
