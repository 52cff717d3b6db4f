//! How soon a member hears of what happens, what is sent to him, and what waits for a time.

use chrono::TimeDelta;

use crate::{Label, Refusal, codes};

codes! {
    /// How soon a member hears of a network. What is mandatory is sent in any case.
    NotificationLevel {
        Immediate = "immediate" ("aussitôt", "at once"),
        Digest = "digest" ("résumé quotidien", "daily digest"),
        Off = "none" ("rien", "nothing"),
    }
}

codes! {
    /// Whether a member may choose how soon he hears of something.
    NotificationClass {
        Normal = "normal" ("selon le choix de chacun", "as each member chose"),
        Mandatory = "mandatory" ("à tous, aussitôt", "to everyone, at once"),
    }
}

codes! {
    /// What a member is told of.
    NotificationKind {
        AnnouncementPublished = "announcement_published" ("annonce publiée", "announcement published"),
        AnnouncementChanged = "announcement_changed" ("annonce modifiée", "announcement changed"),
        MembershipRequestWaits = "membership_request_waits" ("une adhésion attend votre décision", "a membership waits for your decision"),
        MembershipRequestDecided = "membership_request_decided" ("une adhésion est décidée", "a membership is decided"),
        MembershipRequestEnded = "membership_request_ended" ("une adhésion prend fin sans décision", "a membership request ended without a decision"),
        ActionItemGiven = "action_item_given" ("une action vous est confiée, ou à votre organisation", "an action is given to you, or to your organization"),
        ExpertiseRequested = "expertise_requested" ("votre aide est sollicitée", "your help is asked for"),
        ExpertiseRequestDecided = "expertise_request_decided" ("votre sollicitation a reçu une réponse", "your request for help is answered"),
        MembershipGiven = "membership_given" ("vous rejoignez un réseau", "you are in a network from now on"),
        MembershipReviewOpened = "membership_review_opened" ("une revue d'adhésions attend vos réponses", "a review of memberships waits for your answers"),
    }
}

codes! {
    /// By what something is sent.
    DeliveryChannel {
        Email = "email" ("courriel", "e-mail"),
    }
}

codes! {
    /// What is sent.
    DeliveryKind {
        Invitation = "invitation" ("invitation", "invitation"),
        Notification = "notification" ("notification", "notification"),
        Digest = "digest" ("résumé quotidien", "daily digest"),
    }
}

codes! {
    /// What became of something that is sent.
    DeliveryStatus {
        Queued = "queued" ("à envoyer", "queued"),
        Sent = "sent" ("envoyé", "sent"),
        Failed = "failed" ("échoué", "failed"),
        Bounced = "bounced" ("refusé par le serveur du destinataire", "bounced"),
        Muted = "muted" ("non envoyé, au choix du destinataire", "not sent, as the recipient chose"),
        Unsent = "unsent" ("non envoyé", "not sent"),
    }
}

codes! {
    /// What can wait for a time.
    TaskKind {
        Send = "send" ("envoyer un message", "send a message"),
        EndRequest = "end_request" ("clore une demande d’adhésion", "end a membership request"),
        PublishIndicators = "publish_indicators" ("publier les indicateurs", "publish indicators"),
    }
}

const LEVEL: Label =
    Label { fr: "Choisissez comment ce réseau vous informe.", en: "Choose how this network keeps you informed." };

/// How soon someone wants to hear of a network: whoever joins one says so.
///
/// # Errors
/// They did not.
pub fn chosen(level: Option<NotificationLevel>) -> Result<NotificationLevel, Refusal> {
    level.ok_or(Refusal::Invalid("/notification_level", LEVEL))
}

/// How long a membership request and an invitation stay open.
pub const OPEN_FOR: TimeDelta = TimeDelta::days(30);
