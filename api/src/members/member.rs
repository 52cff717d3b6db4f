//! HTTP of members.

use ::expertise::member_expertise::MemberExpertisePage;
use ::members::affiliation::AffiliationPage;
use ::members::member::{
    Create, Depart, Member, MemberFieldRelease, MemberFilter, MemberInclude, MemberInput, MemberPage, MemberPatch,
    MemberQuery, MemberSummary, MemberView, Release, Restore, Suspend, Update,
};
use ::networks::membership::{MemberMembershipFilter, MembershipPage};
use actix_web::web::Path;
use actix_web::{HttpResponse, get, patch, post};
use kernel::{MemberId, PageQuery, Seen, Several, Shown, VcardQuery};
use persistence::Store;
use serde::Serialize;
use serde_with::skip_serializing_none;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::Answer;
use crate::db::Db;
use crate::extract::{IfMatch, Listing, Query, Valid};
use crate::include::{With, readable, within};
use crate::problem::Problem;
use crate::vcard::{self, Card};

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    // `{id}` would match `{id}.vcf` too.
    config.service(get_member_vcard);
    config.service(list_members).service(create_member).service(get_member).service(update_member);
    config.service(release_member_fields);
    config.service(suspend_member).service(restore_member).service(depart_member);
}

/// List members
///
/// Returns members by usual name. Each is the whole card (`view` is `full`) if the caller may see it, else name and
/// organizations (`view` is `name`). Members who have departed are left out unless `status` asks for them.
///
/// **Access**: every registered caller. Partners see themselves only; service accounts need `directory:read`.
///
/// **Notes**: The filters `status` and `email` and the order by change find only members whose card the caller may see.
#[utoipa::path(tag = "members", params(MemberFilter, PageQuery), responses((status = 200, body = MemberPage)))]
#[get("/members")]
async fn list_members(db: Db, list: Listing<MemberFilter>) -> Answer<MemberPage> {
    db.read(move |store| store.members(&list.filter, &list.page)).await
}

/// Create a member
///
/// Records a person with a first affiliation, which is the main one. The member is `invited` until the first login.
/// Returns the member.
///
/// **Access**: SIG coordinators, SIG administrators; communication directors and organization administrators whose
/// scope holds the organization; service accounts with `directory:write`, within the scope of their organization and
/// their owner.
///
/// **Errors**: 409 `already_exists` when the e-mail address is taken; 422 at `/email` if the caller may not see who has
/// it. 409 `superseded` when the organization was merged or split, 409 `invalid_transition` when it is closed.
///
/// **Notes**: No e-mail is sent: call `POST /members/{id}/invite` to let the person log in.
#[utoipa::path(tag = "members", request_body = MemberInput, responses((status = 201, body = MemberView)))]
#[post("/members")]
async fn create_member(db: Db, new: Valid<MemberInput>) -> Answer<MemberView> {
    db.create(move |store| {
        let grant = store.authorize(Create(new.0.clone()))?;
        store.create_member(grant)
    })
    .await
}

/// What a member brings along: the first page of each list.
#[skip_serializing_none]
#[derive(Serialize, ToSchema)]
pub(crate) struct MemberIncluded {
    /// Memberships in force that the caller may see, as in `GET /members/{id}/memberships`. Absent: not asked for.
    memberships: Option<MembershipPage>,
    /// All affiliations, as in `GET /members/{id}/affiliations`. Absent: not asked for.
    affiliations: Option<AffiliationPage>,
    /// Expertise, as in `GET /members/{id}/expertise`. Absent: not asked for, or the caller may not read it.
    expertise: Option<MemberExpertisePage>,
}

type MemberWhole = Shown<With<Seen<Member>, MemberIncluded>, MemberSummary>;

fn included(
    store: &mut Store<'_>,
    id: MemberId,
    asked: &Several<MemberInclude>,
) -> persistence::Result<Option<MemberIncluded>> {
    if asked.is_empty() {
        return Ok(None);
    }
    let first = |list: &str| PageQuery::first(format!("/api/v1/members/{id}/{list}?"));
    let has = |what| asked.has(&what).then_some(());
    Ok(Some(MemberIncluded {
        memberships: has(MemberInclude::Memberships)
            .map(|()| store.member_memberships(id, MemberMembershipFilter::default(), &first("memberships")))
            .transpose()?,
        affiliations: has(MemberInclude::Affiliations)
            .map(|()| store.member_affiliations(id, &first("affiliations")))
            .transpose()?,
        expertise: has(MemberInclude::Expertise)
            .map(|()| readable(store.member_expertises(id, &first("expertise"))))
            .transpose()?
            .flatten(),
    }))
}

/// Get a member
///
/// Returns the whole card (`view` is `full`) if the caller may see it, else name and organizations (`view` is `name`).
///
/// **Access**: every registered caller but partners, who see themselves only; service accounts with `directory:read`.
/// The whole card: the member; SIG coordinators, SIG administrators; communication directors, DICOM contributors and
/// organization administrators whose scope holds the organization of the main affiliation. Other callers see it as far
/// as `profile_visibility` allows; partners and observers never do. After the departure, only the member and the SIG
/// see it.
#[utoipa::path(tag = "members", params(MemberId, MemberQuery), responses((status = 200, body = MemberWhole)))]
#[get("/members/{id}")]
async fn get_member(db: Db, id: Path<MemberId>, query: Query<MemberQuery>) -> Answer<MemberWhole> {
    db.read(move |store| {
        let shown = store.member(*id)?;
        within(shown, |_| included(store, *id, &query.0.include))
    })
    .await
}

/// Get a member as a vCard
///
/// Returns a vCard, 4.0 (RFC 6350) unless `version` says `3.0` (RFC 2426). It has the whole card if the caller may see it,
/// else name and organization.
///
/// **Access**: as for `GET /members/{id}`.
#[utoipa::path(tag = "members", params(MemberId, VcardQuery), responses((status = 200, body = String, content_type = "text/vcard")))]
#[get("/members/{id}.vcf")]
async fn get_member_vcard(db: Db, id: Path<MemberId>, query: Query<VcardQuery>) -> Result<HttpResponse, Problem> {
    let member = db.render(move |store| store.member(*id)).await?;
    vcard::answer(&vcard::Card::from(member), query.0.version)
}

/// Update a member
///
/// Changes the card of a member: names, address, telephones, languages, visibility. Returns the member.
///
/// **Access**: SIG coordinators, SIG administrators; communication directors and organization administrators whose
/// scope holds the organization of the main affiliation; service accounts with `directory:write` likewise. If the
/// member never logged in and holds roles that the caller could not give, only SIG administrators change the address.
///
/// **Errors**: 409 `invalid_transition` when the member has departed. 409 `already_exists` when the new address is
/// taken; 422 at `/email` if the caller may not see who has it. 403 when the card is opened although the member
/// objects.
///
/// **Notes**: A new address revokes the invitations sent to the old one.
#[utoipa::path(tag = "members", params(MemberId, IfMatch), request_body = MemberPatch, responses((status = 200, body = MemberView)))]
#[patch("/members/{id}")]
async fn update_member(db: Db, id: Path<MemberId>, seen: IfMatch, patch: Valid<MemberPatch>) -> Answer<MemberView> {
    db.write(move |store| {
        let grant = store.authorize(Update(*id))?;
        store.update_member(grant, seen.0, patch.0.clone())
    })
    .await
}

/// Release fields of a member
///
/// Gives fields back to their source: nobody keeps them from now on, and the directory that says them next does. Returns the member.
///
/// **Access**: SIG coordinators, SIG administrators; communication directors and organization administrators whose
/// scope holds the organization of the main affiliation. Service accounts release nothing.
///
/// **Errors**: 409 `invalid_transition` when the member has departed.
///
/// **Notes**: `field_sources` says who keeps which field. The values stay until another is said.
#[utoipa::path(tag = "members", params(MemberId, IfMatch), request_body = MemberFieldRelease, responses((status = 200, body = MemberView)))]
#[post("/members/{id}/release-fields")]
async fn release_member_fields(
    db: Db,
    id: Path<MemberId>,
    seen: IfMatch,
    fields: Valid<MemberFieldRelease>,
) -> Answer<MemberView> {
    db.write(move |store| {
        let grant = store.authorize(Release(*id))?;
        store.release_member_fields(grant, seen.0, &fields.0.fields)
    })
    .await
}

/// Suspend a member
///
/// Takes all rights from the member at once. Memberships stay but do not count: their seats show as gaps. Returns the
/// member.
///
/// **Access**: SIG coordinators, SIG administrators.
///
/// **Errors**: 409 `invalid_transition` unless the member is `invited` or `active`. 409 `last_admin` when the service
/// would lose its last SIG administrator.
#[utoipa::path(tag = "members", params(MemberId, IfMatch), responses((status = 200, body = MemberView)))]
#[post("/members/{id}/suspend")]
async fn suspend_member(db: Db, id: Path<MemberId>, seen: IfMatch) -> Answer<MemberView> {
    db.write(move |store| {
        let grant = store.authorize(Suspend(*id))?;
        store.suspend_member(grant, seen.0)
    })
    .await
}

/// Restore a member
///
/// Ends the suspension of a member: rights and memberships count again. Returns the member.
///
/// **Access**: SIG coordinators, SIG administrators.
///
/// **Errors**: 409 `invalid_transition` unless the member is `suspended`.
#[utoipa::path(tag = "members", params(MemberId, IfMatch), responses((status = 200, body = MemberView)))]
#[post("/members/{id}/restore")]
async fn restore_member(db: Db, id: Path<MemberId>, seen: IfMatch) -> Answer<MemberView> {
    db.write(move |store| {
        let grant = store.authorize(Restore(*id))?;
        store.restore_member(grant, seen.0)
    })
    .await
}

/// Depart a member
///
/// Records that the member has left: affiliations, memberships and roles end now, and nothing is deleted. Returns the
/// member.
///
/// **Access**: SIG coordinators, SIG administrators; communication directors and organization administrators whose
/// scope holds all organizations of the member; service accounts with `directory:write` likewise.
///
/// **Errors**: 409 `hand_over_required` when the member owns things that must be handed over first. 409 `last_lead` or
/// `last_admin` when nobody else leads a network or administers the service. 409 `invalid_transition` when the member
/// has departed.
///
/// **Notes**: A service account is not asked for a hand-over and may remove a last lead: the gap shows in the matrix.
#[utoipa::path(tag = "members", params(MemberId, IfMatch), responses((status = 200, body = MemberView)))]
#[post("/members/{id}/depart")]
async fn depart_member(db: Db, id: Path<MemberId>, seen: IfMatch) -> Answer<MemberView> {
    db.write(move |store| {
        let grant = store.authorize(Depart(*id))?;
        store.depart_member(grant, seen.0)
    })
    .await
}

/// A member by their card, or by name and organization only.
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
