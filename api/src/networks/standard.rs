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

/// List the criteria of the standard.
///
/// The same for all networks; what is not measured yet stays out of the score and says so. For the State's communicators.
#[utoipa::path(tag = "tracking", responses((status = 200, body = NetworkStandard)))]
#[get("/network-criteria")]
#[expect(clippy::redundant_closure_for_method_calls, reason = "a method of one `Store` is not one of any")]
async fn list_network_criteria(db: Db) -> Answer<NetworkStandard> {
    db.read(|store| store.network_criteria()).await
}

/// Change a criterion.
///
/// The SIG administrator may: what it asks for, how much it counts, from where on it is met.
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

/// Read what a network scores.
///
/// Today, by the standard: each criterion with its fact and where that is read. For the SIG, the auditor, those who sit
/// in the network and those who answer for an organization.
#[utoipa::path(tag = "tracking", params(NetworkCode), responses((status = 200, body = NetworkScore)))]
#[get("/networks/{code}/standard")]
async fn get_network_score(db: Db, code: Path<NetworkCode>) -> Answer<NetworkScore> {
    db.read(move |store| store.network_score(code.clone())).await
}

/// List what a network scored.
///
/// At the ends of months, as it was kept; the latest first. For the same readers.
#[utoipa::path(tag = "tracking", params(NetworkCode), responses((status = 200, body = NetworkScores)))]
#[get("/networks/{code}/standard/history")]
async fn list_network_score_history(db: Db, code: Path<NetworkCode>) -> Answer<NetworkScores> {
    db.read(move |store| store.network_scores(code.clone())).await
}
