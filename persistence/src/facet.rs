//! Facets of a list: how many items have each value of some fields, all fields in one reading of the list.

use std::collections::HashMap;

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Integer, Nullable, Text};
use kernel::{Count, Facet, FacetValue, Several};

use crate::Result;

/// Most values that one field is counted by.
const MOST: usize = 200;
const NAMES: [&str; 4] = ["a", "b", "c", "d"];

/// Codes with the names of what they stand for.
pub(crate) type Names = Vec<(String, String)>;

/// What the codes of a field stand for.
#[derive(Clone, Copy)]
pub(crate) enum Called {
    /// They are of this list of the contract.
    List(&'static str),
    /// They are names of something, found by their codes.
    Names(fn(&mut PgConnection, &[String]) -> Result<Names>),
}

/// A field by which a list is counted: what asks for it, its name, and what its codes stand for.
pub(crate) type Field<F> = (F, &'static str, Called);

/// A query that selects texts, grouped by each of some of its columns.
struct Grouped<Q> {
    query: Q,
    /// How many columns it selects.
    width: usize,
    /// By which of them it is grouped, in turn.
    by: Vec<usize>,
}

impl<Q> QueryId for Grouped<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q> Query for Grouped<Q> {
    type SqlType = (Integer, Nullable<Text>, BigInt);
}

impl<Q> RunQueryDsl<PgConnection> for Grouped<Q> {}

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for Grouped<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.unsafe_to_cache_prepared();
        let columns = NAMES.iter().take(self.width).copied().collect::<Vec<_>>().join(", ");
        let by: Vec<&str> = self.by.iter().filter_map(|it| NAMES.get(*it).copied()).collect();
        let (sets, by) = (by.iter().map(|it| format!("({it})")).collect::<Vec<_>>(), by.join(", "));
        out.push_sql(&format!("SELECT grouping({by}), coalesce({by}), count(*) FROM ("));
        self.query.walk_ast(out.reborrow())?;
        out.push_sql(&format!(
            ") AS it ({columns}) GROUP BY GROUPING SETS ({}, ()) ORDER BY 3 DESC, 2",
            sets.join(", ")
        ));
        Ok(())
    }
}

/// How many items a list has, by each field that was asked for and in all.
#[derive(Default)]
pub(crate) struct Counts {
    pub(crate) facets: Option<Vec<Facet>>,
    all: Option<i64>,
}

impl Counts {
    /// How many there are in all, if that was asked: where the list was counted by a field, that is known already.
    pub(crate) fn count(
        &self,
        asked: Option<Count>,
        counted: impl FnOnce() -> Result<Option<i64>>,
    ) -> Result<Option<i64>> {
        match (asked, self.all) {
            (Some(Count::Exact), Some(all)) => Ok(Some(all)),
            _ => counted(),
        }
    }
}

/// Counts a list, of which a query selects the text of each field in the order of `fields`, by those that were asked for.
pub(crate) fn faceted<Q, F>(
    conn: &mut PgConnection,
    asked: &Several<F>,
    fields: &[Field<F>],
    query: Q,
) -> Result<Counts>
where
    Q: QueryFragment<Pg>,
    F: Ord,
{
    let by: Vec<usize> =
        fields.iter().enumerate().filter(|(_, (field, ..))| asked.has(field)).map(|(place, _)| place).collect();
    if by.is_empty() {
        return Ok(Counts::default());
    }
    let grouped = Grouped { query, width: fields.len(), by: by.clone() };
    let counted: Vec<(i32, Option<String>, i64)> = grouped.load(conn)?;
    // `grouping` has a bit for each column that a row is not grouped by, the last column's the lowest.
    let all = (1_i32 << by.len()) - 1;
    let mut facets = Vec::new();
    for (turn, (_, field, called)) in by.iter().filter_map(|place| fields.get(*place)).enumerate() {
        let own = all ^ (1 << (by.len() - 1 - turn));
        let of = counted.iter().filter(|(which, _, _)| *which == own);
        let values = of.filter_map(|(_, value, count)| Some((value.clone()?, *count)));
        let values: Vec<(String, i64)> = values.take(MOST).collect();
        let codes: Vec<String> = values.iter().map(|(code, _)| code.clone()).collect();
        let (list, names) = match called {
            Called::List(list) => (Some((*list).to_owned()), HashMap::new()),
            Called::Names(names) => (None, names(conn, &codes)?.into_iter().collect::<HashMap<_, _>>()),
        };
        let value = |(value, count): (String, i64)| FacetValue { label: names.get(&value).cloned(), value, count };
        facets.push(Facet { field: (*field).to_owned(), list, values: values.into_iter().map(value).collect() });
    }
    let total = counted.iter().find(|(which, _, _)| *which == all).map(|(_, _, count)| *count);
    Ok(Counts { facets: Some(facets), all: total })
}
