//! The ledger of e-mails: one line per recipient, from the transaction that asks for the e-mail to the outcome.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Date, Timestamptz};
use kernel::directory::Email;
use kernel::notification::{DeliveryKind, DeliveryStatus, TaskKind};
use kernel::schema::{delivery, notification};
use kernel::{MemberId, clock, sql};
use uuid::Uuid;

use crate::task::plan;
use crate::writer::Writer;
use crate::{Database, Result};

/// Plans an e-mail to someone, to be sent once this transaction is committed.
pub(crate) fn deliver(
    writer: &mut Writer<'_>,
    kind: DeliveryKind,
    object: Uuid,
    member: Option<MemberId>,
    address: &Email,
) -> Result<()> {
    let id = kernel::clock::fresh_v7();
    let row = (
        delivery::id.eq(id),
        delivery::kind.eq(kind),
        delivery::object_id.eq(object),
        delivery::member_id.eq(member),
        delivery::address.eq(address),
        delivery::created_at.eq(writer.at),
    );
    diesel::insert_into(delivery::table).values(row).execute(writer.conn)?;
    plan(writer.conn, TaskKind::Send, &format!("send:{id}"), Some(id), writer.at)
}

impl Database {
    /// Records the outcome of an e-mail; the first one stands, where several instances sent it.
    ///
    /// # Errors
    /// The database does not answer.
    pub fn delivered(&self, id: Uuid, status: DeliveryStatus, failure: Option<&str>) -> Result<()> {
        let sent = (status == DeliveryStatus::Sent).then(|| delivery::sent_at.eq(sql::clock().nullable()));
        let failure: Option<String> = failure.map(|why| why.chars().take(500).collect());
        let row = (
            delivery::status.eq(status),
            delivery::attempts.eq(delivery::attempts + 1),
            delivery::failure.eq(failure.as_deref()),
            sent,
        );
        let mut conn = self.worker()?;
        conn.transaction(|conn| {
            let line = delivery::table.filter(delivery::id.eq(id).and(delivery::status.eq(DeliveryStatus::Queued)));
            if diesel::update(line).set(row).execute(conn)? == 0 {
                return Ok(());
            }
            // The notifications of a digest have the outcome of its e-mail.
            let within = notification::table.filter(notification::digest_id.eq(id)).select(notification::id);
            let lines = delivery::table.filter(delivery::kind.eq(DeliveryKind::Notification));
            let lines = lines.filter(delivery::object_id.eq_any(within));
            diesel::update(lines.filter(delivery::status.eq(DeliveryStatus::Queued))).set(row).execute(conn)?;
            Ok(())
        })
    }

    /// Plans the digests of the latest eight o'clock in Paris.
    ///
    /// # Errors
    /// The database does not answer.
    pub fn plan_digests(&self, since: DateTime<Utc>) -> Result<i64> {
        let day = clock::day_of(since);
        Ok(diesel::select(plan_digests(since, day)).get_result(&mut *self.worker()?)?)
    }
}

diesel::define_sql_function! {
    /// Plans the digest of a day for everyone who has something in it, once, even if several instances plan it.
    #[sql_name = "app.plan_digests"]
    fn plan_digests(until: Timestamptz, of_day: Date) -> BigInt;
}
