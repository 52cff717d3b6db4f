//! Who may do what with an action item, and when.

use diesel::BoxableExpression;
use diesel::dsl::{InnerJoinQuerySource, LeftJoinQuerySource};
use diesel::expression::AsExpression;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use kernel::directory::OrganizationLife;
use kernel::schema::{action_item, follow_up, member, network, organization};
use kernel::{
    Action as _, ActionItemId, Actor, Label, MemberId, NetworkId, OrganizationId, Refusal, Role, Ruling, action,
};

use super::{ActionItem, ActionItemInput, ActionStatus};
use crate::follow_up::{FollowUpAxis, FollowUpConfidentiality, FollowUpScope, reads};
use crate::network::{Network, NetworkVisibility, shown};

/// The tables that an action item is read from.
pub type Joined = LeftJoinQuerySource<
    LeftJoinQuerySource<
        LeftJoinQuerySource<InnerJoinQuerySource<action_item::table, organization::table>, network::table>,
        member::table,
    >,
    follow_up::table,
>;
type Condition = Box<dyn BoxableExpression<Joined, Pg, SqlType = Bool>>;

const GIVERS: Label = Label {
    fr: "Cette opération est réservée au SIG, aux personnes qui animent le réseau et, pour les organisations dont elle répond, à la personne qui dirige la communication. Adressez-leur votre demande.",
    en: "Only the SIG, the leads of the network and, for the organizations they answer for, communication directors may do this. Ask one of them.",
};
const DOERS: Label = Label {
    fr: "Cette opération est réservée au SIG, aux personnes qui animent le réseau et à l’organisation chargée de l’action. Adressez-leur votre demande.",
    en: "Only the SIG, the leads of the network and the organization in charge of the action item may do this. Ask one of them.",
};
const NO_FOLLOW_UP: Label = Label {
    fr: "Ce point de suivi n’existe pas. Indiquez l’identifiant d’un point de suivi que vous pouvez lire.",
    en: "There is no such follow-up. Give the identifier of a follow-up that you may read.",
};
const OF_FOLLOW_UP: Label = Label {
    fr: "L’action relève du même réseau que son point de suivi : indiquez ce réseau.",
    en: "The action item belongs to the network of its follow-up: give that one.",
};
const NOT_THERE: Label = Label {
    fr: "Cette personne n’est pas rattachée à l’organisation. Choisissez une personne qui l’est, ou ne désignez personne.",
    en: "This person is not affiliated to the organization. Choose someone who is, or name nobody.",
};

impl ActionItem {
    /// Whether it comes from a confidential follow-up.
    #[must_use]
    pub fn is_confidential(&self) -> bool {
        self.origin.1 == Some(FollowUpConfidentiality::Confidential)
    }

    /// Whether it is confidential or of a hidden network: only readers of its follow-up or network may see it.
    #[must_use]
    pub fn is_reserved(&self) -> bool {
        self.is_confidential() || self.network_visibility == Some(NetworkVisibility::Hidden)
    }

    /// The action item as the caller may know it: without a network that is hidden from them.
    #[must_use]
    pub fn known_to(self, actor: &Actor) -> Self {
        if self.shows(actor) { self } else { Self { network_code: None, network_name: None, ..self } }
    }

    fn led_by(&self, actor: &Actor) -> bool {
        let private = self.is_confidential() && self.origin.0 == Some(FollowUpAxis::Organization);
        !private && self.network_id.is_some_and(|network| actor.leads_on(network, self.interministerial))
    }

    fn answered_by(&self, actor: &Actor) -> bool {
        let at = self.owner_organization.id;
        !self.is_confidential() && self.network_id.is_some_and(|network| actor.answers_back_for(network, at))
    }

    /// Whether the caller administers its organization, where no network follows it and it names nobody.
    fn administered_by(&self, actor: &Actor) -> bool {
        let nobodys = self.network_id.is_none() && self.owner_member.is_none() && !self.is_confidential();
        nobodys && actor.reaches_back(&[Role::OrgAdmin], self.owner_organization.id)
    }

    /// Whether the caller speaks for the organization that owes it, where it names nobody else: its référent in the
    /// network, or its administrator.
    fn spoken_for_by(&self, actor: &Actor) -> bool {
        let at = self.owner_organization.id;
        let another = self.owner_member.as_ref().is_some_and(|owner| Some(owner.id) != actor.member());
        let referent = self.network_id.is_some_and(|network| actor.answers_for(network, at));
        !another && (referent || actor.reaches(&[Role::OrgAdmin], at))
    }

    fn is_owed_by(&self, actor: &Actor) -> bool {
        actor.is_insider() && self.owner_member.as_ref().is_some_and(|owner| Some(owner.id) == actor.member())
    }

    /// The organization that owes it does it.
    fn owed(&self, actor: &Actor, roles: &[Role]) -> bool {
        self.is_owed_by(actor) || actor.reaches(roles, self.owner_organization.id)
    }

    fn shows(&self, actor: &Actor) -> bool {
        NetworkVisibility::shows_any(self.network_id.zip(self.network_visibility), actor)
    }

    fn is(&self, status: ActionStatus, allowed: &[&'static str]) -> Result<(), Refusal> {
        if self.status == status { Ok(()) } else { Err(Refusal::Illegal { allowed: allowed.to_vec() }) }
    }
}

action!(
    /// See an action item: those who have to do it and those who follow it.
    Read(ActionItemId) on ActionItem as "get_action_item", ActionItem,
    |actor, it| {
        // The person named in it reads it until it is done, even if its network is hidden from them.
        let own = it.is_owed_by(actor) && (it.status == ActionStatus::Open || it.shows(actor));
        let dicom = actor.reaches_back(Actor::DICOM, it.owner_organization.id) && it.shows(actor);
        let owes = own || dicom || it.administered_by(actor);
        let follows = it.shows(actor) && (it.led_by(actor) || it.answered_by(actor));
        Ruling::seen(actor.is_sig() || owes || follows)
    }
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
    let inside = || <bool as AsExpression<Bool>>::as_expression(actor.is_insider());
    let own = || action_item::owner_member_id.eq(MemberId(actor.id.0)).assume_not_null().and(inside());
    let reached = actor.reach_back(Actor::DICOM).collect::<Vec<OrganizationId>>();
    let administered = actor.reach_back(&[Role::OrgAdmin]).collect::<Vec<OrganizationId>>();
    let owed = action_item::owner_organization_id.eq_any(reached);
    let led = action_item::network_id.eq_any(actor.led().collect::<Vec<NetworkId>>()).assume_not_null();
    let co_led = action_item::network_id.eq_any(actor.co_led().collect::<Vec<NetworkId>>()).assume_not_null();
    let leads = led.or(co_led.and(action_item::interministerial));
    let open = || {
        let normal = follow_up::confidentiality.nullable().eq(FollowUpConfidentiality::Normal).assume_not_null();
        follow_up::id.nullable().is_null().or(normal)
    };
    let of_network = follow_up::axis.nullable().eq(FollowUpAxis::Network).assume_not_null();
    let answered = actor.answered_back().fold(never(), |answered, (network, organization)| {
        let here = action_item::network_id.eq(network).assume_not_null();
        Box::new(answered.or(here.and(action_item::owner_organization_id.eq(organization))))
    });
    let followed = leads.and(open().or(of_network)).or(answered.and(open()));
    let shown = shown(actor.networks().collect(), actor.knows_networks());
    let nobodys = action_item::network_id.is_null().and(action_item::owner_member_id.is_null()).and(open());
    let administered = action_item::owner_organization_id.eq_any(administered).and(nobodys);
    let to_do = own().and(action_item::status.eq(ActionStatus::Open));
    Box::new(to_do.or(own().or(owed).or(followed).and(shown)).or(administered))
}

/// An action item to create, with what it refers to, as far as that exists.
#[derive(Debug, Clone)]
pub struct Duty {
    /// What is asked.
    pub new: ActionItemInput,
    /// The network that would follow it.
    pub network: Option<Network>,
    /// The follow-up that it would come of.
    pub follow_up: Option<FollowUpScope>,
    /// Whether the organization lives.
    pub life: OrganizationLife,
    /// Whether the person is affiliated to the organization.
    pub person_there: bool,
}

action!(
    /// Create an action item: the leads of its network, the SIG, and a communication director for the organizations
    /// they answer for.
    Create(ActionItemInput) on ActionItem as "create_action_item", Duty,
    |actor, it| {
        // The answer is the same for what does not exist and for what is hidden.
        let seen = |network: &Network| network.visibility.shows(network.id, actor);
        let shown = it.new.network_code.is_none() || it.network.as_ref().is_some_and(seen);
        let follow_up = it.new.follow_up_id.is_none() || it.follow_up.as_ref().is_some_and(|scope| reads(actor, scope));
        let leads = it.network.as_ref().is_some_and(|network| actor.leads_on(network.id, it.new.interministerial));
        let own = actor.reaches(&[Role::DicomDirector], it.new.owner_organization_id);
        Ruling::Allow.and(actor.is_sig() || (shown && follow_up && (leads || own)), GIVERS)
    },
    |it| {
        if it.new.network_code.is_some() && it.network.is_none() {
            return Err(Refusal::Invalid("/network_code", Network::MISSING));
        }
        if it.new.follow_up_id.is_some() && it.follow_up.is_none() {
            return Err(Refusal::Invalid("/follow_up_id", NO_FOLLOW_UP));
        }
        of_follow_up(it.follow_up.as_ref(), it.network.as_ref().map(|network| network.id))?;
        it.life.alive()?;
        if it.person_there { Ok(()) } else { Err(Refusal::Invalid("/owner_member_id", NOT_THERE)) }
    }
);

impl kernel::policy::Target for ActionItemInput {}

fn gives(actor: &Actor, it: &ActionItem) -> Ruling {
    let own = actor.reaches(&[Role::DicomDirector], it.owner_organization.id);
    Read::rule(actor, it).and(actor.is_sig() || it.led_by(actor) || own, GIVERS)
}

fn does(actor: &Actor, it: &ActionItem) -> Ruling {
    let owes = it.owed(actor, &[Role::DicomDirector]) || it.spoken_for_by(actor);
    Read::rule(actor, it).and(actor.is_sig() || it.led_by(actor) || owes, DOERS)
}

action!(
    /// Change an action item.
    Update(ActionItemId) on ActionItem as "update_action_item", ActionItem,
    gives, |it| it.is(ActionStatus::Open, &["reopen_action_item"])
);

action!(
    /// Complete an action item: those who may create it, and the organization that has to do it.
    Complete(ActionItemId) on ActionItem as "complete_action_item", ActionItem,
    does, |it| it.is(ActionStatus::Open, &["reopen_action_item"])
);

action!(
    /// Cancel an action item: those who may create it.
    Cancel(ActionItemId) on ActionItem as "cancel_action_item", ActionItem,
    gives, |it| it.is(ActionStatus::Open, &["reopen_action_item"])
);

action!(
    /// Reopen an action item: those who may create it and, if it was done, the organization that has to do it.
    Reopen(ActionItemId) on ActionItem as "reopen_action_item", ActionItem,
    |actor, it| {
        let own = it.status != ActionStatus::Cancelled && it.spoken_for_by(actor);
        if own { Read::rule(actor, it) } else { gives(actor, it) }
    },
    |it| {
        if it.status == ActionStatus::Open {
            Err(Refusal::Illegal { allowed: vec!["complete_action_item", "cancel_action_item"] })
        } else {
            Ok(())
        }
    }
);

/// Whether the person who hands an action item over may show it to the person who takes it: a reserved one is shown
/// only by its readers.
#[must_use]
pub fn may_show(actor: &Actor, it: &ActionItem) -> bool {
    !it.is_reserved() || matches!(Read::rule(actor, it), Ruling::Allow)
}

/// An action belongs to the network of the follow-up that it came of, where that names one.
///
/// # Errors
/// It would belong to another.
pub fn of_follow_up(follow_up: Option<&FollowUpScope>, network: Option<NetworkId>) -> Result<(), Refusal> {
    let its = follow_up.and_then(|follow_up| follow_up.network_id);
    if its.is_none() || its == network { Ok(()) } else { Err(Refusal::Invalid("/network_code", OF_FOLLOW_UP)) }
}

/// The refusal of a person who is not affiliated to the organization.
#[must_use]
pub const fn not_there() -> Refusal {
    Refusal::Invalid("/owner_member_id", NOT_THERE)
}
