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

/// List the links of an organization.
///
/// Those from and to it, in force now or on a past day; for the State's communicators.
#[utoipa::path(tag = "organizations", params(OrganizationId, At, PageQuery), responses((status = 200, body = OrganizationLinkPage)))]
#[get("/organizations/{id}/links")]
async fn list_organization_links(db: Db, id: Path<OrganizationId>, list: Listing<At>) -> Answer<OrganizationLinkPage> {
    db.read(move |store| store.organization_links(*id, list.filter.as_of, &list.page)).await
}

/// Link an organization to another.
///
/// The SIG may. A DICOM `serves` one or several organizations: they are the scope of its director and contributors.
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

/// Read a link.
///
/// For the State's communicators.
#[utoipa::path(tag = "organizations", params(OrganizationLinkId), responses((status = 200, body = OrganizationLinkView)))]
#[get("/organization-links/{id}")]
async fn get_organization_link(db: Db, id: Path<OrganizationLinkId>) -> Answer<OrganizationLinkView> {
    db.read(move |store| OrganizationLinkView::again(store, id.0)).await
}

/// End a link.
///
/// The SIG may.
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

/// Void a link.
///
/// The SIG may. For what should never have been: it stands on no day any more, and `as_of` shows none; the history keeps it with the
/// reason. What is over ends instead.
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
