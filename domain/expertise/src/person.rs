//! References to members and organizations (identifier and name), each read from one JSON column.

use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::sql_types::Jsonb;
use kernel::directory::{MemberReference, OrganizationReference};
use kernel::stored_as_json;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A member by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, AsExpression, FromSqlRow)]
#[diesel(sql_type = Jsonb)]
#[serde(transparent)]
#[schema(value_type = MemberReference)]
pub struct Person(pub MemberReference);

stored_as_json!(Person);

/// Members by name, at most 20.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, AsExpression, FromSqlRow)]
#[diesel(sql_type = Jsonb)]
#[serde(transparent)]
#[schema(max_items = 20)]
pub struct Persons(pub Vec<MemberReference>);

stored_as_json!(Persons);

/// An organization by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, AsExpression, FromSqlRow)]
#[diesel(sql_type = Jsonb)]
#[serde(transparent)]
#[schema(value_type = OrganizationReference)]
pub struct Place(pub OrganizationReference);

stored_as_json!(Place);
