//! Search: organizations and members by name, tolerant of typing errors.

mod wanted;

use kernel::directory::OrganizationKind;
use kernel::{Facet, Several, codes, text};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
pub use wanted::{NEAREST, Wanted};

use crate::member::MemberView;
use crate::organization::OrganizationView;

text!(
    /// Text to look for: words of a name, an acronym, or a whole e-mail address.
    SearchText, 1..=200, Line
);

codes! {
    /// Kind of object that a search finds.
    SearchType {
        Organization = "organization" ("organisation", "organization"),
        Member = "member" ("membre", "member"),
    }
}

codes! {
    /// Kind of name.
    NameKind {
        Name = "name" ("nom", "name"),
        ShortName = "short_name" ("sigle", "short name"),
        Initials = "initials" ("initiales", "initials"),
        Former = "former" ("ancien nom ou autre nom", "former or other name"),
        Territory = "territory" ("nom et territoire", "name and territory"),
    }
}

codes! {
    /// Field by which what a search finds is counted.
    SearchFacet {
        Type = "type" ("type d’objet", "kind of object"),
        OrganizationKind = "organization_kind" ("catégorie d’organisation", "kind of organization"),
    }
}

/// How many of what a search finds are counted by `facets`: the best.
pub const COUNTED: usize = 200;

/// Maximum number of items in an answer: 1 to 50.
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

/// What to look for.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Search {
    /// Words of a name in any order, whole or begun, an acronym, or a whole e-mail address. Case, accents and hyphens do
    /// not matter. One typing error is tolerated in words of four or five letters, two in longer ones.
    #[param(inline)]
    pub q: SearchText,
    /// Keeps only these kinds of objects. Repeat the parameter, or separate values by commas. Absent: all kinds.
    #[serde(default)]
    #[param(value_type = Option<Vec<SearchType>>, min_items = 1, max_items = 2)]
    pub types: Several<SearchType>,
    /// Maximum number of items in the answer.
    #[serde(default)]
    #[param(value_type = u8, minimum = 1, maximum = 50, default = 10)]
    pub limit: SearchLimit,
    /// Keeps only organizations of this kind, of the two hundred best.
    pub organization_kind: Option<OrganizationKind>,
    /// Fields by which what was found is counted, in `facets`: the two hundred best, whatever the limit. Repeat the
    /// parameter, or separate values by commas. Absent: none.
    #[serde(default)]
    #[param(value_type = Option<Vec<SearchFacet>>, min_items = 1, max_items = 2)]
    pub facets: Several<SearchFacet>,
}

/// What to suggest while someone types.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Suggest {
    /// Words of a name in any order, whole or begun, an acronym, or a whole e-mail address. Case, accents and hyphens do
    /// not matter. One typing error is tolerated in words of four or five letters, two in longer ones.
    #[param(inline)]
    pub q: SearchText,
    /// Keeps only these kinds of objects. Repeat the parameter, or separate values by commas. Absent: all kinds.
    #[serde(default)]
    #[param(value_type = Option<Vec<SearchType>>, min_items = 1, max_items = 2)]
    pub types: Several<SearchType>,
    /// Maximum number of items in the answer.
    #[serde(default)]
    #[param(value_type = u8, minimum = 1, maximum = 50, default = 10)]
    pub limit: SearchLimit,
}

impl From<Suggest> for Search {
    fn from(it: Suggest) -> Self {
        Self { q: it.q, types: it.types, limit: it.limit, organization_kind: None, facets: Several::default() }
    }
}

impl Search {
    /// Whether objects of this kind are looked for.
    #[must_use]
    pub fn wants(&self, kind: SearchType) -> bool {
        self.types.is_empty() || self.types.has(&kind)
    }
}

/// Something found, as far as the caller may see it.
#[skip_serializing_none]
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchHit {
    /// Kind of object.
    pub r#type: SearchType,
    /// How well it fits, from 0 to 1: 1 is exactly what was typed. Comparable within one answer only.
    #[schema(minimum = 0, maximum = 1)]
    pub score: f64,
    /// Organization that was found. Absent if it is a member.
    pub organization: Option<OrganizationView>,
    /// Member who was found. Absent if it is an organization.
    pub member: Option<MemberView>,
}

/// The best that was found.
#[skip_serializing_none]
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchHits {
    /// Organizations and members, the best first. Empty if nothing fits.
    #[schema(max_items = 50)]
    pub items: Vec<SearchHit>,
    /// How many of what was found have each value of a field. Absent unless `facets` was asked.
    #[schema(max_items = 2)]
    pub facets: Option<Vec<Facet>>,
}

/// A line to choose from while typing.
#[skip_serializing_none]
#[derive(Debug, Serialize, ToSchema)]
pub struct Suggestion {
    /// Kind of object.
    pub r#type: SearchType,
    /// Identifier of the organization or the member.
    pub id: Uuid,
    /// Name to show.
    #[schema(max_length = 300)]
    pub label: String,
    /// Short name of the organization, or main organization of the member. Absent: there is none.
    #[schema(max_length = 300)]
    pub detail: Option<String>,
}

/// Lines to choose from.
#[derive(Debug, Serialize, ToSchema)]
pub struct Suggestions {
    /// Suggestions, the best first. Empty if nothing fits.
    #[schema(max_items = 50)]
    pub items: Vec<Suggestion>,
}
