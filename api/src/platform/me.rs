//! HTTP of the caller: identity, first login, memberships.

use ::networks::announcement::{AnnouncementFilter, AnnouncementPage, AnnouncementStatus};
use ::networks::home::{MeInclude, MeQuery};
use ::networks::membership::MembershipPage;
use ::networks::my_task::MyTasks;
use ::networks::network::{NetworkCode, NetworkName};
use ::networks::notification::{NotificationFilter, NotificationPage};
use actix_web::{get, post};
use kernel::directory::OrganizationReference;
use kernel::{
    AffiliationId, CoAnimationScope, Count, MemberId, MemberOrigin, NetworkId, NetworkRole, OrganizationId, PageQuery,
    PrincipalId, PrincipalKind, Role, Scope, Several,
};
use persistence::{Error, MyNames, Store};
use serde::Serialize;
use serde_with::skip_serializing_none;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::{Answer, Represent};
use crate::db::Db;
use crate::extract::{Listing, NoFilter, Query};

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(get_me).service(bind_me).service(list_my_memberships);
}

/// A role that the caller holds through an affiliation.
#[skip_serializing_none]
#[derive(Debug, Serialize, ToSchema)]
struct MyRole {
    /// Role that is held.
    role: Role,
    /// Identifier of the organization over which the role is held. Absent for roles without a scope (SIG, auditor,
    /// DPO).
    organization_id: Option<OrganizationId>,
    /// That organization, by name. Absent: as for `organization_id`.
    organization: Option<OrganizationReference>,
}

/// A seat that the caller holds in a network through an affiliation.
#[derive(Debug, Serialize, ToSchema)]
struct MySeat {
    /// Identifier of the network.
    network_id: NetworkId,
    /// Code of the network in which the seat is.
    #[serde(skip_serializing_if = "Option::is_none")]
    network_code: Option<NetworkCode>,
    /// Name of the network, as people read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    network_name: Option<NetworkName>,
    /// Role in the network. A deputy who stands in is a `referent` here; a co-lead without a co-animation is a
    /// `member`.
    role: NetworkRole,
    /// Topics that a co-lead leads. It has no meaning for the other roles.
    scope: CoAnimationScope,
}

/// An affiliation of the caller that is in force, with the roles and seats held through it.
#[skip_serializing_none]
#[derive(Debug, Serialize, ToSchema)]
struct MyStanding {
    /// Identifier of the affiliation. Absent for a service account, which has none.
    affiliation_id: Option<AffiliationId>,
    /// Identifier of the organization of the affiliation, or of the service account.
    organization_id: OrganizationId,
    /// That organization, by name.
    organization: Option<OrganizationReference>,
    /// Origin of the affiliation. Through an origin `government_partner` or `observer`, roles and seats give no rights.
    origin: MemberOrigin,
    /// Roles held through the affiliation.
    roles: Vec<MyRole>,
    /// Seats held through the affiliation. Empty for partners and observers.
    seats: Vec<MySeat>,
}

/// The caller, with the roles and seats that they hold.
#[skip_serializing_none]
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Me {
    /// Whether the login belongs to a registered caller. If not, every other operation but the first login answers 403
    /// `not_registered`.
    registered: bool,
    /// Whether the caller is suspended, or is a service account that has expired. If so, every other operation answers
    /// 403 `suspended`.
    suspended: bool,
    /// Identifier of the principal. For a member it is the identifier of `/members/{id}`. Absent if not registered or
    /// suspended.
    id: Option<PrincipalId>,
    /// Kind of principal. Absent if not registered or suspended.
    kind: Option<PrincipalKind>,
    /// Name of the caller, as people read it. Absent if not registered or suspended.
    #[schema(max_length = 201)]
    display_name: Option<String>,
    /// What a service account may do at most. Empty for members.
    scopes: Vec<Scope>,
    /// Affiliations in force, with what is held through each.
    standings: Vec<MyStanding>,
    /// What `include` asked for. Absent: nothing was asked for, or the caller is not registered or suspended.
    included: Option<MeIncluded>,
}

impl Represent for Me {}

/// What the caller's own page brings along.
#[skip_serializing_none]
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MeIncluded {
    /// Memberships in force, as in `GET /me/memberships`: the first page. Absent: not asked for.
    memberships: Option<MembershipPage>,
    /// What waits for the caller, as in `GET /me/tasks`. Absent: not asked for.
    tasks: Option<MyTasks>,
    /// The ten latest unread notifications, and how many there are in all. Absent: not asked for.
    notifications: Option<NotificationPage>,
    /// The five latest published announcements that the caller may read. Absent: not asked for.
    announcements: Option<AnnouncementPage>,
}

fn included(store: &mut Store<'_>, asked: &Several<MeInclude>) -> persistence::Result<Option<MeIncluded>> {
    if asked.is_empty() {
        return Ok(None);
    }
    let has = |what| asked.has(&what).then_some(());
    let unread = NotificationFilter { unread: Some(true), count: Some(Count::Exact) };
    let first = PageQuery::first("/api/v1/notifications?count=exact&unread=true".into()).of(10);
    let news = AnnouncementFilter { status: Some(AnnouncementStatus::Published), ..AnnouncementFilter::default() };
    let latest = PageQuery::first("/api/v1/announcements?status=published".into()).of(5);
    let mine = PageQuery::first("/api/v1/me/memberships?".into());
    Ok(Some(MeIncluded {
        memberships: has(MeInclude::Memberships).map(|()| store.own_memberships(&mine)).transpose()?,
        tasks: has(MeInclude::Tasks).map(|()| store.my_tasks()).transpose()?,
        notifications: has(MeInclude::Notifications).map(|()| store.notifications(&unread, &first)).transpose()?,
        announcements: has(MeInclude::Announcements).map(|()| store.announcements(&news, &latest)).transpose()?,
    }))
}

impl Me {
    fn unknown(suspended: bool) -> Self {
        let (scopes, standings) = (Vec::new(), Vec::new());
        let (id, kind, display_name, included) = (None, None, None, None);
        Self { registered: suspended, suspended, id, kind, display_name, scopes, standings, included }
    }

    fn of(actor: &kernel::Actor, names: &MyNames) -> Self {
        let organization = |id: &OrganizationId| names.organizations.get(id).cloned();
        let standings = actor.standings.iter().map(|standing| MyStanding {
            affiliation_id: standing.affiliation_id,
            organization_id: standing.organization_id,
            organization: organization(&standing.organization_id),
            origin: standing.origin,
            roles: standing
                .roles
                .iter()
                .map(|held| MyRole {
                    role: held.role,
                    organization_id: held.organization_id,
                    organization: held.organization_id.as_ref().and_then(organization),
                })
                .collect(),
            // Partners and observers hold no seats, and do not learn of networks that they may not know.
            seats: standing
                .seats
                .iter()
                .filter(|_| !standing.is_capped())
                .map(|seat| {
                    let (network_code, network_name) = names.networks.get(&seat.network_id).cloned().unzip();
                    let (network_id, role, scope) = (seat.network_id, seat.role, seat.scope);
                    MySeat { network_id, network_code, network_name, role, scope }
                })
                .collect(),
        });
        Self {
            registered: true,
            suspended: false,
            id: Some(actor.id),
            kind: Some(actor.kind),
            display_name: names.display_name.clone(),
            scopes: actor.scopes.clone(),
            standings: standings.collect(),
            included: None,
        }
    }
}

/// Get my identity and rights
///
/// Returns who the caller is, with affiliations, roles and seats. It answers 200 also for a login that is not
/// registered (`registered` is `false`) or suspended.
///
/// **Access**: everyone with a valid token, registered or not.
#[utoipa::path(tag = "me", params(MeQuery), responses((status = 200, body = Me)))]
#[get("/me")]
async fn get_me(db: Db, query: Query<MeQuery>) -> Answer<Me> {
    let me = move |store: &mut Store<'_>| {
        let names = store.my_names()?;
        let included = included(store, &query.0.include)?;
        Ok(Me { included, ..Me::of(store.actor(), &names) })
    };
    db.bare(move |database, call| match database.read(call, me) {
        Err(Error::Stranger) => Ok(Me::unknown(false)),
        Err(Error::Suspended) => Ok(Me::unknown(true)),
        done => done,
    })
    .await
}

/// The member to whom the login was linked.
#[derive(Debug, Serialize, ToSchema)]
struct Bound {
    /// Identifier of the member.
    member_id: MemberId,
}

impl Represent for Bound {}

/// Link my login to my directory entry
///
/// Links the caller's login to the member whom the directory of the token's issuer knows by the same `uid` or `sub`.
/// Returns the identifier of the member. If the login is linked already, nothing changes.
///
/// **Access**: every person with a valid token. Service accounts may not.
///
/// **Errors**: 403 `not_registered` when the issuer has no directory here, or its directory has no such member: ask for
/// an invitation. 409 `invalid_transition` when the member has departed.
///
/// **Notes**: The first login makes an `invited` member `active`. A directory that syncs by SCIM vouches only for members
/// who never logged in, hold no role, lead no network and work mainly there.
#[utoipa::path(tag = "me", responses((status = 200, body = Bound)))]
#[post("/me/bind")]
async fn bind_me(db: Db) -> Answer<Bound> {
    db.write_unregistered(|store, who, vouched| Ok(Bound { member_id: store.bind_me(who, vouched)? })).await
}

/// List my memberships
///
/// Returns the memberships of the caller that are in force, the oldest recorded first.
///
/// **Access**: every registered caller. The list is empty for partners, observers and service accounts.
#[utoipa::path(tag = "me", params(PageQuery), responses((status = 200, body = MembershipPage)))]
#[get("/me/memberships")]
async fn list_my_memberships(db: Db, list: Listing<NoFilter>) -> Answer<MembershipPage> {
    db.read(move |store| store.own_memberships(&list.page)).await
}
