//! Comment on a follow-up: what the communication director or the référent has to say of it.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use kernel::schema::follow_up_comment;
use kernel::{FollowUpCommentId, FollowUpId, Noun, Offer, Page, PrincipalId, Seen, Version, action, text};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::follow_up::{FollowUp, input};

text!(
    /// What someone says of a follow-up.
    CommentBody, 1..=4000, Prose
);

/// What someone says of a follow-up.
#[derive(Debug, Clone, Serialize, ToSchema, HasQuery)]
#[diesel(table_name = follow_up_comment, check_for_backend(Pg))]
pub struct FollowUpComment {
    /// Its identifier.
    pub id: FollowUpCommentId,
    /// The follow-up.
    pub follow_up_id: FollowUpId,
    /// What is said.
    pub body: CommentBody,
    /// Grows at each change.
    pub version: Version,
    /// When it was said.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// Who said it.
    pub created_by: PrincipalId,
    /// Who last changed it.
    pub updated_by: PrincipalId,
}

/// A comment to make.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema, Insertable)]
#[diesel(table_name = follow_up_comment)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"body": "Le cabinet valide jeudi."}))]
pub struct FollowUpCommentInput {
    /// What is said.
    pub body: CommentBody,
}

/// A comment as the caller sees it.
pub type FollowUpCommentView = Seen<FollowUpComment>;
/// A page of comments.
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
