//! Shared contacts: persons and services without an account, kept by one organization and shared with others.

mod rules;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use kernel::Day;
use kernel::directory::{NetworkReference, OrganizationName};
use kernel::named::MaybeNamed;
use kernel::patch::{clearable, replaceable};
use kernel::schema::contact;
use kernel::sql::clock;
use kernel::{
    Actor, ContactId, NetworkId, Noun, Offer, OrganizationId, Page, PrincipalId, SearchWords, Seen, Version, codes,
    text,
};
use members::contact::{Email, Phone, Website};
use members::member::GivenName;
use networks::network::NetworkCode;
pub use rules::{Archive, Create, Read, Update, visible};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::linked_network::LinkedNetwork;
use crate::person::Place;

text!(
    /// Usual name (nom d’usage) of a person, or name of a service.
    ContactName, 1..=200, Line
);
text!(
    /// Position (fonction) of a person, as free text.
    RoleTitle, 1..=200, Line
);
text!(
    /// Free text about a contact.
    ContactNote, 1..=2000, Prose
);

codes! {
    /// Kind of a shared contact.
    SharedContactKind {
        Person = "person" ("personne", "person"),
        Service = "service" ("service", "service"),
    }
}

codes! {
    /// Who sees a shared contact. The organization that keeps it and the SIG always do.
    ContactSharing {
        Organization = "organization" ("l’organisation qui gère le contact", "the organization that keeps the contact"),
        Network = "network" ("un réseau", "a network"),
        AllMembers = "all_members" ("tous les membres, sauf les partenaires, observateurs et observatrices", "all members but partners and observers"),
    }
}

/// SQL functions that a contact's queries call.
mod sql {
    use diesel::sql_types::{Date, Nullable, Timestamptz, Uuid};

    diesel::define_sql_function! {
        #[sql_name = "app.organization_named"]
        fn organization_named(organization: Nullable<Uuid>) -> Nullable<Jsonb>;
    }
    diesel::define_sql_function! {
        #[sql_name = "app.organization_named"]
        fn owner_named(organization: Uuid) -> Jsonb;
    }
    diesel::define_sql_function! {
        #[sql_name = "app.linked_network"]
        fn linked_network(network: Nullable<Uuid>) -> Nullable<Jsonb>;
    }
    diesel::define_sql_function! {
        /// Whether a day has passed.
        #[sql_name = "app.is_past"]
        fn is_past(day: Nullable<Date>, at: Timestamptz) -> Bool;
    }
}

pub use sql::is_past;

/// Shared contact: a person or a service without an account, kept by one organization and shared with others.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema, HasQuery)]
#[diesel(table_name = contact, check_for_backend(Pg))]
pub struct Contact {
    /// Identifier of the contact.
    pub id: ContactId,
    /// Whether the contact is a person or a service.
    pub kind: SharedContactKind,
    /// Given name of the person. Absent for a service.
    pub given_name: Option<GivenName>,
    /// Usual name of the person, or name of the service.
    pub name: ContactName,
    /// Organization of the directory where the contact works. Absent if none is given, or if it is not in the
    /// directory.
    #[diesel(select_expression = sql::organization_named(contact::organization_id))]
    pub organization: Option<Place>,
    /// Name of the organization where the contact works, if it is not in the directory. Never together with
    /// `organization`.
    pub organization_name: Option<OrganizationName>,
    /// Position of the contact in that organization. Absent if it is not known.
    pub role_title: Option<RoleTitle>,
    /// Professional e-mail address. Absent if it is not known.
    pub email: Option<Email>,
    /// Professional telephone numbers in international form (`+33…`), at most 5. Empty if none is known.
    #[schema(max_items = 5)]
    pub phones: Vec<Phone>,
    /// Website of the contact. Absent if none is known.
    pub website: Option<Website>,
    /// Free text about the contact. Absent if there is none.
    pub note: Option<ContactNote>,
    /// With whom the contact is shared. If it is shared with a network hidden from the caller, it shows as
    /// `organization`.
    pub sharing: ContactSharing,
    /// Code of the network that it is shared with. Absent unless `sharing` is `network` and the caller may know of the
    /// network.
    #[diesel(select_expression = sql::linked_network(contact::network_id))]
    #[schema(value_type = Option<NetworkCode>)]
    pub network_code: Option<LinkedNetwork>,
    /// That network, by name. Absent: as for `network_code`.
    #[diesel(select_expression = MaybeNamed::default(), select_expression_type = MaybeNamed<NetworkReference, contact::network_id>)]
    pub network: Option<NetworkReference>,
    /// Identifier of the network that it is shared with. It is not shown to callers.
    #[serde(skip)]
    #[schema(ignore)]
    pub network_id: Option<NetworkId>,
    /// Organization that keeps the contact.
    #[diesel(select_expression = sql::owner_named(contact::owner_id))]
    pub owner: Place,
    /// Last day (YYYY-MM-DD, Europe/Paris) on which the contact counts as up to date. Absent: no such day is set.
    pub review_by: Option<NaiveDate>,
    /// Whether the day `review_by` has passed, so that the contact should be checked.
    #[diesel(select_expression = sql::is_past(contact::review_by, clock()))]
    pub stale: bool,
    /// When the contact was archived (UTC). Absent while it is in use.
    pub archived_at: Option<DateTime<Utc>>,
    /// Version of the contact: 1 when it is created, one more with each change.
    pub version: Version,
    /// When the contact was recorded (UTC).
    pub created_at: DateTime<Utc>,
    /// When the contact last changed (UTC).
    pub updated_at: DateTime<Utc>,
    /// Identifier of the principal who recorded it (a member, a service account or the system).
    pub created_by: PrincipalId,
    /// Identifier of the principal who last changed it (a member, a service account or the system).
    pub updated_by: PrincipalId,
}

impl Contact {
    /// The contact as a caller may know it: one shared with a network that is hidden from the caller shows as shared
    /// with its organization only.
    #[must_use]
    pub fn known_to(self, actor: &Actor) -> Self {
        let network_code = self.network_code.filter(|it| it.visibility.shows(it.id, actor));
        let unsaid = self.sharing == ContactSharing::Network && network_code.is_none();
        let sharing = if unsaid { ContactSharing::Organization } else { self.sharing };
        let network = self.network.filter(|_| network_code.is_some());
        Self { sharing, network_code, network, ..self }
    }
}

/// A shared contact to create.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema, Insertable)]
#[diesel(table_name = contact, treat_none_as_default_value = false)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"kind": "person", "given_name": "Camille", "name": "Exemple", "organization_name": "Agence de presse exemple", "role_title": "Cheffe de rubrique",
    "email": "camille.exemple@presse.example", "phones": ["01 23 45 67 89"], "sharing": "all_members", "review_by": "2027-06-30"}))]
pub struct ContactInput {
    /// Whether the contact is a person or a service. It cannot be changed later.
    pub kind: SharedContactKind,
    /// Given name of the person. Not allowed for a service. Absent: none.
    pub given_name: Option<GivenName>,
    /// Usual name of the person, or name of the service.
    pub name: ContactName,
    /// Identifier of the organization of the directory where the contact works. Not together with `organization_name`.
    pub organization_id: Option<OrganizationId>,
    /// Name of the organization where the contact works, if it is not in the directory. Not together with
    /// `organization_id`.
    pub organization_name: Option<OrganizationName>,
    /// Position of the contact in that organization. Absent: none.
    pub role_title: Option<RoleTitle>,
    /// Professional e-mail address. Absent: none.
    pub email: Option<Email>,
    /// Professional telephone numbers, at most 5, in French or international form. Absent: none.
    #[serde(default)]
    #[validate(length(max = 5))]
    #[schema(max_items = 5)]
    pub phones: Vec<Phone>,
    /// Website of the contact. Absent: none.
    pub website: Option<Website>,
    /// Free text about the contact. Absent: none.
    pub note: Option<ContactNote>,
    /// With whom the contact is shared.
    pub sharing: ContactSharing,
    /// Code of the network to share with: one in which the caller has a seat other than observer; any network for the
    /// SIG. Required if `sharing` is `network`, else not allowed.
    #[diesel(skip_insertion)]
    pub network_code: Option<NetworkCode>,
    /// Identifier of the organization that keeps the contact: one to which the caller is affiliated. Absent: the
    /// organization of the caller’s main affiliation.
    #[diesel(skip_insertion)]
    pub owner_id: Option<OrganizationId>,
    /// Last day (YYYY-MM-DD, Europe/Paris) on which the contact counts as up to date. Absent: no such day.
    pub review_by: Option<Day>,
}

/// Fields of a shared contact to change (JSON merge patch, RFC 7396): a field left out stays as it is, `null` clears
/// it.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema, AsChangeset)]
#[diesel(table_name = contact)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"phones": ["+33123456789"], "review_by": "2027-12-31", "note": null}))]
pub struct ContactPatch {
    /// Given name of the person. Not allowed for a service.
    #[serde(default, deserialize_with = "clearable")]
    pub given_name: Option<Option<GivenName>>,
    /// Usual name of the person, or name of the service.
    #[serde(default, deserialize_with = "replaceable")]
    pub name: Option<ContactName>,
    /// Identifier of the organization of the directory where the contact works. Not together with `organization_name`.
    #[serde(default, deserialize_with = "clearable")]
    pub organization_id: Option<Option<OrganizationId>>,
    /// Name of the organization where the contact works, if it is not in the directory. Not together with
    /// `organization_id`.
    #[serde(default, deserialize_with = "clearable")]
    pub organization_name: Option<Option<OrganizationName>>,
    /// Position of the contact in that organization.
    #[serde(default, deserialize_with = "clearable")]
    pub role_title: Option<Option<RoleTitle>>,
    /// Professional e-mail address.
    #[serde(default, deserialize_with = "clearable")]
    pub email: Option<Option<Email>>,
    /// Professional telephone numbers, at most 5, in French or international form. The list replaces the present one.
    #[serde(default, deserialize_with = "replaceable")]
    #[validate(length(max = 5))]
    #[schema(max_items = 5)]
    pub phones: Option<Vec<Phone>>,
    /// Website of the contact.
    #[serde(default, deserialize_with = "clearable")]
    pub website: Option<Option<Website>>,
    /// Free text about the contact.
    #[serde(default, deserialize_with = "clearable")]
    pub note: Option<Option<ContactNote>>,
    /// With whom the contact is shared. If it is `network`, give `network_code` too.
    #[serde(default, deserialize_with = "replaceable")]
    pub sharing: Option<ContactSharing>,
    /// Code of the network to share with: one in which the caller has a seat other than observer; any network for the
    /// SIG. Allowed only if the contact is shared with a network after this change.
    #[serde(default, deserialize_with = "clearable")]
    #[diesel(skip_update)]
    pub network_code: Option<Option<NetworkCode>>,
    /// Last day (YYYY-MM-DD, Europe/Paris) on which the contact counts as up to date.
    #[serde(default, deserialize_with = "clearable")]
    pub review_by: Option<Option<Day>>,
}

/// Filters of the list of shared contacts.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ContactFilter {
    /// Keeps only contacts whose given name, name, organization name or position contains this text. Case and accents
    /// do not count. Names of organizations of the directory are not searched.
    #[param(inline)]
    pub q: Option<SearchWords>,
    /// Keeps only persons or only services.
    pub kind: Option<SharedContactKind>,
    /// Keeps only contacts who work in this organization.
    pub organization_id: Option<OrganizationId>,
    /// Keeps only contacts kept by this organization.
    pub owner_id: Option<OrganizationId>,
    /// Keeps only contacts shared in this way, as the caller sees it.
    pub sharing: Option<ContactSharing>,
    /// Keeps only contacts whose day `review_by` has passed (`true`), or has not passed or is not set (`false`).
    pub stale: Option<bool>,
    /// `true` keeps only archived contacts, `false` (the default) only those in use.
    #[serde(default)]
    pub archived: bool,
}

/// A contact as the caller sees it.
pub type ContactView = Seen<Contact>;
/// A page of contacts.
pub type ContactPage = Page<ContactView>;

impl Noun for Contact {
    const NAME: &'static str = "contact";
    const COLLECTION: &'static str = "contacts";
    const OFFERS: &'static [Offer<Self>] = &[Offer::of::<Read>(), Offer::of::<Update>(), Offer::of::<Archive>()];

    kernel::versioned!();
}
