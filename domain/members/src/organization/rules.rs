//! Who may do what to an organization, and when.

use diesel::BoxableExpression;
use diesel::expression::AsExpression;
use diesel::pg::Pg;
use diesel::sql_types::Bool;
use kernel::directory::{OrganizationKind, OrganizationLife};
use kernel::policy::Target;
use kernel::schema::organization;
use kernel::{Actor, Label, OrganizationId, Refusal, Role, Ruling, action};

use super::{Organization, OrganizationInput, OrganizationPatch};

const SIG_OR_DIRECTOR: Label = Label {
    fr: "Cette opération est réservée au SIG et à la personne qui dirige la communication et répond de cette organisation.",
    en: "Only the SIG and the communication director who answers for this organization may do this.",
};

impl Target for OrganizationInput {}

action!(
    /// See an organization: everyone may, insiders in full and the others by name.
    Read(OrganizationId) on Organization as "get_organization", Organization,
    |_, _| Ruling::Allow
);

/// The rule of `Read` as a condition of a query: every list starts from it.
#[must_use]
pub fn visible(_: &Actor) -> Box<dyn BoxableExpression<organization::table, Pg, SqlType = Bool>> {
    Box::new(<bool as AsExpression<Bool>>::as_expression(true))
}

const DESCRIBERS: Label = Label {
    fr: "Cette opération est réservée au SIG et à ses comptes de service, pour leur organisation et celles qui lui sont rattachées.",
    en: "Only the SIG and its service accounts, for their organization and those below it, may do this.",
};

action!(
    /// Create an organization, below an active one or on its own. A service account creates some below those that it describes.
    Create(OrganizationInput) on Organization as "create_organization", Option<(OrganizationId, OrganizationLife)>,
    |actor, above| {
        let below_its_own = above.as_ref().is_some_and(|(id, _)| actor.describes(*id));
        Ruling::Allow.and(actor.is_sig() || below_its_own, DESCRIBERS)
    },
    |above| above.as_ref().map_or(Ok(()), |(_, life)| life.alive())
);

action!(
    /// Change an organization.
    Update(OrganizationId) on Organization as "update_organization", Organization,
    |actor, it| Ruling::Allow.and(actor.describes(it.id), DESCRIBERS), alive
);

action!(
    /// Give fields of an organization back to their source: people do so.
    Release(OrganizationId) on Organization as "release_organization_fields", Organization,
    |actor, _| Ruling::Allow.for_sig(actor), alive
);

action!(
    /// Replace the contact points of an organization.
    UpdateContacts(OrganizationId) on Organization as "update_organization_contacts", Organization,
    |actor, it| {
        let answers = actor.reaches(&[Role::DicomDirector], it.id);
        Ruling::Allow.and(actor.describes(it.id) || answers, SIG_OR_DIRECTOR)
    }, alive
);

action!(
    /// Close an organization for good: affiliations, roles, seats and links that rest on it end.
    Close(OrganizationId) on Organization as "close_organization", Organization,
    |actor, _| Ruling::Allow.for_sig(actor), alive
);

/// Refuses to change an organization that is not active; the refusal names the successors, if there are any.
fn alive(organization: &Organization) -> Result<(), Refusal> {
    organization.life().alive()
}

const FOR_PEOPLE: Label = Label {
    fr: "Un compte de service ne dit ni la catégorie particulière, ni l’origine, ni les numéros SIREN et SIRET d’une organisation, et ne la déplace que parmi celles qu’il décrit\u{a0}: des droits en dépendent.",
    en: "A service account says neither a particular kind nor origin nor SIREN and SIRET numbers of an organization, and moves it only among those that it describes: rights rest on these.",
};

/// Kinds that a service account may give to a new organization below one of a kind: none that reaches more people, or is reached by more.
const fn plain_below(above: OrganizationKind) -> &'static [OrganizationKind] {
    use OrganizationKind as Kind;
    match above {
        Kind::Ministry | Kind::CentralAdministration | Kind::PrimeMinisterService => {
            &[Kind::CentralAdministration, Kind::DeconcentratedService, Kind::Operator]
        }
        Kind::Prefecture | Kind::DeconcentratedService => &[Kind::DeconcentratedService],
        Kind::Operator => &[Kind::Operator],
        Kind::CommunicationDirectorate | Kind::MinisterialCabinet | Kind::GovernmentPartner | Kind::Observer => &[],
    }
}

impl OrganizationInput {
    /// Refuses what a service account may not say of a new organization: by numbers people are let in, by kinds they are reached.
    ///
    /// # Errors
    /// It is for people to say.
    pub fn said_by(&self, actor: &Actor, above: Option<OrganizationKind>) -> Result<(), Refusal> {
        let kinds = above.map(plain_below).unwrap_or_default();
        let plain = kinds.contains(&self.kind) && self.origin_override.is_none();
        let numbered = self.siren.is_some() || !self.sirets.is_empty();
        if actor.is_sig() || (plain && !numbered) { Ok(()) } else { Err(Refusal::Forbidden(FOR_PEOPLE)) }
    }
}

impl OrganizationPatch {
    /// Refuses what a service account may not change of an organization that it describes: rights rest on it.
    ///
    /// # Errors
    /// It changes the kind, the origin or a number, or the organization leaves those that the account describes.
    pub fn said_by(&self, actor: &Actor, before: &Organization) -> Result<(), Refusal> {
        let weighty = self.kind.is_some_and(|kind| kind != before.kind)
            || self.prefecture_level.is_some_and(|level| level != before.prefecture_level)
            || self.origin_override.is_some_and(|origin| origin != before.origin_override)
            || self.siren.as_ref().is_some_and(|siren| *siren != before.siren)
            || self.sirets.as_ref().is_some_and(|sirets| *sirets != before.sirets);
        let moved = self.parent_id.filter(|above| *above != before.parent_id);
        let within = |above: Option<OrganizationId>| above.is_some_and(|above| actor.describes(above));
        let stays = moved.is_none_or(|above| within(before.parent_id) && within(above));
        if actor.is_sig() || (!weighty && stays) { Ok(()) } else { Err(Refusal::Forbidden(FOR_PEOPLE)) }
    }
}
