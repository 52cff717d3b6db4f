//! Operations of a bulk request, as they are sent: with references to what others of them make (RFC 7644, section 3.7.2).

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use ::scim::schemas::MOST_OPERATIONS;
use ::scim::{ErrorType, Object, ScimError};
use serde_json::Value;

const URN: &str = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
/// How a reference to what is made in the same request begins.
pub(super) const REFERENCE: &str = "bulkId:";

/// One operation, as it was sent.
#[derive(Debug, Clone)]
pub(super) struct Job {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) bulk_id: Option<String>,
    pub(super) version: Option<String>,
    pub(super) data: Arc<Value>,
}

fn syntax(why: impl Into<String>) -> ScimError {
    ScimError::bad(ErrorType::InvalidSyntax, why)
}

fn field<'a>(object: &'a Object, name: &str) -> Option<&'a Value> {
    object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

fn take(object: &mut Object, name: &str) -> Option<Value> {
    let key = object.keys().find(|key| key.eq_ignore_ascii_case(name)).cloned()?;
    object.remove(&key)
}

pub(super) fn jobs(body: Value) -> Result<(Vec<Job>, usize), ScimError> {
    let Value::Object(mut body) = body else { return Err(syntax("The body is no JSON object.")) };
    let named = field(&body, "schemas").and_then(Value::as_array).is_some_and(|all| all.iter().any(|it| it == URN));
    if !named {
        return Err(syntax("\"schemas\" does not name a BulkRequest."));
    }
    let Some(Value::Array(all)) = take(&mut body, "Operations") else {
        return Err(syntax("\"Operations\" is missing."));
    };
    if all.len() > MOST_OPERATIONS {
        return Err(ScimError::of(413, format!("A bulk request has {MOST_OPERATIONS} operations at most.")));
    }
    let most = match field(&body, "failOnErrors") {
        None | Some(Value::Null) => usize::MAX,
        Some(most) => {
            let most = most
                .as_u64()
                .filter(|most| *most > 0)
                .ok_or_else(|| syntax("\"failOnErrors\" is a number from 1 on."))?;
            usize::try_from(most).unwrap_or(usize::MAX)
        }
    };
    let jobs = all.into_iter().map(job).collect::<Result<Vec<_>, _>>()?;
    let mut seen = HashSet::new();
    if let Some(twice) = jobs.iter().filter_map(|it| it.bulk_id.as_ref()).find(|id| !seen.insert(*id)) {
        return Err(syntax(format!("The bulkId {twice:?} stands twice.")));
    }
    Ok((jobs, most))
}

fn job(it: Value) -> Result<Job, ScimError> {
    let Value::Object(mut it) = it else { return Err(syntax("An operation is no JSON object.")) };
    let data = Arc::new(take(&mut it, "data").unwrap_or_default());
    let text = |name: &str| field(&it, name).and_then(Value::as_str).map(str::to_owned);
    let method = text("method").unwrap_or_default().to_ascii_uppercase();
    let path = text("path").ok_or_else(|| syntax("An operation has no \"path\"."))?;
    let bulk_id = text("bulkId");
    if !matches!(method.as_str(), "POST" | "PUT" | "PATCH" | "DELETE") {
        return Err(syntax("\"method\" is POST, PUT, PATCH or DELETE."));
    }
    if method == "POST" && bulk_id.is_none() {
        return Err(syntax("A POST has a \"bulkId\"."));
    }
    Ok(Job { method, path, bulk_id, version: text("version"), data })
}

/// The references within an operation.
pub(super) fn references(it: &Job) -> Vec<String> {
    fn within(value: &Value, found: &mut Vec<String>) {
        match value {
            // Within a filter it stands in quotation marks.
            Value::String(text) if text.contains(REFERENCE) => {
                let named = text.split('"').filter_map(|part| part.strip_prefix(REFERENCE));
                found.extend(named.map(str::to_owned));
            }
            Value::Array(all) => all.iter().for_each(|it| within(it, found)),
            Value::Object(fields) => fields.values().for_each(|it| within(it, found)),
            _ => {}
        }
    }
    let mut found: Vec<String> =
        it.path.split('/').filter_map(|part| part.strip_prefix(REFERENCE)).map(str::to_owned).collect();
    within(&it.data, &mut found);
    found.sort_unstable();
    found.dedup();
    found
}

/// An operation with identifiers in the place of references, of which there are some.
pub(super) fn resolved(it: &Job, known: &HashMap<String, String>) -> Job {
    fn within(value: &mut Value, known: &HashMap<String, String>) {
        match value {
            Value::String(text) => {
                let named = |part: &str| part.strip_prefix(REFERENCE).and_then(|name| known.get(name)).cloned();
                if let Some(id) = named(text) {
                    *text = id;
                } else if text.contains(REFERENCE) {
                    let parts = text.split('"').map(|part| named(part).unwrap_or_else(|| part.to_owned()));
                    *text = parts.collect::<Vec<_>>().join("\"");
                }
            }
            Value::Array(all) => all.iter_mut().for_each(|it| within(it, known)),
            Value::Object(fields) => fields.values_mut().for_each(|it| within(it, known)),
            _ => {}
        }
    }
    let mut it = it.clone();
    let part = |part: &str| {
        part.strip_prefix(REFERENCE).and_then(|name| known.get(name)).map_or(part.to_owned(), Clone::clone)
    };
    it.path = it.path.split('/').map(part).collect::<Vec<_>>().join("/");
    within(Arc::make_mut(&mut it.data), known);
    it
}

/// The collection of a path, and the identifier that it names.
pub(super) fn place(path: &str) -> Result<(&str, Option<&str>), ScimError> {
    let path = path.trim_start_matches(crate::scim::BASE).trim_matches('/');
    match path.split_once('/') {
        None => Ok((path, None)),
        Some((collection, id)) if !id.contains('/') => Ok((collection, Some(id))),
        Some(_) => Err(ScimError::bad(ErrorType::InvalidPath, "\"path\" names a collection or a resource.")),
    }
}
