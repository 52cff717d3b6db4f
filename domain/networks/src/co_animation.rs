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

use crate::network::{self, Network, NetworkCode, NetworkVisibility};

/// An organization that animates a network together with the SIG.
#[derive(Debug, Clone, Serialize, ToSchema, HasQuery)]
#[diesel(table_name = co_animation, check_for_backend(Pg))]
#[diesel(base_query = co_animation::table.inner_join(organization::table).inner_join(network_table::table))]
pub struct CoAnimation {
    /// Its identifier.
    pub id: CoAnimationId,
    /// The network.
    pub network_id: NetworkId,
    /// The organization.
    #[diesel(embed)]
    pub organization: OrganizationReference,
    /// On what.
    pub scope: CoAnimationScope,
    /// When it holds.
    #[serde(flatten)]
    pub valid: Validity,
    /// Who knows of its network.
    #[diesel(select_expression = network_table::visibility)]
    #[serde(skip)]
    #[schema(ignore)]
    pub network_visibility: NetworkVisibility,
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

/// A co-animation to record.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema, Insertable)]
#[diesel(table_name = co_animation, treat_none_as_default_value = false)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"organization_id": "01900000-0000-7000-8000-000000000002", "scope": "all"}))]
pub struct CoAnimationInput {
    /// The organization.
    pub organization_id: OrganizationId,
    /// On what.
    pub scope: CoAnimationScope,
    /// From when it holds; from now on if absent.
    #[diesel(skip_insertion)]
    pub valid_from: Option<Instant>,
}

/// The same again, from now on.
impl From<&CoAnimation> for CoAnimationInput {
    fn from(it: &CoAnimation) -> Self {
        Self { organization_id: it.organization.id, scope: it.scope, valid_from: None }
    }
}

/// A co-animation as the caller sees it.
pub type CoAnimationView = Seen<CoAnimation>;
/// A page of co-animations.
pub type CoAnimationPage = Page<CoAnimationView>;

impl Noun for CoAnimation {
    const NAME: &'static str = "co_animation";
    const COLLECTION: &'static str = "co-animations";
    const OFFERS: &'static [Offer<Self>] = &[Offer::of::<Read>(), Offer::of::<End>(), Offer::of::<Void>()];

    kernel::versioned!();
}

action!(
    /// See a co-animation: whoever may know of its network.
    Read(CoAnimationId) on CoAnimation as "get_co_animation", CoAnimation, seen
);

fn seen(actor: &Actor, it: &CoAnimation) -> Ruling {
    Ruling::seen(it.network_visibility.shows(it.network_id, actor))
}

action!(
    /// Let an organization animate a network together with the SIG.
    Create((NetworkCode, CoAnimationInput)) on CoAnimation as "create_network_co_animation",
    (Network, Option<OrganizationLife>),
    |actor, (it, _)| network::Read::rule(actor, it).for_sig(actor),
    |(it, life)| it.open().and_then(|()| life.as_ref().map_or(Ok(()), OrganizationLife::alive))
);

action!(
    /// Void a co-animation that should never have been.
    Void(CoAnimationId) on CoAnimation as "void_co_animation", CoAnimation,
    |actor, it| seen(actor, it).for_sig(actor)
);

action!(
    /// End a co-animation.
    End(CoAnimationId) on CoAnimation as "end_co_animation", CoAnimation,
    |actor, it| seen(actor, it).for_sig(actor),
    |it| if it.valid.ended_by(clock::now()) { Err(Refusal::Illegal { allowed: Vec::new() }) } else { Ok(()) }
);
