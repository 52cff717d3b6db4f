//! What members master: seen by those who see their card, recorded by the member, endorsed by colleagues.

use kernel::{AffiliationId, MemberExpertiseId, OrganizationId, PrincipalId, Validity, Version};
use members::member::{CurrentAffiliation, CurrentAffiliations, Member, MemberStatus, ProfileVisibility};
use personas::{Checked, Table, at, id, in_force, organization, over, recorded, text, who};

use crate::matching::Match;
use crate::member_expertise::{Confirm, Create, End, Endorse, ExpertiseLevel, List, MemberExpertise, Read, Update};
use crate::person::Persons;
use crate::term::ExpertiseTermReference;

/// A caller's card, shown to all.
pub(super) fn a_member(sign: char, place: OrganizationId) -> Member {
    let main = CurrentAffiliation {
        id: AffiliationId(id(50)),
        organization: organization(place),
        position: None,
        service: None,
        profession: None,
        is_primary: true,
    };
    Member {
        id: who(sign),
        given_name: text("Camille"),
        usual_name: text("Exemple"),
        display_name: "Camille Exemple".to_owned(),
        email: None,
        phones: Vec::new(),
        languages: Vec::new(),
        profile_visibility: ProfileVisibility::AllMembers,
        profile_objection_at: None,
        status: MemberStatus::Active,
        affiliations: CurrentAffiliations(vec![main]),
        networks: Vec::new(),
        powers: None,
        look_alikes: kernel::look_alike::OfMember::default(),
        sort_name: String::new(),
        version: Version::FIRST,
        created_at: recorded(),
        updated_at: recorded(),
        created_by: PrincipalId::SYSTEM,
        updated_by: PrincipalId::SYSTEM,
        field_sources: kernel::FieldSources::default(),
    }
}

fn mastered_by(card: Member, valid: Validity) -> MemberExpertise {
    MemberExpertise {
        id: MemberExpertiseId(id(76)),
        member: personas::member(card.id),
        term: ExpertiseTermReference { code: text("chatbot-vocal"), label: text("Chatbot vocal") },
        level: ExpertiseLevel::Expert,
        available_to_help: true,
        last_confirmed_at: recorded(),
        endorsements: 0,
        endorsed_by: Persons(Vec::new()),
        valid,
        card,
        version: Version::FIRST,
        created_at: recorded(),
        updated_at: recorded(),
        created_by: PrincipalId::SYSTEM,
        updated_by: PrincipalId::SYSTEM,
    }
}

fn contributor() -> Member {
    a_member('K', at::SOCIAUX)
}

fn deputy() -> Member {
    a_member('Y', at::PREFECTURE_34)
}

pub(super) fn tables() -> Vec<Checked> {
    let (his, deputys) = (mastered_by(contributor(), in_force()), mastered_by(deputy(), in_force()));
    let ended = mastered_by(contributor(), over());
    let kept_back = Member { profile_visibility: ProfileVisibility::Leads, ..contributor() };
    let of_leaver = mastered_by(Member { status: MemberStatus::Departed, ..contributor() }, in_force());
    vec![
        Table::<List>::new()
            .who("a card for all", &contributor(), "++++++++++++-.+ ++++..")
            .who("a card for leads", &kept_back, "++------++---.- ----..")
            .who("a partner's", &a_member('P', at::PARTNER), "++++++++++++-++ ++++..")
            .end(),
        Table::<Read>::new()
            .who("a card for all", &his, "++++++++++++..+ ++++..")
            .who("a card for leads", &mastered_by(kept_back, in_force()), "++------++--..- ----..")
            .end(),
        Table::<Create>::new()
            .who("a contributor's", &contributor(), "---------+---.- ----..")
            .who("a member's", &a_member('M', at::OPERATOR), "-----------+-.- ----..")
            .who("a partner's", &a_member('P', at::PARTNER), "--------------- ----..")
            .end(),
        Table::<Update>::new()
            .who("a contributor's", &his, "---------+--..- ----..")
            .who("a deputy's", &deputys, "-------+----..- ----..")
            .now("in force", &his)
            .when("over", &ended, "illegal")
            .end(),
        Table::<Confirm>::new()
            .who("a contributor's", &his, "---------+--..- ----..")
            .now("in force", &his)
            .when("over", &ended, "illegal")
            .end(),
        Table::<Endorse>::new()
            .who("a contributor's", &his, "+++++++++-++..- ++++..")
            .who("a deputy's", &deputys, "+++++++-++++..- ++++..")
            .now("in force", &his)
            .when("over", &ended, "illegal")
            .when("of someone who left", &of_leaver, "illegal")
            .end(),
        Table::<End>::new()
            .who("a contributor's", &his, "++-------+--..- ----..")
            .who("a deputy's", &deputys, "++-----+----..- ----..")
            .now("in force", &his)
            .when("over", &ended, "illegal")
            .end(),
        Table::<Match>::new().who("any need", &(), "++++++++++++--+ ++++--").end(),
    ]
}
