//! How operations look in JSON: read field by field, so that an error tells where it stands, and described by name.

use std::borrow::Cow;

use kernel::directory::{OrganizationName, ShortName};
use kernel::{AffiliationId, OrganizationId, codes};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::openapi::schema::{Discriminator, ObjectBuilder, OneOfBuilder, Schema, Type};
use utoipa::openapi::{Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};
use validator::{Validate, ValidationErrors};

use super::{Assignment, LocalRef, Merge, Operation, Place, Relink, Rename, Split, Successor, SuccessorInput};

codes! {
    /// Type of an operation of a reorganization.
    OperationType {
        Rename = "rename" ("renommer", "rename"),
        Merge = "merge" ("fusionner", "merge"),
        Split = "split" ("scinder", "split"),
        Relink = "relink" ("changer les organisations servies", "relink"),
    }
}

/// An organization: give exactly one of the two fields.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(min_properties = 1, max_properties = 1)]
pub(super) struct PlaceFields {
    /// Identifier of an organization that exists.
    organization_id: Option<OrganizationId>,
    /// Name (`ref`) of an organization that an earlier operation creates.
    r#ref: Option<LocalRef>,
}

/// An organization that takes over: give exactly one of the three fields.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(min_properties = 1, max_properties = 1)]
pub(super) struct SuccessorFields {
    /// Identifier of an organization that exists.
    organization_id: Option<OrganizationId>,
    /// Name (`ref`) of an organization that an earlier operation creates.
    r#ref: Option<LocalRef>,
    /// An organization to create.
    new: Option<SuccessorInput>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AssignmentFields {
    affiliation_id: Option<AffiliationId>,
    organization_id: Option<OrganizationId>,
    successor: Place,
}

const ONE: &str = "exactly one says which";
const MISSING: &str = "missing field";

impl TryFrom<PlaceFields> for Place {
    type Error = &'static str;

    fn try_from(it: PlaceFields) -> Result<Self, Self::Error> {
        match (it.organization_id, it.r#ref) {
            (Some(id), None) => Ok(Self::Existing(id)),
            (None, Some(local)) => Ok(Self::Created(local)),
            _ => Err(ONE),
        }
    }
}

impl From<Place> for PlaceFields {
    fn from(it: Place) -> Self {
        match it {
            Place::Existing(id) => Self { organization_id: Some(id), ..Self::default() },
            Place::Created(local) => Self { r#ref: Some(local), ..Self::default() },
        }
    }
}

impl TryFrom<SuccessorFields> for Successor {
    type Error = &'static str;

    fn try_from(it: SuccessorFields) -> Result<Self, Self::Error> {
        let SuccessorFields { organization_id, r#ref, new } = it;
        match new {
            None => PlaceFields { organization_id, r#ref }.try_into().map(Self::Place),
            Some(new) if organization_id.is_none() && r#ref.is_none() => Ok(Self::New(new)),
            Some(_) => Err(ONE),
        }
    }
}

impl From<Successor> for SuccessorFields {
    fn from(it: Successor) -> Self {
        match it {
            Successor::New(new) => Self { new: Some(new), ..Self::default() },
            Successor::Place(place) => {
                let PlaceFields { organization_id, r#ref } = place.into();
                Self { organization_id, r#ref, new: None }
            }
        }
    }
}

impl TryFrom<AssignmentFields> for Assignment {
    type Error = &'static str;

    fn try_from(it: AssignmentFields) -> Result<Self, Self::Error> {
        let AssignmentFields { affiliation_id, organization_id, successor } = it;
        if affiliation_id.is_some() == organization_id.is_some() {
            return Err(ONE);
        }
        Ok(Self { affiliation_id, organization_id, successor })
    }
}

/// The fields of every operation: read one by one, so that an error tells where it stands.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AnyOperation {
    r#type: OperationType,
    organization_id: Option<OrganizationId>,
    name: Option<OrganizationName>,
    short_name: Option<ShortName>,
    organization_ids: Option<Vec<OrganizationId>>,
    into: Option<Successor>,
    successors: Option<Vec<Successor>>,
    default_successor: Option<Place>,
    assignments: Option<Vec<Assignment>>,
    dicom: Option<Place>,
    serves: Option<Vec<Place>>,
}

impl AnyOperation {
    /// The names of the fields that are present.
    fn said(&self) -> impl Iterator<Item = &'static str> {
        let all = [
            ("organization_id", self.organization_id.is_some()),
            ("name", self.name.is_some()),
            ("short_name", self.short_name.is_some()),
            ("organization_ids", self.organization_ids.is_some()),
            ("into", self.into.is_some()),
            ("successors", self.successors.is_some()),
            ("default_successor", self.default_successor.is_some()),
            ("assignments", self.assignments.is_some()),
            ("dicom", self.dicom.is_some()),
            ("serves", self.serves.is_some()),
        ];
        all.into_iter().filter(|(_, said)| *said).map(|(name, _)| name)
    }
}

impl TryFrom<AnyOperation> for Operation {
    type Error = &'static str;

    fn try_from(it: AnyOperation) -> Result<Self, Self::Error> {
        let known: &[&str] = match it.r#type {
            OperationType::Rename => &["organization_id", "name", "short_name"],
            OperationType::Merge => &["organization_ids", "into"],
            OperationType::Split => &["organization_id", "successors", "default_successor", "assignments"],
            OperationType::Relink => &["dicom", "serves"],
        };
        if it.said().any(|name| !known.contains(&name)) {
            return Err("unknown field of this type of operation");
        }
        Ok(match it.r#type {
            OperationType::Rename => Self::Rename(Rename {
                organization_id: it.organization_id.ok_or(MISSING)?,
                name: it.name.ok_or(MISSING)?,
                short_name: it.short_name,
            }),
            OperationType::Merge => Self::Merge(Merge {
                organization_ids: it.organization_ids.ok_or(MISSING)?,
                into: it.into.ok_or(MISSING)?,
            }),
            OperationType::Split => Self::Split(Split {
                organization_id: it.organization_id.ok_or(MISSING)?,
                successors: it.successors.ok_or(MISSING)?,
                default_successor: it.default_successor.ok_or(MISSING)?,
                assignments: it.assignments.unwrap_or_default(),
            }),
            OperationType::Relink => {
                Self::Relink(Relink { dicom: it.dicom.ok_or(MISSING)?, serves: it.serves.ok_or(MISSING)? })
            }
        })
    }
}

impl Validate for Operation {
    fn validate(&self) -> Result<(), ValidationErrors> {
        match self {
            Self::Rename(it) => it.validate(),
            Self::Merge(it) => it.validate(),
            Self::Split(it) => it.validate(),
            Self::Relink(it) => it.validate(),
        }
    }
}

/// Shows a type as another one describes it, under a name of its own.
macro_rules! described {
    ($name:ident by $fields:ident as $called:literal) => {
        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                $fields::schema()
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                $called.into()
            }

            fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
                $fields::schemas(schemas);
            }
        }
    };
}
described!(Place by PlaceFields as "OrganizationPlace");
described!(Successor by SuccessorFields as "OrganizationSuccessor");

/// The schema of one type of operation, with the mark that tells it.
fn marked<T: ToSchema>(kind: OperationType) -> (String, RefOr<Schema>) {
    let mark = ObjectBuilder::new().schema_type(Type::String).enum_values(Some([kind.code()]));
    let mark = mark.description(Some("Type of this operation."));
    let schema = match T::schema() {
        RefOr::T(Schema::Object(object)) => {
            RefOr::T(ObjectBuilder::from(object).property("type", mark).required("type").into())
        }
        other => other,
    };
    (T::name().into(), schema)
}

// By hand, so that each type of operation is a named schema, found by its mark, and none is an `allOf`.
impl PartialSchema for Operation {
    fn schema() -> RefOr<Schema> {
        let all = [
            (OperationType::Rename, Rename::name()),
            (OperationType::Merge, Merge::name()),
            (OperationType::Split, Split::name()),
            (OperationType::Relink, Relink::name()),
        ];
        let mapping = all.iter().map(|(kind, name)| (kind.code(), format!("#/components/schemas/{name}")));
        let one = OneOfBuilder::new().discriminator(Some(Discriminator::with_mapping("type", mapping)));
        let one = all.iter().fold(one, |one, (_, name)| one.item(Ref::from_schema_name(name.as_ref())));
        RefOr::T(one.description(Some("One operation of a reorganization: `type` says which.")).into())
    }
}

impl ToSchema for Operation {
    fn name() -> Cow<'static, str> {
        "ReorganizationOperation".into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        Rename::schemas(schemas);
        Merge::schemas(schemas);
        Split::schemas(schemas);
        Relink::schemas(schemas);
        schemas.extend([
            marked::<Rename>(OperationType::Rename),
            marked::<Merge>(OperationType::Merge),
            marked::<Split>(OperationType::Split),
            marked::<Relink>(OperationType::Relink),
        ]);
    }
}
