//! Member (communicant): a person who communicates for the State, or works with those who do.

mod rules;

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use kernel::directory::OrganizationReference;
pub use kernel::directory::{GivenName, UsualName};
use kernel::look_alike::OfMember;
use kernel::patch::{clearable, replaceable};
use kernel::schema::member;
use kernel::sql::clock;
use kernel::{
    Count, FieldSources, Instant, MemberId, NetworkId, Noun, Offer, OrganizationId, Page, PrincipalId, SearchWords,
    Seen, Several, Shown, Sort, Version, codes, text,
};
pub use rules::{Bind, Create, Depart, Read, Release, Restore, Suspend, Update, carded, visible};
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
    /// Language (BCP 47), for example `fr`, `en` or `pt-BR`.
    Language, 2..=12, Line as "language", language
);

fn language(text: &str) -> Result<String, &'static str> {
    let mut parts = text.split('-');
    let first =
        parts.next().is_some_and(|part| matches!(part.len(), 2 | 3) && part.chars().all(|c| c.is_ascii_alphabetic()));
    let rest = parts.all(|part| (2..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric()));
    if !(first && rest) {
        return Err("language");
    }
    // Case says nothing; this is how it is written (RFC 5646, section 2.1.1).
    let written = text.to_ascii_lowercase();
    let parts = written.split('-').enumerate().map(|(place, part)| match (place, part.len()) {
        (1.., 2) => part.to_ascii_uppercase(),
        (1.., 4) => part[..1].to_ascii_uppercase() + &part[1..],
        _ => part.to_owned(),
    });
    Ok(parts.collect::<Vec<_>>().join("-"))
}

codes! {
    /// Who may see the card of a member. Name and organizations stay visible.
    ProfileVisibility {
        AllMembers = "all_members" ("tous les membres", "all members"),
        Networks = "networks" ("les membres d’un même réseau", "members who share a network"),
        Leads = "leads" ("l’animation de ses réseaux", "the leads of their networks"),
    }
}

codes! {
    /// Status of a member.
    MemberStatus {
        Invited = "invited" ("en attente de première connexion", "invited"),
        Active = "active" ("en activité", "active"),
        Suspended = "suspended" ("compte suspendu", "suspended"),
        Departed = "departed" ("départ enregistré", "departed"),
        Pseudonymised = "pseudonymised" ("données pseudonymisées", "pseudonymised"),
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

/// Member (communicant): a person who communicates for the State, or works with those who do, with the affiliations in
/// force.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema, HasQuery)]
#[diesel(table_name = member, check_for_backend(Pg))]
pub struct Member {
    /// Identifier of the member.
    pub id: MemberId,
    /// Given name (prénom).
    pub given_name: GivenName,
    /// Name in use (nom d’usage).
    pub usual_name: UsualName,
    /// Given name and usual name, for display.
    #[schema(max_length = 201)]
    pub display_name: String,
    /// Professional e-mail address. Absent: not known.
    pub email: Option<Email>,
    /// Professional telephone numbers in international form.
    #[schema(max_items = 5)]
    pub phones: Vec<Phone>,
    /// Languages spoken, the best first.
    #[schema(max_items = 10)]
    pub languages: Vec<Language>,
    /// Who may see the card, beside the member, their organization and the SIG.
    pub profile_visibility: ProfileVisibility,
    /// Since when the member objects to the publication of their card (UTC). Absent: no objection.
    pub profile_objection_at: Option<DateTime<Utc>>,
    /// Status of the member.
    pub status: MemberStatus,
    /// Affiliations in force, the main one first.
    #[diesel(select_expression = InForce)]
    pub affiliations: CurrentAffiliations,
    /// The networks that open a restricted card to those who share them.
    #[diesel(select_expression = sql::networks_of(member::id, member::profile_visibility, clock()))]
    #[serde(skip)]
    #[schema(ignore)]
    pub networks: Vec<NetworkId>,
    /// The rights that the member would hold by logging in; none once they have.
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
    /// The key for the order of lists.
    #[serde(skip)]
    #[schema(ignore)]
    pub sort_name: String,
    /// Version of the member: 1 when it is created, one more with each change.
    pub version: Version,
    /// When the member was recorded (UTC).
    pub created_at: DateTime<Utc>,
    /// When the member last changed (UTC).
    pub updated_at: DateTime<Utc>,
    /// Identifier of the principal who recorded it (a member, a service account or the system).
    pub created_by: PrincipalId,
    /// Identifier of the principal who last changed it (a member, a service account or the system).
    pub updated_by: PrincipalId,
    /// Which source holds each field, by the name of the field: what others hold, a service account cannot change.
    pub field_sources: FieldSources,
}

/// A member by name and organization.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MemberSummary {
    /// Identifier of the member.
    pub id: MemberId,
    /// Given name and usual name, for display.
    #[schema(max_length = 201)]
    pub display_name: String,
    /// Organizations of the affiliations in force, the main one first.
    pub organizations: Vec<OrganizationReference>,
}

impl From<Member> for MemberSummary {
    fn from(it: Member) -> Self {
        let organizations = it.affiliations.0.into_iter().map(|affiliation| affiliation.organization).collect();
        Self { id: it.id, display_name: it.display_name, organizations }
    }
}

/// A member to create, with a first affiliation. The member is `invited` until the first login.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema, Insertable)]
#[diesel(table_name = member, treat_none_as_default_value = false)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"given_name": "Camille", "usual_name": "Exemple", "email": "camille.exemple@interieur.example", "phones": ["01 23 45 67 89"],
    "affiliation": {"organization_id": "01900000-0000-7000-8000-000000000002", "position": "Chargée de communication", "profession": "communicator"}}))]
pub struct MemberInput {
    /// Given name (prénom).
    pub given_name: GivenName,
    /// Name in use (nom d’usage).
    pub usual_name: UsualName,
    /// Professional e-mail address. No two present members share one. Without it, the person cannot be invited.
    pub email: Option<Email>,
    /// Professional telephone numbers. Default: none.
    #[serde(default)]
    #[validate(length(max = 5))]
    #[schema(max_items = 5)]
    pub phones: Vec<Phone>,
    /// Languages spoken, the best first. Default: none.
    #[serde(default)]
    #[validate(length(max = 10))]
    #[schema(max_items = 10)]
    pub languages: Vec<Language>,
    /// Who may see the card, beside the member, their organization and the SIG. Default: `all_members`.
    #[serde(default = "open_to_all")]
    pub profile_visibility: ProfileVisibility,
    /// First affiliation, which is the main one.
    #[diesel(skip_insertion)]
    pub affiliation: AffiliationInput,
}

fn open_to_all() -> ProfileVisibility {
    ProfileVisibility::AllMembers
}

/// Fields of a member to change (JSON merge patch, RFC 7396): a field left out stays as it is, `null` clears it.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema, AsChangeset)]
#[diesel(table_name = member)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"usual_name": "Exemple-Durand", "phones": ["+33123456789"]}))]
pub struct MemberPatch {
    /// Given name (prénom).
    #[serde(default, deserialize_with = "replaceable")]
    pub given_name: Option<GivenName>,
    /// Name in use (nom d’usage).
    #[serde(default, deserialize_with = "replaceable")]
    pub usual_name: Option<UsualName>,
    /// Professional e-mail address. No two present members share one.
    #[serde(default, deserialize_with = "clearable")]
    pub email: Option<Option<Email>>,
    /// All professional telephone numbers.
    #[serde(default, deserialize_with = "replaceable")]
    #[validate(length(max = 5))]
    #[schema(max_items = 5)]
    pub phones: Option<Vec<Phone>>,
    /// All languages spoken, the best first.
    #[serde(default, deserialize_with = "replaceable")]
    #[validate(length(max = 10))]
    #[schema(max_items = 10)]
    pub languages: Option<Vec<Language>>,
    /// Who may see the card, beside the member, their organization and the SIG.
    #[serde(default, deserialize_with = "replaceable")]
    pub profile_visibility: Option<ProfileVisibility>,
}

codes! {
    /// Field of a member that a source keeps.
    MemberField {
        GivenName = "given_name" ("prénom", "given name"),
        UsualName = "usual_name" ("nom d’usage", "name in use"),
        Email = "email" ("adresse électronique", "e-mail address"),
        Phones = "phones" ("numéros de téléphone", "telephone numbers"),
        Languages = "languages" ("langues", "languages"),
        ProfileVisibility = "profile_visibility" ("visibilité de la fiche", "visibility of the card"),
    }
}

/// Fields of a member to give back to their source.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"fields": ["usual_name", "email"]}))]
pub struct MemberFieldRelease {
    /// The fields that nobody keeps from now on.
    #[validate(length(min = 1, max = 6))]
    #[schema(min_items = 1, max_items = 6)]
    pub fields: Vec<MemberField>,
}

codes! {
    /// What a member can bring along.
    MemberInclude {
        Memberships = "memberships" ("les adhésions en cours", "memberships in force"),
        Affiliations = "affiliations" ("tous les rattachements", "all affiliations"),
        Expertise = "expertise" ("les expertises", "expertise"),
    }
}

/// What to bring along with a member.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct MemberQuery {
    /// What to bring along, in `included`. Repeat the parameter, or separate values by commas. Absent: nothing.
    #[serde(default)]
    #[param(value_type = Option<Vec<MemberInclude>>, min_items = 1, max_items = 3)]
    pub include: Several<MemberInclude>,
}

/// Filters of the list of members.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct MemberFilter {
    /// Keeps only members whose display name contains this text, regardless of case and accents.
    #[param(inline)]
    pub q: Option<SearchWords>,
    /// Keeps only these members, at most 100. Repeat the parameter, or separate values by commas.
    #[serde(default)]
    #[param(value_type = Option<Vec<MemberId>>, min_items = 1, max_items = 100)]
    pub ids: Several<MemberId>,
    /// Keeps only members whose card changed at this time (UTC) or later, if the caller may see it.
    pub updated_since: Option<Instant>,
    /// Keeps only members with an affiliation in force to this DICOM or an organization that it serves.
    pub dicom_id: Option<OrganizationId>,
    /// Keeps only members with an affiliation in force to this organization. Of members who left, those whose last affiliation
    /// it was.
    pub organization_id: Option<OrganizationId>,
    /// Keeps only members with this status whose card the caller may see. Absent: all but those who have left.
    pub status: Option<MemberStatus>,
    /// Keeps only the member with this address, if the caller may see their card.
    #[param(inline)]
    pub email: Option<Email>,
    /// Order of the list. By change, it holds only members whose card the caller may see.
    #[param(default = "name")]
    pub sort: Option<Sort>,
    /// `exact` also returns how many members there are in all, in `count`. Absent: they are not counted.
    pub count: Option<Count>,
}

/// A member as the caller sees them.
pub type MemberView = Shown<Seen<Member>, MemberSummary>;
/// A page of members.
pub type MemberPage = Page<MemberView>;

impl Noun for Member {
    const NAME: &'static str = "member";
    const COLLECTION: &'static str = "members";
    const OFFERS: &'static [Offer<Self>] = &[
        Offer::of::<Read>(),
        Offer::of::<Update>(),
        Offer::of::<Release>(),
        Offer::of::<Invite>(),
        Offer::of::<Suspend>(),
        Offer::of::<Restore>(),
        Offer::of::<HandOver>(),
        Offer::of::<Depart>(),
    ];

    kernel::versioned!();
}
