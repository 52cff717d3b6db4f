//! Networks, who is expected in them, and who asks to join them.

use serde_json::json;

use super::NONE;
use crate::examples::tour::Tour;

const WRONG: &str = "Saisie sur un autre réseau.";

pub fn standing(tour: &mut Tour) {
    let (sig, lead) = ("sig-admin", "lead-edito");
    let more = json!({"purpose": "Écrire clair, partout où l’État s’adresse aux citoyens.", "scope_note": "Les sites, les lettres et les courriers types.",
        "annual_objectives": ["Une charte éditoriale commune", "Deux ateliers par trimestre"], "charter_adopted_on": "2026-03-12",
        "objectives_reviewed_on": "2026-09-15"});
    tour.write(lead, "update_network", "edito", more);
    tour.read(lead, "get_network", "edito", "");
    tour.read(lead, "list_networks", "", "?status=active");
    let new = json!({"code": "podcast", "name": "Réseau podcast", "audience": "Producteurs de contenus audio", "cadence": "quarterly",
        "visibility": "listed", "join_policy": "request", "purpose": "Partager les studios et les formats.", "eligible_origins": ["prefecture", "operator"],
        "annual_objectives": ["Un studio partagé par région"]});
    tour.write(sig, "create_network", "", new);
    let leads = json!({"affiliation_id": tour.world.affiliation("sig-coordinator"), "role": "lead"});
    tour.ask(sig, "update_network", "podcast", json!({"eligible_origins": []}));
    tour.ask(sig, "create_network_membership", "podcast", leads);
    tour.write(sig, "activate_network", "podcast", NONE);
    let sits = json!({"affiliation_id": tour.world.affiliation("member"), "role": "member"});
    tour.ask(sig, "create_network_membership", "podcast", sits);
    animated(tour);
    expected(tour);
}

fn animated(tour: &mut Tour) {
    let sig = "sig-admin";
    let by = |tour: &Tour, name: &str| json!({"organization_id": tour.world.organization(name), "scope": "interministerial_topics"});
    tour.read(sig, "list_network_co_animations", "design", "");
    let body = by(tour, "MTRAV");
    let first = Tour::id(&tour.write(sig, "create_network_co_animation", "edito", body));
    tour.read(sig, "get_co_animation", &first, "");
    tour.write(sig, "end_co_animation", &first, json!({}));
    let body = by(tour, "MJ");
    let wrong = Tour::id(&tour.ask(sig, "create_network_co_animation", "edito", body));
    tour.write(sig, "void_co_animation", &wrong, json!({"reason": WRONG}));
}

fn expected(tour: &mut Tour) {
    let lead = "lead-edito";
    let of = |name: &str, tour: &Tour| tour.world.organization(name);
    let here = of("Préfecture de police", tour);
    let body = json!({"organization_id": here, "role": "deputy", "min": 1, "max": 1, "professions": ["editor", "web_manager"]});
    let seat = Tour::id(&tour.write(lead, "create_network_seat", "edito", body));
    tour.read(lead, "get_seat", &seat, "");
    tour.read(lead, "list_network_seats", "edito", &format!("?organization_id={here}&count=exact"));
    tour.read(lead, "list_organization_seats", &here, "?network_code=edito&count=exact");
    tour.write(lead, "update_seat", &seat, json!({"max": 2}));
    tour.write(lead, "end_seat", &seat, json!({}));
    let body = json!({"organization_id": of("SIG", tour), "role": "deputy", "min": 1, "max": 1});
    let wrong = Tour::id(&tour.ask(lead, "create_network_seat", "edito", body));
    tour.write("sig-admin", "void_seat", &wrong, json!({"reason": WRONG}));
}

/// Requests to join the réseau édito.
pub fn joined(tour: &mut Tour) {
    let (lead, director) = ("lead-edito", "director-sociaux");
    let asks = json!({"kind": "request", "role": "member", "affiliation_id": tour.world.affiliation("member"), "notification_level": "digest",
        "justification": "Rédige les lettres de la préfecture."});
    let asked = Tour::id(&tour.ask("member", "create_membership_request", "edito", asks));
    let invitee = json!({"given_name": "Louise", "usual_name": "Carnac", "email": "louise.carnac@travail.example",
        "organization_id": tour.world.organization("MTRAV")});
    let other = json!({"kind": "nomination", "role": "deputy", "invitee": invitee, "justification": "Pilote la refonte des sites du ministère."});
    let nominated = Tour::id(&tour.write(director, "create_membership_request", "edito", other));
    let colleague = json!({"kind": "nomination", "role": "referent", "affiliation_id": tour.world.affiliation("contributor-sociaux"),
        "justification": "Anime déjà le comité éditorial."});
    let named = Tour::id(&tour.ask(director, "create_membership_request", "edito", colleague));
    tour.read(lead, "get_membership_request", &asked, "");
    tour.read(lead, "list_membership_requests", "", "?network_code=edito&status=open&count=exact");
    tour.read(lead, "list_my_tasks", "", "");
    tour.write(lead, "accept_membership_request", &asked, json!({}));
    tour.write(lead, "refuse_membership_request", &named, json!({"reason": "Le siège est pourvu depuis lundi."}));
    tour.write(director, "withdraw_membership_request", &nominated, NONE);
}

/// What ends.
pub fn ended(tour: &mut Tour) {
    let lead = "lead-edito";
    let of = "SELECT m.id::text AS it FROM membership m JOIN member p ON p.id = m.member_id WHERE p.email = 'camille.aubrac@herault.example'";
    let membership = tour.world.database.one(of);
    tour.write(lead, "end_membership", &membership, json!({"reason": "resigned"}));
    let review =
        "SELECT r.id::text AS it FROM membership_review r JOIN network n ON n.id = r.network_id WHERE n.code = 'edito'";
    let review = tour.world.database.one(review);
    tour.write(lead, "close_membership_review", &review, NONE);
    let sits = json!({"affiliation_id": tour.world.affiliation("org-admin-34"), "role": "member"});
    let wrong = Tour::id(&tour.ask(lead, "create_network_membership", "edito", sits));
    tour.write("sig-admin", "void_membership", &wrong, json!({"reason": WRONG}));
    tour.write("sig-admin", "pause_network", "podcast", NONE);
    tour.write("sig-admin", "close_network", "podcast", NONE);
}
