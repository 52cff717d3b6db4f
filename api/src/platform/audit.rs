//! HTTP of the audit log.

use actix_web::get;
use kernel::PageQuery;
use kernel::audit::{AuditEventPage, AuditFilter};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::Answer;
use crate::db::Db;
use crate::extract::Listing;

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_audit_events);
}

/// List audit events
///
/// Returns the lines of the audit log, the latest first: what was done, what was refused, and what was read on the
/// record. A line holds identifiers and names of fields, never values.
///
/// **Access**: SIG administrators, auditors.
///
/// **Notes**: Each reading of the log leaves a line itself.
#[utoipa::path(tag = "platform", params(AuditFilter, PageQuery), responses((status = 200, body = AuditEventPage)))]
#[get("/audit-events")]
async fn list_audit_events(db: Db, list: Listing<AuditFilter>) -> Answer<AuditEventPage> {
    db.read_on_record(move |store| store.audit_events(list.filter.clone(), &list.page)).await
}
