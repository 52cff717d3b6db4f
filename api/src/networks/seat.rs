//! HTTP of seats: the seat requirements of networks.

use ::members::affiliation::Ending;
use ::networks::network::NetworkCode;
use ::networks::seat::{
    Create, End, OrganizationSeatFilter, SeatFilter, SeatInput, SeatPage, SeatPatch, SeatView, Update, Void,
};
use actix_web::web::Path;
use actix_web::{get, patch, post};
use kernel::{OrganizationId, PageQuery, SeatId, Voided, Voiding};
use persistence::Again as _;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::Answer;
use crate::db::Db;
use crate::extract::{IfMatch, Listing, Valid};

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_organization_seats).service(list_network_seats).service(create_network_seat);
    config.service(get_seat).service(update_seat).service(end_seat).service(void_seat);
}

/// List the seat requirements of a network
///
/// Returns how many members the network expects from each organization, in which role; the oldest requirement first.
/// Without `as_of`, returns those that hold now.
///
/// **Access**: Members who may see the network, SIG coordinators and SIG administrators. Observers get 403, partners
/// 404. Service accounts need the scopes `networks:read` and `directory:read`.
#[utoipa::path(tag = "networks", params(NetworkCode, SeatFilter, PageQuery), responses((status = 200, body = SeatPage)))]
#[get("/networks/{code}/seats")]
async fn list_network_seats(db: Db, code: Path<NetworkCode>, list: Listing<SeatFilter>) -> Answer<SeatPage> {
    db.read(move |store| store.network_seats(code.clone(), &list.filter, &list.page)).await
}

/// List the seat requirements of an organization
///
/// Returns how many members the networks expect from the organization, in which role; the oldest requirement first.
/// Without `as_of`, returns those that hold now.
///
/// **Access**: Members, each for the networks that they may see; SIG coordinators and SIG administrators. Observers and
/// partners get 403. Service accounts need the scopes `networks:read` and `directory:read`.
#[utoipa::path(tag = "networks", params(OrganizationId, OrganizationSeatFilter, PageQuery), responses((status = 200, body = SeatPage)))]
#[get("/organizations/{id}/seats")]
async fn list_organization_seats(
    db: Db,
    id: Path<OrganizationId>,
    list: Listing<OrganizationSeatFilter>,
) -> Answer<SeatPage> {
    db.read(move |store| store.organization_seats(*id, &list.filter, &list.page)).await
}

/// Create a seat requirement
///
/// Records how many members of one role the network expects from an organization. Returns the seat requirement.
///
/// **Access**: Leads of the network; co-leads within the scope of their co-animation; SIG coordinators and SIG
/// administrators.
///
/// **Errors**: 409 `overlap` if the organization has a requirement for this role in this network at that time: end
/// that one, or choose another time. 409 `invalid_transition` if the network or the organization is closed. 409
/// `superseded` if the organization was merged or split.
#[utoipa::path(tag = "networks", params(NetworkCode), request_body = SeatInput, responses((status = 201, body = SeatView)))]
#[post("/networks/{code}/seats")]
async fn create_network_seat(db: Db, code: Path<NetworkCode>, new: Valid<SeatInput>) -> Answer<SeatView> {
    db.create(move |store| {
        let grant = store.authorize(Create((code.clone(), new.0.clone())))?;
        store.create_network_seat(grant)
    })
    .await
}

/// Get a seat requirement
///
/// Returns one seat requirement.
///
/// **Access**: Members who may see its network, SIG coordinators and SIG administrators. Observers and partners get
/// 404. Service accounts need the scopes `networks:read` and `directory:read`.
#[utoipa::path(tag = "networks", params(SeatId), responses((status = 200, body = SeatView)))]
#[get("/seats/{id}")]
async fn get_seat(db: Db, id: Path<SeatId>) -> Answer<SeatView> {
    db.read(move |store| SeatView::again(store, id.0)).await
}

/// Update a seat requirement
///
/// Changes the fields that are sent. Returns the seat requirement.
///
/// **Access**: Leads of the network; co-leads within the scope of their co-animation; SIG coordinators and SIG
/// administrators.
///
/// **Errors**: 409 `invalid_transition` if the requirement has ended. 422 `invalid` if `min` would exceed `max`.
#[utoipa::path(tag = "networks", params(SeatId, IfMatch), request_body = SeatPatch, responses((status = 200, body = SeatView)))]
#[patch("/seats/{id}")]
async fn update_seat(db: Db, id: Path<SeatId>, seen: IfMatch, patch: Valid<SeatPatch>) -> Answer<SeatView> {
    db.write(move |store| {
        let grant = store.authorize(Update(*id))?;
        store.update_seat(grant, seen.0, patch.0.clone())
    })
    .await
}

/// End a seat requirement
///
/// Ends the requirement now, or at the time `at`. Returns it.
///
/// **Access**: Leads of the network; co-leads within the scope of their co-animation; SIG coordinators and SIG
/// administrators.
///
/// **Errors**: 409 `invalid_transition` if the requirement has ended already. 422 `invalid` if `at` is in the past.
///
/// **Notes**: An end that is already set is never moved to a later time. Memberships stay.
#[utoipa::path(tag = "networks", params(SeatId, IfMatch), request_body = Ending, responses((status = 200, body = SeatView)))]
#[post("/seats/{id}/end")]
async fn end_seat(db: Db, id: Path<SeatId>, seen: IfMatch, ending: Valid<Ending>) -> Answer<SeatView> {
    db.write(move |store| {
        let grant = store.authorize(End(*id))?;
        store.end_seat(grant, seen.0, &ending.0)
    })
    .await
}

/// Void a seat requirement
///
/// Removes a requirement that should never have been recorded. It then holds on no day, and `as_of` no longer shows
/// it. Returns its identifier, its last version and the reason.
///
/// **Access**: SIG coordinators, SIG administrators.
///
/// **Notes**: The history keeps the requirement, with the reason. To stop a requirement that was right until now, end
/// it.
#[utoipa::path(tag = "networks", params(SeatId, IfMatch), request_body = Voiding, responses((status = 200, body = Voided)))]
#[post("/seats/{id}/void")]
async fn void_seat(db: Db, id: Path<SeatId>, seen: IfMatch, voiding: Valid<Voiding>) -> Answer<Voided> {
    db.write(move |store| {
        let grant = store.authorize(Void(*id))?;
        store.void_seat(grant, seen.0, voiding.0.reason.clone())
    })
    .await
}
