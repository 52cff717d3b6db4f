//! Links, organizations below and service accounts follow what they rest on.

use std::collections::BTreeSet;

use diesel::prelude::*;
use kernel::schema::{organization, organization_link, service_account};
use kernel::{Label, Noun as _, OrganizationId, Refusal, Validity};
use members::organization::{Organization, OrganizationPatch, OrganizationStatus};
use members::organization_link::{LinkKind, OrganizationLink, OrganizationLinkInput};
use members::reorganization::ImpactEffect;
use members::service_account::ServiceAccount;

use crate::Result;
use crate::members::organization::{is_below, set};
use crate::members::organization_link::{end, insert};
use crate::members::service_account::tell as tell_owners;
use crate::moving::{Ledger, Moving};
use crate::moving::{both, capped};
use crate::writer::Writer;

const CIRCLE: Label = Label {
    fr: "L’organisation qui succède se trouverait au-dessous d’elle-même : choisissez-en une autre.",
    en: "The successor would stand below itself: choose another one.",
};

type Ends = (OrganizationId, OrganizationId, LinkKind);

/// Moves links from and to organizations that disappear to their successors; a link of a successor to itself ends.
pub(crate) fn carry_all(writer: &mut Writer<'_>, moving: &Moving, ledger: &mut Ledger) -> Result<()> {
    let gone = moving.gone();
    let links = organization_link::from_id.eq_any(&gone).or(organization_link::to_id.eq_any(&gone));
    let links = organization_link::table.filter(links).order(organization_link::id);
    let links = links.select(OrganizationLink::as_select()).for_no_key_update().load(writer.conn)?;
    for before in links {
        // Links to the successors of an organization that disappears stay as they are.
        let done = before.kind == LinkKind::Succeeds && !moving.takes(before.from_id);
        if !before.valid.ended_by(writer.at) && !done {
            carry(writer, moving, ledger, &before)?;
        }
    }
    Ok(())
}

fn carry(writer: &mut Writer<'_>, moving: &Moving, ledger: &mut Ledger, before: &OrganizationLink) -> Result<()> {
    let at = writer.at;
    let ends = (moving.heir(before.from_id), moving.heir(before.to_id), before.kind);
    let valid = capped(before.valid, at, None);
    let rival = rival_of(writer.conn, ends, valid)?;
    let effect = match rival {
        _ if ends.0 == ends.1 => {
            end(writer, before, at)?;
            ImpactEffect::Ended
        }
        Some(rival) => {
            end(writer, before, at)?;
            date(writer, &rival, both(rival.valid, valid))?;
            ImpactEffect::Joined
        }
        None if before.valid.from >= at => {
            repoint(writer, before, ends)?;
            ImpactEffect::Repointed
        }
        None => {
            end(writer, before, at)?;
            let new = OrganizationLinkInput { to_id: ends.1, ..OrganizationLinkInput::from(before) };
            insert(writer, ends.0, new, valid)?;
            ImpactEffect::Moved
        }
    };
    let (from, to) = (ledger.organization(writer.conn, ends.0)?, ledger.organization(writer.conn, ends.1)?);
    let to = (effect != ImpactEffect::Ended).then(|| format!("{from} · {to}"));
    tell(writer, ledger, before, effect, to)
}

fn tell(
    writer: &mut Writer<'_>,
    ledger: &mut Ledger,
    link: &OrganizationLink,
    effect: ImpactEffect,
    to: Option<String>,
) -> Result<()> {
    let (from, end) = (ledger.organization(writer.conn, link.from_id)?, ledger.organization(writer.conn, link.to_id)?);
    let name = format!("{from} · {} · {end}", link.kind.code());
    ledger.tell(OrganizationLink::NAME, (writer.known(link.id.0, link.created_at), name), effect, to);
    Ok(())
}

fn rival_of(conn: &mut PgConnection, ends: Ends, valid: Validity) -> Result<Option<OrganizationLink>> {
    let same = organization_link::table
        .filter(organization_link::from_id.eq(ends.0).and(organization_link::to_id.eq(ends.1)))
        .filter(organization_link::kind.eq(ends.2).and(organization_link::valid.overlaps_with(valid)))
        .order(organization_link::id);
    Ok(same.select(OrganizationLink::as_select()).for_no_key_update().first(conn).optional()?)
}

fn date(writer: &mut Writer<'_>, before: &OrganizationLink, valid: Validity) -> Result<()> {
    if valid == before.valid {
        return Ok(());
    }
    writer.change(before, organization_link::valid.eq(valid)).map(drop)
}

fn repoint(writer: &mut Writer<'_>, before: &OrganizationLink, ends: Ends) -> Result<()> {
    let place = (organization_link::from_id.eq(ends.0), organization_link::to_id.eq(ends.1));
    writer.change(before, place).map(drop)
}

/// A successor succeeds what went.
pub(super) fn succeed(writer: &mut Writer<'_>, successor: OrganizationId, gone: OrganizationId) -> Result<()> {
    let (ends, valid) = ((successor, gone, LinkKind::Succeeds), Validity::since(writer.at));
    if rival_of(writer.conn, ends, valid)?.is_none() {
        insert(writer, successor, OrganizationLinkInput::to(gone, LinkKind::Succeeds), valid)?;
    }
    Ok(())
}

/// A communication directorate serves these from now on, and no other.
pub(super) fn serve(
    writer: &mut Writer<'_>,
    ledger: &mut Ledger,
    dicom: OrganizationId,
    served: &BTreeSet<OrganizationId>,
) -> Result<()> {
    let at = writer.at;
    let links = organization_link::from_id.eq(dicom).and(organization_link::kind.eq(LinkKind::Serves));
    let links = organization_link::table.filter(links).order(organization_link::id);
    let links: Vec<OrganizationLink> =
        links.select(OrganizationLink::as_select()).for_no_key_update().load(writer.conn)?;
    let mut begun = BTreeSet::new();
    for before in links.iter().filter(|it| !it.valid.ended_by(at)) {
        if !served.contains(&before.to_id) {
            end(writer, before, at)?;
            tell(writer, ledger, before, ImpactEffect::Ended, None)?;
        } else if begun.insert(before.to_id) && before.valid.from > at {
            date(writer, before, Validity { from: at, to: before.valid.to })?;
            tell(writer, ledger, before, ImpactEffect::Begun, None)?;
        }
    }
    for to in served.difference(&begun) {
        let link = insert(writer, dicom, OrganizationLinkInput::to(*to, LinkKind::Serves), Validity::since(at))?;
        tell(writer, ledger, &link, ImpactEffect::Begun, None)?;
    }
    Ok(())
}

/// Moves the organizations below one that disappears to its successor; a successor that was one of them takes its place.
pub(crate) fn carry_below(writer: &mut Writer<'_>, moving: &Moving, ledger: &mut Ledger) -> Result<()> {
    let below = organization::parent_id.assume_not_null().eq_any(moving.gone());
    let below = below.and(organization::status.eq(OrganizationStatus::Active));
    let below = organization::table.filter(below).order(organization::id).select(Organization::as_select());
    for before in below.load::<Organization>(writer.conn)? {
        if moving.takes(before.id) {
            continue;
        }
        let parent = if moving.successors.contains(&before.id) {
            first_that_stays(writer.conn, moving, before.parent_id)?
        } else {
            let heir = before.parent_id.map(|parent| moving.heir(parent));
            moving.below.get(&before.id).copied().or(heir)
        };
        if let Some(parent) = parent
            && diesel::select(is_below(parent, before.id)).get_result(writer.conn)?
        {
            return Err(Refusal::InvalidAt(moving.pointer.clone(), CIRCLE).into());
        }
        set(writer, &before, OrganizationPatch { parent_id: Some(parent), ..Default::default() })?;
        let to = parent.map(|parent| ledger.organization(writer.conn, parent)).transpose()?;
        let name = before.name.to_string();
        ledger.tell(Organization::NAME, (Some(before.id.0), name), ImpactEffect::Repointed, to);
    }
    Ok(())
}

fn first_that_stays(
    conn: &mut PgConnection,
    moving: &Moving,
    mut above: Option<OrganizationId>,
) -> Result<Option<OrganizationId>> {
    // No more steps than there are organizations that go.
    for _ in 0..=moving.heirs.len() {
        match above {
            Some(id) if moving.takes(id) => {
                above = organization::table.find(id).select(organization::parent_id).first(conn)?;
            }
            found => return Ok(found),
        }
    }
    Ok(None)
}

/// Moves the service accounts of organizations that disappear to their successors.
pub(crate) fn carry_service_accounts(writer: &mut Writer<'_>, moving: &Moving, ledger: &mut Ledger) -> Result<()> {
    let here = service_account::table.filter(service_account::organization_id.eq_any(moving.gone()));
    let here = here.order(service_account::id).select(ServiceAccount::as_select()).for_no_key_update();
    for before in here.load::<ServiceAccount>(writer.conn)? {
        let heir = moving.heir(before.organization_id);
        let after = writer.change(&before, service_account::organization_id.eq(heir))?;
        tell_owners(writer, &after, vec![after.owner_id])?;
        let to = ledger.organization(writer.conn, heir)?;
        ledger.tell(
            ServiceAccount::NAME,
            (Some(before.id.0), before.name.to_string()),
            ImpactEffect::Repointed,
            Some(to),
        );
    }
    Ok(())
}
