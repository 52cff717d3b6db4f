//! Where what rests on an organization goes when it is merged or split.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use kernel::{AffiliationId, OrganizationId, Validity};
use members::affiliation::Affiliation;

/// Where what rests on the organizations of one operation goes.
#[derive(Debug, Default)]
pub(crate) struct Moving {
    /// Where the operation stands in the plan.
    pub(crate) pointer: String,
    /// Who lives on.
    pub(crate) successors: Vec<OrganizationId>,
    /// Those that go, each with the one that takes what is not assigned.
    pub(crate) heirs: BTreeMap<OrganizationId, OrganizationId>,
    /// Affiliations that are assigned.
    pub(crate) affiliations: BTreeMap<AffiliationId, OrganizationId>,
    /// Organizations below that are assigned.
    pub(crate) below: BTreeMap<OrganizationId, OrganizationId>,
}

impl Moving {
    /// Those that go.
    pub(crate) fn gone(&self) -> Vec<OrganizationId> {
        self.heirs.keys().copied().collect()
    }

    /// Whether an organization goes.
    pub(crate) fn takes(&self, id: OrganizationId) -> bool {
        self.heirs.contains_key(&id)
    }

    /// Who stands in the place of an organization: its heir, or itself.
    pub(crate) fn heir(&self, id: OrganizationId) -> OrganizationId {
        self.heirs.get(&id).copied().unwrap_or(id)
    }

    /// Where an affiliation goes.
    pub(crate) fn heir_of(&self, it: &Affiliation) -> OrganizationId {
        self.affiliations.get(&it.id).copied().unwrap_or_else(|| self.heir(it.organization_id))
    }
}

/// What is left of a time from an instant on, within another.
pub(crate) fn capped(valid: Validity, from: DateTime<Utc>, within: Option<DateTime<Utc>>) -> Validity {
    Validity { from: valid.from.max(from), to: valid.to.into_iter().chain(within).min() }
}

/// A time that holds two others.
pub(crate) fn both(one: Validity, other: Validity) -> Validity {
    let to = one.to.zip(other.to).map(|(one, other)| one.max(other));
    Validity { from: one.from.min(other.from), to }
}
