//! The organizational standard of networks: the same criteria for all, as data, each naming a measure.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::Jsonb;
use kernel::patch::replaceable;
use kernel::schema::network_criterion;
use kernel::{
    Action, Actor, Label, NetworkId, Noun, Offer, PrincipalId, Ruling, Seen, Version, action, codes, stored_as_json,
    text,
};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::membership_review::follows;
use crate::network::{self as networks, Network, NetworkCode};

text!(
    /// The code of a criterion.
    CriterionCode, 2..=40, Code
);
text!(
    /// What a criterion asks for.
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
    /// What it counts for; nothing where it is not measured.
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

/// A criterion of the standard.
#[derive(Debug, Clone, Serialize, ToSchema, HasQuery)]
#[diesel(table_name = network_criterion, check_for_backend(Pg))]
pub struct NetworkCriterion {
    /// Its code.
    pub code: CriterionCode,
    /// What it asks for.
    pub label: CriterionLabel,
    /// By what it is measured.
    #[schema(max_length = 40)]
    pub measure: String,
    /// How much it counts.
    #[schema(minimum = 0, maximum = 100)]
    pub weight: i16,
    /// From which value on it is met; down to it where less is better (`half_at` is greater).
    pub full_at: f64,
    /// From which value on it is met in part.
    pub half_at: f64,
    /// For history and audit.
    #[serde(skip)]
    #[schema(ignore)]
    pub id: Uuid,
    /// Grows at each change.
    pub version: Version,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// Who made it.
    pub created_by: PrincipalId,
    /// Who last changed it.
    pub updated_by: PrincipalId,
}

impl NetworkCriterion {
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

/// What to change of a criterion: absent keeps.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema, AsChangeset)]
#[diesel(table_name = network_criterion)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"weight": 15, "full_at": 0.9}))]
pub struct NetworkCriterionPatch {
    /// What it asks for.
    #[serde(default, deserialize_with = "replaceable")]
    pub label: Option<CriterionLabel>,
    /// How much it counts.
    #[serde(default, deserialize_with = "replaceable")]
    #[validate(range(min = 0, max = 100))]
    #[schema(minimum = 0, maximum = 100)]
    pub weight: Option<i16>,
    /// From which value on it is met.
    #[serde(default, deserialize_with = "replaceable")]
    #[validate(range(min = 0.0, max = 1000.0))]
    #[schema(minimum = 0, maximum = 1000)]
    pub full_at: Option<f64>,
    /// From which value on it is met in part.
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

/// How a network meets one criterion, with the fact.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CriterionResult {
    /// The criterion.
    pub code: String,
    /// What it asks for.
    pub label: String,
    /// How much it counts.
    pub weight: i16,
    /// How far it is met.
    pub met: Met,
    /// The value that was measured.
    pub value: Option<f64>,
    /// The fact in words.
    pub fact: String,
    /// Where the fact is read in this API.
    pub href: Option<String>,
}

/// The results of a score.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema, AsExpression, FromSqlRow)]
#[diesel(sql_type = Jsonb)]
#[serde(transparent)]
pub struct CriterionResults(pub Vec<CriterionResult>);

stored_as_json!(CriterionResults);

impl CriterionResults {
    /// Σ weight × met ÷ Σ weight of what is measured; nothing where nothing is.
    #[must_use]
    pub fn score(&self) -> Option<f64> {
        let measured = self.0.iter().filter_map(|it| Some((f64::from(it.weight), it.met.worth()?)));
        let (got, of) = measured.fold((0.0, 0.0), |(got, of), (weight, worth)| (got + weight * worth, of + weight));
        (of > 0.0).then(|| got / of)
    }
}

/// What a network scores by the standard.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NetworkScore {
    /// The network's code.
    pub network_code: NetworkCode,
    /// The day.
    pub on: NaiveDate,
    /// Between 0 and 1, over what is measured; absent where nothing is.
    pub score: Option<f64>,
    /// Each criterion, with its fact.
    #[schema(max_items = 50)]
    pub criteria: CriterionResults,
}

/// What a network scored over time.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NetworkScores {
    /// The latest first.
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
    fr: "Réservé au SIG, à l'auditeur, à ceux qui siègent dans le réseau et à ceux qui répondent d'une organisation.",
    en: "For the SIG, the auditor, those who sit in the network and those who answer for an organization.",
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
