//! HTTP of membership requests, by which people join a network.

use ::networks::membership_request::{
    Accept, Create, MembershipRequestFilter, MembershipRequestInput, MembershipRequestPage, MembershipRequestView,
    Refuse, RequestAcceptance, RequestRefusal, Withdraw,
};
use ::networks::network::NetworkCode;
use actix_web::web::Path;
use actix_web::{get, post};
use kernel::{MembershipRequestId, PageQuery};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::Answer;
use crate::db::Db;
use crate::extract::{IfMatch, Listing, Valid};

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_membership_requests).service(create_membership_request).service(get_membership_request);
    config.service(accept_membership_request).service(refuse_membership_request).service(withdraw_membership_request);
}

/// List membership requests
///
/// Returns the membership requests that the caller may see, the latest first.
///
/// **Access**: Everyone, each with the requests that `get_membership_request` shows them.
#[utoipa::path(tag = "memberships", params(MembershipRequestFilter, PageQuery), responses((status = 200, body = MembershipRequestPage)))]
#[get("/membership-requests")]
async fn list_membership_requests(db: Db, list: Listing<MembershipRequestFilter>) -> Answer<MembershipRequestPage> {
    db.read(move |store| store.membership_requests(&list.filter, &list.page)).await
}

/// Create a membership request
///
/// Asks that a person joins the network. The membership begins once the person and the network have both agreed.
/// Returns the request, which stays open for 30 days.
///
/// - `request`: a member asks for themselves, and agrees by asking.
/// - `invitation`: the network asks a person.
/// - `nomination`: an organization, or the SIG, proposes a person.
///
/// A caller who may decide for the network agrees for it by creating the request. Where `join_policy` is `automatic`,
/// the network agrees at once to a `request` for the role `member`.
///
/// **Access**: Callers who may see the network:
/// - `request`: the member, for themselves;
/// - `invitation`: leads of the network, co-leads within the scope of their co-animation, SIG coordinators and SIG
///   administrators;
/// - `nomination`: communication directors for the organizations in their scope, référents for their organization, SIG
///   coordinators and SIG administrators.
///
/// **Errors**: 409 `already_requested` if a request for this person and this network is open: decide or withdraw it
/// first. 409 `overlap` if the person has this role there already. 409 `invalid_transition` if the network or the
/// organization is closed. 409 `superseded` if the organization was merged or split. 422 `invalid` if the affiliation
/// is not in force, if its origin is not eligible, or if the network is joined by invitation only.
///
/// **Notes**: A person without an account gets an invitation code by e-mail. Members who have to decide are notified;
/// a request for the role `lead` or `co_lead` appears in the tasks of the SIG administrators.
#[utoipa::path(tag = "memberships", params(NetworkCode), request_body = MembershipRequestInput, responses((status = 201, body = MembershipRequestView)))]
#[post("/networks/{code}/requests")]
async fn create_membership_request(
    db: Db,
    code: Path<NetworkCode>,
    new: Valid<MembershipRequestInput>,
) -> Answer<MembershipRequestView> {
    db.create(move |store| {
        let grant = store.authorize(Create((code.clone(), new.0.clone())))?;
        store.create_membership_request(grant)
    })
    .await
}

/// Get a membership request
///
/// Returns one membership request.
///
/// **Access**: The person, and the member who created the request; leads of the network and co-leads within the scope
/// of their co-animation; communication directors, DICOM contributors and organization administrators for the
/// organizations in their scope; référents for their organization; SIG coordinators and SIG administrators.
///
/// **Notes**: The person may read and decide a request of a hidden network. Of others, only those who may see that
/// network read it.
#[utoipa::path(tag = "memberships", params(MembershipRequestId), responses((status = 200, body = MembershipRequestView)))]
#[get("/membership-requests/{id}")]
async fn get_membership_request(db: Db, id: Path<MembershipRequestId>) -> Answer<MembershipRequestView> {
    db.read(move |store| store.membership_request(*id)).await
}

/// Accept a membership request
///
/// Records that the person, or the network, agrees. Once both have agreed, the membership begins, and `membership_id`
/// is set. Returns the request.
///
/// **Access**: The person, for themselves. For the network: its leads, co-leads within the scope of their
/// co-animation, SIG coordinators and SIG administrators. For the roles `lead` and `co_lead`: SIG administrators only.
///
/// **Errors**: 409 `invalid_transition` if the request is no longer open, if the caller's side has agreed already, or
/// if the affiliation has ended. 409 `overlap` if the person has this role there by now. 422 `invalid` if the person
/// does not send `notification_level`, or if the origin is no longer eligible.
///
/// **Notes**: A caller who may decide for both sides agrees for themselves first, and for the network with a second
/// call. A person who sits there in another role through the same affiliation takes the new role. Once both have
/// agreed, the person and the creator of the request are notified. A person without an account agrees with
/// `accept_invitation`.
#[utoipa::path(tag = "memberships", params(MembershipRequestId, IfMatch), request_body = RequestAcceptance, responses((status = 200, body = MembershipRequestView)))]
#[post("/membership-requests/{id}/accept")]
async fn accept_membership_request(
    db: Db,
    id: Path<MembershipRequestId>,
    seen: IfMatch,
    said: Valid<RequestAcceptance>,
) -> Answer<MembershipRequestView> {
    db.write(move |store| {
        let grant = store.authorize(Accept(*id))?;
        store.accept_membership_request(grant, seen.0, &said.0)
    })
    .await
}

/// Refuse a membership request
///
/// Refuses for the person, or for the network, with a reason; this closes the request. Returns the request.
///
/// **Access**: The person, for themselves. For the network: its leads, co-leads within the scope of their
/// co-animation, SIG coordinators and SIG administrators. For the roles `lead` and `co_lead`: SIG administrators only.
///
/// **Errors**: 409 `invalid_transition` if the request is no longer open, or if the caller's side has agreed already:
/// it may still be withdrawn.
///
/// **Notes**: The person and the creator of the request are notified. The invitation code that was sent is revoked.
#[utoipa::path(tag = "memberships", params(MembershipRequestId, IfMatch), request_body = RequestRefusal, responses((status = 200, body = MembershipRequestView)))]
#[post("/membership-requests/{id}/refuse")]
async fn refuse_membership_request(
    db: Db,
    id: Path<MembershipRequestId>,
    seen: IfMatch,
    said: Valid<RequestRefusal>,
) -> Answer<MembershipRequestView> {
    db.write(move |store| {
        let grant = store.authorize(Refuse(*id))?;
        store.refuse_membership_request(grant, seen.0, said.0.reason.clone())
    })
    .await
}

/// Withdraw a membership request
///
/// Closes an open request without a decision. Returns the request.
///
/// **Access**: Its creator; the person, for a request of the kind `request`; SIG coordinators and SIG administrators.
///
/// **Errors**: 409 `invalid_transition` if the request is no longer open.
///
/// **Notes**: The invitation code that was sent is revoked.
#[utoipa::path(tag = "memberships", params(MembershipRequestId, IfMatch), responses((status = 200, body = MembershipRequestView)))]
#[post("/membership-requests/{id}/withdraw")]
async fn withdraw_membership_request(
    db: Db,
    id: Path<MembershipRequestId>,
    seen: IfMatch,
) -> Answer<MembershipRequestView> {
    db.write(move |store| {
        let grant = store.authorize(Withdraw(*id))?;
        store.withdraw_membership_request(grant, seen.0)
    })
    .await
}
