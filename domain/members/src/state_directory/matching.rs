//! Which record is which organization: by the directory's identifier, else by SIRET, else the prefecture of its department,
//! else a seeded organization of that name, else a new one.

use std::collections::HashMap;

use kernel::OrganizationId;
use kernel::directory::OrganizationKind;
use kernel::text::fold;
use uuid::Uuid;

use super::describe::territory_of;
use super::hierarchy::Placed;
use super::plan::{Known, KnownOrganization};
use super::{Entry, Oddity, Report};
use crate::organization::{OrganizationStatus, PrefectureLevel};

type ById<'a> = HashMap<OrganizationId, &'a KnownOrganization>;

/// The organization of a record: its own, or that of an earlier record for the same organization.
#[derive(Debug, Clone, Copy)]
pub(super) struct Target {
    pub(super) id: OrganizationId,
    pub(super) own: bool,
}

/// The organization of each record that is taken, and how many were known in each of the four ways.
pub(super) fn find(
    known: &Known,
    by_id: &ById<'_>,
    entries: &[Entry],
    placed: &[Placed<'_>],
    taken: &[bool],
    report: &mut Report,
) -> (Vec<Option<Target>>, [usize; 4]) {
    let mut claims = Claims { by_id, owner: HashMap::new(), known_by: [0; 4] };
    let mut targets = vec![None; entries.len()];
    // What the directory's own identifier says comes before what is concluded from the rest.
    for ((entry, taken), target) in entries.iter().zip(taken).zip(&mut targets) {
        if let Some(id) = known.records.get(&entry.id).filter(|_| *taken) {
            *target = claims.claim(entry, *id, 0, report);
        }
    }
    let (by_siret, seeded) = (by_siret(known), seeded(known));
    let mut fresh: HashMap<&str, OrganizationId> = HashMap::new();
    for (((entry, placed), taken), target) in entries.iter().zip(placed).zip(taken).zip(&mut targets) {
        let Some(rule) = placed.rule.filter(|_| *taken && !known.records.contains_key(&entry.id)) else { continue };
        let siret = entry.siret.as_ref().map(AsRef::as_ref);
        let holders = siret.and_then(|siret| by_siret.get(siret)).map(Vec::as_slice).unwrap_or_default();
        if holders.len() > 1 {
            report.note(Oddity::AmbiguousSiret, entry.id, entry.name.as_ref(), siret.unwrap_or_default());
            continue;
        }
        let found = holders.first().or_else(|| fresh.get(siret?)).map(|id| (*id, 1));
        let seat = || if rule.seat { prefecture(known, entry, rule.level) } else { None };
        let found = found.or_else(|| seat().map(|id| (id, 2)));
        let name = fold(rule.seeded.as_deref().unwrap_or_else(|| entry.name.as_ref()));
        if let Some((id, how)) = found.or_else(|| seeded.get(&name).map(|id| (*id, 3))) {
            *target = claims.claim(entry, id, how, report);
            continue;
        }
        let id = OrganizationId::fresh();
        claims.owner.insert(id, entry.id);
        fresh.extend(siret.map(|siret| (siret, id)));
        *target = Some(Target { id, own: true });
    }
    (targets, claims.known_by)
}

/// Which record has which organization.
struct Claims<'a> {
    by_id: &'a ById<'a>,
    owner: HashMap<OrganizationId, Uuid>,
    known_by: [usize; 4],
}

impl Claims<'_> {
    /// Gives an organization to a record, unless another record has it or it is no longer active.
    fn claim(&mut self, entry: &Entry, id: OrganizationId, how: usize, report: &mut Report) -> Option<Target> {
        if self.by_id.get(&id).is_some_and(|known| known.status != OrganizationStatus::Active) {
            report.note(Oddity::Inactive, entry.id, entry.name.as_ref(), &id.to_string());
            return None;
        }
        if let Some(first) = self.owner.get(&id) {
            report.note(Oddity::SameOrganization, entry.id, entry.name.as_ref(), &first.to_string());
            return Some(Target { id, own: false });
        }
        self.owner.insert(id, entry.id);
        if let Some(count) = self.known_by.get_mut(how) {
            *count += 1;
        }
        Some(Target { id, own: true })
    }
}

/// The organizations with each SIRET: the active ones, or else the former ones.
fn by_siret(known: &Known) -> HashMap<&str, Vec<OrganizationId>> {
    let mut by_siret: HashMap<&str, Vec<OrganizationId>> = HashMap::new();
    let dead = known.organizations.iter().filter(|it| it.status != OrganizationStatus::Active);
    for (holder, siret) in alive(known).flat_map(|it| it.sirets.iter().map(move |siret| (it.id, siret))) {
        by_siret.entry(siret).or_default().push(holder);
    }
    for (holder, siret) in dead.flat_map(|it| it.sirets.iter().map(move |siret| (it.id, siret))) {
        by_siret.entry(siret).or_insert_with(|| vec![holder]);
    }
    by_siret
}

/// The seeded organizations by name, where one alone has it.
fn seeded(known: &Known) -> HashMap<String, OrganizationId> {
    let mut seeded: HashMap<String, Option<OrganizationId>> = HashMap::new();
    for known in alive(known).filter(|it| it.owners.get("name").is_some_and(|owner| owner == "reference")) {
        let alone = |before: &mut Option<OrganizationId>| *before = None;
        seeded.entry(fold(known.name.as_ref())).and_modify(alone).or_insert(Some(known.id));
    }
    seeded.into_iter().filter_map(|(name, id)| Some((name, id?))).collect()
}

/// The prefecture of the department where a record sits, or its prefecture of police.
pub(super) fn prefecture(known: &Known, entry: &Entry, level: Option<PrefectureLevel>) -> Option<OrganizationId> {
    let code = entry.insee.as_deref().and_then(territory_of)?;
    // Saint-Barthélemy has its prefect in Saint-Martin.
    let code = if code == "om-977" { "om-978" } else { &code };
    let police = |level: Option<PrefectureLevel>| level == Some(PrefectureLevel::Police);
    let mut all = alive(known).filter(|it| it.kind == OrganizationKind::Prefecture);
    all.find(|it| it.territory.as_deref() == Some(code) && police(it.level) == police(level)).map(|it| it.id)
}

fn alive(known: &Known) -> impl Iterator<Item = &KnownOrganization> {
    known.organizations.iter().filter(|it| it.status == OrganizationStatus::Active)
}
