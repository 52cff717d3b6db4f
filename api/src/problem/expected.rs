//! What a value should have been, as the contract says it: for programs field by field, for people in a sentence.

use kernel::text::FORMATS;
use serde::Serialize;
use serde_json::Value;
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use super::Said;

/// What is expected of a value: only what the contract says of it is there.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
#[schema(as = ExpectedValue)]
pub struct Expected {
    /// The JSON type: `string`, `integer`, `number`, `boolean`, `array` or `object`.
    #[serde(rename = "type")]
    #[schema(max_length = 20)]
    kind: Option<String>,
    /// The format of a string, as JSON Schema names it (`date`, `email`, `uuid`, `siret`).
    #[schema(max_length = 40)]
    format: Option<String>,
    /// The values allowed, where the list is closed.
    #[schema(max_items = 100, value_type = Option<Vec<String>>)]
    values: Option<Vec<String>>,
    /// A value that would be of the right form.
    #[schema(max_length = 300)]
    example: Option<String>,
    /// The least number of characters of a string.
    #[schema(minimum = 0, maximum = 1_000_000)]
    min_length: Option<u64>,
    /// The greatest number of characters of a string.
    #[schema(minimum = 0, maximum = 1_000_000)]
    max_length: Option<u64>,
    /// The least value of a number.
    #[schema(minimum = -1e15, maximum = 1e15)]
    minimum: Option<f64>,
    /// The greatest value of a number.
    #[schema(minimum = -1e15, maximum = 1e15)]
    maximum: Option<f64>,
    /// The least number of items of a list.
    #[schema(minimum = 0, maximum = 1_000_000)]
    min_items: Option<u64>,
    /// The greatest number of items of a list.
    #[schema(minimum = 0, maximum = 1_000_000)]
    max_items: Option<u64>,
}

impl Expected {
    /// What a schema of the contract says.
    pub(crate) fn of(schema: &Value) -> Self {
        let text = |name: &str| schema.get(name).and_then(Value::as_str).map(str::to_owned);
        let whole = |name: &str| schema.get(name).and_then(Value::as_u64);
        let number = |name: &str| schema.get(name).and_then(Value::as_f64);
        let kinds = match schema.get("type") {
            Some(Value::Array(kinds)) => kinds.iter().find(|kind| *kind != "null").and_then(Value::as_str),
            other => other.and_then(Value::as_str),
        };
        let closed = schema.get("enum").and_then(Value::as_array);
        let closed = closed.map(|values| values.iter().filter_map(Value::as_str).map(str::to_owned).collect());
        let format = text("format").filter(|name| FORMATS.iter().any(|known| known.name == name));
        let known = FORMATS.iter().find(|known| Some(known.name) == format.as_deref());
        let shown = schema.get("examples").and_then(|all| all.get(0)).or(schema.get("example")).and_then(Value::as_str);
        Self {
            kind: kinds.map(str::to_owned),
            values: closed,
            example: shown.or(known.map(|known| known.example)).map(str::to_owned),
            format,
            min_length: whole("minLength"),
            max_length: whole("maxLength"),
            minimum: number("minimum"),
            maximum: number("maximum"),
            min_items: whole("minItems"),
            max_items: whole("maxItems"),
        }
    }

    /// The JSON type.
    pub(crate) fn kind(&self) -> Option<&str> {
        self.kind.as_deref()
    }

    /// A text that would do.
    pub(crate) fn text(&self) -> String {
        let shortest = usize::try_from(self.min_length.unwrap_or(1)).unwrap_or(1).max(1);
        self.example.clone().unwrap_or_else(|| "a".repeat(shortest))
    }

    /// The same in a sentence.
    pub(crate) fn said(&self) -> Said {
        if let Some(values) = &self.values {
            let values = values.join(", ");
            return Said {
                fr: format!("Valeurs possibles\u{a0}: {values}."),
                en: format!("Possible values: {values}."),
            };
        }
        let known = FORMATS.iter().find(|known| Some(known.name) == self.format.as_deref());
        let (fr, en) = match (known, self.kind.as_deref()) {
            (Some(known), _) => (known.label.fr, known.label.en),
            (None, Some("string")) => ("un texte", "a text"),
            (None, Some("integer")) => ("un nombre entier", "a whole number"),
            (None, Some("number")) => ("un nombre", "a number"),
            (None, Some("boolean")) => ("true ou false", "true or false"),
            (None, Some("array")) => ("une liste", "a list"),
            (None, _) => ("un objet", "an object"),
        };
        let bounds = self.bounds(known.is_some());
        let example = self.example.as_ref().filter(|_| known.is_some());
        let example = example.map_or_else(Said::default, |it| Said {
            fr: format!(", par exemple {it}"),
            en: format!(", for example {it}"),
        });
        Said {
            fr: format!("Valeur attendue\u{a0}: {fr}{}{}.", bounds.fr, example.fr),
            en: format!("Expected: {en}{}{}.", bounds.en, example.en),
        }
    }

    /// What is said of length or size: the length of a format says itself.
    fn bounds(&self, formatted: bool) -> Said {
        let between = |least: String, most: String, fr: &str, en: &str| Said {
            fr: format!(" de {least} à {most}{fr}"),
            en: format!(" of {least} to {most}{en}"),
        };
        match self {
            _ if formatted => Said::default(),
            Self { min_length: Some(least), max_length: Some(most), .. } => {
                between(least.to_string(), most.to_string(), " caractères visibles", " visible characters")
            }
            Self { max_items: Some(most), min_items, .. } => {
                between(min_items.unwrap_or(0).to_string(), most.to_string(), " éléments", " items")
            }
            Self { minimum: Some(least), maximum: Some(most), .. } => {
                Said { fr: format!(" entre {least} et {most}"), en: format!(" between {least} and {most}") }
            }
            _ => Said::default(),
        }
    }
}
