//! Powers: the rights that a member who never logged in would hold by doing so. Nobody may gain more through such an
//! account than they could give.

use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::sql_types::Jsonb;
use kernel::{Actor, Label, OrganizationId, Role, stored_as_json};
use serde::{Deserialize, Serialize};

use crate::role_assignment::gives;

/// Why only the SIG administrator lets a member with many rights log in for the first time.
pub const ENTRUSTED: Label = Label {
    fr: "Cette personne détient des droits que vous ne pouvez pas attribuer : adressez-vous à l’administration du SIG.",
    en: "This person holds rights that you cannot give: ask a SIG administrator.",
};

/// A role; without a role, the lead of a network.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Power {
    role: Option<Role>,
    organization_id: Option<OrganizationId>,
}

/// What a member who never logged in holds, now or later.
#[derive(Debug, Clone, Default, Serialize, Deserialize, AsExpression, FromSqlRow)]
#[diesel(sql_type = Jsonb)]
#[serde(transparent)]
pub struct Powers(Vec<Power>);

stored_as_json!(Powers);

impl Powers {
    /// Whether the caller could give each of them.
    #[must_use]
    pub fn are_given_by(&self, actor: &Actor) -> bool {
        let given = |it: &Power| it.role.is_some_and(|role| gives(actor, role, it.organization_id));
        actor.is_sig_admin() || self.0.iter().all(given)
    }
}
