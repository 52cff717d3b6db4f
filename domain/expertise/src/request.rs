//! Request for expertise (sollicitation): a member asks another for help.

mod rules;

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
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
use crate::term::TermCode;

text!(
    /// What help is asked for.
    NeedText, 1..=2000, Prose
);
text!(
    /// Why a request is declined.
    DeclineReason, 1..=500, Line
);

codes! {
    /// Where a request for expertise stands.
    ExpertiseRequestStatus {
        Pending = "pending" ("en attente", "pending"),
        Accepted = "accepted" ("acceptée", "accepted"),
        Declined = "declined" ("déclinée", "declined"),
        Withdrawn = "withdrawn" ("retirée", "withdrawn"),
        Expired = "expired" ("expirée", "expired"),
    }
}

codes! {
    /// On which side of a request the caller stands.
    ExpertiseRequestRole {
        Asked = "asked" ("demandeur", "asker"),
        Received = "received" ("sollicité", "asked for help"),
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
        /// Where a request stands at a time.
        #[sql_name = "app.expertise_request_status"]
        fn request_status(decision: Text, created: Timestamptz, at: Timestamptz) -> Text;
    }
    diesel::define_sql_function! {
        #[sql_name = "app.request_expires_at"]
        fn request_expires_at(created: Timestamptz) -> Timestamptz;
    }
}

/// A member asks another for help.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema, HasQuery)]
#[diesel(table_name = expertise_request, check_for_backend(Pg))]
pub struct ExpertiseRequest {
    /// Its identifier.
    pub id: ExpertiseRequestId,
    /// Who asks.
    #[diesel(select_expression = sql::member_named(expertise_request::asker_id))]
    pub asker: Person,
    /// Who is asked.
    #[diesel(select_expression = sql::member_named(expertise_request::expert_id))]
    pub expert: Person,
    /// With what, if it has a name.
    #[diesel(select_expression = sql::term_code(expertise_request::term_id))]
    pub term_code: Option<TermCode>,
    /// What for.
    pub need: NeedText,
    /// Where it stands; one that is not answered in time expires.
    #[diesel(select_expression = sql::request_status(expertise_request::decision, expertise_request::created_at, clock()))]
    pub status: ExpertiseRequestStatus,
    /// When it was answered or withdrawn.
    pub decided_at: Option<DateTime<Utc>>,
    /// Why it was declined.
    pub decline_reason: Option<DeclineReason>,
    /// When it expires if it is not answered: 30 days after it was made.
    #[diesel(select_expression = sql::request_expires_at(expertise_request::created_at))]
    pub expires_at: DateTime<Utc>,
    /// Grows at each change.
    pub version: Version,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// Who made it.
    pub created_by: PrincipalId,
    /// Who last changed it.
    pub updated_by: PrincipalId,
}

impl ExpertiseRequest {
    /// The other of the two whom it is about.
    #[must_use]
    pub fn other(&self, actor: &Actor) -> &Person {
        if actor.member() == Some(self.asker.0.id) { &self.expert } else { &self.asker }
    }
}

/// Help to ask for.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema, Insertable)]
#[diesel(table_name = expertise_request, treat_none_as_default_value = false)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"expert_id": "01900000-0000-7000-8000-000000000004", "term_code": "chatbot-vocal", "need": "Un retour sur votre chatbot vocal : coûts, délais, ce que vous referiez autrement."}))]
pub struct ExpertiseRequestInput {
    /// Who is asked: someone who offers help and shows the caller his card.
    pub expert_id: MemberId,
    /// With what; he must offer help with it.
    #[diesel(skip_insertion)]
    pub term_code: Option<TermCode>,
    /// What for.
    pub need: NeedText,
}

/// How a request is declined.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "Absent ce mois-ci."}))]
pub struct Declining {
    /// Why; the asker reads it.
    pub reason: Option<DeclineReason>,
}

/// Which of the caller's requests.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ExpertiseRequestFilter {
    /// Those that he made, or those made to him; both, unless asked.
    pub role: Option<ExpertiseRequestRole>,
    /// Where they stand; all, unless asked.
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
