//! Decision (décision): what was decided in a follow-up.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use kernel::Day;
use kernel::directory::OrganizationReference;
use kernel::patch::replaceable;
use kernel::schema::{decision, follow_up, network, organization};
use kernel::{
    Count, DecisionId, FollowUpId, Label, Noun, Offer, OrganizationId, Page, PrincipalId, Ruling, Seen, Version,
    action, text,
};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::follow_up::{FollowUp, FollowUpScope, reads, writes, writing};
use crate::network::NetworkCode;

text!(
    /// What was decided.
    DecisionBody, 1..=2000, Prose
);

/// What was decided in a follow-up.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema, HasQuery)]
#[diesel(table_name = decision, check_for_backend(Pg))]
#[diesel(base_query = decision::table.inner_join(follow_up::table.left_join(network::table).left_join(organization::table)))]
pub struct Decision {
    /// Its identifier.
    pub id: DecisionId,
    /// The follow-up.
    pub follow_up_id: FollowUpId,
    /// With or about which network that was.
    #[diesel(select_expression = network::code.nullable())]
    pub network_code: Option<NetworkCode>,
    /// With or about which organization that was.
    #[diesel(embed)]
    pub organization: Option<OrganizationReference>,
    /// What was decided.
    pub body: DecisionBody,
    /// On which day.
    pub decided_on: NaiveDate,
    /// For whom its follow-up is.
    #[diesel(embed)]
    #[serde(skip)]
    #[schema(ignore)]
    pub scope: FollowUpScope,
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

/// A decision to record.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema, Insertable)]
#[diesel(table_name = decision)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"body": "Le plan éditorial paraît le 15 janvier.", "decided_on": "2026-11-20"}))]
pub struct DecisionInput {
    /// What was decided.
    pub body: DecisionBody,
    /// On which day.
    pub decided_on: Day,
}

/// What to change of a decision: absent keeps.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema, AsChangeset)]
#[diesel(table_name = decision)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"body": "Le plan éditorial paraît le 22 janvier."}))]
pub struct DecisionPatch {
    /// What was decided.
    #[serde(default, deserialize_with = "replaceable")]
    pub body: Option<DecisionBody>,
    /// On which day.
    #[serde(default, deserialize_with = "replaceable")]
    pub decided_on: Option<Day>,
}

/// Which decisions of the list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct DecisionFilter {
    /// In follow-ups with or about this network.
    #[param(inline)]
    pub network_code: Option<NetworkCode>,
    /// In follow-ups with or about this organization, or one that went into it.
    pub organization_id: Option<OrganizationId>,
    /// Taken on this day or later.
    pub from: Option<Day>,
    /// Taken on this day or before.
    pub to: Option<Day>,
    /// Whether to say how many there are in all.
    pub count: Option<Count>,
}

/// A decision as the caller sees it.
pub type DecisionView = Seen<Decision>;
/// A page of decisions.
pub type DecisionPage = Page<DecisionView>;

impl Noun for Decision {
    const NAME: &'static str = "decision";
    const COLLECTION: &'static str = "decisions";
    const OFFERS: &'static [Offer<Self>] = &[Offer::of::<Read>(), Offer::of::<Update>()];

    kernel::versioned!();
}

const WRITERS: Label =
    Label { fr: "Réservé à qui écrit ce point de suivi.", en: "For those who write this follow-up." };

action!(
    /// See a decision: who sees its follow-up.
    Read(DecisionId) on Decision as "get_decision", Decision,
    |actor, it| Ruling::seen(reads(actor, &it.scope))
);

action!(
    /// Record a decision.
    Create(FollowUpId) on Decision as "create_follow_up_decision", FollowUp, writing
);

action!(
    /// Change a decision.
    Update(DecisionId) on Decision as "update_decision", Decision,
    |actor, it| Ruling::seen(reads(actor, &it.scope)).and(writes(actor, &it.scope), WRITERS)
);
