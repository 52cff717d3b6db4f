//! SQL of organizations.

use diesel::pg::Pg;
use diesel::prelude::*;
use kernel::acronym::undotted;
use kernel::directory::{ExternalId, OrganizationKind, OrganizationLife, OrganizationName};
use kernel::schema::{organization, organization_period, territory};
use kernel::{Action as _, Actor, AsOf, Grant, Label, OrganizationId, PageQuery, Refusal, Shown, Sort, Versions};
use members::organization::{
    Close, Create, Organization, OrganizationContacts, OrganizationFacet, OrganizationField, OrganizationFilter,
    OrganizationInput, OrganizationPage, OrganizationPatch, OrganizationStatus, OrganizationView, Read, Release,
    Update, UpdateContacts, visible,
};
use uuid::Uuid;

use super::closure::{end_all_of, lock_members_of, refuse_children};
use crate::aftermath::Aftermath;
use crate::aftermath::below_itself;
use crate::directory::speaker;
use crate::error::Meaning;
use crate::external_id::{Named, call};
use crate::facet::{Called, Field, Names, faceted};
use crate::kept::{Kept as _, kept, known};
use crate::locks::lock_networks_at;
use crate::members::reorganization;
use crate::moving::{Fate, Resting};
use crate::page::{counted, fold, keyset, like, sorted};
use crate::resting::resting_on;
use crate::stamps::born;
use crate::store::Known;
use crate::untold::released;
use crate::writer::Writer;
use crate::{Again, Error, Result, Store};

type Query = organization::BoxedQuery<'static, Pg>;

fn apply(filter: OrganizationFilter, served: Option<&[OrganizationId]>, actor: &Actor, mut query: Query) -> Query {
    let OrganizationFilter {
        q, ids, updated_since, kind, origin, status, parent_id, territory_code, siren, sort, ..
    } = filter;
    if let Some(words) = q {
        let acronym = undotted(words.as_ref()).parse().unwrap_or_else(|_| words.clone());
        let (as_typed, acronym) = (fold(like(&words)), fold(like(&acronym)));
        let name = fold(organization::name);
        let named = name.like(as_typed.clone()).or(name.like(acronym.clone()));
        let short_name = fold(organization::short_name.assume_not_null());
        let short = short_name.like(as_typed).or(short_name.like(acronym));
        query = query.filter(named.or(organization::short_name.is_not_null().and(short)));
    }
    if let Some(kind) = kind {
        query = query.filter(organization::kind.eq(kind));
    }
    query = query.filter(organization::status.eq(status.unwrap_or(OrganizationStatus::Active)));
    let described = status.is_some() || origin.is_some() || parent_id.is_some() || territory_code.is_some();
    let beyond_names = described
        || siren.is_some()
        || updated_since.is_some()
        || served.is_some()
        || sort.is_some_and(|sort| !sort.is_by_name());
    if beyond_names && !actor.is_insider() {
        return query.filter(organization::id.ne(organization::id));
    }
    if !ids.is_empty() {
        query = query.filter(organization::id.eq_any(ids.iter().copied().collect::<Vec<_>>()));
    }
    if let Some(since) = updated_since {
        query = query.filter(organization::updated_at.ge(since.0));
    }
    if let Some(served) = served {
        query = query.filter(organization::id.eq_any(served.to_vec()));
    }
    if let Some(origin) = origin {
        query = query.filter(organization::origin.eq(origin));
    }
    if let Some(parent) = parent_id {
        query = query.filter(organization::parent_id.eq(parent));
    }
    if let Some(territory) = territory_code {
        query = query.filter(organization::territory_code.eq(territory));
    }
    if let Some(siren) = siren {
        query = query.filter(organization::siren.eq(siren));
    }
    query
}

/// What lists of organizations are counted by, in the order of the columns.
const FACETS: &[Field<OrganizationFacet>] = &[
    (OrganizationFacet::Kind, "kind", Called::List("OrganizationKind")),
    (OrganizationFacet::Origin, "origin", Called::List("MemberOrigin")),
    (OrganizationFacet::TerritoryCode, "territory_code", Called::Names(names_of_territories)),
];

fn names_of_territories(conn: &mut PgConnection, codes: &[String]) -> Result<Names> {
    Ok(territory::table.filter(territory::code.eq_any(codes)).select((territory::code, territory::name)).load(conn)?)
}

/// An organization as it was described at a time.
type Described =
    (OrganizationName, Option<kernel::directory::ShortName>, kernel::directory::OrganizationKind, OrganizationStatus);

impl Store<'_> {
    /// The organizations that the caller may see, by name.
    ///
    /// # Errors
    /// The cursor is not valid for this list.
    pub fn organizations(&mut self, filter: &OrganizationFilter, page: &PageQuery) -> Result<OrganizationPage> {
        let served = self.limited_to(filter.dicom_id, None)?;
        let (conn, actor) = self.reading();
        let all = || {
            apply(filter.clone(), served.as_deref(), actor, organization::table.into_boxed().filter(visible(actor)))
                .select(Organization::as_select())
        };
        let sort = filter.sort.unwrap_or(Sort::Name);
        let found = sorted!(conn, all(), page, sort, Organization: organization by name);
        // Who reads names only reads of an organization its kind, and nothing more.
        let facets = if actor.is_insider() { FACETS } else { FACETS.get(..1).unwrap_or_default() };
        let columns = (organization::kind, organization::origin, organization::territory_code);
        let counts = match facets.len() {
            1 => faceted(conn, &filter.facets, facets, all().select(organization::kind))?,
            _ => faceted(conn, &filter.facets, facets, all().select(columns))?,
        };
        let count = counts.count(filter.count, || counted(conn, filter.count, all()))?;
        Ok(found.counted(count).faceted(counts.facets).map(|it| self.shown(it)))
    }

    /// One organization, as it is or as it was described at the end of a past day.
    ///
    /// # Errors
    /// There is none, or was none then.
    pub fn organization(&mut self, id: OrganizationId, as_of: Option<AsOf>) -> Result<OrganizationView> {
        let mut found = {
            let (conn, actor) = self.reading();
            let query = organization::table.find(id).filter(visible(actor)).select(Organization::as_select());
            query.first(conn).optional()?.ok_or(Refusal::NotFound)?
        };
        if let Some(day) = as_of {
            let then = organization_period::table
                .filter(organization_period::organization_id.eq(id))
                .filter(organization_period::valid.contains(day.instant()?))
                .select((
                    organization_period::name,
                    organization_period::short_name,
                    organization_period::kind,
                    organization_period::status,
                ));
            let described = then.first::<Described>(self.reading().0).optional()?.ok_or(Refusal::NotFound)?;
            (found.name, found.short_name, found.kind, found.status) = described;
        }
        Ok(self.shown(found))
    }

    fn shown(&self, it: Organization) -> OrganizationView {
        if self.actor().is_insider() { Shown::Full(self.seen(it)) } else { Shown::Name(it.into()) }
    }

    /// Records the organization that was granted.
    ///
    /// # Errors
    /// Its parent or its territory does not exist; the directory of the caller calls another so.
    pub fn create_organization(&mut self, grant: Grant<Create>) -> Result<OrganizationView> {
        let request = self.request();
        let created = self.write(grant, |writer, actor, Create(new), above| {
            let above = above.map(|(above, _)| Organization::find(above.0, writer.conn)).transpose()?;
            new.said_by(actor, above.map(|it| it.kind))?;
            let name = new.external_id.clone();
            let created = insert(writer, new)?;
            named(writer, created.id, name.as_ref(), (Create::NAME, request))?;
            Ok(created)
        })?;
        self.knows(created.id);
        Ok(self.shown(created))
    }

    /// Changes the organization that was granted. A name that goes is kept as an alias.
    ///
    /// # Errors
    /// It is no longer as the caller saw it; its new parent is below it; a reference leads nowhere.
    pub fn update_organization(
        &mut self,
        grant: Grant<Update>,
        seen: Versions,
        patch: OrganizationPatch,
    ) -> Result<OrganizationView> {
        let request = self.request();
        let changed = self.write_on(grant, seen, |writer, actor, _, before| {
            patch.said_by(actor, &before)?;
            if let Some(name) = &patch.external_id {
                named(writer, before.id, name.as_ref(), (Update::NAME, request))?;
            }
            if let Some(Some(parent)) = patch.parent_id.filter(|parent| *parent != before.parent_id) {
                refuse_circle(writer.conn, before.id, parent)?;
                life_of(writer.conn, parent)?.map_or(Ok(()), |above| above.alive())?;
            }
            set(writer, &before, patch)
        })?;
        Ok(self.shown(changed))
    }

    /// Gives fields of the organization that was granted back to their source.
    ///
    /// # Errors
    /// It is no longer as the caller saw it.
    pub fn release_organization_fields(
        &mut self,
        grant: Grant<Release>,
        seen: Versions,
        fields: &[OrganizationField],
    ) -> Result<OrganizationView> {
        let request = self.request();
        let changed = self.write_on(grant, seen, |writer, _, _, before| {
            let (action_on, held) = ((Release::NAME, "organization"), (before.id.0, &before.field_sources));
            let left = released(writer, request, action_on, held, fields.iter().map(|it| it.code()))?;
            writer.change(&before, organization::field_sources.eq(left))
        })?;
        Ok(self.shown(changed))
    }

    /// Replaces the contact points of the organization that was granted.
    ///
    /// # Errors
    /// It is no longer as the caller saw it.
    pub fn update_organization_contacts(
        &mut self,
        grant: Grant<UpdateContacts>,
        seen: Versions,
        contacts: OrganizationContacts,
    ) -> Result<OrganizationView> {
        let changed = self.write_on(grant, seen, |writer, _, _, before| {
            let contacts = Some(contacts.contact_points);
            set(writer, &before, OrganizationPatch { contact_points: contacts, ..Default::default() })
        })?;
        Ok(self.shown(changed))
    }

    /// Closes the organization that was granted, and ends everything that depends on it.
    ///
    /// # Errors
    /// It is no longer as the caller saw it; others stand below it; the last lead of a network sits there.
    pub fn close_organization(&mut self, grant: Grant<Close>, seen: Versions) -> Result<OrganizationView> {
        let closed = self.write_on(grant, seen, |writer, _, _, before| {
            refuse_children(writer.conn, before.id)?;
            let status = organization::status.eq(OrganizationStatus::Closed);
            let after = writer.end(&before, status)?;
            end_all_of(writer, before.id)?;
            Ok(after)
        })?;
        Ok(self.shown(closed))
    }
}

const ORGANIZATION: Named = Named {
    noun: "organization",
    pointer: "/external_id",
    lives: "SELECT EXISTS (SELECT FROM organization WHERE id = $1 AND status = 'active') AS lives",
};

/// Keeps what the directory of the caller calls an organization.
fn named(
    writer: &mut Writer<'_>,
    id: OrganizationId,
    name: Option<&ExternalId>,
    line: (&'static str, Uuid),
) -> Result<()> {
    match (speaker(writer.by, writer.conn)?, name) {
        (Some(directory), name) => call(writer, &directory, &ORGANIZATION, (id.0, name), line).map(drop),
        (None, Some(_)) => Err(Refusal::Invalid(ORGANIZATION.pointer, NO_DIRECTORY).into()),
        (None, None) => Ok(()),
    }
}

const NO_DIRECTORY: Label = Label {
    fr: "Seul un compte de service dont la source est définie donne un identifiant externe.",
    en: "Only a service account with a source gives an external identifier.",
};

/// Inserts an organization.
pub(super) fn insert(writer: &mut Writer<'_>, new: OrganizationInput) -> Result<Organization> {
    let stamps = (organization::id.eq(OrganizationId::fresh()), born!(organization, writer));
    writer.create::<Organization, _, _>((new, stamps))
}

/// Changes an organization. A name that goes is kept as an alias.
pub(super) fn set(
    writer: &mut Writer<'_>,
    before: &Organization,
    mut patch: OrganizationPatch,
) -> Result<Organization> {
    // Told on the field that was sent.
    let leveled = patch.prefecture_level.is_none() && before.prefecture_level.is_some();
    if leveled && patch.kind.is_some_and(|kind| kind != OrganizationKind::Prefecture) {
        return Err(Refusal::Invalid("/kind", LEVEL).into());
    }
    let renamed = patch.name.as_ref().is_some_and(|name| *name != before.name);
    // The former name stays in the history, even where others keep the aliases.
    let keeps_aliases =
        speaker(writer.by, writer.conn)?.is_none_or(|it| before.field_sources.lets(&it.code, "aliases"));
    if renamed && keeps_aliases && !before.aliases.contains(&before.name) {
        let aliases = patch.aliases.take().unwrap_or_else(|| before.aliases.clone());
        let kept = std::iter::once(before.name.clone()).chain(aliases);
        patch.aliases = Some(kept.take(members::organization::MOST_ALIASES).collect());
    }
    writer.change(before, patch)
}

diesel::define_sql_function! {
    #[sql_name = "app.is_below"]
    fn is_below(lower: diesel::sql_types::Uuid, upper: diesel::sql_types::Uuid) -> diesel::sql_types::Bool;
}

/// An organization never stands below itself.
pub(super) fn refuse_circle(conn: &mut PgConnection, id: OrganizationId, parent: OrganizationId) -> Result<()> {
    let circle: bool = diesel::select(is_below(parent, id)).get_result(conn)?;
    if circle { Err(below_itself()) } else { Ok(()) }
}

/// Whether an organization is active, read without a lock to avoid deadlocks: the tree is checked at the end.
fn life_of(conn: &mut PgConnection, id: OrganizationId) -> Result<Option<OrganizationLife>> {
    Ok(organization::table.find(id).select(OrganizationLife::as_select()).first(conn).optional()?)
}

impl Again for OrganizationView {
    fn about(&self) -> Uuid {
        match self {
            Shown::Full(seen) => seen.noun.id.0,
            Shown::Name(name) => name.id.0,
        }
    }

    fn again(store: &mut Store<'_>, about: Uuid) -> Result<Self> {
        store.organization(OrganizationId(about), None)
    }
}

known!(read Organization: Read);

impl Known for Create {
    fn facts(&self, conn: &mut PgConnection) -> Result<Option<(OrganizationId, OrganizationLife)>> {
        let Some(above) = self.0.parent_id else { return Ok(None) };
        Ok(resting_on(conn, above)?.map(|life| (above, life)))
    }
}

impl Known for Update {
    fn facts(&self, conn: &mut PgConnection) -> Result<Organization> {
        lock_networks_at(conn, &[self.0])?;
        Organization::lock(self.0.0, conn)
    }
}

known!(lock Organization: UpdateContacts, Release);

impl Known for Close {
    fn facts(&self, conn: &mut PgConnection) -> Result<Organization> {
        lock_networks_at(conn, &[self.0])?;
        lock_members_of(conn, self.0)?;
        Organization::lock(self.0.0, conn)
    }
}

const LEVEL: Label =
    Label { fr: "Ce niveau ne s’applique qu’aux préfectures.", en: "Only prefectures have this level." };

kept!(Organization: organization whole {
    const RESTING: &'static [Resting] = &[
        Resting::moves("organization", "parent_id", reorganization::carry_below),
        Resting::new("organization_period", "organization_id", Fate::History),
        Resting::new("search_name", "organization_id", Fate::Derived),
        Resting::new("organization_siret", "organization_id", Fate::Derived),
    ];
    const CONSTRAINTS: &'static [(&'static str, Meaning)] = &[
        ("organization_siret_key", || Error::Taken("/sirets")),
        ("organization_parent_id_fkey", || Error::Dangling("/parent_id")),
        ("organization_territory_code_fkey", || Error::Dangling("/territory_code")),
        ("organization_not_its_own_parent_check", || below_itself()),
        ("organization_level_of_prefecture_check", || Refusal::Invalid("/prefecture_level", LEVEL).into()),
    ];

    fn aftermath(before: Option<&Self>, after: Option<&Self>, follows: &mut Aftermath) {
        let Some(after) = after else { return };
        let hangs = |it: &Self| (it.parent_id, it.status);
        if before.map_or(after.parent_id.is_some(), |before| hangs(before) != hangs(after)) {
            follows.in_a_tree(after.id);
        }
        let Some(before) = before else { return };
        let stands = |it: &Self| (it.kind, it.origin, it.status);
        if stands(before) != stands(after) || before.parent_id != after.parent_id {
            let around = before.parent_id.into_iter().chain(after.parent_id).chain(after.successor_ids.iter().copied());
            for organization in around.chain([after.id]) {
                follows.rights_over(organization);
            }
        }
        if stands(before) != stands(after) {
            follows.cells_at(after.id);
            follows.administered();
            follows.led_from(after.id);
        }
    }
});
