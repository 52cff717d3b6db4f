//! HTTP of affiliations.

use ::members::affiliation::{
    AffiliationFieldRelease, AffiliationInput, AffiliationPage, AffiliationPatch, AffiliationView, Create, End, Ending,
    Release, Update, Void,
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
    config
        .service(get_affiliation)
        .service(update_affiliation)
        .service(release_affiliation_fields)
        .service(end_affiliation)
        .service(void_affiliation);
}

/// List the affiliations of a member
///
/// Returns past, present and future affiliations, the latest recorded first.
///
/// **Access**: the member; SIG coordinators, SIG administrators; the other members but partners and observers, if they
/// may see the card of the member; service accounts likewise, with `directory:read`.
#[utoipa::path(tag = "members", params(MemberId, PageQuery), responses((status = 200, body = AffiliationPage)))]
#[get("/members/{id}/affiliations")]
async fn list_member_affiliations(db: Db, id: Path<MemberId>, list: Listing<NoFilter>) -> Answer<AffiliationPage> {
    db.read(move |store| store.member_affiliations(*id, &list.page)).await
}

/// Create an affiliation of a member
///
/// Gives the member a place in an organization, from now on or from `valid_from`. A member may have several
/// affiliations at once; one of them is the main one. Returns the affiliation.
///
/// **Access**: SIG coordinators, SIG administrators; communication directors and organization administrators whose
/// scope holds the organization; service accounts with `directory:write`, within the scope of their organization and
/// their owner. To replace the main affiliation, the caller must have this right over its organization too.
///
/// **Errors**: 409 `overlap` when the member has an affiliation to this organization at that time. 409 `superseded`
/// when the organization was merged or split: use one of its successors. 409 `invalid_transition` when the member has
/// departed or the organization is closed. 422 at `/valid_from` when an affiliation that begins later is to be the main
/// one.
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

/// Get an affiliation
///
/// Returns one affiliation, past or present.
///
/// **Access**: the member; SIG coordinators, SIG administrators; the other members but partners and observers, if they
/// may see the card of the member; service accounts likewise, with `directory:read`.
#[utoipa::path(tag = "members", params(AffiliationId), responses((status = 200, body = AffiliationView)))]
#[get("/affiliations/{id}")]
async fn get_affiliation(db: Db, id: Path<AffiliationId>) -> Answer<AffiliationView> {
    db.read(move |store| store.affiliation(*id)).await
}

/// Update an affiliation
///
/// Changes the function, the service or the profession, or makes the affiliation the main one. Returns the affiliation.
///
/// **Access**: SIG coordinators, SIG administrators; communication directors and organization administrators whose
/// scope holds the organization; service accounts with `directory:write`, within the scope of their organization and
/// their owner. To replace the main affiliation, the caller must have this right over its organization too.
///
/// **Errors**: 409 `invalid_transition` when the affiliation is over. 422 at `/is_primary` when the main affiliation is
/// set to `false`: make another one the main one instead.
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

/// Release fields of an affiliation
///
/// Gives fields back to their source: nobody keeps them from now on, and the directory that says them next does. Returns the
/// affiliation.
///
/// **Access**: SIG coordinators, SIG administrators; communication directors and organization administrators whose
/// scope holds the organization. Service accounts release nothing.
///
/// **Errors**: 409 `invalid_transition` when the affiliation is over.
#[utoipa::path(tag = "members", params(AffiliationId, IfMatch), request_body = AffiliationFieldRelease, responses((status = 200, body = AffiliationView)))]
#[post("/affiliations/{id}/release-fields")]
async fn release_affiliation_fields(
    db: Db,
    id: Path<AffiliationId>,
    seen: IfMatch,
    fields: Valid<AffiliationFieldRelease>,
) -> Answer<AffiliationView> {
    db.write(move |store| {
        let grant = store.authorize(Release(*id))?;
        store.release_affiliation_fields(grant, seen.0, &fields.0.fields)
    })
    .await
}

/// End an affiliation
///
/// Ends the affiliation now, or at the time in `at`. Returns the affiliation.
///
/// **Access**: SIG coordinators, SIG administrators; communication directors and organization administrators whose
/// scope holds the organization; service accounts with `directory:write`, within the scope of their organization and
/// their owner.
///
/// **Errors**: 409 `invalid_transition` when the affiliation is over. 409 `last_lead` when a network would lose its
/// last lead, 409 `last_admin` when the service would lose its last SIG administrator. 422 when `at` is in the past.
///
/// **Notes**: The memberships and roles held through the affiliation end with it. If it was the main one, the oldest
/// affiliation that remains becomes the main one.
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

/// Void an affiliation
///
/// Takes back an affiliation that should never have been recorded. It no longer exists on any day, `as_of` included;
/// the history keeps it with the reason. Returns what was voided.
///
/// **Access**: SIG coordinators, SIG administrators.
///
/// **Errors**: 409 `not_empty` when a membership, a role or a membership request is or was held through it.
///
/// **Notes**: To finish an affiliation that was right, end it instead. If it was the main one, the oldest affiliation
/// that remains becomes the main one.
#[utoipa::path(tag = "members", params(AffiliationId, IfMatch), request_body = Voiding, responses((status = 200, body = Voided)))]
#[post("/affiliations/{id}/void")]
async fn void_affiliation(db: Db, id: Path<AffiliationId>, seen: IfMatch, voiding: Valid<Voiding>) -> Answer<Voided> {
    db.write(move |store| {
        let grant = store.authorize(Void(*id))?;
        store.void_affiliation(grant, seen.0, voiding.0.reason.clone())
    })
    .await
}
