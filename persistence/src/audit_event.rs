//! SQL that reads the audit log.

use diesel::prelude::*;
use kernel::PageQuery;
use kernel::audit::{AuditEvent, AuditEventPage, AuditFilter, List};
use kernel::schema::audit_event;

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
        let mut query = AuditEvent::query().into_boxed();
        if let Some(who) = filter.principal_id {
            query = query.filter(audit_event::principal_id.eq(who));
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
        Ok(keyset!(self.reading().0, query, page, DOWN, key => audit_event::position))
    }
}
