//! HTTP of co-animations.

use ::members::affiliation::Ending;
use ::members::organization::At;
use ::networks::co_animation::{CoAnimationInput, CoAnimationPage, CoAnimationView, Create, End, Void};
use ::networks::network::NetworkCode;
use actix_web::web::Path;
use actix_web::{get, post};
use kernel::{CoAnimationId, PageQuery, Voided, Voiding};
use persistence::Again as _;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::Answer;
use crate::db::Db;
use crate::extract::{IfMatch, Listing, Valid};

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_network_co_animations).service(create_network_co_animation);
    config.service(get_co_animation).service(end_co_animation).service(void_co_animation);
}

/// List the co-animations of a network.
///
/// The organizations that animate it together with the SIG, now or on a past day, for whoever may know of it.
#[utoipa::path(tag = "networks", params(NetworkCode, At, PageQuery), responses((status = 200, body = CoAnimationPage)))]
#[get("/networks/{code}/co-animations")]
async fn list_network_co_animations(db: Db, code: Path<NetworkCode>, list: Listing<At>) -> Answer<CoAnimationPage> {
    db.read(move |store| store.network_co_animations(&code, list.filter.as_of, &list.page)).await
}

/// Let an organization co-animate a network.
///
/// The SIG may. Its scope is that of the organization's co-leads.
#[utoipa::path(tag = "networks", params(NetworkCode), request_body = CoAnimationInput, responses((status = 201, body = CoAnimationView)))]
#[post("/networks/{code}/co-animations")]
async fn create_network_co_animation(
    db: Db,
    code: Path<NetworkCode>,
    new: Valid<CoAnimationInput>,
) -> Answer<CoAnimationView> {
    db.create(move |store| {
        let grant = store.authorize(Create((code.clone(), new.0.clone())))?;
        store.create_network_co_animation(grant)
    })
    .await
}

/// Read a co-animation.
///
/// Whoever may know of its network.
#[utoipa::path(tag = "networks", params(CoAnimationId), responses((status = 200, body = CoAnimationView)))]
#[get("/co-animations/{id}")]
async fn get_co_animation(db: Db, id: Path<CoAnimationId>) -> Answer<CoAnimationView> {
    db.read(move |store| CoAnimationView::again(store, id.0)).await
}

/// End a co-animation.
///
/// The SIG may.
#[utoipa::path(tag = "networks", params(CoAnimationId, IfMatch), request_body = Ending, responses((status = 200, body = CoAnimationView)))]
#[post("/co-animations/{id}/end")]
async fn end_co_animation(
    db: Db,
    id: Path<CoAnimationId>,
    seen: IfMatch,
    ending: Valid<Ending>,
) -> Answer<CoAnimationView> {
    db.write(move |store| {
        let grant = store.authorize(End(*id))?;
        store.end_co_animation(grant, seen.0, &ending.0)
    })
    .await
}

/// Void a co-animation.
///
/// The SIG may. For what should never have been: it stands on no day any more, and `as_of` shows none; the history keeps it with the
/// reason. What is over ends instead.
#[utoipa::path(tag = "networks", params(CoAnimationId, IfMatch), request_body = Voiding, responses((status = 200, body = Voided)))]
#[post("/co-animations/{id}/void")]
async fn void_co_animation(db: Db, id: Path<CoAnimationId>, seen: IfMatch, voiding: Valid<Voiding>) -> Answer<Voided> {
    db.write(move |store| {
        let grant = store.authorize(Void(*id))?;
        store.void_co_animation(grant, seen.0, voiding.0.reason.clone())
    })
    .await
}
