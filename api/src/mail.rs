//! E-mail: the texts, and how they are sent. A text names nothing that not everyone may know: it leads to the service.

use std::fs::{self, DirBuilder, File, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use kernel::clock;
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp;
use lettre::{Message, SmtpTransport, Transport as _};
use persistence::delivery::{About, Letter};

use crate::config::Settings;
use crate::failure::Failure;

/// The sender of e-mails.
pub(crate) struct Post {
    from: Mailbox,
    public_url: String,
    way: Way,
}

/// How e-mails are sent: by SMTP, or written as files for people and tests to look at.
enum Way {
    Smtp(Box<SmtpTransport>),
    Files(PathBuf),
}

/// Why a message was not sent.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Undelivered {
    /// The recipient's server refused it for good.
    #[error("refused: {0}")]
    Refused(String),
    /// It failed for now and is tried again.
    #[error("not sent: {0}")]
    Later(String),
}

impl Post {
    pub(crate) fn of(settings: &Settings) -> Result<Self, Failure> {
        let way = match &settings.smtp_url {
            Some(url) => Way::Smtp(Box::new(SmtpTransport::from_url(url)?.build())),
            None => Way::Files(outbox(settings.data_dir.join("outbox"))?),
        };
        let public_url = settings.public_url().unwrap_or_else(|| format!("http://{}", settings.listen));
        Ok(Self { from: settings.mail_from.parse()?, public_url, way })
    }

    /// Sends an e-mail. Sent twice, it has the same `Message-ID`, by which the recipient's server recognizes it.
    pub(crate) fn send(&self, letter: &Letter) -> Result<(), Undelivered> {
        let message = self.compose(letter).map_err(|error| Undelivered::Refused(error.to_string()))?;
        match &self.way {
            Way::Files(outbox) => keep(outbox, &message).map_err(|error| Undelivered::Later(error.to_string())),
            Way::Smtp(smtp) => smtp.send(&message).map(drop).map_err(|error| self.why(smtp, &error)),
        }
    }

    /// Why an e-mail was not sent. It is refused for good only if a server that otherwise takes our mail rejects this
    /// recipient. A wrong password, sender or policy would fail for every recipient and can be corrected: the e-mail is
    /// tried again.
    fn why(&self, smtp: &SmtpTransport, error: &smtp::Error) -> Undelivered {
        let said = error.to_string();
        let mailbox = |code: smtp::response::Code| code.category == smtp::response::Category::MailSystem;
        let refused = error.is_permanent() && error.status().is_some_and(mailbox);
        let named = said.contains::<&str>(self.from.email.as_ref()) || said.to_lowercase().contains("sender");
        let ours = named || said.split_whitespace().any(is_ours);
        let known = || smtp.test_connection().unwrap_or(false);
        if refused && !ours && known() { Undelivered::Refused(said) } else { Undelivered::Later(said) }
    }

    fn compose(&self, letter: &Letter) -> Result<Message, Failure> {
        let (subject, text) = self.text(&letter.about);
        let to = letter.address.as_ref().parse()?;
        let message = Message::builder().from(self.from.clone()).to(Mailbox::new(None, to)).subject(subject);
        let message = message.message_id(Some(format!("<{}@diapason>", letter.id)));
        Ok(message.multipart(MultiPart::alternative_plain_html(text.clone(), page(&text)))?)
    }

    fn text(&self, about: &About) -> (&'static str, String) {
        let (organization, joins, code, expires_at) = match about {
            About::Invitation { organization, joins, code, expires_at } => (organization, joins, code, expires_at),
            About::News { count } => return self.news(*count),
        };
        let joins = match joins {
            Some((Some(network), role)) => format!(" et à rejoindre le « {network} » en tant que {}", role.label().fr),
            Some((None, role)) => format!(" et à rejoindre un réseau métier en tant que {}", role.label().fr),
            None => String::new(),
        };
        let day = expires_at.with_timezone(&kernel::PARIS).format("%d/%m/%Y à %H:%M");
        let text = format!(
            "Bonjour,\n\nNous vous invitons à ouvrir votre compte Diapason au titre de l’organisation « {organization} »{joins}.\n\n\
            Ouvrez {} et saisissez ce code, qui ne sert qu’une fois :\n\n{code}\n\n\
            Il est valable jusqu’au {day} (heure de Paris). Ne le communiquez à personne.\n\n{SIGNATURE}",
            self.public_url
        );
        ("Diapason : votre invitation", text)
    }

    /// There is something new. Its title and network are only said in the service.
    fn news(&self, count: i64) -> (&'static str, String) {
        let news = if count == 1 {
            "Une nouveauté vous attend".to_owned()
        } else {
            format!("{count} nouveautés vous attendent")
        };
        let text = format!("Bonjour,\n\n{news} dans Diapason :\n\n{}\n\n{SIGNATURE}", self.public_url);
        ("Diapason : vos notifications", text)
    }
}

/// Who writes, at the end of every e-mail.
const SIGNATURE: &str = "Diapason, service de coordination des communicants et communicantes de l’État\n\
    Service d’information du Gouvernement\n";

/// Whether an enhanced status (RFC 3463) is about the sender, or about who may send what.
fn is_ours(word: &str) -> bool {
    ["5.1.7", "5.1.8"].contains(&word) || word.starts_with("5.7.")
}

/// The folder of letters, which nobody else may enter: they hold codes. What an earlier version left there open is closed.
fn outbox(directory: PathBuf) -> io::Result<PathBuf> {
    DirBuilder::new().recursive(true).mode(0o700).create(&directory)?;
    fs::set_permissions(&directory, Permissions::from_mode(0o700))?;
    for letter in fs::read_dir(&directory)? {
        let letter = letter?;
        if letter.file_type()?.is_file() {
            fs::set_permissions(letter.path(), Permissions::from_mode(0o600))?;
        }
    }
    Ok(directory)
}

/// Writes an e-mail to a file that its owner alone may read.
fn keep(outbox: &Path, message: &Message) -> io::Result<()> {
    let file = outbox.join(format!("{}.eml", clock::fresh_v7()));
    let mut file = File::options().write(true).create_new(true).mode(0o600).open(file)?;
    file.write_all(&message.formatted())
}

/// The same text as HTML.
fn page(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let paragraphs: Vec<_> = text.split("\n\n").map(|part| format!("<p>{}</p>", part.replace('\n', "<br>"))).collect();
    format!("<!doctype html><html lang=\"fr\"><body>{}</body></html>", paragraphs.concat())
}
