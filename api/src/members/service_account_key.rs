//! HTTP of the keys of service accounts.

use ::members::service_account::{
    CreateKey, RevokeKey, RotateKey, ServiceAccountKeyFilter, ServiceAccountKeyInput, ServiceAccountKeyPage,
    ServiceAccountKeyView, ServiceAccountRotation,
};
use actix_web::web::Path;
use actix_web::{get, post};
use kernel::{Label, PageQuery, Refusal, ServiceAccountId, ServiceAccountKeyId};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::Answer;
use crate::auth::thumbprint;
use crate::db::Db;
use crate::extract::{IfMatch, Listing, Valid};

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_service_account_keys).service(create_service_account_key).service(get_service_account_key);
    config.service(rotate_service_account_key).service(revoke_service_account_key);
}

/// List keys of a service account
///
/// Returns the keys of a service account without their secrets, the oldest first.
///
/// **Access**: the owner of the account, SIG coordinators, SIG administrators, auditors, and the account itself.
#[utoipa::path(tag = "service-accounts", params(ServiceAccountId, ServiceAccountKeyFilter, PageQuery), responses((status = 200, body = ServiceAccountKeyPage)))]
#[get("/service-accounts/{id}/keys")]
async fn list_service_account_keys(
    db: Db,
    id: Path<ServiceAccountId>,
    list: Listing<ServiceAccountKeyFilter>,
) -> Answer<ServiceAccountKeyPage> {
    db.read(move |store| store.service_account_keys(*id, &list.filter, &list.page)).await
}

/// Create a key of a service account
///
/// Makes a secret, which this answer alone shows, or registers a public key of the script. Returns the key.
///
/// **Access**: SIG administrators, and the owner of the account. A script makes no keys.
///
/// **Errors**: 409 `quota_full` when two keys are in use. 409 `already_exists` when the public key is registered already. 409
/// `invalid_transition` when the account expired or was revoked. 422 at `/public_key` when it cannot verify signatures, at
/// `/expires_at` when it is in the past or more than two years away.
///
/// **Notes**: The secret is the `client_secret` of the token endpoint (`POST /oauth/token`), the identifier of the account its
/// `client_id`. Sent again with the same `Idempotency-Key`, the answer has no secret: revoke the key and create another. The
/// owner is told.
#[utoipa::path(tag = "service-accounts", params(ServiceAccountId), request_body = ServiceAccountKeyInput, responses((status = 201, body = ServiceAccountKeyView)))]
#[post("/service-accounts/{id}/keys")]
async fn create_service_account_key(
    db: Db,
    id: Path<ServiceAccountId>,
    new: Valid<ServiceAccountKeyInput>,
) -> Answer<ServiceAccountKeyView> {
    db.create(move |store| {
        let grant = store.authorize(CreateKey((*id, new.0.clone())))?;
        let thumbprint = new.0.public_key.as_ref().map(thumbprint).transpose();
        let thumbprint = thumbprint.map_err(|_| Refusal::Invalid("/public_key", NOT_A_KEY))?;
        store.create_service_account_key(grant, thumbprint)
    })
    .await
}

/// Get a key of a service account
///
/// Returns one key without its secret, past or present.
///
/// **Access**: the owner of the account, SIG coordinators, SIG administrators, auditors, and the account itself. To others it
/// does not exist (404).
#[utoipa::path(tag = "service-accounts", params(ServiceAccountKeyId), responses((status = 200, body = ServiceAccountKeyView)))]
#[get("/service-account-keys/{id}")]
async fn get_service_account_key(db: Db, id: Path<ServiceAccountKeyId>) -> Answer<ServiceAccountKeyView> {
    db.read(move |store| store.service_account_key(*id)).await
}

/// Replace a key of a service account
///
/// Makes a new secret, which this answer alone shows. The present one is good beside it until `keep_until`. Returns the new
/// key.
///
/// **Access**: SIG administrators, and the owner of the account.
///
/// **Errors**: 409 `invalid_transition` when the key is a public key, expired or revoked. 409 `quota_full` when two keys are in
/// use. 422 at `/keep_until` when it is in the past or more than thirty days away. 422 at `/expires_at` when it is in the past
/// or more than two years away.
///
/// **Notes**: A secret that leaked is revoked, not rotated. Sent again with the same `Idempotency-Key`, the answer has no
/// secret. The owner is told.
#[utoipa::path(tag = "service-accounts", params(ServiceAccountKeyId, IfMatch), request_body = ServiceAccountRotation, responses((status = 200, body = ServiceAccountKeyView)))]
#[post("/service-account-keys/{id}/rotate")]
async fn rotate_service_account_key(
    db: Db,
    id: Path<ServiceAccountKeyId>,
    seen: IfMatch,
    rotation: Valid<ServiceAccountRotation>,
) -> Answer<ServiceAccountKeyView> {
    db.write(move |store| {
        let grant = store.authorize(RotateKey(*id))?;
        store.rotate_service_account_key(grant, seen.0, &rotation.0)
    })
    .await
}

/// Revoke a key of a service account
///
/// Ends a key, and the tokens that were given for it. Returns the key.
///
/// **Access**: SIG administrators, and the owner of the account.
///
/// **Errors**: 409 `invalid_transition` when it was revoked already.
///
/// **Notes**: Writes are refused at once, reads within two seconds. The owner is told.
#[utoipa::path(tag = "service-accounts", params(ServiceAccountKeyId, IfMatch), responses((status = 200, body = ServiceAccountKeyView)))]
#[post("/service-account-keys/{id}/revoke")]
async fn revoke_service_account_key(
    db: Db,
    id: Path<ServiceAccountKeyId>,
    seen: IfMatch,
) -> Answer<ServiceAccountKeyView> {
    db.write(move |store| {
        let grant = store.authorize(RevokeKey(*id))?;
        store.revoke_service_account_key(grant, seen.0)
    })
    .await
}

const NOT_A_KEY: Label = Label {
    fr: "Indiquez une clé publique complète qui vérifie des signatures\u{a0}: P-256, P-384, Ed25519 ou RSA de 2\u{202f}048 à 4\u{202f}096 bits.",
    en: "Give a whole public key that verifies signatures: P-256, P-384, Ed25519, or RSA of 2,048 to 4,096 bits.",
};
