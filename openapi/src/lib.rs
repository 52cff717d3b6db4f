//! Finishes the contract: adds what is true of all operations, so that no operation has to repeat it.

mod absence;
mod bounds;
mod downgrade;
mod examples;
mod flat;
mod kinds;
mod operation;

pub use downgrade::down_convert;

use serde_json::{Value, json};

/// Statuses that operations share, with the component that describes each.
pub(crate) const PROBLEMS: &[(&str, &str)] = &[
    ("400", "The request, its cursor or its idempotency key is malformed, or a required key is missing."),
    ("401", "The token is missing, expired or not valid."),
    ("403", "The caller may not do this, is suspended or is not registered."),
    ("404", "The object does not exist, or the caller may not see it."),
    ("408", "The body takes too long to arrive: more than ten seconds."),
    ("409", "A value is taken, the same fact exists already, or the state of the object does not allow the operation."),
    ("412", "The object changed since the caller read it: get it again."),
    ("413", "The body is larger than 256 KiB."),
    ("415", "The content type of the body is not accepted."),
    ("422", "A value is not acceptable: `errors` says which one, and why."),
    ("428", "The header `If-Match` is missing: send the `ETag` of the object."),
    ("429", "Too many requests: wait `Retry-After` seconds and try again."),
    ("503", "The service is busy, or its database does not answer: try again after `Retry-After` seconds."),
];

/// Headers that tell clients what is left of their rate limit (draft-ietf-httpapi-ratelimit-headers). They are on every
/// answer while limits are on.
const LIMITS: &[(&str, &str)] = &[
    ("RateLimit", "Requests left (`r`), and seconds until the full number is available again (`t`)."),
    ("RateLimit-Policy", "Requests allowed at once (`q`), and seconds within which they become available again (`w`)."),
];

/// Finishes the document that is generated from the routes.
#[must_use]
pub fn finish(mut document: Value) -> Value {
    flat::flatten(&mut document);
    absence::clean(&mut document);
    kinds::tell_apart(&mut document);
    let paths = document.get_mut("paths").and_then(Value::as_object_mut).into_iter().flatten();
    for (path, item) in paths {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            operation::finish(path, method, operation);
        }
    }
    if let Some(components) = document.get_mut("components").and_then(Value::as_object_mut) {
        let bearer = json!({"type": "http", "scheme": "bearer", "bearerFormat": "JWT"});
        components.insert("securitySchemes".into(), json!({"bearer": bearer}));
        let responses = PROBLEMS.iter().map(|(status, why)| (format!("Problem{status}"), problem(status, why)));
        components.insert("responses".into(), Value::Object(responses.collect()));
    }
    for part in ["/components", "/paths"] {
        document.pointer_mut(part).into_iter().for_each(bounds::bound);
    }
    examples::show(&mut document);
    explained(&mut document);
    document
}

/// Links the contract to its conventions, and each tag to its chapter there.
fn explained(document: &mut Value) {
    let page = "/conventions";
    for tag in document.get_mut("tags").and_then(Value::as_array_mut).into_iter().flatten() {
        let chapter = tag.get("name").and_then(Value::as_str).unwrap_or_default();
        let chapter = json!({"description": format!("Conventions: {chapter}"), "url": format!("{page}#{chapter}")});
        if let Some(tag) = tag.as_object_mut() {
            tag.insert("externalDocs".into(), chapter);
        }
    }
    if let Some(document) = document.as_object_mut() {
        document.insert("externalDocs".into(), json!({"description": "Conventions of the API", "url": page}));
    }
}

fn problem(status: &str, why: &str) -> Value {
    let schema = json!({"$ref": "#/components/schemas/Problem"});
    let mut response = json!({"description": why, "content": {"application/problem+json": {"schema": schema}}});
    if let (true, Some(response)) = (matches!(status, "429" | "503"), response.as_object_mut()) {
        let header = json!({"description": "Seconds to wait before the request is sent again.", "required": true, "schema": {"type": "integer"}});
        let mut headers = json!({"Retry-After": header});
        if let (true, Some(headers)) = (status == "429", headers.as_object_mut()) {
            for (name, what) in LIMITS {
                headers.insert(
                    (*name).into(),
                    json!({"description": what, "schema": {"type": "string", "maxLength": 200}}),
                );
            }
        }
        response.insert("headers".into(), headers);
    }
    response
}
