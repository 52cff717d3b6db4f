//! What a reorganization does to all that rests on the organizations concerned.

use kernel::directory::MemberReference;
use kernel::{NetworkId, NetworkRole, codes, stored_as_json};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;
use uuid::Uuid;

codes! {
    /// What a reorganization does to one object.
    ImpactEffect {
        Merged = "merged" ("fusionnée", "merged"),
        Split = "split" ("scindée", "split"),
        Created = "created" ("créée", "created"),
        Renamed = "renamed" ("renommée", "renamed"),
        Moved = "moved" ("s'arrête et reprend chez le successeur", "ends, and goes on in the successor"),
        Repointed = "repointed" ("désigne le successeur", "names the successor"),
        Joined = "joined" ("réuni à un autre", "joined to another"),
        Begun = "begun" ("commence", "begins"),
        Ended = "ended" ("s'arrête", "ends"),
    }
}

/// How many objects of a kind are named.
pub const MOST_NAMED: usize = 50;

/// All that a reorganization does.
#[derive(
    Debug,
    Clone,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    ToSchema,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[diesel(sql_type = diesel::sql_types::Jsonb)]
pub struct ReorganizationImpact {
    /// How many members have a place or a role that moves.
    #[schema(minimum = 0)]
    pub members: i64,
    /// Of each kind of object that may rest on an organization, how many are touched.
    #[schema(max_items = 50)]
    pub kinds: Vec<ImpactKind>,
    /// The memberships in force of each network concerned.
    #[schema(max_items = 1000)]
    pub networks: Vec<ImpactNetwork>,
    /// Members who sat twice in a network, and sit there once: the stronger role stays. Named until it is applied.
    #[schema(max_items = 1000)]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub joined: Vec<JoinedMembership>,
    /// Memberships that would be lost: always none, or nothing is done.
    #[schema(minimum = 0, maximum = 0)]
    pub lost: i64,
}
stored_as_json!(ReorganizationImpact);

/// What happens to one kind of object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImpactKind {
    /// The kind.
    #[schema(max_length = 100)]
    pub noun: String,
    /// How many.
    #[schema(minimum = 0)]
    pub count: i64,
    /// The first fifty, by name. Named until it is applied.
    #[schema(max_items = 50)]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub objects: Vec<ImpactObject>,
}

/// One object that is touched.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImpactObject {
    /// Its identifier; absent of what begins.
    pub id: Option<Uuid>,
    /// What people call it.
    #[schema(max_length = 800)]
    pub name: String,
    /// What happens to it.
    pub effect: ImpactEffect,
    /// Where it goes.
    #[schema(max_length = 6100)]
    pub to: Option<String>,
}

/// How many sit in a network, before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImpactNetwork {
    /// The network.
    pub network_id: NetworkId,
    /// Its name.
    #[schema(max_length = 200)]
    pub name: String,
    /// Memberships in force before.
    #[schema(minimum = 0)]
    pub before: i64,
    /// Memberships in force afterwards.
    #[schema(minimum = 0)]
    pub after: i64,
    /// How many were joined to another of the same member: the only difference that there may be.
    #[schema(minimum = 0)]
    pub joined: i64,
}

/// A member who sat twice in a network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JoinedMembership {
    /// Who.
    pub member: MemberReference,
    /// Where.
    pub network_id: NetworkId,
    /// As what from now on: the stronger of both.
    pub kept_role: NetworkRole,
    /// As what no longer.
    pub given_up_role: NetworkRole,
}

impl ReorganizationImpact {
    /// What is kept of it once it is done: figures, without the names of people, who may be forgotten one day.
    #[must_use]
    pub fn figures(&self) -> Self {
        let kinds = self.kinds.iter();
        let kinds = kinds.map(|it| ImpactKind { noun: it.noun.clone(), count: it.count, objects: Vec::new() });
        Self { kinds: kinds.collect(), joined: Vec::new(), ..self.clone() }
    }

    /// What whoever is not of the SIG reads of it: figures, and of the networks those that he may know of.
    #[must_use]
    pub fn figures_of(&self, known: &[NetworkId]) -> Self {
        let networks = self.networks.iter().filter(|it| known.contains(&it.network_id)).cloned().collect();
        Self { networks, ..self.figures() }
    }
}
