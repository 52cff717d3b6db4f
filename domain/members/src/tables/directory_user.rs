//! Users: a service account reads and writes what its own directory keeps, and nobody else does.

use kernel::ServiceAccountId;
use kernel::directory::Directory;
use personas::{Checked, Table, at, id, who};

use crate::directory_user::{Read, Write};

pub(super) fn tables() -> Vec<Checked> {
    let of =
        |account| Directory { account, source: id(95), code: "annuaire-mi".to_owned(), organization: at::INTERIEUR };
    let own = Some(of(ServiceAccountId(who('B').0)));
    let other = Some(of(ServiceAccountId(id(96))));
    vec![
        Table::<Read>::new()
            .who("of the account itself", &own, "--------------+ ------")
            .who("of another account", &other, "--------------- ------")
            .who("of nobody", &None, "--------------- ------")
            .end(),
        Table::<Write>::new()
            .who("of the account itself", &own, "--------------+ ------")
            .who("of another account", &other, "--------------- ------")
            .who("of nobody", &None, "--------------- ------")
            .end(),
    ]
}
