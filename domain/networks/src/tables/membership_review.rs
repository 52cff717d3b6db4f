//! Reviews: opened and closed by the leads; answered by them and, for their organization, by director, administrator and référent.

use kernel::{MembershipReviewId, NetworkId, PrincipalId, Version};
use personas::network::{EDITO, OMBRE, PREFECTURES};
use personas::{Checked, Table, id, recorded};

use super::{a_closed_network, a_network, code, name, visibility};
use crate::membership_review::{Close, Create, List, ListItems, MembershipReview, Read};

fn a_review(network_id: NetworkId) -> MembershipReview {
    MembershipReview {
        id: MembershipReviewId(id(63)),
        network_code: code(network_id),
        network_name: name(network_id),
        network_id,
        due_on: recorded().date_naive(),
        closed_at: None,
        total: 1,
        answered: 0,
        network_visibility: visibility(network_id),
        version: Version::FIRST,
        created_at: recorded(),
        updated_at: recorded(),
        created_by: PrincipalId::SYSTEM,
        updated_by: PrincipalId::SYSTEM,
    }
}

pub(super) fn tables() -> Vec<Checked> {
    let closed = MembershipReview { closed_at: Some(recorded()), ..a_review(EDITO) };
    vec![
        Table::<List>::new()
            .who("edito", &a_network(EDITO), "++-+----+++--.- ++-+..")
            .who("ombre", &a_network(OMBRE), "++.+........... ......")
            .end(),
        Table::<Read>::new()
            .who("edito", &a_review(EDITO), "++.+....+++.... ++.+..")
            .who("prefectures", &a_review(PREFECTURES), "++...++++++.... ++....")
            .who("ombre", &a_review(OMBRE), "++.+........... ......")
            .end(),
        Table::<Create>::new()
            .who("edito", &a_network(EDITO), "++-+---------.- ----..")
            .who("prefectures", &a_network(PREFECTURES), "++-----------.- ----..")
            .who("ombre", &a_network(OMBRE), "++.-........... ......")
            .now("active", &a_network(EDITO))
            .when("a closed network", &a_closed_network(EDITO), "illegal")
            .end(),
        Table::<Close>::new()
            .who("edito", &a_review(EDITO), "++.+....---.... --.-..")
            .who("ombre", &a_review(OMBRE), "++.-........... ......")
            .now("open", &a_review(EDITO))
            .when("closed", &closed, "illegal")
            .end(),
        Table::<ListItems>::new()
            .who("edito", &a_review(EDITO), "++.+....+-+.... ++.-..")
            .who("prefectures", &a_review(PREFECTURES), "++...++-+-+.... ++....")
            .who("ombre", &a_review(OMBRE), "++.-........... ......")
            .end(),
    ]
}
