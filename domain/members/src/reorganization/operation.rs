//! The operations of a reorganization, done one after the other.

mod wire;

use kernel::directory::{OrganizationKind, OrganizationName, ShortName};
use kernel::{AffiliationId, OrganizationId, stored_as_json, text};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;
use validator::Validate;
use wire::{AnyOperation, AssignmentFields, PlaceFields, SuccessorFields};

text!(
    /// Name that a reorganization gives to an organization that it creates, so that later operations can refer to it.
    LocalRef, 1..=40, Code
);

/// An organization: one that exists, or one that an earlier operation creates.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "PlaceFields", into = "PlaceFields")]
pub enum Place {
    /// An organization that exists.
    Existing(OrganizationId),
    /// An earlier operation of the same reorganization creates it.
    Created(LocalRef),
}

/// Where an organization goes: into one that exists, one that an earlier operation creates, or a new one.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "SuccessorFields", into = "SuccessorFields")]
pub enum Successor {
    /// One that is there already.
    Place(Place),
    /// One that this operation creates.
    New(SuccessorInput),
}

/// An organization that a reorganization creates.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SuccessorInput {
    /// Name by which later operations of the same reorganization refer to it.
    pub r#ref: LocalRef,
    /// Full name.
    pub name: OrganizationName,
    /// Short name or acronym.
    pub short_name: Option<ShortName>,
    /// Kind of the organization.
    pub kind: OrganizationKind,
    /// Identifier of the organization directly above it. Absent: it stands at the top.
    pub parent_id: Option<OrganizationId>,
}

/// Gives an organization another name. It keeps its identifier, and its former name as an alias.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RenameOperation)]
pub struct Rename {
    /// Identifier of the organization.
    pub organization_id: OrganizationId,
    /// New full name.
    pub name: OrganizationName,
    /// New short name. Absent: it stays as it is.
    pub short_name: Option<ShortName>,
}

/// Merges organizations into one: everything that depends on them continues in it.
#[derive(Debug, Clone, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MergeOperation)]
pub struct Merge {
    /// Identifiers of the organizations that disappear. One is enough if `into` exists already.
    #[validate(length(min = 1, max = 20))]
    #[schema(min_items = 1, max_items = 20)]
    pub organization_ids: Vec<OrganizationId>,
    /// Organization that they go into.
    pub into: Successor,
}

/// Splits an organization into several.
#[derive(Debug, Clone, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SplitOperation)]
pub struct Split {
    /// Identifier of the organization that disappears.
    pub organization_id: OrganizationId,
    /// Organizations that it is split into.
    #[validate(length(min = 2, max = 20))]
    #[schema(min_items = 2, max_items = 20)]
    pub successors: Vec<Successor>,
    /// Successor that takes everything that `assignments` does not name.
    pub default_successor: Place,
    /// What goes to one of the other successors. Default: nothing.
    #[validate(length(max = 500))]
    #[schema(max_items = 500)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub assignments: Vec<Assignment>,
}

/// Assigns a part of a split organization to a successor: an affiliation with all that is held through it, or an
/// organization directly below.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "AssignmentFields")]
#[schema(as = SplitAssignment)]
pub struct Assignment {
    /// Identifier of an affiliation to the organization that is split. Give this or `organization_id`.
    pub affiliation_id: Option<AffiliationId>,
    /// Identifier of an organization directly below it. Give this or `affiliation_id`.
    pub organization_id: Option<OrganizationId>,
    /// Successor that takes it.
    pub successor: Place,
}

/// Says which organizations a communication directorate serves from now on: these, and no others.
#[derive(Debug, Clone, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RelinkOperation)]
pub struct Relink {
    /// The communication directorate (DICOM).
    pub dicom: Place,
    /// All organizations that it serves. An empty list ends all its `serves` links.
    #[validate(length(max = 100))]
    #[schema(max_items = 100)]
    pub serves: Vec<Place>,
}

/// One step of a reorganization.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", try_from = "AnyOperation")]
pub enum Operation {
    /// Gives another name.
    Rename(Rename),
    /// Merges several into one.
    Merge(Merge),
    /// Splits one into several.
    Split(Split),
    /// Sets which organizations a DICOM serves.
    Relink(Relink),
}

/// The steps of a reorganization, in their order.
#[derive(Debug, Clone, Serialize, Deserialize, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Jsonb)]
#[serde(transparent)]
pub struct Operations(pub Vec<Operation>);
stored_as_json!(Operations);

impl From<Vec<Operation>> for Operations {
    fn from(steps: Vec<Operation>) -> Self {
        Self(steps)
    }
}
