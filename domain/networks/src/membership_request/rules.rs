//! Who may create a membership request, who decides for which side, and when.

use diesel::BoxableExpression;
use diesel::dsl::{InnerJoinQuerySource, LeftJoinQuerySource};
use diesel::expression::AsExpression;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use kernel::directory::OrganizationLife;
use kernel::notification::chosen;
use kernel::schema::{member, membership_request, network, organization};
use kernel::{
    Action, Actor, Label, MemberId, MemberOrigin, MembershipRequestId, NetworkId, NetworkRole, Noun, OrganizationId,
    Refusal, Role, Ruling, action,
};

use super::{
    MembershipRequest, MembershipRequestDecision, MembershipRequestInput, MembershipRequestKind,
    MembershipRequestStatus, stands,
};
use crate::membership::{INELIGIBLE, LEADS, NOT_IN_FORCE, PROMOTION};
use crate::network::{self as networks, JoinPolicy, Network, NetworkCode, shown};

/// The tables from which a membership request is read.
pub type Joined = LeftJoinQuerySource<
    InnerJoinQuerySource<InnerJoinQuerySource<membership_request::table, organization::table>, network::table>,
    member::table,
>;

const NOT_HIS: Label = Label {
    fr: "Vous ne pouvez pas faire cette demande : chaque personne demande pour elle-même ; le SIG et les personnes qui animent le réseau invitent ; le SIG, la personne qui dirige la communication et le référent ou la référente désignent pour leur organisation.",
    en: "You may not make this request: members ask for themselves; the SIG and the leads of the network invite; the SIG, communication directors and référents nominate for their organization.",
};
const SIDES: Label = Label {
    fr: "Seuls la personne concernée, le SIG et les personnes qui animent ce réseau, chacune sur ses sujets, peuvent se prononcer sur cette demande d’adhésion.",
    en: "Only the person concerned, the SIG and the leads and co-leads of this network, each on their topics, decide this membership request.",
};
const OPENER: Label = Label {
    fr: "Seuls le SIG et la personne qui a fait cette demande d’adhésion peuvent la retirer.",
    en: "Only the SIG and the person who made this membership request may withdraw it.",
};
const UNFIT_ADDRESS: Label = Label {
    fr: "Cette adresse ne peut pas être utilisée : indiquez-en une autre.",
    en: "This address cannot be used: give another one.",
};
const UNFIT: Label = Label { fr: "Ce rattachement ne convient pas.", en: "This affiliation cannot be taken." };
const BOTH_SIDES: Label = Label {
    fr: "La personne et le réseau donnent chacun leur accord : nul ne se prononce pour les deux parties.",
    en: "The person and the network each agree: nobody decides for both sides.",
};
const ONE_OF_TWO: Label = Label {
    fr: "Indiquez soit un rattachement, soit une personne sans compte.",
    en: "Give either an affiliation or a person without an account.",
};
const BY_INVITATION: Label = Label {
    fr: "Ce réseau se rejoint sur invitation : adressez-vous aux personnes qui l’animent.",
    en: "This network is joined by invitation: ask its leads for one.",
};
const NO_ORGANIZATION: Label = Label {
    fr: "Cette organisation n’existe pas ou n’est plus en activité : choisissez-en une autre.",
    en: "This organization does not exist or is no longer active: choose another one.",
};

/// A person who would join a network, with what decides whether they may.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The network.
    pub network: Network,
    /// The request that is made.
    pub new: MembershipRequestInput,
    /// The member. Absent: the person has no account, or the affiliation is not in force.
    pub member: Option<MemberId>,
    /// The organization for which the person would sit there. Absent: the affiliation is not in force.
    pub organization: Option<OrganizationId>,
    /// The member origin of the person. Absent: the affiliation is not in force, or the organization does not exist.
    pub origin: Option<MemberOrigin>,
    /// Life of the organization, for a person without an account and for an affiliation that is not in force.
    pub life: Option<OrganizationLife>,
    /// The role that the person has in the network through the same affiliation.
    pub sits_as: Option<NetworkRole>,
    /// The request of the same person that is open there.
    pub requested: Option<Box<MembershipRequest>>,
}

/// Whether the caller decides for a network on such a role.
#[must_use]
pub fn decides(actor: &Actor, network: NetworkId, interministerial: bool, role: NetworkRole) -> bool {
    let leads = actor.is_sig() || actor.leads_on(network, interministerial);
    leads && (actor.is_sig_admin() || !LEADS.contains(&role))
}

/// Whether the caller nominates people of an organization to a network.
fn nominates(actor: &Actor, network: NetworkId, organization: OrganizationId) -> bool {
    actor.reaches(&[Role::DicomDirector], organization) || actor.answers_for(network, organization)
}

/// Open a membership request.
#[derive(Debug, Clone)]
pub struct Create(pub (NetworkCode, MembershipRequestInput));

impl Action for Create {
    type Facts = Candidate;
    const NAME: &'static str = "create_membership_request";

    fn rule(actor: &Actor, it: &Candidate) -> Ruling {
        let mine = it.member.is_some() && it.member == actor.member() && actor.is_insider();
        let nominates = it.organization.is_some_and(|organization| nominates(actor, it.network.id, organization));
        let may = match it.new.kind {
            MembershipRequestKind::Request => mine,
            MembershipRequestKind::Invitation => {
                actor.is_sig() || actor.leads_on(it.network.id, it.new.interministerial)
            }
            MembershipRequestKind::Nomination => nominates || actor.is_sig(),
        };
        networks::Read::rule(actor, &it.network).and(may, NOT_HIS)
    }

    fn moment(it: &Candidate) -> Result<(), Refusal> {
        it.network.open()?;
        let (by_affiliation, new) = (it.new.affiliation_id.is_some(), &it.new);
        if by_affiliation == new.invitee.is_some() {
            return Err(Refusal::Invalid("/affiliation_id", ONE_OF_TWO));
        }
        let place = if by_affiliation { "/affiliation_id" } else { "/invitee/organization_id" };
        it.life.as_ref().map_or(Ok(()), OrganizationLife::alive)?;
        let Some(origin) = it.origin else {
            return Err(Refusal::Invalid(place, if by_affiliation { NOT_IN_FORCE } else { NO_ORGANIZATION }));
        };
        if !it.network.admits(origin) {
            return Err(Refusal::Invalid(place, INELIGIBLE));
        }
        if new.kind == MembershipRequestKind::Request {
            if it.network.join_policy == JoinPolicy::Invitation {
                return Err(Refusal::Invalid("/kind", BY_INVITATION));
            }
            chosen(new.notification_level)?;
        }
        match (&it.requested, it.sits_as) {
            (Some(_), _) => Err(Refusal::AlreadyRequested),
            (None, Some(role)) if role == new.role => Err(Refusal::Overlap),
            _ => Ok(()),
        }
    }

    /// A request that the caller may not read is not told of: the person or the address does not do.
    fn moment_for(actor: &Actor, it: &Candidate) -> Result<(), Refusal> {
        let hidden = it.requested.as_ref().is_some_and(|request| Read::rule(actor, request) != Ruling::Allow);
        match Self::moment(it) {
            Err(Refusal::AlreadyRequested) if hidden && it.new.invitee.is_some() => {
                Err(Refusal::Invalid("/invitee/email", UNFIT_ADDRESS))
            }
            Err(Refusal::AlreadyRequested) if hidden => Err(Refusal::Invalid("/affiliation_id", UNFIT)),
            moment => moment,
        }
    }

    fn object(&self) -> (&'static str, Option<String>) {
        (MembershipRequest::NAME, None)
    }
}

impl Candidate {
    /// Whether the network agrees by the creation of the request.
    #[must_use]
    pub fn is_agreed_by(&self, actor: &Actor) -> bool {
        let (network, new) = (&self.network, &self.new);
        let by_right = new.kind == MembershipRequestKind::Request
            && network.join_policy == JoinPolicy::Automatic
            && new.role == NetworkRole::Member;
        // The network's agreement is another person's than the one who joins.
        let own = self.member.is_some() && self.member == actor.member();
        by_right || (!own && decides(actor, network.id, new.interministerial, new.role))
    }
}

/// The side for which a decision is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The one who would join.
    Person,
    /// The network.
    Network,
}

impl MembershipRequest {
    fn is_about(&self, actor: &Actor) -> bool {
        actor.is_insider() && self.member.as_ref().is_some_and(|member| Some(member.id) == actor.member())
    }

    /// For whom the caller would decide: the person it is about, for themselves alone, whatever they lead.
    #[must_use]
    pub fn side(&self, actor: &Actor) -> Side {
        if self.is_about(actor) { Side::Person } else { Side::Network }
    }

    fn pends(&self, side: Side) -> bool {
        let said = match side {
            Side::Person => self.person_decision,
            Side::Network => self.network_decision,
        };
        said == MembershipRequestDecision::Pending
    }

    fn decided_by(&self, actor: &Actor) -> bool {
        self.is_about(actor) || decides(actor, self.network_id, self.interministerial, self.role)
    }

    /// Whether a person may agree to what the network agreed to: another one must have spoken for the network.
    ///
    /// # Errors
    /// They spoke for it themselves.
    pub fn agreed_by_another(&self, person: MemberId) -> Result<(), Refusal> {
        let own = self.network_decided_by.is_some_and(|by| by.0 == person.0);
        if own && self.kind != MembershipRequestKind::Request { Err(Refusal::Forbidden(BOTH_SIDES)) } else { Ok(()) }
    }

    /// Whether it may still be decided; if not, what leads on from how it ended.
    ///
    /// # Errors
    /// It is decided, withdrawn or past its time.
    pub fn open(&self) -> Result<(), Refusal> {
        match self.status {
            MembershipRequestStatus::Open => Ok(()),
            MembershipRequestStatus::Accepted => Err(Refusal::Illegal { allowed: vec!["end_membership"] }),
            _ => Err(Refusal::Illegal { allowed: vec!["create_membership_request"] }),
        }
    }

    fn open_to(&self, actor: &Actor) -> Result<(), Refusal> {
        self.open()?;
        let waits = self.pends(self.side(actor));
        if waits { Ok(()) } else { Err(Refusal::Illegal { allowed: vec!["withdraw_membership_request"] }) }
    }
}

/// Whether a network still takes in a member of an origin: it may have closed, or changed its eligible origins, since
/// the request.
///
/// # Errors
/// It does not.
pub fn takes_in(network: &Network, origin: MemberOrigin) -> Result<(), Refusal> {
    network.open()?;
    if network.admits(origin) { Ok(()) } else { Err(Refusal::Invalid("", INELIGIBLE)) }
}

action!(
    /// See a membership request: the person, its creator, those who decide, and those who answer for the organization.
    Read(MembershipRequestId) on MembershipRequest as "get_membership_request", MembershipRequest,
    |actor, it| {
        let concerned = it.is_about(actor)
            || (actor.is_insider() && it.created_by == actor.id)
            || actor.leads_on(it.network_id, it.interministerial)
            || actor.reaches(Actor::SCOPED, it.organization.id)
            || actor.answers_for(it.network_id, it.organization.id);
        // The person reads it until they sit there, even if the network is hidden: otherwise they could not decide.
        let invited = it.is_about(actor) && it.status != MembershipRequestStatus::Accepted;
        let shown = it.network_visibility.shows(it.network_id, actor);
        Ruling::seen(invited || (shown && (actor.is_sig() || concerned)))
    }
);

/// The rule of `Read` as a condition of SQL: every list of membership requests starts from it.
#[must_use]
pub fn visible(actor: &Actor) -> Box<dyn BoxableExpression<Joined, Pg, SqlType = Bool>> {
    use membership_request as dossier;
    if actor.is_sig() {
        return Box::new(<bool as AsExpression<Bool>>::as_expression(true));
    }
    let inside = || <bool as AsExpression<Bool>>::as_expression(actor.is_insider());
    // NULL where the person has no account: NULL counts as false.
    let mine = || dossier::member_id.eq(MemberId(actor.id.0)).assume_not_null();
    let own = inside().and(mine().or(dossier::created_by.eq(actor.id)));
    let invited = inside().and(mine()).and(stands().ne(MembershipRequestStatus::Accepted));
    let reached = dossier::organization_id.eq_any(actor.reach(Actor::SCOPED).collect::<Vec<OrganizationId>>());
    let led = dossier::network_id.eq_any(actor.led().collect::<Vec<_>>());
    let co_led = dossier::network_id.eq_any(actor.co_led().collect::<Vec<_>>()).and(dossier::interministerial);
    let concerned: Box<dyn BoxableExpression<Joined, Pg, SqlType = Bool>> =
        Box::new(own.or(reached).or(led).or(co_led));
    let concerned = actor.answered().fold(concerned, |concerned, (network, organization)| {
        Box::new(concerned.or(dossier::network_id.eq(network).and(dossier::organization_id.eq(organization))))
    });
    Box::new(invited.or(concerned.and(shown(actor.networks().collect(), actor.knows_networks()))))
}

/// Declares a decision: one of the two sides takes it, where that side has not yet.
macro_rules! decision {
    ($(#[doc = $doc:literal])+ $name:ident as $called:literal) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone)]
        pub struct $name(pub MembershipRequestId);

        impl Action for $name {
            type Facts = MembershipRequest;
            const NAME: &'static str = $called;

            fn rule(actor: &Actor, it: &MembershipRequest) -> Ruling {
                let own = it.is_about(actor);
                Read::rule(actor, it)
                    .and(own || actor.is_sig() || actor.leads_on(it.network_id, it.interministerial), SIDES)
                    .and(it.decided_by(actor), PROMOTION)
            }

            fn moment(it: &MembershipRequest) -> Result<(), Refusal> {
                it.open()
            }

            fn moment_for(actor: &Actor, it: &MembershipRequest) -> Result<(), Refusal> {
                it.open_to(actor)
            }

            fn object(&self) -> (&'static str, Option<String>) {
                (MembershipRequest::NAME, Some(self.0.to_string()))
            }
        }
    };
}

decision!(
    /// Agree, for the person or for the network.
    Accept as "accept_membership_request"
);
decision!(
    /// Refuse, for the person or for the network.
    Refuse as "refuse_membership_request"
);

action!(
    /// Withdraw a membership request.
    Withdraw(MembershipRequestId) on MembershipRequest as "withdraw_membership_request", MembershipRequest,
    |actor, it| {
        let own = match it.kind {
            MembershipRequestKind::Request => it.is_about(actor),
            // The person who opened it, while they could still open it: having done so once is no right on its own.
            MembershipRequestKind::Invitation => it.created_by == actor.id && actor.leads_on(it.network_id, it.interministerial),
            MembershipRequestKind::Nomination => it.created_by == actor.id && nominates(actor, it.network_id, it.organization.id),
        };
        Read::rule(actor, it).and(own || actor.is_sig(), OPENER)
    },
    MembershipRequest::open
);
