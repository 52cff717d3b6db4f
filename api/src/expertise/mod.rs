//! HTTP of the expertise crate, one noun a file.

mod contact;
mod matching;
mod member_expertise;
mod request;
mod term;

use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.configure(term::routes).configure(member_expertise::routes);
    config.configure(matching::routes).configure(request::routes).configure(contact::routes);
}
