//! The file itself: its encoding, its separator, its header, its cells.

use std::fmt;
use std::str::FromStr;

use kernel::Label;
use kernel::directory::Profession;
use kernel::text::fold;
use serde_json::{Map, Value, json};

use super::{ExternalId, Fault};
use crate::affiliation::{Position, Service};
use crate::contact::{Email, Phone};
use crate::member::{GivenName, Language, ProfileVisibility, UsualName};

/// Every column that a file may have.
pub const COLUMNS: &[&str] = &[
    "external_id",
    "given_name",
    "usual_name",
    "email",
    "phone",
    "languages",
    "profile_visibility",
    "organization",
    "position",
    "service",
    "profession",
    "primary",
];
/// Those that it must have; beside them, one of `external_id` and `email`.
const REQUIRED: &[&str] = &["given_name", "usual_name", "organization"];
const MOST_PHONES: usize = 5;
const MOST_LANGUAGES: usize = 10;

/// Why nothing of a file can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable(String);

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unreadable {}

/// One row: what it says of the person, and of one of their affiliations.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) line: u64,
    pub(super) external_id: Option<ExternalId>,
    pub(super) email: Option<Email>,
    /// Columns of the member.
    pub(super) person: Map<String, Value>,
    /// The organization, as it is written.
    pub(super) organization: String,
    /// Columns of the affiliation.
    pub(super) place: Map<String, Value>,
    pub(super) primary: Option<bool>,
}

/// The rows that could be read.
#[derive(Debug, Clone, Default)]
pub struct File {
    pub(super) rows: Vec<Row>,
    /// How many rows there are, good or not.
    pub number: usize,
}

/// Reads a file in UTF-8, its cells separated by semicolons or commas.
///
/// # Errors
/// It is not UTF-8, it is empty, or its header is not as it should be.
pub fn read(bytes: &[u8], faults: &mut Vec<Fault>) -> Result<File, Unreadable> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = bytes.get(..error.valid_up_to()).unwrap_or_default().split(|byte| *byte == b'\n').count();
        Unreadable(format!("le fichier n'est pas en UTF-8, ligne {line} : enregistrez-le en « CSV UTF-8 »"))
    })?;
    let text = text.trim_start_matches('\u{feff}');
    let header = text.lines().next().unwrap_or_default();
    let separator = if header.contains(';') { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new().delimiter(separator).flexible(true).from_reader(text.as_bytes());
    let columns = columns(reader.headers().map_err(|error| Unreadable(error.to_string()))?)?;
    let mut file = File::default();
    for record in reader.records() {
        let record = record.map_err(|error| Unreadable(error.to_string()))?;
        let line = record.position().map_or(0, csv::Position::line);
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        file.number += 1;
        if record.len() != columns.len() {
            let said = format!("{} cellules au lieu de {}", record.len(), columns.len());
            faults.push(Fault::new(line, "", said));
            continue;
        }
        let cells = Cells { line, columns: &columns, record: &record };
        let before = faults.len();
        let row = row(&cells, faults);
        file.rows.extend(row.filter(|_| faults.len() == before));
    }
    if file.number == 0 {
        return Err(Unreadable("le fichier ne contient aucune ligne sous son en-tête".into()));
    }
    Ok(file)
}

fn columns(header: &csv::StringRecord) -> Result<Vec<&'static str>, Unreadable> {
    let mut columns = Vec::new();
    let mut unknown = Vec::new();
    for name in header {
        let name = name.trim().to_lowercase();
        match COLUMNS.iter().find(|column| **column == name) {
            Some(column) if columns.contains(column) => {
                return Err(Unreadable(format!("ligne 1 : la colonne « {column} » est là deux fois")));
            }
            Some(column) => columns.push(*column),
            None => unknown.push(format!("« {name} »")),
        }
    }
    if !unknown.is_empty() {
        let (all, unknown) = (COLUMNS.join(", "), unknown.join(", "));
        return Err(Unreadable(format!("ligne 1 : colonne inconnue : {unknown} ; les colonnes sont : {all}")));
    }
    let missing: Vec<_> =
        REQUIRED.iter().filter(|column| !columns.contains(column)).map(|it| format!("« {it} »")).collect();
    if !missing.is_empty() {
        return Err(Unreadable(format!("ligne 1 : colonne manquante : {}", missing.join(", "))));
    }
    if !columns.contains(&"external_id") && !columns.contains(&"email") {
        return Err(Unreadable("ligne 1 : il faut une colonne « external_id » ou « email »".into()));
    }
    Ok(columns)
}

/// The cells of a row, by column.
struct Cells<'a> {
    line: u64,
    columns: &'a [&'static str],
    record: &'a csv::StringRecord,
}

impl Cells<'_> {
    /// A cell, if the file has the column; it may be empty.
    fn cell(&self, column: &str) -> Option<&str> {
        let place = self.columns.iter().position(|name| *name == column)?;
        self.record.get(place).map(str::trim)
    }

    /// A cell that is not empty.
    fn said(&self, column: &str) -> Option<&str> {
        self.cell(column).filter(|cell| !cell.is_empty())
    }

    /// The value of a cell; an error in it is added to `faults`.
    fn value<T: FromStr<Err = &'static str>>(&self, column: &'static str, faults: &mut Vec<Fault>) -> Option<T> {
        let parsed = self.said(column)?.parse::<T>();
        parsed.map_err(|why| faults.push(Fault::new(self.line, column, in_french(why)))).ok()
    }

    /// The values of a list, separated by bars.
    fn values<T: FromStr<Err = &'static str>>(
        &self,
        column: &'static str,
        most: usize,
        faults: &mut Vec<Fault>,
    ) -> Vec<T> {
        let parts = self.said(column).into_iter().flat_map(|cell| cell.split('|')).map(str::trim);
        let mut values = Vec::new();
        for part in parts.filter(|part| !part.is_empty()) {
            match part.parse() {
                Ok(value) => values.push(value),
                Err(why) => faults.push(Fault::new(self.line, column, in_french(why))),
            }
        }
        if values.len() > most {
            faults.push(Fault::new(self.line, column, format!("{} valeurs, {most} au plus", values.len())));
        }
        values
    }

    /// One of a closed list, by its code or its label.
    fn code<T: Copy>(
        &self,
        column: &'static str,
        all: &[T],
        code: fn(T) -> &'static str,
        label: fn(T) -> Label,
        faults: &mut Vec<Fault>,
    ) -> Option<T> {
        let said = fold(self.said(column)?);
        let found = all.iter().find(|it| code(**it) == said || fold(label(**it).fr) == said).copied();
        if found.is_none() {
            let codes = all.iter().map(|it| code(*it)).collect::<Vec<_>>().join(", ");
            faults.push(Fault::new(self.line, column, format!("valeur inconnue ; sont connues : {codes}")));
        }
        found
    }
}

/// A row, whatever its faults.
fn row(cells: &Cells<'_>, faults: &mut Vec<Fault>) -> Option<Row> {
    let before = faults.len();
    for column in REQUIRED {
        if cells.said(column).is_none() {
            faults.push(Fault::new(cells.line, column, "cellule vide"));
        }
    }
    let external_id: Option<ExternalId> = cells.value("external_id", faults);
    let email: Option<Email> = cells.value("email", faults);
    if external_id.is_none() && email.is_none() && faults.len() == before {
        let said = "ni « external_id » ni « email » : la personne ne serait pas reconnue la prochaine fois";
        faults.push(Fault::new(cells.line, "", said));
    }
    let person = person(cells, email.as_ref(), faults);
    let place = place(cells, faults);
    let primary = primary(cells, faults);
    let organization = cells.said("organization")?.to_owned();
    Some(Row { line: cells.line, external_id, email, person, organization, place, primary })
}

fn person(cells: &Cells<'_>, email: Option<&Email>, faults: &mut Vec<Fault>) -> Map<String, Value> {
    let mut person = Map::new();
    let mut say = |name: &str, value: Value| person.insert(name.to_owned(), value);
    say("given_name", json!(cells.value::<GivenName>("given_name", faults)));
    say("usual_name", json!(cells.value::<UsualName>("usual_name", faults)));
    if cells.cell("email").is_some() {
        say("email", json!(email));
    }
    if cells.cell("phone").is_some() {
        say("phones", json!(cells.values::<Phone>("phone", MOST_PHONES, faults)));
    }
    // An empty cell does not remove a value that every member has.
    if cells.said("languages").is_some() {
        say("languages", json!(cells.values::<Language>("languages", MOST_LANGUAGES, faults)));
    }
    let all = ProfileVisibility::ALL;
    let visibility = cells.code("profile_visibility", all, ProfileVisibility::code, ProfileVisibility::label, faults);
    if let Some(visibility) = visibility {
        say("profile_visibility", json!(visibility));
    }
    person
}

fn place(cells: &Cells<'_>, faults: &mut Vec<Fault>) -> Map<String, Value> {
    let mut place = Map::new();
    let mut say = |name: &str, value: Value| place.insert(name.to_owned(), value);
    if cells.cell("position").is_some() {
        say("position", json!(cells.value::<Position>("position", faults)));
    }
    if cells.cell("service").is_some() {
        say("service", json!(cells.value::<Service>("service", faults)));
    }
    if cells.cell("profession").is_some() {
        let profession = cells.code("profession", Profession::ALL, Profession::code, Profession::label, faults);
        say("profession", json!(profession));
    }
    place
}

fn primary(cells: &Cells<'_>, faults: &mut Vec<Fault>) -> Option<bool> {
    match fold(cells.said("primary")?).as_str() {
        "oui" | "vrai" | "true" | "1" => Some(true),
        "non" | "faux" | "false" | "0" => Some(false),
        _ => {
            faults.push(Fault::new(cells.line, "primary", "« oui » ou « non » est attendu"));
            None
        }
    }
}

/// What the types of the domain say of a text, for people.
fn in_french(why: &str) -> &'static str {
    match why {
        "length" => "trop court ou trop long",
        "characters" => "caractères interdits",
        "email" => "ce n'est pas une adresse électronique",
        "phone" => "ce n'est pas un numéro de téléphone",
        "language" => "ce n'est pas un code de langue (fr, en, pt-BR)",
        _ => "valeur inutilisable",
    }
}
