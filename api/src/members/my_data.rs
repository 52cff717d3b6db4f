//! HTTP of all that is held on the caller, and of their objection to the publication of their profile.

use ::members::member::MemberView;
use ::members::my_data::{DataExport, Object, WithdrawObjection};
use actix_web::{get, post};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::{Answer, Represent};
use crate::db::Db;

impl Represent for DataExport {}

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(get_my_data_export).service(object_to_publication).service(withdraw_objection);
}

/// Get an export of my data
///
/// Returns everything that is held on the caller, table by table (GDPR, articles 15 and 20).
///
/// **Access**: every registered person, for themselves. Service accounts may not.
///
/// **Notes**: Each export leaves a line in the audit log.
#[utoipa::path(tag = "me", responses((status = 200, body = DataExport)))]
#[get("/me/data-export")]
#[expect(clippy::redundant_closure_for_method_calls, reason = "a method of one `Store` is not one of any")]
async fn get_my_data_export(db: Db) -> Answer<DataExport> {
    db.read_on_record(|store| store.my_data()).await
}

/// Object to the publication of my profile
///
/// Restricts my card to the SIG, my own organization and the leads of my networks (GDPR, article 21). No reason is
/// needed. Returns my card.
///
/// **Access**: every registered person, for themselves. Service accounts may not.
///
/// **Errors**: 409 `invalid_transition` when the objection stands already.
///
/// **Notes**: My name and my organizations stay visible. Nobody can open the card again before I withdraw my objection.
#[utoipa::path(tag = "me", responses((status = 200, body = MemberView)))]
#[post("/me/objection")]
async fn object_to_publication(db: Db) -> Answer<MemberView> {
    db.write(|store| {
        let myself = store.myself()?;
        let grant = store.authorize(Object(myself))?;
        store.object_to_publication(grant)
    })
    .await
}

/// Withdraw my objection to publication
///
/// Takes back my objection to the publication of my profile. The card stays restricted to leads until
/// `profile_visibility` is changed. Returns my card.
///
/// **Access**: every registered person, for themselves. Service accounts may not.
///
/// **Errors**: 409 `invalid_transition` when there is no objection.
#[utoipa::path(tag = "me", responses((status = 200, body = MemberView)))]
#[post("/me/objection/withdraw")]
async fn withdraw_objection(db: Db) -> Answer<MemberView> {
    db.write(|store| {
        let myself = store.myself()?;
        let grant = store.authorize(WithdrawObjection(myself))?;
        store.withdraw_objection(grant)
    })
    .await
}
