//! Who may do what to a network, and when.

use diesel::BoxableExpression;
use diesel::dsl::{AsExprOf, auto_type};
use diesel::expression::AsExpression;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use kernel::policy::Target;
use kernel::schema::network;
use kernel::{Actor, Label, MemberOrigin, NetworkId, Refusal, Ruling, action};

use super::{Network, NetworkCode, NetworkInput, NetworkStatus, NetworkVisibility};

const ITS_LEADS: Label = Label {
    fr: "Cette opération est réservée au SIG et aux personnes qui animent ce réseau sur tous les sujets.",
    en: "Only the SIG, the leads of this network and its co-leads on all topics may do this.",
};

const VISIBILITY: Label = Label {
    fr: "Seul le SIG décide de la visibilité d’un réseau.",
    en: "The SIG alone decides who knows of a network.",
};

impl Target for NetworkInput {
    fn key(&self) -> Option<String> {
        Some(self.code.to_string())
    }
}

action!(
    /// See a network.
    Read(NetworkCode) on Network as "get_network", Network,
    |actor, it| Ruling::seen(it.visibility.shows(it.id, actor))
);

impl NetworkVisibility {
    /// Whether a network of this visibility exists for a caller.
    #[must_use]
    pub fn shows(self, network: NetworkId, actor: &Actor) -> bool {
        let known = self != Self::Hidden && actor.knows_networks();
        known || actor.is_sig() || actor.sits_in(network)
    }

    /// Whether e-mails name the network: only one whose members, too, everyone may know.
    #[must_use]
    pub fn is_named_in_mail(self) -> bool {
        self == Self::Listed
    }

    /// Whether a caller may see the network of an object, or the object has none.
    pub(crate) fn shows_any(about: Option<(NetworkId, Self)>, actor: &Actor) -> bool {
        about.is_none_or(|(network, visibility)| visibility.shows(network, actor))
    }
}

/// The rule of `Read` as a condition of SQL: every list of networks starts from it.
#[must_use]
pub fn visible(actor: &Actor) -> Box<dyn BoxableExpression<network::table, Pg, SqlType = Bool>> {
    if actor.is_sig() {
        return Box::new(<bool as AsExpression<Bool>>::as_expression(true));
    }
    let mine = network::id.eq_any(actor.networks().collect::<Vec<NetworkId>>());
    if actor.knows_networks() {
        return Box::new(mine.or(network::visibility.ne(NetworkVisibility::Hidden)));
    }
    Box::new(mine)
}

/// The rule of `Read` as a condition of SQL, for rows whose network is optional: the row has no network, or one that
/// the caller sits in (`mine`), or one that is not hidden, where the caller may see networks at all (`known`).
#[auto_type(no_type_alias)]
pub(crate) fn shown(mine: Vec<NetworkId>, known: bool) -> _ {
    let known: AsExprOf<bool, Bool> = known.into_sql::<Bool>();
    let hidden: NetworkVisibility = NetworkVisibility::Hidden;
    let listed = network::visibility.nullable().ne(hidden).assume_not_null().and(known);
    let sits = network::id.nullable().eq_any(mine).assume_not_null();
    network::id.nullable().is_null().or(sits).or(listed)
}

action!(
    /// Create a network.
    Create(NetworkInput) on Network as "create_network", (),
    |actor, ()| Ruling::Allow.for_sig(actor)
);

action!(
    /// Change a network: its leads, its co-leads on all topics, and the SIG.
    Update(NetworkCode) on Network as "update_network", Network,
    |actor, it| Read::rule(actor, it).and(actor.is_sig() || actor.leads(it.id), ITS_LEADS), Network::open
);

impl Update {
    /// What the rule cannot know from the network alone: who knows of it, the SIG alone decides, since the auditor and the
    /// matrix lose sight of what is hidden.
    ///
    /// # Errors
    /// The caller may not change that.
    pub fn shows_to(actor: &Actor, before: &Network, visibility: Option<NetworkVisibility>) -> Result<(), Refusal> {
        let kept = visibility.is_none_or(|visibility| visibility == before.visibility);
        if kept || actor.is_sig() { Ok(()) } else { Err(Refusal::Forbidden(VISIBILITY)) }
    }
}

action!(
    /// Activate a network that is in preparation or dormant.
    Activate(NetworkCode) on Network as "activate_network", Network,
    |actor, it| Read::rule(actor, it).for_sig(actor), |it| it.moves("activate_network")
);

action!(
    /// Put an active network on hold.
    Pause(NetworkCode) on Network as "pause_network", Network,
    |actor, it| Read::rule(actor, it).for_sig(actor), |it| it.moves("pause_network")
);

action!(
    /// Close a network for good: its memberships and seats end.
    Close(NetworkCode) on Network as "close_network", Network,
    |actor, it| Read::rule(actor, it).for_sig(actor), |it| it.moves("close_network")
);

impl Network {
    /// What is wrong with a code that no network has.
    pub const MISSING: Label = Label {
        fr: "Aucun réseau que vous pouvez consulter ne porte ce code.",
        en: "No network that you may see has this code.",
    };
    /// Why a caller who does not lead the network on this topic may not.
    pub(crate) const ITS_LEADS: Label = Label {
        fr: "Cette opération est réservée au SIG et aux personnes qui animent ce réseau, chacune sur ses sujets.",
        en: "Only the SIG and the leads and co-leads of this network, each on their topics, may do this.",
    };

    /// Whether anything may still be written in it.
    ///
    /// # Errors
    /// It is closed.
    pub fn open(&self) -> Result<(), Refusal> {
        if self.status == NetworkStatus::Closed { Err(Refusal::Illegal { allowed: Vec::new() }) } else { Ok(()) }
    }

    /// Whether someone of this origin may sit in it.
    #[must_use]
    pub fn admits(&self, origin: MemberOrigin) -> bool {
        self.eligible_origins.is_empty() || self.eligible_origins.contains(&origin)
    }

    fn moves(&self, how: &'static str) -> Result<(), Refusal> {
        let allowed = self.status.moves();
        if allowed.contains(&how) { Ok(()) } else { Err(Refusal::Illegal { allowed: allowed.to_vec() }) }
    }
}
