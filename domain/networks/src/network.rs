//! Network (réseau métier): communicators of one métier, across organizations.

mod rules;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use kernel::patch::{clearable, replaceable};
use kernel::schema::network;
use kernel::{Day, Instant};
use kernel::{
    MemberOrigin, NetworkId, Noun, Offer, Page, PrincipalId, SearchWords, Seen, Several, Version, codes, text,
};
pub(crate) use rules::shown;
pub use rules::{Activate, Close, Create, Pause, Read, Update, visible};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

text!(
    /// Code of a network: part of its URLs, and never changed.
    NetworkCode, 2..=40, Code
);
text!(
    /// Name of a network, as people read it.
    NetworkName, 1..=200, Line
);
text!(
    /// The people for whom a network is made.
    Audience, 1..=500, Line
);
text!(
    /// Purpose of a network, in lines and paragraphs of plain text.
    Purpose, 1..=4000, Prose
);
text!(
    /// The topics of a network, and those that it leaves to others, in lines and paragraphs of plain text.
    ScopeNote, 1..=2000, Prose
);
text!(
    /// One objective of a network for the current year.
    Objective, 1..=300, Line
);

impl kernel::policy::Target for NetworkCode {
    fn key(&self) -> Option<String> {
        Some(self.to_string())
    }
}

codes! {
    /// How often a network meets.
    Cadence {
        Weekly = "weekly" ("chaque semaine", "every week"),
        Monthly = "monthly" ("chaque mois", "every month"),
        Bimonthly = "bimonthly" ("tous les deux mois", "every two months"),
        Quarterly = "quarterly" ("chaque trimestre", "every quarter"),
        AdHoc = "ad_hoc" ("selon les besoins", "when needed"),
    }
}

codes! {
    /// Who may see a network, and who may see its memberships.
    NetworkVisibility {
        Listed = "listed" ("réseau et membres visibles de toutes et de tous", "visible to all, with its members"),
        Members = "members" ("réseau visible de toutes et de tous, membres visibles dans le réseau", "visible to all, its members to the network only"),
        Hidden = "hidden" ("réseau visible de ses seuls membres et du SIG", "visible to its members and the SIG only"),
    }
}

codes! {
    /// How members join a network on their own request: not at all (`invitation`), with the agreement of the network
    /// (`request`), or at once in the role `member` (`automatic`).
    JoinPolicy {
        Invitation = "invitation" ("sur invitation", "by invitation"),
        Request = "request" ("sur demande", "on request"),
        Automatic = "automatic" ("de droit", "automatic"),
    }
}

codes! {
    /// Status of a network.
    NetworkStatus {
        Preparing = "preparing" ("en préparation", "in preparation"),
        Active = "active" ("actif", "active"),
        Dormant = "dormant" ("en sommeil", "dormant"),
        Closed = "closed" ("fermé", "closed"),
    }
}

impl NetworkStatus {
    /// The moves that it allows, as operations.
    #[must_use]
    pub const fn moves(self) -> &'static [&'static str] {
        match self {
            Self::Preparing | Self::Dormant => &["activate_network", "close_network"],
            Self::Active => &["pause_network", "close_network"],
            Self::Closed => &[],
        }
    }
}

/// A professional network (réseau métier): communicators of one profession, from several organizations.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema, HasQuery)]
#[diesel(table_name = network, check_for_backend(Pg))]
pub struct Network {
    /// Identifier of the network.
    pub id: NetworkId,
    /// Code of the network, as it stands in its URLs. It never changes.
    pub code: NetworkCode,
    /// Name of the network, as people read it.
    pub name: NetworkName,
    /// The people for whom the network is made.
    pub audience: Audience,
    /// What the network is meant to achieve. Absent: not recorded.
    pub purpose: Option<Purpose>,
    /// The topics of the network, and those that it leaves to others. Absent: not recorded.
    pub scope_note: Option<ScopeNote>,
    /// How often the network meets.
    pub cadence: Cadence,
    /// Who may see the network, and who may see its memberships.
    pub visibility: NetworkVisibility,
    /// How members join the network on their own request.
    pub join_policy: JoinPolicy,
    /// The member origins that may sit in the network. Empty: all origins.
    #[schema(max_items = 8)]
    pub eligible_origins: Vec<MemberOrigin>,
    /// The objectives of the network for the current year. Empty: none is recorded.
    #[schema(max_items = 10)]
    pub annual_objectives: Vec<Objective>,
    /// The day on which the charter of the network was adopted. Absent: none is adopted yet.
    pub charter_adopted_on: Option<NaiveDate>,
    /// The day on which the objectives were last reviewed. Absent: never.
    pub objectives_reviewed_on: Option<NaiveDate>,
    /// Status of the network: it moves with the operations `activate_network`, `pause_network` and `close_network`.
    pub status: NetworkStatus,
    /// Version of the network: 1 when it is created, one more with each change.
    pub version: Version,
    /// When the network was recorded (UTC).
    pub created_at: DateTime<Utc>,
    /// When the network last changed (UTC).
    pub updated_at: DateTime<Utc>,
    /// Identifier of the principal who recorded it (a member, a service account or the system).
    pub created_by: PrincipalId,
    /// Identifier of the principal who last changed it (a member, a service account or the system).
    pub updated_by: PrincipalId,
}

/// A network to create. It begins with the status `preparing`.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema, Insertable)]
#[diesel(table_name = network)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"code": "podcast", "name": "Réseau podcast", "audience": "Producteurs de contenus audio", "cadence": "quarterly", "visibility": "listed", "join_policy": "request"}))]
pub struct NetworkInput {
    /// Code of the network, as it will stand in its URLs. It cannot be changed later.
    pub code: NetworkCode,
    /// Name of the network, as people read it.
    pub name: NetworkName,
    /// The people for whom the network is made.
    pub audience: Audience,
    /// What the network is meant to achieve. Absent: not recorded.
    pub purpose: Option<Purpose>,
    /// The topics of the network, and those that it leaves to others. Absent: not recorded.
    pub scope_note: Option<ScopeNote>,
    /// How often the network meets.
    pub cadence: Cadence,
    /// Who may see the network, and who may see its memberships.
    pub visibility: NetworkVisibility,
    /// How members join the network on their own request.
    pub join_policy: JoinPolicy,
    /// The member origins that may sit in the network. Empty or absent: all origins.
    #[serde(default)]
    #[validate(length(max = 8))]
    #[schema(max_items = 8)]
    pub eligible_origins: Vec<MemberOrigin>,
    /// The objectives of the network for the current year. Absent: none.
    #[serde(default)]
    #[validate(length(max = 10))]
    #[schema(max_items = 10)]
    pub annual_objectives: Vec<Objective>,
}

/// Fields of a network to change (JSON merge patch, RFC 7396): a field left out stays as it is, `null` clears it.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema, AsChangeset)]
#[diesel(table_name = network)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"cadence": "monthly", "purpose": null}))]
pub struct NetworkPatch {
    /// Name of the network, as people read it.
    #[serde(default, deserialize_with = "replaceable")]
    pub name: Option<NetworkName>,
    /// The people for whom the network is made.
    #[serde(default, deserialize_with = "replaceable")]
    pub audience: Option<Audience>,
    /// What the network is meant to achieve.
    #[serde(default, deserialize_with = "clearable")]
    pub purpose: Option<Option<Purpose>>,
    /// The topics of the network, and those that it leaves to others.
    #[serde(default, deserialize_with = "clearable")]
    pub scope_note: Option<Option<ScopeNote>>,
    /// How often the network meets.
    #[serde(default, deserialize_with = "replaceable")]
    pub cadence: Option<Cadence>,
    /// Who may see the network, and who may see its memberships. Only the SIG changes it.
    #[serde(default, deserialize_with = "replaceable")]
    pub visibility: Option<NetworkVisibility>,
    /// How members join the network on their own request.
    #[serde(default, deserialize_with = "replaceable")]
    pub join_policy: Option<JoinPolicy>,
    /// The member origins that may sit in the network. Empty: all origins.
    #[serde(default, deserialize_with = "replaceable")]
    #[validate(length(max = 8))]
    #[schema(max_items = 8)]
    pub eligible_origins: Option<Vec<MemberOrigin>>,
    /// The objectives of the network for the current year: the whole list replaces the former one.
    #[serde(default, deserialize_with = "replaceable")]
    #[validate(length(max = 10))]
    #[schema(max_items = 10)]
    pub annual_objectives: Option<Vec<Objective>>,
    /// The day on which the charter of the network was adopted.
    #[serde(default, deserialize_with = "clearable")]
    pub charter_adopted_on: Option<Option<Day>>,
    /// The day on which the objectives were last reviewed.
    #[serde(default, deserialize_with = "clearable")]
    pub objectives_reviewed_on: Option<Option<Day>>,
}

codes! {
    /// What a network can bring along.
    NetworkInclude {
        Leads = "leads" ("l’animation et la co-animation du réseau", "its leads and co-leads"),
        CoAnimations = "co_animations" ("les co-animations", "its co-animations"),
        Announcements = "announcements" ("les dernières annonces publiées", "its latest published announcements"),
        Tracking = "tracking" ("le suivi", "its tracking page"),
    }
}

/// What to bring along with a network.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct NetworkQuery {
    /// What to bring along, in `included`. Repeat the parameter, or separate values by commas. Absent: nothing.
    #[serde(default)]
    #[param(value_type = Option<Vec<NetworkInclude>>, min_items = 1, max_items = 4)]
    pub include: Several<NetworkInclude>,
}

/// Filters of the list of networks.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct NetworkFilter {
    /// Keeps only the networks whose name contains this text. Case and accents do not matter.
    #[param(inline)]
    pub q: Option<SearchWords>,
    /// Keeps only the networks that changed at this time (UTC) or later.
    pub updated_since: Option<Instant>,
    /// Keeps only the networks in this status. Absent: all.
    pub status: Option<NetworkStatus>,
}

/// A network as the caller sees it.
pub type NetworkView = Seen<Network>;
/// One page of networks.
pub type NetworkPage = Page<NetworkView>;

impl Noun for Network {
    const NAME: &'static str = "network";
    const COLLECTION: &'static str = "networks";
    const OFFERS: &'static [Offer<Self>] = &[
        Offer::of::<Read>(),
        Offer::of::<Update>(),
        Offer::of::<Activate>(),
        Offer::of::<Pause>(),
        Offer::of::<Close>(),
    ];

    kernel::versioned!();

    fn key(&self) -> String {
        self.code.to_string()
    }
}
