//! What a directory says of many members at once: planned over what is there, written in one transaction with the statements of
//! the importers, and member by member where more follows from it.

use std::collections::{HashMap, HashSet};

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use kernel::directory::{Directory, OrganizationLife};
use kernel::schema::{affiliation, directory_user, member, membership, membership_request, organization};
use kernel::{Actor, AffiliationId, Grant, MemberId, NetworkId, OrganizationId, Refusal};
use members::affiliation::{Affiliation, AffiliationInput};
use members::directory_user::{
    DirectoryUser, DirectoryUserInput, EntryWanted, Known, Move, Placed, Plan, Planner, Refused, World, Write,
};
use members::member::Member;
use members::siren::Siret;
use uuid::Uuid;

use super::names::{call, meant_by};
use super::row;
use crate::import::member::{AFFILIATION, MEMBER, become_principals, rest_on};
use crate::import::{Run, Stop, Writing, Written};
use crate::kept::{Ends, Kept as _};
use crate::locks::{lock_networks, still_all_networks_of};
use crate::members::affiliation::{end_affiliations, insert_beside, settle_main};
use crate::nouns::NOUNS;
use crate::untold::tell;
use crate::writer::Writer;
use crate::{Error, Result, Store};

/// What a directory says of one member.
pub enum UserOp<F> {
    /// Someone is there.
    Create(Box<DirectoryUserInput>),
    /// All of someone, as it follows from what the directory has, if that is of one of these versions.
    Change(MemberId, Option<Vec<i32>>, Change<F>),
    /// Someone is there no more, if what the directory has is of one of these versions.
    Remove(MemberId, Option<Vec<i32>>),
}

/// What a User becomes.
pub type Change<F> = Box<dyn Fn(&DirectoryUser) -> std::result::Result<DirectoryUserInput, F> + Send + Sync>;

/// Why a directory's word was not taken.
#[derive(Debug)]
pub enum Wrong<F> {
    /// What it would have become cannot be.
    Unfit(F),
    /// It was refused.
    Refused(Refused),
}

impl<F> From<Refused> for Wrong<F> {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

type Word<F> = std::result::Result<MemberId, Wrong<F>>;

impl Store<'_> {
    /// Takes a directory's word on several members: what can be done of it is done, all at once, until so many were wrong.
    ///
    /// # Errors
    /// Others changed the same members meanwhile; the database does not answer.
    pub fn sync_users<F>(&mut self, grant: Grant<Write>, ops: &[UserOp<F>], most: usize) -> Result<Vec<Word<F>>> {
        let request = self.request();
        self.write(grant, |writer, actor, _, directory| {
            let directory = directory.ok_or(Refusal::NotFound)?;
            // Plans are kept: one that was made when there was hardly anyone would read everyone for each.
            writer.conn.batch_execute("SET LOCAL enable_seqscan = off")?;
            let (words, plan) = planned(writer, (actor, &directory), ops, most)?;
            writer.kept = true;
            if !plan.is_empty() {
                let run = Run {
                    source: &directory.code,
                    action: "sync_user",
                    request,
                    by: writer.by,
                    dry: false,
                    progress: &|_| (),
                };
                carry_out(writer, &directory, run, &plan)?;
            }
            Ok(words)
        })
    }
}

/// What follows from all of it, over what is there now.
fn planned<F>(
    writer: &mut Writer<'_>,
    (actor, directory): (&Actor, &Directory),
    ops: &[UserOp<F>],
    most: usize,
) -> Result<(Vec<Word<F>>, Plan)> {
    let conn = &mut *writer.conn;
    let meant: Vec<MemberId> = ops.iter().filter_map(meant).collect();
    let known = row::load(conn, directory, actor, &meant)?;
    let users: HashMap<MemberId, DirectoryUser> =
        known.iter().filter_map(|it| Some((it.id, it.user(actor, directory)?))).collect();
    // What they become is asked first, so that all that is named is known when it is planned.
    let asked: Vec<_> = ops.iter().map(|op| becomes(op, &users)).collect();
    let said: Vec<&DirectoryUserInput> = asked.iter().filter_map(|it| it.as_ref().ok()?.as_ref()).collect();
    let world = world(conn, directory, actor, known, &said)?;
    let mut planner = Planner::new(actor, directory, writer.at, world);
    let (mut words, mut failed) = (Vec::new(), 0);
    for (op, becomes) in ops.iter().zip(asked) {
        let taken = becomes.and_then(|becomes| Ok(take(&mut planner, op, becomes)?));
        failed += usize::from(taken.is_err());
        words.push(taken);
        if failed >= most {
            break;
        }
    }
    Ok((words, planner.done()))
}

fn take<F>(
    planner: &mut Planner<'_>,
    op: &UserOp<F>,
    becomes: Option<DirectoryUserInput>,
) -> std::result::Result<MemberId, Refused> {
    match (op, becomes) {
        (UserOp::Create(_), Some(new)) => planner.create(&new),
        (UserOp::Change(id, ..), Some(new)) => planner.say(*id, &new),
        (UserOp::Remove(id, _), _) => planner.remove(*id),
        _ => Err(Refused::NotFound),
    }
}

fn meant<F>(op: &UserOp<F>) -> Option<MemberId> {
    match op {
        UserOp::Create(_) => None,
        UserOp::Change(id, ..) | UserOp::Remove(id, _) => Some(*id),
    }
}

/// What someone becomes; nothing where they are removed.
fn becomes<F>(
    op: &UserOp<F>,
    users: &HashMap<MemberId, DirectoryUser>,
) -> std::result::Result<Option<DirectoryUserInput>, Wrong<F>> {
    let seen = |id: &MemberId, versions: &Option<Vec<i32>>| {
        let user = users.get(id).ok_or(Refused::NotFound)?;
        let known = versions.as_ref().is_none_or(|versions| versions.contains(&user.version));
        if known { Ok(user) } else { Err(Refused::Stale) }
    };
    match op {
        UserOp::Create(new) => Ok(Some(DirectoryUserInput::clone(new))),
        UserOp::Change(id, versions, change) => change(seen(id, versions)?).map(Some).map_err(Wrong::Unfit),
        UserOp::Remove(id, versions) => seen(id, versions).map(|_| None).map_err(Wrong::Refused),
    }
}

fn world(
    conn: &mut PgConnection,
    directory: &Directory,
    actor: &Actor,
    known: Vec<Known>,
    said: &[&DirectoryUserInput],
) -> Result<World> {
    let meant = meant_by(conn, directory, &known, said)?;
    let mut members: HashMap<MemberId, Known> = known.into_iter().map(|it| (it.id, it)).collect();
    let meant: Vec<_> = meant.into_iter().filter(|id| !members.contains_key(id)).collect();
    members.extend(row::load(conn, directory, actor, &meant)?.into_iter().map(|it| (it.id, it)));
    let emails = members.values().filter(|it| !it.gone).filter_map(|it| Some((it.email.clone()?, it.id))).collect();
    let sirets: Vec<&Siret> = said.iter().filter_map(|it| it.siret.as_ref()).collect();
    let (sirets, mut places) = establishments(conn, &sirets)?;
    places.push(directory.organization);
    let lives = organization::table.filter(organization::id.eq_any(places));
    let lives: Vec<(OrganizationId, OrganizationLife)> =
        lives.select((organization::id, OrganizationLife::as_select())).load(conn)?;
    Ok(World { members, emails, sirets, lives: lives.into_iter().collect() })
}

/// Which organizations establishments belong to: those that live first.
fn establishments(
    conn: &mut PgConnection,
    sirets: &[&Siret],
) -> Result<(HashMap<Siret, OrganizationId>, Vec<OrganizationId>)> {
    let mut found = HashMap::new();
    if !sirets.is_empty() {
        let rows = organization::table.filter(organization::sirets.overlaps_with(sirets.to_vec()));
        let rows = rows.select((organization::id, organization::sirets, organization::status.eq("active")));
        for (id, all, lives) in rows.load::<(OrganizationId, Vec<Siret>, bool)>(conn)? {
            for siret in all {
                if lives || !found.contains_key(&siret) {
                    found.insert(siret, id);
                }
            }
        }
    }
    let places = found.values().copied().collect();
    Ok((found, places))
}

fn carry_out(writer: &mut Writer<'_>, directory: &Directory, run: Run<'_>, plan: &Plan) -> Result<()> {
    let request = run.request;
    lock(writer.conn, plan)?;
    rest_on::<()>(writer.conn, &plan.organizations).map_err(failure)?;
    writer.conn.batch_execute("SET LOCAL diapason.source = 'bulk'")?;
    become_principals(writer.conn, &plan.members)?;
    {
        let mut writing = Writing { conn: &mut *writer.conn, run, at: writer.at };
        writing.write::<Written>(&MEMBER, &plan.members).map_err(failure)?;
        writing.write::<Written>(&AFFILIATION, &plan.affiliations).map_err(failure)?;
    }
    let speaks = diesel::sql_query("SELECT set_config('diapason.source', $1, true)");
    speaks.bind::<Text, _>(&directory.code).execute(writer.conn)?;
    enter(writer, directory, &plan.entries)?;
    call(writer, directory, &plan.keys)?;
    tell_names(writer, request, plan)?;
    for id in &plan.adopted {
        let before = Affiliation::find(id.0, writer.conn)?;
        writer.change(&before, affiliation::source_id.eq(directory.source))?;
    }
    plan.requalified.iter().for_each(|id| writer.follows.cells_of(*id));
    plan.moves.iter().try_for_each(|it| moved(writer, directory, it))
}

/// Names that directories give are told in the audit log: by them people are known, and log in. Of someone new all is told already.
fn tell_names(writer: &mut Writer<'_>, request: Uuid, plan: &Plan) -> Result<()> {
    let new: HashSet<Uuid> = plan.members.iter().filter(|it| it.seen.is_none()).map(|it| it.id).collect();
    let entries = plan.entries.iter().map(|it| (it.member.0, if it.removed { "removed" } else { "user_name" }));
    let named = entries.chain(plan.keys.iter().map(|(id, _)| (id.0, "external_id")));
    tell(writer, request, ("sync_user", "member"), named.filter(|(id, _)| !new.contains(id)))
}

/// What others changed meanwhile is looked at again.
fn failure<T>(stop: Stop<T>) -> Error {
    match stop {
        Stop::Failed(Error::Taken(_) | Error::Refused(Refusal::Overlap)) | Stop::Stale | Stop::Dry(_) => Error::Again,
        Stop::Failed(error) => error,
    }
}

/// Locks what is moved: networks first, as everyone does.
fn lock(conn: &mut PgConnection, plan: &Plan) -> Result<()> {
    let left: Vec<AffiliationId> =
        plan.moves.iter().filter_map(|it| if let Move::Leave(id) = it { Some(*id) } else { None }).collect();
    let left = affiliation::table.filter(affiliation::id.eq_any(left)).select(affiliation::member_id);
    let mut members: Vec<MemberId> = left.load(conn)?;
    members.extend(plan.requalified.iter().copied());
    members.extend(plan.moves.iter().filter_map(|it| match it {
        Move::Suspend(id) | Move::Restore(id) | Move::Join(id, ..) => Some(*id),
        Move::Leave(_) => None,
    }));
    if members.is_empty() {
        return Ok(());
    }
    let sits = membership::table.filter(membership::member_id.eq_any(&members)).select(membership::network_id);
    let mut networks: Vec<NetworkId> = sits.distinct().load(conn)?;
    let asked = membership_request::table.filter(membership_request::member_id.eq_any(&members));
    networks.extend(asked.select(membership_request::network_id).distinct().load::<NetworkId>(conn)?);
    lock_networks(conn, &networks)?;
    let rows = member::table.filter(member::id.eq_any(&members)).order(member::id).select(member::id);
    for member in rows.for_no_key_update().load::<MemberId>(conn)? {
        still_all_networks_of(conn, member, &networks)?;
    }
    Ok(())
}

/// $1 the source, $2 members, $3 names, $4 names in lower case, $5 establishments, $6 whether they are removed, $7 the time, $8 all
/// that was said.
const ENTER: &str = "INSERT INTO directory_user AS u (member_id, source_id, user_name, name_key, siret, removed_at, created_at, updated_at, said)
    SELECT id, $1, name, key, siret, CASE WHEN removed THEN $7 END, $7, $7, said
        FROM unnest($2, $3, $4, $5, $6, $8) AS it (id, name, key, siret, removed, said)
    ON CONFLICT (member_id, source_id) DO UPDATE SET user_name = excluded.user_name, name_key = excluded.name_key,
        siret = excluded.siret, said = excluded.said, removed_at = excluded.removed_at, version = u.version + 1, updated_at = excluded.updated_at";

/// Keeps what the directory said.
fn enter(writer: &mut Writer<'_>, directory: &Directory, all: &[EntryWanted]) -> Result<()> {
    if all.is_empty() {
        return Ok(());
    }
    let removed: HashSet<MemberId> = all.iter().filter(|it| it.removed).map(|it| it.member).collect();
    let rows = diesel::sql_query(ENTER)
        .bind::<SqlUuid, _>(directory.source)
        .bind::<Array<SqlUuid>, _>(all.iter().map(|it| it.member).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(all.iter().map(|it| it.user_name.as_ref()).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(all.iter().map(|it| it.user_name.key()).collect::<Vec<_>>())
        .bind::<Array<Nullable<Text>>, _>(
            all.iter().map(|it| it.siret.as_ref().map(AsRef::as_ref)).collect::<Vec<Option<&str>>>(),
        )
        .bind::<Array<Bool>, _>(all.iter().map(|it| removed.contains(&it.member)).collect::<Vec<_>>())
        .bind::<Timestamptz, _>(writer.at)
        .bind::<Array<Jsonb>, _>(all.iter().map(|it| &it.said).collect::<Vec<_>>());
    rows.execute(writer.conn)?;
    Ok(())
}

/// What the directory asked for a member is asked no more.
fn unasked(writer: &mut Writer<'_>, member: MemberId) -> Result<()> {
    for ends in NOUNS.iter().flat_map(|noun| noun.ends) {
        if let Ends::Word(end) = ends {
            end(writer, member)?;
        }
    }
    Ok(())
}

fn moved(writer: &mut Writer<'_>, directory: &Directory, it: &Move) -> Result<()> {
    match it {
        Move::Suspend(id) => {
            unasked(writer, *id)?;
            let before = Member::find(id.0, writer.conn)?;
            writer.change(&before, member::suspended_at.eq(Some(writer.at)))?;
            stopped(writer, directory, *id, true)
        }
        Move::Restore(id) => {
            let before = Member::find(id.0, writer.conn)?;
            writer.change(&before, member::suspended_at.eq(None::<chrono::DateTime<chrono::Utc>>))?;
            stopped(writer, directory, *id, false)
        }
        Move::Leave(id) => {
            let (before, at) = (Affiliation::find(id.0, writer.conn)?, writer.at);
            let member = before.member_id;
            unasked(writer, member)?;
            end_affiliations(writer, vec![before], at)?;
            settle_main(writer, member, at)
        }
        Move::Join(id, organization, placed) => {
            let Placed { is_primary, position, service, profession } = placed.clone();
            let new =
                AffiliationInput { position, service, profession, is_primary, ..AffiliationInput::at(*organization) };
            insert_beside(writer, *id, new, is_primary).map(drop)
        }
    }
}

/// Keeps whether it was this directory that suspended someone.
fn stopped(writer: &mut Writer<'_>, directory: &Directory, id: MemberId, stops: bool) -> Result<()> {
    let at = stops.then_some(writer.at);
    let row = directory_user::table.find((id, directory.source));
    diesel::update(row).set(directory_user::suspended_at.eq(at)).execute(writer.conn)?;
    Ok(())
}
