//! SQL of territories.

use diesel::prelude::*;
use kernel::PageQuery;
use kernel::schema::territory;
use members::territory::{Territory, TerritoryFilter, TerritoryPage};

use crate::page::{UP, keyset};
use crate::{Result, Store};

impl Store<'_> {
    /// The territories, by code; everyone may see them.
    ///
    /// # Errors
    /// The cursor is not valid for this list.
    pub fn territories(&mut self, filter: TerritoryFilter, page: &PageQuery) -> Result<TerritoryPage> {
        let (conn, _) = self.reading();
        let mut query = Territory::query().into_boxed();
        if let Some(kind) = filter.kind {
            query = query.filter(territory::kind.eq(kind));
        }
        if let Some(parent) = filter.parent_code {
            query = query.filter(territory::parent_code.eq(parent));
        }
        Ok(keyset!(conn, query, page, UP, |it: &Territory| it.code.clone() => territory::code))
    }
}
