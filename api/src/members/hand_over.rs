//! HTTP of hand-overs.

use ::members::hand_over::{HandOver, HandOverPlan, OwnedItems};
use ::members::member::MemberView;
use actix_web::web::Path;
use actix_web::{get, post};
use kernel::MemberId;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::{Answer, Represent};
use crate::db::Db;
use crate::extract::{IfMatch, Valid};

impl Represent for OwnedItems {}

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(get_member_hand_over).service(hand_over_member);
}

/// Get what a member owns
///
/// Returns what the member must hand over before leaving (`required`), and other seats that end with the member if
/// nobody takes them.
///
/// **Access**: the member, except partners and observers; everyone who may call `POST /members/{id}/depart`.
#[utoipa::path(tag = "members", params(MemberId), responses((status = 200, body = OwnedItems)))]
#[get("/members/{id}/hand-over")]
async fn get_member_hand_over(db: Db, id: Path<MemberId>) -> Answer<OwnedItems> {
    db.read(move |store| store.member_hand_over(*id)).await
}

/// Hand over what a member owns
///
/// Gives memberships, action items and service accounts of the member to other people, all in one step. The plan must
/// name a taker for everything that is `required`; the rest is optional. Returns the member.
///
/// **Access**: everyone who may call `POST /members/{id}/depart`. Only SIG administrators hand over the seat of a lead
/// or a co-lead: the plans of other callers leave these out. Only people hand over a service account: the SIG, or those
/// whose scope holds its organization as director or administrator.
///
/// **Errors**: 409 `invalid_transition` when the member has departed. 422 at `/items` when the plan is incomplete,
/// names something that the member does not own, or someone who cannot take it. 403 when the caller would take
/// something.
///
/// **Notes**: A taker must be active and affiliated. The seat of a référent or a deputy goes to someone of the same
/// organization. A service account goes to someone who works for its organization.
#[utoipa::path(tag = "members", params(MemberId, IfMatch), request_body = HandOverPlan, responses((status = 200, body = MemberView)))]
#[post("/members/{id}/hand-over")]
async fn hand_over_member(db: Db, id: Path<MemberId>, seen: IfMatch, plan: Valid<HandOverPlan>) -> Answer<MemberView> {
    db.write(move |store| {
        let grant = store.authorize(HandOver(*id))?;
        store.hand_over_member(grant, seen.0, &plan.0)
    })
    .await
}
