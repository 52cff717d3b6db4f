//! Voided facts, shown again when the request that voided them is repeated.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use kernel::schema::change;
use kernel::{Refusal, Version, VoidReason, Voided};
use serde_json::Value;
use uuid::Uuid;

use crate::{Again, Result, Store};

impl Again for Voided {
    fn about(&self) -> Uuid {
        self.id
    }

    fn again(store: &mut Store<'_>, about: Uuid) -> Result<Self> {
        let (conn, actor) = store.reading();
        if !actor.is_sig() {
            return Err(Refusal::NotFound.into());
        }
        let last = change::table.filter(change::object_id.eq(about)).order(change::object_version.desc());
        let last = last.select((change::object_version, change::at, change::image.assume_not_null()));
        let (version, voided_at, image) =
            last.first::<(Version, DateTime<Utc>, Value)>(conn).optional()?.ok_or(Refusal::NotFound)?;
        let reason = image.get("void_reason").and_then(Value::as_str).and_then(|it| it.parse::<VoidReason>().ok());
        Ok(Self { id: about, version, voided_at, reason: reason.ok_or(Refusal::NotFound)? })
    }
}
