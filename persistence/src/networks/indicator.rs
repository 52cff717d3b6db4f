//! SQL of indicators: from the publication of a day if there is one, otherwise from the facts.

use ::networks::indicator::{IndicatorGroup, IndicatorPublication, IndicatorQuery, IndicatorRow, Indicators};
use ::networks::tracking::{Reach, Track};
use chrono::{Datelike as _, Days, NaiveDate, NaiveTime};
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Date, Integer, Nullable, Text, Uuid as SqlUuid};
use kernel::notification::TaskKind;
use kernel::schema::indicator_publication;
use kernel::{NetworkId, OrganizationId, PARIS};

use crate::task::plan;
use crate::{Database, Result, Store};
use kernel::clock::today;

/// How cells are grouped: `places` gives each organization its group `it` on a day (none where the group is the network
/// itself), `names` the key and the label of the group, `named` the join that they need.
struct Grouping {
    places: Option<&'static str>,
    names: &'static str,
    named: &'static str,
}

const fn grouping(group: IndicatorGroup) -> Grouping {
    match group {
        IndicatorGroup::Network => {
            Grouping { places: None, names: "n.code, n.name", named: "JOIN network n ON n.id = g.it" }
        }
        IndicatorGroup::Dicom => Grouping {
            places: Some(
                "SELECT d.day, s.organization_id, s.dicom_id AS it FROM days d, app.served(NULL, d.at) s",
            ),
            names: "coalesce(d.id::text, 'unserved'), coalesce(d.short_name, d.name, 'Sans DICOM')",
            named: "LEFT JOIN organization d ON d.id = g.it",
        },
        IndicatorGroup::Origin => Grouping {
            places: Some(
                "SELECT d.day, o.id AS organization_id, coalesce(o.origin_override, app.origin(p.kind, NULL), o.origin) AS it
                    FROM days d CROSS JOIN organization o
                    LEFT JOIN organization_period p ON p.organization_id = o.id AND p.valid @> d.at",
            ),
            names: "g.it, g.it",
            named: "",
        },
        IndicatorGroup::Territory => Grouping {
            places: Some(
                "SELECT d.day, o.id AS organization_id,
                        CASE WHEN p.organization_id IS NULL THEN o.territory_code ELSE p.territory_code END AS it
                    FROM days d CROSS JOIN organization o
                    LEFT JOIN organization_period p ON p.organization_id = o.id AND p.valid @> d.at",
            ),
            names: "coalesce(t.code, 'none'), coalesce(t.name, 'Sans territoire')",
            named: "LEFT JOIN territory t ON t.code = g.it",
        },
    }
}

const CELLS: &str = "app.indicator_cells($1)";
/// Cells grouped by network: callers who read everything get the sums that were kept at publication.
const TOTALS: &str = "(SELECT day, network_id, NULL::uuid AS organization_id, expected, filled, referents_expected, referents_filled, members
        FROM app.indicator_totals(CASE WHEN $4 THEN $1 ELSE '{}' END)
    UNION ALL SELECT day, network_id, organization_id, expected, filled, referents_expected, referents_filled, members
        FROM app.indicator_cells(CASE WHEN $4 THEN '{}' ELSE $1 END))";

/// $1 days, $2 the days before them, $3 networks that are shown, $4 all of them whole, $5 networks read whole, $6
/// organizations read everywhere, $7 what is confidential too, $8 metric, $9 key.
fn question(group: IndicatorGroup) -> String {
    let Grouping { places, names, named } = grouping(group);
    let (by, join) = match places {
        Some(_) => ("v.it", "LEFT JOIN places v ON v.day = f.day AND v.organization_id = f.organization_id"),
        None => ("f.network_id", ""),
    };
    let counted = if places.is_some() { CELLS } else { TOTALS };
    let places = places.map(|places| format!("places AS MATERIALIZED ({places}),")).unwrap_or_default();
    let read = "(f.network_id IS NULL OR f.network_id IN (SELECT unnest($3)))
                AND ($4 OR f.network_id IN (SELECT unnest($5)) OR f.organization_id IN (SELECT unnest($6)))";
    format!(
        "WITH days AS MATERIALIZED (
            SELECT day, app.end_of(day) AS until, app.end_of(before) AS since, app.end_of(day - 365) AS year_ago,
                least(app.end_of(day), app.clock()) AS at
            FROM unnest($1, $2) AS d (day, before)),
        {places}
        cells AS MATERIALIZED (
            SELECT f.day, {by} AS it, sum(f.filled::float8) AS filled, sum(f.expected::float8) AS expected,
                sum(f.referents_filled::float8) AS referents_filled, sum(f.referents_expected::float8) AS referents_expected,
                sum(f.members::float8) AS members
            FROM {counted} f {join}
            WHERE {read} AND ($8 IS NULL OR $8 IN ('coverage', 'referent_rate', 'reviews_done')) GROUP BY 1, 2),
        events AS (
            SELECT 'reviews_done' AS metric, d.day, m.network_id, m.organization_id,
                    count(DISTINCT m.id)::float8 AS numerator, 0::float8 AS denominator
                FROM days d JOIN membership_review_answer a ON a.outcome = 'keep' AND a.answered_at <= d.until
                    AND a.answered_at > d.year_ago
                JOIN membership m ON m.id = a.membership_id AND m.valid @> d.at
                WHERE $8 IS NULL OR $8 = 'reviews_done' GROUP BY d.day, m.network_id, m.organization_id
            UNION ALL SELECT 'time_to_join', d.day, r.network_id, r.organization_id,
                    extract(epoch FROM greatest(r.person_decided_at, r.network_decided_at) - r.created_at) / 86400, 1
                FROM days d JOIN membership_request r ON r.membership_id IS NOT NULL
                    AND greatest(r.person_decided_at, r.network_decided_at) <= d.until
                    AND greatest(r.person_decided_at, r.network_decided_at) > d.since
                WHERE $8 IS NULL OR $8 = 'time_to_join'
            UNION ALL SELECT 'overdue_actions', d.day, i.network_id, w.place, (w.due_on < d.day)::int, 1
                FROM days d JOIN action_item i ON i.created_at <= d.until
                    AND (i.closed_at IS NULL OR i.closed_at > d.until OR i.updated_at > d.until)
                LEFT JOIN follow_up u ON u.id = i.follow_up_id
                LEFT JOIN LATERAL (SELECT h.image FROM history h WHERE h.object_id = i.id AND i.updated_at > d.until
                    ORDER BY h.at > d.until, CASE WHEN h.at > d.until THEN 1 ELSE -1 END * h.object_version LIMIT 1) h ON true
                CROSS JOIN LATERAL (SELECT coalesce((h.image ->> 'due_on')::date, i.due_on) AS due_on,
                    coalesce(h.image ->> 'owner_organization_id', i.owner_organization_id::text)::uuid AS place,
                    coalesce(h.image ->> 'status' = 'open', i.closed_at IS NULL OR i.closed_at > d.until) AS open) w
                WHERE w.open AND ($7 OR u.id IS NULL OR u.confidentiality = 'normal') AND ($8 IS NULL OR $8 = 'overdue_actions')),
        grouped AS (
            SELECT m.metric, c.day, c.it, m.numerator, m.denominator
                FROM cells c, LATERAL (VALUES ('coverage', c.filled, c.expected),
                    ('referent_rate', c.referents_filled, c.referents_expected),
                    ('reviews_done', 0, c.members)) AS m (metric, numerator, denominator)
            UNION ALL SELECT f.metric, f.day, {by}, sum(f.numerator), sum(f.denominator) FROM events f {join}
                WHERE {read} GROUP BY 1, 2, 3)
        SELECT g.metric, k.key, k.label, g.day, sum(g.numerator)::float8 AS numerator, sum(g.denominator)::float8 AS denominator
        FROM grouped g {named} CROSS JOIN LATERAL (SELECT {names}) AS k (key, label)
        WHERE ($8 IS NULL OR g.metric = $8) AND ($9 IS NULL OR k.key = $9)
        GROUP BY g.metric, k.key, k.label, g.day ORDER BY g.metric, k.key, g.day"
    )
}

impl Store<'_> {
    /// Indicators over time, as far as the caller reads the matrix.
    ///
    /// # Errors
    /// The caller reads nothing of it; the days are too many, run backwards, or are in the future.
    pub fn indicators(&mut self, query: &IndicatorQuery) -> Result<Indicators> {
        let reach = Track::reach(self.actor())?;
        let days = query.days()?;
        let group = query.group_by.unwrap_or(IndicatorGroup::Network);
        let (_, facts) = self.matrix_facts(None)?;
        let (conn, actor) = self.reading();
        let shown: Vec<NetworkId> = facts.columns(actor, &reach).map(|network| network.id).collect();
        let (everything, networks, organizations) = match reach {
            Reach::Everything => (true, Vec::new(), Vec::new()),
            Reach::Part { networks, organizations } => {
                (false, networks.into_iter().collect::<Vec<NetworkId>>(), organizations.into_iter().collect())
            }
        };
        let organizations: Vec<OrganizationId> = organizations;
        let (before, asked): (Vec<NaiveDate>, Vec<NaiveDate>) = days.iter().copied().unzip();
        let rows = diesel::sql_query(question(group))
            .bind::<Array<Date>, _>(&asked)
            .bind::<Array<Date>, _>(before)
            .bind::<Array<SqlUuid>, _>(shown)
            .bind::<Bool, _>(everything)
            .bind::<Array<SqlUuid>, _>(networks)
            .bind::<Array<SqlUuid>, _>(organizations)
            .bind::<Bool, _>(actor.is_sig())
            .bind::<Nullable<Text>, _>(query.metric.map(::networks::indicator::IndicatorMetric::code))
            .bind::<Nullable<Text>, _>(query.key.as_ref().map(AsRef::as_ref));
        let rows: Vec<IndicatorRow> = rows.load(conn)?;
        Ok(Indicators::gather(group, &days, rows, published(&asked, conn)?))
    }
}

/// The latest publication of each of these days.
fn published(days: &[NaiveDate], conn: &mut PgConnection) -> Result<Vec<IndicatorPublication>> {
    use indicator_publication::{computed_at, on_date, reason, revision, table};
    let standing = table.filter(on_date.eq_any(days)).distinct_on(on_date).order((on_date, revision.desc()));
    Ok(standing.select((on_date, revision, computed_at, reason)).load(conn)?)
}

#[derive(QueryableByName)]
struct Revision {
    #[diesel(sql_type = Integer)]
    revision: i32,
}

impl Database {
    /// Plans the publication of the ends of the last thirteen months. The last three are published again once a month,
    /// since a correction of the past makes another revision.
    ///
    /// # Errors
    /// The database does not answer.
    pub fn plan_publications(&self) -> Result<()> {
        let mut conn = self.worker()?;
        let (this, mut first) = (today().with_day(1), today().with_day(1));
        for back in 0..=12 {
            let Some((next, last)) = first.and_then(|first| Some((first, first.pred_opt()?))) else { break };
            // Three in the morning in Paris.
            let due = next.and_time(NaiveTime::MIN).checked_add_signed(chrono::TimeDelta::hours(3));
            let due = due.and_then(|due| due.and_local_timezone(PARIS).earliest());
            if let Some(due) = due {
                let again = if back < 3 { this } else { None };
                let key = format!("indicators:{last}:{}", again.map(|day| day.to_string()).unwrap_or_default());
                plan(&mut conn, TaskKind::PublishIndicators, &key, None, due.to_utc())?;
            }
            first = last.with_day(1);
        }
        Ok(())
    }

    /// Publishes the day of a task, and what the networks scored on it. Gives the revision that stands.
    ///
    /// # Errors
    /// The database does not answer.
    pub fn publish_indicators(&self, day: NaiveDate) -> Result<i32> {
        let mut conn = self.worker()?;
        conn.transaction(|conn| {
            // No caller waits for it, so it may take long, within the lease of a task.
            conn.batch_execute("SET LOCAL statement_timeout = '50s'")?;
            let publish = diesel::sql_query("SELECT app.publish_indicators($1, $2) AS revision");
            let publish = publish.bind::<Date, _>(day).bind::<Nullable<Text>, _>(Some("recomputed"));
            let Revision { revision } = publish.get_result(conn)?;
            super::standard::keep_scores(conn, day)?;
            Ok(revision)
        })
    }
}

/// The day that the key of a task names.
#[must_use]
pub fn published_day(key: &str) -> Option<NaiveDate> {
    key.split(':').nth(1)?.parse().ok()
}

/// A day before another.
pub(super) fn days_before(day: NaiveDate, number: u64) -> NaiveDate {
    day.checked_sub_days(Days::new(number)).unwrap_or(day)
}
