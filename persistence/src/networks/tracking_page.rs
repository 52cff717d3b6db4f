//! SQL of the tracking pages: the facts of the matrix, with follow-ups, decisions and action items.

use std::collections::HashMap;
use std::sync::Arc;

use ::networks::action_item::{ActionItem, ActionItemView, ActionStatus, visible as visible_actions};
use ::networks::follow_up::{
    FollowUp, FollowUpAxis, FollowUpConfidentiality, FollowUpView, Health, visible as visible_follow_ups,
};
use ::networks::network::{Network, NetworkCode};
use ::networks::tracking::{CellRow, MatrixColumn, MatrixFacts, Reach, Tally, Track};
use ::networks::tracking_page::{ACTION_ITEMS, FOLLOW_UPS, NetworkTracking, OrganizationTracking, TrackingRow};
use chrono::NaiveDate;
use diesel::dsl::sql;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Date};
use kernel::directory::{MemberReference, OrganizationReference};
use kernel::schema::{action_item, follow_up, member, membership, organization};
use kernel::{ActionItemId, FollowUpId, NetworkId, OrganizationId, Page, PageQuery, Refusal};

use super::network::seen_by;
use crate::resting::with_predecessors;
use crate::{Result, Store};
use kernel::clock::today;

/// The names of the operations in the audit lines that showing confidential objects leaves.
const READ_NETWORK: &str = "get_network_tracking";
const READ_ORGANIZATION: &str = "get_organization_tracking";

/// A cell of a page.
type Place = (NetworkId, OrganizationId);

impl Store<'_> {
    /// The tracking page of one network, as far as the caller reads it.
    ///
    /// # Errors
    /// There is no such network that the caller may see, or the caller reads nothing of it in the matrix.
    pub fn network_tracking(&mut self, code: &NetworkCode, page: &PageQuery) -> Result<NetworkTracking> {
        let (conn, actor) = self.reading();
        let network: Network = seen_by(code, conn, actor)?;
        let reach = Track::reach(self.actor())?;
        if !reach.shows(network.id) {
            return Err(Track::nothing().into());
        }
        let (at, facts) = self.matrix_facts(None)?;
        let cells = facts.cells.iter().filter(|cell| cell.network_id == network.id);
        let cells: Vec<&CellRow> = cells.filter(|cell| reach.holds(network.id, cell.organization_id)).collect();
        let subject = Subject::Network(network.id);
        let about = self.about(&subject, &facts)?;
        let shown = lines(&cells, &facts, page)?;
        let (mut follow_ups, mut decisions, mut action_items) = Default::default();
        if page.is_first() {
            follow_ups = self.latest(READ_NETWORK, &subject)?;
            decisions = self.latest_decisions(READ_NETWORK, Some(network.id), None)?;
            action_items = self.soonest(READ_NETWORK, &about)?;
        }
        let own = self.stands(&subject)?;
        self.shows_standing(READ_NETWORK, about.standing(&shown.items).chain(own.as_ref()), &follow_ups);
        let last_follow_up_on = own.map(|it| it.day);
        Ok(NetworkTracking {
            at,
            tally: add_up(&cells),
            health: own.map(|it| it.health),
            last_follow_up_on,
            next_follow_up_due_on: last_follow_up_on.and_then(|day| network.cadence.next(day)),
            rows: shown.items.iter().map(|it| about.row(it)).collect(),
            next: shown.next,
            network_code: network.code,
            name: network.name,
            cadence: network.cadence,
            follow_ups,
            decisions,
            action_items,
        })
    }

    /// The tracking page of one organization, as far as the caller reads it: a DICOM with those that it serves.
    ///
    /// # Errors
    /// There is no such organization, or the caller reads nothing of it.
    pub fn organization_tracking(&mut self, id: OrganizationId, page: &PageQuery) -> Result<OrganizationTracking> {
        let row =
            organization::table.find(id).select((OrganizationReference::as_select(), organization::successor_ids));
        let row = row.first(self.reading().0).optional()?;
        let (organization, successor_ids): (OrganizationReference, _) = row.ok_or(Refusal::NotFound)?;
        let (at, facts) = self.matrix_facts(None)?;
        let mut added = self.served_by(id, None)?;
        added.sort_unstable();
        added.dedup();
        let successors = organization::table.filter(organization::id.eq_any(&successor_ids)).order(organization::name);
        let successors = successors.select(OrganizationReference::as_select()).load(self.reading().0)?;
        let reach = Reach::of_organization(self.actor(), &added).ok_or(Track::nothing())?;
        let organizations = organization::table.filter(organization::id.eq_any(&added)).order(organization::name);
        let organizations = organizations.select(OrganizationReference::as_select());
        let organizations: Vec<OrganizationReference> = organizations.load(self.reading().0)?;
        let cells = facts.cells.iter().filter(|cell| added.contains(&cell.organization_id));
        let cells = cells.filter(|cell| reach.holds(cell.network_id, cell.organization_id));
        let actor = self.actor();
        let columns: Vec<NetworkId> = facts.columns(actor, &reach).map(|network| network.id).collect();
        let cells: Vec<&CellRow> = cells.filter(|cell| columns.contains(&cell.network_id)).collect();
        let conn = self.reading().0;
        let (itself, followed) = (with_predecessors(conn, vec![id])?, with_predecessors(conn, added.clone())?);
        let shown = lines(&cells, &facts, page)?;
        let (mut follow_ups, mut decisions, mut action_items) = Default::default();
        if page.is_first() {
            decisions = self.latest_decisions(READ_ORGANIZATION, None, Some(&followed))?;
        }
        let subject = Subject::Organization { itself, added, followed };
        let about = self.about(&subject, &facts)?;
        if page.is_first() {
            follow_ups = self.latest(READ_ORGANIZATION, &subject)?;
            action_items = self.soonest(READ_ORGANIZATION, &about)?;
        }
        let own = self.stands(&subject)?;
        self.shows_standing(READ_ORGANIZATION, about.standing(&shown.items).chain(own.as_ref()), &follow_ups);
        Ok(OrganizationTracking {
            at,
            organization,
            successor_ids,
            successors,
            organizations: organizations.into_iter().filter(|it| it.id == id || reach.names(it.id)).collect(),
            tally: add_up(&cells),
            health: own.map(|it| it.health),
            last_follow_up_on: own.map(|it| it.day),
            rows: shown.items.iter().map(|it| about.row(it)).collect(),
            next: shown.next,
            follow_ups,
            decisions,
            action_items,
        })
    }

    /// The latest follow-ups of a page that the caller sees.
    fn latest(&mut self, action: &'static str, subject: &Subject) -> Result<Vec<FollowUpView>> {
        let (conn, actor) = self.reading();
        let query = FollowUp::query().filter(visible_follow_ups(actor)).filter(subject.follow_ups()).into_boxed();
        let query = match subject {
            Subject::Network(_) => query.order((follow_up::held_on.desc(), follow_up::id.desc())),
            // `+ 0` keeps PostgreSQL from the index of days, which does not hold the organization and is slow here.
            Subject::Organization { .. } => {
                query.order((sql::<Date>("follow_up.held_on + 0").desc(), follow_up::id.desc()))
            }
        };
        let rows: Vec<FollowUp> = query.limit(FOLLOW_UPS).load(conn)?;
        self.shows_follow_ups(action, &rows);
        Ok(rows.into_iter().map(|it| self.shown_follow_up(it)).collect())
    }

    /// The health and day of the latest follow-up with the network or organization of a page as a whole, as far as the
    /// caller may read it.
    fn stands(&mut self, subject: &Subject) -> Result<Option<Held>> {
        let (conn, actor) = self.reading();
        let query = ::networks::follow_up::joined().filter(visible_follow_ups(actor)).into_boxed();
        let query = match subject {
            Subject::Network(id) => query
                .filter(follow_up::network_id.eq(id).and(follow_up::organization_id.is_null()))
                .filter(follow_up::axis.eq(FollowUpAxis::Network)),
            Subject::Organization { itself, .. } => query
                .filter(follow_up::organization_id.eq_any(itself).and(follow_up::network_id.is_null()))
                .filter(follow_up::axis.eq(FollowUpAxis::Organization)),
        };
        let query = query.order((follow_up::held_on.desc(), follow_up::id.desc()));
        Ok(query.select(Held::as_select()).first(conn).optional()?)
    }

    /// Notes those follow-ups that show by their health and day alone, where they are confidential and not on the page's list.
    fn shows_standing<'a>(
        &mut self,
        action: &'static str,
        all: impl Iterator<Item = &'a Held>,
        listed: &[FollowUpView],
    ) {
        let confidential = all.filter(|it| it.confidentiality == FollowUpConfidentiality::Confidential).map(|it| it.id);
        let mut beside: Vec<FollowUpId> = confidential.filter(|id| listed.iter().all(|it| it.noun.id != *id)).collect();
        beside.sort_unstable();
        beside.dedup();
        self.shows::<FollowUp>(action, beside.into_iter().map(|id| id.0));
    }

    /// The open action items that a page shows.
    fn soonest(&mut self, action: &'static str, about: &About) -> Result<Vec<ActionItemView>> {
        let rows = ActionItem::query().filter(action_item::id.eq_any(&about.soonest));
        let rows: Vec<ActionItem> = rows.order((action_item::due_on, action_item::id)).load(self.reading().0)?;
        self.shows_actions(action, &rows);
        Ok(rows.into_iter().map(|it| self.shown_action(it)).collect())
    }

    /// The référents, action items and follow-ups beside the cells of a page, as far as the caller may read them.
    fn about(&mut self, subject: &Subject, facts: &Arc<MatrixFacts>) -> Result<About> {
        let (conn, actor) = self.reading();
        let referents = membership::table
            .inner_join(member::table)
            // The role is a literal, so that PostgreSQL estimates how few rows match.
            .filter(sql::<Bool>("membership.role = 'referent'").and(membership::valid.contains(kernel::sql::clock())))
            .order((membership::sort_name, membership::id))
            .select((membership::network_id, membership::organization_id, MemberReference::as_select()))
            .into_boxed();
        let referents = match subject {
            Subject::Network(id) => referents.filter(membership::network_id.eq(id)),
            Subject::Organization { added, .. } => referents.filter(membership::organization_id.eq_any(added)),
        };
        let referents: Vec<(NetworkId, OrganizationId, MemberReference)> = referents.load(conn)?;
        let known = |network, at| facts.networks.iter().any(|it| it.id == network && it.names_members(actor, at));
        let referents = referents.into_iter().filter(|(network, at, _)| known(*network, *at));
        // All of them without a bound, so that they are read by the index of the network or of the organizations.
        let actions = ::networks::action_item::joined()
            .filter(visible_actions(actor))
            .filter(action_item::status.eq(ActionStatus::Open))
            .filter(subject.action_items())
            .order((action_item::due_on, action_item::id))
            .select(OpenAction::as_select());
        let actions: Vec<OpenAction> = actions.load(conn)?;
        let held = ::networks::follow_up::joined()
            .filter(visible_follow_ups(actor))
            .filter(subject.follow_ups())
            .distinct_on((follow_up::network_id, follow_up::organization_id))
            .order((follow_up::network_id, follow_up::organization_id, follow_up::held_on.desc(), follow_up::id.desc()))
            .select((follow_up::network_id, follow_up::organization_id, Held::as_select()));
        let held: Vec<(Option<NetworkId>, Option<OrganizationId>, Held)> = held.load(conn)?;
        let mut about = About::default();
        for (network, organization, referent) in referents {
            about.referents.entry((network, organization)).or_default().push(referent);
        }
        about.soonest = actions.iter().take(ACTION_ITEMS).map(|it| it.id).collect();
        for action in actions {
            let Some(network) = action.network_id else { continue };
            let (open, overdue) = about.actions.entry((network, action.owner_organization_id)).or_default();
            *open += 1;
            *overdue += i64::from(action.due_on < today());
        }
        about.held = held.into_iter().filter_map(|(network, at, held)| Some(((network?, at?), held))).collect();
        Ok(about)
    }
}

/// The subject of a page.
enum Subject {
    Network(NetworkId),
    Organization {
        /// With those that were merged or split into it.
        itself: Vec<OrganizationId>,
        /// With those that it serves.
        added: Vec<OrganizationId>,
        /// With those that it serves, and those that were merged or split into them.
        followed: Vec<OrganizationId>,
    },
}

type Condition<From> = Box<dyn BoxableExpression<From, Pg, SqlType = Bool>>;

impl Subject {
    fn follow_ups(&self) -> Condition<::networks::follow_up::Joined> {
        match self {
            Self::Network(id) => Box::new(follow_up::network_id.eq(*id).assume_not_null()),
            Self::Organization { followed, .. } => {
                Box::new(follow_up::organization_id.eq_any(followed.clone()).assume_not_null())
            }
        }
    }

    fn action_items(&self) -> Condition<::networks::action_item::Joined> {
        match self {
            Self::Network(id) => Box::new(action_item::network_id.eq(*id).assume_not_null()),
            Self::Organization { added, .. } => Box::new(action_item::owner_organization_id.eq_any(added.clone())),
        }
    }
}

/// A row of a page before it is filled in.
struct Line<'a> {
    /// How many rows come before it.
    before: usize,
    cell: &'a CellRow,
    column: &'a MatrixColumn,
    organization: &'a OrganizationReference,
}

impl Line<'_> {
    const fn of(&self) -> Place {
        (self.cell.network_id, self.cell.organization_id)
    }
}

/// The rows of one page, in the order of the facts: networks by name, organizations by name. A row that was there when
/// the page before was read, and is no more, leaves its place to the next.
fn lines<'a>(cells: &[&'a CellRow], facts: &'a MatrixFacts, page: &PageQuery) -> Result<Page<Line<'a>>> {
    let names: HashMap<OrganizationId, (usize, &OrganizationReference)> =
        facts.organizations.iter().enumerate().map(|(place, it)| (it.id, (place, it))).collect();
    let columns: HashMap<NetworkId, (usize, &MatrixColumn)> =
        facts.networks.iter().enumerate().map(|(place, it)| (it.id, (place, &it.column))).collect();
    let placed = cells.iter().filter_map(|cell| {
        let (down, organization) = names.get(&cell.organization_id)?;
        let (across, column) = columns.get(&cell.network_id)?;
        Some(((*across, *down), Line { before: 0, cell, column, organization }))
    });
    let mut placed: Vec<_> = placed.collect();
    placed.sort_by_key(|(place, _)| *place);
    let all = placed.into_iter().enumerate().map(|(before, (_, line))| Line { before, ..line });
    let mut all: Vec<Line<'a>> = all.collect();
    if let Some((before, network, organization)) = page.key::<(usize, NetworkId, OrganizationId)>()? {
        let last = all.iter().position(|it| it.of() == (network, organization));
        all.drain(..last.map_or(before, |last| last + 1).min(all.len()));
    }
    Ok(page.cut(all, |it| (it.before, it.cell.network_id, it.cell.organization_id)))
}

/// The columns of an open action item that a page counts by.
#[derive(Queryable, Selectable)]
#[diesel(table_name = action_item, check_for_backend(Pg))]
struct OpenAction {
    id: ActionItemId,
    network_id: Option<NetworkId>,
    owner_organization_id: OrganizationId,
    due_on: NaiveDate,
}

/// How things stood at a follow-up, and which one that was.
#[derive(Clone, Copy, Queryable, Selectable)]
#[diesel(table_name = follow_up, check_for_backend(Pg))]
struct Held {
    id: FollowUpId,
    health: Health,
    #[diesel(column_name = held_on)]
    day: NaiveDate,
    confidentiality: FollowUpConfidentiality,
}

/// The référents, action items and follow-ups beside the cells of a page.
#[derive(Default)]
struct About {
    referents: HashMap<Place, Vec<MemberReference>>,
    actions: HashMap<Place, (i64, i64)>,
    /// The action items that the page shows.
    soonest: Vec<ActionItemId>,
    held: HashMap<Place, Held>,
}

impl About {
    /// The follow-ups that the rows of a page show by their health and day.
    fn standing<'a>(&'a self, lines: &'a [Line<'_>]) -> impl Iterator<Item = &'a Held> {
        lines.iter().filter_map(|it| self.held.get(&it.of()))
    }

    fn row(&self, it: &Line<'_>) -> TrackingRow {
        let Line { cell, column, organization, .. } = it;
        let place = it.of();
        let mut tally = Tally::default();
        tally += *cell;
        let (open_actions, overdue_actions) = self.actions.get(&place).copied().unwrap_or_default();
        let held = self.held.get(&place);
        TrackingRow {
            network_code: column.network_code.clone(),
            network_name: column.name.clone(),
            organization: (*organization).clone(),
            tally,
            referents: self.referents.get(&place).cloned().unwrap_or_default(),
            open_actions,
            overdue_actions,
            health: held.map(|it| it.health),
            last_follow_up_on: held.map(|it| it.day),
        }
    }
}

fn add_up(cells: &[&CellRow]) -> Tally {
    let mut tally = Tally::default();
    for cell in cells {
        tally += *cell;
    }
    tally
}
