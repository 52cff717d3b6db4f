//! Networks and co-animations: all but partners read those that are not hidden; the SIG writes them, and the leads
//! update networks.

use kernel::directory::OrganizationLife;
use kernel::{CoAnimationId, CoAnimationScope, NetworkId, PrincipalId, Validity, Version};
use personas::network::{CRISE, DESIGN, EDITO, OMBRE, PREFECTURES};
use personas::{Checked, Table, alive, at, closed, id, in_force, merged, organization, over, recorded};

use super::{a_closed_network, a_network, code, name, visibility};
use crate::co_animation::{self, CoAnimation};
use crate::network::{Activate, Close, Create, Network, NetworkStatus, Pause, Read, Update};

fn in_status(status: NetworkStatus) -> Network {
    Network { status, ..a_network(EDITO) }
}

fn a_co_animation(network_id: NetworkId, valid: Validity) -> CoAnimation {
    CoAnimation {
        id: CoAnimationId(id(60)),
        network_id,
        network_code: code(network_id),
        network_name: name(network_id),
        organization: organization(at::DINUM),
        scope: CoAnimationScope::All,
        valid,
        network_visibility: visibility(network_id),
        version: Version::FIRST,
        created_at: recorded(),
        updated_at: recorded(),
        created_by: PrincipalId::SYSTEM,
        updated_by: PrincipalId::SYSTEM,
    }
}

pub(super) fn tables() -> Vec<Checked> {
    let mut all = of_networks();
    all.extend(of_co_animations());
    all
}

fn of_networks() -> Vec<Checked> {
    let moves = "illegal pause_network close_network";
    vec![
        Table::<Read>::new()
            .who("edito", &a_network(EDITO), "+++++++++++++.+ ++++..")
            .who("crise", &a_network(CRISE), "+++++++++++++.+ ++++..")
            .who("ombre", &a_network(OMBRE), "++.+........... ......")
            .end(),
        Table::<Create>::new().who("any", &(), "++------------- ------").end(),
        Table::<Update>::new()
            .who("edito", &a_network(EDITO), "++-+---------.- ----..")
            .who("design", &a_network(DESIGN), "++--+--------.- ----..")
            .who("prefectures", &a_network(PREFECTURES), "++-----------.- ----..")
            .who("ombre", &a_network(OMBRE), "++.-........... ......")
            .now("active", &a_network(EDITO))
            .when("closed", &a_closed_network(EDITO), "illegal")
            .end(),
        Table::<Activate>::new()
            .who("edito", &a_network(EDITO), "++-----------.- ----..")
            .who("ombre", &a_network(OMBRE), "++.-........... ......")
            .now("in preparation", &in_status(NetworkStatus::Preparing))
            .now("dormant", &in_status(NetworkStatus::Dormant))
            .when("active", &a_network(EDITO), moves)
            .when("closed", &a_closed_network(EDITO), "illegal")
            .end(),
        Table::<Pause>::new()
            .who("edito", &a_network(EDITO), "++-----------.- ----..")
            .who("ombre", &a_network(OMBRE), "++.-........... ......")
            .now("active", &a_network(EDITO))
            .when("dormant", &in_status(NetworkStatus::Dormant), "illegal activate_network close_network")
            .when("closed", &a_closed_network(EDITO), "illegal")
            .end(),
        Table::<Close>::new()
            .who("edito", &a_network(EDITO), "++-----------.- ----..")
            .who("design", &a_network(DESIGN), "++-----------.- ----..")
            .who("ombre", &a_network(OMBRE), "++.-........... ......")
            .now("active", &a_network(EDITO))
            .now("dormant", &in_status(NetworkStatus::Dormant))
            .when("closed", &a_closed_network(EDITO), "illegal")
            .end(),
    ]
}

fn of_co_animations() -> Vec<Checked> {
    let by = |network: Network, life: OrganizationLife| (network, Some(life));
    let (design, ombre) = (a_co_animation(DESIGN, in_force()), a_co_animation(OMBRE, in_force()));
    vec![
        Table::<co_animation::Read>::new()
            .who("design", &design, "+++++++++++++.+ ++++..")
            .who("ombre", &ombre, "++.+........... ......")
            .end(),
        Table::<co_animation::Create>::new()
            .who("edito", &by(a_network(EDITO), alive()), "++-----------.- ----..")
            .who("ombre", &by(a_network(OMBRE), alive()), "++.-........... ......")
            .now("edito", &by(a_network(EDITO), alive()))
            .when("a closed network", &by(a_closed_network(EDITO), alive()), "illegal")
            .when("a merged organization", &by(a_network(EDITO), merged()), "superseded")
            .when("a closed organization", &by(a_network(EDITO), closed()), "illegal")
            .end(),
        Table::<co_animation::Void>::new()
            .who("design", &design, "++-----------.- ----..")
            .who("ombre", &ombre, "++.-........... ......")
            .end(),
        Table::<co_animation::End>::new()
            .who("design", &design, "++-----------.- ----..")
            .who("ombre", &ombre, "++.-........... ......")
            .now("in force", &design)
            .when("over", &a_co_animation(DESIGN, over()), "illegal")
            .end(),
    ]
}
