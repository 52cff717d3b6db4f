//! HTTP of terms of expertise.

use ::expertise::term::{
    Create, ExpertiseTermFilter, ExpertiseTermInput, ExpertiseTermPage, ExpertiseTermPatch, ExpertiseTermView, Retire,
    TermCode, Update,
};
use actix_web::web::Path;
use actix_web::{get, patch, post};
use kernel::PageQuery;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::Answer;
use crate::db::Db;
use crate::extract::{IfMatch, Listing, Valid};

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_expertise_terms).service(create_expertise_term);
    config.service(get_expertise_term).service(update_expertise_term).service(retire_expertise_term);
}

/// List terms of expertise.
///
/// By label; for the State's communicators and observers. Of the networks that a term belongs to, those that the caller
/// may know of.
#[utoipa::path(tag = "expertise", params(ExpertiseTermFilter, PageQuery), responses((status = 200, body = ExpertiseTermPage)))]
#[get("/expertise-terms")]
async fn list_expertise_terms(db: Db, list: Listing<ExpertiseTermFilter>) -> Answer<ExpertiseTermPage> {
    db.read(move |store| store.expertise_terms(&list.filter, &list.page)).await
}

/// Record a term of expertise.
///
/// The SIG may.
#[utoipa::path(tag = "expertise", request_body = ExpertiseTermInput, responses((status = 201, body = ExpertiseTermView)))]
#[post("/expertise-terms")]
async fn create_expertise_term(db: Db, new: Valid<ExpertiseTermInput>) -> Answer<ExpertiseTermView> {
    db.create(move |store| {
        let grant = store.authorize(Create(new.0.clone()))?;
        store.create_expertise_term(grant)
    })
    .await
}

/// Read a term of expertise.
///
/// For the State's communicators and observers.
#[utoipa::path(tag = "expertise", params(TermCode), responses((status = 200, body = ExpertiseTermView)))]
#[get("/expertise-terms/{code}")]
async fn get_expertise_term(db: Db, code: Path<TermCode>) -> Answer<ExpertiseTermView> {
    db.read(move |store| store.expertise_term(&code)).await
}

/// Change a term of expertise.
///
/// The SIG may, until it is retired. No term stands below itself (422).
#[utoipa::path(tag = "expertise", params(TermCode, IfMatch), request_body = ExpertiseTermPatch, responses((status = 200, body = ExpertiseTermView)))]
#[patch("/expertise-terms/{code}")]
async fn update_expertise_term(
    db: Db,
    code: Path<TermCode>,
    seen: IfMatch,
    patch: Valid<ExpertiseTermPatch>,
) -> Answer<ExpertiseTermView> {
    db.write(move |store| {
        let grant = store.authorize(Update(code.clone()))?;
        store.update_expertise_term(grant, seen.0, patch.0.clone())
    })
    .await
}

/// Retire a term of expertise.
///
/// The SIG may. Whoever masters it goes on doing so; nobody chooses it any more and nobody is proposed for it. While terms
/// in use stand below it, 409 `not_empty`.
#[utoipa::path(tag = "expertise", params(TermCode, IfMatch), responses((status = 200, body = ExpertiseTermView)))]
#[post("/expertise-terms/{code}/retire")]
async fn retire_expertise_term(db: Db, code: Path<TermCode>, seen: IfMatch) -> Answer<ExpertiseTermView> {
    db.write(move |store| {
        let grant = store.authorize(Retire(code.clone()))?;
        store.retire_expertise_term(grant, seen.0)
    })
    .await
}
