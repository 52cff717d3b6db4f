//! Territory (territoire): the regions, departments and overseas territories of the code officiel géographique.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::Text;
use kernel::named::MaybeNamed;
use kernel::schema::territory;
use kernel::{Page, codes, text};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::{IntoParams, ToSchema};

text!(
    /// Code of a territory, for example `reg-76`, `dep-34` or `om-988`. The prefix tells regions from departments,
    /// whose INSEE codes overlap.
    TerritoryCode, 5..=12, Code
);

codes! {
    /// Kind of territory.
    TerritoryKind {
        Region = "region" ("région", "region"),
        Department = "department" ("département", "department"),
        Overseas = "overseas" ("collectivité d’outre-mer", "overseas territory"),
    }
}

/// A region, a department or an overseas territory (territoire).
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema, HasQuery, Insertable)]
#[diesel(table_name = territory, check_for_backend(Pg))]
pub struct Territory {
    /// Code of the territory.
    pub code: TerritoryCode,
    /// Kind of territory.
    pub kind: TerritoryKind,
    /// Official name.
    #[schema(max_length = 200)]
    pub name: String,
    /// Code of the region of a department. Absent for the others.
    pub parent_code: Option<TerritoryCode>,
    /// Region of a department, by name. Absent for the others.
    #[diesel(select_expression = MaybeNamed::default(), select_expression_type = MaybeNamed<TerritoryReference, territory::parent_code>)]
    #[diesel(skip_insertion)]
    pub parent: Option<TerritoryReference>,
    /// INSEE code of the commune where its prefecture sits. Absent: it has none.
    #[schema(max_length = 5)]
    pub seat_insee_code: Option<String>,
    /// Time zone (IANA database), for example `Europe/Paris`.
    #[schema(max_length = 40)]
    pub time_zone: String,
    /// Year of the code officiel géographique that describes it.
    pub cog_year: i16,
}

/// A territory by its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TerritoryReference {
    /// Code of the territory.
    pub code: TerritoryCode,
    /// Official name.
    #[schema(max_length = 200)]
    pub name: String,
}

kernel::referred!(
    TerritoryReference { code: TerritoryCode as Text, name: String as Text },
    "SELECT ROW(it.code, it.name) FROM territory it WHERE it.code",
    " ORDER BY it.code"
);

/// Filters of the list of territories.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct TerritoryFilter {
    /// Keeps only territories of this kind.
    pub kind: Option<TerritoryKind>,
    /// Keeps only departments of this region.
    pub parent_code: Option<TerritoryCode>,
}

/// A page of territories.
pub type TerritoryPage = Page<Territory>;
