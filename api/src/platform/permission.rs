//! HTTP of questions about rights, which write nothing.

use actix_web::post;
use kernel::SearchWords;
use persistence::permission::{Check, Verdict};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use crate::answer::{Answer, Represent};
use crate::db::Db;
use crate::extract::Valid;

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(check_permissions);
}

/// A question: may the caller do this to that object now?
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PermissionQuestion {
    /// Operation of this contract on one object: an `operationId` that `available_actions` may name.
    action: SearchWords,
    /// The object, as its own address names it: by its identifier, or by its code (networks, terms of expertise, criteria).
    object: SearchWords,
}

/// Questions about the caller's own rights.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"checks": [{"action": "update_network", "object": "edito"}]}))]
struct PermissionQuestions {
    /// Questions, 1 to 100. Each gets one answer, in the same order.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_items = 1, max_items = 100)]
    checks: Vec<PermissionQuestion>,
}

/// The answer to one question.
#[skip_serializing_none]
#[derive(Debug, Serialize, ToSchema)]
struct PermissionAnswer {
    /// Operation of the question.
    #[schema(max_length = 100)]
    action: String,
    /// Object of the question.
    #[schema(max_length = 100)]
    object: String,
    /// Whether the caller may do it now.
    allowed: bool,
    /// Why not, in French. Absent if allowed, or if the object does not exist for the caller.
    #[schema(max_length = 300)]
    reason: Option<&'static str>,
}

/// Answers to all questions.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PermissionAnswers {
    /// Answers, in the order of the questions.
    #[schema(max_items = 100)]
    checks: Vec<PermissionAnswer>,
}

impl Represent for PermissionAnswers {}

/// Check my permissions
///
/// Says for each question whether the caller may call an operation on an object now. It applies the same rules as the
/// operations, and changes nothing.
///
/// **Access**: every registered caller, for their own rights.
///
/// **Errors**: 422 at `/checks/0/action` (and so on) when an `action` is not an operation on one object.
#[utoipa::path(tag = "me", request_body = PermissionQuestions, responses((status = 200, body = PermissionAnswers)))]
#[post("/permissions/check")]
async fn check_permissions(db: Db, asked: Valid<PermissionQuestions>) -> Answer<PermissionAnswers> {
    db.read(move |store| {
        let mut checks = Vec::with_capacity(asked.0.checks.len());
        for (place, PermissionQuestion { action, object }) in asked.0.checks.iter().enumerate() {
            let Check { verdict } = store.check(place, action.as_ref(), object.as_ref())?;
            let (allowed, reason) = match verdict {
                Verdict::Allowed => (true, None),
                Verdict::Denied(why) => (false, Some(why.fr)),
                Verdict::Hidden => (false, None),
            };
            checks.push(PermissionAnswer { action: action.to_string(), object: object.to_string(), allowed, reason });
        }
        Ok(PermissionAnswers { checks })
    })
    .await
}
