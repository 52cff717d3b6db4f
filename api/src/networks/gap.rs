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

/// List the gaps of a network.
///
/// The expected seats that are vacant, overfilled, or held by someone who does not qualify, by name of the organization,
/// now or on a past day. The SIG and the auditor see all, those who animate or answer in the network too, a DICOM those
/// of the organizations it serves, an administrator those of his own.
#[utoipa::path(tag = "tracking", params(NetworkCode, GapFilter, PageQuery), responses((status = 200, body = GapPage)))]
#[get("/networks/{code}/gaps")]
async fn list_network_gaps(db: Db, code: Path<NetworkCode>, list: Listing<GapFilter>) -> Answer<GapPage> {
    db.read(move |store| store.network_gaps(&code, &list.filter, &list.page)).await
}
