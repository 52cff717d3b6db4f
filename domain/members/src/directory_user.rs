//! Users: members as the directory of a service account knows them (SCIM, RFC 7643).

mod known;
mod plan;
mod planner;

use chrono::{DateTime, Utc};
use kernel::directory::{Directory, Email, ExternalId, GivenName, OrganizationReference, Profession, UsualName};
use kernel::{
    Action, Actor, AffiliationId, FieldSources, Label, MemberId, MemberOrigin, NetworkId, Noun as _, PrincipalId,
    Ruling, Version, text,
};
use serde::Deserialize;

use crate::affiliation::{Position, Service};
use crate::contact::Phone;
use crate::member::{Language, Member};
use crate::siren::Siret;

pub use known::{Entry, Field, Known};
pub use plan::{EntryWanted, Move, Placed, Plan, Refused, World};
pub use planner::Planner;

text!(
    /// Name of an account in a directory.
    UserName, 1..=254, Line
);

impl UserName {
    /// Names that differ by case alone are one.
    #[must_use]
    pub fn key(&self) -> String {
        self.as_ref().to_lowercase()
    }
}

/// A member as a directory knows them.
#[derive(Debug, Clone)]
pub struct DirectoryUser {
    /// The member.
    pub id: MemberId,
    /// The name of the account.
    pub user_name: UserName,
    /// The identifier that the directory gives.
    pub external_id: Option<ExternalId>,
    /// Given name (prénom).
    pub given_name: GivenName,
    /// Name in use (nom d’usage).
    pub usual_name: UsualName,
    /// Given name and usual name, for display.
    pub display_name: String,
    /// Professional e-mail address.
    pub email: Option<Email>,
    /// Professional telephone numbers.
    pub phones: Vec<Phone>,
    /// Languages, the best first.
    pub languages: Vec<Language>,
    /// Whether the account may be used, and the directory has the member somewhere.
    pub active: bool,
    /// The establishment that the directory named.
    pub siret: Option<Siret>,
    /// The affiliations in force, that of the directory first.
    pub affiliations: Vec<UserAffiliation>,
    /// Networks in which the directory placed the member.
    pub groups: Vec<UserGroup>,
    /// The fields that others keep.
    pub locked: Vec<Field>,
    /// Grows with each change.
    pub version: i32,
    /// When the directory made it known.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl DirectoryUser {
    /// Where the directory has the member.
    #[must_use]
    pub fn place(&self) -> Option<&UserAffiliation> {
        self.affiliations.iter().find(|it| it.own)
    }
}

/// An affiliation in force, as a directory sees it.
#[derive(Debug, Clone, Deserialize)]
pub struct UserAffiliation {
    /// Identifier of the affiliation.
    pub id: AffiliationId,
    /// Version of the affiliation.
    pub version: Version,
    /// The organization.
    pub organization: OrganizationReference,
    /// The origin of its members.
    pub origin: MemberOrigin,
    /// Whether this directory keeps it.
    pub own: bool,
    /// Code of the source that keeps it.
    pub managed_by: String,
    /// Whether a directory may keep it from now on: people do, or a file.
    pub adoptable: bool,
    /// Whether it is the main one.
    pub is_primary: bool,
    /// Function.
    pub position: Option<Position>,
    /// Service or office.
    pub service: Option<Service>,
    /// Profession (métier).
    pub profession: Option<Profession>,
    /// Whose its fields are.
    pub field_sources: FieldSources,
}

/// A network in which a directory placed a member.
#[derive(Debug, Clone, Deserialize)]
pub struct UserGroup {
    /// The network.
    pub id: NetworkId,
    /// Its name.
    pub name: String,
}

/// What a directory says of a member: all of it, at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryUserInput {
    /// The name of the account.
    pub user_name: UserName,
    /// The identifier that the directory gives.
    pub external_id: Option<ExternalId>,
    /// Given name (prénom).
    pub given_name: GivenName,
    /// Name in use (nom d’usage).
    pub usual_name: UsualName,
    /// Professional e-mail address.
    pub email: Option<Email>,
    /// Professional telephone numbers.
    pub phones: Vec<Phone>,
    /// Languages, the best first. Absent: as they are, or French.
    pub languages: Option<Vec<Language>>,
    /// Whether the account may be used.
    pub active: bool,
    /// The establishment, where it is not that of the service account.
    pub siret: Option<Siret>,
    /// Function.
    pub position: Option<Position>,
    /// Service or office.
    pub service: Option<Service>,
    /// Profession (métier).
    pub profession: Option<Profession>,
}

const FOR_DIRECTORIES: Label = Label {
    fr: "SCIM est réservé aux comptes de service qui parlent pour un annuaire et peuvent lire l’annuaire.",
    en: "SCIM is for service accounts that speak for a directory and may read the directory.",
};
const FOR_KEEPERS: Label = Label {
    fr: "Ce compte de service ne tient les membres d’aucune organisation\u{a0}: il lui faut «\u{a0}directory:write\u{a0}», un annuaire et une ou un responsable qui les tient.",
    en: "This service account keeps the members of no organization: it needs directory:write, a directory, and an owner who keeps them.",
};

/// Read Users: a service account that may read the directory and speaks for one.
#[derive(Debug, Clone, Copy)]
pub struct Read(pub PrincipalId);

/// Write Users: a service account that keeps the members of an organization.
#[derive(Debug, Clone, Copy)]
pub struct Write(pub PrincipalId);

impl Action for Read {
    type Facts = Option<Directory>;
    const NAME: &'static str = "read_users";

    fn rule(actor: &Actor, directory: &Option<Directory>) -> Ruling {
        let own = directory.as_ref().is_some_and(|it| it.is_of(actor));
        Ruling::Allow.and(own && actor.is_insider(), FOR_DIRECTORIES)
    }

    fn object(&self) -> (&'static str, Option<String>) {
        (Member::NAME, None)
    }
}

impl Action for Write {
    type Facts = Option<Directory>;
    const NAME: &'static str = "sync_users";

    fn rule(actor: &Actor, directory: &Option<Directory>) -> Ruling {
        Read::rule(actor, directory).and(actor.kept().next().is_some(), FOR_KEEPERS)
    }

    fn object(&self) -> (&'static str, Option<String>) {
        (Member::NAME, None)
    }
}
