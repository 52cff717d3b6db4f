//! Affiliation (rattachement): a member's place in an organization, for a time. Roles and memberships are held through it.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use kernel::Instant;
use kernel::directory::{MemberReference, OrganizationLife, OrganizationReference, Profession};
use kernel::named::{MaybeNamed, Named};
use kernel::patch::{clearable, replaceable};
use kernel::schema::affiliation;
use kernel::{
    Actor, AffiliationId, FieldSources, Label, MemberId, Noun, Offer, OrganizationId, Page, PrincipalId, Refusal,
    Ruling, Seen, Validity, Version, action, clock, codes, text,
};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;
use validator::Validate;

use crate::member::{self, Member};

text!(
    /// Function (fonction) of a member in an organization.
    Position, 1..=200, Line
);
text!(
    /// Service or office of an organization.
    Service, 1..=200, Line
);

/// SQL functions that an affiliation's queries call.
mod sql {
    use diesel::sql_types::Uuid;

    diesel::define_sql_function! {
        #[sql_name = "app.code_of_source"]
        fn code_of_source(which: Uuid) -> Text;
    }
}

/// Affiliation (rattachement): the place of a member in an organization, for a time. Roles and memberships are held
/// through it.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema, HasQuery)]
#[diesel(table_name = affiliation, check_for_backend(Pg))]
pub struct Affiliation {
    /// Identifier of the affiliation.
    pub id: AffiliationId,
    /// Identifier of the member.
    pub member_id: MemberId,
    /// Member, by name.
    #[diesel(select_expression = MaybeNamed::default(), select_expression_type = MaybeNamed<MemberReference, affiliation::member_id>)]
    pub member: Option<MemberReference>,
    /// Identifier of the organization.
    pub organization_id: OrganizationId,
    /// Organization, by name.
    #[diesel(select_expression = Named::default(), select_expression_type = Named<OrganizationReference, affiliation::organization_id>)]
    pub organization: OrganizationReference,
    /// Function (fonction) held in the organization. Absent: not known.
    pub position: Option<Position>,
    /// Service or office in the organization. Absent: not known.
    pub service: Option<Service>,
    /// Profession (métier) exercised in the organization. Absent: not known.
    pub profession: Option<Profession>,
    /// Whether it is the main one of the affiliations in force.
    pub is_primary: bool,
    /// From when to when it holds.
    #[serde(flatten)]
    pub valid: Validity,
    /// Code of the source that keeps the affiliation: `manual` for people, else a directory. What a directory keeps, it alone
    /// ends beside people.
    #[diesel(select_expression = sql::code_of_source(affiliation::source_id))]
    #[schema(max_length = 60)]
    pub managed_by: String,
    /// Version of the affiliation: 1 when it is created, one more with each change.
    pub version: Version,
    /// When the affiliation was recorded (UTC).
    pub created_at: DateTime<Utc>,
    /// When the affiliation last changed (UTC).
    pub updated_at: DateTime<Utc>,
    /// Identifier of the principal who recorded it (a member, a service account or the system).
    pub created_by: PrincipalId,
    /// Identifier of the principal who last changed it (a member, a service account or the system).
    pub updated_by: PrincipalId,
    /// Which source holds each field, by the name of the field: what others hold, a service account cannot change.
    pub field_sources: FieldSources,
}

/// An affiliation to create.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema, Insertable)]
#[diesel(table_name = affiliation, treat_none_as_default_value = false)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"organization_id": "01900000-0000-7000-8000-000000000002", "position": "Chargée de communication", "profession": "communicator"}))]
pub struct AffiliationInput {
    /// Identifier of the organization.
    pub organization_id: OrganizationId,
    /// Function (fonction) held in the organization.
    pub position: Option<Position>,
    /// Service or office in the organization.
    pub service: Option<Service>,
    /// Profession (métier) exercised in the organization.
    pub profession: Option<Profession>,
    /// Whether it becomes the main affiliation. The first affiliation of a member always is. Default: `false`.
    #[serde(default)]
    pub is_primary: bool,
    /// When it begins to hold (UTC). Absent: now.
    #[diesel(skip_insertion)]
    pub valid_from: Option<Instant>,
}

impl AffiliationInput {
    /// An affiliation to an organization from now on, without further details.
    #[must_use]
    pub const fn at(organization_id: OrganizationId) -> Self {
        let (position, service, profession) = (None, None, None);
        Self { organization_id, position, service, profession, is_primary: false, valid_from: None }
    }
}

/// Fields of an affiliation to change (JSON merge patch, RFC 7396): a field left out stays as it is, `null` clears it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Validate, ToSchema, AsChangeset)]
#[diesel(table_name = affiliation)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"position": "Directrice de la communication", "profession": "communication_director"}))]
pub struct AffiliationPatch {
    /// Function (fonction) held in the organization.
    #[serde(default, deserialize_with = "clearable")]
    pub position: Option<Option<Position>>,
    /// Service or office in the organization.
    #[serde(default, deserialize_with = "clearable")]
    pub service: Option<Option<Service>>,
    /// Profession (métier) exercised in the organization.
    #[serde(default, deserialize_with = "clearable")]
    pub profession: Option<Option<Profession>>,
    /// `true` makes it the main affiliation. `false` is refused for the main one: make another one the main one
    /// instead.
    #[serde(default, deserialize_with = "replaceable")]
    pub is_primary: Option<bool>,
}

/// An affiliation with the same content, from now on.
impl From<&Affiliation> for AffiliationInput {
    fn from(it: &Affiliation) -> Self {
        Self {
            organization_id: it.organization_id,
            position: it.position.clone(),
            service: it.service.clone(),
            profession: it.profession,
            is_primary: it.is_primary,
            valid_from: None,
        }
    }
}

impl AffiliationPatch {
    /// Fills what one affiliation leaves empty from another one that is joined to it.
    #[must_use]
    pub fn completing(there: &Affiliation, other: &Affiliation) -> Self {
        fn said<T: Clone>(there: Option<&T>, other: Option<&T>) -> Option<Option<T>> {
            if there.is_some() { None } else { other.map(|it| Some(it.clone())) }
        }
        Self {
            position: said(there.position.as_ref(), other.position.as_ref()),
            service: said(there.service.as_ref(), other.service.as_ref()),
            profession: said(there.profession.as_ref(), other.profession.as_ref()),
            is_primary: None,
        }
    }

    /// Whether it changes nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

codes! {
    /// Field of an affiliation that a source keeps.
    AffiliationField {
        Position = "position" ("fonction", "function"),
        Service = "service" ("service ou bureau", "service or office"),
        Profession = "profession" ("métier", "profession"),
        IsPrimary = "is_primary" ("rattachement principal ou non", "whether it is the main one"),
    }
}

/// Fields of an affiliation to give back to their source.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"fields": ["position"]}))]
pub struct AffiliationFieldRelease {
    /// The fields that nobody keeps from now on.
    #[validate(length(min = 1, max = 4))]
    #[schema(min_items = 1, max_items = 4)]
    pub fields: Vec<AffiliationField>,
}

/// When to end it.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({}))]
pub struct Ending {
    /// When it ends (UTC). Absent: now. A time in the past is refused.
    pub at: Option<Instant>,
}

impl Ending {
    /// The time of the end of what holds for a time, given the time it is.
    ///
    /// # Errors
    /// It lies in the past, or before the beginning.
    pub fn instant(&self, now: DateTime<Utc>, of: Validity) -> Result<DateTime<Utc>, Refusal> {
        match self.at {
            Some(at) if at.0 < now => Err(Refusal::Invalid("/at", PAST)),
            Some(at) if at.0 <= of.from => Err(Refusal::Invalid("/at", Label::TOO_EARLY)),
            at => Ok(at.map_or(now, |at| at.0)),
        }
    }
}

const PAST: Label = Label {
    fr: "Cette date est passée : indiquez une date à venir, ou n’en indiquez pas pour une fin immédiate.",
    en: "That time has passed: give a later time, or none to end it now.",
};

/// An affiliation as the caller sees it.
pub type AffiliationView = Seen<Affiliation>;
/// A page of affiliations.
pub type AffiliationPage = Page<AffiliationView>;

impl Noun for Affiliation {
    const NAME: &'static str = "affiliation";
    const COLLECTION: &'static str = "affiliations";
    const OFFERS: &'static [Offer<Self>] =
        &[Offer::of::<Update>(), Offer::of::<Release>(), Offer::of::<End>(), Offer::of::<Void>()];

    kernel::versioned!();
}

const KEEPERS: Label = Label {
    fr: "Cette opération est réservée au SIG, à la personne qui dirige la communication et à l’administration de cette organisation.",
    en: "Only the SIG, the communication director and the administrators of this organization may do this.",
};

action!(
    /// See the affiliations of a member, past and present: everyone who may see their card.
    List(MemberId) on Affiliation as "list_member_affiliations", Member,
    |actor, it| member::Read::rule(actor, it).and(it.is_card_for(actor), Label::CARD)
);

action!(
    /// See an affiliation: insiders know that it is there, and read it when they may see the member's card.
    Read(AffiliationId) on Affiliation as "get_affiliation", (Affiliation, Member),
    |actor, (it, member)| seen(actor, it).and(member.is_card_for(actor), Label::CARD)
);

fn seen(actor: &Actor, it: &Affiliation) -> Ruling {
    Ruling::seen(actor.is_insider() || actor.member() == Some(it.member_id))
}

action!(
    /// Give a member a place in an organization.
    Create((MemberId, AffiliationInput)) on Affiliation as "create_member_affiliation",
    (Member, OrganizationId, OrganizationLife),
    |actor, (member, organization, _)| {
        member::Read::rule(actor, member).and(actor.keeps(*organization), KEEPERS)
    },
    |(member, _, life)| member.present().and_then(|()| life.alive())
);

/// Refuses to make another affiliation the main one, unless the actor keeps the current main one.
///
/// # Errors
/// The current main affiliation is kept by others.
pub fn may_make_main(actor: &Actor, member: &Member) -> Result<(), Refusal> {
    let free = member.affiliations.0.is_empty() || member.is_kept_by(actor);
    if free { Ok(()) } else { Err(Refusal::Forbidden(MAIN_KEPT)) }
}

const MAIN_KEPT: Label = Label {
    fr: "Le rattachement principal relève d’une autre organisation : seules les personnes qui gèrent ses membres peuvent en changer.",
    en: "The main affiliation belongs to another organization: only those who keep its members may change it.",
};

action!(
    /// Change an affiliation.
    Update(AffiliationId) on Affiliation as "update_affiliation", Affiliation,
    |actor, it| seen(actor, it).and(actor.keeps(it.organization_id), KEEPERS), in_force
);

action!(
    /// Give fields of an affiliation back to their source: people do so.
    Release(AffiliationId) on Affiliation as "release_affiliation_fields", Affiliation,
    |actor, it| Update::rule(actor, it).and(actor.member().is_some(), Label::PEOPLE), in_force
);

action!(
    /// Void an affiliation that should never have been, through which nothing is held.
    Void(AffiliationId) on Affiliation as "void_affiliation", Affiliation,
    |actor, it| seen(actor, it).for_sig(actor)
);

action!(
    /// End an affiliation, and all that is held through it.
    End(AffiliationId) on Affiliation as "end_affiliation", Affiliation,
    |actor, it| seen(actor, it).and(actor.keeps(it.organization_id), KEEPERS), in_force
);

fn in_force(it: &Affiliation) -> Result<(), Refusal> {
    if it.valid.ended_by(clock::now()) { Err(Refusal::Illegal { allowed: Vec::new() }) } else { Ok(()) }
}
