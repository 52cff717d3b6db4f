//! HTTP of the reviews of who sits in a network.

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

/// List the reviews of a network.
///
/// For the SIG, those who sit in it and those who answer for an organization; the latest first.
#[utoipa::path(tag = "memberships", params(NetworkCode, PageQuery), responses((status = 200, body = MembershipReviewPage)))]
#[get("/networks/{code}/reviews")]
async fn list_network_reviews(
    db: Db,
    code: Path<NetworkCode>,
    list: Listing<NoFilter>,
) -> Answer<MembershipReviewPage> {
    db.read(move |store| store.network_reviews(code.clone(), &list.page)).await
}

/// Open a review of who sits in a network.
///
/// Its leads may, and the SIG. One is open at a time (409 `overlap`).
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

/// Read a review.
///
/// How many memberships it asks about, and of how many it was answered.
#[utoipa::path(tag = "memberships", params(MembershipReviewId), responses((status = 200, body = MembershipReviewView)))]
#[get("/membership-reviews/{id}")]
async fn get_membership_review(db: Db, id: Path<MembershipReviewId>) -> Answer<MembershipReviewView> {
    db.read(move |store| store.membership_review(*id)).await
}

/// List of whom a review asks.
///
/// Those who may answer in it, each those of whom he may answer; by name. Each is answered where his membership is.
#[utoipa::path(tag = "memberships", params(MembershipReviewId, MembershipReviewItemFilter, PageQuery), responses((status = 200, body = MembershipReviewItemPage)))]
#[get("/membership-reviews/{id}/items")]
async fn list_membership_review_items(
    db: Db,
    id: Path<MembershipReviewId>,
    list: Listing<MembershipReviewItemFilter>,
) -> Answer<MembershipReviewItemPage> {
    db.read(move |store| store.membership_review_items(*id, &list.filter, &list.page)).await
}

/// Close a review.
///
/// The leads of its network may, and the SIG. Nothing more is answered in it.
#[utoipa::path(tag = "memberships", params(MembershipReviewId, IfMatch), responses((status = 200, body = MembershipReviewView)))]
#[post("/membership-reviews/{id}/close")]
async fn close_membership_review(db: Db, id: Path<MembershipReviewId>, seen: IfMatch) -> Answer<MembershipReviewView> {
    db.write(move |store| {
        let grant = store.authorize(Close(*id))?;
        store.close_membership_review(grant, seen.0)
    })
    .await
}

/// Review a membership.
///
/// In an open review of its network, once: it stands, or it ends. The leads may, each on his topics, the SIG and, for
/// their organization, its communication director, its administrator and its référent; who may not end it may not end
/// it here.
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
