//! Errors of the store, independent of HTTP and of PostgreSQL's messages.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use diesel::result::{DatabaseErrorKind, Error as Diesel};
use kernel::Refusal;

/// Why the work of a store failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A rule or a state of the domain refuses it.
    #[error("refused: {0:?}")]
    Refused(Refusal),
    /// The caller is not registered.
    #[error("the caller is not registered")]
    Stranger,
    /// The token was taken back, or the key that it was given for.
    #[error("the token was revoked")]
    Revoked,
    /// The caller is suspended.
    #[error("the caller is suspended")]
    Suspended,
    /// A unique value is taken; which, as a JSON pointer.
    #[error("{0} is taken")]
    Taken(&'static str),
    /// A reference leads nowhere; which, as a JSON pointer.
    #[error("{0} leads nowhere")]
    Dangling(&'static str),
    /// References lead nowhere; which, as JSON pointers.
    #[error("{0:?} lead nowhere")]
    DanglingAt(Vec<String>),
    /// Fields belong to other sources: which, and to which.
    #[error("fields are held by other sources")]
    Held(BTreeMap<String, String>),
    /// The same request is being worked on.
    #[error("the same request is in flight")]
    InFlight,
    /// The key was used for another request.
    #[error("the idempotency key was used for another request")]
    KeyReused,
    /// No connection in time, or writers in each other's way: worth another try.
    #[error("the database is busy")]
    Busy(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The database is not there: worth another try a little later.
    #[error("the database is away")]
    Away(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The connection broke during the commit: the work may or may not have happened.
    #[error("the outcome is unknown")]
    Unknown(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// An invariant over several rows would not hold. Whether it held before must be found out.
    #[error("{0:?} does not hold")]
    Broken(Vec<crate::Shortfall>),
    /// Concurrent writers changed what the work started from: it starts again.
    #[error("what the work began from changed")]
    Again,
    /// A fault of the service.
    #[error("the database failed")]
    Fault(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// What the breach of a constraint means.
pub type Meaning = fn() -> Error;

/// The same fact exists already.
pub(crate) const OVERLAP: Meaning = || Error::Refused(Refusal::Overlap);

/// What constraints mean, once `learn` was called.
static MEANINGS: OnceLock<&'static [(&'static str, Meaning)]> = OnceLock::new();

/// Learns what constraints mean.
pub(crate) fn learn(meanings: &'static [(&'static str, Meaning)]) {
    MEANINGS.get_or_init(|| meanings);
}

impl Error {
    /// Whether the domain said so, over a transaction that still stands.
    pub(crate) fn is_answer(&self) -> bool {
        matches!(self, Self::Refused(_) | Self::Dangling(_) | Self::DanglingAt(_) | Self::Broken(_))
    }

    /// What it means when everything was done but to make it lasting: a line that broke leaves the outcome unknown.
    pub(crate) fn at_commit(self) -> Self {
        match self {
            Self::Away(source) => Self::Unknown(source),
            other => other,
        }
    }

    /// What it means when no connection could be made: a database that has too many is there.
    pub(crate) fn of_connecting(error: Box<dyn std::error::Error + Send + Sync>) -> Self {
        match Self::from_text(&error.to_string()) {
            Some(Kind::Busy) => Self::Busy(error),
            _ => Self::Away(error),
        }
    }

    /// Whether the whole work may be tried again: nothing of it happened, and the reason passes.
    #[must_use]
    pub fn is_retriable(&self) -> bool {
        match self {
            Self::Again => true,
            Self::Busy(source) => source.downcast_ref::<Diesel>().is_some_and(is_conflict),
            _ => false,
        }
    }
}

/// 40001 and 40P01: writers in each other's way, of whom one was sent back.
fn is_conflict(error: &Diesel) -> bool {
    match error {
        Diesel::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => true,
        Diesel::DatabaseError(_, details) => details.message() == "deadlock detected",
        _ => false,
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::Fault(error.into())
    }
}

impl From<diesel::r2d2::PoolError> for Error {
    fn from(error: diesel::r2d2::PoolError) -> Self {
        Self::of_connecting(error.into())
    }
}

/// What PostgreSQL says, in its own language (`lc_messages = C`), when it goes or comes: diesel hides the SQLSTATE.
const AWAY: &[&str] = &[
    "terminating connection",
    "server closed the connection",
    "the database system is",
    "connection to server",
    "could not connect",
    "no connection to the server",
    "SSL connection has been closed",
    "No space left on device",
];

/// What PostgreSQL says when it gives up waiting.
const BUSY: &[&str] =
    &["deadlock detected", "canceling statement due to", "sorry, too many clients", "remaining connection slots"];

/// What the trigger says that keeps the fields of others (`app.claim_fields`).
const HELD: &str = "a field is held by another source";

impl From<Diesel> for Error {
    fn from(error: Diesel) -> Self {
        let details = match &error {
            // A transaction that could be neither ended nor taken back has lost its connection.
            Diesel::DatabaseError(DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand, _)
            | Diesel::BrokenTransactionManager
            | Diesel::RollbackErrorOnCommit { .. } => return Self::Away(error.into()),
            Diesel::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => return Self::Busy(error.into()),
            Diesel::DatabaseError(_, details) => details,
            _ => return Self::Fault(error.into()),
        };
        let known = MEANINGS.get().copied().unwrap_or_default();
        let broken = known.iter().find(|(name, _)| details.constraint_name() == Some(name));
        if details.message() == HELD {
            return Self::Held(serde_json::from_str(details.details().unwrap_or_default()).unwrap_or_default());
        }
        match (broken, Self::from_text(details.message())) {
            (Some((_, meaning)), _) => meaning(),
            (None, Some(Kind::Away)) => Self::Away(error.into()),
            (None, Some(Kind::Busy)) => Self::Busy(error.into()),
            (None, None) => Self::Fault(error.into()),
        }
    }
}

enum Kind {
    Away,
    Busy,
}

impl Error {
    fn from_text(message: &str) -> Option<Kind> {
        let begins = |known: &[&str]| known.iter().any(|known| message.contains(known));
        // "connection to server failed: sorry, too many clients already" says both, and means the second.
        if begins(BUSY) {
            Some(Kind::Busy)
        } else if begins(AWAY) {
            Some(Kind::Away)
        } else {
            None
        }
    }
}
