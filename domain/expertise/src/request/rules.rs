//! Who may do what to a request for expertise, and when.

use kernel::policy::Target;
use kernel::{Actor, ExpertiseRequestId, Label, Refusal, Ruling, action};
use members::member::Member;

use super::{ExpertiseRequest, ExpertiseRequestInput, ExpertiseRequestStatus};

const EXPERT: Label = Label {
    fr: "Cette opération est réservée à la personne sollicitée.",
    en: "Only the member who is asked for help may do this.",
};
const ASKER: Label = Label {
    fr: "Cette opération est réservée à la personne qui a fait la sollicitation.",
    en: "Only the member who made the request may do this.",
};
const UNAVAILABLE: Label = Label {
    fr: "Cette personne ne propose pas son aide sur ce sujet : choisissez une autre personne.",
    en: "This member does not offer help with it: choose another member.",
};

impl Target for ExpertiseRequestInput {}

/// The member who would be asked.
#[derive(Debug)]
pub struct Expert {
    /// Card of the member. Absent if there is no such member.
    pub card: Option<Member>,
    /// Whether the member offers help, with the term that was named if one was.
    pub offers: bool,
}

impl Expert {
    /// Checks that this caller may ask the member. A member whose card is hidden from the caller counts as one who
    /// offers no help, so that the refusal reveals nothing.
    ///
    /// # Errors
    /// The member offers no help to this caller.
    pub fn helps(&self, actor: &Actor) -> Result<(), Refusal> {
        let shown = self.card.as_ref().is_some_and(|card| actor.member() != Some(card.id) && card.is_card_for(actor));
        if shown && self.offers { Ok(()) } else { Err(Refusal::Invalid("/expert_id", UNAVAILABLE)) }
    }
}

fn is_asker(actor: &Actor, it: &ExpertiseRequest) -> bool {
    actor.member() == Some(it.asker.0.id)
}

fn is_expert(actor: &Actor, it: &ExpertiseRequest) -> bool {
    actor.member() == Some(it.expert.0.id)
}

action!(
    /// See a request: only the two members of it, and not even the SIG.
    Read(ExpertiseRequestId) on ExpertiseRequest as "get_expertise_request", ExpertiseRequest,
    |actor, it| Ruling::seen(is_asker(actor, it) || is_expert(actor, it))
);

action!(
    /// Ask a colleague for help.
    Create(ExpertiseRequestInput) on ExpertiseRequest as "create_expertise_request", Expert,
    |actor, _| Ruling::Allow.and(actor.is_insider() && actor.member().is_some(), Label::INSIDERS)
);

action!(
    /// Accept a request.
    Accept(ExpertiseRequestId) on ExpertiseRequest as "accept_expertise_request", ExpertiseRequest,
    |actor, it| Read::rule(actor, it).and(is_expert(actor, it), EXPERT), pending
);

action!(
    /// Decline a request.
    Decline(ExpertiseRequestId) on ExpertiseRequest as "decline_expertise_request", ExpertiseRequest,
    |actor, it| Read::rule(actor, it).and(is_expert(actor, it), EXPERT), pending
);

action!(
    /// Withdraw a request.
    Withdraw(ExpertiseRequestId) on ExpertiseRequest as "withdraw_expertise_request", ExpertiseRequest,
    |actor, it| Read::rule(actor, it).and(is_asker(actor, it), ASKER), pending
);

fn pending(it: &ExpertiseRequest) -> Result<(), Refusal> {
    if it.status == ExpertiseRequestStatus::Pending { Ok(()) } else { Err(Refusal::Illegal { allowed: Vec::new() }) }
}
