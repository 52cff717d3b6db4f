//! Notifications: read by their recipient only.

use kernel::notification::{NotificationClass, NotificationKind};
use kernel::{NetworkId, NotificationId, Version};
use personas::network::{EDITO, OMBRE};
use personas::{Checked, Table, id, recorded, who};

use super::{code, name, visibility};
use crate::notification::{MarkAllRead, MarkRead, Notification, Read, Subject};

fn to(of: char, network: NetworkId) -> Notification {
    Notification {
        id: NotificationId(id(69)),
        member_id: who(of),
        kind: NotificationKind::AnnouncementPublished,
        level: kernel::NotificationLevel::Digest,
        class: NotificationClass::Normal,
        noun: "announcement".to_owned(),
        object_id: id(68),
        network_id: Some(network),
        network_code: Some(code(network)),
        network_name: Some(name(network)),
        network: Some((network, visibility(network))),
        own: false,
        subject: Subject::default(),
        read_at: None,
        digested_at: None,
        withdrawn_at: None,
        version: Version::FIRST,
        created_at: recorded(),
    }
}

pub(super) fn tables() -> Vec<Checked> {
    let withdrawn = Notification { withdrawn_at: Some(recorded()), ..to('L', EDITO) };
    let own = Notification { own: true, ..to('M', OMBRE) };
    vec![
        Table::<Read>::new()
            .who("of a lead", &to('L', EDITO), "...+........... ......")
            .who("of a partner", &to('P', EDITO), "............... ......")
            .who("withdrawn", &withdrawn, "............... ......")
            .who("ombre, of its member", &to('L', OMBRE), "...+........... ......")
            .who("ombre, of someone who left", &to('M', OMBRE), "............... ......")
            .who("ombre, but one's own business", &own, "...........+... ......")
            .end(),
        Table::<MarkRead>::new()
            .who("of a lead", &to('L', EDITO), "...+........... ......")
            .who("withdrawn", &withdrawn, "............... ......")
            .now("whenever", &to('L', EDITO))
            .end(),
        Table::<MarkAllRead>::new().who("all", &(), "++++++++++++++- +++++-").end(),
    ]
}
