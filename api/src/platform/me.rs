//! HTTP of the caller himself.

use ::networks::membership::MembershipPage;
use actix_web::{get, post};
use kernel::{
    AffiliationId, CoAnimationScope, MemberId, MemberOrigin, NetworkId, NetworkRole, OrganizationId, PageQuery,
    PrincipalId, PrincipalKind, Role, Scope,
};
use persistence::Error;
use serde::Serialize;
use serde_with::skip_serializing_none;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::{Answer, Represent};
use crate::db::Db;
use crate::extract::{Listing, NoFilter};

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(get_me).service(bind_me).service(list_my_memberships);
}

/// A role held through an affiliation.
#[skip_serializing_none]
#[derive(Debug, Serialize, ToSchema)]
struct MyRole {
    /// As what.
    role: Role,
    /// Over which organization.
    organization_id: Option<OrganizationId>,
}

/// A seat held through an affiliation.
#[derive(Debug, Serialize, ToSchema)]
struct MySeat {
    /// In which network.
    network_id: NetworkId,
    /// As what; a deputy who stands in is a référent here.
    role: NetworkRole,
    /// On what, for a co-lead.
    scope: CoAnimationScope,
}

/// An affiliation in force, with what is held through it.
#[skip_serializing_none]
#[derive(Debug, Serialize, ToSchema)]
struct MyStanding {
    /// Absent for a service account.
    affiliation_id: Option<AffiliationId>,
    /// Where.
    organization_id: OrganizationId,
    /// Its origin: partners and observers see less, whatever they hold through it.
    origin: MemberOrigin,
    /// Roles.
    roles: Vec<MyRole>,
    /// Seats.
    seats: Vec<MySeat>,
}

/// Who the caller is, and what he holds.
#[skip_serializing_none]
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Me {
    /// Whether the token's subject is registered. All but this address answers 403 `not_registered` when not.
    registered: bool,
    /// Whether the account is suspended.
    suspended: bool,
    /// Who: a member's identifier is the one of `/members/{id}`.
    id: Option<PrincipalId>,
    /// What kind of principal.
    kind: Option<PrincipalKind>,
    /// What a service account may do at most.
    scopes: Vec<Scope>,
    /// The affiliations in force.
    standings: Vec<MyStanding>,
}

impl Represent for Me {}

impl Me {
    fn unknown(suspended: bool) -> Self {
        let (scopes, standings) = (Vec::new(), Vec::new());
        Self { registered: suspended, suspended, id: None, kind: None, scopes, standings }
    }
}

impl From<&kernel::Actor> for Me {
    fn from(actor: &kernel::Actor) -> Self {
        let standings = actor.standings.iter().map(|standing| MyStanding {
            affiliation_id: standing.affiliation_id,
            organization_id: standing.organization_id,
            origin: standing.origin,
            roles: standing
                .roles
                .iter()
                .map(|held| MyRole { role: held.role, organization_id: held.organization_id })
                .collect(),
            // Where a cap holds, one sits nowhere, and is not told of a network that he may not know.
            seats: standing
                .seats
                .iter()
                .filter(|_| !standing.is_capped())
                .map(|seat| MySeat { network_id: seat.network_id, role: seat.role, scope: seat.scope })
                .collect(),
        });
        Self {
            registered: true,
            suspended: false,
            id: Some(actor.id),
            kind: Some(actor.kind),
            scopes: actor.scopes.clone(),
            standings: standings.collect(),
        }
    }
}

/// Read who I am.
///
/// Whoever has a good token, registered or not.
#[utoipa::path(tag = "me", responses((status = 200, body = Me)))]
#[get("/me")]
async fn get_me(db: Db) -> Answer<Me> {
    db.bare(|database, call| match database.read(call, |store| Ok(Me::from(store.actor()))) {
        Err(Error::Stranger) => Ok(Me::unknown(false)),
        Err(Error::Suspended) => Ok(Me::unknown(true)),
        done => done,
    })
    .await
}

/// Who one became.
#[derive(Debug, Serialize, ToSchema)]
struct Bound {
    /// The member.
    member_id: MemberId,
}

impl Represent for Bound {}

/// Become who one's directory says.
///
/// The first login of someone whom a directory recorded: where the issuer of the token speaks for a source, and that
/// source calls a member by the token's `uid` or `sub`, the token's subject is that member from now on. For all others
/// 403 `not_registered`.
#[utoipa::path(tag = "me", responses((status = 200, body = Bound)))]
#[post("/me/bind")]
async fn bind_me(db: Db) -> Answer<Bound> {
    db.write_unregistered(|store, who, vouched| Ok(Bound { member_id: store.bind_me(who, vouched)? })).await
}

/// List my memberships
///
/// Returns the memberships of the caller that hold now, the oldest first.
///
/// **Access**: Every registered caller, for themselves. For partners, observers and service accounts the list is
/// empty.
#[utoipa::path(tag = "me", params(PageQuery), responses((status = 200, body = MembershipPage)))]
#[get("/me/memberships")]
async fn list_my_memberships(db: Db, list: Listing<NoFilter>) -> Answer<MembershipPage> {
    db.read(move |store| store.own_memberships(&list.page)).await
}
