//! HTTP of what belongs to no part of the domain: the caller and their rights, labels, the audit log, meta
//! addresses and pages.

mod audit;
pub(crate) mod docs;
mod enums;
mod guide;
mod home;
mod me;
pub(crate) mod meta;
mod page;
mod permission;
mod problems;

use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.configure(me::routes).configure(permission::routes).configure(enums::routes).configure(audit::routes);
}
