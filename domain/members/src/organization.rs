//! Organization (organisation): a body of the State, or one that works with it.

mod rules;

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
pub use kernel::directory::OrganizationStatus;
use kernel::directory::{
    ExternalId, OrganizationKind, OrganizationLife, OrganizationName, OrganizationReference, ShortName,
};
use kernel::named::{EachNamed, MaybeNamed};
use kernel::patch::{clearable, replaceable};
use kernel::schema::organization;
use kernel::{
    AsOf, Count, FieldSources, Instant, MemberOrigin, Noun, Offer, OrganizationId, Page, PrincipalId, SearchWords,
    Seen, Several, Shown, Sort, Version, codes,
};
pub use rules::{Close, Create, Read, Release, Update, UpdateContacts, visible};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::contact::{ContactPoints, EmailDomain, Website};
use crate::reorganization::SuccessorInput;
use crate::siren::{Siren, Siret};
use crate::territory::{TerritoryCode, TerritoryReference};

codes! {
    /// Level of a prefecture: what it is the prefecture of.
    PrefectureLevel {
        Department = "department" ("département", "department"),
        Region = "region" ("région", "region"),
        Police = "police" ("préfecture de police", "police"),
        Overseas = "overseas" ("outre-mer", "overseas territory"),
    }
}

/// Maximum number of aliases of an organization.
pub const MOST_ALIASES: usize = 20;

/// Organization (organisation): a body of the State, or one that works with it.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema, HasQuery)]
#[diesel(table_name = organization, check_for_backend(Pg))]
pub struct Organization {
    /// Identifier of the organization.
    pub id: OrganizationId,
    /// Kind of the organization.
    pub kind: OrganizationKind,
    /// Level of a prefecture. Absent for every other kind.
    pub prefecture_level: Option<PrefectureLevel>,
    /// Origin of its members, if it differs from the one of its kind. Absent: the origin of its kind holds.
    pub origin_override: Option<MemberOrigin>,
    /// Origin of its members: `origin_override`, or else the origin of its kind.
    pub origin: MemberOrigin,
    /// Full name.
    pub name: OrganizationName,
    /// Short name or acronym (sigle). Absent: it has none.
    pub short_name: Option<ShortName>,
    /// Other names, former ones included.
    #[schema(max_items = 20)]
    pub aliases: Vec<OrganizationName>,
    /// Identifier of the organization directly above it. Absent: it stands at the top.
    pub parent_id: Option<OrganizationId>,
    /// Organization directly above it, by name. Absent: it stands at the top.
    #[diesel(select_expression = MaybeNamed::default(), select_expression_type = MaybeNamed<OrganizationReference, organization::parent_id>)]
    pub parent: Option<OrganizationReference>,
    /// SIREN number (9 digits). Absent: not known.
    pub siren: Option<Siren>,
    /// SIRET numbers (14 digits) of its establishments.
    #[schema(max_items = 20)]
    pub sirets: Vec<Siret>,
    /// Code of the territory where it acts or sits. Absent: not known, or the whole country.
    pub territory_code: Option<TerritoryCode>,
    /// Territory where it acts or sits, by name. Absent: as for `territory_code`.
    #[diesel(select_expression = MaybeNamed::default(), select_expression_type = MaybeNamed<TerritoryReference, organization::territory_code>)]
    pub territory: Option<TerritoryReference>,
    /// Domains of the e-mail addresses of its members.
    #[schema(max_items = 20)]
    pub email_domains: Vec<EmailDomain>,
    /// Address of its website. Absent: not known.
    pub website: Option<Website>,
    /// Ways to reach it, in the order in which to try them.
    pub contact_points: ContactPoints,
    /// Identifiers of the organizations that it was merged or split into. Empty otherwise.
    pub successor_ids: Vec<OrganizationId>,
    /// These organizations, by name.
    #[diesel(select_expression = EachNamed::default(), select_expression_type = EachNamed<OrganizationReference, organization::successor_ids>)]
    pub successors: Vec<OrganizationReference>,
    /// Status of the organization.
    pub status: OrganizationStatus,
    /// Version of the organization: 1 when it is created, one more with each change.
    pub version: Version,
    /// When the organization was recorded (UTC).
    pub created_at: DateTime<Utc>,
    /// When the organization last changed (UTC).
    pub updated_at: DateTime<Utc>,
    /// Identifier of the principal who recorded it (a member, a service account or the system).
    pub created_by: PrincipalId,
    /// Identifier of the principal who last changed it (a member, a service account or the system).
    pub updated_by: PrincipalId,
    /// Which source holds each field, by the name of the field: what others hold, a service account cannot change.
    pub field_sources: FieldSources,
}

/// An organization to create.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema, Insertable)]
#[diesel(table_name = organization)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"kind": "operator", "name": "Agence nationale de la cohésion des territoires", "short_name": "ANCT"}))]
pub struct OrganizationInput {
    /// Kind of the organization.
    pub kind: OrganizationKind,
    /// Level of a prefecture. Only for the kind `prefecture`.
    pub prefecture_level: Option<PrefectureLevel>,
    /// Origin of its members, if it differs from the one of its kind. Absent: the origin of its kind holds.
    pub origin_override: Option<MemberOrigin>,
    /// Full name.
    pub name: OrganizationName,
    /// Short name or acronym (sigle).
    pub short_name: Option<ShortName>,
    /// Other names. Default: none.
    #[serde(default)]
    #[validate(length(max = 20))]
    #[schema(max_items = 20)]
    pub aliases: Vec<OrganizationName>,
    /// Identifier of the organization directly above it. Absent: it stands at the top.
    pub parent_id: Option<OrganizationId>,
    /// SIREN number (9 digits).
    pub siren: Option<Siren>,
    /// SIRET numbers (14 digits) of its establishments. Default: none.
    #[serde(default)]
    #[validate(length(max = 20))]
    #[schema(max_items = 20)]
    pub sirets: Vec<Siret>,
    /// Code of the territory where it acts or sits.
    pub territory_code: Option<TerritoryCode>,
    /// Domains of the e-mail addresses of its members. Default: none.
    #[serde(default)]
    #[validate(length(max = 20))]
    #[schema(max_items = 20)]
    pub email_domains: Vec<EmailDomain>,
    /// Address of its website.
    pub website: Option<Website>,
    /// Ways to reach it, in the order in which to try them.
    #[serde(default)]
    #[validate(length(max = 20))]
    pub contact_points: ContactPoints,
    /// What the directory of the caller calls it: for service accounts with a source. `GET /external-ids` finds it again.
    #[diesel(skip_insertion)]
    pub external_id: Option<ExternalId>,
}

impl OrganizationInput {
    /// The organization that a reorganization creates: its other fields are filled in later.
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
            external_id: None,
        }
    }
}

/// Fields of an organization to change (JSON merge patch, RFC 7396): a field left out stays as it is, `null` clears it.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema, AsChangeset)]
#[diesel(table_name = organization)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"short_name": "SIG", "website": null}))]
pub struct OrganizationPatch {
    /// Kind of the organization.
    #[serde(default, deserialize_with = "replaceable")]
    pub kind: Option<OrganizationKind>,
    /// Level of a prefecture. Only for the kind `prefecture`.
    #[serde(default, deserialize_with = "clearable")]
    pub prefecture_level: Option<Option<PrefectureLevel>>,
    /// Origin of its members, if it differs from the one of its kind.
    #[serde(default, deserialize_with = "clearable")]
    pub origin_override: Option<Option<MemberOrigin>>,
    /// Full name. The former one is kept as an alias.
    #[serde(default, deserialize_with = "replaceable")]
    pub name: Option<OrganizationName>,
    /// Short name or acronym (sigle).
    #[serde(default, deserialize_with = "clearable")]
    pub short_name: Option<Option<ShortName>>,
    /// All other names.
    #[serde(default, deserialize_with = "replaceable")]
    #[validate(length(max = 20))]
    #[schema(max_items = 20)]
    pub aliases: Option<Vec<OrganizationName>>,
    /// Identifier of the organization directly above it.
    #[serde(default, deserialize_with = "clearable")]
    pub parent_id: Option<Option<OrganizationId>>,
    /// SIREN number (9 digits).
    #[serde(default, deserialize_with = "clearable")]
    pub siren: Option<Option<Siren>>,
    /// All SIRET numbers (14 digits) of its establishments.
    #[serde(default, deserialize_with = "replaceable")]
    #[validate(length(max = 20))]
    #[schema(max_items = 20)]
    pub sirets: Option<Vec<Siret>>,
    /// Code of the territory where it acts or sits.
    #[serde(default, deserialize_with = "clearable")]
    pub territory_code: Option<Option<TerritoryCode>>,
    /// All domains of the e-mail addresses of its members.
    #[serde(default, deserialize_with = "replaceable")]
    #[validate(length(max = 20))]
    #[schema(max_items = 20)]
    pub email_domains: Option<Vec<EmailDomain>>,
    /// Address of its website.
    #[serde(default, deserialize_with = "clearable")]
    pub website: Option<Option<Website>>,
    /// All ways to reach it, in the order in which to try them.
    #[serde(default, deserialize_with = "replaceable")]
    #[validate(length(max = 20))]
    pub contact_points: Option<ContactPoints>,
    /// What the directory of the caller calls it: for service accounts with a source.
    #[serde(default, deserialize_with = "clearable")]
    #[diesel(skip_update)]
    pub external_id: Option<Option<ExternalId>>,
}

codes! {
    /// Field of an organization that a source keeps.
    OrganizationField {
        Name = "name" ("nom", "name"),
        ShortName = "short_name" ("nom court", "short name"),
        Aliases = "aliases" ("autres noms", "other names"),
        ParentId = "parent_id" ("rattachement", "organization above"),
        Siren = "siren" ("SIREN", "SIREN"),
        Sirets = "sirets" ("SIRET", "SIRETs"),
        TerritoryCode = "territory_code" ("territoire", "territory"),
        EmailDomains = "email_domains" ("domaines des adresses électroniques", "domains of e-mail addresses"),
        Website = "website" ("site", "website"),
        ContactPoints = "contact_points" ("moyens de la joindre", "contact points"),
        Kind = "kind" ("catégorie", "kind"),
        PrefectureLevel = "prefecture_level" ("niveau de préfecture", "level of a prefecture"),
        OriginOverride = "origin_override" ("origine particulière", "origin of its own"),
    }
}

/// Fields of an organization to give back to their source.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"fields": ["name", "sirets"]}))]
pub struct OrganizationFieldRelease {
    /// The fields that nobody keeps from now on.
    #[validate(length(min = 1, max = 13))]
    #[schema(min_items = 1, max_items = 13)]
    pub fields: Vec<OrganizationField>,
}

/// All contact points of an organization: they replace the former ones.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"contact_points": [{"kind": "email", "label": "Presse", "value": "presse@exemple.gouv.fr"}]}))]
pub struct OrganizationContacts {
    /// Ways to reach it, in the order in which to try them. An empty list removes all.
    #[validate(length(max = 20))]
    pub contact_points: ContactPoints,
}

codes! {
    /// Field by which a list of organizations is counted. `origin` and `territory_code` are counted for insiders only.
    OrganizationFacet {
        Kind = "kind" ("catégorie", "kind"),
        Origin = "origin" ("origine", "origin"),
        TerritoryCode = "territory_code" ("territoire", "territory"),
    }
}

/// Filters of the list of organizations.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct OrganizationFilter {
    /// Keeps only organizations whose name or short name contains this text, regardless of case and accents.
    #[param(inline)]
    pub q: Option<SearchWords>,
    /// Keeps only these organizations, at most 100. Repeat the parameter, or separate values by commas.
    #[serde(default)]
    #[param(value_type = Option<Vec<OrganizationId>>, min_items = 1, max_items = 100)]
    pub ids: Several<OrganizationId>,
    /// Keeps only the organizations that changed at this time (UTC) or later.
    pub updated_since: Option<Instant>,
    /// Keeps only the organizations that this DICOM serves, and itself.
    pub dicom_id: Option<OrganizationId>,
    /// Keeps only organizations of this kind.
    pub kind: Option<OrganizationKind>,
    /// Keeps only organizations whose members have this origin.
    pub origin: Option<MemberOrigin>,
    /// Keeps only organizations with this status. Absent: active ones.
    pub status: Option<OrganizationStatus>,
    /// Keeps only organizations directly below this one.
    pub parent_id: Option<OrganizationId>,
    /// Keeps only organizations of this territory.
    pub territory_code: Option<TerritoryCode>,
    /// Keeps only the organization with this SIREN number.
    #[param(inline)]
    pub siren: Option<Siren>,
    /// Order of the list. By change, callers who get names only find nothing.
    #[param(default = "name")]
    pub sort: Option<Sort>,
    /// `exact` also returns how many organizations there are in all, in `count`. Absent: they are not counted.
    pub count: Option<Count>,
    /// Fields by which the whole list is counted, in `facets`. Repeat the parameter, or separate values by commas.
    /// Absent: none.
    #[serde(default)]
    #[param(value_type = Option<Vec<OrganizationFacet>>, min_items = 1, max_items = 3)]
    pub facets: Several<OrganizationFacet>,
}

codes! {
    /// What an organization can bring along.
    OrganizationInclude {
        Links = "links" ("les liens en cours", "links in force"),
        Children = "children" ("les organisations directement rattachées", "organizations directly below it"),
        Dicoms = "dicoms" ("les DICOM qui la servent", "DICOMs that serve it"),
        Tracking = "tracking" ("le suivi", "its tracking page"),
    }
}

/// The day to look at, and what to bring along.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct OrganizationQuery {
    /// Past day, at whose end (Europe/Paris) to look, with what is known today. Absent: now.
    #[param(inline)]
    pub as_of: Option<AsOf>,
    /// What to bring along, in `included`: as it stands now. Repeat the parameter, or separate values by commas.
    /// Absent: nothing.
    #[serde(default)]
    #[param(value_type = Option<Vec<OrganizationInclude>>, min_items = 1, max_items = 4)]
    pub include: Several<OrganizationInclude>,
}

/// The day to look at.
#[derive(Debug, Clone, Copy, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct At {
    /// Past day, at whose end (Europe/Paris) to look, with what is known today. Absent: now.
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
    /// Whether it is active, and which organizations replace it.
    #[must_use]
    pub fn life(&self) -> OrganizationLife {
        OrganizationLife { status: self.status, successor_ids: self.successor_ids.clone() }
    }
}

impl Noun for Organization {
    const NAME: &'static str = "organization";
    const COLLECTION: &'static str = "organizations";
    const OFFERS: &'static [Offer<Self>] = &[
        Offer::of::<Read>(),
        Offer::of::<Update>(),
        Offer::of::<UpdateContacts>(),
        Offer::of::<Release>(),
        Offer::of::<Close>(),
    ];

    kernel::versioned!();
}
