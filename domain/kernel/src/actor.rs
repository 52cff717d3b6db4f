//! The caller and their rights: every rule of permission looks at them.
//!
//! Rights are computed per standing (one affiliation, with the roles and memberships held through it) and united; the
//! limits of partners and observers bind the standing, not the person.

use std::collections::BTreeSet;

use serde::Deserialize;

use uuid::Uuid;

use crate::{
    AffiliationId, MemberId, NetworkId, OrganizationId, PrincipalId, ServiceAccountId, ServiceAccountKeyId, codes,
};

codes! {
    /// Kind of principal: who acts in the service.
    PrincipalKind {
        Member = "member" ("membre", "member"),
        ServiceAccount = "service_account" ("compte de service", "service account"),
        System = "system" ("système", "system"),
    }
}

codes! {
    /// Origin (origine) of members. It follows from the kind of their organization, unless the organization sets
    /// another one.
    MemberOrigin {
        Ministry = "ministry" ("ministère", "ministry"),
        Operator = "operator" ("organisme opérationnel", "operator"),
        MinisterialCabinet = "ministerial_cabinet" ("cabinet ministériel", "ministerial cabinet"),
        CentralAdministration = "central_administration" ("administration centrale", "central administration"),
        DeconcentratedService = "deconcentrated_service" ("service déconcentré", "deconcentrated service"),
        Prefecture = "prefecture" ("préfecture", "prefecture"),
        GovernmentPartner = "government_partner" ("partenaire gouvernemental", "government partner"),
        Observer = "observer" ("observateur ou observatrice", "observer"),
    }
}

codes! {
    /// Role outside networks, held through an affiliation.
    Role {
        SigAdmin = "sig_admin" ("administrateur ou administratrice SIG", "SIG administrator"),
        SigCoordinator = "sig_coordinator" ("coordinateur ou coordinatrice SIG", "SIG coordinator"),
        Auditor = "auditor" ("auditeur ou auditrice", "auditor"),
        Dpo = "dpo" ("délégué ou déléguée à la protection des données (DPD)", "data protection officer"),
        DicomDirector = "dicom_director" ("directeur ou directrice de la communication", "communication director"),
        DicomContributor = "dicom_contributor" ("contributeur ou contributrice DICOM", "DICOM contributor"),
        OrgAdmin = "org_admin" ("administrateur ou administratrice d’organisation", "organization administrator"),
    }
}

impl Role {
    /// Whether the role is held over an organization.
    #[must_use]
    pub const fn is_scoped(self) -> bool {
        matches!(self, Self::DicomDirector | Self::DicomContributor | Self::OrgAdmin)
    }
}

codes! {
    /// Role of a member in a network.
    NetworkRole {
        Lead = "lead" ("animateur ou animatrice", "lead"),
        CoLead = "co_lead" ("co-animateur ou co-animatrice", "co-lead"),
        Referent = "referent" ("référent ou référente", "référent"),
        Deputy = "deputy" ("suppléant ou suppléante", "deputy"),
        Member = "member" ("membre", "member"),
        Observer = "observer" ("observateur ou observatrice", "observer"),
    }
}

codes! {
    /// Topics on which an organization animates a network together with the SIG (co-animation).
    CoAnimationScope {
        All = "all" ("tous les sujets", "all topics"),
        InterministerialTopics = "interministerial_topics" ("sujets interministériels", "interministerial topics"),
    }
}

codes! {
    /// What a service account may do at most.
    Scope {
        DirectoryRead = "directory:read" ("lire l’annuaire", "read the directory"),
        DirectoryWrite = "directory:write" ("modifier l’annuaire", "write to the directory"),
        OrganizationsWrite = "organizations:write" ("décrire des organisations, pour le SIG", "describe organizations, for the SIG"),
        NetworksRead = "networks:read" ("lire les réseaux", "read the networks"),
        ScimNetworks = "scim:networks" ("créer et fermer des réseaux par SCIM, pour le SIG", "create and close networks by SCIM, for the SIG"),
        TokensExchange = "tokens:exchange" ("tenir la session de personnes connectées", "hold the sessions of people who are logged in"),
    }
}

/// A role, with the organizations it reaches (none for roles of the SIG, which reach all).
#[derive(Debug, Clone, Deserialize)]
pub struct RoleHeld {
    /// The role.
    pub role: Role,
    /// The organization it was given for.
    pub organization_id: Option<OrganizationId>,
    /// That organization, what is below it and, for a DICOM, what it serves.
    #[serde(default)]
    pub scope: BTreeSet<OrganizationId>,
    /// The organizations merged or split into those of `scope` by a reorganization.
    #[serde(default)]
    pub before: BTreeSet<OrganizationId>,
}

/// A membership in force. A deputy who stands in for the référent is a référent here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct SeatHeld {
    /// The network.
    pub network_id: NetworkId,
    /// The role.
    pub role: NetworkRole,
    /// On what, for a co-lead.
    pub scope: CoAnimationScope,
}

/// One affiliation, with what is held through it.
#[derive(Debug, Clone, Deserialize)]
pub struct Standing {
    /// Absent for a service account.
    pub affiliation_id: Option<AffiliationId>,
    /// The organization of the affiliation.
    pub organization_id: OrganizationId,
    /// Partners and observers get no rights from what they hold here.
    pub origin: MemberOrigin,
    /// The organizations merged or split into it by a reorganization.
    #[serde(default)]
    pub before: BTreeSet<OrganizationId>,
    /// For a service account: those of its own organization and below whose members its owner keeps.
    #[serde(default)]
    pub kept: BTreeSet<OrganizationId>,
    /// For a service account of the SIG: its own organization and those below, if it may describe organizations.
    #[serde(default)]
    pub described: BTreeSet<OrganizationId>,
    /// Roles.
    pub roles: Vec<RoleHeld>,
    /// Memberships.
    pub seats: Vec<SeatHeld>,
}

impl Standing {
    /// Whether its origin (partner or observer) takes away all rights that are held through it.
    #[must_use]
    pub fn is_capped(&self) -> bool {
        matches!(self.origin, MemberOrigin::GovernmentPartner | MemberOrigin::Observer)
    }

    /// The networks in which the caller is a référent through this affiliation.
    fn answered_in(&self) -> impl Iterator<Item = NetworkId> {
        self.seats.iter().filter(|seat| seat.role == NetworkRole::Referent).map(|seat| seat.network_id)
    }
}

/// The caller, with all that rules may ask about.
#[derive(Debug, Clone, Deserialize)]
pub struct Actor {
    /// Who.
    pub id: PrincipalId,
    /// What kind of principal.
    pub kind: PrincipalKind,
    /// Suspended: may do nothing.
    pub suspended: bool,
    /// Departed: may do nothing.
    pub departed: bool,
    /// A service account past its expiry: may do nothing.
    pub expired: bool,
    /// What a service account may do at most.
    pub scopes: Vec<Scope>,
    /// One per affiliation in force.
    pub standings: Vec<Standing>,
    /// Changes whenever the rights do.
    #[serde(skip)]
    pub rights: String,
    /// The service account that acts on behalf of this member. Absent: they call themselves.
    #[serde(skip)]
    pub through: Option<ServiceAccountId>,
}

impl Actor {
    /// Someone without any right: a caller whose rights are not known yet.
    #[must_use]
    pub fn nobody() -> Self {
        Self {
            id: PrincipalId(uuid::Uuid::nil()),
            kind: PrincipalKind::Member,
            suspended: false,
            departed: false,
            expired: false,
            scopes: Vec::new(),
            standings: Vec::new(),
            rights: String::new(),
            through: None,
        }
    }

    /// The member who calls, if it is one.
    #[must_use]
    pub fn member(&self) -> Option<MemberId> {
        (self.kind == PrincipalKind::Member).then_some(MemberId(self.id.0))
    }

    fn free(&self) -> impl Iterator<Item = &Standing> {
        self.standings.iter().filter(|standing| !standing.is_capped())
    }

    fn holds(&self, roles: &[Role]) -> bool {
        self.free().flat_map(|standing| &standing.roles).any(|held| roles.contains(&held.role))
    }

    /// Administers the service for the SIG.
    #[must_use]
    pub fn is_sig_admin(&self) -> bool {
        self.holds(&[Role::SigAdmin])
    }

    /// Belongs to the SIG's coordination, which the rules call "SIG".
    #[must_use]
    pub fn is_sig(&self) -> bool {
        self.holds(&[Role::SigAdmin, Role::SigCoordinator])
    }

    /// Reads the audit log and the configuration.
    #[must_use]
    pub fn is_auditor(&self) -> bool {
        self.holds(&[Role::Auditor])
    }

    /// Takes part as a member: neither only partner nor only observer. A service account reads the directory by scope.
    #[must_use]
    pub fn is_insider(&self) -> bool {
        match self.kind {
            PrincipalKind::Member => self.free().next().is_some(),
            PrincipalKind::ServiceAccount => {
                self.scopes.contains(&Scope::DirectoryRead) && self.free().next().is_some()
            }
            PrincipalKind::System => true,
        }
    }

    /// May know every member by name: insiders and observers, not partners.
    #[must_use]
    pub fn knows_members(&self) -> bool {
        self.is_insider() || self.standings.iter().any(|standing| standing.origin == MemberOrigin::Observer)
    }

    /// May know the networks that are listed: insiders and observers, not partners.
    #[must_use]
    pub fn knows_networks(&self) -> bool {
        let observes = self.standings.iter().any(|standing| standing.origin == MemberOrigin::Observer);
        match self.kind {
            PrincipalKind::ServiceAccount => self.scopes.contains(&Scope::NetworksRead) && self.free().next().is_some(),
            _ => observes || self.is_insider(),
        }
    }

    /// The organizations of this actor, except those whose origin takes their rights away.
    pub fn organizations(&self) -> impl Iterator<Item = OrganizationId> {
        self.free().map(|standing| standing.organization_id)
    }

    /// The organizations that one of these roles reaches.
    pub fn reach<'a>(&'a self, roles: &'a [Role]) -> impl Iterator<Item = OrganizationId> + 'a {
        let held = self.free().flat_map(|standing| &standing.roles).filter(|held| roles.contains(&held.role));
        held.flat_map(|held| held.scope.iter().copied())
    }

    /// Whether one of these roles reaches an organization.
    #[must_use]
    pub fn reaches(&self, roles: &[Role], organization: OrganizationId) -> bool {
        self.reach(roles).any(|reached| reached == organization)
    }

    /// The same, with the organizations merged into them: successors keep access to the history.
    pub fn reach_back<'a>(&'a self, roles: &'a [Role]) -> impl Iterator<Item = OrganizationId> + 'a {
        let held = self.free().flat_map(|standing| &standing.roles).filter(|held| roles.contains(&held.role));
        held.flat_map(|held| held.scope.iter().chain(&held.before).copied())
    }

    /// Whether one of these roles reaches an organization, or one that it went into.
    #[must_use]
    pub fn reaches_back(&self, roles: &[Role], organization: OrganizationId) -> bool {
        self.reach_back(roles).any(|reached| reached == organization)
    }

    /// The roles that keep the members and affiliations of an organization.
    pub const KEEPERS: &'static [Role] = &[Role::DicomDirector, Role::OrgAdmin];
    /// The roles of a communication directorate.
    pub const DICOM: &'static [Role] = &[Role::DicomDirector, Role::DicomContributor];
    /// Every role over organizations.
    pub const SCOPED: &'static [Role] = &[Role::DicomDirector, Role::DicomContributor, Role::OrgAdmin];

    /// Keeps the members of an organization: the SIG, its DICOM's director, its administrator, a service account of theirs.
    #[must_use]
    pub fn keeps(&self, organization: OrganizationId) -> bool {
        self.is_sig() || self.reaches(Self::KEEPERS, organization) || self.kept().any(|kept| kept == organization)
    }

    /// The organizations whose members a service account keeps.
    pub fn kept(&self) -> impl Iterator<Item = OrganizationId> {
        self.free().flat_map(|standing| standing.kept.iter().copied())
    }

    /// Describes an organization: the SIG, and a service account of the SIG whose directory knows it.
    #[must_use]
    pub fn describes(&self, organization: OrganizationId) -> bool {
        self.is_sig() || self.free().any(|standing| standing.described.contains(&organization))
    }

    /// An organization was created below one that a service account describes.
    pub fn describes_too(&mut self, new: OrganizationId) {
        self.standings.iter_mut().filter(|it| !it.described.is_empty()).for_each(|it| {
            it.described.insert(new);
        });
    }

    fn seats(&self) -> impl Iterator<Item = &SeatHeld> {
        self.free().flat_map(|standing| &standing.seats)
    }

    /// The networks this actor sits in, whatever the role.
    pub fn networks(&self) -> impl Iterator<Item = NetworkId> {
        self.seats().map(|seat| seat.network_id)
    }

    /// The networks whose members share things with this actor: an observer of a network reads it, and nothing more.
    pub fn shared_networks(&self) -> impl Iterator<Item = NetworkId> {
        self.seats().filter(|seat| seat.role != NetworkRole::Observer).map(|seat| seat.network_id)
    }

    /// Sits in this network. A partner or an observer by origin never does, whatever was written.
    #[must_use]
    pub fn sits_in(&self, network: NetworkId) -> bool {
        self.networks().any(|mine| mine == network)
    }

    /// The networks this actor leads or co-leads on all topics.
    pub fn led(&self) -> impl Iterator<Item = NetworkId> {
        let leads = |seat: &&SeatHeld| match seat.role {
            NetworkRole::Lead => true,
            NetworkRole::CoLead => seat.scope == CoAnimationScope::All,
            _ => false,
        };
        self.seats().filter(leads).map(|seat| seat.network_id)
    }

    /// Leads a network, or co-leads it on all topics.
    #[must_use]
    pub fn leads(&self, network: NetworkId) -> bool {
        self.led().any(|led| led == network)
    }

    /// Leads a network on this topic: a co-lead for interministerial topics leads what is tagged so.
    #[must_use]
    pub fn leads_on(&self, network: NetworkId, interministerial: bool) -> bool {
        let co_leads = |seat: &SeatHeld| seat.network_id == network && seat.role == NetworkRole::CoLead;
        self.leads(network) || (interministerial && self.seats().any(co_leads))
    }

    /// The networks that this actor co-leads on some topics at least.
    pub fn co_led(&self) -> impl Iterator<Item = NetworkId> {
        self.seats().filter(|seat| seat.role == NetworkRole::CoLead).map(|seat| seat.network_id)
    }

    /// The organizations for which this actor answers in a network, as its référent.
    pub fn answered(&self) -> impl Iterator<Item = (NetworkId, OrganizationId)> {
        self.free().flat_map(|at| at.answered_in().map(|network| (network, at.organization_id)))
    }

    /// The same, with those that went into them.
    pub fn answered_back(&self) -> impl Iterator<Item = (NetworkId, OrganizationId)> {
        let before = |at: &Standing, network| at.before.iter().map(move |gone| (network, *gone)).collect::<Vec<_>>();
        let before = self.free().flat_map(move |at| at.answered_in().flat_map(move |network| before(at, network)));
        self.answered().chain(before)
    }

    /// Answers for an organization in a network, as its référent.
    #[must_use]
    pub fn answers_for(&self, network: NetworkId, organization: OrganizationId) -> bool {
        self.answered().any(|answered| answered == (network, organization))
    }

    /// Answers in a network, as its référent, for an organization or for one that it went into.
    #[must_use]
    pub fn answers_back_for(&self, network: NetworkId, organization: OrganizationId) -> bool {
        self.answered_back().any(|answered| answered == (network, organization))
    }

    /// The networks that this actor leads, co-leads or is a référent in: they see these columns of the matrix.
    pub fn animated(&self) -> impl Iterator<Item = NetworkId> {
        let answers = [NetworkRole::Lead, NetworkRole::CoLead, NetworkRole::Referent];
        self.seats().filter(move |seat| answers.contains(&seat.role)).map(|seat| seat.network_id)
    }
}

/// What the token's issuer says of a subject beside their identifier: enough to recognize the person at the first login.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Vouched {
    /// The establishment that the subject works for (SIRET).
    pub siret: Option<String>,
    /// The legal unit that the subject works for (SIREN).
    pub siren: Option<String>,
    /// The identifier of the subject in their directory.
    pub uid: Option<String>,
    /// The source whose external identifiers this issuer speaks of.
    pub source: Option<String>,
    /// Whether the client acts for itself, and for no person.
    pub machine: bool,
}

/// What a token calls the one who bears it: to be recognised by those who know them, and believed by nobody else.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bearer {
    /// Their name.
    pub name: Option<String>,
    /// Their e-mail address.
    pub email: Option<String>,
}

/// Who a token says the caller is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Identity {
    /// Who vouches for the subject.
    pub issuer: String,
    /// The caller's identifier at the issuer.
    pub subject: String,
    /// What a token of our own was given for; absent for those of other issuers.
    pub session: Option<Session>,
}

/// What a token of our own was given for: it is good for as long as the key is, and for no more than this.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Session {
    /// The service account that it speaks for.
    pub account: ServiceAccountId,
    /// The key by which the account showed who it is.
    pub key: ServiceAccountKeyId,
    /// The token itself, so that it can be revoked alone.
    pub token: Uuid,
    /// What it was given for.
    pub scopes: Vec<Scope>,
    /// The member on whose behalf the account acts. Absent: it acts for itself.
    pub member: Option<MemberId>,
}
