//! Who may do what with expertise and contacts, and when, as tables without a database: see `personas::CALLERS`.
//!
//! The verdicts are written from the requirements, as those of `tests/policy.tsv` are; never copied from what a rule says.

mod contact;
mod member_expertise;
mod request;
mod term;

use std::path::Path;

use personas::check;

#[test]
fn every_action_has_a_table_that_holds() {
    let tables = [term::tables(), member_expertise::tables(), request::tables(), contact::tables()];
    check(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), tables.into_iter().flatten().collect());
}
