//! The words of the directory that every part of the domain says: what an organization is, how it is named, métiers.

use diesel::pg::Pg;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::schema::{member, organization};
use crate::{MemberId, OrganizationId, codes, text};

text!(
    /// The full name of an organization.
    OrganizationName, 1..=300, Line
);
text!(
    /// The short name, or acronym (sigle), of an organization.
    ShortName, 1..=60, Line
);

codes! {
    /// What an organization is. The eight member origins derive from it.
    OrganizationKind {
        Ministry = "ministry" ("ministère", "ministry"),
        MinisterialCabinet = "ministerial_cabinet" ("cabinet ministériel", "ministerial cabinet"),
        CentralAdministration = "central_administration" ("administration centrale", "central administration"),
        CommunicationDirectorate = "communication_directorate" ("direction de la communication (DICOM)", "communication directorate (DICOM)"),
        Operator = "operator" ("organisme opérationnel", "operator"),
        DeconcentratedService = "deconcentrated_service" ("service déconcentré", "deconcentrated service"),
        Prefecture = "prefecture" ("préfecture", "prefecture"),
        GovernmentPartner = "government_partner" ("partenaire gouvernemental", "government partner"),
        Observer = "observer" ("observateur", "observer"),
        PrimeMinisterService = "prime_minister_service" ("service du Premier ministre", "Prime Minister's service"),
    }
}

codes! {
    /// The métier of a communicator, which seats may require. The list grows; codes never change.
    Profession {
        CommunicationDirector = "communication_director" ("directeur ou directrice de la communication", "communication director"),
        CabinetAdviser = "cabinet_adviser" ("conseiller ou conseillère communication", "communication adviser"),
        CampaignManager = "campaign_manager" ("responsable de campagnes", "campaign manager"),
        Editor = "editor" ("responsable éditorial", "editor"),
        CommunityManager = "community_manager" ("community manager", "community manager"),
        WebManager = "web_manager" ("responsable web", "web manager"),
        AudienceAnalyst = "audience_analyst" ("analyste d'audience", "audience analyst"),
        Designer = "designer" ("designer", "designer"),
        MediaMonitor = "media_monitor" ("chargé de veille et d'analyse", "media monitoring officer"),
        CrisisCommunicator = "crisis_communicator" ("communicant de crise", "crisis communicator"),
        PressOfficer = "press_officer" ("attaché de presse", "press officer"),
        BrandManager = "brand_manager" ("référent marque", "brand manager"),
        AccessibilityOfficer = "accessibility_officer" ("référent accessibilité", "accessibility officer"),
        PartnershipManager = "partnership_manager" ("responsable des partenariats", "partnership manager"),
        Communicator = "communicator" ("chargé de communication", "communication officer"),
    }
}

/// An organization by its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, HasQuery)]
#[diesel(table_name = organization, check_for_backend(Pg))]
pub struct OrganizationReference {
    /// Its identifier.
    pub id: OrganizationId,
    /// What it is.
    pub kind: OrganizationKind,
    /// Its full name.
    pub name: OrganizationName,
    /// Its short name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub short_name: Option<ShortName>,
}

/// A member by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, HasQuery)]
#[diesel(table_name = member, check_for_backend(Pg))]
pub struct MemberReference {
    /// Its identifier.
    pub id: MemberId,
    /// Given and usual name, as people read them.
    #[schema(max_length = 201)]
    pub display_name: String,
}
