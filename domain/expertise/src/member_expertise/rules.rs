//! Who may do what to the expertise of a member, and when.

use kernel::{Actor, Label, MemberExpertiseId, MemberId, Refusal, Ruling, action, clock};
use members::member::{self, Member};

use super::{MemberExpertise, MemberExpertiseInput};

const OWN: Label = Label { fr: "Chacun tient ses propres compétences.", en: "Everyone keeps his own expertise." };
const OWN_OR_SIG: Label =
    Label { fr: "Réservé à l'intéressé et au SIG.", en: "For the member himself and the SIG only." };
const COLLEAGUES: Label = Label {
    fr: "Réservé aux communicants de l'État ; nul ne se recommande soi-même.",
    en: "For the State's communicators; nobody endorses himself.",
};

fn is_own(actor: &Actor, member: MemberId) -> bool {
    actor.member() == Some(member) && actor.is_insider()
}

action!(
    /// See the expertise of a member: whoever may see his card.
    List(MemberId) on MemberExpertise as "list_member_expertise", Member,
    |actor, it| member::Read::rule(actor, it).and(it.is_card_for(actor), Label::CARD)
);

action!(
    /// See an expertise: insiders know that it is there, and read it when they may see the member's card.
    Read(MemberExpertiseId) on MemberExpertise as "get_member_expertise", MemberExpertise,
    |actor, it| {
        let known = actor.is_insider() || actor.member() == Some(it.member.id);
        Ruling::seen(known).and(it.card.is_card_for(actor), Label::CARD)
    }
);

action!(
    /// Say what oneself masters.
    Create((MemberId, MemberExpertiseInput)) on MemberExpertise as "create_member_expertise", Member,
    |actor, it| member::Read::rule(actor, it).and(is_own(actor, it.id), OWN)
);

action!(
    /// Change what oneself masters.
    Update(MemberExpertiseId) on MemberExpertise as "update_member_expertise", MemberExpertise,
    |actor, it| Read::rule(actor, it).and(is_own(actor, it.member.id), OWN), in_force
);

action!(
    /// Say that it is still so.
    Confirm(MemberExpertiseId) on MemberExpertise as "confirm_member_expertise", MemberExpertise,
    |actor, it| Read::rule(actor, it).and(is_own(actor, it.member.id), OWN), in_force
);

action!(
    /// Endorse what a colleague masters, once.
    Endorse(MemberExpertiseId) on MemberExpertise as "endorse_member_expertise", MemberExpertise,
    |actor, it| {
        let colleague = actor.is_insider() && actor.member().is_some_and(|me| me != it.member.id);
        Read::rule(actor, it).and(colleague, COLLEAGUES)
    },
    |it| in_force(it).and_then(|()| it.card.present())
);

action!(
    /// End an expertise.
    End(MemberExpertiseId) on MemberExpertise as "end_member_expertise", MemberExpertise,
    |actor, it| Read::rule(actor, it).and(is_own(actor, it.member.id) || actor.is_sig(), OWN_OR_SIG), in_force
);

fn in_force(it: &MemberExpertise) -> Result<(), Refusal> {
    if it.valid.ended_by(clock::now()) { Err(Refusal::Illegal { allowed: Vec::new() }) } else { Ok(()) }
}
