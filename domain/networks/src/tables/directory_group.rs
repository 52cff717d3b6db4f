//! Groups: a service account places members of its own directory; networks themselves are the SIG's.

use kernel::ServiceAccountId;
use kernel::directory::Directory;
use personas::network::{EDITO, OMBRE};
use personas::{Checked, Table, at, id, who};

use super::a_network;
use crate::directory_group::{Close, Create, Place, Read};
use crate::network::{Network, NetworkStatus};

pub(super) fn tables() -> Vec<Checked> {
    let of =
        |account| Directory { account, source: id(95), code: "annuaire-mi".to_owned(), organization: at::INTERIEUR };
    let own = || Some(of(ServiceAccountId(who('B').0)));
    let other = || Some(of(ServiceAccountId(id(96))));
    let closed = Network { status: NetworkStatus::Closed, ..a_network(EDITO) };
    vec![
        Table::<Read>::new()
            .who("of the account itself", &own(), "--------------+ ------")
            .who("of another account", &other(), "--------------- ------")
            .end(),
        Table::<Place>::new()
            .who("in edito", &(own(), a_network(EDITO)), "--------------+ ------")
            .who("in a hidden network", &(own(), a_network(OMBRE)), "--------------. ------")
            .who("for another account", &(other(), a_network(EDITO)), "--------------- ------")
            .now("one that lives", &(own(), a_network(EDITO)))
            .when("one that is closed", &(own(), closed.clone()), "NotFound")
            .end(),
        Table::<Create>::new().who("without the scope", &own(), "--------------- ------").end(),
        Table::<Close>::new()
            .who("without the scope", &(own(), a_network(EDITO)), "--------------- ------")
            .now("one that lives", &(own(), a_network(EDITO)))
            .when("one that is closed", &(own(), closed), "NotFound")
            .end(),
    ]
}
