//! Reorganization (remaniement): renames, merges, splits and new links of organizations, done at one instant.

mod impact;
mod operation;
pub mod plan;

use chrono::{DateTime, Utc};
use diesel::BoxableExpression;
use diesel::expression::AsExpression;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::Bool;
pub use impact::{
    ImpactEffect, ImpactKind, ImpactNetwork, ImpactObject, JoinedMembership, MOST_NAMED, ReorganizationImpact,
};
use kernel::policy::Target;
use kernel::schema::reorganization;
use kernel::{
    Actor, Label, Noun, Offer, Page, PrincipalId, Refusal, ReorganizationId, Ruling, Seen, Version, action, codes, text,
};
pub use operation::{
    Assignment, LocalRef, Merge, Operation, Operations, Place, Relink, Rename, Split, Successor, SuccessorInput,
};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

text!(
    /// Title of a reorganization, for people.
    ReorganizationTitle, 1..=200, Line
);

codes! {
    /// Status of a reorganization.
    ReorganizationStatus {
        Draft = "draft" ("projet", "draft"),
        Applied = "applied" ("appliquée", "applied"),
        Withdrawn = "withdrawn" ("retirée", "withdrawn"),
    }
}

/// Reorganization (réorganisation, remaniement): renames, merges, splits and new links of organizations, done at one
/// instant.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema, HasQuery)]
#[diesel(table_name = reorganization, check_for_backend(Pg))]
pub struct Reorganization {
    /// Identifier of the reorganization.
    pub id: ReorganizationId,
    /// Title, for people.
    pub title: ReorganizationTitle,
    /// Operations, in the order in which they are done.
    #[schema(value_type = Vec<Operation>, min_items = 1, max_items = 50)]
    pub operations: Operations,
    /// Status of the reorganization.
    pub status: ReorganizationStatus,
    /// When it was applied (UTC). Absent: not applied.
    pub applied_at: Option<DateTime<Utc>>,
    /// For a draft that is read alone: what it would do now; absent if it can no longer be done. For an applied one:
    /// what it did. Auditors get figures without names, and no networks hidden from them.
    pub impact: Option<ReorganizationImpact>,
    /// Version of the reorganization: 1 when it is created, one more with each change.
    pub version: Version,
    /// When the reorganization was recorded (UTC).
    pub created_at: DateTime<Utc>,
    /// When the reorganization last changed (UTC).
    pub updated_at: DateTime<Utc>,
    /// Identifier of the principal who recorded it (a member, a service account or the system).
    pub created_by: PrincipalId,
    /// Identifier of the principal who last changed it (a member, a service account or the system).
    pub updated_by: PrincipalId,
}

/// A reorganization to create, or to try.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema, Insertable)]
#[diesel(table_name = reorganization)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"title": "Remaniement du 6 janvier", "operations": [
    {"type": "merge", "organization_ids": ["01900000-0000-7000-8000-000000000101", "01900000-0000-7000-8000-000000000102"],
     "into": {"new": {"ref": "nouveau", "name": "Ministère de la Santé et du Travail", "kind": "ministry"}}},
    {"type": "relink", "dicom": {"organization_id": "01900000-0000-7000-8000-000000000103"}, "serves": [{"ref": "nouveau"}]}
]}))]
pub struct ReorganizationInput {
    /// Title, for people.
    pub title: ReorganizationTitle,
    /// Operations, in the order in which to do them.
    #[validate(length(min = 1, max = 50), nested)]
    #[schema(min_items = 1, max_items = 50)]
    #[diesel(serialize_as = Operations)]
    pub operations: Vec<Operation>,
}

/// Filters of the list of reorganizations.
#[derive(Debug, Clone, Copy, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ReorganizationFilter {
    /// Keeps only reorganizations with this status.
    pub status: Option<ReorganizationStatus>,
}

/// A reorganization as the caller sees it.
pub type ReorganizationView = Seen<Reorganization>;
/// A page of reorganizations.
pub type ReorganizationPage = Page<ReorganizationView>;

impl Noun for Reorganization {
    const NAME: &'static str = "reorganization";
    const COLLECTION: &'static str = "reorganizations";
    const OFFERS: &'static [Offer<Self>] = &[Offer::of::<Read>(), Offer::of::<Apply>(), Offer::of::<Withdraw>()];

    kernel::versioned!();
}

const READERS: Label = Label {
    fr: "La lecture des réorganisations est réservée au SIG et aux personnes chargées de l’audit.",
    en: "Only the SIG and auditors may read reorganizations.",
};

impl Target for ReorganizationInput {}

fn reads(actor: &Actor) -> bool {
    actor.is_sig() || actor.is_auditor()
}

/// List the reorganizations: only the SIG and auditors may know what is being prepared.
#[derive(Debug, Clone, Copy)]
pub struct List;

impl kernel::Action for List {
    type Facts = ();
    const NAME: &'static str = "list_reorganizations";

    fn rule(actor: &Actor, (): &()) -> Ruling {
        Ruling::Allow.and(reads(actor), READERS)
    }

    fn object(&self) -> (&'static str, Option<String>) {
        (Reorganization::NAME, None)
    }
}

action!(
    /// See a reorganization: the SIG and auditors; for all others it does not exist.
    Read(ReorganizationId) on Reorganization as "get_reorganization", Reorganization,
    |actor, _| Ruling::seen(reads(actor))
);

/// The rule of `Read` as a condition of a query: every list starts from it.
#[must_use]
pub fn visible(actor: &Actor) -> Box<dyn BoxableExpression<reorganization::table, Pg, SqlType = Bool>> {
    Box::new(<bool as AsExpression<Bool>>::as_expression(reads(actor)))
}

action!(
    /// Compute the impact of a reorganization: it is carried out and taken back.
    Preview(ReorganizationInput) on Reorganization as "preview_reorganization", (),
    |actor, ()| of_the_sig(actor);
    of_the_sig
);

action!(
    /// Create a draft of a reorganization.
    Create(ReorganizationInput) on Reorganization as "create_reorganization", (),
    |actor, ()| of_the_sig(actor);
    of_the_sig
);

fn of_the_sig(actor: &Actor) -> Ruling {
    Ruling::Allow.for_sig(actor)
}

action!(
    /// Apply a reorganization: all of it, at once.
    Apply(ReorganizationId) on Reorganization as "apply_reorganization", Reorganization,
    |actor, it| Read::rule(actor, it).for_sig(actor), is_draft;
    |actor| Ruling::seen(reads(actor))
);

action!(
    /// Withdraw a draft that will not be applied.
    Withdraw(ReorganizationId) on Reorganization as "withdraw_reorganization", Reorganization,
    |actor, it| Read::rule(actor, it).for_sig(actor), is_draft;
    |actor| Ruling::seen(reads(actor))
);

fn is_draft(it: &Reorganization) -> Result<(), Refusal> {
    match it.status {
        ReorganizationStatus::Draft => Ok(()),
        ReorganizationStatus::Applied | ReorganizationStatus::Withdrawn => {
            Err(Refusal::Illegal { allowed: Vec::new() })
        }
    }
}
