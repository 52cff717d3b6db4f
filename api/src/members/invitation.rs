//! HTTP of invitations, and of the first login.

use ::members::invitation::{
    Confirm, InvitationAcceptance, InvitationAccepted, InvitationFilter, InvitationPage, InvitationView, Invite,
    Resend, Revoke,
};
use actix_web::web::Path;
use actix_web::{get, post};
use kernel::{Identity, InvitationId, MemberId, PageQuery, Vouched};
use persistence::Store;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::{Answer, Represent};
use crate::bearer::Named;
use crate::db::Db;
use crate::extract::{IfMatch, Listing, Valid};

impl Represent for InvitationAccepted {}

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(accept_invitation).service(invite_member);
    config.service(list_invitations).service(get_invitation).service(confirm_invitation);
    config.service(resend_invitation).service(revoke_invitation);
}

/// List invitations.
///
/// Those to the organizations whose members one keeps, to the networks that one leads, and those that one sent; the
/// latest first.
#[utoipa::path(tag = "members", params(InvitationFilter, PageQuery), responses((status = 200, body = InvitationPage)))]
#[get("/invitations")]
async fn list_invitations(db: Db, list: Listing<InvitationFilter>) -> Answer<InvitationPage> {
    db.read(move |store| store.invitations(&list.filter, &list.page)).await
}

/// Read an invitation.
///
/// Whoever sees it in the list. Its code is in the e-mail alone.
#[utoipa::path(tag = "members", params(InvitationId), responses((status = 200, body = InvitationView)))]
#[get("/invitations/{id}")]
async fn get_invitation(db: Db, id: Path<InvitationId>) -> Answer<InvitationView> {
    db.read(move |store| store.invitation(*id)).await
}

/// Invite a member to log in for the first time.
///
/// Those who keep his card may; where he holds roles that the caller could not give, or leads a network, the SIG
/// administrator. A code goes to his address by e-mail; earlier ones are good for nothing any more.
#[utoipa::path(tag = "members", params(MemberId), responses((status = 201, body = InvitationView)))]
#[post("/members/{id}/invite")]
async fn invite_member(db: Db, id: Path<MemberId>) -> Answer<InvitationView> {
    db.create(move |store| {
        let grant = store.authorize(Invite(*id))?;
        store.invite_member(grant)
    })
    .await
}

/// Show the code of an invitation.
///
/// Whoever has a good token may, registered or not. If his issuer says that he works where he was invited (`siret` or
/// `siren`), or if he is a member there already, his account is bound at once; else someone who keeps the organization's
/// members must confirm, who see what the token calls the bearer. Of two logins that show one code the first waits (`to_confirm`),
/// and the second is told so (`contested`). Whoever decided for the network joins it by no code (403). A code serves once (409 `invitation_spent`); an address alone binds
/// nobody. An idempotency key is not looked at: the code is one.
#[utoipa::path(tag = "me", request_body = InvitationAcceptance, responses((status = 200, body = InvitationAccepted)))]
#[post("/me/invitations/accept")]
async fn accept_invitation(db: Db, named: Named, said: Valid<InvitationAcceptance>) -> Answer<InvitationAccepted> {
    let show = move |store: &mut Store<'_>, who: &Identity, vouched: &Vouched| {
        store.accept_invitation(&said.0, who, vouched, &named.0)
    };
    db.write_unregistered(show).await
}

/// Confirm who showed the code of an invitation.
///
/// Those who keep the members of the organization may: for who showed the code with a token that does not say that they
/// work there. Whoever sent the invitation, first or once more, or recorded the member never confirms it; who would hold
/// more than the caller could give is confirmed by the SIG administrator; nobody confirms themselves, and no service account
/// confirms anyone.
#[utoipa::path(tag = "members", params(InvitationId, IfMatch), responses((status = 200, body = InvitationView)))]
#[post("/invitations/{id}/confirm")]
async fn confirm_invitation(db: Db, id: Path<InvitationId>, seen: IfMatch) -> Answer<InvitationView> {
    db.write(move |store| {
        let grant = store.authorize(Confirm(*id))?;
        store.confirm_invitation(grant, seen.0)
    })
    .await
}

/// Send the code of an invitation once more.
///
/// Whoever may take it back may, while nobody showed it; not while a letter waits to be sent (409 `invalid_transition`).
/// `delivery_status` says what became of the last one. Where one joins a network by it, the code is good for no longer
/// than the dossier; else for 30 days from now.
#[utoipa::path(tag = "members", params(InvitationId, IfMatch), responses((status = 200, body = InvitationView)))]
#[post("/invitations/{id}/resend")]
async fn resend_invitation(db: Db, id: Path<InvitationId>, seen: IfMatch) -> Answer<InvitationView> {
    db.write(move |store| {
        let grant = store.authorize(Resend(*id))?;
        store.resend_invitation(grant, seen.0)
    })
    .await
}

/// Take an invitation back.
///
/// Those who keep the members of the organization may, the leads of the network, and the référent who nominated the person.
#[utoipa::path(tag = "members", params(InvitationId, IfMatch), responses((status = 200, body = InvitationView)))]
#[post("/invitations/{id}/revoke")]
async fn revoke_invitation(db: Db, id: Path<InvitationId>, seen: IfMatch) -> Answer<InvitationView> {
    db.write(move |store| {
        let grant = store.authorize(Revoke(*id))?;
        store.revoke_invitation(grant, seen.0)
    })
    .await
}
