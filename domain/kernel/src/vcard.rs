//! Which vCard a reader of address books asks for.

use serde::Deserialize;
use utoipa::IntoParams;

use crate::codes;

codes! {
    /// Version of a vCard.
    VcardVersion {
        V4 = "4.0" ("vCard 4.0 (RFC 6350)", "vCard 4.0 (RFC 6350)"),
        V3 = "3.0" ("vCard 3.0 (RFC 2426)", "vCard 3.0 (RFC 2426)"),
    }
}

/// Which version of a vCard.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct VcardQuery {
    /// Version of the vCard. Default: `4.0`. Give `3.0` for an address book that reads no other.
    #[param(default = "4.0")]
    pub version: Option<VcardVersion>,
}
