//! SQL of members.

use diesel::prelude::*;
use kernel::directory::OrganizationLife;
use kernel::look_alike::skeleton;
use kernel::schema::{affiliation, member};
use kernel::{
    Action as _, Actor, Grant, Label, MemberId, OrganizationId, PageQuery, Refusal, Shown, Sort, Versions, sql,
};
use members::contact::Email;
use members::member::{
    Create, Depart, Member, MemberField, MemberFilter, MemberPage, MemberPatch, MemberStatus, MemberView,
    ProfileVisibility, Read, Release, Restore, Suspend, Update, carded, visible,
};
use members::powers::ENTRUSTED;
use uuid::Uuid;

use super::affiliation::{end_affiliations, in_force_of, insert};
use super::hand_over::owned_by;
use super::invitation::revoke_of_member;
use crate::aftermath::Aftermath;
use crate::error::Meaning;
use crate::kept::{Image, Kept as _, Person, kept, known};
use crate::locks::{lock_networks_of, still_all_networks_of};
use crate::page::{counted, fold, keyset, like, sorted};
use crate::resting::resting_on;
use crate::stamps::born;
use crate::store::Known;
use crate::untold::released;
use crate::{Again, Error, Result, Store};

type Query = member::BoxedQuery<'static, diesel::pg::Pg>;

/// Whether an affiliation is among the last of its member.
const NONE_LATER: &str = "NOT EXISTS (SELECT FROM affiliation later WHERE later.member_id = affiliation.member_id
    AND coalesce(upper(later.valid), 'infinity') > coalesce(upper(affiliation.valid), 'infinity'))";

fn apply(filter: MemberFilter, served: Option<&[OrganizationId]>, actor: &Actor, mut query: Query) -> Query {
    let MemberFilter { q, ids, updated_since, dicom_id: _, organization_id, status, email, sort, count: _ } = filter;
    if let Some(words) = q {
        query = query.filter(fold(member::display_name).like(fold(like(&words))));
    }
    if !ids.is_empty() {
        query = query.filter(member::id.eq_any(ids.iter().copied().collect::<Vec<_>>()));
    }
    if let Some(since) = updated_since {
        query = query.filter(carded(actor)).filter(member::updated_at.ge(since.0));
    }
    if let Some(served) = served {
        let there = affiliation::table.filter(affiliation::valid.contains(sql::clock()));
        let there = there.filter(affiliation::member_id.eq(member::id));
        let there = there.filter(affiliation::organization_id.eq_any(served.to_vec()));
        query = query.filter(diesel::dsl::exists(there));
    }
    if let Some(organization) = organization_id {
        let there = affiliation::table
            .filter(affiliation::member_id.eq(member::id))
            .filter(affiliation::organization_id.eq(organization));
        query = match status {
            // Who left has no affiliation in force: those who were there last.
            Some(MemberStatus::Departed | MemberStatus::Pseudonymised) => {
                query.filter(diesel::dsl::exists(there.filter(diesel::dsl::sql::<diesel::sql_types::Bool>(NONE_LATER))))
            }
            _ => query.filter(diesel::dsl::exists(there.filter(affiliation::valid.contains(sql::clock())))),
        };
    }
    if sort.is_some_and(|sort| !sort.is_by_name()) {
        query = query.filter(carded(actor));
    }
    query = match status {
        None => query.filter(member::departed_at.is_null().and(member::pseudonymised_at.is_null())),
        // The status of a member is shown on the card only.
        Some(status) => query.filter(carded(actor)).filter(member::status.eq(status)),
    };
    if let Some(email) = email {
        query = query.filter(carded(actor)).filter(member::email.eq(email));
    }
    query
}

const COLLISION: Label = Label {
    fr: "Cette adresse électronique ne peut pas être utilisée : indiquez-en une autre.",
    en: "This e-mail address cannot be used: give another one.",
};

const OBJECTS: Label = Label {
    fr: "Cette personne s’oppose à la publication de sa fiche : la fiche reste réservée à l’animation de ses réseaux (`leads`).",
    en: "This person objects to the publication of their card: it stays restricted to leads.",
};

impl Store<'_> {
    /// The members that the caller may see, by usual name.
    ///
    /// # Errors
    /// The cursor is not valid for this list.
    pub fn members(&mut self, filter: &MemberFilter, page: &PageQuery) -> Result<MemberPage> {
        let served = self.limited_to(filter.dicom_id, None)?;
        let (conn, actor) = self.reading();
        let all = || {
            apply(filter.clone(), served.as_deref(), actor, member::table.into_boxed().filter(visible(actor)))
                .select(Member::as_select())
        };
        let sort = filter.sort.unwrap_or(Sort::Name);
        let found = sorted!(conn, all(), page, sort, Member: member by sort_name);
        let found = found.counted(counted(conn, filter.count, all())?);
        Ok(found.map(|it| self.shown_member(it)))
    }

    /// One member.
    ///
    /// # Errors
    /// There is none that the caller may see.
    pub fn member(&mut self, id: MemberId) -> Result<MemberView> {
        let facts = self.permit(Read(id))?;
        let facts = self.compare(facts)?;
        Ok(self.shown_member(facts))
    }

    /// Some members, as far as the caller may see them, by usual name.
    ///
    /// # Errors
    /// The database failed.
    pub fn members_among(&mut self, ids: Vec<MemberId>) -> Result<Vec<MemberView>> {
        let (conn, actor) = self.reading();
        let some = Member::query().filter(member::id.eq_any(ids)).filter(visible(actor));
        let some: Vec<Member> = some.order((member::sort_name, member::id)).load(conn)?;
        Ok(some.into_iter().map(|it| self.shown_member(it)).collect())
    }

    pub(super) fn shown_member(&self, it: Member) -> MemberView {
        if it.is_card_for(self.actor()) { Shown::Full(self.seen(it)) } else { Shown::Name(it.into()) }
    }

    /// Creates the member that was granted, with a first affiliation.
    ///
    /// # Errors
    /// The e-mail address is taken.
    pub fn create_member(&mut self, grant: Grant<Create>) -> Result<MemberView> {
        let created = self.write(grant, |writer, actor, Create(new), _| {
            let id = MemberId::fresh();
            // Inserted before the member, so that the member is read with it.
            insert(writer, id, new.affiliation.clone(), true)?;
            let email = new.email.clone();
            let drawn = member::skeleton.eq(skeleton(new.given_name.as_ref(), new.usual_name.as_ref()));
            let row = (new, member::id.eq(id), drawn, born!(member, writer));
            let row = diesel::insert_into(member::table).values(row).on_conflict_do_nothing();
            let row = row.returning((Image::<Member>::of(), Member::as_returning()));
            let written = row.get_result::<(serde_json::Value, Member)>(writer.conn).optional()?;
            let Some((image, created)) = written else { return Err(collision(writer.conn, actor, email.as_ref())?) };
            let created = writer.created((image, Some(created)))?;
            writer.tells_of_the_last();
            Ok(created)
        })?;
        let created = self.compare(created)?;
        Ok(self.shown_member(created))
    }

    /// Changes the member that was granted; codes sent to a former address no longer work.
    ///
    /// # Errors
    /// The member is no longer as the caller saw them; the new address is taken; a person who logs in with it would hold
    /// more rights than the caller could give.
    pub fn update_member(&mut self, grant: Grant<Update>, seen: Versions, patch: MemberPatch) -> Result<MemberView> {
        let changed = self.write_on(grant, seen, |writer, actor, _, before| {
            let opens = patch.profile_visibility.is_some_and(|shown| shown != ProfileVisibility::Leads);
            if opens && before.profile_objection_at.is_some() {
                return Err(Refusal::Forbidden(OBJECTS).into());
            }
            let moves = patch.email.as_ref().is_some_and(|email| email.as_ref() != before.email.as_ref());
            if moves && !before.is_entrusted_to(actor) {
                return Err(Refusal::Forbidden(ENTRUSTED).into());
            }
            let email = patch.email.clone().flatten().filter(|email| Some(email) != before.email.as_ref());
            if email.is_some() && holder(writer.conn, email.as_ref())?.is_some() {
                return Err(collision(writer.conn, actor, email.as_ref())?);
            }
            let given = patch.given_name.as_ref().unwrap_or(&before.given_name).to_string();
            let usual = patch.usual_name.as_ref().unwrap_or(&before.usual_name).to_string();
            let named = patch.given_name.is_some() || patch.usual_name.is_some();
            let drawn = named.then(|| member::skeleton.eq(skeleton(&given, &usual)));
            let after = writer.change(&before, (patch, drawn))?;
            if moves {
                revoke_of_member(writer, before.id)?;
            }
            Ok(after)
        })?;
        let changed = self.compare(changed)?;
        Ok(self.shown_member(changed))
    }

    /// Gives fields of the member that was granted back to their source.
    ///
    /// # Errors
    /// The member is no longer as the caller saw them.
    pub fn release_member_fields(
        &mut self,
        grant: Grant<Release>,
        seen: Versions,
        fields: &[MemberField],
    ) -> Result<MemberView> {
        let request = self.request();
        let changed = self.write_on(grant, seen, |writer, _, _, before| {
            let (action_on, held) = ((Release::NAME, "member"), (before.id.0, &before.field_sources));
            let left = released(writer, request, action_on, held, fields.iter().map(|it| it.code()))?;
            writer.change(&before, member::field_sources.eq(left))
        })?;
        Ok(self.shown_member(changed))
    }

    /// Suspends the member that was granted.
    ///
    /// # Errors
    /// The member is no longer as the caller saw them.
    pub fn suspend_member(&mut self, grant: Grant<Suspend>, seen: Versions) -> Result<MemberView> {
        let changed = self.write_on(grant, seen, |writer, _, _, before| {
            writer.change(&before, member::suspended_at.eq(Some(writer.at)))
        })?;
        Ok(self.shown_member(changed))
    }

    /// Restores the member that was granted.
    ///
    /// # Errors
    /// The member is no longer as the caller saw them.
    pub fn restore_member(&mut self, grant: Grant<Restore>, seen: Versions) -> Result<MemberView> {
        let changed = self.write_on(grant, seen, |writer, _, _, before| {
            writer.change(&before, member::suspended_at.eq(None::<chrono::DateTime<chrono::Utc>>))
        })?;
        Ok(self.shown_member(changed))
    }

    /// Lets the member that was granted depart.
    ///
    /// # Errors
    /// The member is no longer as the caller saw them, owns things that must be handed over, or is the last lead of a
    /// network.
    pub fn depart_member(&mut self, grant: Grant<Depart>, seen: Versions) -> Result<MemberView> {
        let changed = self.write_on(grant, seen, |writer, actor, _, before| {
            // A directory may record a departure without a hand-over: the gap shows in the matrix.
            if actor.member().is_some() && owned_by(before.id, actor, writer.conn)?.iter().any(|it| it.required) {
                return Err(Refusal::HandOverRequired.into());
            }
            let places = in_force_of(writer.conn, before.id)?;
            writer.end(&before, member::departed_at.eq(Some(writer.at)))?;
            end_affiliations(writer, places, writer.at)?;
            Member::find(before.id.0, writer.conn)
        })?;
        Ok(self.shown_member(changed))
    }
}

fn holder(conn: &mut PgConnection, email: Option<&Email>) -> Result<Option<MemberId>> {
    let there = member::table.filter(member::email.eq(email)).filter(member::departed_at.is_null()).select(member::id);
    Ok(there.first(conn).optional()?)
}

/// The error for an address that is taken: `Taken` for a caller who may see whose it is, an invalid value for the others.
fn collision(conn: &mut PgConnection, actor: &Actor, email: Option<&Email>) -> Result<Error> {
    let there = member::table.filter(member::email.eq(email)).filter(carded(actor)).select(member::id);
    let seen = there.first::<MemberId>(conn).optional()?.is_some();
    Ok(if seen { Error::Taken("/email") } else { Refusal::Invalid("/email", COLLISION).into() })
}

pub(super) fn locked_with_networks(id: Uuid, conn: &mut PgConnection) -> Result<Member> {
    let networks = lock_networks_of(conn, MemberId(id))?;
    let it = Member::lock(id, conn)?;
    still_all_networks_of(conn, MemberId(id), &networks)?;
    Ok(it)
}

impl Again for MemberView {
    fn about(&self) -> Uuid {
        match self {
            Shown::Full(seen) => seen.noun.id.0,
            Shown::Name(name) => name.id.0,
        }
    }

    fn again(store: &mut Store<'_>, about: Uuid) -> Result<Self> {
        store.member(MemberId(about))
    }
}

known!(read Member: Read);

impl Known for Create {
    fn facts(&self, conn: &mut PgConnection) -> Result<(OrganizationId, OrganizationLife)> {
        let organization = self.0.affiliation.organization_id;
        let life = resting_on(conn, organization)?;
        Ok((organization, life.ok_or(Error::Dangling("/affiliation/organization_id"))?))
    }
}

known!(lock Member: Update, Release);

known!(it, conn => locked_with_networks(it.0.0, conn); Suspend, Restore, Depart);

kept!(Member: member whole {
    const PEOPLE: &'static [Person] = &[
        Person::tells("member", "id", "votre fiche"),
        Person::tells("principal", "id", "votre compte"),
        Person::tells("identity", "principal_id", "vos identités de connexion"),
        Person::tells("external_id", "object_id", "vos identifiants dans d’autres annuaires"),
        Person::names("directory_user", "member_id", "ce que d’autres annuaires disent de vous"),
    ];
    const CONSTRAINTS: &'static [(&'static str, Meaning)] = &[
        ("member_email_key", || Error::Taken("/email")),
        // A directory looks again whose a name is.
        ("directory_user_name_key", || Error::Again),
        ("directory_user_member_id_fkey", || Error::Again),
        ("directory_user_source_id_fkey", || Error::Again),
    ];
    const PRIVATE: &'static [&'static str] = &["sort_name", "skeleton"];


    fn aftermath(before: Option<&Self>, after: Option<&Self>, follows: &mut Aftermath) {
        if let (None, Some(after)) = (before, after) {
            follows.newcomer(after.id);
        }
        let Some(before) = before.filter(|before| after.is_none_or(|after| after.status != before.status)) else { return };
        follows.rights_of(before.id);
        let works = |it: &Self| matches!(it.status, MemberStatus::Invited | MemberStatus::Active);
        if works(before) != after.is_some_and(works) {
            follows.cells_of(before.id);
            // A suspended member no longer leads. This is never refused: the gap shows in the matrix.
            follows.administered();
        }
    }
});
