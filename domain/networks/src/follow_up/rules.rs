//! Who may read, write and comment a follow-up, on each axis.

use diesel::BoxableExpression;
use diesel::dsl::LeftJoinQuerySource;
use diesel::expression::AsExpression;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use kernel::directory::{MemberReference, OrganizationLife};
use kernel::schema::{follow_up, network, organization};
use kernel::{
    Action as _, Actor, FollowUpId, Label, MemberId, NetworkId, OrganizationId, Refusal, Role, Ruling, action,
};

use super::{FollowUp, FollowUpAxis, FollowUpConfidentiality, FollowUpInput, FollowUpScope};
use crate::network::{Network, NetworkVisibility, shown};

/// The tables that a follow-up is read from.
pub type Joined = LeftJoinQuerySource<LeftJoinQuerySource<follow_up::table, network::table>, organization::table>;
type Condition = Box<dyn BoxableExpression<Joined, Pg, SqlType = Bool>>;

const WRITERS: Label = Label {
    fr: "Cette opération est réservée au SIG et, pour le suivi d’un réseau, aux personnes qui l’animent, sur leurs sujets. Adressez-leur votre demande.",
    en: "Only the SIG and, on the network axis, the leads of the network on their topics may do this. Ask one of them.",
};
const INPUT: Label = Label {
    fr: "Les commentaires sont réservés au SIG, aux personnes qui animent le réseau et, dans l’organisation concernée, à la personne qui dirige la communication et à la référente ou au référent. Adressez-leur votre commentaire.",
    en: "Only the SIG, the leads of the network, and the communication director or the référent concerned may comment. Send your comment to one of them.",
};
const NEEDS_NETWORK: Label = Label {
    fr: "Le suivi par réseau porte sur un réseau : indiquez son code.",
    en: "A follow-up on the network axis is about a network. Give its code.",
};
const NEEDS_ORGANIZATION: Label = Label {
    fr: "Le suivi par organisation porte sur une organisation : indiquez son identifiant.",
    en: "A follow-up on the organization axis is about an organization. Give its identifier.",
};

impl FollowUpScope {
    /// Whether only the people concerned may read it: each reading then leaves an audit line.
    #[must_use]
    pub fn is_confidential(&self) -> bool {
        self.confidentiality == FollowUpConfidentiality::Confidential
    }

    fn shows(&self, actor: &Actor) -> bool {
        NetworkVisibility::shows_any(self.network_id.zip(self.network_visibility), actor)
    }

    /// Whether the caller may know who answers for the organization in the network, as where its memberships are read.
    pub(super) fn names(&self, referent: &MemberReference, actor: &Actor) -> bool {
        let (visibility, own) = (self.network_visibility, actor.member() == Some(referent.id) && actor.is_insider());
        let listed = visibility == Some(NetworkVisibility::Listed) && actor.is_insider();
        let known = visibility.is_some_and(|visibility| visibility != NetworkVisibility::Hidden);
        let dicom = self.organization_id.is_some_and(|at| actor.reaches(Actor::DICOM, at));
        let sits = self.network_id.is_some_and(|network| actor.sits_in(network));
        actor.is_sig() || sits || listed || (known && (dicom || own))
    }

    fn leads(&self, actor: &Actor) -> bool {
        self.network_id.is_some_and(|network| actor.leads_on(network, self.interministerial))
    }

    fn reached_by(&self, actor: &Actor, roles: &[Role]) -> bool {
        self.organization_id.is_some_and(|organization| actor.reaches_back(roles, organization))
    }

    fn answered_by(&self, actor: &Actor) -> bool {
        self.network_id.zip(self.organization_id).is_some_and(|(network, at)| actor.answers_back_for(network, at))
    }

    /// Whether it concerns the caller, even if confidential: its author, its attendees, the SIG and those who answer
    /// for its axis.
    fn concerns(&self, actor: &Actor) -> bool {
        let there = actor.member().is_some_and(|member| self.attendee_ids.contains(&member));
        let answers = match self.axis {
            FollowUpAxis::Network => self.leads(actor),
            FollowUpAxis::Organization => self.reached_by(actor, &[Role::DicomDirector]),
        };
        actor.is_sig() || (actor.is_insider() && (self.created_by == actor.id || there)) || answers
    }

    /// Whether the caller follows the network or the organization, and so reads it unless it is confidential.
    fn followed_by(&self, actor: &Actor) -> bool {
        match self.axis {
            FollowUpAxis::Network => self.answered_by(actor) || self.reached_by(actor, &[Role::DicomDirector]),
            FollowUpAxis::Organization => {
                let co_leads = self.network_id.is_some_and(|network| actor.co_led().any(|led| led == network));
                self.reached_by(actor, Actor::DICOM) || self.leads(actor) || co_leads
            }
        }
    }
}

/// Whether the caller may read a follow-up.
#[must_use]
pub fn reads(actor: &Actor, it: &FollowUpScope) -> bool {
    let normal = it.confidentiality == FollowUpConfidentiality::Normal;
    it.shows(actor) && (it.concerns(actor) || (normal && it.followed_by(actor)))
}

/// Whether the caller may write follow-ups of this scope.
#[must_use]
pub fn writes(actor: &Actor, it: &FollowUpScope) -> bool {
    actor.is_sig() || (it.axis == FollowUpAxis::Network && it.leads(actor))
}

/// Whether the caller may comment it: its writers; on the organization axis the communication director who answers for
/// the organization, on the network axis the référent of the organization.
fn comments(actor: &Actor, it: &FollowUpScope) -> bool {
    let input = match it.axis {
        FollowUpAxis::Network => it.answered_by(actor),
        FollowUpAxis::Organization => it.reached_by(actor, &[Role::DicomDirector]),
    };
    writes(actor, it) || input
}

action!(
    /// See a follow-up.
    Read(FollowUpId) on FollowUp as "get_follow_up", FollowUp,
    |actor, it| Ruling::seen(reads(actor, &it.scope))
);

fn never() -> Condition {
    Box::new(<bool as AsExpression<Bool>>::as_expression(false))
}

/// The rule of `Read` as a condition of a query: every list starts from it.
#[must_use]
pub fn visible(actor: &Actor) -> Condition {
    if actor.is_sig() {
        return Box::new(<bool as AsExpression<Bool>>::as_expression(true));
    }
    let inside = <bool as AsExpression<Bool>>::as_expression(actor.is_insider());
    let on_network = || follow_up::axis.eq(FollowUpAxis::Network);
    let led = || follow_up::network_id.eq_any(actor.led().collect::<Vec<NetworkId>>()).assume_not_null();
    let co_led = || follow_up::network_id.eq_any(actor.co_led().collect::<Vec<NetworkId>>()).assume_not_null();
    let leads = || led().or(co_led().and(follow_up::interministerial));
    let at = |roles: &'static [Role]| {
        follow_up::organization_id.eq_any(actor.reach_back(roles).collect::<Vec<OrganizationId>>()).assume_not_null()
    };
    let there = follow_up::attendee_ids.contains(vec![MemberId(actor.id.0)]);
    let own = inside.and(follow_up::created_by.eq(actor.id).or(there));
    let answered = actor.answered_back().fold(never(), |answered, (network, organization)| {
        let here = follow_up::network_id.eq(network).and(follow_up::organization_id.eq(organization));
        Box::new(answered.or(here.assume_not_null()))
    });
    let director = || at(&[Role::DicomDirector]);
    let concerned =
        own.or(on_network().and(leads())).or(follow_up::axis.eq(FollowUpAxis::Organization).and(director()));
    let network_rows = on_network().and(answered.or(director()));
    let organization_rows = follow_up::axis.eq(FollowUpAxis::Organization).and(at(Actor::DICOM).or(led()).or(co_led()));
    let followed =
        follow_up::confidentiality.eq(FollowUpConfidentiality::Normal).and(network_rows.or(organization_rows));
    Box::new(concerned.or(followed).and(shown(actor.networks().collect(), actor.knows_networks())))
}

/// What a new follow-up is about, as far as its network and its organization exist.
#[derive(Debug, Clone)]
pub struct Subject {
    /// What is asked.
    pub new: FollowUpInput,
    /// What its rules look at.
    pub scope: FollowUpScope,
    /// Whether the organization lives, where one is named.
    pub life: Option<OrganizationLife>,
}

action!(
    /// Record a follow-up: the leads on the network axis, the SIG on both.
    Create(FollowUpInput) on FollowUp as "create_follow_up", Subject,
    |actor, it| Ruling::Allow.and(it.scope.shows(actor) && writes(actor, &it.scope), WRITERS),
    |it| {
        if it.new.network_code.is_some() && it.scope.network_id.is_none() {
            return Err(Refusal::Invalid("/network_code", Network::MISSING));
        }
        match it.scope.axis {
            FollowUpAxis::Network if it.new.network_code.is_none() => {
                return Err(Refusal::Invalid("/network_code", NEEDS_NETWORK));
            }
            FollowUpAxis::Organization if it.new.organization_id.is_none() => {
                return Err(Refusal::Invalid("/organization_id", NEEDS_ORGANIZATION));
            }
            _ => {}
        }
        it.life.as_ref().map_or(Ok(()), OrganizationLife::alive)?;
        it.new.held_on.has_come("/held_on")
    }
);

impl kernel::policy::Target for FollowUpInput {}

action!(
    /// Change a follow-up.
    Update(FollowUpId) on FollowUp as "update_follow_up", FollowUp,
    |actor, it| Read::rule(actor, it).and(writes(actor, &it.scope), WRITERS)
);

/// The rule of commenting a follow-up.
pub(crate) fn input(actor: &Actor, it: &FollowUp) -> Ruling {
    Read::rule(actor, it).and(comments(actor, &it.scope), INPUT)
}

/// The rule of writing on a follow-up.
pub(crate) fn writing(actor: &Actor, it: &FollowUp) -> Ruling {
    Read::rule(actor, it).and(writes(actor, &it.scope), WRITERS)
}
