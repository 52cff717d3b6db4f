//! The contract, born where handlers are registered, and finished by the `openapi` crate.

use actix_web::App;
use serde_json::Value;
use utoipa::OpenApi;
use utoipa_actix_web::service_config::ServiceConfig;
use utoipa_actix_web::{AppExt as _, scope};

use crate::{expertise, members, networks, platform, problem};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Diapason",
        description = "Coordination of the French State's communicators: organizations, members, professional networks, who sits where, and where the gaps are.",
        version = "1.0.0",
        contact(name = "SIG", url = "https://www.info.gouv.fr"),
        license(name = "EUPL-1.2", identifier = "EUPL-1.2"),
    ),
    servers((url = "/", description = "This server.")),
    components(schemas(
        problem::Body, problem::FieldBody, problem::Code, problem::FieldCode,
        // Of parameters alone: no body brings them along.
        kernel::Count, kernel::Sort, ::networks::membership::MembershipInclude,
        ::networks::indicator::IndicatorStep,
        ::networks::tracking::CsvDialect,
        ::expertise::request::ExpertiseRequestRole,
    )),
    tags(
        (name = "contacts", description = "People and services without an account here, as they are shared; vCards."),
        (name = "expertise", description = "What members master, who can help, and who asks whom."),
        (name = "me", description = "The caller himself, and what he may."),
        (name = "members", description = "People who communicate for the State (communicants), and their affiliations."),
        (name = "memberships", description = "Who sits in which network, as what, for how long."),
        (name = "networks", description = "Professional networks (réseaux métiers), and who is expected in them."),
        (name = "notifications", description = "What members are told of, announcements, and what became of the letters."),
        (name = "organizations", description = "Bodies of the State, and those that work with it."),
        (name = "platform", description = "Labels, and the audit log."),
        (name = "roles", description = "Roles outside networks."),
        (name = "search", description = "Organizations and members by what they are called, however it is typed."),
        (name = "territories", description = "Regions, departments and overseas territories."),
        (name = "tracking", description = "The matrix of networks and communication directorates, and the gaps."),
    )
)]
struct Contract;

/// Every route of the API, in the order of the contract.
pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    let api = scope::scope("/api/v1");
    config.service(
        api.configure(platform::routes)
            .configure(members::routes)
            .configure(networks::routes)
            .configure(expertise::routes),
    );
}

/// The whole contract, as it is served and committed.
#[must_use]
pub fn document() -> Value {
    let (_, born) = App::new().into_utoipa_app().openapi(Contract::openapi()).configure(routes).split_for_parts();
    openapi::finish(serde_json::to_value(born).unwrap_or_default())
}
