//! SQL of membership requests.

mod telling;

use ::networks::membership::{Membership, MembershipInput};
use ::networks::membership_request::{
    Accept, Candidate, Create, Invitee, MembershipRequest, MembershipRequestDecision, MembershipRequestFilter,
    MembershipRequestInput, MembershipRequestKind, MembershipRequestPage, MembershipRequestStatus,
    MembershipRequestView, OPEN_FOR, Read, RefusalReason, Refuse, RequestAcceptance, Side, Withdraw, chosen, stands,
    takes_in, visible,
};
use ::networks::network::{Network, NetworkCode};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use kernel::directory::{Email, OrganizationLife};
use kernel::notification::{NotificationKind, TaskKind};
use kernel::schema::{affiliation, member, membership, membership_request, network, notification, organization};
use kernel::{
    Action as _, AffiliationId, Grant, MemberId, MemberOrigin, MembershipId, MembershipRequestId, NetworkId,
    NetworkRole, NotificationLevel, OrganizationId, PageQuery, PrincipalId, Refusal, Versions, sql,
};

use self::telling::{tell_decided, tell_ended, tell_met, tell_who_decides};
use super::carry::carry_requests;
use super::membership::join;
use super::network::locked as locked_network;
use crate::idempotency::again;
use crate::kept::{Admits, Ends, Kept as _, Person, Remind, Told, kept, known, told};
use crate::locks::lock_networks;
use crate::moving::{Fate, Resting};
use crate::nouns::NOUNS;
use crate::page::{DOWN, counted, keyset};
use crate::resting::resting_on;
use crate::stamps::born;
use crate::store::Known;
use crate::task::plan;
use crate::writer::Writer;
use crate::{Database, Error, Result, Store};
use uuid::Uuid;

impl Store<'_> {
    /// The membership requests that the caller may see, the latest first.
    ///
    /// # Errors
    /// The cursor is none of ours.
    pub fn membership_requests(
        &mut self,
        filter: &MembershipRequestFilter,
        page: &PageQuery,
    ) -> Result<MembershipRequestPage> {
        use membership_request as dossier;
        let (conn, actor) = self.reading();
        let all = || {
            let mut query = MembershipRequest::query().filter(visible(actor)).into_boxed();
            if let Some(code) = &filter.network_code {
                query = query.filter(network::code.eq(code.clone()));
            }
            if let Some(organization) = filter.organization_id {
                query = query.filter(dossier::organization_id.eq(organization));
            }
            if let Some(kind) = filter.kind {
                query = query.filter(dossier::kind.eq(kind));
            }
            if let Some(status) = filter.status {
                query = query.filter(stands().eq(status));
            }
            query
        };
        let count = counted(conn, filter.count, all())?;
        let found = keyset!(conn, all(), page, DOWN, |it: &MembershipRequest| it.id => dossier::id);
        Ok(found.counted(count).map(|it| self.seen(it)))
    }

    /// One membership request.
    ///
    /// # Errors
    /// There is none that the caller may see.
    pub fn membership_request(&mut self, id: MembershipRequestId) -> Result<MembershipRequestView> {
        let it = self.permit(Read(id))?;
        Ok(self.seen(it))
    }

    /// Creates the membership request that was granted. A member who asks agrees by asking; the network agrees if the
    /// caller decides for it, or if members join it automatically.
    ///
    /// # Errors
    /// The affiliation ended meanwhile.
    pub fn create_membership_request(&mut self, grant: Grant<Create>) -> Result<MembershipRequestView> {
        let created = self.write(grant, |writer, actor, _, candidate| {
            let agreed = [candidate.new.kind == MembershipRequestKind::Request, candidate.is_agreed_by(actor)];
            let new = &candidate.new;
            let place = new.affiliation_id.filter(|_| agreed == [true, true]);
            let joined = place.map(|place| {
                let (role, interministerial) = (new.role, new.interministerial);
                seat(writer, &candidate.network.code, place, (role, interministerial), new.notification_level)
            });
            let created = insert(writer, &candidate, agreed, joined.transpose()?)?;
            writer.tells_of_the_last();
            if let Some(invitee) = &candidate.new.invitee {
                let joins = (candidate.network.id, created.id);
                for invites in NOUNS.iter().filter_map(|noun| noun.invites) {
                    (invites.invite)(writer, joins, invitee.organization_id, &named(invitee))?;
                }
            }
            tell(writer, &created)?;
            Ok(created)
        })?;
        Ok(self.seen(created))
    }

    /// Agrees for the side that was granted; where both agree, the member sits in the network.
    ///
    /// # Errors
    /// It is no longer as the caller saw it; the affiliation ended; the person does not choose a notification level.
    pub fn accept_membership_request(
        &mut self,
        grant: Grant<Accept>,
        seen: Versions,
        said: &RequestAcceptance,
    ) -> Result<MembershipRequestView> {
        let changed = self.write_on(grant, seen, |writer, actor, _, before| {
            let after = agree(writer, &before, before.side(actor), said.notification_level)?;
            writer.tells_of_the_last();
            Ok(after)
        })?;
        Ok(self.seen(changed))
    }

    /// Refuses for the side that was granted.
    ///
    /// # Errors
    /// It is no longer as the caller saw it.
    pub fn refuse_membership_request(
        &mut self,
        grant: Grant<Refuse>,
        seen: Versions,
        reason: RefusalReason,
    ) -> Result<MembershipRequestView> {
        let changed = self.write_on(grant, seen, |writer, actor, _, before| {
            let said = Said::of(writer, before.side(actor), MembershipRequestDecision::Refused);
            let after = writer.change(&before, Said { refusal_reason: Some(reason), ..said })?;
            revoke_invitations(writer, before.id)?;
            tell_decided(writer, &after)?;
            Ok(after)
        })?;
        Ok(self.seen(changed))
    }

    /// Withdraws the membership request that was granted.
    ///
    /// # Errors
    /// It is no longer as the caller saw it.
    pub fn withdraw_membership_request(
        &mut self,
        grant: Grant<Withdraw>,
        seen: Versions,
    ) -> Result<MembershipRequestView> {
        let changed = self.write_on(grant, seen, |writer, _, _, before| withdraw(writer, &before))?;
        Ok(self.seen(changed))
    }
}

/// Those who decide are told of a request, and it ends when its time has passed.
fn tell(writer: &mut Writer<'_>, it: &MembershipRequest) -> Result<()> {
    tell_who_decides(writer, it)?;
    if it.status == MembershipRequestStatus::Open {
        let key = format!("end_request:{}", it.id);
        plan(writer.conn, TaskKind::EndRequest, &key, Some(it.id.0), it.expires_at)?;
    }
    Ok(())
}

/// An organization's directory proposes a member to a network, once.
///
/// # Errors
/// The network does not take them in.
pub(super) fn nominate(writer: &mut Writer<'_>, network: &NetworkCode, affiliation_id: AffiliationId) -> Result<()> {
    let new = MembershipRequestInput {
        kind: MembershipRequestKind::Nomination,
        affiliation_id: Some(affiliation_id),
        invitee: None,
        role: NetworkRole::Member,
        interministerial: false,
        justification: None,
        notification_level: None,
    };
    let action = Create((network.clone(), new));
    let candidate = action.facts(writer.conn)?;
    match Create::moment(&candidate) {
        Err(Refusal::AlreadyRequested | Refusal::Overlap) => return Ok(()),
        moment => moment?,
    }
    // What was answered, or left unanswered, is not asked again by a machine.
    let answered = MembershipRequest::query()
        .filter(
            membership_request::network_id.eq(candidate.network.id).and(membership_request::created_by.eq(writer.by)),
        )
        .filter(membership_request::affiliation_id.eq(affiliation_id).assume_not_null())
        .filter(stands().eq_any([MembershipRequestStatus::Refused, MembershipRequestStatus::Expired]));
    if answered.first::<MembershipRequest>(writer.conn).optional()?.is_some() {
        return Ok(());
    }
    let created = insert(writer, &candidate, [false, false], None)?;
    tell(writer, &created)
}

/// Of which members, and in which networks, what a service account proposed is withdrawn.
#[derive(Clone, Copy)]
pub(super) enum Proposed<'a> {
    /// Of these, in a network.
    Of(NetworkId, &'a [MemberId]),
    /// Of all others, in a network.
    But(NetworkId, &'a [MemberId]),
    /// Of one, in all networks.
    Everywhere(MemberId),
}

/// What a service account proposed and nobody decided is withdrawn.
pub(super) fn withdraw_proposed(writer: &mut Writer<'_>, which: Proposed<'_>) -> Result<()> {
    use membership_request as dossier;
    let mut open = MembershipRequest::query()
        .filter(dossier::created_by.eq(writer.by))
        .filter(stands().eq(MembershipRequestStatus::Open))
        .order(dossier::id)
        .into_boxed();
    open = match which {
        Proposed::Of(network, members) => {
            open.filter(dossier::network_id.eq(network)).filter(dossier::member_id.eq_any(members).assume_not_null())
        }
        Proposed::But(network, members) => {
            open.filter(dossier::network_id.eq(network)).filter(dossier::member_id.ne_all(members).assume_not_null())
        }
        Proposed::Everywhere(member) => open.filter(dossier::member_id.eq(member).assume_not_null()),
    };
    for before in open.load::<MembershipRequest>(writer.conn)? {
        withdraw(writer, &before)?;
    }
    Ok(())
}

fn named(invitee: &Invitee) -> (kernel::directory::GivenName, kernel::directory::UsualName, Email) {
    (invitee.given_name.clone(), invitee.usual_name.clone(), invitee.email.clone())
}

fn insert(
    writer: &mut Writer<'_>,
    it: &Candidate,
    agreed: [bool; 2],
    joined: Option<MembershipId>,
) -> Result<MembershipRequest> {
    use membership_request as dossier;
    let said =
        |agreed: bool| if agreed { MembershipRequestDecision::Accepted } else { MembershipRequestDecision::Pending };
    let [person, network] = agreed;
    let organization = it.organization.ok_or(Refusal::NotFound)?;
    let invitee = it.new.invitee.as_ref();
    let row = (
        it.new.clone(),
        dossier::id.eq(MembershipRequestId::fresh()),
        dossier::membership_id.eq(joined),
        dossier::network_id.eq(it.network.id),
        (dossier::organization_id.eq(organization), dossier::member_id.eq(it.member)),
        dossier::invitee_given_name.eq(invitee.map(|invitee| &invitee.given_name)),
        dossier::invitee_usual_name.eq(invitee.map(|invitee| &invitee.usual_name)),
        dossier::invitee_email.eq(invitee.map(|invitee| &invitee.email)),
        (dossier::person_decision.eq(said(person)), dossier::person_decided_at.eq(person.then_some(writer.at))),
        (dossier::network_decision.eq(said(network)), dossier::network_decided_at.eq(network.then_some(writer.at))),
        dossier::network_decided_by.eq(network.then_some(writer.by)),
        dossier::expires_at.eq(writer.at + OPEN_FOR),
        born!(dossier, writer),
    );
    writer.create(row)
}

/// Revokes the invitation codes that were sent for a request.
fn revoke_invitations(writer: &mut Writer<'_>, id: MembershipRequestId) -> Result<()> {
    NOUNS.iter().filter_map(|noun| noun.invites).try_for_each(|invites| (invites.revoke)(writer, id))
}

/// Withdraws a request, and revokes the invitation code that was sent for it.
fn withdraw(writer: &mut Writer<'_>, before: &MembershipRequest) -> Result<MembershipRequest> {
    let after = writer.change(before, membership_request::withdrawn_at.eq(writer.at))?;
    revoke_invitations(writer, before.id)?;
    Ok(after)
}

/// Withdraws the open requests of a network that closes; it is locked already.
fn withdraw_all(writer: &mut Writer<'_>, network: NetworkId) -> Result<()> {
    let open = MembershipRequest::query()
        .filter(membership_request::network_id.eq(network))
        .filter(stands().eq(MembershipRequestStatus::Open))
        .order(membership_request::id);
    for before in open.load::<MembershipRequest>(writer.conn)? {
        let after = withdraw(writer, &before)?;
        tell_ended(writer, &after)?;
    }
    Ok(())
}

impl Database {
    /// Tells those concerned that a membership request ended, where its time passed without a decision: once, however often
    /// this is asked.
    ///
    /// # Errors
    /// The database does not answer.
    pub fn end_request(&self, id: Uuid) -> Result<()> {
        let mut conn = self.worker()?;
        conn.transaction(|conn| {
            let it = match MembershipRequest::lock(id, conn) {
                Err(Error::Refused(Refusal::NotFound)) => return Ok(()),
                found => found?,
            };
            let told = notification::table.filter(notification::object_id.eq(id));
            let told = told.filter(notification::kind.eq(NotificationKind::MembershipRequestEnded));
            let told: bool = diesel::select(diesel::dsl::exists(told)).get_result(conn)?;
            if told || it.status != MembershipRequestStatus::Expired {
                return Ok(());
            }
            let at = diesel::select(sql::clock()).get_result(conn)?;
            tell_ended(&mut Writer::new(conn, at, PrincipalId::system()), &it)
        })
    }
}

/// The person who sits there by another way is asked no more: what they asked for themselves the network agreed to by adding them,
/// and what they were asked is withdrawn. The network is locked already.
pub(super) fn met(writer: &mut Writer<'_>, it: &Membership) -> Result<()> {
    use membership_request as dossier;
    let email = member::table.find(it.member.id).select(member::email).first::<Option<Email>>(writer.conn)?;
    let invited = dossier::member_id.is_null().and(dossier::organization_id.eq(it.organization.id));
    let theirs = dossier::affiliation_id.eq(it.affiliation_id).assume_not_null();
    let open = MembershipRequest::query()
        .filter(dossier::network_id.eq(it.network_id).and(dossier::role.eq(it.role)))
        .filter(stands().eq(MembershipRequestStatus::Open))
        .filter(theirs.or(invited.and(dossier::invitee_email.eq(email).assume_not_null())))
        .order(dossier::id);
    for before in open.load::<MembershipRequest>(writer.conn)? {
        let after = if before.person_decision == MembershipRequestDecision::Accepted {
            let said = Said::of(writer, Side::Network, MembershipRequestDecision::Accepted);
            writer.change(&before, Said { membership_id: Some(it.id), ..said })?
        } else {
            let ended = (dossier::withdrawn_at.eq(writer.at), dossier::membership_id.eq(it.id));
            writer.change(&before, ended)?
        };
        revoke_invitations(writer, before.id)?;
        tell_met(writer, &after, it.member.id)?;
    }
    Ok(())
}

/// One side agrees; where both do, the member sits in the network.
fn agree(
    writer: &mut Writer<'_>,
    before: &MembershipRequest,
    side: Side,
    level: Option<NotificationLevel>,
) -> Result<MembershipRequest> {
    before.open()?;
    if let (Side::Person, Some(person)) = (side, &before.member) {
        before.agreed_by_another(person.id)?;
    }
    let level = if side == Side::Person { Some(chosen(level)?) } else { before.notification_level };
    let other = if side == Side::Person { before.network_decision } else { before.person_decision };
    let place = before.affiliation_id.filter(|_| other == MembershipRequestDecision::Accepted);
    let joined = place.map(|place| {
        let sits = (before.role, before.interministerial);
        seat(writer, &before.network_code, place, sits, level)
    });
    let membership_id = joined.transpose()?;
    let said = Said::of(writer, side, MembershipRequestDecision::Accepted);
    let after = writer.change(before, Said { notification_level: level, membership_id, ..said })?;
    tell_decided(writer, &after)?;
    Ok(after)
}

/// The decision of one side, and what comes of it; a field that is `None` stays as it is.
#[derive(Default, AsChangeset)]
#[diesel(table_name = membership_request)]
struct Said {
    person_decision: Option<MembershipRequestDecision>,
    person_decided_at: Option<DateTime<Utc>>,
    network_decision: Option<MembershipRequestDecision>,
    network_decided_at: Option<DateTime<Utc>>,
    network_decided_by: Option<PrincipalId>,
    notification_level: Option<NotificationLevel>,
    refusal_reason: Option<RefusalReason>,
    membership_id: Option<MembershipId>,
}

impl Said {
    fn of(writer: &Writer<'_>, side: Side, says: MembershipRequestDecision) -> Self {
        match side {
            Side::Person => Self { person_decision: Some(says), person_decided_at: Some(writer.at), ..Self::default() },
            Side::Network => Self {
                network_decision: Some(says),
                network_decided_at: Some(writer.at),
                network_decided_by: Some(writer.by),
                ..Self::default()
            },
        }
    }
}

/// Makes a member sit in the network, if their affiliation and the network still allow it.
fn seat(
    writer: &mut Writer<'_>,
    network: &NetworkCode,
    affiliation_id: AffiliationId,
    (role, interministerial): (NetworkRole, bool),
    level: Option<NotificationLevel>,
) -> Result<MembershipId> {
    let Some((_, _, origin)) = through(writer.conn, affiliation_id)? else {
        let allowed = vec!["refuse_membership_request", "withdraw_membership_request"];
        return Err(Refusal::Illegal { allowed }.into());
    };
    let network = locked_network(network, writer.conn)?;
    takes_in(&network, origin)?;
    let new = MembershipInput { affiliation_id, role, interministerial, valid_from: None, valid_to: None };
    Ok(join(writer, network.id, &new, level)?.id)
}

/// Binds a request to the member who logged in by its invitation, and records their agreement.
fn admit(
    writer: &mut Writer<'_>,
    id: Uuid,
    (member, affiliation): (MemberId, AffiliationId),
    level: Option<NotificationLevel>,
) -> Result<()> {
    let id = MembershipRequestId(id);
    let row = (membership_request::member_id.eq(member), membership_request::affiliation_id.eq(affiliation));
    diesel::update(membership_request::table.find(id)).set(row).execute(writer.conn)?;
    let it = MembershipRequest::lock(id.0, writer.conn)?;
    agree(writer, &it, Side::Person, level).map(drop)
}

/// The member, the organization and the member origin of an affiliation, if it is in force and the member neither
/// suspended nor departed.
fn through(
    conn: &mut PgConnection,
    affiliation: AffiliationId,
) -> Result<Option<(MemberId, OrganizationId, MemberOrigin)>> {
    let found = affiliation::table
        .inner_join(organization::table)
        .inner_join(member::table)
        .filter(affiliation::id.eq(affiliation))
        .filter(affiliation::valid.contains(sql::clock()))
        .filter(member::departed_at.is_null().and(member::suspended_at.is_null()))
        .select((affiliation::member_id, affiliation::organization_id, organization::origin));
    Ok(found.for_share().first(conn).optional()?)
}

/// The request of this person that is open in a network.
fn requested(
    conn: &mut PgConnection,
    network: NetworkId,
    who: Option<MemberId>,
    email: Option<&Email>,
) -> Result<Option<Box<MembershipRequest>>> {
    use membership_request as dossier;
    let same = dossier::member_id.eq(who).or(dossier::invitee_email.eq(email));
    let open = MembershipRequest::query()
        .filter(dossier::network_id.eq(network))
        .filter(stands().eq(MembershipRequestStatus::Open))
        .filter(same);
    Ok(open.first(conn).optional()?.map(Box::new))
}

impl Known for Create {
    fn facts(&self, conn: &mut PgConnection) -> Result<Candidate> {
        let (code, new): &(NetworkCode, MembershipRequestInput) = &self.0;
        let network: Network = locked_network(code, conn)?;
        let mut it = Candidate {
            network,
            new: new.clone(),
            member: None,
            organization: None,
            origin: None,
            life: None,
            sits_as: None,
            requested: None,
        };
        let mut email = None;
        if let Some(affiliation) = new.affiliation_id
            && let Some((member, organization, origin)) = through(conn, affiliation)?
        {
            (it.member, it.organization, it.origin) = (Some(member), Some(organization), Some(origin));
            let sits = membership::table.filter(membership::network_id.eq(it.network.id));
            let sits = sits.filter(membership::affiliation_id.eq(affiliation));
            let sits = sits.filter(membership::valid.contains(sql::clock())).select(membership::role);
            it.sits_as = sits.first(conn).optional()?;
            email = member::table.find(member).select(member::email).first::<Option<Email>>(conn)?;
        }
        // An affiliation that is not in force: if its organization was merged or split, the answer names its
        // successors.
        if let Some(left) = new.affiliation_id.filter(|_| it.member.is_none()) {
            let place = affiliation::table.inner_join(organization::table).filter(affiliation::id.eq(left));
            it.life = place.select(OrganizationLife::as_select()).first(conn).optional()?;
        }
        if let Some(invitee) = &new.invitee {
            it.life = resting_on(conn, invitee.organization_id)?;
            let place = organization::table.find(invitee.organization_id);
            it.origin = place.select(organization::origin).for_share().first(conn).optional()?;
            (it.organization, email) = (Some(invitee.organization_id), Some(invitee.email.clone()));
        }
        it.requested = requested(conn, it.network.id, it.member, email.as_ref())?;
        Ok(it)
    }
}

known!(read MembershipRequest: Read);

known!(lock MembershipRequest: Accept, Refuse, Withdraw);

again!(MembershipRequestView as MembershipRequestId => membership_request);

kept!(MembershipRequest: membership_request {
    const ENDS: &'static [Ends] = &[
        Ends::Network(withdraw_all),
        Ends::Word(|writer, member| withdraw_proposed(writer, Proposed::Everywhere(member))),
    ];
    const ADMITS: Option<Admits> = Some(Admits { lock: |id, conn| Self::lock(id, conn).map(drop), admit });
    const REMIND: Option<Remind> = Some(telling::remind);
    const TOLD: Option<Told> = Some(|conn, actor, ids| told::<Self, Read>(conn, actor, ids, |it| telling::gist(it, actor)));

    const RESTING: &'static [Resting] = &[
        Resting::moves("membership_request", "organization_id", carry_requests),
        Resting::new("membership_request", "affiliation_id", Fate::Follows("membership_request.organization_id")),
    ];
    const PEOPLE: &'static [Person] = &[
        Person::names("membership_request", "member_id", "les demandes d’adhésion qui vous concernent"),
    ];
    // The network is locked first: requests are decided and seats counted under its lock only.
    fn lock(id: Uuid, conn: &mut PgConnection) -> Result<Self> {
        let row = membership_request::table.find(id);
        let network: Option<NetworkId> = row.select(membership_request::network_id).first(conn).optional()?;
        lock_networks(conn, &[network.ok_or(Refusal::NotFound)?])?;
        row.select(membership_request::id).for_no_key_update().first::<MembershipRequestId>(conn)?;
        Self::find(id, conn)
    }
});
