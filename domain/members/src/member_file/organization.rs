//! Which organization a cell means: by SIRET, by identifier, else by name, short name or other name.

use std::collections::{HashMap, HashSet};

use kernel::OrganizationId;
use kernel::text::fold;
use uuid::Uuid;

/// All organizations, by everything that may name them in a cell.
#[derive(Debug, Clone, Default)]
pub struct Organizations {
    sirets: HashMap<String, Vec<OrganizationId>>,
    ids: HashMap<Uuid, OrganizationId>,
    /// By full name, by short name, by other name: a match by full name wins over the others.
    names: [HashMap<String, Vec<OrganizationId>>; 3],
    closed: HashSet<OrganizationId>,
}

impl Organizations {
    /// Adds an organization with its names: the full one, the short one, the others.
    pub fn add(&mut self, id: OrganizationId, names: [&[&str]; 3], sirets: &[&str], open: bool) {
        self.ids.insert(id.0, id);
        for siret in sirets {
            self.sirets.entry((*siret).to_owned()).or_default().push(id);
        }
        for (index, names) in self.names.iter_mut().zip(names) {
            for name in names {
                index.entry(fold(name)).or_default().push(id);
            }
        }
        if !open {
            self.closed.insert(id);
        }
    }

    /// Adds the identifier of a record of the State directory.
    pub fn add_record(&mut self, record: Uuid, id: OrganizationId) {
        self.ids.insert(record, id);
    }

    /// The organization that a cell means.
    ///
    /// # Errors
    /// No organization, several, or a closed one: the message is in French.
    pub(super) fn find(&self, said: &str) -> Result<OrganizationId, String> {
        let digits: String = said.split_whitespace().collect();
        if let Some(found) = self.sirets.get(&digits) {
            return self.only(found);
        }
        if let Some(found) = said.parse().ok().and_then(|id: Uuid| self.ids.get(&id)) {
            return self.only(&[*found]);
        }
        let name = fold(said);
        let found = self.names.iter().find_map(|index| index.get(&name));
        found.map_or_else(|| Err("organisation inconnue".into()), |found| self.only(found))
    }

    fn only(&self, found: &[OrganizationId]) -> Result<OrganizationId, String> {
        let mut open: Vec<_> = found.iter().filter(|id| !self.closed.contains(id)).collect();
        open.dedup();
        match open[..] {
            [one] => Ok(*one),
            [] => Err("organisation fermée ou remplacée".into()),
            _ => Err(format!("{} organisations portent ce nom : donnez le SIRET ou l’identifiant", open.len())),
        }
    }
}
