//! HTTP of the expertise of members.

use ::expertise::member_expertise::{
    Confirm, Create, End, Endorse, MemberExpertiseInput, MemberExpertisePage, MemberExpertisePatch,
    MemberExpertiseView, Update,
};
use actix_web::web::Path;
use actix_web::{get, patch, post};
use kernel::{MemberExpertiseId, MemberId, PageQuery};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::Answer;
use crate::db::Db;
use crate::extract::{IfMatch, Listing, NoFilter, Valid};

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_member_expertise).service(create_member_expertise);
    config.service(get_member_expertise).service(update_member_expertise).service(confirm_member_expertise);
    config.service(endorse_member_expertise).service(end_member_expertise);
}

/// List the expertise of a member
///
/// Returns what the member masters now, the latest recorded first. Ended expertise is left out.
///
/// **Access**: callers who may read the whole card of the member (see `GET /members/{id}`). Members always read their
/// own.
///
/// **Errors**: 403 if the caller may read the member’s name but not their card.
#[utoipa::path(tag = "expertise", params(MemberId, PageQuery), responses((status = 200, body = MemberExpertisePage)))]
#[get("/members/{id}/expertise")]
async fn list_member_expertise(db: Db, id: Path<MemberId>, list: Listing<NoFilter>) -> Answer<MemberExpertisePage> {
    db.read(move |store| store.member_expertises(*id, &list.page)).await
}

/// Create an expertise of a member
///
/// Records that the member masters a term of expertise, from now on. Returns the expertise.
///
/// **Access**: the member, except partners and observers.
///
/// **Errors**: 409 `overlap` if the member has an expertise of this term already: update it instead. 422 at
/// `/term_code` if there is no such term, or if it is retired.
#[utoipa::path(tag = "expertise", params(MemberId), request_body = MemberExpertiseInput, responses((status = 201, body = MemberExpertiseView)))]
#[post("/members/{id}/expertise")]
async fn create_member_expertise(
    db: Db,
    id: Path<MemberId>,
    new: Valid<MemberExpertiseInput>,
) -> Answer<MemberExpertiseView> {
    db.create(move |store| {
        let grant = store.authorize(Create((*id, new.0.clone())))?;
        store.create_member_expertise(grant)
    })
    .await
}

/// Get an expertise of a member
///
/// Returns the expertise, ended or not, with the last colleagues who endorsed it.
///
/// **Access**: callers who may read the whole card of the member (see `GET /members/{id}`). Members always read their
/// own.
///
/// **Errors**: 403 if the caller may not read the member’s card. 404 for partners and observers,
/// unless it is their own.
#[utoipa::path(tag = "expertise", params(MemberExpertiseId), responses((status = 200, body = MemberExpertiseView)))]
#[get("/member-expertise/{id}")]
async fn get_member_expertise(db: Db, id: Path<MemberExpertiseId>) -> Answer<MemberExpertiseView> {
    db.read(move |store| store.member_expertise(*id)).await
}

/// Update an expertise of a member
///
/// Changes the level, or whether the member offers help. A change confirms the expertise: `last_confirmed_at` becomes
/// now. Returns the expertise.
///
/// **Access**: the member, except partners and observers.
///
/// **Errors**: 409 `invalid_transition` if the expertise is ended.
#[utoipa::path(tag = "expertise", params(MemberExpertiseId, IfMatch), request_body = MemberExpertisePatch, responses((status = 200, body = MemberExpertiseView)))]
#[patch("/member-expertise/{id}")]
async fn update_member_expertise(
    db: Db,
    id: Path<MemberExpertiseId>,
    seen: IfMatch,
    patch: Valid<MemberExpertisePatch>,
) -> Answer<MemberExpertiseView> {
    db.write(move |store| {
        let grant = store.authorize(Update(*id))?;
        store.update_member_expertise(grant, seen.0, patch.0.clone())
    })
    .await
}

/// Confirm an expertise of a member
///
/// Records that the expertise still holds: `last_confirmed_at` becomes now. Returns the expertise.
///
/// **Access**: the member, except partners and observers.
///
/// **Errors**: 409 `invalid_transition` if the expertise is ended.
#[utoipa::path(tag = "expertise", params(MemberExpertiseId, IfMatch), responses((status = 200, body = MemberExpertiseView)))]
#[post("/member-expertise/{id}/confirm")]
async fn confirm_member_expertise(db: Db, id: Path<MemberExpertiseId>, seen: IfMatch) -> Answer<MemberExpertiseView> {
    db.write(move |store| {
        let grant = store.authorize(Confirm(*id))?;
        store.confirm_member_expertise(grant, seen.0)
    })
    .await
}

/// Endorse an expertise of a member
///
/// Adds the caller to those who endorse a colleague’s expertise, once and for good. Returns the expertise.
///
/// **Access**: all members but partners and observers, if they may read the whole card of the colleague. Nobody
/// endorses their own expertise.
///
/// **Errors**: 409 `overlap` if the caller endorsed it already. 409 `invalid_transition` if the expertise is ended or
/// the colleague has departed.
#[utoipa::path(tag = "expertise", params(MemberExpertiseId, IfMatch), responses((status = 200, body = MemberExpertiseView)))]
#[post("/member-expertise/{id}/endorse")]
async fn endorse_member_expertise(db: Db, id: Path<MemberExpertiseId>, seen: IfMatch) -> Answer<MemberExpertiseView> {
    db.write(move |store| {
        let grant = store.authorize(Endorse(*id))?;
        store.endorse_member_expertise(grant, seen.0)
    })
    .await
}

/// End an expertise of a member
///
/// Ends the expertise now: it leaves the list of the member and is proposed no more. Returns the expertise.
///
/// **Access**: the member, except partners and observers; SIG coordinators, SIG administrators.
///
/// **Errors**: 409 `invalid_transition` if the expertise is ended already.
#[utoipa::path(tag = "expertise", params(MemberExpertiseId, IfMatch), responses((status = 200, body = MemberExpertiseView)))]
#[post("/member-expertise/{id}/end")]
async fn end_member_expertise(db: Db, id: Path<MemberExpertiseId>, seen: IfMatch) -> Answer<MemberExpertiseView> {
    db.write(move |store| {
        let grant = store.authorize(End(*id))?;
        store.end_member_expertise(grant, seen.0)
    })
    .await
}
