//! What every importer hands over: the objects as its source wants them.

use kernel::Version;
use serde_json::{Map, Value};
use uuid::Uuid;

/// An object as a source wants it. What becomes of each field depends on who owns it.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Its identifier, fresh for a new one.
    pub id: Uuid,
    /// The version that was looked at; none for a new one.
    pub seen: Option<Version>,
    /// Its columns. `null` and `[]` clear what the source said before, and nothing else.
    pub fields: Map<String, Value>,
    /// The names that the source has for it.
    pub keys: Vec<String>,
}

impl Wanted {
    /// The fields that say something, in the order of their names: neither `null` nor an empty list (`app.is_said`).
    pub fn said(&self) -> impl Iterator<Item = &str> {
        let says = |value: &Value| !value.is_null() && value.as_array().is_none_or(|list| !list.is_empty());
        self.fields.iter().filter(move |(_, value)| says(value)).map(|(name, _)| name.as_str())
    }
}
