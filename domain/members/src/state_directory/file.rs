//! The file: one of its two published layouts, record by record.

use std::fmt;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::record::{Entry, entry};
use super::{Oddity, Report};

/// Why nothing can be read, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable(String);

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unreadable {}

/// The published form; the API's export is the list alone.
#[derive(Deserialize)]
struct Published<'a> {
    #[serde(borrow)]
    service: &'a RawValue,
}

/// Reads the records of a file: `{"service": […]}`, with its only record perhaps, or a bare list whose nested fields may be JSON in a text. Tells how many
/// records there are, and which of them are good.
///
/// # Errors
/// It is not JSON, or none of the two layouts, or without one good record.
pub fn read(bytes: &[u8], report: &mut Report) -> Result<(usize, Vec<Entry>), Unreadable> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let line = before.split(|byte| *byte == b'\n').count();
        Unreadable(format!("le fichier n’est pas en UTF-8, ligne {line} (octet {})", error.valid_up_to()))
    })?;
    let text = text.trim_start_matches('\u{feff}');
    let raw: Vec<&RawValue> = if text.trim_start().starts_with('[') {
        serde_json::from_str(text).map_err(|error| not_json(&error))?
    } else {
        let service = serde_json::from_str::<Published<'_>>(text).map_err(|error| not_json(&error))?.service;
        // What was XML has the only element of a list without the list.
        let alone = service.get().starts_with('{');
        if alone { vec![service] } else { serde_json::from_str(service.get()).map_err(|error| not_json(&error))? }
    };
    if raw.is_empty() {
        return Err(Unreadable("le fichier ne contient aucune fiche".into()));
    }
    let mut entries = Vec::with_capacity(raw.len());
    let mut first = None;
    for (place, record) in raw.iter().enumerate() {
        let read = serde_json::from_str::<Map<String, Value>>(record.get()).map_err(|_| "pas un objet JSON".to_owned());
        match read.and_then(|fields| entry(&fields, report)) {
            Ok(entry) => entries.extend(entry),
            Err(why) => {
                report.note(Oddity::Unreadable, format!("n° {}", place + 1), "", &why);
                first.get_or_insert(why);
            }
        }
    }
    match first {
        Some(why) if entries.is_empty() => Err(Unreadable(format!(
            "ce n’est pas l’annuaire de l'État : aucune des {} fiches n’est lisible (la première : {why})",
            raw.len()
        ))),
        _ => Ok((raw.len(), entries)),
    }
}

fn not_json(error: &serde_json::Error) -> Unreadable {
    let what = match error.classify() {
        serde_json::error::Category::Data => "ce n’est pas l’annuaire de l'État (« service » ou une liste est attendu)",
        serde_json::error::Category::Eof => "le JSON s’arrête avant sa fin",
        _ => "ce n’est pas du JSON",
    };
    Unreadable(format!("{what}, ligne {}, colonne {}", error.line(), error.column()))
}
