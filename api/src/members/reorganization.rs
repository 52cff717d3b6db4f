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

/// List reorganizations.
///
/// The latest draft first; for the SIG and the auditor.
#[utoipa::path(tag = "organizations", params(ReorganizationFilter, PageQuery), responses((status = 200, body = ReorganizationPage)))]
#[get("/reorganizations")]
async fn list_reorganizations(db: Db, list: Listing<ReorganizationFilter>) -> Answer<ReorganizationPage> {
    db.read(move |store| store.reorganizations(list.filter, &list.page)).await
}

/// Create a reorganization
///
/// Drafts a reorganization, if it could be done now. Nothing changes until it is applied.
///
/// **Access**: SIG coordinators, SIG administrators.
///
/// **Errors**: 422 where the plan contradicts itself. 409 `superseded` where it names an organization that was merged or split;
/// `successor_ids` says what to name instead.
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
/// Returns what the reorganization would do: it is done whole and taken back, so nothing is kept.
///
/// **Access**: SIG coordinators, SIG administrators.
///
/// **Errors**: As for creating one.
#[utoipa::path(tag = "organizations", request_body = ReorganizationInput, responses((status = 200, body = ReorganizationImpact)))]
#[post("/reorganizations/preview")]
async fn preview_reorganization(db: Db, new: Valid<ReorganizationInput>) -> Answer<ReorganizationImpact> {
    db.try_out(move |store| {
        let grant = store.authorize(Preview(new.0.clone()))?;
        store.preview_reorganization(grant)
    })
    .await
}

/// Read a reorganization.
///
/// For the SIG and the auditor; for all others there is none. A draft comes with the impact that it would have now, absent if it could
/// not be done any more (`apply` says why); what was applied with the figures of what it did.
#[utoipa::path(tag = "organizations", params(ReorganizationId), responses((status = 200, body = ReorganizationView)))]
#[get("/reorganizations/{id}")]
async fn get_reorganization(db: Db, id: Path<ReorganizationId>) -> Answer<ReorganizationView> {
    db.try_out(move |store| store.reorganization(*id)).await
}

/// Apply a reorganization.
///
/// The SIG may. One transaction at one instant: memberships, roles, seats and links of what goes go on in the successors, and none is
/// lost. The answer names what was moved. 409 `superseded` where an organization was merged or split meanwhile.
#[utoipa::path(tag = "organizations", params(ReorganizationId, IfMatch), responses((status = 200, body = ReorganizationView)))]
#[post("/reorganizations/{id}/apply")]
async fn apply_reorganization(db: Db, id: Path<ReorganizationId>, seen: IfMatch) -> Answer<ReorganizationView> {
    db.write(move |store| {
        let grant = store.authorize(Apply(*id))?;
        store.apply_reorganization(grant, seen.0)
    })
    .await
}

/// Withdraw a reorganization.
///
/// The SIG may, as long as it is a draft.
#[utoipa::path(tag = "organizations", params(ReorganizationId, IfMatch), responses((status = 200, body = ReorganizationView)))]
#[post("/reorganizations/{id}/withdraw")]
async fn withdraw_reorganization(db: Db, id: Path<ReorganizationId>, seen: IfMatch) -> Answer<ReorganizationView> {
    db.write(move |store| {
        let grant = store.authorize(Withdraw(*id))?;
        store.withdraw_reorganization(grant, seen.0)
    })
    .await
}
