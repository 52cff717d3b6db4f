//! How soon a member hears of what happens, what is sent to him, and what waits for a time.

use crate::codes;

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
        ActionItemGiven = "action_item_given" ("une action vous est confiée", "an action is given to you"),
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
    }
}

codes! {
    /// What can wait for a time.
    TaskKind {
        Send = "send" ("envoyer un message", "send a message"),
        PublishIndicators = "publish_indicators" ("publier les indicateurs", "publish indicators"),
    }
}
