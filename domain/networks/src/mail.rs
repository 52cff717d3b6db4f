//! What an e-mail may say: less than its recipient may read, since relays and mailboxes that we do not know read it too.

use chrono::NaiveDate;
use kernel::notification::{NotificationClass, NotificationKind, NotificationLevel};
use kernel::{NetworkRole, PrincipalId};
use uuid::Uuid;

use crate::network::{NetworkCode, NetworkName};
use crate::notification::{Notification, Subject};

/// What an object has to say of itself to a reader who may read it: what notifications and e-mails draw from.
#[derive(Debug, Clone, Default)]
pub struct Gist {
    /// Its title and its address.
    pub subject: Subject,
    /// Whether it is confidential: no e-mail says more of it than that it is there.
    pub confidential: bool,
    /// Who created it.
    pub by: Option<PrincipalId>,
    /// Whom it is about, if it is about a person.
    pub person: Option<String>,
    /// Whether the reader is that person.
    pub own: bool,
    /// The role in the network that it is about.
    pub role: Option<NetworkRole>,
    /// The day by which something is to be done.
    pub due_on: Option<NaiveDate>,
    /// Whether it was accepted, where it was decided.
    pub accepted: Option<bool>,
    /// Whether it waits for the reader now.
    pub waits: bool,
}

/// Someone by their name and organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// Given name and usual name.
    pub name: String,
    /// Short name of the organization of their main affiliation, else its full name.
    pub organization: Option<String>,
}

/// What an e-mail says of a notification.
#[derive(Debug, Clone)]
pub struct MailItem {
    /// What happened.
    pub kind: NotificationKind,
    /// Whether its recipient could choose how soon they hear of it.
    pub class: NotificationClass,
    /// How soon they hear of it.
    pub level: NotificationLevel,
    /// Kind of the object that it is about.
    pub noun: String,
    /// Identifier of that object.
    pub object_id: Uuid,
    /// The network that it belongs to, where that may be named.
    pub network: Option<(NetworkCode, NetworkName)>,
    /// Whether its recipient is a member of that network.
    pub sits: bool,
    /// Title of the object.
    pub title: Option<String>,
    /// Who created the object.
    pub by: Option<Author>,
    /// Whom the object is about.
    pub person: Option<String>,
    /// Whether that is the recipient.
    pub own: bool,
    /// The role in the network that it is about.
    pub role: Option<NetworkRole>,
    /// The day by which something is to be done.
    pub due_on: Option<NaiveDate>,
    /// Whether the object was accepted, where it was decided.
    pub accepted: Option<bool>,
}

impl MailItem {
    /// What an e-mail says of a notification; nothing where none is to be sent: it was read or withdrawn, its recipient
    /// may no longer read the object, or the object no longer waits for them.
    ///
    /// Only networks that are listed for everyone are named. Of other networks, and of what is confidential, an e-mail says
    /// that there is something, by when it is due, whether it is about the recipient and how it was decided: no title, no
    /// person, no role.
    #[must_use]
    pub fn of(note: &Notification, gist: Option<Gist>, author: Option<Author>, sits: bool) -> Option<Self> {
        let gist = gist.filter(|gist| gist.subject.path.is_some())?;
        let gone = note.read_at.is_some() || note.withdrawn_at.is_some();
        if gone || (note.kind.asks() && !gist.waits) {
            return None;
        }
        let listed = note.network.is_none_or(|(_, visibility)| visibility.is_named_in_mail());
        let said = listed && !gist.confidential;
        let network = note.network_code.clone().zip(note.network_name.clone());
        Some(Self {
            kind: note.kind,
            class: note.class,
            level: note.level,
            noun: note.noun.clone(),
            object_id: note.object_id,
            network: network.filter(|_| said),
            sits,
            title: gist.subject.title.filter(|_| said),
            by: author.filter(|_| said),
            person: gist.person.filter(|_| said),
            own: gist.own,
            role: gist.role.filter(|_| said),
            due_on: gist.due_on,
            accepted: gist.accepted,
        })
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use kernel::{MemberId, NetworkId, NotificationId, Version};

    use super::*;
    use crate::network::NetworkVisibility;

    fn note(kind: NotificationKind, visibility: Option<NetworkVisibility>) -> Notification {
        let network = visibility.map(|visibility| (NetworkId(Uuid::from_u128(1)), visibility));
        Notification {
            id: NotificationId(Uuid::from_u128(2)),
            member_id: MemberId(Uuid::from_u128(3)),
            kind,
            class: NotificationClass::Normal,
            level: NotificationLevel::Immediate,
            noun: "action_item".into(),
            object_id: Uuid::from_u128(4),
            network_id: network.map(|(id, _)| id),
            network_code: network.map(|_| "edito".parse().unwrap()),
            network_name: network.map(|_| "Réseau édito".parse().unwrap()),
            network,
            own: false,
            subject: Subject::default(),
            read_at: None,
            digested_at: None,
            withdrawn_at: None,
            version: Version::FIRST,
            created_at: DateTime::UNIX_EPOCH,
        }
    }

    fn gist() -> Gist {
        Gist {
            subject: Subject { title: Some("Titre".into()), path: Some("/action-items/4".into()), href: None },
            person: Some("Noé Vidal".into()),
            role: Some(NetworkRole::Referent),
            due_on: NaiveDate::from_ymd_opt(2027, 1, 4),
            waits: true,
            ..Gist::default()
        }
    }

    fn said(note: &Notification, gist: Gist) -> Option<MailItem> {
        let author = Author { name: "Ana Roux".into(), organization: None };
        MailItem::of(note, Some(gist), Some(author), true)
    }

    #[test]
    fn only_what_everyone_may_know_is_named() {
        let kind = NotificationKind::ActionItemGiven;
        for (visibility, confidential, named) in [
            (None, false, true),
            (None, true, false),
            (Some(NetworkVisibility::Listed), false, true),
            (Some(NetworkVisibility::Listed), true, false),
            (Some(NetworkVisibility::Members), false, false),
            (Some(NetworkVisibility::Hidden), false, false),
        ] {
            let it = said(&note(kind, visibility), Gist { confidential, ..gist() }).unwrap();
            let told = [it.title.is_some(), it.by.is_some(), it.person.is_some(), it.role.is_some()];
            assert_eq!(told, [named; 4], "{visibility:?} {confidential}");
            assert_eq!(it.network.is_some(), named && visibility.is_some(), "{visibility:?} {confidential}");
            assert!(it.due_on.is_some());
        }
    }

    #[test]
    fn what_was_read_withdrawn_hidden_or_done_is_not_written_of() {
        let now = Some(DateTime::UNIX_EPOCH);
        let given = || note(NotificationKind::ActionItemGiven, None);
        assert!(said(&given(), gist()).is_some());
        assert!(said(&Notification { read_at: now, ..given() }, gist()).is_none());
        assert!(said(&Notification { withdrawn_at: now, ..given() }, gist()).is_none());
        assert!(said(&given(), Gist { waits: false, ..gist() }).is_none());
        assert!(said(&given(), Gist { subject: Subject::default(), ..gist() }).is_none());
        assert!(MailItem::of(&given(), None, None, true).is_none());
        let published = note(NotificationKind::AnnouncementPublished, None);
        assert!(said(&published, Gist { waits: false, ..gist() }).is_some(), "it asks for nothing");
    }
}
