//! HTTP of all that is held on the caller, and of his objection to the publication of his profile.

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

/// Export my data.
///
/// All that is held on the caller (GDPR, art. 15 and 20), place by place. The export is on the record.
#[utoipa::path(tag = "me", responses((status = 200, body = DataExport)))]
#[get("/me/data-export")]
#[expect(clippy::redundant_closure_for_method_calls, reason = "a method of one `Store` is not one of any")]
async fn get_my_data_export(db: Db) -> Answer<DataExport> {
    db.read_on_record(|store| store.my_data()).await
}

/// Object to the publication of my profile.
///
/// From then on my card is for the leads of my networks, my own organization and the SIG alone (GDPR, art. 21), whoever
/// writes it; my name and organization stay known. One need not say why.
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

/// Take my objection back.
///
/// My card stays as it is until it is opened again.
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
