//! Ways to reach the service itself: what belongs to a named person is told apart, and left out.

use std::collections::HashSet;

use kernel::text::fold;
use serde_json::{Map, Value};

use super::Oddity;
use super::describe::with_its_zero;
use super::record::{About, elements, objects, scalar, text, texts, tidied};
use crate::contact::{ContactKind, ContactLabel, ContactPoint, ContactPoints, Email, Phone, Website};

/// How many contact points an organization keeps.
const MOST: usize = 20;

/// What is known of the people named in a record, for as long as it is read.
pub(super) struct People {
    addresses: HashSet<String>,
    numbers: HashSet<String>,
    names: Vec<(String, String)>,
}

impl People {
    pub(super) fn named_in(fields: &Map<String, Value>) -> Self {
        let mut people = Self { addresses: HashSet::new(), numbers: HashSet::new(), names: Vec::new() };
        for place in objects(fields, "affectation_personne") {
            let persons = objects(&place, "personne");
            for held in persons.iter().chain([&place]) {
                people.addresses.extend(texts(held, "adresse_courriel").iter().map(|it| it.trim().to_lowercase()));
                people
                    .numbers
                    .extend(elements(held, "telephone").iter().filter_map(line_of).filter_map(|it| number(&it)));
                if let Some(name) = text(held, "nom") {
                    people.names.push((fold(&text(held, "prenom").unwrap_or_default()), fold(&name)));
                }
            }
        }
        people
    }

    /// Whether an address is one of theirs, or made of a name of theirs.
    fn own_address(&self, address: &str) -> bool {
        let local = address.split('@').next().unwrap_or_default();
        let local = fold(local).replace(['-', '_'], ".");
        let within = |name: &str| {
            let name = name.replace([' ', '-', '\''], ".");
            name.chars().count() > 2 && format!(".{local}.").contains(&format!(".{name}."))
        };
        self.addresses.contains(address) || self.names.iter().any(|(_, name)| within(name))
    }

    /// Whether a text says a name of theirs in full, or with a title.
    fn is_said_in(&self, said: &str) -> bool {
        let said = format!(" {} ", fold(said).replace([',', ';', '(', ')', '\n', ':'], " "));
        self.names.iter().any(|(given, name)| {
            let forms = [format!(" {given} {name} "), format!(" {name} {given} ")];
            let titled = ["m.", "mme", "mr", "monsieur", "madame"].map(|title| format!(" {title} {name} "));
            (!given.is_empty() && forms.iter().any(|form| said.contains(form.as_str())))
                || titled.iter().any(|form| said.contains(form.as_str()))
        })
    }
}

/// A number as it is written; one that was read as a number has lost its zero.
fn line_of(line: &Value) -> Option<String> {
    let value = scalar(line).filter(|value| !value.trim().is_empty())?;
    Some(if line.is_number() && value.len() == 9 { format!("0{value}") } else { value })
}

/// A number in international form; what stands behind a second one is not read.
fn number(written: &str) -> Option<String> {
    written.trim().parse::<Phone>().ok().map(|phone| phone.to_string())
}

/// The first site that can be used.
pub(super) fn website(fields: &Map<String, Value>, people: &People, about: &mut About<'_>) -> Option<Website> {
    let mut first = None;
    for written in texts(fields, "site_internet") {
        if first.is_none() {
            first = address(&written, people, about);
        }
    }
    first
}

/// An address of the web as it should be written.
fn address(written: &str, people: &People, about: &mut About<'_>) -> Option<Website> {
    let trimmed = written.trim();
    if trimmed.contains('@') && !trimmed.contains('/') {
        about.note(Oddity::UrlEmail, "");
        return None;
    }
    // An address may end in someone's name, or hold an e-mail address: then it is not repeated.
    if trimmed.contains('@') || people.is_said_in(&trimmed.replace(['/', '-', '_', '.'], " ")) {
        about.note(Oddity::Personal, "");
        return None;
    }
    if trimmed.len() < written.len() {
        about.note(Oddity::UrlTidied, trimmed);
    }
    let bare = !trimmed.contains("://");
    let full = if bare { format!("https://{trimmed}") } else { trimmed.to_owned() };
    let parsed: Option<Website> = full.parse().ok().filter(|_| !bare || trimmed.contains('.'));
    match &parsed {
        None => about.note(Oddity::Url, trimmed),
        Some(_) if bare => about.note(Oddity::UrlScheme, trimmed),
        Some(_) if trimmed.starts_with("http://") => about.note(Oddity::UrlHttp, trimmed),
        Some(_) => {}
    }
    parsed
}

/// Every way to reach the service, each once.
pub(super) fn all(fields: &Map<String, Value>, people: &People, about: &mut About<'_>) -> ContactPoints {
    let mut points = Vec::new();
    emails(fields, people, about, &mut points);
    phones(fields, people, about, &mut points);
    for written in texts(fields, "formulaire_contact") {
        if let Some(address) = address(&written, people, about) {
            add(&mut points, ContactKind::Form, None, address.as_ref());
        }
    }
    for place in objects(fields, "adresse") {
        let lines = lines(&place);
        if people.is_said_in(&lines) {
            about.note(Oddity::Personal, "");
        } else {
            let postal = text(&place, "type_adresse").filter(|kind| kind != "Adresse");
            add(&mut points, ContactKind::Post, postal.as_deref(), &lines);
        }
    }
    if points.len() > MOST {
        about.note(Oddity::Contacts, &points.len().to_string());
        points.truncate(MOST);
    }
    ContactPoints(points)
}

fn emails(fields: &Map<String, Value>, people: &People, about: &mut About<'_>, points: &mut Vec<ContactPoint>) {
    for written in texts(fields, "adresse_courriel") {
        match written.trim().parse::<Email>() {
            Ok(email) if people.own_address(email.as_ref()) => about.note(Oddity::Personal, ""),
            Ok(email) => add(points, ContactKind::Email, None, email.as_ref()),
            Err(_) => about.note(Oddity::Email, ""),
        }
    }
}

fn phones(fields: &Map<String, Value>, people: &People, about: &mut About<'_>, points: &mut Vec<ContactPoint>) {
    for line in elements(fields, "telephone") {
        let what = line.as_object().and_then(|line| text(line, "description"));
        let Some(value) = line_of(&line) else { continue };
        let Some(number) = number(&value) else {
            about.note(Oddity::Phone, "");
            continue;
        };
        if people.numbers.contains(&number) || what.as_ref().is_some_and(|what| people.is_said_in(what)) {
            about.note(Oddity::Personal, "");
        } else {
            add(points, ContactKind::Phone, what.as_deref(), &number);
        }
    }
}

/// The lines of a postal address, as one writes them.
fn lines(place: &Map<String, Value>) -> String {
    let part = |name| text(place, name).map(|part| tidied(&part));
    let postal = part("code_postal").map(|code| with_its_zero(&code).into_owned());
    let town = [postal, part("nom_commune")].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let abroad = part("pays").filter(|country| country != "France");
    let street = ["complement1", "complement2", "numero_voie", "service_distribution"].map(part);
    let lines = street.into_iter().chain([Some(town).filter(|town| !town.is_empty()), abroad]);
    lines.flatten().collect::<Vec<_>>().join("\n")
}

fn add(points: &mut Vec<ContactPoint>, kind: ContactKind, label: Option<&str>, value: &str) {
    let label = label.and_then(|label| tidied(label).parse::<ContactLabel>().ok());
    let Ok(value) = value.parse() else { return };
    let Ok(point) = ContactPoint::new(kind, label, value) else { return };
    if !points.iter().any(|other| other.kind == kind && other.value == point.value) {
        points.push(point);
    }
}
