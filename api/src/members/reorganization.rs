//! HTTP of reorganizations.

use ::members::reorganization::{
    Apply, Create, Preview, ReorganizationFilter, ReorganizationImpact, ReorganizationInput, ReorganizationPage,
    ReorganizationView, Withdraw,
};
use actix_web::web::Path;
use actix_web::{get, post};
use kernel::{PageQuery, ReorganizationId};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::{Answer, Represent};
use crate::db::Db;
use crate::extract::{IfMatch, Listing, Valid};

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_reorganizations).service(create_reorganization);
    config.service(preview_reorganization).service(get_reorganization);
    config.service(apply_reorganization).service(withdraw_reorganization);
}

impl Represent for ReorganizationImpact {}

/// List reorganizations
///
/// Returns reorganizations, the latest recorded first. A draft comes without its impact: get it one by one.
///
/// **Access**: SIG coordinators, SIG administrators, auditors.
#[utoipa::path(tag = "organizations", params(ReorganizationFilter, PageQuery), responses((status = 200, body = ReorganizationPage)))]
#[get("/reorganizations")]
async fn list_reorganizations(db: Db, list: Listing<ReorganizationFilter>) -> Answer<ReorganizationPage> {
    db.read(move |store| store.reorganizations(list.filter, &list.page)).await
}

/// Create a reorganization
///
/// Creates a draft that `POST /reorganizations/{id}/apply` carries out later. Returns the draft with its impact.
///
/// **Access**: SIG coordinators, SIG administrators.
///
/// **Errors**: 422 when the plan contradicts itself or names something that does not exist: `errors` says where. 409
/// `superseded` when a named organization was merged or split: use its `successor_ids`. 409 `invalid_transition` when
/// it is closed. 403 when a role of the caller would come to reach another existing organization: ask someone else.
#[utoipa::path(tag = "organizations", request_body = ReorganizationInput, responses((status = 201, body = ReorganizationView)))]
#[post("/reorganizations")]
async fn create_reorganization(db: Db, new: Valid<ReorganizationInput>) -> Answer<ReorganizationView> {
    db.create(move |store| {
        let grant = store.authorize(Create(new.0.clone()))?;
        store.create_reorganization(grant)
    })
    .await
}

/// Preview a reorganization
///
/// Computes the impact that a reorganization would have, and returns it. Nothing is written.
///
/// **Access**: SIG coordinators, SIG administrators.
///
/// **Errors**: the same as for `POST /reorganizations`.
#[utoipa::path(tag = "organizations", request_body = ReorganizationInput, responses((status = 200, body = ReorganizationImpact)))]
#[post("/reorganizations/preview")]
async fn preview_reorganization(db: Db, new: Valid<ReorganizationInput>) -> Answer<ReorganizationImpact> {
    db.try_out(move |store| {
        let grant = store.authorize(Preview(new.0.clone()))?;
        store.preview_reorganization(grant)
    })
    .await
}

/// Get a reorganization
///
/// Returns one reorganization. A draft comes with the impact that it would have now; without one if it can no longer be
/// done (`apply` says why). An applied one comes with the figures of what it did.
///
/// **Access**: SIG coordinators, SIG administrators; auditors, who get figures without names. To others there is no
/// reorganization (404).
#[utoipa::path(tag = "organizations", params(ReorganizationId), responses((status = 200, body = ReorganizationView)))]
#[get("/reorganizations/{id}")]
async fn get_reorganization(db: Db, id: Path<ReorganizationId>) -> Answer<ReorganizationView> {
    db.try_out(move |store| store.reorganization(*id)).await
}

/// Apply a reorganization
///
/// Carries out all operations of the draft at one instant, or none. Memberships, roles, seats and links of what
/// disappears continue in the successors, and none is lost. Returns the reorganization with its impact, names included.
///
/// **Access**: SIG coordinators, SIG administrators.
///
/// **Errors**: 409 `invalid_transition` unless it is a draft. 409 `superseded` when an organization was merged or split
/// meanwhile: withdraw the draft and create another one. 422 when the plan no longer fits. 403 when a role of the
/// caller would come to reach another existing organization: ask someone else.
#[utoipa::path(tag = "organizations", params(ReorganizationId, IfMatch), responses((status = 200, body = ReorganizationView)))]
#[post("/reorganizations/{id}/apply")]
async fn apply_reorganization(db: Db, id: Path<ReorganizationId>, seen: IfMatch) -> Answer<ReorganizationView> {
    db.write(move |store| {
        let grant = store.authorize(Apply(*id))?;
        store.apply_reorganization(grant, seen.0)
    })
    .await
}

/// Withdraw a reorganization
///
/// Gives up a draft: it can no longer be applied. Returns the reorganization.
///
/// **Access**: SIG coordinators, SIG administrators.
///
/// **Errors**: 409 `invalid_transition` unless it is a draft.
#[utoipa::path(tag = "organizations", params(ReorganizationId, IfMatch), responses((status = 200, body = ReorganizationView)))]
#[post("/reorganizations/{id}/withdraw")]
async fn withdraw_reorganization(db: Db, id: Path<ReorganizationId>, seen: IfMatch) -> Answer<ReorganizationView> {
    db.write(move |store| {
        let grant = store.authorize(Withdraw(*id))?;
        store.withdraw_reorganization(grant, seen.0)
    })
    .await
}
