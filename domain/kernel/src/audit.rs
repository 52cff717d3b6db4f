//! The audit log: what was done, refused, or read on the record. Ids and names of fields alone, never what they hold.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::schema::audit_event;
use crate::{Action, Actor, Label, Page, PrincipalId, Ruling, SearchWords, codes};

codes! {
    /// How a call ended, for the audit log.
    AuditOutcome {
        Done = "done" ("fait", "done"),
        Refused = "refused" ("refusé", "refused"),
        Read = "read" ("lu", "read"),
    }
}

/// One line of the audit log.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema, HasQuery)]
#[diesel(table_name = audit_event, check_for_backend(Pg))]
pub struct AuditEvent {
    /// Its place in the log.
    pub position: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub principal_id: PrincipalId,
    /// The operation of this contract.
    #[schema(max_length = 100)]
    pub action: String,
    /// What kind of object.
    #[schema(max_length = 100)]
    pub noun: String,
    /// Which one: its identifier or its code.
    #[schema(max_length = 100)]
    pub object: Option<String>,
    /// Its version afterwards.
    pub object_version: Option<i32>,
    /// How it ended.
    pub outcome: AuditOutcome,
    /// Why it was refused, for programs.
    #[schema(max_length = 100)]
    pub reason: Option<String>,
    /// The names of the fields that changed.
    #[schema(max_items = 100)]
    pub changed_fields: Vec<String>,
    /// The request, as answers name it in `X-Request-Id`.
    pub request_id: Option<Uuid>,
}

/// Which lines of the log.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct AuditFilter {
    /// Of this principal.
    pub principal_id: Option<PrincipalId>,
    /// On this object: its identifier or its code.
    #[param(inline)]
    pub object: Option<SearchWords>,
    /// Of this operation.
    #[param(inline)]
    pub action: Option<SearchWords>,
    /// That ended so.
    #[param(inline)]
    pub outcome: Option<AuditOutcome>,
}

/// A page of the log, the latest line first.
pub type AuditEventPage = Page<AuditEvent>;

/// Read the audit log: the SIG administrator and the auditor, on the record.
#[derive(Debug, Clone)]
pub struct List;

const READERS: Label = Label {
    fr: "Réservé à l'administrateur SIG et à l'auditeur.",
    en: "For the SIG administrator and the auditor only.",
};

impl Action for List {
    type Facts = ();
    const NAME: &'static str = "list_audit_events";

    fn rule(actor: &Actor, (): &()) -> Ruling {
        Ruling::Allow.and(actor.is_sig_admin() || actor.is_auditor(), READERS)
    }

    fn object(&self) -> (&'static str, Option<String>) {
        ("audit_event", None)
    }
}
