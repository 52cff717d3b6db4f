//! Import of members and their affiliations.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Text, Uuid as SqlUuid};
use kernel::schema::{affiliation, external_id, membership, network, organization, source};
use kernel::{MemberId, NetworkId, Noun as _, OrganizationId, Version, clock, sql};
use members::affiliation::Affiliation;
use members::import::Wanted;
use members::member::Member;
use members::member_file::{
    Fault, File, KnownAffiliation, KnownMember, KnownPeople, Organizations, Person, Plan, SourceCode, people, plan,
};
use members::state_directory::SOURCE as DIRECTORY;
use serde_json::Value;
use uuid::Uuid;

use super::write::Table;
use super::{Boxed, Importer, Run, Stop, Writing, Written};
use crate::Result;
use crate::aftermath::{Aftermath, By};
use crate::kept::Kept as _;

pub(crate) const MEMBER: Table = Table {
    noun: Member::NAME,
    private: Member::PRIVATE,
    owned: &["given_name", "usual_name", "email", "phones", "languages", "profile_visibility"],
    fixed: &[],
    defaults: r#"{"phones": [], "languages": ["fr"], "profile_visibility": "all_members"}"#,
};
pub(crate) const AFFILIATION: Table = Table {
    noun: Affiliation::NAME,
    private: Affiliation::PRIVATE,
    owned: &["position", "service", "profession", "is_primary"],
    fixed: &["member_id", "organization_id", "valid", "source_id"],
    defaults: "{}",
};

/// What an import of members did, or would do.
#[derive(Debug, Default)]
pub struct Imported {
    /// The members.
    pub members: Written,
    /// The affiliations.
    pub affiliations: Written,
    /// What is wrong; then nothing was done.
    pub faults: Vec<Fault>,
}

/// Imports members: all of them, or nothing where there is a fault.
///
/// # Errors
/// The source is not one of files, the database does not answer, another import is running, or others were faster
/// three times.
pub fn import(
    url: &str,
    file: &File,
    known: &[Fault],
    code: &SourceCode,
    run: Run<'_>,
) -> std::result::Result<Imported, Boxed> {
    let code = code.as_ref();
    let mut importer = Importer::open(url, Run { source: code, ..run })?;
    let kind = source::table.filter(source::code.eq(code)).select(source::kind);
    let kind = kind.first::<String>(&mut importer.conn).optional()?;
    if kind.is_some_and(|kind| kind != "csv") {
        return Err(format!("{code} is not a source of files: choose another code").into());
    }
    let planned = |conn: &mut PgConnection| -> Result<_> {
        let mut faults = known.to_vec();
        let people = people(file, &organizations(conn)?, &mut faults);
        let there = those_meant(conn, code, &people)?;
        let at = diesel::select(sql::clock()).get_result(conn)?;
        let plan = plan(&people, &there, code, at, &mut faults);
        faults.sort();
        Ok((plan, faults))
    };
    let ((_, faults), (members, affiliations)) = importer.write(planned, |writing, (plan, faults)| {
        // What has a fault is taken back before it began.
        if faults.is_empty() { write(writing, plan) } else { Err(Stop::Dry(Default::default())) }
    })?;
    Ok(Imported { members, affiliations, faults })
}

type Both = (Written, Written);

fn write(writing: &mut Writing<'_>, plan: &Plan) -> std::result::Result<Both, Stop<Both>> {
    register(writing)?;
    // The one order: networks, objects, rights.
    lock_networks_of(writing.conn, &plan.requalified)?;
    rest_on(writing.conn, &plan.organizations)?;
    let placed: Vec<Uuid> = plan.placed.iter().map(|id| id.0).collect();
    each(writing.conn, "SELECT FROM member WHERE id = ANY ($1) ORDER BY id FOR NO KEY UPDATE", &placed)?;
    become_principals(writing.conn, &plan.members)?;
    let members = writing.write(&MEMBER, &plan.members)?;
    let demoted = writing.write(&AFFILIATION, &plan.demoted)?;
    let mut affiliations = writing.write(&AFFILIATION, &plan.affiliations)?;
    affiliations.updated += demoted.updated;
    let mut follows = Aftermath::default();
    plan.placed.iter().for_each(|id| follows.rights_of(*id));
    plan.requalified.iter().for_each(|id| follows.cells_of(*id));
    follows.settle(writing.conn, writing.at, By { person: false, pardoned: &[], actor: None })?;
    Ok((members, affiliations))
}

/// A source is known from its first import on.
fn register(writing: &mut Writing<'_>) -> Result<()> {
    let row = (source::id.eq(clock::fresh_v7()), source::code.eq(writing.run.source), source::kind.eq("csv"));
    diesel::insert_into(source::table).values(row).on_conflict_do_nothing().execute(writing.conn)?;
    Ok(())
}

pub(crate) fn lock_networks_of(conn: &mut PgConnection, members: &[MemberId]) -> Result<()> {
    let sits = membership::table.filter(membership::member_id.eq_any(members)).select(membership::network_id);
    let rows = network::table.filter(network::id.eq_any(sits)).order(network::id).select(network::id);
    rows.for_no_key_update().load::<NetworkId>(conn)?;
    Ok(())
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// The organizations stay as they were found until the end of the transaction.
pub(crate) fn rest_on<T>(conn: &mut PgConnection, all: &HashSet<OrganizationId>) -> std::result::Result<(), Stop<T>> {
    if all.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = all.iter().map(|id| id.0).collect();
    let open = "SELECT count(*) AS number FROM (
        SELECT FROM organization WHERE id = ANY ($1) AND status = 'active' ORDER BY id FOR SHARE) open";
    let wanted = i64::try_from(ids.len()).unwrap_or_default();
    let found: Count = diesel::sql_query(open).bind::<Array<SqlUuid>, _>(ids).get_result(conn)?;
    if found.number == wanted { Ok(()) } else { Err(Stop::Stale) }
}

/// New members are principals from the first instant.
pub(crate) fn become_principals(conn: &mut PgConnection, members: &[Wanted]) -> Result<()> {
    let new: Vec<Uuid> = members.iter().filter(|it| it.seen.is_none()).map(|it| it.id).collect();
    each(conn, "INSERT INTO principal (id, kind, created_at) SELECT id, 'member', app.clock() FROM unnest($1) id", &new)
}

/// Runs a statement over identifiers, where there are any.
fn each(conn: &mut PgConnection, statement: &str, ids: &[Uuid]) -> Result<()> {
    if !ids.is_empty() {
        diesel::sql_query(statement).bind::<Array<SqlUuid>, _>(ids).execute(conn)?;
    }
    Ok(())
}

fn organizations(conn: &mut PgConnection) -> Result<Organizations> {
    type Named = (OrganizationId, String, Option<String>, Vec<String>, Vec<String>, String);
    let rows: Vec<Named> = organization::table
        .select((
            organization::id,
            organization::name,
            organization::short_name,
            organization::aliases,
            organization::sirets,
            organization::status,
        ))
        .load(conn)?;
    let mut organizations = Organizations::default();
    for (id, name, short_name, aliases, sirets, status) in &rows {
        let aliases: Vec<&str> = aliases.iter().map(String::as_str).collect();
        let sirets: Vec<&str> = sirets.iter().map(String::as_str).collect();
        let short_name: Vec<&str> = short_name.iter().map(String::as_str).collect();
        organizations.add(*id, [&[name.as_str()], &short_name, &aliases], &sirets, status == "active");
    }
    for (value, id) in named(conn, "organization", DIRECTORY)? {
        if let Ok(record) = value.parse() {
            organizations.add_record(record, OrganizationId(id));
        }
    }
    Ok(organizations)
}

/// What a source calls objects.
fn named(conn: &mut PgConnection, noun: &str, code: &str) -> Result<Vec<(String, Uuid)>> {
    let names = external_id::table.inner_join(source::table);
    let names = names.filter(external_id::noun.eq(noun).and(source::code.eq(code)));
    Ok(names.select((external_id::value, external_id::object_id)).load(conn)?)
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = SqlUuid)]
    id: MemberId,
    #[diesel(sql_type = diesel::sql_types::Integer)]
    version: Version,
    #[diesel(sql_type = diesel::sql_types::Nullable<Text>)]
    email: Option<String>,
    #[diesel(sql_type = diesel::sql_types::Bool)]
    present: bool,
}

const MEANT: &str = "SELECT id, version, email, departed_at IS NULL AND pseudonymised_at IS NULL AS present FROM member
    WHERE id = ANY ($1) OR email = ANY ($2) AND departed_at IS NULL";

/// The members that the persons of a file may be.
fn those_meant(conn: &mut PgConnection, code: &str, people: &[Person]) -> Result<KnownPeople> {
    let by_key: HashMap<String, MemberId> =
        named(conn, "member", code)?.into_iter().map(|(value, id)| (value, MemberId(id))).collect();
    let keys = people.iter().filter_map(|person| by_key.get(person.external_id.as_ref()?.as_ref()));
    let keys: Vec<Uuid> = keys.map(|id| id.0).collect();
    let emails: Vec<&str> = people.iter().filter_map(|person| Some(person.email.as_ref()?.as_ref())).collect();
    let meant = diesel::sql_query(MEANT).bind::<Array<SqlUuid>, _>(keys).bind::<Array<Text>, _>(emails);
    let mut known = KnownPeople { by_key, ..KnownPeople::default() };
    for found in meant.load::<Found>(conn)? {
        if let Some(email) = found.email.filter(|_| found.present) {
            known.by_email.insert(email, found.id);
        }
        let here = KnownMember { version: found.version, present: found.present, affiliations: Vec::new() };
        known.members.insert(found.id, here);
    }
    let now = diesel::select(sql::clock()).get_result(conn)?;
    let ids: Vec<MemberId> = known.members.keys().copied().collect();
    let places = affiliation::table.filter(affiliation::member_id.eq_any(ids)).order(affiliation::id);
    let places = places.select((Affiliation::as_select(), affiliation::field_sources));
    for (place, owners) in places.load::<(Affiliation, Value)>(conn)? {
        if place.valid.ended_by(now) {
            continue;
        }
        if let Some(member) = known.members.get_mut(&place.member_id) {
            member.affiliations.push(KnownAffiliation {
                id: place.id,
                version: place.version,
                organization: place.organization_id,
                profession: place.profession.map(|profession| profession.code().to_owned()),
                is_primary: place.is_primary,
                owners: owners.as_object().cloned().unwrap_or_default(),
            });
        }
    }
    Ok(known)
}
