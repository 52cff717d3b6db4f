//! Co-animation: an organization that animates a network together with the SIG.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use kernel::Instant;
use kernel::directory::{OrganizationLife, OrganizationReference};
use kernel::schema::{co_animation, network as network_table, organization};
use kernel::{
    Actor, CoAnimationId, CoAnimationScope, NetworkId, Noun, Offer, OrganizationId, Page, PrincipalId, Refusal, Ruling,
    Seen, Validity, Version, action, clock,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::network::{self, Network, NetworkCode, NetworkName, NetworkVisibility};

/// A co-animation: an organization animates a network together with the SIG, for a time.
#[derive(Debug, Clone, Serialize, ToSchema, HasQuery)]
#[diesel(table_name = co_animation, check_for_backend(Pg))]
#[diesel(base_query = co_animation::table.inner_join(organization::table).inner_join(network_table::table))]
pub struct CoAnimation {
    /// Identifier of the co-animation.
    pub id: CoAnimationId,
    /// Identifier of the network that is co-animated.
    pub network_id: NetworkId,
    /// Code of the network that is co-animated.
    #[diesel(select_expression = network_table::code)]
    pub network_code: NetworkCode,
    /// Name of the network, as people read it.
    #[diesel(select_expression = network_table::name)]
    pub network_name: NetworkName,
    /// The organization that co-animates the network.
    #[diesel(embed)]
    pub organization: OrganizationReference,
    /// The topics on which the co-leads of the organization lead the network.
    pub scope: CoAnimationScope,
    /// When it holds.
    #[serde(flatten)]
    pub valid: Validity,
    /// Visibility of the network: decides who sees the co-animation.
    #[diesel(select_expression = network_table::visibility)]
    #[serde(skip)]
    #[schema(ignore)]
    pub network_visibility: NetworkVisibility,
    /// Version of the co-animation: 1 when it is created, one more with each change.
    pub version: Version,
    /// When the co-animation was recorded (UTC).
    pub created_at: DateTime<Utc>,
    /// When the co-animation last changed (UTC).
    pub updated_at: DateTime<Utc>,
    /// Identifier of the principal who recorded it (a member, a service account or the system).
    pub created_by: PrincipalId,
    /// Identifier of the principal who last changed it (a member, a service account or the system).
    pub updated_by: PrincipalId,
}

/// A co-animation to create.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema, Insertable)]
#[diesel(table_name = co_animation, treat_none_as_default_value = false)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"organization_id": "01900000-0000-7000-8000-000000000002", "scope": "all"}))]
pub struct CoAnimationInput {
    /// Identifier of the organization that co-animates the network.
    pub organization_id: OrganizationId,
    /// The topics on which the co-leads of the organization lead the network.
    pub scope: CoAnimationScope,
    /// When the co-animation begins to hold (UTC). Default: now.
    #[diesel(skip_insertion)]
    pub valid_from: Option<Instant>,
}

/// A copy of a co-animation, to be recorded from now on.
impl From<&CoAnimation> for CoAnimationInput {
    fn from(it: &CoAnimation) -> Self {
        Self { organization_id: it.organization.id, scope: it.scope, valid_from: None }
    }
}

/// A co-animation as the caller sees it.
pub type CoAnimationView = Seen<CoAnimation>;
/// One page of co-animations.
pub type CoAnimationPage = Page<CoAnimationView>;

impl Noun for CoAnimation {
    const NAME: &'static str = "co_animation";
    const COLLECTION: &'static str = "co-animations";
    const OFFERS: &'static [Offer<Self>] = &[Offer::of::<Read>(), Offer::of::<End>(), Offer::of::<Void>()];

    kernel::versioned!();
}

action!(
    /// See a co-animation: all who may see its network.
    Read(CoAnimationId) on CoAnimation as "get_co_animation", CoAnimation, seen
);

fn seen(actor: &Actor, it: &CoAnimation) -> Ruling {
    Ruling::seen(it.network_visibility.shows(it.network_id, actor))
}

action!(
    /// Create a co-animation.
    Create((NetworkCode, CoAnimationInput)) on CoAnimation as "create_network_co_animation",
    (Network, Option<OrganizationLife>),
    |actor, (it, _)| network::Read::rule(actor, it).for_sig(actor),
    |(it, life)| it.open().and_then(|()| life.as_ref().map_or(Ok(()), OrganizationLife::alive))
);

action!(
    /// Void a co-animation that should never have been recorded.
    Void(CoAnimationId) on CoAnimation as "void_co_animation", CoAnimation,
    |actor, it| seen(actor, it).for_sig(actor)
);

action!(
    /// End a co-animation.
    End(CoAnimationId) on CoAnimation as "end_co_animation", CoAnimation,
    |actor, it| seen(actor, it).for_sig(actor),
    |it| if it.valid.ended_by(clock::now()) { Err(Refusal::Illegal { allowed: Vec::new() }) } else { Ok(()) }
);
