//! Which Users a list holds, as far as an index says it.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{BoxedSqlQuery, SqlQuery};
use diesel::sql_types::{BigInt, Text, Timestamptz, Uuid as SqlUuid};
use kernel::{Actor, MemberId, NetworkId};
use uuid::Uuid;

use crate::pools::for_these;
use crate::{Result, Store};

/// How a text is compared.
#[derive(Debug, Clone)]
pub enum Match {
    /// It is this one.
    Is(String),
    /// It begins so.
    Begins(String),
}

/// A condition that an index answers.
#[derive(Debug, Clone)]
pub enum Narrow {
    /// All.
    All,
    /// None.
    Nothing,
    /// This member.
    Id(MemberId),
    /// The name of the account, in lower case.
    UserName(Match),
    /// The identifier of the directory.
    ExternalId(Match),
    /// The e-mail address, in lower case.
    Email(String),
    /// When it last changed: how, and with what it is compared.
    Updated(&'static str, DateTime<Utc>),
    /// Those whom the directory placed in a network.
    Group(NetworkId),
    /// All of them.
    And(Vec<Self>),
    /// One of them.
    Or(Vec<Self>),
}

impl Narrow {
    /// Whether it names a range, of which nobody knows how much lies in it.
    fn has_range(&self) -> bool {
        match self {
            Self::UserName(text) | Self::ExternalId(text) => matches!(text, Match::Begins(_)),
            Self::Updated(..) => true,
            Self::And(all) | Self::Or(all) => all.iter().any(Self::has_range),
            Self::All | Self::Nothing | Self::Id(_) | Self::Email(_) | Self::Group(_) => false,
        }
    }
}

/// Orders that an index gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserOrder {
    /// By identifier.
    Id,
    /// By the name of the account.
    UserName,
    /// By the last change.
    Updated,
}

/// A page of Users, by what an index says.
#[derive(Debug, Clone)]
pub struct UserQuery {
    /// Which.
    pub narrow: Narrow,
    /// In which order.
    pub order: UserOrder,
    /// Whether the last comes first.
    pub descending: bool,
    /// After which User; none for the beginning.
    pub after: Option<MemberId>,
    /// How many come before.
    pub skip: usize,
    /// How many at most.
    pub count: usize,
}

/// Which Users were found, in their order.
#[derive(Debug, Clone)]
pub struct Found {
    /// Those of the page.
    pub ids: Vec<MemberId>,
    /// Whether there are more after them.
    pub more: bool,
}

enum Bound {
    Text(String),
    Id(Uuid),
    At(DateTime<Utc>),
}

struct Sql {
    text: String,
    bound: Vec<Bound>,
    /// Whether the caller may know networks.
    networks: bool,
}

impl Sql {
    fn begin(source: Uuid, actor: &Actor) -> Self {
        Self { text: String::new(), bound: vec![Bound::Id(source)], networks: actor.knows_networks() }
    }

    fn put(&mut self, bound: Bound) {
        self.bound.push(bound);
        let place = self.bound.len().to_string();
        self.text.push('$');
        self.text.push_str(&place);
    }

    fn push(&mut self, before: &str, bound: Bound, after: &str) {
        self.text += before;
        self.put(bound);
        self.text += after;
    }

    /// A text, or a range of texts: `LIKE` has no index in a plan that is kept.
    fn named(&mut self, column: &str, [from, to]: [&str; 2], text: &Match) {
        match text {
            Match::Is(text) => self.push(&format!("{column} = "), Bound::Text(text.clone()), ""),
            Match::Begins(text) => {
                let end = format!("{text}{}", char::MAX);
                self.push(&format!("({column} {from} "), Bound::Text(text.clone()), "");
                self.push(&format!(" AND {column} {to} "), Bound::Text(end), ")");
            }
        }
    }

    fn condition(&mut self, narrow: &Narrow) {
        match narrow {
            Narrow::All => self.text += "true",
            Narrow::Nothing => self.text += "false",
            Narrow::Id(id) => self.push("u.member_id = ", Bound::Id(id.0), ""),
            Narrow::UserName(text) => self.named("u.name_key", [">=", "<"], text),
            Narrow::ExternalId(text) => {
                self.text += "u.member_id IN (SELECT e.object_id FROM external_id e WHERE e.noun = 'member' AND e.source_id = $1 AND ";
                self.named("e.value", ["~>=~", "~<~"], text);
                self.text += ")";
            }
            Narrow::Email(text) => {
                self.push("u.member_id IN (SELECT m.id FROM member m WHERE m.departed_at IS NULL AND m.email = ", Bound::Text(text.clone()), ")");
            }
            Narrow::Updated(operator, at) => self.push(&format!("u.updated_at {operator} "), Bound::At(*at), ""),
            Narrow::Group(_) if !self.networks => self.text += "false",
            Narrow::Group(id) => self.push(
                "u.member_id IN (SELECT g.member_id FROM membership g JOIN network n ON n.id = g.network_id AND n.visibility <> 'hidden'
                    WHERE g.source_id = $1 AND g.role = 'member' AND g.valid @> app.clock() AND g.network_id = ",
                Bound::Id(id.0),
                ")",
            ),
            Narrow::And(all) => self.joined(all, " AND ", "true"),
            Narrow::Or(all) => self.joined(all, " OR ", "false"),
        }
    }

    fn joined(&mut self, all: &[Narrow], sign: &str, none: &str) {
        if all.is_empty() {
            self.text += none;
        }
        for (place, one) in all.iter().enumerate() {
            self.text += if place == 0 { "(" } else { sign };
            self.condition(one);
        }
        if !all.is_empty() {
            self.text += ")";
        }
    }

    fn query(self, around: impl Fn(&str) -> String) -> BoxedSqlQuery<'static, Pg, SqlQuery> {
        let query = diesel::sql_query(around(&self.text)).into_boxed::<Pg>();
        self.bound.into_iter().fold(query, |query, bound| match bound {
            Bound::Text(text) => query.bind::<Text, _>(text),
            Bound::Id(id) => query.bind::<SqlUuid, _>(id),
            Bound::At(at) => query.bind::<Timestamptz, _>(at),
        })
    }
}

#[derive(QueryableByName)]
struct One {
    #[diesel(sql_type = SqlUuid)]
    id: MemberId,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

impl Store<'_> {
    /// The Users of a page.
    ///
    /// # Errors
    /// The caller may not read Users.
    pub fn find_users(&mut self, asked: &UserQuery) -> Result<Found> {
        let source = self.directory()?.source;
        let mut sql = Sql::begin(source, self.actor());
        sql.condition(&asked.narrow);
        let (key, sign) = match asked.order {
            UserOrder::Id => ("", if asked.descending { "<" } else { ">" }),
            UserOrder::UserName => ("u.name_key, ", if asked.descending { "<" } else { ">" }),
            UserOrder::Updated => ("u.updated_at, ", if asked.descending { "<" } else { ">" }),
        };
        if let Some(after) = asked.after {
            let from = format!(
                " AND ({key}u.member_id) {sign} (SELECT {key}u.member_id FROM directory_user u WHERE u.source_id = $1 AND u.member_id = "
            );
            sql.text.push_str(&from);
            sql.put(Bound::Id(after.0));
            sql.text += ")";
        }
        let down = if asked.descending { " DESC" } else { "" };
        let order = format!("{}u.member_id{down}", key.replace(", ", &format!("{down}, ")));
        let (skip, most) = (asked.skip, asked.count + 1);
        let query = sql.query(|condition| {
            format!(
                "SELECT u.member_id AS id FROM directory_user u WHERE u.source_id = $1 AND u.removed_at IS NULL AND {condition}
                    ORDER BY {order} OFFSET {skip} LIMIT {most}"
            )
        });
        let ids = |conn: &mut PgConnection| Ok(query.load::<One>(conn)?.into_iter().map(|it| it.id).collect());
        let mut ids: Vec<MemberId> = self.asking(&asked.narrow, ids)?;
        let more = ids.len() > asked.count;
        ids.truncate(asked.count);
        Ok(Found { ids, more })
    }

    /// How many Users there are.
    ///
    /// # Errors
    /// The caller may not read Users.
    pub fn count_users(&mut self, narrow: &Narrow) -> Result<usize> {
        let source = self.directory()?.source;
        let mut sql = Sql::begin(source, self.actor());
        sql.condition(narrow);
        let query = sql.query(|condition| {
            format!("SELECT count(*) AS number FROM directory_user u WHERE u.source_id = $1 AND u.removed_at IS NULL AND {condition}")
        });
        let found: Number = self.asking(narrow, |conn| Ok(query.get_result(conn)?))?;
        Ok(usize::try_from(found.number).unwrap_or_default())
    }

    fn asking<T>(&mut self, narrow: &Narrow, work: impl FnOnce(&mut PgConnection) -> Result<T>) -> Result<T> {
        let conn = self.reading().0;
        if narrow.has_range() { for_these(conn, work) } else { work(conn) }
    }
}
