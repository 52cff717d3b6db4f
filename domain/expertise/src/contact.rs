//! Shared contact: someone, or a service, who can be reached and has no account here.

mod rules;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use kernel::Day;
use kernel::directory::OrganizationName;
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
    /// The usual name of a person, or the name of a service.
    ContactName, 1..=200, Line
);
text!(
    /// What someone does.
    RoleTitle, 1..=200, Line
);
text!(
    /// What to know of a contact.
    ContactNote, 1..=2000, Prose
);

codes! {
    /// What a contact is.
    SharedContactKind {
        Person = "person" ("personne", "person"),
        Service = "service" ("service", "service"),
    }
}

codes! {
    /// With whom a contact is shared.
    ContactSharing {
        Organization = "organization" ("l'organisation qui le tient", "the organization that keeps it"),
        Network = "network" ("un réseau", "a network"),
        AllMembers = "all_members" ("tous les communicants de l'État", "all of the State's communicators"),
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

/// Someone, or a service, who can be reached and has no account here.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema, HasQuery)]
#[diesel(table_name = contact, check_for_backend(Pg))]
pub struct Contact {
    /// Its identifier.
    pub id: ContactId,
    /// What it is.
    pub kind: SharedContactKind,
    /// The given name of a person.
    pub given_name: Option<GivenName>,
    /// The usual name of a person, or the name of a service.
    pub name: ContactName,
    /// Where, if it is an organization that we know.
    #[diesel(select_expression = sql::organization_named(contact::organization_id))]
    pub organization: Option<Place>,
    /// Where, if it is another one.
    pub organization_name: Option<OrganizationName>,
    /// As what.
    pub role_title: Option<RoleTitle>,
    /// The professional address.
    pub email: Option<Email>,
    /// The professional telephones, in international form.
    #[schema(max_items = 5)]
    pub phones: Vec<Phone>,
    /// A site.
    pub website: Option<Website>,
    /// What to know of it.
    pub note: Option<ContactNote>,
    /// With whom it is shared.
    pub sharing: ContactSharing,
    /// With which network, if the caller may know of it.
    #[diesel(select_expression = sql::linked_network(contact::network_id))]
    #[schema(value_type = Option<NetworkCode>)]
    pub network_code: Option<LinkedNetwork>,
    /// The network.
    #[serde(skip)]
    #[schema(ignore)]
    pub network_id: Option<NetworkId>,
    /// The organization that keeps it.
    #[diesel(select_expression = sql::owner_named(contact::owner_id))]
    pub owner: Place,
    /// Until when it is taken for good without a look.
    pub review_by: Option<NaiveDate>,
    /// Whether that day has passed.
    #[diesel(select_expression = sql::is_past(contact::review_by, clock()))]
    pub stale: bool,
    /// When it was put away.
    pub archived_at: Option<DateTime<Utc>>,
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

impl Contact {
    /// The contact as a caller may know it: one that is shared with a network hidden from him is, to him, its
    /// organization's.
    #[must_use]
    pub fn known_to(self, actor: &Actor) -> Self {
        let network_code = self.network_code.filter(|it| it.visibility.shows(it.id, actor));
        let unsaid = self.sharing == ContactSharing::Network && network_code.is_none();
        let sharing = if unsaid { ContactSharing::Organization } else { self.sharing };
        Self { sharing, network_code, ..self }
    }
}

/// A contact to share.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema, Insertable)]
#[diesel(table_name = contact, treat_none_as_default_value = false)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"kind": "person", "given_name": "Camille", "name": "Exemple", "organization_name": "Agence de presse exemple", "role_title": "Cheffe de rubrique",
    "email": "camille.exemple@presse.example", "phones": ["01 23 45 67 89"], "sharing": "all_members", "review_by": "2027-06-30"}))]
pub struct ContactInput {
    /// What it is.
    pub kind: SharedContactKind,
    /// The given name of a person.
    pub given_name: Option<GivenName>,
    /// The usual name of a person, or the name of a service.
    pub name: ContactName,
    /// Where, if it is an organization that we know.
    pub organization_id: Option<OrganizationId>,
    /// Where, if it is another one.
    pub organization_name: Option<OrganizationName>,
    /// As what.
    pub role_title: Option<RoleTitle>,
    /// The professional address.
    pub email: Option<Email>,
    /// The professional telephones.
    #[serde(default)]
    #[validate(length(max = 5))]
    #[schema(max_items = 5)]
    pub phones: Vec<Phone>,
    /// A site.
    pub website: Option<Website>,
    /// What to know of it.
    pub note: Option<ContactNote>,
    /// With whom it is shared.
    pub sharing: ContactSharing,
    /// With which network of the caller's: there, and only there, where it is shared with one.
    #[diesel(skip_insertion)]
    pub network_code: Option<NetworkCode>,
    /// The organization of the caller that keeps it; that of his main affiliation, unless said.
    #[diesel(skip_insertion)]
    pub owner_id: Option<OrganizationId>,
    /// Until when it is taken for good without a look.
    pub review_by: Option<Day>,
}

/// What to change of a contact: absent keeps, `null` clears.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema, AsChangeset)]
#[diesel(table_name = contact)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"phones": ["+33123456789"], "review_by": "2027-12-31", "note": null}))]
pub struct ContactPatch {
    /// The given name of a person.
    #[serde(default, deserialize_with = "clearable")]
    pub given_name: Option<Option<GivenName>>,
    /// The usual name of a person, or the name of a service.
    #[serde(default, deserialize_with = "replaceable")]
    pub name: Option<ContactName>,
    /// Where, if it is an organization that we know.
    #[serde(default, deserialize_with = "clearable")]
    pub organization_id: Option<Option<OrganizationId>>,
    /// Where, if it is another one.
    #[serde(default, deserialize_with = "clearable")]
    pub organization_name: Option<Option<OrganizationName>>,
    /// As what.
    #[serde(default, deserialize_with = "clearable")]
    pub role_title: Option<Option<RoleTitle>>,
    /// The professional address.
    #[serde(default, deserialize_with = "clearable")]
    pub email: Option<Option<Email>>,
    /// The professional telephones.
    #[serde(default, deserialize_with = "replaceable")]
    #[validate(length(max = 5))]
    #[schema(max_items = 5)]
    pub phones: Option<Vec<Phone>>,
    /// A site.
    #[serde(default, deserialize_with = "clearable")]
    pub website: Option<Option<Website>>,
    /// What to know of it.
    #[serde(default, deserialize_with = "clearable")]
    pub note: Option<Option<ContactNote>>,
    /// With whom it is shared.
    #[serde(default, deserialize_with = "replaceable")]
    pub sharing: Option<ContactSharing>,
    /// With which network of the caller's, said together with `sharing`.
    #[serde(default, deserialize_with = "replaceable")]
    #[diesel(skip_update)]
    pub network_code: Option<NetworkCode>,
    /// Until when it is taken for good without a look.
    #[serde(default, deserialize_with = "clearable")]
    pub review_by: Option<Option<Day>>,
}

/// Which contacts of the list; those put away only if asked.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ContactFilter {
    /// Words of a name, a role or an organization that we do not know, whatever their case and accents.
    #[param(inline)]
    pub q: Option<SearchWords>,
    /// What it is.
    pub kind: Option<SharedContactKind>,
    /// Of this organization.
    pub organization_id: Option<OrganizationId>,
    /// Kept by this organization.
    pub owner_id: Option<OrganizationId>,
    /// With whom it is shared.
    pub sharing: Option<ContactSharing>,
    /// Whether the day to review it has passed.
    pub stale: Option<bool>,
    /// Whether it was put away.
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
