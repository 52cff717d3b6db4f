//! HTTP of requests for expertise.

use ::expertise::request::{
    Accept, Create, Decline, Declining, ExpertiseRequestFilter, ExpertiseRequestInput, ExpertiseRequestPage,
    ExpertiseRequestView, Withdraw,
};
use actix_web::web::Path;
use actix_web::{get, post};
use kernel::{ExpertiseRequestId, PageQuery};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::Answer;
use crate::db::Db;
use crate::extract::{IfMatch, Listing, Valid};

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_expertise_requests).service(create_expertise_request).service(get_expertise_request);
    config.service(accept_expertise_request).service(decline_expertise_request).service(withdraw_expertise_request);
}

/// List my requests for expertise
///
/// Returns the requests that the caller made and those that the caller received, the latest first.
///
/// **Access**: every registered caller, for their own requests. Nobody reads those of others, not even the SIG.
#[utoipa::path(tag = "expertise", params(ExpertiseRequestFilter, PageQuery), responses((status = 200, body = ExpertiseRequestPage)))]
#[get("/expertise-requests")]
async fn list_expertise_requests(db: Db, list: Listing<ExpertiseRequestFilter>) -> Answer<ExpertiseRequestPage> {
    db.read(move |store| store.expertise_requests(&list.filter, &list.page)).await
}

/// Create a request for expertise
///
/// Asks another member for help. Returns the request, which is pending for 30 days at most.
///
/// **Access**: all members but partners and observers.
///
/// **Errors**: 422 at `/expert_id` if the member offers no help with the term, has left or hides their card from the
/// caller. 422 at `/term_code` if the term does not exist or is retired. 409 `overlap` if a request of the caller to
/// the same member is pending.
///
/// **Notes**: The member who is asked is notified.
#[utoipa::path(tag = "expertise", request_body = ExpertiseRequestInput, responses((status = 201, body = ExpertiseRequestView)))]
#[post("/expertise-requests")]
async fn create_expertise_request(db: Db, new: Valid<ExpertiseRequestInput>) -> Answer<ExpertiseRequestView> {
    db.create(move |store| {
        let grant = store.authorize(Create(new.0.clone()))?;
        store.create_expertise_request(grant)
    })
    .await
}

/// Get a request for expertise
///
/// Returns the request.
///
/// **Access**: the member who made it and the member who received it; nobody else, not even the SIG.
#[utoipa::path(tag = "expertise", params(ExpertiseRequestId), responses((status = 200, body = ExpertiseRequestView)))]
#[get("/expertise-requests/{id}")]
async fn get_expertise_request(db: Db, id: Path<ExpertiseRequestId>) -> Answer<ExpertiseRequestView> {
    db.read(move |store| store.expertise_request(*id)).await
}

/// Accept a request for expertise
///
/// Accepts to help the member who asks. Returns the request.
///
/// **Access**: the member who received the request.
///
/// **Errors**: 409 `invalid_transition` unless the request is pending.
///
/// **Notes**: The member who asked is notified.
#[utoipa::path(tag = "expertise", params(ExpertiseRequestId, IfMatch), responses((status = 200, body = ExpertiseRequestView)))]
#[post("/expertise-requests/{id}/accept")]
async fn accept_expertise_request(db: Db, id: Path<ExpertiseRequestId>, seen: IfMatch) -> Answer<ExpertiseRequestView> {
    db.write(move |store| {
        let grant = store.authorize(Accept(*id))?;
        store.accept_expertise_request(grant, seen.0)
    })
    .await
}

/// Decline a request for expertise
///
/// Declines to help the member who asks, with a reason or without. Returns the request.
///
/// **Access**: the member who received the request.
///
/// **Errors**: 409 `invalid_transition` unless the request is pending.
///
/// **Notes**: The member who asked is notified.
#[utoipa::path(tag = "expertise", params(ExpertiseRequestId, IfMatch), request_body = Declining, responses((status = 200, body = ExpertiseRequestView)))]
#[post("/expertise-requests/{id}/decline")]
async fn decline_expertise_request(
    db: Db,
    id: Path<ExpertiseRequestId>,
    seen: IfMatch,
    declining: Valid<Declining>,
) -> Answer<ExpertiseRequestView> {
    db.write(move |store| {
        let grant = store.authorize(Decline(*id))?;
        store.decline_expertise_request(grant, seen.0, declining.0.reason.clone())
    })
    .await
}

/// Withdraw a request for expertise
///
/// Takes the request back before it is answered. Returns the request.
///
/// **Access**: the member who made the request.
///
/// **Errors**: 409 `invalid_transition` unless the request is pending.
///
/// **Notes**: Nobody is notified.
#[utoipa::path(tag = "expertise", params(ExpertiseRequestId, IfMatch), responses((status = 200, body = ExpertiseRequestView)))]
#[post("/expertise-requests/{id}/withdraw")]
async fn withdraw_expertise_request(
    db: Db,
    id: Path<ExpertiseRequestId>,
    seen: IfMatch,
) -> Answer<ExpertiseRequestView> {
    db.write(move |store| {
        let grant = store.authorize(Withdraw(*id))?;
        store.withdraw_expertise_request(grant, seen.0)
    })
    .await
}
