//! Who is told of a dossier: those who decide, and how it ended.

use ::networks::membership::LEADS;
use ::networks::membership_request::{MembershipRequest, MembershipRequestDecision, MembershipRequestStatus};
use diesel::prelude::*;
use kernel::MemberId;
use kernel::notification::{NotificationClass, NotificationKind};

use crate::Result;
use crate::notify::{News, but_oneself, notify};
use crate::writer::Writer;

/// Tells both sides that a dossier waits for them. Who is invited hears of it whatever he chose elsewhere; of leads, the
/// SIG administrator alone decides, who has it among his tasks.
pub(super) fn tell_who_decides(writer: &mut Writer<'_>, it: &MembershipRequest) -> Result<()> {
    if it.status != MembershipRequestStatus::Open {
        return Ok(());
    }
    let waits = |class| News::of(NotificationKind::MembershipRequestWaits, class, it, Some(it.network_id));
    if let (MembershipRequestDecision::Pending, Some(member)) = (it.person_decision, &it.member) {
        notify(writer, waits(NotificationClass::Mandatory), vec![member.id])?;
    }
    if it.network_decision == MembershipRequestDecision::Pending && !LEADS.contains(&it.role) {
        let leads = diesel::select(leads_of(it.network_id, it.interministerial, writer.at)).get_result(writer.conn)?;
        notify(writer, waits(NotificationClass::Normal), but_oneself(writer, leads))?;
    }
    Ok(())
}

/// Tells who opened a dossier, and whom it is about, how it ended.
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
    /// Who decides for a network on a dossier.
    #[sql_name = "app.leads_of"]
    fn leads_of(network: diesel::sql_types::Uuid, interministerial: diesel::sql_types::Bool, at: diesel::sql_types::Timestamptz) -> diesel::sql_types::Array<diesel::sql_types::Uuid>;
}
