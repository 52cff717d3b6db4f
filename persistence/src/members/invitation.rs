//! SQL of invitations, and of the first login that binds a subject to a member.

use ::networks::membership_request::Side;
use diesel::pg::Pg;
use diesel::prelude::*;
use kernel::directory::{Email, GivenName, UsualName};
use kernel::notification::DeliveryKind;
use kernel::schema::{external_id, identity, invitation, member, source};
use kernel::{
    Grant, Identity, InvitationId, Label, MemberId, MembershipRequestId, NetworkId, NotificationLevel, OrganizationId,
    PageQuery, PrincipalId, Refusal, Version, Vouched, sql,
};
use members::affiliation::{Affiliation, NewAffiliation};
use members::invitation::{
    Confirm, Invitation, InvitationAcceptance, InvitationAccepted, InvitationFilter, InvitationOutcome, InvitationPage,
    InvitationView, Invite, Read, Revoke, Show, invitation_status, visible,
};
use members::member::{Bind, Member, MemberStatus};
use uuid::Uuid;

use super::affiliation::{in_force_of, insert as insert_affiliation};
use super::member::{find as find_member, locked as locked_member};
use crate::delivery::deliver;
use crate::networks::{agree, identify, locked_request};
use crate::page::counted;
use crate::stamps::{born, grown};
use crate::store::{Known, Writer};
use crate::{Again, Error, Result, Store};

const NEEDS_LEVEL: Label =
    Label { fr: "Choisissez comment ce réseau vous informe.", en: "Choose how this network keeps you informed." };
const PEOPLE: Label = Label { fr: "Réservé aux personnes.", en: "For people only." };
const HAS_ACCOUNT: Label = Label {
    fr: "Cette adresse a déjà un compte : connectez-vous avec lui, puis présentez le code.",
    en: "This address has an account already: log in with it, then show the code.",
};

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
                let (used, revoked) = (invitation::used_at, invitation::revoked_at);
                let (claimed, expires) = (invitation::claimed_at, invitation::expires_at);
                query = query.filter(invitation_status(used, revoked, claimed, expires, sql::clock()).eq(status));
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

    /// Confirms who showed the code of the invitation that was granted: he is bound to a member.
    ///
    /// # Errors
    /// It is no longer as the caller saw it; his address has an account already.
    pub fn confirm_invitation(&mut self, grant: Grant<Confirm>, seen: Version) -> Result<InvitationView> {
        let bound = self.write_on(grant, seen, |writer, _, _, before| {
            let (issuer, subject) = (before.claimed_issuer.clone(), before.claimed_subject.clone());
            let (issuer, subject) = issuer.zip(subject).ok_or(Refusal::NotFound)?;
            let who = Identity { issuer, subject };
            let known = principal_of(&who, writer.conn)?;
            let member = recognised(&before, known, writer)?.unwrap_or_else(MemberId::fresh);
            bind(writer, &before, &who, member, before.claimed_level)?;
            find(before.id, writer.conn)
        })?;
        Ok(self.seen(bound))
    }

    /// Takes a code from whoever shows it with a good token: he is bound to a member, or waits to be confirmed.
    ///
    /// # Errors
    /// The code is none of ours, or was used; his address has an account already; he does not say how the network that
    /// he joins keeps him informed.
    pub fn accept_invitation(
        &mut self,
        said: &InvitationAcceptance,
        who: &Identity,
        vouched: &Vouched,
    ) -> Result<InvitationAccepted> {
        self.refuse_machines(vouched)?;
        let fresh = MemberId::fresh();
        let grant = self.authorize_stranger(Show(said.code.clone()), PrincipalId(fresh.0))?;
        self.write(grant, |writer, _, _, before| {
            let (invitation_id, level) = (before.id, said.notification_level);
            if before.request_id.is_some() && level.is_none() {
                return Err(Refusal::Invalid("/notification_level", NEEDS_LEVEL).into());
            }
            let known = principal_of(who, writer.conn)?;
            let there = known.map(|member| works_at(member, &before, writer.conn)).transpose()?.unwrap_or_default();
            if !there && !before.fits(vouched) {
                claim(writer, &before, who, level)?;
                return Ok(InvitationAccepted {
                    invitation_id,
                    outcome: InvitationOutcome::ToConfirm,
                    member_id: None,
                });
            }
            let member = recognised(&before, known, writer)?.unwrap_or(fresh);
            writer.by = PrincipalId(member.0);
            bind(writer, &before, who, member, level)?;
            Ok(InvitationAccepted { invitation_id, outcome: InvitationOutcome::Bound, member_id: Some(member) })
        })
    }

    /// Binds the caller to the member whom the source of his issuer calls by the same name; who is somebody already stays
    /// who he is.
    ///
    /// # Errors
    /// The issuer speaks of no source, or its source knows nobody of that name who has not left.
    pub fn bind_me(&mut self, who: &Identity, vouched: &Vouched) -> Result<MemberId> {
        self.refuse_machines(vouched)?;
        if let Some(registered) = self.registered()? {
            return registered.member().ok_or(Refusal::Forbidden(PEOPLE).into());
        }
        let source = vouched.source.clone().ok_or(Error::Stranger)?;
        let names = [vouched.uid.clone(), Some(who.subject.clone())];
        let names: Vec<String> = names.into_iter().flatten().collect();
        let found = external_id::table.inner_join(source::table).filter(source::code.eq(source));
        let found = found.filter(external_id::noun.eq("member")).filter(external_id::value.eq_any(names));
        let found: Option<Uuid> = found.select(external_id::object_id).first(self.reading().0).optional()?;
        let member = MemberId(found.ok_or(Error::Stranger)?);
        let grant = self.authorize_stranger(Bind(member), PrincipalId(member.0))?;
        self.write(grant, |writer, _, Bind(member), _| {
            writer.by = PrincipalId(member.0);
            identified(writer, member, who)?;
            Ok(member)
        })
    }
}

impl Store<'_> {
    /// A first login is a person's: an account of a machine would become somebody's.
    fn refuse_machines(&mut self, vouched: &Vouched) -> Result<()> {
        let machine = vouched.machine || self.registered()?.is_some_and(|actor| actor.member().is_none());
        if machine { Err(Refusal::Forbidden(PEOPLE).into()) } else { Ok(()) }
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
        invitation::expires_at.eq(writer.at + ::networks::membership_request::OPEN_FOR),
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

/// Notes who showed the code, for those who know him to confirm. Nobody answers for the change but the service itself.
fn claim(
    writer: &mut Writer<'_>,
    before: &Invitation,
    who: &Identity,
    level: Option<NotificationLevel>,
) -> Result<Invitation> {
    writer.by = PrincipalId::system();
    let claimed = (
        invitation::claimed_at.eq(writer.at),
        invitation::claimed_issuer.eq(&who.issuer),
        invitation::claimed_subject.eq(&who.subject),
        invitation::claimed_level.eq(level),
    );
    let row = (claimed, grown!(invitation, writer, before.version));
    diesel::update(invitation::table.find(before.id)).set(row).execute(writer.conn)?;
    let after = find(before.id, writer.conn)?;
    writer.updated(before, &after)?;
    Ok(after)
}

/// The member that a subject is already, if he has not left.
fn principal_of(who: &Identity, conn: &mut PgConnection) -> Result<Option<MemberId>> {
    let known = identity::table.find((&who.issuer, &who.subject)).select(identity::principal_id);
    let Some(PrincipalId(id)) = known.first::<PrincipalId>(conn).optional()? else { return Ok(None) };
    let present = member::table.find(id).filter(member::departed_at.is_null()).select(member::id);
    Ok(present.first(conn).optional()?)
}

fn works_at(member: MemberId, it: &Invitation, conn: &mut PgConnection) -> Result<bool> {
    Ok(in_force_of(conn, member)?.iter().any(|at| at.organization_id == it.organization.id))
}

/// Who was invited, where he is recorded already: himself, whoever was meant, or who never logged in under that address.
fn recognised(it: &Invitation, known: Option<MemberId>, writer: &mut Writer<'_>) -> Result<Option<MemberId>> {
    if let Some(member) = known.or(it.member_id) {
        return Ok(Some(member));
    }
    let same = member::table.filter(member::email.eq(&it.email)).filter(member::departed_at.is_null());
    match same.select((member::id, member::status)).first::<(MemberId, MemberStatus)>(writer.conn).optional()? {
        None => Ok(None),
        Some((member, MemberStatus::Invited)) => Ok(Some(member)),
        Some(_) => Err(Refusal::Invalid("/code", HAS_ACCOUNT).into()),
    }
}

/// Binds a subject to a member, who is recorded where he is not yet, and agrees to the dossier that he was invited by.
fn bind(
    writer: &mut Writer<'_>,
    it: &Invitation,
    who: &Identity,
    id: MemberId,
    level: Option<NotificationLevel>,
) -> Result<()> {
    let there = member::table.find(id).select(member::id).first::<MemberId>(writer.conn).optional()?.is_some();
    if there {
        locked_member(id, writer.conn)?.present()?;
    } else {
        record(writer, it, id)?;
    }
    writer.changes_rights_of(id)?;
    let affiliation = affiliated(writer, it, id)?;
    identified(writer, id, who)?;
    let used =
        (invitation::used_at.eq(writer.at), invitation::member_id.eq(id), grown!(invitation, writer, it.version));
    diesel::update(invitation::table.find(it.id)).set(used).execute(writer.conn)?;
    let after = find(it.id, writer.conn)?;
    writer.ended(it, &after)?;
    if let Some(request) = it.request_id {
        identify(writer, request, id, affiliation.id)?;
        let dossier = locked_request(request, writer.conn)?;
        agree(writer, &dossier, Side::Person, level)?;
    }
    Ok(())
}

/// Records who was not yet.
fn record(writer: &mut Writer<'_>, it: &Invitation, id: MemberId) -> Result<()> {
    let row = (
        member::id.eq(id),
        member::given_name.eq(&it.given_name),
        member::usual_name.eq(&it.usual_name),
        member::email.eq(&it.email),
        born!(member, writer),
    );
    diesel::insert_into(member::table).values(row).execute(writer.conn)?;
    let place = insert_affiliation(writer, id, NewAffiliation::at(it.organization.id), true)?;
    let created = find_member(id, writer.conn)?;
    writer.created(&created)?;
    writer.created(&place)
}

/// The affiliation of a member to the organization that invited him.
fn affiliated(writer: &mut Writer<'_>, it: &Invitation, id: MemberId) -> Result<Affiliation> {
    let places = in_force_of(writer.conn, id)?;
    if let Some(place) = places.iter().find(|at| at.organization_id == it.organization.id) {
        return Ok(place.clone());
    }
    let place = insert_affiliation(writer, id, NewAffiliation::at(it.organization.id), places.is_empty())?;
    writer.created(&place)?;
    Ok(place)
}

/// A subject is this member from now on; one who was somebody who left is somebody else now.
fn identified(writer: &mut Writer<'_>, id: MemberId, who: &Identity) -> Result<()> {
    let row = (
        identity::issuer.eq(&who.issuer),
        identity::subject.eq(&who.subject),
        identity::principal_id.eq(PrincipalId(id.0)),
        identity::created_at.eq(writer.at),
    );
    let again = identity::principal_id.eq(PrincipalId(id.0));
    let bound = diesel::insert_into(identity::table).values(row).on_conflict((identity::issuer, identity::subject));
    bound.do_update().set(again).execute(writer.conn)?;
    let before = find_member(id, writer.conn)?;
    if before.status == MemberStatus::Invited {
        let active = (member::activated_at.eq(Some(writer.at)), grown!(member, writer, before.version));
        diesel::update(member::table.find(id)).set(active).execute(writer.conn)?;
    } else {
        diesel::update(member::table.find(id)).set(grown!(member, writer, before.version)).execute(writer.conn)?;
    }
    let after = find_member(id, writer.conn)?;
    writer.updated(&before, &after)
}

fn find(id: InvitationId, conn: &mut PgConnection) -> Result<Invitation> {
    let row = Invitation::query().filter(invitation::id.eq(id));
    Ok(row.first(conn).optional()?.ok_or(Refusal::NotFound)?)
}

// The network and the dossier first, where one joins by it.
fn locked(id: InvitationId, conn: &mut PgConnection) -> Result<Invitation> {
    let request = invitation::table.find(id).select(invitation::request_id).first(conn).optional()?;
    if let Some(request) = request.ok_or(Refusal::NotFound)? {
        locked_request(request, conn)?;
    }
    invitation::table.find(id).select(invitation::id).for_no_key_update().first::<InvitationId>(conn)?;
    find(id, conn)
}

impl Known for Read {
    fn facts(&self, conn: &mut PgConnection) -> Result<Invitation> {
        find(self.0, conn)
    }
}

impl Known for Revoke {
    fn facts(&self, conn: &mut PgConnection) -> Result<Invitation> {
        locked(self.0, conn)
    }
}

impl Known for Confirm {
    fn facts(&self, conn: &mut PgConnection) -> Result<Invitation> {
        locked(self.0, conn)
    }
}

impl Known for Show {
    fn facts(&self, conn: &mut PgConnection) -> Result<Invitation> {
        // A code that nobody gave and one that is spent are told alike.
        let id = self.0.invitation().ok_or(Refusal::InvitationSpent)?;
        match locked(id, conn) {
            Err(Error::Refused(Refusal::NotFound)) => Err(Refusal::InvitationSpent.into()),
            found => found,
        }
    }
}

impl Known for Invite {
    fn facts(&self, conn: &mut PgConnection) -> Result<Member> {
        locked_member(self.0, conn)
    }
}

impl Known for Bind {
    fn facts(&self, conn: &mut PgConnection) -> Result<Member> {
        locked_member(self.0, conn)
    }
}

impl Again for InvitationView {
    fn about(&self) -> Uuid {
        self.noun.id.0
    }

    fn again(store: &mut Store<'_>, about: Uuid) -> Result<Self> {
        store.invitation(InvitationId(about))
    }
}
