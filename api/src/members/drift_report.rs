//! HTTP of drift reports.

use ::members::drift_report::{DriftReportFilter, DriftReportPage};
use actix_web::get;
use kernel::PageQuery;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::Answer;
use crate::db::Db;
use crate::extract::Listing;

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_drift_reports);
}

/// List drift reports
///
/// Returns where a directory and the service do not say the same of a member, as it is now, by member.
///
/// **Access**: SIG coordinators, SIG administrators; communication directors and organization administrators, for members whose main
/// affiliation their scope holds; service accounts with `directory:read`, for what their own directory says.
///
/// **Notes**: A field that differs is kept by someone else: `release-fields` gives it back to the directory.
#[utoipa::path(tag = "service-accounts", params(DriftReportFilter, PageQuery), responses((status = 200, body = DriftReportPage)))]
#[get("/drift-reports")]
async fn list_drift_reports(db: Db, list: Listing<DriftReportFilter>) -> Answer<DriftReportPage> {
    db.read(move |store| store.drift_reports(&list.filter, &list.page)).await
}
