//! Members by their names; by e-mail address only those whose card the caller sees.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use kernel::schema::{affiliation, member, organization};
use kernel::{Actor, MemberId, sql};
use members::contact::Email;
use members::member::{Member, MemberView, carded, visible};
use members::search::{NameKind, SearchType, Wanted};
use uuid::Uuid;

use super::{Candidate, Findable, Found, search_text};
use crate::{Result, Store};

pub(super) struct Names;

type Query = member::BoxedQuery<'static, diesel::pg::Pg>;

/// The members whom this caller may find: the present ones whom the caller sees, as in lists.
fn known(actor: &Actor) -> Query {
    let present = member::departed_at.is_null().and(member::pseudonymised_at.is_null());
    member::table.into_boxed().filter(visible(actor)).filter(present)
}

fn load(conn: &mut PgConnection, query: Query) -> Result<Vec<Candidate>> {
    let rows = query.select((member::id, search_text(member::display_name))).load::<(Uuid, String)>(conn)?;
    Ok(rows.into_iter().map(|(id, text)| Candidate { id, text, kind: NameKind::Name }).collect())
}

impl Findable for Names {
    const TYPE: SearchType = SearchType::Member;
    const MOST: i64 = 200;

    fn begun(store: &mut Store<'_>, wanted: &Wanted, rows: i64) -> Result<Vec<Candidate>> {
        let (conn, actor) = store.reading();
        // The order of lists compares base characters before accents and case; U+FFFF sorts after all of them.
        let end = format!("{}\u{ffff}", wanted.text);
        let query = known(actor).filter(member::sort_name.ge(wanted.text.clone())).filter(member::sort_name.lt(end));
        load(conn, query.order((member::sort_name, member::id)).limit(rows))
    }

    fn worded(store: &mut Store<'_>, words: &str, rows: i64) -> Result<Vec<Candidate>> {
        let (conn, actor) = store.reading();
        let fits = diesel::dsl::sql::<Bool>("app.search_vector(member.display_name) @@ ");
        let fits = fits.bind::<Text, _>(words.to_owned()).sql("::tsquery");
        load(conn, known(actor).filter(fits).limit(rows))
    }
}

impl Store<'_> {
    /// The member with this address, if the caller sees their card.
    pub(super) fn member_with(&mut self, email: &Email) -> Result<Vec<Found>> {
        let (conn, actor) = self.reading();
        let query = known(actor).filter(carded(actor)).filter(member::email.eq(email));
        let rows = query.select((member::id, member::display_name)).load::<(Uuid, String)>(conn)?;
        Ok(rows.into_iter().map(|(id, text)| Found { of: SearchType::Member, id, score: 1.0, text }).collect())
    }

    /// Those of these members whom the caller sees, in full or by name.
    pub(super) fn members_found(&mut self, ids: &[MemberId]) -> Result<BTreeMap<MemberId, MemberView>> {
        if ids.is_empty() {
            return Ok(BTreeMap::new());
        }
        let (conn, actor) = self.reading();
        let query = known(actor).filter(member::id.eq_any(ids.to_vec())).select(Member::as_select());
        let rows = query.load(conn)?;
        Ok(rows.into_iter().map(|it| (it.id, self.shown_member(it))).collect())
    }

    /// The name and main organization of those of these members whom the caller sees.
    pub(super) fn members_suggested(
        &mut self,
        ids: &[MemberId],
    ) -> Result<BTreeMap<MemberId, (String, Option<String>)>> {
        if ids.is_empty() {
            return Ok(BTreeMap::new());
        }
        let (conn, actor) = self.reading();
        let names = known(actor).filter(member::id.eq_any(ids.to_vec())).select((member::id, member::display_name));
        let names: Vec<(MemberId, String)> = names.load(conn)?;
        let places = affiliation::table
            .inner_join(organization::table)
            .filter(affiliation::member_id.eq_any(ids.to_vec()))
            .filter(affiliation::is_primary.and(affiliation::valid.contains(sql::clock())))
            .select((affiliation::member_id, organization::name));
        let mut places: BTreeMap<MemberId, String> = places.load::<(MemberId, String)>(conn)?.into_iter().collect();
        Ok(names.into_iter().map(|(id, name)| (id, (name, places.remove(&id)))).collect())
    }
}
