//! The standard of networks and the matrix: for those who animate or answer, the SIG and the auditor.

use kernel::{PrincipalId, Version};
use personas::network::{CRISE, EDITO, OMBRE};
use personas::{Checked, Table, id, recorded, text};

use super::a_network;
use crate::standard::{List, NetworkCriterion, Score, Update};
use crate::tracking::Track;

fn a_criterion() -> NetworkCriterion {
    NetworkCriterion {
        code: text("lead"),
        label: text("Un animateur"),
        measure: String::new(),
        weight: 20,
        full_at: 1.0,
        half_at: 0.5,
        id: id(70),
        version: Version::FIRST,
        created_at: recorded(),
        updated_at: recorded(),
        created_by: PrincipalId::SYSTEM,
        updated_by: PrincipalId::SYSTEM,
    }
}

pub(super) fn tables() -> Vec<Checked> {
    vec![
        Table::<List>::new().who("all", &(), "++++++++++++--+ ++++--").end(),
        Table::<Update>::new().who("any", &a_criterion(), "+-------------- ------").end(),
        Table::<Score>::new()
            .who("edito", &a_network(EDITO), "++++----+++--.- ++-+..")
            .who("crise", &a_network(CRISE), "+++-----+++--.- ++--..")
            .who("ombre", &a_network(OMBRE), "++.+........... ......")
            .end(),
        Table::<Track>::new().who("the matrix", &(), "+++++++-+++---- ++----").end(),
    ]
}
