//! SQL of the first login, which links a subject of an issuer to a member.

use diesel::prelude::*;
use kernel::directory::Email;
use kernel::look_alike::skeleton;
use kernel::notification::chosen;
use kernel::schema::{external_id, identity, invitation, member, source};
use kernel::{Bearer, Grant, Identity, Label, MemberId, NotificationLevel, PrincipalId, Refusal, Versions, Vouched};
use members::affiliation::{Affiliation, AffiliationInput};
use members::invitation::{
    Confirm, Invitation, InvitationAcceptance, InvitationAccepted, InvitationOutcome, InvitationView, Show,
};
use members::member::{Bind, Member, MemberStatus};
use members::my_data::PEOPLE;
use uuid::Uuid;

use super::affiliation::{in_force_of, insert as insert_affiliation};
use crate::actor;
use crate::kept::Kept as _;
use crate::kept::known;
use crate::nouns::NOUNS;
use crate::stamps::born;
use crate::store::Known;
use crate::writer::Writer;
use crate::{Error, Result, Store};

const HAS_ACCOUNT: Label = Label {
    fr: "Un compte existe déjà pour cette adresse : connectez-vous avec ce compte, puis saisissez le code.",
    en: "This address has an account already: log in with that account, then accept the invitation.",
};

impl Store<'_> {
    /// Confirms the person who used the code of the invitation that was granted: their login is linked to a member.
    ///
    /// # Errors
    /// It is no longer as the caller saw it; the address has an account already.
    pub fn confirm_invitation(&mut self, grant: Grant<Confirm>, seen: Versions) -> Result<InvitationView> {
        let bound = self.write_on(grant, seen, |writer, _, _, before| {
            let (issuer, subject) = (before.claimed_issuer.clone(), before.claimed_subject.clone());
            let (issuer, subject) = issuer.zip(subject).ok_or(Refusal::NotFound)?;
            let who = Identity { issuer, subject, session: None };
            let known = principal_of(&who, writer.conn)?;
            if known != before.claimed_member_id {
                return Err(Error::Again);
            }
            let member = recognised(&before, known, writer)?.unwrap_or_else(MemberId::fresh);
            bind(writer, &before, &who, member, before.claimed_level)?;
            Invitation::find(before.id.0, writer.conn)
        })?;
        Ok(self.seen_invitation(bound))
    }

    /// Accepts an invitation by its code and a valid token: the login is linked to a member, or waits to be confirmed.
    ///
    /// # Errors
    /// The code was not made by this service, or was used; the address has an account already; the notification level of
    /// the network is missing.
    pub fn accept_invitation(
        &mut self,
        said: &InvitationAcceptance,
        who: &Identity,
        vouched: &Vouched,
        bearer: &Bearer,
    ) -> Result<InvitationAccepted> {
        self.refuse_machines(vouched)?;
        let fresh = MemberId::fresh();
        let grant = self.authorize_stranger(Show(said.code.clone()), PrincipalId(fresh.0))?;
        self.write(grant, |writer, _, _, before| {
            let (invitation_id, level) = (before.id, said.notification_level);
            if before.request_id.is_some() {
                chosen(level)?;
            }
            let known = principal_of(who, writer.conn)?;
            let there = known.map(|member| works_at(member, &before, writer.conn)).transpose()?.unwrap_or_default();
            if !there && !before.fits(vouched) {
                let outcome = claim(writer, &before, (who, bearer), level)?;
                return Ok(InvitationAccepted { invitation_id, outcome, member_id: None });
            }
            let member = recognised(&before, known, writer)?.unwrap_or(fresh);
            writer.by = PrincipalId(member.0);
            bind(writer, &before, who, member, level)?;
            Ok(InvitationAccepted { invitation_id, outcome: InvitationOutcome::Bound, member_id: Some(member) })
        })
    }

    /// Links the caller's login to the member whom the directory of its issuer knows by the same identifier. A login that is
    /// linked already stays as it is.
    ///
    /// # Errors
    /// The issuer has no directory here, or its directory knows no present member by that identifier.
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
        let found = found.filter(diesel::dsl::sql::<diesel::sql_types::Bool>(VOUCHED));
        let found: Option<Uuid> = found.select(external_id::object_id).first(self.reading().0).optional()?;
        let member = MemberId(found.ok_or(Error::Stranger)?);
        let grant = self.authorize_stranger(Bind(member), PrincipalId(member.0))?;
        self.write(grant, |writer, _, Bind(member), _| {
            writer.by = PrincipalId(member.0);
            identified(writer, member, who)?;
            Ok(member)
        })
    }

    /// Refuses service accounts: linking one would give a person's rights to a machine.
    fn refuse_machines(&mut self, vouched: &Vouched) -> Result<()> {
        if self.is_held_by_a_service() {
            return Err(Refusal::Forbidden(Label::YOURSELF).into());
        }
        let machine = vouched.machine || self.registered()?.is_some_and(|actor| actor.member().is_none());
        if machine { Err(Refusal::Forbidden(PEOPLE).into()) } else { Ok(()) }
    }
}

/// Whether a source may say who logs in as a member. A directory that writes by itself may where it keeps the main affiliation still,
/// for someone who never logged in and holds nothing: else its account could become whom it names.
const VOUCHED: &str = "(source.kind <> 'scim' OR (
    EXISTS (SELECT FROM directory_user u WHERE u.member_id = external_id.object_id AND u.source_id = source.id AND u.removed_at IS NULL)
    AND EXISTS (SELECT FROM affiliation a WHERE a.member_id = external_id.object_id AND a.source_id = source.id AND a.is_primary
        AND a.valid @> app.clock())
    AND NOT EXISTS (SELECT FROM identity i WHERE i.principal_id = external_id.object_id)
    AND app.powers_held(external_id.object_id, app.clock()) = '[]'))";

/// Records who used the code, until someone confirms it. The change is recorded in the name of the system. The first login
/// stays: that another one used the same code is recorded for those who confirm.
fn claim(
    writer: &mut Writer<'_>,
    before: &Invitation,
    (who, bearer): (&Identity, &Bearer),
    level: Option<NotificationLevel>,
) -> Result<InvitationOutcome> {
    writer.by = PrincipalId::system();
    if before.waits_for_another(who) {
        if before.contested_at.is_none() {
            writer.change(before, invitation::contested_at.eq(writer.at))?;
        }
        return Ok(InvitationOutcome::Contested);
    }
    let claimed = (
        invitation::claimed_name.eq(&bearer.name),
        invitation::claimed_email.eq(&bearer.email),
        invitation::claimed_at.eq(writer.at),
        invitation::claimed_issuer.eq(&who.issuer),
        invitation::claimed_subject.eq(&who.subject),
        invitation::claimed_level.eq(level),
    );
    writer.change(before, claimed)?;
    Ok(InvitationOutcome::ToConfirm)
}

/// The member that a subject is linked to, if that member has not left.
fn principal_of(who: &Identity, conn: &mut PgConnection) -> Result<Option<MemberId>> {
    let Some(PrincipalId(id)) = actor::principal_of(conn, who)? else { return Ok(None) };
    let present = member::table.find(id).filter(member::departed_at.is_null()).select(member::id);
    Ok(present.first(conn).optional()?)
}

fn works_at(member: MemberId, it: &Invitation, conn: &mut PgConnection) -> Result<bool> {
    Ok(in_force_of(conn, member)?.iter().any(|at| at.organization_id == it.organization.id))
}

/// The recorded member that an invitation links to: the caller's own, the one it names, or the one who has its address and
/// never logged in.
fn recognised(it: &Invitation, known: Option<MemberId>, writer: &mut Writer<'_>) -> Result<Option<MemberId>> {
    if known.is_some() {
        return Ok(known);
    }
    if let Some(member) = it.member_id {
        // A member who has logged in meanwhile is not linked again, and a code is good only for the address it was sent to.
        let meant = is_nobody_yet(member, &it.email, writer.conn)?;
        return if meant { Ok(Some(member)) } else { Err(Refusal::InvitationSpent.into()) };
    }
    let same = member::table.filter(member::email.eq(&it.email)).filter(member::departed_at.is_null());
    let Some(member) = same.select(member::id).first(writer.conn).optional()? else { return Ok(None) };
    let meant = is_nobody_yet(member, &it.email, writer.conn)?;
    if meant { Ok(Some(member)) } else { Err(Refusal::Invalid("/code", HAS_ACCOUNT).into()) }
}

/// Whether a member has this address and never logged in. The lock keeps this true until the end of the transaction.
fn is_nobody_yet(id: MemberId, email: &Email, conn: &mut PgConnection) -> Result<bool> {
    let it = Member::lock(id.0, conn)?;
    let logins = identity::table.filter(identity::principal_id.eq(PrincipalId(id.0)));
    let logs_in: bool = diesel::select(diesel::dsl::exists(logins)).get_result(conn)?;
    Ok(it.status == MemberStatus::Invited && it.email.as_ref() == Some(email) && !logs_in)
}

/// Links a subject to a member, who is created if need be, and accepts the membership request of the invitation.
fn bind(
    writer: &mut Writer<'_>,
    it: &Invitation,
    who: &Identity,
    id: MemberId,
    level: Option<NotificationLevel>,
) -> Result<()> {
    let there = member::table.find(id).select(member::id).first::<MemberId>(writer.conn).optional()?.is_some();
    if there {
        Member::lock(id.0, writer.conn)?.present()?;
    } else {
        record(writer, it, id)?;
    }
    let affiliation = affiliated(writer, it, id)?;
    identified(writer, id, who)?;
    writer.end(it, (invitation::used_at.eq(writer.at), invitation::member_id.eq(id)))?;
    if let Some(request) = it.request_id {
        for admits in NOUNS.iter().filter_map(|noun| noun.admits) {
            (admits.admit)(writer, request.0, (id, affiliation.id), level)?;
        }
    }
    Ok(())
}

/// Creates the invited member, with an affiliation to the organization.
fn record(writer: &mut Writer<'_>, it: &Invitation, id: MemberId) -> Result<()> {
    let row = (
        member::id.eq(id),
        member::given_name.eq(&it.given_name),
        member::usual_name.eq(&it.usual_name),
        member::email.eq(&it.email),
        member::skeleton.eq(skeleton(it.given_name.as_ref(), it.usual_name.as_ref())),
        born!(member, writer),
    );
    insert_affiliation(writer, id, AffiliationInput::at(it.organization.id), true)?;
    writer.create::<Member, _, _>(row)?;
    writer.tells_of_the_last();
    Ok(())
}

/// The affiliation of a member to the organization that invited them.
fn affiliated(writer: &mut Writer<'_>, it: &Invitation, id: MemberId) -> Result<Affiliation> {
    let places = in_force_of(writer.conn, id)?;
    if let Some(place) = places.iter().find(|at| at.organization_id == it.organization.id) {
        return Ok(place.clone());
    }
    insert_affiliation(writer, id, AffiliationInput::at(it.organization.id), places.is_empty())
}

/// Links a subject to a member from now on. A subject that was linked to a member who has left is linked anew.
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
    let before = Member::find(id.0, writer.conn)?;
    let first = (before.status == MemberStatus::Invited).then(|| member::activated_at.eq(Some(writer.at)));
    writer.change(&before, first).map(drop)
}

known!(lock Invitation: Confirm);

impl Known for Show {
    fn facts(&self, conn: &mut PgConnection) -> Result<Invitation> {
        // An unknown code and a used one get the same answer, so that codes cannot be guessed.
        let id = self.0.invitation().ok_or(Refusal::InvitationSpent)?;
        match Invitation::lock(id.0, conn) {
            Err(Error::Refused(Refusal::NotFound)) => Err(Refusal::InvitationSpent.into()),
            found => found,
        }
    }
}

known!(lock Member: Bind);
