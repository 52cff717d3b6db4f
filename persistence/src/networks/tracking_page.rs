//! SQL of the tracking pages: the kept facts of the matrix, with what is followed up over them.

use std::collections::HashMap;
use std::sync::Arc;

use ::networks::action_item::{ActionItem, ActionItemView, ActionStatus, visible as visible_actions};
use ::networks::follow_up::{FollowUp, FollowUpAxis, FollowUpView, Health, visible as visible_follow_ups};
use ::networks::network::{Network, NetworkCode};
use ::networks::tracking::{CellRow, MatrixFacts, Reach, Tally, Track};
use ::networks::tracking_page::{
    ACTION_ITEMS, FOLLOW_UPS, NetworkTracking, OpenActions, OrganizationTracking, TrackingRow,
};
use chrono::NaiveDate;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use kernel::directory::{MemberReference, OrganizationReference};
use kernel::schema::{action_item, follow_up, member, membership, organization};
use kernel::{NetworkId, NetworkRole, OrganizationId, Refusal, sql};

use super::action_item::today;
use super::network::seen_by;
use crate::{Result, Store};

/// The operations, as the audit log names them where they show what is confidential.
const READ_NETWORK: &str = "get_network_tracking";
const READ_ORGANIZATION: &str = "get_organization_tracking";

/// A cell of a page.
type Place = (NetworkId, OrganizationId);

impl Store<'_> {
    /// One network, row by row, as far as the caller reads it.
    ///
    /// # Errors
    /// There is no such network that the caller may see, or he reads nothing of the matrix.
    pub fn network_tracking(&mut self, code: &NetworkCode) -> Result<NetworkTracking> {
        let (conn, actor) = self.reading();
        let network: Network = seen_by(code, conn, actor)?;
        let reach = Track::reach(self.actor())?;
        if !reach.shows(network.id) {
            return Err(Track::nothing().into());
        }
        let (at, facts) = self.matrix_facts(None)?;
        let cells = facts.cells.iter().filter(|cell| cell.network_id == network.id);
        let cells: Vec<&CellRow> = cells.filter(|cell| reach.holds(network.id, cell.organization_id)).collect();
        let about = self.about(&[network.id], &places(&cells), &facts)?;
        let follow_ups = self.latest(READ_NETWORK, || follow_up::network_id.eq(network.id).assume_not_null())?;
        let action_items =
            self.still_open(READ_NETWORK, || action_item::network_id.eq(network.id).assume_not_null())?;
        let own = follow_ups.iter().find(|it| it.noun.axis == FollowUpAxis::Network);
        let last_follow_up_on = own.map(|it| it.noun.held_on);
        Ok(NetworkTracking {
            at,
            tally: add_up(&cells),
            health: own.map(|it| it.noun.health),
            last_follow_up_on,
            next_follow_up_due_on: last_follow_up_on.and_then(|day| network.cadence.next(day)),
            rows: about.rows(&cells, &facts),
            network_code: network.code,
            name: network.name,
            cadence: network.cadence,
            follow_ups,
            action_items,
        })
    }

    /// One organization, network by network, as far as the caller reads it: a DICOM with those that it serves.
    ///
    /// # Errors
    /// There is no such organization, or the caller reads nothing of it.
    pub fn organization_tracking(&mut self, id: OrganizationId) -> Result<OrganizationTracking> {
        let row = organization::table.find(id).select(OrganizationReference::as_select());
        let organization = row.first(self.reading().0).optional()?.ok_or(Refusal::NotFound)?;
        let (at, facts) = self.matrix_facts(None)?;
        let served = facts.served.iter().filter(|(dicom, _)| *dicom == id).map(|(_, organization)| *organization);
        let mut added: Vec<OrganizationId> = std::iter::once(id).chain(served).collect();
        added.sort_unstable();
        added.dedup();
        let reach = Reach::of_organization(self.actor(), &added).ok_or(Track::nothing())?;
        let organizations = organization::table.filter(organization::id.eq_any(&added)).order(organization::name);
        let organizations = organizations.select(OrganizationReference::as_select());
        let organizations: Vec<OrganizationReference> = organizations.load(self.reading().0)?;
        let cells = facts.cells.iter().filter(|cell| added.contains(&cell.organization_id));
        let cells = cells.filter(|cell| reach.holds(cell.network_id, cell.organization_id));
        let actor = self.actor();
        let columns: Vec<NetworkId> = facts.columns(actor, &reach).map(|network| network.id).collect();
        let cells: Vec<&CellRow> = cells.filter(|cell| columns.contains(&cell.network_id)).collect();
        let about = self.about(&columns, &added, &facts)?;
        let follow_ups =
            self.latest(READ_ORGANIZATION, || follow_up::organization_id.eq_any(added.clone()).assume_not_null())?;
        let action_items =
            self.still_open(READ_ORGANIZATION, || action_item::owner_organization_id.eq_any(added.clone()))?;
        let own = follow_ups.iter().find(|it| it.noun.axis == FollowUpAxis::Organization);
        Ok(OrganizationTracking {
            at,
            organization,
            organizations: organizations.into_iter().filter(|it| reach.names(it.id)).collect(),
            tally: add_up(&cells),
            health: own.map(|it| it.noun.health),
            last_follow_up_on: own.map(|it| it.noun.held_on),
            rows: about.rows(&cells, &facts),
            follow_ups,
            action_items,
        })
    }

    /// The latest follow-ups of some that the caller sees.
    fn latest<P>(&mut self, action: &'static str, some: impl Fn() -> P) -> Result<Vec<FollowUpView>>
    where
        P: diesel::BoxableExpression<::networks::follow_up::Joined, Pg, SqlType = diesel::sql_types::Bool> + 'static,
    {
        let (conn, actor) = self.reading();
        let some: Box<dyn diesel::BoxableExpression<_, Pg, SqlType = diesel::sql_types::Bool>> = Box::new(some());
        let query = FollowUp::query().filter(visible_follow_ups(actor)).filter(some);
        let query = query.order((follow_up::held_on.desc(), follow_up::id.desc())).limit(FOLLOW_UPS);
        let rows: Vec<FollowUp> = query.load(conn)?;
        self.shows_follow_ups(action, &rows);
        Ok(rows.into_iter().map(|it| self.seen(it)).collect())
    }

    /// What has yet to be done of some actions that the caller sees.
    fn still_open<P>(&mut self, action: &'static str, some: impl Fn() -> P) -> Result<Vec<ActionItemView>>
    where
        P: diesel::BoxableExpression<::networks::action_item::Joined, Pg, SqlType = diesel::sql_types::Bool> + 'static,
    {
        let (conn, actor) = self.reading();
        let some: Box<dyn diesel::BoxableExpression<_, Pg, SqlType = diesel::sql_types::Bool>> = Box::new(some());
        let query = ActionItem::query().filter(visible_actions(actor)).filter(some);
        let query = query.filter(action_item::status.eq(ActionStatus::Open));
        let query = query.order((action_item::due_on, action_item::id)).limit(ACTION_ITEMS);
        let rows: Vec<ActionItem> = query.load(conn)?;
        self.shows_actions(action, &rows);
        Ok(rows.into_iter().map(|it| self.shown_action(it)).collect())
    }

    /// What stands beside the cells of a page, as far as the caller sees it.
    fn about(&mut self, networks: &[NetworkId], at: &[OrganizationId], facts: &Arc<MatrixFacts>) -> Result<About> {
        let (conn, actor) = self.reading();
        let referents = membership::table
            .inner_join(member::table)
            .filter(membership::network_id.eq_any(networks).and(membership::organization_id.eq_any(at)))
            .filter(membership::role.eq(NetworkRole::Referent).and(membership::valid.contains(sql::clock())))
            .order((membership::sort_name, membership::id))
            .select((membership::network_id, membership::organization_id, MemberReference::as_select()));
        let referents: Vec<(NetworkId, OrganizationId, MemberReference)> = referents.load(conn)?;
        let known = |network, at| facts.networks.iter().any(|it| it.id == network && it.names_members(actor, at));
        let referents: Vec<_> = referents.into_iter().filter(|(network, at, _)| known(*network, *at)).collect();
        let overdue = diesel::dsl::sql::<BigInt>("count(*) FILTER (WHERE action_item.due_on < ")
            .bind::<diesel::sql_types::Date, _>(today())
            .sql(")");
        let actions = ::networks::action_item::joined()
            .filter(visible_actions(actor))
            .filter(action_item::status.eq(ActionStatus::Open))
            .filter(action_item::network_id.eq_any(networks).and(action_item::owner_organization_id.eq_any(at)))
            .group_by((action_item::network_id, action_item::owner_organization_id))
            .select((action_item::network_id, action_item::owner_organization_id, diesel::dsl::count_star(), overdue));
        let actions: Vec<OpenActions> = actions.load(conn)?;
        let held = ::networks::follow_up::joined()
            .filter(visible_follow_ups(actor))
            .filter(follow_up::network_id.eq_any(networks).and(follow_up::organization_id.eq_any(at)))
            .distinct_on((follow_up::network_id, follow_up::organization_id))
            .order((follow_up::network_id, follow_up::organization_id, follow_up::held_on.desc(), follow_up::id.desc()))
            .select((follow_up::network_id, follow_up::organization_id, follow_up::health, follow_up::held_on));
        let held: Vec<(Option<NetworkId>, Option<OrganizationId>, Health, NaiveDate)> = held.load(conn)?;
        let mut about = About { codes: codes(facts), ..About::default() };
        for (network, organization, referent) in referents {
            about.referents.entry((network, organization)).or_default().push(referent);
        }
        let actions =
            actions.into_iter().filter_map(|it| Some(((it.network_id?, it.organization_id), (it.open, it.overdue))));
        about.actions = actions.collect();
        about.held =
            held.into_iter().filter_map(|(network, at, health, day)| Some(((network?, at?), (health, day)))).collect();
        Ok(about)
    }
}

/// What stands beside the cells of a page.
#[derive(Default)]
struct About {
    codes: HashMap<NetworkId, NetworkCode>,
    referents: HashMap<Place, Vec<MemberReference>>,
    actions: HashMap<Place, (i64, i64)>,
    held: HashMap<Place, (Health, NaiveDate)>,
}

impl About {
    /// The rows of a page, in the order of the facts: networks by name, organizations by name.
    fn rows(&self, cells: &[&CellRow], facts: &MatrixFacts) -> Vec<TrackingRow> {
        let names: HashMap<OrganizationId, (usize, &OrganizationReference)> =
            facts.organizations.iter().enumerate().map(|(place, it)| (it.id, (place, it))).collect();
        let columns: HashMap<NetworkId, usize> =
            facts.networks.iter().enumerate().map(|(place, it)| (it.id, place)).collect();
        let mut placed: Vec<_> = cells
            .iter()
            .filter_map(|cell| {
                let (place, organization) = names.get(&cell.organization_id)?;
                let code = self.codes.get(&cell.network_id)?;
                Some(((columns.get(&cell.network_id)?, place), self.row(cell, code, organization)))
            })
            .collect();
        placed.sort_by_key(|(place, _)| *place);
        placed.into_iter().map(|(_, row)| row).collect()
    }

    fn row(&self, cell: &CellRow, code: &NetworkCode, organization: &OrganizationReference) -> TrackingRow {
        let place = (cell.network_id, cell.organization_id);
        let mut tally = Tally::default();
        tally += cell;
        let (open_actions, overdue_actions) = self.actions.get(&place).copied().unwrap_or_default();
        let held = self.held.get(&place);
        TrackingRow {
            network_code: code.clone(),
            organization: organization.clone(),
            tally,
            referents: self.referents.get(&place).cloned().unwrap_or_default(),
            open_actions,
            overdue_actions,
            health: held.map(|(health, _)| *health),
            last_follow_up_on: held.map(|(_, day)| *day),
        }
    }
}

fn codes(facts: &MatrixFacts) -> HashMap<NetworkId, NetworkCode> {
    facts.networks.iter().map(|it| (it.id, it.column.network_code.clone())).collect()
}

fn places(cells: &[&CellRow]) -> Vec<OrganizationId> {
    cells.iter().map(|cell| cell.organization_id).collect()
}

fn add_up(cells: &[&CellRow]) -> Tally {
    let mut tally = Tally::default();
    for cell in cells {
        tally += *cell;
    }
    tally
}
