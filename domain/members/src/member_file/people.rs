//! The persons of a file, each with their affiliations: rows about the same person must not contradict each other.

use std::collections::HashMap;

use kernel::OrganizationId;
use serde_json::{Map, Value};

use super::organization::Organizations;
use super::read::{File, Row};
use super::{ExternalId, Fault};
use crate::contact::Email;

/// A person of the file.
#[derive(Debug, Clone)]
pub struct Person {
    /// The first line about the person.
    pub line: u64,
    /// The identifier of the person at the source.
    pub external_id: Option<ExternalId>,
    /// The e-mail address.
    pub email: Option<Email>,
    /// Columns of the member.
    pub fields: Map<String, Value>,
    /// The affiliations of the person in the file.
    pub places: Vec<Place>,
}

/// An affiliation of a person in the file.
#[derive(Debug, Clone)]
pub struct Place {
    /// Its line.
    pub line: u64,
    /// Where.
    pub organization: OrganizationId,
    /// Columns of the affiliation.
    pub fields: Map<String, Value>,
    /// Whether it is the main one; none if the file does not say.
    pub primary: Option<bool>,
}

/// Puts together the rows of each person, and finds the organizations.
#[must_use]
pub fn people(file: &File, organizations: &Organizations, faults: &mut Vec<Fault>) -> Vec<Person> {
    let mut people: Vec<Person> = Vec::new();
    let mut by_key: HashMap<String, usize> = HashMap::new();
    let mut by_email: HashMap<String, usize> = HashMap::new();
    for row in &file.rows {
        let place = place(row, organizations, faults);
        let email = row.email.as_ref().map(ToString::to_string);
        let known = match &row.external_id {
            Some(key) => by_key.get(key.as_ref()),
            None => email
                .as_ref()
                .and_then(|email| by_email.get(email))
                .filter(|at| people.get(**at).is_some_and(|person| person.external_id.is_none())),
        };
        let known = known.copied();
        let at = known.unwrap_or(people.len());
        if let Some(email) = email {
            let holder = *by_email.entry(email).or_insert(at);
            if holder != at {
                let line = people.get(holder).map_or(0, |person| person.line);
                faults.push(Fault::new(row.line, "email", format!("déjà celle d’une autre personne, ligne {line}")));
            }
        }
        if let Some(key) = &row.external_id {
            by_key.insert(key.to_string(), at);
        }
        match people.get_mut(at) {
            Some(person) => again(person, row, place, faults),
            None => people.push(Person {
                line: row.line,
                external_id: row.external_id.clone(),
                email: row.email.clone(),
                fields: row.person.clone(),
                places: place.into_iter().collect(),
            }),
        }
    }
    people
}

fn place(row: &Row, organizations: &Organizations, faults: &mut Vec<Fault>) -> Option<Place> {
    let found = organizations.find(&row.organization);
    let found = found.map_err(|why| faults.push(Fault::new(row.line, "organization", why))).ok()?;
    Some(Place { line: row.line, organization: found, fields: row.place.clone(), primary: row.primary })
}

/// Another row of a person.
fn again(person: &mut Person, row: &Row, place: Option<Place>, faults: &mut Vec<Fault>) {
    for (field, value) in &row.person {
        let before = person.fields.entry(field).or_insert_with(|| value.clone());
        if before != value {
            let column = super::COLUMNS.iter().find(|column| field.starts_with(**column)).copied().unwrap_or_default();
            let said = format!("valeur différente à la ligne {} pour la même personne", person.line);
            faults.push(Fault::new(row.line, column, said));
        }
    }
    let Some(place) = place else { return };
    if let Some(before) = person.places.iter().find(|before| before.organization == place.organization) {
        let said = format!("cette personne y est déjà rattachée, ligne {}", before.line);
        faults.push(Fault::new(row.line, "organization", said));
        return;
    }
    let main = person.places.iter().find(|before| before.primary == Some(true));
    if let Some(main) = main.filter(|_| place.primary == Some(true)) {
        let said = format!("le rattachement principal est déjà à la ligne {}", main.line);
        faults.push(Fault::new(row.line, "primary", said));
    }
    person.places.push(place);
}
