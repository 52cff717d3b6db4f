//! SQL of notifications: each member reads only their own.

use ::networks::action_item::ActionItem;
use ::networks::notification::{
    MarkAllRead, MarkRead, Notification, NotificationFilter, NotificationPage, NotificationView, NotificationsRead,
    Read, visible,
};
use diesel::prelude::*;
use kernel::schema::{network, notification};
use kernel::{Actor, Grant, NotificationId, Noun, PageQuery};
use uuid::Uuid;

use crate::idempotency::again;
use crate::kept::{Kept as _, Person, kept, known};
use crate::mail::gists;
use crate::page::{DOWN, counted, keyset};
use crate::{Again, Result, Store};

impl Store<'_> {
    /// The notifications of the caller, the latest first.
    ///
    /// # Errors
    /// The cursor is none of ours.
    pub fn notifications(&mut self, filter: &NotificationFilter, page: &PageQuery) -> Result<NotificationPage> {
        let (conn, actor) = self.reading();
        let all = || {
            let query = Notification::query().filter(visible(actor)).into_boxed();
            match filter.unread {
                Some(true) => query.filter(notification::read_at.is_null()),
                Some(false) => query.filter(notification::read_at.is_not_null()),
                None => query,
            }
        };
        let count = counted(conn, filter.count, all())?;
        let found = keyset!(conn, all(), page, DOWN, |it: &Notification| it.id => notification::id);
        let mut found = found.counted(count);
        explain(&mut found.items, conn, actor)?;
        Ok(found.map(|it| self.told(it)))
    }

    /// One notification.
    ///
    /// # Errors
    /// There is none that is the caller's.
    pub fn notification(&mut self, id: NotificationId) -> Result<NotificationView> {
        let it = self.permit(Read(id))?;
        self.explained(it)
    }

    fn explained(&mut self, it: Notification) -> Result<NotificationView> {
        let mut one = [it];
        let (conn, actor) = self.reading();
        explain(&mut one, conn, actor)?;
        let [it] = one;
        Ok(self.told(it))
    }

    fn told(&self, it: Notification) -> NotificationView {
        self.seen(it.known_to(self.actor()))
    }

    /// Marks a notification as read; one that is read already keeps its date.
    ///
    /// # Errors
    /// The database failed.
    pub fn mark_notification_as_read(&mut self, grant: Grant<MarkRead>) -> Result<NotificationView> {
        let read = self.mark(grant, |conn, at, _, it| {
            let unread = notification::table.find(it.id).filter(notification::read_at.is_null());
            let row = (notification::read_at.eq(at), notification::version.eq(it.version.next()));
            diesel::update(unread).set(row).execute(conn)?;
            Notification::find(it.id.0, conn)
        })?;
        self.explained(read)
    }

    /// Marks all notifications of the caller as read.
    ///
    /// # Errors
    /// The database failed.
    pub fn mark_inbox_as_read(&mut self, grant: Grant<MarkAllRead>) -> Result<NotificationsRead> {
        self.mark(grant, |conn, at, actor, ()| {
            let mine = notification::table.left_join(network::table).filter(visible(actor));
            let unread = mine.filter(notification::read_at.is_null());
            let ids: Vec<NotificationId> = unread.select(notification::id).load(conn)?;
            let row = (notification::read_at.eq(at), notification::version.eq(notification::version + 1));
            let read = diesel::update(notification::table.filter(notification::id.eq_any(ids))).set(row);
            Ok(NotificationsRead { read: read.execute(conn)? })
        })
    }
}

/// Fills in what notifications are about, as far as the caller may read that now: one query for each noun on the page.
fn explain(all: &mut [Notification], conn: &mut PgConnection, actor: &Actor) -> Result<()> {
    let about = gists(all, conn, actor)?;
    for it in all {
        it.subject = about.get(&it.object_id).map(|gist| gist.subject.clone()).unwrap_or_default();
        // An object without a name of its own goes by the name of its network.
        let nameless = it.subject.title.is_none() && it.noun != ActionItem::NAME;
        if nameless && it.subject.path.is_some() {
            it.subject.title = it.network_name.as_ref().map(ToString::to_string);
        }
    }
    Ok(())
}

known!(read Notification: Read);

known!(lock Notification: MarkRead);

known!(nothing: MarkAllRead);

again!(NotificationView as NotificationId => notification);

impl Again for NotificationsRead {
    fn about(&self) -> Uuid {
        Uuid::nil()
    }

    fn again(_: &mut Store<'_>, _: Uuid) -> Result<Self> {
        Ok(Self { read: 0 })
    }
}

kept!(Notification: notification unstamped {
    const PEOPLE: &'static [Person] = &[
        Person::names("delivery", "member_id", "les messages qui vous ont été envoyés"),
        Person::names("notification", "member_id", "les notifications qui vous ont été adressées"),
    ];
});
