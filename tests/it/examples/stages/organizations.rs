//! Organizations, their links, and reorganizations.

use serde_json::json;

use super::NONE;
use crate::examples::tour::Tour;

pub fn standing(tour: &mut Tour) {
    let (sig, dicom) = ("sig-coordinator", tour.world.organization("DICOM sociaux"));
    let known = json!({"aliases": ["Délégation à l’information et à la communication"], "siren": "130017486", "sirets": ["13001748600015"],
        "website": "https://sociaux.example", "email_domains": ["sociaux.example"]});
    tour.write(sig, "update_organization", &dicom, known);
    let reached = json!({"contact_points": [{"kind": "email", "label": "Presse", "value": "presse@sociaux.example"},
        {"kind": "phone", "label": "Standard", "value": "+33 1 40 56 60 00"}]});
    tour.write("director-sociaux", "update_organization_contacts", &dicom, reached);
    tour.write(sig, "release_organization_fields", &dicom, json!({"fields": ["website"]}));
    tour.read(sig, "get_organization", &dicom, "");
    tour.read(sig, "list_organizations", "", "?kind=communication_directorate&count=exact");
    tour.read(sig, "list_organization_links", &dicom, "");
    let renamed = tour.world.organization("Service des infrastructures");
    tour.read(sig, "list_organization_history", &renamed, "");
    let ministry = tour.world.organization("MI");
    tour.read(sig, "list_organization_tree", &ministry, "");

    let new = json!({"kind": "operator", "name": "Agence nationale du patrimoine numérique", "short_name": "ANPN", "siren": "130025265",
        "parent_id": tour.world.organization("MTRAV"), "territory_code": "dep-34", "website": "https://patrimoine.example",
        "contact_points": [{"kind": "form", "label": "Nous écrire", "value": "https://patrimoine.example/contact"}]});
    let created = Tour::id(&tour.write(sig, "create_organization", "", new));
    let link =
        Tour::id(&tour.write(sig, "create_organization_link", &dicom, json!({"to_id": created, "kind": "serves"})));
    tour.read(sig, "get_organization_link", &link, "");
    tour.write(sig, "end_organization_link", &link, json!({}));
    tour.write(sig, "close_organization", &created, NONE);
    let wrong = json!({"to_id": tour.world.organization("MJ"), "kind": "supervises"});
    let wrong = Tour::id(&tour.ask(sig, "create_organization_link", &dicom, wrong));
    tour.write(sig, "void_organization_link", &wrong, json!({"reason": "Saisie sur un homonyme."}));
}

pub fn reorganized(tour: &mut Tour) {
    let sig = "sig-admin";
    let [gard, lozere] = ["Préfecture du Gard", "Préfecture de la Lozère"].map(|name| tour.world.organization(name));
    let into = json!({"new": {"ref": "cevennes", "name": "Préfecture des Cévennes", "kind": "prefecture"}});
    let merged = json!({"type": "merge", "organization_ids": [gard, lozere], "into": into});
    let plan = json!({"title": "Réunion des préfectures du Gard et de la Lozère", "operations": [merged]});
    tour.write(sig, "preview_reorganization", "", plan.clone());
    let draft = Tour::id(&tour.write(sig, "create_reorganization", "", plan));
    tour.read(sig, "get_reorganization", &draft, "");
    tour.read(sig, "list_reorganizations", "", "");
    let renamed = json!({"type": "rename", "organization_id": gard, "name": "Préfecture du Gard et des Cévennes"});
    let other = json!({"title": "Nouveau nom de la préfecture du Gard", "operations": [renamed]});
    let other = Tour::id(&tour.ask(sig, "create_reorganization", "", other));
    tour.write(sig, "withdraw_reorganization", &other, NONE);
    tour.write(sig, "apply_reorganization", &draft, NONE);
}
