//! What follows from a write, done at its end and nowhere else: cells of the matrix are rewritten, the rights that change
//! are locked, the invariants over several rows are checked.
//!
//! A write that takes the last administrator or the last lead away is refused, whatever it wrote. If there was none
//! before the write, it is not refused. A transaction cannot see the state before it, so the question is asked again after
//! it is rolled back: if the invariant was broken before, the work is done again and this invariant is not checked.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use kernel::schema::network;
use kernel::{Actor, AffiliationId, Label, MemberId, NetworkId, OrganizationId, PrincipalId, Refusal, Validity};
use uuid::Uuid;

use crate::{Error, Result};

/// What must hold over several rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Invariant {
    /// Someone who logged in administers the service for the SIG.
    Administered,
    /// A network has a lead.
    Led(NetworkId),
    /// An organization is neither below itself nor below one that has ended.
    InATree(OrganizationId),
}

/// How far an invariant holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Held {
    /// Not at all.
    Never,
    /// Not while those who keep it are suspended.
    Suspended,
    /// Until a time that is known already.
    Until(DateTime<Utc>),
    /// With no end in sight.
    Lasting,
}

/// An invariant that does not hold for good, and how far it does.
pub type Shortfall = (Invariant, Held);

/// What a write touched.
#[derive(Debug, Default)]
pub(crate) struct Aftermath {
    newcomers: BTreeSet<Uuid>,
    rights_of: BTreeSet<Uuid>,
    rights_over: BTreeSet<Uuid>,
    seats: BTreeSet<(Uuid, Uuid)>,
    cells: BTreeSet<(Uuid, Uuid)>,
    cells_of: BTreeSet<Uuid>,
    cells_at: BTreeSet<Uuid>,
    cells_in: BTreeSet<Uuid>,
    invariants: BTreeSet<Invariant>,
    led_from: BTreeSet<OrganizationId>,
    led_through: BTreeSet<AffiliationId>,
}

impl Aftermath {
    /// A principal who was not registered before: no write of theirs is in progress.
    pub(crate) fn newcomer(&mut self, member: MemberId) {
        self.newcomers.insert(member.0);
    }

    /// The rights of a principal change: their own writes wait, or are waited for.
    pub(crate) fn rights_of(&mut self, principal: impl Into<PrincipalId>) {
        self.rights_of.insert(principal.into().0);
    }

    /// Rights change with an organization: of who sits there, and of who holds a role that reaches it.
    pub(crate) fn rights_over(&mut self, organization: OrganizationId) {
        self.rights_over.insert(organization.0);
    }

    /// The rights change of who co-leads a network from an organization, and of who stands in for its référent there.
    pub(crate) fn rights_in(&mut self, network: NetworkId, organization: OrganizationId) {
        self.seats.insert((network.0, organization.0));
    }

    /// A cell of the matrix is to be rewritten.
    pub(crate) fn cell(&mut self, network: NetworkId, organization: OrganizationId) {
        self.cells.insert((network.0, organization.0));
    }

    /// The cells in which a member counts are to be rewritten.
    pub(crate) fn cells_of(&mut self, member: MemberId) {
        self.cells_of.insert(member.0);
    }

    /// The cells of an organization are to be rewritten.
    pub(crate) fn cells_at(&mut self, organization: OrganizationId) {
        self.cells_at.insert(organization.0);
    }

    /// The cells of a network are to be rewritten.
    pub(crate) fn cells_in(&mut self, network: NetworkId) {
        self.cells_in.insert(network.0);
    }

    /// Does all of it.
    pub(crate) fn settle(mut self, conn: &mut PgConnection, at: DateTime<Utc>, by: By<'_>) -> Result<()> {
        self.rights_of.retain(|who| !self.newcomers.contains(who));
        self.refresh(conn)?;
        self.lock(conn)?;
        self.hold(conn, at, by)
    }

    fn refresh(&self, conn: &mut PgConnection) -> Result<()> {
        let Self { cells, cells_of, cells_at, cells_in, .. } = self;
        if cells.is_empty() && cells_of.is_empty() && cells_at.is_empty() && cells_in.is_empty() {
            return Ok(());
        }
        let (networks, organizations): (Vec<Uuid>, Vec<Uuid>) = cells.iter().copied().unzip();
        let refreshed = rewrite_cells(networks, organizations, list(cells_of), list(cells_at), list(cells_in));
        diesel::select(refreshed).execute(conn)?;
        Ok(())
    }

    fn lock(&self, conn: &mut PgConnection) -> Result<()> {
        let Self { rights_of, rights_over, seats, .. } = self;
        if rights_of.is_empty() && rights_over.is_empty() && seats.is_empty() {
            return Ok(());
        }
        let (networks, organizations): (Vec<Uuid>, Vec<Uuid>) = seats.iter().copied().unzip();
        diesel::select(lock_rights(list(rights_of), list(rights_over), networks, organizations)).execute(conn)?;
        Ok(())
    }

    /// Someone administers the service still.
    pub(crate) fn administered(&mut self) {
        self.invariants.insert(Invariant::Administered);
    }

    /// A network has a lead still.
    pub(crate) fn led(&mut self, network: NetworkId) {
        self.invariants.insert(Invariant::Led(network));
    }

    /// The networks that someone of an organization leads have a lead still.
    pub(crate) fn led_from(&mut self, organization: OrganizationId) {
        self.led_from.insert(organization);
    }

    /// The networks that someone leads through an affiliation have a lead still.
    pub(crate) fn led_through(&mut self, affiliation: AffiliationId) {
        self.led_through.insert(affiliation);
    }

    /// An organization stands in a tree of those that live.
    pub(crate) fn in_a_tree(&mut self, organization: OrganizationId) {
        self.invariants.insert(Invariant::InATree(organization));
    }

    /// Checks the invariants of what was touched. A directory that says that someone left is not asked to wait: the
    /// network is without a lead, and shows it.
    fn hold(mut self, conn: &mut PgConnection, at: DateTime<Utc>, by: By<'_>) -> Result<()> {
        if !self.led_from.is_empty() || !self.led_through.is_empty() {
            let led = led_networks(conn, at, &self.led_from, &self.led_through)?;
            self.invariants.extend(led.into_iter().map(Invariant::Led));
        }
        let held = self.invariants.into_iter().filter(|it| by.person || !matches!(it, Invariant::Led(_)));
        let held: Vec<Invariant> = held.collect();
        // In the order of their names, so that two who hold several never wait for each other.
        for invariant in &held {
            lock(conn, *invariant)?;
        }
        let mut short = Vec::new();
        for invariant in held {
            let now = invariant.held(conn, at)?;
            let pardoned = by.pardoned.iter().any(|(known, far)| *known == invariant && now >= *far);
            if now < Held::Lasting && !pardoned && !by.must_not_know(invariant, conn)? {
                short.push((invariant, now));
            }
        }
        if short.is_empty() { Ok(()) } else { Err(Error::Broken(short)) }
    }
}

fn list(ids: &BTreeSet<Uuid>) -> Vec<Uuid> {
    ids.iter().copied().collect()
}

diesel::define_sql_function! {
    /// Rewrites cells of the matrix.
    #[sql_name = "app.rewrite_cells"]
    fn rewrite_cells(networks: Array<SqlUuid>, organizations: Array<SqlUuid>, members: Array<SqlUuid>, all_at: Array<SqlUuid>, all_in: Array<SqlUuid>) -> Nullable<Text>;
}
diesel::define_sql_function! {
    /// Takes the locks on rights that change.
    #[sql_name = "app.lock_rights"]
    fn lock_rights(principals: Array<SqlUuid>, organizations: Array<SqlUuid>, networks: Array<SqlUuid>, seats: Array<SqlUuid>) -> Nullable<Text>;
}

/// On whose behalf invariants are checked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct By<'a> {
    /// Whether a person writes, and not an importer or the worker.
    pub(crate) person: bool,
    /// Invariants that did not hold before either, and are not checked.
    pub(crate) pardoned: &'a [Shortfall],
    /// Whom a refusal would be told: of a network that is hidden from them it is told nothing.
    pub(crate) actor: Option<&'a Actor>,
}

impl By<'_> {
    /// Whether a refusal would tell of a network that is hidden from the caller: there the gap shows, to the SIG alone.
    fn must_not_know(&self, invariant: Invariant, conn: &mut PgConnection) -> Result<bool> {
        let (Invariant::Led(network), Some(actor)) = (invariant, self.actor) else { return Ok(false) };
        if actor.is_sig() || actor.sits_in(network) {
            return Ok(false);
        }
        let visibility: String = network::table.find(network).select(network::visibility).first(conn)?;
        Ok(visibility == "hidden")
    }
}

/// How far the service is administered, for a work that asks before it begins.
pub(crate) fn administered(conn: &mut PgConnection, at: DateTime<Utc>) -> Result<Shortfall> {
    Ok((Invariant::Administered, Invariant::Administered.held(conn, at)?))
}

/// Whether all of a shortfall was there before the work that was taken back; else what the refusal is.
pub(crate) fn was_there(conn: &mut PgConnection, short: &[Shortfall]) -> Result<()> {
    let at = diesel::select(kernel::sql::clock()).get_result(conn)?;
    for (invariant, now) in short {
        if invariant.held(conn, at)? > *now {
            return Err(invariant.refusal());
        }
    }
    Ok(())
}

/// Until when at least one holds: the latest of their ends.
const ADMINISTERED: &str =
    "SELECT max(least(coalesce(upper(r.valid), 'infinity'), coalesce(upper(a.valid), 'infinity'))) AS until
    FROM role_assignment r JOIN member m ON m.id = r.member_id JOIN affiliation a ON a.id = r.affiliation_id
        JOIN organization o ON o.id = a.organization_id
    WHERE r.role = 'sig_admin' AND r.valid @> $2 AND a.valid @> $2 AND m.suspended_at IS NULL AND m.departed_at IS NULL
        AND o.origin NOT IN ('government_partner', 'observer')
        AND EXISTS (SELECT FROM identity i WHERE i.principal_id = m.id)";

const LED: &str = "SELECT max(CASE WHEN n.status = 'closed' THEN 'infinity'::timestamptz WHEN p.id IS NULL THEN NULL
            WHEN p.suspended_at IS NOT NULL OR m.suspended_at IS NOT NULL THEN '-infinity'
            ELSE least(coalesce(upper(m.valid), 'infinity'), coalesce(upper(a.valid), 'infinity')) END) AS until
    FROM network n LEFT JOIN (membership m JOIN affiliation a ON a.id = m.affiliation_id AND a.valid @> $2
            JOIN member p ON p.id = m.member_id AND p.departed_at IS NULL
            JOIN organization o ON o.id = m.organization_id AND o.origin NOT IN ('government_partner', 'observer'))
        ON m.network_id = n.id AND m.role = 'lead' AND m.valid @> $2
    WHERE n.id = $1";

const IN_A_TREE: &str = "SELECT CASE WHEN app.is_below(o.parent_id, o.id)
            OR o.status = 'active' AND EXISTS (SELECT FROM organization p WHERE p.id = o.parent_id AND p.status <> 'active')
            OR o.status <> 'active' AND EXISTS (SELECT FROM organization c WHERE c.parent_id = o.id AND c.status = 'active')
        THEN NULL ELSE 'infinity'::timestamptz END AS until
    FROM organization o WHERE o.id = $1 AND $2 IS NOT NULL";

#[derive(QueryableByName)]
struct Answer {
    #[diesel(sql_type = Nullable<Timestamptz>)]
    until: Option<DateTime<Utc>>,
    #[diesel(sql_type = Bool)]
    lasting: bool,
    #[diesel(sql_type = Bool)]
    suspended: bool,
}

/// What would put an organization below itself.
pub(crate) fn below_itself() -> Error {
    const BELOW_ITSELF: Label = Label {
        fr: "Une organisation ne peut pas être placée sous elle-même.",
        en: "An organization cannot stand below itself.",
    };
    Refusal::Invalid("/parent_id", BELOW_ITSELF).into()
}

impl Invariant {
    fn held(self, conn: &mut PgConnection, at: DateTime<Utc>) -> Result<Held> {
        let (question, about) = match self {
            Self::Administered => (ADMINISTERED, Uuid::nil()),
            Self::Led(network) => (LED, network.0),
            Self::InATree(organization) => (IN_A_TREE, organization.0),
        };
        let question = format!(
            "SELECT CASE WHEN isfinite(it.until) THEN it.until END AS until, coalesce(it.until = 'infinity', false) AS lasting,
                coalesce(it.until = '-infinity', false) AS suspended FROM ({question}) it"
        );
        let question = diesel::sql_query(question).bind::<SqlUuid, _>(about).bind::<Timestamptz, _>(at);
        Ok(match question.get_result::<Answer>(conn).optional()? {
            // What is not there breaks nothing.
            None | Some(Answer { lasting: true, .. }) => Held::Lasting,
            Some(Answer { until: Some(until), .. }) => Held::Until(until),
            Some(Answer { suspended: true, .. }) => Held::Suspended,
            Some(Answer { until: None, .. }) => Held::Never,
        })
    }

    fn refusal(self) -> Error {
        match self {
            Self::Administered => Refusal::LastAdmin.into(),
            Self::Led(_) => Refusal::LastLead.into(),
            Self::InATree(_) => below_itself(),
        }
    }

    /// One lock for all that could break it: a tree is one.
    fn lock_name(self) -> String {
        match self {
            Self::Administered => "administered".into(),
            Self::Led(network) => format!("led {network}"),
            Self::InATree(_) => "tree".into(),
        }
    }
}

fn lock(conn: &mut PgConnection, invariant: Invariant) -> Result<()> {
    let lock = diesel::sql_query("SELECT pg_advisory_xact_lock(hashtextextended($1, 20261129))");
    lock.bind::<Text, _>(invariant.lock_name()).execute(conn)?;
    Ok(())
}

/// The networks that were led from there until this moment, or are.
fn led_networks(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    organizations: &BTreeSet<OrganizationId>,
    affiliations: &BTreeSet<AffiliationId>,
) -> Result<Vec<NetworkId>> {
    use kernel::NetworkRole;
    use kernel::schema::membership;
    let at = membership::organization_id.eq_any(organizations.iter().copied().collect::<Vec<_>>());
    let through = membership::affiliation_id.eq_any(affiliations.iter().copied().collect::<Vec<_>>());
    let led = membership::table.filter(at.or(through)).filter(membership::role.eq(NetworkRole::Lead));
    let led: Vec<(NetworkId, Validity)> = led.select((membership::network_id, membership::valid)).load(conn)?;
    Ok(led.into_iter().filter(|(_, valid)| valid.to.is_none_or(|to| to >= now)).map(|(network, _)| network).collect())
}
