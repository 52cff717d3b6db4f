//! The file itself: its encoding, its separator, its header, its cells.

use std::fmt;
use std::str::FromStr;

use kernel::Label;
use kernel::directory::Profession;
use kernel::text::fold;
use serde_json::{Map, Value, json};

use super::sheet::Sheet;
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

impl Unreadable {
    pub(super) fn new(said: impl Into<String>) -> Self {
        Self(said.into())
    }
}

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

/// Reads a file in UTF-8 or windows-1252, its cells separated by semicolons or commas, or as its line `sep=` says.
///
/// # Errors
/// It is in another encoding, it is empty, or its header is not as it should be.
pub fn read(bytes: &[u8], faults: &mut Vec<Fault>) -> Result<File, Unreadable> {
    let sheet = Sheet::read(bytes)?;
    let mut lines = sheet.lines();
    let mut reader = csv::ReaderBuilder::new();
    let mut reader = reader.delimiter(sheet.separator).flexible(true).has_headers(false).from_reader(sheet.table());
    let mut records = reader.records();
    let mut next = || records.next().transpose().map_err(|error| Unreadable(error.to_string()));
    let header = next()?.unwrap_or_default();
    let columns = columns(&header, lines.of(0))?;
    let mut file = File::default();
    while let Some(record) = next()? {
        let line = lines.of(record.position().map_or(0, csv::Position::byte));
        // Spreadsheets write rows that are empty, and cells beyond the last column.
        let said = filled(&record);
        if said == 0 {
            continue;
        }
        file.number += 1;
        if record.len() < columns.len() || said > columns.len() {
            let said = format!("{} cellules au lieu de {}", said.max(record.len().min(columns.len())), columns.len());
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

/// How many cells there are up to the last that says something.
fn filled(record: &csv::StringRecord) -> usize {
    record.iter().zip(1..).filter(|(cell, _)| !cell.trim().is_empty()).map(|(_, number)| number).last().unwrap_or(0)
}

fn columns(header: &csv::StringRecord, line: u64) -> Result<Vec<&'static str>, Unreadable> {
    let mut columns = Vec::new();
    let mut unknown = Vec::new();
    // Columns without a name at the end are none.
    for name in header.iter().take(filled(header)) {
        let name = name.trim().to_lowercase();
        match COLUMNS.iter().find(|column| **column == name) {
            Some(column) if columns.contains(column) => {
                return Err(Unreadable(format!("ligne {line} : la colonne « {column} » figure deux fois")));
            }
            Some(column) => columns.push(*column),
            None => unknown.push(format!("« {name} »")),
        }
    }
    if !unknown.is_empty() {
        let (all, unknown) = (COLUMNS.join(", "), unknown.join(", "));
        return Err(Unreadable(format!("ligne {line} : colonne inconnue : {unknown} ; les colonnes sont : {all}")));
    }
    let missing: Vec<_> =
        REQUIRED.iter().filter(|column| !columns.contains(column)).map(|it| format!("« {it} »")).collect();
    if !missing.is_empty() {
        return Err(Unreadable(format!("ligne {line} : colonne manquante : {}", missing.join(", "))));
    }
    if !columns.contains(&"external_id") && !columns.contains(&"email") {
        return Err(Unreadable(format!("ligne {line} : il faut une colonne « external_id » ou « email »")));
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
            faults.push(Fault::new(self.line, column, format!("valeur inconnue ; valeurs possibles : {codes}")));
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
        let said = "ni « external_id » ni « email » : la personne ne serait pas reconnue la prochaine fois";
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
            faults.push(Fault::new(cells.line, "primary", "« oui » ou « non » est attendu"));
            None
        }
    }
}

/// What the types of the domain say of a text, for people.
fn in_french(why: &str) -> &'static str {
    match why {
        "length" => "trop court ou trop long",
        "characters" => "caractères interdits",
        "email" => "ce n’est pas une adresse électronique",
        "phone" => "ce n’est pas un numéro de téléphone",
        "language" => "ce n’est pas un code de langue (fr, en, pt-BR)",
        _ => "valeur inutilisable",
    }
}
