//! Notification: what a member is told of. His own business: nobody else reads it.

use chrono::{DateTime, Utc};
use diesel::BoxableExpression;
use diesel::deserialize::Queryable;
use diesel::dsl::LeftJoinQuerySource;
use diesel::expression::{AsExpression, Selectable};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{self, Bool};
use kernel::notification::{NotificationClass, NotificationKind};
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

const MEMBERS: Label =
    Label { fr: "Réservé aux communicants.", en: "For members; a service account is told of nothing." };

/// What a notification is read from.
pub type Joined = LeftJoinQuerySource<notification::table, network::table>;

/// SQL functions that a notification's queries call.
mod sql {
    use diesel::sql_types::{Text, Timestamptz, Uuid};

    diesel::define_sql_function! {
        /// Whether something is one's own business, the network that it belongs to hidden or not.
        #[sql_name = "app.is_ones_own"]
        fn is_ones_own(about: Text, object: Uuid, who: Uuid, at: Timestamptz) -> Bool;
    }
}

mod own {
    use super::sql::is_ones_own;
    use super::{clock, notification};

    /// Whether a notification is about what is its reader's own business, in a query.
    #[must_use]
    #[diesel::dsl::auto_type]
    pub(super) fn ones_own() -> _ {
        is_ones_own(notification::noun, notification::object_id, notification::member_id, clock())
    }
}
use own::ones_own;

/// What a notification is about, as its reader may read it now: no part of the notification.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct Subject {
    /// What people call what it is about; absent where the reader may no longer read it.
    #[schema(max_length = 200)]
    pub title: Option<String>,
    /// Where it stands in this API, below `/api/v1`; absent where the reader may no longer read it.
    #[schema(max_length = 100, example = "/announcements/01900000-0000-7000-8000-000000000004")]
    pub path: Option<String>,
}

// Nothing of it stands in the row: it is filled in for a caller, afterwards.
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

/// What a member is told of.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema, HasQuery)]
#[diesel(table_name = notification, check_for_backend(Pg))]
#[diesel(base_query = notification::table.left_join(network::table))]
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
    /// In which network, if the reader may know of it.
    pub network_id: Option<NetworkId>,
    /// The same, by its code.
    #[diesel(select_expression = network::code.nullable())]
    pub network_code: Option<NetworkCode>,
    /// What that network is called.
    #[diesel(select_expression = network::name.nullable())]
    #[serde(skip)]
    #[schema(ignore)]
    pub network_name: Option<NetworkName>,
    /// That network, and who knows of it.
    #[diesel(select_expression = (network::id, network::visibility).nullable())]
    #[serde(skip)]
    #[schema(ignore)]
    pub network: Option<(NetworkId, NetworkVisibility)>,
    /// Whether it is about what is its reader's own business.
    #[diesel(select_expression = ones_own())]
    #[serde(skip)]
    #[schema(ignore)]
    pub own: bool,
    /// What it is about.
    #[diesel(embed)]
    #[serde(flatten)]
    pub subject: Subject,
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

impl Notification {
    fn shows(&self, actor: &Actor) -> bool {
        NetworkVisibility::shows_any(self.network, actor)
    }

    /// The notification as its reader may know it: without a network that is hidden from him.
    #[must_use]
    pub fn known_to(self, actor: &Actor) -> Self {
        if self.shows(actor) { self } else { Self { network_id: None, network_code: None, ..self } }
    }
}

action!(
    /// See a notification: one's own, while what it is about stands; of a hidden network in which one does not sit, what is
    /// one's own business alone.
    Read(NotificationId) on Notification as "get_notification", Notification,
    |actor, it| {
        let own = actor.member() == Some(it.member_id) && actor.is_insider();
        Ruling::seen(own && it.withdrawn_at.is_none() && (it.own || it.shows(actor)))
    }
);

/// What `Read` says one by one, for all: where every read starts.
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
    /// Say that one has read a notification.
    MarkRead(NotificationId) on Notification as "mark_notification_as_read", Notification, Read::rule
);

/// Say that one has read all of one's notifications.
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
