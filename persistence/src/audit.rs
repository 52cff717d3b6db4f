//! The lines of the audit log that do not come from a change: refusals and reads on the record.

use diesel::prelude::*;
use kernel::audit::AuditOutcome;
use kernel::schema::audit_event;
use kernel::{PrincipalId, Refusal, sql};

use crate::Result;
use crate::actor::principal_of;
use crate::call::Call;

/// An action that was asked for.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) action: &'static str,
    pub(crate) noun: &'static str,
    pub(crate) object: Option<String>,
}

/// Writes that a caller was refused. A caller who is not registered leaves no line.
pub(crate) fn refused(conn: &mut PgConnection, call: &Call, asked: &Asked, refusal: &Refusal) -> Result<()> {
    let Some(who) = principal_of(conn, &call.caller)? else { return Ok(()) };
    let reason = if matches!(refusal, Refusal::NotFound) { "hidden" } else { "forbidden" };
    line(conn, call, who, asked, AuditOutcome::Refused, Some(reason))
}

/// Writes that something was done that changed no fact.
pub(crate) fn done(conn: &mut PgConnection, call: &Call, who: PrincipalId, asked: &Asked) -> Result<()> {
    line(conn, call, who, asked, AuditOutcome::Done, None)
}

/// Writes that something was read on the record.
pub(crate) fn read(conn: &mut PgConnection, call: &Call, who: PrincipalId, asked: &Asked) -> Result<()> {
    line(conn, call, who, asked, AuditOutcome::Read, None)
}

/// Writes that objects were shown, all in one statement.
pub(crate) fn shown(conn: &mut PgConnection, call: &Call, who: PrincipalId, all: &[Asked]) -> Result<()> {
    let (principal, behalf) = acting(call, who);
    let row = |it: &Asked| {
        (
            audit_event::at.eq(sql::clock()),
            audit_event::principal_id.eq(principal),
            audit_event::on_behalf_of.eq(behalf),
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

/// Who acts, and on whose behalf: of a person's session that a service account holds, the account acts.
fn acting(call: &Call, who: PrincipalId) -> (PrincipalId, Option<PrincipalId>) {
    match &call.caller.session {
        Some(session) if session.member.is_some() => (session.account.into(), Some(who)),
        _ => (who, None),
    }
}

fn line(
    conn: &mut PgConnection,
    call: &Call,
    who: PrincipalId,
    asked: &Asked,
    outcome: AuditOutcome,
    reason: Option<&str>,
) -> Result<()> {
    let (principal, behalf) = acting(call, who);
    let row = (
        audit_event::at.eq(sql::clock()),
        audit_event::principal_id.eq(principal),
        audit_event::on_behalf_of.eq(behalf),
        audit_event::action.eq(asked.action),
        audit_event::noun.eq(asked.noun),
        audit_event::object.eq(&asked.object),
        audit_event::outcome.eq(outcome),
        audit_event::reason.eq(reason),
        audit_event::request_id.eq(call.request),
    );
    diesel::insert_into(audit_event::table).values(row).execute(conn)?;
    Ok(())
}
