//! HTTP of memberships.

use ::members::member::MemberView;
use ::networks::membership::{
    ChangeRole, Create, End, MembershipEnding, MembershipFilter, MembershipInput, MembershipPage, MembershipView,
    RoleChange, Void,
};
use ::networks::network::NetworkCode;
use actix_web::web::Path;
use actix_web::{get, post};
use kernel::{Cursor, MembershipId, PageQuery, Voided, Voiding};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::{Answer, Represent};
use crate::db::Db;
use crate::extract::{IfMatch, Listing, Valid};

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_network_memberships).service(create_network_membership);
    config.service(get_membership).service(change_membership_role).service(end_membership).service(void_membership);
}

/// A page of the memberships of a network, with what was asked to come along.
#[derive(Serialize, ToSchema)]
struct NetworkMembershipPage {
    #[serde(flatten)]
    page: MembershipPage,
    /// Those who hold them, by usual name, each as the caller may see him; where `include=member` was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_items = 200)]
    members: Option<Vec<MemberView>>,
}

impl Represent for NetworkMembershipPage {
    fn next(&self) -> Option<&Cursor> {
        self.page.next.as_ref()
    }

    fn weight(&self) -> usize {
        self.page.weight() + self.members.as_ref().map_or(0, |members| 1024 * members.len())
    }
}

/// List the memberships of a network.
///
/// By usual name, in force now or on a past day. In a listed network the State's communicators see all of them and
/// observers its leads; in the others its members, the SIG and the member's DICOM.
#[utoipa::path(tag = "memberships", params(NetworkCode, MembershipFilter, PageQuery), responses((status = 200, body = NetworkMembershipPage)))]
#[get("/networks/{code}/memberships")]
async fn list_network_memberships(
    db: Db,
    code: Path<NetworkCode>,
    list: Listing<MembershipFilter>,
) -> Answer<NetworkMembershipPage> {
    db.read(move |store| {
        let page = store.network_memberships(&code, &list.filter, &list.page)?;
        let holders = list.filter.include.map(|_| page.items.iter().map(|it| it.noun.member.id).collect());
        Ok(NetworkMembershipPage { page, members: holders.map(|ids| store.members_among(ids)).transpose()? })
    })
    .await
}

/// Add a member to a network.
///
/// Its leads may, each on his topics, and the SIG; leads and co-leads are appointed by the SIG administrator alone.
#[utoipa::path(tag = "memberships", params(NetworkCode), request_body = MembershipInput, responses((status = 201, body = MembershipView)))]
#[post("/networks/{code}/memberships")]
async fn create_network_membership(
    db: Db,
    code: Path<NetworkCode>,
    new: Valid<MembershipInput>,
) -> Answer<MembershipView> {
    db.create(move |store| {
        let grant = store.authorize(Create((code.clone(), new.0.clone())))?;
        store.create_network_membership(grant)
    })
    .await
}

/// Read a membership.
///
/// Whoever sees it in the list of its network.
#[utoipa::path(tag = "memberships", params(MembershipId), responses((status = 200, body = MembershipView)))]
#[get("/memberships/{id}")]
async fn get_membership(db: Db, id: Path<MembershipId>) -> Answer<MembershipView> {
    db.read(move |store| store.membership(*id)).await
}

/// Change the role of a membership.
///
/// The leads of the network may, each on his topics, and the SIG; to and from lead and co-lead, the SIG administrator
/// alone. The membership keeps its identifier; what it was stays on record. The last lead cannot become anything else
/// (409 `last_lead`).
#[utoipa::path(tag = "memberships", params(MembershipId, IfMatch), request_body = RoleChange, responses((status = 200, body = MembershipView)))]
#[post("/memberships/{id}/change-role")]
async fn change_membership_role(
    db: Db,
    id: Path<MembershipId>,
    seen: IfMatch,
    change: Valid<RoleChange>,
) -> Answer<MembershipView> {
    db.write(move |store| {
        let grant = store.authorize(ChangeRole(*id, change.0.clone()))?;
        store.change_membership_role(grant, seen.0)
    })
    .await
}

/// End a membership.
///
/// The member himself may, the leads of the network, each on his topics, and the SIG. The last lead cannot leave
/// (409 `last_lead`).
#[utoipa::path(tag = "memberships", params(MembershipId, IfMatch), request_body = MembershipEnding, responses((status = 200, body = MembershipView)))]
#[post("/memberships/{id}/end")]
async fn end_membership(
    db: Db,
    id: Path<MembershipId>,
    seen: IfMatch,
    ending: Valid<MembershipEnding>,
) -> Answer<MembershipView> {
    db.write(move |store| {
        let grant = store.authorize(End(*id))?;
        store.end_membership(grant, seen.0, &ending.0)
    })
    .await
}

/// Void a membership.
///
/// The SIG may; of leads and co-leads, the SIG administrator. For what should never have been: it stands on no day any more, and `as_of` shows none; the history keeps it with the
/// reason. What is over ends instead. The last lead cannot be voided (409 `last_lead`).
#[utoipa::path(tag = "memberships", params(MembershipId, IfMatch), request_body = Voiding, responses((status = 200, body = Voided)))]
#[post("/memberships/{id}/void")]
async fn void_membership(db: Db, id: Path<MembershipId>, seen: IfMatch, voiding: Valid<Voiding>) -> Answer<Voided> {
    db.write(move |store| {
        let grant = store.authorize(Void(*id))?;
        store.void_membership(grant, seen.0, voiding.0.reason.clone())
    })
    .await
}
