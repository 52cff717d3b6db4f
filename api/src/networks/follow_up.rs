//! HTTP of follow-ups, with their comments and decisions.

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

/// List follow-ups
///
/// Returns the follow-ups that the caller may read, on both axes, the latest first.
///
/// **Access**: every registered caller; the list holds only what they may read:
/// - SIG coordinators and SIG administrators read all follow-ups;
/// - the author and the attendees read them, even confidential ones;
/// - leads and co-leads read those of their network; on the organization axis, only those that are not confidential;
/// - communication directors read those of the organizations that they answer for; on the network axis, only those that
///   are not confidential;
/// - DICOM contributors read those on the organization axis that are not confidential, for the same organizations;
/// - référents read those of their network and organization on the network axis that are not confidential.
///
/// **Notes**: On the network axis, a co-lead limited to interministerial topics reads only these. Partners and
/// observers read none. Follow-ups of a hidden network are only for its members and the SIG. Follow-ups of merged or
/// split organizations stay readable by those who answer for their successors. Each confidential follow-up shown leaves
/// a line in the audit log.
#[utoipa::path(tag = "tracking", params(FollowUpFilter, PageQuery), responses((status = 200, body = FollowUpPage)))]
#[get("/follow-ups")]
async fn list_follow_ups(db: Db, list: Listing<FollowUpFilter>) -> Answer<FollowUpPage> {
    db.read(move |store| store.follow_ups(&list.filter, &list.page)).await
}

/// Create a follow-up
///
/// Records what was said on a day with a network or an organization, and returns the follow-up.
///
/// **Access**: SIG coordinators and SIG administrators, on both axes. On the network axis, also the leads and co-leads
/// of the network, each on their topics.
///
/// **Errors**: 403 `forbidden` also if the network is hidden from the caller. 409 `superseded` if the organization was
/// merged or split: use one of its successors. 409 `invalid_transition` if the organization is closed. 422 `invalid` if
/// the axis lacks its network or organization, if the day is in the future, or if an attendee is unknown.
///
/// **Notes**: A confidential follow-up is for its author, its attendees and the SIG. On the network axis, it is also
/// for the leads of the network. On the organization axis, it is also for the communication director.
#[utoipa::path(tag = "tracking", request_body = FollowUpInput, responses((status = 201, body = FollowUpView)))]
#[post("/follow-ups")]
async fn create_follow_up(db: Db, new: Valid<FollowUpInput>) -> Answer<FollowUpView> {
    db.create(move |store| {
        let grant = store.authorize(Create(new.0.clone()))?;
        store.create_follow_up(grant)
    })
    .await
}

/// Get a follow-up
///
/// Returns one follow-up.
///
/// **Access**: SIG coordinators, SIG administrators, its author, its attendees. On the network axis: leads and co-leads
/// of the network, each on their topics. On the organization axis: communication directors who answer for the
/// organization. Unless it is confidential: also those who follow the network or the organization, as told in
/// `GET /follow-ups`.
///
/// **Notes**: Reading a confidential follow-up leaves a line in the audit log.
#[utoipa::path(tag = "tracking", params(FollowUpId), responses((status = 200, body = FollowUpView)))]
#[get("/follow-ups/{id}")]
async fn get_follow_up(db: Db, id: Path<FollowUpId>) -> Answer<FollowUpView> {
    db.read(move |store| store.follow_up(*id)).await
}

/// Update a follow-up
///
/// Changes the fields sent, and returns the follow-up. Its axis, network and organization never change.
///
/// **Access**: SIG coordinators and SIG administrators. On the network axis, also the leads and co-leads of the
/// network, each on their topics.
///
/// **Errors**: 422 `invalid` if the day is in the future or an attendee is unknown.
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

/// List the comments on a follow-up
///
/// Returns the comments in the order in which they were made.
///
/// **Access**: callers who may read the follow-up.
///
/// **Notes**: If the follow-up is confidential, reading its comments leaves a line in the audit log.
#[utoipa::path(tag = "tracking", params(FollowUpId, PageQuery), responses((status = 200, body = FollowUpCommentPage)))]
#[get("/follow-ups/{id}/comments")]
async fn list_follow_up_comments(db: Db, id: Path<FollowUpId>, list: Listing<NoFilter>) -> Answer<FollowUpCommentPage> {
    db.read(move |store| store.follow_up_comments(*id, &list.page)).await
}

/// Create a comment on a follow-up
///
/// Adds a comment to a follow-up, and returns it. A comment is never changed.
///
/// **Access**: SIG coordinators and SIG administrators. On the network axis: leads and co-leads of the network, each on
/// their topics, and the référent of the organization. On the organization axis: communication directors who answer for
/// the organization.
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

/// List the decisions of a follow-up
///
/// Returns the decisions in the order in which they were recorded.
///
/// **Access**: callers who may read the follow-up.
///
/// **Notes**: If the follow-up is confidential, reading its decisions leaves a line in the audit log.
#[utoipa::path(tag = "tracking", params(FollowUpId, PageQuery), responses((status = 200, body = DecisionPage)))]
#[get("/follow-ups/{id}/decisions")]
async fn list_follow_up_decisions(db: Db, id: Path<FollowUpId>, list: Listing<NoFilter>) -> Answer<DecisionPage> {
    db.read(move |store| store.follow_up_decisions(*id, &list.page)).await
}

/// Create a decision in a follow-up
///
/// Records a decision taken in a follow-up, and returns it.
///
/// **Access**: SIG coordinators and SIG administrators. On the network axis, also the leads and co-leads of the
/// network, each on their topics.
#[utoipa::path(tag = "tracking", params(FollowUpId), request_body = DecisionInput, responses((status = 201, body = DecisionView)))]
#[post("/follow-ups/{id}/decisions")]
async fn create_follow_up_decision(db: Db, id: Path<FollowUpId>, new: Valid<DecisionInput>) -> Answer<DecisionView> {
    db.create(move |store| {
        let grant = store.authorize(CreateDecision(*id))?;
        store.create_follow_up_decision(grant, new.0.clone())
    })
    .await
}

/// List decisions
///
/// Returns the decisions of the follow-ups that the caller may read, the latest decided first.
///
/// **Access**: every registered caller, as far as they may read the follow-up of the decision (see `GET /follow-ups`).
///
/// **Notes**: Each decision of a confidential follow-up that is shown leaves a line in the audit log.
#[utoipa::path(tag = "tracking", params(DecisionFilter, PageQuery), responses((status = 200, body = DecisionPage)))]
#[get("/decisions")]
async fn list_decisions(db: Db, list: Listing<DecisionFilter>) -> Answer<DecisionPage> {
    db.read(move |store| store.decisions(&list.filter, &list.page)).await
}

/// Get a decision
///
/// Returns one decision.
///
/// **Access**: callers who may read its follow-up.
///
/// **Notes**: Reading a decision of a confidential follow-up leaves a line in the audit log.
#[utoipa::path(tag = "tracking", params(DecisionId), responses((status = 200, body = DecisionView)))]
#[get("/decisions/{id}")]
async fn get_decision(db: Db, id: Path<DecisionId>) -> Answer<DecisionView> {
    db.read(move |store| store.decision(*id)).await
}

/// Update a decision
///
/// Changes the fields sent, and returns the decision.
///
/// **Access**: SIG coordinators and SIG administrators. On the network axis, also the leads and co-leads of the
/// network, each on their topics.
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
