//! HTTP of the dossiers by which one joins a network.

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

/// List the dossiers of who would join networks.
///
/// One's own, those that one opened, those that one decides, and those for the organizations that one answers for; the
/// latest first.
#[utoipa::path(tag = "memberships", params(MembershipRequestFilter, PageQuery), responses((status = 200, body = MembershipRequestPage)))]
#[get("/membership-requests")]
async fn list_membership_requests(db: Db, list: Listing<MembershipRequestFilter>) -> Answer<MembershipRequestPage> {
    db.read(move |store| store.membership_requests(&list.filter, &list.page)).await
}

/// Open a dossier to join a network.
///
/// Everyone asks for himself (`request`), the network's leads and the SIG invite (`invitation`), the communication
/// director and the référent nominate for their organization (`nomination`). Who opens it agrees for his side; where the
/// other side agrees too, the membership begins. Who has no account gets an invitation by e-mail. Both decide within
/// 30 days. One dossier per person and network is open at a time (409 `already_requested`).
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

/// Read a dossier.
///
/// Whoever sees it in the list. Whom it is about reads and decides it even where its network is hidden, until he sits there.
#[utoipa::path(tag = "memberships", params(MembershipRequestId), responses((status = 200, body = MembershipRequestView)))]
#[get("/membership-requests/{id}")]
async fn get_membership_request(db: Db, id: Path<MembershipRequestId>) -> Answer<MembershipRequestView> {
    db.read(move |store| store.membership_request(*id)).await
}

/// Agree to a dossier.
///
/// The person for himself, saying how the network keeps him informed; the leads of the network, each on his topics, and
/// the SIG for the network; for leads and co-leads, the SIG administrator. Where both agree, the membership begins.
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

/// Refuse a dossier.
///
/// The person or those who decide for the network, with a reason.
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

/// Withdraw a dossier.
///
/// Who opened it may, and the SIG.
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
