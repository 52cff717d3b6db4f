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
    /// What is sent.
    DeliveryKind {
        Invitation = "invitation" ("invitation", "invitation"),
    }
}

codes! {
    /// What became of something that is sent.
    DeliveryStatus {
        Queued = "queued" ("à envoyer", "queued"),
        Sent = "sent" ("envoyé", "sent"),
        Failed = "failed" ("échoué", "failed"),
        Bounced = "bounced" ("refusé par le serveur du destinataire", "bounced"),
    }
}

codes! {
    /// What can wait for a time.
    TaskKind {
        Send = "send" ("envoyer un message", "send a message"),
        PublishIndicators = "publish_indicators" ("publier les indicateurs", "publish indicators"),
    }
}
