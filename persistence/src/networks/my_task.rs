//! Tasks of the caller: each kind of task is read from its own noun.

use ::expertise::request::{Accept as AnswerRequest, ExpertiseRequest, ExpertiseRequestStatus};
use ::networks::action_item::{ActionItem, ActionStatus, Joined, visible as visible_actions};
use ::networks::membership::LEADS;
use ::networks::membership_request::{
    Accept, MembershipRequest, MembershipRequestStatus, Side, stands, visible as visible_requests,
};
use ::networks::membership_review::MembershipReview;
use ::networks::my_task::{MyTask, MyTaskKind, MyTasks};
use ::networks::network::{Network, NetworkStatus};
use chrono::{DateTime, Utc};
use diesel::BoxableExpression;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use kernel::schema::{
    action_item, affiliation, directory_user, expertise_request, invitation, member, membership, membership_request,
    membership_review, network,
};
use kernel::{Actor, MemberId, NetworkId, NetworkRole, Noun, OrganizationId, Role, clock, sql};
use members::invitation::{Confirm, Invitation, InvitationStatus, stands as invited, visible as visible_invitations};
use members::member::{Depart, Member, MemberStatus};

use super::membership_review::waits_for;
use crate::kept::could;
use crate::{Result, Store};

/// How many tasks of each kind are shown at most.
const MOST: usize = 200;
/// The same, as a limit of SQL, for queries whose rows are all shown.
const MOST_ROWS: i64 = 200;

impl Store<'_> {
    /// The tasks of the caller, the earliest due date first.
    ///
    /// # Errors
    /// The database failed.
    pub fn my_tasks(&mut self) -> Result<MyTasks> {
        let (conn, actor) = self.reading();
        let mut items = requests(conn, actor)?;
        items.extend(invitations(conn, actor)?);
        let own = actions(conn, actor)?;
        items.extend(reviews(conn, actor)?);
        items.extend(asked(conn, actor)?);
        items.extend(leaderless(conn, actor)?);
        items.extend(leavers(conn, actor)?);
        self.shows_actions("list_my_tasks", &own);
        items.extend(own.into_iter().map(|it| self.to_do(it)));
        items.sort_by_key(|it| (it.due_on.is_none(), it.due_on, it.since));
        Ok(MyTasks { items })
    }

    fn to_do(&self, it: ActionItem) -> MyTask {
        let it = it.known_to(self.actor());
        MyTask {
            due_on: Some(it.due_on),
            network_code: it.network_code.clone(),
            network_name: it.network_name.clone(),
            ..task(MyTaskKind::DoActionItem, &it, it.title.to_string(), it.created_at)
        }
    }
}

fn task<T: Noun>(kind: MyTaskKind, it: &T, title: String, since: DateTime<Utc>) -> MyTask {
    let href = format!("/api/v1/{}/{}", T::COLLECTION, it.key());
    let (network_code, network_name, due_on) = (None, None, None);
    let (id, noun, version) = (it.id(), T::NAME.to_owned(), it.version());
    MyTask { kind, id, noun, version, href, title, network_code, network_name, due_on, since }
}

/// The membership requests that wait for the caller: those about themselves, and those of the networks that they lead.
/// The SIG gets those that nobody else decides: of networks without a lead, and for the roles of leads.
fn requests(conn: &mut PgConnection, actor: &Actor) -> Result<Vec<MyTask>> {
    use membership_request as dossier;
    let unled: Vec<NetworkId> =
        if actor.is_sig() { unled(conn)?.into_iter().map(|it| it.id).collect() } else { vec![] };
    let led: Vec<NetworkId> = actor.led().chain(actor.co_led()).chain(unled.iter().copied()).collect();
    let own = dossier::member_id.eq(MemberId(actor.id.0)).assume_not_null();
    let of_leads = if actor.is_sig() { LEADS } else { &[] };
    let open = MembershipRequest::query().filter(visible_requests(actor));
    let open = open.filter(own.or(dossier::network_id.eq_any(led)).or(dossier::role.eq_any(of_leads)));
    let open = open.filter(stands().eq(MembershipRequestStatus::Open)).order(dossier::id);
    let open: Vec<MembershipRequest> = open.load(conn)?;
    let leads = |it: &MembershipRequest| actor.leads_on(it.network_id, it.interministerial);
    let left = |it: &MembershipRequest| LEADS.contains(&it.role) || unled.contains(&it.network_id);
    let asked = |it: &MembershipRequest| it.side(actor) == Side::Person || leads(it) || left(it);
    let mine = open.into_iter().filter(|it| could::<Accept>(actor, it) && asked(it)).take(MOST);
    Ok(mine
        .map(|it| {
            let invitee = || it.invitee_given_name.as_ref().zip(it.invitee_usual_name.as_ref());
            let invitee = || invitee().map(|(given, usual)| format!("{given} {usual}"));
            let who = it.member.as_ref().map(|member| member.display_name.clone()).or_else(invitee);
            let title = format!("{} · {} ({})", who.unwrap_or_default(), it.network_code, it.role.label().fr);
            MyTask {
                due_on: Some(clock::day_of(it.expires_at)),
                network_code: Some(it.network_code.clone()),
                network_name: Some(it.network_name.clone()),
                ..task(MyTaskKind::DecideMembershipRequest, &it, title, it.created_at)
            }
        })
        .collect())
}

fn invitations(conn: &mut PgConnection, actor: &Actor) -> Result<Vec<MyTask>> {
    let claimed =
        Invitation::query().filter(visible_invitations(actor)).filter(invited().eq(InvitationStatus::Claimed));
    let claimed: Vec<Invitation> = claimed.order(invitation::id).load(conn)?;
    let mine = claimed.into_iter().filter(|it| could::<Confirm>(actor, it)).take(MOST);
    Ok(mine
        .map(|it| {
            let title = format!("{} {}", it.given_name, it.usual_name);
            let since = it.claimed_at.unwrap_or(it.created_at);
            let due_on = Some(clock::day_of(it.expires_at));
            MyTask { due_on, ..task(MyTaskKind::ConfirmInvitation, &it, title, since) }
        })
        .collect())
}

/// The open action items of the caller, and those that their organizations owe and that are assigned to nobody: for
/// communication directors all of them, for référents those of their network, for organization administrators those of
/// no network.
fn actions(conn: &mut PgConnection, actor: &Actor) -> Result<Vec<ActionItem>> {
    let reached: Vec<OrganizationId> = actor.reach(&[Role::DicomDirector]).collect();
    let own = action_item::owner_member_id.eq(MemberId(actor.id.0)).assume_not_null();
    let administered: Vec<OrganizationId> = actor.reach(&[Role::OrgAdmin]).collect();
    let administered = action_item::owner_organization_id.eq_any(administered).and(action_item::network_id.is_null());
    let due: Box<dyn BoxableExpression<Joined, Pg, SqlType = Bool>> =
        Box::new(action_item::owner_organization_id.eq_any(reached).or(administered));
    let due = actor.answered().fold(due, |due, (network, organization)| {
        let here = action_item::network_id.eq(network).assume_not_null();
        Box::new(due.or(here.and(action_item::owner_organization_id.eq(organization))))
    });
    let unassigned = action_item::owner_member_id.is_null().and(due);
    let open = ActionItem::query().filter(visible_actions(actor)).filter(action_item::status.eq(ActionStatus::Open));
    let open = open.filter(unassigned.or(own)).order((action_item::due_on, action_item::id)).limit(MOST_ROWS);
    Ok(open.load(conn)?)
}

/// The open reviews of the networks that the caller leads, and those in which a membership that the caller may answer
/// has no answer.
fn reviews(conn: &mut PgConnection, actor: &Actor) -> Result<Vec<MyTask>> {
    let open = MembershipReview::query().filter(membership_review::closed_at.is_null());
    let open: Vec<MembershipReview> = open.order(membership_review::id).load(conn)?;
    let mut mine = Vec::new();
    for review in open {
        if actor.leads(review.network_id) || waits_for(conn, actor, &review)? {
            mine.push(review);
        }
    }
    Ok(mine
        .into_iter()
        .take(MOST)
        .map(|it| {
            let title = format!("{} ({}/{})", it.network_code, it.answered, it.total);
            let (network_code, network_name) = (Some(it.network_code.clone()), Some(it.network_name.clone()));
            let due_on = Some(it.due_on);
            MyTask {
                due_on,
                network_code,
                network_name,
                ..task(MyTaskKind::ReviewMemberships, &it, title, it.created_at)
            }
        })
        .collect())
}

/// The expertise requests that wait for the answer of the caller.
fn asked(conn: &mut PgConnection, actor: &Actor) -> Result<Vec<MyTask>> {
    let mine = ExpertiseRequest::query().filter(expertise_request::expert_id.eq(MemberId(actor.id.0)));
    let mine = mine.filter(expertise_request::decision.eq(ExpertiseRequestStatus::Pending));
    let mine: Vec<ExpertiseRequest> = mine.order(expertise_request::id).limit(MOST_ROWS).load(conn)?;
    let open = mine.into_iter().filter(|it| could::<AnswerRequest>(actor, it));
    Ok(open
        .map(|it| {
            let due_on = Some(clock::day_of(it.expires_at));
            let title = it.asker.0.display_name.clone();
            MyTask { due_on, ..task(MyTaskKind::AnswerExpertiseRequest, &it, title, it.created_at) }
        })
        .collect())
}

/// The active networks without an active lead, as tasks of the SIG: suspensions, and departures that a directory
/// reports, are not blocked by `last_lead`.
fn leaderless(conn: &mut PgConnection, actor: &Actor) -> Result<Vec<MyTask>> {
    if !actor.is_sig() {
        return Ok(Vec::new());
    }
    Ok(unled(conn)?
        .into_iter()
        .map(|it| {
            let (network_code, network_name) = (Some(it.code.clone()), Some(it.name.clone()));
            MyTask {
                network_code,
                network_name,
                ..task(MyTaskKind::AppointLead, &it, it.name.to_string(), it.updated_at)
            }
        })
        .collect())
}

/// The members whom their directory says to have left, until their departure is recorded: for those who keep them.
fn leavers(conn: &mut PgConnection, actor: &Actor) -> Result<Vec<MyTask>> {
    let kept: Vec<OrganizationId> = actor.reach(Actor::KEEPERS).collect();
    if kept.is_empty() {
        return Ok(Vec::new());
    }
    let places = affiliation::table.filter(affiliation::member_id.eq(member::id).and(affiliation::is_primary));
    let places =
        places.filter(affiliation::organization_id.eq_any(kept)).filter(affiliation::valid.contains(sql::clock()));
    let said = directory_user::table.filter(directory_user::member_id.eq(member::id));
    let said = said.filter(directory_user::suspended_at.eq(member::suspended_at));
    let left = Member::query().filter(member::status.eq(MemberStatus::Suspended));
    let left = left.filter(diesel::dsl::exists(said)).filter(diesel::dsl::exists(places));
    let left: Vec<Member> = left.order(member::id).limit(MOST_ROWS).load(conn)?;
    let mine = left.into_iter().filter(|it| could::<Depart>(actor, it));
    Ok(mine.map(|it| task(MyTaskKind::HandOverMember, &it, it.display_name.clone(), it.updated_at)).collect())
}

/// The active networks without an active lead, by name.
fn unled(conn: &mut PgConnection) -> Result<Vec<Network>> {
    let led = membership::table
        .inner_join(member::table)
        .filter(membership::network_id.eq(network::id).and(membership::role.eq(NetworkRole::Lead)))
        .filter(membership::valid.contains(sql::clock()).and(membership::suspended_at.is_null()))
        .filter(member::suspended_at.is_null().and(member::departed_at.is_null()));
    let without = Network::query().filter(network::status.eq(NetworkStatus::Active));
    let without = without.filter(diesel::dsl::not(diesel::dsl::exists(led))).order(network::name);
    Ok(without.load(conn)?)
}
