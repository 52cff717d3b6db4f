//! Seats: written by the SIG and the leads, each on their topics; read by insiders.

use kernel::directory::OrganizationLife;
use kernel::{NetworkId, NetworkRole, OrganizationId, PrincipalId, SeatId, Validity, Version};
use personas::network::{DESIGN, EDITO, OMBRE, PREFECTURES};
use personas::{Checked, Table, alive, at, closed, id, in_force, merged, organization, over, recorded};

use super::{a_closed_network, a_network, code, name, visibility};
use crate::network::Network;
use crate::seat::{Create, End, List, ListOf, Read, Seat, Update, Void};

fn a_seat(network_id: NetworkId, organization_id: OrganizationId, valid: Validity) -> Seat {
    Seat {
        id: SeatId(id(61)),
        network_id,
        network_code: code(network_id),
        network_name: name(network_id),
        organization: organization(organization_id),
        role: NetworkRole::Referent,
        min: 1,
        max: 1,
        professions: Vec::new(),
        interministerial: network_id == PREFECTURES,
        valid,
        network_visibility: visibility(network_id),
        version: Version::FIRST,
        created_at: recorded(),
        updated_at: recorded(),
        created_by: PrincipalId::SYSTEM,
        updated_by: PrincipalId::SYSTEM,
    }
}

fn to_expect(
    network: Network,
    interministerial: bool,
    life: OrganizationLife,
) -> (Network, bool, Option<OrganizationLife>) {
    (network, interministerial, Some(life))
}

pub(super) fn tables() -> Vec<Checked> {
    let edito = a_seat(EDITO, at::SOCIAUX, in_force());
    let prefectures = a_seat(PREFECTURES, at::PREFECTURE_34, in_force());
    let ombre = a_seat(OMBRE, at::SIG, in_force());
    let over = a_seat(EDITO, at::SOCIAUX, over());
    let new = |network, interministerial| to_expect(a_network(network), interministerial, alive());
    vec![
        Table::<List>::new()
            .who("edito", &a_network(EDITO), "++++++++++++-.+ ++++..")
            .who("ombre", &a_network(OMBRE), "++.+........... ......")
            .end(),
        Table::<ListOf>::new().who("any", &(), "++++++++++++--+ ++++--").end(),
        Table::<Read>::new()
            .who("edito", &edito, "++++++++++++..+ ++++..")
            .who("prefectures", &prefectures, "++++++++++++..+ ++++..")
            .who("ombre", &ombre, "++.+........... ......")
            .end(),
        Table::<Create>::new()
            .who("edito", &new(EDITO, false), "++-+---------.- ----..")
            .who("design", &new(DESIGN, false), "++--+--------.- ----..")
            .who("prefectures", &new(PREFECTURES, false), "++-----------.- ----..")
            .who("prefectures, interministerial", &new(PREFECTURES, true), "++---+-------.- ----..")
            .who("ombre", &new(OMBRE, false), "++.-........... ......")
            .now("edito", &new(EDITO, false))
            .when("a closed network", &to_expect(a_closed_network(EDITO), false, alive()), "illegal")
            .when("a merged organization", &to_expect(a_network(EDITO), false, merged()), "superseded")
            .when("a closed organization", &to_expect(a_network(EDITO), false, closed()), "illegal")
            .end(),
        Table::<Update>::new()
            .who("edito", &edito, "++-+--------..- ----..")
            .who("prefectures", &prefectures, "++---+------..- ----..")
            .who("ombre", &ombre, "++.-........... ......")
            .now("in force", &edito)
            .when("over", &over, "illegal")
            .end(),
        Table::<End>::new()
            .who("edito", &edito, "++-+--------..- ----..")
            .who("prefectures", &prefectures, "++---+------..- ----..")
            .who("ombre", &ombre, "++.-........... ......")
            .now("in force", &edito)
            .when("over", &over, "illegal")
            .end(),
        Table::<Void>::new()
            .who("edito", &edito, "++----------..- ----..")
            .who("prefectures", &prefectures, "++----------..- ----..")
            .who("ombre", &ombre, "++.-........... ......")
            .now("over too: a mistake is voided whenever it is found", &over)
            .end(),
    ]
}
