//! Service account (compte de service): a script of an organization, with an owner who answers for it.

use diesel::pg::Pg;
use diesel::prelude::*;
use kernel::schema::service_account;
use kernel::{MemberId, Noun, Offer, OrganizationId, PrincipalId, Version};
use serde::Serialize;

/// A script of an organization, with an owner who answers for it.
#[derive(Debug, Clone, Serialize, HasQuery)]
#[diesel(table_name = service_account, check_for_backend(Pg))]
pub struct ServiceAccount {
    /// Identifier of the service account, which is also its identifier as a principal.
    pub id: PrincipalId,
    /// What it is called.
    pub name: String,
    /// The organization.
    pub organization_id: OrganizationId,
    /// The member who answers for it.
    pub owner_id: MemberId,
    /// Its version.
    pub version: Version,
}

impl Noun for ServiceAccount {
    const NAME: &'static str = "service_account";
    const COLLECTION: &'static str = "service-accounts";
    const OFFERS: &'static [Offer<Self>] = &[];

    kernel::versioned!();
}
