//! What makes the contract whole: everything that is true of all operations is said here, once.

mod absence;
mod bounds;
mod downgrade;
mod flat;
mod operation;

pub use downgrade::down_convert;

use serde_json::{Value, json};

/// Statuses that operations share, with the component that describes each.
pub(crate) const PROBLEMS: &[(&str, &str)] = &[
    (
        "400",
        "The request is malformed, or its cursor or its idempotency key is, or the key is missing where it is needed.",
    ),
    ("401", "There is no token, or it is not good."),
    ("403", "The caller may not, or is not registered."),
    ("404", "There is no such thing, or not for this caller."),
    ("408", "The body takes too long to arrive."),
    ("409", "A value is taken, the same fact stands already, or the state of the object does not allow it."),
    ("412", "The object changed meanwhile."),
    ("413", "The body is too large."),
    ("415", "The body is of another kind than expected."),
    ("422", "A value is not acceptable; see `errors`."),
    ("428", "`If-Match` is missing."),
    ("429", "Too many requests: wait `Retry-After` seconds."),
    ("503", "Too many at once, or the database does not answer: try again after `Retry-After` seconds."),
];

/// How clients learn where they stand (draft-ietf-httpapi-ratelimit-headers), on every answer while limits are on.
const LIMITS: &[(&str, &str)] = &[
    ("RateLimit", "What is left (`r`), and the seconds until all of it is there again (`t`)."),
    ("RateLimit-Policy", "How many at once (`q`), given anew within how many seconds (`w`)."),
];

/// Finishes the document that the routes gave birth to.
#[must_use]
pub fn finish(mut document: Value) -> Value {
    flat::flatten(&mut document);
    absence::clean(&mut document);
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
    document
}

fn problem(status: &str, why: &str) -> Value {
    let schema = json!({"$ref": "#/components/schemas/Problem"});
    let mut response = json!({"description": why, "content": {"application/problem+json": {"schema": schema}}});
    if let (true, Some(response)) = (matches!(status, "429" | "503"), response.as_object_mut()) {
        let header = json!({"description": "Seconds to wait.", "required": true, "schema": {"type": "integer"}});
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
