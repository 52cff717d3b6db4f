//! Membership requests: members ask for themselves, the network invites, the director and the référent nominate; each
//! side decides for itself.

use kernel::{
    AffiliationId, MemberOrigin, MembershipRequestId, NetworkId, NetworkRole, NotificationLevel, OrganizationId,
    PrincipalId, Version,
};
use personas::network::{EDITO, OMBRE, PREFECTURES};
use personas::{Checked, Table, at, closed, id, member, merged, organization, recorded, text, who};

use super::{a_closed_network, a_network, code, name, visibility};
use crate::membership_request::{
    Accept, Candidate, Create, Invitee, MembershipRequest, MembershipRequestDecision as Decision,
    MembershipRequestInput, MembershipRequestKind as Kind, MembershipRequestStatus as Status, Read, Refuse, Withdraw,
};
use crate::network::{JoinPolicy, Network};

/// A person with an account (by their sign), or without one, who would join a network for an organization.
fn candidate(kind: Kind, of: Option<char>, network: NetworkId, organization: OrganizationId) -> Candidate {
    let invitee = Invitee {
        given_name: text("Camille"),
        usual_name: text("Exemple"),
        email: text("camille@exemple.example"),
        organization_id: organization,
    };
    let new = MembershipRequestInput {
        kind,
        affiliation_id: of.map(|_| AffiliationId(id(50))),
        invitee: of.is_none().then_some(invitee),
        role: NetworkRole::Member,
        interministerial: false,
        justification: None,
        notification_level: Some(NotificationLevel::Digest),
    };
    Candidate {
        network: a_network(network),
        new,
        member: of.map(who),
        organization: Some(organization),
        origin: Some(MemberOrigin::Ministry),
        life: None,
        sits_as: None,
        requested: None,
    }
}

fn request() -> Candidate {
    candidate(Kind::Request, Some('M'), EDITO, at::OPERATOR)
}

fn invitation(network: NetworkId) -> Candidate {
    candidate(Kind::Invitation, None, network, at::TRAVAIL)
}

/// A membership request about a caller, for their organization, created by a caller.
fn a_dossier(of: char, network_id: NetworkId, place: OrganizationId, by: char) -> MembershipRequest {
    MembershipRequest {
        id: MembershipRequestId(id(64)),
        network_code: code(network_id),
        author: None,
        network_name: name(network_id),
        network_id,
        kind: if of == by { Kind::Request } else { Kind::Nomination },
        status: Status::Open,
        organization: organization(place),
        member: Some(member(who(of))),
        affiliation_id: Some(AffiliationId(id(50))),
        invitee_given_name: None,
        invitee_usual_name: None,
        invitee_email: None,
        role: NetworkRole::Member,
        interministerial: network_id == PREFECTURES,
        justification: None,
        notification_level: None,
        person_decision: if of == by { Decision::Accepted } else { Decision::Pending },
        person_decided_at: None,
        network_decision: Decision::Pending,
        network_decided_at: None,
        network_decided_by: None,
        refusal_reason: None,
        withdrawn_at: None,
        expires_at: recorded(),
        membership_id: None,
        network_visibility: visibility(network_id),
        version: Version::FIRST,
        created_at: recorded(),
        updated_at: recorded(),
        created_by: who(by).into(),
        updated_by: PrincipalId::SYSTEM,
    }
}

fn of_member() -> MembershipRequest {
    a_dossier('M', EDITO, at::OPERATOR, 'M')
}

fn of_contributor() -> MembershipRequest {
    a_dossier('K', EDITO, at::SOCIAUX, 'T')
}

fn of_coordinator() -> MembershipRequest {
    a_dossier('C', OMBRE, at::SIG, 'A')
}

/// Someone who leads the network asks it for another seat.
fn of_a_lead() -> MembershipRequest {
    a_dossier('L', EDITO, at::ECOLOGIE, 'L')
}

fn agreed_by_the_person(it: MembershipRequest) -> MembershipRequest {
    MembershipRequest { person_decision: Decision::Accepted, ..it }
}

fn as_lead() -> MembershipRequest {
    MembershipRequest { role: NetworkRole::Lead, ..of_member() }
}

fn of_prefecture() -> MembershipRequest {
    a_dossier('Y', PREFECTURES, at::PREFECTURE_34, 'R')
}

fn in_status(status: Status) -> MembershipRequest {
    MembershipRequest { status, ..of_member() }
}

pub(super) fn tables() -> Vec<Checked> {
    vec![creating(), reading(), accepting(), refusing(), withdrawing()]
}

/// An address that someone else asked for already.
fn asked_twice(before: MembershipRequest) -> Candidate {
    Candidate { requested: Some(Box::new(before)), ..invitation(EDITO) }
}

fn creating() -> Checked {
    let closed_network = Candidate { network: a_closed_network(EDITO), ..request() };
    let by_invitation = Network { join_policy: JoinPolicy::Invitation, ..a_network(EDITO) };
    let only_prefectures = Network { eligible_origins: vec![MemberOrigin::Prefecture], ..a_network(EDITO) };
    let undecided =
        Candidate { new: MembershipRequestInput { notification_level: None, ..request().new }, ..request() };
    let nobody = Candidate { new: MembershipRequestInput { affiliation_id: None, ..request().new }, ..request() };
    let on_topics =
        |it: Candidate| Candidate { new: MembershipRequestInput { interministerial: true, ..it.new }, ..it };
    let nomination = |network, place| candidate(Kind::Nomination, None, network, place);
    Table::<Create>::new()
        .who("edito, nomination by a ministry", &nomination(EDITO, at::TRAVAIL), "++------+----.- ----..")
        .who("prefectures, nomination", &nomination(PREFECTURES, at::PREFECTURE_34), "++----+------.- ----..")
        .who("edito, invitation", &invitation(EDITO), "++-+---------.- ----..")
        .who("prefectures, invitation", &invitation(PREFECTURES), "++-----------.- ----..")
        .who("prefectures, interministerial", &on_topics(invitation(PREFECTURES)), "++---+-------.- ----..")
        .who("edito, request of a member", &request(), "-----------+-.- ----..")
        .who("ombre, invitation", &invitation(OMBRE), "++.-........... ......")
        .now("a request", &request())
        .now("an invitation", &invitation(EDITO))
        .when("a closed network", &closed_network, "illegal")
        .when("nobody", &nobody, "invalid /affiliation_id")
        .when("a merged organization", &Candidate { life: Some(merged()), ..invitation(EDITO) }, "superseded")
        .when("a closed organization", &Candidate { life: Some(closed()), ..invitation(EDITO) }, "illegal")
        .when("no affiliation in force", &Candidate { origin: None, ..request() }, "invalid /affiliation_id")
        .when("no place", &Candidate { origin: None, ..invitation(EDITO) }, "invalid /invitee/organization_id")
        .when("not eligible", &Candidate { network: only_prefectures, ..request() }, "invalid /affiliation_id")
        .when("by invitation alone", &Candidate { network: by_invitation, ..request() }, "invalid /kind")
        .when("no level chosen", &undecided, "invalid /notification_level")
        .when("asked already", &Candidate { requested: Some(Box::new(of_member())), ..request() }, "already_requested")
        .when_asked_by('L', "asked already, by one whom they read", &asked_twice(of_contributor()), "already_requested")
        .when_asked_by(
            'R',
            "asked already, by one whom they do not",
            &asked_twice(of_contributor()),
            "invalid /invitee/email",
        )
        .when("sits so already", &Candidate { sits_as: Some(NetworkRole::Member), ..request() }, "overlap")
        .now("sits otherwise", &Candidate { sits_as: Some(NetworkRole::Deputy), ..request() })
        .end()
}

fn reading() -> Checked {
    Table::<Read>::new()
        .who("edito, of a member", &of_member(), "++.+.......+... ......")
        .who("edito, of the directorate", &of_contributor(), "++.+....++..... ......")
        .who("prefectures, of the préfecture", &of_prefecture(), "++...+++..+.... ......")
        .who("ombre", &of_coordinator(), "++............. ......")
        .end()
}

fn accepting() -> Checked {
    Table::<Accept>::new()
        .who("edito, of a member", &of_member(), "++.+.......+... ......")
        .who("edito, of the directorate", &of_contributor(), "++.+....-+..... ......")
        .who("edito, as its lead", &as_lead(), "+-.-.......+... ......")
        .who("prefectures, of the préfecture", &of_prefecture(), "++...+-+..-.... ......")
        .who("ombre", &of_coordinator(), "++............. ......")
        .when_asked_by('L', "for the network", &of_member(), "now")
        .when_asked_by(
            'L',
            "who leads decides for themselves alone",
            &of_a_lead(),
            "illegal withdraw_membership_request",
        )
        .when_asked_by(
            'C',
            "the same of the SIG",
            &agreed_by_the_person(of_coordinator()),
            "illegal withdraw_membership_request",
        )
        .when_asked_by('M', "who asked has agreed", &of_member(), "illegal withdraw_membership_request")
        .when_asked_by('K', "who was nominated", &of_contributor(), "now")
        .when("accepted", &in_status(Status::Accepted), "illegal end_membership")
        .when("withdrawn", &in_status(Status::Withdrawn), "illegal create_membership_request")
        .when("past its time", &in_status(Status::Expired), "illegal create_membership_request")
        .end()
}

fn refusing() -> Checked {
    Table::<Refuse>::new()
        .who("edito, of a member", &of_member(), "++.+.......+... ......")
        .who("edito, of the directorate", &of_contributor(), "++.+....-+..... ......")
        .who("prefectures, of the préfecture", &of_prefecture(), "++...+-+..-.... ......")
        .who("ombre", &of_coordinator(), "++............. ......")
        .when_asked_by('L', "for the network", &of_member(), "now")
        .when_asked_by('K', "who was nominated", &of_contributor(), "now")
        .when("refused", &in_status(Status::Refused), "illegal create_membership_request")
        .end()
}

fn withdrawing() -> Checked {
    Table::<Withdraw>::new()
        .who("edito, of a member", &of_member(), "++.-.......+... ......")
        .who("edito, of the directorate", &of_contributor(), "++.-....+-..... ......")
        .who("prefectures, of the préfecture", &of_prefecture(), "++...-+-..-.... ......")
        .who("ombre", &of_coordinator(), "++............. ......")
        .now("open", &of_member())
        .when("withdrawn", &in_status(Status::Withdrawn), "illegal create_membership_request")
        .end()
}
