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

/// List what a member owns.
///
/// What must be handed over before he leaves (`required`), and the seats by which he answers for his organization, which
/// end with him where nobody takes them; for who may let him depart, and for himself.
#[utoipa::path(tag = "members", params(MemberId), responses((status = 200, body = OwnedItems)))]
#[get("/members/{id}/hand-over")]
async fn get_member_hand_over(db: Db, id: Path<MemberId>) -> Answer<OwnedItems> {
    db.read(move |store| store.member_hand_over(*id)).await
}

/// Hand over what a member owns.
///
/// All that is required to others, in one step, and of the rest what is named; for who may let him depart. Leads of
/// networks go over by the SIG administrator alone: the plan of anyone else leaves them out, and they stay listed. The seat
/// of a référent or a deputy goes to someone of the same organization; a service account to someone who works for its
/// organization, by a person who keeps it.
#[utoipa::path(tag = "members", params(MemberId, IfMatch), request_body = HandOverPlan, responses((status = 200, body = MemberView)))]
#[post("/members/{id}/hand-over")]
async fn hand_over_member(db: Db, id: Path<MemberId>, seen: IfMatch, plan: Valid<HandOverPlan>) -> Answer<MemberView> {
    db.write(move |store| {
        let grant = store.authorize(HandOver(*id))?;
        store.hand_over_member(grant, seen.0, &plan.0)
    })
    .await
}
