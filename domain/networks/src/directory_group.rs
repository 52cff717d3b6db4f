//! Groups: networks as the directory of a service account knows them (SCIM, RFC 7643), with the members that it placed there.

use chrono::{DateTime, Utc};
use kernel::directory::{Directory, ExternalId};
use kernel::{Action, Actor, Label, MemberId, NetworkId, Noun as _, PrincipalId, Refusal, Ruling, Scope};
use serde::Serialize;

use crate::network::{self, JoinPolicy, Network, NetworkName, NetworkStatus};

/// A network as a directory knows it.
#[derive(Debug, Clone)]
pub struct DirectoryGroup {
    /// The network.
    pub id: NetworkId,
    /// Its name.
    pub name: NetworkName,
    /// The identifier that the directory gives.
    pub external_id: Option<ExternalId>,
    /// Grows with each change of the network and of the members that the directory placed there.
    pub version: i32,
    /// When the network was recorded.
    pub created_at: DateTime<Utc>,
    /// When it or its members last changed.
    pub updated_at: DateTime<Utc>,
}

/// A member whom a directory placed in a network.
#[derive(Debug, Clone, Serialize)]
pub struct GroupMember {
    /// The member.
    pub id: MemberId,
    /// Given name and name in use.
    pub display_name: String,
}

/// One step of a change of a Group.
#[derive(Debug, Clone)]
pub enum GroupStep {
    /// The directory places members there.
    Add(Vec<MemberId>),
    /// It takes members away.
    Remove(Vec<MemberId>),
    /// It places these there, and nobody else.
    Replace(Vec<MemberId>),
    /// The network has another name.
    Rename(NetworkName),
    /// The directory calls it so, or no more.
    Call(Option<ExternalId>),
}

const FOR_DIRECTORIES: Label = Label {
    fr: "Ceci est réservé aux comptes de service qui parlent pour un annuaire et peuvent lire les réseaux.",
    en: "This is for service accounts that speak for a directory and may read the networks.",
};
const FOR_KEEPERS: Label = Label {
    fr: "Ce compte de service ne tient les membres d’aucune organisation.",
    en: "This service account keeps the members of no organization.",
};
const FOR_THE_SIG: Label = Label {
    fr: "Seul un compte de service du SIG, avec «\u{a0}scim:networks\u{a0}», crée, renomme et ferme des réseaux.",
    en: "Only a service account of the SIG with scim:networks creates, renames and closes networks.",
};

/// Read Groups.
#[derive(Debug, Clone, Copy)]
pub struct Read(pub PrincipalId);

/// Place members in a network, and take them away.
#[derive(Debug, Clone, Copy)]
pub struct Place(pub PrincipalId, pub NetworkId);

/// Create a network.
#[derive(Debug, Clone)]
pub struct Create(pub PrincipalId, pub NetworkName);

/// Rename a network.
#[derive(Debug, Clone, Copy)]
pub struct Rename;

/// Close a network.
#[derive(Debug, Clone, Copy)]
pub struct Close(pub PrincipalId, pub NetworkId);

fn reads(actor: &Actor, directory: Option<&Directory>) -> Ruling {
    let own = directory.is_some_and(|it| it.is_of(actor));
    Ruling::Allow.and(own && actor.is_insider() && actor.knows_networks(), FOR_DIRECTORIES)
}

fn governs(actor: &Actor) -> bool {
    actor.scopes.contains(&Scope::ScimNetworks)
}

impl Action for Read {
    type Facts = Option<Directory>;
    const NAME: &'static str = "read_groups";

    fn rule(actor: &Actor, directory: &Option<Directory>) -> Ruling {
        reads(actor, directory.as_ref())
    }

    fn object(&self) -> (&'static str, Option<String>) {
        (Network::NAME, None)
    }
}

impl Action for Place {
    type Facts = (Option<Directory>, Network);
    const NAME: &'static str = "sync_group";

    fn rule(actor: &Actor, (directory, network): &Self::Facts) -> Ruling {
        match reads(actor, directory.as_ref()) {
            Ruling::Allow => {
                network::Read::rule(actor, network).and(actor.kept().next().is_some() || governs(actor), FOR_KEEPERS)
            }
            refused => refused,
        }
    }

    fn moment((_, network): &Self::Facts) -> Result<(), Refusal> {
        // What was closed is no Group any more.
        if network.status == NetworkStatus::Closed { Err(Refusal::NotFound) } else { Ok(()) }
    }

    fn object(&self) -> (&'static str, Option<String>) {
        (Network::NAME, Some(self.1.to_string()))
    }
}

impl Action for Create {
    type Facts = Option<Directory>;
    const NAME: &'static str = "create_group";

    fn rule(actor: &Actor, directory: &Option<Directory>) -> Ruling {
        reads(actor, directory.as_ref()).and(governs(actor), FOR_THE_SIG)
    }

    fn object(&self) -> (&'static str, Option<String>) {
        (Network::NAME, None)
    }
}

impl Rename {
    /// Whether the caller may give a network another name.
    ///
    /// # Errors
    /// Only a service account of the SIG may.
    pub fn allows(actor: &Actor) -> Result<(), Refusal> {
        if governs(actor) { Ok(()) } else { Err(Refusal::Forbidden(FOR_THE_SIG)) }
    }
}

impl Action for Close {
    type Facts = (Option<Directory>, Network);
    const NAME: &'static str = "close_group";

    fn rule(actor: &Actor, facts: &Self::Facts) -> Ruling {
        Place::rule(actor, facts).and(governs(actor), FOR_THE_SIG)
    }

    fn moment(facts: &Self::Facts) -> Result<(), Refusal> {
        Place::moment(facts)
    }

    fn object(&self) -> (&'static str, Option<String>) {
        (Network::NAME, Some(self.1.to_string()))
    }
}

/// Whether members whom a directory places in a network sit there at once: where all may join, and for the SIG.
#[must_use]
pub fn seats_at_once(actor: &Actor, network: &Network) -> bool {
    network.join_policy == JoinPolicy::Automatic || governs(actor)
}
