//! One record: what it says of the organization, each value tidied or left out with a word about it.

use kernel::directory::{OrganizationName, ShortName};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::contacts::{self, People};
use super::{Oddity, Report};
use crate::contact::{ContactPoints, Website};
use crate::siren::{Siren, Siret};

/// What a record says of an organization, and nothing of the people in it.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its identifier there.
    pub id: Uuid,
    /// Its name.
    pub name: OrganizationName,
    /// Its acronym.
    pub short_name: Option<ShortName>,
    /// What it was called.
    pub former_names: Vec<OrganizationName>,
    /// The type of body (`type_organisme`), empty for a grouping.
    pub kind: String,
    /// The code of the local service.
    pub pivot: Option<String>,
    /// The INSEE code of the commune where it sits.
    pub insee: Option<String>,
    /// Its SIREN.
    pub siren: Option<Siren>,
    /// Its SIRET.
    pub siret: Option<Siret>,
    /// Its site.
    pub website: Option<Website>,
    /// How to reach it.
    pub contacts: ContactPoints,
    /// The services it lists as its own.
    pub children: Vec<Child>,
}

/// A service listed by another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Child {
    /// Its identifier, as it is written.
    pub id: String,
    /// A service of its own (`Service Fils`), and no other tie.
    pub own: bool,
}

/// What the record is called in the report.
pub(super) struct About<'a> {
    pub(super) id: Uuid,
    pub(super) name: &'a str,
    pub(super) report: &'a mut Report,
}

impl About<'_> {
    pub(super) fn note(&mut self, oddity: Oddity, detail: &str) {
        self.report.note(oddity, self.id, self.name, detail);
    }
}

/// Reads a record: nothing when it is not for publication; why, when it cannot be read.
pub(super) fn entry(fields: &Map<String, Value>, report: &mut Report) -> Result<Option<Entry>, String> {
    let id = text(fields, "id").ok_or("champ « id » absent")?;
    let id: Uuid = id.trim().parse().map_err(|_| format!("« id » n’est pas un UUID : {id}"))?;
    let written = text(fields, "nom").ok_or("champ « nom » absent")?;
    let tidy = tidied(&written);
    let name: OrganizationName = tidy.parse().map_err(|_| format!("« nom » inutilisable ({id})"))?;
    let mut about = About { id, name: &tidy, report };
    if tidy != written {
        about.note(Oddity::NameTidied, "");
    }
    unread(fields, &mut about);
    if text(fields, "statut_de_diffusion").is_some_and(|status| !status.trim().eq_ignore_ascii_case("true")) {
        about.note(Oddity::NotPublished, "");
        return Ok(None);
    }
    let short_name = text(fields, "sigle").and_then(|short| {
        let parsed = tidied(&short).parse().ok();
        if parsed.is_none() {
            about.note(Oddity::ShortName, "");
        }
        parsed
    });
    let former_names = former_names(fields, &mut about);
    let numbers = numbers(fields, &mut about);
    let (pivot, insee) = place(fields, &mut about);
    let people = People::named_in(fields);
    let website = contacts::website(fields, &people, &mut about);
    let contacts = contacts::all(fields, &people, &mut about);
    let kind = text(fields, "type_organisme").map(|kind| tidied(&kind)).unwrap_or_default();
    let children = children(fields);
    Ok(Some(Entry {
        id,
        name,
        short_name,
        former_names,
        kind,
        pivot,
        insee,
        siren: numbers.0,
        siret: numbers.1,
        website,
        contacts,
        children,
    }))
}

fn former_names(fields: &Map<String, Value>, about: &mut About<'_>) -> Vec<OrganizationName> {
    let mut names: Vec<OrganizationName> = Vec::new();
    for former in texts(fields, "ancien_nom") {
        match tidied(&former).parse() {
            Ok(name) if !names.contains(&name) => names.push(name),
            Ok(_) => {}
            Err(_) => about.note(Oddity::FormerName, ""),
        }
    }
    names
}

/// The number of the body and that of the establishment, which begins with it.
fn numbers(fields: &Map<String, Value>, about: &mut About<'_>) -> (Option<Siren>, Option<Siret>) {
    // A number has lost the zeros that it begins with.
    let digits = |name, length: usize| {
        let digits: String = text(fields, name)?.split_whitespace().collect();
        let lost = if fields.get(name).is_some_and(Value::is_number) { length.saturating_sub(digits.len()) } else { 0 };
        Some("0".repeat(lost) + &digits)
    };
    let establishment: Option<Siret> =
        digits("siret", 14).and_then(|number| number.parse().inspect_err(|_| about.note(Oddity::Siret, &number)).ok());
    let own: Option<Siren> =
        digits("siren", 9).and_then(|number| number.parse().inspect_err(|_| about.note(Oddity::Siren, &number)).ok());
    let within: Option<Siren> = establishment.as_ref().and_then(|number| number.as_ref().get(..9)?.parse().ok());
    if let (Some(within), Some(own)) = (&within, &own)
        && within != own
    {
        about.note(Oddity::SirenSiret, &format!("{own} / {within}"));
    }
    (within.or(own), establishment)
}

/// The code of the local service, and where it sits.
fn place(fields: &Map<String, Value>, about: &mut About<'_>) -> (Option<String>, Option<String>) {
    let pivots = objects(fields, "pivot");
    let pivot = pivots.iter().find_map(|pivot| text(pivot, "type_service_local"));
    let mut codes: Vec<String> = pivots.iter().flat_map(|pivot| texts(pivot, "code_insee_commune")).collect();
    codes.dedup();
    let own = texts(fields, "code_insee_commune");
    if codes.len() > 1 {
        about.note(Oddity::SeveralInsee, &codes.join(", "));
    }
    if let (Some(own), Some(code)) = (own.first(), codes.first())
        && !codes.contains(own)
    {
        about.note(Oddity::InseePivot, &format!("{own} / {code}"));
    }
    (pivot, codes.into_iter().chain(own).next())
}

fn children(fields: &Map<String, Value>) -> Vec<Child> {
    let links = objects(fields, "hierarchie");
    let child = |link: &Map<String, Value>| {
        let own = text(link, "type_hierarchie").is_some_and(|kind| tidied(&kind) == "Service Fils");
        text(link, "service").map(|id| Child { id: id.trim().to_lowercase(), own })
    };
    links.iter().filter_map(child).collect()
}

/// Blanks made one, and none around.
pub(super) fn tidied(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text, unless there is none or it is blank. What was XML has its texts in an object (`$t`), or alone in a list.
pub(super) fn text(fields: &Map<String, Value>, name: &str) -> Option<String> {
    scalar(fields.get(name)?).filter(|text| !text.trim().is_empty())
}

/// The members under which converters of XML keep the text of an element, and the directory itself its values.
const WITHIN: [&str; 5] = ["valeur", "$t", "#text", "_text", "id"];

/// What a value says, if it is one text.
pub(super) fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(it) => Some(it.to_string()),
        // A whole number, also one that a spreadsheet made a decimal.
        Value::Number(number) => number.as_u64().map(|number| number.to_string()).or_else(|| {
            let number = number.as_f64().filter(|number| *number >= 0.0 && number.fract() == 0.0 && *number < 1e15)?;
            Some(format!("{number:.0}"))
        }),
        Value::Object(object) => WITHIN.iter().find_map(|name| object.get(*name)).and_then(scalar),
        Value::Array(elements) if elements.len() == 1 => elements.first().and_then(scalar),
        Value::Array(_) | Value::Null => None,
    }
}

/// The fields that are one text, that are lists of texts, and that are lists of objects.
const TEXTS: [&str; 5] = ["sigle", "siret", "siren", "type_organisme", "statut_de_diffusion"];
const LISTS: [&str; 6] =
    ["ancien_nom", "adresse_courriel", "site_internet", "formulaire_contact", "code_insee_commune", "telephone"];
const OBJECTS: [&str; 4] = ["pivot", "hierarchie", "adresse", "affectation_personne"];

/// Notes what says something in a shape that is not read: nothing vanishes without a word.
fn unread(fields: &Map<String, Value>, about: &mut About<'_>) {
    let empty = |value: &Value| match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(elements) => elements.is_empty(),
        Value::Object(object) => object.values().all(|value| value.is_null() || value == ""),
        Value::Bool(_) | Value::Number(_) => false,
    };
    for name in TEXTS {
        if fields.get(name).is_some_and(|value| !empty(value)) && text(fields, name).is_none() {
            about.note(Oddity::Shape, name);
        }
    }
    let lists = LISTS.iter().flat_map(|name| elements(fields, name).into_iter().map(move |it| (name, it, false)));
    let objects = OBJECTS.iter().flat_map(|name| elements(fields, name).into_iter().map(move |it| (name, it, true)));
    for (name, element, must) in lists.chain(objects) {
        let read = if must { element.is_object() } else { scalar(&element).is_some() };
        if !empty(&element) && !read {
            about.note(Oddity::Shape, name);
        }
    }
    for link in self::objects(fields, "hierarchie") {
        if text(&link, "service").is_none() {
            about.note(Oddity::Shape, "hierarchie");
        }
    }
}

/// The elements of a list, which the API's export writes as JSON in a text, or as the only element itself.
pub(super) fn elements(fields: &Map<String, Value>, name: &str) -> Vec<Value> {
    let unfolded = |value: &Value| match value {
        Value::String(text) if text.trim_start().starts_with(['[', '{']) => {
            serde_json::from_str(text).unwrap_or_else(|_| value.clone())
        }
        value => value.clone(),
    };
    match fields.get(name).map(unfolded) {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(elements)) => elements.iter().map(unfolded).collect(),
        Some(element) => vec![element],
    }
}

/// The texts of a list; of objects, what they hold.
pub(super) fn texts(fields: &Map<String, Value>, name: &str) -> Vec<String> {
    elements(fields, name).iter().filter_map(scalar).filter(|text| !text.trim().is_empty()).collect()
}

/// The objects of a list.
pub(super) fn objects(fields: &Map<String, Value>, name: &str) -> Vec<Map<String, Value>> {
    let object = |element| if let Value::Object(object) = element { Some(object) } else { None };
    elements(fields, name).into_iter().filter_map(object).collect()
}
