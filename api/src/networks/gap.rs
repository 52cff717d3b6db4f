//! HTTP of gaps.

use ::networks::gap::{GapFilter, GapPage};
use ::networks::network::NetworkCode;
use actix_web::get;
use actix_web::web::Path;
use kernel::PageQuery;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::Answer;
use crate::db::Db;
use crate::extract::Listing;

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_network_gaps);
}

/// List the gaps of a network
///
/// Returns the seat requirements that are not met, sorted by name of the organization. Without `as_of`, returns the
/// gaps as they are now.
///
/// **Access**: Callers who may see the network, each with the gaps that they may read:
/// - all gaps: SIG coordinators, SIG administrators, auditors; leads, co-leads and référents of the network;
/// - gaps of the organizations in their scope: communication directors, DICOM contributors, organization
///   administrators.
///
/// **Errors**: 404 `not_found` if the network is hidden from the caller. 422 `invalid` if `as_of` is in the future.
///
/// **Notes**: A deputy counts as a référent while the organization has no active référent in the network.
#[utoipa::path(tag = "tracking", params(NetworkCode, GapFilter, PageQuery), responses((status = 200, body = GapPage)))]
#[get("/networks/{code}/gaps")]
async fn list_network_gaps(db: Db, code: Path<NetworkCode>, list: Listing<GapFilter>) -> Answer<GapPage> {
    db.read(move |store| store.network_gaps(&code, &list.filter, &list.page)).await
}
