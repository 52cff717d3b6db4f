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
    /// What people call a reorganization.
    ReorganizationTitle, 1..=200, Line
);

codes! {
    /// Where a reorganization stands.
    ReorganizationStatus {
        Draft = "draft" ("projet", "draft"),
        Applied = "applied" ("appliquée", "applied"),
        Withdrawn = "withdrawn" ("retirée", "withdrawn"),
    }
}

/// Renames, merges, splits and new links of organizations, done at one instant.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema, HasQuery)]
#[diesel(table_name = reorganization, check_for_backend(Pg))]
pub struct Reorganization {
    /// Its identifier.
    pub id: ReorganizationId,
    /// What people call it.
    pub title: ReorganizationTitle,
    /// What it does, as it was asked.
    #[schema(value_type = Vec<Operation>, min_items = 1, max_items = 50)]
    pub operations: Operations,
    /// Where it stands.
    pub status: ReorganizationStatus,
    /// When it was applied.
    pub applied_at: Option<DateTime<Utc>>,
    /// Of one draft that is read, what it would do now, absent if it could not be done; of what was applied, what it did.
    /// The SIG reads names in it; whoever else reads it, figures alone, and no network that he may not know of.
    pub impact: Option<ReorganizationImpact>,
    /// Grows at each change.
    pub version: Version,
    /// When it was recorded.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// Who recorded it.
    pub created_by: PrincipalId,
    /// Who last changed it.
    pub updated_by: PrincipalId,
}

/// A reorganization to draft, or to try.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema, Insertable)]
#[diesel(table_name = reorganization)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"title": "Remaniement du 6 janvier", "operations": [
    {"type": "merge", "organization_ids": ["01900000-0000-7000-8000-000000000101", "01900000-0000-7000-8000-000000000102"],
     "into": {"new": {"ref": "nouveau", "name": "Ministère de la Santé et du Travail", "kind": "ministry"}}},
    {"type": "relink", "dicom": {"organization_id": "01900000-0000-7000-8000-000000000103"}, "serves": [{"ref": "nouveau"}]}
]}))]
pub struct ReorganizationInput {
    /// What people call it.
    pub title: ReorganizationTitle,
    /// What it does, in this order.
    #[validate(length(min = 1, max = 50), nested)]
    #[schema(min_items = 1, max_items = 50)]
    #[diesel(serialize_as = Operations)]
    pub operations: Vec<Operation>,
}

/// Which reorganizations of the list.
#[derive(Debug, Clone, Copy, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ReorganizationFilter {
    /// Where they stand.
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

const READERS: Label = Label { fr: "Réservé au SIG et à l'auditeur.", en: "For the SIG and the auditor only." };

impl Target for ReorganizationInput {}

fn reads(actor: &Actor) -> bool {
    actor.is_sig() || actor.is_auditor()
}

/// List the reorganizations: what is being prepared is nobody else's.
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
    /// See a reorganization: the SIG and the auditor; for all others there is none.
    Read(ReorganizationId) on Reorganization as "get_reorganization", Reorganization,
    |actor, _| Ruling::seen(reads(actor))
);

/// What `Read` says one by one, for all: where every read starts.
#[must_use]
pub fn visible(actor: &Actor) -> Box<dyn BoxableExpression<reorganization::table, Pg, SqlType = Bool>> {
    Box::new(<bool as AsExpression<Bool>>::as_expression(reads(actor)))
}

action!(
    /// Say what a reorganization would do: it is done whole and taken back.
    Preview(ReorganizationInput) on Reorganization as "preview_reorganization", (),
    |actor, ()| of_the_sig(actor);
    of_the_sig
);

action!(
    /// Draft a reorganization.
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
    /// Withdraw a reorganization that will not be.
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
