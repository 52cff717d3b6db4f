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
    let at = |path: &str, methods: &'static str| {
        let resource = web::resource([path.to_owned(), format!("{path}/")]);
        resource.default_service(web::to(move || no_method(methods)))
    };
    let large = |path: &str, methods: &'static str| {
        at(path, methods).app_data(web::PayloadConfig::new(::scim::schemas::MOST_BYTES))
    };
    let scope = web::scope(BASE)
        .service(at("/ServiceProviderConfig", "GET").route(web::get().to(discovery::provider)))
        .service(at("/ResourceTypes", "GET").route(web::get().to(discovery::resource_types)))
        .service(at("/ResourceTypes/{name}", "GET").route(web::get().to(discovery::resource_type)))
        .service(at("/Schemas", "GET").route(web::get().to(discovery::schemas)))
        .service(at("/Schemas/{id}", "GET").route(web::get().to(discovery::schema)))
        .service(at("/Me", "GET").route(web::get().to(user::me)))
        .service(large("/Bulk", "POST").route(web::post().to(bulk::bulk)))
        .service(at("/.search", "POST").route(web::post().to(list::search)))
        .service(at("/Users", "GET, POST").route(web::get().to(list::users)).route(web::post().to(user::create)))
        .service(at("/Users/.search", "POST").route(web::post().to(list::search_users)))
        .service(
            at("/Users/{id}", "GET, PUT, PATCH, DELETE")
                .route(web::get().to(user::get))
                .route(web::put().to(user::replace))
                .route(web::patch().to(user::patch))
                .route(web::delete().to(user::delete)),
        )
        .service(large("/Groups", "GET, POST").route(web::get().to(list::groups)).route(web::post().to(group::create)))
        .service(at("/Groups/.search", "POST").route(web::post().to(list::search_groups)))
        .service(
            large("/Groups/{id}", "GET, PUT, PATCH, DELETE")
                .route(web::get().to(group::get))
                .route(web::put().to(group::replace))
                .route(web::patch().to(group::patch))
                .route(web::delete().to(group::delete)),
        )
        .default_service(web::to(no_resource));
    config.service(scope);
}
