//! Who is notified of a membership request: those who decide it, and in the end those whom it concerns.

use ::networks::membership::LEADS;
use ::networks::membership_request::{Accept, MembershipRequest, MembershipRequestDecision, MembershipRequestStatus};
use diesel::prelude::*;
use kernel::notification::{NotificationClass, NotificationKind, Reminder};
use kernel::{Actor, MemberId, clock};
use uuid::Uuid;

use crate::Result;
use crate::kept::{Gist, Kept as _, could};
use crate::notify::{News, but_oneself, notify};
use crate::writer::Writer;

/// Notifies both sides that a request waits for them. The person is notified whatever level they chose elsewhere. On
/// requests for the roles of leads nobody is notified for the network: only SIG administrators decide them, and have
/// them among their tasks.
pub(super) fn tell_who_decides(writer: &mut Writer<'_>, it: &MembershipRequest) -> Result<()> {
    tell_awaited(writer, it, NotificationKind::MembershipRequestWaits)
}

/// Reminds both sides of a request that waits for them and expires soon.
pub(super) fn remind(writer: &mut Writer<'_>, _: Reminder, id: Uuid) -> Result<()> {
    let it = MembershipRequest::lock(id, writer.conn)?;
    tell_awaited(writer, &it, NotificationKind::MembershipRequestExpires)
}

/// What a request says of itself to a reader. It waits for those who may accept it.
pub(super) fn gist(it: &MembershipRequest, actor: &Actor) -> Gist {
    let invitee = || it.invitee_given_name.as_ref().zip(it.invitee_usual_name.as_ref());
    let invitee = || invitee().map(|(given, usual)| format!("{given} {usual}"));
    let accepted = match it.status {
        MembershipRequestStatus::Accepted => Some(true),
        MembershipRequestStatus::Refused => Some(false),
        _ => None,
    };
    Gist {
        by: Some(it.created_by),
        person: it.member.as_ref().map(|member| member.display_name.clone()).or_else(invitee),
        own: it.member.as_ref().is_some_and(|member| Some(member.id) == actor.member()),
        role: Some(it.role),
        due_on: Some(clock::day_of(it.expires_at)),
        accepted,
        waits: could::<Accept>(actor, it),
        ..Gist::default()
    }
}

fn tell_awaited(writer: &mut Writer<'_>, it: &MembershipRequest, kind: NotificationKind) -> Result<()> {
    if it.status != MembershipRequestStatus::Open {
        return Ok(());
    }
    let waits = |class| News::of(kind, class, it, Some(it.network_id));
    if let (MembershipRequestDecision::Pending, Some(member)) = (it.person_decision, &it.member) {
        notify(writer, waits(NotificationClass::Mandatory), vec![member.id])?;
    }
    if it.network_decision == MembershipRequestDecision::Pending && !LEADS.contains(&it.role) {
        let leads = diesel::select(leads_of(it.network_id, it.interministerial, writer.at)).get_result(writer.conn)?;
        notify(writer, waits(NotificationClass::Normal), but_oneself(writer, leads))?;
    }
    Ok(())
}

/// Notifies the person and the creator of a request that it was accepted or refused.
pub(super) fn tell_decided(writer: &mut Writer<'_>, it: &MembershipRequest) -> Result<()> {
    if !matches!(it.status, MembershipRequestStatus::Accepted | MembershipRequestStatus::Refused) {
        return Ok(());
    }
    let kind = NotificationKind::MembershipRequestDecided;
    let both = it.member.iter().map(|member| member.id).chain([MemberId(it.created_by.0)]).collect();
    let news = News::of(kind, NotificationClass::Normal, it, Some(it.network_id));
    notify(writer, news, but_oneself(writer, both))
}

/// Tells who opened a request, and whom it is about, that it ended without a decision.
pub(super) fn tell_ended(writer: &mut Writer<'_>, it: &MembershipRequest) -> Result<()> {
    let mut both: Vec<MemberId> = it.member.iter().map(|member| member.id).chain([MemberId(it.created_by.0)]).collect();
    both.dedup();
    let kind = NotificationKind::MembershipRequestEnded;
    let news = News::of(kind, NotificationClass::Normal, it, Some(it.network_id));
    notify(writer, news, but_oneself(writer, both))
}

/// Tells who opened a request that whom it is about sits there by another way; that person hears of the membership itself.
pub(super) fn tell_met(writer: &mut Writer<'_>, it: &MembershipRequest, sits: MemberId) -> Result<()> {
    let opener = MemberId(it.created_by.0);
    if opener == sits {
        return Ok(());
    }
    let kind = NotificationKind::MembershipRequestDecided;
    let news = News::of(kind, NotificationClass::Normal, it, Some(it.network_id));
    notify(writer, news, but_oneself(writer, vec![opener]))
}

diesel::define_sql_function! {
    /// The members who decide for a network on a membership request.
    #[sql_name = "app.leads_of"]
    fn leads_of(network: diesel::sql_types::Uuid, interministerial: diesel::sql_types::Bool, at: diesel::sql_types::Timestamptz) -> diesel::sql_types::Array<diesel::sql_types::Uuid>;
}
