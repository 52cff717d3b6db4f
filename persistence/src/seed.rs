//! Data sets for an empty database: the demo of fictional members, and the one that benchmarks run on.

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text, Uuid as SqlUuid};
use uuid::Uuid;

use crate::members::draw;
use crate::reference::record_loaded;

type Boxed = Box<dyn std::error::Error + Send + Sync>;

/// The demo, a file for each noun, in their order: what one file makes, those after it may refer to.
const DEMO: &[(&str, &str)] = &[
    ("00_helpers", include_str!("../data/demo/00_helpers.sql")),
    ("10_organization", include_str!("../data/demo/10_organization.sql")),
    ("20_member", include_str!("../data/demo/20_member.sql")),
    ("25_role_assignment", include_str!("../data/demo/25_role_assignment.sql")),
    ("30_seat", include_str!("../data/demo/30_seat.sql")),
    ("35_membership", include_str!("../data/demo/35_membership.sql")),
    ("40_departure", include_str!("../data/demo/40_departure.sql")),
    ("50_member_expertise", include_str!("../data/demo/50_member_expertise.sql")),
    ("51_expertise_request", include_str!("../data/demo/51_expertise_request.sql")),
    ("55_contact", include_str!("../data/demo/55_contact.sql")),
    ("60_follow_up", include_str!("../data/demo/60_follow_up.sql")),
    ("61_action_item", include_str!("../data/demo/61_action_item.sql")),
    ("65_membership_request", include_str!("../data/demo/65_membership_request.sql")),
    ("66_membership_review", include_str!("../data/demo/66_membership_review.sql")),
    ("90_service_account", include_str!("../data/demo/90_service_account.sql")),
    ("99_persona", include_str!("../data/demo/99_persona.sql")),
];
const BENCH: &str = include_str!("../data/bench.sql");

/// The personas of the demo: names under which a token can be had.
pub const PERSONAS: &[&str] = &[
    "sig-admin",
    "sig-coordinator",
    "auditor",
    "lead-edito",
    "colead-dinum",
    "colead-interieur",
    "referent-34",
    "deputy-34",
    "director-sociaux",
    "contributor-sociaux",
    "org-admin-34",
    "member",
    "observer",
    "partner",
    "bot-mi",
];

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// Whether nobody is registered yet.
///
/// # Errors
/// The database does not answer.
pub fn is_empty(url: &str) -> Result<bool, Boxed> {
    let mut conn = PgConnection::establish(url)?;
    let count: Count = diesel::sql_query("SELECT count(*) AS number FROM member").get_result(&mut conn)?;
    Ok(count.number == 0)
}

/// Loads the demo: fictional members in realistic numbers, with every case that the service knows.
///
/// # Errors
/// The database does not answer, or is not empty.
pub fn demo(url: &str) -> Result<(), Boxed> {
    load(url, DEMO)
}

/// Loads the bench data set: 300 organizations, 13 networks, 5,000 members and 7,500 memberships times the scale.
///
/// # Errors
/// The database does not answer, or is not empty.
pub fn bench(url: &str, scale: u32) -> Result<(), Boxed> {
    load(url, &[("bench", &BENCH.replace(":scale", &scale.max(1).to_string()))])
}

fn load(url: &str, files: &[(&str, &str)]) -> Result<(), Boxed> {
    let mut conn = PgConnection::establish(url)?;
    Ok(conn.transaction(|conn| -> crate::Result<()> {
        conn.batch_execute("SET LOCAL diapason.source = 'bulk'")?;
        for (name, sql) in files {
            tracing::debug!(name, "loading");
            conn.batch_execute(sql)?;
        }
        record_loaded(conn)?;
        while draw(conn)? > 0 {}
        Ok(conn.batch_execute("ANALYZE organization, organization_period, organization_link, member, affiliation, membership, seat, network;
            SELECT app.refresh_cells()")?)
    })?)
}

/// The subject under which the development issuer vouches for a persona or an e-mail address; registered on the way.
///
/// # Errors
/// Nobody answers to that name.
pub fn subject(url: &str, issuer: &str, persona: &str) -> Result<String, Boxed> {
    let mut conn = PgConnection::establish(url)?;
    let named = "SELECT x.object_id AS id FROM external_id x JOIN source s ON s.id = x.source_id
            WHERE x.noun = 'persona' AND s.code = 'demo' AND x.value = $1
        UNION ALL SELECT id FROM member WHERE email = lower($1) AND departed_at IS NULL";
    let found = diesel::sql_query(named).bind::<Text, _>(persona).get_result::<Found>(&mut conn).optional()?;
    let Some(Found { id }) = found else { return Err(unknown(&mut conn, persona)?.into()) };
    let register = "INSERT INTO identity (issuer, subject, principal_id, created_at)
        VALUES ($1, $2, $3, app.clock()) ON CONFLICT DO NOTHING";
    let insert = diesel::sql_query(register).bind::<Text, _>(issuer).bind::<Text, _>(id.to_string());
    insert.bind::<SqlUuid, _>(id).execute(&mut conn)?;
    Ok(id.to_string())
}

#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = Text)]
    name: String,
}

/// That nobody has this name, and which names there are.
fn unknown(conn: &mut PgConnection, persona: &str) -> Result<String, Boxed> {
    let known = "SELECT x.value AS name FROM external_id x JOIN source s ON s.id = x.source_id
        WHERE x.noun = 'persona' AND s.code = 'demo' ORDER BY x.value";
    let known: Vec<Named> = diesel::sql_query(known).load(conn)?;
    let known: Vec<_> = known.into_iter().map(|it| it.name).collect();
    Ok(if known.is_empty() {
        format!("nobody is called {persona} here; without the demo data, give the e-mail address of a member")
    } else {
        format!("nobody is called {persona} here; there are: {}, and the e-mail addresses of members", known.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::DEMO;

    #[test]
    fn every_file_of_the_demo_is_loaded_in_the_order_of_its_number() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/demo");
        let there: BTreeSet<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|file| file.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
            .collect();
        let loaded: Vec<&str> = DEMO.iter().map(|(name, _)| *name).collect();
        assert_eq!(loaded, there.iter().map(String::as_str).collect::<Vec<_>>());
    }
}
