//! HTTP of announcements.

use ::networks::announcement::{
    Addressed, AnnouncementFilter, AnnouncementInput, AnnouncementPage, AnnouncementPatch, AnnouncementView, Create,
    MarkRead, Publish, Update, Withdraw,
};
use ::networks::announcement_delivery::AnnouncementDeliveryPage;
use actix_web::web::Path;
use actix_web::{get, patch, post};
use kernel::{AnnouncementId, PageQuery};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::Answer;
use crate::db::Db;
use crate::extract::{IfMatch, Keyed, Listing, NoFilter, Valid};

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_announcements).service(create_announcement).service(get_announcement);
    config.service(update_announcement).service(publish_announcement).service(withdraw_announcement);
    config.service(mark_announcement_as_read).service(list_announcement_deliveries);
}

/// List announcements.
///
/// Those that are addressed to the caller, and those that he may write or follows; the latest first.
#[utoipa::path(tag = "notifications", params(AnnouncementFilter, PageQuery), responses((status = 200, body = AnnouncementPage)))]
#[get("/announcements")]
async fn list_announcements(db: Db, list: Listing<AnnouncementFilter>) -> Answer<AnnouncementPage> {
    db.read(move |store| store.announcements(&list.filter, &list.page)).await
}

/// Write an announcement.
///
/// As a draft: the SIG to anyone, the leads to their network, each on his topics. It goes to the members of a network, or
/// to those who work in organizations of some kinds and origins. What is `mandatory` reaches everyone at once, whatever
/// he chose, and is for the SIG.
#[utoipa::path(tag = "notifications", request_body = AnnouncementInput, responses((status = 201, body = AnnouncementView)))]
#[post("/announcements")]
async fn create_announcement(db: Db, new: Valid<AnnouncementInput>) -> Answer<AnnouncementView> {
    db.create(move |store| {
        let grant = store.authorize(Create(new.0.clone()))?;
        store.create_announcement(grant)
    })
    .await
}

/// Read an announcement.
///
/// A draft: who may write it. A published one: whom it is addressed to, its author, the leads of its network and the SIG,
/// these two with a `tally` of what became of it.
#[utoipa::path(tag = "notifications", params(AnnouncementId), responses((status = 200, body = AnnouncementView)))]
#[get("/announcements/{id}")]
async fn get_announcement(db: Db, id: Path<AnnouncementId>) -> Answer<AnnouncementView> {
    db.read(move |store| store.announcement(*id)).await
}

/// Change an announcement.
///
/// Who may write it: a draft in all of it, a published one in its title and its body. Nobody is told of a change, unless
/// `notify` is `true`: then those to whom it was addressed, of a network those who still sit there.
#[utoipa::path(tag = "notifications", params(AnnouncementId, IfMatch), request_body = AnnouncementPatch, responses((status = 200, body = AnnouncementView)))]
#[patch("/announcements/{id}")]
async fn update_announcement(
    db: Db,
    id: Path<AnnouncementId>,
    seen: IfMatch,
    patch: Valid<AnnouncementPatch>,
) -> Answer<AnnouncementView> {
    db.write(move |store| {
        let to = store.caller()?;
        let grant = store.authorize(Update(Addressed { id: *id, to }))?;
        store.update_announcement(grant, seen.0, patch.0.clone())
    })
    .await
}

/// Publish an announcement.
///
/// Who may write it. Whom it is addressed to is settled now, and each is told as soon as he chose; what is mandatory, at
/// once. Partners and observers by origin are not reached. Needs an `Idempotency-Key`: it sends many letters, once.
#[utoipa::path(tag = "notifications", params(AnnouncementId, IfMatch, Keyed), responses((status = 200, body = AnnouncementView)))]
#[post("/announcements/{id}/publish")]
async fn publish_announcement(
    db: Db,
    id: Path<AnnouncementId>,
    seen: IfMatch,
    _once: Keyed,
) -> Answer<AnnouncementView> {
    db.write(move |store| {
        let to = store.caller()?;
        let grant = store.authorize(Publish(Addressed { id: *id, to }))?;
        store.publish_announcement(grant, seen.0)
    })
    .await
}

/// Withdraw an announcement.
///
/// Who may write it. Its recipients no longer see it, and what was not sent yet is not.
#[utoipa::path(tag = "notifications", params(AnnouncementId, IfMatch), responses((status = 200, body = AnnouncementView)))]
#[post("/announcements/{id}/withdraw")]
async fn withdraw_announcement(db: Db, id: Path<AnnouncementId>, seen: IfMatch) -> Answer<AnnouncementView> {
    db.write(move |store| {
        let to = store.caller()?;
        let grant = store.authorize(Withdraw(Addressed { id: *id, to }))?;
        store.withdraw_announcement(grant, seen.0)
    })
    .await
}

/// Say that I have read an announcement.
///
/// Whom it is addressed to. The first time counts.
#[utoipa::path(tag = "notifications", params(AnnouncementId), responses((status = 200, body = AnnouncementView)))]
#[post("/announcements/{id}/read")]
async fn mark_announcement_as_read(db: Db, id: Path<AnnouncementId>) -> Answer<AnnouncementView> {
    db.write(move |store| {
        let to = store.caller()?;
        let grant = store.authorize(MarkRead(Addressed { id: *id, to }))?;
        store.mark_announcement_as_read(grant)
    })
    .await
}

/// List what became of an announcement.
///
/// For the leads of its network and the SIG: a line for each who was told, of the publication and of each change that was
/// notified. Addresses are not shown, nor who wants no letter: `unsent` says that no letter goes out, not why.
#[utoipa::path(tag = "notifications", params(AnnouncementId, PageQuery), responses((status = 200, body = AnnouncementDeliveryPage)))]
#[get("/announcements/{id}/deliveries")]
async fn list_announcement_deliveries(
    db: Db,
    id: Path<AnnouncementId>,
    list: Listing<NoFilter>,
) -> Answer<AnnouncementDeliveryPage> {
    db.read(move |store| store.announcement_deliveries(*id, &list.page)).await
}
