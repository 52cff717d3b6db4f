//! Who may write, publish and read an announcement, and when.

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

/// What an announcement is read from.
pub type Joined = LeftJoinQuerySource<announcement::table, network::table>;
type Condition = Box<dyn BoxableExpression<Joined, Pg, SqlType = Bool>>;

const WRITERS: Label = Label {
    fr: "Réservé au SIG et, pour leur réseau, aux animateurs, chacun sur ses sujets ; ce qui s'impose à tous est réservé au SIG.",
    en: "For the SIG and, to their network, the leads, each on his topics; what is mandatory is for the SIG.",
};
const FOLLOWERS: Label =
    Label { fr: "Réservé aux animateurs du réseau et au SIG.", en: "For the leads of the network and the SIG." };
const ADDRESSEES: Label =
    Label { fr: "Cette annonce ne vous est pas adressée.", en: "This announcement is not addressed to you." };
const ONE_AUDIENCE: Label = Label {
    fr: "Indiquez un réseau, ou des natures et des origines d'organisations, l'un des deux.",
    en: "Name a network, or kinds and origins of organizations, one of the two.",
};
const WORDS_ALONE: Label = Label {
    fr: "Une fois l'annonce publiée, seuls son titre et son texte changent.",
    en: "Once it is published, its title and its body alone change.",
};
const NOBODY_YET: Label = Label {
    fr: "L'annonce n'est pas publiée : il n'y a personne à prévenir.",
    en: "It is not published: there is nobody to tell.",
};

/// An announcement, with who asks: what it is to him depends on whether it was addressed to him.
#[derive(Debug, Clone, Copy)]
pub struct Addressed {
    /// Which.
    pub id: AnnouncementId,
    /// To whom.
    pub to: PrincipalId,
}

impl Target for Addressed {
    fn key(&self) -> Option<String> {
        Some(self.id.to_string())
    }
}

/// Whether the caller writes to this network, or to organizations, in such a class.
fn writes(actor: &Actor, to: Option<NetworkId>, interministerial: bool, class: NotificationClass) -> bool {
    let leads = to.is_some_and(|network| actor.leads_on(network, interministerial));
    actor.is_sig() || (class == NotificationClass::Normal && leads)
}

impl Announcement {
    fn written_by(&self, actor: &Actor) -> bool {
        writes(actor, self.network_id, self.interministerial, self.class)
    }

    /// Who answers for it now: its author too, while he still leads the network or is of the SIG.
    fn answered_by(&self, actor: &Actor) -> bool {
        actor.is_sig() || self.network_id.is_some_and(|network| actor.leads_on(network, self.interministerial))
    }

    fn followed_by(&self, actor: &Actor) -> bool {
        self.answered_by(actor) || (actor.is_insider() && self.created_by == actor.id)
    }

    /// Whether the caller is told what became of it.
    #[must_use]
    pub fn tells(&self, actor: &Actor) -> bool {
        self.status != AnnouncementStatus::Draft && self.answered_by(actor)
    }

    /// Who left a hidden network knows no more of it, whatever he was told or wrote there.
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
    /// See an announcement: a draft, who may write it; a published one, whom it is addressed to, and those who follow it.
    Read(Addressed) on Announcement as "get_announcement", Announcement,
    |actor, it| Ruling::seen(it.shows(actor) && match it.status {
        AnnouncementStatus::Draft => it.written_by(actor),
        AnnouncementStatus::Published => it.followed_by(actor) || it.addressed(actor),
        AnnouncementStatus::Withdrawn => it.followed_by(actor),
    })
);

/// What `Read` says one by one, for all: where every read starts.
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

/// An announcement to be written, as far as its network exists.
#[derive(Debug, Clone)]
pub struct Draft {
    /// What is asked.
    pub new: AnnouncementInput,
    /// The network it would go to.
    pub network: Option<Network>,
}

impl Draft {
    /// Whether a recipient may choose how soon he hears of it.
    #[must_use]
    pub fn class(&self) -> NotificationClass {
        self.new.class.unwrap_or(NotificationClass::Normal)
    }

    /// Who may write to this audience.
    #[must_use]
    pub fn rule(&self, actor: &Actor) -> Ruling {
        let to = self.network.as_ref().map(|network| network.id);
        Ruling::Allow.and(writes(actor, to, self.new.interministerial, self.class()), WRITERS)
    }

    /// Whether it goes to one audience, which exists.
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

/// What an announcement would be after a change; whom it goes to is settled by its publication.
///
/// # Errors
/// It is published, and more than its words would change; it is not, and someone would be told.
pub fn refit(it: &Announcement, patch: AnnouncementPatch) -> Result<AnnouncementInput, Refusal> {
    let published = it.status == AnnouncementStatus::Published;
    let settled = [
        ("/network_code", patch.network_code.is_some()),
        ("/organization_kinds", patch.organization_kinds.is_some()),
        ("/origins", patch.origins.is_some()),
        ("/interministerial", patch.interministerial.is_some()),
        ("/class", patch.class.is_some()),
    ];
    match settled.into_iter().find(|(_, touched)| published && *touched) {
        Some((field, _)) => return Err(Refusal::Invalid(field, WORDS_ALONE)),
        None if !published && patch.notify == Some(true) => return Err(Refusal::Invalid("/notify", NOBODY_YET)),
        None => {}
    }
    Ok(AnnouncementInput {
        title: patch.title.unwrap_or_else(|| it.title.clone()),
        body: patch.body.unwrap_or_else(|| it.body.clone()),
        network_code: patch.network_code.unwrap_or_else(|| it.network_code.clone()),
        organization_kinds: patch.organization_kinds.unwrap_or_else(|| it.organization_kinds.clone()),
        origins: patch.origins.unwrap_or_else(|| it.origins.clone()),
        interministerial: patch.interministerial.unwrap_or(it.interministerial),
        class: Some(patch.class.unwrap_or(it.class)),
    })
}

action!(
    /// Publish an announcement: whom it is addressed to is settled, and told.
    Publish(Addressed) on Announcement as "publish_announcement", Announcement,
    |actor, it| Read::rule(actor, it).and(it.written_by(actor), WRITERS), |it| it.moves("publish_announcement")
);

action!(
    /// Withdraw an announcement: its recipients no longer see it, and what was not sent is not.
    Withdraw(Addressed) on Announcement as "withdraw_announcement", Announcement,
    |actor, it| Read::rule(actor, it).and(it.written_by(actor), WRITERS), |it| it.moves("withdraw_announcement")
);

action!(
    /// Say that one has read an announcement.
    MarkRead(Addressed) on Announcement as "mark_announcement_as_read", Announcement,
    |actor, it| Read::rule(actor, it).and(it.addressed(actor), ADDRESSEES)
);

action!(
    /// See to whom an announcement was sent, and what became of it.
    ListDeliveries(Addressed) on Announcement as "list_announcement_deliveries", Announcement,
    |actor, it| Read::rule(actor, it).and(it.answered_by(actor), FOLLOWERS)
);
