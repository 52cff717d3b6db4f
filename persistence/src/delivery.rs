//! The ledger of e-mails: one line per recipient, from the transaction that asks for the e-mail to the outcome.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Date, Timestamptz};
use kernel::directory::{Email, OrganizationName};
use kernel::notification::{DeliveryKind, DeliveryStatus, TaskKind};
use kernel::schema::{delivery, invitation, membership_request, network, notification, organization};
use kernel::{InvitationId, MemberId, NetworkRole, clock, sql};
use members::invitation::{InvitationCode, InvitationStatus, stands};
use uuid::Uuid;

use crate::task::plan;
use crate::writer::Writer;
use crate::{Database, Error, Result};

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

/// An e-mail to send, with all that its text says.
#[derive(Debug, Clone)]
pub struct Letter {
    /// Its line in the ledger, which is also in its `Message-ID`.
    pub id: Uuid,
    /// To whom.
    pub address: Email,
    /// What it is about.
    pub about: About,
}

/// What an e-mail is about.
#[derive(Debug, Clone)]
pub enum About {
    /// Someone is invited to log in, and perhaps to join a network.
    Invitation {
        /// The organization of the person who is invited.
        organization: OrganizationName,
        /// The network that the person would join, named only where everyone may know of it, and the role.
        joins: Option<(Option<String>, NetworkRole)>,
        /// The code to enter.
        code: InvitationCode,
        /// When the code expires.
        expires_at: DateTime<Utc>,
    },
    /// There is something new; what it is, is only said in the service.
    News {
        /// How many new notifications.
        count: i64,
    },
}

impl Database {
    /// The e-mail to send; nothing if it is not to be sent any more.
    ///
    /// # Errors
    /// The database does not answer.
    pub fn letter(&self, id: Uuid) -> Result<Option<Letter>> {
        let mut conn = self.worker()?;
        let line = delivery::table.find(id).filter(delivery::status.eq(DeliveryStatus::Queued));
        let line = line.select((delivery::kind, delivery::object_id, delivery::address.assume_not_null()));
        let Some((kind, object, address)) = line.first::<(DeliveryKind, Uuid, Email)>(&mut conn).optional()? else {
            return Ok(None);
        };
        let about = match kind {
            DeliveryKind::Invitation => about_invitation(InvitationId(object), &mut conn)?,
            DeliveryKind::Notification => Some(About::News { count: 1 }),
            DeliveryKind::Digest => about_digest(id, &mut conn)?,
        };
        Ok(about.map(|about| Letter { id, address, about }))
    }

    /// Records the outcome of an e-mail.
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
            diesel::update(delivery::table.find(id)).set(row).execute(conn)?;
            // The notifications of a digest have the outcome of its e-mail.
            let within = notification::table.filter(notification::digest_id.eq(id)).select(notification::id);
            let lines = delivery::table.filter(delivery::kind.eq(DeliveryKind::Notification));
            let lines = lines.filter(delivery::object_id.eq_any(within));
            diesel::update(lines.filter(delivery::status.eq(DeliveryStatus::Queued))).set(row).execute(conn)?;
            Ok(())
        })
    }

    /// Records that an e-mail was not sent because nothing was left to say; one with an outcome stays as it is.
    ///
    /// # Errors
    /// The database does not answer.
    pub fn not_sent(&self, id: Uuid) -> Result<()> {
        let line = delivery::table.find(id).filter(delivery::status.eq(DeliveryStatus::Queued));
        let there: bool = diesel::select(diesel::dsl::exists(line)).get_result(&mut *self.worker()?)?;
        if there { self.delivered(id, DeliveryStatus::Muted, None) } else { Ok(()) }
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

/// A digest, if it still holds a notification that was neither withdrawn nor read.
fn about_digest(id: Uuid, conn: &mut PgConnection) -> Result<Option<About>> {
    let within = notification::table.filter(notification::digest_id.eq(id));
    let new = within.filter(notification::withdrawn_at.is_null()).filter(notification::read_at.is_null());
    let count: i64 = new.count().get_result(conn)?;
    Ok((count > 0).then_some(About::News { count }))
}

/// What the e-mail of an invitation says.
type InvitationRow = (OrganizationName, (Option<String>, Option<String>), Option<NetworkRole>, DateTime<Utc>);

/// An invitation whose code is still good.
fn about_invitation(id: InvitationId, conn: &mut PgConnection) -> Result<Option<About>> {
    let found = invitation::table
        .inner_join(organization::table)
        .left_join(network::table)
        .left_join(membership_request::table)
        .filter(invitation::id.eq(id))
        .filter(stands().eq(InvitationStatus::Sent))
        .select((
            organization::name,
            (network::name.nullable(), network::visibility.nullable()),
            membership_request::role.nullable(),
            invitation::expires_at,
        ));
    let found = found.first::<InvitationRow>(conn).optional()?;
    let Some((organization, (name, visibility), role, expires_at)) = found else {
        return Ok(None);
    };
    // A network that not everyone may know of is not named in an e-mail.
    let name = name.filter(|_| visibility.as_deref() == Some("listed"));
    let joins = role.map(|role| (name, role));
    let code = InvitationCode::of(id).map_err(|why| Error::Fault(why.into()))?;
    Ok(Some(About::Invitation { organization, joins, code, expires_at }))
}
