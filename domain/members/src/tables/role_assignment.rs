//! Roles: the SIG administrator gives all, a director two of them within their scope, nobody gives a role to themselves.

use kernel::{AffiliationId, OrganizationId, PrincipalId, Role, RoleAssignmentId, Validity, Version};
use personas::{Checked, Table, alive, at, closed, id, in_force, merged, over, recorded, who};

use crate::role_assignment::{Create, End, Gift, Read, RoleAssignment, RoleAssignmentInput, Void};

fn held_by(of: char, role: Role, organization_id: Option<OrganizationId>, valid: Validity) -> RoleAssignment {
    RoleAssignment {
        id: RoleAssignmentId(id(74)),
        member_id: who(of),
        member: personas::member(who(of)),
        affiliation_id: AffiliationId(id(50)),
        role,
        organization_id,
        organization: organization_id.map(personas::organization),
        valid,
        granted_by: PrincipalId::SYSTEM,
        version: Version::FIRST,
        created_at: recorded(),
        updated_at: recorded(),
        created_by: PrincipalId::SYSTEM,
        updated_by: PrincipalId::SYSTEM,
    }
}

/// A role for a member of the directorate; over one organization alone, with nothing below it.
fn gift(role: Role, organization_id: Option<OrganizationId>) -> Gift {
    let new = RoleAssignmentInput {
        affiliation_id: AffiliationId(id(50)),
        role,
        organization_id,
        valid_from: None,
        valid_to: None,
    };
    Gift {
        new,
        through: Some((who('K'), at::SOCIAUX, in_force())),
        reached: organization_id.into_iter().collect(),
        life: organization_id.map(|_| alive()),
    }
}

fn to(holder: char, gift: Gift) -> Gift {
    Gift { through: Some((who(holder), at::SOCIAUX, in_force())), ..gift }
}

pub(super) fn tables() -> Vec<Checked> {
    let administrator = held_by('O', Role::OrgAdmin, Some(at::PREFECTURE_34), in_force());
    let contributor = held_by('K', Role::DicomContributor, Some(at::SOCIAUX), in_force());
    let admin = held_by('A', Role::SigAdmin, None, in_force());
    let ended = held_by('O', Role::OrgAdmin, Some(at::PREFECTURE_34), over());
    vec![
        Table::<Read>::new()
            .who("of an administrator", &administrator, "+++.......+.... ......")
            .who("of a contributor", &contributor, "+++.....++..... ......")
            .who("of the SIG", &admin, "+++............ ......")
            .end(),
        creating(),
        Table::<End>::new()
            .who("of an administrator", &administrator, "+--.......-.... ......")
            .who("of a contributor", &contributor, "+--.....+-..... ......")
            .who("of the SIG", &admin, "+--............ ......")
            .now("in force", &administrator)
            .when("over", &ended, "illegal")
            .end(),
        Table::<Void>::new()
            .who("of an administrator", &administrator, "+--.......-.... ......")
            .who("of a contributor", &contributor, "+--.....--..... ......")
            .who("of the SIG", &admin, "+--............ ......")
            .now("over too: a mistake is voided whenever it is found", &ended)
            .end(),
    ]
}

fn creating() -> Checked {
    let administrator = || gift(Role::OrgAdmin, Some(at::SOCIAUX));
    let beyond = Gift { reached: vec![at::TRAVAIL, at::OPERATOR], ..gift(Role::OrgAdmin, Some(at::TRAVAIL)) };
    let nowhere = Gift { new: gift(Role::OrgAdmin, None).new, ..administrator() };
    let everywhere = gift(Role::SigAdmin, Some(at::SOCIAUX));
    Table::<Create>::new()
        .who("administrator of a directorate", &administrator(), "+-------+------ ------")
        .who("contributor of it", &gift(Role::DicomContributor, Some(at::SOCIAUX)), "+-------+------ ------")
        .who("director of it", &gift(Role::DicomDirector, Some(at::SOCIAUX)), "+-------------- ------")
        .who("administrator of more than he directs", &beyond, "+-------------- ------")
        .who("of a préfecture", &gift(Role::OrgAdmin, Some(at::PREFECTURE_34)), "+-------------- ------")
        .who("coordinator", &gift(Role::SigCoordinator, None), "+-------------- ------")
        .who("to the director himself", &to('T', administrator()), "+-------------- ------")
        .who("to the administrator himself", &to('A', gift(Role::Auditor, None)), "--------------- ------")
        .now("administrator of a directorate", &administrator())
        .when("of an organization that is not named", &nowhere, "invalid /organization_id")
        .when("of all, yet over one organization", &everywhere, "invalid /organization_id")
        .when("of one that was merged", &Gift { life: Some(merged()), ..administrator() }, "superseded")
        .when("of one that was closed", &Gift { life: Some(closed()), ..administrator() }, "illegal")
        .end()
}
