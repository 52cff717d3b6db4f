//! SQL of invitations.

use ::networks::membership_request::OPEN_FOR;
use diesel::pg::Pg;
use diesel::prelude::*;
use kernel::directory::{Email, GivenName, UsualName};
use kernel::notification::DeliveryKind;
use kernel::schema::invitation;
use kernel::{
    Grant, InvitationId, MemberId, MembershipRequestId, NetworkId, OrganizationId, PageQuery, Refusal, Version, sql,
};
use members::invitation::{
    Invitation, InvitationFilter, InvitationPage, InvitationView, Invite, Read, Revoke, stands, visible,
};

use super::member::locked as locked_member;
use crate::delivery::deliver;
use crate::idempotency::again;
use crate::networks::locked_request;
use crate::page::counted;
use crate::stamps::{born, grown};
use crate::store::{Writer, known};
use crate::{Result, Store};

/// What someone is called, and where he is written to.
type Called = (GivenName, UsualName, Email);

impl Store<'_> {
    /// The invitations that the caller may see, the latest first.
    ///
    /// # Errors
    /// The cursor is none of ours.
    pub fn invitations(&mut self, filter: &InvitationFilter, page: &PageQuery) -> Result<InvitationPage> {
        let (conn, actor) = self.reading();
        let all = || {
            let mut query = Invitation::query().filter(visible(actor)).into_boxed::<Pg>();
            if let Some(organization) = filter.organization_id {
                query = query.filter(invitation::organization_id.eq(organization));
            }
            if let Some(status) = filter.status {
                query = query.filter(stands().eq(status));
            }
            query
        };
        let mut query = all();
        if let Some(before) = page.key::<InvitationId>()? {
            query = query.filter(invitation::id.lt(before));
        }
        let rows = query.order(invitation::id.desc()).limit(page.probe()).load(conn)?;
        let count = counted!(conn, filter.count, all());
        let found = page.cut(rows, |it: &Invitation| it.id).counted(count);
        Ok(found.map(|it| self.seen(it)))
    }

    /// One invitation.
    ///
    /// # Errors
    /// There is none that the caller may see.
    pub fn invitation(&mut self, id: InvitationId) -> Result<InvitationView> {
        let it = self.permit(Read(id))?;
        Ok(self.seen(it))
    }

    /// Invites the member that was granted; earlier codes of his are good for nothing any more.
    ///
    /// # Errors
    /// He has no main affiliation.
    pub fn invite_member(&mut self, grant: Grant<Invite>) -> Result<InvitationView> {
        let sent = self.write(grant, |writer, _, _, it| {
            let main = it.affiliations.0.first().ok_or(Refusal::NotFound)?;
            let email = it.email.clone().ok_or(Refusal::NotFound)?;
            let earlier = Invitation::query().filter(invitation::member_id.eq(it.id)).filter(pending());
            for before in earlier.load::<Invitation>(writer.conn)? {
                revoke(writer, &before)?;
            }
            let called = (it.given_name.clone(), it.usual_name.clone(), email);
            let id = invite(writer, None, Some(it.id), main.organization.id, &called)?;
            find(id, writer.conn)
        })?;
        Ok(self.seen(sent))
    }

    /// Takes back the invitation that was granted.
    ///
    /// # Errors
    /// It is no longer as the caller saw it.
    pub fn revoke_invitation(&mut self, grant: Grant<Revoke>, seen: Version) -> Result<InvitationView> {
        let revoked = self.write_on(grant, seen, |writer, _, _, before| revoke(writer, &before))?;
        Ok(self.seen(revoked))
    }
}

/// Writes an invitation, and has its code sent.
pub(crate) fn invite(
    writer: &mut Writer<'_>,
    joins: Option<(NetworkId, MembershipRequestId)>,
    member: Option<MemberId>,
    organization: OrganizationId,
    (given_name, usual_name, email): &Called,
) -> Result<InvitationId> {
    let id = InvitationId::fresh();
    let row = (
        invitation::id.eq(id),
        invitation::organization_id.eq(organization),
        invitation::network_id.eq(joins.map(|(network, _)| network)),
        invitation::request_id.eq(joins.map(|(_, request)| request)),
        invitation::member_id.eq(member),
        invitation::given_name.eq(given_name),
        invitation::usual_name.eq(usual_name),
        invitation::email.eq(email),
        invitation::expires_at.eq(writer.at + OPEN_FOR),
        born!(invitation, writer),
    );
    diesel::insert_into(invitation::table).values(row).execute(writer.conn)?;
    let created = find(id, writer.conn)?;
    writer.created(&created)?;
    deliver(writer, DeliveryKind::Invitation, id.0, member, email)?;
    Ok(id)
}

type Pending = diesel::dsl::And<
    diesel::dsl::And<diesel::dsl::IsNull<invitation::used_at>, diesel::dsl::IsNull<invitation::revoked_at>>,
    diesel::dsl::Gt<invitation::expires_at, sql::clock>,
>;

fn pending() -> Pending {
    invitation::used_at.is_null().and(invitation::revoked_at.is_null()).and(invitation::expires_at.gt(sql::clock()))
}

fn revoke(writer: &mut Writer<'_>, before: &Invitation) -> Result<Invitation> {
    let row = (invitation::revoked_at.eq(writer.at), grown!(invitation, writer, before.version));
    diesel::update(invitation::table.find(before.id)).set(row).execute(writer.conn)?;
    let after = find(before.id, writer.conn)?;
    writer.ended(before, &after)?;
    Ok(after)
}

pub(super) fn find(id: InvitationId, conn: &mut PgConnection) -> Result<Invitation> {
    let row = Invitation::query().filter(invitation::id.eq(id));
    Ok(row.first(conn).optional()?.ok_or(Refusal::NotFound)?)
}

// The network and the dossier first, where one joins by it.
pub(super) fn locked(id: InvitationId, conn: &mut PgConnection) -> Result<Invitation> {
    let request = invitation::table.find(id).select(invitation::request_id).first(conn).optional()?;
    if let Some(request) = request.ok_or(Refusal::NotFound)? {
        locked_request(request, conn)?;
    }
    invitation::table.find(id).select(invitation::id).for_no_key_update().first::<InvitationId>(conn)?;
    find(id, conn)
}

known!(find => Read);

known!(locked => Revoke);

known!(locked_member => Invite);

again!(InvitationView as InvitationId => invitation);
