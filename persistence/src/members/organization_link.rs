//! SQL of links between organizations.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use kernel::directory::OrganizationLife;
use kernel::schema::organization_link;
use kernel::{
    AsOf, Grant, Label, OrganizationId, OrganizationLinkId, PageQuery, Refusal, Validity, Versions, VoidReason, Voided,
};
use members::affiliation::Ending;
use members::organization_link::{
    Create, End, LinkKind, List, OrganizationLink, OrganizationLinkInput, OrganizationLinkPage, OrganizationLinkView,
    Read, Void,
};
use uuid::Uuid;

use crate::aftermath::Aftermath;
use crate::error::{Meaning, OVERLAP};
use crate::kept::{Ends, kept, known};
use crate::members::reorganization;
use crate::moving::{Fate, Resting};
use crate::page::{UP, keyset};
use crate::resting::resting_on;
use crate::stamps::born;
use crate::store::Known;
use crate::writer::Writer;
use crate::{Again, Error, Result, Store};

impl Store<'_> {
    /// The links from and to an organization, in force now or at the end of a past day.
    ///
    /// # Errors
    /// There is no such organization; the caller may not see links; the cursor is not valid for this list.
    pub fn organization_links(
        &mut self,
        id: OrganizationId,
        as_of: Option<AsOf>,
        page: &PageQuery,
    ) -> Result<OrganizationLinkPage> {
        self.organization(id, None)?;
        self.permit(List(id))?;
        let at = AsOf::or_now(as_of)?;
        let query = OrganizationLink::query()
            .filter(organization_link::from_id.eq(id).or(organization_link::to_id.eq(id)))
            .filter(organization_link::valid.contains(at))
            .into_boxed();
        let key = |it: &OrganizationLink| it.id;
        let found = keyset!(self.reading().0, query, page, UP, key => organization_link::id);
        Ok(found.map(|it| self.seen(it)))
    }

    /// Records the link that was granted.
    ///
    /// # Errors
    /// It stands already at that time; an organization does not exist.
    pub fn create_organization_link(&mut self, grant: Grant<Create>) -> Result<OrganizationLinkView> {
        let created = self.write(grant, |writer, _, Create((from, new)), _| {
            let valid = Validity::since(new.valid_from.map_or(writer.at, |it| it.0));
            insert(writer, from, new, valid)
        })?;
        Ok(self.seen(created))
    }

    /// Ends the link that was granted.
    ///
    /// # Errors
    /// It is no longer as the caller saw it; the time lies in the past.
    pub fn end_organization_link(
        &mut self,
        grant: Grant<End>,
        seen: Versions,
        ending: &Ending,
    ) -> Result<OrganizationLinkView> {
        let ended = self.write_on(grant, seen, |writer, _, _, before| {
            let at = ending.instant(writer.at, before.valid)?;
            end(writer, &before, at)
        })?;
        Ok(self.seen(ended))
    }

    /// Voids the link that was granted.
    ///
    /// # Errors
    /// It is no longer as the caller saw it.
    pub fn void_organization_link(&mut self, grant: Grant<Void>, seen: Versions, reason: VoidReason) -> Result<Voided> {
        self.write_on(grant, seen, |writer, _, _, before| writer.void(&before, reason))
    }
}

/// Inserts a link, from one to another.
pub(super) fn insert(
    writer: &mut Writer<'_>,
    from: OrganizationId,
    new: OrganizationLinkInput,
    valid: Validity,
) -> Result<OrganizationLink> {
    let place = (organization_link::id.eq(OrganizationLinkId::fresh()), organization_link::from_id.eq(from));
    writer.create((new, place, organization_link::valid.eq(valid), born!(organization_link, writer)))
}

/// Ends the links from and to an organization that closes; what succeeds it is kept.
fn end_all_of(writer: &mut Writer<'_>, id: OrganizationId) -> Result<()> {
    let links = organization_link::table
        .filter(organization_link::from_id.eq(id).or(organization_link::to_id.eq(id)))
        .filter(organization_link::kind.ne(LinkKind::Succeeds))
        .order(organization_link::id)
        .select(OrganizationLink::as_select());
    let (links, at): (Vec<OrganizationLink>, _) = (links.load(writer.conn)?, writer.at);
    for before in links.into_iter().filter(|it| !it.valid.ended_by(at)) {
        end(writer, &before, at)?;
    }
    Ok(())
}

/// Ends a link at a time.
pub(super) fn end(writer: &mut Writer<'_>, before: &OrganizationLink, at: DateTime<Utc>) -> Result<OrganizationLink> {
    writer.end(before, organization_link::valid.eq(before.valid.until(at)))
}

impl Again for OrganizationLinkView {
    fn about(&self) -> Uuid {
        self.noun.id.0
    }

    fn again(store: &mut Store<'_>, about: Uuid) -> Result<Self> {
        let it = store.permit(Read(OrganizationLinkId(about)))?;
        Ok(store.seen(it))
    }
}

known!(read OrganizationLink: Read);

known!(nothing: List);

impl Known for Create {
    fn facts(&self, conn: &mut PgConnection) -> Result<Vec<OrganizationLife>> {
        let (from, new) = &self.0;
        // A successor may be linked to an organization that is over; the other links need two active ones.
        let to = (new.kind != LinkKind::Succeeds).then_some(new.to_id);
        let mut ends: Vec<OrganizationId> = std::iter::once(*from).chain(to).collect();
        ends.sort_unstable();
        let lives = ends.into_iter().filter_map(|end| resting_on(conn, end).transpose());
        lives.collect()
    }
}

known!(lock OrganizationLink: End, Void);

const TWO_ENDS: Label = Label {
    fr: "Une organisation ne peut pas être liée à elle-même.",
    en: "An organization cannot be linked to itself.",
};

kept!(OrganizationLink: organization_link whole {
    const ENDS: &'static [Ends] = &[Ends::Organization(end_all_of)];
    const RESTING: &'static [Resting] = &[
        Resting::moves("organization_link", "from_id", reorganization::carry_links),
        Resting::new("organization_link", "to_id", Fate::Follows("organization_link.from_id")),
    ];
    const CONSTRAINTS: &'static [(&'static str, Meaning)] = &[
        ("organization_link_from_id_fkey", || Refusal::NotFound.into()),
        ("organization_link_to_id_fkey", || Error::Dangling("/to_id")),
        ("organization_link_two_ends_check", || Refusal::Invalid("/to_id", TWO_ENDS).into()),
        ("organization_link_excl", OVERLAP),
    ];

    fn aftermath(before: Option<&Self>, after: Option<&Self>, follows: &mut Aftermath) {
        // What a DICOM serves is the scope of its people, and limits the scope of DICOMs that serve organizations above. A
        // successor keeps access to the history.
        for it in before.into_iter().chain(after).filter(|it| it.kind != LinkKind::Supervises) {
            follows.rights_over(it.from_id);
            follows.rights_over(it.to_id);
        }
    }
});
