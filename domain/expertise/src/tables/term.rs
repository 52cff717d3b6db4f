//! Terms of expertise: read by those who may know the networks, kept by the SIG.

use kernel::{ExpertiseTermId, PrincipalId, Version};
use personas::{Checked, Table, id, recorded, text};

use crate::linked_network::LinkedNetworks;
use crate::term::{Create, ExpertiseTerm, Read, Retire, TermStatus, Update};

fn a_term(status: TermStatus) -> ExpertiseTerm {
    ExpertiseTerm {
        id: ExpertiseTermId(id(75)),
        code: text("chatbot-vocal"),
        label: text("Chatbot vocal"),
        label_en: None,
        synonyms: Vec::new(),
        parent_code: None,
        parent: None,
        network_codes: LinkedNetworks(Vec::new()),
        status,
        retired_at: None,
        version: Version::FIRST,
        created_at: recorded(),
        updated_at: recorded(),
        created_by: PrincipalId::SYSTEM,
        updated_by: PrincipalId::SYSTEM,
    }
}

pub(super) fn tables() -> Vec<Checked> {
    let (used, retired) = (a_term(TermStatus::Active), a_term(TermStatus::Retired));
    vec![
        Table::<Read>::new().who("in use", &used, "+++++++++++++.+ ++++..").end(),
        Table::<Create>::new().who("any", &(), "++------------- ------").end(),
        Table::<Update>::new()
            .who("in use", &used, "++-----------.- ----..")
            .now("in use", &used)
            .when("retired", &retired, "illegal")
            .end(),
        Table::<Retire>::new()
            .who("in use", &used, "++-----------.- ----..")
            .now("in use", &used)
            .when("retired", &retired, "illegal")
            .end(),
    ]
}
