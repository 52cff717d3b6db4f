//! The texts of e-mails, from the templates in `templates/mail`: what a template needs, and no words.

use askama::Template;
use chrono::{Datelike as _, NaiveDate};
use kernel::notification::{NotificationClass as Class, NotificationKind as Kind};
use networks::mail::MailItem;
use persistence::mail::{About, InvitationMail};

use crate::failure::Failure;
use crate::frontend::Links;

/// An e-mail as it is read.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) html: String,
}

const MONTHS: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];
/// The longest subject, as RFC 5322 (section 2.1.1) wants lines to be.
const SUBJECT: usize = 78;
/// The longest name of a network in a subject.
const TAG: usize = 40;

/// Writes an e-mail.
pub(super) fn write(about: &About, links: &Links) -> Result<Written, Failure> {
    match about {
        About::Invitation(it) => invitation(it, links),
        About::Notification(item) => notification(item, links),
        About::Digest(items) => digest(items, links),
    }
}

/// What happened, in a line.
#[derive(Template)]
#[template(path = "mail/words/headline.txt")]
struct Headline<'a> {
    item: &'a MailItem,
}

/// What it means, and what is expected.
#[derive(Template)]
#[template(path = "mail/words/sentence.txt")]
struct Sentence<'a> {
    item: &'a MailItem,
    network: Option<&'a str>,
    role: Option<&'static str>,
}

/// For which network, by whom, by when: one a line.
#[derive(Template)]
#[template(path = "mail/words/facts.txt")]
struct Facts<'a> {
    item: &'a MailItem,
    network: Option<&'a str>,
    day: Option<String>,
}

/// Why its recipient gets it.
#[derive(Template)]
#[template(path = "mail/words/why.txt")]
struct Why<'a> {
    item: &'a MailItem,
    network: Option<&'a str>,
}

/// What is said of one item.
struct Entry {
    headline: String,
    sentence: String,
    facts: Vec<String>,
    why: String,
    link: String,
}

impl Entry {
    fn of(item: &MailItem, links: &Links) -> Result<Self, Failure> {
        let network = item.network.as_ref().map(|(_, name)| name.as_ref());
        let role = item.role.map(|role| role.label().fr);
        let facts = Facts { item, network, day: item.due_on.map(day) }.render()?;
        Ok(Self {
            headline: line(&Headline { item })?,
            sentence: line(&Sentence { item, network, role })?,
            facts: facts.lines().map(|fact| fact.trim().to_owned()).filter(|fact| !fact.is_empty()).collect(),
            why: line(&Why { item, network })?,
            link: links.object(&item.noun, item.object_id),
        })
    }
}

fn line(words: &impl Template) -> Result<String, Failure> {
    Ok(words.render()?.trim().to_owned())
}

#[derive(Template)]
#[template(path = "mail/signature.txt")]
struct Signature;

#[derive(Template)]
#[template(path = "mail/notification.txt")]
struct NotificationText<'a> {
    entry: &'a Entry,
    preferences: &'a str,
}

#[derive(Template)]
#[template(path = "mail/notification.html")]
struct NotificationHtml<'a> {
    subject: &'a str,
    signature: &'a str,
    entry: &'a Entry,
    preferences: &'a str,
}

fn notification(item: &MailItem, links: &Links) -> Result<Written, Failure> {
    let (entry, preferences) = (&Entry::of(item, links)?, links.preferences());
    let (preferences, signature) = (preferences.as_str(), &Signature.render()?);
    let subject = subject(item.network.as_ref().map(|(_, name)| name.as_ref()), &entry.headline);
    let text = NotificationText { entry, preferences }.render()?;
    let html = NotificationHtml { subject: &subject, signature, entry, preferences }.render()?;
    Ok(Written { subject, text, html })
}

#[derive(Template)]
#[template(path = "mail/digest.txt")]
struct DigestText<'a> {
    entries: &'a [Entry],
    inbox: &'a str,
    preferences: &'a str,
}

#[derive(Template)]
#[template(path = "mail/digest.html")]
struct DigestHtml<'a> {
    subject: &'a str,
    signature: &'a str,
    entries: &'a [Entry],
    inbox: &'a str,
    preferences: &'a str,
}

#[derive(Template)]
#[template(path = "mail/words/digest.txt")]
struct DigestSubject {
    count: usize,
}

fn digest(items: &[MailItem], links: &Links) -> Result<Written, Failure> {
    let entries: Vec<Entry> = items.iter().map(|item| Entry::of(item, links)).collect::<Result<_, _>>()?;
    let (entries, inbox, preferences) = (entries.as_slice(), links.inbox(), links.preferences());
    let (inbox, preferences, signature) = (inbox.as_str(), preferences.as_str(), &Signature.render()?);
    let subject = subject(None, &line(&DigestSubject { count: entries.len() })?);
    let text = DigestText { entries, inbox, preferences }.render()?;
    let html = DigestHtml { subject: &subject, signature, entries, inbox, preferences }.render()?;
    Ok(Written { subject, text, html })
}

#[derive(Template)]
#[template(path = "mail/invitation.txt")]
struct InvitationText<'a> {
    it: &'a InvitationMail,
    link: &'a str,
    until: &'a str,
}

#[derive(Template)]
#[template(path = "mail/invitation.html")]
struct InvitationHtml<'a> {
    subject: &'a str,
    signature: &'a str,
    it: &'a InvitationMail,
    link: &'a str,
    until: &'a str,
}

#[derive(Template)]
#[template(path = "mail/words/invitation.txt")]
struct InvitationSubject<'a> {
    it: &'a InvitationMail,
    day: &'a str,
}

fn invitation(it: &InvitationMail, links: &Links) -> Result<Written, Failure> {
    let expires = it.expires_at.with_timezone(&kernel::PARIS);
    let (link, day) = (&links.accept(it.id, &it.code), &day(expires.date_naive()));
    let (until, signature) = (&format!("{day} à {}", expires.format("%-H\u{a0}h\u{a0}%M")), &Signature.render()?);
    let subject = subject(None, &line(&InvitationSubject { it, day })?);
    let text = InvitationText { it, link, until }.render()?;
    let html = InvitationHtml { subject: &subject, signature, it, link, until }.render()?;
    Ok(Written { subject, text, html })
}

/// The subject: of which service and network, then what. It is one line, whatever a title holds, and short.
fn subject(network: Option<&str>, headline: &str) -> String {
    let tag = network.map(|name| format!(" · {}", cut(name, TAG))).unwrap_or_default();
    let subject = format!("[Diapason{tag}] {headline}").replace(char::is_control, " ");
    cut(&subject, SUBJECT)
}

/// A text of at most so many characters, with an ellipsis where it was cut.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// A day as people write it.
fn day(day: NaiveDate) -> String {
    let month = MONTHS.get(day.month0() as usize).copied().unwrap_or_default();
    let number = if day.day() == 1 { "1er".to_owned() } else { day.day().to_string() };
    format!("{number} {month} {}", day.year())
}

#[cfg(test)]
mod tests {
    use kernel::NetworkRole;
    use kernel::notification::NotificationLevel;
    use networks::mail::Author;
    use uuid::Uuid;

    use super::*;

    fn item(kind: Kind, named: bool, own: bool) -> MailItem {
        let name = |name: &str| named.then(|| name.to_owned());
        MailItem {
            kind,
            class: Class::Normal,
            level: NotificationLevel::Immediate,
            noun: "action_item".into(),
            object_id: Uuid::from_u128(7),
            network: named.then(|| ("edito".parse().unwrap(), "Réseau <édito>".parse().unwrap())),
            sits: true,
            title: name("Un titre"),
            by: named.then(|| Author { name: "Ana Roux".into(), organization: Some("SIG".into()) }),
            person: name("Noé Vidal"),
            own,
            role: named.then_some(NetworkRole::Referent),
            due_on: NaiveDate::from_ymd_opt(2027, 2, 1),
            accepted: Some(true),
        }
    }

    #[test]
    fn every_kind_has_words_of_its_own_named_or_not() {
        let links = Links::new("https://diapason.example".into(), None);
        for (named, own) in [(true, false), (true, true), (false, false), (false, true)] {
            let mut subjects = Vec::new();
            for kind in Kind::ALL {
                for class in [Class::Normal, Class::Mandatory] {
                    let item = MailItem { class, ..item(*kind, named, own) };
                    let it = write(&About::Notification(Box::new(item)), &links).unwrap();
                    assert!(it.subject.chars().count() <= SUBJECT && !it.subject.ends_with("] "), "{}", it.subject);
                    for text in [&it.text, &it.html] {
                        assert!(text.contains("https://diapason.example/go/action_item/"), "{kind:?}: {text}");
                        assert!(!text.contains("\n\n\n") && !text.contains("«\u{a0}\u{a0}»"), "{kind:?}: {text}");
                        let said = ["Ana Roux", "Noé Vidal", "référent"].iter().any(|name| text.contains(name));
                        assert!(named || !said, "{kind:?}: {text}");
                    }
                    assert!(!it.html.contains("<édito>"), "{}", it.html);
                    subjects.push(it.subject);
                }
            }
            subjects.dedup();
            assert_eq!(subjects.len(), Kind::ALL.len(), "{subjects:?}");
        }
    }

    #[test]
    fn a_subject_is_one_short_line() {
        assert_eq!(subject(Some("Réseau édito"), "Un titre"), "[Diapason · Réseau édito] Un titre");
        assert_eq!(subject(None, "Un\r\nBcc: titre"), "[Diapason] Un  Bcc: titre");
        let long = subject(Some(&"é".repeat(300)), &"à".repeat(300));
        assert!(long.chars().count() == SUBJECT && long.ends_with('…') && long.contains("é…] à"), "{long}");
    }

    #[test]
    fn a_day_is_written_as_people_do() {
        let written = |month, number| NaiveDate::from_ymd_opt(2027, month, number).map(day);
        assert_eq!(written(8, 1).as_deref(), Some("1er août 2027"));
        assert_eq!(written(12, 24).as_deref(), Some("24 décembre 2027"));
    }
}
