//! Members with what a directory said of them, many in one question.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use kernel::directory::{Directory, Email, ExternalId, GivenName, UsualName};
use kernel::json::Answered;
use kernel::{Actor, FieldSources, MemberId, Version};
use members::contact::Phone;
use members::directory_user::{Entry, Known, UserAffiliation, UserGroup, UserName};
use members::member::Language;
use members::siren::Siret;
use serde_json::Value;

use crate::Result;

/// $1 the source, $2 the members, $3 whether the networks may be known.
const ROWS: &str = "SELECT m.id, m.version, m.given_name, m.usual_name, m.email, m.phones, m.languages, m.suspended_at,
    m.departed_at IS NOT NULL OR m.pseudonymised_at IS NOT NULL AS gone, m.field_sources,
    m.activated_at, NOT EXISTS (SELECT FROM role_assignment r
            WHERE r.member_id = m.id AND (upper_inf(r.valid) OR upper(r.valid) > now.at))
        AND NOT EXISTS (SELECT FROM membership s WHERE s.member_id = m.id AND s.role IN ('lead', 'co_lead')
            AND (upper_inf(s.valid) OR upper(s.valid) > now.at)) AS powerless,
    u.user_name, u.siret, u.said, u.suspended_at AS stopped_at, u.removed_at IS NULL AS listed, u.version AS entry_version,
    u.created_at, u.updated_at,
    (SELECT min(e.value) FROM (SELECT * FROM external_id x WHERE x.object_id = m.id OFFSET 0) e
        WHERE e.noun = 'member' AND e.source_id = $1) AS external_id,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('id', a.id, 'version', a.version, 'own', a.source_id = $1,
            'organization', jsonb_strip_nulls(jsonb_build_object('id', o.id, 'kind', o.kind, 'name', o.name, 'short_name', o.short_name)),
            'origin', o.origin, 'managed_by', s.code, 'adoptable', s.kind IN ('manual', 'csv'), 'is_primary', a.is_primary, 'position', a.position, 'service', a.service,
            'profession', a.profession, 'field_sources', a.field_sources) ORDER BY a.is_primary DESC, a.id), '[]')
        FROM affiliation a JOIN organization o ON o.id = a.organization_id JOIN source s ON s.id = a.source_id
        WHERE a.member_id = m.id AND a.valid @> now.at) AS affiliations,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('id', n.id, 'name', n.name) ORDER BY n.name), '[]')
        FROM membership g JOIN network n ON n.id = g.network_id
        WHERE $3 AND g.member_id = m.id AND g.source_id = $1 AND g.role = 'member' AND g.valid @> now.at AND n.visibility <> 'hidden') AS groups
    FROM (SELECT app.clock() AS at OFFSET 0) now, member m LEFT JOIN directory_user u ON u.member_id = m.id AND u.source_id = $1
    WHERE m.id = ANY ($2) ORDER BY m.id";

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: MemberId,
    #[diesel(sql_type = Integer)]
    version: Version,
    #[diesel(sql_type = Text)]
    given_name: GivenName,
    #[diesel(sql_type = Text)]
    usual_name: UsualName,
    #[diesel(sql_type = Nullable<Text>)]
    email: Option<Email>,
    #[diesel(sql_type = Array<Text>)]
    phones: Vec<Phone>,
    #[diesel(sql_type = Array<Text>)]
    languages: Vec<Language>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    suspended_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Bool)]
    gone: bool,
    #[diesel(sql_type = Jsonb)]
    field_sources: FieldSources,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    activated_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Bool)]
    powerless: bool,
    #[diesel(sql_type = Nullable<Text>)]
    user_name: Option<UserName>,
    #[diesel(sql_type = Nullable<Text>)]
    siret: Option<Siret>,
    #[diesel(sql_type = Nullable<Jsonb>)]
    said: Option<Value>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    stopped_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Bool)]
    listed: bool,
    #[diesel(sql_type = Nullable<Integer>)]
    entry_version: Option<i32>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    created_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    updated_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Text>)]
    external_id: Option<ExternalId>,
    #[diesel(sql_type = Jsonb)]
    affiliations: Answered<Vec<UserAffiliation>>,
    #[diesel(sql_type = Jsonb)]
    groups: Answered<Vec<UserGroup>>,
}

/// Loads members, in the order of their identifiers.
pub(super) fn load(
    conn: &mut PgConnection,
    directory: &Directory,
    actor: &Actor,
    ids: &[MemberId],
) -> Result<Vec<Known>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = diesel::sql_query(ROWS).bind::<SqlUuid, _>(directory.source).bind::<Array<SqlUuid>, _>(ids);
    let rows: Vec<Row> = rows.bind::<Bool, _>(actor.knows_networks()).load(conn)?;
    Ok(rows.into_iter().map(known).collect())
}

fn known(it: Row) -> Known {
    let said = (it.user_name, it.entry_version, it.created_at, it.updated_at);
    let entry = match said {
        (Some(user_name), Some(version), Some(created_at), Some(updated_at)) => {
            let (siret, said) = (it.siret, it.said.unwrap_or_default());
            let (suspended_at, listed) = (it.stopped_at, it.listed);
            Some(Entry { user_name, siret, said, suspended_at, listed, version, created_at, updated_at })
        }
        _ => None,
    };
    Known {
        id: it.id,
        version: it.version,
        given_name: it.given_name,
        usual_name: it.usual_name,
        email: it.email,
        phones: it.phones,
        languages: it.languages,
        entrusted: it.activated_at.is_some() || it.powerless,
        powerless: it.powerless,
        suspended_at: it.suspended_at,
        gone: it.gone,
        field_sources: it.field_sources,
        entry,
        external_id: it.external_id,
        affiliations: it.affiliations.0,
        groups: it.groups.0,
    }
}
