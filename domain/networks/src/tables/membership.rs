//! Memberships: decided by the leads and the SIG; leads are appointed by the SIG administrator; all may end their
//! own.

use kernel::{
    AffiliationId, MemberOrigin, MembershipId, NetworkId, NetworkRole, NotificationLevel, OrganizationId, PrincipalId,
    Version,
};
use personas::network::{CRISE, DESIGN, EDITO, OMBRE, PREFECTURES};
use personas::{Checked, Table, at, id, in_force, member, merged, organization, recorded, who};

use super::{a_closed_network, a_network, code, name, visibility};
use crate::membership::{
    Candidate, ChangeRole, Create, End, Membership, MembershipInput, MembershipStatus, Read, Void,
};
use crate::network::Network;
use crate::{membership_review, subscription};

/// The membership of a caller (by their sign), or of someone else (`?`).
pub(super) fn a_membership(
    of: char,
    network_id: NetworkId,
    organization_id: OrganizationId,
    role: NetworkRole,
) -> Membership {
    Membership {
        managed_by: "manual".into(),
        id: MembershipId(id(62)),
        network_code: code(network_id),
        network_name: name(network_id),
        network_id,
        member: member(who(of)),
        organization: organization(organization_id),
        affiliation_id: AffiliationId(id(50)),
        role,
        interministerial: network_id == PREFECTURES,
        status: MembershipStatus::Active,
        valid: in_force(),
        notification_level: NotificationLevel::Digest,
        end_reason: None,
        last_reviewed_at: None,
        is_last_lead: false,
        network_visibility: visibility(network_id),
        sort_name: String::new(),
        version: Version::FIRST,
        created_at: recorded(),
        updated_at: recorded(),
        created_by: PrincipalId::SYSTEM,
        updated_by: PrincipalId::SYSTEM,
    }
}

fn edito_lead() -> Membership {
    a_membership('L', EDITO, at::ECOLOGIE, NetworkRole::Lead)
}

fn edito_member() -> Membership {
    a_membership('?', EDITO, at::DINUM, NetworkRole::Member)
}

fn prefectures_34() -> Membership {
    a_membership('R', PREFECTURES, at::PREFECTURE_34, NetworkRole::Referent)
}

fn crise(at: OrganizationId) -> Membership {
    a_membership('?', CRISE, at, NetworkRole::Referent)
}

fn ombre_lead_edito() -> Membership {
    a_membership('L', OMBRE, at::ECOLOGIE, NetworkRole::Member)
}

/// The membership in the hidden network of a caller who does not sit there: it ended, for example.
fn ombre_of_someone_who_left() -> Membership {
    a_membership('M', OMBRE, at::OPERATOR, NetworkRole::Member)
}

fn last_lead() -> Membership {
    Membership { is_last_lead: true, ..edito_lead() }
}

fn ended() -> Membership {
    Membership { status: MembershipStatus::Ended, ..edito_member() }
}

fn candidate(network: Network, role: NetworkRole, interministerial: bool) -> Candidate {
    let new = MembershipInput {
        affiliation_id: AffiliationId(id(50)),
        role,
        interministerial,
        valid_from: None,
        valid_to: None,
    };
    Candidate { network, new, origin: Some(MemberOrigin::Ministry), until: None, left: None }
}

pub(super) fn tables() -> Vec<Checked> {
    vec![reading(), creating(), changing_role(), ending(), voiding(), subscribing(), reviewing()]
}

fn reading() -> Checked {
    Table::<Read>::new()
        .who("edito's lead", &edito_lead(), "+++++++++++++.+ ++++..")
        .who("a member of edito", &edito_member(), "++++++++++++..+ ++++..")
        .who("a référent of prefectures", &prefectures_34(), "++++++++++++..+ ++++..")
        .who("crise, of another ministry", &crise(at::JUSTICE), "++............. +.....")
        .who("crise, of the directorate", &crise(at::SOCIAUX), "++......++..... ......")
        .who("ombre", &ombre_lead_edito(), "++.+........... ......")
        .who("ombre, their own", &ombre_of_someone_who_left(), "++.+........... ......")
        .end()
}

fn creating() -> Checked {
    let new = |network, role, interministerial| candidate(a_network(network), role, interministerial);
    let edito = || new(EDITO, NetworkRole::Member, false);
    let only_prefectures = Network { eligible_origins: vec![MemberOrigin::Prefecture], ..a_network(EDITO) };
    Table::<Create>::new()
        .who("edito", &edito(), "++-+---------.- ----..")
        .who("edito, as its lead", &new(EDITO, NetworkRole::Lead, false), "+------------.- ----..")
        .who("edito, as a co-lead", &new(EDITO, NetworkRole::CoLead, false), "+------------.- ----..")
        .who("design", &new(DESIGN, NetworkRole::Member, false), "++--+--------.- ----..")
        .who("prefectures", &new(PREFECTURES, NetworkRole::Member, false), "++-----------.- ----..")
        .who("prefectures, interministerial", &new(PREFECTURES, NetworkRole::Member, true), "++---+-------.- ----..")
        .who("ombre", &new(OMBRE, NetworkRole::Member, false), "++.-........... ......")
        .now("edito", &edito())
        .when("a closed network", &candidate(a_closed_network(EDITO), NetworkRole::Member, false), "illegal")
        .when("no affiliation in force", &Candidate { origin: None, ..edito() }, "invalid /affiliation_id")
        .when("moved on", &Candidate { origin: None, left: Some(merged()), ..edito() }, "superseded")
        .when("not eligible", &candidate(only_prefectures, NetworkRole::Member, false), "invalid /affiliation_id")
        .end()
}

fn changing_role() -> Checked {
    Table::<ChangeRole>::new()
        .who("edito's lead", &edito_lead(), "+------------.- ----..")
        .who("a member of edito", &edito_member(), "++-+--------..- ----..")
        .who("a référent of prefectures", &prefectures_34(), "++---+------..- ----..")
        .who("crise, of another ministry", &crise(at::JUSTICE), "++............. -.....")
        .who("crise, of the directorate", &crise(at::SOCIAUX), "++......--..... ......")
        .who("ombre", &ombre_lead_edito(), "++.-........... ......")
        .now("a member of edito", &edito_member())
        .now("one lead of several", &edito_lead())
        .when("ended", &ended(), "illegal")
        .when("the last lead", &last_lead(), "last_lead")
        .end()
}

fn ending() -> Checked {
    Table::<End>::new()
        .who("edito's lead", &edito_lead(), "++-+---------.- ----..")
        .who("a member of edito", &edito_member(), "++-+--------..- ----..")
        .who("another lead of edito", &a_membership('?', EDITO, at::SIG, NetworkRole::Lead), "++-----------.- ----..")
        .who("a référent of prefectures", &prefectures_34(), "++---++-----..- ----..")
        .who("crise, of the directorate", &crise(at::SOCIAUX), "++......--..... ......")
        .who("ombre", &ombre_lead_edito(), "++.+........... ......")
        .now("a member of edito", &edito_member())
        .when("ended", &ended(), "illegal")
        .when("the last lead", &last_lead(), "last_lead")
        .end()
}

fn voiding() -> Checked {
    Table::<Void>::new()
        .who("edito's lead", &edito_lead(), "+------------.- ----..")
        .who("a member of edito", &edito_member(), "++----------..- ----..")
        .who("a référent of prefectures", &prefectures_34(), "++----------..- ----..")
        .who("crise, of another ministry", &crise(at::JUSTICE), "++............. -.....")
        .who("crise, of the directorate", &crise(at::SOCIAUX), "++......--..... ......")
        .who("ombre", &ombre_lead_edito(), "++.-........... ......")
        .now("ended too: a mistake is voided whenever it is found", &ended())
        .when("the last lead", &last_lead(), "last_lead")
        .end()
}

fn subscribing() -> Checked {
    Table::<subscription::Update>::new()
        .who("edito's lead", &edito_lead(), "...+........... ......")
        .who("a référent of prefectures", &prefectures_34(), "......+........ ......")
        .who("ombre", &ombre_lead_edito(), "...+........... ......")
        .who("ombre, of someone who left", &ombre_of_someone_who_left(), "............... ......")
        .now("edito's lead", &edito_lead())
        .when("ended", &ended(), "illegal")
        .end()
}

fn reviewing() -> Checked {
    Table::<membership_review::Review>::new()
        .who("edito's lead", &edito_lead(), "++-----------.- ----..")
        .who("a member of edito", &edito_member(), "++-+--------..- ----..")
        .who("a référent of prefectures", &prefectures_34(), "++---+----+-..- ----..")
        .who("crise, of another ministry", &crise(at::JUSTICE), "++............. +.....")
        .who("crise, of the directorate", &crise(at::SOCIAUX), "++......+-..... ......")
        .who("ombre", &ombre_lead_edito(), "++.-........... ......")
        .now("a member of edito", &edito_member())
        .when("ended", &ended(), "illegal")
        .end()
}
