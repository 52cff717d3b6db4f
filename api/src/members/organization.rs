//! HTTP of organizations.

use ::members::organization::{
    At, Close, Create, OrganizationContacts, OrganizationFilter, OrganizationInput, OrganizationPage,
    OrganizationPatch, OrganizationView, Update, UpdateContacts,
};
use actix_web::web::Path;
use actix_web::{get, patch, post};
use kernel::{OrganizationId, PageQuery};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::Answer;
use crate::db::Db;
use crate::extract::{IfMatch, Listing, Query, Valid};

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_organizations).service(create_organization).service(get_organization);
    config.service(update_organization).service(update_organization_contacts).service(close_organization);
}

/// List organizations.
///
/// By name; in full for the State's communicators, by name only for partners and observers.
#[utoipa::path(tag = "organizations", params(OrganizationFilter, PageQuery), responses((status = 200, body = OrganizationPage)))]
#[get("/organizations")]
async fn list_organizations(db: Db, list: Listing<OrganizationFilter>) -> Answer<OrganizationPage> {
    db.read(move |store| store.organizations(&list.filter, &list.page)).await
}

/// Record an organization.
///
/// The SIG may.
#[utoipa::path(tag = "organizations", request_body = OrganizationInput, responses((status = 201, body = OrganizationView)))]
#[post("/organizations")]
async fn create_organization(db: Db, new: Valid<OrganizationInput>) -> Answer<OrganizationView> {
    db.create(move |store| {
        let grant = store.authorize(Create(new.0.clone()))?;
        store.create_organization(grant)
    })
    .await
}

/// Read an organization.
///
/// In full for the State's communicators, by name only for partners and observers. With `as_of`, its name, kind and
/// status are those of that day. One that was merged or split says who succeeds it.
#[utoipa::path(tag = "organizations", params(OrganizationId, At), responses((status = 200, body = OrganizationView)))]
#[get("/organizations/{id}")]
async fn get_organization(db: Db, id: Path<OrganizationId>, at: Query<At>) -> Answer<OrganizationView> {
    db.read(move |store| store.organization(*id, at.0.as_of)).await
}

/// Change an organization.
///
/// The SIG may. A name that goes is kept as an alias, and under `as_of`.
#[utoipa::path(tag = "organizations", params(OrganizationId, IfMatch), request_body = OrganizationPatch, responses((status = 200, body = OrganizationView)))]
#[patch("/organizations/{id}")]
async fn update_organization(
    db: Db,
    id: Path<OrganizationId>,
    seen: IfMatch,
    patch: Valid<OrganizationPatch>,
) -> Answer<OrganizationView> {
    db.write(move |store| {
        let grant = store.authorize(Update(*id))?;
        store.update_organization(grant, seen.0, patch.0.clone())
    })
    .await
}

/// Say how to reach an organization.
///
/// The SIG may, and the communication director who answers for it. Replaces all contact points.
#[utoipa::path(tag = "organizations", params(OrganizationId, IfMatch), request_body = OrganizationContacts, responses((status = 200, body = OrganizationView)))]
#[post("/organizations/{id}/contact-points")]
async fn update_organization_contacts(
    db: Db,
    id: Path<OrganizationId>,
    seen: IfMatch,
    contacts: Valid<OrganizationContacts>,
) -> Answer<OrganizationView> {
    db.write(move |store| {
        let grant = store.authorize(UpdateContacts(*id))?;
        store.update_organization_contacts(grant, seen.0, contacts.0.clone())
    })
    .await
}

/// Close an organization.
///
/// The SIG may. It stays readable, and out of lists unless asked for.
#[utoipa::path(tag = "organizations", params(OrganizationId, IfMatch), responses((status = 200, body = OrganizationView)))]
#[post("/organizations/{id}/close")]
async fn close_organization(db: Db, id: Path<OrganizationId>, seen: IfMatch) -> Answer<OrganizationView> {
    db.write(move |store| {
        let grant = store.authorize(Close(*id))?;
        store.close_organization(grant, seen.0)
    })
    .await
}
