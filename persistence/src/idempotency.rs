//! Idempotency keys: a POST that is sent twice is done once (draft-ietf-httpapi-idempotency-key-header-07).
//!
//! Of an answer only the identifier of its object is stored: a repetition is authorized and rendered again.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::upsert::excluded;
use kernel::schema::idempotency_key;
use kernel::{PrincipalId, sql};
use uuid::Uuid;

use crate::{Error, Result, Store};

/// How long a key is remembered.
const KEPT: TimeDelta = TimeDelta::hours(48);

/// A key, and what was asked with it.
#[derive(Debug, Clone)]
pub struct Key {
    /// The client's key; each principal has keys of their own.
    pub key: String,
    /// A digest of method, address and body.
    pub digest: Vec<u8>,
}

/// A type of answer that can be shown again.
pub trait Again: Sized {
    /// The object that the answer is about.
    fn about(&self) -> Uuid;

    /// The same answer, as the caller may see it now.
    ///
    /// # Errors
    /// The caller may no longer see it.
    fn again(store: &mut Store<'_>, about: Uuid) -> Result<Self>;
}

/// Says that an object with a version is shown again by reading it.
macro_rules! again {
    ($view:ty as $id:ident => $read:ident) => {
        impl $crate::Again for $view {
            fn about(&self) -> uuid::Uuid {
                self.noun.id.0
            }

            fn again(store: &mut $crate::Store<'_>, about: uuid::Uuid) -> $crate::Result<Self> {
                store.$read($id(about))
            }
        }
    };
}
pub(crate) use again;

/// Takes a key: `None` when the work is to be done, the object when it was done before.
pub(crate) fn take(conn: &mut PgConnection, who: PrincipalId, key: &Key, now: DateTime<Utc>) -> Result<Option<Uuid>> {
    use idempotency_key::dsl;
    let row = (
        dsl::principal_id.eq(who),
        dsl::key.eq(&key.key),
        dsl::request_digest.eq(&key.digest),
        dsl::created_at.eq(now),
    );
    let upsert = diesel::insert_into(dsl::idempotency_key)
        .values(row)
        .on_conflict((dsl::principal_id, dsl::key))
        .do_update()
        .set((
            dsl::request_digest.eq(excluded(dsl::request_digest)),
            dsl::created_at.eq(excluded(dsl::created_at)),
            dsl::object_id.eq(None::<Uuid>),
        ));
    let taken = diesel::query_dsl::methods::FilterDsl::filter(upsert, dsl::created_at.lt(now - KEPT))
        .execute(conn)
        .map_err(|error| match Error::from(error) {
            // The first one holds the row: it is still at work.
            Error::Busy(_) => Error::InFlight,
            other => other,
        })?;
    if taken == 1 {
        return Ok(None);
    }
    let found = dsl::idempotency_key.find((who, &key.key)).select((dsl::request_digest, dsl::object_id));
    let (digest, object): (Vec<u8>, Option<Uuid>) = found.first(conn)?;
    if digest != key.digest {
        return Err(Error::KeyReused);
    }
    object.map(Some).ok_or(Error::InFlight)
}

/// Remembers what the work was about.
pub(crate) fn keep(conn: &mut PgConnection, who: PrincipalId, key: &Key, about: Uuid) -> Result<()> {
    use idempotency_key::dsl;
    let row = dsl::idempotency_key.find((who, &key.key));
    diesel::update(row).set(dsl::object_id.eq(about)).execute(conn)?;
    Ok(())
}

/// Forgets the keys that are past their time.
pub(crate) fn forget(conn: &mut PgConnection) -> Result<usize> {
    use idempotency_key::dsl;
    let now = diesel::select(sql::clock()).get_result::<DateTime<Utc>>(conn)?;
    Ok(diesel::delete(dsl::idempotency_key.filter(dsl::created_at.lt(now - KEPT))).execute(conn)?)
}
