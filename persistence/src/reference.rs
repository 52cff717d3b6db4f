//! Reference data: territories, prefectures, the thirteen networks and their co-animations, terms of expertise. Shipped, and loaded once.
//!
//! What is there already is left as it is: a seeded organization keeps its name, whatever it was changed to.

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::Jsonb;
use serde_json::Value;

use crate::Result;
use crate::nouns::NOUNS;

const TERRITORIES: &str = include_str!("../data/territories.json");
const ORGANIZATIONS: &str = include_str!("../data/organizations.json");
const NETWORKS: &str = include_str!("../data/networks.json");

const TERRITORY: &str = "INSERT INTO territory (code, kind, name, parent_code, seat_insee_code, time_zone, cog_year)
    SELECT code, kind, name, parent_code, seat_insee_code, time_zone, cog_year
    FROM jsonb_to_recordset($1) AS t (code text, kind text, name text, parent_code text, seat_insee_code text,
        time_zone text, cog_year smallint)
    ON CONFLICT (code) DO UPDATE SET name = EXCLUDED.name, seat_insee_code = EXCLUDED.seat_insee_code,
        time_zone = EXCLUDED.time_zone, cog_year = EXCLUDED.cog_year";

const ORGANIZATION: &str = "INSERT INTO organization (id, kind, name, short_name, parent_id, territory_code,
        prefecture_level, website, created_at, updated_at, created_by, updated_by)
    SELECT id, kind, name, short_name, parent_id, territory_code, prefecture_level, website, $2, $2, system, system
    FROM jsonb_to_recordset($1) AS t (id uuid, kind text, name text, short_name text, parent_id uuid,
        territory_code text, prefecture_level text, website text), app.system() system
    ON CONFLICT (id) DO NOTHING";

const NETWORK: &str = "INSERT INTO network (id, code, name, audience, purpose, cadence, visibility, join_policy,
        eligible_origins, status, created_at, updated_at, created_by, updated_by)
    SELECT id, code, name, audience, purpose, cadence, visibility, join_policy,
        ARRAY(SELECT jsonb_array_elements_text(eligible_origins)), 'active', $2, $2, system, system
    FROM jsonb_to_recordset($1) AS t (id uuid, code text, name text, audience text, purpose text, cadence text,
        visibility text, join_policy text, eligible_origins jsonb), app.system() system
    ON CONFLICT (id) DO NOTHING";

/// The DINUM co-animates design; the ministère de l'Intérieur the prefectures, on interministerial topics.
const CO_ANIMATION: &str = "INSERT INTO co_animation (id, network_id, organization_id, scope, valid, created_at,
        updated_at, created_by, updated_by)
    SELECT t.id, n.id, o.id, t.scope, tstzrange($2, NULL), $2, $2, system, system
    FROM jsonb_to_recordset($1) AS t (id uuid, network text, organization text, scope text)
        JOIN network n ON n.code = t.network JOIN organization o ON o.short_name = t.organization,
        app.system() system
    -- One that was voided is not there, and does not come again.
    WHERE NOT EXISTS (SELECT FROM history WHERE object_id = t.id)
    ON CONFLICT (id) DO NOTHING";

const CO_ANIMATIONS: &str = r#"[
    {"id": "01900000-0000-7000-8002-000000000001", "network": "design", "organization": "DINUM", "scope": "all"},
    {"id": "01900000-0000-7000-8002-000000000002", "network": "prefectures", "organization": "MI",
     "scope": "interministerial_topics"}]"#;

const EXPERTISE_TERMS: &str = include_str!("../data/expertise_terms.json");

/// A wider term that the SIG recorded before under the same code stays the wider term.
const EXPERTISE_TERM: &str = "INSERT INTO expertise_term (id, code, label, label_en, synonyms, parent_id, network_ids,
        created_at, updated_at, created_by, updated_by)
    SELECT t.id, t.code, t.label, t.label_en, ARRAY(SELECT jsonb_array_elements_text(t.synonyms)), coalesce(e.id, p.id),
        ARRAY(SELECT n.id FROM network n WHERE t.networks ? n.code ORDER BY n.code), $2, $2, system, system
    FROM jsonb_to_recordset($1) AS t (id uuid, code text, label text, label_en text, parent text, networks jsonb,
            synonyms jsonb)
        LEFT JOIN expertise_term e ON e.code = t.parent
        LEFT JOIN jsonb_to_recordset($1) AS p (id uuid, code text) ON p.code = t.parent,
        app.system() system
    ON CONFLICT DO NOTHING";

/// When the reference data begins to hold, so that past days know it.
const SINCE: &str = "2021-01-01T00:00:00Z";

/// Loads what is not there yet, as the owner of the database.
///
/// # Errors
/// The database does not answer.
pub fn load(url: &str) -> std::result::Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let mut conn = PgConnection::establish(url)?;
    conn.transaction(|conn| -> Result<()> {
        conn.batch_execute("SET LOCAL diapason.source = 'reference'")?;
        let since: chrono::DateTime<chrono::Utc> = SINCE.parse().unwrap_or_default();
        let rows = [
            (TERRITORY, TERRITORIES),
            (ORGANIZATION, ORGANIZATIONS),
            (NETWORK, NETWORKS),
            (CO_ANIMATION, CO_ANIMATIONS),
            (EXPERTISE_TERM, EXPERTISE_TERMS),
        ];
        let mut loaded = 0;
        for (sql, json) in rows {
            let rows: Value = serde_json::from_str(json)?;
            let insert = diesel::sql_query(sql).bind::<Jsonb, _>(rows);
            if sql == TERRITORY {
                insert.execute(conn)?;
            } else {
                loaded += insert.bind::<diesel::sql_types::Timestamptz, _>(since).execute(conn)?;
            }
        }
        // Who has nothing to record need not look through everything that is there.
        if loaded > 0 { record_loaded(conn) } else { Ok(()) }
    })?;
    Ok(())
}

/// Records what was loaded in bulk and stands in no history yet: its first image, and that it was created.
pub(crate) fn record_loaded(conn: &mut PgConnection) -> Result<()> {
    let private: serde_json::Map<String, Value> =
        NOUNS.iter().map(|noun| (noun.name.to_owned(), Value::from(noun.private.to_vec()))).collect();
    let record = diesel::sql_query("SELECT app.record_loaded($1)").bind::<Jsonb, _>(Value::Object(private));
    record.execute(conn)?;
    Ok(())
}
