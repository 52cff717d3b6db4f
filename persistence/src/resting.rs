//! What others rest on an organization for: that it lives, and what went into it.

use diesel::prelude::*;
use kernel::OrganizationId;
use kernel::directory::OrganizationLife;
use kernel::schema::organization;

use crate::Result;

/// The life of an organization that others will rest on, kept as it is until the end of the transaction.
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
