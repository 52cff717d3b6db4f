//! HTTP of notifications, and of subscriptions: how soon members hear of their networks.

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

/// List my subscriptions
///
/// Returns one subscription per network in which the caller sits: how soon they are told of what happens there. They
/// are in the order in which the memberships were recorded.
///
/// **Access**: every registered caller, for their own memberships.
#[utoipa::path(tag = "me", params(PageQuery), responses((status = 200, body = SubscriptionPage)))]
#[get("/me/subscriptions")]
async fn list_my_subscriptions(db: Db, list: Listing<NoFilter>) -> Answer<SubscriptionPage> {
    db.read(move |store| store.own_subscriptions(&list.page)).await
}

/// Update my subscription to a network
///
/// Changes how soon the caller is told of what happens in a network, and returns the subscription. `id` is the
/// identifier of the membership; `If-Match` takes its `ETag`.
///
/// **Access**: the member who holds the membership.
///
/// **Errors**: 409 `invalid_transition` if the membership has ended.
///
/// **Notes**: Mandatory announcements are e-mailed at once in any case. Whatever the choice, everything is listed in
/// `GET /notifications`.
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

/// List my notifications
///
/// Returns the notifications of the caller, the latest first. Each has the name and address of the object that it is
/// about, while the caller may read that object.
///
/// **Access**: every registered caller, for their own notifications. Partners, observers and service accounts have
/// none.
///
/// **Notes**: Notifications about withdrawn announcements are left out. For a hidden network in which the caller does
/// not sit, only what concerns them personally is listed.
#[utoipa::path(tag = "notifications", params(NotificationFilter, PageQuery), responses((status = 200, body = NotificationPage)))]
#[get("/notifications")]
async fn list_notifications(db: Db, list: Listing<NotificationFilter>) -> Answer<NotificationPage> {
    db.read(move |store| store.notifications(&list.filter, &list.page)).await
}

/// Get a notification
///
/// Returns one notification.
///
/// **Access**: its recipient.
#[utoipa::path(tag = "notifications", params(NotificationId), responses((status = 200, body = NotificationView)))]
#[get("/notifications/{id}")]
async fn get_notification(db: Db, id: Path<NotificationId>) -> Answer<NotificationView> {
    db.read(move |store| store.notification(*id)).await
}

/// Mark a notification as read
///
/// Sets `read_at` if it is empty, and returns the notification. Calling it again changes nothing.
///
/// **Access**: its recipient.
#[utoipa::path(tag = "notifications", params(NotificationId), responses((status = 200, body = NotificationView)))]
#[post("/notifications/{id}/read")]
async fn mark_notification_as_read(db: Db, id: Path<NotificationId>) -> Answer<NotificationView> {
    db.write(move |store| {
        let grant = store.authorize(MarkRead(*id))?;
        store.mark_notification_as_read(grant)
    })
    .await
}

/// Mark all my notifications as read
///
/// Sets `read_at` of all unread notifications of the caller, and returns how many there were.
///
/// **Access**: every member, for their own notifications. Service accounts have none.
#[utoipa::path(tag = "notifications", responses((status = 200, body = NotificationsRead)))]
#[post("/me/notifications/read-all")]
async fn mark_inbox_as_read(db: Db) -> Answer<NotificationsRead> {
    db.write(|store| {
        let grant = store.authorize(MarkAllRead)?;
        store.mark_inbox_as_read(grant)
    })
    .await
}
