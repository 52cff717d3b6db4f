//! SQL of memberships.

use ::networks::membership::{
    ANSWERS, Candidate, ChangeRole, Create, End, EndReason, LEADS, MemberMembershipFilter, Membership,
    MembershipEnding, MembershipFacet, MembershipFilter, MembershipInput, MembershipPage, MembershipView,
    OrganizationMembershipFilter, PROMOTION, Read, Void, anywhere, hands_over, own, visible,
};
use ::networks::network::{NetworkCode, NetworkVisibility};
use chrono::{DateTime, Utc};
use diesel::dsl::{AsSelect, IntoBoxed, Select, sql as sql_of};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use kernel::directory::OrganizationLife;
use kernel::notification::{NotificationClass, NotificationKind};
use kernel::schema::{affiliation, member, membership, network, organization};
use kernel::{
    Actor, AsOf, Grant, Label, MemberId, MemberOrigin, MembershipId, NetworkId, NetworkRole, NotificationLevel,
    OrganizationId, Page, PageQuery, Refusal, Sort, Validity, Versions, VoidReason, Voided, sql,
};
use members::affiliation::Ending;
use members::hand_over::{NO_TAKER, OwnedItem, OwnedKind};
use uuid::Uuid;

use super::membership_request::met;
use super::network::{locked as locked_network, seen_by};
use super::tracking::Row;
use crate::aftermath::Aftermath;
use crate::error::{Meaning, OVERLAP};
use crate::facet::{Called, Field, Names, faceted};
use crate::idempotency::again;
use crate::kept::{Carry, Ends, Gist, Kept as _, Leaving, Owned, Person, Told, kept, known, told};
use crate::locks::lock_networks;
use crate::moving::{Fate, Resting};
use crate::notify::{News, but_oneself, notify};
use crate::page::{UP, counted, keyset, sorted};
use crate::stamps::born;
use crate::store::Known;
use crate::writer::Writer;
use crate::{Error, Result, Store};

const BACKWARDS: Label = Label {
    fr: "L’adhésion, ou son rattachement, se termine avant de commencer : corrigez l’une des deux dates.",
    en: "The membership, or its affiliation, ends before it begins: correct one of the two dates.",
};

/// What a filter keeps of a boxed query of memberships, whatever they are joined with, at an instant or now.
macro_rules! narrowed {
    ($query:expr, $filter:expr, $at:expr, $row:expr) => {{
        let filter: &MembershipFilter = $filter;
        let mut query = match $at {
            Some(at) => $query.filter(membership::valid.contains(at)),
            None => $query.filter(membership::valid.contains(sql::clock())),
        };
        if !filter.ids.is_empty() {
            query = query.filter(membership::id.eq_any(filter.ids.iter().copied().collect::<Vec<_>>()));
        }
        if let Some(member) = filter.member_id {
            query = query.filter(membership::member_id.eq(member));
        }
        if let Some(organization) = filter.organization_id {
            query = query.filter(membership::organization_id.eq(organization));
        }
        query = match $row.clone() {
            Some(Row::Of(these)) => query.filter(membership::organization_id.eq_any(these)),
            Some(Row::But(these)) => query.filter(membership::organization_id.ne_all(these)),
            None => query,
        };
        if let Some(kind) = filter.organization_kind {
            query = query.filter(membership::organization_kind.eq(kind));
        }
        if let Some(role) = filter.role {
            query = query.filter(membership::role.eq(role));
        }
        if let Some(since) = filter.updated_since {
            query = query.filter(membership::updated_at.ge(since.0));
        }
        query
    }};
}

impl Store<'_> {
    /// The memberships of a network that the caller may see, by usual name.
    ///
    /// # Errors
    /// There is no such network that the caller may see; the cursor is none of ours; the day is yet to come.
    pub fn network_memberships(
        &mut self,
        code: &NetworkCode,
        filter: &MembershipFilter,
        page: &PageQuery,
    ) -> Result<MembershipPage> {
        let (conn, actor) = self.reading();
        let network = seen_by(code, conn, actor)?;
        let seen = |actor: &Actor| {
            let all = Membership::query().into_boxed().filter(membership::network_id.eq(network.id));
            all.filter(visible(actor, &network))
        };
        let found = self.listed(&seen, filter, page)?;
        let (at, row) = self.moment(filter)?;
        let (conn, actor) = self.reading();
        // A network may have very many: they are counted without those whom they are joined with, at one instant.
        let now = diesel::select(sql::clock()).get_result::<DateTime<Utc>>(conn)?;
        let at = at.or(Some(now));
        let all = || {
            let all = membership::table.into_boxed().filter(membership::network_id.eq(network.id));
            narrowed!(all.filter(visible(actor, &network)), filter, at, row)
        };
        let code = || network.code.to_string().into_sql::<Text>();
        let by = all().select((code(), membership::role, membership::organization_kind));
        let counts = faceted(conn, &filter.facets, FACETS, by)?;
        let count = counts.count(filter.count, || counted(conn, filter.count, all().select(membership::id)))?;
        Ok(found.counted(count).faceted(counts.facets).map(|it| self.seen(it)))
    }

    /// The leads of a network, then its co-leads, whom everyone sees who may see the network.
    ///
    /// # Errors
    /// There is no such network that the caller may see.
    pub fn network_leads(&mut self, code: &NetworkCode) -> Result<Vec<MembershipView>> {
        let (conn, actor) = self.reading();
        let network = seen_by(code, conn, actor)?;
        // The roles are literals, so that their own index is used.
        let leads = Membership::query().filter(sql_of::<Bool>("membership.role IN ('lead', 'co_lead')"));
        let leads = leads.filter(membership::network_id.eq(network.id)).filter(visible(actor, &network));
        let leads = leads.filter(membership::valid.contains(sql::clock())).limit(MOST_LEADS);
        let order = (membership::role.desc(), membership::sort_name, membership::id);
        let leads: Vec<Membership> = leads.order(order).load(conn)?;
        Ok(leads.into_iter().map(|it| self.seen(it)).collect())
    }

    /// The memberships for an organization that the caller may see, by usual name.
    ///
    /// # Errors
    /// There is no such organization; the cursor is none of ours; the day is yet to come.
    pub fn organization_memberships(
        &mut self,
        id: OrganizationId,
        filter: OrganizationMembershipFilter,
        page: &PageQuery,
    ) -> Result<MembershipPage> {
        self.organization(id, None)?;
        let code = filter.network_code.clone();
        let seen = |actor: &Actor| {
            let all = Membership::query().into_boxed().filter(membership::organization_id.eq(id));
            in_network(all.filter(anywhere(actor)), code.as_ref())
        };
        self.memberships(&seen, &filter.into(), page)
    }

    /// The memberships of a member that the caller may see, in the order in which they were recorded.
    ///
    /// # Errors
    /// There is no such member that the caller may see; the cursor is none of ours; the day is yet to come.
    pub fn member_memberships(
        &mut self,
        id: MemberId,
        filter: MemberMembershipFilter,
        page: &PageQuery,
    ) -> Result<MembershipPage> {
        self.permit(members::member::Read(id))?;
        let code = filter.network_code.clone();
        let seen = |actor: &Actor| {
            let all = Membership::query().into_boxed().filter(membership::member_id.eq(id));
            in_network(all.filter(anywhere(actor)), code.as_ref())
        };
        self.memberships(&seen, &filter.into(), page)
    }

    /// A page of the memberships that the caller may see, with their number and facets.
    fn memberships(
        &mut self,
        seen: &dyn Fn(&Actor) -> Query,
        filter: &MembershipFilter,
        page: &PageQuery,
    ) -> Result<MembershipPage> {
        let found = self.listed(seen, filter, page)?;
        let (at, row) = self.moment(filter)?;
        let (conn, actor) = self.reading();
        let all = || narrowed!(seen(actor), filter, at, row);
        let by = all().select((network::code, membership::role, membership::organization_kind));
        let counts = faceted(conn, &filter.facets, FACETS, by)?;
        let count = counts.count(filter.count, || counted(conn, filter.count, all()))?;
        Ok(found.counted(count).faceted(counts.facets).map(|it| self.seen(it)))
    }

    /// A page of the memberships that the caller may see.
    fn listed(
        &mut self,
        seen: &dyn Fn(&Actor) -> Query,
        filter: &MembershipFilter,
        page: &PageQuery,
    ) -> Result<Page<Membership>> {
        let (at, row) = self.moment(filter)?;
        let (conn, actor) = self.reading();
        let all = narrowed!(seen(actor), filter, at, row);
        Ok(sorted!(conn, all, page, filter.sort.unwrap_or(Sort::Name), Membership: membership by sort_name))
    }

    /// The past instant that a filter asks about, and the row of the matrix that it names.
    fn moment(&mut self, filter: &MembershipFilter) -> Result<(Option<DateTime<Utc>>, Option<Row>)> {
        let at = filter.as_of.map(AsOf::instant).transpose()?;
        Ok((at, self.row(filter.dicom_id, filter.unserved, filter.as_of)?))
    }

    /// One membership.
    ///
    /// # Errors
    /// There is none that the caller may see.
    pub fn membership(&mut self, id: MembershipId) -> Result<MembershipView> {
        let facts = self.permit(Read(id))?;
        Ok(self.seen(facts))
    }

    /// The memberships of the caller that hold now, in the order in which they were recorded.
    ///
    /// # Errors
    /// The cursor is none of ours.
    pub fn own_memberships(&mut self, page: &PageQuery) -> Result<MembershipPage> {
        let (conn, actor) = self.reading();
        let mine = actor.member().map(|member| member.0).unwrap_or_default();
        let mut query = Membership::query().filter(membership::member_id.eq(mine)).into_boxed();
        query = query.filter(own(actor)).filter(membership::valid.contains(sql::clock()));
        let found = keyset!(conn, query, page, UP, |it: &Membership| it.id => membership::id);
        Ok(found.map(|it| self.seen(it)))
    }

    /// Creates the membership that was granted.
    ///
    /// # Errors
    /// The member sits there already at that time; the dates cross.
    pub fn create_network_membership(&mut self, grant: Grant<Create>) -> Result<MembershipView> {
        let created = self.write(grant, |writer, _, _, Candidate { network, new, until, .. }| {
            let to = new.valid_to.map(|it| it.0).into_iter().chain(until).min();
            let valid = Validity { from: new.valid_from.map_or(writer.at, |it| it.0), to };
            if valid.to.is_some_and(|to| to <= valid.from) {
                return Err(Refusal::Invalid("/valid_to", BACKWARDS).into());
            }
            let created = writer.create((sitting(network.id, &new, valid), born!(membership, writer)))?;
            met(writer, &created)?;
            tell_given(writer, &created)?;
            Ok(created)
        })?;
        Ok(self.seen(created))
    }

    /// Gives another role to the membership that was granted: it keeps its identifier, and a row of
    /// its own keeps its past.
    ///
    /// # Errors
    /// It is no longer as the caller saw it; only SIG administrators give the roles of leads.
    pub fn change_membership_role(&mut self, grant: Grant<ChangeRole>, seen: Versions) -> Result<MembershipView> {
        let changed = self.write_on(grant, seen, |writer, actor, ChangeRole(_, change), before| {
            ChangeRole::promotes(actor, change.role)?;
            if change.role == before.role {
                return Err(Refusal::Overlap.into());
            }
            let after = take_role(writer, &before, change.role, None)?;
            met(writer, &after)?;
            Ok(after)
        })?;
        Ok(self.seen(changed))
    }

    /// Ends the membership that was granted.
    ///
    /// # Errors
    /// It is no longer as the caller saw it; the time lies in the past.
    pub fn end_membership(
        &mut self,
        grant: Grant<End>,
        seen: Versions,
        ending: &MembershipEnding,
    ) -> Result<MembershipView> {
        let ended = self.write_on(grant, seen, |writer, _, _, before| {
            let at = Ending { at: ending.at }.instant(writer.at, before.valid)?;
            end(writer, &before, at, ending.reason)
        })?;
        Ok(self.seen(ended))
    }

    /// Voids the membership that was granted.
    ///
    /// # Errors
    /// It is no longer as the caller saw it.
    pub fn void_membership(&mut self, grant: Grant<Void>, seen: Versions, reason: VoidReason) -> Result<Voided> {
        self.write_on(grant, seen, |writer, _, _, before| writer.void(&before, reason))
    }
}

/// A query of memberships.
type Query = IntoBoxed<'static, Select<<Membership as HasQuery<Pg>>::BaseQuery, AsSelect<Membership, Pg>>, Pg>;

/// Most leads and co-leads of a network that are shown at once.
const MOST_LEADS: i64 = 100;

/// What lists of memberships are counted by, in the order of the columns.
const FACETS: &[Field<MembershipFacet>] = &[
    (MembershipFacet::NetworkCode, "network_code", Called::Names(names_of_networks)),
    (MembershipFacet::Role, "role", Called::List("NetworkRole")),
    (MembershipFacet::OrganizationKind, "organization_kind", Called::List("OrganizationKind")),
];

fn names_of_networks(conn: &mut PgConnection, codes: &[String]) -> Result<Names> {
    Ok(network::table.filter(network::code.eq_any(codes)).select((network::code, network::name)).load(conn)?)
}

fn in_network(query: Query, code: Option<&NetworkCode>) -> Query {
    match code {
        Some(code) => query.filter(network::code.eq(code.clone())),
        None => query,
    }
}

/// The row of a membership, without its version and stamps.
pub(super) fn sitting(network: NetworkId, new: &MembershipInput, valid: Validity) -> Sitting {
    (
        new.clone(),
        membership::id.eq(MembershipId::fresh()),
        membership::network_id.eq(network),
        // Filled by the trigger from the affiliation.
        membership::member_id.eq(Uuid::nil()),
        membership::organization_id.eq(Uuid::nil()),
        membership::organization_kind.eq(""),
        membership::sort_name.eq(""),
        membership::valid.eq(valid),
    )
}

type Sitting = (
    MembershipInput,
    diesel::dsl::Eq<membership::id, MembershipId>,
    diesel::dsl::Eq<membership::network_id, NetworkId>,
    diesel::dsl::Eq<membership::member_id, Uuid>,
    diesel::dsl::Eq<membership::organization_id, Uuid>,
    diesel::dsl::Eq<membership::organization_kind, &'static str>,
    diesel::dsl::Eq<membership::sort_name, &'static str>,
    diesel::dsl::Eq<membership::valid, Validity>,
);

/// Makes a member sit in a network: by a new membership, or, where one is held through the same affiliation, by
/// changing its role. The network is locked already, and the affiliation in force.
pub(super) fn join(
    writer: &mut Writer<'_>,
    network: NetworkId,
    new: &MembershipInput,
    level: Option<NotificationLevel>,
) -> Result<Membership> {
    let sits = Membership::query()
        .filter(membership::network_id.eq(network))
        .filter(membership::affiliation_id.eq(new.affiliation_id))
        .filter(membership::valid.contains(writer.at));
    match sits.first(writer.conn).optional()? {
        Some(before) if before.role == new.role => Err(Refusal::Overlap.into()),
        Some(before) => take_role(writer, &before, new.role, level),
        None => begin(writer, network, new, level),
    }
}

/// Begins a membership that lasts as long as its affiliation.
pub(super) fn begin(
    writer: &mut Writer<'_>,
    network: NetworkId,
    new: &MembershipInput,
    level: Option<NotificationLevel>,
) -> Result<Membership> {
    let through = affiliation::table.find(new.affiliation_id).select(affiliation::valid);
    let to = through.first::<Validity>(writer.conn)?.to;
    let chosen = level.map(|level| membership::notification_level.eq(level));
    writer.create((sitting(network, new, Validity { from: writer.at, to }), chosen, born!(membership, writer)))
}

/// Gives a membership another role from now on; a row of its own keeps its past.
fn take_role(
    writer: &mut Writer<'_>,
    before: &Membership,
    role: NetworkRole,
    level: Option<NotificationLevel>,
) -> Result<Membership> {
    let from = before.valid.from.max(writer.at);
    let valid = membership::valid.eq(Validity { from, to: before.valid.to });
    let chosen = level.map(|level| membership::notification_level.eq(level));
    let after = writer.change(before, (membership::role.eq(role), valid, chosen))?;
    if before.valid.from < from {
        keep_past(writer, before, from)?;
    }
    Ok(after)
}

/// Notifies the member that they were added to a network, if the membership has begun.
pub(super) fn tell_given(writer: &mut Writer<'_>, it: &Membership) -> Result<()> {
    if it.valid.from > writer.at {
        return Ok(());
    }
    let news = News::of(NotificationKind::MembershipGiven, NotificationClass::Normal, it, Some(it.network_id));
    notify(writer, news, but_oneself(writer, vec![it.member.id]))
}

/// The memberships that a member should hand over before they leave: as lead or co-lead, which someone must take over,
/// and as référent or deputy.
pub(crate) fn seats_of(conn: &mut PgConnection, who: MemberId) -> Result<Vec<OwnedItem>> {
    let held = Membership::query().filter(membership::member_id.eq(who));
    let held = held.filter(membership::role.eq_any(LEADS).or(membership::role.eq_any(ANSWERS)));
    let held = held.filter(membership::valid.contains(sql::clock())).order(membership::id);
    let item = |it: Membership| {
        let hidden_in = (it.network_visibility == NetworkVisibility::Hidden).then_some(it.network_id);
        let title = format!("{} ({})", it.network_code, it.role.label().fr);
        let (leads, due_on) = (LEADS.contains(&it.role), it.valid.to.map(|to| to.date_naive()));
        OwnedItem { kind: OwnedKind::Membership, id: it.id.0, title, due_on, required: leads, hidden_in, is_led: leads }
    };
    Ok(held.load(conn)?.into_iter().map(item).collect())
}

/// Someone else sits there from now on: as a lead or co-lead through their main affiliation, as a référent or deputy
/// through their affiliation with the same organization.
pub(crate) fn hand_over_seat(writer: &mut Writer<'_>, actor: &Actor, id: Uuid, to: MemberId) -> Result<()> {
    let before = Membership::find(MembershipId(id).0, writer.conn)?;
    let places = affiliation::table.filter(affiliation::member_id.eq(to));
    let mut places = places.filter(affiliation::valid.contains(sql::clock())).select(affiliation::id).into_boxed();
    places = if LEADS.contains(&before.role) {
        places.filter(affiliation::is_primary)
    } else {
        places.filter(affiliation::organization_id.eq(before.organization.id))
    };
    let affiliation_id = places.first(writer.conn).optional()?.ok_or(Refusal::Invalid("/items", NO_TAKER))?;
    let new = MembershipInput { affiliation_id, ..MembershipInput::from(&before) };
    let candidate = Create((before.network_code.clone(), new)).facts(writer.conn)?;
    // The field at fault is in the hand-over plan, and a caller who was shown the membership of a lead knows that it
    // exists: it is refused, not hidden.
    hands_over(actor, &before, &candidate).map_err(|refusal| match refusal {
        Refusal::Invalid(_, why) => Refusal::Invalid("/items", why),
        Refusal::NotFound => Refusal::Forbidden(PROMOTION),
        refusal => refusal,
    })?;
    let taken = join(writer, before.network_id, &candidate.new, None)?;
    met(writer, &taken)?;
    end(writer, &before, writer.at, EndReason::Replaced)?;
    Ok(())
}

/// Keeps what a membership was before its role changed, as an ended membership with an identifier of its own.
fn keep_past(writer: &mut Writer<'_>, before: &Membership, end: DateTime<Utc>) -> Result<()> {
    let past = MembershipInput::from(before);
    let valid = Validity { from: before.valid.from, to: Some(end) };
    let replaced = membership::end_reason.eq(EndReason::Replaced);
    let row = (sitting(before.network_id, &past, valid), replaced, born!(membership, writer));
    writer.create::<Membership, _, _>(row).map(drop)
}

/// Ends a membership.
pub(super) fn end(
    writer: &mut Writer<'_>,
    before: &Membership,
    at: DateTime<Utc>,
    reason: EndReason,
) -> Result<Membership> {
    writer.end(before, (membership::valid.eq(before.valid.until(at)), membership::end_reason.eq(reason)))
}

/// Ends the memberships held through an affiliation that ends; the networks are locked already.
fn end_memberships(writer: &mut Writer<'_>, it: Leaving) -> Result<()> {
    let at = it.at;
    let held = Membership::query().filter(membership::affiliation_id.eq(it.affiliation)).order(membership::id);
    let held: Vec<Membership> = held.load(writer.conn)?;
    for before in held.into_iter().filter(|it| !it.valid.ended_by(at)) {
        end(writer, &before, at, EndReason::LeftOrg)?;
    }
    Ok(())
}

/// Ends every membership of a network that closes; its cells are rewritten afterwards, once each.
fn end_all(writer: &mut Writer<'_>, network: NetworkId) -> Result<()> {
    let all = Membership::query().filter(membership::network_id.eq(network)).order(membership::id);
    let (all, at): (Vec<Membership>, _) = (all.load(writer.conn)?, writer.at);
    for before in all.into_iter().filter(|it| !it.valid.ended_by(at)) {
        end(writer, &before, at, EndReason::NetworkClosed)?;
    }
    Ok(())
}

again!(MembershipView as MembershipId => membership);

known!(read Membership: Read);

impl Known for Create {
    fn facts(&self, conn: &mut PgConnection) -> Result<Candidate> {
        let (code, new) = &self.0;
        let network = locked_network(code, conn)?;
        let through = affiliation::table
            .inner_join(organization::table)
            .inner_join(member::table)
            .filter(affiliation::id.eq(new.affiliation_id))
            .filter(affiliation::valid.contains(sql::clock()))
            .filter(member::departed_at.is_null().and(member::suspended_at.is_null()))
            .select((organization::origin, affiliation::valid));
        let found = through.for_share().first::<(MemberOrigin, Validity)>(conn).optional().map_err(Error::from)?;
        let (origin, until) = (found.map(|(origin, _)| origin), found.and_then(|(_, valid)| valid.to));
        let mut left = None;
        if origin.is_none() {
            let place =
                affiliation::table.inner_join(organization::table).filter(affiliation::id.eq(new.affiliation_id));
            left = place.select(OrganizationLife::as_select()).first(conn).optional()?;
        }
        Ok(Candidate { network, new: new.clone(), origin, until, left })
    }
}

known!(lock Membership: ChangeRole, End, Void);

kept!(Membership: membership {
    const CARRIED: Option<Carry> = Some(super::carry::carry_memberships);
    const ENDS: &'static [Ends] = &[Ends::Affiliation(end_memberships), Ends::Network(end_all)];
    const TOLD: Option<Told> = Some(|conn, actor, ids| told::<Self, Read>(conn, actor, ids, |it| {
            let own = Some(it.member.id) == actor.member();
            let person = Some(it.member.display_name.clone());
            Gist { by: Some(it.created_by), person, own, role: Some(it.role), ..Gist::default() }
        }));

    const RESTING: &'static [Resting] = &[
        Resting::new("membership", "affiliation_id", Fate::Follows("affiliation.organization_id")),
        Resting::new("membership", "organization_id", Fate::Repeats),
    ];
    const OWNED: Option<Owned> = Some(Owned { kind: OwnedKind::Membership, list: seats_of, give: hand_over_seat });
    const PEOPLE: &'static [Person] = &[
        Person::owns("membership", "member_id", "vos adhésions aux réseaux"),
    ];
    const CONSTRAINTS: &'static [(&'static str, Meaning)] = &[
        ("membership_affiliation_id_fkey", || Error::Dangling("/affiliation_id")),
        ("membership_once_excl", OVERLAP),
    ];
    const PRIVATE: &'static [&'static str] = &["sort_name", "organization_kind", "notification_level"];


    // The network is locked first: leads and seats are counted under its lock only.
    fn lock(id: Uuid, conn: &mut PgConnection) -> Result<Self> {
        let network = membership::table.find(id).select(membership::network_id).first(conn).optional()?;
        lock_networks(conn, &[network.ok_or(Refusal::NotFound)?])?;
        Self::find(id, conn)
    }

    fn aftermath(before: Option<&Self>, after: Option<&Self>, follows: &mut Aftermath) {
        let sits = |it: &Self| (it.affiliation_id, it.role, it.valid, it.status);
        if before.map(sits) != after.map(sits) {
            for it in before.into_iter().chain(after) {
                follows.rights_of(it.member.id);
                if it.role == NetworkRole::Referent {
                    follows.rights_in(it.network_id, it.organization.id);
                }
                follows.cell(it.network_id, it.organization.id);
            }
        }
        if let Some(before) = before.filter(|it| it.role == NetworkRole::Lead) {
            follows.led(before.network_id);
        }
    }
});
