//! Members: read by everyone inside, kept by the director and the administrator of the main place, suspended by the SIG.

use personas::{Checked, Table, alive, at, closed, merged};

use super::{a_member, contributor, deputy, in_status, partner, plain_member};
use crate::member::{Bind, Create, Depart, MemberStatus, Read, Release, Restore, Suspend, Update};

pub(super) fn tables() -> Vec<Checked> {
    let (active, departed) = (deputy(), in_status(MemberStatus::Departed, deputy()));
    let suspended = in_status(MemberStatus::Suspended, deputy());
    let (from_active, from_suspended) =
        ("illegal suspend_member depart_member", "illegal restore_member depart_member");
    let in_two_places = a_member('?', &[at::PREFECTURE_34, at::JUSTICE]);
    let second_place = a_member('?', &[at::JUSTICE, at::PREFECTURE_34]);
    vec![
        Table::<Read>::new()
            .who("of a préfecture", &deputy(), "+++++++++++++.+ ++++..")
            .who("of a directorate", &contributor(), "+++++++++++++.+ ++++..")
            .who("a partner", &partner(), "+++++++++++++++ ++++..")
            .end(),
        Table::<Create>::new()
            .who("in a préfecture", &(at::PREFECTURE_34, alive()), "++--------+---+ ------")
            .who("in a ministry that a directorate serves", &(at::TRAVAIL, alive()), "++------+------ -+----")
            .who("in another ministry", &(at::JUSTICE, alive()), "++------------- +-----")
            .now("in one that lives", &(at::JUSTICE, alive()))
            .when("in one that was merged", &(at::JUSTICE, merged()), "superseded")
            .when("in one that was closed", &(at::JUSTICE, closed()), "illegal")
            .end(),
        Table::<Update>::new()
            .who("of a préfecture", &deputy(), "++--------+--.+ ----..")
            .who("of a directorate", &contributor(), "++------+----.- ----..")
            .who("of an operator", &plain_member(), "++-----------.- ----..")
            .who("a partner", &partner(), "++------------- ----..")
            .who("whose second place is the préfecture", &second_place, "++-----------.- +---..")
            .now("active", &active)
            .now("suspended", &suspended)
            .when("departed", &departed, "illegal")
            .end(),
        releasing(),
        Table::<Suspend>::new()
            .who("of a préfecture", &deputy(), "++-----------.- ----..")
            .who("of a directorate", &contributor(), "++-----------.- ----..")
            .now("active", &active)
            .now("invited", &in_status(MemberStatus::Invited, deputy()))
            .when("suspended", &suspended, from_suspended)
            .when("departed", &departed, "illegal")
            .end(),
        Table::<Restore>::new()
            .who("of a préfecture", &deputy(), "++-----------.- ----..")
            .who("of a directorate", &contributor(), "++-----------.- ----..")
            .now("suspended", &suspended)
            .when("active", &active, from_active)
            .when("departed", &departed, "illegal")
            .end(),
        Table::<Depart>::new()
            .who("of a préfecture", &deputy(), "++--------+--.+ ----..")
            .who("of a directorate", &contributor(), "++------+----.- ----..")
            .who("of an operator", &plain_member(), "++-----------.- ----..")
            .who("in two places, each kept by another", &in_two_places, "++-----------.- ----..")
            .who("in no place", &a_member('?', &[]), "++-----------.- ----..")
            .now("active", &active)
            .now("suspended", &suspended)
            .when("departed", &departed, "illegal")
            .end(),
        binding(),
    ]
}

fn releasing() -> Checked {
    let (active, suspended) = (deputy(), in_status(MemberStatus::Suspended, deputy()));
    let departed = in_status(MemberStatus::Departed, deputy());
    Table::<Release>::new()
        .who("of a préfecture", &deputy(), "++--------+--.- ----..")
        .who("of a directorate", &contributor(), "++------+----.- ----..")
        .now("active", &active)
        .now("suspended", &suspended)
        .when("departed", &departed, "illegal")
        .end()
}

/// Whose name is told by the issuer is looked up before: the rule has nothing to add.
fn binding() -> Checked {
    Table::<Bind>::new()
        .who("whom the issuer names", &deputy(), "+++++++++++++++ ++++++")
        .now("active", &deputy())
        .when("departed", &in_status(MemberStatus::Departed, deputy()), "illegal")
        .end()
}
