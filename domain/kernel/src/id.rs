//! Identifiers: one type per noun, so that one is never taken for another.

use diesel::deserialize::{self, FromSql};
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types;
use uuid::Uuid;

/// Declares an identifier: a UUID in memory, in PostgreSQL, in JSON, and in a path as `{id}`.
///
/// `v7` sorts by time of creation and reveals it; `v4` reveals nothing, for what must stay secret until it happens.
macro_rules! id {
    ($(#[$doc:meta])+ $name:ident, $version:ident) => {
        $(#[$doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[derive(serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        #[derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
        #[diesel(sql_type = sql_types::Uuid)]
        #[serde(transparent)]
        pub struct $name(#[serde(deserialize_with = "hyphenated")] pub Uuid);

        impl $name {
            /// A new identifier.
            #[must_use]
            pub fn fresh() -> Self { Self(id!(@$version)) }
        }
        impl FromSql<sql_types::Uuid, Pg> for $name {
            fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> { Uuid::from_sql(value).map(Self) }
        }
        impl ToSql<sql_types::Uuid, Pg> for $name {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result { ToSql::<sql_types::Uuid, Pg>::to_sql(&self.0, out) }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { self.0.fmt(f) }
        }
        impl $crate::policy::Target for $name {
            fn key(&self) -> Option<String> { Some(self.0.to_string()) }
        }
        $crate::path_parameter!($name, "id");
    };
    (@v7) => { $crate::clock::fresh_v7() };
    (@v4) => { $crate::clock::fresh_v4() };
}

/// Reads a UUID in the one form that the contract knows: 36 characters, hyphenated (RFC 9562, section 4).
///
/// # Errors
/// It is written in another way, or is none.
pub fn hyphenated<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Uuid, D::Error> {
    let text = <String as serde::Deserialize>::deserialize(from)?;
    let text = text.trim();
    let read = Some(text).filter(|it| it.len() == 36).and_then(|it| Uuid::try_parse(it).ok());
    read.ok_or_else(|| serde::de::Error::custom("uuid"))
}

/// Lets a handler say `Path<NetworkId>` and the document know the parameter, without an annotation.
#[macro_export]
macro_rules! path_parameter {
    ($name:ident, $called:literal) => {
        impl utoipa::IntoParams for $name {
            fn into_params(
                _: impl Fn() -> Option<utoipa::openapi::path::ParameterIn>,
            ) -> Vec<utoipa::openapi::path::Parameter> {
                $crate::text::path_parameter($called, stringify!($name))
            }
        }
    };
}

id!(
    /// Identifier of a principal: a member, a service account or the system (UUID).
    PrincipalId, v7
);
impl PrincipalId {
    /// The system, which importers and the worker act as.
    #[must_use]
    pub const fn system() -> Self {
        Self(Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0001))
    }
}

id!(
    /// Identifier of an organization (UUIDv7).
    OrganizationId, v7
);
id!(
    /// Identifier of a link between organizations (UUIDv7).
    OrganizationLinkId, v7
);
id!(
    /// Identifier of a member (UUIDv7). It is also the identifier of the principal.
    MemberId, v7
);
id!(
    /// Identifier of an affiliation (UUIDv7).
    AffiliationId, v7
);
id!(
    /// Identifier of a role assignment (UUIDv7).
    RoleAssignmentId, v7
);
id!(
    /// Identifier of a service account (UUIDv7). It is also the identifier of the principal, and its OAuth `client_id`.
    ServiceAccountId, v7
);
id!(
    /// Identifier of a key of a service account (UUIDv7).
    ServiceAccountKeyId, v7
);
id!(
    /// Identifier of a network (UUIDv7). The code of the network is stable too.
    NetworkId, v7
);
id!(
    /// Identifier of a membership request (UUIDv7).
    MembershipRequestId, v7
);
id!(
    /// Identifier of an invitation to log in for the first time (UUIDv7).
    InvitationId, v7
);
id!(
    /// Identifier of a review of the memberships of a network (UUIDv7).
    MembershipReviewId, v7
);
id!(
    /// Identifier of a follow-up (UUIDv7).
    FollowUpId, v7
);
id!(
    /// Identifier of a comment on a follow-up (UUIDv7).
    FollowUpCommentId, v7
);
id!(
    /// Identifier of a decision (UUIDv7).
    DecisionId, v7
);
id!(
    /// Identifier of an action item (UUIDv7).
    ActionItemId, v7
);
id!(
    /// Identifier of an announcement (UUIDv7).
    AnnouncementId, v7
);
id!(
    /// Identifier of a notification (UUIDv7).
    NotificationId, v7
);
id!(
    /// Identifier of a co-animation (UUIDv7).
    CoAnimationId, v7
);
id!(
    /// Identifier of a reorganization (UUIDv4, which does not reveal when it was drafted).
    ReorganizationId, v4
);
id!(
    /// Identifier of a seat requirement (UUIDv7).
    SeatId, v7
);
id!(
    /// Identifier of a membership (UUIDv7).
    MembershipId, v7
);

id!(
    /// Identifier of a term of expertise (UUIDv7). The code of the term is stable too.
    ExpertiseTermId, v7
);
id!(
    /// Identifier of an expertise of a member (UUIDv7).
    MemberExpertiseId, v7
);
id!(
    /// Identifier of a request for expertise (UUIDv7).
    ExpertiseRequestId, v7
);
id!(
    /// Identifier of a shared contact (UUIDv7).
    ContactId, v7
);

impl From<ServiceAccountId> for PrincipalId {
    fn from(account: ServiceAccountId) -> Self {
        Self(account.0)
    }
}

impl From<MemberId> for PrincipalId {
    fn from(member: MemberId) -> Self {
        Self(member.0)
    }
}

impl PrincipalId {
    /// The system itself: importers and the worker act under this name.
    pub const SYSTEM: Self = Self(Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0001));
}
