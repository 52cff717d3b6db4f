//! SQL that reads the audit log.

use std::collections::HashSet;

use diesel::prelude::*;
use kernel::audit::{AuditEvent, AuditEventPage, AuditFilter, List};
use kernel::schema::{audit_event, network};
use kernel::{Actor, NetworkId, PageQuery};

use crate::kept::known;
use crate::page::{DOWN, keyset};
use crate::{Result, Store};

known!(nothing: List);

impl Store<'_> {
    /// The audit log, the latest line first.
    ///
    /// # Errors
    /// The caller may not read it; the cursor belongs to another list.
    pub fn audit_events(&mut self, filter: AuditFilter, page: &PageQuery) -> Result<AuditEventPage> {
        self.permit_on_record(List)?;
        let (conn, actor) = self.reading();
        let hidden = hidden_from(conn, actor)?;
        if filter.object.as_ref().is_some_and(|object| hidden.contains(object.as_ref())) {
            return Ok(AuditEventPage { items: Vec::new(), next: None, count: None, facets: None });
        }
        let mut query = AuditEvent::query().into_boxed();
        if let Some(who) = filter.principal_id {
            let behalf = audit_event::on_behalf_of.eq(who).assume_not_null();
            query = query.filter(audit_event::principal_id.eq(who).or(behalf));
        }
        if let Some(object) = filter.object {
            query = query.filter(audit_event::object.eq(object.to_string()));
        }
        if let Some(action) = filter.action {
            query = query.filter(audit_event::action.eq(action.to_string()));
        }
        if let Some(outcome) = filter.outcome {
            query = query.filter(audit_event::outcome.eq(outcome));
        }
        let key = |event: &AuditEvent| event.position;
        let found = keyset!(self.reading().0, query, page, DOWN, key => audit_event::position);
        Ok(found.map(|it| AuditEvent { object: it.object.filter(|object| !hidden.contains(object)), ..it }))
    }
}

/// The codes and identifiers of the networks that are hidden from a reader of the log: their lines stand in it without them.
fn hidden_from(conn: &mut PgConnection, actor: &Actor) -> Result<HashSet<String>> {
    let hidden = network::table.filter(network::visibility.eq("hidden")).select((network::id, network::code));
    let hidden: Vec<(NetworkId, String)> = hidden.load(conn)?;
    let unknown = hidden.into_iter().filter(|(id, _)| !actor.is_sig() && !actor.sits_in(*id));
    Ok(unknown.flat_map(|(id, code)| [id.to_string(), code]).collect())
}
