//! What a value should have been, as the contract says it: for programs field by field, for people in a sentence.

use kernel::text::{Alphabet, FORMATS, bare};
use serde::Serialize;
use serde_json::Value;
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use super::Said;

/// What is expected of a value: only what the contract says of it is there.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
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
    /// The characters that a text may hold.
    #[serde(skip)]
    alphabet: Option<Alphabet>,
    /// Whether `values` are fields, of which exactly one is to be given.
    #[serde(skip)]
    one_field: bool,
}

// Two that are told alike are alike.
impl PartialEq for Expected {
    fn eq(&self, other: &Self) -> bool {
        serde_json::to_value(self).ok() == serde_json::to_value(other).ok()
    }
}

impl Expected {
    /// One of these values.
    pub(crate) fn one_of<'a>(values: impl Iterator<Item = &'a String>) -> Self {
        Self { kind: Some("string".into()), values: Some(values.cloned().collect()), ..Self::default() }
    }

    /// What is expected, by the name of a format.
    pub(crate) fn format(name: &str) -> Option<Self> {
        let known = FORMATS.iter().find(|known| known.name == name)?;
        let (kind, format, example) = ("string".into(), known.name.into(), known.example.into());
        Some(Self { kind: Some(kind), format: Some(format), example: Some(example), ..Self::default() })
    }

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
        let fields = schema.get("properties").and_then(Value::as_object).filter(|_| whole("maxProperties") == Some(1));
        let format = text("format").filter(|name| FORMATS.iter().any(|known| known.name == name));
        let known = FORMATS.iter().find(|known| Some(known.name) == format.as_deref());
        let shown = schema.get("examples").and_then(|all| all.get(0)).or(schema.get("example")).and_then(Value::as_str);
        Self {
            kind: kinds.map(str::to_owned),
            values: closed.or(fields.map(|all| all.keys().cloned().collect())),
            one_field: fields.is_some(),
            alphabet: text("pattern").and_then(|pattern| Alphabet::of_pattern(&pattern)),
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

    /// What is wrong with a text that was given, where more can be said than what was expected.
    pub(crate) fn about(&self, given: &Value) -> Option<Said> {
        let given = bare(given.as_str().filter(|_| self.format.is_none() && self.values.is_none())?);
        let (length, most) = (given.chars().count(), usize::try_from(self.max_length?).ok()?);
        if length > most {
            return Some(Said {
                fr: format!("Ce texte compte {length} caractères, {most} au plus sont admis."),
                en: format!("This text has {length} characters; at most {most} are accepted."),
            });
        }
        let (place, stranger) =
            self.alphabet?.stranger(&given).filter(|_| !matches!(self.alphabet, Some(Alphabet::Code)))?;
        let (place, code) = (place + 1, u32::from(stranger));
        Some(Said {
            fr: format!("Le caractère U+{code:04X}, à la position {place}, n’est pas admis\u{a0}: supprimez-le."),
            en: format!("The character U+{code:04X} at position {place} is not accepted: remove it."),
        })
    }

    /// The same in a sentence.
    pub(crate) fn said(&self) -> Said {
        if let Some(fields) = self.values.as_ref().filter(|_| self.one_field) {
            let fields = fields.join(", ");
            return Said {
                fr: format!("Indiquez exactement un de ces champs\u{a0}: {fields}."),
                en: format!("Give exactly one of these fields: {fields}."),
            };
        }
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
            Self { min_length: Some(least), max_length: Some(most), alphabet, .. } => {
                let (fr, en) = match alphabet {
                    Some(Alphabet::Code) => (
                        " lettres minuscules sans accent, chiffres ou tirets",
                        " lower-case letters without accents, digits or hyphens",
                    ),
                    Some(Alphabet::Digits) => (" chiffres", " digits"),
                    Some(Alphabet::Line) => (" caractères visibles, sur une ligne", " visible characters, on one line"),
                    _ => (" caractères visibles", " visible characters"),
                };
                between(least.to_string(), most.to_string(), fr, en)
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
