//! An example of the answer of each operation, as the demo data gives it.

use serde_json::{Map, Value};

/// A file for each tag, its operations in the order of their identifiers. `tests/it/examples.rs` writes and checks them.
const FILES: &[&str] = &[
    include_str!("../examples/contacts.json"),
    include_str!("../examples/expertise.json"),
    include_str!("../examples/me.json"),
    include_str!("../examples/members.json"),
    include_str!("../examples/memberships.json"),
    include_str!("../examples/networks.json"),
    include_str!("../examples/notifications.json"),
    include_str!("../examples/organizations.json"),
    include_str!("../examples/platform.json"),
    include_str!("../examples/roles.json"),
    include_str!("../examples/search.json"),
    include_str!("../examples/service-accounts.json"),
    include_str!("../examples/territories.json"),
    include_str!("../examples/tracking.json"),
];

/// Adds to each operation what it answers when it succeeds.
pub(crate) fn show(document: &mut Value) {
    let files = FILES.iter().filter_map(|file| serde_json::from_str::<Map<_, _>>(file).ok());
    let all: Map<String, Value> = files.flatten().collect();
    let paths = document.get_mut("paths").and_then(Value::as_object_mut).into_iter().flatten();
    let operations = paths.filter_map(|(_, item)| item.as_object_mut()).flatten();
    for (_, operation) in operations {
        let id = operation.get("operationId").and_then(Value::as_str).unwrap_or_default();
        let Some(example) = all.get(id).cloned() else { continue };
        let responses = operation.get_mut("responses").and_then(Value::as_object_mut).into_iter().flatten();
        let done = responses.filter(|(status, _)| status.starts_with('2'));
        let contents = done.filter_map(|(_, response)| response.get_mut("content").and_then(Value::as_object_mut));
        for content in contents.flatten().filter_map(|(_, content)| content.as_object_mut()) {
            content.insert("example".into(), example.clone());
        }
    }
}
