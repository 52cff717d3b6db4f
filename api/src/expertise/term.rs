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

/// List terms of expertise
///
/// Returns terms by French label, active and retired. Each shows the networks that it belongs to, among those that the
/// caller may know of.
///
/// **Access**: all members but partners; service accounts with `networks:read`. For other callers the list is empty.
#[utoipa::path(tag = "expertise", params(ExpertiseTermFilter, PageQuery), responses((status = 200, body = ExpertiseTermPage)))]
#[get("/expertise-terms")]
async fn list_expertise_terms(db: Db, list: Listing<ExpertiseTermFilter>) -> Answer<ExpertiseTermPage> {
    db.read(move |store| store.expertise_terms(&list.filter, &list.page)).await
}

/// Create a term of expertise
///
/// Adds a term that members may choose. Returns the term.
///
/// **Access**: SIG coordinators, SIG administrators.
///
/// **Errors**: 409 `already_exists` if another term has the code. 422 at `/parent_code` if the wider term does not
/// exist or is retired; 422 at `/network_codes` if a network does not exist.
#[utoipa::path(tag = "expertise", request_body = ExpertiseTermInput, responses((status = 201, body = ExpertiseTermView)))]
#[post("/expertise-terms")]
async fn create_expertise_term(db: Db, new: Valid<ExpertiseTermInput>) -> Answer<ExpertiseTermView> {
    db.create(move |store| {
        let grant = store.authorize(Create(new.0.clone()))?;
        store.create_expertise_term(grant)
    })
    .await
}

/// Get a term of expertise
///
/// Returns the term, active or retired.
///
/// **Access**: all members but partners; service accounts with `networks:read`.
#[utoipa::path(tag = "expertise", params(TermCode), responses((status = 200, body = ExpertiseTermView)))]
#[get("/expertise-terms/{code}")]
async fn get_expertise_term(db: Db, code: Path<TermCode>) -> Answer<ExpertiseTermView> {
    db.read(move |store| store.expertise_term(&code)).await
}

/// Update a term of expertise
///
/// Changes labels, synonyms, the wider term or the networks of an active term. Returns the term.
///
/// **Access**: SIG coordinators, SIG administrators.
///
/// **Errors**: 409 `invalid_transition` if the term is retired. 422 at `/parent_code` if the wider term is the term
/// itself, is below it, does not exist or is retired.
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

/// Retire a term of expertise
///
/// Takes a term out of use: members can no longer choose it. Returns the term.
///
/// **Access**: SIG coordinators, SIG administrators.
///
/// **Errors**: 409 `invalid_transition` if the term is retired already. 409 `not_empty` while active terms are just
/// below it: move or retire these first.
///
/// **Notes**: Members who master the term keep their expertise, but a need that names the term no longer finds them.
#[utoipa::path(tag = "expertise", params(TermCode, IfMatch), responses((status = 200, body = ExpertiseTermView)))]
#[post("/expertise-terms/{code}/retire")]
async fn retire_expertise_term(db: Db, code: Path<TermCode>, seen: IfMatch) -> Answer<ExpertiseTermView> {
    db.write(move |store| {
        let grant = store.authorize(Retire(code.clone()))?;
        store.retire_expertise_term(grant, seen.0)
    })
    .await
}
