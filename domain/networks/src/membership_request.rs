//! Membership request (dossier d'adhésion): how someone joins a network, once he and the network both agree.

mod rules;

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use kernel::directory::{Email, GivenName, MemberReference, OrganizationReference, UsualName};
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

use crate::network::{NetworkCode, NetworkVisibility};

pub use kernel::notification::{OPEN_FOR, chosen};

text!(
    /// Why someone should join.
    Justification, 1..=2000, Prose
);
text!(
    /// Why a dossier is refused.
    RefusalReason, 1..=1000, Prose
);

codes! {
    /// Who asks whom.
    MembershipRequestKind {
        Request = "request" ("demande de l'intéressé", "asked by the member himself"),
        Invitation = "invitation" ("invitation du réseau", "invitation of the network"),
        Nomination = "nomination" ("désignation par l'organisation", "nomination by the organization"),
    }
}

codes! {
    /// What one side said.
    MembershipRequestDecision {
        Pending = "pending" ("en attente", "pending"),
        Accepted = "accepted" ("accepté", "accepted"),
        Refused = "refused" ("refusé", "refused"),
    }
}

codes! {
    /// Where a dossier stands, from its decisions and the clock.
    MembershipRequestStatus {
        Open = "open" ("ouvert", "open"),
        Accepted = "accepted" ("accepté", "accepted"),
        Refused = "refused" ("refusé", "refused"),
        Withdrawn = "withdrawn" ("retiré", "withdrawn"),
        Expired = "expired" ("expiré", "expired"),
    }
}

/// SQL functions that a dossier's queries call.
mod sql {
    use diesel::sql_types::{Nullable, Text, Timestamptz};

    diesel::define_sql_function! {
        /// Where a dossier stands at a time.
        #[sql_name = "app.request_status"]
        fn request_status(person: Text, network: Text, withdrawn: Nullable<Timestamptz>, expires: Timestamptz, at: Timestamptz) -> Text;
    }
}

#[expect(missing_docs, reason = "the type of the expression, which the attribute makes")]
mod standing {
    use super::sql::request_status;
    use super::{clock, membership_request};

    /// Where a dossier stands, in a query.
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

/// How someone joins a network, once he and the network both agree.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema, HasQuery)]
#[diesel(table_name = membership_request, check_for_backend(Pg))]
#[diesel(base_query = membership_request::table.inner_join(organization::table).inner_join(network::table).left_join(member::table))]
pub struct MembershipRequest {
    /// Its identifier.
    pub id: MembershipRequestId,
    /// The network's code.
    #[diesel(select_expression = network::code)]
    pub network_code: NetworkCode,
    /// The network.
    pub network_id: NetworkId,
    /// Who asks whom.
    pub kind: MembershipRequestKind,
    /// Where it stands.
    #[diesel(select_expression = stands())]
    pub status: MembershipRequestStatus,
    /// For which organization he would sit there.
    #[diesel(embed)]
    pub organization: OrganizationReference,
    /// Who would; absent while he has no account.
    #[diesel(embed)]
    pub member: Option<MemberReference>,
    /// Through which affiliation; absent while he has no account.
    pub affiliation_id: Option<AffiliationId>,
    /// The given name of who has no account yet.
    pub invitee_given_name: Option<GivenName>,
    /// The name in use of who has no account yet.
    pub invitee_usual_name: Option<UsualName>,
    /// Where the invitation of who has no account yet was sent.
    pub invitee_email: Option<Email>,
    /// As what.
    pub role: NetworkRole,
    /// Whether it belongs to the interministerial topics.
    pub interministerial: bool,
    /// Why.
    pub justification: Option<Justification>,
    /// How soon he wants to hear of the network, once he said so: his own business.
    #[serde(skip)]
    #[schema(ignore)]
    pub notification_level: Option<NotificationLevel>,
    /// What he says.
    pub person_decision: MembershipRequestDecision,
    /// When he said it.
    pub person_decided_at: Option<DateTime<Utc>>,
    /// What the network says.
    pub network_decision: MembershipRequestDecision,
    /// When it said it.
    pub network_decided_at: Option<DateTime<Utc>>,
    /// Who said it for the network.
    pub network_decided_by: Option<PrincipalId>,
    /// Why it was refused.
    pub refusal_reason: Option<RefusalReason>,
    /// When it was withdrawn.
    pub withdrawn_at: Option<DateTime<Utc>>,
    /// Until when both may decide.
    pub expires_at: DateTime<Utc>,
    /// The membership that came of it.
    pub membership_id: Option<MembershipId>,
    /// Who knows of its network.
    #[diesel(select_expression = network::visibility)]
    #[serde(skip)]
    #[schema(ignore)]
    pub network_visibility: NetworkVisibility,
    /// Grows at each change.
    pub version: Version,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// Who opened it.
    pub created_by: PrincipalId,
    /// Who last changed it.
    pub updated_by: PrincipalId,
}

/// Who has no account yet: he gets an invitation by e-mail.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Invitee {
    /// The given name.
    pub given_name: GivenName,
    /// The name in use.
    pub usual_name: UsualName,
    /// The professional address.
    pub email: Email,
    /// Where he works.
    pub organization_id: OrganizationId,
}

/// A dossier to open, for who has an affiliation or for who has no account yet: exactly one of the two.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema, Insertable)]
#[diesel(table_name = membership_request, treat_none_as_default_value = false)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"kind": "nomination", "role": "referent", "justification": "Pilote la refonte des sites.",
    "invitee": {"given_name": "Camille", "usual_name": "Exemple", "email": "camille.exemple@sociaux.example", "organization_id": "01900000-0000-7000-8000-000000000002"}}))]
pub struct MembershipRequestInput {
    /// Who asks whom.
    pub kind: MembershipRequestKind,
    /// The affiliation through which he would sit there.
    pub affiliation_id: Option<AffiliationId>,
    /// Who has no account yet.
    #[validate(nested)]
    #[diesel(skip_insertion)]
    pub invitee: Option<Invitee>,
    /// As what. Leads and co-leads are proposed here, and appointed by the SIG administrator.
    pub role: NetworkRole,
    /// Whether it belongs to the interministerial topics.
    #[serde(default)]
    pub interministerial: bool,
    /// Why.
    pub justification: Option<Justification>,
    /// How soon he wants to hear of the network: needed where the member asks himself.
    pub notification_level: Option<NotificationLevel>,
}

/// A side agrees.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"notification_level": "digest"}))]
pub struct RequestAcceptance {
    /// How soon he wants to hear of the network: needed of the one who joins, and of no one else.
    pub notification_level: Option<NotificationLevel>,
}

/// A side refuses.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "Le siège est pourvu depuis lundi."}))]
pub struct RequestRefusal {
    /// Why.
    pub reason: RefusalReason,
}

/// Which dossiers of the list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct MembershipRequestFilter {
    /// Of this network.
    #[param(inline)]
    pub network_code: Option<NetworkCode>,
    /// For this organization.
    pub organization_id: Option<OrganizationId>,
    /// Where they stand.
    pub status: Option<MembershipRequestStatus>,
    /// Who asked whom.
    pub kind: Option<MembershipRequestKind>,
    /// Whether to say how many there are in all.
    pub count: Option<Count>,
}

/// A dossier as the caller sees it.
pub type MembershipRequestView = Seen<MembershipRequest>;
/// A page of dossiers.
pub type MembershipRequestPage = Page<MembershipRequestView>;

impl Noun for MembershipRequest {
    const NAME: &'static str = "membership_request";
    const COLLECTION: &'static str = "membership-requests";
    const OFFERS: &'static [Offer<Self>] =
        &[Offer::of::<Read>(), Offer::of::<Accept>(), Offer::of::<Refuse>(), Offer::of::<Withdraw>()];

    kernel::versioned!();
}
