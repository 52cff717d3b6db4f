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

/// List announcements
///
/// Returns the announcements that the caller may read, the latest created first.
///
/// **Access**: every registered caller; the list holds only what they may read:
/// - SIG coordinators and SIG administrators read all announcements;
/// - leads and co-leads read those to their network, except the drafts of mandatory ones;
/// - recipients read those that are published;
/// - authors read what they wrote once it is published, even withdrawn.
///
/// **Notes**: A co-lead limited to interministerial topics reads only these, besides those received. Announcements to a
/// hidden network are only for its members and the SIG. Partners and observers read none.
#[utoipa::path(tag = "notifications", params(AnnouncementFilter, PageQuery), responses((status = 200, body = AnnouncementPage)))]
#[get("/announcements")]
async fn list_announcements(db: Db, list: Listing<AnnouncementFilter>) -> Answer<AnnouncementPage> {
    db.read(move |store| store.announcements(&list.filter, &list.page)).await
}

/// Create an announcement
///
/// Creates an announcement as a draft, and returns it. It is addressed to the members of a network, or to people of
/// some kinds and origins of organizations.
///
/// **Access**: SIG coordinators and SIG administrators, to any audience. Leads and co-leads, to their network, each on
/// their topics. Only the SIG may create a `mandatory` one.
///
/// **Errors**: 409 `invalid_transition` if the network is closed. 422 `invalid` unless there is exactly one audience.
///
/// **Notes**: Nobody is notified before it is published.
#[utoipa::path(tag = "notifications", request_body = AnnouncementInput, responses((status = 201, body = AnnouncementView)))]
#[post("/announcements")]
async fn create_announcement(db: Db, new: Valid<AnnouncementInput>) -> Answer<AnnouncementView> {
    db.create(move |store| {
        let grant = store.authorize(Create(new.0.clone()))?;
        store.create_announcement(grant)
    })
    .await
}

/// Get an announcement
///
/// Returns one announcement. SIG coordinators, SIG administrators and the leads of its network also get the `tally` of
/// how many people it reached.
///
/// **Access**: SIG coordinators and SIG administrators; leads and co-leads of its network, each on their topics, except
/// drafts of mandatory ones. Once it is published, also its recipients and its author. Once it is withdrawn, recipients
/// no longer read it.
#[utoipa::path(tag = "notifications", params(AnnouncementId), responses((status = 200, body = AnnouncementView)))]
#[get("/announcements/{id}")]
async fn get_announcement(db: Db, id: Path<AnnouncementId>) -> Answer<AnnouncementView> {
    db.read(move |store| store.announcement(*id)).await
}

/// Update an announcement
///
/// Changes the fields sent, and returns the announcement. A draft can change entirely; once published, only its title
/// and text can change.
///
/// **Access**: SIG coordinators and SIG administrators; leads and co-leads of its network, each on their topics. Only
/// the SIG may change a `mandatory` one. A draft is given a new audience only by callers who may write to that
/// audience.
///
/// **Errors**: 409 `invalid_transition` if it is withdrawn, or if a draft is addressed to a closed network. 422
/// `invalid` if another field than `title` or `body` changes once it is published. 422 `invalid` if `notify` is `true`
/// before, or if a draft would not have exactly one audience.
///
/// **Notes**: With `notify: true`, its recipients are notified of the change. For a network, only recipients who still
/// sit there are.
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

/// Publish an announcement
///
/// Settles the recipients of a draft, notifies them, and returns the announcement.
///
/// **Access**: SIG coordinators and SIG administrators; leads and co-leads of its network, each on their topics. Only
/// the SIG may publish a `mandatory` one.
///
/// **Errors**: 400 `idempotency_key_required` without `Idempotency-Key`: the key makes sure that e-mails are sent once.
/// 409 `invalid_transition` unless it is a draft.
///
/// **Notes**: Recipients are the active members of the network, or the people who now work in the organizations
/// addressed. Partners and observers are never among them. Each recipient is e-mailed as they chose for the network: at
/// once, in the daily digest, or not. Recipients outside a network get the digest. For a `mandatory` one, all are
/// e-mailed at once.
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

/// Withdraw an announcement
///
/// Withdraws a draft or a published announcement, and returns it. Its recipients no longer read it.
///
/// **Access**: SIG coordinators and SIG administrators; leads and co-leads of its network, each on their topics. Only
/// the SIG may withdraw a `mandatory` one.
///
/// **Errors**: 409 `invalid_transition` if it is already withdrawn.
///
/// **Notes**: Its notifications disappear, and e-mails not sent yet are not sent. It cannot be published again.
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

/// Mark an announcement as read
///
/// Sets `read_at` if it is empty, and returns the announcement. Calling it again changes nothing.
///
/// **Access**: its recipients, while it is published.
///
/// **Errors**: 403 `forbidden` if the caller may read it but it was not addressed to them.
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

/// List the deliveries of an announcement
///
/// Returns one item per person and notification, the oldest first: the publication, and each change that was notified.
/// E-mail addresses are not shown.
///
/// **Access**: SIG coordinators and SIG administrators; leads and co-leads of its network, each on their topics. The
/// author reads them only with one of these roles.
///
/// **Notes**: `unsent` says that no e-mail is sent, not why: the choice of a member is private.
#[utoipa::path(tag = "notifications", params(AnnouncementId, PageQuery), responses((status = 200, body = AnnouncementDeliveryPage)))]
#[get("/announcements/{id}/deliveries")]
async fn list_announcement_deliveries(
    db: Db,
    id: Path<AnnouncementId>,
    list: Listing<NoFilter>,
) -> Answer<AnnouncementDeliveryPage> {
    db.read(move |store| store.announcement_deliveries(*id, &list.page)).await
}
