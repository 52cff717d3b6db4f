//! HTTP of follow-ups, with what is decided and said in them.

use ::networks::decision::{
    Create as CreateDecision, DecisionFilter, DecisionInput, DecisionPage, DecisionPatch, DecisionView,
    Update as UpdateDecision,
};
use ::networks::follow_up::{Create, FollowUpFilter, FollowUpInput, FollowUpPage, FollowUpPatch, FollowUpView, Update};
use ::networks::follow_up_comment::{
    Create as CreateComment, FollowUpCommentInput, FollowUpCommentPage, FollowUpCommentView,
};
use actix_web::web::Path;
use actix_web::{get, patch, post};
use kernel::{DecisionId, FollowUpId, PageQuery};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::Answer;
use crate::db::Db;
use crate::extract::{IfMatch, Listing, NoFilter, Valid};

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_follow_ups).service(create_follow_up).service(get_follow_up).service(update_follow_up);
    config.service(list_follow_up_comments).service(create_follow_up_comment);
    config.service(list_follow_up_decisions).service(create_follow_up_decision);
    config.service(list_decisions).service(get_decision).service(update_decision);
}

/// List follow-ups.
///
/// On both axes, those that are for the caller; the latest first. Who answers for an organization reads those of the ones
/// that went into it too, each under the name that it had.
#[utoipa::path(tag = "tracking", params(FollowUpFilter, PageQuery), responses((status = 200, body = FollowUpPage)))]
#[get("/follow-ups")]
async fn list_follow_ups(db: Db, list: Listing<FollowUpFilter>) -> Answer<FollowUpPage> {
    db.read(move |store| store.follow_ups(&list.filter, &list.page)).await
}

/// Record a follow-up.
///
/// The SIG on both axes; on the network axis the leads of the network too, each on his topics. A confidential one is for
/// who wrote it, who was there, the SIG, and those who answer for its axis: the leads, or the communication director.
#[utoipa::path(tag = "tracking", request_body = FollowUpInput, responses((status = 201, body = FollowUpView)))]
#[post("/follow-ups")]
async fn create_follow_up(db: Db, new: Valid<FollowUpInput>) -> Answer<FollowUpView> {
    db.create(move |store| {
        let grant = store.authorize(Create(new.0.clone()))?;
        store.create_follow_up(grant)
    })
    .await
}

/// Read a follow-up.
///
/// Whoever sees it in the list; a confidential one on the record.
#[utoipa::path(tag = "tracking", params(FollowUpId), responses((status = 200, body = FollowUpView)))]
#[get("/follow-ups/{id}")]
async fn get_follow_up(db: Db, id: Path<FollowUpId>) -> Answer<FollowUpView> {
    db.read(move |store| store.follow_up(*id)).await
}

/// Change a follow-up.
///
/// Who may record one of its kind.
#[utoipa::path(tag = "tracking", params(FollowUpId, IfMatch), request_body = FollowUpPatch, responses((status = 200, body = FollowUpView)))]
#[patch("/follow-ups/{id}")]
async fn update_follow_up(
    db: Db,
    id: Path<FollowUpId>,
    seen: IfMatch,
    patch: Valid<FollowUpPatch>,
) -> Answer<FollowUpView> {
    db.write(move |store| {
        let grant = store.authorize(Update(*id))?;
        store.update_follow_up(grant, seen.0, patch.0.clone())
    })
    .await
}

/// List the comments on a follow-up.
///
/// Whoever sees it; in the order they were made.
#[utoipa::path(tag = "tracking", params(FollowUpId, PageQuery), responses((status = 200, body = FollowUpCommentPage)))]
#[get("/follow-ups/{id}/comments")]
async fn list_follow_up_comments(db: Db, id: Path<FollowUpId>, list: Listing<NoFilter>) -> Answer<FollowUpCommentPage> {
    db.read(move |store| store.follow_up_comments(*id, &list.page)).await
}

/// Comment a follow-up.
///
/// Who may change it; the communication director on the organization axis, and the référent on his row of the network
/// axis.
#[utoipa::path(tag = "tracking", params(FollowUpId), request_body = FollowUpCommentInput, responses((status = 201, body = FollowUpCommentView)))]
#[post("/follow-ups/{id}/comments")]
async fn create_follow_up_comment(
    db: Db,
    id: Path<FollowUpId>,
    new: Valid<FollowUpCommentInput>,
) -> Answer<FollowUpCommentView> {
    db.create(move |store| {
        let grant = store.authorize(CreateComment(*id))?;
        store.create_follow_up_comment(grant, new.0.clone())
    })
    .await
}

/// List the decisions of a follow-up.
///
/// Whoever sees it.
#[utoipa::path(tag = "tracking", params(FollowUpId, PageQuery), responses((status = 200, body = DecisionPage)))]
#[get("/follow-ups/{id}/decisions")]
async fn list_follow_up_decisions(db: Db, id: Path<FollowUpId>, list: Listing<NoFilter>) -> Answer<DecisionPage> {
    db.read(move |store| store.follow_up_decisions(*id, &list.page)).await
}

/// Record a decision.
///
/// Who may change the follow-up.
#[utoipa::path(tag = "tracking", params(FollowUpId), request_body = DecisionInput, responses((status = 201, body = DecisionView)))]
#[post("/follow-ups/{id}/decisions")]
async fn create_follow_up_decision(db: Db, id: Path<FollowUpId>, new: Valid<DecisionInput>) -> Answer<DecisionView> {
    db.create(move |store| {
        let grant = store.authorize(CreateDecision(*id))?;
        store.create_follow_up_decision(grant, new.0.clone())
    })
    .await
}

/// List decisions.
///
/// Those of the follow-ups that are for the caller; the latest first.
#[utoipa::path(tag = "tracking", params(DecisionFilter, PageQuery), responses((status = 200, body = DecisionPage)))]
#[get("/decisions")]
async fn list_decisions(db: Db, list: Listing<DecisionFilter>) -> Answer<DecisionPage> {
    db.read(move |store| store.decisions(&list.filter, &list.page)).await
}

/// Read a decision.
///
/// Whoever sees its follow-up.
#[utoipa::path(tag = "tracking", params(DecisionId), responses((status = 200, body = DecisionView)))]
#[get("/decisions/{id}")]
async fn get_decision(db: Db, id: Path<DecisionId>) -> Answer<DecisionView> {
    db.read(move |store| store.decision(*id)).await
}

/// Change a decision.
///
/// Who may change its follow-up.
#[utoipa::path(tag = "tracking", params(DecisionId, IfMatch), request_body = DecisionPatch, responses((status = 200, body = DecisionView)))]
#[patch("/decisions/{id}")]
async fn update_decision(
    db: Db,
    id: Path<DecisionId>,
    seen: IfMatch,
    patch: Valid<DecisionPatch>,
) -> Answer<DecisionView> {
    db.write(move |store| {
        let grant = store.authorize(UpdateDecision(*id))?;
        store.update_decision(grant, seen.0, patch.0.clone())
    })
    .await
}
