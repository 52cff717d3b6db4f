//! What waits for the caller: each noun is asked for its own.

use ::expertise::request::{Accept as AnswerRequest, ExpertiseRequest, ExpertiseRequestStatus};
use ::networks::action_item::{ActionItem, ActionStatus, visible as visible_actions};
use ::networks::membership_request::{
    Accept, MembershipRequest, MembershipRequestStatus, stands, visible as visible_requests,
};
use ::networks::membership_review::MembershipReview;
use ::networks::my_task::{MyTask, MyTaskKind, MyTasks};
use ::networks::network::{Network, NetworkStatus};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use kernel::schema::{
    action_item, expertise_request, invitation, member, membership, membership_request, membership_review, network,
};
use kernel::{Action, Actor, MemberId, NetworkRole, Noun, OrganizationId, PARIS, Role, Ruling, sql};
use members::invitation::{Confirm, Invitation, InvitationStatus, stands as invited, visible as visible_invitations};

use crate::{Result, Store};

/// How many of each kind are looked at.
const MOST: i64 = 200;

impl Store<'_> {
    /// What waits for the caller, the most pressing first.
    ///
    /// # Errors
    /// The database failed.
    pub fn my_tasks(&mut self) -> Result<MyTasks> {
        let (conn, actor) = self.reading();
        let mut items = requests(conn, actor)?;
        items.extend(invitations(conn, actor)?);
        items.extend(actions(conn, actor)?);
        items.extend(reviews(conn, actor)?);
        items.extend(asked(conn, actor)?);
        items.extend(leaderless(conn, actor)?);
        items.sort_by_key(|it| (it.due_on.is_none(), it.due_on, it.since));
        Ok(MyTasks { items })
    }
}

/// Whether the caller could do it now.
fn could<A: Action>(actor: &Actor, facts: &A::Facts) -> bool {
    A::rule(actor, facts) == Ruling::Allow && A::moment_for(actor, facts).is_ok()
}

fn task<T: Noun>(kind: MyTaskKind, it: &T, title: String, since: DateTime<Utc>) -> MyTask {
    let href = format!("/api/v1/{}/{}", T::COLLECTION, it.key());
    MyTask { kind, id: it.id(), href, title, network_code: None, due_on: None, since }
}

fn requests(conn: &mut PgConnection, actor: &Actor) -> Result<Vec<MyTask>> {
    use membership_request as dossier;
    let open =
        MembershipRequest::query().filter(visible_requests(actor)).filter(stands().eq(MembershipRequestStatus::Open));
    let open: Vec<MembershipRequest> = open.order(dossier::id).limit(MOST).load(conn)?;
    let mine = open.into_iter().filter(|it| could::<Accept>(actor, it));
    Ok(mine
        .map(|it| {
            let title = format!("{} ({})", it.network_code, it.role.label().fr);
            MyTask {
                due_on: Some(it.expires_at.with_timezone(&PARIS).date_naive()),
                network_code: Some(it.network_code.clone()),
                ..task(MyTaskKind::DecideMembershipRequest, &it, title, it.created_at)
            }
        })
        .collect())
}

fn invitations(conn: &mut PgConnection, actor: &Actor) -> Result<Vec<MyTask>> {
    let claimed =
        Invitation::query().filter(visible_invitations(actor)).filter(invited().eq(InvitationStatus::Claimed));
    let claimed: Vec<Invitation> = claimed.order(invitation::id).limit(MOST).load(conn)?;
    let mine = claimed.into_iter().filter(|it| could::<Confirm>(actor, it));
    Ok(mine
        .map(|it| {
            let title = format!("{} {}", it.given_name, it.usual_name);
            let since = it.claimed_at.unwrap_or(it.created_at);
            let due_on = Some(it.expires_at.with_timezone(&PARIS).date_naive());
            MyTask { due_on, ..task(MyTaskKind::ConfirmInvitation, &it, title, since) }
        })
        .collect())
}

/// The caller's own, and those of nobody yet that his organizations owe.
fn actions(conn: &mut PgConnection, actor: &Actor) -> Result<Vec<MyTask>> {
    let reached: Vec<OrganizationId> = actor.reach(&[Role::DicomDirector]).collect();
    let own = action_item::owner_member_id.eq(MemberId(actor.id.0)).assume_not_null();
    let unassigned = action_item::owner_member_id.is_null().and(action_item::owner_organization_id.eq_any(reached));
    let open = ActionItem::query().filter(visible_actions(actor)).filter(action_item::status.eq(ActionStatus::Open));
    let open = open.filter(unassigned.or(own)).order((action_item::due_on, action_item::id)).limit(MOST);
    let open: Vec<ActionItem> = open.load(conn)?;
    Ok(open
        .into_iter()
        .map(|it| it.known_to(actor))
        .map(|it| MyTask {
            due_on: Some(it.due_on),
            network_code: it.network_code.clone(),
            ..task(MyTaskKind::DoActionItem, &it, it.title.to_string(), it.created_at)
        })
        .collect())
}

/// The open reviews of the networks that the caller leads, while someone was not answered for.
fn reviews(conn: &mut PgConnection, actor: &Actor) -> Result<Vec<MyTask>> {
    let led: Vec<_> = actor.led().collect();
    let open = MembershipReview::query().filter(membership_review::closed_at.is_null());
    let open = open.filter(membership_review::network_id.eq_any(led)).order(membership_review::id).limit(MOST);
    let open: Vec<MembershipReview> = open.load(conn)?;
    Ok(open
        .into_iter()
        .map(|it| {
            let title = format!("{} ({}/{})", it.network_code, it.answered, it.total);
            let network_code = Some(it.network_code.clone());
            let due_on = Some(it.due_on);
            MyTask { due_on, network_code, ..task(MyTaskKind::ReviewMemberships, &it, title, it.created_at) }
        })
        .collect())
}

/// The help that the caller is asked for.
fn asked(conn: &mut PgConnection, actor: &Actor) -> Result<Vec<MyTask>> {
    let mine = ExpertiseRequest::query().filter(expertise_request::expert_id.eq(MemberId(actor.id.0)));
    let mine = mine.filter(expertise_request::decision.eq(ExpertiseRequestStatus::Pending));
    let mine: Vec<ExpertiseRequest> = mine.order(expertise_request::id).limit(MOST).load(conn)?;
    let open = mine.into_iter().filter(|it| could::<AnswerRequest>(actor, it));
    Ok(open
        .map(|it| {
            let due_on = Some(it.expires_at.with_timezone(&PARIS).date_naive());
            let title = it.asker.0.display_name.clone();
            MyTask { due_on, ..task(MyTaskKind::AnswerExpertiseRequest, &it, title, it.created_at) }
        })
        .collect())
}

/// The networks that nobody leads: a task of the SIG, since a suspension or a departure by a directory is never blocked.
fn leaderless(conn: &mut PgConnection, actor: &Actor) -> Result<Vec<MyTask>> {
    if !actor.is_sig() {
        return Ok(Vec::new());
    }
    let led = membership::table
        .inner_join(member::table)
        .filter(membership::network_id.eq(network::id).and(membership::role.eq(NetworkRole::Lead)))
        .filter(membership::valid.contains(sql::clock()).and(membership::suspended_at.is_null()))
        .filter(member::suspended_at.is_null().and(member::departed_at.is_null()));
    let without = Network::query().filter(network::status.eq(NetworkStatus::Active));
    let without = without.filter(diesel::dsl::not(diesel::dsl::exists(led))).order(network::name);
    let without: Vec<Network> = without.load(conn)?;
    Ok(without
        .into_iter()
        .map(|it| {
            let network_code = Some(it.code.clone());
            MyTask { network_code, ..task(MyTaskKind::AppointLead, &it, it.name.to_string(), it.updated_at) }
        })
        .collect())
}
