//! Who may do what to a member, and when.

use diesel::BoxableExpression;
use diesel::expression::AsExpression;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use kernel::directory::OrganizationLife;
use kernel::policy::Target;
use kernel::schema::{affiliation, member, membership};
use kernel::sql::clock;
use kernel::{Actor, Label, MemberId, NetworkId, OrganizationId, Refusal, Ruling, action};

use super::{Member, MemberInput, MemberStatus, ProfileVisibility};

/// A condition on members.
type Condition = Box<dyn BoxableExpression<member::table, Pg, SqlType = Bool>>;

const KEEPERS: Label = Label {
    fr: "Cette opération est réservée au SIG, à la personne qui dirige la communication et à l’administration de l’organisation de ce membre.",
    en: "Only the SIG, the communication director and the administrators of the member's organization may do this.",
};

impl Target for MemberInput {}

impl Member {
    /// Whether the actor keeps the card: the organization of the main affiliation does, those of other affiliations do not.
    #[must_use]
    pub fn is_kept_by(&self, actor: &Actor) -> bool {
        actor.is_sig() || self.main().is_some_and(|main| actor.keeps(main))
    }

    /// Whether a person who logs in as this member would hold no more rights than the caller could give.
    #[must_use]
    pub fn is_entrusted_to(&self, actor: &Actor) -> bool {
        self.powers.as_ref().is_none_or(|powers| powers.are_given_by(actor))
    }

    /// Whether the caller keeps the organizations of all affiliations: only then may they end all of them.
    fn is_wholly_kept_by(&self, actor: &Actor) -> bool {
        let all = || self.affiliations.0.iter().all(|at| actor.keeps(at.organization.id));
        actor.is_sig() || (!self.affiliations.0.is_empty() && all())
    }

    fn main(&self) -> Option<OrganizationId> {
        self.affiliations.0.iter().find(|at| at.is_primary).map(|at| at.organization.id)
    }

    fn is_self(&self, actor: &Actor) -> bool {
        actor.member() == Some(self.id)
    }

    fn left(&self) -> bool {
        matches!(self.status, MemberStatus::Departed | MemberStatus::Pseudonymised)
    }

    /// Whether this caller sees the card, or only the name and the organizations.
    #[must_use]
    pub fn is_card_for(&self, actor: &Actor) -> bool {
        let own = || self.main().is_some_and(|main| actor.reaches(Actor::SCOPED, main) || actor.keeps(main));
        let shares = |mine: Vec<NetworkId>| self.networks.iter().any(|network| mine.contains(network));
        let open = || match self.profile_visibility {
            ProfileVisibility::AllMembers => true,
            ProfileVisibility::Networks => shares(actor.shared_networks().collect()),
            ProfileVisibility::Leads => shares(actor.led().collect()),
        };
        self.is_self(actor) || actor.is_sig() || (actor.is_insider() && !self.left() && (own() || open()))
    }

    /// Whether anything may still be written on the member.
    ///
    /// # Errors
    /// The member has left.
    pub fn present(&self) -> Result<(), Refusal> {
        if self.left() { Err(Refusal::Illegal { allowed: Vec::new() }) } else { Ok(()) }
    }
}

action!(
    /// See a member: insiders see what the member shows them, observers the name, partners only themselves.
    Read(MemberId) on Member as "get_member", Member,
    |actor, it| Ruling::seen(it.is_self(actor) || actor.knows_members())
);

/// The rule of `Read` as a condition of a query: every list starts from it.
#[must_use]
pub fn visible(actor: &Actor) -> Condition {
    if actor.knows_members() {
        return Box::new(<bool as AsExpression<Bool>>::as_expression(true));
    }
    Box::new(member::id.eq(MemberId(actor.id.0)))
}

/// `Member::is_card_for` as a condition of a query: every search by what only a card shows starts from it.
#[must_use]
pub fn carded(actor: &Actor) -> Condition {
    if actor.is_sig() {
        return Box::new(<bool as AsExpression<Bool>>::as_expression(true));
    }
    let own_card = member::id.eq(MemberId(actor.id.0));
    if !actor.is_insider() {
        return Box::new(own_card);
    }
    let present = member::departed_at.is_null().and(member::pseudonymised_at.is_null());
    let reached: Vec<OrganizationId> = actor.reach(Actor::SCOPED).chain(actor.kept()).collect();
    let in_scope = diesel::dsl::exists(
        affiliation::table.filter(
            affiliation::member_id
                .eq(member::id)
                .and(affiliation::organization_id.eq_any(reached))
                .and(affiliation::is_primary)
                .and(affiliation::valid.contains(clock())),
        ),
    );
    let shares = |networks: Vec<NetworkId>| {
        diesel::dsl::exists(
            membership::table.filter(
                membership::member_id
                    .eq(member::id)
                    .and(membership::network_id.eq_any(networks))
                    .and(membership::valid.contains(clock())),
            ),
        )
    };
    let in_common = shares(actor.shared_networks().collect());
    let by_network = member::profile_visibility.eq(ProfileVisibility::Networks).and(in_common);
    let by_lead = member::profile_visibility.eq(ProfileVisibility::Leads).and(shares(actor.led().collect()));
    let open = member::profile_visibility.eq(ProfileVisibility::AllMembers).or(by_network).or(by_lead);
    Box::new(own_card.or(present.and(in_scope.or(open))))
}

action!(
    /// Create a member, with a first affiliation.
    Create(MemberInput) on Member as "create_member", (OrganizationId, OrganizationLife),
    |actor, (organization, _)| Ruling::Allow.and(actor.keeps(*organization), KEEPERS),
    |(_, life)| life.alive()
);

action!(
    /// Change a member's card.
    Update(MemberId) on Member as "update_member", Member,
    |actor, it| Read::rule(actor, it).and(it.is_kept_by(actor), KEEPERS), Member::present
);

action!(
    /// Give fields of a member's card back to their source: people do so, since a directory has no word over what others keep.
    Release(MemberId) on Member as "release_member_fields", Member,
    |actor, it| Update::rule(actor, it).and(actor.member().is_some(), Label::PEOPLE), Member::present
);

action!(
    /// Suspend a member: all rights are gone at once, the memberships wait.
    Suspend(MemberId) on Member as "suspend_member", Member,
    |actor, it| Read::rule(actor, it).for_sig(actor),
    |it| match it.status {
        MemberStatus::Invited | MemberStatus::Active => Ok(()),
        _ => Err(illegal(it)),
    }
);

action!(
    /// Restore a suspended member.
    Restore(MemberId) on Member as "restore_member", Member,
    |actor, it| Read::rule(actor, it).for_sig(actor),
    |it| if it.status == MemberStatus::Suspended { Ok(()) } else { Err(illegal(it)) }
);

action!(
    /// Record the departure of a member: all affiliations end, with what is held through them. Only for those who keep all
    /// of them.
    Depart(MemberId) on Member as "depart_member", Member,
    |actor, it| Read::rule(actor, it).and(it.is_wholly_kept_by(actor), KEEPERS),
    |it| it.present().map_err(|_| illegal(it))
);

action!(
    /// Link a login to the member that the directory of its issuer knows by the same identifier.
    Bind(MemberId) on Member as "bind_me", Member,
    |_, _| Ruling::Allow, Member::present
);

fn illegal(it: &Member) -> Refusal {
    Refusal::Illegal {
        allowed: match it.status {
            MemberStatus::Invited | MemberStatus::Active => vec!["suspend_member", "depart_member"],
            MemberStatus::Suspended => vec!["restore_member", "depart_member"],
            MemberStatus::Departed | MemberStatus::Pseudonymised => Vec::new(),
        },
    }
}
