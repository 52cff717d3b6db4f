//! Which source holds each field of what directories write: the one that said it last.

use std::borrow::Cow;
use std::collections::BTreeMap;

use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::sql_types::Jsonb;
use serde::{Deserialize, Serialize};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

/// The source of each field that someone wrote.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, AsExpression, FromSqlRow)]
#[diesel(sql_type = Jsonb)]
#[serde(transparent)]
pub struct FieldSources(BTreeMap<String, String>);

crate::stored_as_json!(FieldSources);

impl FieldSources {
    /// The same, with fields that are free again.
    #[must_use]
    pub fn without<'a>(&self, fields: impl IntoIterator<Item = &'a str>) -> Self {
        let mut left = self.0.clone();
        fields.into_iter().for_each(|field| {
            left.remove(field);
        });
        Self(left)
    }

    /// Whether someone holds a field.
    #[must_use]
    pub fn has(&self, field: &str) -> bool {
        self.0.contains_key(field)
    }

    /// Whether a source may say a field: nobody says it, or the source itself does.
    #[must_use]
    pub fn lets(&self, source: &str, field: &str) -> bool {
        self.0.get(field).is_none_or(|owner| owner == source)
    }
}

impl PartialSchema for FieldSources {
    fn schema() -> RefOr<Schema> {
        let source = ObjectBuilder::new().schema_type(Type::String).max_length(Some(60)).examples(["manual"]);
        let description = "Code of the source that holds each field, by the name of the field: `manual` for people, else a directory. A \
                           field that is not named is free. A service account changes the fields of its own source and those that are free.";
        let object =
            ObjectBuilder::new().schema_type(Type::Object).additional_properties(Some(RefOr::T(Schema::from(source))));
        RefOr::T(object.description(Some(description)).into())
    }
}

impl ToSchema for FieldSources {
    fn name() -> Cow<'static, str> {
        "FieldSources".into()
    }
}
