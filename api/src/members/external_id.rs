//! HTTP of external identifiers.

use ::members::external_id::{ExternalIdentifierFilter, ExternalIdentifierPage};
use actix_web::get;
use kernel::PageQuery;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::Answer;
use crate::db::Db;
use crate::extract::Listing;

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_external_ids);
}

/// List external identifiers
///
/// Returns what directories and files call members, organizations and networks, by kind, source and identifier.
///
/// **Access**: SIG coordinators, SIG administrators; communication directors and organization administrators, of members whose main
/// affiliation their scope holds, of organizations, and of networks that they may see; service accounts with `directory:read`, of their
/// own source.
#[utoipa::path(tag = "service-accounts", params(ExternalIdentifierFilter, PageQuery), responses((status = 200, body = ExternalIdentifierPage)))]
#[get("/external-ids")]
async fn list_external_ids(db: Db, list: Listing<ExternalIdentifierFilter>) -> Answer<ExternalIdentifierPage> {
    db.read(move |store| store.external_ids(&list.filter, &list.page)).await
}
