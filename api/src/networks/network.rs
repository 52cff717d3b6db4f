//! HTTP of networks.

use ::networks::network::{
    Activate, Close, Create, NetworkCode, NetworkFilter, NetworkInput, NetworkPage, NetworkPatch, NetworkView, Pause,
    Update,
};
use actix_web::web::Path;
use actix_web::{get, patch, post};
use kernel::PageQuery;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::Answer;
use crate::db::Db;
use crate::extract::{IfMatch, Listing, Valid};

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
async fn list_networks(db: Db, list: Listing<NetworkFilter>) -> Answer<NetworkPage> {
    db.read(move |store| store.networks(list.filter.clone(), &list.page)).await
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

/// Get a network
///
/// Returns one network.
///
/// **Access**: All members and observers. A hidden network: its members, SIG coordinators and SIG administrators only.
/// Partners get 404. Service accounts need the scope `networks:read`.
#[utoipa::path(tag = "networks", params(NetworkCode), responses((status = 200, body = NetworkView)))]
#[get("/networks/{code}")]
async fn get_network(db: Db, code: Path<NetworkCode>) -> Answer<NetworkView> {
    db.read(move |store| store.network(&code)).await
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
