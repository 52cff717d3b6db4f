//! Who may do what to a membership, and when.

use chrono::{DateTime, Utc};
use diesel::BoxableExpression;
use diesel::expression::AsExpression;
use diesel::helper_types::InnerJoinQuerySource;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use kernel::directory::OrganizationLife;
use kernel::schema::{member, membership, network, organization};
use kernel::{
    Action as _, Actor, Label, MemberId, MemberOrigin, MembershipId, NetworkId, NetworkRole, OrganizationId, Refusal,
    Ruling, action,
};

use super::{Membership, MembershipInput, MembershipStatus, RoleChange};
use crate::network::{self as networks, JoinPolicy, Network, NetworkCode, NetworkVisibility};

/// What a membership is read from.
pub type Joined = InnerJoinQuerySource<
    InnerJoinQuerySource<InnerJoinQuerySource<membership::table, member::table>, organization::table>,
    network::table,
>;

/// Why a caller who is not a SIG administrator may not give or take the roles of leads.
pub const PROMOTION: Label = Label {
    fr: "Seule l’administration du SIG désigne les personnes qui animent ou co-animent un réseau.",
    en: "Only SIG administrators appoint the leads and co-leads of a network.",
};
const LEADING: Label = Label {
    fr: "Seuls le SIG et la personne concernée mettent fin à l’adhésion d’une personne qui anime ou co-anime le réseau.",
    en: "Only the SIG and the lead or co-lead concerned may end this membership.",
};
pub(crate) const INELIGIBLE: Label = Label {
    fr: "Ce réseau n’est pas ouvert aux organisations de cette catégorie : choisissez un autre rattachement.",
    en: "This network is not open to organizations of this origin: choose another affiliation.",
};
pub(crate) const NOT_IN_FORCE: Label = Label {
    fr: "Ce rattachement n’est pas en cours, ou le compte de la personne est suspendu, ou son départ est enregistré : choisissez un rattachement en cours.",
    en: "This affiliation is not in force, or the member is suspended or departed: choose an affiliation in force.",
};

/// The roles that animate: appointed by the SIG administrator, and known to all who know of the network.
pub const LEADS: &[NetworkRole] = &[NetworkRole::Lead, NetworkRole::CoLead];

/// The roles in which a member answers for an organization.
pub const ANSWERS: &[NetworkRole] = &[NetworkRole::Referent, NetworkRole::Deputy];

action!(
    /// See a membership: in a listed network insiders see all of them and observers its leads; in the others its
    /// members, the SIG and the member's DICOM.
    Read(MembershipId) on Membership as "get_membership", Membership,
    |actor, it| {
        let hidden = it.network_visibility == NetworkVisibility::Hidden;
        let listed = it.network_visibility == NetworkVisibility::Listed;
        let known = listed && actor.knows_networks() && (actor.is_insider() || LEADS.contains(&it.role));
        let dicom = !hidden && actor.reaches(Actor::DICOM, it.organization.id);
        let own = actor.member() == Some(it.member.id) && actor.is_insider();
        Ruling::seen(actor.is_sig() || actor.sits_in(it.network_id) || known || dicom || (own && !hidden))
    }
);

/// The rule of `Read` as a condition of SQL, for the memberships of one network, whatever they are joined with: where they
/// are counted, with nothing.
#[must_use]
pub fn visible<From: 'static>(actor: &Actor, network: &Network) -> Box<dyn BoxableExpression<From, Pg, SqlType = Bool>>
where
    membership::role: SelectableExpression<From>,
    membership::organization_id: SelectableExpression<From>,
    membership::member_id: SelectableExpression<From>,
{
    let listed = network.visibility == NetworkVisibility::Listed;
    if actor.is_sig() || actor.sits_in(network.id) || (listed && actor.is_insider()) {
        return Box::new(<bool as AsExpression<Bool>>::as_expression(true));
    }
    if listed && actor.knows_networks() {
        return Box::new(membership::role.eq_any(LEADS.to_vec()));
    }
    let reached: Vec<OrganizationId> = actor.reach(Actor::DICOM).collect();
    let mine: Vec<MemberId> = actor.member().filter(|_| actor.is_insider()).into_iter().collect();
    Box::new(membership::organization_id.eq_any(reached).or(membership::member_id.eq_any(mine)))
}

/// The rule of `Read` as a condition of SQL, for memberships of any network.
#[must_use]
pub fn anywhere(actor: &Actor) -> Box<dyn BoxableExpression<Joined, Pg, SqlType = Bool>> {
    if actor.is_sig() {
        return Box::new(<bool as AsExpression<Bool>>::as_expression(true));
    }
    let sits = membership::network_id.eq_any(actor.networks().collect::<Vec<NetworkId>>());
    let reached = membership::organization_id.eq_any(actor.reach(Actor::DICOM).collect::<Vec<OrganizationId>>());
    let insider = actor.is_insider();
    let mine = actor.member().filter(|_| insider).into_iter().collect::<Vec<MemberId>>();
    let told = reached.or(membership::member_id.eq_any(mine)).and(network::visibility.ne(NetworkVisibility::Hidden));
    let roles: &[NetworkRole] = match (actor.knows_networks(), insider) {
        (true, true) => NetworkRole::ALL,
        (true, false) => LEADS,
        (false, _) => &[],
    };
    let listed = network::visibility.eq(NetworkVisibility::Listed).and(membership::role.eq_any(roles.to_vec()));
    Box::new(sits.or(told).or(listed))
}

/// The rule of `Read` as a condition of SQL, for the caller's own memberships: partners and observers sit nowhere, and
/// a hidden network is seen only by those who sit in it.
#[must_use]
pub fn own(actor: &Actor) -> Box<dyn BoxableExpression<Joined, Pg, SqlType = Bool>> {
    let insider = <bool as AsExpression<Bool>>::as_expression(actor.is_insider());
    let sits: Vec<NetworkId> = actor.networks().collect();
    let known = network::visibility.ne(NetworkVisibility::Hidden).or(membership::network_id.eq_any(sits));
    Box::new(known.and(insider))
}

/// A member to be added to a network, with what decides whether they may.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The network.
    pub network: Network,
    /// The membership that is asked for.
    pub new: MembershipInput,
    /// The member origin of the affiliation. Absent: the affiliation is not in force, or the member is suspended or
    /// departed.
    pub origin: Option<MemberOrigin>,
    /// When the affiliation ends: the membership lasts no longer.
    pub until: Option<DateTime<Utc>>,
    /// Life of the organization of an affiliation that is not in force: if it was merged or split, the answer names
    /// its successors.
    pub left: Option<OrganizationLife>,
}

action!(
    /// Add a member to a network directly.
    Create((NetworkCode, MembershipInput)) on Membership as "create_network_membership", Candidate,
    |actor, it| {
        networks::Read::rule(actor, &it.network)
            .and(actor.is_sig() || actor.leads_on(it.network.id, it.new.interministerial), Network::ITS_LEADS)
            .and(actor.is_sig_admin() || !LEADS.contains(&it.new.role), PROMOTION)
    },
    |it| {
        it.network.open()?;
        match it.origin {
            None => {
                it.left.as_ref().map_or(Ok(()), OrganizationLife::alive)?;
                Err(Refusal::Invalid("/affiliation_id", NOT_IN_FORCE))
            }
            Some(origin) if !it.network.admits(origin) => Err(Refusal::Invalid("/affiliation_id", INELIGIBLE)),
            Some(_) => Ok(()),
        }
    }
);

/// Whether a candidate may take over a membership: the rule is that of adding the candidate to the network. Where
/// members join automatically, those who keep the members of an organization may hand over its memberships too.
///
/// # Errors
/// The caller may not, or the candidate cannot sit there.
pub fn hands_over(actor: &Actor, it: &Membership, candidate: &Candidate) -> Result<(), Refusal> {
    let by_right = candidate.network.join_policy == JoinPolicy::Automatic && !LEADS.contains(&it.role);
    if !(by_right && actor.keeps(it.organization.id)) {
        Create::rule(actor, candidate).pass()?;
    }
    Create::moment(candidate)
}

pub(crate) fn decides(actor: &Actor, it: &Membership) -> bool {
    actor.is_sig() || actor.leads_on(it.network_id, it.interministerial)
}

/// A change of role, with the membership it is asked of.
#[derive(Debug, Clone)]
pub struct ChangeRole(pub MembershipId, pub RoleChange);

impl kernel::Action for ChangeRole {
    type Facts = Membership;
    const NAME: &'static str = "change_membership_role";

    fn rule(actor: &Actor, it: &Membership) -> Ruling {
        Read::rule(actor, it)
            .and(decides(actor, it), Network::ITS_LEADS)
            .and(actor.is_sig_admin() || !LEADS.contains(&it.role), PROMOTION)
    }

    fn moment(it: &Membership) -> Result<(), Refusal> {
        in_force(it)?;
        if it.is_last_lead { Err(Refusal::LastLead) } else { Ok(()) }
    }

    fn object(&self) -> (&'static str, Option<String>) {
        (<Membership as kernel::Noun>::NAME, Some(self.0.to_string()))
    }
}

impl ChangeRole {
    /// The part of the rule that depends on the new role: SIG administrators alone give the roles of leads.
    ///
    /// # Errors
    /// The caller may not promote.
    pub fn promotes(actor: &Actor, role: NetworkRole) -> Result<(), Refusal> {
        if actor.is_sig_admin() || !LEADS.contains(&role) { Ok(()) } else { Err(Refusal::Forbidden(PROMOTION)) }
    }
}

action!(
    /// Void a membership that should never have been recorded.
    Void(MembershipId) on Membership as "void_membership", Membership,
    |actor, it| Read::rule(actor, it).for_sig(actor)
            .and(actor.is_sig_admin() || !LEADS.contains(&it.role), PROMOTION),
    |it| if it.is_last_lead { Err(Refusal::LastLead) } else { Ok(()) }
);

action!(
    /// End a membership: the leads, the SIG, and the member.
    End(MembershipId) on Membership as "end_membership", Membership,
    |actor, it| {
        let own = actor.member() == Some(it.member.id);
        Read::rule(actor, it)
            .and(own || decides(actor, it), Network::ITS_LEADS)
            .and(own || actor.is_sig() || !LEADS.contains(&it.role), LEADING)
    },
    |it| {
        in_force(it)?;
        if it.is_last_lead { Err(Refusal::LastLead) } else { Ok(()) }
    }
);

pub(crate) fn in_force(it: &Membership) -> Result<(), Refusal> {
    if it.status == MembershipStatus::Ended { Err(Refusal::Illegal { allowed: Vec::new() }) } else { Ok(()) }
}
