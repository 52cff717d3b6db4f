//! HTTP of affiliations.

use ::members::affiliation::{
    AffiliationInput, AffiliationPage, AffiliationPatch, AffiliationView, Create, End, Ending, Update, Void,
};
use actix_web::web::Path;
use actix_web::{get, patch, post};
use kernel::{AffiliationId, MemberId, PageQuery, Voided, Voiding};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::Answer;
use crate::db::Db;
use crate::extract::{IfMatch, Listing, NoFilter, Valid};

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_member_affiliations).service(create_member_affiliation);
    config.service(get_affiliation).service(update_affiliation).service(end_affiliation).service(void_affiliation);
}

/// List the affiliations of a member.
///
/// Past and present, the latest first, for those who see the member's card.
#[utoipa::path(tag = "members", params(MemberId, PageQuery), responses((status = 200, body = AffiliationPage)))]
#[get("/members/{id}/affiliations")]
async fn list_member_affiliations(db: Db, id: Path<MemberId>, list: Listing<NoFilter>) -> Answer<AffiliationPage> {
    db.read(move |store| store.member_affiliations(*id, &list.page)).await
}

/// Give a member an affiliation.
///
/// The SIG may, and the communication director or administrator of that organization. Several may hold at once, one of
/// which is the main one.
#[utoipa::path(tag = "members", params(MemberId), request_body = AffiliationInput, responses((status = 201, body = AffiliationView)))]
#[post("/members/{id}/affiliations")]
async fn create_member_affiliation(
    db: Db,
    id: Path<MemberId>,
    new: Valid<AffiliationInput>,
) -> Answer<AffiliationView> {
    db.create(move |store| {
        let grant = store.authorize(Create((*id, new.0.clone())))?;
        store.create_member_affiliation(grant)
    })
    .await
}

/// Read an affiliation.
///
/// For those who see the member's card.
#[utoipa::path(tag = "members", params(AffiliationId), responses((status = 200, body = AffiliationView)))]
#[get("/affiliations/{id}")]
async fn get_affiliation(db: Db, id: Path<AffiliationId>) -> Answer<AffiliationView> {
    db.read(move |store| store.affiliation(*id)).await
}

/// Change an affiliation.
///
/// The SIG may, and the communication director or administrator of its organization.
#[utoipa::path(tag = "members", params(AffiliationId, IfMatch), request_body = AffiliationPatch, responses((status = 200, body = AffiliationView)))]
#[patch("/affiliations/{id}")]
async fn update_affiliation(
    db: Db,
    id: Path<AffiliationId>,
    seen: IfMatch,
    patch: Valid<AffiliationPatch>,
) -> Answer<AffiliationView> {
    db.write(move |store| {
        let grant = store.authorize(Update(*id))?;
        store.update_affiliation(grant, seen.0, patch.0.clone())
    })
    .await
}

/// End an affiliation.
///
/// The SIG may, and the communication director or administrator of its organization. Memberships and roles held through
/// it end with it. The last lead of a network cannot leave (409 `last_lead`).
#[utoipa::path(tag = "members", params(AffiliationId, IfMatch), request_body = Ending, responses((status = 200, body = AffiliationView)))]
#[post("/affiliations/{id}/end")]
async fn end_affiliation(
    db: Db,
    id: Path<AffiliationId>,
    seen: IfMatch,
    ending: Valid<Ending>,
) -> Answer<AffiliationView> {
    db.write(move |store| {
        let grant = store.authorize(End(*id))?;
        store.end_affiliation(grant, seen.0, &ending.0)
    })
    .await
}

/// Void an affiliation.
///
/// The SIG may. For what should never have been: it stands on no day any more, and `as_of` shows none; the history keeps it with the
/// reason. What is over ends instead. 409 `not_empty` while a membership or a role is or was held through it.
#[utoipa::path(tag = "members", params(AffiliationId, IfMatch), request_body = Voiding, responses((status = 200, body = Voided)))]
#[post("/affiliations/{id}/void")]
async fn void_affiliation(db: Db, id: Path<AffiliationId>, seen: IfMatch, voiding: Valid<Voiding>) -> Answer<Voided> {
    db.write(move |store| {
        let grant = store.authorize(Void(*id))?;
        store.void_affiliation(grant, seen.0, voiding.0.reason.clone())
    })
    .await
}
