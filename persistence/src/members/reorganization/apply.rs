//! The operations of a plan, one after the other, at one instant.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use kernel::directory::OrganizationKind;
use kernel::schema::{affiliation, organization};
use kernel::{Label, Noun as _, OrganizationId, Refusal};
use members::affiliation::Affiliation;
use members::organization::{Organization, OrganizationInput, OrganizationPatch, OrganizationStatus};
use members::reorganization::{
    ImpactEffect, LocalRef, Merge, Operation, Place, Relink, Rename, ReorganizationImpact, Split, Successor,
    SuccessorInput, plan,
};

use super::registry::{carry_everything, kinds};
use super::{links, lock};
use crate::members::organization::{insert, set};
use crate::moving::{Ledger, Moving};
use crate::writer::Writer;
use crate::{Error, Result};

const NOWHERE: Label = Label {
    fr: "Cette organisation n’existe pas : vérifiez son identifiant.",
    en: "This organization does not exist: check its identifier.",
};
const NO_DICOM: Label = Label {
    fr: "Cette organisation n’est pas une direction de la communication.",
    en: "This organization is not a communication directorate.",
};
const NOT_THERE: Label = Label {
    fr: "Indiquez un rattachement en cours à l’organisation scindée, ou une organisation qui en dépend directement.",
    en: "Name an affiliation in force to the organization that is split, or an organization directly below it.",
};

/// Carries out a plan over what is locked already, and tells all that it did.
pub(super) fn carry_out(writer: &mut Writer<'_>, operations: &[Operation]) -> Result<ReorganizationImpact> {
    plan::check(operations)?;
    let concerned = lock::named(operations);
    all_alive(writer.conn, operations, &concerned)?;
    let networks = lock::networks_of(writer.conn, &concerned)?;
    let mut work = Work { ledger: Ledger::open(writer, &networks, kinds())?, created: BTreeMap::new() };
    for (number, operation) in operations.iter().enumerate() {
        let pointer = format!("/operations/{number}");
        match operation {
            Operation::Rename(it) => work.rename(writer, it)?,
            Operation::Merge(it) => work.merge(writer, it, &pointer)?,
            Operation::Split(it) => work.split(writer, it, &pointer)?,
            Operation::Relink(it) => work.relink(writer, it, &pointer)?,
        }
    }
    work.ledger.close(writer)
}

/// Checks that every organization that is named exists and is active.
fn all_alive(conn: &mut PgConnection, operations: &[Operation], named: &[OrganizationId]) -> Result<()> {
    let rows = organization::table.filter(organization::id.eq_any(named)).select(Organization::as_select());
    let rows: BTreeMap<OrganizationId, Organization> =
        rows.load(conn)?.into_iter().map(|row: Organization| (row.id, row)).collect();
    for mention in plan::mentions(operations) {
        if let Place::Existing(id) = mention.place {
            rows.get(&id).ok_or(Refusal::InvalidAt(mention.pointer, NOWHERE))?.life().alive()?;
        }
    }
    Ok(())
}

/// What the operations have done so far: the ledger of changes, and the organizations created.
struct Work {
    ledger: Ledger,
    created: BTreeMap<LocalRef, OrganizationId>,
}

impl Work {
    fn rename(&mut self, writer: &mut Writer<'_>, it: &Rename) -> Result<()> {
        let before = find(writer.conn, it.organization_id)?;
        let short_name = it.short_name.clone().map(Some);
        let patch = OrganizationPatch { name: Some(it.name.clone()), short_name, ..Default::default() };
        set(writer, &before, patch)?;
        let object = (Some(before.id.0), before.name.to_string());
        self.ledger.tell(Organization::NAME, object, ImpactEffect::Renamed, Some(it.name.to_string()));
        Ok(())
    }

    fn merge(&mut self, writer: &mut Writer<'_>, it: &Merge, pointer: &str) -> Result<()> {
        let into = self.successor(writer, &it.into)?;
        let heirs = it.organization_ids.iter().map(|id| (*id, into)).collect();
        let pointer = format!("{pointer}/into");
        let moving = Moving { pointer, successors: vec![into], heirs, ..Moving::default() };
        self.go(writer, &moving, OrganizationStatus::Merged, ImpactEffect::Merged)
    }

    fn split(&mut self, writer: &mut Writer<'_>, it: &Split, pointer: &str) -> Result<()> {
        let mut successors = Vec::new();
        for successor in &it.successors {
            successors.push(self.successor(writer, successor)?);
        }
        let heir = self.place(&it.default_successor)?;
        let mut moving = Moving { successors, heirs: [(it.organization_id, heir)].into(), ..Moving::default() };
        for (number, assignment) in it.assignments.iter().enumerate() {
            let to = self.place(&assignment.successor)?;
            let here = is_there(writer, it.organization_id, assignment)?;
            if !here {
                return Err(Refusal::InvalidAt(format!("{pointer}/assignments/{number}"), NOT_THERE).into());
            }
            moving.affiliations.extend(assignment.affiliation_id.map(|id| (id, to)));
            moving.below.extend(assignment.organization_id.map(|id| (id, to)));
        }
        moving.pointer = format!("{pointer}/successors");
        self.go(writer, &moving, OrganizationStatus::Split, ImpactEffect::Split)
    }

    fn relink(&mut self, writer: &mut Writer<'_>, it: &Relink, pointer: &str) -> Result<()> {
        let dicom = self.place(&it.dicom)?;
        if find(writer.conn, dicom)?.kind != OrganizationKind::CommunicationDirectorate {
            return Err(Refusal::InvalidAt(format!("{pointer}/dicom"), NO_DICOM).into());
        }
        let served = it.serves.iter().map(|place| self.place(place)).collect::<Result<BTreeSet<_>>>()?;
        links::serve(writer, &mut self.ledger, dicom, &served)
    }

    /// Moves everything that depends on the organizations that disappear, then marks them as merged or split.
    fn go(
        &mut self,
        writer: &mut Writer<'_>,
        moving: &Moving,
        status: OrganizationStatus,
        effect: ImpactEffect,
    ) -> Result<()> {
        carry_everything(writer, moving, &mut self.ledger)?;
        for id in moving.gone() {
            let before = find(writer.conn, id)?;
            let end = (organization::status.eq(status), organization::successor_ids.eq(&moving.successors));
            writer.end(&before, end)?;
            let mut names = Vec::new();
            for successor in &moving.successors {
                links::succeed(writer, *successor, id)?;
                names.push(self.ledger.organization(writer.conn, *successor)?);
            }
            let object = (Some(id.0), before.name.to_string());
            self.ledger.tell(Organization::NAME, object, effect, Some(names.join(" · ")));
        }
        Ok(())
    }

    fn place(&self, it: &Place) -> Result<OrganizationId> {
        match it {
            Place::Existing(id) => Ok(*id),
            Place::Created(local) => {
                let created = self.created.get(local).copied();
                created.ok_or_else(|| Error::Fault(format!("nothing is called {local}").into()))
            }
        }
    }

    fn successor(&mut self, writer: &mut Writer<'_>, it: &Successor) -> Result<OrganizationId> {
        match it {
            Successor::Place(place) => self.place(place),
            Successor::New(new) => self.create(writer, new),
        }
    }

    fn create(&mut self, writer: &mut Writer<'_>, new: &SuccessorInput) -> Result<OrganizationId> {
        let created = insert(writer, OrganizationInput::of(new))?;
        self.created.insert(new.r#ref.clone(), created.id);
        self.ledger.tell(Organization::NAME, (None, new.name.to_string()), ImpactEffect::Created, None);
        Ok(created.id)
    }
}

/// Whether what is assigned rests on the organization that is split.
fn is_there(
    writer: &mut Writer<'_>,
    split: OrganizationId,
    assignment: &members::reorganization::Assignment,
) -> Result<bool> {
    if let Some(id) = assignment.affiliation_id {
        let place = affiliation::table.find(id).select(Affiliation::as_select()).first(writer.conn).optional()?;
        return Ok(place.is_some_and(|it| it.organization_id == split && !it.valid.ended_by(writer.at)));
    }
    let below = assignment.organization_id.map(|id| find(writer.conn, id)).transpose()?;
    Ok(below.is_some_and(|it| it.parent_id == Some(split)))
}

fn find(conn: &mut PgConnection, id: OrganizationId) -> Result<Organization> {
    Ok(organization::table.find(id).select(Organization::as_select()).first(conn)?)
}
