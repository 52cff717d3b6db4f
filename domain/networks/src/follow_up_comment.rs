//! Comment on a follow-up (commentaire), by the communication director, the référent or those who write follow-ups.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use kernel::directory::MemberReference;
use kernel::named::MaybeNamed;
use kernel::schema::follow_up_comment;
use kernel::{FollowUpCommentId, FollowUpId, Noun, Offer, Page, PrincipalId, Seen, Version, action, text};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;
use validator::Validate;

use crate::follow_up::{FollowUp, input};

text!(
    /// Text of a comment.
    CommentBody, 1..=4000, Prose
);

/// Comment on a follow-up (commentaire).
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema, HasQuery)]
#[diesel(table_name = follow_up_comment, check_for_backend(Pg))]
pub struct FollowUpComment {
    /// Identifier of the comment.
    pub id: FollowUpCommentId,
    /// Identifier of the follow-up that is commented.
    pub follow_up_id: FollowUpId,
    /// Text of the comment.
    pub body: CommentBody,
    /// Member who wrote it, by name. Absent: it was not a member.
    #[diesel(select_expression = MaybeNamed::default(), select_expression_type = MaybeNamed<MemberReference, follow_up_comment::created_by>)]
    pub author: Option<MemberReference>,
    /// Version of the comment: 1 when it is created, one more with each change.
    pub version: Version,
    /// When the comment was recorded (UTC).
    pub created_at: DateTime<Utc>,
    /// When the comment last changed (UTC).
    pub updated_at: DateTime<Utc>,
    /// Identifier of the principal who recorded it (a member, a service account or the system).
    pub created_by: PrincipalId,
    /// Identifier of the principal who last changed it (a member, a service account or the system).
    pub updated_by: PrincipalId,
}

/// A comment to create.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema, Insertable)]
#[diesel(table_name = follow_up_comment)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"body": "Le cabinet valide jeudi."}))]
pub struct FollowUpCommentInput {
    /// Text of the comment.
    pub body: CommentBody,
}

/// A comment as the caller sees it.
pub type FollowUpCommentView = Seen<FollowUpComment>;
/// One page of comments.
pub type FollowUpCommentPage = Page<FollowUpCommentView>;

impl Noun for FollowUpComment {
    const NAME: &'static str = "follow_up_comment";
    const COLLECTION: &'static str = "follow-up-comments";
    const OFFERS: &'static [Offer<Self>] = &[];

    kernel::versioned!();
}

action!(
    /// Comment a follow-up.
    Create(FollowUpId) on FollowUpComment as "create_follow_up_comment", FollowUp, input
);
