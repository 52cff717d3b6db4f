//! Delivery of an announcement (envoi): who was notified, and the state of the e-mail.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use kernel::Page;
use kernel::directory::MemberReference;
use kernel::notification::{DeliveryChannel, DeliveryStatus, NotificationKind};
use kernel::schema::{delivery, notification};
use serde::Serialize;
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

/// A delivery as it is stored.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = delivery, check_for_backend(Pg))]
pub struct DeliveryLine {
    /// Identifier of the delivery, which orders the list.
    pub id: uuid::Uuid,
    /// Member who was notified.
    #[diesel(embed)]
    pub member: Option<MemberReference>,
    /// What the member was notified of.
    #[diesel(select_expression = notification::kind)]
    pub kind: NotificationKind,
    /// State of the e-mail.
    pub status: DeliveryStatus,
    /// Whether the member had an address to send it to.
    #[diesel(select_expression = delivery::address.is_not_null())]
    pub addressed: bool,
    /// When the e-mail was sent.
    pub sent_at: Option<DateTime<Utc>>,
    /// When the member marked it as read.
    #[diesel(select_expression = notification::read_at)]
    pub read_at: Option<DateTime<Utc>>,
}

/// Delivery of an announcement (envoi): who was notified, and the state of the e-mail. Addresses are not shown.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AnnouncementDelivery {
    /// Member who was notified, by identifier and name.
    pub member: Option<MemberReference>,
    /// What the member was notified of: the publication, or a change.
    pub kind: NotificationKind,
    /// How it is sent: always by e-mail.
    pub channel: DeliveryChannel,
    /// State of the e-mail. `unsent` covers members who want no e-mail, have no address, or read it before one was
    /// sent. The choice of a member is private: `muted` is never shown here.
    pub status: DeliveryStatus,
    /// When the e-mail was sent (UTC). Absent: it was not sent.
    pub sent_at: Option<DateTime<Utc>>,
    /// When the member marked it as read (UTC). Absent: not read yet.
    pub read_at: Option<DateTime<Utc>>,
}

impl From<DeliveryLine> for AnnouncementDelivery {
    fn from(line: DeliveryLine) -> Self {
        let DeliveryLine { member, kind, status, addressed, sent_at, read_at, .. } = line;
        let status = if status == DeliveryStatus::Muted || !addressed { DeliveryStatus::Unsent } else { status };
        Self { member, kind, channel: DeliveryChannel::Email, status, sent_at, read_at }
    }
}

/// One page of deliveries.
pub type AnnouncementDeliveryPage = Page<AnnouncementDelivery>;
