//! What a record says, column by column.

use kernel::OrganizationId;
use kernel::directory::OrganizationName;
use serde_json::{Map, Value, json};
use std::borrow::Cow;

use super::hierarchy::Placed;
use super::plan::{Known, KnownOrganization};
use super::{Entry, Oddity, Report};
use crate::organization::MOST_ALIASES;

/// How many SIRETs an organization keeps.
const MOST_SIRETS: usize = 20;

pub(super) fn describe(
    entry: &Entry,
    placed: &Placed<'_>,
    before: Option<&KnownOrganization>,
    parent: Option<OrganizationId>,
    known: &Known,
    report: &mut Report,
) -> Map<String, Value> {
    let rule = placed.rule;
    let territory = territory(entry, known, report);
    let mut fields = Map::new();
    let mut say = |name: &str, value: Value| fields.insert(name.to_owned(), value);
    say("kind", json!(placed.kind));
    say("prefecture_level", json!(rule.and_then(|rule| rule.level)));
    say("origin_override", json!(rule.and_then(|rule| rule.origin)));
    // A name that the directory does not manage stays: its own becomes another one.
    if before.is_none_or(|before| before.is_from_directory("name")) {
        say("name", json!(entry.name));
    }
    say("aliases", json!(aliases(entry, before, report)));
    say("short_name", json!(entry.short_name));
    say("siren", json!(entry.siren));
    say("sirets", json!(sirets(entry, before)));
    say("territory_code", json!(territory));
    say("website", json!(entry.website));
    say("contact_points", json!(entry.contacts));
    // A value that is absent from this file may come from another one, so it is not cleared.
    if let Some(parent) = parent {
        say("parent_id", json!(parent));
    }
    fields
}

/// Other names are added, and none is taken away.
fn aliases(entry: &Entry, before: Option<&KnownOrganization>, report: &mut Report) -> Vec<OrganizationName> {
    let managed = before.is_none_or(|before| before.is_from_directory("name"));
    let name = if managed { &entry.name } else { before.map_or(&entry.name, |before| &before.name) };
    let mut aliases = before.map(|before| before.aliases.clone()).unwrap_or_default();
    let gone = before.map(|before| &before.name);
    for other in gone.into_iter().chain([&entry.name]).chain(&entry.former_names) {
        if other == name || aliases.contains(other) {
            continue;
        }
        if aliases.len() == MOST_ALIASES {
            report.note(Oddity::Aliases, entry.id, entry.name.as_ref(), "");
            break;
        }
        aliases.push(other.clone());
    }
    aliases
}

fn sirets(entry: &Entry, before: Option<&KnownOrganization>) -> Vec<String> {
    let mut sirets = before.map(|before| before.sirets.clone()).unwrap_or_default();
    let siret = entry.siret.as_ref().map(ToString::to_string);
    if let Some(siret) = siret.filter(|siret| !sirets.contains(siret) && sirets.len() < MOST_SIRETS) {
        sirets.push(siret);
    }
    sirets
}

fn territory(entry: &Entry, known: &Known, report: &mut Report) -> Option<String> {
    let insee = entry.insee.as_deref()?;
    let code = territory_of(insee).filter(|code| known.territories.contains(code));
    if code.is_none() {
        report.note(Oddity::Insee, entry.id, entry.name.as_ref(), insee);
    }
    code
}

/// A code of five digits that a spreadsheet took for a number, with the zero that it lost.
pub(super) fn with_its_zero(code: &str) -> Cow<'_, str> {
    let lost = code.len() == 4 && code.bytes().all(|digit| digit.is_ascii_digit());
    if lost { Cow::Owned(format!("0{code}")) } else { Cow::Borrowed(code) }
}

/// The territory of a commune: `34172` is in `dep-34`, `2B033` in `dep-2b`, `97411` in `dep-974`, `98735` in `om-987`.
pub(super) fn territory_of(insee: &str) -> Option<String> {
    let insee = with_its_zero(insee.trim()).to_ascii_lowercase();
    if insee.len() != 5 || !insee.chars().all(|c| c.is_ascii_alphanumeric()) {
        return None;
    }
    let overseas = insee.starts_with("97") || insee.starts_with("98");
    let code = insee.get(..if overseas { 3 } else { 2 })?;
    let collectivity = matches!(code, "975" | "977" | "978") || code.starts_with("98");
    Some(format!("{}-{code}", if overseas && collectivity { "om" } else { "dep" }))
}

#[cfg(test)]
mod tests {
    use super::territory_of;

    #[test]
    fn a_commune_is_in_its_department() {
        for (insee, code) in [
            ("34172", Some("dep-34")),
            ("1053", Some("dep-01")),
            ("2B033", Some("dep-2b")),
            ("2a004", Some("dep-2a")),
            ("97411", Some("dep-974")),
            ("97611", Some("dep-976")),
            ("97502", Some("om-975")),
            ("98735", Some("om-987")),
            ("01053", Some("dep-01")),
            ("105", None),
            ("", None),
            ("34 17", None),
        ] {
            assert_eq!(territory_of(insee).as_deref(), code, "{insee}");
        }
    }
}
