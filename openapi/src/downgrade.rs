//! The contract for generators that read OpenAPI 3.0.3 alone.

use serde_json::{Value, json};

use crate::kinds;
use crate::operation::MERGE_PATCH;

/// Says in OpenAPI 3.0.3 what the contract says in 3.1.
#[must_use]
pub fn down_convert(mut document: Value) -> Value {
    walk(&mut document);
    kinds::require_none(&mut document);
    if let Some(document) = document.as_object_mut() {
        document.insert("openapi".into(), json!("3.0.3"));
        if let Some(license) =
            document.get_mut("info").and_then(|info| info.get_mut("license")).and_then(Value::as_object_mut)
        {
            license.remove("identifier");
        }
    }
    document
}

fn walk(value: &mut Value) {
    match value {
        Value::Object(object) => {
            if let Some(Value::Array(types)) = object.get("type").cloned() {
                let others: Vec<_> = types.iter().filter(|one| *one != "null").cloned().collect();
                if let [only] = others.as_slice() {
                    object.insert("type".into(), only.clone());
                    if types.len() > 1 {
                        object.insert("nullable".into(), json!(true));
                    }
                }
            }
            if let Some(Value::Array(examples)) = object.remove("examples")
                && let Some(first) = examples.into_iter().next()
            {
                object.insert("example".into(), first);
            }
            // Generators of 3.0 can often send no other type than JSON, which the server takes for a patch too.
            if let Some(patch) = object.remove(MERGE_PATCH) {
                object.insert("application/json".into(), patch);
            }
            // A reference stands alone in 3.0.
            if object.contains_key("$ref") {
                object.retain(|name, _| name == "$ref");
            }
            object.values_mut().for_each(walk);
        }
        Value::Array(items) => items.iter_mut().for_each(walk),
        _ => {}
    }
}
