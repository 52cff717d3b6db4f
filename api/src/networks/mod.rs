//! HTTP of the networks' crate, one noun a file.

mod action_item;
mod announcement;
mod co_animation;
mod follow_up;
mod gap;
mod indicator;
mod matrix_csv;
mod matrix_look;
mod matrix_style;
mod matrix_svg;
mod membership;
mod membership_request;
mod membership_review;
mod network;
mod notification;
mod picture;
mod seat;
mod sparkline;
mod standard;
mod tracking;
mod trends;

use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .configure(network::routes)
        .configure(co_animation::routes)
        .configure(seat::routes)
        .configure(membership::routes)
        .configure(membership_request::routes)
        .configure(membership_review::routes)
        .configure(gap::routes)
        .configure(tracking::routes)
        .configure(indicator::routes)
        .configure(standard::routes)
        .configure(follow_up::routes)
        .configure(action_item::routes)
        .configure(announcement::routes)
        .configure(notification::routes);
}
