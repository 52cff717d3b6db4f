//! E-mail: how it is sent. What it may say is decided in `networks::mail`, how it says it in `templates/mail`.

mod headers;
mod text;

use std::fs::{self, DirBuilder, File, Permissions};
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use kernel::clock;
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp;
use lettre::{Message, SmtpTransport, Transport as _};
use persistence::mail::Mail;

use crate::config::Settings;
use crate::failure::Failure;
use crate::frontend::Links;

/// The sender of e-mails.
pub(crate) struct Post {
    from: Mailbox,
    links: Links,
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
    /// The sender of a service that listens on this address.
    pub(crate) fn of(settings: &Settings, listens: SocketAddr) -> Result<Self, Failure> {
        let way = match &settings.smtp_url {
            Some(url) => Way::Smtp(Box::new(SmtpTransport::from_url(url)?.build())),
            None => Way::Files(outbox(settings.data_dir.join("outbox"))?),
        };
        let from: Mailbox = settings.mail_from.parse()?;
        let from = Mailbox { name: from.name.or_else(|| Some("Diapason".into())), ..from };
        let frontend = settings.frontend()?;
        let links = Links::new(settings.public_url().unwrap_or_else(|| format!("http://{listens}")), frontend);
        Ok(Self { from, links, way })
    }

    /// Sends an e-mail. Sent twice, it has the same `Message-ID`, by which the recipient's server recognizes it.
    pub(crate) fn send(&self, mail: &Mail) -> Result<(), Undelivered> {
        let message = self.compose(mail).map_err(|error| Undelivered::Refused(error.to_string()))?;
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

    fn compose(&self, mail: &Mail) -> Result<Message, Failure> {
        let written = text::write(&mail.about, &self.links)?;
        let to = Mailbox::new(None, mail.address.as_ref().parse()?);
        let message = Message::builder().from(self.from.clone()).to(to).subject(written.subject);
        let message = headers::of(message, mail, self.from.email.domain(), &self.links)?;
        Ok(message.multipart(MultiPart::alternative_plain_html(written.text, written.html))?)
    }
}

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
