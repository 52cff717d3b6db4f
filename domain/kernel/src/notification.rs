//! How soon members hear of what happens, what is sent to them, and which tasks wait for their time.

use chrono::TimeDelta;

use crate::{Label, Refusal, codes};

codes! {
    /// How soon a member hears of a network. Mandatory messages are sent at once in any case.
    NotificationLevel {
        Immediate = "immediate" ("immédiatement", "at once"),
        Digest = "digest" ("résumé quotidien", "daily digest"),
        Off = "none" ("aucune notification", "no notification"),
    }
}

codes! {
    /// Whether members may choose how soon they hear of it.
    NotificationClass {
        Normal = "normal" ("selon le choix de chaque membre", "as each member chose"),
        Mandatory = "mandatory" ("obligatoire, à tous les membres immédiatement", "mandatory, to all members at once"),
    }
}

codes! {
    /// Kind of event that a member is notified of.
    NotificationKind {
        AnnouncementPublished = "announcement_published" ("annonce publiée", "announcement published"),
        AnnouncementChanged = "announcement_changed" ("annonce modifiée", "announcement changed"),
        MembershipRequestWaits = "membership_request_waits" ("une demande d’adhésion attend votre décision", "a membership request waits for your decision"),
        MembershipRequestDecided = "membership_request_decided" ("une demande d’adhésion a reçu une réponse", "a membership request is decided"),
        MembershipRequestEnded = "membership_request_ended" ("une demande d’adhésion a pris fin sans décision", "a membership request ended without a decision"),
        ActionItemGiven = "action_item_given" ("une action vous est confiée, à vous ou à votre organisation", "an action item is given to you or to your organization"),
        ExpertiseRequested = "expertise_requested" ("votre aide est sollicitée", "your help is asked for"),
        ExpertiseRequestDecided = "expertise_request_decided" ("votre sollicitation a reçu une réponse", "your request for help is answered"),
        MembershipGiven = "membership_given" ("vous rejoignez un réseau", "you join a network"),
        MembershipReviewOpened = "membership_review_opened" ("une revue des adhésions attend vos réponses", "a review of memberships waits for your answers"),
        MembershipRequestExpires = "membership_request_expires" ("une demande d’adhésion expire bientôt sans votre décision", "a membership request expires soon without your decision"),
        MembershipReviewDue = "membership_review_due" ("une revue des adhésions s’achève bientôt sans toutes vos réponses", "a review of memberships is due soon and lacks answers of yours"),
        ActionItemDue = "action_item_due" ("une action arrive à échéance", "an action item is due soon"),
        ActionItemOverdue = "action_item_overdue" ("l’échéance d’une action est dépassée", "an action item is overdue"),
        InvitationExpired = "invitation_expired" ("une invitation que vous avez envoyée a expiré", "an invitation that you sent has expired"),
        ServiceAccountChanged = "service_account_changed" ("un compte de service dont vous répondez a été modifié, ou ses clés", "a service account that you answer for was changed, or its keys"),
        ServiceAccountExpires = "service_account_expires" ("un compte de service dont vous répondez, ou une de ses clés, expire bientôt", "a service account that you answer for, or one of its keys, expires soon"),
    }
}

impl NotificationKind {
    /// Whether something is expected of its recipient: once it was done, there is nothing to write any more.
    #[must_use]
    pub const fn asks(self) -> bool {
        matches!(
            self,
            Self::MembershipRequestWaits
                | Self::MembershipRequestExpires
                | Self::ActionItemGiven
                | Self::ActionItemDue
                | Self::ActionItemOverdue
                | Self::ExpertiseRequested
                | Self::MembershipReviewOpened
                | Self::MembershipReviewDue
        )
    }
}

codes! {
    /// What people are reminded of, once for each due date.
    Reminder {
        RequestExpires = "membership_request_expires" ("une demande d’adhésion expire bientôt", "a membership request expires soon"),
        ReviewDue = "membership_review_due" ("une revue des adhésions s’achève bientôt", "a review of memberships is due soon"),
        ActionDue = "action_item_due" ("une action arrive à échéance", "an action item is due soon"),
        ActionOverdue = "action_item_overdue" ("l’échéance d’une action est dépassée", "an action item is overdue"),
        InvitationExpires = "invitation_expires" ("une invitation expire bientôt", "an invitation expires soon"),
        InvitationExpired = "invitation_expired" ("une invitation a expiré", "an invitation has expired"),
        AccountExpires = "service_account_expires" ("un compte de service expire bientôt", "a service account expires soon"),
        KeyExpires = "service_account_key_expires" ("une clé d’un compte de service expire bientôt", "a key of a service account expires soon"),
    }
}

impl Reminder {
    /// The noun of the object that it is about.
    #[must_use]
    pub const fn noun(self) -> &'static str {
        match self {
            Self::RequestExpires => "membership_request",
            Self::ReviewDue => "membership_review",
            Self::ActionDue | Self::ActionOverdue => "action_item",
            Self::InvitationExpires | Self::InvitationExpired => "invitation",
            Self::AccountExpires => "service_account",
            Self::KeyExpires => "service_account_key",
        }
    }
}

codes! {
    /// Channel by which a message is sent.
    DeliveryChannel {
        Email = "email" ("courriel", "e-mail"),
    }
}

codes! {
    /// Kind of message that is sent.
    DeliveryKind {
        Invitation = "invitation" ("invitation", "invitation"),
        InvitationReminder = "invitation_reminder" ("rappel d’une invitation", "reminder of an invitation"),
        Notification = "notification" ("notification", "notification"),
        Digest = "digest" ("résumé quotidien", "daily digest"),
    }
}

codes! {
    /// What became of a message that is sent.
    DeliveryStatus {
        Queued = "queued" ("à envoyer", "queued"),
        Sent = "sent" ("envoyé", "sent"),
        Failed = "failed" ("échec de l’envoi", "failed"),
        Bounced = "bounced" ("refusé par le serveur de destination", "bounced: refused by the recipient’s server"),
        Muted = "muted" ("non envoyé, selon le choix de la personne destinataire", "not sent, as the recipient chose"),
        Unsent = "unsent" ("non envoyé", "not sent"),
    }
}

codes! {
    /// Kind of task that waits for its time.
    TaskKind {
        Send = "send" ("envoyer un message", "send a message"),
        EndRequest = "end_request" ("clore une demande d’adhésion", "end a membership request"),
        PublishIndicators = "publish_indicators" ("publier les indicateurs", "publish indicators"),
        Remind = "remind" ("rappeler une échéance", "remind of a due date"),
    }
}

codes! {
    /// Which tasks wait for each other. Those of one lane are done one after another; no lane waits for another.
    Lane {
        Clock = "clock" ("ce qui change à son heure", "what changes when its time comes"),
        Mail = "mail" ("ce qui s’envoie, et ce qui le prépare", "what is sent, and what makes it"),
    }
}

impl TaskKind {
    /// The lane in which it is done.
    #[must_use]
    pub const fn lane(self) -> Lane {
        match self {
            Self::EndRequest | Self::PublishIndicators => Lane::Clock,
            Self::Send | Self::Remind => Lane::Mail,
        }
    }
}

impl Lane {
    /// The kinds of tasks that are done in it.
    pub fn kinds(self) -> impl Iterator<Item = TaskKind> {
        TaskKind::ALL.iter().copied().filter(move |kind| kind.lane() == self)
    }
}

const LEVEL: Label = Label {
    fr: "Indiquez comment ce réseau doit vous informer (`notification_level`).",
    en: "Say how this network is to keep you informed (`notification_level`).",
};

/// How soon someone wants to hear of a network, which everyone who joins one must say.
///
/// # Errors
/// They did not.
pub fn chosen(level: Option<NotificationLevel>) -> Result<NotificationLevel, Refusal> {
    level.ok_or(Refusal::Invalid("/notification_level", LEVEL))
}

/// How long a membership request and an invitation stay open.
pub const OPEN_FOR: TimeDelta = TimeDelta::days(30);

#[cfg(test)]
mod tests {
    use super::{Lane, TaskKind};

    #[test]
    fn each_lane_has_work_and_each_kind_has_one_lane() {
        let mut all: Vec<TaskKind> = Lane::ALL.iter().flat_map(|lane| lane.kinds()).collect();
        all.sort();
        let mut known = TaskKind::ALL.to_vec();
        known.sort();
        assert_eq!(all, known);
        assert!(
            Lane::ALL.iter().all(|lane| lane.kinds().next().is_some()),
            "a lane without work is a thread for nothing"
        );
    }
}
