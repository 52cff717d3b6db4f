//! SQL of terms of expertise.

use ::expertise::term::{
    Create, ExpertiseTerm, ExpertiseTermFilter, ExpertiseTermPage, ExpertiseTermPatch, ExpertiseTermView, Read, Retire,
    TermCode, Update, visible,
};
use ::networks::network::NetworkCode;
use diesel::prelude::*;
use diesel::sql_types::{Array, Text, Uuid as SqlUuid};
use kernel::schema::{expertise_term, network};
use kernel::{Actor, ExpertiseTermId, Grant, Label, NetworkId, PageQuery, Refusal, Versions};
use uuid::Uuid;

use crate::error::Meaning;
use crate::kept::{kept, known};
use crate::page::{UP, fold, keyset, like};
use crate::stamps::born;
use crate::{Again, Error, Result, Store};

type Query = expertise_term::BoxedQuery<'static, diesel::pg::Pg>;

diesel::define_sql_function! {
    /// Label and synonyms in one text, with case and accents folded.
    #[sql_name = "app.term_said"]
    fn term_said(label: Text, synonyms: Array<Text>) -> Text;
}
diesel::define_sql_function! {
    /// Takes the one lock under which the tree of terms changes.
    #[sql_name = "app.lock_terms"]
    fn lock_terms() -> diesel::sql_types::Nullable<Text>;
}
diesel::define_sql_function! {
    /// Terms and the active ones below them, a row each.
    #[sql_name = "app.terms_below"]
    fn terms_below(terms: Array<SqlUuid>) -> SqlUuid;
}

const CIRCLE: Label = Label {
    fr: "Le terme indiqué est placé sous le terme à modifier, ou est ce terme lui-même : choisissez-en un autre.",
    en: "The term named is below the term to change, or is this term: choose another one.",
};

fn apply(filter: &ExpertiseTermFilter, actor: &Actor, conn: &mut PgConnection) -> Result<Query> {
    let mut query = expertise_term::table.into_boxed().filter(visible(actor));
    if let Some(words) = &filter.q {
        query = query.filter(term_said(expertise_term::label, expertise_term::synonyms).like(fold(like(words))));
    }
    if let Some(parent) = &filter.parent_code {
        let parent = expertise_term::table.filter(expertise_term::code.eq(parent)).select(expertise_term::id);
        let parent = parent.first::<ExpertiseTermId>(conn).optional()?;
        query = query.filter(expertise_term::parent_id.eq_any(parent));
    }
    if let Some(code) = &filter.network_code {
        // A network hidden from the caller counts as none: else the answer would reveal which terms it is linked to.
        let known = network::table.filter(network::code.eq(code)).filter(::networks::network::visible(actor));
        let known = known.select(network::id).load::<NetworkId>(conn)?;
        query = query.filter(expertise_term::network_ids.overlaps_with(known));
    }
    if let Some(status) = filter.status {
        query = query.filter(expertise_term::status.eq(status));
    }
    Ok(query)
}

impl Store<'_> {
    /// The terms that the caller may see, by label.
    ///
    /// # Errors
    /// The cursor was not made by this service, or belongs to another list.
    pub fn expertise_terms(&mut self, filter: &ExpertiseTermFilter, page: &PageQuery) -> Result<ExpertiseTermPage> {
        let (conn, actor) = self.reading();
        let query = apply(filter, actor, conn)?.select(ExpertiseTerm::as_select());
        let key = |it: &ExpertiseTerm| (it.label.clone(), it.id);
        let found = keyset!(conn, query, page, UP, key => expertise_term::label, expertise_term::id);
        Ok(found.map(|it| self.shown_term(it)))
    }

    /// One term.
    ///
    /// # Errors
    /// There is none, or the caller may not see it.
    pub fn expertise_term(&mut self, code: &TermCode) -> Result<ExpertiseTermView> {
        let facts = self.permit(Read(code.clone()))?;
        Ok(self.shown_term(facts))
    }

    fn shown_term(&self, it: ExpertiseTerm) -> ExpertiseTermView {
        self.seen(it.known_to(self.actor()))
    }

    /// Records the term that was granted.
    ///
    /// # Errors
    /// Its code is taken; the wider term or a network does not exist.
    pub fn create_expertise_term(&mut self, grant: Grant<Create>) -> Result<ExpertiseTermView> {
        let created = self.write(grant, |writer, actor, Create(new), ()| {
            diesel::select(lock_terms()).execute(writer.conn)?;
            let parent = new.parent_code.as_ref().map(|code| parent(code, writer.conn)).transpose()?;
            let networks = linked(&new.network_codes, actor, writer.conn)?;
            let place = (expertise_term::parent_id.eq(parent), expertise_term::network_ids.eq(networks));
            let id = expertise_term::id.eq(ExpertiseTermId::fresh());
            writer.create((new, id, place, born!(expertise_term, writer)))
        })?;
        Ok(self.shown_term(created))
    }

    /// Changes the term that was granted.
    ///
    /// # Errors
    /// It changed since the caller saw it; the wider term stands below it; that or a network does not exist.
    pub fn update_expertise_term(
        &mut self,
        grant: Grant<Update>,
        seen: Versions,
        patch: ExpertiseTermPatch,
    ) -> Result<ExpertiseTermView> {
        let changed = self.write_on(grant, seen, |writer, actor, _, before| {
            let parent = match &patch.parent_code {
                Some(Some(code)) => Some(Some(parent_of(before.id, code, writer.conn)?)),
                Some(None) => Some(None),
                None => None,
            };
            let networks = patch.network_codes.as_ref();
            let networks = networks.map(|codes| linked(codes, actor, writer.conn)).transpose()?;
            let place = (
                parent.map(|parent| expertise_term::parent_id.eq(parent)),
                networks.map(|networks| expertise_term::network_ids.eq(networks)),
            );
            writer.change(&before, (patch, place))
        })?;
        Ok(self.shown_term(changed))
    }

    /// Retires the term that was granted.
    ///
    /// # Errors
    /// It changed since the caller saw it; terms in use stand below it.
    pub fn retire_expertise_term(&mut self, grant: Grant<Retire>, seen: Versions) -> Result<ExpertiseTermView> {
        let retired = self.write_on(grant, seen, |writer, _, _, before| {
            diesel::select(lock_terms()).execute(writer.conn)?;
            let below = expertise_term::table.filter(expertise_term::parent_id.eq(before.id));
            let below = below.filter(expertise_term::retired_at.is_null());
            if diesel::select(diesel::dsl::exists(below)).get_result::<bool>(writer.conn)? {
                return Err(Refusal::NotEmpty.into());
            }
            writer.end(&before, expertise_term::retired_at.eq(writer.at))
        })?;
        Ok(self.shown_term(retired))
    }
}

/// The active term with this code.
pub(super) fn in_use(code: &TermCode, conn: &mut PgConnection) -> Result<Option<ExpertiseTermId>> {
    let found = expertise_term::table.filter(expertise_term::code.eq(code));
    let found = found.filter(expertise_term::retired_at.is_null()).select(expertise_term::id);
    Ok(found.first(conn).optional()?)
}

fn parent(code: &TermCode, conn: &mut PgConnection) -> Result<ExpertiseTermId> {
    in_use(code, conn)?.ok_or(Error::Dangling("/parent_code"))
}

/// A wider term for one that exists: not itself, and none of those below it.
fn parent_of(id: ExpertiseTermId, code: &TermCode, conn: &mut PgConnection) -> Result<ExpertiseTermId> {
    diesel::select(lock_terms()).execute(conn)?;
    let parent = parent(code, conn)?;
    let below: Vec<ExpertiseTermId> = diesel::select(terms_below(vec![id])).load(conn)?;
    if below.contains(&parent) { Err(Refusal::Invalid("/parent_code", CIRCLE).into()) } else { Ok(parent) }
}

/// The networks of these codes, of those that the caller may know of.
fn linked(codes: &[NetworkCode], actor: &Actor, conn: &mut PgConnection) -> Result<Vec<NetworkId>> {
    let found = network::table.filter(network::code.eq_any(codes)).filter(::networks::network::visible(actor));
    let found: Vec<(NetworkId, NetworkCode)> =
        found.order(network::code).select((network::id, network::code)).load(conn)?;
    let unknown = codes.iter().enumerate().filter(|(_, code)| !found.iter().any(|(_, known)| known == *code));
    let unknown: Vec<String> = unknown.map(|(place, _)| format!("/network_codes/{place}")).collect();
    if unknown.is_empty() { Ok(found.into_iter().map(|(id, _)| id).collect()) } else { Err(Error::DanglingAt(unknown)) }
}

fn find(code: &TermCode, conn: &mut PgConnection) -> Result<ExpertiseTerm> {
    let row = expertise_term::table.filter(expertise_term::code.eq(code)).select(ExpertiseTerm::as_select());
    Ok(row.first(conn).optional()?.ok_or(Refusal::NotFound)?)
}

fn locked(code: &TermCode, conn: &mut PgConnection) -> Result<ExpertiseTerm> {
    let row = expertise_term::table.filter(expertise_term::code.eq(code)).select(ExpertiseTerm::as_select());
    Ok(row.for_no_key_update().first(conn).optional()?.ok_or(Refusal::NotFound)?)
}

impl Again for ExpertiseTermView {
    fn about(&self) -> Uuid {
        self.noun.id.0
    }

    fn again(store: &mut Store<'_>, about: Uuid) -> Result<Self> {
        let code = expertise_term::table.find(ExpertiseTermId(about)).select(expertise_term::code);
        let code = code.first(store.reading().0).optional()?;
        store.expertise_term(&code.ok_or(Refusal::NotFound)?)
    }
}

known!(it, conn => find(&it.0, conn); Read);

known!(nothing: Create);

known!(it, conn => locked(&it.0, conn); Update, Retire);

kept!(ExpertiseTerm: expertise_term {
    fn of_key(key: &str, conn: &mut PgConnection) -> Result<Option<Self>> {
        Ok(ExpertiseTerm::query().filter(expertise_term::code.eq(key)).first(conn).optional()?)
    }

    const CONSTRAINTS: &'static [(&'static str, Meaning)] = &[
        ("expertise_term_code_key", || Error::Taken("/code")),
    ];
});
