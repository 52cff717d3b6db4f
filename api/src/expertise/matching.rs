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

/// Match members to a need for help
///
/// Proposes members of other organizations who offer help with a term that the need names, or with a narrower one. They
/// master it at the level `practitioner` or above, and show their card to the caller.
///
/// The first are those with the fewest requests pending or accepted in the last 90 days. Then come those who were asked
/// the longest ago; members who were never asked come first. Then the level decides, then the number of endorsements.
///
/// **Access**: all members but partners and observers; service accounts with `directory:read`.
///
/// **Notes**: No one is notified. To ask a proposed member for help, call `POST /expertise-requests`.
#[utoipa::path(tag = "expertise", params(ExpertiseMatch), responses((status = 200, body = ExpertProposals)))]
#[get("/expertise/match")]
async fn match_expertise(db: Db, query: Query<ExpertiseMatch>) -> Answer<ExpertProposals> {
    db.read(move |store| store.match_expertise(&query.0)).await
}
