//! SQL of shared contacts.

use ::expertise::contact::{
    Archive, Contact, ContactFilter, ContactInput, ContactPage, ContactPatch, ContactSharing, ContactView, Create,
    Read, Update, is_past, visible,
};
use ::networks::network::{NetworkCode, visible as shown_networks};
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
use kernel::directory::OrganizationLife;
use kernel::schema::{affiliation, contact, network};
use kernel::{Actor, ContactId, Grant, Label, NetworkId, Noun as _, OrganizationId, PageQuery, Refusal, Versions, sql};
use members::reorganization::ImpactEffect;

use crate::error::Meaning;
use crate::idempotency::again;
use crate::kept::{Kept as _, kept, known};
use crate::moving::{Fate, Resting};
use crate::moving::{Ledger, Moving};
use crate::page::{UP, fold, keyset, like};
use crate::resting::resting_on;
use crate::stamps::born;
use crate::writer::Writer;
use crate::{Error, Result, Store};

type Query = contact::BoxedQuery<'static, diesel::pg::Pg>;

diesel::define_sql_function! {
    /// Name, organization name and position of a contact in one text, with case and accents folded.
    #[sql_name = "app.contact_said"]
    fn contact_said(given_name: Nullable<Text>, name: Text, organization: Nullable<Text>, role: Nullable<Text>) -> Text;
}

const NETWORK_ALONE: Label = Label {
    fr: "Indiquez un réseau si le contact est partagé avec un réseau, et seulement dans ce cas.",
    en: "Name a network if the contact is shared with a network, and only then.",
};
const NOT_YOURS: Label = Label {
    fr: "Vous n’avez pas de rattachement à cette organisation : indiquez l’une des vôtres.",
    en: "You are not affiliated to this organization: name one of yours.",
};

/// The contacts that show to the caller as shared in this way: one shared with a network that the caller may not know of
/// shows as shared with its organization.
fn shared_so(sharing: ContactSharing, unknown: Vec<NetworkId>, query: Query) -> Query {
    let aside = || contact::network_id.is_not_null().and(contact::network_id.eq_any(unknown).assume_not_null());
    let so = contact::sharing.eq(sharing);
    match sharing {
        ContactSharing::Organization => query.filter(so.or(aside())),
        ContactSharing::Network => query.filter(so.and(diesel::dsl::not(aside()))),
        ContactSharing::AllMembers => query.filter(so),
    }
}

/// The networks that a caller may not know of.
fn unknown_to(actor: &Actor, conn: &mut PgConnection) -> Result<Vec<NetworkId>> {
    let unknown = network::table.filter(diesel::dsl::not(shown_networks(actor)));
    Ok(unknown.select(network::id).load(conn)?)
}

fn apply(filter: ContactFilter, mut query: Query) -> Query {
    let ContactFilter { q, kind, organization_id, owner_id, stale, archived, .. } = filter;
    if let Some(words) = q {
        let said = contact_said(contact::given_name, contact::name, contact::organization_name, contact::role_title);
        query = query.filter(said.like(fold(like(&words))));
    }
    if let Some(kind) = kind {
        query = query.filter(contact::kind.eq(kind));
    }
    if let Some(organization) = organization_id {
        query = query.filter(contact::organization_id.eq(organization));
    }
    if let Some(owner) = owner_id {
        query = query.filter(contact::owner_id.eq(owner));
    }
    if let Some(stale) = stale {
        query = query.filter(is_past(contact::review_by, sql::clock()).eq(stale));
    }
    if archived {
        query.filter(contact::archived_at.is_not_null())
    } else {
        query.filter(contact::archived_at.is_null())
    }
}

impl Store<'_> {
    /// The contacts that the caller may see, by name.
    ///
    /// # Errors
    /// The cursor was not made by this service, or belongs to another list.
    pub fn contacts(&mut self, filter: ContactFilter, page: &PageQuery) -> Result<ContactPage> {
        let (conn, actor) = self.reading();
        let sharing = filter.sharing;
        let mut query = apply(filter, contact::table.into_boxed().filter(visible(actor)));
        if let Some(sharing) = sharing {
            query = shared_so(sharing, unknown_to(actor, conn)?, query);
        }
        let (query, key) = (query.select(Contact::as_select()), |it: &Contact| (it.name.clone(), it.id));
        let found = keyset!(conn, query, page, UP, key => contact::name, contact::id);
        Ok(found.map(|it| self.shown_contact(it)))
    }

    /// One contact.
    ///
    /// # Errors
    /// There is none, or the caller may not see it.
    pub fn contact(&mut self, id: ContactId) -> Result<ContactView> {
        let facts = self.permit(Read(id))?;
        Ok(self.shown_contact(facts))
    }

    fn shown_contact(&self, it: Contact) -> ContactView {
        self.seen(it.known_to(self.actor()))
    }

    /// Records the contact that was granted.
    ///
    /// # Errors
    /// An organization or a network does not exist, or does not belong to the caller.
    pub fn create_contact(&mut self, grant: Grant<Create>) -> Result<ContactView> {
        let created = self.write(grant, |writer, actor, Create(new), ()| {
            let network = shared_with(new.sharing, new.network_code.as_ref(), actor, writer.conn)?;
            refuse_gone(new.organization_id, writer.conn)?;
            let owner = owner(new.owner_id, actor, writer.conn)?;
            insert(writer, new, owner, network)
        })?;
        Ok(self.shown_contact(created))
    }

    /// Changes the contact that was granted.
    ///
    /// # Errors
    /// It changed since the caller saw it; an organization or a network does not exist, or does not belong to the caller.
    pub fn update_contact(
        &mut self,
        grant: Grant<Update>,
        seen: Versions,
        mut patch: ContactPatch,
    ) -> Result<ContactView> {
        let changed = self.write_on(grant, seen, |writer, actor, _, before| {
            let network_id = shared_anew(&mut patch, &before, actor, writer.conn)?;
            // Told on the field that was sent.
            let named = patch.organization_name.is_none() && before.organization_name.is_some();
            if named && patch.organization_id.flatten().is_some() {
                return Err(Refusal::Invalid("/organization_id", ONE_ORGANIZATION).into());
            }
            refuse_gone(patch.organization_id.flatten(), writer.conn)?;
            writer.change(&before, (patch, contact::network_id.eq(network_id)))
        })?;
        Ok(self.shown_contact(changed))
    }

    /// Archives the contact that was granted.
    ///
    /// # Errors
    /// It changed since the caller saw it.
    pub fn archive_contact(&mut self, grant: Grant<Archive>, seen: Versions) -> Result<ContactView> {
        let archived =
            self.write_on(grant, seen, |writer, _, _, before| writer.end(&before, contact::archived_at.eq(writer.at)))?;
        Ok(self.shown_contact(archived))
    }
}

/// Refuses an organization that was merged, split or closed as the place where a contact works.
fn refuse_gone(at: Option<OrganizationId>, conn: &mut PgConnection) -> Result<()> {
    let life = at.map(|at| resting_on(conn, at)).transpose()?.flatten();
    Ok(life.as_ref().map_or(Ok(()), OrganizationLife::alive)?)
}

fn insert(
    writer: &mut Writer<'_>,
    new: ContactInput,
    owner: OrganizationId,
    network: Option<NetworkId>,
) -> Result<Contact> {
    let whose = (contact::network_id.eq(network), contact::owner_id.eq(owner));
    writer.create((new, contact::id.eq(ContactId::fresh()), whose, born!(contact, writer)))
}

/// The network that a contact is shared with after a change. The caller says it over what they see: what a network that is
/// hidden from them shares is shown as of the organization alone, and stays as it is where they say that again.
fn shared_anew(
    patch: &mut ContactPatch,
    before: &Contact,
    actor: &Actor,
    conn: &mut PgConnection,
) -> Result<Option<NetworkId>> {
    let shown = before.clone().known_to(actor);
    let sharing = patch.sharing.unwrap_or(shown.sharing);
    let code = patch.network_code.as_ref().map(Option::as_ref);
    let same = code.is_none_or(|code| code == shown.network_code.as_ref().map(|it| &it.code));
    if sharing == shown.sharing && same {
        patch.sharing = None;
        return Ok(before.network_id);
    }
    patch.sharing = Some(sharing);
    shared_with(sharing, code.flatten(), actor, conn)
}

/// The network to share a contact with: one in which the caller sits (not as an observer), or any for the SIG.
fn shared_with(
    sharing: ContactSharing,
    code: Option<&NetworkCode>,
    actor: &Actor,
    conn: &mut PgConnection,
) -> Result<Option<NetworkId>> {
    match (sharing, code) {
        (ContactSharing::Network, Some(code)) => {
            let found = network::table.filter(network::code.eq(code)).select(network::id);
            let found = found.first::<NetworkId>(conn).optional()?;
            let own = |id: &NetworkId| actor.is_sig() || actor.shared_networks().any(|mine| mine == *id);
            found.filter(own).map(Some).ok_or(Error::Dangling("/network_code"))
        }
        (ContactSharing::Network, None) | (_, Some(_)) => Err(Refusal::Invalid("/network_code", NETWORK_ALONE).into()),
        (_, None) => Ok(None),
    }
}

/// The organization that keeps a contact that the caller records: the one that was named, else that of the main
/// affiliation.
fn owner(said: Option<OrganizationId>, actor: &Actor, conn: &mut PgConnection) -> Result<OrganizationId> {
    let belongs = |id: &OrganizationId| actor.organizations().any(|own| own == *id);
    if let Some(said) = said {
        return Some(said).filter(belongs).ok_or_else(|| Refusal::Invalid("/owner_id", NOT_YOURS).into());
    }
    let main = affiliation::table
        .filter(affiliation::member_id.eq(actor.id.0))
        .filter(affiliation::is_primary.and(affiliation::valid.contains(sql::clock())))
        .select(affiliation::organization_id);
    let main = main.first::<OrganizationId>(conn).optional()?.filter(belongs);
    main.or_else(|| actor.organizations().next()).ok_or_else(|| Refusal::Invalid("/owner_id", NOT_YOURS).into())
}

/// In a reorganization, contacts kept by or working in an organization that ends go over to its successor.
pub(crate) fn carry_contacts(writer: &mut Writer<'_>, moving: &Moving, ledger: &mut Ledger) -> Result<()> {
    let gone = moving.gone();
    let here = contact::owner_id.eq_any(&gone).or(contact::organization_id.eq_any(&gone).assume_not_null());
    let here = contact::table.filter(here).order(contact::id);
    let here = here.select((contact::id, contact::owner_id, contact::organization_id)).for_no_key_update();
    for (id, owner, at) in here.load::<(ContactId, OrganizationId, Option<OrganizationId>)>(writer.conn)? {
        let before = Contact::find(id.0, writer.conn)?;
        let place =
            (contact::owner_id.eq(moving.heir(owner)), contact::organization_id.eq(at.map(|at| moving.heir(at))));
        writer.change(&before, place)?;
        let to = ledger.organization(writer.conn, moving.heir(owner))?;
        let known = writer.known(id.0, before.created_at);
        ledger.tell(Contact::NAME, (known, before.name.to_string()), ImpactEffect::Repointed, Some(to));
    }
    Ok(())
}

again!(ContactView as ContactId => contact);

known!(read Contact: Read);

known!(nothing: Create);

known!(lock Contact: Update, Archive);

const ONE_ORGANIZATION: Label = Label {
    fr: "Indiquez soit `organization_id`, soit `organization_name`.",
    en: "Give either `organization_id` or `organization_name`.",
};

const NAMELESS_SERVICE: Label = Label { fr: "Un service n’a pas de prénom.", en: "A service has no given name." };

kept!(Contact: contact whole {
    const RESTING: &'static [Resting] = &[
        Resting::moves("contact", "owner_id", carry_contacts),
        Resting::new("contact", "organization_id", Fate::Follows("contact.owner_id")),
    ];
    const CONSTRAINTS: &'static [(&'static str, Meaning)] = &[
        ("contact_organization_id_fkey", || Error::Dangling("/organization_id")),
        ("contact_one_organization_check", || Refusal::Invalid("/organization_name", ONE_ORGANIZATION).into()),
        ("contact_given_name_check", || Refusal::Invalid("/given_name", NAMELESS_SERVICE).into()),
    ];
});
