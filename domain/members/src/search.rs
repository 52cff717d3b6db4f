//! Search: organizations and members by what they are called, however it is typed.

mod wanted;

use std::collections::BTreeSet;

use kernel::{codes, text};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
pub use wanted::{NEAREST, Wanted};

use crate::member::MemberView;
use crate::organization::OrganizationView;

text!(
    /// What is looked for: words of a name, an acronym, or a whole e-mail address.
    SearchText, 1..=200, Line
);

codes! {
    /// What may be found.
    SearchType {
        Organization = "organization" ("organisation", "organization"),
        Member = "member" ("communicant", "member"),
    }
}

codes! {
    /// As what something is called so.
    NameKind {
        Name = "name" ("nom", "name"),
        ShortName = "short_name" ("sigle", "short name"),
        Initials = "initials" ("initiales", "initials"),
        Former = "former" ("ancien nom ou autre nom", "former or other name"),
        Territory = "territory" ("nom et territoire", "name and territory"),
    }
}

/// Some of what may be found: said one by one, or separated by commas.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Vec<String>")]
pub struct SearchTypes(BTreeSet<SearchType>);

impl SearchTypes {
    /// Whether these are among them.
    #[must_use]
    pub fn has(&self, wanted: SearchType) -> bool {
        self.0.contains(&wanted)
    }
}

impl Default for SearchTypes {
    fn default() -> Self {
        Self(SearchType::ALL.iter().copied().collect())
    }
}

impl TryFrom<Vec<String>> for SearchTypes {
    type Error = &'static str;

    fn try_from(types: Vec<String>) -> Result<Self, Self::Error> {
        let known = |code: &str| SearchType::ALL.iter().find(|it| it.code() == code).copied();
        types.iter().flat_map(|some| some.split(',')).map(known).collect::<Option<_>>().map(Self).ok_or("type")
    }
}

/// How many are answered at most: 1 to 50.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "u8")]
pub struct SearchLimit(u8);

impl SearchLimit {
    /// As a number of rows.
    #[must_use]
    pub fn rows(self) -> usize {
        self.0.into()
    }
}

impl Default for SearchLimit {
    fn default() -> Self {
        Self(10)
    }
}

impl TryFrom<u8> for SearchLimit {
    type Error = &'static str;

    fn try_from(limit: u8) -> Result<Self, Self::Error> {
        (1..=50).contains(&limit).then_some(Self(limit)).ok_or("range")
    }
}

/// What is looked for.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Search {
    /// Words of a name in any order, whole or begun, an acronym, or a whole e-mail address. Case, accents and hyphens do
    /// not matter; neither do one typo in a word of four letters or more, and two in one of six or more.
    #[param(inline)]
    pub q: SearchText,
    /// What may be found; everything, unless said. Said again for each; separated by commas is understood too.
    #[serde(default)]
    #[param(value_type = Option<Vec<SearchType>>, min_items = 1, max_items = 2)]
    pub types: SearchTypes,
    /// How many items at most.
    #[serde(default)]
    #[param(value_type = u8, minimum = 1, maximum = 50, default = 10)]
    pub limit: SearchLimit,
}

/// Something found, as the caller sees it.
#[skip_serializing_none]
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchHit {
    /// What it is.
    pub r#type: SearchType,
    /// How well it fits: 1 is exactly what was typed. Comparable within one answer only.
    #[schema(minimum = 0, maximum = 1)]
    pub score: f64,
    /// The organization, if it is one.
    pub organization: Option<OrganizationView>,
    /// The member, if it is one.
    pub member: Option<MemberView>,
}

/// The best that was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchHits {
    /// The best first; none if nothing fits.
    #[schema(max_items = 50)]
    pub items: Vec<SearchHit>,
}

/// Something to choose while typing.
#[skip_serializing_none]
#[derive(Debug, Serialize, ToSchema)]
pub struct Suggestion {
    /// What it is.
    pub r#type: SearchType,
    /// Its identifier.
    pub id: Uuid,
    /// Its name.
    #[schema(max_length = 300)]
    pub label: String,
    /// The short name of an organization; the main organization of a member.
    #[schema(max_length = 300)]
    pub detail: Option<String>,
}

/// What to choose from.
#[derive(Debug, Serialize, ToSchema)]
pub struct Suggestions {
    /// The best first; none if nothing fits.
    #[schema(max_items = 50)]
    pub items: Vec<Suggestion>,
}
