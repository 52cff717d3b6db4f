//! Announcement (annonce): what the SIG tells an audience, and the leads of a network its members.

mod rules;

use chrono::{DateTime, Utc};
use diesel::deserialize::Queryable;
use diesel::expression::Selectable;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types;
use kernel::directory::OrganizationKind;
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

use crate::network::{NetworkCode, NetworkVisibility};

text!(
    /// The title of an announcement.
    AnnouncementTitle, 1..=200, Line
);
text!(
    /// What is announced, in Markdown, as it was written.
    AnnouncementBody, 1..=20_000, Prose
);

codes! {
    /// Where an announcement stands in its life.
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

/// How many were addressed, and what became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct AnnouncementTally {
    /// To how many it was addressed.
    #[schema(minimum = 0)]
    pub recipients: i64,
    /// To how many a letter went out.
    #[schema(minimum = 0)]
    pub sent: i64,
    /// Whose servers refused it.
    #[schema(minimum = 0)]
    pub bounced: i64,
    /// How many have read it.
    #[schema(minimum = 0)]
    pub read: i64,
}

/// What an announcement is to the one who looks at it: no part of the announcement, so absent from its history.
#[skip_serializing_none]
#[derive(Debug, Clone, Copy, Default, Serialize, ToSchema)]
pub struct Around {
    /// Whether it was addressed to the caller.
    #[serde(skip)]
    #[schema(ignore)]
    pub addressed: bool,
    /// When the caller read it.
    pub read_at: Option<DateTime<Utc>>,
    /// What became of it; for the leads of its network and the SIG.
    pub tally: Option<AnnouncementTally>,
}

// Nothing of it stands in the row: it is filled in for a caller, afterwards.
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

/// What the SIG tells an audience, or the leads of a network its members.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema, HasQuery)]
#[diesel(table_name = announcement, check_for_backend(Pg))]
#[diesel(base_query = announcement::table.left_join(network::table))]
pub struct Announcement {
    /// Its identifier.
    pub id: AnnouncementId,
    /// Its title.
    pub title: AnnouncementTitle,
    /// What is announced, in Markdown.
    pub body: AnnouncementBody,
    /// To the members of which network; else to the organizations below.
    #[diesel(select_expression = network::code.nullable())]
    pub network_code: Option<NetworkCode>,
    /// The same, by its identifier.
    #[serde(skip)]
    #[schema(ignore)]
    pub network_id: Option<NetworkId>,
    /// Who knows of it.
    #[diesel(select_expression = network::visibility.nullable())]
    #[serde(skip)]
    #[schema(ignore)]
    pub network_visibility: Option<NetworkVisibility>,
    /// To those who work in organizations of these kinds; of all kinds, if there is none.
    #[schema(max_items = 30)]
    pub organization_kinds: Vec<OrganizationKind>,
    /// And of these origins; of all, if there is none.
    #[schema(max_items = 8)]
    pub origins: Vec<MemberOrigin>,
    /// Whether it belongs to the interministerial topics, on which a co-animation may be limited.
    pub interministerial: bool,
    /// Whether a recipient may choose how soon he hears of it.
    pub class: NotificationClass,
    /// Where it stands.
    pub status: AnnouncementStatus,
    /// When it was published.
    pub published_at: Option<DateTime<Utc>>,
    /// When it was withdrawn.
    pub withdrawn_at: Option<DateTime<Utc>>,
    /// What it is to the caller.
    #[diesel(embed)]
    #[serde(flatten)]
    pub around: Around,
    /// Grows at each change.
    pub version: Version,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// Who wrote it.
    pub created_by: PrincipalId,
    /// Who last changed it.
    pub updated_by: PrincipalId,
}

/// An announcement to write: to a network, or to kinds and origins of organizations.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema, Insertable, AsChangeset)]
#[diesel(table_name = announcement, treat_none_as_default_value = false)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"title": "Plan éditorial 2027", "body": "Le plan est **arrêté** ; il paraît lundi.", "network_code": "edito"}))]
pub struct AnnouncementInput {
    /// Its title.
    pub title: AnnouncementTitle,
    /// What is announced, in Markdown.
    pub body: AnnouncementBody,
    /// To the members of which network.
    #[diesel(skip_insertion, skip_update)]
    pub network_code: Option<NetworkCode>,
    /// To those who work in organizations of these kinds. For the SIG.
    #[serde(default)]
    #[validate(length(max = 30))]
    #[schema(max_items = 30)]
    pub organization_kinds: Vec<OrganizationKind>,
    /// And of these origins. For the SIG.
    #[serde(default)]
    #[validate(length(max = 8))]
    #[schema(max_items = 8)]
    pub origins: Vec<MemberOrigin>,
    /// Whether it belongs to the interministerial topics.
    #[serde(default)]
    pub interministerial: bool,
    /// Whether a recipient may choose how soon he hears of it; he may, unless said. `mandatory` is for the SIG.
    #[diesel(skip_insertion, skip_update)]
    pub class: Option<NotificationClass>,
}

/// What to change of an announcement: absent keeps. Once it is published, its title and its body alone.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"title": "Plan éditorial 2027 (corrigé)"}))]
pub struct AnnouncementPatch {
    /// Its title.
    #[serde(default, deserialize_with = "replaceable")]
    pub title: Option<AnnouncementTitle>,
    /// What is announced, in Markdown.
    #[serde(default, deserialize_with = "replaceable")]
    pub body: Option<AnnouncementBody>,
    /// To the members of which network.
    #[serde(default, deserialize_with = "clearable")]
    pub network_code: Option<Option<NetworkCode>>,
    /// To those who work in organizations of these kinds.
    #[serde(default, deserialize_with = "replaceable")]
    #[validate(length(max = 30))]
    #[schema(max_items = 30)]
    pub organization_kinds: Option<Vec<OrganizationKind>>,
    /// And of these origins.
    #[serde(default, deserialize_with = "replaceable")]
    #[validate(length(max = 8))]
    #[schema(max_items = 8)]
    pub origins: Option<Vec<MemberOrigin>>,
    /// Whether it belongs to the interministerial topics.
    #[serde(default, deserialize_with = "replaceable")]
    pub interministerial: Option<bool>,
    /// Whether a recipient may choose how soon he hears of it.
    #[serde(default, deserialize_with = "replaceable")]
    pub class: Option<NotificationClass>,
    /// Whether its recipients are told of the change; they are not, unless said.
    #[serde(default, deserialize_with = "replaceable")]
    pub notify: Option<bool>,
}

/// Which announcements of the list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct AnnouncementFilter {
    /// To this network.
    #[param(inline)]
    pub network_code: Option<NetworkCode>,
    /// That stand there.
    pub status: Option<AnnouncementStatus>,
    /// Whether to say how many there are in all.
    pub count: Option<Count>,
}

/// An announcement as the caller sees it.
pub type AnnouncementView = Seen<Announcement>;
/// A page of announcements.
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
