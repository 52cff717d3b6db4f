//! Invitations: by those who keep the members of the organization, who could give what the invited holds; and by the leads.

use kernel::notification::DeliveryStatus;
use kernel::{InvitationId, NetworkId, OrganizationId, PrincipalId, Version};
use personas::network::EDITO;
use personas::{Checked, Table, at, id, organization, recorded, text, who};
use serde_json::json;

use super::{contributor, deputy, in_status};
use crate::invitation::{Confirm, Goal, Invitation, InvitationStatus as Status, Invite, Read, Resend, Revoke, Show};
use crate::member::{Member, MemberStatus};
use crate::powers::Powers;

/// For an organization and, where one is named, a network; sent by the SIG.
fn an_invitation(place: OrganizationId, network_id: Option<NetworkId>, status: Status) -> Invitation {
    Invitation {
        id: InvitationId(id(72)),
        organization: organization(place),
        network_id,
        network: None,
        request_id: None,
        member_id: None,
        given_name: text("Camille"),
        usual_name: text("Exemple"),
        email: text("camille@exemple.example"),
        status,
        delivery_status: Some(DeliveryStatus::Sent),
        expires_at: recorded(),
        used_at: None,
        claimed_at: None,
        claimed_issuer: None,
        claimed_name: None,
        claimed_email: None,
        contested_at: None,
        look_alikes: kernel::look_alike::OfInvitation::default(),
        claimed_member_id: None,
        claimed_subject: None,
        claimed_level: None,
        goal: Goal { is_wanted: true, visibility: network_id.map(|_| "listed".to_owned()) },
        powers: None,
        senders: vec![PrincipalId::SYSTEM],
        sirets: Vec::new(),
        siren: None,
        version: Version::FIRST,
        created_at: recorded(),
        updated_at: recorded(),
        created_by: PrincipalId::SYSTEM,
        updated_by: PrincipalId::SYSTEM,
    }
}

fn edito() -> Invitation {
    an_invitation(at::TRAVAIL, Some(EDITO), Status::Sent)
}

fn prefecture() -> Invitation {
    an_invitation(at::PREFECTURE_34, None, Status::Sent)
}

/// Its code was shown by a member who has an account already.
fn claimed_by(sign: char) -> Invitation {
    Invitation { claimed_member_id: Some(who(sign)), status: Status::Claimed, ..edito() }
}

fn no_more_wanted(it: Invitation) -> Invitation {
    Invitation { goal: Goal { is_wanted: false, ..it.goal }, ..it }
}

/// A role that is held already by someone who never logged in.
fn powers(role: &str, organization: Option<OrganizationId>) -> Option<Powers> {
    serde_json::from_value(json!([{"role": role, "organization_id": organization}])).ok()
}

fn invited(it: Member) -> Member {
    in_status(MemberStatus::Invited, it)
}

pub(super) fn tables() -> Vec<Checked> {
    let spent = "invitation_spent";
    let revoked = Invitation { status: Status::Revoked, ..edito() };
    let claimed = Invitation { status: Status::Claimed, ..edito() };
    let queued = Invitation { delivery_status: Some(DeliveryStatus::Queued), ..edito() };
    vec![
        inviting(),
        Table::<Read>::new()
            .who("to a ministry and edito", &edito(), "++.+....+...... .+....")
            .who("to a préfecture", &prefecture(), "++........+...+ ......")
            .who("sent by a member", &Invitation { created_by: who('M').into(), ..edito() }, "++.+....+..+... .+....")
            .end(),
        confirming(),
        Table::<Revoke>::new()
            .who("to a ministry and edito", &edito(), "++.+....+...... .+....")
            .who("to a préfecture", &prefecture(), "++........+...+ ......")
            .now("sent", &edito())
            .now("claimed", &claimed)
            .when("revoked", &revoked, spent)
            .end(),
        Table::<Resend>::new()
            .who("to a ministry and edito", &edito(), "++.+....+...... .+....")
            .who("to a préfecture", &prefecture(), "++........+...+ ......")
            .now("sent", &edito())
            .when("not sent yet", &queued, "illegal revoke_invitation")
            .when("claimed", &claimed, "illegal revoke_invitation")
            .when("revoked", &revoked, spent)
            .when("no more wanted", &no_more_wanted(edito()), spent)
            .end(),
        // Everyone with the code: `Store::accept_invitation` checks who they are, and that they are a person.
        Table::<Show>::new()
            .who("everyone with the code", &edito(), "+++++++++++++++ ++++++")
            .now("sent", &edito())
            .when("revoked", &revoked, spent)
            .when("no more wanted", &no_more_wanted(edito()), spent)
            .end(),
    ]
}

fn inviting() -> Checked {
    let with = |powers| invited(Member { powers, ..contributor() });
    Table::<Invite>::new()
        .who("in a préfecture", &invited(deputy()), "++--------+--.+ ----..")
        .who("in a directorate", &invited(contributor()), "++------+----.- ----..")
        .who("who would administer it", &with(powers("org_admin", Some(at::SOCIAUX))), "+-------+----.- ----..")
        .who("who would direct it", &with(powers("dicom_director", Some(at::SOCIAUX))), "+------------.- ----..")
        .who("who would administer all", &with(powers("sig_admin", None)), "+------------.- ----..")
        .now("invited", &invited(deputy()))
        .when("without an address", &Member { email: None, ..invited(deputy()) }, "invalid")
        .when("logged in already", &deputy(), "illegal")
        .end()
}

fn confirming() -> Checked {
    let claimed = Invitation { status: Status::Claimed, ..edito() };
    let powerful = Invitation { powers: powers("sig_admin", None), ..claimed.clone() };
    let sent_by = |sign| Invitation { senders: vec![who(sign).into()], ..claimed.clone() };
    Table::<Confirm>::new()
        .who("to a ministry and edito", &edito(), "++.-....+...... .+....")
        .who("to a préfecture: a person confirms", &prefecture(), "++........+...- ......")
        .who("shown by someone known", &claimed_by('K'), "++.-....+...... .+....")
        .who("shown by who would confirm", &claimed_by('T'), "++.-....-...... .+....")
        .who("who would administer all", &powerful, "+-.-....-...... .-....")
        .who("sent by the SIG administrator", &sent_by('A'), "-+.-....+...... .+....")
        .who("sent by the director", &sent_by('T'), "++.-....-...... .+....")
        .now("claimed", &claimed)
        .when("not shown yet", &edito(), "illegal revoke_invitation")
        .when("revoked", &Invitation { status: Status::Revoked, ..edito() }, "invitation_spent")
        .when("no more wanted", &no_more_wanted(claimed.clone()), "invitation_spent")
        .end()
}
