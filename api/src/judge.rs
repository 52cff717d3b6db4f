//! What the contract says of a request, asked when the request could not be read: every wrong value at once.
//!
//! The reader stops at the first value that it cannot take. The schema of the operation knows the others, but not what the
//! reader alone judges (checksums, invisible characters): so the reader is asked again and again with each value that is
//! known to be wrong replaced by one that is right.

use std::collections::{BTreeSet, HashMap};
use std::sync::OnceLock;

use actix_web::HttpRequest;
use jsonschema::Validator;
use jsonschema::error::ValidationErrorKind;
use kernel::text::bare;
use serde_json::{Map, Value, json};

use crate::problem::{Expected, FieldCode, FieldError, MOST_ERRORS, token};

const SCHEMAS: &str = "#/components/schemas/";
/// The shape of what an operation takes: its body, or its query.
pub(crate) struct Shape {
    schema: Value,
    named: Map<String, Value>,
    validator: OnceLock<Option<Validator>>,
}

struct Operation {
    body: Option<Shape>,
    query: Shape,
}

/// Every operation of the contract, by its method and address.
static OPERATIONS: OnceLock<HashMap<(String, String), Operation>> = OnceLock::new();

/// Learns the contract, whose operations requests are judged by.
pub(crate) fn learn(contract: &Value) {
    OPERATIONS.get_or_init(|| operations(contract));
}

fn of(request: &HttpRequest) -> Option<&'static Operation> {
    let address = (request.method().as_str().to_lowercase(), request.match_pattern()?);
    OPERATIONS.get()?.get(&address)
}

/// The shape of the body of the operation that a request asks for.
pub(crate) fn body(request: &HttpRequest) -> Option<&'static Shape> {
    of(request)?.body.as_ref()
}

/// The shape of its query.
pub(crate) fn query(request: &HttpRequest) -> Option<&'static Shape> {
    Some(&of(request)?.query)
}

fn operations(contract: &Value) -> HashMap<(String, String), Operation> {
    let named = contract.pointer("/components/schemas").and_then(Value::as_object).cloned().unwrap_or_default();
    let mut all = HashMap::new();
    for (path, item) in contract.get("paths").and_then(Value::as_object).into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            let body = operation.pointer("/requestBody/content").and_then(Value::as_object);
            let body = body.and_then(|content| content.values().next()?.get("schema").cloned());
            let operation =
                Operation { body: body.map(|it| Shape::of(it, &named)), query: Shape::of(query_of(operation), &named) };
            all.insert((method.clone(), path.clone()), operation);
        }
    }
    all
}

/// The parameters of a query as one object.
fn query_of(operation: &Value) -> Value {
    let parameters = operation.get("parameters").and_then(Value::as_array).into_iter().flatten();
    let parameters: Vec<_> = parameters.filter(|it| it.get("in").is_some_and(|place| place == "query")).collect();
    let name = |it: &Value| it.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
    let properties: Map<_, _> =
        parameters.iter().map(|it| (name(it), it.get("schema").cloned().unwrap_or_default())).collect();
    let required = parameters.iter().filter(|it| it.get("required").is_some_and(|it| it == true)).map(|it| name(it));
    json!({"type": "object", "properties": properties, "required": required.collect::<Vec<_>>(), "additionalProperties": false})
}

impl Shape {
    fn of(schema: Value, all: &Map<String, Value>) -> Self {
        let mut named = Map::new();
        reach(&schema, all, &mut named);
        Self { schema, named, validator: OnceLock::new() }
    }

    /// Every wrong value: what the schema says, then what the reader says of each that the schema lets pass.
    pub(crate) fn faults(
        &self,
        given: &Value,
        first: Vec<FieldError>,
        read: &dyn Fn(&Value) -> Vec<FieldError>,
    ) -> Vec<FieldError> {
        let mut faults = self.judged(given);
        let mut mended = given.clone();
        let mut known: BTreeSet<String> = faults.iter().map(|it| it.pointer().to_owned()).collect();
        for fault in &faults {
            self.mend(&mut mended, fault);
        }
        let (mut said, mut moved, mut replaced) = (first, true, BTreeSet::new());
        // Of an object in which something is known to be wrong, nothing more is said by saying so of the whole.
        let around = |known: &BTreeSet<String>, at: &str| {
            let within = format!("{at}/");
            known.range(within.clone()..).next().is_some_and(|it| it.starts_with(&within))
        };
        let wider = |known: &BTreeSet<String>, at: &str| -> Option<String> {
            let whole = if known.contains(at) { at.rsplit_once('/')?.0 } else { at };
            Some(whole.to_owned()).filter(|whole| !whole.is_empty())
        };
        // What the schema says too is mended already.
        said.retain(|fault| !known.contains(fault.pointer()) && !around(&known, fault.pointer()));
        // At most one fault more each time, until what is mended can be read.
        while moved && faults.len() < MOST_ERRORS {
            moved = said.is_empty();
            for fault in std::mem::take(&mut said) {
                if !around(&known, fault.pointer()) && known.insert(fault.pointer().to_owned()) {
                    self.mend(&mut mended, &fault);
                    // What a value must be is said by its kind: of one whose kind is wrong, nothing is known.
                    let of_kind =
                        fault.pointer().strip_suffix("/value").is_some_and(|it| known.contains(&format!("{it}/kind")));
                    let expected = self.expected(fault.pointer(), given);
                    faults.extend(Some(fault.expecting(expected)).filter(|_| !of_kind));
                    moved = true;
                } else if let Some(whole) = wider(&known, fault.pointer())
                    && replaced.insert(whole.clone())
                {
                    // What is mended does not please in its place: all that is around it is replaced.
                    self.mend(&mut mended, &FieldError::new(&whole, FieldCode::Invalid));
                    moved = true;
                }
            }
            said = read(&mended);
            moved &= !said.is_empty();
        }
        faults.sort_by(|a, b| a.pointer().cmp(b.pointer()));
        faults
            .into_iter()
            .map(|fault| {
                let value = given.pointer(fault.pointer());
                fault.about(value)
            })
            .collect()
    }

    /// What is expected at a pointer.
    fn expected(&self, pointer: &str, given: &Value) -> Option<Expected> {
        // Which branch of a choice a value is, is said by one of its fields.
        if let Some((parent, name)) = pointer.rsplit_once('/')
            && let Some(told) = self.at(parent, given).and_then(|choice| choice.get("discriminator"))
            && told.get("propertyName").is_some_and(|it| it == name)
        {
            return Some(Expected::one_of(told.get("mapping")?.as_object()?.keys()));
        }
        self.at(pointer, given).map(Expected::of)
    }

    /// Whether a query says nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.schema.get("properties").and_then(Value::as_object).is_none_or(Map::is_empty)
    }

    /// Whether a field is a list.
    pub(crate) fn is_list(&self, name: &str) -> bool {
        self.expected(&format!("/{name}"), &Value::Null).is_some_and(|it| it.kind() == Some("array"))
    }

    /// A query as an object: each value as the type that its parameter has, where it can be read as one.
    pub(crate) fn object(&self, pairs: &[(String, String)]) -> Value {
        let mut object = Map::new();
        for (name, value) in pairs {
            let schema = self.at(&format!("/{name}"), &Value::Null);
            let kind = schema.map(Expected::of).unwrap_or_default();
            let typed = match kind.kind() {
                Some("integer" | "number" | "boolean") => serde_json::from_str(value).unwrap_or_else(|_| json!(value)),
                _ => json!(value),
            };
            match object.get_mut(name) {
                Some(Value::Array(items)) => items.push(typed),
                Some(before) => *before = json!([before.take(), typed]),
                None if kind.kind() == Some("array") => drop(object.insert(name.clone(), json!([typed]))),
                None => drop(object.insert(name.clone(), typed)),
            }
        }
        Value::Object(object)
    }

    /// The same back again.
    pub(crate) fn pairs(object: &Value) -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let fields = object.as_object().into_iter().flatten();
        let each = fields.flat_map(|(name, value)| match value {
            Value::Array(items) => items.iter().map(|item| (name.clone(), text(item))).collect(),
            value => vec![(name.clone(), text(value))],
        });
        each.collect()
    }

    fn validator(&self) -> Option<&Validator> {
        let build = || {
            let mut whole = plain(self.schema.clone());
            let named: Map<_, _> = self.named.iter().map(|(name, it)| (name.clone(), plain(it.clone()))).collect();
            whole.as_object_mut()?.insert("components".into(), json!({"schemas": named}));
            let built = jsonschema::options().should_validate_formats(false).build(&whole);
            built.inspect_err(|error| tracing::error!(%error, "a schema of the contract cannot be used")).ok()
        };
        self.validator.get_or_init(build).as_ref()
    }

    /// What the schema says is wrong.
    fn judged(&self, given: &Value) -> Vec<FieldError> {
        let trimmed = trimmed(given.clone());
        let Some(validator) = self.validator() else { return Vec::new() };
        let (mut faults, mut known) = (Vec::new(), BTreeSet::new());
        for error in validator.iter_errors(&trimmed).take(MOST_ERRORS) {
            let at = error.instance_path().to_string();
            let below = |name: &str| format!("{at}/{}", token(name));
            let found = match error.kind() {
                ValidationErrorKind::Required { property } => {
                    vec![(below(property.as_str().unwrap_or_default()), FieldCode::Missing)]
                }
                ValidationErrorKind::AdditionalProperties { unexpected } => {
                    unexpected.iter().map(|name| (below(name), FieldCode::Unknown)).collect()
                }
                _ => vec![(at, FieldCode::Invalid)],
            };
            for (pointer, code) in found {
                if faults.len() < MOST_ERRORS && known.insert(pointer.clone()) {
                    let expected = self.expected(&pointer, given);
                    faults.push(FieldError::new(&pointer, code).expecting(expected));
                }
            }
        }
        faults
    }

    /// The schema of what stands, or should stand, at a pointer.
    fn at<'a>(&'a self, pointer: &str, given: &Value) -> Option<&'a Value> {
        let mut schema = self.resolved(&self.schema, Some(given));
        let mut here = Some(given);
        for token in pointer.split('/').skip(1) {
            let name = token.replace("~1", "/").replace("~0", "~");
            here = here.and_then(|value| match value {
                Value::Array(items) => items.get(name.parse::<usize>().ok()?),
                value => value.get(&name),
            });
            let within = schema.get("properties").and_then(|all| all.get(&name)).or_else(|| schema.get("items"))?;
            schema = self.resolved(within, here);
        }
        Some(schema)
    }

    /// A schema in place of its reference; of several, the one that the value says it is.
    fn resolved<'a>(&'a self, schema: &'a Value, value: Option<&Value>) -> &'a Value {
        let target = match (schema.get("$ref"), schema.get("discriminator")) {
            (Some(target), _) => Some(target),
            (None, Some(told)) => {
                let tag = told.get("propertyName").and_then(Value::as_str).and_then(|name| value?.get(name)?.as_str());
                tag.and_then(|tag| told.get("mapping")?.get(tag))
            }
            _ => None,
        };
        let named = target.and_then(Value::as_str).and_then(|target| self.named.get(target.strip_prefix(SCHEMAS)?));
        named.map_or(schema, |named| self.resolved(named, value))
    }

    /// Puts a value that is right where one is wrong or missing, and takes away what is unknown.
    fn mend(&self, body: &mut Value, fault: &FieldError) {
        let Some((parent, name)) = fault.pointer().rsplit_once('/') else {
            *body = self.sample(&self.schema);
            return;
        };
        let right = self.at(fault.pointer(), body).map(|schema| self.sample(schema));
        let name = name.replace("~1", "/").replace("~0", "~");
        match (body.pointer_mut(parent), right) {
            (Some(Value::Object(object)), Some(right)) if !fault.is_unknown() => drop(object.insert(name, right)),
            (Some(Value::Object(object)), _) => drop(object.remove(&name)),
            (Some(Value::Array(items)), Some(right)) => {
                if let Some(item) = name.parse::<usize>().ok().and_then(|place| items.get_mut(place)) {
                    *item = right;
                }
            }
            _ => {}
        }
    }

    /// A value that a schema takes.
    fn sample(&self, schema: &Value) -> Value {
        let schema = self.resolved(schema, None);
        let expected = Expected::of(schema);
        let first = |name: &str| schema.get(name).and_then(|all| all.get(0)).cloned();
        if let Some(shown) = first("enum").or_else(|| first("examples")).or_else(|| schema.get("example").cloned()) {
            return shown;
        }
        if let Some(choice) = first("oneOf") {
            return self.sample(&choice);
        }
        match expected.kind() {
            Some("string") => json!(expected.text()),
            Some("integer" | "number") => schema.get("minimum").cloned().unwrap_or(json!(1)),
            Some("boolean") => json!(false),
            Some("array") => {
                let least = schema.get("minItems").and_then(Value::as_u64).unwrap_or(0);
                let item = schema.get("items").map(|items| self.sample(items)).unwrap_or_default();
                (0..least).map(|_| item.clone()).collect()
            }
            _ => {
                let required =
                    schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
                let field = |name: &str| Some((name.to_owned(), self.sample(schema.get("properties")?.get(name)?)));
                Value::Object(required.filter_map(field).collect())
            }
        }
    }
}

/// Everything that a schema names, and what that names.
fn reach(schema: &Value, all: &Map<String, Value>, found: &mut Map<String, Value>) {
    match schema {
        Value::Object(object) => {
            for (key, inner) in object {
                let target = inner.as_str().and_then(|target| target.strip_prefix(SCHEMAS));
                match target.and_then(|name| Some((name, all.get(name)?))) {
                    Some((name, named)) if !found.contains_key(name) => {
                        found.insert(name.to_owned(), named.clone());
                        reach(named, all, found);
                    }
                    _ if key != "example" && key != "examples" => reach(inner, all, found),
                    _ => {}
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|inner| reach(inner, all, found)),
        _ => {}
    }
}

/// A choice by a discriminator in the words of JSON Schema: the branch that the value names is judged, and no other.
fn plain(mut schema: Value) -> Value {
    if let Some(object) = schema.as_object_mut() {
        for (_, inner) in object.iter_mut() {
            *inner = plain(inner.take());
        }
        let told = object.get("discriminator").cloned();
        if let Some((name, mapping)) =
            told.as_ref().and_then(|it| Some((it.get("propertyName")?, it.get("mapping")?.as_object()?)))
        {
            let name = name.as_str().unwrap_or_default();
            let values: Vec<_> = mapping.keys().collect();
            let branch = |(tag, target): (&String, &Value)| json!({"if": {"properties": {(name): {"const": tag}}, "required": [name]}, "then": {"$ref": target}});
            let branches: Vec<_> = mapping.iter().map(branch).collect();
            return json!({"type": "object", "required": [name], "properties": {(name): {"enum": values}}, "allOf": branches});
        }
    } else if let Some(items) = schema.as_array_mut() {
        for inner in items {
            *inner = plain(inner.take());
        }
    }
    schema
}

/// What is judged has no blanks around its texts, as what is kept.
fn trimmed(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(bare(&text)),
        Value::Array(items) => items.into_iter().map(trimmed).collect(),
        Value::Object(fields) => {
            Value::Object(fields.into_iter().map(|(name, field)| (name, trimmed(field))).collect())
        }
        other => other,
    }
}
