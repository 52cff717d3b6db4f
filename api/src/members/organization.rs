//! HTTP of organizations.

use ::members::organization::{
    Close, Create, Organization, OrganizationContacts, OrganizationFieldRelease, OrganizationFilter,
    OrganizationInclude, OrganizationInput, OrganizationPage, OrganizationPatch, OrganizationQuery, OrganizationView,
    Release, Update, UpdateContacts,
};
use ::members::organization_link::OrganizationLinkPage;
use ::networks::tracking_page::OrganizationTracking;
use actix_web::web::Path;
use actix_web::{get, patch, post};
use kernel::directory::OrganizationReference;
use kernel::{OrganizationId, PageQuery, Seen, Several, Shown};
use persistence::Store;
use serde::Serialize;
use serde_with::skip_serializing_none;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::Answer;
use crate::db::Db;
use crate::extract::{IfMatch, Listing, Query, Valid};
use crate::include::{With, readable, within};

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_organizations).service(create_organization).service(get_organization);
    config.service(update_organization).service(update_organization_contacts).service(close_organization);
    config.service(release_organization_fields);
}

/// List organizations
///
/// Returns organizations by name. Each is in full (`view` is `full`) or by name only (`view` is `name`). Only active
/// organizations are returned unless `status` asks for others.
///
/// **Access**: every registered caller. Partners, observers and service accounts without `directory:read` get names
/// only.
///
/// **Notes**: Callers who get names only find nothing by filters other than `q` and `kind`.
#[utoipa::path(tag = "organizations", params(OrganizationFilter, PageQuery), responses((status = 200, body = OrganizationPage)))]
#[get("/organizations")]
async fn list_organizations(db: Db, list: Listing<OrganizationFilter>) -> Answer<OrganizationPage> {
    db.read(move |store| store.organizations(&list.filter, &list.page)).await
}

/// Create an organization
///
/// Records an organization, below another one or on its own. Returns the organization.
///
/// **Access**: SIG coordinators, SIG administrators; their service accounts with `organizations:write` and a source, below
/// their own organization.
///
/// **Errors**: 409 `superseded` when the organization above was merged or split, 409 `invalid_transition` when it is
/// closed. 409 `already_exists` at `/external_id` when the source already calls another one so, at `/sirets` when another
/// one has the number. 422 when `parent_id` or `territory_code` refers to nothing.
///
/// **Notes**: A service account gives neither SIREN nor SIRET numbers nor an origin. The kind it gives is
/// `central_administration`, `deconcentrated_service` or `operator`, as fits the one above. To read what it creates in full, it
/// needs `directory:read`.
#[utoipa::path(tag = "organizations", request_body = OrganizationInput, responses((status = 201, body = OrganizationView)))]
#[post("/organizations")]
async fn create_organization(db: Db, new: Valid<OrganizationInput>) -> Answer<OrganizationView> {
    db.create(move |store| {
        let grant = store.authorize(Create(new.0.clone()))?;
        store.create_organization(grant)
    })
    .await
}

/// What an organization brings along, as it stands now: the first page of each list.
#[skip_serializing_none]
#[derive(Serialize, ToSchema)]
pub(crate) struct OrganizationIncluded {
    /// Links in force from and to it, as in `GET /organizations/{id}/links`. Absent: not asked for, or the caller may
    /// not read them.
    links: Option<OrganizationLinkPage>,
    /// Active organizations directly below it, by name. Absent: not asked for.
    children: Option<OrganizationPage>,
    /// DICOMs that serve it, by short name. Absent: not asked for.
    #[schema(max_items = 100)]
    dicoms: Option<Vec<OrganizationReference>>,
    /// Its tracking page, as `GET /tracking/organizations/{id}`. Absent: not asked for, or the caller may not read it.
    tracking: Option<OrganizationTracking>,
}

type OrganizationWhole = Shown<With<Seen<Organization>, OrganizationIncluded>, OrganizationReference>;

fn included(
    store: &mut Store<'_>,
    id: OrganizationId,
    asked: &Several<OrganizationInclude>,
) -> persistence::Result<Option<OrganizationIncluded>> {
    if asked.is_empty() {
        return Ok(None);
    }
    let has = |what| asked.has(&what).then_some(());
    let first = PageQuery::first(format!("/api/v1/organizations/{id}/links?"));
    let rows = PageQuery::first(format!("/api/v1/tracking/organizations/{id}?"));
    let below = OrganizationFilter { parent_id: Some(id), ..OrganizationFilter::default() };
    let children = PageQuery::first(format!("/api/v1/organizations?parent_id={id}"));
    Ok(Some(OrganizationIncluded {
        links: has(OrganizationInclude::Links)
            .map(|()| readable(store.organization_links(id, None, &first)))
            .transpose()?
            .flatten(),
        children: has(OrganizationInclude::Children).map(|()| store.organizations(&below, &children)).transpose()?,
        dicoms: has(OrganizationInclude::Dicoms).map(|()| store.dicoms_of(id)).transpose()?,
        tracking: has(OrganizationInclude::Tracking)
            .map(|()| readable(store.organization_tracking(id, &rows)))
            .transpose()?
            .flatten(),
    }))
}

/// Get an organization
///
/// Returns the organization in full (`view` is `full`) or by name only (`view` is `name`). With `as_of`, its name,
/// short name, kind and status are those of that day.
///
/// **Access**: every registered caller. Partners, observers and service accounts without `directory:read` get the name
/// only.
///
/// **Errors**: 404 also when the organization did not exist on the day of `as_of`.
///
/// **Notes**: If the organization was merged or split, `successor_ids` names those that replace it.
#[utoipa::path(tag = "organizations", params(OrganizationId, OrganizationQuery), responses((status = 200, body = OrganizationWhole)))]
#[get("/organizations/{id}")]
async fn get_organization(
    db: Db,
    id: Path<OrganizationId>,
    query: Query<OrganizationQuery>,
) -> Answer<OrganizationWhole> {
    db.read(move |store| {
        let shown = store.organization(*id, query.0.as_of)?;
        within(shown, |_| included(store, *id, &query.0.include))
    })
    .await
}

/// Update an organization
///
/// Changes the description of an active organization. Returns the organization.
///
/// **Access**: SIG coordinators, SIG administrators; their service accounts with `organizations:write` and a source, for
/// their own organization and those below it.
///
/// **Errors**: 409 `superseded` when the organization was merged or split: update its successors. 409
/// `invalid_transition` when it is closed. 409 `already_exists` at `/external_id` when the source already calls another one
/// so, at `/sirets` when another one has the number. 403 when a service account changes a field that others hold, or moves the organization out of those that it
/// describes. 403 too when it changes the kind, the level, the origin or a number. 422 at `/parent_id` when the new parent stands below it or does not exist.
/// 409 `last_lead` or `last_admin` when the new origin would take the rights of a last lead or of the last SIG
/// administrator.
///
/// **Notes**: A former name is kept as an alias, and is found with `as_of`.
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

/// Release fields of an organization
///
/// Gives fields back to their source: nobody keeps them from now on, and the directory that says them next does. Returns the
/// organization.
///
/// **Access**: SIG coordinators, SIG administrators. Service accounts release nothing.
///
/// **Errors**: 409 `superseded` when the organization was merged or split, 409 `invalid_transition` when it is closed.
///
/// **Notes**: `field_sources` says who keeps which field. The values stay until another is said.
#[utoipa::path(tag = "organizations", params(OrganizationId, IfMatch), request_body = OrganizationFieldRelease, responses((status = 200, body = OrganizationView)))]
#[post("/organizations/{id}/release-fields")]
async fn release_organization_fields(
    db: Db,
    id: Path<OrganizationId>,
    seen: IfMatch,
    fields: Valid<OrganizationFieldRelease>,
) -> Answer<OrganizationView> {
    db.write(move |store| {
        let grant = store.authorize(Release(*id))?;
        store.release_organization_fields(grant, seen.0, &fields.0.fields)
    })
    .await
}

/// Update the contact points of an organization
///
/// Replaces all contact points by the given ones. Returns the organization.
///
/// **Access**: SIG coordinators, SIG administrators; communication directors whose scope holds the organization; service
/// accounts as for `PATCH /organizations/{id}`.
///
/// **Errors**: 409 `superseded` when the organization was merged or split, 409 `invalid_transition` when it is closed. 403 when
/// others hold the contact points that a service account would replace.
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

/// Close an organization
///
/// Closes an active organization for good. It can still be read, and lists leave it out unless `status` asks for it.
/// Returns the organization.
///
/// **Access**: SIG coordinators, SIG administrators.
///
/// **Errors**: 409 `not_empty` when active organizations stand below it: move or close them first. 409 `last_lead` or
/// `last_admin` when a last lead or the last SIG administrator sits there. 409 `superseded` when it was merged or
/// split.
///
/// **Notes**: Everything that rests on it ends: affiliations, memberships, roles, seats expected of it and links,
/// except links of succession.
#[utoipa::path(tag = "organizations", params(OrganizationId, IfMatch), responses((status = 200, body = OrganizationView)))]
#[post("/organizations/{id}/close")]
async fn close_organization(db: Db, id: Path<OrganizationId>, seen: IfMatch) -> Answer<OrganizationView> {
    db.write(move |store| {
        let grant = store.authorize(Close(*id))?;
        store.close_organization(grant, seen.0)
    })
    .await
}
