//! The affiliations in force of a member, as a card shows them: read with the member, in one query.

use crate::affiliation::{Position, Service};
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::{AppearsOnTable, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::pg::{Pg, PgValue};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Array, Bool, Nullable, Record, Text, Uuid};
use kernel::directory::{OrganizationKind, OrganizationName, OrganizationReference, Profession, ShortName};
use kernel::schema::member;
use kernel::{AffiliationId, OrganizationId};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

/// An affiliation in force, as the card of a member shows it.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CurrentAffiliation {
    /// Identifier of the affiliation.
    pub id: AffiliationId,
    /// Organization of the affiliation.
    pub organization: OrganizationReference,
    /// Function (fonction) held in the organization. Absent: not known.
    pub position: Option<Position>,
    /// Service or office in the organization. Absent: not known.
    pub service: Option<Service>,
    /// Profession (métier) exercised in the organization. Absent: not known.
    pub profession: Option<Profession>,
    /// Whether it is the main affiliation.
    pub is_primary: bool,
}

/// Affiliations in force, the main one first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, FromSqlRow)]
#[serde(transparent)]
pub struct CurrentAffiliations(pub Vec<CurrentAffiliation>);

/// The affiliations in force of the member that a query reads, as rows: making JSON of them in PostgreSQL would cost as
/// much as finding them.
#[derive(Debug, Clone, Copy, QueryId)]
pub struct InForce;

type Row = Record<(Uuid, Uuid, Text, Text, Nullable<Text>, Nullable<Text>, Nullable<Text>, Nullable<Text>, Bool)>;

impl Expression for InForce {
    type SqlType = Array<Row>;
}

impl<QS> AppearsOnTable<QS> for InForce where member::id: AppearsOnTable<QS> {}

impl<QS> SelectableExpression<QS> for InForce where member::id: SelectableExpression<QS> {}

impl ValidGrouping<()> for InForce {
    type IsAggregate = is_aggregate::No;
}

impl QueryFragment<Pg> for InForce {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "ARRAY(SELECT ROW(a.id, o.id, o.kind, o.name, o.short_name, a.position, a.service, a.profession, a.is_primary)
            FROM affiliation a JOIN organization o ON o.id = a.organization_id
            WHERE a.member_id = member.id AND a.valid @> app.clock() ORDER BY a.is_primary DESC, a.id)",
        );
        Ok(())
    }
}

impl FromSql<Array<Row>, Pg> for CurrentAffiliations {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        type Columns = (
            AffiliationId,
            OrganizationId,
            OrganizationKind,
            OrganizationName,
            Option<ShortName>,
            Option<Position>,
            Option<Service>,
            Option<Profession>,
            bool,
        );
        let rows = <Vec<Columns> as FromSql<Array<Row>, Pg>>::from_sql(value)?.into_iter();
        let all = rows.map(|(id, organization, kind, name, short_name, position, service, profession, is_primary)| {
            let organization = OrganizationReference { id: organization, kind, name, short_name };
            CurrentAffiliation { id, organization, position, service, profession, is_primary }
        });
        Ok(Self(all.collect()))
    }
}
