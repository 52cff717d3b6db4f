//! Who may write, publish and read an announcement, and when.

use std::collections::BTreeSet;

use diesel::BoxableExpression;
use diesel::dsl::LeftJoinQuerySource;
use diesel::expression::AsExpression;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use kernel::notification::{NotificationClass, NotificationKind};
use kernel::policy::Target;
use kernel::schema::{announcement, network, notification};
use kernel::{Actor, AnnouncementId, Label, MemberId, NetworkId, PrincipalId, Refusal, Ruling, action};

use super::{Announcement, AnnouncementInput, AnnouncementPatch, AnnouncementStatus};
use crate::network::{Network, NetworkVisibility, shown};

/// The tables that an announcement is read from.
pub type Joined = LeftJoinQuerySource<announcement::table, network::table>;
type Condition = Box<dyn BoxableExpression<Joined, Pg, SqlType = Bool>>;

const WRITERS: Label = Label {
    fr: "Cette opération est réservée au SIG et, pour leur réseau, aux personnes qui l’animent, sur leurs sujets. Les annonces obligatoires sont réservées au SIG. Adressez-leur votre demande.",
    en: "Only the SIG and, for their network, the leads on their topics may do this. Mandatory announcements are only for the SIG. Ask one of them.",
};
const FOLLOWERS: Label = Label {
    fr: "Le suivi des envois est réservé au SIG et aux personnes qui animent le réseau. Adressez-leur votre demande.",
    en: "Deliveries are only for the SIG and the leads of the network. Ask one of them.",
};
const ADDRESSEES: Label = Label {
    fr: "Cette annonce ne vous est pas adressée : il n’est pas nécessaire de la marquer comme lue.",
    en: "This announcement is not addressed to you: there is no need to mark it as read.",
};
const ONE_AUDIENCE: Label = Label {
    fr: "Une annonce a un seul public. Indiquez soit un réseau, soit des natures ou des catégories d’organisations.",
    en: "An announcement has one audience. Give either a network, or kinds or origins of organizations.",
};
const WORDS_ALONE: Label = Label {
    fr: "L’annonce est publiée : seuls son titre et son texte peuvent changer. Retirez-la et créez-en une autre.",
    en: "The announcement is published: only its title and its text can change. Withdraw it and create another one.",
};
const NOBODY_YET: Label = Label {
    fr: "L’annonce n’est pas publiée : il n’y a personne à prévenir. Envoyez la modification sans `notify`.",
    en: "The announcement is not published: there is nobody to notify. Send the change without `notify`.",
};

/// An announcement, with the caller: what they may read depends on whether it was addressed to them.
#[derive(Debug, Clone, Copy)]
pub struct Addressed {
    /// Identifier of the announcement.
    pub id: AnnouncementId,
    /// Identifier of the caller.
    pub to: PrincipalId,
}

impl Target for Addressed {
    fn key(&self) -> Option<String> {
        Some(self.id.to_string())
    }
}

/// Whether the caller may write announcements of this class to this network or, without one, to organizations.
fn writes(actor: &Actor, to: Option<NetworkId>, interministerial: bool, class: NotificationClass) -> bool {
    let leads = to.is_some_and(|network| actor.leads_on(network, interministerial));
    actor.is_sig() || (class == NotificationClass::Normal && leads)
}

impl Announcement {
    fn written_by(&self, actor: &Actor) -> bool {
        writes(actor, self.network_id, self.interministerial, self.class)
    }

    /// Whether the caller answers for it now: the SIG and the leads of its network. Its author only while they are one
    /// of these.
    fn answered_by(&self, actor: &Actor) -> bool {
        actor.is_sig() || self.network_id.is_some_and(|network| actor.leads_on(network, self.interministerial))
    }

    fn followed_by(&self, actor: &Actor) -> bool {
        self.answered_by(actor) || (actor.is_insider() && self.created_by == actor.id)
    }

    /// Whether the caller may read how many people it reached.
    #[must_use]
    pub fn tells(&self, actor: &Actor) -> bool {
        self.status != AnnouncementStatus::Draft && self.answered_by(actor)
    }

    /// Whether its network is visible to the caller. People who left a hidden network lose even what they received or
    /// wrote there.
    fn shows(&self, actor: &Actor) -> bool {
        NetworkVisibility::shows_any(self.network_id.zip(self.network_visibility), actor)
    }

    fn addressed(&self, actor: &Actor) -> bool {
        self.around.addressed && actor.is_insider()
    }

    fn moves(&self, how: &'static str) -> Result<(), Refusal> {
        let allowed = self.status.moves();
        if allowed.contains(&how) { Ok(()) } else { Err(Refusal::Illegal { allowed: allowed.to_vec() }) }
    }
}

action!(
    /// See an announcement: a draft, those who may write it; a published one, its recipients and those who follow it.
    Read(Addressed) on Announcement as "get_announcement", Announcement,
    |actor, it| Ruling::seen(it.shows(actor) && match it.status {
        AnnouncementStatus::Draft => it.written_by(actor),
        AnnouncementStatus::Published => it.followed_by(actor) || it.addressed(actor),
        AnnouncementStatus::Withdrawn => it.followed_by(actor),
    })
);

/// The rule of `Read` as a condition of a query: every list starts from it.
#[must_use]
pub fn visible(actor: &Actor) -> Condition {
    if actor.is_sig() {
        return Box::new(<bool as AsExpression<Bool>>::as_expression(true));
    }
    let inside = || <bool as AsExpression<Bool>>::as_expression(actor.is_insider());
    let led = || announcement::network_id.eq_any(actor.led().collect::<Vec<NetworkId>>()).assume_not_null();
    let co_led = || announcement::network_id.eq_any(actor.co_led().collect::<Vec<NetworkId>>()).assume_not_null();
    let leads = || led().or(co_led().and(announcement::interministerial));
    let drafts = announcement::status.eq(AnnouncementStatus::Draft);
    let drafts = drafts.and(announcement::class.eq(NotificationClass::Normal)).and(leads());
    let own = inside().and(announcement::created_by.eq(actor.id));
    let followed = announcement::status.ne(AnnouncementStatus::Draft).and(leads().or(own));
    let told = notification::table
        .filter(notification::member_id.eq(MemberId(actor.id.0)))
        .filter(notification::kind.eq(NotificationKind::AnnouncementPublished))
        .select(notification::object_id);
    let addressed = announcement::status.eq(AnnouncementStatus::Published).and(inside());
    let seen = drafts.or(followed).or(addressed.and(announcement::id.eq_any(told)));
    Box::new(seen.and(shown(actor.networks().collect(), actor.knows_networks())))
}

/// An announcement to create, with its network, as far as that exists.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The announcement to create.
    pub new: AnnouncementInput,
    /// The network whose members it would be addressed to.
    pub network: Option<Network>,
}

impl Draft {
    /// Its class: `normal` unless another one is given.
    #[must_use]
    pub fn class(&self) -> NotificationClass {
        self.new.class.unwrap_or(NotificationClass::Normal)
    }

    /// Whether the caller may write to this audience.
    #[must_use]
    pub fn rule(&self, actor: &Actor) -> Ruling {
        let to = self.network.as_ref().map(|network| network.id);
        Ruling::Allow.and(writes(actor, to, self.new.interministerial, self.class()), WRITERS)
    }

    /// Checks that it has exactly one audience, which exists.
    ///
    /// # Errors
    /// It names none, or two; there is no such network, or it is closed.
    pub fn fits(&self) -> Result<(), Refusal> {
        let organizations = !self.new.organization_kinds.is_empty() || !self.new.origins.is_empty();
        match (&self.new.network_code, &self.network) {
            (Some(_), None) => Err(Refusal::Invalid("/network_code", Network::MISSING)),
            (Some(_), Some(_)) if organizations => Err(Refusal::Invalid("/network_code", ONE_AUDIENCE)),
            (Some(_), Some(network)) => network.open(),
            (None, _) if !organizations => Err(Refusal::Invalid("/network_code", ONE_AUDIENCE)),
            (None, _) => Ok(()),
        }
    }
}

impl Target for AnnouncementInput {}

action!(
    /// Write an announcement: the SIG to anyone, the leads to their network.
    Create(AnnouncementInput) on Announcement as "create_announcement", Draft,
    |actor, it| it.rule(actor), Draft::fits
);

action!(
    /// Change an announcement that was not withdrawn.
    Update(Addressed) on Announcement as "update_announcement", Announcement,
    |actor, it| Read::rule(actor, it).and(it.written_by(actor), WRITERS),
    |it| match it.status {
        AnnouncementStatus::Withdrawn => Err(Refusal::Illegal { allowed: Vec::new() }),
        _ => Ok(()),
    }
);

/// Whether two lists name the same, in whatever order.
fn same<T: Ord>(one: &[T], other: &[T]) -> bool {
    one.iter().collect::<BTreeSet<_>>() == other.iter().collect::<BTreeSet<_>>()
}

/// The announcement after a change. Its audience is settled by its publication and cannot change afterwards.
///
/// # Errors
/// It is published and more than its title and text would change; it is not published and `notify` is set.
pub fn refit(it: &Announcement, patch: AnnouncementPatch) -> Result<AnnouncementInput, Refusal> {
    let published = it.status == AnnouncementStatus::Published;
    let notify = patch.notify == Some(true);
    let wanted = AnnouncementInput {
        title: patch.title.unwrap_or_else(|| it.title.clone()),
        body: patch.body.unwrap_or_else(|| it.body.clone()),
        network_code: patch.network_code.unwrap_or_else(|| it.network_code.clone()),
        organization_kinds: patch.organization_kinds.unwrap_or_else(|| it.organization_kinds.clone()),
        origins: patch.origins.unwrap_or_else(|| it.origins.clone()),
        interministerial: patch.interministerial.unwrap_or(it.interministerial),
        class: Some(patch.class.unwrap_or(it.class)),
    };
    let settled = [
        ("/network_code", wanted.network_code == it.network_code),
        ("/organization_kinds", same(&wanted.organization_kinds, &it.organization_kinds)),
        ("/origins", same(&wanted.origins, &it.origins)),
        ("/interministerial", wanted.interministerial == it.interministerial),
        ("/class", wanted.class == Some(it.class)),
    ];
    match settled.into_iter().find(|(_, same)| published && !same) {
        Some((field, _)) => Err(Refusal::Invalid(field, WORDS_ALONE)),
        None if !published && notify => Err(Refusal::Invalid("/notify", NOBODY_YET)),
        None => Ok(wanted),
    }
}

action!(
    /// Publish an announcement: its recipients are settled and notified.
    Publish(Addressed) on Announcement as "publish_announcement", Announcement,
    |actor, it| Read::rule(actor, it).and(it.written_by(actor), WRITERS), |it| it.moves("publish_announcement")
);

action!(
    /// Withdraw an announcement: its recipients no longer see it, and e-mails not sent yet are not sent.
    Withdraw(Addressed) on Announcement as "withdraw_announcement", Announcement,
    |actor, it| Read::rule(actor, it).and(it.written_by(actor), WRITERS), |it| it.moves("withdraw_announcement")
);

action!(
    /// Mark an announcement as read.
    MarkRead(Addressed) on Announcement as "mark_announcement_as_read", Announcement,
    |actor, it| Read::rule(actor, it).and(it.addressed(actor), ADDRESSEES)
);

action!(
    /// See to whom an announcement was sent, and the state of each delivery.
    ListDeliveries(Addressed) on Announcement as "list_announcement_deliveries", Announcement,
    |actor, it| Read::rule(actor, it).and(it.answered_by(actor), FOLLOWERS)
);
