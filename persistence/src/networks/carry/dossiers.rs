//! A reorganization carries the open membership requests and action items of an organization into its successor.

use ::networks::action_item::{ActionItem, ActionStatus};
use ::networks::membership_request::{MembershipRequest, MembershipRequestStatus};
use diesel::prelude::*;
use kernel::schema::{action_item, affiliation, membership_request};
use kernel::{AffiliationId, MemberId, Noun as _, OrganizationId};
use members::reorganization::ImpactEffect;

use crate::Result;
use crate::moving::{Ledger, Moving};
use crate::writer::Writer;

/// Carries the open membership requests: each through the affiliation that the member has in the successor, if there
/// is one.
pub(crate) fn carry_requests(writer: &mut Writer<'_>, moving: &Moving, ledger: &mut Ledger) -> Result<()> {
    let here = MembershipRequest::query().filter(membership_request::organization_id.eq_any(moving.gone()));
    let here: Vec<MembershipRequest> = here.order(membership_request::id).load(writer.conn)?;
    for before in here.into_iter().filter(|it| it.status == MembershipRequestStatus::Open) {
        let to = before.affiliation_id.and_then(|id| moving.affiliations.get(&id).copied());
        let to = to.unwrap_or_else(|| moving.heir(before.organization.id));
        let member = before.member.as_ref().map(|member| member.id);
        let through = member.map(|member| goes_on(writer.conn, member, to)).transpose()?.flatten();
        let _after = writer.change(
            &before,
            (
                membership_request::organization_id.eq(to),
                membership_request::affiliation_id.eq(through.or(before.affiliation_id)),
            ),
        )?;
        let name = format!("{} · {}", ledger.network(before.network_id), before.role.code());
        let place = ledger.organization(writer.conn, to)?;
        let known = writer.known(before.id.0, before.created_at);
        ledger.tell(MembershipRequest::NAME, (known, name), ImpactEffect::Repointed, Some(place));
    }
    Ok(())
}

fn goes_on(conn: &mut PgConnection, member: MemberId, at: OrganizationId) -> Result<Option<AffiliationId>> {
    let there = affiliation::table.filter(affiliation::member_id.eq(member).and(affiliation::organization_id.eq(at)));
    let there = there.filter(affiliation::valid.contains(kernel::sql::clock())).select(affiliation::id);
    Ok(there.first(conn).optional()?)
}

/// Carries the open action items.
pub(crate) fn carry_actions(writer: &mut Writer<'_>, moving: &Moving, ledger: &mut Ledger) -> Result<()> {
    let here = ActionItem::query().filter(action_item::owner_organization_id.eq_any(moving.gone()));
    let here = here.filter(action_item::status.eq(ActionStatus::Open)).order(action_item::id);
    let here: Vec<ActionItem> = here.load(writer.conn)?;
    for before in here {
        let to = moving.heir(before.owner_organization.id);
        let _after = writer.change(&before, action_item::owner_organization_id.eq(to))?;
        let place = ledger.organization(writer.conn, to)?;
        let known = writer.known(before.id.0, before.created_at);
        ledger.tell(ActionItem::NAME, (known, before.title.to_string()), ImpactEffect::Repointed, Some(place));
    }
    Ok(())
}
