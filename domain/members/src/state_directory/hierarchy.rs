//! Who stands under whom. Parents list their children there; here a service has one parent, and no circle.

use std::collections::{HashMap, HashSet, VecDeque};

use kernel::directory::OrganizationKind;
use uuid::Uuid;

use super::kinds::{Kinds, Rule};
use super::{Entry, Oddity, Report};

/// How many levels under a directorate are taken, unless asked.
pub const DEPTH: usize = 2;

/// Where a record stands.
#[derive(Clone)]
pub(super) struct Placed<'a> {
    /// Its kind; none for a record that is not imported.
    pub(super) rule: Option<&'a Rule>,
    /// Its kind, where it may take over the one above.
    pub(super) kind: OrganizationKind,
    /// Levels from the directorate, which is 1; a ministry is 0.
    pub(super) level: usize,
    /// The record it stands under.
    pub(super) parent: Option<usize>,
}

/// Places every record, from the top down.
pub(super) fn place<'a>(
    entries: &[Entry],
    kinds: &'a Kinds,
    known_above: &dyn Fn(Uuid) -> Option<OrganizationKind>,
    report: &mut Report,
) -> Vec<Placed<'a>> {
    let parents = parents(entries, report);
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); entries.len()];
    let mut waiting: VecDeque<usize> = VecDeque::new();
    for (child, parent) in parents.iter().enumerate() {
        match parent.and_then(|parent| children.get_mut(parent)) {
            Some(below) => below.push(child),
            None => waiting.push_back(child),
        }
    }
    let mut placed: HashMap<usize, Placed<'a>> = HashMap::with_capacity(entries.len());
    while let Some(here) = waiting.pop_front() {
        waiting.extend(children.get(here).into_iter().flatten());
        let Some(entry) = entries.get(here) else { continue };
        let parent = parents.get(here).copied().flatten();
        // A record that is not imported passes its children on to the record above it.
        let above = parent.and_then(|parent| placed.get(&parent)).and_then(|it| it.through(parent));
        let above = above.and_then(|above| placed.get(&above).map(|it| (above, it.kind, it.level)));
        let rule = kinds.of(entry);
        let over = above.map(|(_, kind, _)| kind).or_else(|| known_above(entry.id));
        let kind = rule.map_or(OrganizationKind::Observer, |rule| {
            over.filter(|kind| rule.inherits.contains(kind)).unwrap_or(rule.kind)
        });
        let level = if rule.is_some_and(|rule| rule.head) { 0 } else { above.map_or(1, |(_, _, level)| level + 1) };
        placed.insert(here, Placed { rule, kind, level, parent: above.map(|(above, _, _)| above) });
    }
    (0..entries.len()).filter_map(|here| placed.remove(&here)).collect()
}

impl Placed<'_> {
    /// The record that stands here for what is below: itself, or the one above.
    fn through(&self, own: Option<usize>) -> Option<usize> {
        if self.rule.is_some() { own } else { self.parent }
    }
}

/// The parent of each record: the first that lists it as its own, else the first that lists it at all.
fn parents(entries: &[Entry], report: &mut Report) -> Vec<Option<usize>> {
    let places: HashMap<String, usize> =
        entries.iter().enumerate().map(|(place, entry)| (entry.id.to_string(), place)).collect();
    let mut links = Vec::new();
    for (parent, entry) in entries.iter().enumerate() {
        let mut seen = HashSet::new();
        let mut repeated = HashSet::new();
        for child in entry.children.iter().filter(|child| child.own).chain(entry.children.iter().filter(|it| !it.own)) {
            if !seen.insert(&child.id) {
                if repeated.insert(&child.id) {
                    report.note(Oddity::DuplicateLink, entry.id, entry.name.as_ref(), &child.id);
                }
                continue;
            }
            match places.get(&child.id) {
                None => report.note(Oddity::DanglingLink, entry.id, entry.name.as_ref(), &child.id),
                Some(place) => links.push((!child.own, parent, *place)),
            }
        }
    }
    // The tie of an own service counts first; the order of the file decides among equals.
    links.sort_by_key(|(other, _, _)| *other);
    let mut parents: Vec<Option<usize>> = vec![None; entries.len()];
    for (_, parent, child) in links {
        let (Some(slot), Some(entry)) = (parents.get_mut(child), entries.get(child)) else { continue };
        if slot.is_none() {
            *slot = Some(parent);
        } else {
            let other = entries.get(parent).map(|other| other.id.to_string()).unwrap_or_default();
            report.note(Oddity::SeveralParents, entry.id, entry.name.as_ref(), &other);
        }
    }
    cut_circles(entries, &mut parents, report);
    parents
}

fn cut_circles(entries: &[Entry], parents: &mut [Option<usize>], report: &mut Report) {
    let mut good = HashSet::new();
    for start in 0..entries.len() {
        let mut path = Vec::new();
        let mut on_path = HashSet::new();
        let mut here = Some(start);
        while let Some(place) = here.filter(|place| !good.contains(place)) {
            on_path.insert(place);
            path.push(place);
            here = parents.get(place).copied().flatten();
            if here.is_some_and(|above| on_path.contains(&above)) {
                if let (Some(slot), Some(entry)) = (parents.get_mut(place), entries.get(place)) {
                    *slot = None;
                    report.note(Oddity::Circle, entry.id, entry.name.as_ref(), "");
                }
                here = None;
            }
        }
        good.extend(path);
    }
}
