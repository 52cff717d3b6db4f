//! HTTP of action items, and of what waits for the caller.

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

/// List action items
///
/// Returns the action items that the caller may read, by due date, the earliest first. With `status=done` or
/// `status=cancelled`, the latest closed come first.
///
/// **Access**: every registered caller; the list holds only what they may read:
/// - SIG coordinators and SIG administrators read all action items;
/// - the member named in the action item reads it;
/// - communication directors and DICOM contributors read those of the organizations that they answer for;
/// - leads and co-leads read those of their network; a co-lead limited to interministerial topics reads only these;
/// - référents read those of their network and organization;
/// - organization administrators read those of their organizations that have no network and name nobody.
///
/// **Notes**: Action items of a hidden network are only for its members and the SIG. Those from a confidential
/// follow-up are hidden from référents and organization administrators. If that follow-up is on the organization axis,
/// leads do not see them either. Each confidential action item shown leaves a line in the audit log.
#[utoipa::path(tag = "tracking", params(ActionItemFilter, PageQuery), responses((status = 200, body = ActionItemPage)))]
#[get("/action-items")]
async fn list_action_items(db: Db, list: Listing<ActionItemFilter>) -> Answer<ActionItemPage> {
    db.read(move |store| store.action_items(&list.filter, &list.page)).await
}

/// Create an action item
///
/// Gives an organization something to do by a day, and returns the action item. The network and the organization show
/// the same one.
///
/// **Access**: SIG coordinators, SIG administrators; leads and co-leads for their network; communication directors for
/// the organizations that they answer for. A co-lead limited to interministerial topics creates only action items with
/// `interministerial: true`.
///
/// **Errors**: 403 `forbidden` also if the network or the follow-up is hidden from the caller. 409 `superseded` if the
/// organization was merged or split: use one of its successors. 409 `invalid_transition` if the organization is closed.
/// 422 `invalid` if the member is not affiliated to the organization.
///
/// **Notes**: The member named is notified. If nobody is named, the communication directors who answer for the
/// organization are notified. If there is none, its référents in the network are. The caller is never notified.
#[utoipa::path(tag = "tracking", request_body = ActionItemInput, responses((status = 201, body = ActionItemView)))]
#[post("/action-items")]
async fn create_action_item(db: Db, new: Valid<ActionItemInput>) -> Answer<ActionItemView> {
    db.create(move |store| {
        let grant = store.authorize(Create(new.0.clone()))?;
        store.create_action_item(grant)
    })
    .await
}

/// Get an action item
///
/// Returns one action item.
///
/// **Access**: SIG coordinators, SIG administrators, the member named in it; leads and co-leads of its network, each on
/// their topics; the référent of its organization there; communication directors and DICOM contributors who answer for
/// its organization. Organization administrators read it if it has no network and names nobody.
///
/// **Notes**: The member named reads it while it is open, even if its network is hidden from them; the network is then
/// left out. Reading one from a confidential follow-up leaves a line in the audit log.
#[utoipa::path(tag = "tracking", params(ActionItemId), responses((status = 200, body = ActionItemView)))]
#[get("/action-items/{id}")]
async fn get_action_item(db: Db, id: Path<ActionItemId>) -> Answer<ActionItemView> {
    db.read(move |store| store.action_item(*id)).await
}

/// Update an action item
///
/// Changes the fields sent in an open action item, and returns it.
///
/// **Access**: SIG coordinators, SIG administrators; leads and co-leads of its network, each on their topics;
/// communication directors who answer for its organization. To give it to another network or organization, the caller
/// must be allowed to create it there.
///
/// **Errors**: 409 `invalid_transition` if it is done or cancelled: reopen it first. 422 `invalid` if the member is not
/// affiliated to the organization.
///
/// **Notes**: If the member named changes, the new one is notified. If nobody is named any more, those who answer for
/// the organization are notified.
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

/// Complete an action item
///
/// Closes an open action item as done, and returns it.
///
/// **Access**: SIG coordinators, SIG administrators; leads and co-leads of its network, each on their topics;
/// communication directors who answer for its organization; the member named in it. If it names nobody else: also the
/// référent of the organization in the network, and its organization administrator if no network follows it.
///
/// **Errors**: 409 `invalid_transition` if it is already done or cancelled.
#[utoipa::path(tag = "tracking", params(ActionItemId, IfMatch), responses((status = 200, body = ActionItemView)))]
#[post("/action-items/{id}/complete")]
async fn complete_action_item(db: Db, id: Path<ActionItemId>, seen: IfMatch) -> Answer<ActionItemView> {
    db.write(move |store| {
        let grant = store.authorize(Complete(*id))?;
        store.complete_action_item(grant, seen.0)
    })
    .await
}

/// Cancel an action item
///
/// Closes an open action item as cancelled, and returns it.
///
/// **Access**: SIG coordinators, SIG administrators; leads and co-leads of its network, each on their topics;
/// communication directors who answer for its organization.
///
/// **Errors**: 409 `invalid_transition` if it is already done or cancelled.
#[utoipa::path(tag = "tracking", params(ActionItemId, IfMatch), responses((status = 200, body = ActionItemView)))]
#[post("/action-items/{id}/cancel")]
async fn cancel_action_item(db: Db, id: Path<ActionItemId>, seen: IfMatch) -> Answer<ActionItemView> {
    db.write(move |store| {
        let grant = store.authorize(Cancel(*id))?;
        store.cancel_action_item(grant, seen.0)
    })
    .await
}

/// Reopen an action item
///
/// Opens a done or cancelled action item again, and returns it.
///
/// **Access**: SIG coordinators, SIG administrators; leads and co-leads of its network, each on their topics;
/// communication directors who answer for its organization. If it was done and names nobody else: also the référent of
/// the organization in the network, and its organization administrator if no network follows it.
///
/// **Errors**: 409 `invalid_transition` if it is open, or if its organization is closed. 409 `superseded` if its
/// organization was merged or split.
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
/// - membership reviews to answer or to lead;
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
