//! What every operation has: security, shared problems, entity tags, who may.

use serde_json::{Map, Value, json};

use crate::PROBLEMS;

const JSON: &str = "application/json";
pub(crate) const MERGE_PATCH: &str = "application/merge-patch+json";

pub(crate) fn finish(path: &str, method: &str, operation: &mut Value) {
    let Some(operation) = operation.as_object_mut() else { return };
    operation.insert("security".into(), json!([{"bearer": []}]));
    let action = operation.get("operationId").cloned();
    operation.insert("x-authz".into(), json!({"action": action, "audited": method != "get"}));
    if method == "patch" {
        takes_patches(operation);
    }
    let shared = statuses(path, method, operation);
    if method == "post" {
        idempotency(operation);
    }
    let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) else { return };
    responses.iter_mut().for_each(|(status, response)| describe(status, response, method == "get"));
    if method == "get" && responses.values().any(|response| response.pointer("/headers/ETag").is_some()) {
        responses
            .insert("304".into(), json!({"description": "The caller already has this version (`If-None-Match`)."}));
    }
    for status in shared {
        responses.insert(status.into(), json!({"$ref": format!("#/components/responses/Problem{status}")}));
    }
    responses.sort_keys();
}

/// The problems that an operation may end in follow from what it takes.
fn statuses(path: &str, method: &str, operation: &Map<String, Value>) -> Vec<&'static str> {
    let parameters = operation.get("parameters").and_then(Value::as_array).cloned().unwrap_or_default();
    let takes = |place: &str| parameters.iter().any(|one| one.get("in").is_some_and(|it| it == place));
    let pages = parameters.iter().any(|one| one.get("name").is_some_and(|name| name == "cursor"));
    let names = parameters.iter().any(|one| one.get("in").is_some_and(|it| it == "query") && required(one));
    let (body, version, query) = (
        operation.contains_key("requestBody"),
        parameters.iter().any(|one| one.get("name").is_some_and(|name| name == "If-Match")),
        takes("query"),
    );
    let writes = method != "get";
    let applies = |status: &str| match status {
        "400" => writes || pages,
        "408" | "413" | "415" => body,
        "409" => writes,
        "404" => names || path.contains('{'),
        "412" | "428" => version,
        "422" => body || query || method == "post",
        _ => true,
    };
    PROBLEMS.iter().map(|(status, _)| *status).filter(|status| applies(status)).collect()
}

/// A query that must say something names what it is about, as an address does; words to look for name nothing.
fn required(parameter: &Value) -> bool {
    let searches = parameter.get("name").is_some_and(|name| name == "q" || name == "need");
    !searches && parameter.get("required").is_some_and(|required| required == true)
}

/// Every POST may be sent again with its key.
fn idempotency(operation: &mut Map<String, Value>) {
    let text = "Key that the client chooses: 1 to 255 visible ASCII characters, preferably a UUID. If the same request is sent \
                again with the same key within 48 hours, it is done once. The answer to a repetition has the header \
                `Idempotency-Replayed: true`.";
    let schema = json!({"type": "string", "minLength": 1, "maxLength": 255});
    let parameters = operation.entry("parameters").or_insert_with(|| json!([]));
    if let Some(parameters) = parameters.as_array_mut() {
        // An operation that does not go without it has declared it.
        let declared = parameters.len();
        parameters.retain(|one| one.get("name").is_none_or(|name| name != "Idempotency-Key"));
        let required = parameters.len() < declared;
        let parameter = json!({"name": "Idempotency-Key", "in": "header", "required": required, "description": text, "schema": schema});
        parameters.push(parameter);
    }
}

fn takes_patches(operation: &mut Map<String, Value>) {
    let content =
        operation.get_mut("requestBody").and_then(|body| body.get_mut("content")).and_then(Value::as_object_mut);
    if let Some(content) = content
        && let Some(body) = content.remove(JSON)
    {
        // Alone, though JSON is taken as the same: of two types, openapi-python-client makes code that does not run.
        content.insert(MERGE_PATCH.into(), body);
    }
}

/// One object carries its version; a page, and what has none, does not.
fn describe(status: &str, response: &mut Value, reads: bool) {
    let shown = response.pointer("/content/application~1json/schema/$ref").and_then(Value::as_str);
    let name = shown.and_then(|shown| shown.rsplit('/').next()).unwrap_or_default().to_owned();
    let Some(response) = response.as_object_mut() else { return };
    response.insert("description".into(), json!(result(status, &name, reads)));
    let string = json!({"type": "string", "maxLength": 2000});
    let tagged = json!({"description": "Entity tag of the list, for `If-None-Match`: it changes with what the list holds.", "schema": string.clone()});
    let mut header = if name.ends_with("Page") || PAGED.contains(&name.as_str()) {
        let mut header = json!({"Link": {"description": "Address of the next page (RFC 8288). Absent on the last page.", "schema": string.clone()}});
        if let (true, Some(header)) = (REFERENCE.contains(&name.as_str()), header.as_object_mut()) {
            header.insert("ETag".into(), tagged);
        }
        header
    } else if REFERENCE.contains(&name.as_str()) {
        json!({"ETag": tagged})
    } else if PLAIN.contains(&name.as_str()) || name.is_empty() {
        return;
    } else {
        json!({"ETag": {"description": "Entity tag of the object, for `If-Match` and `If-None-Match`. Absent: only the name of the object is shown.", "schema": string}})
    };
    if let (true, Some(header)) = (status == "201", header.as_object_mut()) {
        header.insert("Location".into(), json!({"description": "Address of the new object.", "schema": string}));
    }
    response.insert("headers".into(), header);
}

/// What an answer is, by the noun that it shows.
fn result(status: &str, schema: &str, reads: bool) -> String {
    let noun = schema.strip_suffix("View").unwrap_or(schema);
    let words = noun.char_indices().map(|(at, c)| match (at, c.is_ascii_uppercase()) {
        (0, _) | (_, false) => c.to_ascii_lowercase().to_string(),
        _ => format!(" {}", c.to_ascii_lowercase()),
    });
    let noun: String = words.collect();
    match status {
        _ if schema.is_empty() => "The file.".into(),
        _ if schema.ends_with("Page") => "One page of the list.".into(),
        _ if schema == "Me" => "The caller, as this service knows them.".into(),
        "201" => format!("The {noun} as created."),
        _ if reads => format!("The {noun}."),
        _ => format!("The {noun} as it is after the operation."),
    }
}

/// Answers beside lists that come in pages.
const PAGED: &[&str] = &["NetworkTracking", "OrganizationTracking"];

/// Lists of reference data, which change rarely.
const REFERENCE: &[&str] = &["EnumLists", "NetworkPage", "TerritoryPage"];

/// Answers that are neither an object with a version nor a page.
const PLAIN: &[&str] = &[
    "Me",
    "EnumLists",
    "PermissionAnswers",
    "Matrix",
    "ReorganizationImpact",
    "ExpertProposals",
    "SearchHits",
    "Suggestions",
    "TrackingCells",
    "NotificationsRead",
];
