//! Gap (manque): an expected seat that is not filled as expected.

use diesel::deserialize::QueryableByName;
use diesel::sql_types;
use kernel::directory::{OrganizationKind, OrganizationName, OrganizationReference, Profession, ShortName};
use kernel::{AsOf, NetworkRole, OrganizationId, Page, SeatId, codes};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::network::NetworkCode;

codes! {
    /// What is wrong with a seat.
    GapKind {
        Vacant = "vacant" ("vacant", "vacant"),
        Expired = "expired" ("vacant depuis un départ", "vacant since someone left"),
        Overfilled = "overfilled" ("en surnombre", "overfilled"),
        Unqualified = "unqualified" ("titulaire non qualifié", "unqualified holder"),
    }
}

/// A seat as the database found it wanting.
#[derive(Debug, Clone, QueryableByName)]
pub struct GapRow {
    /// The seat.
    #[diesel(sql_type = sql_types::Uuid)]
    pub seat_id: SeatId,
    /// Its network.
    #[diesel(sql_type = sql_types::Text)]
    pub network_code: NetworkCode,
    /// Its organization.
    #[diesel(sql_type = sql_types::Uuid)]
    pub organization_id: OrganizationId,
    /// What that is.
    #[diesel(sql_type = sql_types::Text)]
    pub organization_kind: OrganizationKind,
    /// Its name.
    #[diesel(sql_type = sql_types::Text)]
    pub organization_name: OrganizationName,
    /// Its short name.
    #[diesel(sql_type = sql_types::Nullable<sql_types::Text>)]
    pub organization_short_name: Option<ShortName>,
    /// As what.
    #[diesel(sql_type = sql_types::Text)]
    pub role: NetworkRole,
    /// How many at least.
    #[diesel(sql_type = sql_types::SmallInt)]
    pub min: i16,
    /// How many at most.
    #[diesel(sql_type = sql_types::SmallInt)]
    pub max: i16,
    /// How many fill it.
    #[diesel(sql_type = sql_types::Integer)]
    pub filled: i32,
    /// The métiers it asks for.
    #[diesel(sql_type = sql_types::Array<sql_types::Text>)]
    pub professions: Vec<Profession>,
    /// What is wrong.
    #[diesel(sql_type = sql_types::Array<sql_types::Text>)]
    pub gaps: Vec<GapKind>,
}

/// An expected seat that is not filled as expected.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Gap {
    /// The seat.
    pub seat_id: SeatId,
    /// The network.
    pub network_code: NetworkCode,
    /// The organization.
    pub organization: OrganizationReference,
    /// As what.
    pub role: NetworkRole,
    /// How many at least.
    #[schema(minimum = 0)]
    pub min: i16,
    /// How many at most.
    #[schema(minimum = 1)]
    pub max: i16,
    /// How many fill it.
    #[schema(minimum = 0)]
    pub filled: i32,
    /// The métiers of those who may hold it; any, if there is none.
    pub professions: Vec<Profession>,
    /// What is wrong.
    pub gaps: Vec<GapKind>,
}

impl From<GapRow> for Gap {
    fn from(row: GapRow) -> Self {
        let organization = OrganizationReference {
            id: row.organization_id,
            kind: row.organization_kind,
            name: row.organization_name,
            short_name: row.organization_short_name,
        };
        let GapRow { seat_id, network_code, role, min, max, filled, professions, gaps, .. } = row;
        Self { seat_id, network_code, organization, role, min, max, filled, professions, gaps }
    }
}

/// Which gaps of the list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct GapFilter {
    /// Of this kind.
    #[param(inline)]
    pub gap: Option<GapKind>,
    /// Of this organization.
    pub organization_id: Option<OrganizationId>,
    /// Of organizations of this kind.
    pub organization_kind: Option<OrganizationKind>,
    /// Of seats of this role.
    pub role: Option<NetworkRole>,
    /// As they stood at the end of this past day (Europe/Paris).
    #[param(inline)]
    pub as_of: Option<AsOf>,
}

/// A page of gaps.
pub type GapPage = Page<Gap>;
