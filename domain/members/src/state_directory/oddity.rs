//! What is odd in a file of the State directory, and what the import did about it.

use kernel::codes;

codes! {
    /// What is odd about a record, with what was done about it.
    Oddity {
        Unreadable = "unreadable" ("fiche illisible : laissée de côté", "unreadable record: left out"),
        Shape = "shape" ("champ d’une forme inattendue : laissé de côté", "field of an unexpected shape: left out"),
        NotPublished = "not_published" ("fiche non diffusée : laissée de côté", "record not published: left out"),
        DuplicateRecord = "duplicate_record" ("identifiant déjà vu dans ce fichier : la première fiche l’emporte", "identifier seen before in this file: the first record wins"),
        SameOrganization = "same_organization" ("même organisation qu’une autre fiche : la première l’emporte", "same organization as another record: the first wins"),
        NotState = "not_state" ("n’est pas un service de l’État suivi ici : laissé de côté", "not a State service followed here: left out"),
        Grouping = "grouping" ("regroupement sans type : laissé de côté, ses services passent au niveau supérieur", "grouping without a type: left out, its services pass to the level above"),
        TooDeep = "too_deep" ("trop loin sous sa direction : laissé de côté", "too far below its directorate: left out"),
        Inactive = "inactive" ("fermée ou remplacée ici : laissée telle quelle", "closed or superseded here: left as it is"),
        AmbiguousSiret = "ambiguous_siret" ("SIRET de plusieurs organisations enregistrées : laissé de côté", "SIRET of several recorded organizations: left out"),
        NameTidied = "name_tidied" ("blancs en trop dans le nom : retirés", "blanks in the name: removed"),
        ShortName = "short_name" ("sigle inutilisable : laissé de côté", "unusable short name: left out"),
        FormerName = "former_name" ("ancien nom inutilisable : laissé de côté", "unusable former name: left out"),
        Aliases = "aliases" ("plus de 20 autres noms : les suivants sont laissés de côté", "more than 20 aliases: the rest left out"),
        Siren = "siren" ("SIREN non valide : laissé de côté", "invalid SIREN: left out"),
        Siret = "siret" ("SIRET non valide : laissé de côté", "invalid SIRET: left out"),
        SirenSiret = "siren_siret" ("SIREN et SIRET ne s’accordent pas : le SIRET l’emporte", "SIREN and SIRET disagree: the SIRET wins"),
        Insee = "insee" ("code INSEE inconnu : territoire laissé de côté", "unknown INSEE code: territory left out"),
        SeveralInsee = "several_insee" ("plusieurs codes INSEE : le premier compte", "several INSEE codes: the first counts"),
        InseePivot = "insee_pivot" ("codes INSEE de la fiche et du pivot différents : celui du pivot compte", "INSEE codes of record and pivot differ: the pivot's counts"),
        UrlHttp = "url_http" ("adresse en http : reprise telle quelle", "http address: kept as it is"),
        UrlTidied = "url_tidied" ("blancs autour de l’adresse : retirés", "blanks around the address: removed"),
        UrlScheme = "url_scheme" ("adresse sans https:// : ajouté", "address without https://: added"),
        UrlEmail = "url_email" ("courriel à la place d’une adresse de site : laissé de côté", "e-mail in place of a site's address: left out"),
        Url = "url" ("adresse de site inutilisable : laissée de côté", "unusable address of a site: left out"),
        Phone = "phone" ("téléphone illisible : laissé de côté", "unreadable telephone: left out"),
        Email = "email" ("courriel illisible : laissé de côté", "unreadable e-mail: left out"),
        Personal = "personal" ("coordonnée d’une personne nommée : laissée de côté", "contact details of a named person: left out"),
        Contacts = "contacts" ("plus de 20 coordonnées : les suivantes sont laissées de côté", "more than 20 contact points: the rest left out"),
        DanglingLink = "dangling_link" ("service rattaché absent du fichier : lien ignoré", "linked service not in the file: link ignored"),
        DuplicateLink = "duplicate_link" ("service rattaché listé plusieurs fois : compté une fois", "linked service listed several times: counted once"),
        SeveralParents = "several_parents" ("rattaché à plusieurs services : le premier l’emporte", "linked from several services: the first wins"),
        Circle = "circle" ("boucle dans les rattachements : lien ignoré", "circle of links: link ignored"),
    }
}

/// One line of the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The oddity, with what was done about it.
    pub oddity: Oddity,
    /// The record's identifier in the directory, or its place in the file.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The value in question, if that helps; never an e-mail address or a telephone number.
    pub detail: String,
}

/// Everything that was odd, in the order of the file.
#[derive(Debug, Clone, Default)]
pub struct Report(pub Vec<Finding>);

impl Report {
    pub(super) fn note(&mut self, oddity: Oddity, id: impl Into<String>, name: &str, detail: &str) {
        // A line stays a line, whatever the file holds.
        let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        self.0.push(Finding { oddity, id: line(&id.into()), name: line(name), detail: line(detail) });
    }
}
