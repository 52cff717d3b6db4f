//! SQL of hand-overs, and the registry of all that a member can own.

use std::sync::LazyLock;

use diesel::prelude::*;
use diesel::sql_types::{Timestamptz, Uuid as SqlUuid};
use kernel::schema::{affiliation, member, service_account};
use kernel::{Actor, Grant, Label, MemberId, Refusal, Versions, sql};
use members::hand_over::{
    HandOver, HandOverItem, HandOverPlan, ListOwned, MISSING, NO_TAKER, NOT_HIS, OwnedItem, OwnedItems, OwnedKind,
    gives_account, takes,
};
use members::member::{Member, MemberView};
use members::service_account::ServiceAccount;
use uuid::Uuid;

use super::member::locked_with_networks;
use super::service_account::tell;
use crate::kept::{Kept as _, Naming, Owned, known};
use crate::nouns::NOUNS;
use crate::writer::Writer;
use crate::{Error, Result, Store};

/// The columns by which members own things.
pub static OWNED: LazyLock<Vec<(&'static str, &'static str)>> = LazyLock::new(|| named(Naming::Owns));

/// The columns that name a member who owns nothing by them.
pub static NOT_OWNED: LazyLock<Vec<(&'static str, &'static str)>> = LazyLock::new(|| named(Naming::Names));

fn named(how: Naming) -> Vec<(&'static str, &'static str)> {
    let people = NOUNS.iter().flat_map(|noun| noun.people).filter(|person| person.how == how);
    people.map(|person| (person.table, person.column)).collect()
}

impl Store<'_> {
    /// What the member owns: what must be handed over before the departure, and the seats that would fall vacant.
    ///
    /// # Errors
    /// There is no such member, or the caller may not record their departure.
    pub fn member_hand_over(&mut self, id: MemberId) -> Result<OwnedItems> {
        self.permit(ListOwned(id))?;
        Ok(OwnedItems {
            items: {
                let (conn, actor) = self.reading();
                owned_by(id, actor, conn)?
            },
        })
    }

    /// Gives what the member that was granted owns to others, in one step: everything required, except leads if the caller
    /// may not appoint any.
    ///
    /// # Errors
    /// The member is no longer as the caller saw them; the plan is incomplete, or names what the member does not own;
    /// someone cannot take what they are given; the caller may not appoint leads, or hand over a service account.
    pub fn hand_over_member(
        &mut self,
        grant: Grant<HandOver>,
        seen: Versions,
        plan: &HandOverPlan,
    ) -> Result<MemberView> {
        let after = self.write_on(grant, seen, |writer, actor, _, it| {
            let by = answers_for(actor, writer.conn)?;
            let owned = owned_by(it.id, actor, writer.conn)?;
            let items = || plan.items.iter().enumerate();
            let given = |kind, id| items().find(|(_, item)| (item.kind, item.id) == (kind, id));
            let theirs = |item: &HandOverItem| owned.iter().any(|own| (own.kind, own.id) == (item.kind, item.id));
            if let Some((place, _)) = items().find(|(_, item)| !theirs(item)) {
                return Err(Refusal::InvalidAt(format!("/items/{place}/id"), NOT_HIS).into());
            }
            for own in &owned {
                let Some((place, item)) = given(own.kind, own.id) else {
                    if own.is_due_from(actor) {
                        return Err(Refusal::Invalid("/items", MISSING).into());
                    }
                    continue;
                };
                let to = item.to_member_id;
                takes(by, to)?;
                let kind = owned_kinds().find(|known| known.kind == own.kind).ok_or(Refusal::NotFound)?;
                refuse_taker(writer.conn, it.id, to, NO_TAKER)
                    .and_then(|()| (kind.give)(writer, actor, own.id, to))
                    .map_err(|error| of_item(error, place))?;
            }
            Member::find(it.id.0, writer.conn)
        })?;
        Ok(self.shown_member(after))
    }
}

fn owned_kinds() -> impl Iterator<Item = Owned> {
    NOUNS.iter().filter_map(|noun| noun.owned)
}

/// Everything that a member owns and that the caller may know of.
pub(super) fn owned_by(id: MemberId, actor: &Actor, conn: &mut PgConnection) -> Result<Vec<OwnedItem>> {
    let mut all = Vec::new();
    for owned in owned_kinds() {
        all.extend((owned.list)(conn, id)?.into_iter().filter(|it| it.is_known_to(actor)));
    }
    Ok(all)
}

/// The person who acts: the caller, or the owner of the service account that calls.
fn answers_for(actor: &Actor, conn: &mut PgConnection) -> Result<Option<MemberId>> {
    if actor.member().is_some() {
        return Ok(actor.member());
    }
    let owner = service_account::table.find(actor.id).select(service_account::owner_id);
    Ok(owner.first(conn).optional()?)
}

/// What is wrong with the taker of an item, told at its place.
fn of_item(error: Error, place: usize) -> Error {
    match error {
        Error::Refused(Refusal::Invalid("/items", why)) => {
            Refusal::InvalidAt(format!("/items/{place}/to_member_id"), why).into()
        }
        other => other,
    }
}

/// Refuses a taker who is the member themselves, or is not active and affiliated.
fn refuse_taker(conn: &mut PgConnection, from: MemberId, to: MemberId, why: Label) -> Result<()> {
    let present = affiliation::table
        .inner_join(member::table)
        .filter(member::id.eq(to).and(member::departed_at.is_null()).and(member::suspended_at.is_null()))
        .filter(affiliation::valid.contains(sql::clock()));
    let stands: bool = diesel::select(diesel::dsl::exists(present)).get_result(conn)?;
    if stands && from != to { Ok(()) } else { Err(Refusal::Invalid("/items", why).into()) }
}

pub(super) fn accounts_of(conn: &mut PgConnection, owner: MemberId) -> Result<Vec<OwnedItem>> {
    let all = ServiceAccount::query().filter(service_account::owner_id.eq(owner));
    let all = all.filter(service_account::expires_at.gt(sql::clock()).and(service_account::revoked_at.is_null()));
    let all = all.order(service_account::id);
    let item = |it: ServiceAccount| OwnedItem {
        kind: OwnedKind::ServiceAccount,
        id: it.id.0,
        title: it.name.to_string(),
        due_on: None,
        required: true,
        hidden_in: None,
        is_led: false,
    };
    Ok(all.load(conn)?.into_iter().map(item).collect())
}

/// Gives a service account to another owner, who must work for its organization. Its rights change, as they follow from the
/// rights of its owner.
pub(super) fn hand_over_account(writer: &mut Writer<'_>, actor: &Actor, id: Uuid, to: MemberId) -> Result<()> {
    let find = |conn: &mut PgConnection| ServiceAccount::query().filter(service_account::id.eq(id)).first(conn);
    let before: ServiceAccount = find(writer.conn)?;
    gives_account(actor, before.organization_id)?;
    if !diesel::select(works_for(to, before.organization_id, writer.at)).get_result(writer.conn)? {
        return Err(Refusal::Invalid("/items", NO_TAKER).into());
    }
    let after = writer.change(&before, service_account::owner_id.eq(to))?;
    tell(writer, &after, vec![before.owner_id, to])
}

diesel::define_sql_function! {
    /// Whether a member works in an organization, below it, above it, or where its communication is kept.
    #[sql_name = "app.works_for"]
    fn works_for(who: SqlUuid, organization: SqlUuid, at: Timestamptz) -> Bool;
}

known!(read Member: ListOwned);

known!(it, conn => locked_with_networks(it.0.0, conn); HandOver);
