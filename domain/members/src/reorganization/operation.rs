//! What a reorganization does, one step after the other.

mod wire;

use kernel::directory::{OrganizationKind, OrganizationName, ShortName};
use kernel::{AffiliationId, OrganizationId, stored_as_json, text};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;
use validator::Validate;
use wire::{AnyOperation, AssignmentFields, PlaceFields, SuccessorFields};

text!(
    /// What a reorganization calls an organization that it creates, so that later operations can name it.
    LocalRef, 1..=40, Code
);

/// An organization: one that exists, or one that an earlier operation creates.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "PlaceFields", into = "PlaceFields")]
pub enum Place {
    /// It exists.
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
    /// How later operations name it.
    pub r#ref: LocalRef,
    /// Its full name.
    pub name: OrganizationName,
    /// Its short name.
    pub short_name: Option<ShortName>,
    /// What it is.
    pub kind: OrganizationKind,
    /// The organization it belongs to.
    pub parent_id: Option<OrganizationId>,
}

/// Gives an organization another name: it keeps its identifier, and its old name as an alias.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RenameOperation)]
pub struct Rename {
    /// Which.
    pub organization_id: OrganizationId,
    /// Its full name from now on.
    pub name: OrganizationName,
    /// Its short name from now on; the one that it has, if absent.
    pub short_name: Option<ShortName>,
}

/// Makes one organization of several: all that rests on them goes on in it.
#[derive(Debug, Clone, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MergeOperation)]
pub struct Merge {
    /// Those that go: one is enough where it goes into one that exists.
    #[validate(length(min = 1, max = 20))]
    #[schema(min_items = 1, max_items = 20)]
    pub organization_ids: Vec<OrganizationId>,
    /// Where they go.
    pub into: Successor,
}

/// Makes several organizations of one.
#[derive(Debug, Clone, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SplitOperation)]
pub struct Split {
    /// The one that goes.
    pub organization_id: OrganizationId,
    /// Where it goes.
    #[validate(length(min = 2, max = 20))]
    #[schema(min_items = 2, max_items = 20)]
    pub successors: Vec<Successor>,
    /// The one of them that takes everything that is not assigned.
    pub default_successor: Place,
    /// What goes to one of the others.
    #[validate(length(max = 500))]
    #[schema(max_items = 500)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub assignments: Vec<Assignment>,
}

/// What of a split organization goes to which successor: an affiliation with all that is held through it, or an
/// organization directly below.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "AssignmentFields")]
#[schema(as = SplitAssignment)]
pub struct Assignment {
    /// An affiliation to the organization that is split; this or `organization_id`.
    pub affiliation_id: Option<AffiliationId>,
    /// An organization directly below it; this or `affiliation_id`.
    pub organization_id: Option<OrganizationId>,
    /// Which of the successors.
    pub successor: Place,
}

/// Says whom a communication directorate serves from now on: these, and no other.
#[derive(Debug, Clone, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RelinkOperation)]
pub struct Relink {
    /// The communication directorate (DICOM).
    pub dicom: Place,
    /// All that it serves.
    #[validate(length(max = 100))]
    #[schema(max_items = 100)]
    pub serves: Vec<Place>,
}

/// One step of a reorganization.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", try_from = "AnyOperation")]
pub enum Operation {
    /// Another name.
    Rename(Rename),
    /// One of several.
    Merge(Merge),
    /// Several of one.
    Split(Split),
    /// Whom a DICOM serves.
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
