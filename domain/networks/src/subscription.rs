//! Subscription (abonnement): how soon a member is told of what happens in a network in which they sit. Only they read
//! it.

use kernel::patch::replaceable;
use kernel::{MembershipId, NetworkRole, NotificationLevel, Page, Ruling, Version, action};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::membership::{Membership, in_force};
use crate::network::{NetworkCode, NetworkName, NetworkVisibility};

/// Subscription (abonnement): how soon the caller is told of what happens in a network in which they sit.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Subscription {
    /// Identifier of the membership that the subscription belongs to.
    pub membership_id: MembershipId,
    /// Code of the network, such as `edito`.
    pub network_code: NetworkCode,
    /// Name of the network, as people read it.
    pub network_name: NetworkName,
    /// Role of the caller in the network.
    pub role: NetworkRole,
    /// How soon the caller is told.
    pub notification_level: NotificationLevel,
    /// Version of the membership: 1 when it is created, one more with each change.
    pub version: Version,
}

/// Fields of a subscription to change (JSON merge patch, RFC 7396): a field left out stays as it is; `null` is refused.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"notification_level": "immediate"}))]
pub struct SubscriptionPatch {
    /// How soon the caller wants to be told.
    #[serde(default, deserialize_with = "replaceable")]
    pub notification_level: Option<NotificationLevel>,
}

/// One page of the subscriptions of the caller.
pub type SubscriptionPage = Page<Subscription>;

impl From<Membership> for Subscription {
    fn from(it: Membership) -> Self {
        let Membership { id, network_code, network_name, role, notification_level, version, .. } = it;
        Self { membership_id: id, network_code, network_name, role, notification_level, version }
    }
}

action!(
    /// Change how soon a member is told of a network: only the member may.
    Update(MembershipId) on Membership as "update_my_subscription", Membership,
    |actor, it| {
        let own = actor.member() == Some(it.member.id) && actor.is_insider();
        Ruling::seen(own && (it.network_visibility != NetworkVisibility::Hidden || actor.sits_in(it.network_id)))
    },
    in_force
);
