//! HTTP of service accounts.

use ::members::service_account::{
    Create, Revoke, ServiceAccountFilter, ServiceAccountInput, ServiceAccountPage, ServiceAccountPatch,
    ServiceAccountView, Update,
};
use actix_web::web::Path;
use actix_web::{get, patch, post};
use kernel::{PageQuery, ServiceAccountId};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::Answer;
use crate::db::Db;
use crate::extract::{IfMatch, Listing, Valid};

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_service_accounts).service(create_service_account).service(get_service_account);
    config.service(update_service_account).service(revoke_service_account);
}

/// List service accounts
///
/// Returns service accounts, those that expired or were revoked among them, the oldest first.
///
/// **Access**: every registered caller, for those that they answer for; SIG coordinators, SIG administrators and auditors,
/// for all. A service account sees itself.
#[utoipa::path(tag = "service-accounts", params(ServiceAccountFilter, PageQuery), responses((status = 200, body = ServiceAccountPage)))]
#[get("/service-accounts")]
async fn list_service_accounts(db: Db, list: Listing<ServiceAccountFilter>) -> Answer<ServiceAccountPage> {
    db.read(move |store| store.service_accounts(&list.filter, &list.page)).await
}

/// Create a service account
///
/// Creates an account for a script of an organization, and a new source where `source_code` names none yet. Returns the
/// service account. It logs in with a key: create one next.
///
/// **Access**: SIG administrators.
///
/// **Errors**: 409 `superseded` when the organization was merged or split, 409 `invalid_transition` when it is closed. 422 at
/// `/owner_id` when the member is not active, or works for partners or observers alone. 422 at `/organization_id` when there is no
/// such organization, at `/source_code` when the source is not a directory's. 422 at `/expires_at` when it is in the past.
///
/// **Notes**: The owner is told at once. What the account may do is the intersection of its scopes and of what its owner may
/// do for the organization: when the owner loses a role, so does the account, at once.
#[utoipa::path(tag = "service-accounts", request_body = ServiceAccountInput, responses((status = 201, body = ServiceAccountView)))]
#[post("/service-accounts")]
async fn create_service_account(db: Db, new: Valid<ServiceAccountInput>) -> Answer<ServiceAccountView> {
    db.create(move |store| {
        let grant = store.authorize(Create(new.0.clone()))?;
        store.create_service_account(grant)
    })
    .await
}

/// Get a service account
///
/// Returns one service account, past or present.
///
/// **Access**: its owner, SIG coordinators, SIG administrators, auditors, and the account itself. To others it does not exist
/// (404).
#[utoipa::path(tag = "service-accounts", params(ServiceAccountId), responses((status = 200, body = ServiceAccountView)))]
#[get("/service-accounts/{id}")]
async fn get_service_account(db: Db, id: Path<ServiceAccountId>) -> Answer<ServiceAccountView> {
    db.read(move |store| store.service_account(*id)).await
}

/// Update a service account
///
/// Changes name, owner, scopes or expiry. Returns the service account.
///
/// **Access**: SIG administrators.
///
/// **Errors**: 409 `invalid_transition` when it was revoked. 422 at `/owner_id` when the member is not active, or works for
/// partners or observers alone. 422 at `/expires_at` when it is in the past.
///
/// **Notes**: The owner is told, and the former one too, who may know the secret: replace it then. Scopes that are taken away are gone at the next write and within two
/// seconds everywhere, from tokens that exist too.
#[utoipa::path(tag = "service-accounts", params(ServiceAccountId, IfMatch), request_body = ServiceAccountPatch, responses((status = 200, body = ServiceAccountView)))]
#[patch("/service-accounts/{id}")]
async fn update_service_account(
    db: Db,
    id: Path<ServiceAccountId>,
    seen: IfMatch,
    patch: Valid<ServiceAccountPatch>,
) -> Answer<ServiceAccountView> {
    db.write(move |store| {
        let grant = store.authorize(Update(*id))?;
        store.update_service_account(grant, seen.0, patch.0.clone())
    })
    .await
}

/// Revoke a service account
///
/// Ends the account, its keys and its tokens for good. Returns the service account.
///
/// **Access**: SIG administrators, and its owner.
///
/// **Errors**: 409 `invalid_transition` when it was revoked already.
///
/// **Notes**: Writes are refused at once, reads within two seconds. What it wrote stays. The owner is told.
#[utoipa::path(tag = "service-accounts", params(ServiceAccountId, IfMatch), responses((status = 200, body = ServiceAccountView)))]
#[post("/service-accounts/{id}/revoke")]
async fn revoke_service_account(db: Db, id: Path<ServiceAccountId>, seen: IfMatch) -> Answer<ServiceAccountView> {
    db.write(move |store| {
        let grant = store.authorize(Revoke(*id))?;
        store.revoke_service_account(grant, seen.0)
    })
    .await
}
