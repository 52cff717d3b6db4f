//! Who may do what to a request for expertise, and when.

use kernel::policy::Target;
use kernel::{Actor, ExpertiseRequestId, Label, Refusal, Ruling, action};
use members::member::Member;

use super::{ExpertiseRequest, ExpertiseRequestInput, ExpertiseRequestStatus};

const EXPERT: Label = Label { fr: "Réservé à la personne sollicitée.", en: "For the one who is asked." };
const ASKER: Label = Label { fr: "Réservé au demandeur.", en: "For the one who asks." };
const UNAVAILABLE: Label = Label { fr: "Cette personne n'offre pas son aide.", en: "This person does not offer help." };

impl Target for ExpertiseRequestInput {}

/// Who would be asked.
#[derive(Debug)]
pub struct Expert {
    /// His card; absent when there is no such member.
    pub card: Option<Member>,
    /// Whether he offers help, with what was named.
    pub offers: bool,
}

impl Expert {
    /// Whether this caller may ask him: who keeps his card from him is as one who offers nothing.
    ///
    /// # Errors
    /// He offers no help to this caller.
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
    /// See a request: the two whom it is about, and nobody else.
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
