//! Keyset pages: the cost of a page does not grow with its distance from the first.

/// Orders a query by a name and an id, starts it after the page's cursor, and limits it.
///
/// The predicate starts with a bare `sort >= x`, which PostgreSQL takes as an index condition: with
/// `sort > x OR (sort = x AND id > y)` it would walk the index from its start.
macro_rules! keyset {
    ($query:expr, $page:expr, $descends:expr, $sort:path as $Sort:ty, $id:path as $Id:ty) => {{
        let query = $query.limit($page.probe());
        let query =
            if $descends { query.order(($sort.desc(), $id.desc())) } else { query.order(($sort.asc(), $id.asc())) };
        match $page.key::<($Sort, $Id)>()? {
            Some((sort, id)) if $descends => query.filter($sort.le(sort.clone()).and($sort.lt(sort).or($id.lt(id)))),
            Some((sort, id)) => query.filter($sort.ge(sort.clone()).and($sort.gt(sort).or($id.gt(id)))),
            None => query,
        }
    }};
}

/// Loads a page of a boxed query in the order that was asked: by a name, or by the last change.
macro_rules! sorted {
    ($conn:expr, $query:expr, $page:expr, $sort:expr, $Row:ty, $table:ident, $name:ident as $Name:ty, $Id:ty) => {{
        let (query, down) = ($query.select(<$Row>::as_select()), $sort.descends());
        if $sort.is_by_name() {
            let rows = keyset!(query, $page, down, $table::$name as $Name, $table::id as $Id).load($conn)?;
            $page.cut(rows, |it: &$Row| (it.$name.clone(), it.id))
        } else {
            type Time = chrono::DateTime<chrono::Utc>;
            let rows = keyset!(query, $page, down, $table::updated_at as Time, $table::id as $Id).load($conn)?;
            $page.cut(rows, |it: &$Row| (it.updated_at, it.id))
        }
    }};
}

/// How many rows a query has in all, if that was asked.
macro_rules! counted {
    ($conn:expr, $asked:expr, $query:expr) => {
        match $asked {
            Some(kernel::Count::Exact) => Some($query.count().get_result::<i64>($conn)?),
            None => None,
        }
    };
}

pub(crate) use {counted, keyset, sorted};

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
