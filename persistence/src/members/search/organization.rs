//! Organizations by their names; partners and observers only by what a name shows.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use kernel::directory::OrganizationReference;
use kernel::schema::{organization, search_name};
use kernel::{Actor, OrganizationId, Shown};
use members::organization::{Organization, OrganizationView, visible};
use members::search::{SearchType, Wanted};

use super::{Candidate, Findable};
use crate::{Result, Store};

pub(super) struct Names;

type Query = search_name::BoxedQuery<'static, diesel::pg::Pg>;

/// The names by which this caller may find organizations: only names that they could also read.
fn known(actor: &Actor) -> Query {
    let seen = organization::table.into_boxed().filter(visible(actor)).select(organization::id);
    let query = search_name::table.into_boxed().filter(search_name::organization_id.eq_any(seen));
    if actor.is_insider() { query } else { query.filter(search_name::for_insiders.eq(false)) }
}

fn load(conn: &mut PgConnection, query: Query) -> Result<Vec<Candidate>> {
    let columns = (search_name::organization_id, search_name::text, search_name::kind);
    Ok(query.select(columns).load::<Candidate>(conn)?)
}

impl Findable for Names {
    const TYPE: SearchType = SearchType::Organization;
    const MOST: i64 = 500;

    fn begun(store: &mut Store<'_>, wanted: &Wanted, rows: i64) -> Result<Vec<Candidate>> {
        let text = wanted.terms.join(" ");
        let (conn, actor) = store.reading();
        // Beyond every text that begins so, byte by byte.
        let end = format!("{text}\u{10ffff}");
        let query = known(actor).filter(search_name::text.ge(text)).filter(search_name::text.lt(end));
        load(conn, query.order(search_name::text).limit(rows))
    }

    fn worded(store: &mut Store<'_>, words: &str, rows: i64) -> Result<Vec<Candidate>> {
        let (conn, actor) = store.reading();
        let fits = diesel::dsl::sql::<Bool>("app.search_vector(search_name.text) @@ ");
        let fits = fits.bind::<Text, _>(words.to_owned()).sql("::tsquery");
        load(conn, known(actor).filter(fits).limit(rows))
    }
}

impl Store<'_> {
    /// Those of these organizations that the caller sees, in full or by name.
    pub(super) fn organizations_found(
        &mut self,
        ids: &[OrganizationId],
    ) -> Result<BTreeMap<OrganizationId, OrganizationView>> {
        if ids.is_empty() {
            return Ok(BTreeMap::new());
        }
        let (conn, actor) = self.reading();
        let query = organization::table.filter(visible(actor)).filter(organization::id.eq_any(ids));
        if actor.is_insider() {
            let rows = query.select(Organization::as_select()).load(conn)?;
            return Ok(rows.into_iter().map(|it| (it.id, Shown::Full(self.seen(it)))).collect());
        }
        let rows = query.select(OrganizationReference::as_select()).load(conn)?;
        Ok(rows.into_iter().map(|it| (it.id, Shown::Name(it))).collect())
    }

    /// The name and short name of those of these organizations that the caller sees.
    pub(super) fn organizations_suggested(
        &mut self,
        ids: &[OrganizationId],
    ) -> Result<BTreeMap<OrganizationId, (String, Option<String>)>> {
        if ids.is_empty() {
            return Ok(BTreeMap::new());
        }
        let (conn, actor) = self.reading();
        let query = organization::table.filter(visible(actor)).filter(organization::id.eq_any(ids));
        let rows = query.select(OrganizationReference::as_select()).load(conn)?;
        let line = |it: OrganizationReference| (it.id, (it.name.to_string(), it.short_name.map(|it| it.to_string())));
        Ok(rows.into_iter().map(line).collect())
    }
}
