//! HTTP of seats.

use ::members::affiliation::Ending;
use ::networks::network::NetworkCode;
use ::networks::seat::{Create, End, SeatFilter, SeatInput, SeatPage, SeatPatch, SeatView, Update, Void};
use actix_web::web::Path;
use actix_web::{get, patch, post};
use kernel::{PageQuery, SeatId, Voided, Voiding};
use persistence::Again as _;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::Answer;
use crate::db::Db;
use crate::extract::{IfMatch, Listing, Valid};

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_network_seats).service(create_network_seat);
    config.service(get_seat).service(update_seat).service(end_seat).service(void_seat);
}

/// List the seats of a network.
///
/// Who is expected, from which organizations; for the State's communicators who may know of it.
#[utoipa::path(tag = "networks", params(NetworkCode, SeatFilter, PageQuery), responses((status = 200, body = SeatPage)))]
#[get("/networks/{code}/seats")]
async fn list_network_seats(db: Db, code: Path<NetworkCode>, list: Listing<SeatFilter>) -> Answer<SeatPage> {
    db.read(move |store| store.network_seats(code.clone(), &list.filter, &list.page)).await
}

/// Expect a seat.
///
/// The SIG may, and the leads of the network, each on his topics.
#[utoipa::path(tag = "networks", params(NetworkCode), request_body = SeatInput, responses((status = 201, body = SeatView)))]
#[post("/networks/{code}/seats")]
async fn create_network_seat(db: Db, code: Path<NetworkCode>, new: Valid<SeatInput>) -> Answer<SeatView> {
    db.create(move |store| {
        let grant = store.authorize(Create((code.clone(), new.0.clone())))?;
        store.create_network_seat(grant)
    })
    .await
}

/// Read a seat.
///
/// For the State's communicators who may know of its network.
#[utoipa::path(tag = "networks", params(SeatId), responses((status = 200, body = SeatView)))]
#[get("/seats/{id}")]
async fn get_seat(db: Db, id: Path<SeatId>) -> Answer<SeatView> {
    db.read(move |store| SeatView::again(store, id.0)).await
}

/// Change a seat.
///
/// The SIG may, and the leads of the network, each on his topics.
#[utoipa::path(tag = "networks", params(SeatId, IfMatch), request_body = SeatPatch, responses((status = 200, body = SeatView)))]
#[patch("/seats/{id}")]
async fn update_seat(db: Db, id: Path<SeatId>, seen: IfMatch, patch: Valid<SeatPatch>) -> Answer<SeatView> {
    db.write(move |store| {
        let grant = store.authorize(Update(*id))?;
        store.update_seat(grant, seen.0, patch.0.clone())
    })
    .await
}

/// Expect a seat no longer.
///
/// The SIG may, and the leads of the network, each on his topics.
#[utoipa::path(tag = "networks", params(SeatId, IfMatch), request_body = Ending, responses((status = 200, body = SeatView)))]
#[post("/seats/{id}/end")]
async fn end_seat(db: Db, id: Path<SeatId>, seen: IfMatch, ending: Valid<Ending>) -> Answer<SeatView> {
    db.write(move |store| {
        let grant = store.authorize(End(*id))?;
        store.end_seat(grant, seen.0, &ending.0)
    })
    .await
}

/// Void a seat.
///
/// The SIG may. For what should never have been: it stands on no day any more, and `as_of` shows none; the history keeps it with the
/// reason. What is over ends instead.
#[utoipa::path(tag = "networks", params(SeatId, IfMatch), request_body = Voiding, responses((status = 200, body = Voided)))]
#[post("/seats/{id}/void")]
async fn void_seat(db: Db, id: Path<SeatId>, seen: IfMatch, voiding: Valid<Voiding>) -> Answer<Voided> {
    db.write(move |store| {
        let grant = store.authorize(Void(*id))?;
        store.void_seat(grant, seen.0, voiding.0.reason.clone())
    })
    .await
}
