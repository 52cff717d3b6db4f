//! One of several shapes, told by its discriminator.
//!
//! In 3.1 each shape allows its own value of the discriminator alone: else an answer is of two shapes, and `oneOf` refuses
//! it. In 3.0.3 all of them share the one enum of these values, since generated code names a type after each enum, and
//! merges the shapes into one where its language knows no union.

use serde_json::{Map, Value, json};

const SCHEMAS: &str = "#/components/schemas/";
/// The enum that the value of a discriminator was taken from.
const ENUM: &str = "x-enum";
const WHICH: &str = "Which of the shapes this is.";

/// Each shape, its value of the discriminator, and the name of that property.
fn shapes(schemas: &Map<String, Value>) -> Vec<(String, String, String)> {
    let mut shapes = Vec::new();
    for told in schemas.values().filter_map(|schema| schema.get("discriminator")) {
        let Some(property) = told.get("propertyName").and_then(Value::as_str) else { continue };
        for (value, shape) in told.get("mapping").and_then(Value::as_object).into_iter().flatten() {
            let shape = shape.as_str().and_then(|shape| shape.strip_prefix(SCHEMAS));
            shapes.extend(shape.map(|shape| (shape.to_owned(), value.clone(), property.to_owned())));
        }
    }
    shapes
}

/// The value that a shape has, where the shape refers to the enum of all of them.
pub(crate) fn tell_apart(document: &mut Value) {
    let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) else { return };
    let mut named = Vec::new();
    for (shape, value, property) in shapes(schemas) {
        let property = schemas.get_mut(&shape).and_then(|shape| shape.pointer_mut(&format!("/properties/{property}")));
        let Some(property) = property.and_then(Value::as_object_mut) else { continue };
        let Some(name) = property.remove("$ref").as_ref().and_then(Value::as_str).map(str::to_owned) else { continue };
        let name = name.trim_start_matches(SCHEMAS).to_owned();
        property.insert("type".into(), json!("string"));
        property.insert("enum".into(), json!([value]));
        property.insert(ENUM.into(), json!(name));
        property.entry("description").or_insert_with(|| json!(WHICH));
        named.push(name);
    }
    crate::flat::forget(document, &named);
}

/// The enum of all the values in place of each, and no shape requires it: generated Rust reads it before the shape, which
/// is then without it.
pub(crate) fn share(document: &mut Value) {
    let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) else { return };
    for (shape, value, property) in shapes(schemas) {
        let Some(shape) = schemas.get_mut(&shape) else { continue };
        if let Some(required) = shape.get_mut("required").and_then(Value::as_array_mut) {
            required.retain(|name| *name != json!(property));
        }
        let Some(property) = shape.pointer_mut(&format!("/properties/{property}")) else { continue };
        let Some(name) = property.get(ENUM).and_then(Value::as_str).map(str::to_owned) else { continue };
        *property = json!({"$ref": format!("{SCHEMAS}{name}")});
        let all = json!({"type": "string", "description": WHICH, "enum": []});
        let values = schemas.entry(name).or_insert(all).get_mut("enum").and_then(Value::as_array_mut);
        if let Some(values) = values.filter(|values| !values.contains(&json!(value))) {
            values.push(json!(value));
        }
    }
}
