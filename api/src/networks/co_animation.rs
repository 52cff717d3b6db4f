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

/// List the co-animations of a network
///
/// Returns the organizations that animate the network together with the SIG; the oldest co-animation first. Without
/// `as_of`, returns those that hold now.
///
/// **Access**: All who may see the network: see `get_network`.
#[utoipa::path(tag = "networks", params(NetworkCode, At, PageQuery), responses((status = 200, body = CoAnimationPage)))]
#[get("/networks/{code}/co-animations")]
async fn list_network_co_animations(db: Db, code: Path<NetworkCode>, list: Listing<At>) -> Answer<CoAnimationPage> {
    db.read(move |store| store.network_co_animations(&code, list.filter.as_of, &list.page)).await
}

/// Create a co-animation
///
/// Records that an organization animates the network together with the SIG. Returns the co-animation.
///
/// **Access**: SIG coordinators, SIG administrators.
///
/// **Errors**: 409 `overlap` if the organization co-animates the network already at that time. 409
/// `invalid_transition` if the network or the organization is closed. 409 `superseded` if the organization was merged
/// or split.
///
/// **Notes**: The co-leads who sit in the network for this organization lead it within `scope`. Without a co-animation
/// they have the rights of the role `member`.
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

/// Get a co-animation
///
/// Returns one co-animation.
///
/// **Access**: All who may see its network: see `get_network`.
#[utoipa::path(tag = "networks", params(CoAnimationId), responses((status = 200, body = CoAnimationView)))]
#[get("/co-animations/{id}")]
async fn get_co_animation(db: Db, id: Path<CoAnimationId>) -> Answer<CoAnimationView> {
    db.read(move |store| CoAnimationView::again(store, id.0)).await
}

/// End a co-animation
///
/// Ends the co-animation now, or at the time `at`. Returns it.
///
/// **Access**: SIG coordinators, SIG administrators.
///
/// **Errors**: 409 `invalid_transition` if the co-animation has ended already. 422 `invalid` if `at` is in the past.
///
/// **Notes**: The co-leads of the organization keep their memberships, with the rights of the role `member`. An end
/// that is already set is never moved to a later time.
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

/// Void a co-animation
///
/// Removes a co-animation that should never have been recorded. It then holds on no day, and `as_of` no longer shows
/// it. Returns its identifier, its last version and the reason.
///
/// **Access**: SIG coordinators, SIG administrators.
///
/// **Notes**: The history keeps the co-animation, with the reason. To stop one that was right until now, end it.
#[utoipa::path(tag = "networks", params(CoAnimationId, IfMatch), request_body = Voiding, responses((status = 200, body = Voided)))]
#[post("/co-animations/{id}/void")]
async fn void_co_animation(db: Db, id: Path<CoAnimationId>, seen: IfMatch, voiding: Valid<Voiding>) -> Answer<Voided> {
    db.write(move |store| {
        let grant = store.authorize(Void(*id))?;
        store.void_co_animation(grant, seen.0, voiding.0.reason.clone())
    })
    .await
}
