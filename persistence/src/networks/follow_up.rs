//! SQL of follow-ups, with what is said in them.

use ::networks::follow_up::{
    Create, FollowUp, FollowUpAxis, FollowUpConfidentiality, FollowUpFacet, FollowUpFilter, FollowUpPage,
    FollowUpPatch, FollowUpScope, FollowUpView, Read, Subject, Update, visible,
};
use ::networks::follow_up_comment::{
    Create as CreateComment, FollowUpComment, FollowUpCommentInput, FollowUpCommentPage, FollowUpCommentView,
};
use ::networks::network::{Network, NetworkCode};
use chrono::NaiveDate;
use diesel::prelude::*;
use kernel::schema::{follow_up, follow_up_comment, member, network};
use kernel::{
    Action as _, FollowUpCommentId, FollowUpId, Grant, MemberId, OrganizationId, PageQuery, Refusal, Versions, in_order,
};
use uuid::Uuid;

use crate::facet::{Called, faceted};
use crate::idempotency::again;
use crate::kept::{Person, kept, known};
use crate::moving::{Fate, Resting};
use crate::page::{DOWN, UP, counted, keyset};
use crate::resting::{resting_on, with_predecessors};
use crate::stamps::born;
use crate::store::Known;
use crate::{Again, Error, Result, Store};

impl Store<'_> {
    /// The follow-ups that the caller may see, the latest first.
    ///
    /// # Errors
    /// The cursor is none of ours.
    pub fn follow_ups(&mut self, filter: &FollowUpFilter, page: &PageQuery) -> Result<FollowUpPage> {
        in_order(filter.held_from, filter.held_to, "/held_to")?;
        let places = self.places(filter.organization_id, filter.dicom_id)?;
        let (conn, actor) = self.reading();
        let all = || {
            let mut query = FollowUp::query().filter(visible(actor)).into_boxed();
            if let Some(axis) = filter.axis {
                query = query.filter(follow_up::axis.eq(axis));
            }
            if let Some(code) = &filter.network_code {
                query = query.filter(network::code.nullable().eq(code.clone()));
            }
            for place in &places {
                query = query.filter(follow_up::organization_id.eq_any(place).assume_not_null());
            }
            if let Some(health) = filter.health {
                query = query.filter(follow_up::health.eq(health));
            }
            if let Some(since) = filter.updated_since {
                query = query.filter(follow_up::updated_at.ge(since.0));
            }
            if let Some(day) = filter.held_from {
                query = query.filter(follow_up::held_on.ge(day));
            }
            if let Some(day) = filter.held_to {
                query = query.filter(follow_up::held_on.le(day));
            }
            query
        };
        let (health, axis) = (Called::List("Health"), Called::List("FollowUpAxis"));
        let fields = &[(FollowUpFacet::Health, "health", health), (FollowUpFacet::Axis, "axis", axis)];
        let counts = faceted(conn, &filter.facets, fields, all().select((follow_up::health, follow_up::axis)))?;
        let count = counts.count(filter.count, || counted(conn, filter.count, all()))?;
        let key = |it: &FollowUp| (it.held_on, it.id);
        let found = keyset!(conn, all(), page, DOWN, key => follow_up::held_on, follow_up::id)
            .counted(count)
            .faceted(counts.facets);
        self.shows_follow_ups("list_follow_ups", &found.items);
        Ok(found.map(|it| self.shown_follow_up(it)))
    }

    pub(super) fn shown_follow_up(&self, it: FollowUp) -> FollowUpView {
        self.seen(it.known_to(self.actor()))
    }

    /// The organizations that a list is limited to: one organization, and a DICOM with those that it serves; each with
    /// those that were merged or split into it. A row must be in all of these sets.
    pub(super) fn places(
        &mut self,
        organization: Option<OrganizationId>,
        dicom: Option<OrganizationId>,
    ) -> Result<Vec<Vec<OrganizationId>>> {
        let mut places: Vec<Vec<OrganizationId>> = organization.into_iter().map(|it| vec![it]).collect();
        if let Some(dicom) = dicom {
            places.push(self.served_by(dicom, None)?);
        }
        let (conn, _) = self.reading();
        places.into_iter().map(|place| with_predecessors(conn, place)).collect()
    }

    /// One follow-up.
    ///
    /// # Errors
    /// There is none that the caller may see.
    pub fn follow_up(&mut self, id: FollowUpId) -> Result<FollowUpView> {
        let it = self.permit_on_follow_up(id, Read::NAME)?;
        Ok(self.shown_follow_up(it))
    }

    /// A follow-up that the caller may see; if it is confidential, an audit line is noted.
    pub(super) fn permit_on_follow_up(&mut self, id: FollowUpId, action: &'static str) -> Result<FollowUp> {
        let it = self.permit(Read(id))?;
        self.shows_follow_ups(action, std::slice::from_ref(&it));
        Ok(it)
    }

    /// Notes for the audit log which of these follow-ups are confidential.
    pub(super) fn shows_follow_ups(&mut self, action: &'static str, all: &[FollowUp]) {
        let confidential = all.iter().filter(|it| it.scope.is_confidential()).map(|it| it.id.0);
        self.shows::<FollowUp>(action, confidential);
    }

    /// Records the follow-up that was granted.
    ///
    /// # Errors
    /// One of the attendees is no known member.
    pub fn create_follow_up(&mut self, grant: Grant<Create>) -> Result<FollowUpView> {
        let created = self.write(grant, |writer, _, _, Subject { new, scope, .. }| {
            refuse_unknown(writer.conn, &new.attendee_ids)?;
            let referent = follow_up::referent_id.eq(answering(&scope, new.held_on.0, writer.conn)?);
            let scope =
                (follow_up::network_id.eq(scope.network_id), follow_up::confidentiality.eq(scope.confidentiality));
            writer.create((new, follow_up::id.eq(FollowUpId::fresh()), scope, referent, born!(follow_up, writer)))
        })?;
        Ok(self.shown_follow_up(created))
    }

    /// Changes the follow-up that was granted.
    ///
    /// # Errors
    /// It is no longer as the caller saw it; the day is in the future; one of the attendees is no known member.
    pub fn update_follow_up(
        &mut self,
        grant: Grant<Update>,
        seen: Versions,
        patch: FollowUpPatch,
    ) -> Result<FollowUpView> {
        let changed = self.write_on(grant, seen, |writer, _, _, before| {
            patch.held_on.map_or(Ok(()), |day| day.has_come("/held_on"))?;
            refuse_unknown(writer.conn, patch.attendee_ids.as_deref().unwrap_or_default())?;
            let moved = patch.held_on.map(|day| day.0).filter(|day| *day != before.held_on);
            let referent = moved.map(|day| answering(&before.scope, day, writer.conn)).transpose()?;
            writer.change(&before, (patch, referent.map(|referent| follow_up::referent_id.eq(referent))))
        })?;
        Ok(self.shown_follow_up(changed))
    }

    /// The comments on a follow-up, in the order in which they were made.
    ///
    /// # Errors
    /// There is no such follow-up that the caller may see; the cursor is none of ours.
    pub fn follow_up_comments(&mut self, id: FollowUpId, page: &PageQuery) -> Result<FollowUpCommentPage> {
        self.permit_on_follow_up(id, "list_follow_up_comments")?;
        let query = FollowUpComment::query().filter(follow_up_comment::follow_up_id.eq(id)).into_boxed();
        let key = |it: &FollowUpComment| it.id;
        let found = keyset!(self.reading().0, query, page, UP, key => follow_up_comment::id);
        Ok(found.map(|it| self.seen(it)))
    }

    /// Creates a comment on the follow-up that was granted.
    ///
    /// # Errors
    /// The database failed.
    pub fn create_follow_up_comment(
        &mut self,
        grant: Grant<CreateComment>,
        new: FollowUpCommentInput,
    ) -> Result<FollowUpCommentView> {
        let created = self.write(grant, |writer, _, CreateComment(about), _| {
            let row = (
                new,
                follow_up_comment::id.eq(FollowUpCommentId::fresh()),
                follow_up_comment::follow_up_id.eq(about),
                born!(follow_up_comment, writer),
            );
            writer.create::<FollowUpComment, _, _>(row)
        })?;
        Ok(self.seen(created))
    }
}

diesel::define_sql_function! {
    /// Who answered for an organization in a network at the end of a day.
    #[sql_name = "app.referent_on"]
    fn referent_on(network: diesel::sql_types::Uuid, organization: diesel::sql_types::Uuid, day: diesel::sql_types::Date) -> diesel::sql_types::Nullable<diesel::sql_types::Uuid>;
}

/// Who answered for the organization in the network of a follow-up on its day, on the network axis.
fn answering(it: &FollowUpScope, day: NaiveDate, conn: &mut PgConnection) -> Result<Option<MemberId>> {
    match (it.axis, it.network_id, it.organization_id) {
        (FollowUpAxis::Network, Some(network), Some(organization)) => {
            Ok(diesel::select(referent_on(network, organization, day)).get_result(conn)?)
        }
        _ => Ok(None),
    }
}

/// Refuses attendees who are no known members.
fn refuse_unknown(conn: &mut PgConnection, there: &[MemberId]) -> Result<()> {
    let known: Vec<MemberId> = member::table.filter(member::id.eq_any(there)).select(member::id).load(conn)?;
    let unknown = there.iter().enumerate().filter(|(_, id)| !known.contains(id));
    let unknown: Vec<String> = unknown.map(|(place, _)| format!("/attendee_ids/{place}")).collect();
    if unknown.is_empty() { Ok(()) } else { Err(Error::DanglingAt(unknown)) }
}

/// The network of a code, whether or not the caller may know of it.
pub(super) fn named(code: Option<&NetworkCode>, conn: &mut PgConnection) -> Result<Option<Network>> {
    let Some(code) = code else { return Ok(None) };
    Ok(Network::query().filter(network::code.eq(code)).first(conn).optional()?)
}

/// The scope of a follow-up, whether or not the caller may read it.
pub(super) fn scope_of(id: Option<FollowUpId>, conn: &mut PgConnection) -> Result<Option<FollowUpScope>> {
    let Some(id) = id else { return Ok(None) };
    Ok(FollowUpScope::query().filter(follow_up::id.eq(id)).first(conn).optional()?)
}

known!(read FollowUp: Read);

impl Known for Create {
    fn facts(&self, conn: &mut PgConnection) -> Result<Subject> {
        let new = self.0.clone();
        let network = named(new.network_code.as_ref(), conn)?;
        let life = |at| resting_on(conn, at)?.ok_or(Error::Dangling("/organization_id"));
        let life = new.organization_id.map(life).transpose()?;
        let scope = FollowUpScope {
            axis: new.axis,
            network_id: network.as_ref().map(|network| network.id),
            organization_id: new.organization_id,
            interministerial: new.interministerial,
            confidentiality: new.confidentiality.unwrap_or(FollowUpConfidentiality::Normal),
            attendee_ids: Vec::new(),
            created_by: kernel::PrincipalId::system(),
            network_visibility: network.map(|network| network.visibility),
        };
        Ok(Subject { new, scope, life })
    }
}

known!(lock FollowUp: Update, CreateComment);

again!(FollowUpView as FollowUpId => follow_up);

impl Again for FollowUpCommentView {
    fn about(&self) -> Uuid {
        self.noun.id.0
    }

    fn again(store: &mut Store<'_>, about: Uuid) -> Result<Self> {
        let row = FollowUpComment::query().filter(follow_up_comment::id.eq(FollowUpCommentId(about)));
        let it = row.first(store.reading().0).optional()?.ok_or(Refusal::NotFound)?;
        store.permit_on_follow_up(it.follow_up_id, "list_follow_up_comments")?;
        Ok(store.seen(it))
    }
}

kept!(FollowUp: follow_up {
    const RESTING: &'static [Resting] = &[
        Resting::new("follow_up", "organization_id", Fate::History),
    ];
    const PEOPLE: &'static [Person] = &[
        Person::tells("follow_up", "referent_id", "les points de suivi tenus quand vous étiez référent ou référente"),
        Person::tells("follow_up", "attendee_ids", "les points de suivi auxquels vous avez participé"),
    ];
});

kept!(FollowUpComment: follow_up_comment {});
