//! Who may do what in the directory, and when, as tables without a database: see `personas::CALLERS` for the columns.
//!
//! The verdicts are written from the requirements, as those of `tests/policy.tsv` are; never copied from what a rule says.

mod affiliation;
mod directory_user;
mod hand_over;
mod invitation;
mod member;
mod my_data;
mod organization;
mod reorganization;
mod role_assignment;
mod service_account;

use std::path::Path;

use kernel::{AffiliationId, NetworkId, OrganizationId, PrincipalId, Version};
use personas::{at, check, id, network, recorded, text, who};

use crate::member::{CurrentAffiliation, CurrentAffiliations, Member, MemberStatus, ProfileVisibility};

#[test]
fn every_action_has_a_table_that_holds() {
    let tables = [
        organization::tables(),
        member::tables(),
        affiliation::tables(),
        directory_user::tables(),
        invitation::tables(),
        hand_over::tables(),
        role_assignment::tables(),
        service_account::tables(),
        reorganization::tables(),
        my_data::tables(),
    ];
    check(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), tables.into_iter().flatten().collect());
}

/// A caller's card, active and shown to all; the first place is the main one.
fn a_member(sign: char, places: &[OrganizationId]) -> Member {
    let place = |(number, place): (usize, &OrganizationId)| CurrentAffiliation {
        id: AffiliationId(id(50)),
        organization: personas::organization(*place),
        position: None,
        service: None,
        profession: None,
        is_primary: number == 0,
    };
    Member {
        id: who(sign),
        given_name: text("Camille"),
        usual_name: text("Exemple"),
        display_name: "Camille Exemple".to_owned(),
        email: Some(text("camille@exemple.example")),
        phones: Vec::new(),
        languages: Vec::new(),
        profile_visibility: ProfileVisibility::AllMembers,
        profile_objection_at: None,
        status: MemberStatus::Active,
        affiliations: CurrentAffiliations(places.iter().enumerate().map(place).collect()),
        networks: Vec::<NetworkId>::new(),
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

fn in_status(status: MemberStatus, it: Member) -> Member {
    Member { status, ..it }
}

/// Deputy-34, who sits in the réseau préfectures.
fn deputy() -> Member {
    Member { networks: vec![network::PREFECTURES], ..a_member('Y', &[at::PREFECTURE_34]) }
}

/// Deputy-34, whose card is for fewer.
fn deputy_shown_to(profile_visibility: ProfileVisibility) -> Member {
    Member { profile_visibility, ..deputy() }
}

fn contributor() -> Member {
    a_member('K', &[at::SOCIAUX])
}

/// The persona `member`, of an operator that no other caller keeps.
fn plain_member() -> Member {
    a_member('M', &[at::OPERATOR])
}

fn partner() -> Member {
    a_member('P', &[at::PARTNER])
}
