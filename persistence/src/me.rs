//! The names of what the caller holds, beside its identifiers.

use std::collections::HashMap;

use ::networks::network::{NetworkCode, NetworkName};
use diesel::prelude::*;
use kernel::directory::OrganizationReference;
use kernel::schema::{member, network, organization, service_account};
use kernel::{NetworkId, OrganizationId};

use crate::{Result, Store};

/// The caller's own name, and the names of the organizations and networks in which they hold something.
#[derive(Debug, Default)]
pub struct MyNames {
    /// Name of the caller, as people read it.
    pub display_name: Option<String>,
    /// Organizations of affiliations and roles.
    pub organizations: HashMap<OrganizationId, OrganizationReference>,
    /// Networks of seats.
    pub networks: HashMap<NetworkId, (NetworkCode, NetworkName)>,
}

impl Store<'_> {
    /// The names of what the caller holds.
    ///
    /// # Errors
    /// The database failed.
    pub fn my_names(&mut self) -> Result<MyNames> {
        let (conn, actor) = self.reading();
        let roles = |it: &kernel::Standing| it.roles.iter().filter_map(|role| role.organization_id).collect::<Vec<_>>();
        let places = actor.standings.iter().flat_map(|it| std::iter::once(it.organization_id).chain(roles(it)));
        let places = organization::table.filter(organization::id.eq_any(places.collect::<Vec<_>>()));
        let places: Vec<OrganizationReference> = places.select(OrganizationReference::as_select()).load(conn)?;
        let sits = network::table.filter(network::id.eq_any(actor.networks().collect::<Vec<_>>()));
        let sits = sits.select((network::id, (network::code, network::name)));
        let networks = sits.load::<(NetworkId, (NetworkCode, NetworkName))>(conn)?.into_iter().collect();
        let display_name = match actor.member() {
            Some(id) => member::table.find(id).select(member::display_name).first(conn).optional()?,
            None => service_account::table.find(actor.id).select(service_account::name).first(conn).optional()?,
        };
        Ok(MyNames { display_name, organizations: places.into_iter().map(|it| (it.id, it)).collect(), networks })
    }
}
