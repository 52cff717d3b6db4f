//! Which records are organizations of ours, and of which kind: a table of rules, shipped as data, the first that fits.

use kernel::MemberOrigin;
use kernel::directory::OrganizationKind;
use kernel::text::fold;
use serde::Deserialize;

use super::Entry;
use crate::organization::PrefectureLevel;

/// The rules, in their order.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub struct Kinds(Vec<Rule>);

/// One rule: which records, and what they are.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rule {
    /// Codes of local services (`type_service_local`).
    #[serde(default)]
    pivots: Vec<String>,
    /// Types of bodies (`type_organisme`).
    #[serde(default)]
    types: Vec<String>,
    /// Only under one of these names.
    #[serde(default)]
    names: Vec<String>,
    /// Only under a name that begins like this.
    #[serde(default)]
    beginnings: Vec<String>,
    /// Only under one of these short names.
    #[serde(default)]
    short_names: Vec<String>,
    pub(super) kind: OrganizationKind,
    /// The kind above that it takes over.
    #[serde(default)]
    pub(super) inherits: Vec<OrganizationKind>,
    pub(super) origin: Option<MemberOrigin>,
    pub(super) level: Option<PrefectureLevel>,
    /// The prefecture of its department, which is seeded.
    #[serde(default)]
    pub(super) seat: bool,
    /// A service of that prefecture, where the file says nothing else.
    #[serde(default)]
    pub(super) within: bool,
    /// Its own services are directorates: the count of levels begins below it.
    #[serde(default)]
    pub(super) head: bool,
    /// The name of the seeded organization that it is.
    pub(super) seeded: Option<String>,
}

impl Kinds {
    /// Reads the table.
    ///
    /// # Errors
    /// It is not one.
    pub fn parse(json: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(json)
    }

    pub(super) fn of(&self, entry: &Entry) -> Option<&Rule> {
        self.0.iter().find(|rule| rule.fits(entry))
    }
}

impl Rule {
    fn fits(&self, entry: &Entry) -> bool {
        let pivot = entry.pivot.as_ref().is_some_and(|pivot| self.pivots.contains(pivot));
        let typed = self.types.contains(&entry.kind);
        let named = self.names.is_empty() || self.names.iter().any(|name| name == entry.name.as_ref());
        let begins =
            self.beginnings.is_empty() || self.beginnings.iter().any(|begin| entry.name.as_ref().starts_with(begin));
        let short = entry.short_name.as_ref().map(|short| fold(short.as_ref()));
        let short = self.short_names.is_empty() || self.short_names.iter().any(|name| Some(fold(name)) == short);
        (pivot || typed) && named && begins && short
    }
}
