//! What the directory makes of our organizations: which record is which of them, and what it says of each.

use std::collections::{HashMap, HashSet};

use kernel::directory::{OrganizationKind, OrganizationName};
use kernel::{MemberOrigin, OrganizationId, Version};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::describe::describe;
use super::hierarchy::{Placed, place};
use super::kinds::Kinds;
use super::matching::{Target, find, prefecture};
use super::{Entry, Oddity, Report};
use crate::import::Wanted;
use crate::organization::{OrganizationStatus, PrefectureLevel};

/// An organization that is there already.
#[derive(Debug, Clone)]
pub struct KnownOrganization {
    /// Its identifier.
    pub id: OrganizationId,
    /// The version that was read.
    pub version: Version,
    /// What it is.
    pub kind: OrganizationKind,
    /// The origin of its members, where it is not the one of its kind.
    pub origin_override: Option<MemberOrigin>,
    /// Of what, for a prefecture.
    pub level: Option<PrefectureLevel>,
    /// Its name.
    pub name: OrganizationName,
    /// Its other names.
    pub aliases: Vec<OrganizationName>,
    /// Its SIRETs.
    pub sirets: Vec<String>,
    /// Its territory.
    pub territory: Option<String>,
    /// What it belongs to.
    pub parent: Option<OrganizationId>,
    /// Where it stands in its life.
    pub status: OrganizationStatus,
    /// Who owns its fields.
    pub owners: Map<String, Value>,
}

impl KnownOrganization {
    /// Whether the directory wrote this field.
    pub(super) fn is_from_directory(&self, field: &str) -> bool {
        self.owners.get(field).is_some_and(|owner| owner == SOURCE)
    }

    /// Whether the directory may write this field: it did before, or nobody did.
    #[must_use]
    pub fn is_open_to_directory(&self, field: &str) -> bool {
        self.is_from_directory(field) || !self.owners.contains_key(field)
    }
}

/// The directory, as a source.
pub const SOURCE: &str = "dila";

/// All that is there already.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// The organizations.
    pub organizations: Vec<KnownOrganization>,
    /// Which of them a record of the directory is.
    pub records: HashMap<Uuid, OrganizationId>,
    /// The codes of the territories.
    pub territories: HashSet<String>,
}

/// What is to be done.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// The organizations as the directory wants them.
    pub wanted: Vec<Wanted>,
    /// How many were known by the directory's identifier, by SIRET, as the prefecture of a department, or by a seeded name.
    pub known_by: [usize; 4],
}

/// Plans the import of good records.
#[must_use]
pub fn plan(entries: Vec<Entry>, kinds: &Kinds, known: &Known, depth: usize, report: &mut Report) -> Plan {
    let mut seen = HashSet::new();
    let mut entries = entries;
    entries.retain(|entry| {
        let first = seen.insert(entry.id);
        if !first {
            report.note(Oddity::DuplicateRecord, entry.id, entry.name.as_ref(), "");
        }
        first
    });
    let by_id: HashMap<OrganizationId, &KnownOrganization> = known.organizations.iter().map(|it| (it.id, it)).collect();
    let above = |record: Uuid| {
        let parent = by_id.get(known.records.get(&record)?)?.parent?;
        by_id.get(&parent).map(|parent| parent.kind)
    };
    let placed = place(&entries, kinds, &above, report);
    let taken: Vec<bool> =
        entries.iter().zip(&placed).map(|(entry, placed)| is_taken(entry, placed, depth, report)).collect();
    let (targets, known_by) = find(known, &by_id, &entries, &placed, &taken, report);
    let mut wanted = Vec::new();
    for (place, (entry, target)) in entries.iter().zip(&targets).enumerate() {
        let (Some(Target { id, own: true }), Some(here)) = (target, placed.get(place)) else { continue };
        let parent = parent_of(place, *id, &placed, &targets);
        let before = by_id.get(id).copied();
        let within = here.rule.is_some_and(|rule| rule.within) && before.is_none_or(|before| before.parent.is_none());
        let parent = parent.or_else(|| if within { prefecture(known, entry, None) } else { None });
        let fields = describe(entry, here, before, parent, known, report);
        let keys = vec![entry.id.to_string()];
        wanted.push(Wanted { id: id.0, seen: before.map(|it| it.version), fields, keys });
    }
    cut_circles(&mut wanted, &by_id, report);
    Plan { wanted, known_by }
}

fn is_taken(entry: &Entry, placed: &Placed<'_>, depth: usize, report: &mut Report) -> bool {
    let ours = placed.rule.is_some();
    if !ours {
        let untyped = entry.kind.is_empty() && entry.pivot.is_none();
        let what = entry.pivot.as_deref().unwrap_or(&entry.kind);
        report.note(if untyped { Oddity::Grouping } else { Oddity::NotState }, entry.id, entry.name.as_ref(), what);
    } else if placed.level > depth + 1 {
        report.note(Oddity::TooDeep, entry.id, entry.name.as_ref(), &(placed.level - 1).to_string());
        return false;
    }
    ours
}

/// The nearest record above that is an organization here, and another one.
fn parent_of(
    place: usize,
    own: OrganizationId,
    placed: &[Placed<'_>],
    targets: &[Option<Target>],
) -> Option<OrganizationId> {
    let mut above = placed.get(place)?.parent;
    while let Some(here) = above {
        match targets.get(here).copied().flatten() {
            Some(target) if target.id != own => return Some(target.id),
            _ => above = placed.get(here)?.parent,
        }
    }
    None
}

/// An organization never stands below itself, whatever stands here already.
fn cut_circles(wanted: &mut [Wanted], by_id: &HashMap<OrganizationId, &KnownOrganization>, report: &mut Report) {
    let mut parents: HashMap<Uuid, Uuid> = by_id.values().filter_map(|it| Some((it.id.0, it.parent?.0))).collect();
    for one in wanted {
        let Some(parent) = one.fields.get("parent_id").and_then(Value::as_str).and_then(|id| id.parse().ok()) else {
            continue;
        };
        let mut above = Some(parent);
        while above.is_some_and(|here| here != one.id) {
            above = above.and_then(|here| parents.get(&here).copied());
        }
        if above.is_some() {
            one.fields.remove("parent_id");
            let name = one.fields.get("name").and_then(Value::as_str).unwrap_or_default();
            report.note(Oddity::Circle, one.keys.join(" "), name, "");
        } else {
            parents.insert(one.id, parent);
        }
    }
}
