//! SQL of the expertise of members.

use ::expertise::member_expertise::{
    Confirm, Create, End, Endorse, List, MemberExpertise, MemberExpertisePage, MemberExpertisePatch,
    MemberExpertiseView, Read, Update,
};
use diesel::prelude::*;
use kernel::schema::{expertise_endorsement, member_expertise};
use kernel::{Grant, MemberExpertiseId, MemberId, PageQuery, Validity, Versions};
use members::member::Member;

use super::term::in_use;
use crate::error::{Meaning, OVERLAP};
use crate::idempotency::again;
use crate::kept::{Kept as _, Person, kept, known};
use crate::page::{DOWN, keyset};
use crate::stamps::born;
use crate::{Error, Result, Store};

impl Store<'_> {
    /// What a member masters now, the latest recorded first.
    ///
    /// # Errors
    /// There is no such member, or the caller may not read the member's card; the cursor belongs to another list.
    pub fn member_expertises(&mut self, member: MemberId, page: &PageQuery) -> Result<MemberExpertisePage> {
        self.permit(List(member))?;
        let mut query = MemberExpertise::query().filter(member_expertise::member_id.eq(member)).into_boxed();
        query = query.filter(member_expertise::valid.contains(kernel::sql::clock()));
        let key = |it: &MemberExpertise| it.id;
        let found = keyset!(self.reading().0, query, page, DOWN, key => member_expertise::id);
        Ok(found.map(|it| self.seen(it)))
    }

    /// One expertise.
    ///
    /// # Errors
    /// There is none, or the caller may not see it.
    pub fn member_expertise(&mut self, id: MemberExpertiseId) -> Result<MemberExpertiseView> {
        let facts = self.permit(Read(id))?;
        Ok(self.seen(facts))
    }

    /// Records the expertise that was granted.
    ///
    /// # Errors
    /// The member has it already; there is no such term in use.
    pub fn create_member_expertise(&mut self, grant: Grant<Create>) -> Result<MemberExpertiseView> {
        let created = self.write(grant, |writer, _, Create((member, new)), _| {
            let term = in_use(&new.term_code, writer.conn)?.ok_or(Error::Dangling("/term_code"))?;
            let row = (
                new,
                member_expertise::id.eq(MemberExpertiseId::fresh()),
                (member_expertise::member_id.eq(member), member_expertise::term_id.eq(term)),
                member_expertise::last_confirmed_at.eq(writer.at),
                member_expertise::valid.eq(Validity::since(writer.at)),
                born!(member_expertise, writer),
            );
            writer.create(row)
        })?;
        Ok(self.seen(created))
    }

    /// Changes the expertise that was granted.
    ///
    /// # Errors
    /// It changed since the caller saw it.
    pub fn update_member_expertise(
        &mut self,
        grant: Grant<Update>,
        seen: Versions,
        patch: MemberExpertisePatch,
    ) -> Result<MemberExpertiseView> {
        let changed = self.write_on(grant, seen, |writer, _, _, before| {
            let confirmed = patch.changes(&before).then_some(member_expertise::last_confirmed_at.eq(writer.at));
            writer.change(&before, (patch, confirmed))
        })?;
        Ok(self.seen(changed))
    }

    /// Confirms the expertise that was granted.
    ///
    /// # Errors
    /// It changed since the caller saw it.
    pub fn confirm_member_expertise(&mut self, grant: Grant<Confirm>, seen: Versions) -> Result<MemberExpertiseView> {
        let confirmed = self.write_on(grant, seen, |writer, _, _, before| {
            writer.change(&before, member_expertise::last_confirmed_at.eq(writer.at))
        })?;
        Ok(self.seen(confirmed))
    }

    /// Endorses the expertise that was granted.
    ///
    /// # Errors
    /// It changed since the caller saw it; the caller endorsed it already.
    pub fn endorse_member_expertise(&mut self, grant: Grant<Endorse>, seen: Versions) -> Result<MemberExpertiseView> {
        let endorsed = self.write_on(grant, seen, |writer, actor, _, before| {
            let endorsement = (
                expertise_endorsement::id.eq(kernel::clock::fresh_v7()),
                expertise_endorsement::expertise_id.eq(before.id),
                expertise_endorsement::member_id.eq(actor.id.0),
                expertise_endorsement::at.eq(writer.at),
            );
            diesel::insert_into(expertise_endorsement::table).values(endorsement).execute(writer.conn)?;
            writer.change(&before, member_expertise::endorsements.eq(before.endorsements + 1))
        })?;
        Ok(self.seen(endorsed))
    }

    /// Ends the expertise that was granted.
    ///
    /// # Errors
    /// It changed since the caller saw it.
    pub fn end_member_expertise(&mut self, grant: Grant<End>, seen: Versions) -> Result<MemberExpertiseView> {
        let ended = self.write_on(grant, seen, |writer, _, _, before| {
            writer.end(&before, member_expertise::valid.eq(before.valid.until(writer.at)))
        })?;
        Ok(self.seen(ended))
    }
}

again!(MemberExpertiseView as MemberExpertiseId => member_expertise);

known!(read MemberExpertise: Read);

known!(read Member: List);

known!(it, conn => Member::find(it.0.0.0, conn); Create);

known!(lock MemberExpertise: Update, Confirm, Endorse, End);

kept!(MemberExpertise: member_expertise {
    const PEOPLE: &'static [Person] = &[
        Person::names("member_expertise", "member_id", "vos compétences"),
        Person::names("expertise_endorsement", "member_id", "les compétences que vous avez recommandées"),
    ];
    const CONSTRAINTS: &'static [(&'static str, Meaning)] = &[
        ("member_expertise_once_excl", OVERLAP),
        ("expertise_endorsement_once_key", OVERLAP),
    ];
});
