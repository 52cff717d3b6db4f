//! SQL of matching: finds the terms that a need names, then in one query the members who offer help with them.

use ::expertise::matching::{ExpertProposal, ExpertProposals, ExpertiseMatch, Match, named};
use ::expertise::member_expertise::ExpertiseLevel;
use ::expertise::term::{ExpertiseTermReference, TermCode, TermLabel};
use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use diesel::expression::BoxableExpression;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use kernel::directory::{MemberReference, OrganizationKind, OrganizationName, OrganizationReference, ShortName};
use kernel::schema::{expertise_term, member};
use kernel::{ExpertiseTermId, MemberExpertiseId, MemberId, OrganizationId};
use members::member::carded;

use super::term::terms_below;
use crate::kept::known;
use crate::{Result, Store};

diesel::define_sql_function! {
    /// Text as search compares it: folded, and without words such as “de” and “la”.
    #[sql_name = "app.search_terms"]
    fn search_terms(said: Text) -> Text;
}

/// Members who offer help with some terms, each once with the one they master best, those with the fewest recent requests
/// first. `OFFSET 0` keeps PostgreSQL from reordering the query: members are joined and checked in that order, until
/// there are enough. Tables that the condition on cards mentions keep their own names here.
const OFFERED: &str = "
    SELECT member.id, member.display_name, place.id, place.kind, place.name, place.short_name,
        held.id, t.id, t.code, t.label, held.level, held.endorsements, held.recent, held.last
    FROM (SELECT best.*, app.level_rank(best.level) AS rank, asked.recent, asked.last
            FROM (SELECT DISTINCT ON (e.member_id) e.id, e.member_id, e.term_id, e.level, e.endorsements
                FROM member_expertise e
                WHERE e.term_id = ANY ($1) AND e.available_to_help AND upper_inf(e.valid) AND e.level <> 'awareness'
                ORDER BY e.member_id, app.level_rank(e.level) DESC, e.endorsements DESC, e.id) best
            CROSS JOIN LATERAL (SELECT max(r.created_at) AS last,
                    count(*) FILTER (WHERE r.created_at > app.clock() - interval '90 days'
                        AND app.expertise_request_status(r.decision, r.created_at, app.clock()) IN ('pending', 'accepted')) AS recent
                FROM expertise_request r WHERE r.expert_id = best.member_id) asked
            ORDER BY asked.recent, asked.last NULLS FIRST, rank DESC, best.endorsements DESC, best.id OFFSET 0) held
        JOIN expertise_term t ON t.id = held.term_id
        JOIN member ON member.id = held.member_id
        JOIN LATERAL (SELECT o.id, o.kind, o.name, o.short_name
            FROM affiliation a JOIN organization o ON o.id = a.organization_id
            WHERE a.member_id = held.member_id AND a.is_primary AND a.valid @> app.clock()
                AND o.origin NOT IN ('government_partner', 'observer')) place ON true
    WHERE member.suspended_at IS NULL AND member.departed_at IS NULL AND member.pseudonymised_at IS NULL
        AND NOT EXISTS (SELECT FROM affiliation a WHERE a.member_id = held.member_id AND a.valid @> app.clock()
            AND a.organization_id = ANY (";
const RANKED: &str = ")
    ORDER BY held.recent, held.last NULLS FIRST, held.rank DESC, held.endorsements DESC, held.id LIMIT ";

/// The query for the members who offer help.
struct Offers {
    terms: Vec<ExpertiseTermId>,
    /// The caller's organizations.
    own: Vec<OrganizationId>,
    /// Condition on members whose card the caller may see: the rule shared by all queries.
    shown: Box<dyn BoxableExpression<member::table, Pg, SqlType = Bool>>,
    rows: i64,
}

impl QueryFragment<Pg> for Offers {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.unsafe_to_cache_prepared();
        let (before, after) = OFFERED.split_once("$1").unwrap_or_default();
        out.push_sql(before);
        out.push_bind_param::<Array<SqlUuid>, _>(&self.terms)?;
        out.push_sql(after);
        out.push_bind_param::<Array<SqlUuid>, _>(&self.own)?;
        out.push_sql(")) AND (");
        self.shown.walk_ast(out.reborrow())?;
        out.push_sql(RANKED);
        out.push_bind_param::<BigInt, _>(&self.rows)
    }
}

impl Query for Offers {
    type SqlType = (
        SqlUuid,
        Text,
        SqlUuid,
        Text,
        Text,
        Nullable<Text>,
        SqlUuid,
        SqlUuid,
        Text,
        Text,
        Text,
        Integer,
        BigInt,
        Nullable<Timestamptz>,
    );
}

impl QueryId for Offers {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl RunQueryDsl<PgConnection> for Offers {}

/// One row of its result.
#[derive(Queryable)]
struct Offered {
    member: MemberId,
    display_name: String,
    organization: OrganizationId,
    kind: OrganizationKind,
    name: OrganizationName,
    short_name: Option<ShortName>,
    expertise_id: MemberExpertiseId,
    term: ExpertiseTermId,
    code: TermCode,
    label: TermLabel,
    level: ExpertiseLevel,
    endorsements: i32,
    recent_requests: i64,
    last_requested_at: Option<DateTime<Utc>>,
}

impl Offered {
    fn proposal(self, named: &BTreeSet<ExpertiseTermId>) -> ExpertProposal {
        let Self { organization: id, kind, name, short_name, code, label, .. } = self;
        let proposal = ExpertProposal {
            member: MemberReference { id: self.member, display_name: self.display_name },
            organization: OrganizationReference { id, kind, name, short_name },
            expertise_id: self.expertise_id,
            term: ExpertiseTermReference { code, label },
            level: self.level,
            endorsements: self.endorsements,
            recent_requests: self.recent_requests,
            last_requested_at: self.last_requested_at,
            reasons: Vec::new(),
        };
        proposal.reasoned(named.contains(&self.term))
    }
}

impl Store<'_> {
    /// Members who can help with a need: those of other organizations than the caller's whose card the caller may see.
    ///
    /// # Errors
    /// The caller is a partner or an observer, or a service account without `directory:read`.
    pub fn match_expertise(&mut self, asked: &ExpertiseMatch) -> Result<ExpertProposals> {
        self.permit(Match(asked.need.clone()))?;
        let (conn, actor) = self.reading();
        let need: String = diesel::select(search_terms(asked.need.as_ref())).get_result(conn)?;
        let known = expertise_term::table.filter(expertise_term::retired_at.is_null());
        let known = known.select((expertise_term::id, expertise_term::names));
        let known: Vec<(ExpertiseTermId, Vec<String>)> = known.order(expertise_term::id).load(conn)?;
        let called = known.iter().flat_map(|(id, names)| names.iter().map(|name| (*id, name.as_str())));
        let named = named(&need, called);
        if named.is_empty() {
            return Ok(ExpertProposals { items: Vec::new() });
        }
        let terms = diesel::select(terms_below(named.iter().copied().collect::<Vec<_>>())).load(conn)?;
        let own = actor.standings.iter().map(|standing| standing.organization_id).collect();
        let offers = Offers { terms, own, shown: carded(actor), rows: asked.limit.rows() };
        let found: Vec<Offered> = offers.load(conn)?;
        Ok(ExpertProposals { items: found.into_iter().map(|it| it.proposal(&named)).collect() })
    }
}

known!(nothing: Match);
