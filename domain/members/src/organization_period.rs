//! Period of an organization: how it was described for a time.

use diesel::pg::Pg;
use diesel::prelude::*;
use kernel::directory::{OrganizationKind, OrganizationName, OrganizationReference, ShortName};
use kernel::schema::organization_period;
use kernel::{OrganizationId, Page, Ruling, Validity, action};
use serde::Serialize;
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use crate::organization::{Organization, OrganizationStatus};
use crate::territory::TerritoryCode;

/// How an organization was described for a time: each change of these begins another period.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema, HasQuery)]
#[diesel(table_name = organization_period, check_for_backend(Pg))]
pub struct OrganizationPeriod {
    /// What it was.
    pub kind: OrganizationKind,
    /// Its full name.
    pub name: OrganizationName,
    /// Its short name.
    pub short_name: Option<ShortName>,
    /// The organization it belonged to.
    pub parent_id: Option<OrganizationId>,
    /// Where it acted, or sat.
    pub territory_code: Option<TerritoryCode>,
    /// Where it stood in its life.
    pub status: OrganizationStatus,
    /// When it was so.
    #[serde(flatten)]
    pub valid: Validity,
}

/// A page of the periods of an organization.
pub type OrganizationPeriodPage = Page<OrganizationPeriod>;

/// An organization with its place below another.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OrganizationNode {
    /// The organization.
    pub organization: OrganizationReference,
    /// The one directly above it.
    pub parent_id: Option<OrganizationId>,
    /// How many levels below the one whose tree this is: 0 for itself.
    #[schema(minimum = 0)]
    pub depth: i32,
}

/// A page of a tree.
pub type OrganizationTreePage = Page<OrganizationNode>;

action!(
    /// See how an organization was described before: insiders may.
    ListPeriods(OrganizationId) on Organization as "list_organization_history", (),
    |actor, ()| Ruling::Allow.for_insiders(actor)
);

action!(
    /// See what stands below an organization: insiders may.
    ListTree(OrganizationId) on Organization as "list_organization_tree", (),
    |actor, ()| Ruling::Allow.for_insiders(actor)
);
