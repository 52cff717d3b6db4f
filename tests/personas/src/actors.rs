//! Who asks: the fifteen callers of `tests/policy.tsv`, in its order and with its signs, and six more.

use kernel::actor::{RoleHeld, SeatHeld, Standing};
use kernel::{
    Actor, AffiliationId, CoAnimationScope, MemberOrigin, NetworkId, NetworkRole, OrganizationId, PrincipalId,
    PrincipalKind, Role, Scope,
};

use crate::{at, id, network, who};

/// The signs of all callers, in the order in which the rows of the tables give their verdicts.
///
/// A sig-admin, C sig-coordinator, U auditor, L lead-edito, D colead-dinum (all topics), I colead-interieur
/// (interministerial topics), R referent-34, Y deputy-34, T director-sociaux, K contributor-sociaux, O org-admin-34,
/// M member, V observer, P partner, B a service account that reads, keeps the préfecture's members and describes the préfecture;
/// J the director of another ministry, G the administrator of the ministère du Travail, Q the DPO, N an insider who only
/// observes the réseau édito, X a partner to whom someone gave a director's role and a lead's seat, which count for
/// nothing, b a service account without any scope.
pub const CALLERS: &str = "ACULDIRYTKOMVPB JGQNXb";

/// A caller, with its sign.
pub type Caller = (char, Actor);

/// All of them, in their order.
#[must_use]
pub fn callers() -> Vec<Caller> {
    CALLERS.chars().filter(|sign| *sign != ' ').map(|sign| (sign, actor(sign))).collect()
}

/// The caller of a sign.
///
/// # Panics
/// There is none.
fn actor(sign: char) -> Actor {
    use MemberOrigin::{
        CentralAdministration as Central, GovernmentPartner as Partner, Ministry, Observer, Operator, Prefecture,
    };
    let sociaux: &[OrganizationId] = &[at::SOCIAUX, at::TRAVAIL];
    let (place, origin) = (at::PREFECTURE_34, Prefecture);
    let standing = match sign {
        'A' => held(at::SIG, Central, &[(Role::SigAdmin, &[])], &[lead(network::OMBRE)]),
        'C' => held(at::SIG, Central, &[(Role::SigCoordinator, &[])], &[]),
        'U' => held(at::INSPECTION, Central, &[(Role::Auditor, &[])], &[]),
        'L' => held(at::ECOLOGIE, Ministry, &[], &[lead(network::EDITO), seat(network::OMBRE, NetworkRole::Member)]),
        'D' => held(at::DINUM, Central, &[], &[seat(network::DESIGN, NetworkRole::CoLead)]),
        'I' => held(at::INTERIEUR, Ministry, &[], &[on_interministerial_topics(network::PREFECTURES)]),
        'R' => held(place, origin, &[], &[seat(network::PREFECTURES, NetworkRole::Referent)]),
        'Y' => held(place, origin, &[], &[seat(network::PREFECTURES, NetworkRole::Deputy)]),
        'T' => {
            let seats = [seat(network::DIRCOM, NetworkRole::Referent)];
            held(at::SOCIAUX, Ministry, &[(Role::DicomDirector, sociaux)], &seats)
        }
        'K' => held(at::SOCIAUX, Ministry, &[(Role::DicomContributor, sociaux)], &[]),
        'O' => held(place, origin, &[(Role::OrgAdmin, &[at::PREFECTURE_34])], &[]),
        'M' => held(at::OPERATOR, Operator, &[], &[]),
        'V' => held(at::OBSERVATORY, Observer, &[], &[]),
        'P' => held(at::PARTNER, Partner, &[], &[]),
        'B' => Standing { kept: [place].into(), described: [place].into(), ..held(at::INTERIEUR, Ministry, &[], &[]) },
        'J' => held(at::JUSTICE, Ministry, &[(Role::DicomDirector, &[at::JUSTICE])], &[]),
        'G' => held(at::TRAVAIL, Ministry, &[(Role::OrgAdmin, &[at::TRAVAIL])], &[]),
        'Q' => held(at::SIG, Central, &[(Role::Dpo, &[])], &[]),
        'N' => held(at::DINUM, Central, &[], &[seat(network::EDITO, NetworkRole::Observer)]),
        'X' => held(at::PARTNER, Partner, &[(Role::DicomDirector, sociaux)], &[lead(network::EDITO)]),
        'b' => held(place, origin, &[], &[]),
        other => panic!("nobody has the sign {other}"),
    };
    let kind = if "Bb".contains(sign) { PrincipalKind::ServiceAccount } else { PrincipalKind::Member };
    let scopes =
        if sign == 'B' { vec![Scope::DirectoryRead, Scope::DirectoryWrite, Scope::NetworksRead] } else { Vec::new() };
    Actor { id: PrincipalId(who(sign).0), kind, scopes, standings: vec![standing], ..Actor::nobody() }
}

fn held(
    organization_id: OrganizationId,
    origin: MemberOrigin,
    roles: &[(Role, &[OrganizationId])],
    seats: &[SeatHeld],
) -> Standing {
    let role = |(role, scope): &(Role, &[OrganizationId])| RoleHeld {
        role: *role,
        organization_id: scope.first().copied(),
        scope: scope.iter().copied().collect(),
        before: [].into(),
    };
    Standing {
        affiliation_id: Some(AffiliationId(id(50))),
        organization_id,
        origin,
        before: [].into(),
        kept: [].into(),
        described: [].into(),
        roles: roles.iter().map(role).collect(),
        seats: seats.to_vec(),
    }
}

const fn seat(network_id: NetworkId, role: NetworkRole) -> SeatHeld {
    SeatHeld { network_id, role, scope: CoAnimationScope::All }
}

const fn lead(network: NetworkId) -> SeatHeld {
    seat(network, NetworkRole::Lead)
}

const fn on_interministerial_topics(network_id: NetworkId) -> SeatHeld {
    SeatHeld { scope: CoAnimationScope::InterministerialTopics, ..seat(network_id, NetworkRole::CoLead) }
}
