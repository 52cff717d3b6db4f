//! SQL of announcements. The recipients of an announcement are those who were notified of its publication.

use std::collections::{BTreeMap, BTreeSet};

use ::networks::announcement::{
    Addressed, Announcement, AnnouncementFilter, AnnouncementInput, AnnouncementPage, AnnouncementPatch,
    AnnouncementStatus, AnnouncementTally, AnnouncementView, Create, Draft, ListDeliveries, MarkRead, Publish, Read,
    Update, Withdraw, refit, visible,
};
use ::networks::announcement_delivery::{AnnouncementDelivery, AnnouncementDeliveryPage, DeliveryLine};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types;
use kernel::notification::{DeliveryKind, DeliveryStatus, NotificationKind};
use kernel::schema::{announcement, delivery, member, network, notification};
use kernel::{AnnouncementId, Grant, MemberId, PageQuery, PrincipalId, Refusal, Ruling, Versions};
use uuid::Uuid;

use super::follow_up::named;
use crate::kept::{Gist, Kept as _, Told, kept, known, named as named_one, titled};
use crate::notify::{News, notify};
use crate::page::{DOWN, UP, counted, keyset};
use crate::stamps::born;
use crate::store::Known;
use crate::writer::Writer;
use crate::{Again, Result, Store};

impl Store<'_> {
    /// The announcements that the caller may see, the latest first.
    ///
    /// # Errors
    /// The cursor is none of ours.
    pub fn announcements(&mut self, filter: &AnnouncementFilter, page: &PageQuery) -> Result<AnnouncementPage> {
        let (conn, actor) = self.reading();
        let all = || {
            let mut query = Announcement::query().filter(visible(actor)).into_boxed();
            if let Some(code) = &filter.network_code {
                query = query.filter(network::code.nullable().eq(code.clone()));
            }
            if let Some(status) = filter.status {
                query = query.filter(announcement::status.eq(status));
            }
            query
        };
        let count = counted(conn, filter.count, all())?;
        let found = keyset!(conn, all(), page, DOWN, |it: &Announcement| it.id => announcement::id);
        let mut found = found.counted(count);
        self.look_around(&mut found.items)?;
        Ok(found.map(|it| self.seen(it)))
    }

    /// One announcement.
    ///
    /// # Errors
    /// There is none that the caller may see.
    pub fn announcement(&mut self, id: AnnouncementId) -> Result<AnnouncementView> {
        let it = self.permit(Read(Addressed { id, to: self.actor().id }))?;
        self.announced(it)
    }

    /// Creates the announcement that was granted, as a draft.
    ///
    /// # Errors
    /// The database failed.
    pub fn create_announcement(&mut self, grant: Grant<Create>) -> Result<AnnouncementView> {
        let created = self.write(grant, |writer, actor, _, draft| {
            let id = AnnouncementId::fresh();
            let row = (announcement::id.eq(id), written(draft), born!(announcement, writer));
            writer.create::<Announcement, _, _>(row)?;
            find(Addressed { id, to: actor.id }, writer.conn)
        })?;
        self.announced(created)
    }

    /// Changes the announcement that was granted; its recipients are notified if that was asked.
    ///
    /// # Errors
    /// It is no longer as the caller saw it; the caller may not write to its new audience; more than its title and text
    /// would change once it is published.
    pub fn update_announcement(
        &mut self,
        grant: Grant<Update>,
        seen: Versions,
        patch: AnnouncementPatch,
    ) -> Result<AnnouncementView> {
        let changed = self.write_on(grant, seen, |writer, actor, _, before| {
            let tells = patch.notify == Some(true);
            let new = refit(&before, patch)?;
            let network = named(new.network_code.as_ref(), writer.conn)?;
            let draft = Draft { new, network };
            if before.status == AnnouncementStatus::Draft {
                match draft.rule(actor) {
                    Ruling::Deny(why) => return Err(Refusal::Forbidden(why).into()),
                    _ => draft.fits()?,
                }
            }
            writer.change(&before, written(draft))?;
            let after = find(Addressed { id: before.id, to: actor.id }, writer.conn)?;
            // Of nothing new, nobody is told.
            if tells && after.version != before.version {
                let told = still_addressed(&after, writer.at, writer.conn)?;
                tell(writer, NotificationKind::AnnouncementChanged, &after, told)?;
            }
            Ok(after)
        })?;
        self.announced(changed)
    }

    /// Publishes the announcement that was granted.
    ///
    /// # Errors
    /// It is no longer as the caller saw it.
    pub fn publish_announcement(&mut self, grant: Grant<Publish>, seen: Versions) -> Result<AnnouncementView> {
        let published = self.write_on(grant, seen, |writer, actor, _, before| {
            let published =
                (announcement::status.eq(AnnouncementStatus::Published), announcement::published_at.eq(writer.at));
            writer.change(&before, published)?;
            let to = reached(&before, writer.at, writer.conn)?;
            tell(writer, NotificationKind::AnnouncementPublished, &before, to)?;
            find(Addressed { id: before.id, to: actor.id }, writer.conn)
        })?;
        self.announced(published)
    }

    /// Withdraws the announcement that was granted: e-mails not sent yet are not sent.
    ///
    /// # Errors
    /// It is no longer as the caller saw it.
    pub fn withdraw_announcement(&mut self, grant: Grant<Withdraw>, seen: Versions) -> Result<AnnouncementView> {
        let withdrawn = self.write_on(grant, seen, |writer, actor, _, before| {
            let withdrawn =
                (announcement::status.eq(AnnouncementStatus::Withdrawn), announcement::withdrawn_at.eq(writer.at));
            writer.change(&before, withdrawn)?;
            let told = || notification::table.filter(notification::object_id.eq(before.id.0));
            diesel::update(told()).set(notification::withdrawn_at.eq(writer.at)).execute(writer.conn)?;
            let lines = delivery::table.filter(delivery::object_id.eq_any(told().select(notification::id)));
            let lines = lines.filter(delivery::status.eq(DeliveryStatus::Queued));
            diesel::update(lines).set(delivery::status.eq(DeliveryStatus::Muted)).execute(writer.conn)?;
            find(Addressed { id: before.id, to: actor.id }, writer.conn)
        })?;
        self.announced(withdrawn)
    }

    /// Marks an announcement that was addressed to the caller as read; one that is read already keeps its date.
    ///
    /// # Errors
    /// The database failed.
    pub fn mark_announcement_as_read(&mut self, grant: Grant<MarkRead>) -> Result<AnnouncementView> {
        let it = self.mark(grant, |conn, at, actor, it| {
            let told = notification::table.filter(notification::object_id.eq(it.id.0));
            let told = told.filter(notification::member_id.eq(MemberId(actor.id.0)));
            let row = (notification::read_at.eq(at), notification::version.eq(notification::version + 1));
            diesel::update(told.filter(notification::read_at.is_null())).set(row).execute(conn)?;
            Ok(it)
        })?;
        self.announced(it)
    }

    /// The deliveries of an announcement.
    ///
    /// # Errors
    /// There is no such announcement that the caller answers for; the cursor is none of ours.
    pub fn announcement_deliveries(
        &mut self,
        id: AnnouncementId,
        page: &PageQuery,
    ) -> Result<AnnouncementDeliveryPage> {
        self.permit(ListDeliveries(Addressed { id, to: self.actor().id }))?;
        let lines = delivery::table
            .inner_join(notification::table.on(notification::id.eq(delivery::object_id)))
            .left_join(member::table.on(member::id.nullable().eq(delivery::member_id)))
            .filter(delivery::kind.eq(DeliveryKind::Notification))
            .filter(notification::object_id.eq(id.0))
            .select(DeliveryLine::as_select());
        let conn = self.reading().0;
        let found = keyset!(conn, lines.into_boxed(), page, UP, |line: &DeliveryLine| line.id => delivery::id);
        Ok(found.map(AnnouncementDelivery::from))
    }

    fn announced(&mut self, it: Announcement) -> Result<AnnouncementView> {
        let mut one = [it];
        self.look_around(&mut one)?;
        let [it] = one;
        Ok(self.seen(it))
    }

    /// Fills in what depends on the caller: whether it was addressed to them, when they read it, and its tally.
    fn look_around(&mut self, all: &mut [Announcement]) -> Result<()> {
        let (conn, actor) = self.reading();
        let ids: Vec<AnnouncementId> = all.iter().map(|it| it.id).collect();
        let told = receipts(&ids, actor.id, conn)?;
        let followed: Vec<AnnouncementId> = all.iter().filter(|it| it.tells(actor)).map(|it| it.id).collect();
        let tallies = tallies(&followed, conn)?;
        for it in all {
            // Partners do not see members.
            it.author = it.author.take().filter(|_| actor.knows_members());
            it.around.addressed = told.contains_key(&it.id.0);
            it.around.read_at = told.get(&it.id.0).copied().flatten();
            let none = AnnouncementTally { recipients: 0, sent: 0, bounced: 0, read: 0 };
            it.around.tally = followed.contains(&it.id).then(|| tallies.get(&it.id.0).copied().unwrap_or(none));
        }
        Ok(())
    }
}

diesel::define_sql_function! {
    /// Whom an announcement reaches at a time.
    #[sql_name = "app.addressees"]
    fn addressees(network: sql_types::Nullable<sql_types::Uuid>, kinds: sql_types::Array<sql_types::Text>, origins: sql_types::Array<sql_types::Text>, at: sql_types::Timestamptz) -> sql_types::Array<sql_types::Uuid>;
}

/// Whom an announcement reaches at a time.
fn reached(it: &Announcement, at: DateTime<Utc>, conn: &mut PgConnection) -> Result<Vec<MemberId>> {
    let reached = addressees(it.network_id, it.organization_kinds.clone(), it.origins.clone(), at);
    Ok(diesel::select(reached).get_result(conn)?)
}

/// The recipients of a published announcement; of a network, those who still sit there.
fn still_addressed(it: &Announcement, at: DateTime<Utc>, conn: &mut PgConnection) -> Result<Vec<MemberId>> {
    let told = notification::table.filter(notification::object_id.eq(it.id.0));
    let told = told.filter(notification::kind.eq(NotificationKind::AnnouncementPublished));
    let told: Vec<MemberId> = told.select(notification::member_id).load(conn)?;
    if it.network_id.is_none() {
        return Ok(told);
    }
    let there: BTreeSet<MemberId> = reached(it, at, conn)?.into_iter().collect();
    Ok(told.into_iter().filter(|member| there.contains(member)).collect())
}

/// Which of these announcements are addressed to a member, and when the member read them.
fn receipts(
    ids: &[AnnouncementId],
    who: PrincipalId,
    conn: &mut PgConnection,
) -> Result<BTreeMap<Uuid, Option<DateTime<Utc>>>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let told = notification::table
        .filter(notification::object_id.eq_any(ids))
        .filter(notification::member_id.eq(MemberId(who.0)))
        .filter(notification::kind.eq(NotificationKind::AnnouncementPublished))
        .select((notification::object_id, notification::read_at));
    Ok(told.load(conn)?.into_iter().collect())
}

/// How many people each of these announcements reached.
fn tallies(ids: &[AnnouncementId], conn: &mut PgConnection) -> Result<BTreeMap<Uuid, AnnouncementTally>> {
    use diesel::dsl::{case_when, count, count_star};
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let in_case = |status| count(case_when(delivery::status.eq(status), delivery::id));
    let rows = notification::table
        .inner_join(delivery::table.on(delivery::object_id.eq(notification::id)))
        .filter(notification::object_id.eq_any(ids))
        .filter(notification::kind.eq(NotificationKind::AnnouncementPublished))
        .group_by(notification::object_id)
        .select((
            notification::object_id,
            (
                count_star(),
                in_case(DeliveryStatus::Sent),
                in_case(DeliveryStatus::Bounced),
                count(notification::read_at),
            ),
        ));
    let rows: Vec<(Uuid, (i64, i64, i64, i64))> = rows.load(conn)?;
    let tally = |(recipients, sent, bounced, read)| AnnouncementTally { recipients, sent, bounced, read };
    Ok(rows.into_iter().map(|(id, counts)| (id, tally(counts))).collect())
}

/// The columns of an announcement that is created or changed.
fn written(draft: Draft) -> Written {
    let class = announcement::class.eq(draft.class());
    (draft.new, announcement::network_id.eq(draft.network.map(|network| network.id)), class)
}

type Written = (
    AnnouncementInput,
    diesel::dsl::Eq<announcement::network_id, Option<kernel::NetworkId>>,
    diesel::dsl::Eq<announcement::class, kernel::notification::NotificationClass>,
);

fn tell(writer: &mut Writer<'_>, kind: NotificationKind, it: &Announcement, to: Vec<MemberId>) -> Result<()> {
    notify(writer, News::of(kind, it.class, it, it.network_id), to)
}

fn find(of: Addressed, conn: &mut PgConnection) -> Result<Announcement> {
    let row = Announcement::query().filter(announcement::id.eq(of.id));
    let mut it: Announcement = row.first(conn).optional()?.ok_or(Refusal::NotFound)?;
    it.around.addressed = !receipts(&[of.id], of.to, conn)?.is_empty();
    Ok(it)
}

fn locked(of: Addressed, conn: &mut PgConnection) -> Result<Announcement> {
    Announcement::hold(of.id.0, conn)?;
    find(of, conn)
}

known!(it, conn => find(it.0, conn); Read, ListDeliveries, MarkRead);
known!(it, conn => locked(it.0, conn); Update, Publish, Withdraw);

impl Known for Create {
    fn facts(&self, conn: &mut PgConnection) -> Result<Draft> {
        let new = self.0.clone();
        let network = named(new.network_code.as_ref(), conn)?;
        Ok(Draft { new, network })
    }
}

impl Again for AnnouncementView {
    fn about(&self) -> Uuid {
        self.noun.id.0
    }

    fn again(store: &mut Store<'_>, about: Uuid) -> Result<Self> {
        store.announcement(AnnouncementId(about))
    }
}

kept!(Announcement: announcement {
    fn to(mut self, who: PrincipalId, conn: &mut PgConnection) -> Result<Self> {
        self.around.addressed = !receipts(&[self.id], who, conn)?.is_empty();
        Ok(self)
    }
    const TOLD: Option<Told> = Some(|conn, actor, ids| {
        let rows = Announcement::query().filter(visible(actor)).filter(announcement::id.eq_any(ids));
        let gist = |it: &Announcement| Gist { by: Some(it.created_by), ..titled(&it.title) };
        Ok(rows.load(conn)?.iter().map(|it| named_one(it, gist(it))).collect())
    });
});
