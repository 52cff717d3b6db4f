//! HTTP of the labels of closed lists, for interfaces.

use actix_web::get;
use kernel::Label;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::{Answer, Reference, Represent};
use crate::db::Db;
use crate::problem::{Code, FieldCode};

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_enums);
}

/// A code of a closed list, with its labels.
#[derive(Debug, Serialize, ToSchema)]
struct EnumValue {
    /// Code, as it stands in requests and answers.
    #[schema(max_length = 100)]
    code: &'static str,
    /// Label in French.
    #[schema(max_length = 200)]
    fr: &'static str,
    /// Label in English.
    #[schema(max_length = 200)]
    en: &'static str,
}

/// A closed list of this contract.
#[derive(Debug, Serialize, ToSchema)]
struct EnumList {
    /// Name of the schema of the list in this contract.
    #[schema(max_length = 100)]
    name: &'static str,
    /// Codes of the list, in the order in which to offer them.
    values: Vec<EnumValue>,
}

/// All closed lists of this contract.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EnumLists {
    /// The lists, by name.
    items: Vec<EnumList>,
}

impl Represent for EnumLists {}

fn list(name: &'static str, values: impl Iterator<Item = (&'static str, Label)>) -> EnumList {
    EnumList { name, values: values.map(|(code, Label { fr, en })| EnumValue { code, fr, en }).collect() }
}

/// Makes the lists of these types.
macro_rules! lists {
    ($($module:path as $name:ident),+ $(,)?) => {
        vec![$(list(stringify!($name), { use $module as it; it::ALL.iter().map(|code| (code.code(), code.label())) })),+]
    };
}

/// The lists of the networks' crate.
fn of_networks() -> Vec<EnumList> {
    lists![
        ::networks::action_item::ActionItemFacet as ActionItemFacet,
        ::networks::action_item::ActionStatus as ActionStatus,
        ::networks::follow_up::FollowUpFacet as FollowUpFacet,
        ::networks::home::MeInclude as MeInclude,
        ::networks::membership::MembershipFacet as MembershipFacet,
        ::networks::network::NetworkInclude as NetworkInclude,
        ::networks::announcement::AnnouncementStatus as AnnouncementStatus,
        ::networks::follow_up::FollowUpAxis as FollowUpAxis,
        ::networks::follow_up::FollowUpConfidentiality as FollowUpConfidentiality,
        ::networks::follow_up::Health as Health,
        ::networks::gap::GapKind as GapKind,
        ::networks::indicator::IndicatorGroup as IndicatorGroup,
        ::networks::indicator::IndicatorMetric as IndicatorMetric,
        ::networks::indicator::IndicatorStep as IndicatorStep,
        ::networks::tracking::CsvDialect as CsvDialect,
        ::networks::membership::EndReason as EndReason,
        ::networks::membership::MembershipInclude as MembershipInclude,
        ::networks::membership::MembershipStatus as MembershipStatus,
        ::networks::membership_request::MembershipRequestDecision as MembershipRequestDecision,
        ::networks::membership_request::MembershipRequestKind as MembershipRequestKind,
        ::networks::membership_request::MembershipRequestStatus as MembershipRequestStatus,
        ::networks::membership_review::ReviewOutcome as ReviewOutcome,
        ::networks::my_task::MyTaskKind as MyTaskKind,
        ::networks::network::Cadence as Cadence,
        ::networks::network::JoinPolicy as JoinPolicy,
        ::networks::network::NetworkStatus as NetworkStatus,
        ::networks::network::NetworkVisibility as NetworkVisibility,
        ::networks::standard::Met as Met,
        ::networks::tracking::CellScope as CellScope,
    ]
}

/// The other lists.
fn of_the_rest() -> Vec<EnumList> {
    lists![
        ::expertise::contact::ContactSharing as ContactSharing,
        ::expertise::contact::SharedContactKind as SharedContactKind,
        ::expertise::matching::ProposalReason as ProposalReason,
        ::expertise::member_expertise::ExpertiseLevel as ExpertiseLevel,
        ::expertise::request::ExpertiseRequestRole as ExpertiseRequestRole,
        ::expertise::request::ExpertiseRequestStatus as ExpertiseRequestStatus,
        ::expertise::term::TermStatus as TermStatus,
        ::members::contact::ContactKind as ContactKind,
        ::members::hand_over::OwnedKind as OwnedKind,
        ::members::invitation::InvitationOutcome as InvitationOutcome,
        ::members::invitation::InvitationStatus as InvitationStatus,
        ::members::member::MemberStatus as MemberStatus,
        ::members::member::ProfileVisibility as ProfileVisibility,
        ::members::organization::OrganizationStatus as OrganizationStatus,
        ::members::organization::PrefectureLevel as PrefectureLevel,
        ::members::organization_link::LinkKind as LinkKind,
        ::members::reorganization::ImpactEffect as ImpactEffect,
        ::members::reorganization::ReorganizationStatus as ReorganizationStatus,
        ::members::search::SearchType as SearchType,
        ::members::territory::TerritoryKind as TerritoryKind,
        kernel::CoAnimationScope as CoAnimationScope,
        kernel::Count as Count,
        kernel::MemberOrigin as MemberOrigin,
        kernel::NetworkRole as NetworkRole,
        kernel::NotificationLevel as NotificationLevel,
        kernel::PrincipalKind as PrincipalKind,
        kernel::Role as Role,
        kernel::Scope as Scope,
        kernel::Sort as Sort,
        ::members::member::MemberInclude as MemberInclude,
        ::members::organization::OrganizationFacet as OrganizationFacet,
        ::members::organization::OrganizationInclude as OrganizationInclude,
        ::members::search::SearchFacet as SearchFacet,
        kernel::VcardVersion as VcardVersion,
        kernel::audit::AuditOutcome as AuditOutcome,
        kernel::notification::DeliveryChannel as DeliveryChannel,
        kernel::notification::DeliveryStatus as DeliveryStatus,
        kernel::notification::NotificationClass as NotificationClass,
        kernel::notification::NotificationKind as NotificationKind,
        kernel::directory::OrganizationKind as OrganizationKind,
        kernel::directory::Profession as Profession,
    ]
}

/// List labels
///
/// Returns every closed list of this contract with its French and English labels, by name, in one answer. Interfaces
/// show these labels instead of codes.
///
/// **Access**: every registered caller.
#[utoipa::path(tag = "platform", responses((status = 200, body = EnumLists)))]
#[get("/enums")]
async fn list_enums(db: Db) -> Answer<Reference<EnumLists>> {
    db.read(|_| {
        let mut items = of_networks();
        items.extend(of_the_rest());
        items.push(list("ProblemCode", Code::ALL.iter().map(|code| (code.code(), code.title()))));
        items.push(list("FieldCode", FieldCode::ALL.iter().map(|code| (code.code(), code.label()))));
        items.sort_by_key(|list| list.name);
        Ok(Reference(EnumLists { items }))
    })
    .await
}
