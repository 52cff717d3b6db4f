//! SQL of search: bounded candidates, exact words first and near ones only when there are too few; `Wanted` ranks them.

mod member;
mod organization;

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::{Array, Text};
use kernel::acronym::undotted;
use kernel::directory::OrganizationKind;
use kernel::schema::search_word;
use kernel::{Facet, FacetValue, MemberId, OrganizationId, Several, Shown};
use members::contact::Email;
use members::organization::OrganizationView;
use members::search::{
    COUNTED, NameKind, Search, SearchFacet, SearchHit, SearchHits, SearchType, Suggest, Suggestion, Suggestions, Wanted,
};
use uuid::Uuid;

use crate::{Result, Store};

/// Maximum number of known words near another one that are looked at.
const NEIGHBOURS: i64 = 500;
/// If fewer are found as typed, near spellings are looked for too.
const ENOUGH: usize = 5;
/// From this score on, an answer is what was typed: no other spelling is looked for.
const AS_TYPED: f64 = 0.99;

/// A possible answer: an object, and one of its names.
#[derive(Debug, Queryable)]
struct Candidate {
    id: Uuid,
    text: String,
    kind: NameKind,
}

/// An answer.
#[derive(Debug)]
struct Found {
    of: SearchType,
    id: Uuid,
    score: f64,
    text: String,
}

/// The ways to one kind of object, each from what this caller may see and match.
trait Findable {
    const TYPE: SearchType;
    /// How many candidates one question brings at most.
    const MOST: i64;

    /// Those whose name begins with all that is looked for, in order.
    fn begun(store: &mut Store<'_>, wanted: &Wanted, rows: i64) -> Result<Vec<Candidate>>;
    /// Those that an expression over words fits (tsquery).
    fn worded(store: &mut Store<'_>, words: &str, rows: i64) -> Result<Vec<Candidate>>;
}

diesel::define_sql_function! {
    /// Text as search compares it.
    #[sql_name = "app.search_text"]
    fn search_text(said: Text) -> Text;
}
diesel::define_sql_function! {
    /// The same without little words.
    #[sql_name = "app.search_terms"]
    fn search_terms(said: Text) -> Text;
}

fn kind_of(it: &OrganizationView) -> OrganizationKind {
    match it {
        Shown::Full(it) => it.noun.kind,
        Shown::Name(it) => it.kind,
    }
}

/// How often each value occurs, the most frequent first.
fn tallied(field: &str, list: &str, values: impl Iterator<Item = String>) -> Facet {
    let mut counts: BTreeMap<String, i64> = BTreeMap::new();
    for value in values {
        *counts.entry(value).or_default() += 1;
    }
    let mut values: Vec<_> =
        counts.into_iter().map(|(value, count)| FacetValue { value, label: None, count }).collect();
    values.sort_by_key(|it| -it.count);
    Facet { field: field.to_owned(), list: Some(list.to_owned()), values }
}

impl Store<'_> {
    /// What fits best of what the caller may see, found only by what the caller may see of it.
    ///
    /// # Errors
    /// The database failed.
    pub fn search(&mut self, search: &Search) -> Result<SearchHits> {
        let rows = search.limit.rows();
        let all = search.facets.is_empty() && search.organization_kind.is_none();
        let mut found = self.find(search, if all { rows } else { COUNTED })?;
        if let Some(kind) = search.organization_kind {
            let (organizations, _) = ids(&found);
            let mut kinds = self.organizations_found(&organizations)?;
            kinds.retain(|_, it| kind_of(it) == kind);
            found.retain(|it| it.of == SearchType::Organization && kinds.contains_key(&OrganizationId(it.id)));
        }
        let facets = self.counted_by(&search.facets, &found)?;
        found.truncate(rows);
        let (organizations, members) = ids(&found);
        let mut organizations = self.organizations_found(&organizations)?;
        let mut members = self.members_found(&members)?;
        let hits = found.into_iter().filter_map(|Found { of, id, score, .. }| {
            let (organization, member) = match of {
                SearchType::Organization => (Some(organizations.remove(&OrganizationId(id))?), None),
                SearchType::Member => (None, Some(members.remove(&MemberId(id))?)),
            };
            Some(SearchHit { r#type: of, score: (score * 1000.0).round() / 1000.0, organization, member })
        });
        Ok(SearchHits { items: hits.collect(), facets })
    }

    /// The same, as short lines to choose from.
    ///
    /// # Errors
    /// The database failed.
    pub fn suggest(&mut self, search: Suggest) -> Result<Suggestions> {
        let search = &Search::from(search);
        let found = self.find(search, search.limit.rows())?;
        let (organizations, members) = ids(&found);
        let mut organizations = self.organizations_suggested(&organizations)?;
        let mut members = self.members_suggested(&members)?;
        let lines = found.into_iter().filter_map(|Found { of, id, .. }| {
            let (label, detail) = match of {
                SearchType::Organization => organizations.remove(&OrganizationId(id))?,
                SearchType::Member => members.remove(&MemberId(id))?,
            };
            Some(Suggestion { r#type: of, id, label, detail })
        });
        Ok(Suggestions { items: lines.collect() })
    }

    fn find(&mut self, search: &Search, rows: usize) -> Result<Vec<Found>> {
        if let Ok(email) = search.q.as_ref().parse::<Email>() {
            let of_member = search.wants(SearchType::Member);
            return if of_member { self.member_with(&email) } else { Ok(Vec::new()) };
        }
        let said = undotted(search.q.as_ref());
        let folded = diesel::select((search_text(&said), search_terms(&said)));
        let (text, terms) = folded.get_result::<(String, String)>(self.reading().0)?;
        let wanted = Wanted::new(text, &terms);
        if wanted.terms.is_empty() {
            return Ok(Vec::new());
        }
        let mut found = self.each(search, |store, of| match of {
            SearchType::Organization => store.as_typed::<organization::Names>(&wanted, rows),
            SearchType::Member => store.as_typed::<member::Names>(&wanted, rows),
        })?;
        if found.len() < ENOUGH && found.iter().all(|it| it.score < AS_TYPED) {
            found.extend(self.each(search, |store, of| match of {
                SearchType::Organization => store.nearly::<organization::Names>(&wanted),
                SearchType::Member => store.nearly::<member::Names>(&wanted),
            })?);
        }
        Ok(best(found, rows))
    }

    /// How many of what was found have each value of the fields that were asked for.
    fn counted_by(&mut self, asked: &Several<SearchFacet>, found: &[Found]) -> Result<Option<Vec<Facet>>> {
        if asked.is_empty() {
            return Ok(None);
        }
        let mut facets = Vec::new();
        if asked.has(&SearchFacet::Type) {
            facets.push(tallied("type", "SearchType", found.iter().map(|it| it.of.code().to_owned())));
        }
        if asked.has(&SearchFacet::OrganizationKind) {
            let (ids, _) = ids(found);
            let kinds = self.organizations_found(&ids)?.into_values().map(|it| kind_of(&it));
            facets.push(tallied("organization_kind", "OrganizationKind", kinds.map(|kind| kind.code().to_owned())));
        }
        Ok(Some(facets))
    }

    fn each(
        &mut self,
        search: &Search,
        mut find: impl FnMut(&mut Self, SearchType) -> Result<Vec<Found>>,
    ) -> Result<Vec<Found>> {
        let mut all = Vec::new();
        for of in SearchType::ALL.iter().filter(|of| search.wants(**of)) {
            all.extend(find(self, *of)?);
        }
        Ok(all)
    }

    /// Names that begin so; if they are few, those that hold each word.
    fn as_typed<F: Findable>(&mut self, wanted: &Wanted, rows: usize) -> Result<Vec<Found>> {
        let ask = i64::try_from(rows * 4).unwrap_or(F::MOST);
        let mut found = fitting::<F>(wanted, F::begun(self, wanted, ask)?);
        if found.len() < rows {
            // Members who share one word fit all the same.
            let alike = F::TYPE == SearchType::Member && wanted.terms.len() == 1;
            let ask = if alike { ask } else { F::MOST };
            let words: Vec<String> = self.words(wanted, F::TYPE)?.into_iter().map(|(_, word)| word).collect();
            found.extend(fitting::<F>(wanted, F::worded(self, &words.join(" & "), ask)?));
        }
        Ok(found)
    }

    /// Names that hold each word or one near it; if there is none, all words but one.
    fn nearly<F: Findable>(&mut self, wanted: &Wanted) -> Result<Vec<Found>> {
        let spellings = self.spellings(wanted, F::TYPE)?;
        let whole = F::worded(self, &spellings.join(" & "), F::MOST)?;
        let found = fitting::<F>(wanted, whole);
        if !found.is_empty() || spellings.len() < 3 {
            return Ok(found);
        }
        let but_one = |left_out: usize| {
            let kept = spellings.iter().enumerate().filter(|(at, _)| *at != left_out).map(|(_, it)| it.as_str());
            format!("({})", kept.collect::<Vec<_>>().join(" & "))
        };
        let parts = (0..spellings.len()).map(but_one).collect::<Vec<_>>().join(" | ");
        Ok(fitting::<F>(wanted, F::worded(self, &parts, F::MOST)?))
    }

    /// Each word looked for, and how an index finds it: whole or begun.
    ///
    /// Members are too many for all that begins like a few letters, or like a frequent name: the words that tell most are
    /// looked for, those that are known whole; the ranking looks at all.
    fn words<'a>(&mut self, wanted: &'a Wanted, of: SearchType) -> Result<Vec<(&'a str, String)>> {
        let begun = |term: &'a String| (term.as_str(), format!("{}:*", lexeme(term)));
        if of == SearchType::Organization {
            return Ok(wanted.terms.iter().map(begun).collect());
        }
        let known = search_word::table.filter(search_word::noun.eq(of).and(search_word::word.eq_any(&wanted.terms)));
        let known: Vec<String> = known.select(search_word::word).load(self.reading().0)?;
        let whole = |term: &'a String| (term.as_str(), lexeme(term));
        let telling = wanted.telling(&known).into_iter();
        let words: Vec<_> = telling.map(|term| if known.contains(term) { whole(term) } else { begun(term) }).collect();
        Ok(if words.is_empty() { wanted.terms.iter().map(whole).collect() } else { words })
    }

    /// Each word looked for, or any of those it may have been meant to be.
    fn spellings(&mut self, wanted: &Wanted, of: SearchType) -> Result<Vec<String>> {
        let words = self.words(wanted, of)?;
        // The type stands in the text of the query, so that its partial index is used.
        let near = format!(
            "SELECT t.term, w.word FROM unnest($1) t (term), LATERAL (SELECT word FROM search_word
                WHERE noun = '{}' AND app.search_deletes(word) && app.search_deletes(t.term) LIMIT {NEIGHBOURS}) w",
            of.code()
        );
        let terms: Vec<&str> = words.iter().map(|(term, _)| *term).collect();
        let near: Vec<Spelling> = diesel::sql_query(near).bind::<Array<Text>, _>(terms).load(self.reading().0)?;
        let either = |(term, word): (&str, String)| {
            let known = near.iter().filter(|it| it.term == term).map(|it| it.word.clone()).collect();
            let near = Wanted::nearest(term, known).into_iter().map(|word| lexeme(&word));
            format!("({})", std::iter::once(word).chain(near).collect::<Vec<_>>().join(" | "))
        };
        Ok(words.into_iter().map(either).collect())
    }
}

/// A known word near one looked for.
#[derive(Debug, QueryableByName)]
struct Spelling {
    #[diesel(sql_type = Text)]
    term: String,
    #[diesel(sql_type = Text)]
    word: String,
}

/// A word as a tsquery takes it, whatever it holds.
fn lexeme(word: &str) -> String {
    format!("'{}'", word.replace('\\', r"\\").replace('\'', "''"))
}

fn fitting<F: Findable>(wanted: &Wanted, candidates: Vec<Candidate>) -> Vec<Found> {
    let fits =
        |Candidate { id, text, kind }| wanted.fits(&text, kind).map(|score| Found { of: F::TYPE, id, score, text });
    candidates.into_iter().filter_map(fits).collect()
}

/// The best of each object, the best first; those alike by name.
fn best(mut found: Vec<Found>, rows: usize) -> Vec<Found> {
    found.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| (&a.text, a.id).cmp(&(&b.text, b.id))));
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|it| seen.insert(it.id));
    found.truncate(rows);
    found
}

fn ids(found: &[Found]) -> (Vec<OrganizationId>, Vec<MemberId>) {
    let (organizations, members): (Vec<_>, Vec<_>) = found.iter().partition(|it| it.of == SearchType::Organization);
    (
        organizations.into_iter().map(|it| OrganizationId(it.id)).collect(),
        members.into_iter().map(|it| MemberId(it.id)).collect(),
    )
}
