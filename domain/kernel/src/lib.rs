//! What every part of the domain shares: names, rules of permission, pages, time.
//!
//! Nothing here reads or writes: diesel is present for its derives only.

pub mod acronym;
pub mod actor;
pub mod audit;
pub mod clock;
pub mod codes;
pub mod day;
pub mod directory;
pub mod facet;
pub mod field_sources;
pub mod id;
pub mod json;
pub mod look_alike;
pub mod named;
pub mod notification;
pub mod noun;
pub mod page;
pub mod patch;
pub mod policy;
#[rustfmt::skip]
pub mod schema;
pub mod seal;
pub mod several;
pub mod shown;
pub mod sql;
pub mod text;
pub mod validity;
pub mod vcard;
pub mod version;
pub mod void;

pub use actor::{
    Actor, Bearer, CoAnimationScope, Identity, MemberOrigin, NetworkRole, PrincipalKind, Role, RoleHeld, Scope,
    SeatHeld, Session, Standing, Vouched,
};
pub use clock::PARIS;
pub use codes::Label;
pub use day::{Day, Instant, in_order};
pub use facet::{Facet, FacetValue};
pub use field_sources::FieldSources;
pub use id::{
    ActionItemId, AffiliationId, AnnouncementId, CoAnimationId, ContactId, DecisionId, ExpertiseRequestId,
    ExpertiseTermId, FollowUpCommentId, FollowUpId, InvitationId, MemberExpertiseId, MemberId, MembershipId,
    MembershipRequestId, MembershipReviewId, NetworkId, NotificationId, OrganizationId, OrganizationLinkId,
    PrincipalId, ReorganizationId, RoleAssignmentId, SeatId, ServiceAccountId, ServiceAccountKeyId,
};
pub use notification::NotificationLevel;
pub use noun::{Noun, Seen};
pub use page::{AsOf, Count, Cursor, Page, PageQuery, SearchWords, Sort};
pub use policy::{Action, Grant, Offer, Refusal, Ruling};
pub use several::Several;
pub use shown::Shown;
pub use validity::Validity;
pub use vcard::{VcardQuery, VcardVersion};
pub use version::{Version, Versions};
pub use void::{VoidReason, Voided, Voiding};
