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
/// Returns the seat requirements that are vacant, overfilled, or held by someone who does not qualify, now or on a past
/// day. They are ordered by name of the organization.
///
/// **Access**:
/// - SIG coordinators, SIG administrators, auditors: all gaps;
/// - leads, co-leads and référents of the network: all its gaps;
/// - communication directors and DICOM contributors: those of the organizations that they answer for;
/// - organization administrators: those of their organizations.
///
/// **Errors**: 404 `not_found` if the network is hidden from the caller. 422 `invalid` if `as_of` is in the future.
#[utoipa::path(tag = "tracking", params(NetworkCode, GapFilter, PageQuery), responses((status = 200, body = GapPage)))]
#[get("/networks/{code}/gaps")]
async fn list_network_gaps(db: Db, code: Path<NetworkCode>, list: Listing<GapFilter>) -> Answer<GapPage> {
    db.read(move |store| store.network_gaps(&code, &list.filter, &list.page)).await
}
