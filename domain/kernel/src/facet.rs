//! Facets: how many items of a list have each value of a field.

use serde::Serialize;
use utoipa::ToSchema;

/// How many items of a list have each value of one field. The list is the one that was asked for, with all its filters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Facet {
    /// Field that is counted, as `facets` names it.
    #[schema(max_length = 40, example = "role")]
    pub field: String,
    /// Name of the list of `GET /enums` that has the labels of its values. Absent: each value has its own `label`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40, example = "NetworkRole")]
    pub list: Option<String>,
    /// Its values, the most frequent first, at most 200.
    #[schema(max_items = 200)]
    pub values: Vec<FacetValue>,
}

/// How many items of a list have one value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FacetValue {
    /// The value: a code.
    #[schema(max_length = 100, example = "referent")]
    pub value: String,
    /// Name of what the code stands for, such as a network. Absent: the label is in the `list` of the facet.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub label: Option<String>,
    /// Number of items that have it.
    #[schema(minimum = 1)]
    pub count: i64,
}
