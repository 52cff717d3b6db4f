//! HTTP of links between organizations.

use ::members::affiliation::Ending;
use ::members::organization::At;
use ::members::organization_link::{
    Create, End, OrganizationLinkInput, OrganizationLinkPage, OrganizationLinkView, Void,
};
use actix_web::web::Path;
use actix_web::{get, post};
use kernel::{OrganizationId, OrganizationLinkId, PageQuery, Voided, Voiding};
use persistence::Again as _;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::Answer;
use crate::db::Db;
use crate::extract::{IfMatch, Listing, Valid};

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_organization_links).service(create_organization_link);
    config.service(get_organization_link).service(end_organization_link).service(void_organization_link);
}

/// List the links of an organization
///
/// Returns the links from and to the organization, the oldest recorded first: those in force now, or on the day of
/// `as_of`.
///
/// **Access**: all members but partners and observers; service accounts with `directory:read`.
#[utoipa::path(tag = "organizations", params(OrganizationId, At, PageQuery), responses((status = 200, body = OrganizationLinkPage)))]
#[get("/organizations/{id}/links")]
async fn list_organization_links(db: Db, id: Path<OrganizationId>, list: Listing<At>) -> Answer<OrganizationLinkPage> {
    db.read(move |store| store.organization_links(*id, list.filter.as_of, &list.page)).await
}

/// Create a link between organizations
///
/// Links the organization of the address to another one, from now on or from `valid_from`. Returns the link.
///
/// **Access**: SIG coordinators, SIG administrators.
///
/// **Errors**: 409 `overlap` when the same link exists at that time. 409 `superseded` when one of the two was merged or
/// split, 409 `invalid_transition` when it is closed. 422 at `/to_id` when it refers to nothing, or to the organization
/// itself.
///
/// **Notes**: A communication directorate `serves` one or several organizations: they become the scope of its director
/// and contributors. A link `succeeds` may lead to an organization that was merged, split or closed.
#[utoipa::path(tag = "organizations", params(OrganizationId), request_body = OrganizationLinkInput, responses((status = 201, body = OrganizationLinkView)))]
#[post("/organizations/{id}/links")]
async fn create_organization_link(
    db: Db,
    id: Path<OrganizationId>,
    new: Valid<OrganizationLinkInput>,
) -> Answer<OrganizationLinkView> {
    db.create(move |store| {
        let grant = store.authorize(Create((*id, new.0.clone())))?;
        store.create_organization_link(grant)
    })
    .await
}

/// Get a link between organizations
///
/// Returns one link, past or present.
///
/// **Access**: all members but partners and observers; service accounts with `directory:read`. To others the link does
/// not exist (404).
#[utoipa::path(tag = "organizations", params(OrganizationLinkId), responses((status = 200, body = OrganizationLinkView)))]
#[get("/organization-links/{id}")]
async fn get_organization_link(db: Db, id: Path<OrganizationLinkId>) -> Answer<OrganizationLinkView> {
    db.read(move |store| OrganizationLinkView::again(store, id.0)).await
}

/// End a link between organizations
///
/// Ends the link now, or at the time in `at`. Returns the link.
///
/// **Access**: SIG coordinators, SIG administrators.
///
/// **Errors**: 409 `invalid_transition` when the link is over. 422 when `at` is in the past.
///
/// **Notes**: When a `serves` link ends, the organization leaves the scope of the director and the contributors.
#[utoipa::path(tag = "organizations", params(OrganizationLinkId, IfMatch), request_body = Ending, responses((status = 200, body = OrganizationLinkView)))]
#[post("/organization-links/{id}/end")]
async fn end_organization_link(
    db: Db,
    id: Path<OrganizationLinkId>,
    seen: IfMatch,
    ending: Valid<Ending>,
) -> Answer<OrganizationLinkView> {
    db.write(move |store| {
        let grant = store.authorize(End(*id))?;
        store.end_organization_link(grant, seen.0, &ending.0)
    })
    .await
}

/// Void a link between organizations
///
/// Takes back a link that should never have been recorded. It no longer exists on any day, `as_of` included; the
/// history keeps it with the reason. Returns what was voided.
///
/// **Access**: SIG coordinators, SIG administrators.
///
/// **Notes**: To finish a link that was right, end it instead.
#[utoipa::path(tag = "organizations", params(OrganizationLinkId, IfMatch), request_body = Voiding, responses((status = 200, body = Voided)))]
#[post("/organization-links/{id}/void")]
async fn void_organization_link(
    db: Db,
    id: Path<OrganizationLinkId>,
    seen: IfMatch,
    voiding: Valid<Voiding>,
) -> Answer<Voided> {
    db.write(move |store| {
        let grant = store.authorize(Void(*id))?;
        store.void_organization_link(grant, seen.0, voiding.0.reason.clone())
    })
    .await
}
