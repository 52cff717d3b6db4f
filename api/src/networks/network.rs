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

/// List networks.
///
/// By name, those that the caller may know of.
#[utoipa::path(tag = "networks", params(NetworkFilter, PageQuery), responses((status = 200, body = NetworkPage)))]
#[get("/networks")]
async fn list_networks(db: Db, list: Listing<NetworkFilter>) -> Answer<NetworkPage> {
    db.read(move |store| store.networks(list.filter.clone(), &list.page)).await
}

/// Create a network.
///
/// The SIG may. It begins in preparation.
#[utoipa::path(tag = "networks", request_body = NetworkInput, responses((status = 201, body = NetworkView)))]
#[post("/networks")]
async fn create_network(db: Db, new: Valid<NetworkInput>) -> Answer<NetworkView> {
    db.create(move |store| {
        let grant = store.authorize(Create(new.0.clone()))?;
        store.create_network(grant)
    })
    .await
}

/// Read a network.
///
/// Whoever may know of it.
#[utoipa::path(tag = "networks", params(NetworkCode), responses((status = 200, body = NetworkView)))]
#[get("/networks/{code}")]
async fn get_network(db: Db, code: Path<NetworkCode>) -> Answer<NetworkView> {
    db.read(move |store| store.network(&code)).await
}

/// Change a network.
///
/// Its leads may, those who co-lead it on all topics, and the SIG; until it is closed.
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

/// Open a network.
///
/// The SIG may, when it was in preparation or dormant.
#[utoipa::path(tag = "networks", params(NetworkCode, IfMatch), responses((status = 200, body = NetworkView)))]
#[post("/networks/{code}/activate")]
async fn activate_network(db: Db, code: Path<NetworkCode>, seen: IfMatch) -> Answer<NetworkView> {
    db.write(move |store| {
        let grant = store.authorize(Activate(code.clone()))?;
        store.activate_network(grant, seen.0)
    })
    .await
}

/// Let a network sleep.
///
/// The SIG may, when it is active.
#[utoipa::path(tag = "networks", params(NetworkCode, IfMatch), responses((status = 200, body = NetworkView)))]
#[post("/networks/{code}/pause")]
async fn pause_network(db: Db, code: Path<NetworkCode>, seen: IfMatch) -> Answer<NetworkView> {
    db.write(move |store| {
        let grant = store.authorize(Pause(code.clone()))?;
        store.pause_network(grant, seen.0)
    })
    .await
}

/// Close a network.
///
/// The SIG may. Its memberships and seats end; it stays readable and never opens again.
#[utoipa::path(tag = "networks", params(NetworkCode, IfMatch), responses((status = 200, body = NetworkView)))]
#[post("/networks/{code}/close")]
async fn close_network(db: Db, code: Path<NetworkCode>, seen: IfMatch) -> Answer<NetworkView> {
    db.write(move |store| {
        let grant = store.authorize(Close(code.clone()))?;
        store.close_network(grant, seen.0)
    })
    .await
}
