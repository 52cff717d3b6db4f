//! What is to be written of what a directory says, and what was known before.

use std::collections::{HashMap, HashSet};

use kernel::directory::{Email, ExternalId, OrganizationLife, Profession};
use kernel::{AffiliationId, MemberId, OrganizationId, Refusal};
use serde_json::Value;

use super::{Known, UserName};
use crate::affiliation::{Position, Service};
use crate::import::Wanted;
use crate::siren::Siret;

/// What is known before a plan is made.
#[derive(Debug, Default)]
pub struct World {
    /// Members whom the directory may mean.
    pub members: HashMap<MemberId, Known>,
    /// Which member has an address.
    pub emails: HashMap<Email, MemberId>,
    /// Which organization an establishment belongs to.
    pub sirets: HashMap<Siret, OrganizationId>,
    /// Whether organizations live.
    pub lives: HashMap<OrganizationId, OrganizationLife>,
}

/// Why a directory's word is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// The name of the account is another's.
    UserName,
    /// The identifier is another's.
    ExternalId,
    /// The address is another's.
    Email,
    /// No organization has this establishment.
    Siret,
    /// The account keeps no members there.
    Place,
    /// There is no such User.
    NotFound,
    /// The User is not as the caller saw it.
    Stale,
    /// A member of the same batch is meant twice: this one is to be asked again.
    Later,
    /// A rule of the domain.
    Rule(Refusal),
}

/// A row that says what the directory said.
#[derive(Debug, Clone)]
pub struct EntryWanted {
    /// The member.
    pub member: MemberId,
    /// The name of the account.
    pub user_name: UserName,
    /// The establishment.
    pub siret: Option<Siret>,
    /// All that was said, by the names of the fields.
    pub said: Value,
    /// Whether it is removed.
    pub removed: bool,
}

/// What is done member by member, since more follows from it.
#[derive(Debug, Clone)]
pub enum Move {
    /// Rights are gone at once.
    Suspend(MemberId),
    /// They are back.
    Restore(MemberId),
    /// An affiliation ends, with what is held through it.
    Leave(AffiliationId),
    /// An affiliation begins.
    Join(MemberId, OrganizationId, Placed),
}

/// What a directory says of the place of a member.
#[derive(Debug, Clone)]
pub struct Placed {
    /// Whether it becomes the main one.
    pub is_primary: bool,
    /// Function.
    pub position: Option<Position>,
    /// Service or office.
    pub service: Option<Service>,
    /// Profession.
    pub profession: Option<Profession>,
}

/// What is to be written.
#[derive(Debug, Default)]
pub struct Plan {
    /// Members, new or changed.
    pub members: Vec<Wanted>,
    /// Affiliations, new or changed.
    pub affiliations: Vec<Wanted>,
    /// Affiliations that the directory keeps from now on.
    pub adopted: Vec<AffiliationId>,
    /// What the directory said.
    pub entries: Vec<EntryWanted>,
    /// What the directory calls members: `None` for no more.
    pub keys: Vec<(MemberId, Option<ExternalId>)>,
    /// What is done member by member.
    pub moves: Vec<Move>,
    /// Members whose profession changes.
    pub requalified: Vec<MemberId>,
    /// Organizations that new affiliations rest on.
    pub organizations: HashSet<OrganizationId>,
}

impl Plan {
    /// Whether nothing is to be written.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
            && self.affiliations.is_empty()
            && self.adopted.is_empty()
            && self.entries.is_empty()
            && self.keys.is_empty()
            && self.moves.is_empty()
    }
}
