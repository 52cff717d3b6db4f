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
