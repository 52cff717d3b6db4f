//! Requests for expertise: any insider asks; only the two members concerned read it, and not even the SIG.

use kernel::{ExpertiseRequestId, PrincipalId, Version};
use personas::{Checked, Table, at, id, member, recorded, text, who};

use super::member_expertise::a_member;
use crate::person::Person;
use crate::request::{
    Accept, Create, Decline, Expert, ExpertiseRequest, ExpertiseRequestStatus as Status, Read, Withdraw,
};

/// From the persona `member` to colead-dinum.
fn a_request(status: Status) -> ExpertiseRequest {
    ExpertiseRequest {
        id: ExpertiseRequestId(id(77)),
        asker: Person(member(who('M'))),
        expert: Person(member(who('D'))),
        term_code: None,
        term: None,
        need: text("Un chatbot vocal."),
        status,
        decided_at: None,
        decline_reason: None,
        expires_at: recorded(),
        version: Version::FIRST,
        created_at: recorded(),
        updated_at: recorded(),
        created_by: who('M').into(),
        updated_by: PrincipalId::SYSTEM,
    }
}

pub(super) fn tables() -> Vec<Checked> {
    let (pending, decided) = (a_request(Status::Pending), a_request(Status::Declined));
    let expert = Expert { card: Some(a_member('L', at::ECOLOGIE)), offers: true };
    vec![
        Table::<Read>::new().who("the two", &pending, "....+......+... ......").end(),
        Table::<Create>::new().who("a lead", &expert, "++++++++++++--- ++++--").end(),
        Table::<Accept>::new()
            .who("the two", &pending, "....+......-... ......")
            .now("pending", &pending)
            .when("decided", &decided, "illegal")
            .end(),
        Table::<Decline>::new()
            .who("the two", &pending, "....+......-... ......")
            .now("pending", &pending)
            .when("decided", &decided, "illegal")
            .end(),
        Table::<Withdraw>::new()
            .who("the two", &pending, "....-......+... ......")
            .now("pending", &pending)
            .when("decided", &decided, "illegal")
            .end(),
    ]
}
