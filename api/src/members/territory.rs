//! HTTP of territories.

use ::members::territory::{TerritoryFilter, TerritoryPage};
use actix_web::get;
use kernel::PageQuery;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::{Answer, Reference};
use crate::db::Db;
use crate::extract::Listing;

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_territories);
}

/// List territories
///
/// Returns the 18 regions, the 101 departments and the overseas territories of the code officiel géographique, by code.
///
/// **Access**: every registered caller.
#[utoipa::path(tag = "territories", params(TerritoryFilter, PageQuery), responses((status = 200, body = TerritoryPage)))]
#[get("/territories")]
async fn list_territories(db: Db, list: Listing<TerritoryFilter>) -> Answer<Reference<TerritoryPage>> {
    db.read(move |store| Ok(Reference(store.territories(list.filter.clone(), &list.page)?))).await
}
