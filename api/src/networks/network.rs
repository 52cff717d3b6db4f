//! HTTP of networks.

use ::networks::announcement::{AnnouncementFilter, AnnouncementPage, AnnouncementStatus};
use ::networks::co_animation::CoAnimationPage;
use ::networks::membership::MembershipView;
use ::networks::network::{
    Activate, Close, Create, NetworkCode, NetworkFilter, NetworkInclude, NetworkInput, NetworkPage, NetworkPatch,
    NetworkQuery, NetworkView, Pause, Update,
};
use ::networks::tracking_page::NetworkTracking;
use actix_web::web::Path;
use actix_web::{get, patch, post};
use kernel::{PageQuery, Several};
use persistence::Store;
use serde::Serialize;
use serde_with::skip_serializing_none;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::{Answer, Reference};
use crate::db::Db;
use crate::extract::{IfMatch, Listing, Query, Valid};
use crate::include::{With, readable};

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_networks).service(create_network).service(get_network).service(update_network);
    config.service(activate_network).service(pause_network).service(close_network);
}

/// List networks
///
/// Returns the networks that the caller may see, sorted by name.
///
/// **Access**: Everyone, each with the networks that `get_network` shows them. For partners the list is empty.
#[utoipa::path(tag = "networks", params(NetworkFilter, PageQuery), responses((status = 200, body = NetworkPage)))]
#[get("/networks")]
async fn list_networks(db: Db, list: Listing<NetworkFilter>) -> Answer<Reference<NetworkPage>> {
    db.read(move |store| Ok(Reference(store.networks(list.filter.clone(), &list.page)?))).await
}

/// Create a network
///
/// Creates a network in the status `preparing`. Returns it.
///
/// **Access**: SIG coordinators, SIG administrators.
///
/// **Errors**: 409 `already_exists` if another network has this code.
#[utoipa::path(tag = "networks", request_body = NetworkInput, responses((status = 201, body = NetworkView)))]
#[post("/networks")]
async fn create_network(db: Db, new: Valid<NetworkInput>) -> Answer<NetworkView> {
    db.create(move |store| {
        let grant = store.authorize(Create(new.0.clone()))?;
        store.create_network(grant)
    })
    .await
}

/// What a network brings along.
#[skip_serializing_none]
#[derive(Serialize, ToSchema)]
pub(crate) struct NetworkIncluded {
    /// Memberships in force of its leads, then of its co-leads, that the caller may see. Absent: not asked for.
    #[schema(max_items = 100)]
    leads: Option<Vec<MembershipView>>,
    /// Co-animations in force, as in `GET /networks/{code}/co-animations`. Absent: not asked for, or the caller may not
    /// read them.
    co_animations: Option<CoAnimationPage>,
    /// The five latest published announcements that the caller may read. Absent: not asked for.
    announcements: Option<AnnouncementPage>,
    /// Its tracking page, as `GET /tracking/networks/{code}`. Absent: not asked for, or the caller may not read it.
    tracking: Option<NetworkTracking>,
}

type NetworkWhole = With<NetworkView, NetworkIncluded>;

fn included(
    store: &mut Store<'_>,
    code: &NetworkCode,
    asked: &Several<NetworkInclude>,
) -> persistence::Result<Option<NetworkIncluded>> {
    if asked.is_empty() {
        return Ok(None);
    }
    let has = |what| asked.has(&what).then_some(());
    let first = |list: &str| PageQuery::first(format!("/api/v1/networks/{code}/{list}?"));
    let rows = PageQuery::first(format!("/api/v1/tracking/networks/{code}?"));
    let news = AnnouncementFilter {
        network_code: Some(code.clone()),
        status: Some(AnnouncementStatus::Published),
        ..AnnouncementFilter::default()
    };
    let latest = PageQuery::first(format!("/api/v1/announcements?network_code={code}&status=published")).of(5);
    Ok(Some(NetworkIncluded {
        leads: has(NetworkInclude::Leads).map(|()| store.network_leads(code)).transpose()?,
        co_animations: has(NetworkInclude::CoAnimations)
            .map(|()| readable(store.network_co_animations(code, None, &first("co-animations"))))
            .transpose()?
            .flatten(),
        announcements: has(NetworkInclude::Announcements).map(|()| store.announcements(&news, &latest)).transpose()?,
        tracking: has(NetworkInclude::Tracking)
            .map(|()| readable(store.network_tracking(code, &rows)))
            .transpose()?
            .flatten(),
    }))
}

/// Get a network
///
/// Returns one network.
///
/// **Access**: All members and observers. A hidden network: its members, SIG coordinators and SIG administrators only.
/// Partners get 404. Service accounts need the scope `networks:read`.
#[utoipa::path(tag = "networks", params(NetworkCode, NetworkQuery), responses((status = 200, body = NetworkWhole)))]
#[get("/networks/{code}")]
async fn get_network(db: Db, code: Path<NetworkCode>, query: Query<NetworkQuery>) -> Answer<NetworkWhole> {
    db.read(move |store| {
        let it = store.network(&code)?;
        let included = included(store, &code, &query.0.include)?;
        Ok(With::new(it, included))
    })
    .await
}

/// Update a network
///
/// Changes the fields that are sent. Returns the network.
///
/// **Access**: Leads of the network; co-leads whose co-animation covers all topics; SIG coordinators and SIG
/// administrators.
///
/// **Errors**: 409 `invalid_transition` if the network is closed.
///
/// **Notes**: Existing memberships stay when `eligible_origins` changes. Their holders may then count as unqualified
/// in the gaps.
#[utoipa::path(tag = "networks", params(NetworkCode, IfMatch), request_body = NetworkPatch, responses((status = 200, body = NetworkView)))]
#[patch("/networks/{code}")]
async fn update_network(
    db: Db,
    code: Path<NetworkCode>,
    seen: IfMatch,
    patch: Valid<NetworkPatch>,
) -> Answer<NetworkView> {
    db.write(move |store| {
        let grant = store.authorize(Update(code.clone()))?;
        store.update_network(grant, seen.0, patch.0.clone())
    })
    .await
}

/// Activate a network
///
/// Makes a network active that is in preparation or dormant. Returns the network.
///
/// **Access**: SIG coordinators, SIG administrators.
///
/// **Errors**: 409 `invalid_transition` if the network is active already, or closed.
#[utoipa::path(tag = "networks", params(NetworkCode, IfMatch), responses((status = 200, body = NetworkView)))]
#[post("/networks/{code}/activate")]
async fn activate_network(db: Db, code: Path<NetworkCode>, seen: IfMatch) -> Answer<NetworkView> {
    db.write(move |store| {
        let grant = store.authorize(Activate(code.clone()))?;
        store.activate_network(grant, seen.0)
    })
    .await
}

/// Pause a network
///
/// Puts an active network on hold: its status becomes `dormant`. Returns the network.
///
/// **Access**: SIG coordinators, SIG administrators.
///
/// **Errors**: 409 `invalid_transition` unless the network is active.
///
/// **Notes**: Its seat requirements, memberships and co-animations stay. A dormant network can still be written to,
/// and activated again.
#[utoipa::path(tag = "networks", params(NetworkCode, IfMatch), responses((status = 200, body = NetworkView)))]
#[post("/networks/{code}/pause")]
async fn pause_network(db: Db, code: Path<NetworkCode>, seen: IfMatch) -> Answer<NetworkView> {
    db.write(move |store| {
        let grant = store.authorize(Pause(code.clone()))?;
        store.pause_network(grant, seen.0)
    })
    .await
}

/// Close a network
///
/// Closes a network for good. It can still be read, but neither changed nor opened again. Returns the network.
///
/// **Access**: SIG coordinators, SIG administrators.
///
/// **Errors**: 409 `invalid_transition` if the network is closed already.
///
/// **Notes**: Its memberships, seat requirements and co-animations end. Its open membership requests are withdrawn,
/// and their invitation codes are revoked.
#[utoipa::path(tag = "networks", params(NetworkCode, IfMatch), responses((status = 200, body = NetworkView)))]
#[post("/networks/{code}/close")]
async fn close_network(db: Db, code: Path<NetworkCode>, seen: IfMatch) -> Answer<NetworkView> {
    db.write(move |store| {
        let grant = store.authorize(Close(code.clone()))?;
        store.close_network(grant, seen.0)
    })
    .await
}
