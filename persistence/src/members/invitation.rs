//! SQL of invitations.

use diesel::pg::Pg;
use diesel::prelude::*;
use kernel::notification::{DeliveryKind, NotificationClass, NotificationKind, OPEN_FOR, Reminder};
use kernel::schema::invitation;
use kernel::{
    Grant, InvitationId, MemberId, MembershipRequestId, NetworkId, Noun as _, OrganizationId, PageQuery, PrincipalId,
    Refusal, Versions, clock, sql,
};
use members::invitation::{
    Invitation, InvitationFilter, InvitationPage, InvitationStatus, InvitationView, Invite, Read, Resend, Revoke,
    stands, visible,
};

use crate::delivery::deliver;
use crate::idempotency::again;
use crate::kept::{Called, Gist, Invites, Kept as _, Person, Remind, Told, kept, known, titled, told};
use crate::moving::Resting;
use crate::moving::{Ledger, Moving};
use crate::notify::{News, notify};
use crate::nouns::NOUNS;
use crate::page::{DOWN, counted, keyset};
use crate::stamps::born;
use crate::writer::Writer;
use crate::{Result, Store};
use members::member::Member;
use members::reorganization::ImpactEffect;
use uuid::Uuid;

impl Store<'_> {
    /// The invitations that the caller may see, the latest first.
    ///
    /// # Errors
    /// The cursor is not valid for this list.
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
        let count = counted(conn, filter.count, all())?;
        let found = keyset!(conn, all(), page, DOWN, |it: &Invitation| it.id => invitation::id);
        let mut found = found.counted(count);
        self.compare_invited(&mut found.items)?;
        Ok(found.map(|it| self.seen_invitation(it)))
    }

    /// One invitation.
    ///
    /// # Errors
    /// There is none that the caller may see.
    pub fn invitation(&mut self, id: InvitationId) -> Result<InvitationView> {
        let mut one = [self.permit(Read(id))?];
        self.compare_invited(&mut one)?;
        let [it] = one;
        Ok(self.seen_invitation(it))
    }

    /// Invites the member that was granted; codes sent to them earlier no longer work.
    ///
    /// # Errors
    /// The member has no main affiliation.
    pub fn invite_member(&mut self, grant: Grant<Invite>) -> Result<InvitationView> {
        let sent = self.write(grant, |writer, _, _, it| {
            let main = it.affiliations.0.first().ok_or(Refusal::NotFound)?;
            let email = it.email.clone().ok_or(Refusal::NotFound)?;
            revoke_of_member(writer, it.id)?;
            let called = (it.given_name.clone(), it.usual_name.clone(), email);
            let id = invite(writer, None, Some(it.id), main.organization.id, &called)?;
            Invitation::find(id.0, writer.conn)
        })?;
        let mut one = [sent];
        self.compare_invited(&mut one)?;
        let [sent] = one;
        Ok(self.seen_invitation(sent))
    }

    /// Revokes the invitation that was granted.
    ///
    /// # Errors
    /// It is no longer as the caller saw it.
    pub fn revoke_invitation(&mut self, grant: Grant<Revoke>, seen: Versions) -> Result<InvitationView> {
        let revoked = self.write_on(grant, seen, |writer, _, _, before| revoke(writer, &before))?;
        Ok(self.seen_invitation(revoked))
    }

    /// Sends the code of the invitation that was granted once more. If it belongs to a membership request, its expiry does
    /// not change.
    ///
    /// # Errors
    /// It is no longer as the caller saw it.
    pub fn resend_invitation(&mut self, grant: Grant<Resend>, seen: Versions) -> Result<InvitationView> {
        let sent = self.write_on(grant, seen, |writer, _, _, before| {
            let until = if before.request_id.is_some() { before.expires_at } else { writer.at + OPEN_FOR };
            deliver(writer, DeliveryKind::Invitation, before.id.0, before.member_id, &before.email)?;
            let mut senders: Vec<PrincipalId> =
                invitation::table.find(before.id).select(invitation::resent_by).first(writer.conn)?;
            if !senders.contains(&writer.by) {
                senders.push(writer.by);
            }
            writer.change(&before, (invitation::expires_at.eq(until), invitation::resent_by.eq(senders)))
        })?;
        Ok(self.seen_invitation(sent))
    }

    pub(super) fn seen_invitation(&self, it: Invitation) -> InvitationView {
        self.seen(it.shown_to(self.actor()))
    }
}

/// Writes an invitation, and has its code sent.
fn invite(
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
    let _created: Invitation = writer.create(row)?;
    deliver(writer, DeliveryKind::Invitation, id.0, member, email)?;
    Ok(id)
}

/// Invites someone for a request.
fn invite_for(
    writer: &mut Writer<'_>,
    joins: (NetworkId, MembershipRequestId),
    organization: OrganizationId,
    called: &Called,
) -> Result<InvitationId> {
    invite(writer, Some(joins), None, organization, called)
}

/// Revokes the invitations that were sent for a membership request.
fn revoke_of_dossier(writer: &mut Writer<'_>, dossier: MembershipRequestId) -> Result<()> {
    let sent = Invitation::query().filter(invitation::request_id.eq(dossier)).filter(pending());
    let sent: Vec<Invitation> = sent.order(invitation::id).load(writer.conn)?;
    sent.iter().try_for_each(|before| revoke(writer, before).map(drop))
}

/// Revokes the invitations that were sent to a member.
pub(super) fn revoke_of_member(writer: &mut Writer<'_>, member: MemberId) -> Result<()> {
    let sent = Invitation::query().filter(invitation::member_id.eq(member)).filter(pending());
    let sent: Vec<Invitation> = sent.order(invitation::id).load(writer.conn)?;
    sent.iter().try_for_each(|before| revoke(writer, before).map(drop))
}

type Pending = diesel::dsl::And<
    diesel::dsl::And<diesel::dsl::IsNull<invitation::used_at>, diesel::dsl::IsNull<invitation::revoked_at>>,
    diesel::dsl::Gt<invitation::expires_at, sql::clock>,
>;

fn pending() -> Pending {
    invitation::used_at.is_null().and(invitation::revoked_at.is_null()).and(invitation::expires_at.gt(sql::clock()))
}

fn revoke(writer: &mut Writer<'_>, before: &Invitation) -> Result<Invitation> {
    writer.end(before, invitation::revoked_at.eq(writer.at))
}

known!(read Invitation: Read);

known!(lock Invitation: Resend, Revoke);

known!(lock Member: Invite);

again!(InvitationView as InvitationId => invitation);

/// Carries the invitations whose code is still good.
fn carry_invitations(writer: &mut Writer<'_>, moving: &Moving, ledger: &mut Ledger) -> Result<()> {
    let here = Invitation::query().filter(invitation::organization_id.eq_any(moving.gone()));
    let here: Vec<Invitation> = here.order(invitation::id).load(writer.conn)?;
    let open = |it: &Invitation| matches!(it.status, InvitationStatus::Sent | InvitationStatus::Claimed);
    for before in here.into_iter().filter(open) {
        let to = moving.heir(before.organization.id);
        let _after = writer.change(&before, invitation::organization_id.eq(to))?;
        let name = format!("{} {}", before.given_name, before.usual_name);
        let place = ledger.organization(writer.conn, to)?;
        let known = writer.known(before.id.0, before.created_at);
        ledger.tell(Invitation::NAME, (known, name), ImpactEffect::Repointed, Some(place));
    }
    Ok(())
}

/// Reminds the person who is invited that the code expires, or tells those who sent it that it did. Of one that belongs to a
/// membership request they hear by the end of the request.
fn remind(writer: &mut Writer<'_>, what: Reminder, id: Uuid) -> Result<()> {
    let it = Invitation::lock(id, writer.conn)?;
    match (what, it.status) {
        (Reminder::InvitationExpires, InvitationStatus::Sent) if it.goal.is_wanted => {
            deliver(writer, DeliveryKind::InvitationReminder, it.id.0, it.member_id, &it.email)
        }
        (Reminder::InvitationExpired, InvitationStatus::Expired) => {
            let news = News::of(NotificationKind::InvitationExpired, NotificationClass::Normal, &it, None);
            notify(writer, news, vec![MemberId(it.created_by.0)])
        }
        _ => Ok(()),
    }
}

kept!(Invitation: invitation {
    const TOLD: Option<Told> = Some(|conn, actor, ids| {
        told::<Self, Read>(conn, actor, ids, |it| {
            let name = format!("{} {}", it.given_name, it.usual_name);
            Gist { person: Some(name.clone()), due_on: Some(clock::day_of(it.expires_at)), ..titled(&name) }
        })
    });
    const REMIND: Option<Remind> = Some(remind);
    const INVITES: Option<Invites> = Some(Invites { invite: invite_for, revoke: revoke_of_dossier });
    const RESTING: &'static [Resting] = &[
        Resting::moves("invitation", "organization_id", carry_invitations),
    ];
    const PEOPLE: &'static [Person] = &[
        Person::names("invitation", "member_id", "les invitations qui vous ont été adressées"),
    ];
    const PRIVATE: &'static [&'static str] = &["claimed_issuer", "claimed_subject", "claimed_level", "claimed_name", "claimed_email"];
    // Its network and membership request are locked first, if there are any; else its member, if recorded.
    fn lock(id: Uuid, conn: &mut PgConnection) -> Result<Self> {
        let about = invitation::table.find(id).select((invitation::request_id, invitation::member_id));
        let about = about.first::<(Option<MembershipRequestId>, Option<MemberId>)>(conn).optional()?;
        match about.ok_or(Refusal::NotFound)? {
            (Some(request), _) => NOUNS.iter().filter_map(|noun| noun.admits).try_for_each(|it| (it.lock)(request.0, conn))?,
            (None, Some(member)) => drop(Member::lock(member.0, conn)?),
            (None, None) => {}
        }
        invitation::table.find(id).select(invitation::id).for_no_key_update().first::<InvitationId>(conn)?;
        Self::find(id, conn)
    }
});
