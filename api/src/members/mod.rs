//! HTTP of the members' crate, one noun a file.

mod affiliation;
mod drift_report;
mod external_id;
mod hand_over;
mod invitation;
mod member;
mod my_data;
mod organization;
mod organization_link;
mod organization_period;
mod reorganization;
mod role_assignment;
mod search;
mod service_account;
mod service_account_key;
mod territory;

use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .configure(territory::routes)
        .configure(organization::routes)
        .configure(organization_link::routes)
        .configure(organization_period::routes)
        .configure(reorganization::routes)
        .configure(member::routes)
        .configure(invitation::routes)
        .configure(hand_over::routes)
        .configure(my_data::routes)
        .configure(affiliation::routes)
        .configure(role_assignment::routes)
        .configure(service_account::routes)
        .configure(service_account_key::routes)
        .configure(drift_report::routes)
        .configure(external_id::routes)
        .configure(search::routes);
}
