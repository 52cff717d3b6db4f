//! Import of organizations from the State directory.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;
use kernel::directory::OrganizationKind;
use kernel::schema::{external_id, organization, source, territory};
use kernel::{Noun as _, OrganizationId};
use members::organization::Organization;
use members::state_directory::{Entry, Kinds, Known, KnownOrganization, Plan, Report, SOURCE, plan};
use serde_json::Value;
use uuid::Uuid;

use super::write::Table;
use super::{Boxed, Importer, Run, Stop, Writing, Written};
use crate::Result;
use crate::aftermath::{self, Aftermath, By};
use crate::kept::Kept as _;
use crate::locks::lock_networks_at;

const KINDS: &str = include_str!("../../data/state-directory.json");

const TABLE: Table = Table {
    noun: Organization::NAME,
    private: Organization::PRIVATE,
    owned: &[
        "kind",
        "prefecture_level",
        "origin_override",
        "name",
        "short_name",
        "aliases",
        "parent_id",
        "siren",
        "sirets",
        "territory_code",
        "website",
        "contact_points",
    ],
    fixed: &[],
    defaults: r#"{"aliases": [], "sirets": [], "contact_points": []}"#,
};

/// What an import of organizations did, or would do.
#[derive(Debug, Default)]
pub struct Imported {
    /// The objects.
    pub written: Written,
    /// What was odd.
    pub report: Report,
    /// How many were known by the directory's identifier, by SIRET, as the prefecture of a department, or by a seeded name.
    pub known_by: [usize; 4],
    /// The organizations that the directory speaks of, by kind.
    pub kinds: Vec<(OrganizationKind, usize)>,
}

/// Imports the records of the State directory, services down to some levels under a directorate: all, or nothing.
///
/// # Errors
/// The database does not answer, another import is running, or others were faster three times.
pub fn import(url: &str, entries: &[Entry], depth: usize, run: Run<'_>) -> std::result::Result<Imported, Boxed> {
    let kinds = Kinds::parse(KINDS)?;
    let mut importer = Importer::open(url, Run { source: SOURCE, ..run })?;
    let planned = |conn: &mut PgConnection| -> Result<_> {
        let (known, mut report) = (known(conn)?, Report::default());
        let plan = plan(entries.to_vec(), &kinds, &known, depth, &mut report);
        let uprooted = uprooted(&plan, &known);
        Ok((plan, uprooted, report))
    };
    let ((plan, _, report), written) =
        importer.write(planned, |writing, (plan, requalified, _)| write(writing, plan, requalified))?;
    let mut kinds = Vec::new();
    for kind in OrganizationKind::ALL {
        let code = Value::from(kind.code());
        let number = plan.wanted.iter().filter(|it| it.fields.get("kind") == Some(&code)).count();
        kinds.extend((number > 0).then_some((*kind, number)));
    }
    Ok(Imported { written, report, known_by: plan.known_by, kinds })
}

/// Organizations of which more changes than their description.
#[derive(Default)]
struct Uprooted {
    /// Of another kind: their members have another origin, their seats other holders.
    requalified: Vec<OrganizationId>,
    /// Below another one, and those above before and after.
    moved: Vec<OrganizationId>,
}

fn write(writing: &mut Writing<'_>, plan: &Plan, uprooted: &Uprooted) -> std::result::Result<Written, Stop<Written>> {
    // Networks first, as everyone locks them; then no other may move an organization while ours are moved.
    lock_networks_at(writing.conn, &uprooted.requalified)?;
    diesel::sql_query("LOCK TABLE organization IN SHARE ROW EXCLUSIVE MODE").execute(writing.conn)?;
    let standing = aftermath::administered(writing.conn, writing.at)?;
    let written = writing.write(&TABLE, &plan.wanted)?;
    if written.created + written.updated > 0 && has_circle(writing.conn)? {
        return Err(Stop::Stale);
    }
    let mut follows = Aftermath::default();
    for id in uprooted.requalified.iter().chain(&uprooted.moved) {
        follows.rights_over(*id);
    }
    for id in &uprooted.requalified {
        follows.cells_at(*id);
        follows.administered();
    }
    follows.settle(writing.conn, writing.at, By { person: false, pardoned: &[standing], actor: None })?;
    Ok(written)
}

fn uprooted(plan: &Plan, known: &Known) -> Uprooted {
    let known: HashMap<Uuid, &KnownOrganization> = known.organizations.iter().map(|it| (it.id.0, it)).collect();
    let mut uprooted = Uprooted::default();
    for wanted in &plan.wanted {
        let Some(before) = known.get(&wanted.id) else { continue };
        let changes = |field: &str, now: Option<String>| {
            let other = wanted.fields.get(field).is_some_and(|then| then.as_str() != now.as_deref());
            other && before.is_open_to_directory(field)
        };
        let origin = before.origin_override.map(|origin| origin.code().to_owned());
        if changes("kind", Some(before.kind.code().to_owned())) || changes("origin_override", origin) {
            uprooted.requalified.push(before.id);
        }
        if changes("parent_id", before.parent.map(|parent| parent.to_string())) {
            let above = wanted.fields.get("parent_id").and_then(Value::as_str).and_then(|id| id.parse().ok());
            uprooted.moved.extend([before.id].into_iter().chain(before.parent).chain(above.map(OrganizationId)));
        }
    }
    uprooted
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = diesel::sql_types::Bool)]
    found: bool,
}

/// Whether an organization stands below itself: planned on what was there, this is only so when someone was faster.
fn has_circle(conn: &mut PgConnection) -> Result<bool> {
    let walk = "WITH RECURSIVE above(id, parent_id) AS (
            SELECT id, parent_id FROM organization
            UNION ALL
            SELECT above.id, o.parent_id FROM above JOIN organization o ON o.id = above.parent_id
        ) CYCLE id, parent_id SET again USING path
        SELECT EXISTS (SELECT FROM above WHERE id = parent_id OR again) AS found";
    Ok(diesel::sql_query(walk).get_result::<Found>(conn)?.found)
}

/// Everything that the directory may speak of.
fn known(conn: &mut PgConnection) -> Result<Known> {
    let rows: Vec<(Organization, Value)> =
        organization::table.select((Organization::as_select(), organization::field_sources)).load(conn)?;
    let organizations = rows.into_iter().map(|(it, owners)| described(it, &owners)).collect();
    let named = external_id::table.inner_join(source::table);
    let named = named.filter(external_id::noun.eq("organization").and(source::code.eq(SOURCE)));
    let named: Vec<(String, Uuid)> = named.select((external_id::value, external_id::object_id)).load(conn)?;
    let records = named.into_iter().filter_map(|(value, id)| Some((value.parse().ok()?, OrganizationId(id)))).collect();
    let territories: HashSet<String> = territory::table.select(territory::code).load(conn)?.into_iter().collect();
    Ok(Known { organizations, records, territories })
}

fn described(it: Organization, owners: &Value) -> KnownOrganization {
    KnownOrganization {
        id: it.id,
        version: it.version,
        kind: it.kind,
        origin_override: it.origin_override,
        level: it.prefecture_level,
        name: it.name,
        aliases: it.aliases,
        sirets: it.sirets.iter().map(ToString::to_string).collect(),
        territory: it.territory_code.map(|code| code.to_string()),
        parent: it.parent_id,
        status: it.status,
        owners: owners.as_object().cloned().unwrap_or_default(),
    }
}
