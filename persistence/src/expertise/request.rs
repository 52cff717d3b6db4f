//! SQL of requests for expertise.

use ::expertise::request::{
    Accept, Create, Decline, DeclineReason, Expert, ExpertiseRequest, ExpertiseRequestFilter, ExpertiseRequestInput,
    ExpertiseRequestPage, ExpertiseRequestRole, ExpertiseRequestStatus, ExpertiseRequestView, Read, Withdraw,
    request_status,
};
use ::expertise::term::TermCode;
use diesel::prelude::*;
use kernel::notification::{NotificationClass, NotificationKind};
use kernel::schema::{expertise_request, expertise_term, member, member_expertise};
use kernel::{Action, ExpertiseRequestId, ExpertiseTermId, Grant, MemberId, PageQuery, Refusal, Versions, clock};
use uuid::Uuid;

use super::term::in_use;
use crate::idempotency::again;
use crate::kept::{Gist, Kept as _, Person, Told, could, kept, known, titled, told};
use crate::notify::{News, notify};
use crate::page::{DOWN, keyset};
use crate::stamps::born;
use crate::store::Known;
use crate::writer::Writer;
use crate::{Error, Result, Store};
use members::member::Member;

/// Status of a request now.
fn status_now() -> request_status<expertise_request::decision, expertise_request::created_at, kernel::sql::clock> {
    request_status(expertise_request::decision, expertise_request::created_at, kernel::sql::clock())
}

impl Store<'_> {
    /// The requests that the caller made and those that the caller received, the latest first.
    ///
    /// # Errors
    /// The cursor was not made by this service, or belongs to another list.
    pub fn expertise_requests(
        &mut self,
        filter: &ExpertiseRequestFilter,
        page: &PageQuery,
    ) -> Result<ExpertiseRequestPage> {
        let (conn, actor) = self.reading();
        let me = actor.member().map(|it| it.0).unwrap_or_default();
        let (asked, received) = (expertise_request::asker_id.eq(me), expertise_request::expert_id.eq(me));
        let query = ExpertiseRequest::query().into_boxed();
        let mut query = match filter.role {
            Some(ExpertiseRequestRole::Asked) => query.filter(asked),
            Some(ExpertiseRequestRole::Received) => query.filter(received),
            None => query.filter(asked.or(received)),
        };
        if let Some(status) = filter.status {
            query = query.filter(status_now().eq(status));
        }
        let found = keyset!(conn, query, page, DOWN, |it: &ExpertiseRequest| it.id => expertise_request::id);
        Ok(found.map(|it| self.seen(it)))
    }

    /// One request.
    ///
    /// # Errors
    /// There is none that the caller made or received.
    pub fn expertise_request(&mut self, id: ExpertiseRequestId) -> Result<ExpertiseRequestView> {
        let facts = self.permit(Read(id))?;
        Ok(self.seen(facts))
    }

    /// Makes the request that was granted.
    ///
    /// # Errors
    /// The expert offers no help to the caller; a request of the caller to the same expert is pending; there is no such
    /// active term.
    pub fn create_expertise_request(&mut self, grant: Grant<Create>) -> Result<ExpertiseRequestView> {
        let created = self.write(grant, |writer, actor, Create(new), expert| {
            let term = new.term_code.as_ref().map(|code| term(code, writer.conn)).transpose()?;
            expert.helps(actor)?;
            let me = MemberId(actor.id.0);
            // The expert's row is locked, so that two requests at once cannot both find none pending.
            let waiting = expertise_request::table.filter(expertise_request::asker_id.eq(me));
            let waiting = waiting.filter(expertise_request::expert_id.eq(new.expert_id));
            let waiting = waiting.filter(status_now().eq(ExpertiseRequestStatus::Pending));
            if diesel::select(diesel::dsl::exists(waiting)).get_result::<bool>(writer.conn)? {
                return Err(Refusal::Overlap.into());
            }
            let created = insert(writer, me, new, term)?;
            tell(writer, NotificationKind::ExpertiseRequested, &created, created.expert.0.id)?;
            Ok(created)
        })?;
        Ok(self.seen(created))
    }

    /// Accepts the request that was granted.
    ///
    /// # Errors
    /// It changed since the caller saw it.
    pub fn accept_expertise_request(&mut self, grant: Grant<Accept>, seen: Versions) -> Result<ExpertiseRequestView> {
        self.decide(grant, seen, ExpertiseRequestStatus::Accepted, None)
    }

    /// Declines the request that was granted.
    ///
    /// # Errors
    /// It changed since the caller saw it.
    pub fn decline_expertise_request(
        &mut self,
        grant: Grant<Decline>,
        seen: Versions,
        reason: Option<DeclineReason>,
    ) -> Result<ExpertiseRequestView> {
        self.decide(grant, seen, ExpertiseRequestStatus::Declined, reason)
    }

    /// Withdraws the request that was granted.
    ///
    /// # Errors
    /// It changed since the caller saw it.
    pub fn withdraw_expertise_request(
        &mut self,
        grant: Grant<Withdraw>,
        seen: Versions,
    ) -> Result<ExpertiseRequestView> {
        self.decide(grant, seen, ExpertiseRequestStatus::Withdrawn, None)
    }

    fn decide<A: Action<Facts = ExpertiseRequest>>(
        &mut self,
        grant: Grant<A>,
        seen: Versions,
        decision: ExpertiseRequestStatus,
        reason: Option<DeclineReason>,
    ) -> Result<ExpertiseRequestView> {
        let decided = self.write_on(grant, seen, |writer, _, _, before| {
            let change = (
                expertise_request::decision.eq(decision),
                expertise_request::decided_at.eq(writer.at),
                expertise_request::decline_reason.eq(reason),
            );
            let after = writer.change(&before, change)?;
            if decision != ExpertiseRequestStatus::Withdrawn {
                tell(writer, NotificationKind::ExpertiseRequestDecided, &after, after.asker.0.id)?;
            }
            Ok(after)
        })?;
        Ok(self.seen(decided))
    }
}

/// Notifies one of the two members of a request. The message does not say what help is asked: that is read in the service.
fn tell(writer: &mut Writer<'_>, kind: NotificationKind, it: &ExpertiseRequest, whom: MemberId) -> Result<()> {
    notify(writer, News::of(kind, NotificationClass::Normal, it, None), vec![whom])
}

fn insert(
    writer: &mut Writer<'_>,
    asker: MemberId,
    new: ExpertiseRequestInput,
    term: Option<ExpertiseTermId>,
) -> Result<ExpertiseRequest> {
    let about = (expertise_request::asker_id.eq(asker), expertise_request::term_id.eq(term));
    let id = expertise_request::id.eq(ExpertiseRequestId::fresh());
    writer.create((new, id, about, born!(expertise_request, writer)))
}

fn term(code: &TermCode, conn: &mut PgConnection) -> Result<ExpertiseTermId> {
    in_use(code, conn)?.ok_or(Error::Dangling("/term_code"))
}

/// Whether a member who is neither suspended nor departed offers help, with this term if one is named.
fn offers(of: MemberId, with: Option<&TermCode>, conn: &mut PgConnection) -> Result<bool> {
    let mut offered = member_expertise::table
        .inner_join(member::table)
        .inner_join(expertise_term::table)
        .filter(member_expertise::member_id.eq(of))
        .filter(member_expertise::available_to_help)
        .filter(member_expertise::valid.contains(kernel::sql::clock()))
        .filter(member::suspended_at.is_null().and(member::departed_at.is_null()))
        .select(member_expertise::id)
        .into_boxed();
    if let Some(code) = with {
        offered = offered.filter(expertise_term::code.eq(code));
    }
    Ok(offered.first::<Uuid>(conn).optional()?.is_some())
}

again!(ExpertiseRequestView as ExpertiseRequestId => expertise_request);

known!(read ExpertiseRequest: Read);

impl Known for Create {
    fn facts(&self, conn: &mut PgConnection) -> Result<Expert> {
        let expert = self.0.expert_id;
        let there = member::table.find(expert).select(member::id).for_no_key_update();
        let Some(there) = there.first::<MemberId>(conn).optional()? else {
            return Ok(Expert { card: None, offers: false });
        };
        let offers = offers(there, self.0.term_code.as_ref(), conn)?;
        Ok(Expert { card: Some(Member::find(there.0, conn)?), offers })
    }
}

known!(lock ExpertiseRequest: Accept, Decline, Withdraw);

kept!(ExpertiseRequest: expertise_request whole {
    const TOLD: Option<Told> = Some(|conn, actor, ids| {
        told::<Self, Read>(conn, actor, ids, |it| {
            let other = it.other(actor).0.display_name.clone();
            let accepted = match it.status {
                ExpertiseRequestStatus::Accepted => Some(true),
                ExpertiseRequestStatus::Declined => Some(false),
                _ => None,
            };
            let (waits, due_on) = (could::<Accept>(actor, it), Some(clock::day_of(it.expires_at)));
            Gist { person: Some(other.clone()), accepted, waits, due_on, ..titled(&other) }
        })
    });

    const PEOPLE: &'static [Person] = &[
        Person::names("expertise_request", "asker_id", "les sollicitations que vous avez faites"),
        Person::names("expertise_request", "expert_id", "les sollicitations que vous avez reçues"),
    ];
});
