//! Membership review (revue des adhésions): from time to time, each membership of a network is confirmed or ended.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::BoxableExpression;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use kernel::Day;
use kernel::directory::{MemberReference, OrganizationReference};
use kernel::schema::{membership_review, network};
use kernel::{
    Actor, Count, Label, MemberId, MembershipId, MembershipReviewId, NetworkId, NetworkRole, Noun, Offer,
    OrganizationId, Page, PrincipalId, Refusal, Role, Ruling, Seen, Version, action, codes,
};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::membership::{self, Membership, Read as ReadMembership, decides, in_force};
use crate::network::{self as networks, Network, NetworkCode, NetworkName, NetworkVisibility};

codes! {
    /// Answer of a review on one membership.
    ReviewOutcome {
        Keep = "keep" ("maintenir", "keep"),
        End = "end" ("y mettre fin", "end"),
    }
}

/// SQL functions that the queries of reviews call.
mod sql {
    use diesel::sql_types::{Nullable, Timestamptz, Uuid};

    diesel::define_sql_function! {
        #[sql_name = "app.review_total"]
        fn review_total(review: Uuid, network: Uuid, opened: Timestamptz, closed: Nullable<Timestamptz>) -> BigInt;
    }
    diesel::define_sql_function! {
        #[sql_name = "app.review_answered"]
        fn review_answered(review: Uuid) -> BigInt;
    }
}

/// A membership review (revue des adhésions): it asks of each membership of a network whether it stays.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema, HasQuery)]
#[diesel(table_name = membership_review, check_for_backend(Pg))]
#[diesel(base_query = membership_review::table.inner_join(network::table))]
pub struct MembershipReview {
    /// Identifier of the membership review.
    pub id: MembershipReviewId,
    /// Code of the network whose memberships are reviewed.
    #[diesel(select_expression = network::code)]
    pub network_code: NetworkCode,
    /// Name of the network, as people read it.
    #[diesel(select_expression = network::name)]
    pub network_name: NetworkName,
    /// Identifier of the network whose memberships are reviewed.
    pub network_id: NetworkId,
    /// The day by which all memberships should have an answer (Europe/Paris). Nothing happens by itself on that day.
    pub due_on: NaiveDate,
    /// When the review was closed (UTC). Absent: it is open.
    pub closed_at: Option<DateTime<Utc>>,
    /// The number of memberships that the review asks about: those that held when it was opened, except those that
    /// have ended since without an answer.
    #[diesel(select_expression = sql::review_total(membership_review::id, membership_review::network_id, membership_review::created_at, membership_review::closed_at))]
    #[schema(minimum = 0)]
    pub total: i64,
    /// The number of memberships with an answer.
    #[diesel(select_expression = sql::review_answered(membership_review::id))]
    #[schema(minimum = 0)]
    pub answered: i64,
    /// Visibility of the network: decides who sees the review.
    #[diesel(select_expression = network::visibility)]
    #[serde(skip)]
    #[schema(ignore)]
    pub network_visibility: NetworkVisibility,
    /// Version of the review: 1 when it is created, one more with each change.
    pub version: Version,
    /// When the review was recorded (UTC).
    pub created_at: DateTime<Utc>,
    /// When the review last changed (UTC).
    pub updated_at: DateTime<Utc>,
    /// Identifier of the principal who recorded it (a member, a service account or the system).
    pub created_by: PrincipalId,
    /// Identifier of the principal who last changed it (a member, a service account or the system).
    pub updated_by: PrincipalId,
}

/// A membership review to create.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema, Insertable)]
#[diesel(table_name = membership_review)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"due_on": "2027-01-31"}))]
pub struct MembershipReviewInput {
    /// The day by which all memberships should have an answer (Europe/Paris).
    pub due_on: Day,
}

/// The answer of a review on one membership.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"review_id": "01900000-0000-7000-8000-000000000004", "outcome": "keep"}))]
pub struct ReviewAnswer {
    /// Identifier of the open review in which the answer counts.
    pub review_id: MembershipReviewId,
    /// Whether the membership stays (`keep`) or ends now (`end`).
    pub outcome: ReviewOutcome,
}

/// A membership that a review asks about, with its answer.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MembershipReviewItem {
    /// Identifier of the membership to review.
    pub membership_id: MembershipId,
    /// The member who sits in the network.
    pub member: MemberReference,
    /// The organization for which the member sits there.
    pub organization: OrganizationReference,
    /// Role of the member in the network.
    pub role: NetworkRole,
    /// The answer. Absent: there is none yet.
    pub outcome: Option<ReviewOutcome>,
    /// When it was answered (UTC). Absent: not yet.
    pub answered_at: Option<DateTime<Utc>>,
    /// Identifier of the principal who answered. Absent: no one yet.
    pub answered_by: Option<PrincipalId>,
}

/// An answer: the outcome, when it was given, and by whom.
pub type Said = (ReviewOutcome, DateTime<Utc>, PrincipalId);

impl MembershipReviewItem {
    /// A membership, with its answer.
    #[must_use]
    pub fn of(it: Membership, said: Option<Said>) -> Self {
        Self {
            membership_id: it.id,
            member: it.member,
            organization: it.organization,
            role: it.role,
            outcome: said.map(|(outcome, _, _)| outcome),
            answered_at: said.map(|(_, at, _)| at),
            answered_by: said.map(|(_, _, by)| by),
        }
    }
}

/// Filters of the list of the items of a review.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct MembershipReviewItemFilter {
    /// With `true`, keeps only the memberships that have an answer; with `false`, only those that have none. Absent:
    /// all.
    pub answered: Option<bool>,
    /// With `exact`, the page says how many items the whole list has. Absent: they are not counted.
    pub count: Option<Count>,
}

/// One page of the items of a review.
pub type MembershipReviewItemPage = Page<MembershipReviewItem>;
/// A review as the caller sees it.
pub type MembershipReviewView = Seen<MembershipReview>;
/// One page of reviews.
pub type MembershipReviewPage = Page<MembershipReviewView>;

impl Noun for MembershipReview {
    const NAME: &'static str = "membership_review";
    const COLLECTION: &'static str = "membership-reviews";
    const OFFERS: &'static [Offer<Self>] = &[Offer::of::<Read>(), Offer::of::<ListItems>(), Offer::of::<Close>()];

    kernel::versioned!();
}

const FOLLOWERS: Label = Label {
    fr: "Seuls le SIG, les membres du réseau et les personnes qui ont un rôle sur une organisation peuvent lire ces revues.",
    en: "Only the SIG, the members of the network and those who hold a role over an organization may read these reviews.",
};
const ANSWERING: Label = Label {
    fr: "Seuls peuvent répondre le SIG, les personnes qui animent le réseau et, pour leur organisation, la direction de la communication, l’administration d’organisation et le ou la référente.",
    en: "Only the SIG, the leads and co-leads of the network and, for their organization, communication directors, organization administrators and référents may answer.",
};

const NOT_ONESELF: Label = Label {
    fr: "Vous ne pouvez pas vous prononcer sur votre propre adhésion : une autre personne doit le faire.",
    en: "Nobody answers for their own membership: another person does.",
};

/// Whether a caller may follow the reviews of a network that they may see.
pub(crate) fn follows(actor: &Actor, network: NetworkId) -> bool {
    actor.is_sig() || actor.sits_in(network) || actor.reach(Actor::SCOPED).next().is_some()
}

action!(
    /// See the reviews of a network.
    List(NetworkCode) on MembershipReview as "list_network_reviews", Network,
    |actor, it| networks::Read::rule(actor, it).and(follows(actor, it.id), FOLLOWERS)
);

action!(
    /// See a review.
    Read(MembershipReviewId) on MembershipReview as "get_membership_review", MembershipReview,
    |actor, it| {
        Ruling::seen(it.network_visibility.shows(it.network_id, actor) && follows(actor, it.network_id))
    }
);

action!(
    /// Open a review of the memberships of a network.
    Create((NetworkCode, MembershipReviewInput)) on MembershipReview as "create_network_review", Network,
    |actor, it| networks::Read::rule(actor, it).and(actor.is_sig() || actor.leads(it.id), Network::ITS_LEADS), Network::open
);

action!(
    /// Close a review: nothing more is answered in it.
    Close(MembershipReviewId) on MembershipReview as "close_membership_review", MembershipReview,
    |actor, it| Read::rule(actor, it).and(actor.is_sig() || actor.leads(it.network_id), Network::ITS_LEADS),
    |it| if it.closed_at.is_some() { Err(Refusal::Illegal { allowed: Vec::new() }) } else { Ok(()) }
);

const ANSWERERS: &[Role] = &[Role::DicomDirector, Role::OrgAdmin];

action!(
    /// See the items of a review, each caller those that they may answer.
    ListItems(MembershipReviewId) on MembershipReview as "list_membership_review_items", MembershipReview,
    |actor, it| {
        let leads = actor.leads_on(it.network_id, true);
        let answers = actor.answered().any(|(network, _)| network == it.network_id);
        let keeps = actor.reach(ANSWERERS).next().is_some();
        Read::rule(actor, it).and(actor.is_sig() || leads || answers || keeps, ANSWERING)
    }
);

/// The memberships that a caller may answer without being of the SIG: those on which they decide, and those of their
/// organizations.
#[must_use]
pub fn answered_by(actor: &Actor) -> Box<dyn BoxableExpression<membership::Joined, Pg, SqlType = Bool>> {
    use kernel::schema::membership as row;
    let reached = row::organization_id.eq_any(actor.reach(ANSWERERS).collect::<Vec<OrganizationId>>());
    let led = row::network_id.eq_any(actor.led().collect::<Vec<NetworkId>>());
    let co_led = row::network_id.eq_any(actor.co_led().collect::<Vec<NetworkId>>()).and(row::interministerial);
    let decided: Box<dyn BoxableExpression<membership::Joined, Pg, SqlType = Bool>> =
        Box::new(reached.or(led).or(co_led));
    let decided = actor.answered().fold(decided, |decided, (network, organization)| {
        let here = row::network_id.eq(network).and(row::organization_id.eq(organization));
        Box::new(decided.or(here)) as Box<dyn BoxableExpression<membership::Joined, Pg, SqlType = Bool>>
    });
    Box::new(of_another(actor).and(decided))
}

/// The memberships of others than the caller.
fn of_another(actor: &Actor) -> diesel::dsl::NotEq<kernel::schema::membership::member_id, MemberId> {
    kernel::schema::membership::member_id.ne(MemberId(actor.id.0))
}

/// The rule of `Review` as a condition of SQL, for the memberships that the caller sees.
#[must_use]
pub fn answerable(actor: &Actor) -> Box<dyn BoxableExpression<membership::Joined, Pg, SqlType = Bool>> {
    if actor.is_sig() {
        return Box::new(of_another(actor));
    }
    answered_by(actor)
}

action!(
    /// Answer in a review whether a membership stays or ends.
    Review(MembershipId) on Membership as "review_membership", Membership,
    |actor, it| {
        let answers = actor.reaches(ANSWERERS, it.organization.id)
            || actor.answers_for(it.network_id, it.organization.id);
        ReadMembership::rule(actor, it)
            .and(answers || decides(actor, it), ANSWERING)
            .and(actor.member() != Some(it.member.id), NOT_ONESELF)
    },
    in_force
);
