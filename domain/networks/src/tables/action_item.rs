//! Action items: seen by those who have to do them and those who follow them; created by the leads, the SIG and, for
//! the organizations they answer for, communication directors.

use kernel::{ActionItemId, NetworkId, OrganizationId, PrincipalId, Version};
use personas::network::{DESIGN, EDITO, OMBRE, PREFECTURES};
use personas::{Checked, Table, alive, at, closed, id, member, merged, organization, recorded, text, who};

use super::{a_network, code, name, visibility};
use crate::action_item::{
    ActionItem, ActionItemInput, ActionStatus, Cancel, Complete, Create, Duty, Read, Reopen, Update,
};
use crate::follow_up::{FollowUpAxis, FollowUpConfidentiality, FollowUpScope};

fn an_action(network: Option<NetworkId>, owner: OrganizationId) -> ActionItem {
    ActionItem {
        id: ActionItemId(id(67)),
        title: text("Une action"),
        detail: None,
        network_code: network.map(code),
        network_name: network.map(name),
        owner_organization: organization(owner),
        owner_member: None,
        follow_up_id: None,
        interministerial: false,
        due_on: recorded().date_naive(),
        status: ActionStatus::Open,
        closed_at: None,
        network_id: network,
        network_visibility: network.map(visibility),
        origin: (None, None),
        version: Version::FIRST,
        created_at: recorded(),
        updated_at: recorded(),
        created_by: PrincipalId::SYSTEM,
        updated_by: PrincipalId::SYSTEM,
    }
}

fn edito() -> ActionItem {
    an_action(Some(EDITO), at::SOCIAUX)
}

/// From a confidential follow-up with the directorate, assigned to its contributor.
fn secret() -> ActionItem {
    let origin = (Some(FollowUpAxis::Organization), Some(FollowUpConfidentiality::Confidential));
    ActionItem { origin, owner_member: Some(member(who('K'))), ..edito() }
}

fn ombre() -> ActionItem {
    an_action(Some(OMBRE), at::SIG)
}

fn prefectures() -> ActionItem {
    an_action(Some(PREFECTURES), at::PREFECTURE_34)
}

/// To be done by a préfecture, followed by no network.
fn of_prefecture() -> ActionItem {
    an_action(None, at::PREFECTURE_34)
}

fn in_status(status: ActionStatus, it: ActionItem) -> ActionItem {
    ActionItem { status, ..it }
}

fn duty(network: NetworkId, owner: OrganizationId) -> Duty {
    let new = ActionItemInput {
        title: text("Une action"),
        detail: None,
        network_code: Some(code(network)),
        owner_organization_id: owner,
        owner_member_id: None,
        follow_up_id: None,
        interministerial: false,
        due_on: kernel::Day(recorded().date_naive()),
    };
    Duty { new, network: Some(a_network(network)), follow_up: None, life: alive(), person_there: true }
}

/// What a follow-up on the network axis is about.
fn a_scope(network: NetworkId) -> FollowUpScope {
    FollowUpScope {
        axis: FollowUpAxis::Network,
        network_id: Some(network),
        organization_id: None,
        interministerial: false,
        confidentiality: FollowUpConfidentiality::Normal,
        attendee_ids: Vec::new(),
        created_by: PrincipalId::SYSTEM,
        network_visibility: Some(visibility(network)),
    }
}

pub(super) fn tables() -> Vec<Checked> {
    let open = "illegal reopen_action_item";
    let done = in_status(ActionStatus::Done, edito());
    vec![
        reading(),
        creating(),
        Table::<Update>::new()
            .who("edito", &edito(), "++.+....+-..... ......")
            .who("confidential", &secret(), "++......+-..... ......")
            .who("prefectures", &prefectures(), "++....-........ ......")
            .who("of a préfecture", &of_prefecture(), "++........-.... ......")
            .now("open", &edito())
            .when("done", &done, open)
            .end(),
        Table::<Complete>::new()
            .who("edito", &edito(), "++.+....+-..... ......")
            .who("confidential", &secret(), "++......++..... ......")
            .who("ombre", &ombre(), "++............. ......")
            .who("prefectures", &prefectures(), "++....+........ ......")
            .who("of a préfecture", &of_prefecture(), "++........+.... ......")
            .now("open", &edito())
            .when("done", &done, open)
            .end(),
        Table::<Cancel>::new()
            .who("edito", &edito(), "++.+....+-..... ......")
            .who("confidential", &secret(), "++......+-..... ......")
            .who("prefectures", &prefectures(), "++....-........ ......")
            .who("of a préfecture", &of_prefecture(), "++........-.... ......")
            .now("open", &edito())
            .when("cancelled", &in_status(ActionStatus::Cancelled, edito()), open)
            .end(),
        reopening(),
    ]
}

fn reading() -> Checked {
    let of_member = ActionItem { owner_member: Some(member(who('M'))), ..ombre() };
    Table::<Read>::new()
        .who("edito", &edito(), "++.+....++..... ......")
        .who("confidential", &secret(), "++......++..... ......")
        .who("ombre", &ombre(), "++............. ......")
        .who("ombre, for a member to do", &of_member, "++.........+... ......")
        .who("ombre, done by a member", &in_status(ActionStatus::Done, of_member.clone()), "++............. ......")
        .who("prefectures", &prefectures(), "++....+........ ......")
        .who("of a préfecture", &of_prefecture(), "++........+.... ......")
        .end()
}

fn creating() -> Checked {
    let nowhere = ActionItemInput { network_code: None, ..duty(EDITO, at::SOCIAUX).new };
    let unfollowed = Duty { new: nowhere, network: None, follow_up: Some(a_scope(EDITO)), ..duty(EDITO, at::SOCIAUX) };
    let lost = Duty { network: None, ..duty(EDITO, at::SOCIAUX) };
    Table::<Create>::new()
        .who("edito, for the directorate", &duty(EDITO, at::SOCIAUX), "++-+----+------ ------")
        .who("edito, for another ministry", &duty(EDITO, at::JUSTICE), "++-+----------- +-----")
        .who("ombre, for the directorate", &duty(OMBRE, at::SOCIAUX), "++------------- ------")
        .now("edito", &duty(EDITO, at::SOCIAUX))
        .when("no such network", &lost, "invalid /network_code")
        .now("of a follow-up of its network", &Duty { follow_up: Some(a_scope(EDITO)), ..duty(EDITO, at::SOCIAUX) })
        .when(
            "of another network's",
            &Duty { follow_up: Some(a_scope(DESIGN)), ..duty(EDITO, at::SOCIAUX) },
            "invalid /network_code",
        )
        .when("of no network", &unfollowed, "invalid /network_code")
        .when("a merged organization", &Duty { life: merged(), ..duty(EDITO, at::SOCIAUX) }, "superseded")
        .when("a closed organization", &Duty { life: closed(), ..duty(EDITO, at::SOCIAUX) }, "illegal")
        .when("not there", &Duty { person_there: false, ..duty(EDITO, at::SOCIAUX) }, "invalid /owner_member_id")
        .end()
}

fn reopening() -> Checked {
    let done = |it| in_status(ActionStatus::Done, it);
    Table::<Reopen>::new()
        .who("edito", &done(edito()), "++.+....+-..... ......")
        .who("confidential", &done(secret()), "++......+-..... ......")
        .who("prefectures", &done(prefectures()), "++....+........ ......")
        .who("of a préfecture", &done(of_prefecture()), "++........+.... ......")
        .who("given up", &in_status(ActionStatus::Cancelled, prefectures()), "++....-........ ......")
        .now("done", &done(edito()))
        .now("cancelled", &in_status(ActionStatus::Cancelled, edito()))
        .when("open", &edito(), "illegal complete_action_item cancel_action_item")
        .end()
}
