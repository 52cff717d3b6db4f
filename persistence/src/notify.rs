//! Telling members of something: notifications, with their lines of the ledger, in the transaction of what they tell of.

use diesel::prelude::*;
use diesel::sql_types::{Array, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use kernel::notification::{NotificationClass, NotificationKind};
use kernel::{MemberId, NetworkId, Noun};
use uuid::Uuid;

use crate::Result;
use crate::writer::Writer;

/// What members are told of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct News {
    kind: NotificationKind,
    class: NotificationClass,
    noun: &'static str,
    object: Uuid,
    network: Option<NetworkId>,
}

impl News {
    /// Of an object: how soon one hears of it is what one chose for that network.
    pub(crate) fn of<T: Noun>(
        kind: NotificationKind,
        class: NotificationClass,
        about: &T,
        network: Option<NetworkId>,
    ) -> Self {
        Self { kind, class, noun: T::NAME, object: about.id(), network }
    }
}

diesel::define_sql_function! {
    /// Tells members of something, all of them in one statement.
    #[sql_name = "app.notify"]
    fn told(what: Text, how: Text, about: Text, object: SqlUuid, network: Nullable<SqlUuid>, recipients: Array<SqlUuid>, at: Timestamptz) -> BigInt;
}

/// Notifies members. Those who are suspended or departed are left out, and so is everyone who is no member.
pub(crate) fn notify(writer: &mut Writer<'_>, news: News, recipients: Vec<MemberId>) -> Result<()> {
    let News { kind, class, noun, object, network } = news;
    let told = told(kind, class, noun, object, network, recipients, writer.at);
    diesel::select(told).get_result::<i64>(writer.conn)?;
    Ok(())
}

/// The recipients without the caller: nobody is notified of what they did themselves.
pub(crate) fn but_oneself(writer: &Writer<'_>, recipients: Vec<MemberId>) -> Vec<MemberId> {
    recipients.into_iter().filter(|member| member.0 != writer.by.0).collect()
}
