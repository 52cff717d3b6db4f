//! Terms of expertise (compétences métier): the subjects that members may master, in a tree.

mod rules;

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::Text;
use kernel::named::MaybeNamed;
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
    /// Code of a term of expertise: lower-case letters, digits and hyphens. It never changes, and stands in the address
    /// of the term.
    TermCode, 2..=60, Code
);
text!(
    /// Label of a term of expertise.
    TermLabel, 1..=120, Line
);
text!(
    /// Other name of a term of expertise.
    Synonym, 1..=120, Line
);

impl kernel::policy::Target for TermCode {
    fn key(&self) -> Option<String> {
        Some(self.to_string())
    }
}

codes! {
    /// Status of a term of expertise.
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

/// A term of expertise by its label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TermReference {
    /// Code of the term.
    pub code: TermCode,
    /// Label of the term in French.
    pub label: TermLabel,
}

kernel::referred!(
    TermReference { code: TermCode as Text, label: TermLabel as Text },
    "SELECT ROW(it.code, it.label) FROM expertise_term it WHERE it.id",
    " ORDER BY it.code"
);

/// Term of expertise (compétence métier): a subject that members may master. Terms form a tree.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema, HasQuery)]
#[diesel(table_name = expertise_term, check_for_backend(Pg))]
pub struct ExpertiseTerm {
    /// Identifier of the term.
    pub id: ExpertiseTermId,
    /// Code of the term. It never changes.
    pub code: TermCode,
    /// Label of the term in French.
    pub label: TermLabel,
    /// Label of the term in English. Absent if there is none.
    pub label_en: Option<TermLabel>,
    /// Other names of the term, by which it is found. Empty if there are none.
    #[schema(max_items = 20)]
    pub synonyms: Vec<Synonym>,
    /// Code of the wider term just above it. Absent at the top of the tree.
    #[diesel(select_expression = sql::term_code(expertise_term::parent_id))]
    pub parent_code: Option<TermCode>,
    /// That term, by its label. Absent: as for `parent_code`.
    #[diesel(select_expression = MaybeNamed::default(), select_expression_type = MaybeNamed<TermReference, expertise_term::parent_id>)]
    pub parent: Option<TermReference>,
    /// Codes of the networks that the term belongs to, among those that the caller may know of.
    #[diesel(select_expression = sql::linked_networks(expertise_term::network_ids))]
    pub network_codes: LinkedNetworks,
    /// Whether members may still choose the term.
    pub status: TermStatus,
    /// When the term was retired (UTC). Absent while it is active.
    pub retired_at: Option<DateTime<Utc>>,
    /// Version of the term: 1 when it is created, one more with each change.
    pub version: Version,
    /// When the term was recorded (UTC).
    pub created_at: DateTime<Utc>,
    /// When the term last changed (UTC).
    pub updated_at: DateTime<Utc>,
    /// Identifier of the principal who recorded it (a member, a service account or the system).
    pub created_by: PrincipalId,
    /// Identifier of the principal who last changed it (a member, a service account or the system).
    pub updated_by: PrincipalId,
}

impl ExpertiseTerm {
    /// The term as a caller may know it: without the networks that are hidden from the caller.
    #[must_use]
    pub fn known_to(self, actor: &Actor) -> Self {
        Self { network_codes: self.network_codes.known_to(actor), ..self }
    }
}

/// A term of expertise by code and label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema, HasQuery)]
#[diesel(table_name = expertise_term, check_for_backend(Pg))]
pub struct ExpertiseTermReference {
    /// Code of the term.
    pub code: TermCode,
    /// Label of the term in French.
    pub label: TermLabel,
}

/// A term of expertise to create.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema, Insertable)]
#[diesel(table_name = expertise_term, treat_none_as_default_value = false)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"code": "podcast-natif", "label": "Podcast natif", "label_en": "Native podcasts", "synonyms": ["baladodiffusion"], "network_codes": ["edito"]}))]
pub struct ExpertiseTermInput {
    /// Code of the term. It cannot be changed later.
    pub code: TermCode,
    /// Label of the term in French.
    pub label: TermLabel,
    /// Label of the term in English. Absent: none.
    pub label_en: Option<TermLabel>,
    /// Other names of the term, by which it is found. Absent: none.
    #[serde(default)]
    #[validate(length(max = 20))]
    #[schema(max_items = 20)]
    pub synonyms: Vec<Synonym>,
    /// Code of the wider term just above it, which must be active. Absent: the term is at the top of the tree.
    #[diesel(skip_insertion)]
    pub parent_code: Option<TermCode>,
    /// Codes of the networks that the term belongs to. Absent: none.
    #[serde(default)]
    #[validate(length(max = 20))]
    #[schema(max_items = 20)]
    #[diesel(skip_insertion)]
    pub network_codes: Vec<NetworkCode>,
}

/// Fields of a term of expertise to change (JSON merge patch, RFC 7396): a field left out stays as it is, `null` clears
/// it.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema, AsChangeset)]
#[diesel(table_name = expertise_term)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"synonyms": ["bot vocal", "callbot"], "parent_code": null}))]
pub struct ExpertiseTermPatch {
    /// Label of the term in French.
    #[serde(default, deserialize_with = "replaceable")]
    pub label: Option<TermLabel>,
    /// Label of the term in English.
    #[serde(default, deserialize_with = "clearable")]
    pub label_en: Option<Option<TermLabel>>,
    /// Other names of the term, by which it is found. The list replaces the present one.
    #[serde(default, deserialize_with = "replaceable")]
    #[validate(length(max = 20))]
    #[schema(max_items = 20)]
    pub synonyms: Option<Vec<Synonym>>,
    /// Code of the wider term just above it, which must be active and not below this term. `null` moves the term to the
    /// top.
    #[serde(default, deserialize_with = "clearable")]
    #[diesel(skip_update)]
    pub parent_code: Option<Option<TermCode>>,
    /// Codes of the networks that the term belongs to. The list replaces the present one.
    #[serde(default, deserialize_with = "replaceable")]
    #[validate(length(max = 20))]
    #[schema(max_items = 20)]
    #[diesel(skip_update)]
    pub network_codes: Option<Vec<NetworkCode>>,
}

/// Filters of the list of terms of expertise.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ExpertiseTermFilter {
    /// Keeps only terms whose label or synonyms contain this text. Case and accents do not count.
    #[param(inline)]
    pub q: Option<SearchWords>,
    /// Keeps only terms just below the term with this code.
    #[param(inline)]
    pub parent_code: Option<TermCode>,
    /// Keeps only terms of the network with this code, if the caller may know of it.
    #[param(inline)]
    pub network_code: Option<NetworkCode>,
    /// Keeps only terms with this status. Absent: all.
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
