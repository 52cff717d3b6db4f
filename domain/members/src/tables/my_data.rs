//! My data: every person exports their own, and objects to the publication of their card; nobody does it for them.

use personas::{Checked, Table, recorded};

use super::plain_member;
use crate::member::Member;
use crate::my_data::{Export, Object, WithdrawObjection};

pub(super) fn tables() -> Vec<Checked> {
    let objected = Member { profile_objection_at: Some(recorded()), ..plain_member() };
    vec![
        Table::<Export>::new().who("one's own", &(), "++++++++++++++- +++++-").end(),
        Table::<Object>::new()
            .who("a member's", &plain_member(), "-----------+--- ------")
            .now("published", &plain_member())
            .when("objected already", &objected, "illegal withdraw_objection")
            .end(),
        Table::<WithdrawObjection>::new()
            .who("a member's", &objected, "-----------+--- ------")
            .now("objected", &objected)
            .when("published", &plain_member(), "illegal object_to_publication")
            .end(),
    ]
}
