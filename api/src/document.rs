//! The contract: generated from the registered handlers, and completed by the `openapi` crate.

use actix_web::App;
use serde_json::Value;
use utoipa::OpenApi;
use utoipa_actix_web::service_config::ServiceConfig;
use utoipa_actix_web::{AppExt as _, scope};

use crate::{expertise, include, members, networks, platform, problem};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Diapason",
        description = include_str!("start.md"),
        contact(name = "SIG", url = "https://www.info.gouv.fr"),
        license(name = "EUPL-1.2", identifier = "EUPL-1.2"),
    ),
    servers((url = "/", description = "This server.")),
    components(schemas(
        problem::Body, problem::FieldBody, problem::Code, problem::FieldCode,
        // Named by parameters only, so no body brings them along.
        kernel::Count, kernel::Sort, kernel::VcardVersion, ::networks::membership::MembershipInclude,
        ::networks::indicator::IndicatorStep,
        ::networks::tracking::CsvDialect,
        ::members::member::MemberInclude, ::members::organization::OrganizationFacet,
        ::members::organization::OrganizationInclude, ::members::search::SearchFacet,
        ::networks::action_item::ActionItemFacet, ::networks::follow_up::FollowUpFacet, ::networks::home::MeInclude,
        ::networks::membership::MembershipFacet, ::networks::network::NetworkInclude,
        ::expertise::request::ExpertiseRequestRole,
    )),
    tags(
        // In the order in which people need them.
        (name = "me", description = "The caller: identity, rights, first login, own data."),
        (name = "search", description = "Search of organizations and members by name, tolerant of typing errors."),
        (name = "organizations", description = "Organizations of the State and those that work with it: hierarchy, links, history, reorganizations."),
        (name = "members", description = "People who communicate for the State (communicants), their affiliations and invitations."),
        (name = "networks", description = "Professional networks (réseaux métiers), and the seats expected in them."),
        (name = "memberships", description = "Memberships of networks, requests to join, and reviews."),
        (name = "tracking", description = "The matrix of networks and communication directorates, gaps, indicators, follow-ups and action items."),
        (name = "notifications", description = "Notifications of members, announcements, and the delivery of e-mails."),
        (name = "expertise", description = "Expertise of members, and requests for help."),
        (name = "contacts", description = "Shared contacts: people and services without an account here, and their vCards."),
        (name = "roles", description = "Roles outside networks, such as SIG coordinator or organization administrator."),
        (name = "service-accounts", description = "Scripts that act for an organization, their owners and their keys."),
        (name = "territories", description = "Regions, departments and overseas territories."),
        (name = "platform", description = "Labels of closed lists, and the audit log."),
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
    let mut contract = openapi::finish(serde_json::to_value(born).unwrap_or_default());
    include::show(&mut contract);
    contract
}
