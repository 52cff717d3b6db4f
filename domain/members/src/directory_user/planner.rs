//! What follows from what a directory says of members: planned over what is known, before anything is written.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use kernel::directory::Directory;
use kernel::{Action as _, Actor, AffiliationId, MemberId, OrganizationId};
use serde_json::{Map, Value, json};

use super::{
    DirectoryUser, DirectoryUserInput, EntryWanted, Field, Known, Move, Placed, Plan, Refused, UserAffiliation, World,
};
use crate::import::Wanted;
use crate::member::{self, Language};
use crate::siren::Siret;

/// Plans what follows from a batch of words, one after the other.
#[derive(Debug)]
pub struct Planner<'a> {
    actor: &'a Actor,
    directory: &'a Directory,
    at: DateTime<Utc>,
    world: World,
    names: HashMap<String, MemberId>,
    keys: HashMap<String, MemberId>,
    touched: HashSet<MemberId>,
    plan: Plan,
}

type Planned<T = MemberId> = Result<T, Refused>;

impl<'a> Planner<'a> {
    /// Begins over what is known.
    #[must_use]
    pub fn new(actor: &'a Actor, directory: &'a Directory, at: DateTime<Utc>, world: World) -> Self {
        let members = || world.members.values();
        let names = members().filter_map(|it| Some((it.listed()?.user_name.key(), it.id))).collect();
        let keys = members().filter_map(|it| Some((it.external_id.as_ref()?.to_string(), it.id))).collect();
        Self { actor, directory, at, world, names, keys, touched: HashSet::new(), plan: Plan::default() }
    }

    /// What is to be written.
    #[must_use]
    pub fn done(self) -> Plan {
        self.plan
    }

    /// The User of a member, as the directory has it.
    ///
    /// # Errors
    /// There is none.
    pub fn user(&self, id: MemberId) -> Planned<DirectoryUser> {
        if self.touched.contains(&id) {
            return Err(Refused::Later);
        }
        let known = self.world.members.get(&id).and_then(|it| it.user(self.actor, self.directory));
        known.ok_or(Refused::NotFound)
    }

    /// The directory says that someone is there.
    ///
    /// # Errors
    /// A name is another's, or the account keeps no members where they work.
    pub fn create(&mut self, new: &DirectoryUserInput) -> Planned {
        let key = new.external_id.as_ref().map(ToString::to_string);
        let by_key = key.as_ref().and_then(|key| self.keys.get(key)).copied();
        let by_name = self.names.get(&new.user_name.key()).copied();
        let by_email = new.email.as_ref().and_then(|it| self.world.emails.get(it)).copied();
        if [by_key, by_name, by_email].into_iter().flatten().any(|it| self.touched.contains(&it)) {
            return Err(Refused::Later);
        }
        let present = |id: &MemberId| self.world.members.get(id).is_some_and(|it| !it.gone);
        let by_key = by_key.filter(present);
        if by_name.is_some() && by_name != by_key {
            return Err(Refused::UserName);
        }
        if let Some(id) = by_key {
            let known = self.world.members.get(&id).ok_or(Refused::NotFound)?;
            let other = known.listed().is_some_and(|it| it.user_name.key() != new.user_name.key());
            return if other { Err(Refused::ExternalId) } else { self.say(id, new) };
        }
        match by_email {
            None => self.begin(new),
            Some(id) => {
                let known = self.world.members.get(&id).ok_or(Refused::Email)?;
                let free = known.listed().is_none() && known.is_kept_by(self.actor);
                if !free {
                    return Err(Refused::Email);
                }
                if known.external_id.is_some() && known.external_id != new.external_id && new.external_id.is_some() {
                    return Err(Refused::ExternalId);
                }
                self.say(id, new)
            }
        }
    }

    /// Someone whom nobody knows.
    fn begin(&mut self, new: &DirectoryUserInput) -> Planned {
        let organization = self.organization(new.siret.as_ref())?.unwrap_or(self.directory.organization);
        self.may_place(organization)?;
        let id = MemberId::fresh();
        let languages = new.languages.clone().unwrap_or_else(|| french().into_iter().collect());
        let fields = Map::from_iter([
            ("given_name".into(), json!(new.given_name)),
            ("usual_name".into(), json!(new.usual_name)),
            ("email".into(), json!(new.email)),
            ("phones".into(), json!(new.phones)),
            ("languages".into(), json!(languages)),
        ]);
        self.plan.members.push(Wanted { id: id.0, seen: None, fields, keys: Vec::new() });
        let fields = Map::from_iter([
            ("position".into(), json!(new.position)),
            ("service".into(), json!(new.service)),
            ("profession".into(), json!(new.profession)),
            ("is_primary".into(), json!(true)),
            ("member_id".into(), json!(id)),
            ("organization_id".into(), json!(organization)),
            ("valid".into(), json!(format!("[{},)", self.at.to_rfc3339()))),
        ]);
        self.plan.affiliations.push(Wanted { id: AffiliationId::fresh().0, seen: None, fields, keys: Vec::new() });
        self.plan.organizations.insert(organization);
        self.enter(id, new);
        if new.external_id.is_some() {
            self.plan.keys.push((id, new.external_id.clone()));
        }
        if !new.active {
            self.plan.moves.push(Move::Suspend(id));
        }
        self.touch(id, new);
        Ok(id)
    }

    /// The directory says all of someone.
    ///
    /// # Errors
    /// There is no such member, a name is another's, or the account keeps no members where they work now.
    pub fn say(&mut self, id: MemberId, new: &DirectoryUserInput) -> Planned {
        if self.touched.contains(&id) {
            return Err(Refused::Later);
        }
        let known = self.world.members.get(&id).filter(|it| !it.gone).ok_or(Refused::NotFound)?.clone();
        let held = |by: Option<&MemberId>| by.is_some_and(|holder| *holder != id);
        if held(self.names.get(&new.user_name.key())) {
            return Err(Refused::UserName);
        }
        if held(new.external_id.as_ref().and_then(|key| self.keys.get(key.as_ref()))) {
            return Err(Refused::ExternalId);
        }
        let moves =
            new.email.is_some() && new.email != known.email && known.lets(self.actor, self.directory, Field::Email);
        if moves && held(new.email.as_ref().and_then(|it| self.world.emails.get(it))) {
            return Err(Refused::Email);
        }
        let place = self.placing(&known, new)?;
        self.describe(&known, new);
        self.settle(&known, new, place);
        let word = said(new);
        let before = known.listed().map(|it| (&it.user_name, it.siret.as_ref(), &it.said));
        if before != Some((&new.user_name, new.siret.as_ref(), &word)) {
            self.enter(id, new);
        }
        if new.external_id != known.external_id && known.lets(self.actor, self.directory, Field::ExternalId) {
            self.plan.keys.push((id, new.external_id.clone()));
        }
        self.touch(id, new);
        Ok(id)
    }

    /// The directory knows someone no more.
    ///
    /// # Errors
    /// There is no such User.
    pub fn remove(&mut self, id: MemberId) -> Planned {
        let user = self.user(id)?;
        let known = self.world.members.get(&id).ok_or(Refused::NotFound)?.clone();
        if user.active {
            self.stop(&known);
        }
        let (user_name, siret, said) = (user.user_name, user.siret, json!({"active": false}));
        self.plan.entries.push(EntryWanted { member: id, user_name, siret, said, removed: true });
        self.touched.insert(id);
        Ok(id)
    }

    /// Where the member is to be placed, if they are not there.
    fn placing(&self, known: &Known, new: &DirectoryUserInput) -> Planned<Option<OrganizationId>> {
        if !new.active && known.listed().is_some() {
            return Ok(None);
        }
        let said = self.organization(new.siret.as_ref())?;
        let target = match (said, known.own()) {
            (Some(said), _) => said,
            (None, Some(_)) => return Ok(None),
            (None, None) if self.adopts(known).is_some() => return Ok(None),
            (None, None) => self.directory.organization,
        };
        if known.affiliations.iter().any(|it| it.organization.id == target) {
            return Ok(None);
        }
        self.may_place(target)?;
        Ok(Some(target))
    }

    /// The main affiliation that the directory keeps from its first word on.
    fn adopts(&self, known: &Known) -> Option<AffiliationId> {
        let main = known.main().filter(|it| !it.own && it.adoptable && self.actor.keeps(it.organization.id));
        main.filter(|_| known.listed().is_none() && known.own().is_none()).map(|it| it.id)
    }

    fn organization(&self, siret: Option<&Siret>) -> Planned<Option<OrganizationId>> {
        siret.map(|siret| self.world.sirets.get(siret).copied().ok_or(Refused::Siret)).transpose()
    }

    /// Whether the account may place someone in an organization now.
    fn may_place(&self, organization: OrganizationId) -> Planned<()> {
        let life = self.world.lives.get(&organization).ok_or(Refused::Place)?;
        let facts = (organization, life.clone());
        member::Create::rule(self.actor, &facts).pass().map_err(|_| Refused::Place)?;
        life.alive().map_err(Refused::Rule)
    }

    /// The fields of the member that the directory may say, where they differ.
    fn describe(&mut self, known: &Known, new: &DirectoryUserInput) {
        let said = [
            (Field::GivenName, json!(known.given_name), json!(new.given_name)),
            (Field::UsualName, json!(known.usual_name), json!(new.usual_name)),
            (Field::Email, json!(known.email), json!(new.email.as_ref().or(known.email.as_ref()))),
            (Field::Phones, json!(known.phones), json!(new.phones)),
            (Field::Languages, json!(known.languages), json!(new.languages.as_ref().unwrap_or(&known.languages))),
        ];
        let fields = self.changed(known, said);
        if !fields.is_empty() {
            self.plan.members.push(Wanted { id: known.id.0, seen: Some(known.version), fields, keys: Vec::new() });
        }
    }

    fn changed<const N: usize>(&self, known: &Known, said: [(Field, Value, Value); N]) -> Map<String, Value> {
        let differs = said
            .into_iter()
            .filter(|(field, before, now)| before != now && known.lets(self.actor, self.directory, *field));
        differs.map(|(field, _, now)| (field.column().to_owned(), now)).collect()
    }

    /// Where the member works, and whether the account may be used.
    fn settle(&mut self, known: &Known, new: &DirectoryUserInput, to: Option<OrganizationId>) {
        if let Some(to) = to {
            let own = known.own().cloned();
            let is_primary = own.as_ref().map_or(known.affiliations.is_empty(), |it| it.is_primary);
            let placed = Placed {
                is_primary,
                position: new.position.clone(),
                service: new.service.clone(),
                profession: new.profession,
            };
            self.plan.organizations.insert(to);
            self.plan.moves.push(Move::Join(known.id, to, placed));
            self.plan.moves.extend(own.map(|it| Move::Leave(it.id)));
        } else if let Some(place) = known.place() {
            // From the first word on, the directory says whether the member works there.
            self.plan.adopted.extend(self.adopts(known));
            let said = [
                (Field::Position, json!(place.position), json!(new.position)),
                (Field::Service, json!(place.service), json!(new.service)),
                (Field::Profession, json!(place.profession), json!(new.profession)),
            ];
            let fields = self.changed(known, said);
            if fields.contains_key("profession") {
                self.plan.requalified.push(known.id);
            }
            if !fields.is_empty() {
                let row = Wanted { id: place.id.0, seen: Some(place.version), fields, keys: Vec::new() };
                self.plan.affiliations.push(row);
            }
        }
        let active = known.suspended_at.is_none();
        if active && !new.active {
            self.stop(known);
        } else if !active && new.active && known.lets(self.actor, self.directory, Field::Active) {
            self.plan.moves.push(Move::Restore(known.id));
        }
    }

    /// The account of someone may not be used: it is suspended if the directory keeps the main affiliation, else the directory
    /// ends its own.
    fn stop(&mut self, known: &Known) {
        let adopted = |it: &UserAffiliation| self.plan.adopted.contains(&it.id);
        match known.main() {
            Some(main) if (main.own || adopted(main)) && self.actor.keeps(main.organization.id) => {
                self.plan.moves.push(Move::Suspend(known.id));
            }
            _ => {
                let own = known.own().filter(|it| self.actor.keeps(it.organization.id));
                self.plan.moves.extend(own.map(|it| Move::Leave(it.id)));
            }
        }
    }

    fn enter(&mut self, member: MemberId, new: &DirectoryUserInput) {
        let (user_name, siret) = (new.user_name.clone(), new.siret.clone());
        self.plan.entries.push(EntryWanted { member, user_name, siret, said: said(new), removed: false });
    }

    /// What others of this batch must know of it.
    fn touch(&mut self, id: MemberId, new: &DirectoryUserInput) {
        self.touched.insert(id);
        self.names.insert(new.user_name.key(), id);
        if let Some(key) = &new.external_id {
            self.keys.insert(key.to_string(), id);
        }
        if let Some(email) = &new.email {
            self.world.emails.insert(email.clone(), id);
        }
    }
}

/// What a directory says, by the names of the fields.
fn said(new: &DirectoryUserInput) -> Value {
    let all = [
        (Field::GivenName, json!(new.given_name)),
        (Field::UsualName, json!(new.usual_name)),
        (Field::Email, json!(new.email)),
        (Field::Phones, json!(new.phones)),
        (Field::Position, json!(new.position)),
        (Field::Service, json!(new.service)),
        (Field::Profession, json!(new.profession)),
    ];
    // What is not said is no word against what others say.
    let said = all.into_iter().filter(|(_, value)| !value.is_null() && *value != json!([]));
    let said = said.map(|(field, value)| (field.column().to_owned(), value));
    Value::Object(said.chain([("active".to_owned(), json!(new.active))]).collect())
}

fn french() -> Option<Language> {
    "fr".parse().ok()
}
