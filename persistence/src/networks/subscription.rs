//! SQL of subscriptions: the notification level of a membership, which only its holder reads and changes.

use ::networks::membership::{Membership, own};
use ::networks::subscription::{Subscription, SubscriptionPage, SubscriptionPatch, Update};
use diesel::prelude::*;
use kernel::schema::membership;
use kernel::{Action as _, Grant, PageQuery, Refusal, Ruling, Versions, sql};
use uuid::Uuid;

use crate::kept::Kept as _;
use crate::kept::known;
use crate::page::{UP, keyset};
use crate::{Again, Result, Store};

impl Store<'_> {
    /// How soon the caller is told of each network in which they sit.
    ///
    /// # Errors
    /// The cursor is none of ours.
    pub fn own_subscriptions(&mut self, page: &PageQuery) -> Result<SubscriptionPage> {
        let (conn, actor) = self.reading();
        let mine = actor.member().map(|member| member.0).unwrap_or_default();
        let mut query = Membership::query().filter(membership::member_id.eq(mine)).into_boxed();
        query = query.filter(own(actor)).filter(membership::valid.contains(sql::clock()));
        let found = keyset!(conn, query, page, UP, |it: &Membership| it.id => membership::id);
        Ok(found.map(Subscription::from))
    }

    /// Changes how soon the caller is told of a network.
    ///
    /// # Errors
    /// It is no longer as the caller saw it.
    pub fn update_my_subscription(
        &mut self,
        grant: Grant<Update>,
        seen: Versions,
        patch: &SubscriptionPatch,
    ) -> Result<Subscription> {
        let changed = self.write_on(grant, seen, |writer, _, _, before| {
            let level = patch.notification_level.unwrap_or(before.notification_level);
            writer.change(&before, membership::notification_level.eq(level))
        })?;
        Ok(changed.into())
    }
}

known!(lock Membership: Update);

impl Again for Subscription {
    fn about(&self) -> Uuid {
        self.membership_id.0
    }

    fn again(store: &mut Store<'_>, about: Uuid) -> Result<Self> {
        let it = Membership::find(about, store.reading().0)?;
        match Update::rule(store.actor(), &it) {
            Ruling::Allow => Ok(it.into()),
            _ => Err(Refusal::NotFound.into()),
        }
    }
}
