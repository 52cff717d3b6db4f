//! Service account: a script of an organization, which somebody answers for.

use diesel::pg::Pg;
use diesel::prelude::*;
use kernel::schema::service_account;
use kernel::{MemberId, Noun, Offer, OrganizationId, PrincipalId, Version};
use serde::Serialize;

/// A script of an organization, which somebody answers for.
#[derive(Debug, Clone, Serialize, HasQuery)]
#[diesel(table_name = service_account, check_for_backend(Pg))]
pub struct ServiceAccount {
    /// Its identifier, which is that of its principal.
    pub id: PrincipalId,
    /// What it is called.
    pub name: String,
    /// Of which organization.
    pub organization_id: OrganizationId,
    /// Who answers for it.
    pub owner_id: MemberId,
    /// Grows at each change.
    pub version: Version,
}

impl Noun for ServiceAccount {
    const NAME: &'static str = "service_account";
    const COLLECTION: &'static str = "service-accounts";
    const OFFERS: &'static [Offer<Self>] = &[];

    kernel::versioned!();
}
