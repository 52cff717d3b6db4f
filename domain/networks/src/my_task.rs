//! My tasks (mes tâches): what waits for the caller, from every part of the service.

use chrono::{DateTime, NaiveDate, Utc};
use kernel::{Version, codes};
use serde::Serialize;
use serde_with::skip_serializing_none;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::network::{NetworkCode, NetworkName};

codes! {
    /// Kind of a task.
    MyTaskKind {
        DecideMembershipRequest = "decide_membership_request" ("se prononcer sur une demande d’adhésion", "decide a membership request"),
        ConfirmInvitation = "confirm_invitation" ("confirmer une personne invitée", "confirm an invited person"),
        DoActionItem = "do_action_item" ("mener une action", "complete an action item"),
        ReviewMemberships = "review_memberships" ("revoir les adhésions", "review memberships"),
        AnswerExpertiseRequest = "answer_expertise_request" ("répondre à une sollicitation", "answer a request for expertise"),
        AppointLead = "appoint_lead" ("désigner une personne pour animer le réseau", "appoint a lead"),
        HandOverMember = "hand_over_member" ("organiser le départ d’une personne", "hand over what a leaver owns"),
    }
}

/// A task: something that waits for the caller.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MyTask {
    /// Kind of the task: what the caller has to do.
    pub kind: MyTaskKind,
    /// Identifier of the object that waits: a membership request, an invitation, an action item, a review, an
    /// expertise request, a network or a member.
    pub id: Uuid,
    /// Kind of that object, as the audit log names it, such as `action_item`.
    #[schema(max_length = 100)]
    pub noun: String,
    /// Version of that object: in quotes it is the `If-Match` of an operation on it.
    pub version: Version,
    /// Path of that object in this API, from the root of the server.
    #[schema(max_length = 500)]
    pub href: String,
    /// Title of the task in one line, for people: mostly names and codes, in French.
    #[schema(max_length = 500)]
    pub title: String,
    /// Code of the network that it concerns. Absent: it concerns none, or the caller may not see it.
    pub network_code: Option<NetworkCode>,
    /// Name of that network. Absent: as for `network_code`.
    pub network_name: Option<NetworkName>,
    /// The day by which it is due (Europe/Paris). Absent: it has no due date.
    pub due_on: Option<NaiveDate>,
    /// When the task began to wait (UTC).
    pub since: DateTime<Utc>,
}

/// The tasks of the caller, the earliest due date first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MyTasks {
    /// The tasks, at most 200 of each kind.
    #[schema(max_items = 1400)]
    pub items: Vec<MyTask>,
}
