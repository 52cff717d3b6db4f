//! Announcements: written by the SIG and, to their network, by the leads; read by their recipients.

use kernel::notification::NotificationClass;
use kernel::{AnnouncementId, MemberOrigin, NetworkId, PrincipalId, Version};
use personas::network::{EDITO, OMBRE, PREFECTURES};
use personas::{Checked, Table, id, recorded, text, who};

use super::{a_closed_network, a_network, code, name, visibility};
use crate::announcement::{
    Announcement, AnnouncementInput, AnnouncementStatus as Status, Around, Create, Draft, ListDeliveries, MarkRead,
    Publish, Read, Update, Withdraw,
};

fn an_announcement(network: Option<NetworkId>, status: Status) -> Announcement {
    Announcement {
        id: AnnouncementId(id(68)),
        title: text("Une annonce"),
        body: text("Bonjour."),
        network_code: network.map(code),
        author: None,
        network_name: network.map(name),
        network_id: network,
        network_visibility: network.map(visibility),
        organization_kinds: Vec::new(),
        origins: Vec::new(),
        interministerial: network == Some(PREFECTURES),
        class: NotificationClass::Normal,
        status,
        published_at: None,
        withdrawn_at: None,
        around: Around { addressed: false, read_at: None, tally: None },
        version: Version::FIRST,
        created_at: recorded(),
        updated_at: recorded(),
        created_by: who('A').into(),
        updated_by: PrincipalId::SYSTEM,
    }
}

fn edito(status: Status) -> Announcement {
    an_announcement(Some(EDITO), status)
}

fn mandatory() -> Announcement {
    Announcement { class: NotificationClass::Mandatory, ..edito(Status::Draft) }
}

fn ombre() -> Announcement {
    addressed(an_announcement(Some(OMBRE), Status::Published))
}

/// To organizations, and to no network.
fn to_organizations() -> Announcement {
    an_announcement(None, Status::Published)
}

/// The same, addressed to the caller.
fn addressed(it: Announcement) -> Announcement {
    Announcement { around: Around { addressed: true, ..it.around }, ..it }
}

fn draft(network: Option<NetworkId>, interministerial: bool, class: NotificationClass) -> Draft {
    let origins = if network.is_none() { vec![MemberOrigin::Prefecture] } else { Vec::new() };
    let new = AnnouncementInput {
        title: text("Une annonce"),
        body: text("Bonjour."),
        network_code: network.map(code),
        organization_kinds: Vec::new(),
        origins,
        interministerial,
        class: Some(class),
    };
    Draft { new, network: network.map(a_network) }
}

pub(super) fn tables() -> Vec<Checked> {
    vec![reading(), creating(), updating(), publishing(), withdrawing(), marking(), deliveries()]
}

fn reading() -> Checked {
    Table::<Read>::new()
        .who("edito, draft", &edito(Status::Draft), "++.+........... ......")
        .who("edito, mandatory draft", &mandatory(), "++............. ......")
        .who("edito, published", &edito(Status::Published), "++.+........... ......")
        .who("edito, addressed to the caller", &addressed(edito(Status::Published)), "++++++++++++..+ ++++..")
        .who("edito, withdrawn", &addressed(edito(Status::Withdrawn)), "++.+........... ......")
        .who("ombre", &ombre(), "++.+........... ......")
        .who("to organizations", &to_organizations(), "++............. ......")
        .who("to organizations, addressed", &addressed(to_organizations()), "++++++++++++..+ ++++..")
        .end()
}

fn creating() -> Checked {
    let (normal, mandatory) = (NotificationClass::Normal, NotificationClass::Mandatory);
    let two = AnnouncementInput { origins: vec![MemberOrigin::Prefecture], ..draft(Some(EDITO), false, normal).new };
    let none = AnnouncementInput { origins: Vec::new(), ..draft(None, false, normal).new };
    let lost = Draft { network: None, ..draft(Some(EDITO), false, normal) };
    let closed = Draft { network: Some(a_closed_network(EDITO)), ..draft(Some(EDITO), false, normal) };
    Table::<Create>::new()
        .who("edito", &draft(Some(EDITO), false, normal), "++-+----------- ------")
        .who("edito, mandatory", &draft(Some(EDITO), false, mandatory), "++------------- ------")
        .who("prefectures, interministerial", &draft(Some(PREFECTURES), true, normal), "++---+--------- ------")
        .who("prefectures", &draft(Some(PREFECTURES), false, normal), "++------------- ------")
        .who("ombre", &draft(Some(OMBRE), false, normal), "++------------- ------")
        .who("to organizations", &draft(None, false, normal), "++------------- ------")
        .now("edito", &draft(Some(EDITO), false, normal))
        .now("to organizations", &draft(None, false, normal))
        .when("no such network", &lost, "invalid /network_code")
        .when("a closed network", &closed, "illegal")
        .when("two audiences", &Draft { new: two, ..draft(Some(EDITO), false, normal) }, "invalid /network_code")
        .when("no audience", &Draft { new: none, network: None }, "invalid /network_code")
        .end()
}

fn updating() -> Checked {
    Table::<Update>::new()
        .who("edito, draft", &edito(Status::Draft), "++.+........... ......")
        .who("edito, mandatory draft", &mandatory(), "++............. ......")
        .who("edito, addressed to the caller", &addressed(edito(Status::Published)), "++-+--------..- ----..")
        .who("ombre", &ombre(), "++.-........... ......")
        .who("to organizations, addressed", &addressed(to_organizations()), "++----------..- ----..")
        .now("draft", &edito(Status::Draft))
        .now("published", &edito(Status::Published))
        .when("withdrawn", &edito(Status::Withdrawn), "illegal")
        .end()
}

fn publishing() -> Checked {
    Table::<Publish>::new()
        .who("edito, draft", &edito(Status::Draft), "++.+........... ......")
        .who("edito, mandatory draft", &mandatory(), "++............. ......")
        .who("ombre", &ombre(), "++.-........... ......")
        .who("to organizations, addressed", &addressed(to_organizations()), "++----------..- ----..")
        .now("draft", &edito(Status::Draft))
        .when("published", &edito(Status::Published), "illegal withdraw_announcement")
        .when("withdrawn", &edito(Status::Withdrawn), "illegal")
        .end()
}

fn withdrawing() -> Checked {
    Table::<Withdraw>::new()
        .who("edito, draft", &edito(Status::Draft), "++.+........... ......")
        .who("edito, mandatory draft", &mandatory(), "++............. ......")
        .who("ombre", &ombre(), "++.-........... ......")
        .who("to organizations, addressed", &addressed(to_organizations()), "++----------..- ----..")
        .now("published", &edito(Status::Published))
        .when("withdrawn", &edito(Status::Withdrawn), "illegal")
        .end()
}

fn marking() -> Checked {
    Table::<MarkRead>::new()
        .who("edito, draft", &edito(Status::Draft), "--.-........... ......")
        .who("edito, published, addressed to others", &edito(Status::Published), "--.-........... ......")
        .who("edito, addressed to the caller", &addressed(edito(Status::Published)), "++++++++++++..+ ++++..")
        .who("ombre", &ombre(), "++.+........... ......")
        .end()
}

fn deliveries() -> Checked {
    let by_member = Announcement { created_by: who('M').into(), ..edito(Status::Published) };
    Table::<ListDeliveries>::new()
        .who("edito, draft", &edito(Status::Draft), "++.+........... ......")
        .who("edito, addressed to the caller", &addressed(edito(Status::Published)), "++-+--------..- ----..")
        .who("edito, by someone who leads it no more", &by_member, "++.+.......-... ......")
        .who("ombre", &ombre(), "++.-........... ......")
        .who("to organizations, addressed", &addressed(to_organizations()), "++----------..- ----..")
        .end()
}
