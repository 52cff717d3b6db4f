//! HTTP of search over organizations and members.

use ::members::search::{Search, SearchHits, Suggest, Suggestions};
use actix_web::get;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::{Answer, Represent};
use crate::db::Db;
use crate::extract::Query;

impl Represent for SearchHits {}
impl Represent for Suggestions {}

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(search_directory).service(suggest_names);
}

/// Search organizations and members
///
/// Returns the best `limit` organizations and members for `q`, the best first. There is no next page: add words to
/// narrow the search, or use the lists to walk through everything.
///
/// Finds names, short names and initials; for all but partners and observers also former names, other names and the
/// number of the department. A member is found by e-mail address if the caller may see their card.
///
/// **Access**: every registered caller. Each finds only what they may see.
///
/// **Notes**: Only active organizations and present members are found. The name of a merged organization leads to its
/// successors.
#[utoipa::path(tag = "search", params(Search), responses((status = 200, body = SearchHits)))]
#[get("/search")]
async fn search_directory(db: Db, query: Query<Search>) -> Answer<SearchHits> {
    db.read(move |store| store.search(&query.0)).await
}

/// Suggest organizations and members while typing
///
/// Finds what `GET /search` finds, as short lines to choose from. The last word of `q` may be incomplete.
///
/// **Access**: every registered caller. Each finds only what they may see.
#[utoipa::path(tag = "search", params(Suggest), responses((status = 200, body = Suggestions)))]
#[get("/suggest")]
async fn suggest_names(db: Db, query: Query<Suggest>) -> Answer<Suggestions> {
    db.read(move |store| store.suggest(query.0.clone())).await
}
