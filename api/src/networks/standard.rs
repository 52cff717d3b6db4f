//! HTTP of the standard of networks.

use ::networks::network::NetworkCode;
use ::networks::standard::{
    CriterionCode, NetworkCriterionPatch, NetworkCriterionView, NetworkScore, NetworkScores, NetworkStandard, Update,
};
use actix_web::web::Path;
use actix_web::{get, patch};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::{Answer, Represent};
use crate::db::Db;
use crate::extract::{IfMatch, Valid};

impl Represent for NetworkStandard {}
impl Represent for NetworkScore {}
impl Represent for NetworkScores {}

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_network_criteria).service(update_network_criterion);
    config.service(get_network_score).service(list_network_score_history);
}

/// List the criteria of the standard
///
/// Returns the criteria by which every network is scored, in the order of the standard. There are no pages.
///
/// **Access**: members other than partners and observers; service accounts with the scope `directory:read`.
///
/// **Notes**: A criterion that is not measured yet does not count in scores.
#[utoipa::path(tag = "tracking", responses((status = 200, body = NetworkStandard)))]
#[get("/network-criteria")]
#[expect(clippy::redundant_closure_for_method_calls, reason = "a method of one `Store` is not one of any")]
async fn list_network_criteria(db: Db) -> Answer<NetworkStandard> {
    db.read(|store| store.network_criteria()).await
}

/// Update a criterion of the standard
///
/// Changes the fields sent (label, weight, values at which it is met), and returns the criterion.
///
/// **Access**: SIG administrators.
///
/// **Errors**: 422 at `/half_at` or `/full_at` when less would become better instead of more, or the other way round.
///
/// **Notes**: The scores of the day change at once; the scores already kept for past months do not.
#[utoipa::path(tag = "tracking", params(CriterionCode, IfMatch), request_body = NetworkCriterionPatch, responses((status = 200, body = NetworkCriterionView)))]
#[patch("/network-criteria/{code}")]
async fn update_network_criterion(
    db: Db,
    code: Path<CriterionCode>,
    seen: IfMatch,
    patch: Valid<NetworkCriterionPatch>,
) -> Answer<NetworkCriterionView> {
    db.write(move |store| {
        let grant = store.authorize(Update(code.clone()))?;
        store.update_network_criterion(grant, seen.0, patch.0.clone())
    })
    .await
}

/// Get the score of a network
///
/// Returns the score of today by the standard: the result on each criterion, and where its fact can be read.
///
/// **Access**: SIG coordinators, SIG administrators, auditors, members of the network in any role. Also communication
/// directors, DICOM contributors and organization administrators of any organization.
///
/// **Errors**: 404 `not_found` if the network is hidden from the caller.
#[utoipa::path(tag = "tracking", params(NetworkCode), responses((status = 200, body = NetworkScore)))]
#[get("/networks/{code}/standard")]
async fn get_network_score(db: Db, code: Path<NetworkCode>) -> Answer<NetworkScore> {
    db.read(move |store| store.network_score(code.clone())).await
}

/// List the past scores of a network
///
/// Returns the scores kept at the ends of months, the latest first. There are no pages.
///
/// **Access**: SIG coordinators, SIG administrators, auditors, members of the network in any role. Also communication
/// directors, DICOM contributors and organization administrators of any organization.
///
/// **Errors**: 404 `not_found` if the network is hidden from the caller.
#[utoipa::path(tag = "tracking", params(NetworkCode), responses((status = 200, body = NetworkScores)))]
#[get("/networks/{code}/standard/history")]
async fn list_network_score_history(db: Db, code: Path<NetworkCode>) -> Answer<NetworkScores> {
    db.read(move |store| store.network_scores(code.clone())).await
}
