//! SQL of affiliations, and the end of all that is held through one.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use kernel::directory::OrganizationLife;
use kernel::schema::{affiliation, membership, membership_request, role_assignment};
use kernel::{
    Action as _, AffiliationId, Grant, Label, MemberId, OrganizationId, PageQuery, Refusal, Validity, Versions,
    VoidReason, Voided, sql,
};
use members::affiliation::{
    Affiliation, AffiliationField, AffiliationInput, AffiliationPage, AffiliationPatch, AffiliationView, Create, End,
    Ending, List, Read, Release, Update, Void, may_make_main,
};
use members::member::Member;

use crate::aftermath::Aftermath;
use crate::error::{Meaning, OVERLAP};
use crate::idempotency::again;
use crate::kept::{Ends, Kept as _, Leaving, Person, kept, known};
use crate::locks::{lock_networks_of, still_all_networks_of};
use crate::members::reorganization;
use crate::moving::Resting;
use crate::nouns::NOUNS;
use crate::page::{DOWN, keyset};
use crate::resting::resting_on;
use crate::stamps::born;
use crate::store::Known;
use crate::untold::released;
use crate::writer::Writer;
use crate::{Error, Result, Store};
use uuid::Uuid;

impl Store<'_> {
    /// The affiliations of a member, past and present, the latest first.
    ///
    /// # Errors
    /// There is no such member, or the caller may not see their card; the cursor is not valid for this list.
    pub fn member_affiliations(&mut self, member: MemberId, page: &PageQuery) -> Result<AffiliationPage> {
        self.permit(List(member))?;
        let query = Affiliation::query().filter(affiliation::member_id.eq(member)).into_boxed();
        let found = keyset!(self.reading().0, query, page, DOWN, |it: &Affiliation| it.id => affiliation::id);
        Ok(found.map(|it| self.seen(it)))
    }

    /// One affiliation, for those who see the member's card.
    ///
    /// # Errors
    /// There is none that the caller may see.
    pub fn affiliation(&mut self, id: AffiliationId) -> Result<AffiliationView> {
        let (it, _) = self.permit(Read(id))?;
        Ok(self.seen(it))
    }

    /// Records the affiliation that was granted.
    ///
    /// # Errors
    /// The member has one there already at that time.
    pub fn create_member_affiliation(&mut self, grant: Grant<Create>) -> Result<AffiliationView> {
        let created = self.write(grant, |writer, actor, Create((member, new)), (card, _, _)| {
            let alone = in_force_of(writer.conn, member)?.is_empty();
            let primary = alone || new.is_primary;
            if primary && !alone {
                may_make_main(actor, &card)?;
                if new.valid_from.is_some_and(|from| from.0 > writer.at) {
                    return Err(Refusal::Invalid("/valid_from", MAIN_NOW).into());
                }
            }
            insert_beside(writer, member, new, primary)
        })?;
        Ok(self.seen(created))
    }

    /// Changes the affiliation that was granted.
    ///
    /// # Errors
    /// It is no longer as the caller saw it; the main one cannot be made a secondary one.
    pub fn update_affiliation(
        &mut self,
        grant: Grant<Update>,
        seen: Versions,
        patch: AffiliationPatch,
    ) -> Result<AffiliationView> {
        let changed = self.write_on(grant, seen, |writer, actor, _, before| {
            if before.is_primary && patch.is_primary == Some(false) {
                return Err(Refusal::Invalid("/is_primary", MAIN).into());
            }
            if patch.is_primary == Some(true) && !before.is_primary {
                may_make_main(actor, &Member::find(before.member_id.0, writer.conn)?)?;
            }
            if patch.is_primary == Some(true) && !before.is_primary {
                demote(writer, before.member_id, Some(before.id), before.valid)?;
            }
            let after = writer.change(&before, patch)?;
            writer.tells_of_the_last();
            Ok(after)
        })?;
        Ok(self.seen(changed))
    }

    /// Gives fields of the affiliation that was granted back to their source.
    ///
    /// # Errors
    /// It is no longer as the caller saw it.
    pub fn release_affiliation_fields(
        &mut self,
        grant: Grant<Release>,
        seen: Versions,
        fields: &[AffiliationField],
    ) -> Result<AffiliationView> {
        let request = self.request();
        let changed = self.write_on(grant, seen, |writer, _, _, before| {
            let (action_on, held) = ((Release::NAME, "affiliation"), (before.id.0, &before.field_sources));
            let left = released(writer, request, action_on, held, fields.iter().map(|it| it.code()))?;
            writer.change(&before, affiliation::field_sources.eq(left))
        })?;
        Ok(self.seen(changed))
    }

    /// Ends the affiliation that was granted, and all that is held through it.
    ///
    /// # Errors
    /// It is no longer as the caller saw it; the time lies in the past; its member is the last lead of a network.
    pub fn end_affiliation(&mut self, grant: Grant<End>, seen: Versions, ending: &Ending) -> Result<AffiliationView> {
        let ended = self.write_on(grant, seen, |writer, _, _, before| {
            let at = ending.instant(writer.at, before.valid)?;
            let (id, member) = (before.id, before.member_id);
            end_affiliations(writer, vec![before], at)?;
            settle_main(writer, member, at)?;
            Affiliation::find(id.0, writer.conn)
        })?;
        Ok(self.seen(ended))
    }

    /// Voids the affiliation that was granted.
    ///
    /// # Errors
    /// It is no longer as the caller saw it; something is held through it.
    pub fn void_affiliation(&mut self, grant: Grant<Void>, seen: Versions, reason: VoidReason) -> Result<Voided> {
        self.write_on(grant, seen, |writer, _, _, before| {
            refuse_held(writer.conn, before.id)?;
            let voided = writer.void(&before, reason)?;
            settle_main(writer, before.member_id, writer.at)?;
            Ok(voided)
        })
    }
}

const MAIN_NOW: Label = Label {
    fr: "Un rattachement à venir ne peut pas être principal : rendez-le principal quand il commencera.",
    en: "An affiliation that begins later cannot be the main one yet: make it the main one when it begins.",
};
const MAIN: Label = Label {
    fr: "Le rattachement principal le reste jusqu’à ce qu’un autre le devienne : rendez principal un autre rattachement.",
    en: "The main affiliation stays the main one until another replaces it: make another one the main one.",
};

/// Inserts an affiliation; if it is the main one, the others of its time no longer are.
pub(crate) fn insert_beside(
    writer: &mut Writer<'_>,
    member: MemberId,
    new: AffiliationInput,
    primary: bool,
) -> Result<Affiliation> {
    if primary {
        demote(writer, member, None, Validity::since(new.valid_from.map_or(writer.at, |it| it.0)))?;
    }
    let created = insert(writer, member, new, primary)?;
    writer.tells_of_the_last();
    Ok(created)
}

/// Inserts an affiliation; the first one of a member is the main one.
pub(crate) fn insert(
    writer: &mut Writer<'_>,
    member: MemberId,
    new: AffiliationInput,
    primary: bool,
) -> Result<Affiliation> {
    let valid = Validity::since(new.valid_from.map_or(writer.at, |it| it.0));
    let stamps = (
        affiliation::id.eq(AffiliationId::fresh()),
        affiliation::member_id.eq(member),
        affiliation::valid.eq(valid),
        born!(affiliation, writer),
    );
    let new = AffiliationInput { is_primary: primary, ..new };
    writer.create((new, stamps))
}

/// Makes the other main affiliations of that time secondary.
fn demote(writer: &mut Writer<'_>, member: MemberId, but: Option<AffiliationId>, during: Validity) -> Result<()> {
    let others = affiliation::table
        .filter(affiliation::member_id.eq(member))
        .filter(affiliation::is_primary)
        .filter(affiliation::valid.overlaps_with(during))
        .select(Affiliation::as_select());
    let others: Vec<Affiliation> = others.load(writer.conn)?;
    for other in others.iter().filter(|other| Some(other.id) != but) {
        writer.change(other, affiliation::is_primary.eq(false))?;
    }
    Ok(())
}

/// Makes an affiliation the main one of all its time.
pub(super) fn promote(writer: &mut Writer<'_>, before: &Affiliation) -> Result<()> {
    demote(writer, before.member_id, Some(before.id), before.valid)?;
    writer.change(before, affiliation::is_primary.eq(true)).map(drop)
}

/// Makes the oldest affiliation that lasts the main one, where the main one ended.
pub(crate) fn settle_main(writer: &mut Writer<'_>, member: MemberId, at: DateTime<Utc>) -> Result<()> {
    let rest = in_force_of(writer.conn, member)?;
    let rest: Vec<_> = rest.iter().filter(|it| !it.valid.ended_by(at)).collect();
    match rest.iter().min_by_key(|it| it.valid.from) {
        Some(oldest) if !rest.iter().any(|it| it.is_primary) => promote(writer, oldest),
        _ => Ok(()),
    }
}

/// The affiliations of a member that hold now or will.
pub(crate) fn in_force_of(conn: &mut PgConnection, member: MemberId) -> Result<Vec<Affiliation>> {
    let now: DateTime<Utc> = diesel::select(sql::clock()).get_result(conn)?;
    let all = affiliation::table.filter(affiliation::member_id.eq(member)).order(affiliation::id);
    let all: Vec<Affiliation> = all.select(Affiliation::as_select()).load(conn)?;
    Ok(all.into_iter().filter(|it| !it.valid.ended_by(now)).collect())
}

/// Ends affiliations with the memberships and roles held through them; open action items lose the person they named.
pub(crate) fn end_affiliations(writer: &mut Writer<'_>, ended: Vec<Affiliation>, at: DateTime<Utc>) -> Result<()> {
    for before in ended {
        writer.end(&before, affiliation::valid.eq(before.valid.until(at)))?;
        let (affiliation, member, organization) = (before.id, before.member_id, before.organization_id);
        let leaving = Leaving { affiliation, member, organization, at };
        for ends in NOUNS.iter().flat_map(|noun| noun.ends) {
            if let Ends::Affiliation(end) = ends {
                end(writer, leaving)?;
            }
        }
    }
    Ok(())
}

/// Refuses to void an affiliation through which a membership or a role is or was held, or a membership was requested.
fn refuse_held(conn: &mut PgConnection, through: AffiliationId) -> Result<()> {
    let sits = membership::table.filter(membership::affiliation_id.eq(through)).select(membership::id);
    let roles = role_assignment::table.filter(role_assignment::affiliation_id.eq(through)).select(role_assignment::id);
    let dossiers = membership_request::table.filter(membership_request::affiliation_id.eq(through));
    let dossiers = dossiers.select(membership_request::id);
    let held = diesel::dsl::exists(sits).or(diesel::dsl::exists(roles)).or(diesel::dsl::exists(dossiers));
    let held = diesel::select(held).get_result::<bool>(conn)?;
    if held { Err(Refusal::NotEmpty.into()) } else { Ok(()) }
}

/// Ends the affiliations to an organization that closes, with all that is held through them.
fn end_all_at(writer: &mut Writer<'_>, id: OrganizationId) -> Result<()> {
    let at = writer.at;
    let here = affiliation::table.filter(affiliation::organization_id.eq(id)).order(affiliation::id);
    let here: Vec<Affiliation> = here.select(Affiliation::as_select()).load(writer.conn)?;
    let here: Vec<_> = here.into_iter().filter(|it| !it.valid.ended_by(at)).collect();
    let whose: Vec<_> = here.iter().map(|it| it.member_id).collect();
    end_affiliations(writer, here, at)?;
    whose.into_iter().try_for_each(|member| settle_main(writer, member, at))
}

again!(AffiliationView as AffiliationId => affiliation);

impl Known for Read {
    fn facts(&self, conn: &mut PgConnection) -> Result<(Affiliation, Member)> {
        let it = Affiliation::find(self.0.0, conn)?;
        let member = Member::find(it.member_id.0, conn)?;
        Ok((it, member))
    }
}

known!(read Member: List);

impl Known for Create {
    fn facts(&self, conn: &mut PgConnection) -> Result<(Member, OrganizationId, OrganizationLife)> {
        let (member, new) = &self.0;
        let member = Member::lock(member.0, conn)?;
        let life = resting_on(conn, new.organization_id)?;
        Ok((member, new.organization_id, life.ok_or(Error::Dangling("/organization_id"))?))
    }
}

known!(lock Affiliation: Update, Release, End, Void);

kept!(Affiliation: affiliation whole {
    const ENDS: &'static [Ends] = &[Ends::Organization(end_all_at)];
    const RESTING: &'static [Resting] = &[
        Resting::moves("affiliation", "organization_id", reorganization::carry_affiliations),
    ];
    const PEOPLE: &'static [Person] = &[
        Person::names("affiliation", "member_id", "vos rattachements"),
    ];
    const CONSTRAINTS: &'static [(&'static str, Meaning)] = &[
        ("affiliation_source_id_fkey", || Error::Again),
        ("affiliation_organization_id_fkey", || Error::Dangling("/organization_id")),
        ("affiliation_once_excl", OVERLAP),
        ("affiliation_one_primary_excl", OVERLAP),
    ];

    // Networks are locked first, since memberships held through an affiliation are counted there.
    fn lock(id: Uuid, conn: &mut PgConnection) -> Result<Self> {
        let member = affiliation::table.find(id).select(affiliation::member_id).first(conn).optional()?;
        let member = member.ok_or(Refusal::NotFound)?;
        let locked = lock_networks_of(conn, member)?;
        let row = affiliation::table.find(id).select(Affiliation::as_select()).for_no_key_update();
        let it = row.first(conn).optional()?.ok_or(Refusal::NotFound)?;
        still_all_networks_of(conn, member, &locked)?;
        Ok(it)
    }

    fn aftermath(before: Option<&Self>, after: Option<&Self>, follows: &mut Aftermath) {
        let stands = |it: &Self| (it.organization_id, it.valid);
        if before.map(stands) != after.map(stands) {
            for it in before.into_iter().chain(after) {
                follows.rights_of(it.member_id);
            }
            if let Some(before) = before {
                follows.cells_of(before.member_id);
                follows.administered();
                follows.led_through(before.id);
            }
        }
        if let Some(before) = before.filter(|it| after.is_some_and(|after| after.profession != it.profession)) {
            follows.cells_of(before.member_id);
        }
    }
});
