//! One of several shapes, told by its discriminator: what of it is true of all of them is said here.

use serde_json::{Map, Value, json};

const SCHEMAS: &str = "#/components/schemas/";

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

/// Says in each shape its own value of the discriminator: else one answer is of two shapes, and `oneOf` refuses it.
pub(crate) fn tell_apart(document: &mut Value) {
    let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) else { return };
    for (shape, value, property) in shapes(schemas) {
        let property = schemas.get_mut(&shape).and_then(|shape| shape.pointer_mut(&format!("/properties/{property}")));
        // One that is no reference allows its one value alone already.
        if let Some(property) = property.and_then(Value::as_object_mut).filter(|it| it.contains_key("$ref")) {
            property.insert("const".into(), json!(value));
        }
    }
}

/// Requires no discriminator of a shape: generated Rust reads it before the shape, which is then without.
pub(crate) fn require_none(document: &mut Value) {
    let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) else { return };
    for (shape, _, property) in shapes(schemas) {
        let required = schemas.get_mut(&shape).and_then(|shape| shape.get_mut("required"));
        if let Some(required) = required.and_then(Value::as_array_mut) {
            required.retain(|name| *name != json!(property));
        }
    }
}
