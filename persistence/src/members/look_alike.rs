//! SQL of look-alikes: members are found by the skeletons of their names, which stand beside them.

use std::collections::HashMap;

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Array, Text, Uuid as SqlUuid};
use kernel::MemberId;
use kernel::directory::MemberReference;
use kernel::look_alike::{LookAlikes, NAMED, OfInvitation, OfMember, skeleton};
use kernel::schema::member;
use members::invitation::{Invitation, InvitationStatus};
use members::member::{Member, MemberStatus, visible};
use uuid::Uuid;

use crate::{Database, Result, Store};

/// How many members one question finds, and how many of them where it is about one name: those that are shown, and the two
/// that it may be about.
const MOST: i64 = 1000;
const MOST_OF_ONE: i64 = 7;
const _: () = assert!(NAMED == 5, "MOST_OF_ONE is two more");
/// How many skeletons are computed at a time.
const BATCH: i64 = 1000;

impl Store<'_> {
    /// Members whose names have one of these skeletons and who have not left, as far as the caller may know them.
    fn alike(&mut self, skeletons: Vec<String>) -> Result<HashMap<String, Vec<MemberReference>>> {
        let mut found: HashMap<String, Vec<MemberReference>> = HashMap::new();
        if skeletons.is_empty() {
            return Ok(found);
        }
        let (conn, actor) = self.reading();
        let rows = member::table
            .filter(visible(actor))
            .filter(member::departed_at.is_null())
            .order((member::activated_at.asc().nulls_last(), member::id))
            .select((member::skeleton.assume_not_null(), MemberReference::as_select()))
            .into_boxed::<Pg>();
        // Of one name the index gives the first alone, however many have it.
        let rows = match skeletons.as_slice() {
            [one] => rows.filter(member::skeleton.eq(one.clone())).limit(MOST_OF_ONE),
            _ => rows.filter(member::skeleton.eq_any(skeletons)).limit(MOST),
        };
        for (skeleton, who) in rows.load::<(String, MemberReference)>(conn)? {
            found.entry(skeleton).or_default().push(who);
        }
        Ok(found)
    }

    /// Names the look-alikes of those invited, to those who may confirm them.
    pub(super) fn compare_invited(&mut self, all: &mut [Invitation]) -> Result<()> {
        let warned = |it: &Invitation, store: &Self| {
            let pends = matches!(it.status, InvitationStatus::Sent | InvitationStatus::Claimed);
            pends && store.actor().keeps(it.organization.id)
        };
        let drawn = |it: &Invitation| skeleton(it.given_name.as_ref(), it.usual_name.as_ref());
        let asked: Vec<String> = all.iter().filter(|it| warned(it, self)).map(drawn).collect();
        let found = self.alike(asked)?;
        for it in all.iter_mut().filter(|it| warned(it, self)) {
            // Whom it is for is nobody's look-alike, nor who shows the code with an account of theirs.
            let own = [it.member_id, it.claimed_member_id];
            it.look_alikes = OfInvitation(others(&found, &drawn(it), |id| own.contains(&Some(id))));
        }
        Ok(())
    }

    /// Names the look-alikes of someone who never logged in, to those who may invite them.
    pub(super) fn compare(&mut self, mut it: Member) -> Result<Member> {
        if it.status == MemberStatus::Invited && it.is_kept_by(self.actor()) {
            let drawn = skeleton(it.given_name.as_ref(), it.usual_name.as_ref());
            let found = self.alike(vec![drawn.clone()])?;
            it.look_alikes = OfMember(others(&found, &drawn, |id| id == it.id));
        }
        Ok(it)
    }
}

fn others(found: &HashMap<String, Vec<MemberReference>>, drawn: &str, own: impl Fn(MemberId) -> bool) -> LookAlikes {
    let others = found.get(drawn).into_iter().flatten().filter(|it| !own(it.id));
    LookAlikes(others.take(NAMED).cloned().collect())
}

impl Database {
    /// Computes the skeletons of members that have none yet, some at a time; how many.
    ///
    /// # Errors
    /// The database does not answer.
    pub fn draw_skeletons(&self) -> Result<usize> {
        draw(&mut *self.worker()?)
    }
}

/// The same on a connection.
pub(crate) fn draw(conn: &mut PgConnection) -> Result<usize> {
    conn.transaction(|conn| {
        let rows = member::table
            .filter(member::skeleton.is_null())
            .select((member::id, member::given_name, member::usual_name))
            .limit(BATCH)
            .for_no_key_update()
            .skip_locked();
        let rows: Vec<(Uuid, String, String)> = rows.load(conn)?;
        let (ids, drawn): (Vec<Uuid>, Vec<String>) =
            rows.iter().map(|(id, given, usual)| (*id, skeleton(given, usual))).unzip();
        let all = diesel::sql_query(
            "UPDATE member SET skeleton = n.skeleton FROM unnest($1, $2) AS n(id, skeleton) WHERE member.id = n.id",
        );
        Ok(all.bind::<Array<SqlUuid>, _>(ids).bind::<Array<Text>, _>(drawn).execute(conn)?)
    })
}
