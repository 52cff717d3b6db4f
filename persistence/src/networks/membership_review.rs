//! SQL of membership reviews.

use std::collections::HashMap;

use ::networks::membership::{End, EndReason, Joined, Membership, MembershipView, visible};
use ::networks::membership_review::{
    Close, Create, List, ListItems, MembershipReview, MembershipReviewItem, MembershipReviewItemFilter,
    MembershipReviewItemPage, MembershipReviewPage, MembershipReviewView, Read, Review, ReviewAnswer, ReviewOutcome,
    Said, answerable, answered_by,
};
use ::networks::network::NetworkCode;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types;
use diesel::sql_types::Bool;
use kernel::notification::{NotificationClass, NotificationKind, Reminder};
use kernel::schema::{membership, membership_review, membership_review_answer};
use kernel::{
    Action, Actor, Grant, MemberId, MembershipId, MembershipReviewId, NetworkId, PageQuery, Refusal, Ruling, Versions,
};

use super::membership::end;
use super::network::{find as find_network, locked as locked_network};
use crate::actor::of_member;
use crate::error::{Meaning, OVERLAP};
use crate::idempotency::again;
use crate::kept::{Gist, Kept as _, Person, Remind, Told, kept, known, named};
use crate::locks::lock_networks;
use crate::notify::{News, but_oneself, notify};
use crate::page::{DOWN, UP, counted, keyset};
use crate::stamps::born;
use crate::store::Known;
use crate::writer::Writer;
use crate::{Error, Result, Store};
use uuid::Uuid;

type Condition = Box<dyn BoxableExpression<Joined, Pg, SqlType = Bool>>;

/// The condition that a membership has an answer in the review.
fn answers(review: &MembershipReview) -> Condition {
    let said = membership_review_answer::table.filter(membership_review_answer::review_id.eq(review.id));
    Box::new(diesel::dsl::exists(said.filter(membership_review_answer::membership_id.eq(membership::id))))
}

/// The memberships that a review asks about: those that held when it was opened, except those that have ended since
/// without an answer.
fn asked(review: &MembershipReview) -> Condition {
    let stood = membership::network_id.eq(review.network_id).and(membership::valid.contains(review.created_at));
    match review.closed_at {
        Some(closed) => Box::new(stood.and(membership::valid.contains(closed).or(answers(review)))),
        None => Box::new(stood.and(membership::valid.contains(kernel::sql::clock()).or(answers(review)))),
    }
}

/// Whether a membership has no answer yet that the caller may answer, not counting the right of the SIG to answer all.
pub(super) fn waits_for(conn: &mut PgConnection, actor: &Actor, review: &MembershipReview) -> Result<bool> {
    if ListItems::rule(actor, review) != Ruling::Allow {
        return Ok(false);
    }
    let network = find_network(&review.network_code, conn)?;
    let waiting = Membership::query()
        .filter(asked(review))
        .into_boxed()
        .filter(visible(actor, &network))
        .filter(answered_by(actor));
    let waiting = waiting.filter(diesel::dsl::not(answers(review))).select(membership::id).limit(1);
    Ok(waiting.first::<MembershipId>(conn).optional()?.is_some())
}

/// The answers of a review on some memberships.
fn said_of(
    conn: &mut PgConnection,
    review: MembershipReviewId,
    of: &[MembershipId],
) -> Result<HashMap<MembershipId, Said>> {
    use membership_review_answer as answer;
    let said = answer::table.filter(answer::review_id.eq(review).and(answer::membership_id.eq_any(of)));
    let said = said.select((answer::membership_id, (answer::outcome, answer::answered_at, answer::answered_by)));
    Ok(said.load::<(MembershipId, Said)>(conn)?.into_iter().collect())
}

impl Store<'_> {
    /// The reviews of a network, the latest first.
    ///
    /// # Errors
    /// There is no such network whose reviews the caller may see; the cursor is none of ours.
    pub fn network_reviews(&mut self, code: NetworkCode, page: &PageQuery) -> Result<MembershipReviewPage> {
        let network = self.permit(List(code))?;
        let query = MembershipReview::query().filter(membership_review::network_id.eq(network.id)).into_boxed();
        let key = |it: &MembershipReview| it.id;
        let found = keyset!(self.reading().0, query, page, DOWN, key => membership_review::id);
        Ok(found.map(|it| self.seen(it)))
    }

    /// One review.
    ///
    /// # Errors
    /// There is none that the caller may see.
    pub fn membership_review(&mut self, id: MembershipReviewId) -> Result<MembershipReviewView> {
        let it = self.permit(Read(id))?;
        Ok(self.seen(it))
    }

    /// The items of a review that the caller may answer, by name of the member.
    ///
    /// # Errors
    /// There is no such review that the caller may see; the caller may answer none of it; the cursor is none of ours.
    pub fn membership_review_items(
        &mut self,
        id: MembershipReviewId,
        filter: &MembershipReviewItemFilter,
        page: &PageQuery,
    ) -> Result<MembershipReviewItemPage> {
        let review = self.permit(ListItems(id))?;
        let (conn, actor) = self.reading();
        let network = find_network(&review.network_code, conn)?;
        let all = || {
            let query = Membership::query()
                .filter(asked(&review))
                .into_boxed()
                .filter(visible(actor, &network))
                .filter(answerable(actor));
            match filter.answered {
                Some(true) => query.filter(answers(&review)),
                Some(false) => query.filter(diesel::dsl::not(answers(&review))),
                None => query,
            }
        };
        let count = counted(conn, filter.count, all())?;
        let key = |it: &Membership| (it.sort_name.clone(), it.id);
        let found = keyset!(conn, all(), page, UP, key => membership::sort_name, membership::id).counted(count);
        let shown: Vec<MembershipId> = found.items.iter().map(|it| it.id).collect();
        let mut said = said_of(conn, id, &shown)?;
        Ok(found.map(|it| {
            let said = said.remove(&it.id);
            MembershipReviewItem::of(it, said)
        }))
    }

    /// Opens the review that was granted.
    ///
    /// # Errors
    /// Another one is open.
    pub fn create_network_review(&mut self, grant: Grant<Create>) -> Result<MembershipReviewView> {
        let created = self.write(grant, |writer, _, Create((_, new)), network| {
            new.due_on.is_to_come("/due_on")?;
            let id = MembershipReviewId::fresh();
            let row = (
                new,
                membership_review::id.eq(id),
                membership_review::network_id.eq(network.id),
                born!(membership_review, writer),
            );
            let created: MembershipReview = writer.create(row)?;
            tell_opened(writer, &created)?;
            Ok(created)
        })?;
        Ok(self.seen(created))
    }

    /// Closes the review that was granted.
    ///
    /// # Errors
    /// It is no longer as the caller saw it.
    pub fn close_membership_review(&mut self, grant: Grant<Close>, seen: Versions) -> Result<MembershipReviewView> {
        let closed = self.write_on(grant, seen, |writer, _, _, before| {
            writer.end(&before, membership_review::closed_at.eq(writer.at))
        })?;
        Ok(self.seen(closed))
    }

    /// Records the answer of the caller on the membership that was granted.
    ///
    /// # Errors
    /// It is no longer as the caller saw it; the review is closed, or of another network; it was answered already; the
    /// caller may not end it.
    pub fn review_membership(
        &mut self,
        grant: Grant<Review>,
        seen: Versions,
        answer: &ReviewAnswer,
    ) -> Result<MembershipView> {
        let reviewed = self.write_on(grant, seen, |writer, actor, _, before| {
            if answer.outcome == ReviewOutcome::End {
                match End::rule(actor, &before) {
                    Ruling::Allow => End::moment(&before)?,
                    Ruling::Deny(why) => return Err(Refusal::Forbidden(why).into()),
                    Ruling::Hide => return Err(Refusal::NotFound.into()),
                }
            }
            answered(writer, &before, answer)?;
            match answer.outcome {
                ReviewOutcome::Keep => keep(writer, &before),
                ReviewOutcome::End => end(writer, &before, writer.at, EndReason::Revoked),
            }
        })?;
        Ok(self.seen(reviewed))
    }
}

/// Records an answer in an open review. The network is locked already, so that the review is not closed meanwhile.
fn answered(writer: &mut Writer<'_>, about: &Membership, answer: &ReviewAnswer) -> Result<()> {
    let here = MembershipReview::query()
        .filter(membership_review::id.eq(answer.review_id))
        .filter(membership_review::network_id.eq(about.network_id));
    let review = here.first(writer.conn).optional()?.ok_or(Error::Dangling("/review_id"))?;
    if review.closed_at.is_some() {
        return Err(Refusal::Illegal { allowed: vec!["create_network_review"] }.into());
    }
    let row = (
        membership_review_answer::review_id.eq(review.id),
        membership_review_answer::membership_id.eq(about.id),
        membership_review_answer::outcome.eq(answer.outcome),
        membership_review_answer::answered_at.eq(writer.at),
        membership_review_answer::answered_by.eq(writer.by),
    );
    let first = diesel::insert_into(membership_review_answer::table).values(row).on_conflict_do_nothing();
    if first.execute(writer.conn)? == 1 { Ok(()) } else { Err(Refusal::Overlap.into()) }
}

fn keep(writer: &mut Writer<'_>, before: &Membership) -> Result<Membership> {
    writer.change(before, membership::last_reviewed_at.eq(writer.at))
}

/// What a review says of itself to a reader. It waits for those who have an answer to give.
fn gist(it: &MembershipReview, actor: &Actor, conn: &mut PgConnection) -> Result<Gist> {
    let waits = it.closed_at.is_none() && waits_for(conn, actor, it)?;
    Ok(Gist { by: Some(it.created_by), due_on: Some(it.due_on), waits, ..Gist::default() })
}

/// Notifies the members who are asked to answer a review.
fn tell_opened(writer: &mut Writer<'_>, it: &MembershipReview) -> Result<()> {
    let asked = diesel::select(reviewers(it.network_id, writer.at)).get_result(writer.conn)?;
    tell(writer, NotificationKind::MembershipReviewOpened, it, asked)
}

/// Reminds the members who have not given all of their answers that a review is due soon.
fn remind(writer: &mut Writer<'_>, _: Reminder, id: Uuid) -> Result<()> {
    let it = MembershipReview::lock(id, writer.conn)?;
    if it.closed_at.is_some() {
        return Ok(());
    }
    let asked: Vec<MemberId> = diesel::select(reviewers(it.network_id, writer.at)).get_result(writer.conn)?;
    let mut late = Vec::new();
    for member in asked {
        let Some(actor) = of_member(writer.conn, member)? else { continue };
        if waits_for(writer.conn, &actor, &it)? {
            late.push(member);
        }
    }
    tell(writer, NotificationKind::MembershipReviewDue, &it, late)
}

fn tell(writer: &mut Writer<'_>, kind: NotificationKind, it: &MembershipReview, asked: Vec<MemberId>) -> Result<()> {
    let news = News::of(kind, NotificationClass::Normal, it, Some(it.network_id));
    notify(writer, news, but_oneself(writer, asked))
}

diesel::define_sql_function! {
    /// The members who are asked to answer a review: the leads and référents of its network.
    #[sql_name = "app.reviewers"]
    fn reviewers(network: sql_types::Uuid, at: sql_types::Timestamptz) -> sql_types::Array<sql_types::Uuid>;
}

known!(it, conn => find_network(&it.0, conn); List);

known!(read MembershipReview: Read, ListItems);

known!(it, conn => locked_network(&it.0.0, conn); Create);

impl Known for Close {
    fn facts(&self, conn: &mut PgConnection) -> Result<MembershipReview> {
        let network = membership_review::table.find(self.0).select(membership_review::network_id);
        let network: Option<NetworkId> = network.first(conn).optional()?;
        lock_networks(conn, &[network.ok_or(Refusal::NotFound)?])?;
        MembershipReview::find(self.0.0, conn)
    }
}

known!(lock Membership: Review);

again!(MembershipReviewView as MembershipReviewId => membership_review);

kept!(MembershipReview: membership_review {
    const TOLD: Option<Told> = Some(|conn, actor, ids| {
        let all = Self::find_all(ids, conn)?.into_iter();
        let read = all.filter(|it| Read::rule(actor, it) == Ruling::Allow);
        read.map(|it| Ok(named(&it, gist(&it, actor, conn)?))).collect()
    });
    const REMIND: Option<Remind> = Some(remind);

    const PEOPLE: &'static [Person] = &[
        Person::tells("membership_review_answer", "answered_by", "vos réponses aux revues d’adhésions"),
    ];
    const CONSTRAINTS: &'static [(&'static str, Meaning)] = &[
        ("membership_review_one_open_key", OVERLAP),
    ];
});
