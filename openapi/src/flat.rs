//! One flat object where derives write `allOf`, for what a noun flattens into itself.

use serde_json::{Map, Value, json};

const SCHEMAS: &str = "#/components/schemas/";

/// Flattens every named schema, and forgets those that nothing names any more.
pub(crate) fn flatten(document: &mut Value) {
    let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) else { return };
    let named = schemas.clone();
    let mut parts = Vec::new();
    for schema in schemas.values_mut().filter_map(Value::as_object_mut) {
        if let Some(Value::Array(all)) = schema.remove("allOf") {
            parts.extend(all.iter().filter_map(name).map(str::to_owned));
            for part in &all {
                merge(schema, name(part).and_then(|name| named.get(name)).unwrap_or(part));
            }
        }
    }
    forget(document, &parts);
}

/// What a reference names.
fn name(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.strip_prefix(SCHEMAS)
}

/// Adds what one part says of the whole.
fn merge(whole: &mut Map<String, Value>, part: &Value) {
    whole.insert("type".into(), json!("object"));
    for (name, field) in part.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let properties = whole.entry("properties").or_insert_with(|| json!({}));
        if let Some(properties) = properties.as_object_mut() {
            properties.insert(name.clone(), field.clone());
        }
    }
    let required = whole.entry("required").or_insert_with(|| json!([]));
    if let Some(required) = required.as_array_mut() {
        required.extend(part.get("required").and_then(Value::as_array).into_iter().flatten().cloned());
    }
}

/// Drops the parts that stood for nothing else.
pub(crate) fn forget(document: &mut Value, parts: &[String]) {
    let said = document.to_string();
    let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) else { return };
    for part in parts.iter().filter(|part| !said.contains(&format!("\"{SCHEMAS}{part}\""))) {
        schemas.remove(part);
    }
}
