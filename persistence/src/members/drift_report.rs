//! SQL of drift reports.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Jsonb, Nullable, Text, Uuid as SqlUuid};
use kernel::directory::{MemberReference, NetworkReference};
use kernel::{Actor, MemberId, NetworkRole, OrganizationId, PageQuery};
use members::drift_report::{DriftKind, DriftReport, DriftReportFilter, DriftReportPage, read};
use serde_json::Value;
use uuid::Uuid;

use crate::directory::{known_networks, speaker};
use crate::{Result, Store};

/// $1 all sources, or $2 the one of the caller; $3 all members, or those with $4 organizations; $5 networks that may be known;
/// $6 source, $7 kind, $8 member that are asked for; $9 the member, $10 the kind and $11 the rest after which the page begins;
/// $12 how many.
const REPORTS: &str = "SELECT d.kind, s.code AS source_code, m.id, m.display_name, d.field, d.theirs, d.ours, d.network_code, d.network_name, d.role, d.rest
    FROM directory_user u JOIN member m ON m.id = u.member_id JOIN source s ON s.id = u.source_id
    CROSS JOIN LATERAL (SELECT u.removed_at IS NOT NULL OR u.said -> 'active' = 'false' AS it) gone
    CROSS JOIN LATERAL (
        SELECT 'field_differs' AS kind, said.key AS field, said.value AS theirs, now.row -> said.key AS ours, NULL AS network_code,
            NULL AS network_name, NULL AS role, s.code || '/' || said.key AS rest
        FROM (SELECT to_jsonb(m) || coalesce((SELECT jsonb_build_object('position', a.position, 'service', a.service, 'profession', a.profession)
                FROM affiliation a WHERE a.member_id = m.id AND a.valid @> app.clock()
                ORDER BY a.source_id = u.source_id DESC, a.is_primary DESC, a.id LIMIT 1), '{}') AS row) now,
            jsonb_each(u.said - 'active') said
        WHERE NOT gone.it AND m.departed_at IS NULL AND now.row -> said.key IS DISTINCT FROM said.value
        UNION ALL
        SELECT 'left_but_seated', NULL, NULL, NULL, n.code, n.name, g.role, s.code || '/' || g.id::text
        FROM membership g JOIN network n ON n.id = g.network_id
        WHERE gone.it AND g.member_id = m.id AND g.valid @> app.clock() AND n.id = ANY ($5)
        UNION ALL
        SELECT 'left_but_active', NULL, NULL, NULL, NULL, NULL, NULL, s.code WHERE gone.it AND m.status IN ('active', 'invited')
            AND EXISTS (SELECT FROM affiliation a WHERE a.member_id = m.id AND a.valid @> app.clock())
    ) d
    WHERE ($1 OR u.source_id = $2)
        AND ($3 OR EXISTS (SELECT FROM affiliation a WHERE a.member_id = m.id AND a.is_primary AND a.valid @> app.clock() AND a.organization_id = ANY ($4)))
        AND ($6 IS NULL OR s.code = $6) AND ($7 IS NULL OR d.kind = $7) AND ($8 IS NULL OR m.id = $8)
        AND ($9 IS NULL OR (m.id, d.kind, d.rest) > ($9, $10, $11))
    ORDER BY m.id, d.kind, d.rest LIMIT $12";

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    kind: DriftKind,
    #[diesel(sql_type = Text)]
    source_code: String,
    #[diesel(sql_type = SqlUuid)]
    id: MemberId,
    #[diesel(sql_type = Text)]
    display_name: String,
    #[diesel(sql_type = Nullable<Text>)]
    field: Option<String>,
    #[diesel(sql_type = Nullable<Jsonb>)]
    theirs: Option<Value>,
    #[diesel(sql_type = Nullable<Jsonb>)]
    ours: Option<Value>,
    #[diesel(sql_type = Nullable<Text>)]
    network_code: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    network_name: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    role: Option<NetworkRole>,
    #[diesel(sql_type = Text)]
    rest: String,
}

impl Store<'_> {
    /// Where directories and the service do not say the same, of the members whom the caller keeps.
    ///
    /// # Errors
    /// The caller keeps nobody; the cursor is none of ours.
    pub fn drift_reports(&mut self, filter: &DriftReportFilter, page: &PageQuery) -> Result<DriftReportPage> {
        read(self.actor()).pass()?;
        let (conn, actor) = self.reading();
        let networks = known_networks(conn, actor)?;
        let own = speaker(actor.id, conn)?;
        // An account without a directory has no word of its own to read.
        if own.is_none() && actor.member().is_none() {
            return Err(kernel::Refusal::Forbidden(kernel::Label::PEOPLE).into());
        }
        let sig = actor.is_sig();
        let kept: Vec<OrganizationId> = actor.reach(Actor::KEEPERS).chain(actor.kept()).collect();
        let after: Option<(MemberId, DriftKind, String)> = page.key()?;
        let (after, kind, rest) =
            after.map_or((None, None, None), |(id, kind, rest)| (Some(id), Some(kind), Some(rest)));
        let rows = diesel::sql_query(REPORTS)
            .bind::<Bool, _>(own.is_none())
            .bind::<SqlUuid, _>(own.as_ref().map_or(Uuid::nil(), |it| it.source))
            .bind::<Bool, _>(sig)
            .bind::<Array<SqlUuid>, _>(kept)
            .bind::<Array<SqlUuid>, _>(networks)
            .bind::<Nullable<Text>, _>(filter.source_code.as_ref().map(AsRef::as_ref))
            .bind::<Nullable<Text>, _>(filter.kind)
            .bind::<Nullable<SqlUuid>, _>(filter.member_id)
            .bind::<Nullable<SqlUuid>, _>(after)
            .bind::<Nullable<Text>, _>(kind)
            .bind::<Nullable<Text>, _>(rest)
            .bind::<BigInt, _>(page.probe());
        let rows: Vec<Row> = rows.load(conn)?;
        Ok(page.cut(rows, |it| (it.id, it.kind, it.rest.clone())).map(report))
    }
}

fn report(it: Row) -> DriftReport {
    DriftReport {
        kind: it.kind,
        source: it.source_code,
        member: MemberReference { id: it.id, display_name: it.display_name },
        field: it.field,
        directory_value: it.theirs,
        value: it.ours.filter(|value| !value.is_null()),
        network: it.network_code.zip(it.network_name).map(|(code, name)| NetworkReference { code, name }),
        role: it.role,
    }
}
