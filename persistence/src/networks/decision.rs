//! SQL of decisions.

use ::networks::decision::{
    Create, Decision, DecisionFilter, DecisionInput, DecisionPage, DecisionPatch, DecisionView, Read, Update,
};
use ::networks::follow_up::FollowUp;
use ::networks::follow_up::seen_ids;
use ::networks::tracking_page::DECISIONS;
use diesel::pg::Pg;
use diesel::prelude::*;
use kernel::schema::{decision, follow_up, network};
use kernel::{Action as _, DecisionId, FollowUpId, Grant, NetworkId, OrganizationId, PageQuery, Versions, in_order};

use crate::idempotency::again;
use crate::kept::{kept, known};
use crate::page::{DOWN, UP, counted, keyset};
use crate::stamps::born;
use crate::{Result, Store};

impl Store<'_> {
    /// The decisions that the caller may see, the latest first.
    ///
    /// # Errors
    /// The cursor is none of ours.
    pub fn decisions(&mut self, filter: &DecisionFilter, page: &PageQuery) -> Result<DecisionPage> {
        in_order(filter.from, filter.to, "/to")?;
        let places = self.places(filter.organization_id, None)?;
        let (conn, actor) = self.reading();
        let all = || {
            let mut query = Decision::query().filter(decision::follow_up_id.eq_any(seen_ids(actor))).into_boxed::<Pg>();
            if let Some(code) = &filter.network_code {
                query = query.filter(network::code.nullable().eq(code.clone()));
            }
            for place in &places {
                query = query.filter(follow_up::organization_id.eq_any(place).assume_not_null());
            }
            if let Some(day) = filter.from {
                query = query.filter(decision::decided_on.ge(day));
            }
            if let Some(day) = filter.to {
                query = query.filter(decision::decided_on.le(day));
            }
            query
        };
        let count = counted(conn, filter.count, all())?;
        let key = |it: &Decision| (it.decided_on, it.id);
        let found = keyset!(conn, all(), page, DOWN, key => decision::decided_on, decision::id).counted(count);
        self.shows_decisions("list_decisions", &found.items);
        Ok(found.map(|it| self.seen(it)))
    }

    /// The latest decisions on a network or on some organizations, for their page.
    pub(super) fn latest_decisions(
        &mut self,
        action: &'static str,
        network: Option<NetworkId>,
        organizations: Option<&[OrganizationId]>,
    ) -> Result<Vec<DecisionView>> {
        let (conn, actor) = self.reading();
        let mut query = Decision::query().filter(decision::follow_up_id.eq_any(seen_ids(actor))).into_boxed::<Pg>();
        if let Some(network) = network {
            query = query.filter(follow_up::network_id.eq(network).assume_not_null());
        }
        if let Some(organizations) = organizations {
            query = query.filter(follow_up::organization_id.eq_any(organizations).assume_not_null());
        }
        let query = query.order((decision::decided_on.desc(), decision::id.desc())).limit(DECISIONS);
        let rows: Vec<Decision> = query.load(conn)?;
        self.shows_decisions(action, &rows);
        Ok(rows.into_iter().map(|it| self.seen(it)).collect())
    }

    /// The decisions of a follow-up, in the order in which they were recorded.
    ///
    /// # Errors
    /// There is no such follow-up that the caller may see; the cursor is none of ours.
    pub fn follow_up_decisions(&mut self, id: FollowUpId, page: &PageQuery) -> Result<DecisionPage> {
        self.permit_on_follow_up(id, "list_follow_up_decisions")?;
        let query = Decision::query().filter(decision::follow_up_id.eq(id)).into_boxed();
        let found = keyset!(self.reading().0, query, page, UP, |it: &Decision| it.id => decision::id);
        Ok(found.map(|it| self.seen(it)))
    }

    /// One decision.
    ///
    /// # Errors
    /// There is none that the caller may see.
    pub fn decision(&mut self, id: DecisionId) -> Result<DecisionView> {
        let it = self.permit(Read(id))?;
        self.shows_decisions(Read::NAME, std::slice::from_ref(&it));
        Ok(self.seen(it))
    }

    /// Notes for the audit log which of these decisions come from a confidential follow-up.
    fn shows_decisions(&mut self, action: &'static str, all: &[Decision]) {
        let confidential = all.iter().filter(|it| it.scope.is_confidential()).map(|it| it.id.0);
        self.shows::<Decision>(action, confidential);
    }

    /// Creates a decision in the follow-up that was granted.
    ///
    /// # Errors
    /// The database failed.
    pub fn create_follow_up_decision(&mut self, grant: Grant<Create>, new: DecisionInput) -> Result<DecisionView> {
        let created = self.write(grant, |writer, _, Create(about), _| {
            new.decided_on.has_come("/decided_on")?;
            let id = DecisionId::fresh();
            let row = (new, decision::id.eq(id), decision::follow_up_id.eq(about), born!(decision, writer));
            writer.create::<Decision, _, _>(row)
        })?;
        Ok(self.seen(created))
    }

    /// Changes the decision that was granted.
    ///
    /// # Errors
    /// It is no longer as the caller saw it.
    pub fn update_decision(
        &mut self,
        grant: Grant<Update>,
        seen: Versions,
        patch: DecisionPatch,
    ) -> Result<DecisionView> {
        let changed = self.write_on(grant, seen, |writer, _, _, before| {
            patch.decided_on.map_or(Ok(()), |day| day.has_come("/decided_on"))?;
            writer.change(&before, patch)
        })?;
        Ok(self.seen(changed))
    }
}

known!(read Decision: Read);

known!(lock FollowUp: Create);
known!(lock Decision: Update);

again!(DecisionView as DecisionId => decision);

kept!(Decision: decision {});
