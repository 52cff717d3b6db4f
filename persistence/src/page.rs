//! Keyset pages: the cost of a page does not grow with its distance from the first.

/// Orders a query by a name and an id, starts it after the page's cursor, and limits it.
///
/// The predicate starts with a bare `sort >= x`, which PostgreSQL takes as an index condition: with
/// `sort > x OR (sort = x AND id > y)` it would walk the index from its start.
macro_rules! keyset {
    ($query:expr, $page:expr, $sort:path as $Sort:ty, $id:path as $Id:ty) => {{
        let query = $query.order(($sort.asc(), $id.asc())).limit($page.probe());
        match $page.key::<($Sort, $Id)>()? {
            Some((sort, id)) => query.filter($sort.ge(sort.clone()).and($sort.gt(sort).or($id.gt(id)))),
            None => query,
        }
    }};
}

pub(crate) use keyset;

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
