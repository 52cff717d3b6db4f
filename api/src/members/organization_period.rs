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

/// List the history of an organization
///
/// Returns how the organization was described over time (names, kind, parent, territory, status), the latest period
/// first.
///
/// **Access**: all members but partners and observers; service accounts with `directory:read`.
#[utoipa::path(tag = "organizations", params(OrganizationId, PageQuery), responses((status = 200, body = OrganizationPeriodPage)))]
#[get("/organizations/{id}/history")]
async fn list_organization_history(
    db: Db,
    id: Path<OrganizationId>,
    list: Listing<NoFilter>,
) -> Answer<OrganizationPeriodPage> {
    db.read(move |store| store.organization_history(*id, &list.page)).await
}

/// List the tree of an organization
///
/// Returns the organization and all active organizations below it, depth first and by name. With `as_of`, the tree and
/// the names are those of that day.
///
/// **Access**: all members but partners and observers; service accounts with `directory:read`.
///
/// **Errors**: 404 also when the organization did not exist on the day of `as_of`.
///
/// **Notes**: At most 20 levels are followed.
#[utoipa::path(tag = "organizations", params(OrganizationId, At, PageQuery), responses((status = 200, body = OrganizationTreePage)))]
#[get("/organizations/{id}/tree")]
async fn list_organization_tree(db: Db, id: Path<OrganizationId>, list: Listing<At>) -> Answer<OrganizationTreePage> {
    db.read(move |store| store.organization_tree(*id, list.filter.as_of, &list.page)).await
}
