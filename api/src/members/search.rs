//! HTTP of search over organizations and members.

use ::members::search::{Search, SearchHits, Suggestions};
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

/// Search organizations and members.
///
/// By what they are called: names, short names and initials; for the State's communicators also former names, other names
/// and the number of the department. Only what the caller may see is found, only by what he may see of it: a member by his
/// e-mail address where his card is shown. Active organizations (one that was merged leads to those that succeed it) and
/// members who have not departed. The best `limit` are answered, the best first, and there is no next page: more words
/// narrow the search, the lists walk through everything.
#[utoipa::path(tag = "search", params(Search), responses((status = 200, body = SearchHits)))]
#[get("/search")]
async fn search_directory(db: Db, query: Query<Search>) -> Answer<SearchHits> {
    db.read(move |store| store.search(&query.0)).await
}

/// Suggest organizations and members while typing.
///
/// What `GET /search` finds, as short lines to choose from; the last word may be begun only.
#[utoipa::path(tag = "search", params(Search), responses((status = 200, body = Suggestions)))]
#[get("/suggest")]
async fn suggest_names(db: Db, query: Query<Search>) -> Answer<Suggestions> {
    db.read(move |store| store.suggest(&query.0)).await
}
