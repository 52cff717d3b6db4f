//! Notification: what a member is told of. His own business: nobody else reads it.

use chrono::{DateTime, Utc};
use diesel::BoxableExpression;
use diesel::expression::AsExpression;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use kernel::notification::{NotificationClass, NotificationKind};
use kernel::schema::notification;
use kernel::{
    Action, Actor, Label, MemberId, NetworkId, NotificationId, Noun, Offer, Page, Ruling, Seen, Version, action,
};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

const MEMBERS: Label =
    Label { fr: "Réservé aux communicants.", en: "For members; a service account is told of nothing." };

/// What a member is told of.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema, HasQuery)]
#[diesel(table_name = notification, check_for_backend(Pg))]
pub struct Notification {
    /// Its identifier.
    pub id: NotificationId,
    /// Who is told.
    #[serde(skip)]
    #[schema(ignore)]
    pub member_id: MemberId,
    /// Of what.
    pub kind: NotificationKind,
    /// Whether he may choose how soon he hears of it.
    pub class: NotificationClass,
    /// What kind of object it is about.
    #[schema(max_length = 100)]
    pub noun: String,
    /// Which one.
    pub object_id: Uuid,
    /// In which network.
    pub network_id: Option<NetworkId>,
    /// When he read it.
    pub read_at: Option<DateTime<Utc>>,
    /// When it went into a daily digest.
    pub digested_at: Option<DateTime<Utc>>,
    /// Whether what it is about was withdrawn.
    #[serde(skip)]
    #[schema(ignore)]
    pub withdrawn_at: Option<DateTime<Utc>>,
    /// Grows at each change.
    pub version: Version,
    /// When he was told.
    pub created_at: DateTime<Utc>,
}

/// Which notifications of the list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct NotificationFilter {
    /// Those that one has not read, or those that one has.
    pub unread: Option<bool>,
    /// Whether to say how many there are in all.
    pub count: Option<kernel::Count>,
}

/// How many notifications were marked as read.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct NotificationsRead {
    /// How many.
    #[schema(minimum = 0)]
    pub read: usize,
}

/// A notification as its recipient sees it.
pub type NotificationView = Seen<Notification>;
/// A page of notifications.
pub type NotificationPage = Page<NotificationView>;

impl Noun for Notification {
    const NAME: &'static str = "notification";
    const COLLECTION: &'static str = "notifications";
    const OFFERS: &'static [Offer<Self>] = &[Offer::of::<Read>(), Offer::of::<MarkRead>()];

    kernel::versioned!();
}

action!(
    /// See a notification: one's own, while what it is about stands.
    Read(NotificationId) on Notification as "get_notification", Notification,
    |actor, it| {
        let own = actor.member() == Some(it.member_id) && actor.is_insider();
        Ruling::seen(own && it.withdrawn_at.is_none())
    }
);

/// What `Read` says one by one, for all: where every read starts.
#[must_use]
pub fn visible(actor: &Actor) -> Box<dyn BoxableExpression<notification::table, Pg, SqlType = Bool>> {
    let inside = <bool as AsExpression<Bool>>::as_expression(actor.is_insider());
    let own = notification::member_id.eq(MemberId(actor.id.0));
    Box::new(own.and(inside).and(notification::withdrawn_at.is_null()))
}

action!(
    /// Say that one has read a notification.
    MarkRead(NotificationId) on Notification as "read_notification", Notification, Read::rule
);

/// Say that one has read all of one's notifications.
#[derive(Debug, Clone, Copy)]
pub struct MarkAllRead;

impl Action for MarkAllRead {
    type Facts = ();
    const NAME: &'static str = "read_all_notifications";

    fn rule(actor: &Actor, (): &()) -> Ruling {
        Ruling::Allow.and(actor.member().is_some(), MEMBERS)
    }

    fn object(&self) -> (&'static str, Option<String>) {
        (Notification::NAME, None)
    }
}
