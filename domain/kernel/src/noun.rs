//! A noun of the domain, and how it looks to the caller.

use std::borrow::Cow;

use serde::Serialize;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Schema, Type};
use utoipa::openapi::{Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};
use uuid::Uuid;

use crate::{Actor, Offer, Version};

/// What every noun with an identifier and a version has.
pub trait Noun: Serialize + Sized + 'static {
    /// Its name in the audit log, the history and the changes.
    const NAME: &'static str;
    /// Where it stands in the API: `/api/v1/<collection>/<key>`.
    const COLLECTION: &'static str;
    /// The actions on it, with their rules: shown as `available_actions`, tested as a table.
    const OFFERS: &'static [Offer<Self>];
    /// Its identifier.
    fn id(&self) -> Uuid;
    /// Its version.
    fn version(&self) -> Version;
    /// The last segment of its address.
    fn key(&self) -> String {
        self.id().to_string()
    }
}

/// The identifier and version of a noun, read from its fields `id` and `version`.
#[macro_export]
macro_rules! versioned {
    () => {
        fn id(&self) -> uuid::Uuid {
            self.id.0
        }

        fn version(&self) -> $crate::Version {
            self.version
        }
    };
}

/// A noun as one actor sees it: all its fields, and the operations they could call now.
#[derive(Debug, Clone, Serialize)]
pub struct Seen<T> {
    /// The noun.
    #[serde(flatten)]
    pub noun: T,
    /// Operations of this contract that the caller could call on it now.
    pub available_actions: Vec<&'static str>,
}

impl<T: Noun> Seen<T> {
    /// A noun as an actor sees it.
    pub fn by(actor: &Actor, noun: T) -> Self {
        let offers = T::OFFERS.iter().filter(|offer| offer.stands(actor, &noun));
        let available_actions = offers.map(|offer| offer.name).collect();
        Self { noun, available_actions }
    }
}

// By hand, so that the contract shows one flat object under the noun's own name, where derives would
// write `Seen_Network`. What a noun flattens into itself (`allOf`) is flattened when the contract is finished.
impl<T: Noun + ToSchema> PartialSchema for Seen<T> {
    fn schema() -> RefOr<Schema> {
        let actions =
            ArrayBuilder::new().items(Ref::from_schema_name(format!("{}Action", T::name()))).max_items(Some(50));
        let actions = actions.description(Some("Operations of this contract that the caller could call on it now."));
        let with = |object: ObjectBuilder| object.property("available_actions", actions).required("available_actions");
        match T::schema() {
            RefOr::T(Schema::Object(object)) => RefOr::T(with(object.into()).into()),
            RefOr::T(Schema::AllOf(mut parts)) => {
                parts.items.push(RefOr::T(with(ObjectBuilder::new()).into()));
                RefOr::T(parts.into())
            }
            other => other,
        }
    }
}

impl<T: Noun + ToSchema> ToSchema for Seen<T> {
    fn name() -> Cow<'static, str> {
        T::name()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        let names = T::OFFERS.iter().map(|offer| offer.name);
        let action = ObjectBuilder::new().schema_type(Type::String);
        // An empty enum is no valid schema: a noun without actions declares plain strings.
        let action = if T::OFFERS.is_empty() { action.max_length(Some(100)) } else { action.enum_values(Some(names)) };
        let action = action.description(Some("`operationId` of an operation on this object."));
        schemas.push((format!("{}Action", T::name()), RefOr::T(action.into())));
        T::schemas(schemas);
    }
}
