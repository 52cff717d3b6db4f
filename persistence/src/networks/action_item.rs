//! SQL of action items.

use ::networks::action_item::{
    ActionItem, ActionItemFacet, ActionItemFilter, ActionItemPage, ActionItemPatch, ActionItemView, ActionStatus,
    Cancel, Complete, Create, Duty, Read, Reopen, Update, may_show, not_there, of_follow_up, visible,
};
use ::networks::network::visible as shown_networks;
use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types;
use kernel::notification::{NotificationClass, NotificationKind, Reminder};
use kernel::schema::{action_item, affiliation, member, network};
use kernel::{
    Action, ActionItemId, Actor, AffiliationId, Grant, MemberId, NetworkId, OrganizationId, PageQuery, Refusal,
    Versions, clock, in_order, sql,
};
use members::hand_over::{NO_TAKER, OwnedItem, OwnedKind};
use uuid::Uuid;

use super::carry::carry_actions;
use super::follow_up::{named, scope_of};
use crate::facet::{Called, faceted};
use crate::idempotency::again;
use crate::kept::{Ends, Gist, Kept as _, Leaving, Owned, Person, Remind, Told, kept, known, titled, told};
use crate::moving::Resting;
use crate::notify::{News, but_oneself, notify};
use crate::page::{DOWN, UP, counted, keyset};
use crate::stamps::born;
use crate::store::Known;
use crate::writer::Writer;
use crate::{Error, Result, Store};

impl Store<'_> {
    /// The action items that the caller may see, by due date; closed ones, the latest first.
    ///
    /// # Errors
    /// The cursor is none of ours.
    pub fn action_items(&mut self, filter: &ActionItemFilter, page: &PageQuery) -> Result<ActionItemPage> {
        in_order(filter.due_from, filter.due_to, "/due_to")?;
        let places = self.places(filter.owner_organization_id, filter.dicom_id)?;
        let (conn, actor) = self.reading();
        // A filter by a network that is hidden from the caller finds nothing, not even their own action items.
        let asked = |code| network::table.filter(network::code.eq(code)).filter(shown_networks(actor));
        let asked = filter.network_code.as_ref().map(|code| asked(code).select(network::id).load::<NetworkId>(conn));
        let asked = asked.transpose()?;
        let all = || {
            let mut query = ActionItem::query().filter(visible(actor)).into_boxed::<Pg>();
            if let Some(networks) = &asked {
                query = query.filter(action_item::network_id.eq_any(networks.clone()).assume_not_null());
            }
            for place in &places {
                query = query.filter(action_item::owner_organization_id.eq_any(place));
            }
            if let Some(member) = filter.owner_member_id {
                query = query.filter(action_item::owner_member_id.eq(member));
            }
            if let Some(follow_up) = filter.follow_up_id {
                query = query.filter(action_item::follow_up_id.eq(follow_up));
            }
            if let Some(status) = filter.status {
                query = query.filter(action_item::status.eq(status));
            }
            if let Some(day) = filter.due_from {
                query = query.filter(action_item::due_on.ge(day));
            }
            if let Some(day) = filter.due_to {
                query = query.filter(action_item::due_on.le(day));
            }
            if let Some(since) = filter.updated_since {
                query = query.filter(action_item::updated_at.ge(since.0));
            }
            let overdue = || action_item::status.eq(ActionStatus::Open).and(action_item::due_on.lt(clock::today()));
            match filter.overdue {
                Some(true) => query.filter(overdue()),
                Some(false) => query.filter(diesel::dsl::not(overdue())),
                None => query,
            }
        };
        let status = &[(ActionItemFacet::Status, "status", Called::List("ActionStatus"))];
        let counts = faceted(conn, &filter.facets, status, all().select(action_item::status))?;
        let count = counts.count(filter.count, || counted(conn, filter.count, all()))?;
        let found = if matches!(filter.status, Some(ActionStatus::Done | ActionStatus::Cancelled)) {
            let key = |it: &ActionItem| (it.closed_at, it.id);
            keyset!(conn, all(), page, DOWN, key => action_item::closed_at, action_item::id)
        } else {
            let key = |it: &ActionItem| (it.due_on, it.id);
            keyset!(conn, all(), page, UP, key => action_item::due_on, action_item::id)
        };
        self.shows_actions("list_action_items", &found.items);
        Ok(found.counted(count).faceted(counts.facets).map(|it| self.shown_action(it)))
    }

    /// One action item.
    ///
    /// # Errors
    /// There is none that the caller may see.
    pub fn action_item(&mut self, id: ActionItemId) -> Result<ActionItemView> {
        let it = self.permit(Read(id))?;
        self.shows_actions(Read::NAME, std::slice::from_ref(&it));
        Ok(self.shown_action(it))
    }

    /// Notes for the audit log which of these action items come from a confidential follow-up.
    pub(super) fn shows_actions(&mut self, action: &'static str, all: &[ActionItem]) {
        let confidential = all.iter().filter(|it| it.is_confidential()).map(|it| it.id.0);
        self.shows::<ActionItem>(action, confidential);
    }

    pub(super) fn shown_action(&self, it: ActionItem) -> ActionItemView {
        self.seen(it.known_to(self.actor()))
    }

    /// Creates the action item that was granted.
    ///
    /// # Errors
    /// The database failed.
    pub fn create_action_item(&mut self, grant: Grant<Create>) -> Result<ActionItemView> {
        let created = self.write(grant, |writer, _, _, Duty { new, network, .. }| {
            let network = action_item::network_id.eq(network.map(|network| network.id));
            let id = action_item::id.eq(ActionItemId::fresh());
            let created: ActionItem = writer.create((new, id, network, born!(action_item, writer)))?;
            tell_given(writer, &created)?;
            Ok(created)
        })?;
        Ok(self.shown_action(created))
    }

    /// Changes the action item that was granted.
    ///
    /// # Errors
    /// It is no longer as the caller saw it; the caller could not create it in its new place; the person named is not
    /// affiliated there.
    pub fn update_action_item(
        &mut self,
        grant: Grant<Update>,
        seen: Versions,
        patch: ActionItemPatch,
    ) -> Result<ActionItemView> {
        let changed = self.write_on(grant, seen, |writer, actor, _, before| {
            let network = if patch.moves() {
                let duty = Create(patch.given_anew(&before)).facts(writer.conn)?;
                let given = Grant::ask(actor, Create(duty.new.clone()), duty)?.spend().1;
                let network = given.network.map(|network| network.id);
                if patch.network_code.is_some() {
                    of_follow_up(scope_of(before.follow_up_id, writer.conn)?.as_ref(), network)?;
                }
                network
            } else {
                let person = patch.owner_member_id.flatten();
                if !is_there(writer.conn, person, before.owner_organization.id)? {
                    return Err(not_there().into());
                }
                before.network_id
            };
            let after = writer.change(&before, (patch, action_item::network_id.eq(network)))?;
            if after.owner_member != before.owner_member {
                tell_given(writer, &after)?;
            }
            Ok(after)
        })?;
        Ok(self.shown_action(changed))
    }

    /// Completes the action item that was granted.
    ///
    /// # Errors
    /// It is no longer as the caller saw it.
    pub fn complete_action_item(&mut self, grant: Grant<Complete>, seen: Versions) -> Result<ActionItemView> {
        self.moves(grant, seen, ActionStatus::Done)
    }

    /// Cancels the action item that was granted.
    ///
    /// # Errors
    /// It is no longer as the caller saw it.
    pub fn cancel_action_item(&mut self, grant: Grant<Cancel>, seen: Versions) -> Result<ActionItemView> {
        self.moves(grant, seen, ActionStatus::Cancelled)
    }

    /// Reopens the action item that was granted.
    ///
    /// # Errors
    /// It is no longer as the caller saw it; its organization is no longer active.
    pub fn reopen_action_item(&mut self, grant: Grant<Reopen>, seen: Versions) -> Result<ActionItemView> {
        self.moves(grant, seen, ActionStatus::Open)
    }

    fn moves<A>(&mut self, grant: Grant<A>, seen: Versions, to: ActionStatus) -> Result<ActionItemView>
    where
        A: Action<Facts = ActionItem>,
    {
        let changed = self.write_on(grant, seen, |writer, _, _, before| {
            if to == ActionStatus::Open {
                let life = crate::resting::resting_on(writer.conn, before.owner_organization.id)?;
                life.ok_or(Refusal::NotFound)?.alive()?;
            }
            let closed: Option<DateTime<Utc>> = (to != ActionStatus::Open).then_some(writer.at);
            writer.change(&before, (action_item::status.eq(to), action_item::closed_at.eq(closed)))
        })?;
        Ok(self.shown_action(changed))
    }
}

/// Whether the person who would do something for an organization, if one is named, is affiliated there.
fn is_there(conn: &mut PgConnection, person: Option<MemberId>, at: OrganizationId) -> Result<bool> {
    let Some(person) = person else { return Ok(true) };
    let present = member::table.filter(member::id.eq(person)).filter(member::departed_at.is_null()).select(member::id);
    let there = affiliation::table
        .filter(affiliation::member_id.eq_any(present).and(affiliation::organization_id.eq(at)))
        .filter(affiliation::valid.contains(sql::clock()))
        .select(affiliation::id);
    // Locked until the end of the transaction: an affiliation that ends meanwhile waits, and then clears this one too.
    Ok(there.for_share().first::<AffiliationId>(conn).optional()?.is_some())
}

/// The open action items of a member. The person who hands them over may end the affiliation without being able to read
/// them: the title of what is confidential or of a hidden network is replaced by the name of its kind.
pub(crate) fn actions_of(conn: &mut PgConnection, who: MemberId) -> Result<Vec<OwnedItem>> {
    let all = ActionItem::query().filter(action_item::owner_member_id.eq(who));
    let all = all.filter(action_item::status.eq(ActionStatus::Open)).order((action_item::due_on, action_item::id));
    let item = |it: ActionItem| {
        let title = if it.is_reserved() { OwnedKind::ActionItem.label().fr.to_owned() } else { it.title.to_string() };
        let (kind, due_on) = (OwnedKind::ActionItem, Some(it.due_on));
        OwnedItem { kind, id: it.id.0, title, due_on, required: true, hidden_in: None, is_led: false }
    };
    Ok(all.load(conn)?.into_iter().map(item).collect())
}

/// Clears the member from the open action items of an organization that they left: it names someone else.
fn leave_actions(writer: &mut Writer<'_>, it: Leaving) -> Result<()> {
    let (who, at) = (it.member, it.organization);
    if is_there(writer.conn, Some(who), at)? {
        return Ok(());
    }
    let his = action_item::table
        .filter(action_item::owner_member_id.eq(who).and(action_item::owner_organization_id.eq(at)))
        .filter(action_item::status.eq(ActionStatus::Open))
        .order(action_item::id)
        .select(action_item::id)
        .for_no_key_update();
    for id in his.load::<ActionItemId>(writer.conn)? {
        let before = ActionItem::find(id.0, writer.conn)?;
        writer.change(&before, action_item::owner_member_id.eq(None::<MemberId>))?;
    }
    Ok(())
}

/// Gives the action item to someone else of the same organization. If the caller may not read it, it names nobody from
/// now on, and a reader of it chooses.
pub(crate) fn hand_over_action(writer: &mut Writer<'_>, actor: &Actor, id: Uuid, to: MemberId) -> Result<()> {
    let before = ActionItem::lock(ActionItemId(id).0, writer.conn)?;
    if !is_there(writer.conn, Some(to), before.owner_organization.id)? {
        return Err(Refusal::Invalid("/items", NO_TAKER).into());
    }
    let taker = may_show(actor, &before).then_some(to);
    let after = writer.change(&before, action_item::owner_member_id.eq(taker))?;
    tell_given(writer, &after)
}

/// Notifies those who have to do it that an action item was given to them.
fn tell_given(writer: &mut Writer<'_>, it: &ActionItem) -> Result<()> {
    tell(writer, NotificationKind::ActionItemGiven, it)
}

/// Reminds those who have to do it that an action item falls due, or is overdue; unless it is closed.
fn remind(writer: &mut Writer<'_>, what: Reminder, id: Uuid) -> Result<()> {
    let it = ActionItem::lock(id, writer.conn)?;
    match what {
        _ if it.status != ActionStatus::Open => Ok(()),
        Reminder::ActionOverdue => tell(writer, NotificationKind::ActionItemOverdue, &it),
        _ => tell(writer, NotificationKind::ActionItemDue, &it),
    }
}

/// Notifies the person named in an action item; where it names nobody, those who answer for the organization.
fn tell(writer: &mut Writer<'_>, kind: NotificationKind, it: &ActionItem) -> Result<()> {
    let doer = if let Some(member) = &it.owner_member {
        vec![member.id]
    } else {
        let all = answerable(it.owner_organization.id, it.network_id, !it.is_confidential(), writer.at);
        diesel::select(all).get_result(writer.conn)?
    };
    let news = News::of(kind, NotificationClass::Normal, it, it.network_id);
    notify(writer, news, but_oneself(writer, doer))
}

diesel::define_sql_function! {
    /// Who answers for an action item that names nobody.
    #[sql_name = "app.answerable"]
    fn answerable(organization: sql_types::Uuid, network: sql_types::Nullable<sql_types::Uuid>, referents_too: sql_types::Bool, at: sql_types::Timestamptz) -> sql_types::Array<sql_types::Uuid>;
}

known!(read ActionItem: Read);

impl Known for Create {
    fn facts(&self, conn: &mut PgConnection) -> Result<Duty> {
        let mut new = self.0.clone();
        let organization = crate::resting::resting_on(conn, new.owner_organization_id)?;
        let life = organization.ok_or(Error::Dangling("/owner_organization_id"))?;
        let follow_up = scope_of(new.follow_up_id, conn)?;
        if new.network_code.is_none()
            && let Some(its) = follow_up.as_ref().and_then(|follow_up| follow_up.network_id)
        {
            new.network_code = Some(network::table.find(its).select(network::code).first(conn)?);
        }
        let network = named(new.network_code.as_ref(), conn)?;
        let person_there = is_there(conn, new.owner_member_id, new.owner_organization_id)?;
        Ok(Duty { new, network, follow_up, life, person_there })
    }
}

known!(lock ActionItem: Update, Complete, Cancel, Reopen);

again!(ActionItemView as ActionItemId => action_item);

kept!(ActionItem: action_item {
    const ENDS: &'static [Ends] = &[Ends::Affiliation(leave_actions)];
    // A confidential title is read only in its own operation, which leaves an audit line.
    const TOLD: Option<Told> = Some(|conn, actor, ids| {
        told::<Self, Read>(conn, actor, ids, |it| {
            let confidential = it.is_confidential();
            let doer = it.owner_member.as_ref().map(|member| member.id);
            let waits = it.status == ActionStatus::Open && doer.is_none_or(|doer| Some(doer) == actor.member());
            let named = if confidential { Gist::default() } else { titled(&it.title) };
            Gist { confidential, by: Some(it.created_by), due_on: Some(it.due_on), waits, ..named }
        })
    });
    const REMIND: Option<Remind> = Some(remind);

    const RESTING: &'static [Resting] = &[
        Resting::moves("action_item", "owner_organization_id", carry_actions),
    ];
    const OWNED: Option<Owned> = Some(Owned { kind: OwnedKind::ActionItem, list: actions_of, give: hand_over_action });
    const PEOPLE: &'static [Person] = &[
        Person::owns("action_item", "owner_member_id", "les actions qui vous sont confiées"),
    ];
});
