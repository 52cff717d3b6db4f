//! The headers of e-mails: whose they are, of which list and thread, and that a machine wrote them.

use kernel::clock;
use kernel::notification::NotificationClass;
use lettre::message::MessageBuilder;
use lettre::message::header::{HeaderName, HeaderValue};
use networks::mail::MailItem;
use persistence::mail::{About, Mail};

use crate::failure::Failure;
use crate::frontend::Links;

/// Adds the headers of an e-mail, for a sender of this domain.
pub(super) fn of(message: MessageBuilder, mail: &Mail, domain: &str, links: &Links) -> Result<MessageBuilder, Failure> {
    // The same in each attempt: by it a server that took the message already recognizes it.
    let message = message.message_id(Some(format!("<{}@{domain}>", mail.id))).date(clock::now().into());
    let thread = thread(&mail.about).map(|thread| format!("<{thread}@{domain}>"));
    let message =
        thread.into_iter().fold(message, |message, thread| message.in_reply_to(thread.clone()).references(thread));
    let unsubscribe = may_unsubscribe(&mail.about).then(|| format!("<{}>", links.preferences()));
    let mut headers = vec![
        // RFC 3834, and what Exchange reads: nobody answers that they are on leave.
        ("Auto-Submitted", "auto-generated".to_owned()),
        ("X-Auto-Response-Suppress", "All".to_owned()),
        ("Content-Language", "fr".to_owned()),
        ("List-Id", list(&mail.about, domain)),
    ];
    headers.extend(unsubscribe.map(|link| ("List-Unsubscribe", link)));
    headers.into_iter().try_fold(message, |message, (name, value)| Ok(message.raw_header(header(name, value)?)))
}

fn header(name: &'static str, value: String) -> Result<HeaderValue, Failure> {
    let name = HeaderName::new_from_ascii(name.to_owned()).map_err(|_| format!("{name} is no name of a header"))?;
    Ok(HeaderValue::new(name, value))
}

/// What an e-mail is about: those about the same object form a thread.
fn thread(about: &About) -> Option<String> {
    match about {
        About::Invitation(it) => Some(format!("invitation.{}", it.id)),
        About::Notification(item) => Some(format!("{}.{}", item.noun, item.object_id)),
        About::Digest(_) => None,
    }
}

/// The list of an e-mail (RFC 2919), by which mail programs sort: that of its network where it is named, else that of the service.
fn list(about: &About, domain: &str) -> String {
    let network = if let About::Notification(item) = about { item.network.as_ref() } else { None };
    match network {
        Some((code, _)) => format!("<{code}.reseaux.{domain}>"),
        None => format!("<diapason.{domain}>"),
    }
}

/// Whether its recipient can choose not to get such e-mails.
fn may_unsubscribe(about: &About) -> bool {
    let chosen = |item: &MailItem| item.class == NotificationClass::Normal && item.sits;
    match about {
        About::Invitation(_) => false,
        About::Notification(item) => chosen(item),
        About::Digest(_) => true,
    }
}
