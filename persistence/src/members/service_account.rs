//! SQL of service accounts.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use kernel::notification::{NotificationClass, NotificationKind, Reminder};
use kernel::schema::{affiliation, member, organization, principal, service_account, source};
use kernel::{
    Grant, Instant, Label, MemberId, MemberOrigin, PageQuery, PrincipalKind, Refusal, Scope, ServiceAccountId,
    Versions, clock, sql,
};
use members::hand_over::OwnedKind;
use members::service_account::{
    Create, ListKeys, Read, Revoke, ServiceAccount, ServiceAccountFilter, ServiceAccountInput, ServiceAccountPage,
    ServiceAccountPatch, ServiceAccountStatus, ServiceAccountView, SourceCode, SubjectClients, Update, visible,
};
use uuid::Uuid;

use super::hand_over::{accounts_of, hand_over_account};
use crate::aftermath::Aftermath;
use crate::error::Meaning;
use crate::idempotency::again;
use crate::kept::{Gist, Kept as _, Owned, Person, Remind, Told, kept, known, titled, told};
use crate::members::reorganization;
use crate::moving::Resting;
use crate::notify::{News, but_oneself, notify};
use crate::page::{UP, keyset};
use crate::resting::resting_on;
use crate::stamps::born;
use crate::writer::Writer;
use crate::{Error, Result, Store};

const PAST: Label = Label { fr: "Indiquez une date à venir.", en: "Name a time in the future." };
const NO_OWNER: Label = Label {
    fr: "Cette personne ne peut pas répondre d’un compte de service\u{a0}: il faut un membre actif, rattaché à une organisation qui n’est ni partenaire ni observatrice.",
    en: "This person cannot answer for a service account: it takes an active member of an organization that is neither a partner nor an observer.",
};
const NOT_A_DIRECTORY: Label = Label {
    fr: "Cette source n’est pas celle d’un annuaire\u{a0}: choisissez un autre code.",
    en: "This source is not that of a directory: choose another code.",
};

impl Store<'_> {
    /// The service accounts that the caller may see.
    ///
    /// # Errors
    /// The cursor is not valid for this list.
    pub fn service_accounts(&mut self, filter: &ServiceAccountFilter, page: &PageQuery) -> Result<ServiceAccountPage> {
        let (conn, actor) = self.reading();
        let mut query = ServiceAccount::query().into_boxed().filter(visible(actor));
        if let Some(organization) = filter.organization_id {
            query = query.filter(service_account::organization_id.eq(organization));
        }
        if let Some(owner) = filter.owner_id {
            query = query.filter(service_account::owner_id.eq(owner));
        }
        let found = keyset!(conn, query, page, UP, |it: &ServiceAccount| it.id => service_account::id);
        Ok(found.map(|it| self.seen(it)))
    }

    /// One service account.
    ///
    /// # Errors
    /// There is none that the caller may see.
    pub fn service_account(&mut self, id: ServiceAccountId) -> Result<ServiceAccountView> {
        let facts = self.permit(Read(id))?;
        Ok(self.seen(facts))
    }

    /// Creates the service account that was granted.
    ///
    /// # Errors
    /// Its owner is no active member; its source is no directory's; it would have expired already.
    pub fn create_service_account(&mut self, grant: Grant<Create>) -> Result<ServiceAccountView> {
        let created = self.write(grant, |writer, _, Create(new), _| {
            in_future(new.expires_at, "/expires_at", writer.at)?;
            answers(writer.conn, new.owner_id)?;
            let source = new.source_code.as_ref().map(|code| source_of(writer.conn, code)).transpose()?;
            insert(writer, new, source)
        })?;
        Ok(self.seen(created))
    }

    /// Changes the service account that was granted.
    ///
    /// # Errors
    /// It changed since the caller saw it; its new owner is no active member; it would have expired already.
    pub fn update_service_account(
        &mut self,
        grant: Grant<Update>,
        seen: Versions,
        patch: ServiceAccountPatch,
    ) -> Result<ServiceAccountView> {
        let changed = self.write_on(grant, seen, |writer, _, _, before| {
            if let Some(at) = patch.expires_at {
                in_future(at, "/expires_at", writer.at)?;
            }
            if let Some(owner) = patch.owner_id {
                answers(writer.conn, owner)?;
            }
            let clients = patch.subject_clients.clone().map(SubjectClients);
            let clients = clients.map(|clients| service_account::subject_clients.eq(clients));
            let patch = ServiceAccountPatch { scopes: patch.scopes.map(each_once), ..patch };
            let after = writer.change(&before, (patch, clients))?;
            if after.version != before.version {
                tell(writer, &after, vec![before.owner_id, after.owner_id])?;
            }
            Ok(after)
        })?;
        Ok(self.seen(changed))
    }

    /// Revokes the service account that was granted, for good.
    ///
    /// # Errors
    /// It changed since the caller saw it.
    pub fn revoke_service_account(&mut self, grant: Grant<Revoke>, seen: Versions) -> Result<ServiceAccountView> {
        let revoked = self.write_on(grant, seen, |writer, _, _, before| {
            let after = writer.end(&before, service_account::revoked_at.eq(writer.at))?;
            tell(writer, &after, vec![after.owner_id])?;
            Ok(after)
        })?;
        Ok(self.seen(revoked))
    }
}

fn insert(writer: &mut Writer<'_>, new: ServiceAccountInput, source: Option<Uuid>) -> Result<ServiceAccount> {
    let id = ServiceAccountId::fresh();
    let row = (
        principal::id.eq(id.0),
        principal::kind.eq(PrincipalKind::ServiceAccount),
        principal::created_at.eq(writer.at),
    );
    diesel::insert_into(principal::table).values(row).execute(writer.conn)?;
    let clients = service_account::subject_clients.eq(SubjectClients(new.subject_clients.clone()));
    let new = ServiceAccountInput { scopes: each_once(new.scopes), ..new };
    let more = (service_account::id.eq(id), service_account::source_id.eq(source), clients);
    let created: ServiceAccount = writer.create((new, more, born!(service_account, writer)))?;
    tell(writer, &created, vec![created.owner_id])?;
    Ok(created)
}

/// Tells those who answer for it of what was done to it.
pub(crate) fn tell(writer: &mut Writer<'_>, it: &ServiceAccount, mut owners: Vec<MemberId>) -> Result<()> {
    owners.sort_unstable();
    owners.dedup();
    let news = News::of(NotificationKind::ServiceAccountChanged, NotificationClass::Mandatory, it, None);
    let others = but_oneself(writer, owners);
    notify(writer, news, others)
}

fn each_once(mut scopes: Vec<Scope>) -> Vec<Scope> {
    scopes.sort_unstable();
    scopes.dedup();
    scopes
}

/// Refuses a time that is not in the future.
pub(super) fn in_future(at: Instant, pointer: &'static str, now: DateTime<Utc>) -> Result<()> {
    if at.0 > now { Ok(()) } else { Err(Refusal::Invalid(pointer, PAST).into()) }
}

/// Refuses an owner who is not active and affiliated.
fn answers(conn: &mut PgConnection, owner: MemberId) -> Result<()> {
    let present = affiliation::table
        .inner_join(member::table)
        .filter(member::id.eq(owner).and(member::departed_at.is_null()).and(member::suspended_at.is_null()))
        .inner_join(organization::table)
        .filter(affiliation::valid.contains(sql::clock()))
        .filter(organization::origin.ne_all([MemberOrigin::GovernmentPartner, MemberOrigin::Observer]));
    let stands: bool = diesel::select(diesel::dsl::exists(present)).get_result(conn)?;
    if stands { Ok(()) } else { Err(Refusal::Invalid("/owner_id", NO_OWNER).into()) }
}

/// The name under which data sets are loaded, whose rows the triggers leave as they are.
const LOADERS: &str = "bulk";

/// The source of a code, made where there is none yet.
fn source_of(conn: &mut PgConnection, code: &SourceCode) -> Result<Uuid> {
    let fresh = (source::id.eq(clock::fresh_v7()), source::code.eq(code), source::kind.eq("scim"));
    diesel::insert_into(source::table).values(fresh).on_conflict(source::code).do_nothing().execute(conn)?;
    let found = source::table.filter(source::code.eq(code)).select((source::id, source::kind));
    match found.first::<(Uuid, String)>(conn)? {
        (id, kind) if kind == "scim" && code.as_ref() != LOADERS => Ok(id),
        _ => Err(Refusal::Invalid("/source_code", NOT_A_DIRECTORY).into()),
    }
}

/// Tells the owner that the account expires soon.
fn remind(writer: &mut Writer<'_>, _: Reminder, id: Uuid) -> Result<()> {
    let it = ServiceAccount::lock(id, writer.conn)?;
    if it.status == ServiceAccountStatus::Revoked {
        return Ok(());
    }
    let news = News::of(NotificationKind::ServiceAccountExpires, NotificationClass::Mandatory, &it, None);
    notify(writer, news, vec![it.owner_id])
}

again!(ServiceAccountView as ServiceAccountId => service_account);

known!(read ServiceAccount: Read, ListKeys);

known!(it, conn => resting_on(conn, it.0.organization_id); Create);

known!(lock ServiceAccount: Update, Revoke);

kept!(ServiceAccount: service_account {
    const RESTING: &'static [Resting] = &[
        Resting::moves("service_account", "organization_id", reorganization::carry_service_accounts),
    ];
    const OWNED: Option<Owned> = Some(Owned { kind: OwnedKind::ServiceAccount, list: accounts_of, give: hand_over_account });
    const PEOPLE: &'static [Person] = &[
        Person::owns("service_account", "owner_id", "les comptes de service dont vous répondez"),
    ];
    const TOLD: Option<Told> = Some(|conn, actor, ids| {
        told::<Self, Read>(conn, actor, ids, |it| {
            Gist { due_on: Some(clock::day_of(it.expires_at)), ..titled(&it.name) }
        })
    });
    const REMIND: Option<Remind> = Some(remind);
    const CONSTRAINTS: &'static [(&'static str, Meaning)] = &[
        ("service_account_organization_id_fkey", || Error::Dangling("/organization_id")),
    ];

    fn aftermath(before: Option<&Self>, after: Option<&Self>, follows: &mut Aftermath) {
        // It writes with the rights of its owner.
        for it in before.into_iter().chain(after) {
            follows.rights_of(it.id);
        }
    }
});
