//! HTTP of how organizations were described, and what stands below them.

use ::members::organization::At;
use ::members::organization_period::{OrganizationPeriodPage, OrganizationTreePage};
use actix_web::get;
use actix_web::web::Path;
use kernel::{OrganizationId, PageQuery};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::Answer;
use crate::db::Db;
use crate::extract::{Listing, NoFilter};

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_organization_history).service(list_organization_tree);
}

/// List how an organization was described.
///
/// Its names, kinds, places and states, each for its time, the latest first; for the State's communicators.
#[utoipa::path(tag = "organizations", params(OrganizationId, PageQuery), responses((status = 200, body = OrganizationPeriodPage)))]
#[get("/organizations/{id}/history")]
async fn list_organization_history(
    db: Db,
    id: Path<OrganizationId>,
    list: Listing<NoFilter>,
) -> Answer<OrganizationPeriodPage> {
    db.read(move |store| store.organization_history(*id, &list.page)).await
}

/// List an organization and all that stands below it.
///
/// Depth first, by name, now or on a past day, under the names of that day; for the State's communicators.
#[utoipa::path(tag = "organizations", params(OrganizationId, At, PageQuery), responses((status = 200, body = OrganizationTreePage)))]
#[get("/organizations/{id}/tree")]
async fn list_organization_tree(db: Db, id: Path<OrganizationId>, list: Listing<At>) -> Answer<OrganizationTreePage> {
    db.read(move |store| store.organization_tree(*id, list.filter.as_of, &list.page)).await
}
