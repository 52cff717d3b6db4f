//! Subscription (abonnement): how soon a member hears of a network in which he sits. His own business.

use kernel::patch::replaceable;
use kernel::{MembershipId, NetworkRole, NotificationLevel, Page, Ruling, Version, action};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::membership::{Membership, in_force};
use crate::network::{NetworkCode, NetworkVisibility};

/// How soon the caller hears of a network in which he sits.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Subscription {
    /// The membership that it comes with.
    pub membership_id: MembershipId,
    /// The network.
    pub network_code: NetworkCode,
    /// As what he sits there.
    pub role: NetworkRole,
    /// How soon he hears of it.
    pub notification_level: NotificationLevel,
    /// The version of the membership.
    pub version: Version,
}

/// How soon one wants to hear of a network from now on.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"notification_level": "immediate"}))]
pub struct SubscriptionPatch {
    /// How soon.
    #[serde(default, deserialize_with = "replaceable")]
    pub notification_level: Option<NotificationLevel>,
}

/// A page of the caller's subscriptions.
pub type SubscriptionPage = Page<Subscription>;

impl From<Membership> for Subscription {
    fn from(it: Membership) -> Self {
        let Membership { id, network_code, role, notification_level, version, .. } = it;
        Self { membership_id: id, network_code, role, notification_level, version }
    }
}

action!(
    /// Choose how soon one hears of a network: the member himself, and nobody for him.
    Update(MembershipId) on Membership as "update_my_subscription", Membership,
    |actor, it| {
        let own = actor.member() == Some(it.member.id) && actor.is_insider();
        Ruling::seen(own && (it.network_visibility != NetworkVisibility::Hidden || actor.sits_in(it.network_id)))
    },
    in_force
);
