//! The audit log: what was done, refused, or read on the record. Identifiers and names of fields only, never values.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::directory::MemberReference;
use crate::named::MaybeNamed;
use crate::schema::audit_event;
use crate::{Action, Actor, Label, Page, PrincipalId, Ruling, SearchWords, codes};

codes! {
    /// How an operation ended, as the audit log tells it.
    AuditOutcome {
        Done = "done" ("fait", "done"),
        Refused = "refused" ("refusé", "refused"),
        Read = "read" ("lu", "read"),
    }
}

/// A line of the audit log. It holds identifiers and names of fields, never their values.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema, HasQuery)]
#[diesel(table_name = audit_event, check_for_backend(Pg))]
pub struct AuditEvent {
    /// Place in the log: grows with each line.
    pub position: i64,
    /// When it happened (UTC).
    pub at: DateTime<Utc>,
    /// Identifier of the principal who called: of a person's session that a service account holds, the service account.
    pub principal_id: PrincipalId,
    /// Member who called, by present name. Absent: it was not a member.
    #[diesel(select_expression = MaybeNamed::default(), select_expression_type = MaybeNamed<MemberReference, audit_event::principal_id>)]
    pub principal: Option<MemberReference>,
    /// Member on whose behalf a service account called, by present name. Absent: the principal called for itself.
    #[diesel(select_expression = MaybeNamed::default(), select_expression_type = MaybeNamed<MemberReference, audit_event::on_behalf_of>)]
    pub on_behalf_of: Option<MemberReference>,
    /// Operation of this contract (`operationId`), or `issue_token` or `revoke_token` of the token endpoint.
    #[schema(max_length = 100)]
    pub action: String,
    /// Kind of object, for example `member`.
    #[schema(max_length = 100)]
    pub noun: String,
    /// Identifier or code of the object. Absent if it is about no single object.
    #[schema(max_length = 100)]
    pub object: Option<String>,
    /// Version of the object after the change. Absent if nothing changed.
    pub object_version: Option<i32>,
    /// How the operation ended.
    pub outcome: AuditOutcome,
    /// Why it was refused: `forbidden` or `hidden`. Absent if it was not refused.
    #[schema(max_length = 100)]
    pub reason: Option<String>,
    /// Names of the fields that changed. Empty if nothing changed.
    #[schema(max_items = 100)]
    pub changed_fields: Vec<String>,
    /// Identifier of the request, which its answer gave in `X-Request-Id`. Absent if no request caused it.
    pub request_id: Option<Uuid>,
}

/// Filters of the audit log.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct AuditFilter {
    /// Keeps only lines of this principal, those in which a service account acted on their behalf among them.
    pub principal_id: Option<PrincipalId>,
    /// Keeps only lines about this object: its identifier or its code.
    #[param(inline)]
    pub object: Option<SearchWords>,
    /// Keeps only lines of this operation (`operationId`).
    #[param(inline)]
    pub action: Option<SearchWords>,
    /// Keeps only lines that ended like this.
    #[param(inline)]
    pub outcome: Option<AuditOutcome>,
}

/// A page of the log, the latest line first.
pub type AuditEventPage = Page<AuditEvent>;

/// Read the audit log: the SIG administrator and the auditor, on the record.
#[derive(Debug, Clone)]
pub struct List;

const READERS: Label = Label {
    fr: "La lecture du journal d’audit est réservée à l’administration du SIG et aux personnes chargées de l’audit.",
    en: "Only SIG administrators and auditors may read the audit log.",
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
