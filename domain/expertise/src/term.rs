//! Term of expertise (compétence métier): what a communicator may master, in a tree.

mod rules;

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use kernel::patch::{clearable, replaceable};
use kernel::schema::expertise_term;
use kernel::{Actor, ExpertiseTermId, Noun, Offer, Page, PrincipalId, SearchWords, Seen, Version, codes, text};
use networks::network::NetworkCode;
pub use rules::{Create, Read, Retire, Update, visible};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::linked_network::LinkedNetworks;

text!(
    /// The stable code of a term of expertise, which stands in its address.
    TermCode, 2..=60, Code
);
text!(
    /// What a term of expertise is called.
    TermLabel, 1..=120, Line
);
text!(
    /// Another way to say a term of expertise.
    Synonym, 1..=120, Line
);

impl kernel::policy::Target for TermCode {
    fn key(&self) -> Option<String> {
        Some(self.to_string())
    }
}

codes! {
    /// Whether a term of expertise may still be chosen.
    TermStatus {
        Active = "active" ("en usage", "in use"),
        Retired = "retired" ("retiré", "retired"),
    }
}

/// SQL functions that a term's queries call.
mod sql {
    use diesel::sql_types::{Array, Nullable, Uuid};

    diesel::define_sql_function! {
        #[sql_name = "app.term_code"]
        fn term_code(term: Nullable<Uuid>) -> Nullable<Text>;
    }
    diesel::define_sql_function! {
        #[sql_name = "app.linked_networks"]
        fn linked_networks(networks: Array<Uuid>) -> Jsonb;
    }
}

/// What a communicator may master.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema, HasQuery)]
#[diesel(table_name = expertise_term, check_for_backend(Pg))]
pub struct ExpertiseTerm {
    /// Its identifier.
    pub id: ExpertiseTermId,
    /// Its stable code.
    pub code: TermCode,
    /// What it is called, in French.
    pub label: TermLabel,
    /// What it is called, in English.
    pub label_en: Option<TermLabel>,
    /// Other ways to say it.
    #[schema(max_items = 20)]
    pub synonyms: Vec<Synonym>,
    /// The wider term.
    #[diesel(select_expression = sql::term_code(expertise_term::parent_id))]
    pub parent_code: Option<TermCode>,
    /// The networks that it belongs to, of those that the caller may know of.
    #[diesel(select_expression = sql::linked_networks(expertise_term::network_ids))]
    pub network_codes: LinkedNetworks,
    /// Whether it may still be chosen.
    pub status: TermStatus,
    /// When it was retired.
    pub retired_at: Option<DateTime<Utc>>,
    /// Grows at each change.
    pub version: Version,
    /// When it was recorded.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// Who recorded it.
    pub created_by: PrincipalId,
    /// Who last changed it.
    pub updated_by: PrincipalId,
}

impl ExpertiseTerm {
    /// The term as a caller may know it: without the networks that are hidden from him.
    #[must_use]
    pub fn known_to(self, actor: &Actor) -> Self {
        Self { network_codes: self.network_codes.known_to(actor), ..self }
    }
}

/// A term of expertise by its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema, HasQuery)]
#[diesel(table_name = expertise_term, check_for_backend(Pg))]
pub struct ExpertiseTermReference {
    /// Its stable code.
    pub code: TermCode,
    /// What it is called, in French.
    pub label: TermLabel,
}

/// A term of expertise to record.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema, Insertable)]
#[diesel(table_name = expertise_term, treat_none_as_default_value = false)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"code": "podcast-natif", "label": "Podcast natif", "label_en": "Native podcasts", "synonyms": ["baladodiffusion"], "network_codes": ["edito"]}))]
pub struct ExpertiseTermInput {
    /// Its stable code; it never changes.
    pub code: TermCode,
    /// What it is called, in French.
    pub label: TermLabel,
    /// What it is called, in English.
    pub label_en: Option<TermLabel>,
    /// Other ways to say it.
    #[serde(default)]
    #[validate(length(max = 20))]
    #[schema(max_items = 20)]
    pub synonyms: Vec<Synonym>,
    /// The wider term.
    #[diesel(skip_insertion)]
    pub parent_code: Option<TermCode>,
    /// The networks that it belongs to.
    #[serde(default)]
    #[validate(length(max = 20))]
    #[schema(max_items = 20)]
    #[diesel(skip_insertion)]
    pub network_codes: Vec<NetworkCode>,
}

/// What to change of a term: absent keeps, `null` clears.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema, AsChangeset)]
#[diesel(table_name = expertise_term)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"synonyms": ["bot vocal", "callbot"], "parent_code": null}))]
pub struct ExpertiseTermPatch {
    /// What it is called, in French.
    #[serde(default, deserialize_with = "replaceable")]
    pub label: Option<TermLabel>,
    /// What it is called, in English.
    #[serde(default, deserialize_with = "clearable")]
    pub label_en: Option<Option<TermLabel>>,
    /// Other ways to say it.
    #[serde(default, deserialize_with = "replaceable")]
    #[validate(length(max = 20))]
    #[schema(max_items = 20)]
    pub synonyms: Option<Vec<Synonym>>,
    /// The wider term; none that stands below this one.
    #[serde(default, deserialize_with = "clearable")]
    #[diesel(skip_update)]
    pub parent_code: Option<Option<TermCode>>,
    /// The networks that it belongs to.
    #[serde(default, deserialize_with = "replaceable")]
    #[validate(length(max = 20))]
    #[schema(max_items = 20)]
    #[diesel(skip_update)]
    pub network_codes: Option<Vec<NetworkCode>>,
}

/// Which terms of the list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ExpertiseTermFilter {
    /// Words of the label or of a synonym, whatever their case and accents.
    #[param(inline)]
    pub q: Option<SearchWords>,
    /// Just below this term.
    #[param(inline)]
    pub parent_code: Option<TermCode>,
    /// Of this network, if the caller may know of it.
    #[param(inline)]
    pub network_code: Option<NetworkCode>,
    /// Whether it may still be chosen; all, unless asked.
    pub status: Option<TermStatus>,
}

/// A term as the caller sees it.
pub type ExpertiseTermView = Seen<ExpertiseTerm>;
/// A page of terms.
pub type ExpertiseTermPage = Page<ExpertiseTermView>;

impl Noun for ExpertiseTerm {
    const NAME: &'static str = "expertise_term";
    const COLLECTION: &'static str = "expertise-terms";
    const OFFERS: &'static [Offer<Self>] = &[Offer::of::<Read>(), Offer::of::<Update>(), Offer::of::<Retire>()];

    kernel::versioned!();

    fn key(&self) -> String {
        self.code.to_string()
    }
}
