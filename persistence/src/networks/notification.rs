//! SQL of notifications: each member reads his own.

use ::networks::notification::{
    MarkAllRead, MarkRead, Notification, NotificationFilter, NotificationPage, NotificationView, NotificationsRead,
    Read, visible,
};
use diesel::prelude::*;
use kernel::schema::notification;
use kernel::{Grant, NotificationId, PageQuery, Refusal};
use uuid::Uuid;

use crate::idempotency::again;
use crate::page::counted;
use crate::store::{Known, known};
use crate::{Again, Result, Store};

impl Store<'_> {
    /// What the caller was told of, the latest first.
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
        let mut query = all();
        if let Some(before) = page.key::<NotificationId>()? {
            query = query.filter(notification::id.lt(before));
        }
        let rows = query.order(notification::id.desc()).limit(page.probe()).load(conn)?;
        let count = counted!(conn, filter.count, all());
        let found = page.cut(rows, |it: &Notification| it.id).counted(count);
        Ok(found.map(|it| self.seen(it)))
    }

    /// One notification.
    ///
    /// # Errors
    /// There is none that is the caller's.
    pub fn notification(&mut self, id: NotificationId) -> Result<NotificationView> {
        let it = self.permit(Read(id))?;
        Ok(self.seen(it))
    }

    /// Has the caller have read a notification: the first time counts.
    ///
    /// # Errors
    /// The database failed.
    pub fn read_notification(&mut self, grant: Grant<MarkRead>) -> Result<NotificationView> {
        let read = self.mark(grant, |conn, at, _, it| {
            let unread = notification::table.find(it.id).filter(notification::read_at.is_null());
            let row = (notification::read_at.eq(at), notification::version.eq(it.version.next()));
            diesel::update(unread).set(row).execute(conn)?;
            find(it.id, conn)
        })?;
        Ok(self.seen(read))
    }

    /// Has the caller have read all that he was told of.
    ///
    /// # Errors
    /// The database failed.
    pub fn read_all_notifications(&mut self, grant: Grant<MarkAllRead>) -> Result<NotificationsRead> {
        self.mark(grant, |conn, at, actor, ()| {
            let unread = notification::table.filter(visible(actor)).filter(notification::read_at.is_null());
            let ids: Vec<NotificationId> = unread.select(notification::id).load(conn)?;
            let row = (notification::read_at.eq(at), notification::version.eq(notification::version + 1));
            let read = diesel::update(notification::table.filter(notification::id.eq_any(ids))).set(row);
            Ok(NotificationsRead { read: read.execute(conn)? })
        })
    }
}

fn find(id: NotificationId, conn: &mut PgConnection) -> Result<Notification> {
    let row = Notification::query().filter(notification::id.eq(id));
    Ok(row.first(conn).optional()?.ok_or(Refusal::NotFound)?)
}

known!(find => Read);

impl Known for MarkRead {
    fn facts(&self, conn: &mut PgConnection) -> Result<Notification> {
        let row = notification::table.find(self.0).select(notification::id).for_no_key_update();
        row.first::<NotificationId>(conn).optional()?.ok_or(Refusal::NotFound)?;
        find(self.0, conn)
    }
}

impl Known for MarkAllRead {
    fn facts(&self, _: &mut PgConnection) -> Result<()> {
        Ok(())
    }
}

again!(NotificationView as NotificationId => notification);

impl Again for NotificationsRead {
    fn about(&self) -> Uuid {
        Uuid::nil()
    }

    fn again(_: &mut Store<'_>, _: Uuid) -> Result<Self> {
        Ok(Self { read: 0 })
    }
}
