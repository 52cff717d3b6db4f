//! HTTP of memberships.

use ::members::member::MemberView;
use ::networks::membership::{
    ChangeRole, Create, End, MemberMembershipFilter, MembershipEnding, MembershipFilter, MembershipInclude,
    MembershipInput, MembershipPage, MembershipView, OrganizationMembershipFilter, RoleChange, Void,
};
use ::networks::network::NetworkCode;
use actix_web::web::Path;
use actix_web::{get, post};
use kernel::{Cursor, MemberId, MembershipId, OrganizationId, PageQuery, Voided, Voiding};
use persistence::Store;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::{Answer, Represent};
use crate::db::Db;
use crate::extract::{IfMatch, Listing, Valid};

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_organization_memberships).service(list_member_memberships);
    config.service(list_network_memberships).service(create_network_membership);
    config.service(get_membership).service(change_membership_role).service(end_membership).service(void_membership);
}

/// One page of the memberships of a network, with the cards of the members if asked for.
#[derive(Serialize, ToSchema)]
struct NetworkMembershipPage {
    #[serde(flatten)]
    page: MembershipPage,
    /// The members who hold these memberships, sorted by usual name, each as the caller may see them. Absent unless
    /// `include=member` was asked for.
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

/// The page with the cards of the members, if they were asked for.
fn with_members(
    store: &mut Store<'_>,
    page: MembershipPage,
    include: Option<MembershipInclude>,
) -> persistence::Result<NetworkMembershipPage> {
    let holders = include.map(|_| page.items.iter().map(|it| it.noun.member.id).collect());
    Ok(NetworkMembershipPage { page, members: holders.map(|ids| store.members_among(ids)).transpose()? })
}

/// List the memberships of a network
///
/// Returns the memberships that the caller may see, sorted by usual name of the member. Without `as_of`, returns those
/// that hold now.
///
/// **Access**: All who may see the network, each with the memberships that they may see:
/// - members of the network, SIG coordinators and SIG administrators: all;
/// - other members: all in a `listed` network, else their own;
/// - communication directors and DICOM contributors: also those of the organizations in their scope;
/// - observers: leads and co-leads of a `listed` network.
#[utoipa::path(tag = "memberships", params(NetworkCode, MembershipFilter, PageQuery), responses((status = 200, body = NetworkMembershipPage)))]
#[get("/networks/{code}/memberships")]
async fn list_network_memberships(
    db: Db,
    code: Path<NetworkCode>,
    list: Listing<MembershipFilter>,
) -> Answer<NetworkMembershipPage> {
    db.read(move |store| {
        let page = store.network_memberships(&code, &list.filter, &list.page)?;
        with_members(store, page, list.filter.include)
    })
    .await
}

/// List the memberships of an organization
///
/// Returns the memberships in all networks for this organization that the caller may see, sorted by usual name of the
/// member. Without `as_of`, returns those that hold now.
///
/// **Access**: every registered caller, each with the memberships that `get_membership` shows them.
///
/// **Notes**: Memberships for organizations below it are not among them.
#[utoipa::path(tag = "memberships", params(OrganizationId, OrganizationMembershipFilter, PageQuery), responses((status = 200, body = NetworkMembershipPage)))]
#[get("/organizations/{id}/memberships")]
async fn list_organization_memberships(
    db: Db,
    id: Path<OrganizationId>,
    list: Listing<OrganizationMembershipFilter>,
) -> Answer<NetworkMembershipPage> {
    db.read(move |store| {
        let page = store.organization_memberships(*id, list.filter.clone(), &list.page)?;
        with_members(store, page, list.filter.include)
    })
    .await
}

/// List the memberships of a member
///
/// Returns the memberships of the member in all networks that the caller may see, the oldest recorded first. Without
/// `as_of`, returns those that hold now.
///
/// **Access**: every registered caller who may see the member, each with the memberships that `get_membership` shows
/// them.
#[utoipa::path(tag = "memberships", params(MemberId, MemberMembershipFilter, PageQuery), responses((status = 200, body = MembershipPage)))]
#[get("/members/{id}/memberships")]
async fn list_member_memberships(
    db: Db,
    id: Path<MemberId>,
    list: Listing<MemberMembershipFilter>,
) -> Answer<MembershipPage> {
    db.read(move |store| store.member_memberships(*id, list.filter.clone(), &list.page)).await
}

/// Create a membership
///
/// Adds a member to the network through one of their affiliations, without asking them. Returns the membership. To ask
/// them first, use `create_membership_request`.
///
/// **Access**: Leads of the network; co-leads within the scope of their co-animation; SIG coordinators and SIG
/// administrators. For the roles `lead` and `co_lead`: SIG administrators only.
///
/// **Errors**: 409 `overlap` if the member sits in the network through this affiliation at that time already. 409
/// `invalid_transition` if the network or the organization is closed. 409 `superseded` if the organization was merged
/// or split. 422 `invalid` if the affiliation is not in force, or if its origin is not eligible.
///
/// **Notes**: The membership ends at the latest with the affiliation. The member is notified if the membership begins
/// at once.
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

/// Get a membership
///
/// Returns one membership.
///
/// **Access**: The member, the other members of the network, SIG coordinators and SIG administrators; communication
/// directors and DICOM contributors of the member's organization. In a `listed` network also all other members;
/// observers see leads and co-leads only. In a hidden network: its members and the SIG only.
#[utoipa::path(tag = "memberships", params(MembershipId), responses((status = 200, body = MembershipView)))]
#[get("/memberships/{id}")]
async fn get_membership(db: Db, id: Path<MembershipId>) -> Answer<MembershipView> {
    db.read(move |store| store.membership(*id)).await
}

/// Change the role of a membership
///
/// Gives the membership another role from now on. Returns it under the same identifier.
///
/// **Access**: Leads of the network; co-leads within the scope of their co-animation; SIG coordinators and SIG
/// administrators. To or from the roles `lead` and `co_lead`: SIG administrators only.
///
/// **Errors**: 409 `overlap` if it has this role already. 409 `last_lead` if it is the last active lead of the
/// network: appoint another lead first. 409 `invalid_transition` if the membership has ended.
///
/// **Notes**: The time in the former role is kept as a membership of its own, which ended with the reason `replaced`.
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

/// End a membership
///
/// Ends the membership now, or at the time `at`. Returns it.
///
/// **Access**: The member; leads of the network and co-leads within the scope of their co-animation; SIG coordinators
/// and SIG administrators. The membership of a lead or co-lead: only that person and the SIG.
///
/// **Errors**: 409 `last_lead` if it is the last active lead of the network: appoint another lead first, or close the
/// network. 409 `invalid_transition` if the membership has ended already. 422 `invalid` if `at` is in the past.
///
/// **Notes**: An end that is already set is never moved to a later time.
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

/// Void a membership
///
/// Removes a membership that should never have been recorded. It then holds on no day, and `as_of` no longer shows it.
/// Returns its identifier, its last version and the reason.
///
/// **Access**: SIG coordinators, SIG administrators. The membership of a lead or co-lead: SIG administrators only.
///
/// **Errors**: 409 `last_lead` if it is the last active lead of the network: appoint another lead first.
///
/// **Notes**: The history keeps the membership, with the reason. To stop one that was right until now, end it.
#[utoipa::path(tag = "memberships", params(MembershipId, IfMatch), request_body = Voiding, responses((status = 200, body = Voided)))]
#[post("/memberships/{id}/void")]
async fn void_membership(db: Db, id: Path<MembershipId>, seen: IfMatch, voiding: Valid<Voiding>) -> Answer<Voided> {
    db.write(move |store| {
        let grant = store.authorize(Void(*id))?;
        store.void_membership(grant, seen.0, voiding.0.reason.clone())
    })
    .await
}
