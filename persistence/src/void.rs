//! What was voided, shown again to one who asks twice.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use kernel::schema::history;
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
        let last = history::table.filter(history::object_id.eq(about)).order(history::object_version.desc());
        let last = last.select((history::object_version, history::at, history::image));
        let (version, voided_at, image) =
            last.first::<(Version, DateTime<Utc>, Value)>(conn).optional()?.ok_or(Refusal::NotFound)?;
        let reason = image.get("void_reason").and_then(Value::as_str).and_then(|it| it.parse::<VoidReason>().ok());
        Ok(Self { id: about, version, voided_at, reason: reason.ok_or(Refusal::NotFound)? })
    }
}
