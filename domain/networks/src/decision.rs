//! Decision (décision) taken in a follow-up.

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
use crate::network::{NetworkCode, NetworkName};

text!(
    /// Text of a decision: what was decided.
    DecisionBody, 1..=2000, Prose
);

/// Decision (décision) taken in a follow-up.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema, HasQuery)]
#[diesel(table_name = decision, check_for_backend(Pg))]
#[diesel(base_query = decision::table.inner_join(follow_up::table.left_join(network::table).left_join(organization::table)))]
pub struct Decision {
    /// Identifier of the decision.
    pub id: DecisionId,
    /// Identifier of the follow-up in which it was taken.
    pub follow_up_id: FollowUpId,
    /// Code of the network that the follow-up was with or about. Absent: the follow-up names no network.
    #[diesel(select_expression = network::code.nullable())]
    pub network_code: Option<NetworkCode>,
    /// Name of that network. Absent: as for `network_code`.
    #[diesel(select_expression = network::name.nullable())]
    pub network_name: Option<NetworkName>,
    /// Organization that the follow-up was with or about. Absent: the follow-up names no organization.
    #[diesel(embed)]
    pub organization: Option<OrganizationReference>,
    /// What was decided.
    pub body: DecisionBody,
    /// Day on which it was decided (Europe/Paris).
    pub decided_on: NaiveDate,
    /// What the rules of its follow-up look at.
    #[diesel(embed)]
    #[serde(skip)]
    #[schema(ignore)]
    pub scope: FollowUpScope,
    /// Version of the decision: 1 when it is created, one more with each change.
    pub version: Version,
    /// When the decision was recorded (UTC).
    pub created_at: DateTime<Utc>,
    /// When the decision last changed (UTC).
    pub updated_at: DateTime<Utc>,
    /// Identifier of the principal who recorded it (a member, a service account or the system).
    pub created_by: PrincipalId,
    /// Identifier of the principal who last changed it (a member, a service account or the system).
    pub updated_by: PrincipalId,
}

/// A decision to create.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema, Insertable)]
#[diesel(table_name = decision)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"body": "Le plan éditorial paraît le 15 janvier.", "decided_on": "2026-11-20"}))]
pub struct DecisionInput {
    /// What was decided.
    pub body: DecisionBody,
    /// Day on which it was decided (Europe/Paris).
    pub decided_on: Day,
}

/// Fields of a decision to change (JSON merge patch, RFC 7396): a field left out stays as it is; `null` is refused.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema, AsChangeset)]
#[diesel(table_name = decision)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"body": "Le plan éditorial paraît le 22 janvier."}))]
pub struct DecisionPatch {
    /// What was decided.
    #[serde(default, deserialize_with = "replaceable")]
    pub body: Option<DecisionBody>,
    /// Day on which it was decided (Europe/Paris).
    #[serde(default, deserialize_with = "replaceable")]
    pub decided_on: Option<Day>,
}

/// Filters of the list of decisions.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct DecisionFilter {
    /// Keeps only the decisions of follow-ups with or about this network (code of the network).
    #[param(inline)]
    pub network_code: Option<NetworkCode>,
    /// Keeps only the decisions of follow-ups with or about this organization, or organizations that were merged or
    /// split into it.
    pub organization_id: Option<OrganizationId>,
    /// Keeps only the decisions taken on this day or later.
    pub from: Option<Day>,
    /// Keeps only the decisions taken on this day or before.
    pub to: Option<Day>,
    /// `exact` also returns how many decisions there are in all, in `count`. Absent: they are not counted.
    pub count: Option<Count>,
}

/// A decision as the caller sees it.
pub type DecisionView = Seen<Decision>;
/// One page of decisions.
pub type DecisionPage = Page<DecisionView>;

impl Noun for Decision {
    const NAME: &'static str = "decision";
    const COLLECTION: &'static str = "decisions";
    const OFFERS: &'static [Offer<Self>] = &[Offer::of::<Read>(), Offer::of::<Update>()];

    kernel::versioned!();
}

const WRITERS: Label = Label {
    fr: "Cette opération est réservée au SIG et, pour le suivi d’un réseau, aux personnes qui l’animent, sur leurs sujets. Adressez-leur votre demande.",
    en: "Only the SIG and, on the network axis, the leads of the network on their topics may do this. Ask one of them.",
};

action!(
    /// See a decision: those who may read its follow-up.
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
