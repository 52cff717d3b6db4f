//! Clients of other issuers whose tokens a service account may exchange for sessions of the people who hold them.

use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use kernel::{stored_as_json, text};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

text!(
    /// Name of a configured issuer (`iss`), compared character by character.
    IssuerName, 1..=500, Line
);
text!(
    /// Identifier of a client at its issuer (`client_id` or `azp` of a token).
    ClientId, 1..=255, Line
);

/// A client of a configured issuer, such as an intranet at which people log in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubjectClient {
    /// Name of the issuer.
    pub issuer: IssuerName,
    /// Identifier of the client at the issuer.
    pub client: ClientId,
}

/// Clients of configured issuers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Jsonb)]
#[serde(transparent)]
pub struct SubjectClients(pub Vec<SubjectClient>);

stored_as_json!(SubjectClients);

impl SubjectClients {
    /// Whether a client of an issuer is among them.
    #[must_use]
    pub fn have(&self, issuer: &str, client: &str) -> bool {
        self.0.iter().any(|it| it.issuer.as_ref() == issuer && it.client.as_ref() == client)
    }
}
