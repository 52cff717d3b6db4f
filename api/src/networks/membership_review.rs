//! HTTP of membership reviews.

use ::networks::membership::MembershipView;
use ::networks::membership_review::{
    Close, Create, MembershipReviewInput, MembershipReviewItemFilter, MembershipReviewItemPage, MembershipReviewPage,
    MembershipReviewView, Review, ReviewAnswer,
};
use ::networks::network::NetworkCode;
use actix_web::web::Path;
use actix_web::{get, post};
use kernel::{MembershipId, MembershipReviewId, PageQuery};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::Answer;
use crate::db::Db;
use crate::extract::{IfMatch, Listing, NoFilter, Valid};

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_network_reviews).service(create_network_review).service(get_membership_review);
    config.service(close_membership_review).service(review_membership).service(list_membership_review_items);
}

/// List the membership reviews of a network
///
/// Returns the reviews of the network, the latest first.
///
/// **Access**: Members of the network, communication directors, DICOM contributors, organization administrators, SIG
/// coordinators and SIG administrators, as far as they may see the network.
#[utoipa::path(tag = "memberships", params(NetworkCode, PageQuery), responses((status = 200, body = MembershipReviewPage)))]
#[get("/networks/{code}/reviews")]
async fn list_network_reviews(
    db: Db,
    code: Path<NetworkCode>,
    list: Listing<NoFilter>,
) -> Answer<MembershipReviewPage> {
    db.read(move |store| store.network_reviews(code.clone(), &list.page)).await
}

/// Create a membership review
///
/// Opens a review, which asks of each membership of the network that holds now whether it stays. Returns the review.
///
/// **Access**: Leads of the network; co-leads whose co-animation covers all topics; SIG coordinators and SIG
/// administrators.
///
/// **Errors**: 409 `overlap` if a review of this network is open: close it first. 409 `invalid_transition` if the
/// network is closed.
///
/// **Notes**: The leads, these co-leads and the référents of the network are notified.
#[utoipa::path(tag = "memberships", params(NetworkCode), request_body = MembershipReviewInput, responses((status = 201, body = MembershipReviewView)))]
#[post("/networks/{code}/reviews")]
async fn create_network_review(
    db: Db,
    code: Path<NetworkCode>,
    new: Valid<MembershipReviewInput>,
) -> Answer<MembershipReviewView> {
    db.create(move |store| {
        let grant = store.authorize(Create((code.clone(), new.0.clone())))?;
        store.create_network_review(grant)
    })
    .await
}

/// Get a membership review
///
/// Returns one review, with the number of memberships that it asks about and the number of answers.
///
/// **Access**: Members of the network, communication directors, DICOM contributors, organization administrators, SIG
/// coordinators and SIG administrators, as far as they may see the network.
#[utoipa::path(tag = "memberships", params(MembershipReviewId), responses((status = 200, body = MembershipReviewView)))]
#[get("/membership-reviews/{id}")]
async fn get_membership_review(db: Db, id: Path<MembershipReviewId>) -> Answer<MembershipReviewView> {
    db.read(move |store| store.membership_review(*id)).await
}

/// List the items of a membership review
///
/// Returns the memberships that the review asks about, sorted by usual name of the member, each with its answer.
/// Answer each one with `review_membership`.
///
/// **Access**: Each caller gets the memberships about which they may answer:
/// - SIG coordinators and SIG administrators: all;
/// - leads of the network, and co-leads within the scope of their co-animation;
/// - référents, for their organization;
/// - communication directors and organization administrators, for the organizations in their scope.
#[utoipa::path(tag = "memberships", params(MembershipReviewId, MembershipReviewItemFilter, PageQuery), responses((status = 200, body = MembershipReviewItemPage)))]
#[get("/membership-reviews/{id}/items")]
async fn list_membership_review_items(
    db: Db,
    id: Path<MembershipReviewId>,
    list: Listing<MembershipReviewItemFilter>,
) -> Answer<MembershipReviewItemPage> {
    db.read(move |store| store.membership_review_items(*id, &list.filter, &list.page)).await
}

/// Close a membership review
///
/// Closes the review: it takes no more answers. Returns the review.
///
/// **Access**: Leads of the network; co-leads whose co-animation covers all topics; SIG coordinators and SIG
/// administrators.
///
/// **Errors**: 409 `invalid_transition` if the review is closed already.
///
/// **Notes**: Memberships without an answer stay as they are.
#[utoipa::path(tag = "memberships", params(MembershipReviewId, IfMatch), responses((status = 200, body = MembershipReviewView)))]
#[post("/membership-reviews/{id}/close")]
async fn close_membership_review(db: Db, id: Path<MembershipReviewId>, seen: IfMatch) -> Answer<MembershipReviewView> {
    db.write(move |store| {
        let grant = store.authorize(Close(*id))?;
        store.close_membership_review(grant, seen.0)
    })
    .await
}

/// Review a membership
///
/// Answers, once per review, whether the membership stays (`keep`) or ends now (`end`). Returns the membership.
///
/// **Access**: Leads of the network; co-leads within the scope of their co-animation; référents for their
/// organization; communication directors and organization administrators for the organizations in their scope; SIG
/// coordinators and SIG administrators. The outcome `end` needs the right of `end_membership` too.
///
/// **Errors**: 409 `overlap` if the membership has an answer in this review already. 409 `invalid_transition` if the
/// review is closed or the membership has ended. 409 `last_lead` if `end` is said of the last active lead. 422
/// `invalid` if the review belongs to another network.
///
/// **Notes**: `keep` sets `last_reviewed_at`; `end` ends the membership with the reason `revoked`.
#[utoipa::path(tag = "memberships", params(MembershipId, IfMatch), request_body = ReviewAnswer, responses((status = 200, body = MembershipView)))]
#[post("/memberships/{id}/review")]
async fn review_membership(
    db: Db,
    id: Path<MembershipId>,
    seen: IfMatch,
    answer: Valid<ReviewAnswer>,
) -> Answer<MembershipView> {
    db.write(move |store| {
        let grant = store.authorize(Review(*id))?;
        store.review_membership(grant, seen.0, &answer.0)
    })
    .await
}
