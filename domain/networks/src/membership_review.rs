//! Membership review (revue des adhésions): from time to time, someone says of each who sits in a network that he still does.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::BoxableExpression;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use kernel::directory::{MemberReference, OrganizationReference};
use kernel::schema::{membership_review, network};
use kernel::{
    Actor, Count, Label, MemberId, MembershipId, MembershipReviewId, NetworkId, NetworkRole, Noun, Offer, OrganizationId, Page,
    PrincipalId, Refusal, Role, Ruling, Seen, Version, action, codes,
};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::membership::{self, Membership, Read as ReadMembership, decides, in_force};
use crate::network::{self as networks, Network, NetworkCode, NetworkVisibility};

codes! {
    /// What a review says of a membership.
    ReviewOutcome {
        Keep = "keep" ("maintenir", "keep"),
        End = "end" ("mettre fin", "end"),
    }
}

/// SQL functions that a review's queries call.
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

/// Someone says of each who sits in a network that he still does, or no longer.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema, HasQuery)]
#[diesel(table_name = membership_review, check_for_backend(Pg))]
#[diesel(base_query = membership_review::table.inner_join(network::table))]
pub struct MembershipReview {
    /// Its identifier.
    pub id: MembershipReviewId,
    /// The network's code.
    #[diesel(select_expression = network::code)]
    pub network_code: NetworkCode,
    /// The network.
    pub network_id: NetworkId,
    /// The day by which all should be answered.
    pub due_on: NaiveDate,
    /// When it was closed; open if absent.
    pub closed_at: Option<DateTime<Utc>>,
    /// How many memberships it asks about: those that stood when it was opened.
    #[diesel(select_expression = sql::review_total(membership_review::id, membership_review::network_id, membership_review::created_at, membership_review::closed_at))]
    #[schema(minimum = 0)]
    pub total: i64,
    /// Of how many it was answered.
    #[diesel(select_expression = sql::review_answered(membership_review::id))]
    #[schema(minimum = 0)]
    pub answered: i64,
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

/// A review to open.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema, Insertable)]
#[diesel(table_name = membership_review)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"due_on": "2027-01-31"}))]
pub struct MembershipReviewInput {
    /// The day by which all should be answered.
    pub due_on: NaiveDate,
}

/// What a review says of one membership.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"review_id": "01900000-0000-7000-8000-000000000004", "outcome": "keep"}))]
pub struct ReviewAnswer {
    /// In which review.
    pub review_id: MembershipReviewId,
    /// What it says.
    pub outcome: ReviewOutcome,
}

/// Of whom a review asks, and what was said of him.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MembershipReviewItem {
    /// The membership.
    pub membership_id: MembershipId,
    /// Who sits there.
    pub member: MemberReference,
    /// For which organization.
    pub organization: OrganizationReference,
    /// As what.
    pub role: NetworkRole,
    /// What was said; nothing yet if absent.
    pub outcome: Option<ReviewOutcome>,
    /// When it was said.
    pub answered_at: Option<DateTime<Utc>>,
    /// Who said it.
    pub answered_by: Option<PrincipalId>,
}

/// What was said, when, and by whom.
pub type Said = (ReviewOutcome, DateTime<Utc>, PrincipalId);

impl MembershipReviewItem {
    /// A membership, with what was said of it.
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

/// Which of those of whom a review asks.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct MembershipReviewItemFilter {
    /// Those alone of whom it was answered, or those alone of whom it was not yet.
    pub answered: Option<bool>,
    /// Whether to say how many there are in all.
    pub count: Option<Count>,
}

/// A page of those of whom a review asks.
pub type MembershipReviewItemPage = Page<MembershipReviewItem>;
/// A review as the caller sees it.
pub type MembershipReviewView = Seen<MembershipReview>;
/// A page of reviews.
pub type MembershipReviewPage = Page<MembershipReviewView>;

impl Noun for MembershipReview {
    const NAME: &'static str = "membership_review";
    const COLLECTION: &'static str = "membership-reviews";
    const OFFERS: &'static [Offer<Self>] = &[Offer::of::<Read>(), Offer::of::<ListItems>(), Offer::of::<Close>()];

    kernel::versioned!();
}

const FOLLOWERS: Label = Label {
    fr: "Réservé au SIG, à ceux qui siègent dans le réseau et à ceux qui répondent d'une organisation.",
    en: "For the SIG, those who sit in the network and those who answer for an organization.",
};
const ANSWERING: Label = Label {
    fr: "Réservé au SIG, aux animateurs, et pour leur organisation au directeur de la communication, à l'administrateur et au référent.",
    en: "For the SIG, the leads and, for their organization, the communication director, the administrator and the référent.",
};

const NOT_ONESELF: Label = Label {
    fr: "Nul ne répond de sa propre adhésion : une autre personne le fait.",
    en: "Nobody answers for their own membership: another person does.",
};

/// Who follows the reviews of a network that he may know of.
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
    /// Open a review of who sits in a network.
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
    /// See of whom a review asks, each as far as he may answer.
    ListItems(MembershipReviewId) on MembershipReview as "list_membership_review_items", MembershipReview,
    |actor, it| {
        let leads = actor.leads_on(it.network_id, true);
        let answers = actor.answered().any(|(network, _)| network == it.network_id);
        let keeps = actor.reach(ANSWERERS).next().is_some();
        Read::rule(actor, it).and(actor.is_sig() || leads || answers || keeps, ANSWERING)
    }
);

/// Of whom a caller answers beside the SIG: of all on whom he decides, and of those of his organizations.
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

/// What `Review` says one by one, for those that the caller sees.
#[must_use]
pub fn answerable(actor: &Actor) -> Box<dyn BoxableExpression<membership::Joined, Pg, SqlType = Bool>> {
    if actor.is_sig() {
        return Box::new(of_another(actor));
    }
    answered_by(actor)
}

action!(
    /// Say in a review that a membership stands, or that it ends.
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
