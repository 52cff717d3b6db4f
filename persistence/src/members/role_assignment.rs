//! SQL of role assignments.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use kernel::schema::{affiliation, role_assignment};
use kernel::{
    AsOf, Grant, Label, MemberId, OrganizationId, PageQuery, PrincipalId, Refusal, Role, RoleAssignmentId, Validity,
    Versions, VoidReason, Voided, sql,
};
use members::affiliation::Ending;
use members::role_assignment::{
    Create, End, Gift, Read, RoleAssignment, RoleAssignmentFilter, RoleAssignmentInput, RoleAssignmentPage,
    RoleAssignmentView, Void, visible,
};

use crate::aftermath::Aftermath;
use crate::error::{Meaning, OVERLAP};
use crate::idempotency::again;
use crate::kept::{Ends, Leaving, Person, kept, known};
use crate::members::reorganization;
use crate::moving::{Fate, Resting};
use crate::page::{UP, keyset};
use crate::resting::resting_on;
use crate::stamps::born;
use crate::store::Known;
use crate::writer::Writer;
use crate::{Error, Result, Store};

impl Store<'_> {
    /// The role assignments, in force now or at the end of a past day, that the caller may see.
    ///
    /// # Errors
    /// The cursor is not valid for this list.
    pub fn role_assignments(&mut self, filter: &RoleAssignmentFilter, page: &PageQuery) -> Result<RoleAssignmentPage> {
        let (conn, actor) = self.reading();
        let mut query = RoleAssignment::query().into_boxed().filter(visible(actor));
        query = query.filter(role_assignment::valid.contains(AsOf::or_now(filter.as_of)?));
        if let Some(member) = filter.member_id {
            query = query.filter(role_assignment::member_id.eq(member));
        }
        if let Some(organization) = filter.organization_id {
            query = query.filter(role_assignment::organization_id.eq(organization));
        }
        if let Some(role) = filter.role {
            query = query.filter(role_assignment::role.eq(role));
        }
        let found = keyset!(conn, query, page, UP, |it: &RoleAssignment| it.id => role_assignment::id);
        Ok(found.map(|it| self.seen(it)))
    }

    /// One role assignment.
    ///
    /// # Errors
    /// There is none that the caller may see.
    pub fn role_assignment(&mut self, id: RoleAssignmentId) -> Result<RoleAssignmentView> {
        let facts = self.permit(Read(id))?;
        Ok(self.seen(facts))
    }

    /// Gives the role that was granted.
    ///
    /// # Errors
    /// It is held already at that time; the organization does not exist.
    pub fn create_role_assignment(&mut self, grant: Grant<Create>) -> Result<RoleAssignmentView> {
        let created = self.write(grant, |writer, _, _, Gift { new, through, .. }| {
            let (member, _, lasts) = through.ok_or(Error::Dangling("/affiliation_id"))?;
            let from = new.valid_from.map_or(writer.at, |it| it.0);
            let valid = Validity { from, to: new.valid_to.map(|it| it.0).into_iter().chain(lasts.to).min() };
            if valid.to.is_some_and(|to| to <= from) {
                return Err(Refusal::Invalid("/valid_to", ENDS_FIRST).into());
            }
            let by = writer.by;
            insert(writer, new, (member, by), valid)
        })?;
        Ok(self.seen(created))
    }

    /// Ends the role that was granted.
    ///
    /// # Errors
    /// It is no longer as the caller saw it; the time lies in the past.
    pub fn end_role_assignment(
        &mut self,
        grant: Grant<End>,
        seen: Versions,
        ending: &Ending,
    ) -> Result<RoleAssignmentView> {
        let ended = self.write_on(grant, seen, |writer, _, _, before| {
            let at = ending.instant(writer.at, before.valid)?;
            end(writer, &before, at)
        })?;
        Ok(self.seen(ended))
    }

    /// Voids the role that was granted.
    ///
    /// # Errors
    /// It is no longer as the caller saw it; its holder is the last SIG administrator.
    pub fn void_role_assignment(&mut self, grant: Grant<Void>, seen: Versions, reason: VoidReason) -> Result<Voided> {
        self.write_on(grant, seen, |writer, _, _, before| writer.void(&before, reason))
    }
}

#[derive(QueryableByName)]
struct Below {
    #[diesel(sql_type = diesel::sql_types::Uuid)]
    id: OrganizationId,
}

/// An organization and all below it.
fn below(conn: &mut PgConnection, organization: OrganizationId) -> Result<Vec<OrganizationId>> {
    let all = diesel::sql_query("SELECT id FROM app.descendants($1, app.clock()) id");
    let all: Vec<Below> = all.bind::<diesel::sql_types::Uuid, _>(organization).load(conn)?;
    Ok(all.into_iter().map(|row| row.id).collect())
}

/// Ends the roles held through an affiliation that ends.
fn end_held(writer: &mut Writer<'_>, it: Leaving) -> Result<()> {
    let held = role_assignment::table.filter(role_assignment::affiliation_id.eq(it.affiliation));
    let held = held.order(role_assignment::id).select(RoleAssignment::as_select()).load(writer.conn)?;
    end_each(writer, held, it.at)
}

/// Ends the roles over an organization that closes.
fn end_over(writer: &mut Writer<'_>, id: OrganizationId) -> Result<()> {
    let over = role_assignment::table.filter(role_assignment::organization_id.eq(id)).order(role_assignment::id);
    let over = over.select(RoleAssignment::as_select()).load(writer.conn)?;
    let at = writer.at;
    end_each(writer, over, at)
}

fn end_each(writer: &mut Writer<'_>, all: Vec<RoleAssignment>, at: DateTime<Utc>) -> Result<()> {
    for before in all.into_iter().filter(|it| !it.valid.ended_by(at)) {
        end(writer, &before, at)?;
    }
    Ok(())
}

/// Ends a role at a time.
pub(crate) fn end(writer: &mut Writer<'_>, before: &RoleAssignment, at: DateTime<Utc>) -> Result<RoleAssignment> {
    writer.end(before, role_assignment::valid.eq(before.valid.until(at)))
}

/// Inserts a role, held by one and given by another.
pub(super) fn insert(
    writer: &mut Writer<'_>,
    new: RoleAssignmentInput,
    (member, by): (MemberId, PrincipalId),
    valid: Validity,
) -> Result<RoleAssignment> {
    let people = (role_assignment::member_id.eq(member), role_assignment::granted_by.eq(by));
    let id = role_assignment::id.eq(RoleAssignmentId::fresh());
    writer.create((new, id, people, role_assignment::valid.eq(valid), born!(role_assignment, writer)))
}

again!(RoleAssignmentView as RoleAssignmentId => role_assignment);

known!(read RoleAssignment: Read);

impl Known for Create {
    fn facts(&self, conn: &mut PgConnection) -> Result<Gift> {
        let life = self.0.organization_id.map(|over| resting_on(conn, over)).transpose()?.flatten();
        let through = affiliation::table.find(self.0.affiliation_id).filter(affiliation::valid.contains(sql::clock()));
        let through = through.select((affiliation::member_id, affiliation::organization_id, affiliation::valid));
        let through = through.for_share().first::<(MemberId, OrganizationId, Validity)>(conn).optional()?;
        let reached = match self.0.organization_id {
            Some(organization) => below(conn, organization)?,
            None => Vec::new(),
        };
        Ok(Gift { new: self.0.clone(), through, reached, life })
    }
}

known!(lock RoleAssignment: End, Void);

const ENDS_FIRST: Label = Label {
    fr: "La fin précède le début, ou le rattachement se termine avant le début.",
    en: "The end comes before the beginning, or the affiliation ends before it begins.",
};

kept!(RoleAssignment: role_assignment whole {
    const ENDS: &'static [Ends] = &[Ends::Affiliation(end_held), Ends::Organization(end_over)];
    const RESTING: &'static [Resting] = &[
        Resting::new("role_assignment", "affiliation_id", Fate::Follows("affiliation.organization_id")),
        Resting::moves("role_assignment", "organization_id", reorganization::carry_roles),
    ];
    const PEOPLE: &'static [Person] = &[
        Person::names("role_assignment", "member_id", "vos rôles"),
    ];
    const CONSTRAINTS: &'static [(&'static str, Meaning)] = &[
        ("role_assignment_affiliation_id_fkey", || Error::Dangling("/affiliation_id")),
        ("role_assignment_organization_id_fkey", || Error::Dangling("/organization_id")),
        ("role_assignment_once_excl", OVERLAP),
    ];

    fn aftermath(before: Option<&Self>, after: Option<&Self>, follows: &mut Aftermath) {
        for it in before.into_iter().chain(after) {
            follows.rights_of(it.member_id);
        }
        if before.is_some_and(|it| it.role == Role::SigAdmin) {
            follows.administered();
        }
    }
});
