//! A line of the ledger of an announcement: who was told, and what became of the letter.

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

/// A line as it is stored.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = delivery, check_for_backend(Pg))]
pub struct DeliveryLine {
    /// Its place in the order of the list.
    pub id: uuid::Uuid,
    /// Who.
    #[diesel(embed)]
    pub member: Option<MemberReference>,
    /// Of what he was told.
    #[diesel(select_expression = notification::kind)]
    pub kind: NotificationKind,
    /// What became of the letter.
    pub status: DeliveryStatus,
    /// Whether there was an address to send it to.
    #[diesel(select_expression = delivery::address.is_not_null())]
    pub addressed: bool,
    /// When it went out.
    pub sent_at: Option<DateTime<Utc>>,
    /// When he read it in the service.
    #[diesel(select_expression = notification::read_at)]
    pub read_at: Option<DateTime<Utc>>,
}

/// Who was told of an announcement, and what became of the letter. Addresses are not shown.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AnnouncementDelivery {
    /// Who.
    pub member: Option<MemberReference>,
    /// Of what he was told: the publication, or a change.
    pub kind: NotificationKind,
    /// By what.
    pub channel: DeliveryChannel,
    /// What became of it. `unsent` is of whoever wants no letter, has no address, or has read it before one was sent: how
    /// soon someone hears is his own business, so that `muted` is never shown.
    pub status: DeliveryStatus,
    /// When it went out.
    pub sent_at: Option<DateTime<Utc>>,
    /// When he read it in the service.
    pub read_at: Option<DateTime<Utc>>,
}

impl From<DeliveryLine> for AnnouncementDelivery {
    fn from(line: DeliveryLine) -> Self {
        let DeliveryLine { member, kind, status, addressed, sent_at, read_at, .. } = line;
        let status = if status == DeliveryStatus::Muted || !addressed { DeliveryStatus::Unsent } else { status };
        Self { member, kind, channel: DeliveryChannel::Email, status, sent_at, read_at }
    }
}

/// A page of the ledger.
pub type AnnouncementDeliveryPage = Page<AnnouncementDelivery>;
