//! External identifiers: what directories and files call our objects.

use kernel::directory::ExternalId;
use kernel::id::hyphenated;
use kernel::{Actor, Label, Page, PrincipalKind, Ruling, codes};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::service_account::SourceCode;

codes! {
    /// Kind of object that a source names.
    NamedNoun {
        Member = "member" ("membre", "member"),
        Network = "network" ("réseau", "network"),
        Organization = "organization" ("organisation", "organization"),
    }
}

/// An external identifier: what a source calls an object. Within a source, no two objects of a kind have the same.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ExternalIdentifier {
    /// Kind of the object.
    pub noun: NamedNoun,
    /// Code of the source.
    #[schema(max_length = 60)]
    pub source: String,
    /// What the source calls it.
    #[schema(max_length = 200)]
    pub value: String,
    /// Identifier of the object.
    pub object_id: Uuid,
    /// Name of the object, as people read it.
    #[schema(max_length = 300)]
    pub name: String,
}

/// Filters of the external identifiers.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ExternalIdentifierFilter {
    /// Keeps only what this source says.
    #[param(inline)]
    pub source_code: Option<SourceCode>,
    /// Keeps only identifiers of this kind of object.
    pub noun: Option<NamedNoun>,
    /// Keeps only this identifier.
    #[param(inline)]
    pub value: Option<ExternalId>,
    /// Keeps only the identifiers of this object.
    #[serde(default, deserialize_with = "some")]
    pub object_id: Option<Uuid>,
}

fn some<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Uuid>, D::Error> {
    hyphenated(from).map(Some)
}

/// A page of external identifiers.
pub type ExternalIdentifierPage = Page<ExternalIdentifier>;

const FOR_KEEPERS: Label = Label {
    fr: "Les identifiants externes sont réservés au SIG, aux personnes qui gèrent des membres et aux comptes de service pour leur propre annuaire.",
    en: "External identifiers are for the SIG, for those who keep members, and for service accounts about their own directory.",
};

/// Who may read external identifiers: of members, those who keep them; a service account those of its own source.
#[must_use]
pub fn read(actor: &Actor) -> Ruling {
    let keeps = actor.reach(Actor::KEEPERS).next().is_some();
    let directory = actor.kind == PrincipalKind::ServiceAccount && actor.is_insider();
    Ruling::Allow.and(actor.is_sig() || keeps || directory, FOR_KEEPERS)
}
