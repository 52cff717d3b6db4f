//! SQL of the standard of networks: each measure is a query.

use ::networks::network::{Network, NetworkCode, NetworkStatus};
use ::networks::standard::{
    CriterionCode, CriterionResult, CriterionResults, List, NetworkCriterion, NetworkCriterionPatch,
    NetworkCriterionView, NetworkScore, NetworkScores, NetworkStandard, Score, Update,
};
use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::{Date, Double, Nullable, Uuid as SqlUuid};
use kernel::schema::{network, network_criterion, network_score};
use kernel::{Grant, Refusal, Versions, sql};
use uuid::Uuid;

use super::indicator::days_before;
use super::network::find as find_network;
use crate::kept::{kept, known};
use crate::store::Known;
use crate::{Again, Result, Store};
use kernel::clock::today;

/// What a measure found: its value, the fact in words (French), and the address where it can be read.
struct Found {
    value: Option<f64>,
    fact: String,
    href: Option<String>,
}

/// A measure: its query for the end of a day, and how its value is said in French. A criterion whose measure is not in
/// this list is not measured.
struct Measure {
    name: &'static str,
    question: &'static str,
    say: fn(f64) -> String,
    href: fn(&NetworkCode) -> String,
}

fn per_cent(value: f64) -> String {
    format!("{:.0} %", value * 100.0)
}

/// Cadences without a follow-up, of a network that never had one.
const NEVER: f64 = 1e6;

const MEASURES: &[Measure] = &[
    Measure {
        name: "charter",
        question: "SELECT CASE WHEN charter_adopted_on <= $2 AND purpose IS NOT NULL AND scope_note IS NOT NULL THEN 1
            WHEN purpose IS NOT NULL THEN 0.5 ELSE 0 END::float8 AS value FROM network WHERE id = $1",
        say: |value| match value {
            value if value >= 1.0 => "charte adoptée, objet et périmètre écrits".to_owned(),
            value if value > 0.0 => "objet écrit, sans charte adoptée".to_owned(),
            _ => "ni objet ni charte".to_owned(),
        },
        href: |code| format!("/api/v1/networks/{code}"),
    },
    Measure {
        name: "leads",
        question: "SELECT count(*)::float8 AS value FROM membership m JOIN member p ON p.id = m.member_id
            WHERE m.network_id = $1 AND m.role = 'lead' AND m.valid @> least(app.end_of($2), app.clock())
                AND m.suspended_at IS NULL AND p.suspended_at IS NULL AND p.departed_at IS NULL",
        say: |value| format!("nombre de personnes qui animent le réseau : {value:.0}"),
        href: |code| format!("/api/v1/networks/{code}/memberships?role=lead"),
    },
    Measure {
        name: "referent_rate",
        question: "SELECT sum(referents_filled)::float8 / nullif(sum(referents_expected), 0)::float8 AS value
            FROM app.indicator_cells(ARRAY[$2]) WHERE network_id = $1",
        say: per_cent,
        href: |code| format!("/api/v1/networks/{code}/gaps?role=referent"),
    },
    Measure {
        name: "follow_up_delay",
        // In cadences since the last follow-up; what was never followed up is late.
        question: "SELECT coalesce(($2 - max(f.held_on))::float8 / CASE n.cadence WHEN 'weekly' THEN 7
            WHEN 'monthly' THEN 31 WHEN 'bimonthly' THEN 62 WHEN 'quarterly' THEN 92 ELSE 365 END, 1e6) AS value
            FROM network n LEFT JOIN follow_up f ON f.network_id = n.id AND f.axis = 'network' AND f.held_on <= $2
                AND f.confidentiality = 'normal'
            WHERE n.id = $1 GROUP BY n.cadence",
        say: |value| match value {
            value if value >= NEVER => "aucun point de suivi enregistré".to_owned(),
            value => format!("délai depuis le dernier point de suivi : {value:.1} fois la cadence du réseau").replace('.', ","),
        },
        href: |code| format!("/api/v1/follow-ups?axis=network&network_code={code}"),
    },
    Measure {
        name: "objectives",
        question: "SELECT CASE WHEN annual_objectives = '{}' THEN 0 WHEN objectives_reviewed_on > $2 - 365
            AND objectives_reviewed_on <= $2 THEN 1 ELSE 0.5 END::float8 AS value FROM network WHERE id = $1",
        say: |value| match value {
            value if value >= 1.0 => "objectifs revus depuis moins d’un an".to_owned(),
            value if value > 0.0 => "objectifs écrits, non revus depuis un an".to_owned(),
            _ => "aucun objectif écrit".to_owned(),
        },
        href: |code| format!("/api/v1/networks/{code}"),
    },
    Measure {
        name: "review_rate",
        question: "SELECT (SELECT count(DISTINCT m.id) FROM membership_review_answer a JOIN membership m ON m.id = a.membership_id
                WHERE m.network_id = $1 AND a.outcome = 'keep' AND m.valid @> least(app.end_of($2), app.clock())
                    AND a.answered_at <= app.end_of($2) AND a.answered_at > app.end_of($2 - 365))::float8
            / nullif((SELECT sum(members) FROM app.indicator_cells(ARRAY[$2]) WHERE network_id = $1), 0)::float8 AS value",
        say: per_cent,
        href: |code| format!("/api/v1/networks/{code}/reviews"),
    },
    Measure {
        name: "overdue_rate",
        question: "SELECT avg((i.due_on < $2)::int)::float8 AS value FROM action_item i LEFT JOIN follow_up u ON u.id = i.follow_up_id
            WHERE i.network_id = $1 AND i.created_at <= app.end_of($2) AND (i.closed_at IS NULL OR i.closed_at > app.end_of($2))
                AND (u.id IS NULL OR u.confidentiality = 'normal')",
        say: |value| format!("part des actions en retard : {}", per_cent(value)),
        href: |code| format!("/api/v1/action-items?network_code={code}&overdue=true"),
    },
];

#[derive(QueryableByName)]
struct Value {
    #[diesel(sql_type = Nullable<Double>)]
    value: Option<f64>,
}

/// What a measure finds of a network on a day.
fn found(conn: &mut PgConnection, measure: &str, network: &Network, day: NaiveDate) -> Result<Found> {
    let Some(known) = MEASURES.iter().find(|known| known.name == measure) else {
        return Ok(Found { value: None, fact: "pas encore mesuré".to_owned(), href: None });
    };
    let asked = diesel::sql_query(known.question).bind::<SqlUuid, _>(network.id).bind::<Date, _>(day);
    let value = asked.get_result::<Value>(conn).optional()?.and_then(|it| it.value);
    let fact = value.map_or_else(|| "rien à mesurer".to_owned(), known.say);
    Ok(Found { value, fact, href: Some((known.href)(&network.code)) })
}

/// What a network scores on a day.
fn score(conn: &mut PgConnection, network: &Network, day: NaiveDate) -> Result<CriterionResults> {
    let criteria: Vec<NetworkCriterion> = NetworkCriterion::query().order(network_criterion::rank).load(conn)?;
    let mut results = Vec::new();
    for criterion in criteria {
        let Found { value, fact, href } = found(conn, &criterion.measure, network, day)?;
        let met = criterion.met(value);
        let (code, label) = (criterion.code.to_string(), criterion.label.to_string());
        results.push(CriterionResult { code, label, weight: criterion.weight, met, value, fact, href });
    }
    Ok(CriterionResults(results))
}

/// Keeps what every network scores on a day, once.
pub(super) fn keep_scores(conn: &mut PgConnection, day: NaiveDate) -> Result<()> {
    let all: Vec<Network> = Network::query().filter(network::status.ne(NetworkStatus::Closed)).load(conn)?;
    for network in all {
        let results = score(conn, &network, day)?;
        let row = (
            network_score::network_id.eq(network.id),
            network_score::on_date.eq(day),
            network_score::score.eq(results.score()),
            network_score::results.eq(results),
            network_score::computed_at.eq(sql::clock()),
        );
        diesel::insert_into(network_score::table).values(row).on_conflict_do_nothing().execute(conn)?;
    }
    Ok(())
}

impl Store<'_> {
    /// The standard of all networks.
    ///
    /// # Errors
    /// It is not for this caller.
    pub fn network_criteria(&mut self) -> Result<NetworkStandard> {
        self.permit(List)?;
        let all = NetworkCriterion::query().order(network_criterion::rank).load(self.reading().0)?;
        Ok(NetworkStandard { items: all.into_iter().map(|it| self.seen(it)).collect() })
    }

    /// Changes the criterion that was granted.
    ///
    /// # Errors
    /// It is no longer as the caller saw it.
    pub fn update_network_criterion(
        &mut self,
        grant: Grant<Update>,
        seen: Versions,
        patch: NetworkCriterionPatch,
    ) -> Result<NetworkCriterionView> {
        let changed = self.write_on(grant, seen, |writer, _, _, before| {
            before.keeps_direction(&patch)?;
            writer.change(&before, patch)
        })?;
        Ok(self.seen(changed))
    }

    /// What a network scores today.
    ///
    /// # Errors
    /// There is no such network that the caller may see, or its score is not for them.
    pub fn network_score(&mut self, code: NetworkCode) -> Result<NetworkScore> {
        let network = self.permit(Score(code))?;
        let on = today();
        let criteria = score(self.reading().0, &network, on)?;
        Ok(NetworkScore {
            network_code: network.code,
            network_name: network.name,
            on,
            score: criteria.score(),
            criteria,
        })
    }

    /// What a network scored at the ends of the last months, as it was kept, the latest first.
    ///
    /// # Errors
    /// There is no such network that the caller may see, or its score is not for them.
    pub fn network_scores(&mut self, code: NetworkCode) -> Result<NetworkScores> {
        let network = self.permit(Score(code))?;
        let since = days_before(today(), 3660);
        let kept = network_score::table.filter(network_score::network_id.eq(network.id));
        let kept = kept.filter(network_score::on_date.gt(since)).order(network_score::on_date.desc()).limit(120);
        let kept = kept.select((network_score::on_date, network_score::score, network_score::results));
        let kept: Vec<(NaiveDate, Option<f64>, CriterionResults)> = kept.load(self.reading().0)?;
        let item = |(on, score, criteria)| {
            let (network_code, network_name) = (network.code.clone(), network.name.clone());
            NetworkScore { network_code, network_name, on, score, criteria }
        };
        Ok(NetworkScores { items: kept.into_iter().map(item).collect() })
    }
}

fn find(code: &CriterionCode, conn: &mut PgConnection) -> Result<NetworkCriterion> {
    let row = NetworkCriterion::query().filter(network_criterion::code.eq(code));
    Ok(row.first(conn).optional()?.ok_or(Refusal::NotFound)?)
}

known!(nothing: List);

impl Known for Update {
    fn facts(&self, conn: &mut PgConnection) -> Result<NetworkCriterion> {
        let row = network_criterion::table.find(&self.0).select(network_criterion::code).for_no_key_update();
        row.first::<CriterionCode>(conn).optional()?.ok_or(Refusal::NotFound)?;
        find(&self.0, conn)
    }
}

known!(it, conn => find_network(&it.0, conn); Score);

impl Again for NetworkCriterionView {
    fn about(&self) -> Uuid {
        self.noun.id
    }

    fn again(store: &mut Store<'_>, about: Uuid) -> Result<Self> {
        store.permit(List)?;
        let row = NetworkCriterion::query().filter(network_criterion::id.eq(about));
        let it = row.first(store.reading().0).optional()?.ok_or(Refusal::NotFound)?;
        Ok(store.seen(it))
    }
}

kept!(NetworkCriterion: network_criterion {
    fn of_key(key: &str, conn: &mut PgConnection) -> Result<Option<Self>> {
        Ok(NetworkCriterion::query().filter(network_criterion::code.eq(key)).first(conn).optional()?)
    }
});
