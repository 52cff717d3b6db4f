//! Gap (manque): a seat requirement that is not met.

use diesel::deserialize::QueryableByName;
use diesel::sql_types;
use kernel::directory::{OrganizationKind, OrganizationName, OrganizationReference, Profession, ShortName};
use kernel::{AsOf, NetworkRole, OrganizationId, Page, SeatId, codes};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::network::{NetworkCode, NetworkName};

codes! {
    /// What is wrong with a seat requirement. `vacant`: it has fewer active holders than `min`. `expired`: it has no
    /// active holder, and someone held it before. `overfilled`: it has more active holders than `max`. `unqualified`:
    /// a holder has none of the expected professions, comes from an origin that is not eligible, or is not active.
    GapKind {
        Vacant = "vacant" ("vacant", "vacant"),
        Expired = "expired" ("vacant depuis un départ", "vacant since its holder left"),
        Overfilled = "overfilled" ("en surnombre", "too many holders"),
        Unqualified = "unqualified" ("occupé sans les conditions requises", "held by someone who does not qualify"),
    }
}

/// A seat requirement that is not met, as it is read from the database.
#[derive(Debug, Clone, QueryableByName)]
pub struct GapRow {
    /// The seat requirement.
    #[diesel(sql_type = sql_types::Uuid)]
    pub seat_id: SeatId,
    /// Code of its network.
    #[diesel(sql_type = sql_types::Text)]
    pub network_code: NetworkCode,
    /// Name of its network.
    #[diesel(sql_type = sql_types::Text)]
    pub network_name: NetworkName,
    /// The organization of which it is expected.
    #[diesel(sql_type = sql_types::Uuid)]
    pub organization_id: OrganizationId,
    /// Kind of that organization.
    #[diesel(sql_type = sql_types::Text)]
    pub organization_kind: OrganizationKind,
    /// Name of that organization.
    #[diesel(sql_type = sql_types::Text)]
    pub organization_name: OrganizationName,
    /// Short name of that organization.
    #[diesel(sql_type = sql_types::Nullable<sql_types::Text>)]
    pub organization_short_name: Option<ShortName>,
    /// The role that is expected.
    #[diesel(sql_type = sql_types::Text)]
    pub role: NetworkRole,
    /// Fewest active holders.
    #[diesel(sql_type = sql_types::SmallInt)]
    pub min: i16,
    /// Most active holders.
    #[diesel(sql_type = sql_types::SmallInt)]
    pub max: i16,
    /// Active holders that it has.
    #[diesel(sql_type = sql_types::Integer)]
    pub filled: i32,
    /// The professions that a holder may have.
    #[diesel(sql_type = sql_types::Array<sql_types::Text>)]
    pub professions: Vec<Profession>,
    /// What is wrong with it.
    #[diesel(sql_type = sql_types::Array<sql_types::Text>)]
    pub gaps: Vec<GapKind>,
}

/// A gap (manque): a seat requirement that is not met.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Gap {
    /// Identifier of the seat requirement that is not met.
    pub seat_id: SeatId,
    /// Code of the network that expects the members.
    pub network_code: NetworkCode,
    /// Name of the network, as people read it.
    pub network_name: NetworkName,
    /// The organization from which they are expected.
    pub organization: OrganizationReference,
    /// The role in the network that is expected.
    pub role: NetworkRole,
    /// The smallest number of active holders: fewer is a gap.
    #[schema(minimum = 0)]
    pub min: i16,
    /// The largest number of active holders: more is a gap.
    #[schema(minimum = 1)]
    pub max: i16,
    /// The number of active holders, qualified or not.
    #[schema(minimum = 0)]
    pub filled: i32,
    /// The professions that a holder may have. Empty: any profession.
    pub professions: Vec<Profession>,
    /// What is wrong with it: at least one kind of gap.
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
        let GapRow { seat_id, network_code, network_name, role, min, max, filled, professions, gaps, .. } = row;
        Self { seat_id, network_code, network_name, organization, role, min, max, filled, professions, gaps }
    }
}

/// Filters of the list of gaps.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct GapFilter {
    /// Keeps only the gaps of this kind.
    #[param(inline)]
    pub gap: Option<GapKind>,
    /// Keeps only the gaps of this organization.
    pub organization_id: Option<OrganizationId>,
    /// Keeps only the gaps of the organizations that this DICOM serves, and of itself.
    pub dicom_id: Option<OrganizationId>,
    /// With `true`, keeps only the gaps of organizations that no DICOM serves: the last row of the matrix. Absent or
    /// `false`: of all.
    pub unserved: Option<bool>,
    /// Keeps only the gaps of organizations of this kind.
    pub organization_kind: Option<OrganizationKind>,
    /// Keeps only the gaps of seat requirements for this role.
    pub role: Option<NetworkRole>,
    /// The list as it stood at the end of this day (Europe/Paris), today or earlier. Absent: now.
    #[param(inline)]
    pub as_of: Option<AsOf>,
}

/// One page of gaps.
pub type GapPage = Page<Gap>;
