//! SQL of the keys of service accounts.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use kernel::notification::{NotificationClass, NotificationKind, Reminder};
use kernel::schema::{service_account, service_account_key};
use kernel::{Grant, Instant, Label, PageQuery, Refusal, ServiceAccountId, ServiceAccountKeyId, Versions, clock};
use members::service_account::{
    CreateKey, KeySecret, ListKeys, PublicKey, ReadKey, RevokeKey, RotateKey, ServiceAccount, ServiceAccountKey,
    ServiceAccountKeyFilter, ServiceAccountKeyKind, ServiceAccountKeyPage, ServiceAccountKeyStatus,
    ServiceAccountKeyView, ServiceAccountRotation, stands,
};
use uuid::Uuid;

use super::service_account::{in_future, tell};
use crate::aftermath::Aftermath;
use crate::error::Meaning;
use crate::idempotency::again;
use crate::kept::{Gist, Kept as _, Remind, Told, kept, known, titled, told};
use crate::notify::{News, notify};
use crate::page::{UP, keyset};
use crate::stamps::born;
use crate::writer::Writer;
use crate::{Error, Result, Store};

/// How many keys of an account are good at a time: one, and the one that takes its place.
const LIVE: i64 = 2;
/// How long a key lives where nothing is said, and at most.
const LIFE: TimeDelta = TimeDelta::days(365);
const LONGEST_LIFE: TimeDelta = TimeDelta::days(731);
/// How long a secret that is replaced is good where nothing is said, and at most.
const GRACE: TimeDelta = TimeDelta::days(1);
const LONGEST_GRACE: TimeDelta = TimeDelta::days(30);

const TOO_LONG: Label =
    Label { fr: "Indiquez une date à venir, dans les deux ans.", en: "Name a time in the future, within two years." };
const TOO_MUCH_GRACE: Label = Label {
    fr: "Indiquez une date à venir, dans les trente jours.",
    en: "Name a time in the future, within thirty days.",
};

impl Store<'_> {
    /// The keys of a service account, without their secrets.
    ///
    /// # Errors
    /// There is no such account that the caller may see; the cursor is not valid for this list.
    pub fn service_account_keys(
        &mut self,
        account: ServiceAccountId,
        filter: &ServiceAccountKeyFilter,
        page: &PageQuery,
    ) -> Result<ServiceAccountKeyPage> {
        self.permit(ListKeys(account))?;
        let mut query = ServiceAccountKey::query().into_boxed();
        query = query.filter(service_account_key::service_account_id.eq(account));
        if let Some(status) = filter.status {
            query = query.filter(stands().eq(status));
        }
        let key = |it: &ServiceAccountKey| it.id;
        let found = keyset!(self.reading().0, query, page, UP, key => service_account_key::id);
        Ok(found.map(|it| self.seen(it)))
    }

    /// One key, without its secret.
    ///
    /// # Errors
    /// There is none that the caller may see.
    pub fn service_account_key(&mut self, id: ServiceAccountKeyId) -> Result<ServiceAccountKeyView> {
        let facts = self.permit(ReadKey(id))?;
        Ok(self.seen(facts))
    }

    /// Creates the key that was granted: a secret, or a public key with its thumbprint.
    ///
    /// # Errors
    /// Two keys are good already; it would live too long; the public key is registered already.
    pub fn create_service_account_key(
        &mut self,
        grant: Grant<CreateKey>,
        thumbprint: Option<String>,
    ) -> Result<ServiceAccountKeyView> {
        let created = self.write(grant, |writer, _, CreateKey((_, new)), account| {
            refuse_third(writer, account.id)?;
            let expires_at = life(new.expires_at, writer.at)?;
            let made = match new.public_key.zip(thumbprint) {
                Some((public, thumbprint)) => public_key(writer, account.id, (public, thumbprint), expires_at)?,
                None => secret(writer, account.id, expires_at)?,
            };
            tell(writer, &account, vec![account.owner_id])?;
            Ok(made)
        })?;
        Ok(self.seen(created))
    }

    /// Replaces the secret that was granted by a new one; the old one is good for a while.
    ///
    /// # Errors
    /// It changed since the caller saw it; two keys are good already; a time is too far off.
    pub fn rotate_service_account_key(
        &mut self,
        grant: Grant<RotateKey>,
        seen: Versions,
        rotation: &ServiceAccountRotation,
    ) -> Result<ServiceAccountKeyView> {
        let made = self.write_on(grant, seen, |writer, _, _, before| {
            refuse_third(writer, before.service_account_id)?;
            let expires_at = life(rotation.expires_at, writer.at)?;
            let until = rotation.keep_until.map_or(writer.at + GRACE, |at| at.0);
            if until <= writer.at || until > writer.at + LONGEST_GRACE {
                return Err(Refusal::Invalid("/keep_until", TOO_MUCH_GRACE).into());
            }
            writer.change(&before, service_account_key::expires_at.eq(until.min(before.expires_at)))?;
            let made = secret(writer, before.service_account_id, expires_at)?;
            writer.tells_of_the_last();
            let account = ServiceAccount::find(before.service_account_id.0, writer.conn)?;
            tell(writer, &account, vec![account.owner_id])?;
            Ok(made)
        })?;
        Ok(self.seen(made))
    }

    /// Revokes the key that was granted.
    ///
    /// # Errors
    /// It changed since the caller saw it.
    pub fn revoke_service_account_key(
        &mut self,
        grant: Grant<RevokeKey>,
        seen: Versions,
    ) -> Result<ServiceAccountKeyView> {
        let revoked = self.write_on(grant, seen, |writer, _, _, before| {
            let after = writer.end(&before, service_account_key::revoked_at.eq(writer.at))?;
            let account = ServiceAccount::find(before.service_account_id.0, writer.conn)?;
            tell(writer, &account, vec![account.owner_id])?;
            Ok(after)
        })?;
        Ok(self.seen(revoked))
    }
}

/// Refuses a key beside two that are good. The account is locked.
fn refuse_third(writer: &mut Writer<'_>, account: ServiceAccountId) -> Result<()> {
    let live = service_account_key::table.filter(service_account_key::service_account_id.eq(account));
    let live = live.filter(service_account_key::revoked_at.is_null());
    let live = live.filter(service_account_key::expires_at.gt(writer.at)).count();
    if live.get_result::<i64>(writer.conn)? < LIVE { Ok(()) } else { Err(Refusal::QuotaFull.into()) }
}

/// When a key expires.
fn life(asked: Option<Instant>, now: DateTime<Utc>) -> Result<DateTime<Utc>> {
    let Some(at) = asked else { return Ok(now + LIFE) };
    in_future(at, "/expires_at", now)?;
    if at.0 <= now + LONGEST_LIFE { Ok(at.0) } else { Err(Refusal::Invalid("/expires_at", TOO_LONG).into()) }
}

fn secret(writer: &mut Writer<'_>, account: ServiceAccountId, expires_at: DateTime<Utc>) -> Result<ServiceAccountKey> {
    let secret = KeySecret::fresh().map_err(|what| Error::Fault(what.into()))?;
    let row = (
        service_account_key::id.eq(ServiceAccountKeyId::fresh()),
        service_account_key::service_account_id.eq(account),
        service_account_key::kind.eq(ServiceAccountKeyKind::Secret),
        service_account_key::name.eq(secret.name()),
        service_account_key::digest.eq(secret.digest()),
        service_account_key::expires_at.eq(expires_at),
        born!(service_account_key, writer),
    );
    let made: ServiceAccountKey = writer.create(row)?;
    Ok(ServiceAccountKey { secret: Some(secret), ..made })
}

fn public_key(
    writer: &mut Writer<'_>,
    account: ServiceAccountId,
    (public, thumbprint): (PublicKey, String),
    expires_at: DateTime<Utc>,
) -> Result<ServiceAccountKey> {
    let row = (
        service_account_key::id.eq(ServiceAccountKeyId::fresh()),
        service_account_key::service_account_id.eq(account),
        service_account_key::kind.eq(ServiceAccountKeyKind::PublicKey),
        service_account_key::name.eq(thumbprint),
        service_account_key::public_key.eq(public),
        service_account_key::expires_at.eq(expires_at),
        born!(service_account_key, writer),
    );
    writer.create(row)
}

/// Tells the owner that a key expires soon, if it is still good and none takes its place.
fn remind(writer: &mut Writer<'_>, _: Reminder, id: Uuid) -> Result<()> {
    let it = ServiceAccountKey::lock(id, writer.conn)?;
    if it.status == ServiceAccountKeyStatus::Revoked {
        return Ok(());
    }
    let news = News::of(NotificationKind::ServiceAccountExpires, NotificationClass::Mandatory, &it, None);
    notify(writer, news, vec![it.owner_id])
}

again!(ServiceAccountKeyView as ServiceAccountKeyId => service_account_key);

known!(it, conn => ServiceAccount::lock(it.0.0.0, conn); CreateKey);

known!(read ServiceAccountKey: ReadKey);

known!(lock ServiceAccountKey: RotateKey, RevokeKey);

kept!(ServiceAccountKey: service_account_key {
    const PRIVATE: &'static [&'static str] = &["digest", "last_used_at"];
    const TOLD: Option<Told> = Some(|conn, actor, ids| {
        told::<Self, ReadKey>(conn, actor, ids, |it| {
            Gist { due_on: Some(clock::day_of(it.expires_at)), ..titled(&it.service_account.name) }
        })
    });
    const REMIND: Option<Remind> = Some(remind);
    const CONSTRAINTS: &'static [(&'static str, Meaning)] = &[
        ("service_account_key_name_key", || Error::Taken("/public_key")),
        ("service_account_key_service_account_id_fkey", || Error::Refused(Refusal::NotFound)),
    ];
    // Its account is locked first: how many of its keys are good is counted under that lock.
    fn lock(id: Uuid, conn: &mut PgConnection) -> Result<Self> {
        let account = service_account_key::table.find(id).select(service_account_key::service_account_id);
        let account = account.first::<ServiceAccountId>(conn).optional()?.ok_or(Refusal::NotFound)?;
        let row = service_account::table.find(account).select(service_account::id).for_no_key_update();
        row.first::<ServiceAccountId>(conn)?;
        Self::hold(id, conn)?;
        Self::find(id, conn)
    }

    fn aftermath(before: Option<&Self>, after: Option<&Self>, follows: &mut Aftermath) {
        for it in before.into_iter().chain(after) {
            follows.rights_of(it.service_account_id);
        }
    }
});
