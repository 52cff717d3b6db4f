//! Affiliation (rattachement): a member's place in an organization, for a time. Roles and memberships hold through it.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use kernel::Instant;
use kernel::directory::{OrganizationLife, Profession};
use kernel::patch::{clearable, replaceable};
use kernel::schema::affiliation;
use kernel::{
    Actor, AffiliationId, Label, MemberId, Noun, Offer, OrganizationId, Page, PrincipalId, Refusal, Ruling, Seen,
    Validity, Version, action, clock, text,
};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;
use validator::Validate;

use crate::member::{self, Member};

text!(
    /// A member's function (fonction) in an organization.
    Position, 1..=200, Line
);
text!(
    /// The service or office of an organization.
    Service, 1..=200, Line
);

/// A member's place in an organization, for a time.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema, HasQuery)]
#[diesel(table_name = affiliation, check_for_backend(Pg))]
pub struct Affiliation {
    /// Its identifier.
    pub id: AffiliationId,
    /// Whose.
    pub member_id: MemberId,
    /// Where.
    pub organization_id: OrganizationId,
    /// The function held there.
    pub position: Option<Position>,
    /// The service or office.
    pub service: Option<Service>,
    /// The métier exercised there.
    pub profession: Option<Profession>,
    /// Whether it is the main one of those in force.
    pub is_primary: bool,
    /// When it holds.
    #[serde(flatten)]
    pub valid: Validity,
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

/// An affiliation to record.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema, Insertable)]
#[diesel(table_name = affiliation, treat_none_as_default_value = false)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"organization_id": "01900000-0000-7000-8000-000000000002", "position": "Chargée de communication", "profession": "communicator"}))]
pub struct AffiliationInput {
    /// Where.
    pub organization_id: OrganizationId,
    /// The function held there.
    pub position: Option<Position>,
    /// The service or office.
    pub service: Option<Service>,
    /// The métier exercised there.
    pub profession: Option<Profession>,
    /// Whether it becomes the main one. A member's first always is.
    #[serde(default)]
    pub is_primary: bool,
    /// From when it holds; from now on if absent.
    #[diesel(skip_insertion)]
    pub valid_from: Option<Instant>,
}

impl AffiliationInput {
    /// To an organization from now on, of which nothing more is known.
    #[must_use]
    pub const fn at(organization_id: OrganizationId) -> Self {
        let (position, service, profession) = (None, None, None);
        Self { organization_id, position, service, profession, is_primary: false, valid_from: None }
    }
}

/// What to change of an affiliation: absent keeps, `null` clears.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Validate, ToSchema, AsChangeset)]
#[diesel(table_name = affiliation)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"position": "Directrice de la communication", "profession": "communication_director"}))]
pub struct AffiliationPatch {
    /// The function held there.
    #[serde(default, deserialize_with = "clearable")]
    pub position: Option<Option<Position>>,
    /// The service or office.
    #[serde(default, deserialize_with = "clearable")]
    pub service: Option<Option<Service>>,
    /// The métier exercised there.
    #[serde(default, deserialize_with = "clearable")]
    pub profession: Option<Option<Profession>>,
    /// `true` makes it the main one; the main one stays so until another is.
    #[serde(default, deserialize_with = "replaceable")]
    pub is_primary: Option<bool>,
}

/// The same again, from now on.
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
    /// What one says that another, which it joins, did not say.
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

/// When to end something.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({}))]
pub struct Ending {
    /// When it ends: now if absent, never before now.
    pub at: Option<Instant>,
}

impl Ending {
    /// The time of the end, given the time it is.
    ///
    /// # Errors
    /// It lies in the past.
    pub fn instant(&self, now: DateTime<Utc>) -> Result<DateTime<Utc>, Refusal> {
        match self.at {
            Some(at) if at.0 < now => Err(Refusal::Invalid("/at", PAST)),
            at => Ok(at.map_or(now, |at| at.0)),
        }
    }
}

const PAST: Label = Label { fr: "Ce moment est passé.", en: "That time has passed." };

/// An affiliation as the caller sees it.
pub type AffiliationView = Seen<Affiliation>;
/// A page of affiliations.
pub type AffiliationPage = Page<AffiliationView>;

impl Noun for Affiliation {
    const NAME: &'static str = "affiliation";
    const COLLECTION: &'static str = "affiliations";
    const OFFERS: &'static [Offer<Self>] = &[Offer::of::<Update>(), Offer::of::<End>(), Offer::of::<Void>()];

    kernel::versioned!();
}

const KEEPERS: Label = Label {
    fr: "Réservé au SIG, au directeur de la communication et à l'administrateur de cette organisation.",
    en: "For the SIG, the communication director and the administrator of this organization.",
};

action!(
    /// See the affiliations of a member, past and present: whoever may see his card.
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

/// Who may make another affiliation the main one: whoever keeps the main one that there is.
///
/// # Errors
/// It is kept by others.
pub fn may_make_main(actor: &Actor, member: &Member) -> Result<(), Refusal> {
    let free = member.affiliations.0.is_empty() || member.is_kept_by(actor);
    if free { Ok(()) } else { Err(Refusal::Forbidden(MAIN_KEPT)) }
}

const MAIN_KEPT: Label = Label {
    fr: "Le rattachement principal relève d'une autre organisation.",
    en: "The main affiliation is kept by another organization.",
};

action!(
    /// Change an affiliation.
    Update(AffiliationId) on Affiliation as "update_affiliation", Affiliation,
    |actor, it| seen(actor, it).and(actor.keeps(it.organization_id), KEEPERS), in_force
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
