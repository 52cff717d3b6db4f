//! Who may do what the kernel itself declares, as tables: see `personas::CALLERS` for the columns.

use std::path::Path;

use kernel::audit;
use personas::{Table, check};

#[test]
fn every_action_has_a_table_that_holds() {
    let log = Table::<audit::List>::new().who("the log", &(), "+-+------------ ------").now("always", &()).end();
    check(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), vec![log]);
}
