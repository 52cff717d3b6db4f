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

/// List invitations
///
/// Returns the invitations that the caller may see, the latest first.
///
/// **Access**: every registered caller, who sees the invitations described in `GET /invitations/{id}`; the list of
/// others is empty.
#[utoipa::path(tag = "members", params(InvitationFilter, PageQuery), responses((status = 200, body = InvitationPage)))]
#[get("/invitations")]
async fn list_invitations(db: Db, list: Listing<InvitationFilter>) -> Answer<InvitationPage> {
    db.read(move |store| store.invitations(&list.filter, &list.page)).await
}

/// Get an invitation
///
/// Returns one invitation. Its code is never returned: it is in the e-mail only.
///
/// **Access**: SIG coordinators, SIG administrators; communication directors and organization administrators whose
/// scope holds the organization; leads of the network; the sender; service accounts with `directory:write` likewise. To
/// others the invitation does not exist (404).
///
/// **Notes**: `network_id` and `request_id` are left out for callers who may not know the network.
#[utoipa::path(tag = "members", params(InvitationId), responses((status = 200, body = InvitationView)))]
#[get("/invitations/{id}")]
async fn get_invitation(db: Db, id: Path<InvitationId>) -> Answer<InvitationView> {
    db.read(move |store| store.invitation(*id)).await
}

/// Invite a member to log in
///
/// Sends a single-use code by e-mail to the address of a member who has never logged in. Returns the invitation.
///
/// **Access**: SIG coordinators, SIG administrators; communication directors and organization administrators whose
/// scope holds the organization of the main affiliation; service accounts with `directory:write` likewise. If the
/// member holds roles that the caller could not give, or leads a network, only SIG administrators.
///
/// **Errors**: 409 `invalid_transition` unless the member is `invited`. 422 when the member has no e-mail address: add
/// one first.
///
/// **Notes**: Codes sent earlier to the member are revoked. The code is good for 30 days.
#[utoipa::path(tag = "members", params(MemberId), responses((status = 201, body = InvitationView)))]
#[post("/members/{id}/invite")]
async fn invite_member(db: Db, id: Path<MemberId>) -> Answer<InvitationView> {
    db.create(move |store| {
        let grant = store.authorize(Invite(*id))?;
        store.invite_member(grant)
    })
    .await
}

/// Accept an invitation
///
/// Links the caller's login to the invited member, by the single-use code of the e-mail. Returns `bound` if the login
/// is linked, `to_confirm` if someone must confirm first.
///
/// The login is linked at once if the token says that the caller works there (`siret` or `siren`). It also is if the
/// caller is a member affiliated there. Otherwise someone who may call `POST /invitations/{id}/confirm` must confirm.
///
/// **Access**: every person with a valid token and the code, registered or not. Service accounts may not.
///
/// **Errors**: 409 `invitation_spent` when the code is unknown, used, revoked or expired, or its membership request is
/// closed. 403 `forbidden` when the caller decided for the network that the invitation is to. 422 at
/// `/notification_level` when the invitation is to a network and the level is missing. 422 at `/code` when the address
/// already has an account: log in with that account.
///
/// **Notes**: A person who is not recorded yet is recorded as a member of the organization. If the invitation is to a
/// network, the membership request is accepted for the person. The code works once, so `Idempotency-Key` is ignored.
/// When two logins use one code, the first waits to be confirmed and the second is answered `contested`. The person who confirms
/// sees the name and the address in the token.
#[utoipa::path(tag = "me", request_body = InvitationAcceptance, responses((status = 200, body = InvitationAccepted)))]
#[post("/me/invitations/accept")]
async fn accept_invitation(db: Db, named: Named, said: Valid<InvitationAcceptance>) -> Answer<InvitationAccepted> {
    let show = move |store: &mut Store<'_>, who: &Identity, vouched: &Vouched| {
        store.accept_invitation(&said.0, who, vouched, &named.0)
    };
    db.write_unregistered(show).await
}

/// Confirm an invitation
///
/// Confirms that the person who used the code is the one who was invited, and links their login to the member. Returns
/// the invitation.
///
/// **Access**: SIG coordinators, SIG administrators; communication directors and organization administrators whose
/// scope holds the organization. If the member would hold more than the caller could give, only SIG administrators.
/// Never the person who sent the invitation, first or once more, nor the person who recorded the member. Never the person in question,
/// never a service account.
///
/// **Errors**: 409 `invalid_transition` when nobody has used the code yet. 409 `invitation_spent` when the invitation
/// is used, revoked or expired, or its membership request is closed.
#[utoipa::path(tag = "members", params(InvitationId, IfMatch), responses((status = 200, body = InvitationView)))]
#[post("/invitations/{id}/confirm")]
async fn confirm_invitation(db: Db, id: Path<InvitationId>, seen: IfMatch) -> Answer<InvitationView> {
    db.write(move |store| {
        let grant = store.authorize(Confirm(*id))?;
        store.confirm_invitation(grant, seen.0)
    })
    .await
}

/// Resend an invitation
///
/// Sends the code of the invitation by e-mail once more. Returns the invitation.
///
/// **Access**: everyone who may revoke the invitation.
///
/// **Errors**: 409 `invalid_transition` when someone has used the code, or the last e-mail is still queued
/// (`delivery_status`). 409 `invitation_spent` when the invitation is used, revoked or expired.
///
/// **Notes**: The code is then good for 30 days from now. If the invitation is to a network, its expiry does not
/// change.
#[utoipa::path(tag = "members", params(InvitationId, IfMatch), responses((status = 200, body = InvitationView)))]
#[post("/invitations/{id}/resend")]
async fn resend_invitation(db: Db, id: Path<InvitationId>, seen: IfMatch) -> Answer<InvitationView> {
    db.write(move |store| {
        let grant = store.authorize(Resend(*id))?;
        store.resend_invitation(grant, seen.0)
    })
    .await
}

/// Revoke an invitation
///
/// Takes the invitation back: its code no longer works. Returns the invitation.
///
/// **Access**: SIG coordinators, SIG administrators; communication directors and organization administrators whose
/// scope holds the organization; leads of the network; the sender; service accounts with `directory:write` likewise.
///
/// **Errors**: 409 `invitation_spent` when the invitation is used, revoked or expired.
#[utoipa::path(tag = "members", params(InvitationId, IfMatch), responses((status = 200, body = InvitationView)))]
#[post("/invitations/{id}/revoke")]
async fn revoke_invitation(db: Db, id: Path<InvitationId>, seen: IfMatch) -> Answer<InvitationView> {
    db.write(move |store| {
        let grant = store.authorize(Revoke(*id))?;
        store.revoke_invitation(grant, seen.0)
    })
    .await
}
