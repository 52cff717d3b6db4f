//! Announcement (annonce): a message of the SIG to kinds of organizations, or of the SIG or leads to the members of a
//! network.

mod rules;

use chrono::{DateTime, Utc};
use diesel::deserialize::Queryable;
use diesel::expression::Selectable;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types;
use kernel::directory::{MemberReference, OrganizationKind};
use kernel::named::MaybeNamed;
use kernel::notification::NotificationClass;
use kernel::patch::{clearable, replaceable};
use kernel::schema::{announcement, network};
use kernel::{
    AnnouncementId, Count, MemberOrigin, NetworkId, Noun, Offer, Page, PrincipalId, Seen, Version, codes, text,
};
pub use rules::{
    Addressed, Create, Draft, Joined, ListDeliveries, MarkRead, Publish, Read, Update, Withdraw, refit, visible,
};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use crate::network::{NetworkCode, NetworkName, NetworkVisibility};

text!(
    /// Title of an announcement.
    AnnouncementTitle, 1..=200, Line
);
text!(
    /// Text of an announcement in Markdown, kept as it was written.
    AnnouncementBody, 1..=20_000, Prose
);

codes! {
    /// State of an announcement.
    AnnouncementStatus {
        Draft = "draft" ("brouillon", "draft"),
        Published = "published" ("publiée", "published"),
        Withdrawn = "withdrawn" ("retirée", "withdrawn"),
    }
}

impl AnnouncementStatus {
    /// The moves that it allows, as operations.
    #[must_use]
    pub const fn moves(self) -> &'static [&'static str] {
        match self {
            Self::Draft => &["publish_announcement", "withdraw_announcement"],
            Self::Published => &["withdraw_announcement"],
            Self::Withdrawn => &[],
        }
    }
}

/// How many people an announcement reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct AnnouncementTally {
    /// Number of people that it was addressed to.
    #[schema(minimum = 0)]
    pub recipients: i64,
    /// Number of recipients to whom an e-mail was sent.
    #[schema(minimum = 0)]
    pub sent: i64,
    /// Number of recipients whose mail server refused the e-mail.
    #[schema(minimum = 0)]
    pub bounced: i64,
    /// Number of recipients who marked it as read.
    #[schema(minimum = 0)]
    pub read: i64,
}

/// What depends on the caller: it is no part of the announcement, and so absent from its history.
#[skip_serializing_none]
#[derive(Debug, Clone, Copy, Default, Serialize, ToSchema)]
pub struct Around {
    /// Whether it was addressed to the caller.
    #[serde(skip)]
    #[schema(ignore)]
    pub addressed: bool,
    /// When the caller marked it as read (UTC). Absent: not read, or not addressed to the caller.
    pub read_at: Option<DateTime<Utc>>,
    /// How many people it reached. Absent: it is a draft, or the caller is neither a lead of its network nor of the
    /// SIG.
    pub tally: Option<AnnouncementTally>,
}

// No column of the row: it is filled in for the caller afterwards.
impl<DB: diesel::backend::Backend> Selectable<DB> for Around {
    type SelectExpression = announcement::id;

    fn construct_selection() -> Self::SelectExpression {
        announcement::id
    }
}

impl Queryable<sql_types::Uuid, Pg> for Around {
    type Row = Uuid;

    fn build(_: Uuid) -> diesel::deserialize::Result<Self> {
        Ok(Self::default())
    }
}

/// Announcement (annonce): a message to the members of a network, or to people of some kinds and origins of
/// organizations.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema, HasQuery)]
#[diesel(table_name = announcement, check_for_backend(Pg))]
#[diesel(base_query = announcement::table.left_join(network::table))]
pub struct Announcement {
    /// Identifier of the announcement.
    pub id: AnnouncementId,
    /// Title, on one line.
    pub title: AnnouncementTitle,
    /// Text in Markdown.
    pub body: AnnouncementBody,
    /// Member who wrote it, by name. Absent: it was not a member, or the caller may not see members.
    #[diesel(select_expression = MaybeNamed::default(), select_expression_type = MaybeNamed<MemberReference, announcement::created_by>)]
    pub author: Option<MemberReference>,
    /// Code of the network whose members it is addressed to. Absent: it is addressed by `organization_kinds` and
    /// `origins`.
    #[diesel(select_expression = network::code.nullable())]
    pub network_code: Option<NetworkCode>,
    /// Name of that network. Absent: as for `network_code`.
    #[diesel(select_expression = network::name.nullable())]
    pub network_name: Option<NetworkName>,
    /// Identifier of that network.
    #[serde(skip)]
    #[schema(ignore)]
    pub network_id: Option<NetworkId>,
    /// Visibility of that network.
    #[diesel(select_expression = network::visibility.nullable())]
    #[serde(skip)]
    #[schema(ignore)]
    pub network_visibility: Option<NetworkVisibility>,
    /// Kinds of organizations whose people it is addressed to. Empty: all kinds, unless a network is named.
    #[schema(max_items = 30)]
    pub organization_kinds: Vec<OrganizationKind>,
    /// Origins of the people it is addressed to. Empty: all origins, unless a network is named.
    #[schema(max_items = 8)]
    pub origins: Vec<MemberOrigin>,
    /// Whether it belongs to the interministerial topics. A co-lead limited to these topics works on these
    /// announcements only.
    pub interministerial: bool,
    /// Whether the recipients choose how soon they are told of it (`normal`) or are all told at once (`mandatory`).
    pub class: NotificationClass,
    /// State of the announcement: draft, published or withdrawn.
    pub status: AnnouncementStatus,
    /// When it was published (UTC). Absent: it was never published.
    pub published_at: Option<DateTime<Utc>>,
    /// When it was withdrawn (UTC). Absent: it is not withdrawn.
    pub withdrawn_at: Option<DateTime<Utc>>,
    /// What depends on the caller.
    #[diesel(embed)]
    #[serde(flatten)]
    pub around: Around,
    /// Version of the announcement: 1 when it is created, one more with each change.
    pub version: Version,
    /// When the announcement was recorded (UTC).
    pub created_at: DateTime<Utc>,
    /// When the announcement last changed (UTC).
    pub updated_at: DateTime<Utc>,
    /// Identifier of the principal who recorded it (a member, a service account or the system).
    pub created_by: PrincipalId,
    /// Identifier of the principal who last changed it (a member, a service account or the system).
    pub updated_by: PrincipalId,
}

/// An announcement to create, as a draft. It has one audience: a network, or kinds and origins of organizations.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema, Insertable, AsChangeset)]
#[diesel(table_name = announcement, treat_none_as_default_value = false)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"title": "Plan éditorial 2027", "body": "Le plan est **arrêté** ; il paraît lundi.", "network_code": "edito"}))]
pub struct AnnouncementInput {
    /// Title, on one line.
    pub title: AnnouncementTitle,
    /// Text in Markdown.
    pub body: AnnouncementBody,
    /// Code of the network whose members it is addressed to. Absent: `organization_kinds` or `origins` is required.
    #[diesel(skip_insertion, skip_update)]
    pub network_code: Option<NetworkCode>,
    /// Kinds of organizations whose people it is addressed to; only the SIG may use them. Default: all kinds, if
    /// `origins` is given.
    #[serde(default)]
    #[validate(length(max = 30))]
    #[schema(max_items = 30)]
    pub organization_kinds: Vec<OrganizationKind>,
    /// Origins of the people it is addressed to; only the SIG may use them. Default: all origins, if
    /// `organization_kinds` is given.
    #[serde(default)]
    #[validate(length(max = 8))]
    #[schema(max_items = 8)]
    pub origins: Vec<MemberOrigin>,
    /// Whether it belongs to the interministerial topics. Default: `false`.
    #[serde(default)]
    pub interministerial: bool,
    /// Whether the recipients choose how soon they are told of it. Default: `normal`, they choose. Only the SIG may use
    /// `mandatory`.
    #[diesel(skip_insertion, skip_update)]
    pub class: Option<NotificationClass>,
}

/// Fields of an announcement to change (JSON merge patch, RFC 7396): a field left out stays as it is, `null` clears
/// `network_code`. Once it is published, only `title` and `body` change.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"title": "Plan éditorial 2027 (corrigé)"}))]
pub struct AnnouncementPatch {
    /// Title, on one line.
    #[serde(default, deserialize_with = "replaceable")]
    pub title: Option<AnnouncementTitle>,
    /// Text in Markdown.
    #[serde(default, deserialize_with = "replaceable")]
    pub body: Option<AnnouncementBody>,
    /// Code of the network whose members it is addressed to.
    #[serde(default, deserialize_with = "clearable")]
    pub network_code: Option<Option<NetworkCode>>,
    /// Kinds of organizations whose people it is addressed to. The list replaces the former one.
    #[serde(default, deserialize_with = "replaceable")]
    #[validate(length(max = 30))]
    #[schema(max_items = 30)]
    pub organization_kinds: Option<Vec<OrganizationKind>>,
    /// Origins of the people it is addressed to. The list replaces the former one.
    #[serde(default, deserialize_with = "replaceable")]
    #[validate(length(max = 8))]
    #[schema(max_items = 8)]
    pub origins: Option<Vec<MemberOrigin>>,
    /// Whether it belongs to the interministerial topics.
    #[serde(default, deserialize_with = "replaceable")]
    pub interministerial: Option<bool>,
    /// Whether the recipients choose how soon they are told of it. Only the SIG may use `mandatory`.
    #[serde(default, deserialize_with = "replaceable")]
    pub class: Option<NotificationClass>,
    /// `true` notifies the recipients of the change; possible once it is published. Default: `false`, nobody is
    /// notified.
    #[serde(default, deserialize_with = "replaceable")]
    #[schema(nullable = false)]
    pub notify: Option<bool>,
}

/// Filters of the list of announcements.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct AnnouncementFilter {
    /// Keeps only the announcements to this network (code of the network).
    #[param(inline)]
    pub network_code: Option<NetworkCode>,
    /// Keeps only the announcements in this state.
    pub status: Option<AnnouncementStatus>,
    /// `exact` also returns how many announcements there are in all, in `count`. Absent: they are not counted.
    pub count: Option<Count>,
}

/// An announcement as the caller sees it.
pub type AnnouncementView = Seen<Announcement>;
/// One page of announcements.
pub type AnnouncementPage = Page<AnnouncementView>;

impl Noun for Announcement {
    const NAME: &'static str = "announcement";
    const COLLECTION: &'static str = "announcements";
    const OFFERS: &'static [Offer<Self>] = &[
        Offer::of::<Read>(),
        Offer::of::<Update>(),
        Offer::of::<Publish>(),
        Offer::of::<Withdraw>(),
        Offer::of::<MarkRead>(),
        Offer::of::<ListDeliveries>(),
    ];

    kernel::versioned!();
}
