//! Directory sync (SCIM 2.0, RFC 7643 and RFC 7644): members as Users, networks as Groups, for service accounts that speak for a
//! directory. What the protocol says stands in the crate `scim`; here it meets our nouns.

mod answer;
mod bulk;
pub(crate) mod contract;
mod discovery;
mod door;
mod fault;
mod group;
mod list;
mod narrow;
mod user;

use actix_web::web::{self, ServiceConfig};

use fault::{no_method, no_resource};

pub(crate) const BASE: &str = "/scim/v2";

pub(crate) fn routes(config: &mut ServiceConfig) {
    // Some end their addresses with a slash.
    let at = |path: &str| web::resource([path.to_owned(), format!("{path}/")]).default_service(web::to(no_method));
    let scope = web::scope(BASE)
        .service(at("/ServiceProviderConfig").route(web::get().to(discovery::provider)))
        .service(at("/ResourceTypes").route(web::get().to(discovery::resource_types)))
        .service(at("/ResourceTypes/{name}").route(web::get().to(discovery::resource_type)))
        .service(at("/Schemas").route(web::get().to(discovery::schemas)))
        .service(at("/Schemas/{id}").route(web::get().to(discovery::schema)))
        .service(at("/Me").route(web::get().to(user::me)))
        .service(
            at("/Bulk")
                .app_data(web::PayloadConfig::new(::scim::schemas::MOST_BYTES))
                .route(web::post().to(bulk::bulk)),
        )
        .service(at("/.search").route(web::post().to(list::search)))
        .service(at("/Users").route(web::get().to(list::users)).route(web::post().to(user::create)))
        .service(at("/Users/.search").route(web::post().to(list::search_users)))
        .service(
            at("/Users/{id}")
                .route(web::get().to(user::get))
                .route(web::put().to(user::replace))
                .route(web::patch().to(user::patch))
                .route(web::delete().to(user::delete)),
        )
        .service(at("/Groups").route(web::get().to(list::groups)).route(web::post().to(group::create)))
        .service(at("/Groups/.search").route(web::post().to(list::search_groups)))
        .service(
            at("/Groups/{id}")
                .route(web::get().to(group::get))
                .route(web::put().to(group::replace))
                .route(web::patch().to(group::patch))
                .route(web::delete().to(group::delete)),
        )
        .default_service(web::to(no_resource));
    config.service(scope);
}
