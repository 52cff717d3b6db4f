//! Organizations as other objects refer to them: whether they are active, and which organizations went into them.

use diesel::prelude::*;
use kernel::OrganizationId;
use kernel::directory::OrganizationLife;
use kernel::schema::organization;

use crate::Result;

/// Status and successors of an organization that another object will refer to, locked until the end of the transaction.
pub(crate) fn resting_on(conn: &mut PgConnection, id: OrganizationId) -> Result<Option<OrganizationLife>> {
    let life = organization::table.find(id).select(OrganizationLife::as_select());
    Ok(life.for_share().first(conn).optional()?)
}

diesel::define_sql_function! {
    #[sql_name = "app.predecessors"]
    fn predecessors(
        successors: diesel::sql_types::Array<diesel::sql_types::Uuid>,
    ) -> diesel::sql_types::Array<diesel::sql_types::Uuid>;
}

/// Organizations, and those that went into them, however long ago.
pub(crate) fn with_predecessors(
    conn: &mut PgConnection,
    mut organizations: Vec<OrganizationId>,
) -> Result<Vec<OrganizationId>> {
    let before: Vec<OrganizationId> = diesel::select(predecessors(&organizations)).get_result(conn)?;
    organizations.extend(before);
    Ok(organizations)
}
