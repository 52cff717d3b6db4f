//! Objects with what `include` brings along, so that a page takes few calls.

use std::borrow::Cow;

use kernel::{Refusal, Shown};
use persistence::Error;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{PartialSchema, ToSchema};

use crate::answer::Represent;

/// An object, and what was asked to be included.
#[derive(Serialize)]
pub(crate) struct With<F, I> {
    #[serde(flatten)]
    it: F,
    #[serde(skip_serializing_if = "Option::is_none")]
    included: Option<I>,
}

impl<F, I> With<F, I> {
    pub(crate) const fn new(it: F, included: Option<I>) -> Self {
        Self { it, included }
    }
}

impl<F: Represent, I: Serialize + Send + 'static> Represent for With<F, I> {
    fn object(&self) -> Option<(uuid::Uuid, kernel::Version)> {
        self.it.object()
    }

    fn address(&self) -> Option<String> {
        self.it.address()
    }

    fn weight(&self) -> usize {
        self.it.weight() * if self.included.is_some() { 32 } else { 1 }
    }
}

// The object itself, under its own name: `show` gives it the property that holds what is included.
impl<F: ToSchema, I: ToSchema> PartialSchema for With<F, I> {
    fn schema() -> RefOr<Schema> {
        F::schema()
    }
}

impl<F: ToSchema, I: ToSchema> ToSchema for With<F, I> {
    fn name() -> Cow<'static, str> {
        F::name()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((I::name().into(), I::schema()));
        I::schemas(schemas);
        F::schemas(schemas);
    }
}

/// Includes in an object that is shown whole; of one that is shown by name, nothing more is told.
pub(crate) fn within<F, I, N>(
    shown: Shown<F, N>,
    include: impl FnOnce(&F) -> Result<Option<I>, Error>,
) -> Result<Shown<With<F, I>, N>, Error> {
    Ok(match shown {
        Shown::Full(it) => {
            let included = include(&it)?;
            Shown::Full(With::new(it, included))
        }
        Shown::Name(it) => Shown::Name(it),
    })
}

/// What the caller may not read is not included.
pub(crate) fn readable<T>(read: Result<T, Error>) -> Result<Option<T>, Error> {
    match read {
        Err(Error::Refused(Refusal::Forbidden(_) | Refusal::NotFound)) => Ok(None),
        read => read.map(Some),
    }
}

/// Gives the objects that can include something the property that holds it.
pub(crate) fn show(contract: &mut Value) {
    let what = "What `include` asked for, when the object is read by itself. Absent: nothing was asked for.";
    for name in ["Member", "Network", "Organization"] {
        let place = format!("/components/schemas/{name}/properties");
        if let Some(properties) = contract.pointer_mut(&place).and_then(Value::as_object_mut) {
            let target = format!("#/components/schemas/{name}Included");
            properties.insert("included".into(), json!({"$ref": target, "description": what}));
        }
    }
}
