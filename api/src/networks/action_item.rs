//! HTTP of actions, and of what waits for the caller.

use ::networks::action_item::{
    ActionItemFilter, ActionItemInput, ActionItemPage, ActionItemPatch, ActionItemView, Cancel, Complete, Create,
    Reopen, Update,
};
use ::networks::my_task::MyTasks;
use actix_web::web::Path;
use actix_web::{get, patch, post};
use kernel::{ActionItemId, PageQuery};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::{Answer, Represent};
use crate::db::Db;
use crate::extract::{IfMatch, Listing, Valid};

impl Represent for MyTasks {}

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_action_items).service(create_action_item).service(get_action_item).service(update_action_item);
    config.service(complete_action_item).service(cancel_action_item).service(reopen_action_item);
    config.service(list_my_tasks);
}

/// List actions.
///
/// Those that one owes or follows: one's own, those of the organizations that one answers for, those of the networks
/// that one leads; by the day when they are due. Of those that are done, or given up, the latest first.
#[utoipa::path(tag = "tracking", params(ActionItemFilter, PageQuery), responses((status = 200, body = ActionItemPage)))]
#[get("/action-items")]
async fn list_action_items(db: Db, list: Listing<ActionItemFilter>) -> Answer<ActionItemPage> {
    db.read(move |store| store.action_items(&list.filter, &list.page)).await
}

/// Give an action to an organization.
///
/// The leads of the network that follows it, each on his topics, the SIG, and a communication director to his own. Both
/// axes show the same action.
#[utoipa::path(tag = "tracking", request_body = ActionItemInput, responses((status = 201, body = ActionItemView)))]
#[post("/action-items")]
async fn create_action_item(db: Db, new: Valid<ActionItemInput>) -> Answer<ActionItemView> {
    db.create(move |store| {
        let grant = store.authorize(Create(new.0.clone()))?;
        store.create_action_item(grant)
    })
    .await
}

/// Read an action.
///
/// Whoever sees it in the list. Who is to do it reads it even where its network is hidden, without its name, until it is
/// done. One that came of a confidential follow-up is read on the record.
#[utoipa::path(tag = "tracking", params(ActionItemId), responses((status = 200, body = ActionItemView)))]
#[get("/action-items/{id}")]
async fn get_action_item(db: Db, id: Path<ActionItemId>) -> Answer<ActionItemView> {
    db.read(move |store| store.action_item(*id)).await
}

/// Change an action.
///
/// Who may give it. Whoever puts it elsewhere, in another network or to another organization, may give it there too.
#[utoipa::path(tag = "tracking", params(ActionItemId, IfMatch), request_body = ActionItemPatch, responses((status = 200, body = ActionItemView)))]
#[patch("/action-items/{id}")]
async fn update_action_item(
    db: Db,
    id: Path<ActionItemId>,
    seen: IfMatch,
    patch: Valid<ActionItemPatch>,
) -> Answer<ActionItemView> {
    db.write(move |store| {
        let grant = store.authorize(Update(*id))?;
        store.update_action_item(grant, seen.0, patch.0.clone())
    })
    .await
}

/// Complete an action.
///
/// Who may give it, and the organization that owes it: its communication director, the person who does it and, where that
/// is nobody else, its référent in the network that follows it and its administrator.
#[utoipa::path(tag = "tracking", params(ActionItemId, IfMatch), responses((status = 200, body = ActionItemView)))]
#[post("/action-items/{id}/complete")]
async fn complete_action_item(db: Db, id: Path<ActionItemId>, seen: IfMatch) -> Answer<ActionItemView> {
    db.write(move |store| {
        let grant = store.authorize(Complete(*id))?;
        store.complete_action_item(grant, seen.0)
    })
    .await
}

/// Give an action up.
///
/// Who may give it.
#[utoipa::path(tag = "tracking", params(ActionItemId, IfMatch), responses((status = 200, body = ActionItemView)))]
#[post("/action-items/{id}/cancel")]
async fn cancel_action_item(db: Db, id: Path<ActionItemId>, seen: IfMatch) -> Answer<ActionItemView> {
    db.write(move |store| {
        let grant = store.authorize(Cancel(*id))?;
        store.cancel_action_item(grant, seen.0)
    })
    .await
}

/// Take an action up again.
///
/// Who may give it; where it was done by nobody else, the référent and the administrator of the organization too.
#[utoipa::path(tag = "tracking", params(ActionItemId, IfMatch), responses((status = 200, body = ActionItemView)))]
#[post("/action-items/{id}/reopen")]
async fn reopen_action_item(db: Db, id: Path<ActionItemId>, seen: IfMatch) -> Answer<ActionItemView> {
    db.write(move |store| {
        let grant = store.authorize(Reopen(*id))?;
        store.reopen_action_item(grant, seen.0)
    })
    .await
}

/// List my tasks
///
/// Returns what waits for the caller, the earliest `due_on` first; tasks without a due date come last. At most 200
/// tasks of each kind are returned. The kinds are:
/// - membership requests to decide;
/// - invited people to confirm;
/// - action items to complete;
/// - membership reviews to answer;
/// - requests for expertise to answer;
/// - for the SIG: active networks without an active lead.
///
/// **Access**: Every registered caller, for themselves.
///
/// **Notes**: The SIG gets the membership requests that nobody else decides: in networks without a lead, or for the
/// roles `lead` and `co_lead`.
#[utoipa::path(tag = "me", responses((status = 200, body = MyTasks)))]
#[get("/me/tasks")]
#[expect(clippy::redundant_closure_for_method_calls, reason = "a method of one `Store` is not one of any")]
async fn list_my_tasks(db: Db) -> Answer<MyTasks> {
    db.read(|store| store.my_tasks()).await
}
