//! Who may do what to the expertise of a member, and when.

use kernel::{Actor, Label, MemberExpertiseId, MemberId, Refusal, Ruling, action, clock};
use members::member::{self, Member};

use super::{MemberExpertise, MemberExpertiseInput};

const OWN: Label = Label {
    fr: "Chaque membre gère uniquement ses propres compétences ; les partenaires, observateurs et observatrices n’en ont pas à gérer.",
    en: "Members manage their own expertise only; partners and observers have none to manage.",
};
const OWN_OR_SIG: Label = Label {
    fr: "Cette opération est réservée à la personne concernée et au SIG.",
    en: "Only the member concerned and the SIG may do this.",
};
const COLLEAGUES: Label = Label {
    fr: "Cette opération n’est pas ouverte aux partenaires, aux observateurs et observatrices ni aux comptes de service, et personne ne recommande ses propres compétences.",
    en: "Partners, observers and service accounts may not do this, and members do not endorse their own expertise.",
};

fn is_own(actor: &Actor, member: MemberId) -> bool {
    actor.member() == Some(member) && actor.is_insider()
}

action!(
    /// List the expertise of a member: callers who may see the member’s card.
    List(MemberId) on MemberExpertise as "list_member_expertise", Member,
    |actor, it| member::Read::rule(actor, it).and(it.is_card_for(actor), Label::CARD)
);

action!(
    /// See an expertise. Insiders know that it exists, and read it if they may see the member’s card.
    Read(MemberExpertiseId) on MemberExpertise as "get_member_expertise", MemberExpertise,
    |actor, it| {
        let known = actor.is_insider() || actor.member() == Some(it.member.id);
        Ruling::seen(known).and(it.card.is_card_for(actor), Label::CARD)
    }
);

action!(
    /// Record an own expertise.
    Create((MemberId, MemberExpertiseInput)) on MemberExpertise as "create_member_expertise", Member,
    |actor, it| member::Read::rule(actor, it).and(is_own(actor, it.id), OWN)
);

action!(
    /// Change an own expertise.
    Update(MemberExpertiseId) on MemberExpertise as "update_member_expertise", MemberExpertise,
    |actor, it| Read::rule(actor, it).and(is_own(actor, it.member.id), OWN), in_force
);

action!(
    /// Confirm that an own expertise still holds.
    Confirm(MemberExpertiseId) on MemberExpertise as "confirm_member_expertise", MemberExpertise,
    |actor, it| Read::rule(actor, it).and(is_own(actor, it.member.id), OWN), in_force
);

action!(
    /// Endorse an expertise of a colleague, once.
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
