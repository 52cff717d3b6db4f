//! Organization (organisation): a body of the State, or one that works with it.

mod rules;

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
pub use kernel::directory::OrganizationStatus;
use kernel::directory::{OrganizationKind, OrganizationLife, OrganizationName, OrganizationReference, ShortName};
use kernel::patch::{clearable, replaceable};
use kernel::schema::organization;
use kernel::{
    AsOf, Count, MemberOrigin, Noun, Offer, OrganizationId, Page, PrincipalId, SearchWords, Seen, Shown, Sort, Version,
    codes,
};
pub use rules::{Close, Create, Read, Update, UpdateContacts, visible};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::contact::{ContactPoints, EmailDomain, Website};
use crate::reorganization::SuccessorInput;
use crate::siren::{Siren, Siret};
use crate::territory::TerritoryCode;

codes! {
    /// What a prefecture is the prefecture of.
    PrefectureLevel {
        Department = "department" ("département", "department"),
        Region = "region" ("région", "region"),
        Police = "police" ("police", "police"),
        Overseas = "overseas" ("outre-mer", "overseas"),
    }
}

/// How many aliases an organization keeps.
pub const MOST_ALIASES: usize = 20;

/// A body of the State, or one that works with it.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema, HasQuery)]
#[diesel(table_name = organization, check_for_backend(Pg))]
pub struct Organization {
    /// Its identifier.
    pub id: OrganizationId,
    /// What it is.
    pub kind: OrganizationKind,
    /// Of what, for a prefecture.
    pub prefecture_level: Option<PrefectureLevel>,
    /// The origin of its members, where it is not the one of its kind.
    pub origin_override: Option<MemberOrigin>,
    /// The origin of its members: one of the eight of the brief.
    pub origin: MemberOrigin,
    /// Its full name.
    pub name: OrganizationName,
    /// Its short name.
    pub short_name: Option<ShortName>,
    /// Other names, former ones among them.
    #[schema(max_items = 20)]
    pub aliases: Vec<OrganizationName>,
    /// The organization it belongs to.
    pub parent_id: Option<OrganizationId>,
    /// Its SIREN.
    pub siren: Option<Siren>,
    /// The SIRETs of its establishments.
    #[schema(max_items = 20)]
    pub sirets: Vec<Siret>,
    /// Where it acts, or sits.
    pub territory_code: Option<TerritoryCode>,
    /// The domains of its members' e-mail addresses.
    #[schema(max_items = 20)]
    pub email_domains: Vec<EmailDomain>,
    /// Its site.
    pub website: Option<Website>,
    /// How to reach it.
    pub contact_points: ContactPoints,
    /// Those that it was merged or split into.
    pub successor_ids: Vec<OrganizationId>,
    /// Where it stands in its life.
    pub status: OrganizationStatus,
    /// Grows at each change.
    pub version: Version,
    /// When it was recorded.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// Who recorded it.
    pub created_by: PrincipalId,
    /// Who last changed it.
    pub updated_by: PrincipalId,
}

/// An organization to record.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema, Insertable)]
#[diesel(table_name = organization)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"kind": "operator", "name": "Agence nationale de la cohésion des territoires", "short_name": "ANCT"}))]
pub struct OrganizationInput {
    /// What it is.
    pub kind: OrganizationKind,
    /// Of what, for a prefecture.
    pub prefecture_level: Option<PrefectureLevel>,
    /// The origin of its members, where it is not the one of its kind.
    pub origin_override: Option<MemberOrigin>,
    /// Its full name.
    pub name: OrganizationName,
    /// Its short name.
    pub short_name: Option<ShortName>,
    /// Other names.
    #[serde(default)]
    #[validate(length(max = 20))]
    #[schema(max_items = 20)]
    pub aliases: Vec<OrganizationName>,
    /// The organization it belongs to.
    pub parent_id: Option<OrganizationId>,
    /// Its SIREN.
    pub siren: Option<Siren>,
    /// The SIRETs of its establishments.
    #[serde(default)]
    #[validate(length(max = 20))]
    #[schema(max_items = 20)]
    pub sirets: Vec<Siret>,
    /// Where it acts, or sits.
    pub territory_code: Option<TerritoryCode>,
    /// The domains of its members' e-mail addresses.
    #[serde(default)]
    #[validate(length(max = 20))]
    #[schema(max_items = 20)]
    pub email_domains: Vec<EmailDomain>,
    /// Its site.
    pub website: Option<Website>,
    /// How to reach it.
    #[serde(default)]
    #[validate(length(max = 20))]
    pub contact_points: ContactPoints,
}

impl OrganizationInput {
    /// The organization that a reorganization creates: the rest is said of it later.
    #[must_use]
    pub fn of(new: &SuccessorInput) -> Self {
        Self {
            kind: new.kind,
            prefecture_level: None,
            origin_override: None,
            name: new.name.clone(),
            short_name: new.short_name.clone(),
            aliases: Vec::new(),
            parent_id: new.parent_id,
            siren: None,
            sirets: Vec::new(),
            territory_code: None,
            email_domains: Vec::new(),
            website: None,
            contact_points: ContactPoints::default(),
        }
    }
}

/// What to change of an organization: absent keeps, `null` clears. A name that goes is kept as an alias.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema, AsChangeset)]
#[diesel(table_name = organization)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"short_name": "SIG", "website": null}))]
pub struct OrganizationPatch {
    /// What it is.
    #[serde(default, deserialize_with = "replaceable")]
    pub kind: Option<OrganizationKind>,
    /// Of what, for a prefecture.
    #[serde(default, deserialize_with = "clearable")]
    pub prefecture_level: Option<Option<PrefectureLevel>>,
    /// The origin of its members, where it is not the one of its kind.
    #[serde(default, deserialize_with = "clearable")]
    pub origin_override: Option<Option<MemberOrigin>>,
    /// Its full name.
    #[serde(default, deserialize_with = "replaceable")]
    pub name: Option<OrganizationName>,
    /// Its short name.
    #[serde(default, deserialize_with = "clearable")]
    pub short_name: Option<Option<ShortName>>,
    /// Other names.
    #[serde(default, deserialize_with = "replaceable")]
    #[validate(length(max = 20))]
    #[schema(max_items = 20)]
    pub aliases: Option<Vec<OrganizationName>>,
    /// The organization it belongs to.
    #[serde(default, deserialize_with = "clearable")]
    pub parent_id: Option<Option<OrganizationId>>,
    /// Its SIREN.
    #[serde(default, deserialize_with = "clearable")]
    pub siren: Option<Option<Siren>>,
    /// The SIRETs of its establishments.
    #[serde(default, deserialize_with = "replaceable")]
    #[validate(length(max = 20))]
    #[schema(max_items = 20)]
    pub sirets: Option<Vec<Siret>>,
    /// Where it acts, or sits.
    #[serde(default, deserialize_with = "clearable")]
    pub territory_code: Option<Option<TerritoryCode>>,
    /// The domains of its members' e-mail addresses.
    #[serde(default, deserialize_with = "replaceable")]
    #[validate(length(max = 20))]
    #[schema(max_items = 20)]
    pub email_domains: Option<Vec<EmailDomain>>,
    /// Its site.
    #[serde(default, deserialize_with = "clearable")]
    pub website: Option<Option<Website>>,
    /// How to reach it.
    #[serde(default, deserialize_with = "replaceable")]
    #[validate(length(max = 20))]
    pub contact_points: Option<ContactPoints>,
}

/// The ways to reach an organization, all of them anew.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"contact_points": [{"kind": "email", "label": "Presse", "value": "presse@exemple.gouv.fr"}]}))]
pub struct OrganizationContacts {
    /// In the order in which to try them.
    #[validate(length(max = 20))]
    pub contact_points: ContactPoints,
}

/// Which organizations of the list. One who may read names only finds nothing by what he may not read.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct OrganizationFilter {
    /// Words of its name or short name, whatever their case and accents.
    #[param(inline)]
    pub q: Option<SearchWords>,
    /// What it is.
    pub kind: Option<OrganizationKind>,
    /// The origin of its members.
    pub origin: Option<MemberOrigin>,
    /// Where it stands in its life; active ones alone, unless asked.
    pub status: Option<OrganizationStatus>,
    /// Those directly below this organization.
    pub parent_id: Option<OrganizationId>,
    /// Those of this territory.
    pub territory_code: Option<TerritoryCode>,
    /// The one with this SIREN.
    #[param(inline)]
    pub siren: Option<Siren>,
    /// In which order; by name, unless asked.
    #[param(default = "name")]
    pub sort: Option<Sort>,
    /// Whether to say how many there are in all.
    pub count: Option<Count>,
}

/// At which day to look.
#[derive(Debug, Clone, Copy, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct At {
    /// The end of this past day (Europe/Paris), with what is known today.
    #[param(inline)]
    pub as_of: Option<AsOf>,
}

/// An organization as the caller sees it.
pub type OrganizationView = Shown<Seen<Organization>, OrganizationReference>;
/// A page of organizations.
pub type OrganizationPage = Page<OrganizationView>;

impl From<Organization> for OrganizationReference {
    fn from(it: Organization) -> Self {
        Self { id: it.id, kind: it.kind, name: it.name, short_name: it.short_name }
    }
}

impl Organization {
    /// Whether it lives, and who lives on in its place.
    #[must_use]
    pub fn life(&self) -> OrganizationLife {
        OrganizationLife { status: self.status, successor_ids: self.successor_ids.clone() }
    }
}

impl Noun for Organization {
    const NAME: &'static str = "organization";
    const COLLECTION: &'static str = "organizations";
    const OFFERS: &'static [Offer<Self>] =
        &[Offer::of::<Read>(), Offer::of::<Update>(), Offer::of::<UpdateContacts>(), Offer::of::<Close>()];

    kernel::versioned!();
}
