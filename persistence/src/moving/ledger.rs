//! What a reorganization did, told as it happens, and held against what it must not do.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use kernel::schema::{member, membership, network, organization};
use kernel::{MemberId, NetworkId, OrganizationId};
use members::reorganization::{
    ImpactEffect, ImpactKind, ImpactNetwork, ImpactObject, JoinedMembership, MOST_NAMED, ReorganizationImpact,
};
use uuid::Uuid;

use crate::writer::Writer;
use crate::{Error, Result};

/// What was told so far, and how things stood before.
pub(crate) struct Ledger {
    kinds: BTreeMap<&'static str, (i64, Vec<ImpactObject>)>,
    joined: Vec<JoinedMembership>,
    members: BTreeSet<MemberId>,
    names: HashMap<Uuid, String>,
    networks: BTreeMap<NetworkId, String>,
    before: Sitting,
}

/// How many sit in each network.
type Sitting = HashMap<NetworkId, i64>;

fn sitting(conn: &mut PgConnection, at: DateTime<Utc>, networks: &[NetworkId]) -> Result<Sitting> {
    let sitting = membership::table
        .filter(membership::network_id.eq_any(networks).and(membership::valid.contains(at)))
        .group_by(membership::network_id)
        .select((membership::network_id, diesel::dsl::count_star()));
    Ok(sitting.load::<(NetworkId, i64)>(conn)?.into_iter().collect())
}

fn sitting_in(sitting: &Sitting, network: NetworkId) -> i64 {
    sitting.get(&network).copied().unwrap_or_default()
}

impl Ledger {
    pub(crate) fn open(writer: &mut Writer<'_>, networks: &[NetworkId], kinds: Vec<&'static str>) -> Result<Self> {
        let before = sitting(writer.conn, writer.at, networks)?;
        let names = network::table.filter(network::id.eq_any(networks)).select((network::id, network::name));
        Ok(Self {
            kinds: kinds.into_iter().map(|kind| (kind, (0, Vec::new()))).collect(),
            joined: Vec::new(),
            members: BTreeSet::new(),
            names: HashMap::new(),
            networks: names.load::<(NetworkId, String)>(writer.conn)?.into_iter().collect(),
            before,
        })
    }

    /// Tells what happens to one object; what is made on the way has no identifier to tell yet.
    pub(crate) fn tell(
        &mut self,
        noun: &'static str,
        object: (Option<Uuid>, String),
        effect: ImpactEffect,
        to: Option<String>,
    ) {
        let (count, objects) = self.kinds.entry(noun).or_default();
        *count += 1;
        if objects.len() < MOST_NAMED {
            let (id, name) = object;
            objects.push(ImpactObject { id, name, effect, to });
        }
    }

    /// Someone has a place or a role that moves.
    pub(crate) fn concerns(&mut self, member: MemberId) {
        self.members.insert(member);
    }

    /// A member sat twice, and sits once.
    pub(crate) fn joins(&mut self, joined: JoinedMembership) {
        self.joined.push(joined);
    }

    pub(crate) fn network(&self, id: NetworkId) -> &str {
        self.networks.get(&id).map_or("", String::as_str)
    }

    pub(crate) fn organization(&mut self, conn: &mut PgConnection, id: OrganizationId) -> Result<String> {
        let name = organization::table.find(id).select(organization::name);
        self.called(id.0, || Ok(name.first(conn)?))
    }

    pub(crate) fn member(&mut self, conn: &mut PgConnection, id: MemberId) -> Result<String> {
        let name = member::table.find(id).select(member::display_name);
        self.called(id.0, || Ok(name.first(conn)?))
    }

    fn called(&mut self, id: Uuid, ask: impl FnOnce() -> Result<String>) -> Result<String> {
        if let Some(name) = self.names.get(&id) {
            return Ok(name.clone());
        }
        let name = ask()?;
        self.names.insert(id, name.clone());
        Ok(name)
    }

    /// Holds what was done against what must not be, and tells all of it.
    pub(crate) fn close(self, writer: &mut Writer<'_>) -> Result<ReorganizationImpact> {
        let networks: Vec<NetworkId> = self.networks.keys().copied().collect();
        let after = sitting(writer.conn, writer.at, &networks)?;
        let (before, mut lost) = (&self.before, 0);
        let of_network = |(id, name): (NetworkId, String)| {
            let joined = self.joined.iter().filter(|it| it.network_id == id).count();
            let joined = i64::try_from(joined).unwrap_or(i64::MAX);
            let (before, after) = (sitting_in(before, id), sitting_in(&after, id));
            lost += (before - after - joined).abs();
            ImpactNetwork { network_id: id, name, before, after, joined }
        };
        let networks = self.networks.clone().into_iter().map(of_network).collect();
        if lost != 0 {
            return Err(Error::Fault(format!("a reorganization would lose {lost} memberships").into()));
        }
        let kinds = self.kinds.into_iter();
        let kinds = kinds.map(|(noun, (count, objects))| ImpactKind { noun: noun.to_owned(), count, objects });
        let members = i64::try_from(self.members.len()).unwrap_or(i64::MAX);
        let joined = self.joined.into_iter().take(1000).collect();
        Ok(ReorganizationImpact { members, kinds: kinds.collect(), networks, joined, lost })
    }
}
