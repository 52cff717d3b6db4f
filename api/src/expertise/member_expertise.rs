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

/// List the expertise of a member.
///
/// What he masters now, the latest recorded first, for those who see the member's card.
#[utoipa::path(tag = "expertise", params(MemberId, PageQuery), responses((status = 200, body = MemberExpertisePage)))]
#[get("/members/{id}/expertise")]
async fn list_member_expertise(db: Db, id: Path<MemberId>, list: Listing<NoFilter>) -> Answer<MemberExpertisePage> {
    db.read(move |store| store.member_expertises(*id, &list.page)).await
}

/// Say what one masters.
///
/// The member himself may, each term once at a time.
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

/// Read the expertise of a member.
///
/// For those who see the member's card.
#[utoipa::path(tag = "expertise", params(MemberExpertiseId), responses((status = 200, body = MemberExpertiseView)))]
#[get("/member-expertise/{id}")]
async fn get_member_expertise(db: Db, id: Path<MemberExpertiseId>) -> Answer<MemberExpertiseView> {
    db.read(move |store| store.member_expertise(*id)).await
}

/// Change what one masters.
///
/// The member himself may: its level, and whether he helps others with it. It is confirmed by the same.
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

/// Confirm what one masters.
///
/// The member himself may: it is still so.
#[utoipa::path(tag = "expertise", params(MemberExpertiseId, IfMatch), responses((status = 200, body = MemberExpertiseView)))]
#[post("/member-expertise/{id}/confirm")]
async fn confirm_member_expertise(db: Db, id: Path<MemberExpertiseId>, seen: IfMatch) -> Answer<MemberExpertiseView> {
    db.write(move |store| {
        let grant = store.authorize(Confirm(*id))?;
        store.confirm_member_expertise(grant, seen.0)
    })
    .await
}

/// Endorse what a colleague masters.
///
/// Every communicator of the State who sees his card may, once; nobody endorses himself.
#[utoipa::path(tag = "expertise", params(MemberExpertiseId, IfMatch), responses((status = 200, body = MemberExpertiseView)))]
#[post("/member-expertise/{id}/endorse")]
async fn endorse_member_expertise(db: Db, id: Path<MemberExpertiseId>, seen: IfMatch) -> Answer<MemberExpertiseView> {
    db.write(move |store| {
        let grant = store.authorize(Endorse(*id))?;
        store.endorse_member_expertise(grant, seen.0)
    })
    .await
}

/// End the expertise of a member.
///
/// The member himself may, and the SIG.
#[utoipa::path(tag = "expertise", params(MemberExpertiseId, IfMatch), responses((status = 200, body = MemberExpertiseView)))]
#[post("/member-expertise/{id}/end")]
async fn end_member_expertise(db: Db, id: Path<MemberExpertiseId>, seen: IfMatch) -> Answer<MemberExpertiseView> {
    db.write(move |store| {
        let grant = store.authorize(End(*id))?;
        store.end_member_expertise(grant, seen.0)
    })
    .await
}
