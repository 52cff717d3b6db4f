//! How nouns are written: the row is stamped and read again, its image is recorded, and what follows from it is noted.

use diesel::insertable::CanInsertInSingleQuery;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{QueryFragment, QueryId};
use kernel::{Noun, Refusal, Version, VoidReason, Voided};
use serde_json::Value;

use crate::Result;
use crate::kept::{Kept, KeptIn, Stamps};
use crate::writer::Writer;

impl Writer<'_> {
    /// Inserts a row, and records what was created.
    pub(crate) fn create<K, T, V>(&mut self, row: V) -> Result<K>
    where
        T: Table,
        K: KeptIn<T>,
        V: Insertable<T>,
        V::Values: QueryFragment<Pg> + QueryId + CanInsertInSingleQuery<Pg>,
    {
        let written = K::insert(row, self.conn)?;
        self.created(written)
    }

    /// Records what was created, by the image of its row.
    pub(crate) fn created<K: Kept>(&mut self, (image, created): (Value, Option<K>)) -> Result<K> {
        let id = image.get("id").and_then(Value::as_str).and_then(|id| id.parse().ok());
        let created = match created {
            Some(created) => created,
            None => K::find(id.ok_or(Refusal::NotFound)?, self.conn)?,
        };
        K::aftermath(None, Some(&created), &mut self.follows);
        self.record(&created, created.version(), "created", &image);
        Ok(created)
    }

    /// Changes a row, and records it.
    pub(crate) fn change<K, T, C>(&mut self, before: &K, changes: C) -> Result<K>
    where
        T: Table,
        K: KeptIn<T>,
        C: AsChangeset<Target = T>,
        C::Changeset: QueryFragment<Pg>,
    {
        self.alter("updated", before, changes)
    }

    /// Changes a row so that its object ends, and records it.
    pub(crate) fn end<K, T, C>(&mut self, before: &K, changes: C) -> Result<K>
    where
        T: Table,
        K: KeptIn<T>,
        C: AsChangeset<Target = T>,
        C::Changeset: QueryFragment<Pg>,
    {
        self.alter("ended", before, changes)
    }

    fn alter<K, T, C>(&mut self, verb: &str, before: &K, changes: C) -> Result<K>
    where
        T: Table,
        K: KeptIn<T>,
        C: AsChangeset<Target = T>,
        C::Changeset: QueryFragment<Pg>,
    {
        let stamps = Stamps { version: before.version().next(), at: self.at, by: self.by };
        let Some((image, after)) = K::update(before, stamps, changes, self.conn)? else {
            self.kept = true;
            return K::find(before.id(), self.conn);
        };
        let after = match after {
            Some(after) => after,
            None => K::find(before.id(), self.conn)?,
        };
        K::aftermath(Some(before), Some(&after), &mut self.follows);
        self.record(&after, after.version(), verb, &image);
        Ok(after)
    }

    /// Takes a row out of its table, since the fact should never have been: its last image is kept with the reason.
    pub(crate) fn void<K: Kept>(&mut self, row: &K, reason: VoidReason) -> Result<Voided> {
        let mut image = K::delete(row.id(), self.conn)?;
        K::aftermath(Some(row), None, &mut self.follows);
        if let Some(image) = image.as_object_mut() {
            image.insert("void_reason".into(), reason.as_ref().into());
        }
        let version = row.version().next();
        self.record(row, version, "voided", &image);
        Ok(Voided { id: row.id(), version, voided_at: self.at, reason })
    }

    fn record<T: Noun>(&mut self, row: &T, version: Version, verb: &str, image: &Value) {
        self.changes.push(serde_json::json!({
            "noun": T::NAME, "key": row.key(), "id": row.id(), "version": version.number(), "verb": verb, "image": image,
        }));
    }
}
