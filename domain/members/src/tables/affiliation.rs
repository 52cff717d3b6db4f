//! Affiliations: given, changed and ended by those who keep the members of the organization.

use kernel::{AffiliationId, OrganizationId, PrincipalId, Validity, Version};
use personas::{Checked, Table, alive, at, closed, id, in_force, merged, over, recorded, who};

use super::{contributor, deputy, deputy_shown_to, in_status, partner, plain_member};
use crate::affiliation::{Affiliation, Create, End, List, Read, Release, Update, Void};
use crate::member::{Member, MemberStatus, ProfileVisibility};

fn an_affiliation(of: char, organization_id: OrganizationId, valid: Validity) -> Affiliation {
    Affiliation {
        managed_by: "manual".into(),
        id: AffiliationId(id(50)),
        member_id: who(of),
        member: Some(personas::member(who(of))),
        organization_id,
        organization: personas::organization(organization_id),
        position: None,
        service: None,
        profession: None,
        is_primary: true,
        valid,
        version: Version::FIRST,
        created_at: recorded(),
        updated_at: recorded(),
        created_by: PrincipalId::SYSTEM,
        updated_by: PrincipalId::SYSTEM,
        field_sources: kernel::FieldSources::default(),
    }
}

fn of_deputy() -> Affiliation {
    an_affiliation('Y', at::PREFECTURE_34, in_force())
}

fn of_contributor() -> Affiliation {
    an_affiliation('K', at::SOCIAUX, in_force())
}

fn with_card(member: Member) -> (Affiliation, Member) {
    (of_deputy(), member)
}

pub(super) fn tables() -> Vec<Checked> {
    let ended = an_affiliation('Y', at::PREFECTURE_34, over());
    vec![
        listing(),
        Table::<Read>::new()
            .who("a card for all", &with_card(deputy()), "++++++++++++..+ ++++..")
            .who(
                "for their networks",
                &with_card(deputy_shown_to(ProfileVisibility::Networks)),
                "++---+++--+-..+ ----..",
            )
            .who("for their leads", &with_card(deputy_shown_to(ProfileVisibility::Leads)), "++-----+--+-..+ ----..")
            .end(),
        creating(),
        Table::<Update>::new()
            .who("in a préfecture", &of_deputy(), "++--------+-..+ ----..")
            .who("in a directorate", &of_contributor(), "++------+---..- ----..")
            .now("in force", &of_deputy())
            .when("over", &ended, "illegal")
            .end(),
        Table::<Release>::new()
            .who("in a préfecture", &of_deputy(), "++--------+-..- ----..")
            .who("in a directorate", &of_contributor(), "++------+---..- ----..")
            .now("in force", &of_deputy())
            .when("over", &ended, "illegal")
            .end(),
        Table::<End>::new()
            .who("in a préfecture", &of_deputy(), "++--------+-..+ ----..")
            .who("in a directorate", &of_contributor(), "++------+---..- ----..")
            .now("in force", &of_deputy())
            .when("over", &ended, "illegal")
            .end(),
        Table::<Void>::new()
            .who("in a préfecture", &of_deputy(), "++----------..- ----..")
            .who("in a directorate", &of_contributor(), "++----------..- ----..")
            .now("over too: a mistake is voided whenever it is found", &ended)
            .end(),
    ]
}

fn listing() -> Checked {
    let left = in_status(MemberStatus::Departed, deputy());
    Table::<List>::new()
        .who("a card for all", &deputy(), "++++++++++++-.+ ++++..")
        .who("of a directorate", &contributor(), "++++++++++++-.+ ++++..")
        .who("a partner's", &partner(), "++++++++++++-++ ++++..")
        .who("for their networks", &deputy_shown_to(ProfileVisibility::Networks), "++---+++--+--.+ ----..")
        .who("for their leads", &deputy_shown_to(ProfileVisibility::Leads), "++-----+--+--.+ ----..")
        .who("of someone who left", &left, "++-----+-----.- ----..")
        .end()
}

fn creating() -> Checked {
    let left = in_status(MemberStatus::Departed, deputy());
    Table::<Create>::new()
        .who("in their préfecture", &(deputy(), at::PREFECTURE_34, alive()), "++--------+--.+ ----..")
        .who("in a ministry", &(deputy(), at::TRAVAIL, alive()), "++------+----.- -+--..")
        .who("in another ministry", &(plain_member(), at::JUSTICE, alive()), "++-----------.- +---..")
        .now("in one that lives", &(deputy(), at::TRAVAIL, alive()))
        .when("of someone who left", &(left, at::TRAVAIL, alive()), "illegal")
        .when("in one that was merged", &(deputy(), at::TRAVAIL, merged()), "superseded")
        .when("in one that was closed", &(deputy(), at::TRAVAIL, closed()), "illegal")
        .end()
}
