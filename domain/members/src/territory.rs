//! Territory (territoire): the regions, departments and overseas territories of the code officiel géographique.

use diesel::pg::Pg;
use diesel::prelude::*;
use kernel::schema::territory;
use kernel::{Page, codes, text};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::{IntoParams, ToSchema};

text!(
    /// The code of a territory: `reg-76`, `dep-34`, `om-988`. A region and a department may have the same INSEE code.
    TerritoryCode, 5..=12, Code
);

codes! {
    /// What kind of territory.
    TerritoryKind {
        Region = "region" ("région", "region"),
        Department = "department" ("département", "department"),
        Overseas = "overseas" ("collectivité d'outre-mer", "overseas territory"),
    }
}

/// A region, a department or an overseas territory.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema, HasQuery, Insertable)]
#[diesel(table_name = territory, check_for_backend(Pg))]
pub struct Territory {
    /// Its code.
    pub code: TerritoryCode,
    /// What kind of territory.
    pub kind: TerritoryKind,
    /// Its official name.
    #[schema(max_length = 200)]
    pub name: String,
    /// The region of a department.
    pub parent_code: Option<TerritoryCode>,
    /// The INSEE code of the commune where its prefecture sits.
    #[schema(max_length = 5)]
    pub seat_insee_code: Option<String>,
    /// Its time zone, of the IANA database.
    #[schema(max_length = 40)]
    pub time_zone: String,
    /// The year of the code officiel géographique.
    pub cog_year: i16,
}

/// Which territories of the list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct TerritoryFilter {
    /// What kind of territory.
    pub kind: Option<TerritoryKind>,
    /// Those of this region.
    pub parent_code: Option<TerritoryCode>,
}

/// A page of territories.
pub type TerritoryPage = Page<Territory>;
