//! Request for expertise (sollicitation): a member asks another for help.

mod rules;

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use kernel::named::MaybeNamed;
use kernel::schema::expertise_request;
use kernel::sql::clock;
use kernel::{Actor, ExpertiseRequestId, MemberId, Noun, Offer, Page, PrincipalId, Seen, Version, codes, text};
pub use rules::{Accept, Create, Decline, Expert, Read, Withdraw};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
pub use sql::request_status;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::person::Person;
use crate::term::{TermCode, TermReference};

text!(
    /// Description of the help that is asked for.
    NeedText, 1..=2000, Prose
);
text!(
    /// Reason why a request for expertise is declined.
    DeclineReason, 1..=500, Line
);

codes! {
    /// Status of a request for expertise.
    ExpertiseRequestStatus {
        Pending = "pending" ("en attente", "pending"),
        Accepted = "accepted" ("acceptée", "accepted"),
        Declined = "declined" ("déclinée", "declined"),
        Withdrawn = "withdrawn" ("retirée", "withdrawn"),
        Expired = "expired" ("expirée", "expired"),
    }
}

codes! {
    /// Side of a request for expertise on which the caller is.
    ExpertiseRequestRole {
        Asked = "asked" ("sollicitation faite", "request made by the caller"),
        Received = "received" ("sollicitation reçue", "request received by the caller"),
    }
}

/// SQL functions that a request's queries call.
mod sql {
    use diesel::sql_types::{Nullable, Text, Timestamptz, Uuid};

    diesel::define_sql_function! {
        #[sql_name = "app.member_named"]
        fn member_named(who: Uuid) -> Jsonb;
    }
    diesel::define_sql_function! {
        #[sql_name = "app.term_code"]
        fn term_code(term: Nullable<Uuid>) -> Nullable<Text>;
    }
    diesel::define_sql_function! {
        /// Status of a request at a time.
        #[sql_name = "app.expertise_request_status"]
        fn request_status(decision: Text, created: Timestamptz, at: Timestamptz) -> Text;
    }
    diesel::define_sql_function! {
        #[sql_name = "app.request_expires_at"]
        fn request_expires_at(created: Timestamptz) -> Timestamptz;
    }
}

/// Request for expertise (sollicitation): a member asks another member for help.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema, HasQuery)]
#[diesel(table_name = expertise_request, check_for_backend(Pg))]
pub struct ExpertiseRequest {
    /// Identifier of the request.
    pub id: ExpertiseRequestId,
    /// The member who asks for help.
    #[diesel(select_expression = sql::member_named(expertise_request::asker_id))]
    pub asker: Person,
    /// The member who is asked for help.
    #[diesel(select_expression = sql::member_named(expertise_request::expert_id))]
    pub expert: Person,
    /// Code of the term of expertise that the help is about. Absent if none is named.
    #[diesel(select_expression = sql::term_code(expertise_request::term_id))]
    pub term_code: Option<TermCode>,
    /// That term, by its label. Absent: as for `term_code`.
    #[diesel(select_expression = MaybeNamed::default(), select_expression_type = MaybeNamed<TermReference, expertise_request::term_id>)]
    pub term: Option<TermReference>,
    /// What the member who asks needs help with.
    pub need: NeedText,
    /// Status of the request. It is `expired` if nobody answered before `expires_at`.
    #[diesel(select_expression = sql::request_status(expertise_request::decision, expertise_request::created_at, clock()))]
    pub status: ExpertiseRequestStatus,
    /// When the request was accepted, declined or withdrawn (UTC). Absent while it is pending, and if it expired.
    pub decided_at: Option<DateTime<Utc>>,
    /// Reason why the request was declined. Absent if it was not declined, or if no reason was given.
    pub decline_reason: Option<DeclineReason>,
    /// When a pending request expires (UTC): 30 days after it was made.
    #[diesel(select_expression = sql::request_expires_at(expertise_request::created_at))]
    pub expires_at: DateTime<Utc>,
    /// Version of the request: 1 when it is created, one more with each change.
    pub version: Version,
    /// When the request was recorded (UTC).
    pub created_at: DateTime<Utc>,
    /// When the request last changed (UTC).
    pub updated_at: DateTime<Utc>,
    /// Identifier of the principal who recorded it (a member, a service account or the system).
    pub created_by: PrincipalId,
    /// Identifier of the principal who last changed it (a member, a service account or the system).
    pub updated_by: PrincipalId,
}

impl ExpertiseRequest {
    /// The other member of the request than the caller.
    #[must_use]
    pub fn other(&self, actor: &Actor) -> &Person {
        if actor.member() == Some(self.asker.0.id) { &self.expert } else { &self.asker }
    }
}

/// A request for expertise to create.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema, Insertable)]
#[diesel(table_name = expertise_request, treat_none_as_default_value = false)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"expert_id": "01900000-0000-7000-8000-000000000004", "term_code": "chatbot-vocal", "need": "Un retour sur votre chatbot vocal : coûts, délais, ce que vous referiez autrement."}))]
pub struct ExpertiseRequestInput {
    /// Identifier of the member who is asked. This member must offer help and show the caller their card.
    pub expert_id: MemberId,
    /// Code of the term of expertise that the help is about. The member must offer help with this very term. Absent:
    /// any.
    #[diesel(skip_insertion)]
    pub term_code: Option<TermCode>,
    /// What the caller needs help with. The member who is asked reads it.
    pub need: NeedText,
}

/// Answer that declines a request for expertise.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "Absent ce mois-ci."}))]
pub struct Declining {
    /// Reason for declining, which the member who asks reads. Absent: no reason is given.
    pub reason: Option<DeclineReason>,
}

/// Filters of the list of the caller’s requests for expertise.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ExpertiseRequestFilter {
    /// Keeps only requests that the caller made (`asked`) or received (`received`). Absent: both.
    pub role: Option<ExpertiseRequestRole>,
    /// Keeps only requests with this status. Absent: all.
    pub status: Option<ExpertiseRequestStatus>,
}

/// A request as the caller sees it.
pub type ExpertiseRequestView = Seen<ExpertiseRequest>;
/// A page of requests.
pub type ExpertiseRequestPage = Page<ExpertiseRequestView>;

impl Noun for ExpertiseRequest {
    const NAME: &'static str = "expertise_request";
    const COLLECTION: &'static str = "expertise-requests";
    const OFFERS: &'static [Offer<Self>] =
        &[Offer::of::<Read>(), Offer::of::<Accept>(), Offer::of::<Decline>(), Offer::of::<Withdraw>()];

    kernel::versioned!();
}
