//! Notification: what a member is told of. Only its recipient reads it.

use chrono::{DateTime, Utc};
use diesel::BoxableExpression;
use diesel::deserialize::Queryable;
use diesel::dsl::LeftJoinQuerySource;
use diesel::expression::{AsExpression, Selectable};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{self, Bool};
use kernel::notification::{NotificationClass, NotificationKind, NotificationLevel};
use kernel::schema::{network, notification};
use kernel::sql::clock;
use kernel::{
    Action, Actor, Label, MemberId, NetworkId, NotificationId, Noun, Offer, Page, Ruling, Seen, Version, action,
};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::network::{NetworkCode, NetworkName, NetworkVisibility, shown};

const MEMBERS: Label = Label {
    fr: "Les notifications sont réservées aux personnes : un compte de service n’en reçoit pas.",
    en: "Notifications are only for people: a service account has none.",
};

/// The tables that a notification is read from.
pub type Joined = LeftJoinQuerySource<notification::table, network::table>;

/// SQL functions that a notification's queries call.
mod sql {
    use diesel::sql_types::{Text, Timestamptz, Uuid};

    diesel::define_sql_function! {
        /// Whether an object concerns the member personally, so that they are told of it even in a hidden network: a
        /// membership request about them, or an action item that they have to do.
        #[sql_name = "app.is_ones_own"]
        fn is_ones_own(about: Text, object: Uuid, who: Uuid, at: Timestamptz) -> Bool;
    }
}

mod own {
    use super::sql::is_ones_own;
    use super::{clock, notification};

    /// Whether a notification is about an object that concerns its recipient personally, in a query.
    #[must_use]
    #[diesel::dsl::auto_type]
    pub(super) fn ones_own() -> _ {
        is_ones_own(notification::noun, notification::object_id, notification::member_id, clock())
    }
}
use own::ones_own;

/// What a notification is about, as far as its recipient may read that now. It is no part of the notification.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct Subject {
    /// Name of the object that it is about, to show. Absent: the caller may no longer read the object, or it has no
    /// name.
    #[schema(max_length = 200)]
    pub title: Option<String>,
    /// Address of that object in this API, below `/api/v1`. Absent: the caller may no longer read the object.
    #[schema(max_length = 100, example = "/announcements/01900000-0000-7000-8000-000000000004")]
    pub path: Option<String>,
    /// Path of that object in this API, from the root of the server, as tasks have it. Absent: as for `path`.
    #[schema(max_length = 110, example = "/api/v1/announcements/01900000-0000-7000-8000-000000000004")]
    pub href: Option<String>,
}

// No column of the row: it is filled in for the caller afterwards.
impl<DB: diesel::backend::Backend> Selectable<DB> for Subject {
    type SelectExpression = notification::id;

    fn construct_selection() -> Self::SelectExpression {
        notification::id
    }
}

impl Queryable<sql_types::Uuid, Pg> for Subject {
    type Row = Uuid;

    fn build(_: Uuid) -> diesel::deserialize::Result<Self> {
        Ok(Self::default())
    }
}

/// Notification of a member: something that happened and that they are told of.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema, HasQuery)]
#[diesel(table_name = notification, check_for_backend(Pg))]
#[diesel(base_query = notification::table.left_join(network::table))]
pub struct Notification {
    /// Identifier of the notification.
    pub id: NotificationId,
    /// Identifier of its recipient.
    #[serde(skip)]
    #[schema(ignore)]
    pub member_id: MemberId,
    /// What happened.
    pub kind: NotificationKind,
    /// Whether its recipient could choose how soon they are told of it.
    pub class: NotificationClass,
    /// How soon its recipient hears of it by e-mail.
    #[serde(skip)]
    #[schema(ignore)]
    pub level: NotificationLevel,
    /// Kind of the object that it is about, as the audit log names it, such as `announcement` or `action_item`.
    #[schema(max_length = 100)]
    pub noun: String,
    /// Identifier of the object that it is about.
    pub object_id: Uuid,
    /// Identifier of the network that it belongs to. Absent: it belongs to none, or the caller may not know of that
    /// network.
    pub network_id: Option<NetworkId>,
    /// Code of that network. Absent: as for `network_id`.
    #[diesel(select_expression = network::code.nullable())]
    pub network_code: Option<NetworkCode>,
    /// Name of that network. Absent: as for `network_code`.
    #[diesel(select_expression = network::name.nullable())]
    pub network_name: Option<NetworkName>,
    /// Identifier and visibility of that network.
    #[diesel(select_expression = (network::id, network::visibility).nullable())]
    #[serde(skip)]
    #[schema(ignore)]
    pub network: Option<(NetworkId, NetworkVisibility)>,
    /// Whether it is about an object that concerns its recipient personally.
    #[diesel(select_expression = ones_own())]
    #[serde(skip)]
    #[schema(ignore)]
    pub own: bool,
    /// What it is about.
    #[diesel(embed)]
    #[serde(flatten)]
    pub subject: Subject,
    /// When its recipient marked it as read (UTC). Absent: not read yet.
    pub read_at: Option<DateTime<Utc>>,
    /// When it went into a daily digest (UTC). Absent: it is in no digest.
    pub digested_at: Option<DateTime<Utc>>,
    /// When its object was withdrawn.
    #[serde(skip)]
    #[schema(ignore)]
    pub withdrawn_at: Option<DateTime<Utc>>,
    /// Version of the notification: 1 when it is created, one more with each change.
    pub version: Version,
    /// When the notification was recorded (UTC).
    pub created_at: DateTime<Utc>,
}

/// Filters of the list of notifications.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct NotificationFilter {
    /// `true` keeps only the notifications not read yet, `false` only those already read. Absent: both.
    pub unread: Option<bool>,
    /// `exact` also returns how many notifications there are in all, in `count`. Absent: they are not counted.
    pub count: Option<kernel::Count>,
}

/// How many notifications a call marked as read.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct NotificationsRead {
    /// Number of notifications that this call marked as read.
    #[schema(minimum = 0)]
    pub read: usize,
}

/// A notification as its recipient sees it.
pub type NotificationView = Seen<Notification>;
/// One page of notifications.
pub type NotificationPage = Page<NotificationView>;

impl Noun for Notification {
    const NAME: &'static str = "notification";
    const COLLECTION: &'static str = "notifications";
    const OFFERS: &'static [Offer<Self>] = &[Offer::of::<Read>(), Offer::of::<MarkRead>()];

    kernel::versioned!();
}

impl Notification {
    fn shows(&self, actor: &Actor) -> bool {
        NetworkVisibility::shows_any(self.network, actor)
    }

    /// The notification as its recipient may know it: without a network that is hidden from them.
    #[must_use]
    pub fn known_to(self, actor: &Actor) -> Self {
        if self.shows(actor) { self } else { Self { network_id: None, network_code: None, network_name: None, ..self } }
    }
}

action!(
    /// See a notification: its recipient, unless its object was withdrawn. In a hidden network in which they do not
    /// sit, only if the object concerns them personally.
    Read(NotificationId) on Notification as "get_notification", Notification,
    |actor, it| {
        let own = actor.member() == Some(it.member_id) && actor.is_insider();
        Ruling::seen(own && it.withdrawn_at.is_none() && (it.own || it.shows(actor)))
    }
);

/// The rule of `Read` as a condition of a query: every list starts from it.
#[must_use]
pub fn visible(actor: &Actor) -> Box<dyn BoxableExpression<Joined, Pg, SqlType = Bool>> {
    let inside = <bool as AsExpression<Bool>>::as_expression(actor.is_insider());
    let own = notification::member_id.eq(MemberId(actor.id.0)).and(inside).and(notification::withdrawn_at.is_null());
    if actor.is_sig() {
        return Box::new(own);
    }
    let shown = shown(actor.networks().collect(), actor.knows_networks());
    Box::new(own.and(shown.or(ones_own())))
}

action!(
    /// Mark a notification as read.
    MarkRead(NotificationId) on Notification as "mark_notification_as_read", Notification, Read::rule
);

/// Mark all notifications of the caller as read.
#[derive(Debug, Clone, Copy)]
pub struct MarkAllRead;

impl Action for MarkAllRead {
    type Facts = ();
    const NAME: &'static str = "mark_inbox_as_read";

    fn rule(actor: &Actor, (): &()) -> Ruling {
        Ruling::Allow.and(actor.member().is_some(), MEMBERS)
    }

    fn object(&self) -> (&'static str, Option<String>) {
        (Notification::NAME, None)
    }
}
