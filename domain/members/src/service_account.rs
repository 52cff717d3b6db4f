//! Service account (compte de service): a script of an organization, with an owner who answers for it.

mod key;
mod rules;
mod subject_client;

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use kernel::directory::{MemberReference, OrganizationReference};
use kernel::named::Named;
use kernel::patch::replaceable;
use kernel::schema::service_account;
use kernel::sql::clock;
use kernel::{
    Instant, MemberId, Noun, Offer, OrganizationId, Page, PrincipalId, Scope, Seen, ServiceAccountId, Version, codes,
    text,
};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

pub use key::{
    KeyAlgorithm, KeyCurve, KeyPart, KeySecret, KeyType, KeyUse, PublicKey, ServiceAccountKey, ServiceAccountKeyFilter,
    ServiceAccountKeyInput, ServiceAccountKeyKind, ServiceAccountKeyPage, ServiceAccountKeyStatus,
    ServiceAccountKeyView, ServiceAccountRotation, stands,
};
pub use rules::{Create, CreateKey, ListKeys, Read, ReadKey, Revoke, RevokeKey, RotateKey, Update, visible};
pub use subject_client::{ClientId, IssuerName, SubjectClient, SubjectClients};

text!(
    /// Name of a service account, by which people tell it from others.
    ServiceAccountName, 1..=120, Line
);
text!(
    /// Code of a source (lower-case letters, digits, hyphens): a directory or an import that fields of members come from.
    SourceCode, 2..=60, Code
);

codes! {
    /// Status of a service account.
    ServiceAccountStatus {
        Active = "active" ("en service", "active"),
        Suspended = "suspended" ("suspendu avec la personne qui en répond", "suspended together with its owner"),
        Expired = "expired" ("expiré", "expired"),
        Revoked = "revoked" ("révoqué", "revoked"),
    }
}

/// SQL functions that a service account's queries call.
mod sql {
    use diesel::sql_types::{Nullable, Timestamptz, Uuid};

    diesel::define_sql_function! {
        #[sql_name = "app.no_text"]
        fn no_text() -> Nullable<Text>;
    }
    diesel::define_sql_function! {
        #[sql_name = "app.service_account_key_status"]
        fn service_account_key_status(revoked: Nullable<Timestamptz>, expires: Timestamptz, account_revoked: Nullable<Timestamptz>, account_expires: Timestamptz, at: Timestamptz) -> Text;
    }
    diesel::define_sql_function! {
        #[sql_name = "app.service_account_status"]
        fn service_account_status(owner: Uuid, revoked: Nullable<Timestamptz>, expires: Timestamptz, at: Timestamptz) -> Text;
    }
    diesel::define_sql_function! {
        #[sql_name = "app.service_account_last_used_at"]
        fn service_account_last_used_at(account: Uuid) -> Nullable<Timestamptz>;
    }
    diesel::define_sql_function! {
        #[sql_name = "app.source_code"]
        fn source_code(source: Nullable<Uuid>) -> Nullable<Text>;
    }
}

/// Service account (compte de service): a script of an organization, with an owner who answers for it. What it may do is the
/// intersection of its scopes and of what its owner may do for the organization.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema, HasQuery)]
#[diesel(table_name = service_account, check_for_backend(Pg))]
pub struct ServiceAccount {
    /// Identifier of the service account. It is also the identifier of the principal, and its OAuth `client_id`.
    pub id: ServiceAccountId,
    /// Name of the service account.
    pub name: ServiceAccountName,
    /// Identifier of the organization that the script works for.
    pub organization_id: OrganizationId,
    /// Organization that the script works for, by name.
    #[diesel(select_expression = Named::default(), select_expression_type = Named<OrganizationReference, service_account::organization_id>)]
    pub organization: OrganizationReference,
    /// Identifier of the member who answers for it. What they may no longer do, it may no longer do.
    pub owner_id: MemberId,
    /// Member who answers for it, by name.
    #[diesel(select_expression = Named::default(), select_expression_type = Named<MemberReference, service_account::owner_id>)]
    pub owner: MemberReference,
    /// Code of the source for which it writes: fields that it sets are kept by this source. Absent: it writes nothing.
    #[diesel(select_expression = sql::source_code(service_account::source_id))]
    pub source_code: Option<SourceCode>,
    /// What it may do at most.
    #[schema(max_items = 10)]
    pub scopes: Vec<Scope>,
    /// Clients whose tokens it may exchange for sessions of the people who hold them, if it has the scope `tokens:exchange`.
    #[schema(value_type = Vec<SubjectClient>, max_items = 20)]
    pub subject_clients: SubjectClients,
    /// Status of the service account.
    #[diesel(select_expression = sql::service_account_status(service_account::owner_id, service_account::revoked_at, service_account::expires_at, clock()))]
    pub status: ServiceAccountStatus,
    /// When it expires (UTC).
    pub expires_at: DateTime<Utc>,
    /// When it was revoked (UTC). Absent: it was not.
    pub revoked_at: Option<DateTime<Utc>>,
    /// When one of its keys was last used (UTC, to the minute). Absent: never.
    #[diesel(select_expression = sql::service_account_last_used_at(service_account::id))]
    pub last_used_at: Option<DateTime<Utc>>,
    /// Version of the service account: 1 when it is created, one more with each change.
    pub version: Version,
    /// When the service account was created (UTC).
    pub created_at: DateTime<Utc>,
    /// When the service account last changed (UTC).
    pub updated_at: DateTime<Utc>,
    /// Identifier of the principal who created it (a member, a service account or the system).
    pub created_by: PrincipalId,
    /// Identifier of the principal who last changed it (a member, a service account or the system).
    pub updated_by: PrincipalId,
}

/// A service account by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ServiceAccountReference {
    /// Identifier of the service account.
    pub id: ServiceAccountId,
    /// Name of the service account.
    pub name: ServiceAccountName,
}

kernel::referred!(
    ServiceAccountReference {
        id: ServiceAccountId as diesel::sql_types::Uuid,
        name: ServiceAccountName as diesel::sql_types::Text
    },
    "SELECT ROW(it.id, it.name) FROM service_account it WHERE it.id",
    " ORDER BY it.name, it.id"
);

/// A service account to create.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema, Insertable)]
#[diesel(table_name = service_account)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Annuaire du ministère", "organization_id": "01900000-0000-7000-8000-000000000002", "owner_id": "01900000-0000-7000-8000-000000000001", "source_code": "annuaire-exemple", "scopes": ["directory:read", "directory:write"], "expires_at": "2028-12-31T23:00:00Z"}))]
pub struct ServiceAccountInput {
    /// Name of the service account.
    pub name: ServiceAccountName,
    /// Identifier of the organization that the script works for. It does not change afterwards.
    pub organization_id: OrganizationId,
    /// Identifier of the member who answers for it: an active one, who is told of what is done to it.
    pub owner_id: MemberId,
    /// Code of the source for which it writes: a new one, or that of another directory script. It does not change
    /// afterwards. Absent: it writes nothing.
    #[diesel(skip_insertion)]
    pub source_code: Option<SourceCode>,
    /// What it may do at most.
    #[validate(length(min = 1, max = 10))]
    #[schema(min_items = 1, max_items = 10)]
    pub scopes: Vec<Scope>,
    /// When it expires (UTC): in the future.
    pub expires_at: Instant,
    /// Clients whose tokens it may exchange, with the scope `tokens:exchange`. Absent: none.
    #[serde(default)]
    #[validate(length(max = 20))]
    #[schema(max_items = 20)]
    #[diesel(skip_insertion)]
    pub subject_clients: Vec<SubjectClient>,
}

/// A change of a service account.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema, AsChangeset)]
#[diesel(table_name = service_account)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"scopes": ["directory:read"], "expires_at": "2029-12-31T23:00:00Z"}))]
pub struct ServiceAccountPatch {
    /// Name of the service account.
    #[serde(default, deserialize_with = "replaceable")]
    pub name: Option<ServiceAccountName>,
    /// Identifier of the member who answers for it from now on. Both are told.
    #[serde(default, deserialize_with = "replaceable")]
    pub owner_id: Option<MemberId>,
    /// What it may do at most. The list replaces the present one.
    #[serde(default, deserialize_with = "replaceable")]
    #[validate(length(min = 1, max = 10))]
    #[schema(min_items = 1, max_items = 10)]
    pub scopes: Option<Vec<Scope>>,
    /// When it expires (UTC): in the future.
    #[serde(default, deserialize_with = "replaceable")]
    pub expires_at: Option<Instant>,
    /// Clients whose tokens it may exchange. The list replaces the present one.
    #[serde(default, deserialize_with = "replaceable")]
    #[validate(length(max = 20))]
    #[schema(max_items = 20)]
    #[diesel(skip_update)]
    pub subject_clients: Option<Vec<SubjectClient>>,
}

/// Filters of the list of service accounts.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ServiceAccountFilter {
    /// Keeps only service accounts of this organization.
    pub organization_id: Option<OrganizationId>,
    /// Keeps only service accounts for which this member answers.
    pub owner_id: Option<MemberId>,
}

/// A service account as the caller sees it.
pub type ServiceAccountView = Seen<ServiceAccount>;
/// A page of service accounts.
pub type ServiceAccountPage = Page<ServiceAccountView>;

impl Noun for ServiceAccount {
    const NAME: &'static str = "service_account";
    const COLLECTION: &'static str = "service-accounts";
    const OFFERS: &'static [Offer<Self>] =
        &[Offer::of::<Read>(), Offer::of::<Update>(), Offer::of::<Revoke>(), Offer::of::<ListKeys>()];

    kernel::versioned!();
}
