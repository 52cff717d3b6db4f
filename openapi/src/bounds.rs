//! No date, string or number without bounds: what types do not say themselves is said here, once for all.

use serde_json::{Value, json};

/// Four-digit years from 1900 to 2199, as inputs take them.
const DATE: &str = "^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$";
const DATE_TIME: &str = "^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\\.[0-9]{1,9})?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$";
/// The greatest whole number that JavaScript counts with exactly.
const GREATEST: i64 = 9_007_199_254_740_991;

/// The longest name in a list of names.
const NAME: usize = 300;

/// Bounds every schema of the document.
pub(crate) fn bound(value: &mut Value) {
    match value {
        Value::Object(object) => {
            let kinds = object.get("type").cloned().unwrap_or_default();
            let is =
                |kind: &str| kinds == kind || kinds.as_array().is_some_and(|kinds| kinds.iter().any(|one| one == kind));
            let format = object.get("format").and_then(Value::as_str).unwrap_or_default().to_owned();
            let mut default = |name: &str, bound: Value| {
                object.entry(name).or_insert(bound);
            };
            match format.as_str() {
                "date" if is("string") => {
                    default("pattern", json!(DATE));
                    default("minLength", json!(10));
                    default("maxLength", json!(10));
                    default("examples", json!(["2026-12-15"]));
                }
                "date-time" if is("string") => {
                    default("pattern", json!(DATE_TIME));
                    default("minLength", json!(20));
                    default("maxLength", json!(35));
                    default("examples", json!(["2026-12-15T09:00:00Z"]));
                }
                "uuid" if is("string") => {
                    default("minLength", json!(36));
                    default("maxLength", json!(36));
                }
                "int64" if is("integer") => {
                    default("minimum", json!(-GREATEST));
                    default("maximum", json!(GREATEST));
                }
                _ if is("integer") => {
                    default("minimum", json!(i32::MIN));
                    default("maximum", json!(i32::MAX));
                }
                _ if is("number") => {
                    default("minimum", json!(-1e15));
                    default("maximum", json!(1e15));
                }
                _ => {}
            }
            // Lists of names: of fields, operations, allowed values.
            if let Some(items) =
                object.get_mut("items").filter(|it| it.get("type").is_some_and(|kind| kind == "string"))
                && let Some(items) = items.as_object_mut()
                && !items.contains_key("format")
                && !items.contains_key("enum")
            {
                items.entry("maxLength").or_insert(json!(NAME));
            }
            let inner = object
                .iter_mut()
                .filter(|(key, _)| !matches!(key.as_str(), "example" | "examples" | "default" | "enum"));
            inner.for_each(|(_, inner)| bound(inner));
        }
        Value::Array(items) => items.iter_mut().for_each(bound),
        _ => {}
    }
}
