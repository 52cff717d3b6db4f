//! Who may do what in networks, and when, as tables without a database: see `personas::CALLERS` for the columns.
//!
//! The verdicts are written from the requirements, as those of `tests/policy.tsv` are; never copied from what a rule
//! says.

mod action_item;
mod announcement;
mod directory_group;
mod follow_up;
mod membership;
mod membership_request;
mod membership_review;
mod network;
mod notification;
mod seat;
mod standard;

use std::path::Path;

use kernel::{NetworkId, PrincipalId, Version};
use personas::{check, network as networks, recorded, text};

use crate::network::{Cadence, JoinPolicy, Network, NetworkCode, NetworkName, NetworkStatus, NetworkVisibility};

#[test]
fn every_action_has_a_table_that_holds() {
    let tables = [
        network::tables(),
        directory_group::tables(),
        seat::tables(),
        membership::tables(),
        membership_request::tables(),
        membership_review::tables(),
        follow_up::tables(),
        action_item::tables(),
        announcement::tables(),
        notification::tables(),
        standard::tables(),
    ];
    check(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), tables.into_iter().flatten().collect());
}

/// A network of the test world: active, joined on request.
fn a_network(id: NetworkId) -> Network {
    Network {
        id,
        code: code(id),
        name: name(id),
        audience: text("Les communicants"),
        purpose: None,
        scope_note: None,
        cadence: Cadence::Monthly,
        visibility: visibility(id),
        join_policy: JoinPolicy::Request,
        eligible_origins: Vec::new(),
        annual_objectives: Vec::new(),
        charter_adopted_on: None,
        objectives_reviewed_on: None,
        status: NetworkStatus::Active,
        version: Version::FIRST,
        created_at: recorded(),
        updated_at: recorded(),
        created_by: PrincipalId::SYSTEM,
        updated_by: PrincipalId::SYSTEM,
    }
}

fn a_closed_network(id: NetworkId) -> Network {
    Network { status: NetworkStatus::Closed, ..a_network(id) }
}

fn code(id: NetworkId) -> NetworkCode {
    text(match id {
        networks::EDITO => "edito",
        networks::DESIGN => "design",
        networks::PREFECTURES => "prefectures",
        networks::CRISE => "crise",
        networks::OMBRE => "ombre",
        _ => "dircom",
    })
}

fn name(_: NetworkId) -> NetworkName {
    text("Réseau")
}

fn visibility(id: NetworkId) -> NetworkVisibility {
    match id {
        networks::CRISE => NetworkVisibility::Members,
        networks::OMBRE => NetworkVisibility::Hidden,
        _ => NetworkVisibility::Listed,
    }
}
