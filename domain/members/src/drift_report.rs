//! Drift reports: where a directory and the service do not say the same of someone.

use kernel::directory::{MemberReference, NetworkReference};
use kernel::{Actor, Label, MemberId, NetworkRole, Page, PrincipalKind, Ruling, codes};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_with::skip_serializing_none;
use utoipa::{IntoParams, ToSchema};

use crate::service_account::SourceCode;

codes! {
    /// What a directory and the service do not agree about. `field_differs`: a field that someone else keeps. `left_but_seated`: a
    /// membership of someone whom the directory says to have left. `left_but_active`: such a person may log in.
    DriftKind {
        FieldDiffers = "field_differs" ("champ différent", "a field differs"),
        LeftButSeated = "left_but_seated" ("parti selon l’annuaire, mais membre d’un réseau", "left, but sits in a network"),
        LeftButActive = "left_but_active" ("parti selon l’annuaire, mais compte actif", "left, but active"),
    }
}

/// A difference between what a directory says of a member and what stands here.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DriftReport {
    /// What they do not agree about.
    pub kind: DriftKind,
    /// Code of the source: the directory.
    #[schema(max_length = 60)]
    pub source: String,
    /// Whom they do not agree about.
    pub member: MemberReference,
    /// Name of the field that differs. Absent: it is not about a field.
    #[schema(max_length = 60)]
    pub field: Option<String>,
    /// What the directory says. Absent: it is not about a field.
    pub directory_value: Option<Value>,
    /// What stands here. Absent: nothing, or it is not about a field.
    pub value: Option<Value>,
    /// The network in which the member sits. Absent: it is not about a membership.
    pub network: Option<NetworkReference>,
    /// Role of the member there. Absent: it is not about a membership.
    pub role: Option<NetworkRole>,
}

/// Filters of the drift reports.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct DriftReportFilter {
    /// Keeps only what this source says.
    #[param(inline)]
    pub source_code: Option<SourceCode>,
    /// Keeps only differences of this kind.
    pub kind: Option<DriftKind>,
    /// Keeps only what is about this member.
    pub member_id: Option<MemberId>,
}

/// A page of drift reports.
pub type DriftReportPage = Page<DriftReport>;

const FOR_KEEPERS: Label = Label {
    fr: "Ces écarts sont réservés au SIG, aux personnes qui gèrent des membres et aux comptes de service pour leur propre annuaire.",
    en: "Drift reports are for the SIG, for those who keep members, and for service accounts about their own directory.",
};

/// Who may read drift reports, of the members whom they keep.
#[must_use]
pub fn read(actor: &Actor) -> Ruling {
    let keeps = actor.reach(Actor::KEEPERS).next().is_some();
    let directory = actor.kind == PrincipalKind::ServiceAccount && actor.is_insider();
    Ruling::Allow.and(actor.is_sig() || keeps || directory, FOR_KEEPERS)
}
