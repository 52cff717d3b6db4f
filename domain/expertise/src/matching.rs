//! Matching: whom to ask for help with a need that is described in free words.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use kernel::directory::{MemberReference, OrganizationReference};
use kernel::policy::Target;
use kernel::{ExpertiseTermId, MemberExpertiseId, Ruling, action, codes, text};
use members::search::{NameKind, Wanted};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::{IntoParams, ToSchema};

use crate::member_expertise::{ExpertiseLevel, MemberExpertise};
use crate::term::ExpertiseTermReference;

text!(
    /// Description of the need, in free words.
    NeedWords, 2..=200, Line
);

impl Target for NeedWords {}

/// Maximum number of proposals: 1 to 20, 3 by default.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "u8")]
pub struct ProposalLimit(u8);

impl ProposalLimit {
    /// The limit as a number of rows.
    #[must_use]
    pub fn rows(self) -> i64 {
        self.0.into()
    }
}

impl Default for ProposalLimit {
    fn default() -> Self {
        Self(3)
    }
}

impl TryFrom<u8> for ProposalLimit {
    type Error = &'static str;

    fn try_from(limit: u8) -> Result<Self, Self::Error> {
        (1..=20).contains(&limit).then_some(Self(limit)).ok_or("range")
    }
}

/// Need for which help is looked for.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ExpertiseMatch {
    /// The need, in free words. Terms of expertise are found in it by label, synonym or code; case, accents and small
    /// typing errors do not count. Narrower terms are found with them.
    #[param(inline)]
    pub need: NeedWords,
    /// Maximum number of members to propose.
    #[serde(default)]
    #[param(value_type = u8, minimum = 1, maximum = 20, default = 3)]
    pub limit: ProposalLimit,
}

codes! {
    /// Reason why a member is proposed.
    ProposalReason {
        TermNamed = "term_named" ("le besoin exprimé mentionne cette compétence", "the need names this expertise"),
        NarrowerTerm = "narrower_term" ("cette compétence est plus précise que celle mentionnée dans le besoin", "this expertise is narrower than the one that the need names"),
        NeverAsked = "never_asked" ("la personne n’a jamais été sollicitée", "the member was never asked"),
        NotAskedLately = "not_asked_lately" ("la personne n’a aucune sollicitation acceptée ou en attente depuis 90 jours", "the member has no pending or accepted request of the last 90 days"),
        Endorsed = "endorsed" ("des collègues recommandent cette compétence", "colleagues endorsed this expertise"),
    }
}

/// Proposal of one member of another organization who can help.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ExpertProposal {
    /// The proposed member.
    pub member: MemberReference,
    /// Organization of the member’s main affiliation.
    pub organization: OrganizationReference,
    /// Identifier of the expertise of the member that fits the need best.
    pub expertise_id: MemberExpertiseId,
    /// Term of that expertise.
    pub term: ExpertiseTermReference,
    /// Level at which the member masters it.
    pub level: ExpertiseLevel,
    /// Number of colleagues who endorsed it.
    #[schema(minimum = 0)]
    pub endorsements: i32,
    /// Number of requests for expertise made to the member in the last 90 days that are pending or accepted.
    #[schema(minimum = 0)]
    pub recent_requests: i64,
    /// When the member last received a request for expertise, whatever the answer was (UTC). Absent: never.
    pub last_requested_at: Option<DateTime<Utc>>,
    /// Reasons for the proposal.
    #[schema(max_items = 5)]
    pub reasons: Vec<ProposalReason>,
}

impl ExpertProposal {
    /// Adds the reasons, from the counts of the proposal. `named` says whether the need names the term itself, and not
    /// a wider one.
    #[must_use]
    pub fn reasoned(mut self, named: bool) -> Self {
        let lately = match self.last_requested_at {
            None => Some(ProposalReason::NeverAsked),
            Some(_) => (self.recent_requests == 0).then_some(ProposalReason::NotAskedLately),
        };
        let term = if named { ProposalReason::TermNamed } else { ProposalReason::NarrowerTerm };
        let endorsed = (self.endorsements > 0).then_some(ProposalReason::Endorsed);
        self.reasons = std::iter::once(term).chain(lately).chain(endorsed).collect();
        self
    }
}

/// Proposals of members who can help.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExpertProposals {
    /// Proposals, in order. Empty if the need names no term of expertise, or if nobody offers help.
    #[schema(max_items = 20)]
    pub items: Vec<ExpertProposal>,
}

action!(
    /// Look for members who can help with a need.
    Match(NeedWords) on MemberExpertise as "match_expertise", (),
    |actor, ()| Ruling::Allow.for_insiders(actor)
);

/// How many letters a word of the need may have more than the word of a name: for plurals and feminine forms.
const ENDING: usize = 3;

/// Which words of the need match a name of a term, and whether they match all of it.
struct Said {
    term: ExpertiseTermId,
    words: BTreeSet<usize>,
    whole: bool,
}

impl Said {
    /// The match of a name with the need, if at least half of the name’s letters are in words that the need contains
    /// too.
    fn of(term: ExpertiseTermId, name: &str, need: &[&str]) -> Option<Self> {
        let (mut words, mut said, mut all) = (BTreeSet::new(), 0, 0);
        for word in name.split_whitespace() {
            let size = word.chars().count();
            let likely = need.iter().enumerate().filter_map(|(at, other)| Some((at, likeness(word, other)?)));
            all += size;
            if let Some((at, _)) = likely.max_by(|a, b| a.1.total_cmp(&b.1)) {
                said += size;
                words.insert(at);
            }
        }
        (said > 0 && 2 * said >= all).then_some(Self { term, words, whole: said == all })
    }

    /// Whether another match covers the same words of the need, and more of them.
    fn is_less_than(&self, other: &Self) -> bool {
        self.words.len() < other.words.len() && self.words.is_subset(&other.words)
    }
}

fn likeness(word: &str, other: &str) -> Option<f64> {
    let longer = other.strip_prefix(word).is_some_and(|rest| rest.chars().count() > ENDING);
    if longer { None } else { Wanted::new(word.to_owned(), word).fits(other, NameKind::Name) }
}

/// The terms that a need names. Each term is looked for by all its names, folded as the database folds them. If a name
/// is found whole, names found in part are left out; a match that covers more words of the need replaces those that
/// cover a part of the same words.
#[must_use]
pub fn named<'a>(need: &str, names: impl IntoIterator<Item = (ExpertiseTermId, &'a str)>) -> BTreeSet<ExpertiseTermId> {
    let need: Vec<&str> = need.split_whitespace().collect();
    let mut said: Vec<Said> = names.into_iter().filter_map(|(term, name)| Said::of(term, name, &need)).collect();
    let wholly = said.iter().any(|it| it.whole);
    said.retain(|it| it.whole || !wholly);
    let most = |it: &&Said| !said.iter().any(|other| it.is_less_than(other));
    said.iter().filter(most).map(|it| it.term).collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::{ExpertiseTermId, named};

    const NAMES: &[&str] = &[
        "agents conversationnels",
        "chatbot",
        "chatbot vocal",
        "callbot",
        "reseaux sociaux",
        "communication crise",
        "communication interne",
        "intelligence artificielle generative",
        "seo",
        "audio",
    ];

    fn found(need: &str) -> Vec<&'static str> {
        let terms = NAMES.iter().zip(1..).map(|(name, id)| (ExpertiseTermId(Uuid::from_u128(id)), *name));
        let index = |id: ExpertiseTermId| usize::try_from(id.0.as_u128()).unwrap() - 1;
        named(need, terms).into_iter().map(|id| NAMES[index(id)]).collect()
    }

    #[test]
    fn a_need_names_terms_however_it_is_said() {
        assert_eq!(found("retour sur chatbot vocal"), ["chatbot vocal"]);
        assert_eq!(found("notre chatbto vocal ne repond plus"), ["chatbot vocal"], "with a typo");
        assert_eq!(found("chatbots vocaux"), ["chatbot vocal"], "in the plural");
        assert_eq!(found("qui a monte un callbot"), ["callbot"]);
        assert_eq!(found("reseaux sociaux et seo"), ["reseaux sociaux", "seo"]);
        assert_eq!(found("exercice de communication de crise"), ["communication crise"]);
        assert_eq!(found("communication"), ["communication crise", "communication interne"], "a part fits in part");
        assert_eq!(found("un chatbot"), ["chatbot"], "the wider term by its own name");
        assert_eq!(found("audiovisuel"), Vec::<&str>::new(), "the beginning of another word is none");
        assert_eq!(found("menuiserie"), Vec::<&str>::new());
        assert_eq!(found(""), Vec::<&str>::new());
    }
}
