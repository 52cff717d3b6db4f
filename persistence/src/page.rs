//! Keyset pages: the cost of a page does not grow with its distance from the first.

use diesel::dsl::{CountStar, Select, count_star};
use diesel::prelude::*;
use diesel::query_dsl::methods::{LimitDsl, LoadQuery, SelectDsl};
use kernel::Count;

use crate::Result;

/// The first of a list comes first.
pub(crate) const UP: bool = false;
/// The last comes first.
pub(crate) const DOWN: bool = true;

/// Loads the page of a boxed query that was asked for, in the order of an id, or of a column and an id: `key` reads the same off
/// a row.
///
/// The predicate starts with a bare `sort >= x`, which PostgreSQL takes as an index condition: with
/// `sort > x OR (sort = x AND id > y)` it would walk the index from its start.
macro_rules! keyset {
    ($conn:expr, $query:expr, $page:expr, $down:expr, $key:expr => $id:expr) => {{
        let (query, key) = ($query.limit($page.probe()), $key);
        let query = match $page.key_of(&key)? {
            Some(id) if $down => query.filter($id.lt(id)),
            Some(id) => query.filter($id.gt(id)),
            None => query,
        };
        let query = if $down { query.order($id.desc()) } else { query.order($id.asc()) };
        $page.cut(query.load($conn)?, key)
    }};
    ($conn:expr, $query:expr, $page:expr, $down:expr, $key:expr => $sort:expr, $id:expr) => {{
        let (query, key) = ($query.limit($page.probe()), $key);
        let query = match $page.key_of(&key)? {
            Some((sort, id)) if $down => query.filter($sort.le(sort.clone()).and($sort.lt(sort).or($id.lt(id)))),
            Some((sort, id)) => query.filter($sort.ge(sort.clone()).and($sort.gt(sort).or($id.gt(id)))),
            None => query,
        };
        let query = if $down { query.order(($sort.desc(), $id.desc())) } else { query.order(($sort.asc(), $id.asc())) };
        $page.cut(query.load($conn)?, key)
    }};
}

/// The same in the order that was asked: by a name, or by the last change.
macro_rules! sorted {
    ($conn:expr, $query:expr, $page:expr, $sort:expr, $Row:ty: $table:ident by $name:ident) => {{
        let down = $sort.descends();
        if $sort.is_by_name() {
            let key = |it: &$Row| (it.$name.clone(), it.id);
            keyset!($conn, $query, $page, down, key => $table::$name, $table::id)
        } else {
            let key = |it: &$Row| (it.updated_at, it.id);
            keyset!($conn, $query, $page, down, key => $table::updated_at, $table::id)
        }
    }};
}

/// How many rows a query has in all, if that was asked.
pub(crate) fn counted<'a, Q>(conn: &mut PgConnection, asked: Option<Count>, query: Q) -> Result<Option<i64>>
where
    Q: SelectDsl<CountStar>,
    Select<Q, CountStar>: LimitDsl + LoadQuery<'a, PgConnection, i64>,
{
    match asked {
        Some(Count::Exact) => Ok(Some(query.select(count_star()).get_result(conn)?)),
        None => Ok(None),
    }
}

pub(crate) use {keyset, sorted};

/// Words to look for as they are: `%`, `_` and `\` mean themselves; case and accents do not matter.
pub(crate) fn like(words: &kernel::SearchWords) -> String {
    let words = words.as_ref().replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_");
    format!("%{words}%")
}

diesel::define_sql_function! {
    /// Case and accents folded.
    #[sql_name = "app.fold"]
    fn fold(text: diesel::sql_types::Text) -> diesel::sql_types::Text;
}
