//! HTTP of matching: who can help.

use ::expertise::matching::{ExpertProposals, ExpertiseMatch};
use actix_web::get;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::{Answer, Represent};
use crate::db::Db;
use crate::extract::Query;

impl Represent for ExpertProposals {}

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(match_expertise);
}

/// Propose who can help.
///
/// For the State's communicators. Members of other organizations than the caller's who are present, offer help with a term
/// that the need names or one below it, at the level of a practitioner or above, and show the caller their card. Those with
/// the fewest requests accepted or pending of the last 90 days come first; then those who were asked the longest ago, who
/// were never asked before all; then the higher level; then the more endorsements.
#[utoipa::path(tag = "expertise", params(ExpertiseMatch), responses((status = 200, body = ExpertProposals)))]
#[get("/expertise/match")]
async fn match_expertise(db: Db, query: Query<ExpertiseMatch>) -> Answer<ExpertProposals> {
    db.read(move |store| store.match_expertise(&query.0)).await
}
