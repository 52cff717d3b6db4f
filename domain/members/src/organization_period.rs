//! Period of an organization: how it was described for a time.

use diesel::pg::Pg;
use diesel::prelude::*;
use kernel::directory::{OrganizationKind, OrganizationName, OrganizationReference, ShortName};
use kernel::named::MaybeNamed;
use kernel::schema::organization_period;
use kernel::{OrganizationId, Page, Ruling, Validity, action};
use serde::Serialize;
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use crate::organization::{Organization, OrganizationStatus};
use crate::territory::{TerritoryCode, TerritoryReference};

/// How an organization was described for a time. Each change of these fields begins another period.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema, HasQuery)]
#[diesel(table_name = organization_period, check_for_backend(Pg))]
pub struct OrganizationPeriod {
    /// Kind of the organization at that time.
    pub kind: OrganizationKind,
    /// Full name at that time.
    pub name: OrganizationName,
    /// Short name at that time. Absent: it had none.
    pub short_name: Option<ShortName>,
    /// Identifier of the organization directly above it at that time. Absent: it stood at the top.
    pub parent_id: Option<OrganizationId>,
    /// Organization directly above it at that time, by its present name. Absent: it stood at the top.
    #[diesel(select_expression = MaybeNamed::default(), select_expression_type = MaybeNamed<OrganizationReference, organization_period::parent_id>)]
    pub parent: Option<OrganizationReference>,
    /// Code of the territory at that time. Absent: none.
    pub territory_code: Option<TerritoryCode>,
    /// Territory at that time, by name. Absent: none.
    #[diesel(select_expression = MaybeNamed::default(), select_expression_type = MaybeNamed<TerritoryReference, organization_period::territory_code>)]
    pub territory: Option<TerritoryReference>,
    /// Status at that time.
    pub status: OrganizationStatus,
    /// From when to when this description held.
    #[serde(flatten)]
    pub valid: Validity,
}

/// A page of the periods of an organization.
pub type OrganizationPeriodPage = Page<OrganizationPeriod>;

/// An organization with its place in a tree.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OrganizationNode {
    /// Organization at this place.
    pub organization: OrganizationReference,
    /// Identifier of the organization directly above it. Absent: it stands at the top.
    pub parent_id: Option<OrganizationId>,
    /// Number of levels below the organization whose tree it is: 0 for that one.
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
