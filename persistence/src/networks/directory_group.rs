//! SQL of Groups: networks with the members that the directory of a service account placed there.

use std::collections::HashSet;

use ::networks::directory_group::{
    Close, Create, DirectoryGroup, GroupMember, GroupStep, Place, Read, Rename, seats_at_once,
};
use ::networks::membership::{EndReason, Membership, MembershipInput};
use ::networks::network::{
    Audience, Cadence, JoinPolicy, Network, NetworkCode, NetworkInput, NetworkName, NetworkVisibility, visible,
};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use kernel::directory::{Directory, ExternalId};
use kernel::schema::{directory_group, network};
use kernel::{
    Actor, AffiliationId, Grant, Label, MemberId, MemberOrigin, MembershipId, NetworkId, NetworkRole, Refusal,
};
use uuid::Uuid;

use super::membership::{begin, end, tell_given};
use super::membership_request::{Proposed, met, nominate, withdraw_proposed};
use super::network::{close, create};
use crate::directory::speaker;
use crate::external_id::{Named, call};
use crate::kept::{Kept as _, known};
use crate::writer::Writer;
use crate::{Error, Result, Store};

/// Networks that the caller may see and that are not closed. $1 the source, $2 those that the caller may see.
const GROUPS: &str = "SELECT n.id, n.name, (SELECT min(e.value) FROM external_id e
        WHERE e.object_id = n.id AND e.noun = 'network' AND e.source_id = $1) AS external_id,
    n.version + coalesce(g.version, 0) AS version, n.created_at, greatest(n.updated_at, g.updated_at) AS updated_at
    FROM network n LEFT JOIN directory_group g ON g.network_id = n.id AND g.source_id = $1
    WHERE n.id = ANY ($2) ORDER BY n.id";

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: NetworkId,
    #[diesel(sql_type = Text)]
    name: NetworkName,
    #[diesel(sql_type = Nullable<Text>)]
    external_id: Option<ExternalId>,
    #[diesel(sql_type = Integer)]
    version: i32,
    #[diesel(sql_type = Timestamptz)]
    created_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    updated_at: DateTime<Utc>,
}

/// Members whom a directory placed in networks: $1 the source, $2 networks, $3 members, where some are named, $4 how many.
const MEMBERS: &str =
    "SELECT g.network_id, g.member_id, m.display_name FROM membership g JOIN member m ON m.id = g.member_id
    JOIN directory_user u ON u.member_id = g.member_id AND u.source_id = $1 AND u.removed_at IS NULL
    WHERE g.network_id = ANY ($2) AND g.source_id = $1 AND g.role = 'member' AND g.valid @> app.clock()
        {only} ORDER BY g.network_id, g.member_id LIMIT $4";

/// Two texts, so that each has a plan of its own: for some members their own index, for all that of the network.
fn only(text: &str, some: bool) -> String {
    let column = if some { "AND member_id = ANY ($3)" } else { "AND $3 IS NULL" };
    let column =
        if text.contains("FROM membership g") { column.replace("member_id", "g.member_id") } else { column.to_owned() };
    text.replace("{only}", &column)
}

#[derive(QueryableByName)]
struct Placed {
    #[diesel(sql_type = SqlUuid)]
    network_id: NetworkId,
    #[diesel(sql_type = SqlUuid)]
    member_id: MemberId,
    #[diesel(sql_type = Text)]
    display_name: String,
}

const NOBODY: Label = Label {
    fr: "Une de ces personnes n’est pas dans l’annuaire de ce compte de service.",
    en: "One of these is no User of this service account.",
};
const NOWHERE: Label = Label {
    fr: "L’annuaire ne place cette personne dans aucune organisation.",
    en: "The directory places this person in no organization.",
};

impl Store<'_> {
    /// The Groups that the caller may see; all of them, or some.
    ///
    /// # Errors
    /// The caller may not read Groups.
    pub fn groups(&mut self, only: Option<NetworkId>) -> Result<Vec<DirectoryGroup>> {
        let who = self.actor().id;
        let directory = self.permit(Read(who))?.ok_or(Refusal::NotFound)?;
        let (conn, actor) = self.reading();
        let seen = network::table.filter(visible(actor)).filter(network::status.ne("closed")).select(network::id);
        let seen: Vec<NetworkId> = match only {
            Some(id) => seen.filter(network::id.eq(id)).load(conn)?,
            None => seen.load(conn)?,
        };
        let rows = diesel::sql_query(GROUPS).bind::<SqlUuid, _>(directory.source).bind::<Array<SqlUuid>, _>(seen);
        let group = |it: Row| DirectoryGroup {
            id: it.id,
            name: it.name,
            external_id: it.external_id,
            version: it.version,
            created_at: it.created_at,
            updated_at: it.updated_at,
        };
        Ok(rows.load::<Row>(conn)?.into_iter().map(group).collect())
    }

    /// Members whom the directory placed in networks, at most so many in all; all of them, or some.
    ///
    /// # Errors
    /// The caller may not read Groups.
    pub fn group_members(
        &mut self,
        groups: &[NetworkId],
        some: Option<&[MemberId]>,
        most: usize,
    ) -> Result<Vec<(NetworkId, GroupMember)>> {
        let who = self.actor().id;
        let directory = self.permit(Read(who))?.ok_or(Refusal::NotFound)?;
        let rows = diesel::sql_query(only(MEMBERS, some.is_some()))
            .bind::<SqlUuid, _>(directory.source)
            .bind::<Array<SqlUuid>, _>(groups);
        let rows = rows.bind::<Nullable<Array<SqlUuid>>, _>(some);
        let rows = rows.bind::<diesel::sql_types::BigInt, _>(i64::try_from(most).unwrap_or(i64::MAX));
        let member = |it: Placed| (it.network_id, GroupMember { id: it.member_id, display_name: it.display_name });
        Ok(rows.load::<Placed>(self.reading().0)?.into_iter().map(member).collect())
    }

    /// Creates the network that was granted, and places members there.
    ///
    /// # Errors
    /// One of them is no User.
    pub fn create_group(&mut self, grant: Grant<Create>, steps: &[GroupStep]) -> Result<NetworkId> {
        let request = self.request();
        self.write(grant, |writer, actor, Create(_, name), directory| {
            let directory = directory.ok_or(Refusal::NotFound)?;
            let new = described(writer.conn, name)?;
            let created = create(writer, new)?;
            all(writer, actor, (&directory, request), &created, steps)?;
            Ok(created.id)
        })
    }

    /// Changes the network that was granted as a directory says, if it is of one of these versions.
    ///
    /// # Errors
    /// Someone is no User, or may not sit there; the caller may not rename it.
    pub fn change_group(
        &mut self,
        grant: Grant<Place>,
        seen: Option<&[i32]>,
        steps: &[GroupStep],
    ) -> Result<NetworkId> {
        let request = self.request();
        self.write(grant, |writer, actor, _, (directory, network)| {
            let directory = directory.ok_or(Refusal::NotFound)?;
            unchanged(writer.conn, &directory, &network, seen)?;
            writer.kept = true;
            all(writer, actor, (&directory, request), &network, steps)?;
            Ok(network.id)
        })
    }

    /// Closes the network that was granted.
    ///
    /// # Errors
    /// It is not as the caller saw it.
    pub fn close_group(&mut self, grant: Grant<Close>, seen: Option<&[i32]>) -> Result<NetworkId> {
        self.write(grant, |writer, _, _, (directory, network)| {
            let directory = directory.ok_or(Refusal::NotFound)?;
            unchanged(writer.conn, &directory, &network, seen)?;
            close(writer, &network)?;
            Ok(network.id)
        })
    }
}

/// Refuses what is not of one of these versions.
fn unchanged(conn: &mut PgConnection, directory: &Directory, it: &Network, seen: Option<&[i32]>) -> Result<()> {
    let Some(seen) = seen else { return Ok(()) };
    let row = directory_group::table.find((it.id, directory.source)).select(directory_group::version);
    let more: Option<i32> = row.first(conn).optional()?;
    let version = it.version.number() + more.unwrap_or_default();
    if seen.contains(&version) { Ok(()) } else { Err(Refusal::Stale.into()) }
}

/// What the SIG says later of a network that it created by its name alone.
fn described(conn: &mut PgConnection, name: NetworkName) -> Result<NetworkInput> {
    const UNSAID: &str = "À préciser";
    let code = free_code(conn, name.as_ref())?;
    Ok(NetworkInput {
        code,
        name,
        audience: UNSAID.parse::<Audience>().map_err(|why| Error::Fault(why.into()))?,
        purpose: None,
        scope_note: None,
        cadence: Cadence::Quarterly,
        visibility: NetworkVisibility::Members,
        join_policy: JoinPolicy::Invitation,
        eligible_origins: Vec::new(),
        annual_objectives: Vec::new(),
    })
}

/// A code that says the name, with a number where another network has it.
fn free_code(conn: &mut PgConnection, name: &str) -> Result<NetworkCode> {
    let plain = kernel::text::fold(name);
    let letters: String = plain.chars().map(|it| if it.is_ascii_alphanumeric() { it } else { '-' }).collect();
    let words: Vec<&str> = letters.split('-').filter(|it| !it.is_empty()).collect();
    let base: String = words.join("-").chars().take(30).collect();
    let base = if base.len() < 2 { "reseau".to_owned() } else { base.trim_end_matches('-').to_owned() };
    let taken: Vec<NetworkCode> =
        network::table.filter(network::code.like(format!("{base}%"))).select(network::code).load(conn)?;
    let named = std::iter::once(base.clone()).chain((2..).map(|number| format!("{base}-{number}")));
    let mut free = named.filter(|code| !taken.iter().any(|it| it.as_ref() == code));
    let code = free.next().unwrap_or(base);
    code.parse().map_err(|why: &str| Error::Fault(why.into()))
}

fn all(
    writer: &mut Writer<'_>,
    actor: &Actor,
    (directory, request): (&Directory, Uuid),
    it: &Network,
    steps: &[GroupStep],
) -> Result<()> {
    for step in steps {
        match step {
            GroupStep::Add(members) => add(writer, actor, directory, it, members)?,
            GroupStep::Remove(members) => remove(writer, directory, it, members)?,
            GroupStep::Replace(members) => {
                let stays: HashSet<&MemberId> = members.iter().collect();
                let there = held(writer.conn, directory, it, None)?.into_iter().map(|it| it.member_id);
                let gone: Vec<MemberId> = there.filter(|id| !stays.contains(id)).collect();
                remove(writer, directory, it, &gone)?;
                withdraw_proposed(writer, Proposed::But(it.id, members))?;
                add(writer, actor, directory, it, members)?;
            }
            GroupStep::Rename(name) if *name == it.name => {}
            GroupStep::Rename(name) => {
                Rename::allows(actor)?;
                let before = Network::find(it.id.0, writer.conn)?;
                writer.change::<Network, _, _>(&before, network::name.eq(name))?;
            }
            GroupStep::Call(name) => named(writer, directory, it.id, (name.as_ref(), request))?,
        }
    }
    Ok(())
}

#[derive(QueryableByName)]
struct Held {
    #[diesel(sql_type = SqlUuid)]
    id: MembershipId,
    #[diesel(sql_type = SqlUuid)]
    member_id: MemberId,
}

/// Memberships that a directory gave and nobody made more of. $1 the source, $2 the network, $3 members, where some are named.
const HELD: &str = "SELECT id, member_id FROM membership WHERE network_id = $2 AND source_id = $1 AND role = 'member'
    AND valid @> app.clock() {only} ORDER BY id";

fn held(conn: &mut PgConnection, directory: &Directory, it: &Network, some: Option<&[MemberId]>) -> Result<Vec<Held>> {
    let rows =
        diesel::sql_query(only(HELD, some.is_some())).bind::<SqlUuid, _>(directory.source).bind::<SqlUuid, _>(it.id);
    Ok(rows.bind::<Nullable<Array<SqlUuid>>, _>(some).load(conn)?)
}

#[derive(QueryableByName)]
struct Seated {
    #[diesel(sql_type = Nullable<SqlUuid>)]
    affiliation_id: Option<AffiliationId>,
    #[diesel(sql_type = Nullable<Text>)]
    origin: Option<MemberOrigin>,
    #[diesel(sql_type = diesel::sql_types::Bool)]
    sits: bool,
    #[diesel(sql_type = diesel::sql_types::Bool)]
    suspended: bool,
}

/// Where Users work, as their directory says, else mainly; and whether they sit in a network already. $1 the source, $2 the
/// members, $3 the network, $4 the organizations whose members the account keeps, $5 whether it is the SIG's.
const PLACES: &str = "SELECT p.id AS affiliation_id, p.origin, m.suspended_at IS NOT NULL AS suspended,
        EXISTS (SELECT FROM membership s WHERE s.network_id = $3 AND s.member_id = u.member_id AND s.valid @> app.clock()) AS sits
    FROM directory_user u JOIN member m ON m.id = u.member_id LEFT JOIN LATERAL (SELECT a.id, o.origin FROM affiliation a JOIN organization o ON o.id = a.organization_id
        WHERE a.member_id = u.member_id AND a.valid @> app.clock() AND ($5 OR a.organization_id = ANY ($4))
            ORDER BY a.source_id = $1 DESC, a.is_primary DESC, a.id LIMIT 1) p ON true
    WHERE u.source_id = $1 AND u.member_id = ANY ($2) AND u.removed_at IS NULL ORDER BY u.member_id";

fn add(
    writer: &mut Writer<'_>,
    actor: &Actor,
    directory: &Directory,
    it: &Network,
    members: &[MemberId],
) -> Result<()> {
    let mut wanted = members.to_vec();
    wanted.sort_unstable();
    wanted.dedup();
    let places = diesel::sql_query(PLACES).bind::<SqlUuid, _>(directory.source).bind::<Array<SqlUuid>, _>(&wanted);
    let places: Vec<Seated> = places
        .bind::<SqlUuid, _>(it.id)
        .bind::<Array<SqlUuid>, _>(actor.kept().collect::<Vec<_>>())
        .bind::<diesel::sql_types::Bool, _>(Rename::allows(actor).is_ok())
        .load(writer.conn)?;
    if places.len() < wanted.len() {
        return Err(Refusal::Invalid("/members", NOBODY).into());
    }
    for place in places.into_iter().filter(|place| !place.sits) {
        let (Some(affiliation_id), Some(origin)) = (place.affiliation_id, place.origin) else {
            return Err(Refusal::Invalid("/members", NOWHERE).into());
        };
        if seats_at_once(actor, it) {
            ::networks::membership_request::takes_in(it, origin)?;
            let new = MembershipInput {
                affiliation_id,
                role: NetworkRole::Member,
                interministerial: false,
                valid_from: None,
                valid_to: None,
            };
            let given: Membership = begin(writer, it.id, &new, None)?;
            met(writer, &given)?;
            tell_given(writer, &given)?;
        } else if !place.suspended {
            // Who is suspended is proposed when they are back.
            nominate(writer, &it.code, affiliation_id)?;
        }
    }
    Ok(())
}

fn remove(writer: &mut Writer<'_>, directory: &Directory, it: &Network, members: &[MemberId]) -> Result<()> {
    let ids = held(writer.conn, directory, it, Some(members))?.into_iter().map(|it| it.id.0).collect();
    for before in Membership::find_all(ids, writer.conn)? {
        let at = writer.at;
        end(writer, &before, at, EndReason::Revoked)?;
    }
    withdraw_proposed(writer, Proposed::Of(it.id, members))
}

const NETWORK: Named = Named {
    noun: "network",
    pointer: "/externalId",
    lives: "SELECT EXISTS (SELECT FROM network WHERE id = $1 AND status <> 'closed') AS lives",
};

/// Keeps what the directory calls a network: its Group changes with it.
fn named(
    writer: &mut Writer<'_>,
    directory: &Directory,
    id: NetworkId,
    (name, request): (Option<&ExternalId>, Uuid),
) -> Result<()> {
    if !call(writer, directory, &NETWORK, (id.0, name), ("sync_group", request))? {
        return Ok(());
    }
    let touch = "INSERT INTO directory_group AS g (network_id, source_id, updated_at) VALUES ($1, $2, $3)
        ON CONFLICT (network_id, source_id) DO UPDATE SET version = g.version + 1, updated_at = excluded.updated_at";
    let touch = diesel::sql_query(touch).bind::<SqlUuid, _>(id).bind::<SqlUuid, _>(directory.source);
    touch.bind::<Timestamptz, _>(writer.at).execute(writer.conn)?;
    Ok(())
}

/// The network of an identifier, locked against concurrent changes in it.
fn locked(id: NetworkId, conn: &mut PgConnection) -> Result<Network> {
    let row = network::table.filter(network::id.eq(id)).select(Network::as_select()).for_no_key_update();
    Ok(row.first(conn).optional()?.ok_or(Refusal::NotFound)?)
}

known!(it, conn => speaker(it.0, conn); Read, Create);

known!(it, conn => Ok((speaker(it.0, conn)?, locked(it.1, conn)?)); Place, Close);
