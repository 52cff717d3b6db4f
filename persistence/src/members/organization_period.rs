//! SQL of how organizations were described, and what stood below them.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Integer, Nullable, Text, Timestamptz, Tstzrange, Uuid as SqlUuid};
use kernel::directory::{OrganizationKind, OrganizationName, OrganizationReference, ShortName};
use kernel::schema::organization_period;
use kernel::{AsOf, OrganizationId, PageQuery};
use members::organization_period::{
    ListPeriods, ListTree, OrganizationNode, OrganizationPeriod, OrganizationPeriodPage, OrganizationTreePage,
};

use crate::kept::known;
use crate::page::{DOWN, keyset};
use crate::{Result, Store};

diesel::define_sql_function! {
    /// Where a range begins.
    fn lower(range: Tstzrange) -> Timestamptz;
}

/// Depth first, by name: the way from the root orders the tree, and is the key of its pages. A circle ends at its depth.
const TREE: &str = "
    WITH RECURSIVE tree AS (
        SELECT p.organization_id AS id, p.kind, p.name, p.short_name, p.parent_id, 0 AS depth,
            ARRAY[]::text[] COLLATE \"und-x-icu\" AS way
        FROM organization_period p WHERE p.organization_id = $1 AND p.valid @> $2
        UNION ALL
        SELECT p.organization_id, p.kind, p.name, p.short_name, p.parent_id, tree.depth + 1,
            tree.way || (p.name || ' ' || p.organization_id)
        FROM tree JOIN organization_period p ON p.parent_id = tree.id
        WHERE p.valid @> $2 AND p.status = 'active' AND tree.depth < 20
    )
    SELECT id, kind, name, short_name, parent_id, depth, way FROM tree
    WHERE $3 IS NULL OR way > $3 COLLATE \"und-x-icu\" ORDER BY way LIMIT $4";

#[derive(QueryableByName)]
struct NodeRow {
    #[diesel(sql_type = SqlUuid)]
    id: OrganizationId,
    #[diesel(sql_type = Text)]
    kind: OrganizationKind,
    #[diesel(sql_type = Text)]
    name: OrganizationName,
    #[diesel(sql_type = Nullable<Text>)]
    short_name: Option<ShortName>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    parent_id: Option<OrganizationId>,
    #[diesel(sql_type = Integer)]
    depth: i32,
    #[diesel(sql_type = Array<Text>)]
    way: Vec<String>,
}

impl From<NodeRow> for OrganizationNode {
    fn from(row: NodeRow) -> Self {
        let NodeRow { id, kind, name, short_name, parent_id, depth, .. } = row;
        Self { organization: OrganizationReference { id, kind, name, short_name }, parent_id, depth }
    }
}

impl Store<'_> {
    /// How an organization was described, the latest description first.
    ///
    /// # Errors
    /// There is no such organization; the caller may read its name only; the cursor is not valid for this list.
    pub fn organization_history(&mut self, id: OrganizationId, page: &PageQuery) -> Result<OrganizationPeriodPage> {
        self.organization(id, None)?;
        self.permit(ListPeriods(id))?;
        let begins = lower(organization_period::valid);
        let query = OrganizationPeriod::query().filter(organization_period::organization_id.eq(id)).into_boxed();
        Ok(keyset!(self.reading().0, query, page, DOWN, |it: &OrganizationPeriod| it.valid.from => begins))
    }

    /// An organization and all that stands below it, now or at the end of a past day.
    ///
    /// # Errors
    /// There is no such organization; the caller may read its name only; the cursor is not valid for this list.
    pub fn organization_tree(
        &mut self,
        id: OrganizationId,
        as_of: Option<AsOf>,
        page: &PageQuery,
    ) -> Result<OrganizationTreePage> {
        self.organization(id, as_of)?;
        self.permit(ListTree(id))?;
        let rows: Vec<NodeRow> = diesel::sql_query(TREE)
            .bind::<SqlUuid, _>(id)
            .bind::<Timestamptz, _>(AsOf::or_now(as_of)?)
            .bind::<Nullable<Array<Text>>, _>(page.key::<Vec<String>>()?)
            .bind::<BigInt, _>(page.probe())
            .load(self.reading().0)?;
        Ok(page.cut(rows, |row| row.way.clone()).map(OrganizationNode::from))
    }
}

known!(nothing: ListPeriods, ListTree);
