//! My tasks (mes tâches): what waits for the caller, whatever noun it comes from.

use chrono::{DateTime, NaiveDate, Utc};
use kernel::codes;
use serde::Serialize;
use serde_with::skip_serializing_none;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::network::NetworkCode;

codes! {
    /// What waits for someone.
    MyTaskKind {
        DecideMembershipRequest = "decide_membership_request" ("décider d'une adhésion", "decide a membership"),
        ConfirmInvitation = "confirm_invitation" ("confirmer une personne invitée", "confirm someone who was invited"),
        DoActionItem = "do_action_item" ("mener une action", "do an action"),
        ReviewMemberships = "review_memberships" ("revoir les adhésions", "review memberships"),
        AnswerExpertiseRequest = "answer_expertise_request" ("répondre à une sollicitation", "answer a request for help"),
        AppointLead = "appoint_lead" ("désigner un animateur", "appoint a lead"),
    }
}

/// Something that waits for the caller.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MyTask {
    /// What it is.
    pub kind: MyTaskKind,
    /// The identifier of what it is about.
    pub id: Uuid,
    /// Where that stands in this API.
    pub href: String,
    /// What it is called, in a line.
    pub title: String,
    /// In which network.
    pub network_code: Option<NetworkCode>,
    /// The day by which it is due.
    pub due_on: Option<NaiveDate>,
    /// Since when it waits.
    pub since: DateTime<Utc>,
}

/// What waits for the caller, the most pressing first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MyTasks {
    /// Each of them.
    #[schema(max_items = 1000)]
    pub items: Vec<MyTask>,
}
