//! SQL of networks.

use ::networks::network::{
    Activate, Close, Create, Network, NetworkCode, NetworkFilter, NetworkInput, NetworkPage, NetworkPatch,
    NetworkStatus, NetworkView, Pause, Read, Update, visible,
};
use diesel::prelude::*;
use kernel::schema::network;
use kernel::{Action, Actor, Grant, NetworkId, PageQuery, Refusal, Versions};
use uuid::Uuid;

use crate::aftermath::Aftermath;
use crate::error::Meaning;
use crate::kept::{Ends, KnownTo, kept, known};
use crate::moving::{Fate, Resting};
use crate::nouns::NOUNS;
use crate::page::{UP, fold, keyset, like};
use crate::stamps::born;
use crate::writer::Writer;
use crate::{Again, Error, Result, Store};

type Query = network::BoxedQuery<'static, diesel::pg::Pg>;

fn apply(filter: NetworkFilter, mut query: Query) -> Query {
    if let Some(words) = filter.q {
        query = query.filter(fold(network::name).like(fold(like(&words))));
    }
    if let Some(since) = filter.updated_since {
        query = query.filter(network::updated_at.ge(since.0));
    }
    if let Some(status) = filter.status {
        query = query.filter(network::status.eq(status));
    }
    query
}

impl Store<'_> {
    /// The networks that the caller may see, by name.
    ///
    /// # Errors
    /// The cursor is none of ours.
    pub fn networks(&mut self, filter: NetworkFilter, page: &PageQuery) -> Result<NetworkPage> {
        let (conn, actor) = self.reading();
        let query = apply(filter, network::table.into_boxed().filter(visible(actor))).select(Network::as_select());
        let key = |it: &Network| (it.name.clone(), it.id);
        let found = keyset!(conn, query, page, UP, key => network::name, network::id);
        Ok(found.map(|it| self.seen(it)))
    }

    /// One network.
    ///
    /// # Errors
    /// There is none that the caller may see.
    pub fn network(&mut self, code: &NetworkCode) -> Result<NetworkView> {
        let facts = self.permit(Read(code.clone()))?;
        Ok(self.seen(facts))
    }

    /// Creates the network that was granted.
    ///
    /// # Errors
    /// Its code is taken.
    pub fn create_network(&mut self, grant: Grant<Create>) -> Result<NetworkView> {
        let created = self.write(grant, |writer, _, Create(new), ()| create(writer, new))?;
        Ok(self.seen(created))
    }

    /// Changes the network that was granted.
    ///
    /// # Errors
    /// It is no longer as the caller saw it; the caller may not change who knows of it.
    pub fn update_network(&mut self, grant: Grant<Update>, seen: Versions, patch: NetworkPatch) -> Result<NetworkView> {
        let changed = self.write_on(grant, seen, |writer, actor, _, before| {
            Update::shows_to(actor, &before, patch.visibility)?;
            writer.change(&before, patch)
        })?;
        Ok(self.seen(changed))
    }

    /// Activates the network that was granted.
    ///
    /// # Errors
    /// It is no longer as the caller saw it.
    pub fn activate_network(&mut self, grant: Grant<Activate>, seen: Versions) -> Result<NetworkView> {
        self.move_network(grant, seen, NetworkStatus::Active)
    }

    /// Puts the network that was granted on hold.
    ///
    /// # Errors
    /// It is no longer as the caller saw it.
    pub fn pause_network(&mut self, grant: Grant<Pause>, seen: Versions) -> Result<NetworkView> {
        self.move_network(grant, seen, NetworkStatus::Dormant)
    }

    /// Closes the network that was granted: its memberships, seats and co-animations end, and its open membership
    /// requests are withdrawn.
    ///
    /// # Errors
    /// It is no longer as the caller saw it.
    pub fn close_network(&mut self, grant: Grant<Close>, seen: Versions) -> Result<NetworkView> {
        let closed = self.write_on(grant, seen, |writer, _, _, before| close(writer, &before))?;
        Ok(self.seen(closed))
    }

    fn move_network<A: Action<Facts = Network>>(
        &mut self,
        grant: Grant<A>,
        seen: Versions,
        status: NetworkStatus,
    ) -> Result<NetworkView> {
        let changed =
            self.write_on(grant, seen, |writer, _, _, before| writer.change(&before, network::status.eq(status)))?;
        Ok(self.seen(changed))
    }
}

/// Creates a network, in preparation.
pub(super) fn create(writer: &mut Writer<'_>, new: NetworkInput) -> Result<Network> {
    let status = network::status.eq(NetworkStatus::Preparing);
    writer.create((new, network::id.eq(NetworkId::fresh()), status, born!(network, writer)))
}

/// Closes a network, with all that ends with it.
pub(super) fn close(writer: &mut Writer<'_>, before: &Network) -> Result<Network> {
    let after = writer.end(before, network::status.eq(NetworkStatus::Closed))?;
    for ends in NOUNS.iter().flat_map(|noun| noun.ends) {
        if let Ends::Network(end) = ends {
            end(writer, before.id)?;
        }
    }
    Ok(after)
}

pub(super) fn find(code: &NetworkCode, conn: &mut PgConnection) -> Result<Network> {
    let row = network::table.filter(network::code.eq(code)).select(Network::as_select());
    Ok(row.first(conn).optional()?.ok_or(Refusal::NotFound)?)
}

/// The network, locked against concurrent changes in it.
pub(super) fn locked(code: &NetworkCode, conn: &mut PgConnection) -> Result<Network> {
    let row = network::table.filter(network::code.eq(code)).select(Network::as_select()).for_no_key_update();
    Ok(row.first(conn).optional()?.ok_or(Refusal::NotFound)?)
}

/// The network with this code, if the caller may see it.
pub(super) fn seen_by(code: &NetworkCode, conn: &mut PgConnection, actor: &Actor) -> Result<Network> {
    let row = network::table.filter(network::code.eq(code)).filter(visible(actor)).select(Network::as_select());
    Ok(row.first(conn).optional()?.ok_or(Refusal::NotFound)?)
}

impl Again for NetworkView {
    fn about(&self) -> Uuid {
        self.noun.id.0
    }

    fn again(store: &mut Store<'_>, about: Uuid) -> Result<Self> {
        let (conn, _) = store.reading();
        let code = network::table.find(NetworkId(about)).select(network::code).first(conn).optional()?;
        store.network(&code.ok_or(Refusal::NotFound)?)
    }
}

known!(it, conn => find(&it.0, conn); Read);

known!(nothing: Create);

known!(it, conn => locked(&it.0, conn); Update, Activate, Pause, Close);

kept!(Network: network whole {
    const KNOWN: Option<KnownTo> = Some(|conn, actor| {
        Ok(network::table.filter(visible(actor)).select(network::id).load::<NetworkId>(conn)?.into_iter().map(|id| id.0).collect())
    });
    fn of_key(key: &str, conn: &mut PgConnection) -> Result<Option<Self>> {
        Ok(Network::query().filter(network::code.eq(key)).first(conn).optional()?)
    }

    const RESTING: &'static [Resting] = &[
        Resting::new("indicator_cell", "organization_id", Fate::History),
        Resting::new("tracking_cell", "organization_id", Fate::Derived),
    ];
    const CONSTRAINTS: &'static [(&'static str, Meaning)] = &[
        ("network_code_key", || Error::Taken("/code")),
        // What a directory says of a network that is gone meanwhile is looked at again.
        ("directory_group_network_id_fkey", || Error::Again),
        ("directory_group_source_id_fkey", || Error::Again),
    ];

    fn aftermath(before: Option<&Self>, after: Option<&Self>, follows: &mut Aftermath) {
        let admits = |it: &Self| it.eligible_origins.clone();
        if let Some(after) = after.filter(|after| before.map(admits) != Some(admits(after))) {
            follows.cells_in(after.id);
        }
    }
});
