//! The application: its routes, the middleware around each request, and the answer where there is no route.

use actix_cors::Cors;
use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::{Method, header};
use actix_web::middleware::{DefaultHeaders, Next, from_fn};
use actix_web::{App, Error, web};
use utoipa_actix_web::AppExt as _;
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::connections::tend;
use crate::document::{document, routes};
use crate::judge;
use crate::limits::tell_allowance;
use crate::methods::{KnownMethods, no_route, unread};
use crate::metrics::count;
use crate::opaque::ask_issuer;
use crate::platform::{docs, meta};
use crate::problem::speak;
use crate::scim;
use crate::services::Services;
use crate::telemetry::trace;

/// The largest body that is read.
pub(crate) const BODY_LIMIT: usize = 256 * 1024;

/// The headers of every answer. Pages of `/docs/` bring a policy of their own.
fn guarded() -> DefaultHeaders {
    DefaultHeaders::new()
        .add((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .add((header::REFERRER_POLICY, "no-referrer"))
        .add((header::X_FRAME_OPTIONS, "DENY"))
        .add((header::STRICT_TRANSPORT_SECURITY, "max-age=63072000"))
        .add((header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"))
}

/// Headers of answers that scripts of other web origins may read.
const EXPOSED: [&str; 10] = [
    "Content-Disposition",
    "ETag",
    "Idempotency-Replayed",
    "Link",
    "Location",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "WWW-Authenticate",
    "X-Request-Id",
];

/// Headers that scripts of other web origins may send beside those that any may. Those of traces are added by the
/// browser's own instruments.
const SENT: [&str; 9] = [
    "Authorization",
    "Content-Type",
    "Accept-Language",
    "If-Match",
    "If-None-Match",
    "Idempotency-Key",
    "traceparent",
    "tracestate",
    "baggage",
];

fn cors(origins: &[String]) -> Cors {
    let allowed = origins.iter().fold(Cors::default(), |cors, origin| cors.allowed_origin(origin));
    allowed
        .allowed_methods(["GET", "HEAD", "POST", "PATCH"])
        .allowed_headers(SENT)
        .expose_headers(EXPOSED)
        .max_age(3600)
}

/// Builds the application; one per worker.
pub fn app(
    services: Services,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<EitherBody<BoxBody>>,
        Error = Error,
        InitError = (),
    >,
> {
    let contract = document();
    judge::learn(&contract);
    services.metrics.learn(&contract);
    let known = web::Data::new(KnownMethods::of(&contract));
    let cors = cors(&services.cors_origins);
    let (app, _) = App::new().into_utoipa_app().configure(routes).split_for_parts();
    app.app_data(web::Data::new(services.metrics.clone()))
        .app_data(web::Data::new(services))
        .app_data(known)
        .app_data(web::Data::new(meta::Contract::of(&contract, &scim::contract::document())))
        .app_data(web::PayloadConfig::new(BODY_LIMIT))
        .app_data(web::PathConfig::default().error_handler(|_, request| unread(request).into()))
        .configure(meta::routes)
        .configure(scim::routes)
        .service(
            web::scope("/docs")
                .wrap(from_fn(docs::page_policy))
                .configure(docs::routes)
                .service(SwaggerUi::new("/{_:.*}").config(Config::from("/openapi.json"))),
        )
        .default_service(web::to(no_route))
        .wrap(from_fn(ask_issuer))
        .wrap(from_fn(count))
        .wrap(from_fn(trace))
        .wrap(from_fn(head_as_get))
        .wrap(from_fn(speak))
        .wrap(from_fn(tell_allowance))
        .wrap(guarded())
        .wrap(cors)
        .wrap(from_fn(tend))
}

/// Middleware: HEAD is answered as GET is, and its body left out where the answer is written (RFC 9110, §9.3.2).
async fn head_as_get(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    if request.method() == Method::HEAD {
        request.head_mut().method = Method::GET;
    }
    next.call(request).await
}
