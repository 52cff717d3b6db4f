//! Voiding: a fact that should never have been is taken out of valid time, on every day; the history keeps it, with the
//! reason.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::{Version, text};

text!(
    /// Reason why a fact should never have been recorded.
    VoidReason, 1..=500, Line
);

/// Reason for voiding a fact (annulation): it should never have been recorded.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "Saisie sur un homonyme."}))]
pub struct Voiding {
    /// Why the fact should never have been recorded. The history keeps it.
    pub reason: VoidReason,
}

/// A fact that was voided.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Voided {
    /// Identifier that the fact had.
    pub id: Uuid,
    /// Last version of the fact.
    pub version: Version,
    /// When it was voided (UTC).
    pub voided_at: DateTime<Utc>,
    /// Why it should never have been recorded.
    pub reason: VoidReason,
}
