//! Network (réseau métier): communicators of one métier, across organizations.

mod rules;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use kernel::patch::{clearable, replaceable};
use kernel::schema::network;
use kernel::{MemberOrigin, NetworkId, Noun, Offer, Page, PrincipalId, SearchWords, Seen, Version, codes, text};
pub(crate) use rules::shown;
pub use rules::{Activate, Close, Create, Pause, Read, Update, visible};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

text!(
    /// The stable code of a network, which stands in its address.
    NetworkCode, 2..=40, Code
);
text!(
    /// The name of a network.
    NetworkName, 1..=200, Line
);
text!(
    /// Whom a network is for.
    Audience, 1..=500, Line
);
text!(
    /// What a network is for.
    Purpose, 1..=4000, Prose
);
text!(
    /// What a network deals with, and what it leaves to others.
    ScopeNote, 1..=2000, Prose
);
text!(
    /// One objective of the year.
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
    /// Who knows of a network, and who knows who sits in it.
    NetworkVisibility {
        Listed = "listed" ("connue de tous, membres compris", "known to all, members included"),
        Members = "members" ("connue de tous, membres réservés", "known to all, members kept to its own"),
        Hidden = "hidden" ("connue de ses membres et du SIG", "known to its members and the SIG"),
    }
}

codes! {
    /// How one joins a network.
    JoinPolicy {
        Invitation = "invitation" ("sur invitation", "by invitation"),
        Request = "request" ("sur demande", "on request"),
        Automatic = "automatic" ("de droit", "by right"),
    }
}

codes! {
    /// Where a network stands in its life.
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

/// Communicators of one métier, across organizations.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema, HasQuery)]
#[diesel(table_name = network, check_for_backend(Pg))]
pub struct Network {
    /// Its identifier.
    pub id: NetworkId,
    /// Its stable code.
    pub code: NetworkCode,
    /// Its name.
    pub name: NetworkName,
    /// Whom it is for.
    pub audience: Audience,
    /// What it is for.
    pub purpose: Option<Purpose>,
    /// What it deals with, and what it leaves to others.
    pub scope_note: Option<ScopeNote>,
    /// How often it meets.
    pub cadence: Cadence,
    /// Who knows of it.
    pub visibility: NetworkVisibility,
    /// How one joins it.
    pub join_policy: JoinPolicy,
    /// The origins of those who may sit in it; all, if there is none.
    #[schema(max_items = 8)]
    pub eligible_origins: Vec<MemberOrigin>,
    /// What it means to reach this year.
    #[schema(max_items = 10)]
    pub annual_objectives: Vec<Objective>,
    /// The day on which its charter was adopted.
    pub charter_adopted_on: Option<NaiveDate>,
    /// The day on which its objectives were last reviewed.
    pub objectives_reviewed_on: Option<NaiveDate>,
    /// Where it stands in its life.
    pub status: NetworkStatus,
    /// Grows at each change.
    pub version: Version,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// Who created it.
    pub created_by: PrincipalId,
    /// Who last changed it.
    pub updated_by: PrincipalId,
}

/// A network to create; it begins in preparation.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema, Insertable)]
#[diesel(table_name = network)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"code": "podcast", "name": "Réseau podcast", "audience": "Producteurs de contenus audio", "cadence": "quarterly", "visibility": "listed", "join_policy": "request"}))]
pub struct NetworkInput {
    /// Its stable code; it never changes.
    pub code: NetworkCode,
    /// Its name.
    pub name: NetworkName,
    /// Whom it is for.
    pub audience: Audience,
    /// What it is for.
    pub purpose: Option<Purpose>,
    /// What it deals with, and what it leaves to others.
    pub scope_note: Option<ScopeNote>,
    /// How often it meets.
    pub cadence: Cadence,
    /// Who knows of it.
    pub visibility: NetworkVisibility,
    /// How one joins it.
    pub join_policy: JoinPolicy,
    /// The origins of those who may sit in it; all, if there is none.
    #[serde(default)]
    #[validate(length(max = 8))]
    #[schema(max_items = 8)]
    pub eligible_origins: Vec<MemberOrigin>,
    /// What it means to reach this year.
    #[serde(default)]
    #[validate(length(max = 10))]
    #[schema(max_items = 10)]
    pub annual_objectives: Vec<Objective>,
}

/// What to change of a network: absent keeps, `null` clears.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema, AsChangeset)]
#[diesel(table_name = network)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"cadence": "monthly", "purpose": null}))]
pub struct NetworkPatch {
    /// Its name.
    #[serde(default, deserialize_with = "replaceable")]
    pub name: Option<NetworkName>,
    /// Whom it is for.
    #[serde(default, deserialize_with = "replaceable")]
    pub audience: Option<Audience>,
    /// What it is for.
    #[serde(default, deserialize_with = "clearable")]
    pub purpose: Option<Option<Purpose>>,
    /// What it deals with, and what it leaves to others.
    #[serde(default, deserialize_with = "clearable")]
    pub scope_note: Option<Option<ScopeNote>>,
    /// How often it meets.
    #[serde(default, deserialize_with = "replaceable")]
    pub cadence: Option<Cadence>,
    /// Who knows of it: changed by the SIG alone.
    #[serde(default, deserialize_with = "replaceable")]
    pub visibility: Option<NetworkVisibility>,
    /// How one joins it.
    #[serde(default, deserialize_with = "replaceable")]
    pub join_policy: Option<JoinPolicy>,
    /// The origins of those who may sit in it; all, if there is none.
    #[serde(default, deserialize_with = "replaceable")]
    #[validate(length(max = 8))]
    #[schema(max_items = 8)]
    pub eligible_origins: Option<Vec<MemberOrigin>>,
    /// What it means to reach this year.
    #[serde(default, deserialize_with = "replaceable")]
    #[validate(length(max = 10))]
    #[schema(max_items = 10)]
    pub annual_objectives: Option<Vec<Objective>>,
    /// The day on which its charter was adopted.
    #[serde(default, deserialize_with = "clearable")]
    pub charter_adopted_on: Option<Option<NaiveDate>>,
    /// The day on which its objectives were last reviewed.
    #[serde(default, deserialize_with = "clearable")]
    pub objectives_reviewed_on: Option<Option<NaiveDate>>,
}

/// Which networks of the list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct NetworkFilter {
    /// Words of its name, whatever their case and accents.
    #[param(inline)]
    pub q: Option<SearchWords>,
    /// Where it stands in its life.
    pub status: Option<NetworkStatus>,
}

/// A network as the caller sees it.
pub type NetworkView = Seen<Network>;
/// A page of networks.
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
