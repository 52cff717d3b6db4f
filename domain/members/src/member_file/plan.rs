//! Which member each person of the file is, and which changes of members and affiliations follow.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use kernel::{AffiliationId, MemberId, OrganizationId, Version};
use serde_json::{Map, Value, json};

use super::{Fault, Person, Place};
use crate::import::Wanted;

/// An affiliation in force or to come.
#[derive(Debug, Clone)]
pub struct KnownAffiliation {
    /// Its identifier.
    pub id: AffiliationId,
    /// The version that was read.
    pub version: Version,
    /// Where.
    pub organization: OrganizationId,
    /// The métier.
    pub profession: Option<String>,
    /// Whether it is the main one.
    pub is_primary: bool,
    /// Who owns its fields.
    pub owners: Map<String, Value>,
}

/// A member that the file may mean.
#[derive(Debug, Clone)]
pub struct KnownMember {
    /// The version that was read.
    pub version: Version,
    /// Whether the member has not left.
    pub present: bool,
    /// The affiliations in force or to come.
    pub affiliations: Vec<KnownAffiliation>,
}

/// All members that the file may mean.
#[derive(Debug, Clone, Default)]
pub struct KnownPeople {
    /// By identifier.
    pub members: HashMap<MemberId, KnownMember>,
    /// By their identifier at this source.
    pub by_key: HashMap<String, MemberId>,
    /// Those present, by address.
    pub by_email: HashMap<String, MemberId>,
}

/// What is to be done.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// The members.
    pub members: Vec<Wanted>,
    /// Main affiliations that make room for others.
    pub demoted: Vec<Wanted>,
    /// The affiliations.
    pub affiliations: Vec<Wanted>,
    /// Members who get a place they did not have, or another main one: their rights change.
    pub placed: Vec<MemberId>,
    /// Members whose métier changes somewhere: whether they may fill a seat changes.
    pub requalified: Vec<MemberId>,
    /// The organizations that places rest on.
    pub organizations: HashSet<OrganizationId>,
}

/// Plans the import of a file without an error so far, for this source; new affiliations begin at `at`.
#[must_use]
pub fn plan(people: &[Person], known: &KnownPeople, source: &str, at: DateTime<Utc>, faults: &mut Vec<Fault>) -> Plan {
    let mut plan = Plan::default();
    let keys: HashMap<MemberId, &String> = known.by_key.iter().map(|(key, id)| (*id, key)).collect();
    let mut taken: HashMap<MemberId, u64> = HashMap::new();
    for person in people {
        let Some(found) = find(person, known, &keys, faults) else { continue };
        let id = found.unwrap_or_else(MemberId::fresh);
        if let Some(line) = taken.insert(id, person.line) {
            faults.push(Fault::new(person.line, "", format!("même membre qu’à la ligne {line}")));
            continue;
        }
        let before = found.and_then(|id| known.members.get(&id));
        plan.organizations.extend(person.places.iter().map(|place| place.organization));
        plan.members.push(Wanted {
            id: id.0,
            seen: before.map(|before| before.version),
            fields: person.fields.clone(),
            keys: person.external_id.iter().map(ToString::to_string).collect(),
        });
        Placing { plan: &mut plan, source, at, member: id, before }.all(&person.places);
    }
    plan
}

/// The member that a person is: `Some(None)` for a new one, `None` after an error.
fn find(
    person: &Person,
    known: &KnownPeople,
    keys: &HashMap<MemberId, &String>,
    faults: &mut Vec<Fault>,
) -> Option<Option<MemberId>> {
    let by_key = person.external_id.as_ref().and_then(|key| known.by_key.get(key.as_ref())).copied();
    let by_email = person.email.as_ref().and_then(|email| known.by_email.get(email.as_ref())).copied();
    if let Some(id) = by_key {
        if known.members.get(&id).is_none_or(|member| !member.present) {
            faults.push(Fault::new(person.line, "external_id", "le départ de ce membre est enregistré"));
            return None;
        }
        if by_email.is_some_and(|holder| holder != id) {
            faults.push(Fault::new(person.line, "email", "déjà celle d’un autre membre"));
            return None;
        }
        return Some(Some(id));
    }
    if let (Some(id), Some(_)) = (by_email, &person.external_id)
        && keys.contains_key(&id)
    {
        let said = "cette adresse est celle d’un membre que cette source connaît sous un autre identifiant";
        faults.push(Fault::new(person.line, "external_id", said));
        return None;
    }
    Some(by_email)
}

/// The places of one person.
struct Placing<'a> {
    plan: &'a mut Plan,
    source: &'a str,
    at: DateTime<Utc>,
    member: MemberId,
    before: Option<&'a KnownMember>,
}

impl Placing<'_> {
    fn all(&mut self, places: &[Place]) {
        let held = self.before.map(|before| before.affiliations.as_slice()).unwrap_or_default();
        let main = self.main(places, held);
        let mut changes_rights = false;
        for place in places {
            let mut fields = place.fields.clone();
            let is_main = main == Some(place.organization);
            if let Some(there) = held.iter().find(|it| it.organization == place.organization) {
                self.requalify(there, &fields);
                if is_main && !there.is_primary {
                    fields.insert("is_primary".into(), json!(true));
                    changes_rights = true;
                }
                self.plan.affiliations.push(Wanted {
                    id: there.id.0,
                    seen: Some(there.version),
                    fields,
                    keys: Vec::new(),
                });
                continue;
            }
            changes_rights = true;
            fields.insert("is_primary".into(), json!(is_main));
            fields.insert("member_id".into(), json!(self.member));
            fields.insert("organization_id".into(), json!(place.organization));
            fields.insert("valid".into(), json!(format!("[{},)", self.at.to_rfc3339())));
            self.plan.affiliations.push(Wanted { id: AffiliationId::fresh().0, seen: None, fields, keys: Vec::new() });
        }
        if let Some(main) = main {
            for other in held.iter().filter(|it| it.is_primary && it.organization != main) {
                let fields = Map::from_iter([("is_primary".to_owned(), json!(false))]);
                self.plan.demoted.push(Wanted { id: other.id.0, seen: Some(other.version), fields, keys: Vec::new() });
            }
        }
        if changes_rights && self.before.is_some() {
            self.plan.placed.push(self.member);
        }
    }

    /// The organization of the main affiliation: the one that the file names, unless a person decided otherwise; else the
    /// first one, for a member who has none.
    fn main(&self, places: &[Place], held: &[KnownAffiliation]) -> Option<OrganizationId> {
        let said = places.iter().find(|place| place.primary == Some(true)).map(|place| place.organization);
        let decided = |it: &KnownAffiliation| !self.may_say(it, "is_primary");
        let concerned = |it: &&KnownAffiliation| it.is_primary || Some(it.organization) == said;
        if held.iter().any(|it| it.is_primary) {
            return said.filter(|_| !held.iter().filter(concerned).any(decided));
        }
        said.or_else(|| places.iter().find(|it| it.primary.is_none()).or(places.first()).map(|it| it.organization))
    }

    fn requalify(&mut self, there: &KnownAffiliation, fields: &Map<String, Value>) {
        let other = fields.get("profession").is_some_and(|now| now.as_str() != there.profession.as_deref());
        if other && self.may_say(there, "profession") {
            self.plan.requalified.push(self.member);
        }
    }

    fn may_say(&self, there: &KnownAffiliation, field: &str) -> bool {
        there.owners.get(field).is_none_or(|owner| owner == self.source)
    }
}
