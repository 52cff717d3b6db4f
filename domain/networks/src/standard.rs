//! The standard of networks (standard des réseaux): the same criteria for all networks, kept as data; each names its
//! measure.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::Jsonb;
use kernel::patch::replaceable;
use kernel::schema::network_criterion;
use kernel::{
    Action, Actor, Label, NetworkId, Noun, Offer, PrincipalId, Refusal, Ruling, Seen, Version, action, codes,
    stored_as_json, text,
};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::membership_review::follows;
use crate::network::{self as networks, Network, NetworkCode, NetworkName};

text!(
    /// Code of a criterion of the standard.
    CriterionCode, 2..=40, Code
);
text!(
    /// Label of a criterion: what it asks for, in French.
    CriterionLabel, 1..=200, Line
);

impl kernel::policy::Target for CriterionCode {
    fn key(&self) -> Option<String> {
        Some(self.to_string())
    }
}

codes! {
    /// How far a criterion is met.
    Met {
        Full = "full" ("atteint", "met"),
        Half = "half" ("en partie", "in part"),
        No = "no" ("non atteint", "not met"),
        NotMeasured = "not_measured" ("pas encore mesuré", "not measured yet"),
    }
}

impl Met {
    /// The share of its weight that it earns; nothing where it is not measured.
    #[must_use]
    pub const fn worth(self) -> Option<f64> {
        match self {
            Self::Full => Some(1.0),
            Self::Half => Some(0.5),
            Self::No => Some(0.0),
            Self::NotMeasured => None,
        }
    }
}

/// Criterion of the standard of networks (standard des réseaux).
#[derive(Debug, Clone, Serialize, ToSchema, HasQuery)]
#[diesel(table_name = network_criterion, check_for_backend(Pg))]
pub struct NetworkCriterion {
    /// Code of the criterion.
    pub code: CriterionCode,
    /// What the criterion asks for, in French.
    pub label: CriterionLabel,
    /// Name of the measure that the criterion is judged by. A measure that the service does not know is not measured.
    #[schema(max_length = 40)]
    pub measure: String,
    /// Weight of the criterion in the score: from 0 (does not count) to 100.
    #[schema(minimum = 0, maximum = 100)]
    pub weight: i16,
    /// Value of the measure at which the criterion is fully met: at least this value, or at most if `half_at` is
    /// greater.
    pub full_at: f64,
    /// Value of the measure at which the criterion is half met. If it is greater than `full_at`, less is better.
    pub half_at: f64,
    /// Identifier for the history and the audit log.
    #[serde(skip)]
    #[schema(ignore)]
    pub id: Uuid,
    /// Version of the criterion: 1 when it is created, one more with each change.
    pub version: Version,
    /// When the criterion was recorded (UTC).
    pub created_at: DateTime<Utc>,
    /// When the criterion last changed (UTC).
    pub updated_at: DateTime<Utc>,
    /// Identifier of the principal who recorded it (a member, a service account or the system).
    pub created_by: PrincipalId,
    /// Identifier of the principal who last changed it (a member, a service account or the system).
    pub updated_by: PrincipalId,
}

const MORE_IS_BETTER: Label = Label {
    fr: "Plus la mesure est élevée, mieux c’est : `half_at` ne dépasse pas `full_at`.",
    en: "More is better here: `half_at` may not exceed `full_at`.",
};
const LESS_IS_BETTER: Label = Label {
    fr: "Plus la mesure est basse, mieux c’est : `half_at` doit dépasser `full_at`.",
    en: "Less is better here: `half_at` must exceed `full_at`.",
};

impl NetworkCriterion {
    /// Checks that a change keeps the direction of the measure: whether more or less is better.
    ///
    /// # Errors
    /// The value at which it is half met would come to lie on the other side of the one at which it is fully met.
    pub fn keeps_direction(&self, patch: &NetworkCriterionPatch) -> Result<(), Refusal> {
        let (full, half) = (patch.full_at.unwrap_or(self.full_at), patch.half_at.unwrap_or(self.half_at));
        let field = if patch.half_at.is_some() { "/half_at" } else { "/full_at" };
        match (self.half_at > self.full_at, half > full) {
            (true, false) => Err(Refusal::Invalid(field, LESS_IS_BETTER)),
            (false, true) => Err(Refusal::Invalid(field, MORE_IS_BETTER)),
            _ => Ok(()),
        }
    }

    /// How far a value meets it.
    #[must_use]
    pub fn met(&self, value: Option<f64>) -> Met {
        let less_is_better = self.half_at > self.full_at;
        let reaches = |value: f64, bound: f64| if less_is_better { value <= bound } else { value >= bound };
        match value {
            None => Met::NotMeasured,
            Some(value) if reaches(value, self.full_at) => Met::Full,
            Some(value) if reaches(value, self.half_at) => Met::Half,
            Some(_) => Met::No,
        }
    }
}

/// Fields of a criterion to change (JSON merge patch, RFC 7396): a field left out stays as it is; `null` is refused.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema, AsChangeset)]
#[diesel(table_name = network_criterion)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"weight": 15, "full_at": 0.9}))]
pub struct NetworkCriterionPatch {
    /// What the criterion asks for, in French.
    #[serde(default, deserialize_with = "replaceable")]
    pub label: Option<CriterionLabel>,
    /// Weight of the criterion in the score: from 0 (does not count) to 100.
    #[serde(default, deserialize_with = "replaceable")]
    #[validate(range(min = 0, max = 100))]
    #[schema(minimum = 0, maximum = 100)]
    pub weight: Option<i16>,
    /// Value of the measure at which the criterion is fully met.
    #[serde(default, deserialize_with = "replaceable")]
    #[validate(range(min = 0.0, max = 1000.0))]
    #[schema(minimum = 0, maximum = 1000)]
    pub full_at: Option<f64>,
    /// Value of the measure at which the criterion is half met: above `full_at` where less is better, as it was before.
    #[serde(default, deserialize_with = "replaceable")]
    #[validate(range(min = 0.0, max = 1000.0))]
    #[schema(minimum = 0, maximum = 1000)]
    pub half_at: Option<f64>,
}

/// A criterion as the caller sees it.
pub type NetworkCriterionView = Seen<NetworkCriterion>;

/// The standard: every criterion, in its order.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NetworkStandard {
    /// Each of them.
    #[schema(max_items = 50)]
    pub items: Vec<NetworkCriterionView>,
}

/// Result of a network on one criterion, with the fact behind it.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CriterionResult {
    /// Code of the criterion.
    #[schema(max_length = 100)]
    pub code: String,
    /// What the criterion asks for, in French.
    #[schema(max_length = 500)]
    pub label: String,
    /// Weight of the criterion in the score, on that day.
    pub weight: i16,
    /// How far the criterion is met.
    pub met: Met,
    /// Value that was measured, in the unit of the measure: a share between 0 and 1, a number, or a number of cadences.
    /// Absent: nothing was measured.
    pub value: Option<f64>,
    /// The value in words, in French.
    #[schema(max_length = 500)]
    pub fact: String,
    /// Address in this API where the fact can be read. Absent: the criterion is not measured yet.
    #[schema(max_length = 500)]
    pub href: Option<String>,
}

/// Results of a network on the criteria of the standard.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema, AsExpression, FromSqlRow)]
#[diesel(sql_type = Jsonb)]
#[serde(transparent)]
pub struct CriterionResults(pub Vec<CriterionResult>);

stored_as_json!(CriterionResults);

impl CriterionResults {
    /// The score: Σ weight × met ÷ Σ weight, over the criteria that are measured; nothing where none is.
    #[must_use]
    pub fn score(&self) -> Option<f64> {
        let measured = self.0.iter().filter_map(|it| Some((f64::from(it.weight), it.met.worth()?)));
        let (got, of) = measured.fold((0.0, 0.0), |(got, of), (weight, worth)| (got + weight * worth, of + weight));
        (of > 0.0).then(|| got / of)
    }
}

/// Score of a network by the standard.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NetworkScore {
    /// Code of the network, such as `edito`.
    pub network_code: NetworkCode,
    /// Name of the network, as people read it.
    pub network_name: NetworkName,
    /// Day of the score, at its end (Europe/Paris).
    pub on: NaiveDate,
    /// Share of the standard that is met, between 0 and 1, over the criteria that are measured. Absent: none is
    /// measured.
    pub score: Option<f64>,
    /// Result on each criterion, in the order of the standard.
    #[schema(max_items = 50)]
    pub criteria: CriterionResults,
}

/// Scores of a network over time.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NetworkScores {
    /// Scores at the ends of months, the latest first; at most 120, over ten years.
    #[schema(max_items = 120)]
    pub items: Vec<NetworkScore>,
}

impl Noun for NetworkCriterion {
    const NAME: &'static str = "network_criterion";
    const COLLECTION: &'static str = "network-criteria";
    const OFFERS: &'static [Offer<Self>] = &[Offer::of::<Update>()];

    fn id(&self) -> Uuid {
        self.id
    }

    fn version(&self) -> Version {
        self.version
    }

    fn key(&self) -> String {
        self.code.to_string()
    }
}

const FOLLOWERS: Label = Label {
    fr: "L’évaluation d’un réseau est réservée au SIG, aux personnes chargées de l’audit, aux membres du réseau et aux personnes qui répondent d’une organisation. Adressez-vous au SIG pour la connaître.",
    en: "The score of a network is only for the SIG, auditors, members of the network, and people who answer for an organization. Ask the SIG for it.",
};

/// See the standard.
#[derive(Debug, Clone)]
pub struct List;

impl Action for List {
    type Facts = ();
    const NAME: &'static str = "list_network_criteria";

    fn rule(actor: &Actor, (): &()) -> Ruling {
        Ruling::Allow.for_insiders(actor)
    }

    fn object(&self) -> (&'static str, Option<String>) {
        (NetworkCriterion::NAME, None)
    }
}

action!(
    /// Change a criterion.
    Update(CriterionCode) on NetworkCriterion as "update_network_criterion", NetworkCriterion,
    |actor, _| Ruling::Allow.for_insiders(actor).for_sig_admin(actor)
);

action!(
    /// See what a network scores.
    Score(NetworkCode) on NetworkCriterion as "get_network_score", Network,
    |actor, it| networks::Read::rule(actor, it).and(reads(actor, it.id), FOLLOWERS)
);

fn reads(actor: &Actor, network: NetworkId) -> bool {
    follows(actor, network) || actor.is_auditor()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(weight: i16, met: Met) -> CriterionResult {
        let (code, label, fact) = (String::new(), String::new(), String::new());
        CriterionResult { code, label, weight, met, value: None, fact, href: None }
    }

    #[test]
    fn what_is_not_measured_stays_out_of_the_score() {
        let results = CriterionResults(vec![
            result(20, Met::Full),
            result(10, Met::Half),
            result(10, Met::No),
            result(60, Met::NotMeasured),
        ]);
        assert_eq!(results.score(), Some(25.0 / 40.0));
        assert_eq!(CriterionResults(vec![result(10, Met::NotMeasured)]).score(), None);
    }
}
