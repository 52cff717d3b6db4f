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

/// List one's requests for expertise.
///
/// Those that the caller made and those made to him, the latest first; nobody reads those of others.
#[utoipa::path(tag = "expertise", params(ExpertiseRequestFilter, PageQuery), responses((status = 200, body = ExpertiseRequestPage)))]
#[get("/expertise-requests")]
async fn list_expertise_requests(db: Db, list: Listing<ExpertiseRequestFilter>) -> Answer<ExpertiseRequestPage> {
    db.read(move |store| store.expertise_requests(&list.filter, &list.page)).await
}

/// Ask a colleague for help.
///
/// The State's communicators may, whoever offers help and shows them his card. One request to the same person is pending at
/// a time (409); what is not answered within 30 days expires.
#[utoipa::path(tag = "expertise", request_body = ExpertiseRequestInput, responses((status = 201, body = ExpertiseRequestView)))]
#[post("/expertise-requests")]
async fn create_expertise_request(db: Db, new: Valid<ExpertiseRequestInput>) -> Answer<ExpertiseRequestView> {
    db.create(move |store| {
        let grant = store.authorize(Create(new.0.clone()))?;
        store.create_expertise_request(grant)
    })
    .await
}

/// Read a request for expertise.
///
/// For the one who asks and the one who is asked alone.
#[utoipa::path(tag = "expertise", params(ExpertiseRequestId), responses((status = 200, body = ExpertiseRequestView)))]
#[get("/expertise-requests/{id}")]
async fn get_expertise_request(db: Db, id: Path<ExpertiseRequestId>) -> Answer<ExpertiseRequestView> {
    db.read(move |store| store.expertise_request(*id)).await
}

/// Accept a request for expertise.
///
/// The one who is asked may, while it is pending.
#[utoipa::path(tag = "expertise", params(ExpertiseRequestId, IfMatch), responses((status = 200, body = ExpertiseRequestView)))]
#[post("/expertise-requests/{id}/accept")]
async fn accept_expertise_request(db: Db, id: Path<ExpertiseRequestId>, seen: IfMatch) -> Answer<ExpertiseRequestView> {
    db.write(move |store| {
        let grant = store.authorize(Accept(*id))?;
        store.accept_expertise_request(grant, seen.0)
    })
    .await
}

/// Decline a request for expertise.
///
/// The one who is asked may, while it is pending; why, if he wants to say.
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

/// Withdraw a request for expertise.
///
/// The one who asks may, while it is pending.
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
