//! What an e-mail says, read when it is sent: with the rights that its recipient has at that moment.

use std::collections::HashMap;

use ::networks::mail::{Author, MailItem};
use ::networks::network::{NetworkName, NetworkVisibility};
use ::networks::notification::Notification;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use kernel::directory::{Email, OrganizationName, ShortName};
use kernel::notification::{DeliveryKind, DeliveryStatus};
use kernel::schema::{
    affiliation, delivery, invitation, member, membership_request, network, notification, organization,
};
use kernel::{Actor, InvitationId, MemberId, NetworkRole, NotificationId, PrincipalId, sql};
use members::invitation::{InvitationCode, InvitationStatus, is_wanted, stands};
use members::member::visible as visible_members;
use uuid::Uuid;

use crate::actor::of_member;
use crate::kept::Gist;
use crate::nouns::NOUNS;
use crate::{Database, Error, Result};

/// An e-mail to send, with all that it says.
#[derive(Debug, Clone)]
pub struct Mail {
    /// Its line in the ledger, which is also in its `Message-ID`.
    pub id: Uuid,
    /// To whom.
    pub address: Email,
    /// What it is about.
    pub about: About,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
}

/// What an e-mail is about.
#[derive(Debug, Clone)]
pub enum About {
    /// Someone is invited to log in, and perhaps to join a network.
    Invitation(Box<InvitationMail>),
    /// Something happened.
    Notification(Box<MailItem>),
    /// What happened since the last digest.
    Digest(Vec<MailItem>),
}

/// What the e-mail of an invitation says.
#[derive(Debug, Clone)]
pub struct InvitationMail {
    /// The invitation.
    pub id: InvitationId,
    /// Whether it reminds of one that was sent before.
    pub reminds: bool,
    /// Who sent it, if that is a person.
    pub by: Option<Author>,
    /// The organization of the person who is invited.
    pub organization: OrganizationName,
    /// The network that the person would join and the role, said only where everyone may know of the network.
    pub joins: Option<Option<(NetworkName, NetworkRole)>>,
    /// Whether the organization recorded the person as a member already.
    pub recorded: bool,
    /// The code to enter.
    pub code: InvitationCode,
    /// When the code expires.
    pub expires_at: DateTime<Utc>,
}

impl Database {
    /// The e-mail to send; nothing if it is not to be sent any more.
    ///
    /// # Errors
    /// The database does not answer.
    pub fn mail(&self, id: Uuid) -> Result<Option<Mail>> {
        type Line = (DeliveryKind, Uuid, Option<MemberId>, Email, DateTime<Utc>);
        let mut conn = self.worker()?;
        let line = delivery::table.find(id).filter(delivery::status.eq(DeliveryStatus::Queued));
        let line = line.select((
            delivery::kind,
            delivery::object_id,
            delivery::member_id,
            delivery::address.assume_not_null(),
            delivery::created_at,
        ));
        let Some((kind, object, member, address, created_at)) = line.first::<Line>(&mut conn).optional()? else {
            return Ok(None);
        };
        // What tells of something goes to the address that the member has now; an invitation, to the one that was invited.
        let invites = matches!(kind, DeliveryKind::Invitation | DeliveryKind::InvitationReminder);
        let address = match member.filter(|_| !invites) {
            Some(member) => {
                let now = member::table.find(member).select(member::email);
                let Some(now) = now.first::<Option<Email>>(&mut conn).optional()?.flatten() else { return Ok(None) };
                now
            }
            None => address,
        };
        let about = match kind {
            DeliveryKind::Invitation => invited(InvitationId(object), false, &mut conn)?,
            DeliveryKind::InvitationReminder => invited(InvitationId(object), true, &mut conn)?,
            DeliveryKind::Notification => {
                let items = told(vec![NotificationId(object)], member, &mut conn)?;
                items.into_iter().next().map(|item| About::Notification(Box::new(item)))
            }
            DeliveryKind::Digest => {
                let within = notification::table.filter(notification::digest_id.eq(id));
                let items = told(within.select(notification::id).load(&mut conn)?, member, &mut conn)?;
                (!items.is_empty()).then_some(About::Digest(items))
            }
        };
        Ok(about.map(|about| Mail { id, address, about, created_at }))
    }
}

/// What an e-mail to a member says of notifications, in their order.
fn told(ids: Vec<NotificationId>, to: Option<MemberId>, conn: &mut PgConnection) -> Result<Vec<MailItem>> {
    let Some(member) = to else { return Ok(Vec::new()) };
    let Some(actor) = of_member(conn, member)? else { return Ok(Vec::new()) };
    let notes = Notification::query().filter(notification::id.eq_any(ids)).filter(notification::member_id.eq(member));
    let notes: Vec<Notification> = notes.order(notification::id).load(conn)?;
    let gists = gists(&notes, conn, &actor)?;
    let authors = authors(gists.values().filter_map(|gist| gist.by).collect(), &actor, conn)?;
    let item = |note: &Notification| {
        let gist = gists.get(&note.object_id).cloned();
        let author = gist.as_ref().and_then(|gist| authors.get(&gist.by?).cloned());
        let sits = note.network.is_some_and(|(network, _)| actor.sits_in(network));
        MailItem::of(note, gist, author, sits)
    };
    Ok(notes.iter().filter_map(item).collect())
}

/// What the objects of notifications say of themselves to a reader: one query for each noun.
pub(crate) fn gists(all: &[Notification], conn: &mut PgConnection, actor: &Actor) -> Result<HashMap<Uuid, Gist>> {
    let mut about = HashMap::new();
    for noun in NOUNS {
        let ids: Vec<Uuid> = all.iter().filter(|it| it.noun == noun.name).map(|it| it.object_id).collect();
        if let Some(told) = noun.told.filter(|_| !ids.is_empty()) {
            about.extend(told(conn, actor, ids)?);
        }
    }
    Ok(about)
}

/// The names of those whom a reader may know.
fn authors(who: Vec<PrincipalId>, reader: &Actor, conn: &mut PgConnection) -> Result<HashMap<PrincipalId, Author>> {
    let who: Vec<MemberId> = who.into_iter().map(|it| MemberId(it.0)).collect();
    let known = member::table.filter(visible_members(reader)).filter(member::id.eq_any(who));
    let known: Vec<MemberId> = known.select(member::id).load(conn)?;
    let mut names = HashMap::new();
    for id in known.into_iter().map(|it| PrincipalId(it.0)) {
        names.extend(author(id, conn)?.map(|author| (id, author)));
    }
    Ok(names)
}

/// A person by name, with the organization of their main affiliation; nothing if the principal is no person.
fn author(who: PrincipalId, conn: &mut PgConnection) -> Result<Option<Author>> {
    let who = MemberId(who.0);
    let name = member::table.find(who).select(member::display_name).first::<String>(conn).optional()?;
    let place = affiliation::table
        .inner_join(organization::table)
        .filter(affiliation::member_id.eq(who).and(affiliation::is_primary))
        .filter(affiliation::valid.contains(sql::clock()))
        .select((organization::name, organization::short_name));
    let place = place.first::<(OrganizationName, Option<ShortName>)>(conn).optional()?;
    let place = place.map(|(name, short)| short.map_or_else(|| name.to_string(), |short| short.to_string()));
    Ok(name.map(|name| Author { name, organization: place }))
}

type InvitationRow = (
    OrganizationName,
    (Option<NetworkName>, Option<NetworkVisibility>),
    Option<NetworkRole>,
    (DateTime<Utc>, Option<MemberId>, PrincipalId),
);

/// An invitation whose code is still good, and whose membership request, if there is one, may still be decided.
fn invited(id: InvitationId, reminds: bool, conn: &mut PgConnection) -> Result<Option<About>> {
    let found = invitation::table
        .inner_join(organization::table)
        .left_join(network::table)
        .left_join(membership_request::table)
        .filter(invitation::id.eq(id))
        .filter(stands().eq(InvitationStatus::Sent).and(is_wanted()))
        .select((
            organization::name,
            (network::name.nullable(), network::visibility.nullable()),
            membership_request::role.nullable(),
            (invitation::expires_at, invitation::member_id, invitation::created_by),
        ));
    let found = found.first::<InvitationRow>(conn).optional()?;
    let Some((organization, (name, visibility), role, (expires_at, member, by))) = found else {
        return Ok(None);
    };
    let name = name.filter(|_| visibility.is_some_and(NetworkVisibility::is_named_in_mail));
    Ok(Some(About::Invitation(Box::new(InvitationMail {
        id,
        reminds,
        by: author(by, conn)?,
        organization,
        joins: role.map(|role| name.map(|name| (name, role))),
        recorded: member.is_some(),
        code: InvitationCode::of(id).map_err(|why| Error::Fault(why.into()))?,
        expires_at,
    }))))
}
