//! Words of the directory that every part of the domain uses: kinds and names of organizations, professions.

use diesel::pg::Pg;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::ValidateEmail as _;

use crate::schema::{member, organization};
use crate::{Actor, MemberId, OrganizationId, PrincipalKind, Refusal, ServiceAccountId, codes, text};

text!(
    /// Full name of an organization.
    OrganizationName, 1..=300, Line
);
text!(
    /// Short name or acronym (sigle) of an organization.
    ShortName, 1..=60, Line
);

text!(
    /// Given name (prénom) of a person.
    GivenName, 1..=100, Line
);
text!(
    /// Name in use (nom d’usage) of a person.
    UsualName, 1..=100, Line
);
text!(
    /// E-mail address (RFC 5321), kept in lower case.
    Email, 3..=254, Line as "email", email
);

text!(
    /// What a directory calls someone or something: its own identifier.
    ExternalId, 1..=200, Line
);

/// One form of each address: lower case, and the domain as the DNS knows it (IDNA, UTS 46).
fn email(text: &str) -> Result<String, &'static str> {
    let (name, at) = text.rsplit_once('@').ok_or("email")?;
    let address = format!("{}@{}", name.to_lowercase(), domain(at).ok_or("email")?);
    // A dot stands between two other signs (RFC 5321, section 4.1.2, Dot-string).
    let dotted = !name.split('.').any(str::is_empty);
    (dotted && address.validate_email()).then_some(address).ok_or("email")
}

/// A domain name as the DNS knows it (IDNA, UTS 46), if it is one of the Internet's: it has a dot.
#[must_use]
pub fn domain(text: &str) -> Option<String> {
    let ascii = idna::domain_to_ascii_strict(text).ok()?;
    let numeric = ascii.rsplit('.').next().is_none_or(|last| last.bytes().all(|c| c.is_ascii_digit()));
    (ascii.contains('.') && !numeric && ascii.len() <= 253).then_some(ascii)
}

codes! {
    /// Kind of an organization. The origin of its members follows from it.
    OrganizationKind {
        Ministry = "ministry" ("ministère", "ministry"),
        MinisterialCabinet = "ministerial_cabinet" ("cabinet ministériel", "ministerial cabinet"),
        CentralAdministration = "central_administration" ("administration centrale", "central administration"),
        CommunicationDirectorate = "communication_directorate" ("direction de la communication (DICOM)", "communication directorate (DICOM)"),
        Operator = "operator" ("organisme opérationnel", "operator"),
        DeconcentratedService = "deconcentrated_service" ("service déconcentré", "deconcentrated service"),
        Prefecture = "prefecture" ("préfecture", "prefecture"),
        GovernmentPartner = "government_partner" ("partenaire gouvernemental", "government partner"),
        Observer = "observer" ("organisme observateur", "observer"),
        PrimeMinisterService = "prime_minister_service" ("service du Premier ministre", "Prime Minister's service"),
    }
}

codes! {
    /// Status of an organization.
    OrganizationStatus {
        Active = "active" ("active", "active"),
        Merged = "merged" ("fusionnée", "merged"),
        Split = "split" ("scindée", "split"),
        Closed = "closed" ("fermée", "closed"),
    }
}

/// Whether an organization is active, and which organizations replace it.
#[derive(Debug, Clone, HasQuery)]
#[diesel(table_name = organization, check_for_backend(Pg))]
pub struct OrganizationLife {
    /// Its status.
    pub status: OrganizationStatus,
    /// The organizations that it was merged or split into.
    pub successor_ids: Vec<OrganizationId>,
}

impl OrganizationLife {
    /// Whether anything may still be written on it.
    ///
    /// # Errors
    /// It was merged, split or closed.
    pub fn alive(&self) -> Result<(), Refusal> {
        match self.status {
            OrganizationStatus::Active => Ok(()),
            OrganizationStatus::Merged | OrganizationStatus::Split => {
                Err(Refusal::Superseded(self.successor_ids.clone()))
            }
            OrganizationStatus::Closed => Err(Refusal::Illegal { allowed: Vec::new() }),
        }
    }
}

codes! {
    /// Profession (métier) of a communicator, which seats may require. Codes may be added; they never change.
    Profession {
        CommunicationDirector = "communication_director" ("directeur ou directrice de la communication", "communication director"),
        CabinetAdviser = "cabinet_adviser" ("conseiller ou conseillère communication", "communication adviser"),
        CampaignManager = "campaign_manager" ("responsable de campagnes", "campaign manager"),
        Editor = "editor" ("responsable éditorial ou éditoriale", "editor"),
        CommunityManager = "community_manager" ("community manager", "community manager"),
        WebManager = "web_manager" ("responsable web", "web manager"),
        AudienceAnalyst = "audience_analyst" ("analyste d’audience", "audience analyst"),
        Designer = "designer" ("designer", "designer"),
        MediaMonitor = "media_monitor" ("chargé ou chargée de veille et d’analyse", "media monitoring officer"),
        CrisisCommunicator = "crisis_communicator" ("communicant ou communicante de crise", "crisis communicator"),
        PressOfficer = "press_officer" ("attaché ou attachée de presse", "press officer"),
        BrandManager = "brand_manager" ("référent ou référente marque", "brand manager"),
        AccessibilityOfficer = "accessibility_officer" ("référent ou référente accessibilité", "accessibility officer"),
        PartnershipManager = "partnership_manager" ("responsable des partenariats", "partnership manager"),
        Communicator = "communicator" ("chargé ou chargée de communication", "communication officer"),
    }
}

/// An organization by its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, HasQuery)]
#[diesel(table_name = organization, check_for_backend(Pg))]
pub struct OrganizationReference {
    /// Identifier of the organization.
    pub id: OrganizationId,
    /// Kind of the organization.
    pub kind: OrganizationKind,
    /// Full name of the organization.
    pub name: OrganizationName,
    /// Short name or acronym of the organization. Absent if it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub short_name: Option<ShortName>,
}

/// A member by their name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, HasQuery)]
#[diesel(table_name = member, check_for_backend(Pg))]
pub struct MemberReference {
    /// Identifier of the member.
    pub id: MemberId,
    /// Given name and usual name, for display.
    #[schema(max_length = 201)]
    pub display_name: String,
}

/// For whom a service account speaks: the directory of an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directory {
    /// The service account.
    pub account: ServiceAccountId,
    /// Identifier of the source.
    pub source: Uuid,
    /// Code of the source, by which it is told whose a field is.
    pub code: String,
    /// Organization of the service account: where members are placed who are said to be nowhere else.
    pub organization: OrganizationId,
}

impl Directory {
    /// Whether the caller speaks for it.
    #[must_use]
    pub fn is_of(&self, actor: &Actor) -> bool {
        actor.kind == PrincipalKind::ServiceAccount && actor.id == self.account.into()
    }
}

/// A network by its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct NetworkReference {
    /// Code of the network, as it stands in its URLs.
    #[schema(max_length = 40)]
    pub code: String,
    /// Name of the network, as people read it.
    #[schema(max_length = 200)]
    pub name: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_one_form() {
        for (given, kept) in [
            ("Camille.Exemple@Interieur.Example", "camille.exemple@interieur.example"),
            (" x@é.fr ", "x@xn--9ca.fr"),
            ("x@É.FR", "x@xn--9ca.fr"),
            ("x@xn--9ca.fr", "x@xn--9ca.fr"),
        ] {
            assert_eq!(given.parse::<Email>().map(|it| it.to_string()).as_deref(), Ok(kept), "{given}");
        }
        for bad in [
            "a@exemple.fr\u{200b}",
            "a\u{200b}@exemple.fr",
            "a@exemple\u{ad}.fr",
            "a@b",
            "a@1.2",
            "a@@b.fr",
            "@b.fr",
            "a@",
            "a b@c.fr",
            "a@xn--zzzz.fr",
        ] {
            assert!(bad.parse::<Email>().is_err(), "{bad:?}");
        }
    }
}
