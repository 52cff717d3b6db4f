//! Gap (manque): a seat requirement that is not filled as expected.

use diesel::deserialize::QueryableByName;
use diesel::sql_types;
use kernel::directory::{OrganizationKind, OrganizationName, OrganizationReference, Profession, ShortName};
use kernel::{AsOf, NetworkRole, OrganizationId, Page, SeatId, codes};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::network::NetworkCode;

codes! {
    /// What is wrong with a seat requirement.
    GapKind {
        Vacant = "vacant" ("vacant", "vacant"),
        Expired = "expired" ("vacant depuis un départ", "vacant since someone left"),
        Overfilled = "overfilled" ("en surnombre", "overfilled"),
        Unqualified = "unqualified" ("titulaire ne remplissant pas les conditions", "holder who is inactive or does not meet the conditions"),
    }
}

/// A seat requirement with gaps, as the database finds it.
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

/// Gap (manque): a seat requirement that is not filled as expected.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Gap {
    /// Identifier of the seat requirement.
    pub seat_id: SeatId,
    /// Code of the network, such as `edito`.
    pub network_code: NetworkCode,
    /// Organization that the seat is expected of.
    pub organization: OrganizationReference,
    /// Role in the network that is expected.
    pub role: NetworkRole,
    /// Number of people expected at least.
    #[schema(minimum = 0)]
    pub min: i16,
    /// Number of people expected at most.
    #[schema(minimum = 1)]
    pub max: i16,
    /// Number of active people who hold it now, or on the day in `as_of`.
    #[schema(minimum = 0)]
    pub filled: i32,
    /// Professions (métiers) required of the holder. Empty: any profession.
    pub professions: Vec<Profession>,
    /// What is wrong with the seat requirement.
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

/// Filters of the list of gaps.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct GapFilter {
    /// Keeps only the seat requirements with this kind of gap.
    #[param(inline)]
    pub gap: Option<GapKind>,
    /// Keeps only the gaps of this organization.
    pub organization_id: Option<OrganizationId>,
    /// Keeps only the gaps of organizations of this kind.
    pub organization_kind: Option<OrganizationKind>,
    /// Keeps only the gaps of seats of this role.
    pub role: Option<NetworkRole>,
    /// Shows the gaps at the end of this day (Europe/Paris), today or in the past. Absent: now.
    #[param(inline)]
    pub as_of: Option<AsOf>,
}

/// One page of gaps.
pub type GapPage = Page<Gap>;
