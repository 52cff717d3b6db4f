//! Hand-over: for those who may record the departure of the member; the member reads what they own.

use personas::{Checked, Table};

use super::{contributor, deputy, in_status, plain_member};
use crate::hand_over::{HandOver, ListOwned};
use crate::member::MemberStatus;

pub(super) fn tables() -> Vec<Checked> {
    vec![
        Table::<ListOwned>::new()
            .who("of a préfecture", &deputy(), "++-----+--+--.+ ----..")
            .who("of a directorate", &contributor(), "++------++---.- ----..")
            .who("of an operator", &plain_member(), "++---------+-.- ----..")
            .end(),
        Table::<HandOver>::new()
            .who("of a préfecture", &deputy(), "++--------+--.+ ----..")
            .who("of a directorate", &contributor(), "++------+----.- ----..")
            .who("of an operator", &plain_member(), "++-----------.- ----..")
            .now("active", &deputy())
            .now("suspended", &in_status(MemberStatus::Suspended, deputy()))
            .when("departed", &in_status(MemberStatus::Departed, deputy()), "illegal")
            .end(),
    ]
}
