//! Contacts: kept by an organization, seen there and by those with whom they are shared; partners and observers see none.

use kernel::{ContactId, NetworkId, OrganizationId, PrincipalId, Version};
use personas::network::EDITO;
use personas::{Checked, Table, at, id, organization, recorded, text, who};

use crate::contact::{Archive, Contact, ContactSharing, Create, Read, SharedContactKind, Update};
use crate::person::Place;

fn a_contact(by: char, owner: OrganizationId, sharing: ContactSharing, network_id: Option<NetworkId>) -> Contact {
    Contact {
        id: ContactId(id(78)),
        kind: SharedContactKind::Service,
        given_name: None,
        name: text("Une agence"),
        organization: None,
        organization_name: None,
        role_title: None,
        email: None,
        phones: Vec::new(),
        website: None,
        note: None,
        sharing,
        network_code: None,
        network: None,
        network_id,
        owner: Place(organization(owner)),
        review_by: None,
        stale: false,
        archived_at: None,
        version: Version::FIRST,
        created_at: recorded(),
        updated_at: recorded(),
        created_by: who(by).into(),
        updated_by: PrincipalId::SYSTEM,
    }
}

pub(super) fn tables() -> Vec<Checked> {
    let of_directorate = a_contact('K', at::SOCIAUX, ContactSharing::Organization, None);
    let of_all = a_contact('Y', at::PREFECTURE_34, ContactSharing::AllMembers, None);
    let of_network = a_contact('L', at::ECOLOGIE, ContactSharing::Network, Some(EDITO));
    let archived = Contact { archived_at: Some(recorded()), ..of_directorate.clone() };
    vec![
        Table::<Read>::new()
            .who("of an organization", &of_directorate, "++......++..... ......")
            .who("of all", &of_all, "++++++++++++..+ ++++..")
            .who("of a network", &of_network, "++.+........... ......")
            .end(),
        Table::<Create>::new().who("any", &(), "++++++++++++--- ++++--").end(),
        Table::<Update>::new()
            .who("of an organization", &of_directorate, "++......++..... ......")
            .who("of all", &of_all, "++-----+--+-..- ----..")
            .who("of a network", &of_network, "++.+........... ......")
            .now("in use", &of_directorate)
            .when("put away", &archived, "illegal")
            .end(),
        Table::<Archive>::new()
            .who("of an organization", &of_directorate, "++......++..... ......")
            .who("of all", &of_all, "++-----+--+-..- ----..")
            .who("of a network", &of_network, "++.+........... ......")
            .now("in use", &of_directorate)
            .when("put away", &archived, "illegal")
            .end(),
    ]
}
