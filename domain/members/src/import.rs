//! What every importer passes on: objects as its source describes them.

use kernel::Version;
use serde_json::{Map, Value};
use uuid::Uuid;

/// An object as a source describes it. Whether each field is written depends on who owns the field.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Its identifier, fresh for a new one.
    pub id: Uuid,
    /// The version that was read; none for a new object.
    pub seen: Option<Version>,
    /// Its columns. `null` and `[]` clear what the source said before, and nothing else.
    pub fields: Map<String, Value>,
    /// The identifiers that the source has for it.
    pub keys: Vec<String>,
}

impl Wanted {
    /// The fields with a value, in the order of their names: neither `null` nor an empty list (`app.is_said`).
    pub fn said(&self) -> impl Iterator<Item = &str> {
        let says = |value: &Value| !value.is_null() && value.as_array().is_none_or(|list| !list.is_empty());
        self.fields.iter().filter(move |(_, value)| says(value)).map(|(name, _)| name.as_str())
    }
}
