//! The ledger of what is sent: one line per recipient, from the transaction that wants it sent to what became of it.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use kernel::directory::{Email, OrganizationName};
use kernel::notification::{DeliveryKind, DeliveryStatus, TaskKind};
use kernel::schema::{delivery, invitation, membership_request, network, organization};
use kernel::{InvitationId, MemberId, NetworkRole, sql};
use members::invitation::{InvitationCode, invitation_status};
use uuid::Uuid;

use crate::store::Writer;
use crate::task::plan;
use crate::{Database, Error, Result};

/// Has something sent to someone, once this transaction is done.
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

/// What is to be sent, with all that its text says.
#[derive(Debug, Clone)]
pub struct Letter {
    /// Its line in the ledger, which names it in the post too.
    pub id: Uuid,
    /// To whom.
    pub address: Email,
    /// What it is about.
    pub about: About,
}

/// What a letter is about.
#[derive(Debug, Clone)]
pub enum About {
    /// Someone is invited to log in, and perhaps to join a network.
    Invitation {
        /// Where he works.
        organization: OrganizationName,
        /// The network that he would join, by its name where everyone may know it, and as what.
        joins: Option<(Option<String>, NetworkRole)>,
        /// What he shows.
        code: InvitationCode,
        /// Until when.
        expires_at: DateTime<Utc>,
    },
}

impl Database {
    /// What is to be sent; nothing if it is no longer to be.
    ///
    /// # Errors
    /// The database does not answer.
    pub fn letter(&self, id: Uuid) -> Result<Option<Letter>> {
        let mut conn = self.worker()?;
        let line = delivery::table.find(id).filter(delivery::status.eq(DeliveryStatus::Queued));
        let line = line.select((delivery::kind, delivery::object_id, delivery::address));
        let Some((kind, object, address)) = line.first::<(DeliveryKind, Uuid, Email)>(&mut conn).optional()? else {
            return Ok(None);
        };
        let about = match kind {
            DeliveryKind::Invitation => about_invitation(InvitationId(object), &mut conn)?,
        };
        Ok(about.map(|about| Letter { id, address, about }))
    }

    /// Notes what became of something that was to be sent.
    ///
    /// # Errors
    /// The database does not answer.
    pub fn delivered(&self, id: Uuid, status: DeliveryStatus, failure: Option<&str>) -> Result<()> {
        let sent = (status == DeliveryStatus::Sent).then(|| delivery::sent_at.eq(sql::clock().nullable()));
        let failure = failure.map(|why| why.chars().take(500).collect::<String>());
        let row = (
            delivery::status.eq(status),
            delivery::attempts.eq(delivery::attempts + 1),
            delivery::failure.eq(failure),
            sent,
        );
        diesel::update(delivery::table.find(id)).set(row).execute(&mut *self.worker()?)?;
        Ok(())
    }
}

/// What the letter of an invitation says.
type InvitationRow = (OrganizationName, (Option<String>, Option<String>), Option<NetworkRole>, DateTime<Utc>);

/// An invitation whose code is still good.
fn about_invitation(id: InvitationId, conn: &mut PgConnection) -> Result<Option<About>> {
    let (used, revoked) = (invitation::used_at, invitation::revoked_at);
    let status = invitation_status(used, revoked, invitation::claimed_at, invitation::expires_at, sql::clock());
    let found = invitation::table
        .inner_join(organization::table)
        .left_join(network::table)
        .left_join(membership_request::table)
        .filter(invitation::id.eq(id))
        .filter(status.eq("sent"))
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
    // What not everyone may know of is not named in the post.
    let name = name.filter(|_| visibility.as_deref() == Some("listed"));
    let joins = role.map(|role| (name, role));
    let code = InvitationCode::of(id).map_err(|why| Error::Fault(why.into()))?;
    Ok(Some(About::Invitation { organization, joins, code, expires_at }))
}
