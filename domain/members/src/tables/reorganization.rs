//! Reorganizations: the SIG drafts and applies, the auditor reads; to all others nothing is being prepared.

use kernel::{PrincipalId, ReorganizationId, Version};
use personas::{Checked, Table, id, recorded, text};

use crate::reorganization::{
    Apply, Create, List, Operations, Preview, Read, Reorganization, ReorganizationStatus as Status, Withdraw,
};

fn a_reorganization(status: Status) -> Reorganization {
    Reorganization {
        id: ReorganizationId(id(73)),
        title: text("Remaniement"),
        operations: Operations(Vec::new()),
        status,
        applied_at: None,
        impact: None,
        version: Version::FIRST,
        created_at: recorded(),
        updated_at: recorded(),
        created_by: PrincipalId::SYSTEM,
        updated_by: PrincipalId::SYSTEM,
    }
}

pub(super) fn tables() -> Vec<Checked> {
    let draft = a_reorganization(Status::Draft);
    vec![
        Table::<List>::new().who("all", &(), "+++------------ ------").end(),
        Table::<Read>::new().who("draft", &draft, "+++............ ......").end(),
        Table::<Create>::new().who("any", &(), "++------------- ------").end(),
        Table::<Preview>::new().who("any", &(), "++------------- ------").end(),
        Table::<Apply>::new()
            .who("draft", &draft, "++-............ ......")
            .now("draft", &draft)
            .when("applied", &a_reorganization(Status::Applied), "illegal")
            .when("withdrawn", &a_reorganization(Status::Withdrawn), "illegal")
            .end(),
        Table::<Withdraw>::new()
            .who("draft", &draft, "++-............ ......")
            .now("draft", &draft)
            .when("applied", &a_reorganization(Status::Applied), "illegal")
            .when("withdrawn", &a_reorganization(Status::Withdrawn), "illegal")
            .end(),
    ]
}
