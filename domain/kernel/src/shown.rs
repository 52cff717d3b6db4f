//! One noun in two shapes: whole, or by name only, for callers who may know that it exists and no more.

use std::borrow::Cow;

use serde::Serialize;
use utoipa::openapi::schema::{Discriminator, ObjectBuilder, OneOfBuilder, Schema};
use utoipa::openapi::{Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

/// The whole noun or its name: `view` says which, so that no field of either shape is missing without a reason.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "view", rename_all = "snake_case")]
pub enum Shown<F, N> {
    /// All that a member may read.
    Full(F),
    /// What everyone may read who may know that it exists.
    Name(N),
}

/// The name of the shape that shows the name only: `N` itself may stand elsewhere in the contract, without a mark.
fn summary<F: ToSchema>() -> String {
    format!("{}Summary", F::name())
}

crate::codes! {
    /// Which shape of an object an answer shows.
    ViewKind {
        Full = "full" ("fiche complète", "whole object"),
        Name = "name" ("nom seul", "name only"),
    }
}

/// The shape with its mark. One type for all marks: an enum for each shape would collide in generated clients.
fn marked<T: ToSchema>() -> RefOr<Schema> {
    let RefOr::T(Schema::Object(object)) = T::schema() else { return T::schema() };
    RefOr::T(
        ObjectBuilder::from(object).property("view", Ref::from_schema_name(ViewKind::name())).required("view").into(),
    )
}

impl<F: ToSchema, N: ToSchema> PartialSchema for Shown<F, N> {
    fn schema() -> RefOr<Schema> {
        let target = |name: &str| format!("#/components/schemas/{name}");
        let mapping = [("full", target(&F::name())), ("name", target(&summary::<F>()))];
        let either = OneOfBuilder::new()
            .item(Ref::from_schema_name(F::name()))
            .item(Ref::from_schema_name(summary::<F>()))
            .discriminator(Some(Discriminator::with_mapping("view", mapping)));
        RefOr::T(either.description(Some("The whole object (`view` is `full`) or its name only (`view` is `name`), as far as the caller may see it.")).into())
    }
}

impl<F: ToSchema, N: ToSchema> ToSchema for Shown<F, N> {
    fn name() -> Cow<'static, str> {
        format!("{}View", F::name()).into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        F::schemas(schemas);
        N::schemas(schemas);
        schemas.push((ViewKind::name().into(), ViewKind::schema()));
        schemas.push((F::name().into(), marked::<F>()));
        schemas.push((summary::<F>(), marked::<N>()));
    }
}
