//! Membership request (demande d’adhésion): how a person joins a network, once the person and the network both agree.

mod rules;

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use kernel::directory::{Email, GivenName, MemberReference, OrganizationReference, UsualName};
use kernel::named::MaybeNamed;
use kernel::schema::{member, membership_request, network, organization};
use kernel::sql::clock;
use kernel::{
    AffiliationId, Count, MembershipId, MembershipRequestId, NetworkId, NetworkRole, NotificationLevel, Noun, Offer,
    OrganizationId, Page, PrincipalId, Seen, Version, codes, text,
};
pub use rules::{Accept, Candidate, Create, Joined, Read, Refuse, Side, Withdraw, decides, takes_in, visible};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::network::{NetworkCode, NetworkName, NetworkVisibility};

pub use kernel::notification::{OPEN_FOR, chosen};

text!(
    /// Why the person should join the network, in lines and paragraphs of plain text.
    Justification, 1..=2000, Prose
);
text!(
    /// Why a membership request is refused, in lines and paragraphs of plain text.
    RefusalReason, 1..=1000, Prose
);

codes! {
    /// Who makes a membership request: the person (`request`), the network (`invitation`) or an organization
    /// (`nomination`).
    MembershipRequestKind {
        Request = "request" ("demande de la personne", "request of the member"),
        Invitation = "invitation" ("invitation du réseau", "invitation by the network"),
        Nomination = "nomination" ("désignation par l’organisation", "nomination by the organization"),
    }
}

codes! {
    /// Decision of one side, the person or the network, on a membership request.
    MembershipRequestDecision {
        Pending = "pending" ("en attente", "pending"),
        Accepted = "accepted" ("accord", "accepted"),
        Refused = "refused" ("refus", "refused"),
    }
}

codes! {
    /// Status of a membership request, computed from both decisions and the time. `open`: a decision is still missing.
    /// `accepted`: both sides agreed. `refused`: one side refused. `expired`: it was not decided in time.
    MembershipRequestStatus {
        Open = "open" ("ouverte", "open"),
        Accepted = "accepted" ("acceptée", "accepted"),
        Refused = "refused" ("refusée", "refused"),
        Withdrawn = "withdrawn" ("retirée", "withdrawn"),
        Expired = "expired" ("expirée", "expired"),
    }
}

/// SQL functions that the queries of membership requests call.
mod sql {
    use diesel::sql_types::{Nullable, Text, Timestamptz};

    diesel::define_sql_function! {
        /// Status of a membership request at a time.
        #[sql_name = "app.request_status"]
        fn request_status(person: Text, network: Text, withdrawn: Nullable<Timestamptz>, expires: Timestamptz, at: Timestamptz) -> Text;
    }
}

#[expect(missing_docs, reason = "the type of the expression, which the attribute makes")]
mod standing {
    use super::sql::request_status;
    use super::{clock, membership_request};

    /// Status of a membership request, in a query.
    #[must_use]
    #[diesel::dsl::auto_type]
    pub fn stands() -> _ {
        request_status(
            membership_request::person_decision,
            membership_request::network_decision,
            membership_request::withdrawn_at,
            membership_request::expires_at,
            clock(),
        )
    }
}
pub use standing::stands;

/// A membership request (demande d’adhésion): it becomes a membership once the person and the network both agree.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema, HasQuery)]
#[diesel(table_name = membership_request, check_for_backend(Pg))]
#[diesel(base_query = membership_request::table.inner_join(organization::table).inner_join(network::table).left_join(member::table))]
pub struct MembershipRequest {
    /// Identifier of the membership request.
    pub id: MembershipRequestId,
    /// Code of the network that the person would join.
    #[diesel(select_expression = network::code)]
    pub network_code: NetworkCode,
    /// Name of the network, as people read it.
    #[diesel(select_expression = network::name)]
    pub network_name: NetworkName,
    /// Identifier of the network that the person would join.
    pub network_id: NetworkId,
    /// Who made the request: the person, the network or an organization.
    pub kind: MembershipRequestKind,
    /// Member who opened it, by name. Absent: it was not a member.
    #[diesel(select_expression = MaybeNamed::default(), select_expression_type = MaybeNamed<MemberReference, membership_request::created_by>)]
    pub author: Option<MemberReference>,
    /// Status of the request, computed from both decisions and the time.
    #[diesel(select_expression = stands())]
    pub status: MembershipRequestStatus,
    /// The organization for which the person would sit in the network.
    #[diesel(embed)]
    pub organization: OrganizationReference,
    /// The member who would join. Absent: the person has no account yet.
    #[diesel(embed)]
    pub member: Option<MemberReference>,
    /// Identifier of the affiliation through which the member would sit there. Absent: the person has no account yet.
    pub affiliation_id: Option<AffiliationId>,
    /// Given name of a person invited without an account. Absent for others.
    pub invitee_given_name: Option<GivenName>,
    /// Usual name (nom d’usage) of a person invited without an account. Absent for others.
    pub invitee_usual_name: Option<UsualName>,
    /// E-mail address to which the invitation of a person without an account was sent. Absent for others.
    pub invitee_email: Option<Email>,
    /// Role that the person would have in the network.
    pub role: NetworkRole,
    /// Whether it concerns interministerial topics: a co-animation may be limited to these.
    pub interministerial: bool,
    /// Why the person should join. Absent: no reason was given.
    pub justification: Option<Justification>,
    /// How soon the person wants to be notified of news of the network, once they chose. Private.
    #[serde(skip)]
    #[schema(ignore)]
    pub notification_level: Option<NotificationLevel>,
    /// Decision of the person who would join.
    pub person_decision: MembershipRequestDecision,
    /// When the person decided (UTC). Absent: not yet.
    pub person_decided_at: Option<DateTime<Utc>>,
    /// Decision for the network.
    pub network_decision: MembershipRequestDecision,
    /// When the network decided (UTC). Absent: not yet.
    pub network_decided_at: Option<DateTime<Utc>>,
    /// Identifier of the principal who decided for the network. Absent: no one yet.
    pub network_decided_by: Option<PrincipalId>,
    /// Why the request was refused. Absent: it is not refused.
    pub refusal_reason: Option<RefusalReason>,
    /// When the request was withdrawn (UTC). Absent: it is not withdrawn.
    pub withdrawn_at: Option<DateTime<Utc>>,
    /// The time until which both sides may decide (UTC): 30 days after the request was created.
    pub expires_at: DateTime<Utc>,
    /// Identifier of the membership that came of the request. Absent: it is not accepted.
    pub membership_id: Option<MembershipId>,
    /// Visibility of the network: decides who sees the request.
    #[diesel(select_expression = network::visibility)]
    #[serde(skip)]
    #[schema(ignore)]
    pub network_visibility: NetworkVisibility,
    /// Version of the membership request: 1 when it is created, one more with each change.
    pub version: Version,
    /// When the membership request was recorded (UTC).
    pub created_at: DateTime<Utc>,
    /// When the membership request last changed (UTC).
    pub updated_at: DateTime<Utc>,
    /// Identifier of the principal who recorded it (a member, a service account or the system).
    pub created_by: PrincipalId,
    /// Identifier of the principal who last changed it (a member, a service account or the system).
    pub updated_by: PrincipalId,
}

/// A person without an account. They get an invitation code by e-mail.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Invitee {
    /// Given name (prénom) of the person.
    pub given_name: GivenName,
    /// Usual name (nom d’usage) of the person.
    pub usual_name: UsualName,
    /// Professional e-mail address of the person, to which the invitation is sent.
    pub email: Email,
    /// Identifier of the organization where the person works.
    pub organization_id: OrganizationId,
}

/// A membership request to create. It gives either `affiliation_id` or `invitee`, never both.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema, Insertable)]
#[diesel(table_name = membership_request, treat_none_as_default_value = false)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"kind": "nomination", "role": "referent", "justification": "Pilote la refonte des sites.",
    "invitee": {"given_name": "Camille", "usual_name": "Exemple", "email": "camille.exemple@sociaux.example", "organization_id": "01900000-0000-7000-8000-000000000002"}}))]
pub struct MembershipRequestInput {
    /// Who makes the request: the person, the network or an organization.
    pub kind: MembershipRequestKind,
    /// Identifier of the affiliation through which the member would sit in the network. Absent: `invitee` is given.
    pub affiliation_id: Option<AffiliationId>,
    /// A person without an account. Absent: `affiliation_id` is given.
    #[validate(nested)]
    #[diesel(skip_insertion)]
    pub invitee: Option<Invitee>,
    /// Role that the person would have in the network. For `lead` and `co_lead`, a SIG administrator decides for the
    /// network.
    pub role: NetworkRole,
    /// Whether it concerns interministerial topics: a co-animation may be limited to these. Default: false.
    #[serde(default)]
    pub interministerial: bool,
    /// Why the person should join. Absent: no reason is given.
    pub justification: Option<Justification>,
    /// How soon the member wants to be notified of news of the network. Required in a `request`, and for the member
    /// alone to choose.
    pub notification_level: Option<NotificationLevel>,
}

/// The agreement of one side, the person or the network.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"notification_level": "digest"}))]
pub struct RequestAcceptance {
    /// How soon the person wants to be notified of news of the network. Required of the person, ignored for the
    /// network.
    pub notification_level: Option<NotificationLevel>,
}

/// The refusal of one side, the person or the network.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "Le siège est pourvu depuis lundi."}))]
pub struct RequestRefusal {
    /// Why this side refuses. The other side may read it.
    pub reason: RefusalReason,
}

/// Filters of the list of membership requests.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct MembershipRequestFilter {
    /// Keeps only the requests to join the network with this code.
    #[param(inline)]
    pub network_code: Option<NetworkCode>,
    /// Keeps only the requests for this organization.
    pub organization_id: Option<OrganizationId>,
    /// Keeps only the requests in this status. Absent: all.
    pub status: Option<MembershipRequestStatus>,
    /// Keeps only the requests of this kind.
    pub kind: Option<MembershipRequestKind>,
    /// With `exact`, the page says how many items the whole list has. Absent: they are not counted.
    pub count: Option<Count>,
}

/// A membership request as the caller sees it.
pub type MembershipRequestView = Seen<MembershipRequest>;
/// One page of membership requests.
pub type MembershipRequestPage = Page<MembershipRequestView>;

impl Noun for MembershipRequest {
    const NAME: &'static str = "membership_request";
    const COLLECTION: &'static str = "membership-requests";
    const OFFERS: &'static [Offer<Self>] =
        &[Offer::of::<Read>(), Offer::of::<Accept>(), Offer::of::<Refuse>(), Offer::of::<Withdraw>()];

    kernel::versioned!();
}
