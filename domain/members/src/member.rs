//! Member (communicant): a person who communicates for the State, or works with those who do.

mod rules;

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use kernel::look_alike::OfMember;
use kernel::directory::OrganizationReference;
pub use kernel::directory::{GivenName, UsualName};
use kernel::patch::{clearable, replaceable};
use kernel::schema::member;
use kernel::sql::clock;
use kernel::{
    Count, MemberId, NetworkId, Noun, Offer, OrganizationId, Page, PrincipalId, SearchWords, Seen, Shown, Sort,
    Version, codes, text,
};
pub use rules::{Bind, Create, Depart, Read, Restore, Suspend, Update, carded, visible};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::affiliation::AffiliationInput;
use crate::contact::{Email, Phone};
use crate::current_affiliation::InForce;
pub use crate::current_affiliation::{CurrentAffiliation, CurrentAffiliations};
use crate::hand_over::HandOver;
use crate::invitation::Invite;
use crate::powers::Powers;

text!(
    /// A language (BCP 47): `fr`, `en`, `pt-BR`.
    Language, 2..=12, Line as "language", language
);

fn language(text: &str) -> Result<String, &'static str> {
    let mut parts = text.split('-');
    let first =
        parts.next().is_some_and(|part| matches!(part.len(), 2 | 3) && part.chars().all(|c| c.is_ascii_lowercase()));
    let rest = parts.all(|part| (2..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric()));
    (first && rest).then(|| text.to_owned()).ok_or("language")
}

codes! {
    /// Who sees a member's card; name and organization stay known.
    ProfileVisibility {
        AllMembers = "all_members" ("tous les communicants", "all members"),
        Networks = "networks" ("ceux qui partagent un réseau", "those who share a network"),
        Leads = "leads" ("les animateurs de ses réseaux", "the leads of his networks"),
    }
}

codes! {
    /// Where a member stands.
    MemberStatus {
        Invited = "invited" ("invité", "invited"),
        Active = "active" ("actif", "active"),
        Suspended = "suspended" ("suspendu", "suspended"),
        Departed = "departed" ("parti", "departed"),
        Pseudonymised = "pseudonymised" ("pseudonymisé", "pseudonymised"),
    }
}

/// SQL functions that a member's queries call.
mod sql {
    use diesel::sql_types::{Nullable, Text, Timestamptz, Uuid};

    diesel::define_sql_function! {
        #[sql_name = "app.networks_of"]
        fn networks_of(who: Uuid, visibility: Text, at: Timestamptz) -> Array<Uuid>;
    }
    diesel::define_sql_function! {
        #[sql_name = "app.powers_of"]
        fn powers_of(who: Uuid, activated: Nullable<Timestamptz>, at: Timestamptz) -> Nullable<Jsonb>;
    }
}

/// A person who communicates for the State, with the affiliations in force.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema, HasQuery)]
#[diesel(table_name = member, check_for_backend(Pg))]
pub struct Member {
    /// Its identifier.
    pub id: MemberId,
    /// The given name.
    pub given_name: GivenName,
    /// The name in use.
    pub usual_name: UsualName,
    /// Both, as people read them.
    #[schema(max_length = 201)]
    pub display_name: String,
    /// The professional address.
    pub email: Option<Email>,
    /// The professional telephones, in international form.
    #[schema(max_items = 5)]
    pub phones: Vec<Phone>,
    /// The languages spoken, best first.
    #[schema(max_items = 10)]
    pub languages: Vec<Language>,
    /// Who sees the card.
    pub profile_visibility: ProfileVisibility,
    /// Since when he objects to the publication of his card.
    pub profile_objection_at: Option<DateTime<Utc>>,
    /// Where the member stands.
    pub status: MemberStatus,
    /// The affiliations in force, the main one first.
    #[diesel(select_expression = InForce)]
    pub affiliations: CurrentAffiliations,
    /// The networks that open a restricted card to those who share them.
    #[diesel(select_expression = sql::networks_of(member::id, member::profile_visibility, clock()))]
    #[serde(skip)]
    #[schema(ignore)]
    pub networks: Vec<NetworkId>,
    /// What he would hold by logging in; absent once he did.
    #[diesel(select_expression = sql::powers_of(member::id, member::activated_at, clock()))]
    #[serde(skip)]
    #[schema(ignore)]
    pub powers: Option<Powers>,
    /// Other members whose names look the same: on the card of someone who never logged in, read one by one by those who
    /// may invite them. A warning, and no proof; absent where there is none.
    #[diesel(embed)]
    #[serde(skip_serializing_if = "OfMember::is_empty")]
    #[schema(required = false)]
    pub look_alikes: OfMember,
    /// For the order of lists.
    #[serde(skip)]
    #[schema(ignore)]
    pub sort_name: String,
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

/// A member by name and organization.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MemberSummary {
    /// Its identifier.
    pub id: MemberId,
    /// Given and usual name, as people read them.
    #[schema(max_length = 201)]
    pub display_name: String,
    /// The organizations of the affiliations in force, the main one first.
    pub organizations: Vec<OrganizationReference>,
}

impl From<Member> for MemberSummary {
    fn from(it: Member) -> Self {
        let organizations = it.affiliations.0.into_iter().map(|affiliation| affiliation.organization).collect();
        Self { id: it.id, display_name: it.display_name, organizations }
    }
}

/// A member to record, with a first affiliation. He is `invited` until his first login.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema, Insertable)]
#[diesel(table_name = member, treat_none_as_default_value = false)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"given_name": "Camille", "usual_name": "Exemple", "email": "camille.exemple@interieur.example", "phones": ["01 23 45 67 89"],
    "affiliation": {"organization_id": "01900000-0000-7000-8000-000000000002", "position": "Chargée de communication", "profession": "communicator"}}))]
pub struct MemberInput {
    /// The given name.
    pub given_name: GivenName,
    /// The name in use.
    pub usual_name: UsualName,
    /// The professional address; no two members present share one.
    pub email: Option<Email>,
    /// The professional telephones.
    #[serde(default)]
    #[validate(length(max = 5))]
    #[schema(max_items = 5)]
    pub phones: Vec<Phone>,
    /// The languages spoken, best first.
    #[serde(default)]
    #[validate(length(max = 10))]
    #[schema(max_items = 10)]
    pub languages: Vec<Language>,
    /// Who sees the card; all members, unless said.
    #[serde(default = "open_to_all")]
    pub profile_visibility: ProfileVisibility,
    /// The first affiliation, which is the main one.
    #[diesel(skip_insertion)]
    pub affiliation: AffiliationInput,
}

fn open_to_all() -> ProfileVisibility {
    ProfileVisibility::AllMembers
}

/// What to change of a member: absent keeps, `null` clears.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema, AsChangeset)]
#[diesel(table_name = member)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"usual_name": "Exemple-Durand", "phones": ["+33123456789"]}))]
pub struct MemberPatch {
    /// The given name.
    #[serde(default, deserialize_with = "replaceable")]
    pub given_name: Option<GivenName>,
    /// The name in use.
    #[serde(default, deserialize_with = "replaceable")]
    pub usual_name: Option<UsualName>,
    /// The professional address.
    #[serde(default, deserialize_with = "clearable")]
    pub email: Option<Option<Email>>,
    /// The professional telephones.
    #[serde(default, deserialize_with = "replaceable")]
    #[validate(length(max = 5))]
    #[schema(max_items = 5)]
    pub phones: Option<Vec<Phone>>,
    /// The languages spoken, best first.
    #[serde(default, deserialize_with = "replaceable")]
    #[validate(length(max = 10))]
    #[schema(max_items = 10)]
    pub languages: Option<Vec<Language>>,
    /// Who sees the card.
    #[serde(default, deserialize_with = "replaceable")]
    pub profile_visibility: Option<ProfileVisibility>,
}

/// Which members of the list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct MemberFilter {
    /// Words of the name, whatever their case and accents.
    #[param(inline)]
    pub q: Option<SearchWords>,
    /// With an affiliation in force to this organization; of those who left, those whose last one it was.
    pub organization_id: Option<OrganizationId>,
    /// Where the member stands; those present alone, unless asked.
    pub status: Option<MemberStatus>,
    /// The one with this address, if the caller may see his card.
    #[param(inline)]
    pub email: Option<Email>,
    /// In which order; by usual name, unless asked; by change, those whose card the caller may see.
    #[param(default = "name")]
    pub sort: Option<Sort>,
    /// Whether to say how many there are in all.
    pub count: Option<Count>,
}

/// A member as the caller sees him.
pub type MemberView = Shown<Seen<Member>, MemberSummary>;
/// A page of members.
pub type MemberPage = Page<MemberView>;

impl Noun for Member {
    const NAME: &'static str = "member";
    const COLLECTION: &'static str = "members";
    const OFFERS: &'static [Offer<Self>] = &[
        Offer::of::<Read>(),
        Offer::of::<Update>(),
        Offer::of::<Invite>(),
        Offer::of::<Suspend>(),
        Offer::of::<Restore>(),
        Offer::of::<HandOver>(),
        Offer::of::<Depart>(),
    ];

    kernel::versioned!();
}
