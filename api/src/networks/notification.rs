//! HTTP of notifications, and of how soon one hears of a network.

use ::networks::notification::{
    MarkAllRead, MarkRead, NotificationFilter, NotificationPage, NotificationView, NotificationsRead,
};
use ::networks::subscription::{Subscription, SubscriptionPage, SubscriptionPatch, Update};
use actix_web::web::Path;
use actix_web::{get, patch, post};
use kernel::{MembershipId, NotificationId, PageQuery, Version};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::answer::{Answer, Represent};
use crate::db::Db;
use crate::extract::{IfMatch, Listing, NoFilter, Valid};

impl Represent for NotificationsRead {}

impl Represent for Subscription {
    fn object(&self) -> Option<(Uuid, Version)> {
        Some((self.membership_id.0, self.version))
    }
}

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_my_subscriptions).service(update_my_subscription);
    config.service(list_notifications).service(mark_inbox_as_read);
    config.service(get_notification).service(mark_notification_as_read);
}

/// List my subscriptions.
///
/// How soon one hears of each network in which one sits. Nobody else reads it.
#[utoipa::path(tag = "me", params(PageQuery), responses((status = 200, body = SubscriptionPage)))]
#[get("/me/subscriptions")]
async fn list_my_subscriptions(db: Db, list: Listing<NoFilter>) -> Answer<SubscriptionPage> {
    db.read(move |store| store.own_subscriptions(&list.page)).await
}

/// Choose how soon I hear of a network.
///
/// For one's own memberships in force, by the membership's identifier and its `ETag`. What is mandatory is sent in any
/// case, and what one is told of stands in `/notifications` in any case.
#[utoipa::path(tag = "me", params(MembershipId, IfMatch), request_body = SubscriptionPatch, responses((status = 200, body = Subscription)))]
#[patch("/me/subscriptions/{id}")]
async fn update_my_subscription(
    db: Db,
    id: Path<MembershipId>,
    seen: IfMatch,
    patch: Valid<SubscriptionPatch>,
) -> Answer<Subscription> {
    db.write(move |store| {
        let grant = store.authorize(Update(*id))?;
        store.update_my_subscription(grant, seen.0, &patch.0)
    })
    .await
}

/// List my notifications.
///
/// What one was told of, the latest first, with what it is called and where it stands, while one may read that. Nobody
/// else reads it. Of a hidden network in which one does not sit, one's own business alone.
#[utoipa::path(tag = "notifications", params(NotificationFilter, PageQuery), responses((status = 200, body = NotificationPage)))]
#[get("/notifications")]
async fn list_notifications(db: Db, list: Listing<NotificationFilter>) -> Answer<NotificationPage> {
    db.read(move |store| store.notifications(&list.filter, &list.page)).await
}

/// Read a notification.
///
/// Its recipient.
#[utoipa::path(tag = "notifications", params(NotificationId), responses((status = 200, body = NotificationView)))]
#[get("/notifications/{id}")]
async fn get_notification(db: Db, id: Path<NotificationId>) -> Answer<NotificationView> {
    db.read(move |store| store.notification(*id)).await
}

/// Say that I have read a notification.
///
/// Its recipient. The first time counts.
#[utoipa::path(tag = "notifications", params(NotificationId), responses((status = 200, body = NotificationView)))]
#[post("/notifications/{id}/read")]
async fn mark_notification_as_read(db: Db, id: Path<NotificationId>) -> Answer<NotificationView> {
    db.write(move |store| {
        let grant = store.authorize(MarkRead(*id))?;
        store.mark_notification_as_read(grant)
    })
    .await
}

/// Say that I have read all my notifications.
///
/// Every member, his own.
#[utoipa::path(tag = "notifications", responses((status = 200, body = NotificationsRead)))]
#[post("/me/notifications/read-all")]
async fn mark_inbox_as_read(db: Db) -> Answer<NotificationsRead> {
    db.write(|store| {
        let grant = store.authorize(MarkAllRead)?;
        store.mark_inbox_as_read(grant)
    })
    .await
}
