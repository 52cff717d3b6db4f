//! HTTP of members.

use ::members::member::{
    Create, Depart, MemberFilter, MemberInput, MemberPage, MemberPatch, MemberView, Restore, Suspend, Update,
};
use actix_web::web::Path;
use actix_web::{HttpResponse, get, patch, post};
use kernel::{MemberId, PageQuery, Shown};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::Answer;
use crate::db::Db;
use crate::extract::{IfMatch, Listing, Valid};
use crate::problem::Problem;
use crate::vcard::{self, Card};

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    // `{id}` would match `{id}.vcf` too.
    config.service(get_member_vcard);
    config.service(list_members).service(create_member).service(get_member).service(update_member);
    config.service(suspend_member).service(restore_member).service(depart_member);
}

/// List members.
///
/// By usual name; the whole card of those who show it to the caller, the name and organizations of the others. Partners
/// see themselves alone.
#[utoipa::path(tag = "members", params(MemberFilter, PageQuery), responses((status = 200, body = MemberPage)))]
#[get("/members")]
async fn list_members(db: Db, list: Listing<MemberFilter>) -> Answer<MemberPage> {
    db.read(move |store| store.members(&list.filter, &list.page)).await
}

/// Record a member.
///
/// The SIG may, and the communication director or administrator of the organization of the first affiliation.
#[utoipa::path(tag = "members", request_body = MemberInput, responses((status = 201, body = MemberView)))]
#[post("/members")]
async fn create_member(db: Db, new: Valid<MemberInput>) -> Answer<MemberView> {
    db.create(move |store| {
        let grant = store.authorize(Create(new.0.clone()))?;
        store.create_member(grant)
    })
    .await
}

/// Read a member.
///
/// The whole card for those to whom the member shows it, the name and organizations for the others.
#[utoipa::path(tag = "members", params(MemberId), responses((status = 200, body = MemberView)))]
#[get("/members/{id}")]
async fn get_member(db: Db, id: Path<MemberId>) -> Answer<MemberView> {
    db.read(move |store| store.member(*id)).await
}

/// Read a member as a vCard.
///
/// vCard 4.0 (RFC 6350): the whole card for those to whom the member shows it, the name and organization for the others.
#[utoipa::path(tag = "members", params(MemberId), responses((status = 200, body = String, content_type = "text/vcard")))]
#[get("/members/{id}.vcf")]
async fn get_member_vcard(db: Db, id: Path<MemberId>) -> Result<HttpResponse, Problem> {
    let member = db.render(move |store| store.member(*id)).await?;
    vcard::answer(&vcard::Card::from(member))
}

/// Change a member.
///
/// The SIG may, and the communication director or administrator of one of the member's organizations.
#[utoipa::path(tag = "members", params(MemberId, IfMatch), request_body = MemberPatch, responses((status = 200, body = MemberView)))]
#[patch("/members/{id}")]
async fn update_member(db: Db, id: Path<MemberId>, seen: IfMatch, patch: Valid<MemberPatch>) -> Answer<MemberView> {
    db.write(move |store| {
        let grant = store.authorize(Update(*id))?;
        store.update_member(grant, seen.0, patch.0.clone())
    })
    .await
}

/// Suspend a member.
///
/// The SIG may. The member's rights are gone at once, his memberships wait, and the gaps show.
#[utoipa::path(tag = "members", params(MemberId, IfMatch), responses((status = 200, body = MemberView)))]
#[post("/members/{id}/suspend")]
async fn suspend_member(db: Db, id: Path<MemberId>, seen: IfMatch) -> Answer<MemberView> {
    db.write(move |store| {
        let grant = store.authorize(Suspend(*id))?;
        store.suspend_member(grant, seen.0)
    })
    .await
}

/// Restore a member.
///
/// The SIG may.
#[utoipa::path(tag = "members", params(MemberId, IfMatch), responses((status = 200, body = MemberView)))]
#[post("/members/{id}/restore")]
async fn restore_member(db: Db, id: Path<MemberId>, seen: IfMatch) -> Answer<MemberView> {
    db.write(move |store| {
        let grant = store.authorize(Restore(*id))?;
        store.restore_member(grant, seen.0)
    })
    .await
}

/// Let a member depart.
///
/// The SIG may, and the communication director or administrator of one of the member's organizations. Affiliations,
/// memberships and roles end; nothing is deleted. The last lead of a network cannot depart (409 `last_lead`).
#[utoipa::path(tag = "members", params(MemberId, IfMatch), responses((status = 200, body = MemberView)))]
#[post("/members/{id}/depart")]
async fn depart_member(db: Db, id: Path<MemberId>, seen: IfMatch) -> Answer<MemberView> {
    db.write(move |store| {
        let grant = store.authorize(Depart(*id))?;
        store.depart_member(grant, seen.0)
    })
    .await
}

/// A member by his card, or by name and organization alone.
impl From<MemberView> for Card {
    fn from(view: MemberView) -> Self {
        match view {
            Shown::Name(it) => Self {
                id: it.id.0,
                full_name: it.display_name,
                organization: it.organizations.into_iter().take(1).map(|place| place.name.to_string()).collect(),
                ..Self::default()
            },
            Shown::Full(seen) => {
                let it = seen.noun;
                let main = it.affiliations.0.into_iter().next();
                let place = main.iter().map(|at| at.organization.name.to_string());
                let unit = main.iter().filter_map(|at| at.service.as_ref()).map(ToString::to_string);
                Self {
                    id: it.id.0,
                    full_name: it.display_name,
                    name: Some((it.usual_name.to_string(), it.given_name.to_string())),
                    organization: place.chain(unit).collect(),
                    title: main.as_ref().and_then(|at| at.position.as_ref()).map(ToString::to_string),
                    email: it.email.map(|it| it.to_string()),
                    phones: it.phones.iter().map(ToString::to_string).collect(),
                    languages: it.languages.iter().map(ToString::to_string).collect(),
                    revised: Some(it.updated_at),
                    ..Self::default()
                }
            }
        }
    }
}
