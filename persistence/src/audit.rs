//! SQL of the audit log: the lines that no change leaves (refusals, reads on the record), and its reading.

use diesel::prelude::*;
use kernel::audit::{AuditEvent, AuditEventPage, AuditFilter, AuditOutcome, List};
use kernel::schema::{audit_event, identity};
use kernel::{PageQuery, PrincipalId, Refusal, sql};
use uuid::Uuid;

use crate::database::Call;
use crate::page::{DOWN, keyset};
use crate::store::{Asked, known};
use crate::{Result, Store};

/// Writes that a caller was refused. One whom we do not know leaves no line: he was refused by his token.
pub(crate) fn refused(conn: &mut PgConnection, call: &Call, asked: &Asked, refusal: &Refusal) -> Result<()> {
    let who = identity::table.find((&call.caller.issuer, &call.caller.subject)).select(identity::principal_id);
    let Some(who) = who.first::<PrincipalId>(conn).optional()? else { return Ok(()) };
    let reason = if matches!(refusal, Refusal::NotFound) { "hidden" } else { "forbidden" };
    line(conn, call.request, who, asked, AuditOutcome::Refused, Some(reason))
}

/// Writes that something was done that changed no fact.
pub(crate) fn done(conn: &mut PgConnection, call: &Call, who: PrincipalId, asked: &Asked) -> Result<()> {
    line(conn, call.request, who, asked, AuditOutcome::Done, None)
}

/// Writes that something was read on the record.
pub(crate) fn read(conn: &mut PgConnection, call: &Call, who: PrincipalId, asked: &Asked) -> Result<()> {
    line(conn, call.request, who, asked, AuditOutcome::Read, None)
}

/// Writes that objects were shown, all in one statement.
pub(crate) fn shown(conn: &mut PgConnection, call: &Call, who: PrincipalId, all: &[Asked]) -> Result<()> {
    let row = |it: &Asked| {
        (
            audit_event::at.eq(sql::clock()),
            audit_event::principal_id.eq(who),
            audit_event::action.eq(it.action),
            audit_event::noun.eq(it.noun),
            audit_event::object.eq(it.object.clone()),
            audit_event::outcome.eq(AuditOutcome::Read),
            audit_event::request_id.eq(call.request),
        )
    };
    let rows: Vec<_> = all.iter().map(row).collect();
    diesel::insert_into(audit_event::table).values(rows).execute(conn)?;
    Ok(())
}

fn line(
    conn: &mut PgConnection,
    request: Uuid,
    who: PrincipalId,
    asked: &Asked,
    outcome: AuditOutcome,
    reason: Option<&str>,
) -> Result<()> {
    let row = (
        audit_event::at.eq(sql::clock()),
        audit_event::principal_id.eq(who),
        audit_event::action.eq(asked.action),
        audit_event::noun.eq(asked.noun),
        audit_event::object.eq(&asked.object),
        audit_event::outcome.eq(outcome),
        audit_event::reason.eq(reason),
        audit_event::request_id.eq(request),
    );
    diesel::insert_into(audit_event::table).values(row).execute(conn)?;
    Ok(())
}

known!(nothing: List);

impl Store<'_> {
    /// The audit log, the latest line first.
    ///
    /// # Errors
    /// The caller may not read it; the cursor is none of ours.
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
