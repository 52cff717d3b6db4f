//! Voiding: a fact that should never have been is taken out of valid time, on every day; the history keeps it, with the
//! reason.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::{Version, text};

text!(
    /// Why a fact should never have been.
    VoidReason, 1..=500, Line
);

/// Why a fact is voided.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "Saisie sur un homonyme."}))]
pub struct Voiding {
    /// Why it should never have been. The history keeps it.
    pub reason: VoidReason,
}

/// A fact that was voided.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Voided {
    /// The identifier that it had.
    pub id: Uuid,
    /// Its last version.
    pub version: Version,
    /// When it was voided.
    pub voided_at: DateTime<Utc>,
    /// Why.
    pub reason: VoidReason,
}
