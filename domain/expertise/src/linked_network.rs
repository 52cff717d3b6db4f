//! Networks that an object is linked to: only their codes are shown, and only to callers who may know of the networks.

use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::sql_types::Jsonb;
use kernel::{Actor, NetworkId};
use networks::network::{NetworkCode, NetworkVisibility};
use serde::{Deserialize, Serialize, Serializer};
use utoipa::ToSchema;

/// A network that an object is linked to, with its visibility, from which follows who may know of it. Only its code is
/// sent.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, AsExpression, FromSqlRow)]
#[diesel(sql_type = Jsonb)]
pub struct LinkedNetwork {
    /// Identifier of the network.
    pub id: NetworkId,
    /// Code of the network.
    pub code: NetworkCode,
    /// Visibility of the network.
    pub visibility: NetworkVisibility,
}

impl Serialize for LinkedNetwork {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.code.serialize(serializer)
    }
}

impl FromSql<Jsonb, Pg> for LinkedNetwork {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(serde_json::from_value(<serde_json::Value as FromSql<Jsonb, Pg>>::from_sql(value)?)?)
    }
}

/// Codes of networks, in alphabetical order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, AsExpression, FromSqlRow)]
#[diesel(sql_type = Jsonb)]
#[serde(transparent)]
#[schema(value_type = Vec<NetworkCode>, max_items = 20)]
pub struct LinkedNetworks(pub Vec<LinkedNetwork>);

impl LinkedNetworks {
    /// The networks among them that this caller may know of.
    #[must_use]
    pub fn known_to(mut self, actor: &Actor) -> Self {
        self.0.retain(|it| it.visibility.shows(it.id, actor));
        self
    }
}

impl FromSql<Jsonb, Pg> for LinkedNetworks {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(serde_json::from_value(<serde_json::Value as FromSql<Jsonb, Pg>>::from_sql(value)?)?)
    }
}
