//! HTTP of the expertise crate, one noun a file.

mod member_expertise;
mod term;

use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.configure(term::routes).configure(member_expertise::routes);
}
