//! What a reorganization does to everything that depends on the organizations concerned.

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
        Moved = "moved" ("prend fin et se poursuit dans l’organisation qui lui succède", "ends, and continues in the successor"),
        Repointed = "repointed" ("renvoie à l’organisation qui lui succède", "refers to the successor"),
        Joined = "joined" ("réuni à un autre", "joined to another"),
        Begun = "begun" ("commence", "begins"),
        Ended = "ended" ("prend fin", "ends"),
    }
}

/// Maximum number of objects of a kind that are named.
pub const MOST_NAMED: usize = 50;

/// Everything that a reorganization does.
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
    /// Number of members with an affiliation or a role that moves.
    #[schema(minimum = 0)]
    pub members: i64,
    /// For each kind of object that may depend on an organization: how many change.
    #[schema(max_items = 50)]
    pub kinds: Vec<ImpactKind>,
    /// Number of memberships in each network concerned, before and after.
    #[schema(max_items = 1000)]
    pub networks: Vec<ImpactNetwork>,
    /// Members who sat twice in a network and now sit there once, in the stronger role. Only before it is applied, and
    /// in the answer of `apply`.
    #[schema(max_items = 1000)]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub joined: Vec<JoinedMembership>,
    /// Number of memberships lost: always 0, or the reorganization is refused.
    #[schema(minimum = 0, maximum = 0)]
    pub lost: i64,
}
stored_as_json!(ReorganizationImpact);

/// What happens to one kind of object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImpactKind {
    /// Kind of object, for example `membership`.
    #[schema(max_length = 100)]
    pub noun: String,
    /// Number of objects that change.
    #[schema(minimum = 0)]
    pub count: i64,
    /// First 50 objects, by name. Only before it is applied, and in the answer of `apply`.
    #[schema(max_items = 50)]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub objects: Vec<ImpactObject>,
}

/// An object that changes.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImpactObject {
    /// Identifier of the object. Absent if it does not exist yet.
    pub id: Option<Uuid>,
    /// Name of the object, for people.
    #[schema(max_length = 800)]
    pub name: String,
    /// What happens to the object.
    pub effect: ImpactEffect,
    /// Name of the organization that it goes to, or its new name. Absent: none.
    #[schema(max_length = 6100)]
    pub to: Option<String>,
}

/// Number of memberships in a network, before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImpactNetwork {
    /// Identifier of the network.
    pub network_id: NetworkId,
    /// Name of the network.
    #[schema(max_length = 200)]
    pub name: String,
    /// Number of memberships in force before.
    #[schema(minimum = 0)]
    pub before: i64,
    /// Number of memberships in force after.
    #[schema(minimum = 0)]
    pub after: i64,
    /// Number of memberships joined to another one of the same member: the only difference between `before` and
    /// `after`.
    #[schema(minimum = 0)]
    pub joined: i64,
}

/// A member who sat twice in a network, and sits there once after the reorganization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JoinedMembership {
    /// Member concerned.
    pub member: MemberReference,
    /// Identifier of the network.
    pub network_id: NetworkId,
    /// Role that the member keeps: the stronger of the two.
    pub kept_role: NetworkRole,
    /// Role that the member no longer holds.
    pub given_up_role: NetworkRole,
}

impl ReorganizationImpact {
    /// What is kept once it is applied: figures without names of people, whose data may have to be erased one day.
    #[must_use]
    pub fn figures(&self) -> Self {
        let kinds = self.kinds.iter();
        let kinds = kinds.map(|it| ImpactKind { noun: it.noun.clone(), count: it.count, objects: Vec::new() });
        Self { kinds: kinds.collect(), joined: Vec::new(), ..self.clone() }
    }

    /// What callers outside the SIG read: figures, and only the networks that they may know.
    #[must_use]
    pub fn figures_of(&self, known: &[NetworkId]) -> Self {
        let networks = self.networks.iter().filter(|it| known.contains(&it.network_id)).cloned().collect();
        Self { networks, ..self.figures() }
    }
}
